"""Whether something that was found in one mail can still be read in another: the last look at what is about to leave.

Values are compared as they stand in the text, without white space and hyphens, whatever a detector would make of the
rest: a name that was found in a table counts in a header as well. Values never leave this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection
from mailguard.inspection.hits import SURNAME
from mailguard.inspection.inspecting import look, topic_of, without_repeats
from mailguard.inspection.normalise import plain_text
from mailguard.inspection.settling import settle
from mailguard.model.contents import Contents, Piece
from mailguard.model.finding import Kind

_BETWEEN = re.compile(r"[\s\-\u2010-\u2015\u30fb]+")
_IN_NUMBER = re.compile(r"(?<=[0-9)])[().,/:_+\u30fb\uff65|~]+(?=[0-9(])|\((?=[0-9])")
_ABROAD = re.compile(r"\+81\(?0?\)?")
NUMBER_MIN = 8
"""Digits from which a number is searched for in every spelling."""
_NAMES = frozenset({Kind.PERSON_NAME, Kind.EMAIL_ADDRESS})
DIGITS_MIN = 6
LETTERS_MIN = 5
CHARACTERS_MIN = 3
"""Shorter values stand in any text by chance; that of a name is two characters of given name at least."""


def remaining(
    original: Contents,
    left: Iterable[Piece],
    about: Circumstances,
    detection: Detection | None = None,
    own: Iterable[str] = (),
    contact: Iterable[str] = (),
) -> frozenset[tuple[str, str]]:
    """Kind and place, in what is left, of values that count in the original.

    ``own``: names and addresses of sender, office and recipients, which stand in every header; a telephone number that
    somebody is called by is none. ``contact``: what the office tells everybody, telephone and all.
    """
    for_all = [_squeezed(one) for one in contact]
    for_names = [*for_all, *map(_squeezed, own)]
    values = {
        (kind, value)
        for kind, value in _values(original, about, detection)
        if _is_telling(value) and not any(value in one for one in (for_names if kind in _NAMES else for_all))
    }
    if not values:
        return frozenset()
    numbers = {(kind, digits) for kind, value in values if len(digits := _digits(value)) >= NUMBER_MIN}
    found = set()
    for piece in left:
        text = _squeezed(piece.text)
        found |= {(kind, piece.where) for kind, value in values if value in text}
        plain = _digits(text)
        found |= {(kind, piece.where) for kind, digits in numbers if digits in plain}
    return frozenset(found)


def _values(contents: Contents, about: Circumstances, detection: Detection | None) -> Iterator[tuple[str, str]]:
    topic = topic_of(contents.pieces)
    seen = [look(piece, about, detection, topic) for piece in without_repeats(contents.pieces)]
    settle(seen)
    for one in seen:
        for hit in one.hits:
            if hit.suppressed is None and hit.kind != SURNAME:
                yield hit.kind, _squeezed(one.text.plain[hit.start : hit.end])


def _digits(text: str) -> str:
    """A text with its numbers in one spelling: without what stands between digits, and called as within Japan."""
    return _IN_NUMBER.sub("", _ABROAD.sub("0", text))


def _squeezed(text: str) -> str:
    return _BETWEEN.sub("", plain_text(text)).casefold()


def _is_telling(value: str) -> bool:
    if value.isdigit():
        return len(value) >= DIGITS_MIN
    return len(value) >= (LETTERS_MIN if value.isascii() else CHARACTERS_MIN)
