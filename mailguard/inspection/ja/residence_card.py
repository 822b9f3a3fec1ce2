"""在留カード番号: two capitals, eight digits, two capitals (出入国在留管理庁, 在留カード等番号失効情報照会)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.digits import may_start
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_SHAPE = re.compile(
    r"(?<![A-Za-z0-9_])[A-Za-z]{2}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[A-Za-z]{2}(?![A-Za-z0-9_=]|[-.][0-9A-Za-z])"
)
_BLANKS = re.compile(r"[ -]")


def find(text: Text) -> Iterator[Candidate]:
    """The card numbers of a text; also where no word says so, as few other numbers look like them."""
    for found in _SHAPE.finditer(text.plain):
        if not may_start(text.plain, found.start()):
            continue
        said = said_of(text, *found.span())
        word = word_in(text, Topic.RESIDENCE)
        is_capital = found[0][:2].isupper() and found[0][-2:].isupper()
        if said is not None and said.topic == Topic.RESIDENCE:
            yield _candidate(found, 0.97, "residence_card.labelled", said.evidence)
        elif is_of_other(said, Topic.CARD, Topic.MY_NUMBER) or not is_capital:
            continue
        elif word is not None:
            yield _candidate(found, 0.9, "residence_card.in_text", Evidence(Because.WORD_IN_TEXT, word))
        elif len(found[0]) == 12:
            yield _candidate(found, 0.7, "residence_card.bare", Evidence(Because.SHAPE))


def cell(value: str) -> tuple[int, int] | None:
    """The card number in a cell."""
    found = _SHAPE.search(value)
    return found.span() if found else None


def _candidate(found: re.Match[str], score: float, rule: str, ground: Evidence) -> Candidate:
    value = _BLANKS.sub("", found[0]).upper()
    grounds = (ground,) if ground.because == Because.SHAPE else (ground, Evidence(Because.SHAPE))
    return Candidate(Kind.RESIDENCE_CARD, *found.span(), score, rule, grounds, value)


_THINGS = (
    "在留カード", "在留カード等", "在留", "特別永住者証明書", "外国人登録証", "外国人登録", "residencecard",
    "zairyucard", "在留資格カード",
)  # fmt: skip

DETECTOR = Detector(
    Kind.RESIDENCE_CARD,
    find,
    headers(_THINGS, ("番号", "no", "ナンバー", "の番号", "number", "id")) | headers(("在留カード", "residencecard")),
    cell,
    priority=65,
)
