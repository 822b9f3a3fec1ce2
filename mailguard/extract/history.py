"""A body divided into what the sender wrote now, the signature, and the history that mail programs quote."""

from __future__ import annotations

import re

from mailguard.extract.html import HISTORY_MARK
from mailguard.mime.addresses import mailboxes_of
from mailguard.model.address import comparable

_BEGINS = re.compile(
    r"""^[ \t>]*(?:
        -{3,}\s*(?:original\ message|forwarded\ message|元のメッセージ|転送されたメッセージ|転送者|forwarded\ by)\b.*
      | -{4,}\s*(?:元のメッセージ|転送メッセージ|Original\ Message|Forwarded\ message).*
      | begin\ forwarded\ message\s*[:\uff1a]\s*
      | 転送されたメッセージ\s*[:\uff1a]\s*
      | .{0,120}(?:さんは書きました|さんが書きました|は書きました)\s*[:\uff1a]\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
_MAY_INTRODUCE = re.compile(
    r"""^[ \t>]*(?:
        on\ .{6,200}\ wrote:\s*
      | .{0,120}(?:のメール|のメッセージ|wrote)\s*[:\uff1a]\s*
      | \d{4}[年/-].{4,160}[>\uff1e)]?\s*[:\uff1a]\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words people write as well; an address, a time of day or quoted lines below tell a program's."""

_EVIDENCE = re.compile(
    r"\S@\S|\d{1,2}[:\uff1a]\d{2}\D.*(?:のメール|のメッセージ|wrote)|^[ \t>]*on\ .*\d", re.IGNORECASE
)
_RULE = re.compile(r"^[ \t>]*_{20,}\s*$")
_FIRST_HALF = re.compile(r"^[ \t]*(?:on\b.*\d|\d{4}[年/-].*\d)", re.IGNORECASE)
_SECOND_HALF = re.compile(r"(?:wrote|書きました|のメール|[>\uff1e])\s*[:\uff1a]\s*$", re.IGNORECASE)
_QUOTES = (">", "|>", "\uff1e")
_FROM = re.compile(r"^[ \t>*]*(?:from|差出人|送信者)\s*\*?\s*[:\uff1a]", re.IGNORECASE)
_PEOPLE = re.compile(r"^[ \t>*]*(?:from|to|cc|差出人|送信者|宛先|あて先)\s*\*?\s*[:\uff1a]", re.IGNORECASE)
_OTHER_FIELD = re.compile(
    r"^[ \t>*]*(?:bcc|sent|date|subject|件名|送信日時|日時|日付)\s*\*?\s*[:\uff1a]", re.IGNORECASE
)
_RULES = "-=_*+~#\u00b7\u30fb\u2500\u2501\u2015\u30fc\uff0d\uff1d\uff0a\u25c7\u25c6\u25a1\u25a0\u2606\u2605\uff0b\uff5e"
"""What people draw the line above a signature with."""
_SIGNATURE = re.compile(rf"^(?:-- ?|[{re.escape(_RULES)}]{{8,}})\s*$")
_MAY_BEGIN = re.compile(r"[:\uff1a]|---|___")
"""What every line has that begins a quotation; most lines of a text have none of it."""
_MAY_HOLD_HISTORY = re.compile(r"[:\uff1a>\uff1e\u0001]|---|___")
_MARK = HISTORY_MARK.strip("\n")
_FORWARD = re.compile(r"^\s*(?:fwd?|fw|転送)\s*[:\uff1a]", re.IGNORECASE)
LINES_MAX = 20_000
SIGNATURE_LINES_MAX = 15


def divided(body: str) -> tuple[str, str, tuple[frozenset[str], ...]]:
    """The sender's own words, the quoted history, and the comparable addresses each of its header blocks shows."""
    own: list[str] = []
    quoted: list[str] = []
    lines = body.replace("\r\n", "\n").split("\n")[:LINES_MAX]
    in_history = False
    if not _MAY_HOLD_HISTORY.search(body):
        return _without_signature(lines), "", ()
    introduced = 0
    for number, line in enumerate(lines):
        if not in_history and number >= introduced:
            count = 1 if line.strip() == _MARK else _introduction(lines, number)
            if count:
                introduced = number + count
                # Where every quoted line has its mark, words without one below it are the sender's.
                in_history = line.strip() == _MARK or not _is_marked_below(lines, introduced)
        if in_history or number < introduced or line.lstrip().startswith(_QUOTES):
            quoted.append(line)
        else:
            own.append(line)
    return _without_signature(own), "\n".join(quoted), _circles(quoted)


def looks_forwarded(subject: str, quoted: str) -> bool:
    """Whether the mail passes something on that came from elsewhere."""
    return _FORWARD.match(subject) is not None or bool(
        re.search(r"forwarded message|転送", quoted[:400], re.IGNORECASE)
    )


def _introduction(lines: list[str], number: int) -> int:
    """How many lines from here on introduce quoted history; 0 where none does."""
    line = lines[number]
    if not _MAY_BEGIN.search(line):
        return 0
    if len(line) < 400:
        if _BEGINS.match(line) or (_RULE.match(line) and _is_block(lines, _next_words(lines, number + 1))):
            return 1
        if _MAY_INTRODUCE.match(line) and (_EVIDENCE.search(line) or _is_marked_below(lines, number + 1)):
            return 1
        if number + 1 < len(lines) and _FIRST_HALF.match(line) and _SECOND_HALF.search(lines[number + 1][-40:]):
            # Gmail and Becky! give the introduction two lines.
            return 2
    # Outlook's block without a line above it.
    return int(_is_block(lines, number))


def _is_block(lines: list[str], number: int) -> bool:
    """Whether header lines begin here: From: with Sent: or Subject: right below, or with addresses."""
    if number >= len(lines) or not _FROM.match(lines[number]):
        return False
    near = lines[number + 1 : number + 4]
    return any(_OTHER_FIELD.match(one) for one in near) or any(
        _PEOPLE.match(one) and ("@" in one or "@" in lines[number]) for one in near
    )


def _next_words(lines: list[str], number: int) -> int:
    return next((at for at in range(number, min(number + 3, len(lines))) if lines[at].strip()), len(lines))


def _is_marked_below(lines: list[str], number: int) -> bool:
    at = _next_words(lines, number)
    return at < len(lines) and lines[at].lstrip().startswith(_QUOTES)


def _without_signature(lines: list[str]) -> str:
    """The lines above the signature. A ruled line with much text below it is a ruled line in the text."""
    first = len(lines)
    below = 0
    while first > 2 and below <= SIGNATURE_LINES_MAX:
        first -= 1
        below += bool(lines[first].strip())
    for number in range(first, len(lines)):
        line = lines[number]
        if number >= 2 and len(line) < 200 and line[:1] in _RULES and _SIGNATURE.match(line.rstrip("\r")):
            return "\n".join(lines[:number])
    return "\n".join(lines)


def _circles(quoted: list[str]) -> tuple[frozenset[str], ...]:
    """Who stood together: one set for each quoted header block. Two mails quoted in one answer are two circles."""
    circles: list[set[str]] = [set()]
    in_people = False
    for line in quoted:
        if _FROM.match(line):
            circles.append(set())
        if _PEOPLE.match(line):
            in_people = True
            line = re.split(r"[:\uff1a]", line, maxsplit=1)[1]
        elif _OTHER_FIELD.match(line) or not line.strip(" >\t"):
            in_people = False
        if in_people and "@" in line:
            found = mailboxes_of(line.replace("mailto:", "").encode())
            circles[-1].update(comparable(box.address) for box in found)
    return tuple(frozenset(circle) for circle in circles if circle)
