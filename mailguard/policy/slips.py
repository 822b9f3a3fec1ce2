"""Slips that stand in the words and files of a mail: pure functions of an ``Extract``."""

from __future__ import annotations

import re
import unicodedata

from mailguard.model.extract import Extract
from mailguard.policy.greeting import Greeting, has_legal_form, organisation_name

_ATTACHES = re.compile(
    r"(?:添付|別添)"
    r"(?!.{0,4}(?:は?不要|なし|無し|せず|しません|しておりません|していません|いたしません|でき(?:ません|ない|ず|かね|る)))"
    r"(?!し?忘れ|漏れ|もれ|(?:ファイル)?の(?:形式|容量|サイズ|上限|方法))"
    r"(?!(?:ファイル|書類|資料|物)?(?:は|が|も)(?:不要|難し|困難|あ?りません|ございません|なかった))"
    r"|別紙(?:の(?:とおり|通り)|をご|ご?参照)|同封"
    r"|\b(?:find|see|here is|have|[’']ve|is|are|am|[’']m|[’']re) (?:(?:also|now|just|here|you) )?attach(?:ed|ing)\b"
    r"|\battached[,:]? (?:is|are|please|you|find|for|hereto|herewith)\b|\battached[.!]?$|\b(?:i|we) attach\b|\bPFA\b"
    r"|\b(?:the|an?|our|my|see|per|this|these) attach(?:ed|ments?)\b"
    r"|\bfind (?:the )?enclosed\b|\benclosed (?:is|are|please|you will|herewith)\b",
    re.IGNORECASE | re.MULTILINE,
)
"""A claim that a file is there now, not any mention of one."""
_ATTACHMENT_HINTS = ("添付", "別添", "別紙", "同封", "attach", "enclosed", "pfa")
"""One of these stands in every such claim; looking for them first costs next to nothing."""

_ASKS_FOR_FILE = re.compile(
    r"添付(?:の?(?:上|うえ)|して(?:ご?返|ご?送付|お?送(?:り|って)(?!いたし|致し|しま|申し)|ご?提出|申請|ください|下さい|いただ|頂|窓口|お持ち|ご?持参)"
    r"|(?:いただ|頂|願|くださ|下さ)|をお願い|が必要|書類を?ご用意)|\bplease attach\b"
    r"|\b(?:please|kindly|(?:could|can|would) you) (?:send|return|submit|provide|reply)\b[^.\n]{0,60}\battach",
    re.IGNORECASE,
)
_PAPERS = re.compile(r"添付書類")
"""Where a mail asks for papers, this heads the list of them."""

