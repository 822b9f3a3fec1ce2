"""E-mail addresses written as data: any local part mail programs let pass, and the spellings that hide one from robots.

Local parts of Japanese carriers may break RFC 5322 §3.4.1 (``a..b@``, ``.a@``, ``a.@``), so they are read as written.
Not taken: message ids, content ids, log-ins in a URL, host names without a dot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.inspection.words import Words, label_evidence
from mailguard.model.finding import Because, Evidence, Kind

_LOCAL = r"[A-Za-z0-9._+\-](?:[A-Za-z0-9._+\-%!#$&*^~|{}']{0,63})"
_DOMAIN = (
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])"
    r"|[\u3041-\u30ff\u4e00-\u9fff]{1,20}\.(?:jp|com|net)(?![A-Za-z0-9-])"
)
_ADDRESS = re.compile(rf"(?<![A-Za-z0-9._+\-%!#$&*^~|{{}}'])(?:{_LOCAL}|\"[!#-?A-~]{{1,64}}\")@(?:{_DOMAIN})")
_AT = (
    r"[ ]?[\[(\u3010<{\u3014][ ]?(?:at|\u30a2\u30c3\u30c8|\u3042\u3063\u3068|\u30a2\u30c3\u30c8\u30de\u30fc\u30af|@)"
    r"[ ]?[\])\u3011>}\u3015][ ]?"
)
_DOT = r"(?:\.|[ ]?[\[(\u3010<{][ ]?(?:dot|\u30c9\u30c3\u30c8|\.)[ ]?[\])\u3011>}][ ]?)"
_HIDDEN = re.compile(
    rf"(?<![A-Za-z0-9._+-])([A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}){_AT}"
    rf"([A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,6}}{_DOT}[A-Za-z]{{2,24}})(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_HAS_HIDDEN = re.compile(r"[\[(\u3010<{\u3014] ?(?:at|@|\u30a2\u30c3\u30c8|\u3042\u3063\u3068)", re.IGNORECASE)
_SPACED = re.compile(
    r"(?<![A-Za-z0-9._+-])([A-Za-z0-9][A-Za-z0-9._+-]{0,63})(?: @ ?|@ )((?:[A-Za-z0-9-]{1,63}\.){1,6}"
    r"[A-Za-z]{2,24})(?![A-Za-z0-9-])"
)
_NO_MAILBOX_BEFORE = re.compile(
    r"(?:://[^\s/@]{0,80}|cid:|mid:|message-id:? ?<?|in-reply-to:? ?<?|references:? ?<?)$", re.IGNORECASE
)
_ROLES = frozenset(
    {
        "info", "support", "contact", "office", "admin", "webmaster", "postmaster", "noreply", "no-reply", "sales",
        "soumu", "jimukyoku", "inquiry", "toiawase", "help", "helpdesk", "mail", "press", "recruit", "saiyo",
        "donotreply", "do-not-reply", "mailer-daemon", "abuse", "root", "service", "customer", "privacy", "pr", "koho",
        "eigyo",
    }
)  # fmt: skip
_WORDS = Words("メール", "メールアドレス", "アドレス", "E-mail", "email", "mail", "e-mail", "連絡先")


def normal_form(plain: str) -> str:
    """What addresses count as: small letters, without quotes, with @ and dots where words stood for them."""
    plain = re.sub(_AT, "@", plain, flags=re.IGNORECASE)
    plain = re.sub(_DOT, ".", plain, flags=re.IGNORECASE)
    return plain.replace('"', "").replace(" ", "").casefold()


def _candidate(text: Text, start: int, end: int, confidence: float, rule: str) -> Candidate | None:
    """The candidate at a place; None where it is no mailbox."""
    if _NO_MAILBOX_BEFORE.search(text.plain[max(0, start - 90) : start]):
        return None
    value = normal_form(text.plain[start:end])
    role = value.partition("@")[0]
    evidence = [
        Evidence(Because.SHAPE, role if role in _ROLES else ""),
        *label_evidence(_WORDS.before(text, start, 16)),
    ]
    rule = "email_address.role" if role in _ROLES else rule
    return Candidate(Kind.EMAIL_ADDRESS, start, end, confidence, rule, tuple(evidence), value)


def find(text: Text) -> Iterator[Candidate]:
    """All addresses of a text; ``email_address.role`` are those of a desk (info@, support@)."""
    plain = text.plain
    if "@" in plain:
        for found in _ADDRESS.finditer(plain):
            if candidate := _candidate(text, found.start(), found.end(), 0.95, "email_address.shape"):
                yield candidate
        if "@ " in plain or " @" in plain:
            for found in _SPACED.finditer(plain):
                if _WORDS.before(text, found.start(), 16) and (
                    candidate := _candidate(text, found.start(), found.end(), 0.7, "email_address.spaced")
                ):
                    yield candidate
    if _HAS_HIDDEN.search(plain):
        for found in _HIDDEN.finditer(plain):
            if candidate := _candidate(text, found.start(), found.end(), 0.85, "email_address.spelled"):
                yield candidate


def cell(plain: str) -> tuple[int, int] | None:
    """The address in a cell of a column of addresses."""
    found = _ADDRESS.search(plain) or _HIDDEN.search(plain) or _SPACED.search(plain)
    return None if found is None else found.span()


def _headers() -> frozenset[str]:
    """Names of columns: whose and the word for an address."""
    owners = (
        "", "本人", "個人", "会員", "職員", "組合員", "保護者", "生徒", "自宅", "携帯", "PC", "パソコン", "スマホ",
        "連絡先", "連絡用", "登録", "送付先", "申込者", "参加者", "受講者", "利用者", "担当者", "代表者",
        "緊急連絡先", "勤務先", "お客様", "新", "旧", "ログイン",
    )  # fmt: skip
    things = (
        "メールアドレス", "メール", "Eメール", "Eメールアドレス", "E-mail", "E-mailアドレス", "Email", "Mail",
        "Mailアドレス", "電子メール", "電子メールアドレス", "アドレス",
    )  # fmt: skip
    ends = ("", "1", "2", "PC", "携帯", "個人", "任意", "半角")
    english = ("emailaddress", "mailaddress", "e-mail address", "personal email", "contact email", "home email")
    return frozenset(
        (*(header_key(a + b + c) for a, b, c in product(owners, things, ends)), *(header_key(name) for name in english))
    ) - {"アドレス"}


DETECTOR = Detector(Kind.EMAIL_ADDRESS, find, _headers(), cell, priority=60, normal=normal_form)
