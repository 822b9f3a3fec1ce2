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
      | on\ .{6,200}\ wrote:\s*
      | .{0,120}(?:のメール|のメッセージ|さんは書きました|さんが書きました|は書きました|wrote)\s*[:\uff1a]\s*
      | \d{4}[年/-].{4,160}[>\uff1e)]?\s*[:\uff1a]\s*
      | _{20,}\s*
    )$""",
    re.IGNORECASE | re.VERBOSE,
)
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


def divided(body: str) -> tuple[str, str, tuple[frozenset[str], ...]]:
    """The sender's own words, the quoted history, and the comparable addresses each of its header blocks shows."""
    own: list[str] = []
    quoted: list[str] = []
    lines = body.replace("\r\n", "\n").split("\n")[:LINES_MAX]
    in_history = False
    if not _MAY_HOLD_HISTORY.search(body):
        return _without_signature(lines), "", ()
    for number, line in enumerate(lines):
        if not in_history:
            in_history = line.strip() == _MARK or _begins_history(lines, number)
        if in_history or line.lstrip().startswith((">", "|>", "\uff1e")):
            quoted.append(line)
        else:
            own.append(line)
    return _without_signature(own), "\n".join(quoted), _circles(quoted)


def looks_forwarded(subject: str, quoted: str) -> bool:
    """Whether the mail passes something on that came from elsewhere."""
    return _FORWARD.match(subject) is not None or bool(
        re.search(r"forwarded message|転送", quoted[:400], re.IGNORECASE)
    )


def _begins_history(lines: list[str], number: int) -> bool:
    line = lines[number]
    if not _MAY_BEGIN.search(line):
        return False
    if len(line) < 400 and _BEGINS.match(line):
        return True
    # Outlook's block without a line above it: From: with Sent:, To: or Subject: right below.
    return _FROM.match(line) is not None and any(
        _OTHER_FIELD.match(near) or _PEOPLE.match(near) for near in lines[number + 1 : number + 4]
    )


def _without_signature(lines: list[str]) -> str:
    """The lines above the signature. A ruled line with much text below it is a ruled line in the text."""
    for number, line in enumerate(lines):
        if number >= 2 and len(line) < 200 and line[:1] in _RULES and _SIGNATURE.match(line.rstrip("\r")):
            below = [one for one in lines[number + 1 :] if one.strip()]
            if len(below) <= 15:
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
