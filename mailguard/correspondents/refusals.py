"""What a server's refusal teaches about the recipient. Pure: from the mode and the reply alone.

Only a refusal for good, of an encrypted archive, for what it is, teaches anything: that archives are not taken here.
A refusal in doubt teaches nothing: what is learned wrongly holds mail that could have gone, while what is not learned
costs one more refusal, which the sender sees. Known limit: what a server says in an encoding other than UTF-8 is not
understood.
"""

from __future__ import annotations

import re
import unicodedata

from mailguard.model.delivery import Reply
from mailguard.model.protection import Mode, Trait

TAKES_NO_ARCHIVE = (Trait.REFUSES_ZIP, "yes")
WORDS_MAX = 2000
"""Characters of a reply that are looked at; none is longer in words (RFC 5321 §4.5.3.1.5: 512 octets a line)."""

_ANOTHER_STATUS = re.compile(r"5\.[1245]\.\d+|5\.3\.4|5\.6\.7|5\.7\.(?:[489]|[1-9]\d|[1-7]\d\d)")
"""Address, mailbox (full, too large for it), routing, protocol (RFC 3463 §3.2, §3.3, §3.5, §3.6); too large for the
system (§3.4); an address that is not ASCII (RFC 6531 §3.5). 5.7.4 and what follows is about who may send and how
(RFC 7372 §3, RFC 4954 §6), with Microsoft's of three digits; those from 5.7.900 on are a customer's own rules."""

_NAME = re.compile(r"https?://\S+|www\.\S+|[^\s<>@]{1,64}@[^\s<>]{1,255}")
"""Web and mail addresses: words in them mean nothing."""

_ENCRYPTION_WANTED = re.compile(
    r"\b(?:must|should|needs? to|has to|have to|required to|please|only)"
    r"(?: (?!not\b|no\b|never\b|avoid|remove|without|refrain|disable)\w+){0,4} (?:encrypt|password)"
    r"|\bnot (?:encrypted|password|protected)|\bencryption (?:is )?(?:required|needed)"
    r"|\brequires? (?:\w+ )?(?:encryption|tls|starttls)|\bencrypted (?:connection|channel|session|transport|link)"
    r"|暗号化(?:が必要|して送|してくだ|されていな|通信|接続)|パスワードを?(?:付け|つけ|設定し)て"
)
"""The other way round: it wants what is sent to be protected, or the connection."""

_TOO_MUCH = re.compile(
    r"\bquota\b|mailbox (?:is )?full|\btoo (?:large|big|long|many)\b|size limit|exceed\w* .{0,40}(?:size|limit|maximum)"
    r"|(?:size|limit|maximum)\b.{0,20}\bexceed|(?:サイズ|容量).{0,12}(?:超|大き|上限|制限|不足|オーバー|一杯|いっぱい)"
)
"""Too large, too many, no room: whatever was sent."""

_LOCKED = re.compile(
    r"(?<!un)(?<!non-)encrypted[ ._/-]{0,3}(?:\w{1,20}[ ._-]{1,3})?"
    r"(?:attach|archive|zip|file|document|compress|content|e-?mail|message|data|media|object|entries)"
    r"|(?:attach|archive|zip|file|content|document)[\w.]{0,40}\)?"
    r" (?:that )?(?:is|are|was|were|contains?|has|have|with)? ?(?:been |an? )?(?:encrypt|password|passcode)"
    r"|(?:pass(?:word|code)|pwd)[- _]{0,3}(?:protect|lock|encrypt)\w{0,9}\b(?! (?:relay|access|account|server))"
    r"|(?:protected|locked) (?:by|with) (?:a )?password"
    r"|(?:attach|archive|zip)\w* (?:is |are )?(?:protected|locked)|protected (?:attach|archive|zip|file|compress)"
    r"|(?:attach|archive|zip|file)\w* .{0,30}password[- ]?protected|zip encryption|\bun-?scannable"
    r"|パスワード(?:付き?|つき|保護|で保護|が設定|設定され|zip|ロック)"
    r"|暗号化(?:された|した|済み?の?)?(?:zip|添付|ファイル|圧縮|書庫|メール)|zip暗号|ppap"
)
"""It names what was sent: something locked, or that nobody could look into."""

