"""What tests of detectors share: a text as detectors read it, and what of a kind is found in it."""

from __future__ import annotations

import unicodedata

from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.contents import Piece
from tests.corpus.generated.contacts import Case

COUNTS_FROM = 0.5


def text_of(raw: str) -> Text:
    """A body as detectors read it."""
    return Text(Piece("body", raw), unicodedata.normalize("NFKC", raw))


def candidates(detector: Detector, raw: str) -> list[Candidate]:
    """What counts as found."""
    return [candidate for candidate in detector.find(text_of(raw)) if candidate.confidence >= COUNTS_FROM]


def found(detector: Detector, raw: str) -> list[str]:
    """The characters found, in the order of the text."""
    plain = text_of(raw).plain
    spans = sorted({(candidate.start, candidate.end) for candidate in candidates(detector, raw)})
    return [plain[start:end] for start, end in spans]


def cell_of(detector: Detector, raw: str) -> str | None:
    """What a cell of the kind's column holds."""
    assert detector.cell is not None
    plain = unicodedata.normalize("NFKC", raw)
    span = detector.cell(plain)
    return None if span is None else plain[slice(*span)]


def missed(detector: Detector, cases: tuple[Case, ...]) -> list[str]:
    """The texts of cases of which a value was not found as it stands there."""
    return [
        case.text
        for case in cases
        if {unicodedata.normalize("NFKC", value) for value in case.values} - set(found(detector, case.text))
    ]


def mistaken(detector: Detector, cases: tuple[Case, ...]) -> dict[str, int]:
    """For each family of decoys in which something was found, how many."""
    counts: dict[str, int] = {}
    for case in cases:
        if found(detector, case.text):
            counts[case.family] = counts.get(case.family, 0) + 1
    return counts
