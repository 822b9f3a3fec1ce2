"""A piece as detectors read it, and what a detector gives back.

``Text.plain`` is normalised: each character cluster in NFKC, every dash between digits a hyphen-minus, full-width
blanks plain blanks, characters without width gone. ``Text.origin`` leads each of its characters back to the piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from mailguard.model.contents import Form, Piece
from mailguard.model.finding import Evidence


def small_letters(plain: str) -> str:
    """The text in small letters and as long as it was; a letter that would become two stays."""
    small = plain.lower()
    return small if len(small) == len(plain) else "".join(one if len(low := one.lower()) != 1 else low for one in plain)


LINE_MAX = 500
"""Characters of a line that are looked at to either side of a place: a text of one long line stays linear."""


def line_start(plain: str, at: int) -> int:
    """Where the line of a place begins, no more than ``LINE_MAX`` before it."""
    least = max(0, at - LINE_MAX)
    return plain.rfind("\n", least, at) + 1 or least


def line_end(plain: str, at: int) -> int:
    """Where the line of a place ends, no more than ``LINE_MAX`` behind it."""
    end = plain.find("\n", at, at + LINE_MAX)
    return end if end >= 0 else min(len(plain), at + LINE_MAX)


@dataclass(frozen=True)
class Text:
    """One normalised piece. ``origin[i]``: the offset in ``piece.text`` of ``plain[i]``; None where they are equal."""

    piece: Piece
    plain: str
    origin: Sequence[int] | None = None

    @cached_property
    def small(self) -> str:
        """``plain`` in small letters."""
        return small_letters(self.plain)

    def before(self, start: int, most: int) -> str:
        """Up to ``most`` characters before a place, not beyond the line above."""
        from_ = max(0, start - most)
        cut = self.plain.rfind("\n", from_, start)
        if cut >= 0 and self.piece.form is Form.TABLE:
            # The last cell of the row above says nothing about the first of this one.
            return self.plain[cut + 1 : start]
        if cut >= 0:
            above = self.plain.rfind("\n", from_, cut)
            from_ = max(from_, above + 1)
        return self.plain[from_:start]

    def after(self, end: int, most: int) -> str:
        """Up to ``most`` characters after a place, on its line."""
        stop = self.plain.find("\n", end, end + most)
        return self.plain[end : stop if stop >= 0 else end + most]


class Candidate(NamedTuple):
    """What a detector saw. ``start`` and ``end`` bound the value in ``Text.plain``; ``value`` is what equals count as.

    ``confidence`` 0 to 1; below 0.5 it is no finding, but may support others. ``rule`` names the rule that found it,
    such as ``my_number.labelled``.
    """

    kind: str
    start: int
    end: int
    confidence: float
    rule: str
    evidence: tuple[Evidence, ...] = ()
    value: str = ""


@dataclass(frozen=True)
class Detector:
    """One kind: how it looks in running text, and in a column of a table.

    ``find``: candidates in a text, in any order, overlaps allowed. ``headers``: what a column of it is called, matched
    by equality after ``header_key``. ``cell``: the span of the value inside a cell of such a column, None where the
    cell holds none. ``priority``: who wins where two candidates of the same confidence overlap (more wins).
    ``is_claim``: it only takes the characters, so that nothing else claims them, and is never a finding. ``normal``:
    what a value counts as, where that is more than the text without blanks and hyphens.
    """

    kind: str
    find: Callable[[Text], Iterable[Candidate]]
    headers: frozenset[str] = field(default_factory=frozenset)
    cell: Callable[[str], tuple[int, int] | None] | None = None
    priority: int = 0
    is_claim: bool = False
    normal: Callable[[str], str] | None = None


_KEPT_MAX = 30
"""Characters of a header whose key is kept: the cells of a table repeat."""

_HEADER_DROPPED = re.compile(r"[\s・*※:：()\[\]【】<>■□◆◇●○◎/／_\-.,、。]|必須|任意")


def header_key(header: str) -> str:
    """A column header as it is compared: small letters, without blanks, marks and brackets. Takes normalised text."""
    return _short_header_key(header) if len(header) <= _KEPT_MAX else _HEADER_DROPPED.sub("", header).casefold()


@lru_cache(maxsize=8192)
def _short_header_key(header: str) -> str:
    return _HEADER_DROPPED.sub("", header).casefold()
