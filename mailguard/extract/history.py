"""A body divided into what the sender wrote now, the signature, and the history that mail programs quote."""

from __future__ import annotations

import re

from mailguard.extract.html import HISTORY_MARK
from mailguard.mime.addresses import mailboxes_of
from mailguard.mime.quotation import FROM_FIELD, OTHER_FIELD, PEOPLE_FIELD, QUOTES, introduction, is_marked_below
from mailguard.model.address import comparable

_RULES = "-=_*+~#\u00b7\u30fb\u2500\u2501\u2015\u30fc\uff0d\uff1d\uff0a\u25c7\u25c6\u25a1\u25a0\u2606\u2605\uff0b\uff5e"
"""What people draw the line above a signature with."""
_SIGNATURE = re.compile(rf"^(?:-- ?|[{re.escape(_RULES)}]{{8,}})\s*$")
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
            count = 1 if line.strip() == _MARK else introduction(lines, number)
            if count:
                introduced = number + count
                # Where every quoted line has its mark, words without one below it are the sender's.
                in_history = line.strip() == _MARK or not is_marked_below(lines, introduced)
        if in_history or number < introduced or line.lstrip().startswith(QUOTES):
            quoted.append(line)
        else:
            own.append(line)
    return _without_signature(own), "\n".join(quoted), _circles(quoted)


def looks_forwarded(subject: str, quoted: str) -> bool:
    """Whether the mail passes something on that came from elsewhere."""
    return _FORWARD.match(subject) is not None or bool(
        re.search(r"forwarded message|転送", quoted[:400], re.IGNORECASE)
    )


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
        if FROM_FIELD.match(line):
            circles.append(set())
        if PEOPLE_FIELD.match(line):
            in_people = True
            line = re.split(r"[:\uff1a]", line, maxsplit=1)[1]
        elif OTHER_FIELD.match(line) or not line.strip(" >\t"):
            in_people = False
        if in_people and "@" in line:
            found = mailboxes_of(line.replace("mailto:", "").encode())
            circles[-1].update(comparable(box.address) for box in found)
    return tuple(frozenset(circle) for circle in circles if circle)
