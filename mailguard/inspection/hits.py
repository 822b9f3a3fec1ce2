"""A candidate that was kept, with what is worked out about it. Lives inside one inspection; holds the value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from mailguard.inspection.text import Candidate, Text
from mailguard.model.finding import HARD_KINDS, Because, Evidence, Kind, Suppression

FINDING_MIN = 0.5
"""Confidence from which a candidate is a finding."""

_OF_OFFICE = 0.96
"""How sure an office's own kind is at least taken to be where something else claims its characters."""

_KANA = re.compile(r"[ァ-ヺー]+")
PERSON = "person_name"
SURNAME = "surname"
"""A surname alone, with a title of respect: no finding, but it says whose data stands beside it."""


@dataclass(slots=True, eq=False)
class Hit:
    """``line``: number of its line, from 0. ``row``: number of its table's row or None. ``person``: whose it is."""

    kind: str
    start: int
    end: int
    confidence: float
    rule: str
    evidence: tuple[Evidence, ...]
    value: str
    line: int = 0
    row: tuple[int, int] | None = None
    column: int = 0
    person: Hit | None = None
    suppressed: Suppression | None = None
    belongings: list[Hit] = field(default_factory=list)

    @property
    def is_name(self) -> bool:
        """Whether it names somebody, in full or by surname."""
        return self.kind in (PERSON, SURNAME)

    @property
    def is_known_to_office(self) -> bool:
        """Whether the office itself said what to look for: its own number or word, or somebody on its member list."""
        return any(ground.because in (Because.OFFICE_KIND, Because.MEMBER_LIST) for ground in self.evidence)

    @property
    def is_beside_person(self) -> bool:
        """Whether it stands in a row of a table with somebody who counts."""
        person = self.person
        return person is not None and self.row is not None and person.row == self.row and person.suppressed is None


def hit_of(candidate: Candidate, text: Text) -> Hit:
    """The candidate as a hit; its value is what stands in the text where the detector gave none."""
    value = candidate.value or "".join(text.plain[candidate.start : candidate.end].split()).replace("-", "")
    return Hit(
        candidate.kind, candidate.start, candidate.end, candidate.confidence, candidate.rule, candidate.evidence, value
    )


def without_overlaps(hits: Iterable[Hit], length: int, priority: dict[str, int]) -> list[Hit]:
    """Those that stand where they overlap: the surest, then the kind that comes first, then the longest; by place.

    What the office itself looks for goes before what merely has a label, but not before a number of the law's.
    """
    hits = sorted(hits, key=lambda one: one.start)
    if all(one.end <= other.start for one, other in pairwise(hits)):
        return hits
    weights = _weights(hits, length)
    taken = bytearray(length)
    # A whole cell about somebody's illness may hold a telephone as well: these take nothing from the others.
    taken_by_care = bytearray(length)
    kept: list[Hit] = []

    def order(one: Hit) -> tuple[float, int, int, int]:
        weight = weights.get(id(one), one.confidence)
        return -weight, -priority.get(one.kind, 0), one.start - one.end, one.start

    for hit in sorted(hits, key=order):
        room = taken_by_care if hit.kind == Kind.SPECIAL_CARE else taken
        if room.find(1, hit.start, hit.end) < 0:
            room[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
            kept.append(hit)
    kept.sort(key=lambda one: one.start)
    return kept


def _weights(hits: list[Hit], length: int) -> dict[int, float]:
    """How sure the findings of an office's own kinds are taken to be, by their identity."""
    own = [
        hit
        for hit in hits
        if hit.confidence >= FINDING_MIN and any(ground.because is Because.OFFICE_KIND for ground in hit.evidence)
    ]
    if not own:
        return {}
    hard = bytearray(length)
    for hit in hits:
        if hit.kind in HARD_KINDS and hit.kind != Kind.SPECIAL_CARE:
            hard[hit.start : hit.end] = b"\x01" * (hit.end - hit.start)
    return {id(hit): max(_OF_OFFICE, hit.confidence) for hit in own if hard.find(1, hit.start, hit.end) < 0}


def _is_of_column(hit: Hit) -> bool:
    """Whether it stands in a column of names, not of the holders of accounts, whom banks write in kana."""
    return hit.rule == f"{PERSON}.column" and not any("名義" in ground.word for ground in hit.evidence)


def without_readings(hits: list[Hit]) -> list[Hit]:
    """Names in kana alone are readings of the written ones of the same piece, as long as they are not more."""
    names = [hit for hit in hits if hit.kind == PERSON and hit.suppressed is None]
    kana = {hit.value for hit in names if _KANA.fullmatch(hit.value)}
    written = {hit.row for hit in names if hit.value not in kana}
    kana -= {hit.value for hit in names if hit.value in kana and hit.row not in written and _is_of_column(hit)}
    if not kana or len(kana) > len({hit.value for hit in names} - kana):
        return hits
    return [hit for hit in hits if hit.kind != PERSON or hit.value not in kana]
