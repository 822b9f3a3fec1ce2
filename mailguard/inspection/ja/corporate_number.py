"""法人番号 and T with 登録番号: 13 digits, public. Only claimed, so that nothing else takes those digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.check_digits import is_corporate_number
from mailguard.inspection.digits import numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import said_of
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence

KIND = "corporate_number"
"""No kind of a finding: the claim's own id."""

_REGISTERED = re.compile(r"(?<![A-Za-z0-9])[Tt][ -]?([0-9](?:[ -]?[0-9]{4}){3})(?![0-9])")
_IN_CELL = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]{4}){3}(?![0-9])")


def find(text: Text) -> Iterator[Candidate]:
    """Claims on the corporate numbers of a text."""
    for found in _REGISTERED.finditer(text.plain):
        digits = re.sub(r"[ -]", "", found[1])
        grounds = (Evidence(Because.SHAPE, "T"),)
        yield Candidate(KIND, *found.span(1), 0.99, "corporate_number.registered", grounds, digits)
    for number in numbers_of(text, 13):
        said = said_of(text, number.start, number.end)
        if said is not None and said.topic == Topic.CORPORATE:
            yield Candidate(
                KIND, number.start, number.end, 0.98, "corporate_number.labelled", (said.evidence,), number.digits
            )
        elif is_corporate_number(number.digits):
            grounds = (Evidence(Because.CHECK_DIGIT),)
            yield Candidate(KIND, number.start, number.end, 0.6, "corporate_number.bare", grounds, number.digits)


def cell(value: str) -> tuple[int, int] | None:
    """The corporate number in a cell."""
    found = _IN_CELL.search(value)
    return found.span() if found else None


_THINGS = (
    "法人番号", "法人no", "登録番号", "インボイス番号", "インボイス登録番号", "適格請求書発行事業者登録番号",
    "事業者登録番号", "corporatenumber", "t番号", "法人マイナンバー", "会社法人等番号",
)  # fmt: skip
_WHOSE = (
    "", "会社", "支払先", "取引先", "相手先", "発行者", "事業者", "団体", "学校",
)  # fmt: skip

DETECTOR = Detector(KIND, find, headers(_THINGS, people=_WHOSE), cell, priority=95, is_claim=True)