_HARMLESS = re.compile(
    r"anti-?(?:spam|virus)\w*|\bspam[ -]?(?:filter|firewall|gateway|wall|appliance)\w*"
    r"|\bvirus[ -]?(?:scan|check|filter)\w*"
    r"|\b(?:may|might|could|can|potential\w*|possibl\w*|prevent|protect\w*|against|scanned|scan|check\w*|risk)"
    r"(?: \w+){0,3} (?:virus|malware)\w*|ウイルス(?:検査|チェック|スキャン|対策)"
)
"""Words for a danger, or for the program that looks for it, that do not say that it was found."""

_ANOTHER_CAUSE = re.compile(
    r"\bspam|unsolicited|\bjunk|\bbulk\b|\bphish|\bspoof|reputation|black ?list|block ?list|deny ?list"
    r"|\blisted (?:in|on|by)\b|\brbl\b|dnsbl|spamhaus|\bspf\b|\bdkim\b|\bdmarc\b|unauthenticated|authentication"
    r"|sender policy|\bstorage\b|\bsize\b|\bmaximum\b|user unknown|unknown user|\bno such\b|does not exist"
    r"|recipient (?:address )?(?:rejected|unknown)|\brelay|\brate\b|\btls\b|\bstarttls\b|\burl\b|\blinks?\b"
    r"|\bvirus|malware|trojan|infected|\bworm\b|\bun-?encrypted|\bnon-?encrypted"
    r"|\bwithout (?:a )?(?:password|encryption)"
    r"|迷惑メール|スパム|ウイルス|ウィルス|マルウェア|なりすまし|送信ドメイン認証"
)
"""Something else than what kind of file it is. A virus that was found needs a file that could be read."""

_ANOTHER_FILE = re.compile(
    r"executable|\bmacros?\b|\.(?:exe|scr|bat|cmd|pif|vbs|js|jar|lnk|iso|img|hta|msi|doc[mx]?|xls[mx]?|ppt[mx]?)\b"
    r"|\bas an? (?:zip|compressed|archive)|\b(?:zip|compress|archive) (?:it|them|the files?|your files?)\b"
    r"|\bplease (?:zip|compress|archive)\b|圧縮して"
)
"""A file that went beside the parcel or is seen in it; or the advice to pack it, from a server that takes archives."""

_FILE = (
    r"(?:\battachments?\b|\battached files?\b|\barchives?\b|\bzip\b|\bcompressed\b|\bmime[ -]?types?\b"
    r"|\bfile[ -]?(?:types?|extensions?|formats?)\b|添付|圧縮|zip|拡張子)"
)
_NOT_TAKEN = (
    r"(?:\bnot\b|n't\b|\bblock|\bban\b|\bbanned|\bprohibit|\bforbid|\bunacceptable|\brestrict|\breject|\brefus"
    r"|\bdenie[ds]\b|\bdisallow|\billegal|\bunsupported|\bunauthori[sz]ed|\bpolicy\b|\bpolicies\b|\bdangerous"
    r"|\bsuspicious|\bviolat|\bunable\b|\bcannot\b|\bunpermitted|\bunwanted|\binvalid|\bremove\b"
    r"|拒否|禁止|許可|受信(?:でき|して)|受け取|受け付け|受付|お断り|不可|制限|ブロック|検査できません)"
)
_FILE_NOT_TAKEN = re.compile(rf"{_FILE}.{{0,80}}?{_NOT_TAKEN}|{_NOT_TAKEN}.{{0,80}}?{_FILE}")
"""Near each other: a sentence or two."""


def taught_by_reply(mode: Mode, reply: Reply) -> tuple[Trait, str] | None:
    """What a refusal of a parcel says of its recipient, as a trait with its value; None where it says nothing."""
    if mode is not Mode.ZIP or not reply.is_permanent or _ANOTHER_STATUS.fullmatch(reply.enhanced):
        return None
    plain = unicodedata.normalize("NFKC", reply.text)[:WORDS_MAX].lower()
    words = " ".join(_NAME.sub(" ", plain).split())
    if _ENCRYPTION_WANTED.search(words) or _TOO_MUCH.search(words):
        return None
    if _LOCKED.search(words):
        return TAKES_NO_ARCHIVE
    words = _HARMLESS.sub(" ", words)
    if _ANOTHER_CAUSE.search(words) or _ANOTHER_FILE.search(words):
        return None
    if _FILE_NOT_TAKEN.search(words):
        return TAKES_NO_ARCHIVE
    # 552 5.7.x is what Google and others answer to content they do not take, whatever their words for it are.
    return TAKES_NO_ARCHIVE if reply.code == 552 and reply.enhanced.startswith("5.7.") else None
