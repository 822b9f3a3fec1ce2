"""住民票コード: 11 digits, called so.

It has a check digit (the eleventh), but its weights stand in no source we could read: it is not tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.digits import numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_IN_CELL = re.compile(
    r"(?<![0-9-])[0-9]{11}(?![0-9-])|(?<![0-9-])[0-9]{5}[ -][0-9]{6}(?![0-9-])|"
    r"(?<![0-9-])[0-9](?:[ -][0-9]{5}){2}(?![0-9-])"
)
_MOBILE = re.compile(r"0[5-9]0")


def find(text: Text) -> Iterator[Candidate]:
    """The resident codes of a text."""
    numbers = numbers_of(text, 11)
    word = word_in(text, Topic.RESIDENT) if numbers else None
    if word is None:
        return
    for number in numbers:
        said = said_of(text, number.start, number.end)
        if said is not None and said.topic == Topic.RESIDENT and number.shape != (3, 4, 4):
            score, rule, ground = 0.95, "labelled", said.evidence
        elif not number.is_grouped and not is_of_other(said) and not _MOBILE.match(number.digits):
            score, rule, ground = 0.7, "in_text", Evidence(Because.WORD_IN_TEXT, word)
        else:
            continue
        yield Candidate(
            Kind.RESIDENT_CODE, number.start, number.end, score, f"resident_code.{rule}",
            (ground, Evidence(Because.SHAPE)), number.digits,
        )  # fmt: skip


def cell(value: str) -> tuple[int, int] | None:
    """The code in a cell."""
    found = _IN_CELL.search(value)
    return found.span() if found else None


_THINGS = (
    "住民票コード", "住民コード", "住基コード", "住民票cd", "住民票番号", "residentcode",
)  # fmt: skip

DETECTOR = Detector(Kind.RESIDENT_CODE, find, headers(_THINGS, ("", "番号", "no", "11桁")), cell, priority=66)
