"""雇用保険被保険者番号: 4, 6 and 1 digits, called so. Its check digit is not published and not tested."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.digits import numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_IN_CELL = re.compile(r"(?<![0-9-])[0-9]{4}[ -]?[0-9]{6}[ -]?[0-9](?![0-9-])")


def find(text: Text) -> Iterator[Candidate]:
    """The employment insurance numbers of a text. 被保険者番号 with 4-6-1 digits is one, whatever it names."""
    numbers = numbers_of(text, 11)
    if not numbers:
        return
    word = word_in(text, Topic.EMPLOYMENT)
    for number in numbers:
        if number.shape not in {(4, 6, 1), (11,)} and not number.is_wrapped and number.joint != "\t":
            continue
        said = said_of(text, number.start, number.end)
        is_cut = number.shape == (4, 6, 1)
        if said is not None and (said.topic == Topic.EMPLOYMENT or (said.topic == Topic.INSURED and is_cut)):
            score, rule, ground = (0.96 if is_cut else 0.9), "labelled", said.evidence
        elif word is not None and is_cut and not is_of_other(said):
            score, rule, ground = 0.75, "in_text", Evidence(Because.WORD_IN_TEXT, word)
        else:
            continue
        yield Candidate(
            Kind.EMPLOYMENT_INSURANCE, number.start, number.end, score, f"employment_insurance.{rule}",
            (ground, Evidence(Because.SHAPE)), number.digits,
        )  # fmt: skip


def cell(value: str) -> tuple[int, int] | None:
    """The number in a cell."""
    found = _IN_CELL.search(value)
    return found.span() if found else None


_THINGS = (
    "雇用保険", "雇用保険被保険者", "雇用保険の被保険者", "雇用保険者", "雇保", "雇用保険被保険者証",
    "雇用保険の被保険者証", "雇保被保険者", "employmentinsurance",
)  # fmt: skip

DETECTOR = Detector(
    Kind.EMPLOYMENT_INSURANCE,
    find,
    headers(_THINGS, ("番号", "no", "ナンバー", "の番号", "number", "コード", "id")),
    cell,
    priority=66,
)
