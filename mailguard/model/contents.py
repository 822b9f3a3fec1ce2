"""Every text a recipient of a mail could read, piece by piece, and what could not be read. Values of ``extract``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Obstacle(StrEnum):
    """Why something could not be read."""

    ENCRYPTED = "encrypted"
    PICTURE = "picture"
    DAMAGED = "damaged"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    UNKNOWN = "unknown"


class Form(StrEnum):
    """How a piece is laid out. ``TABLE``: a line for each row, a tab between cells."""

    PROSE = "prose"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Piece:
    """One text with its place.

    ``where``: ``subject``, ``body`` or ``attachment:<name>``, containers joined by ``!``. ``section``: the sheet, page,
    note or property inside of it, "" where it is the whole. ``first_row`` and ``first_column``: the sheet's cell that
    the first cell of a table is, from 1. ``is_hidden``: there, but not shown (a hidden sheet, ``display:none``).
    ``origin``: for each character its offset in the text it was made from (the page's source), None where they are the
    same.
    """

    where: str
    text: str
    form: Form = Form.PROSE
    section: str = ""
    first_row: int = 1
    first_column: int = 1
    is_hidden: bool = False
    origin: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something in the mail that nobody could look into."""

    where: str
    why: Obstacle


class Sign(StrEnum):
    """What reading a mail's contents shows about its make."""

    AMBIGUOUS = "ambiguous"
    HIDDEN_TEXT = "hidden_text"
    NESTED_ARCHIVE = "nested_archive"
    MACROS = "macros"


@dataclass(frozen=True, slots=True)
class Contents:
    """All pieces in the order of the mail, what was unreadable, and signs. One text in two places is two pieces."""

    pieces: tuple[Piece, ...]
    unreadable: tuple[Unreadable, ...] = ()
    signs: frozenset[Sign] = frozenset()
