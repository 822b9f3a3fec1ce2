"""運転免許証の番号: 12 digits whose eleventh is right, called so. The first two are the issuing commission's.

The commissions' numbers are not officially published: they raise the score and are never required.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.check_digits import is_driver_license
from mailguard.inspection.digits import Number, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

COMMISSIONS = frozenset(
    f"{number:02}"
    for first, last in ((10, 14), (20, 25), (30, 30), (40, 49), (50, 55), (60, 65), (70, 74), (80, 83), (90, 97))
    for number in range(first, last + 1)
)
"""The first two digits as they are met: by region from Hokkaido (10) to Okinawa (97)."""

_AS_ON_CARD = re.compile(r"第[ \t]*$")
_COPIED = re.compile(r"(?:交付|優良|免許の条件)[\s\S]{0,200}まで有効|まで有効[\s\S]{0,200}交付")
"""What a licence says beside its number, and nothing else in a mail does."""

_IN_CELL = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])|(?<![0-9])[0-9]{4}(?:[ -][0-9]{4}){2}(?![0-9])")


def find(text: Text) -> Iterator[Candidate]:
    """The licence numbers of a text."""
    numbers = numbers_of(text, 12)
    if not numbers or (word_in(text, Topic.LICENCE) is None and not _COPIED.search(text.plain)):
        return
    for number in numbers:
        if is_driver_license(number.digits):
            yield from _judged(text, number)


def cell(value: str) -> tuple[int, int] | None:
    """The licence number in a cell."""
    for found in _IN_CELL.finditer(value):
        if is_driver_license(re.sub(r"[^0-9]", "", found[0])):
            return found.span()
    return None


def _judged(text: Text, number: Number) -> Iterator[Candidate]:
    plain = text.plain
    said = said_of(text, number.start, number.end)
    is_as_on_card = bool(_AS_ON_CARD.search(plain[max(0, number.start - 4) : number.start]))
    is_issued = number.digits[:2] in COMMISSIONS
    if said is not None and said.topic == Topic.LICENCE:
        score, rule, ground = (0.98 if is_issued else 0.93), "driver_license.labelled", said.evidence
    elif not is_of_other(said) and (not number.is_wrapped or number.is_cut_wide):
        score = 0.9 if is_as_on_card else 0.75 if is_issued else 0.45
        rule, ground = "driver_license.in_text", Evidence(Because.WORD_IN_TEXT, word_in(text, Topic.LICENCE) or "")
    else:
        return
    if word_in(text, Topic.LICENCE) is None and not (is_as_on_card and is_issued):
        return
    yield Candidate(
        Kind.DRIVER_LICENSE,
        number.start,
        number.end,
        score,
        rule,
        (Evidence(Because.CHECK_DIGIT), ground),
        number.digits,
    )


_THINGS = (
    "運転免許証", "運転免許", "免許証", "免許", "自動車運転免許証", "自動車免許", "driver'slicense", "driverslicense",
    "driverlicense", "driver'slicence", "drivinglicence", "drivinglicense", "license", "licence", "運転経歴証明書",
)  # fmt: skip

DETECTOR = Detector(
    Kind.DRIVER_LICENSE,
    find,
    headers(_THINGS, ("番号", "no", "ナンバー", "の番号", "number", "番号12桁", "証番号", "id"))
    | headers(("運転免許証", "運転免許")),
    cell,
    priority=80,
)
