"""Bars beside a table, as SVG: what stands where. Pure; the template draws it, and the table says the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320
_LABEL, _NUMBER = 100, 40
_BAR, _GAP = 12, 8
_LONGEST = WIDTH - _LABEL - _NUMBER
_LABEL_MAX = 8
"""Characters of a label; the table has the whole of it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its number, in the drawing's units. ``series``: 0 or 1."""

    series: int
    x: int
    y: int
    width: int
    height: int
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one row."""

    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, ``WIDTH`` wide."""

    height: int
    groups: tuple[Group, ...]


def chart_of(rows: Sequence[tuple[str, Sequence[int]]], first: int = 0) -> Chart:
    """Rows of a label and one or two numbers; the longest bar is the greatest number. ``first``: the series of the
    first number.
    """
    greatest = max((number for _, numbers in rows for number in numbers), default=0) or 1
    groups, y = [], 0
    for label, numbers in rows:
        bars = tuple(
            Bar(first + place, _LABEL, y + place * _BAR, round(_LONGEST * number / greatest), _BAR, number)
            for place, number in enumerate(numbers)
        )
        height = _BAR * len(numbers)
        groups.append(Group(_short(label), y + height // 2 + 4, bars))
        y += height + _GAP
    return Chart(max(y, 1), tuple(groups))


def _short(label: str) -> str:
    return label if len(label) <= _LABEL_MAX else label[: _LABEL_MAX - 1] + "…"
