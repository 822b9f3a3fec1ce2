"""旅券番号: two capitals and seven digits, where a word says so. Foreign ones of other shapes only behind a label."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.digits import may_start
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import Said, is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_JAPANESE = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]{2}[ -]?[0-9]{7}(?![A-Za-z0-9_=]|[-.][0-9A-Za-z])")
_FOREIGN = re.compile(
    r"(?<![A-Za-z0-9_])(?:[A-Z]{1,3}[0-9]{6,8}|[0-9]{8,9}|[A-Z][0-9]{2}[A-Z0-9]{6})(?![A-Za-z0-9_=]|"
    r"[-.][0-9A-Za-z])"
)
_HINTS = ("旅券", "パスポート", "assport", "PASSPORT", "ryoken")
_TRAVEL = re.compile(
    r"渡航|搭乗|出国|入国|航空|査証|ビザ|フライト|海外|引率|修学旅行|国際線"
    r"|(?<![A-Za-z])(?:APIS|ESTA|eTA|VISA|visa|[Ff]light|[Ii]mmigration|e-ticket)(?![A-Za-z])"
)
_OF_JAPAN = re.compile(r"[TM][A-Z][0-9]{7}")
"""As Japan numbers its own (外務省, 旅券の記載事項): the first letter T or M."""

_FOREIGN_GAP = 12
_NUMBER_WORD = re.compile(r"番号|no|number|ナンバー|id|#", re.IGNORECASE)
_BLANKS = re.compile(r"[ -]")


def find(text: Text) -> Iterator[Candidate]:
    """The passport numbers of a text."""
    word = word_in(text, Topic.PASSPORT) if any(hint in text.plain for hint in _HINTS) else None
    if word is None:
        yield from _of_travellers(text)
        return
    seen: set[int] = set()
    for found in _JAPANESE.finditer(text.plain):
        if not may_start(text.plain, found.start()):
            continue
        said = said_of(text, *found.span())
        if said is not None and said.topic == Topic.PASSPORT:
            yield _candidate(found, 0.97, "passport.labelled", said.evidence)
            seen.add(found.start())
        elif not is_of_other(said) and found[0][:2].isupper():
            yield _candidate(found, 0.85, "passport.in_text", Evidence(Because.WORD_IN_TEXT, word))
            seen.add(found.start())
    for found in _FOREIGN.finditer(text.plain):
        if found.start() not in seen and may_start(text.plain, found.start()):
            said = said_of(text, *found.span())
            if said is not None and _is_foreign(found[0], said):
                yield _candidate(found, 0.8, "passport.foreign", said.evidence)


def _of_travellers(text: Text) -> Iterator[Candidate]:
    """Without the word: Japanese ones in a text about journeys abroad."""
    travel = _TRAVEL.search(text.plain) if _OF_JAPAN.search(text.plain) else None
    if travel is None:
        return
    for found in _JAPANESE.finditer(text.plain):
        if not _OF_JAPAN.fullmatch(found[0]) or not may_start(text.plain, found.start()):
            continue
        if not is_of_other(said_of(text, *found.span())):
            yield _candidate(found, 0.7, "passport.of_traveller", Evidence(Because.WORD_IN_TEXT, travel[0]))


def cell(value: str) -> tuple[int, int] | None:
    """The passport number in a cell."""
    found = _JAPANESE.search(value) or _FOREIGN.search(value)
    return found.span() if found else None


def _is_foreign(value: str, said: Said) -> bool:
    """Close behind a passport's label; digits alone only where the label asks for a number."""
    if said.topic != Topic.PASSPORT or said.is_used or (value.isdigit() and not _NUMBER_WORD.search(said.word)):
        return False
    return said.because == Because.COLUMN or said.distance <= _FOREIGN_GAP


def _candidate(found: re.Match[str], score: float, rule: str, ground: Evidence) -> Candidate:
    value = _BLANKS.sub("", found[0]).upper()
    return Candidate(Kind.PASSPORT, *found.span(), score, rule, (ground, Evidence(Because.SHAPE)), value)


_THINGS = (
    "旅券", "パスポート", "passport", "pp",
)  # fmt: skip

DETECTOR = Detector(
    Kind.PASSPORT,
    find,
    headers(_THINGS, ("番号", "no", "ナンバー", "の番号", "number", "id", "#"))
    | headers(("旅券", "パスポート", "passport")),
    cell,
    priority=60,
)