_SPEAKS_OF_ANOTHER = re.compile(
    # A file of another mail, or of the other side's.
    r"(?:先日|前回|以前|先ほど|先程|昨日|先の|前の|さきほど|後ほど|のちほど|後日|追って|別メール|別便)[^。\n]{0,16}添付"
    r"|添付[^。\n]{0,8}(?:届き|届いて|拝見|拝受|受け取|確認しました|確認いたしました)"
    r"|(?:受信した|届いた|いただいた|いただきました|頂いた|頂きました|くださった|下さった)[^。、\n]{0,4}添付"
    r"|添付[^。\n]{0,12}(?:文字化け|(?:開|読め|見当た|見つか)[^。\n]{0,30}(?:ないで|ません|なかった|ない(?:場合|よう)|注意))"
    r"|\b(?:your|the previous|earlier|last) [a-z ]{0,20}attachment|\battachments? (?:that |which )?you\b"
    r"|\byou attached\b|\bno attachments?\b|\b(?:cannot|can[’']t|could not|couldn[’']t|unable to|do not|don[’']t|never)"
    r" (?:open|read|find|see)\b[^.]{0,30}\battach"
    r"|添付[^。\n]{0,20}(?:明日|後日|改めて|後ほど|のちほど)[^。\n]{0,10}(?:送|届け)"
    # What is fastened to other things than mails.
    r"|\battached to (?!this\b|the (?:e-?mail|mail|message)\b)"
    # The notice below many mails about secrecy and wrong delivery.
    r"|メール(?:本文)?(?:および|及び|ならびに|並びに|または|又は|と|や)(?:その|この)?添付"
    r"|添付[^。\n]{0,12}(?:秘密|機密|削除|破棄|廃棄)"
    r"|\b(?:e-?mail|mail|message|communication|transmission)\b[^.\n]{0,24}"
    r"\b(?:and|or|with|including) (?:(?:all|any|its|the) )*attachment",
    re.IGNORECASE,
)
_LINKED = re.compile(r"https?://\S+")
_SENTENCE_END = re.compile(r"[。\n]|(?<=[.!?])\s")
_PASSWORD = re.compile(
    r"(?:パスワード|解凍パス|パス(?=[^\S\n]*[はが:=])|解凍キー(?:ワード)?|暗証番号|ぱすわーど"
    r"|(?<![a-z])(?:passwords?(?: (?:for|to|of) [^.:\n]{1,40}?(?= is\b|:))?|passcode|pw|pass)(?![a-z]))"
    # Possessive, since words of this group may be read in two ways: never tried again, never slow.
    r"[^\S\n]*(?:は|が|を|(?:次|以下|下記)の(?:とおり|通り)(?:です|となります|になります)?。?"
    r"|:|=|->|-|→|⇒|」|】|\]|\)|です|is|,|、)*+"
    r"[^\S\n]*\n?[\s「『【\[(\"':=]{0,4}([!-~]{4,64})",
    re.IGNORECASE,
)
_NOT_A_PASSWORD = re.compile(
    r"^(?:https?://|(?:\+|\(?0)[\d()+-]{8,}$|\S+@\S+\.\S+$|(?:will|has|have|been|being|sent|given|protected|separately|available"
    r"|by|follows?|later|for|the|your|our|and|with|to|same|not|required|needed)\b)",
    re.IGNORECASE,
)
_WAY_TO_TELL = re.compile(r"[^。\n]{0,8}?(?:で|にて|から)[^。\n]{0,8}(?:送|連絡|知らせ|伝え|共有|通知|案内)")
"""After a word of letters alone: the messenger by which the password is told (LINEでお送りします)."""

_MEETING_CODE = re.compile(
    r"(?:meeting|webinar|ミーティング|会議)\s*(?:id|number|番号)[^\n]*\n\s*(?:pass|パス|pw)[^\n]*", re.IGNORECASE
)
_INTERNAL_WORDS = re.compile(
    r"社外秘|部外秘|所外秘|局外秘|社内限|部内限|内部限|内部資料|内輪|内々|内密|内緒|ここだけの|オフレコ"
    r"|(?:には?|にも|へは?)(?:まだ|絶対に?|決して|当面|しばらく)?[^。\n]{0,6}(?:伝え|知らせ|言わ|話さ|見せ|明かさ|教え|出さ|漏らさ)(?:ない|ず|ぬ|ません)"
    r"|(?:先方|相手方?|取引先|お客様?|業者|保険会社|銀行|ホテル)(?:さん|様)?には[^。\n]{0,10}(?:伏せ|黙って|秘密|内緒|言いませ|伝えませ)"
    r"|\b(?:internal(?:ly)? only|between us|just between|off the record)\b"
    r"|\b(?:do not|don't) (?:tell|share|forward|mention)\b",
    re.IGNORECASE,
)
_FIRM_IN_NAME = re.compile(
    r"(?:株式会社|有限会社|合同会社|㈱|㈲|\(株\)|\(有\))[^_\-\s()、,.【】\[\]様御殿]{2,20}"
    r"|[^_\-\s()、,.【】\[\]]{2,20}?(?:株式会社|有限会社|合同会社|㈱|㈲|\(株\)|\(有\))"
    r"|[^_\-\s()、,.【】\[\]]{2,20}?(?:御中)"
    r"|[^_\-\s()、,.【】\[\]]{1,16}(?:銀行|信用金庫|ホテル|旅館|工業|商事|企画|建設|印刷|生命|保険|旅行|製作所|研究所|事務所)様"
)
_MADE_OUT = re.compile(r"[\s_]*(?:様|御中|殿|宛|あて|向け)")
_PAPER_FOR_ONE = re.compile(r"見積|請求|納品|注文|発注|領収|契約|覚書|提案|支払|精算|検収")
"""Kinds of paper that are made out to somebody; a catalogue or a complaint names a firm it is about."""

