"""Slips that stand in the words and files of a mail: pure functions of an ``Extract``."""

from __future__ import annotations

import re
import unicodedata

from mailguard.model.extract import Extract
from mailguard.policy.greeting import Greeting, has_legal_form, organisation_name

_ATTACHES = re.compile(
    r"添付(?!.{0,4}(?:は?不要|なし|無し|せず|しません|しておりません|していません|できません))"
    r"|同封|\battach(?:ed|ing|ment)s?\b|\bplease find (?:the )?enclosed\b",
    re.IGNORECASE,
)
_ASKS_FOR_FILE = re.compile(
    r"添付(?:の?(?:上|うえ)|して(?:返信|返送|ご返|お送り|送って|提出|ご提出|申請|ください|下さい|いただ|頂)|(?:いただ|頂|願|くださ|下さ)"
    r"|をお願い|が必要|書類を?ご用意)|(?:先日|前回|以前|先ほど|先程|昨日|先の|前の|さきほど)[^。\n]{0,16}添付|添付[^。\n]{0,8}(?:届き|届いて|拝見|拝受|受け取|確認しました|確認いたしました)"
    r"|\bplease attach\b|\b(?:your|the previous|earlier|last) [a-z ]{0,20}attachment",
    re.IGNORECASE,
)
_LINKED = re.compile(r"https?://\S+")
_PASSWORD = re.compile(
    r"(?:パスワード|解凍パス|解凍キー|暗証番号|ぱすわーど|passwords?|passcode|\bpw\b|\bpass\b)"
    r"[^\S\n]*(?:は|が|を|:|=|->|→|⇒|」|】|\]|\)|です|is|,|、)*[^\S\n]*\n?[\s「『【\[(\"':=]{0,4}([!-~]{4,64})",
    re.IGNORECASE,
)
_NOT_A_PASSWORD = re.compile(
    r"^(?:https?://|[\d()+-]{9,}$|\S+@\S+\.\S+$|(?:will|has|have|been|sent|protected|separately|by|follows?|later|for|the|your|and|with|to)\b)",
    re.IGNORECASE,
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
_LONG_LINE = 2000


def speaks_of_missing_file(extract: Extract) -> bool:
    """The sender writes now that something is attached, and nothing is; history and requests do not count."""
    if extract.attachments or extract.has_tnef or extract.has_forwarded_message:
        return False
    words = f"{extract.own_text}\n{extract.subject}"
    if not _ATTACHES.search(unicodedata.normalize("NFKC", words)):
        return False
    for sentence in re.split(r"[。\n]", words):
        line = unicodedata.normalize("NFKC", sentence[:_LONG_LINE])
        if _ATTACHES.search(line) and not _ASKS_FOR_FILE.search(line) and not _LINKED.search(line):
            return True
    return False


def gives_password_beside_file(extract: Extract) -> bool:
    """A file asks for a password, and a password stands in the same mail."""
    if not any(one.is_protected for one in extract.attachments):
        return False
    return gives_password(f"{extract.subject}\n{extract.own_text}\n{extract.quoted_text}")


def gives_password(text: str) -> bool:
    """Whether a text tells a password, not only speaks of one."""
    normal = unicodedata.normalize("NFKC", text)
    return any(not _NOT_A_PASSWORD.match(found[1]) for found in _PASSWORD.finditer(normal))


def remarks_internally(extract: Extract) -> bool:
    """The sender's own words are meant for colleagues alone."""
    return _INTERNAL_WORDS.search(unicodedata.normalize("NFKC", extract.own_text)) is not None


def names_other_firm(
    extract: Extract, greeting: Greeting, shown_names: tuple[str, ...], own_names: tuple[str, ...]
) -> bool:
    """A file's name is made out to a firm that neither mail nor recipients speak of, while it greets another."""
    addressed = {*greeting.organisations, *(organisation_name(name) for name in shown_names if has_legal_form(name))}
    if not addressed - {""}:
        return False
    words = _compact(f"{extract.subject} {extract.own_text} {extract.quoted_text} {' '.join(shown_names)}")
    for attachment in extract.attachments:
        stem = unicodedata.normalize("NFKC", attachment.name).rpartition(".")[0] or attachment.name
        for found in _FIRM_IN_NAME.finditer(stem):
            firm = _compact(re.sub(r"(?:御中|様)$", "", found[0]))
            firm = organisation_name(firm) or firm
            is_own = any(firm and (firm in _compact(own) or _compact(own) in firm) for own in own_names if own)
            if len(firm) >= 2 and firm not in words and not is_own:
                return True
    return False


def _compact(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
