"""How what was found is compared with what is there: per kind, per family of decoys, and the tables.

A value is found when something of its kind overlaps it by half of either, by 30 % of the value at least, and is no
longer than three times the value and four characters: the same measure for everybody.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.bench.detection_cases import Sample


class Found(NamedTuple):
    """One thing found in a text. ``counts``: not marked as somebody's signature, an office's or the like."""

    kind: str
    start: int
    end: int
    counts: bool = True


@dataclass
class Score:
    """One kind: labels, of those found at all, of those found and counting, and false findings, counting or not."""

    labels: int = 0
    seen: int = 0
    counting: int = 0
    false: int = 0

    @property
    def recall(self) -> float:
        """The share of labels found."""
        return self.seen / self.labels if self.labels else 1.0

    @property
    def precision(self) -> float:
        """The share of what is found that is there."""
        return self.seen / (self.seen + self.false) if self.seen + self.false else 1.0


@dataclass
class Scores:
    """By kind, by notation of a kind, and for each family of decoys the texts tried and those taken for something."""

    kinds: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    notations: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    families: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: list[Sample] = field(default_factory=list)
    mistaken: list[tuple[str, Sample]] = field(default_factory=list)


def hits(place: tuple[int, int], found: Found) -> bool:
    """Whether what was found is the value at this place."""
    size, length = place[1] - place[0], found.end - found.start
    overlap = min(place[1], found.end) - max(place[0], found.start)
    return overlap * 2 >= min(size, length) and overlap >= 0.3 * size and length <= 3 * size + 4


def scored(samples: Sequence[Sample], answers: Iterable[Sequence[Found]]) -> Scores:
    """Every sample against its answer, in order."""
    scores = Scores()
    for sample, answer in zip(samples, answers, strict=True):
        false = False
        for place in sample.places:
            right = [one for one in answer if one.kind == sample.kind and hits(place, one)]
            for score in (scores.kinds[sample.kind], scores.notations[f"{sample.kind} {sample.family}"]):
                score.labels += 1
                score.seen += bool(right)
                score.counting += any(one.counts for one in right)
            if not right:
                scores.missed.append(sample)
        for one in answer:
            if one.kind not in sample.guarded:
                continue
            if one.kind == sample.kind and any(hits(place, one) for place in sample.places):
                continue
            false = True
            scores.kinds[one.kind].false += 1
            scores.confused[one.kind, sample.kind or sample.family] += 1
            scores.mistaken.append((one.kind, sample))
        if not sample.places:
            family = scores.families[sample.family]
            family[0] += 1
            family[1] += false
    return scores


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, the first to the left; full-width characters count two."""
    width = [
        max((_width(row[column]) for row in rows if len(row) > column), default=0)
        for column in range(max(map(len, rows)))
    ]
    lines = []
    for row in rows:
        cells = [
            cell + " " * (width[column] - _width(cell)) if not column else " " * (width[column] - _width(cell)) + cell
            for column, cell in enumerate(row)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