_LONG_LINE = 2000


def speaks_of_missing_file(extract: Extract) -> bool:
    """The sender writes now that something is attached, and nothing is; history and requests do not count."""
    if extract.attachments or extract.has_tnef or extract.has_forwarded_message:
        return False
    words = unicodedata.normalize("NFKC", f"{extract.own_text}\n{extract.subject}")
    lowered = words.lower()
    if not any(hint in lowered for hint in _ATTACHMENT_HINTS) or not _ATTACHES.search(words):
        return False
    sentences = [sentence[:_LONG_LINE] for sentence in _SENTENCE_END.split(words)]
    if any(_ASKS_FOR_FILE.search(sentence) for sentence in sentences):
        sentences = [_PAPERS.sub("", sentence) for sentence in sentences]
    elsewhere = (_ASKS_FOR_FILE, _SPEAKS_OF_ANOTHER, _LINKED)
    return any(
        _ATTACHES.search(sentence) and not any(one.search(sentence) for one in elsewhere) for sentence in sentences
    )


def gives_password_beside_file(extract: Extract) -> bool:
    """A file asks for a password, and a password stands in the same mail."""
    if not any(one.is_protected for one in extract.attachments):
        return False
    return gives_password(f"{extract.subject}\n{extract.own_text}\n{extract.quoted_text}")


def gives_password(text: str) -> bool:
    """Whether a text tells a password, not only speaks of one."""
    normal = _MEETING_CODE.sub("", unicodedata.normalize("NFKC", text))
    return any(
        not _NOT_A_PASSWORD.match(found[1]) and not (found[1].isalpha() and _WAY_TO_TELL.match(normal, found.end()))
        for found in _PASSWORD.finditer(normal)
    )


def remarks_internally(extract: Extract) -> bool:
    """The sender's own words are meant for colleagues alone."""
    return _INTERNAL_WORDS.search(unicodedata.normalize("NFKC", extract.own_text)) is not None


def names_other_firm(
    extract: Extract, greeting: Greeting, shown_names: tuple[str, ...], own_names: tuple[str, ...]
) -> bool:
    """A file's name is made out to a firm that neither mail nor recipients speak of, while it greets another."""
    addressed = {*greeting.organisations, *(_firm_shown(name) for name in shown_names)}
    if not addressed - {""}:
        return False
    words = _compact(f"{extract.subject} {extract.own_text} {extract.quoted_text} {' '.join(shown_names)}")
    for attachment in extract.attachments:
        stem = unicodedata.normalize("NFKC", attachment.name).rpartition(".")[0] or attachment.name
        for found in _FIRM_IN_NAME.finditer(stem):
            if not (
                found[0].endswith(("様", "御中")) or _MADE_OUT.match(stem, found.end()) or _PAPER_FOR_ONE.search(stem)
            ):
                continue
            firm = _compact(re.sub(r"(?:御中|様)$", "", found[0]))
            firm = organisation_name(firm) or firm
            is_own = any(firm and (firm in _compact(own) or _compact(own) in firm) for own in own_names if own)
            if len(firm) >= 2 and firm not in words and not is_own:
                return True
    return False


def _firm_shown(name: str) -> str:
    """The firm that a display name tells by its legal form, or in front of a person's name; "" where none."""
    first, _, rest = unicodedata.normalize("NFKC", name).strip().partition(" ")
    return organisation_name(name) if has_legal_form(name) else organisation_name(first) if rest else ""


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
