"""基礎年金番号: 4 and 6 digits, called so. No check digit is published, so without a word near it there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from mailguard.inspection.digits import Number, is_amount, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_IN_CELL = re.compile(r"(?<![0-9-])[0-9]{4}[ \-.]?[0-9]{6}(?![0-9-])|(?<![0-9])[0-9]{9}(?=(?:\.0)?\s*$)")

_MATTER = re.compile("年金|免除申請|納付猶予|任意加入|裁定請求|3号被保険者|第3号|加入記録")
_CALLED_NUMBER = re.compile(r"(?<![\u4e00-\u9fff\u30a1-\u30fa\u30fcA-Za-z])番号[ ]?(?:は|が|を|[:=(])?[ ]{0,3}\Z")


def find(text: Text) -> Iterator[Candidate]:
    """The pension numbers of a text."""
    numbers = numbers_of(text, 10, 14)
    if not numbers:
        return
    if word_in(text, Topic.PENSION) is None:
        yield from _called_number(text, numbers)
        return
    for number in numbers:
        if _is_shaped(number) and not is_amount(text.plain, number.start, number.end):
            yield from _judged(text, number)


def cell(value: str) -> tuple[int, int] | None:
    """The pension number in a cell; a cell that is a figure may have lost its leading zero."""
    found = _IN_CELL.search(value)
    return found.span() if found else None


def _called_number(text: Text, numbers: list[Number]) -> Iterator[Candidate]:
    """4-6 that is called 番号 and no more, in a text about pensions."""
    matter = _MATTER.search(text.plain)
    for number in numbers if matter else ():
        if number.shape != (4, 6) or number.joint != "-":
            continue
        if matter and _CALLED_NUMBER.search(text.plain, max(0, number.start - 8), number.start):
            grounds = (Evidence(Because.WORD_IN_TEXT, matter[0]), Evidence(Because.SHAPE))
            yield Candidate(
                Kind.BASIC_PENSION_NUMBER, number.start, number.end, 0.7, "basic_pension_number.numbered", grounds,
                number.digits,
            )  # fmt: skip


def _is_shaped(number: Number) -> bool:
    """4-6, ten digits together, or with the four of a pension code behind (年金証書)."""
    if len(number.digits) == 14:
        return number.shape == (4, 6, 4)
    return number.shape in {(4, 6), (10,)} or number.is_wrapped or number.joint == "\t"


def _is_grouped(number: Number) -> bool:
    """4-6 with a hyphen, also where a line ends within one of the two."""
    if number.joint != "-":
        return False
    return number.shape[:2] == (4, 6) or (number.is_wrapped and 4 in accumulate(number.shape))


def _judged(text: Text, number: Number) -> Iterator[Candidate]:
    digits = number.digits[:10]
    end = number.end if len(number.digits) == 10 else number.start + 11
    said = said_of(text, number.start, number.end)
    if said is not None and said.topic == Topic.PENSION:
        grounds = (said.evidence, Evidence(Because.SHAPE))
        score = 0.97 if number.is_grouped else 0.93
        yield Candidate(
            Kind.BASIC_PENSION_NUMBER, number.start, end, score, "basic_pension_number.labelled", grounds, digits
        )
    elif _is_grouped(number) and not is_of_other(said):
        grounds = (Evidence(Because.WORD_IN_TEXT, word_in(text, Topic.PENSION) or ""), Evidence(Because.SHAPE))
        yield Candidate(
            Kind.BASIC_PENSION_NUMBER, number.start, end, 0.75, "basic_pension_number.in_text", grounds, digits
        )


_THINGS = (
    "基礎年金", "基礎年", "基年", "年金", "基礎年金手帳", "年金手帳", "厚生年金", "国民年金", "basicpension", "pension",
)  # fmt: skip
_ENDS = ("番号", "番", "no", "ナンバー", "コード", "の番号", "number", "番号10桁", "記号番号", "記号・番号", "id")

DETECTOR = Detector(
    Kind.BASIC_PENSION_NUMBER, find, headers(_THINGS, _ENDS) | headers(("年金手帳", "pensionno")), cell, priority=70
)
