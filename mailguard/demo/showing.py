"""Foreign text as people may see it: on a terminal of 80 columns and on a page.

Guarantees: no control and no direction mark of a mail reaches a terminal or a browser (a subject could otherwise
repaint the one and turn round the other), and a line fits its columns where Japanese characters take two.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

COLUMNS = 80
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_MARK = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """The text with a mark for each character that cannot be seen; tabs and line ends become spaces."""
    spaced = text.replace("\t", " ").replace("\r\n", " ").replace("\n", " ")
    return "".join(_MARK if unicodedata.category(letter) in _INVISIBLE else letter for letter in spaced)


def width(text: str) -> int:
    """Columns of a terminal."""
    return sum(_columns(letter) for letter in text)


def fitted(text: str, columns: int) -> str:
    """The text, cut to so many columns; what was cut is marked with two dots."""
    if width(text) <= columns:
        return text
    kept, left = [], columns - 2
    for letter in text:
        left -= _columns(letter)
        if left < 0:
            break
        kept.append(letter)
    return "".join(kept) + ".."


def wrapped(text: str, columns: int) -> list[str]:
    """The text in lines of at most so many columns; at a blank where there is one in the line's second half."""
    lines = []
    while width(text) > columns:
        left, end = columns, 0
        for letter in text:
            left -= _columns(letter)
            if left < 0:
                break
            end += 1
        blank = text.rfind(" ", end // 2, end + 1)
        end = end if blank < 0 else blank
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def clock_time(moment: datetime) -> str:
    """The time of day here."""
    return f"{moment.astimezone():%H:%M:%S}"


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
