"""What detection must reach before anything is released: a smaller set of what ``tests.bench.detection`` measures."""

from __future__ import annotations

from functools import cache

import pytest

from tests.bench.detection import Gate, Results, Size, corpora, gates, measured

SIZE = Size(each=100, decoys=5, addresses=25, rounds=3, mails=4)


@cache
def results() -> Results:
    """Everything measured, once."""
    return measured(corpora(SIZE))


NAMES = (
    "labelled structured kinds, recall of the worst",
    "structured kinds, precision of the worst",
    "family of decoys, the worst",
    "bare 4-4-4 called a My Number",
    "addresses, recall of all notations",
    "addresses, recall of the worst notation",
    "names, recall",
    "names, precision",
    "made mails with data: persons exact",
    "made clean mails called must_protect",
    "made mails with data that leak",
    "48 mails: kinds in their places, precision",
    "48 mails: kinds in their places, recall",
    "48 mails: persons exact",
    "48 mails: must_protect",
    "48 mails: flags",
)


@pytest.mark.parametrize("name", NAMES)
def test_detection_reaches_what_a_release_demands(name: str) -> None:
    """Data with its word is seen, what resembles it is left alone, and ordinary mail goes its way."""
    (gate,) = (one for one in gates(results()) if one.name == name)

    assert gate.is_met, f"{gate.name}: {gate.measured}, demanded {gate.target}"


def test_every_demand_is_tested() -> None:
    """No gate is measured and forgotten."""
    demands: list[Gate] = gates(results())

    assert [one.name for one in demands] == list(NAMES)
