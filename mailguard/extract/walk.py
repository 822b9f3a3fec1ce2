"""One walk through a mail's contents: what was found so far, and what may still be spent.

A reader of a file type takes a ``File``, adds pieces to the walk, hands files inside of it back to the walk, and says
what it cannot read. It may raise ``Damaged`` (or anything else: the walk turns that into a result); it must not catch
``OverLimit``, which ends the whole walk.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from mailguard.model.contents import Contents, Obstacle, Piece, Sign, Unreadable

_UNSHOWN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What has no business in a place: it would act on the terminal, the page or the database that shows it."""


_LONG, _LONGER = 100, 1_000
"""Characters of a cell's text from which its repetitions are counted, and from which it does not come again at all.

A name, an address or a telephone number is shorter than the one, a remark about one person than the other.
"""

_REPEATED_MAX = 1_000_000
"""Characters of such repetitions in one file. Shared strings make gigabytes out of a file of two kilobytes."""


class OverLimit(Exception):
    """The mail is larger than may be read. ``obstacle`` says in which way."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.value)
        self.obstacle = obstacle


class Damaged(Exception):
    """The octets are not what the file says it is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one mail may cost. Octets count after every unpacking; ``seconds`` is passed time.

    ``ratio``: octets that may come out of one packed octet, once ``ratio_from`` have come out.
    """

    octets: int = 200_000_000
    text: int = 30_000_000
    files: int = 2_000
    depth: int = 8
    ratio: int = 200
    ratio_from: int = 10_000_000
    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class File:
    """A file in the mail or in another file. ``where`` ends with its name; ``depth`` is 1 for an attachment."""

    name: str
    octets: bytes
    where: str
    depth: int = 1


class Walk:
    """Not safe to share; one for each mail. ``passwords``: those that stand in the mail, to be tried on its files."""

    def __init__(
        self,
        read_file: Callable[[File, Walk], None],
        limits: Limits | None = None,
        passwords: tuple[str, ...] = (),
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or Limits()
        self.passwords = passwords
        self._read_file = read_file
        self._passed = passed
        self._until = passed() + self.limits.seconds
        self._pieces: list[Piece] = []
        self._unreadable: dict[Unreadable, None] = {}
        self._signs: set[Sign] = set()
        self._octets = 0
        self._text = 0
        self._files = 0
        self._long: dict[str, set[str]] = {}
        self._repeated: dict[str, int] = {}

    @property
    def characters(self) -> int:
        """Of all pieces so far."""
        return self._text

    def add(self, piece: Piece) -> None:
        """One more piece; one without words is none. Raises ``OverLimit``."""
        if not piece.text.strip():
            return
        self._text += len(piece.text)
        if self._text > self.limits.text:
            raise OverLimit(Obstacle.TOO_LARGE)
        self.check_time()
        if not (piece.where.isprintable() and piece.section.isprintable()):
            piece = replace(piece, where=_shown(piece.where), section=_shown(piece.section))
        self._pieces.append(piece)

    def may_repeat(self, where: str, text: str) -> bool:
        """Whether a cell's text comes, in a file where it may have come before. Too many repetitions are too large."""
        if len(text) <= _LONG:
            return True
        known = self._long.setdefault(where, set())
        if text not in known:
            known.add(text)
            return True
        if len(text) > _LONGER:
            return False
        count = self._repeated[where] = self._repeated.get(where, 0) + len(text)
        if count > _REPEATED_MAX:
            self.cannot(where, Obstacle.TOO_LARGE)
        return count <= _REPEATED_MAX

    def cannot(self, where: str, why: Obstacle) -> None:
        """Something was not read."""
        self._unreadable[Unreadable(_shown(where), why)] = None

    def raise_sign(self, sign: Sign) -> None:
        """The mail shows this."""
        self._signs.add(sign)

    def spend(self, octets: int, packed: int | None = None) -> None:
        """Octets that came out of something, of ``packed`` octets if they were packed. Raises ``OverLimit``."""
        self._octets += octets
        if self._octets > self.limits.octets:
            raise OverLimit(Obstacle.TOO_LARGE)
        if packed is not None and octets > self.limits.ratio_from and octets > self.limits.ratio * max(1, packed):
            raise OverLimit(Obstacle.TOO_LARGE)
        self.check_time()

    def check_time(self) -> None:
        """Raises ``OverLimit`` when the time is over."""
        if self._passed() > self._until:
            raise OverLimit(Obstacle.TOO_LONG)

    def file(self, name: str, octets: bytes, where: str, depth: int) -> None:
        """Read a file, whatever its type. A fault in it is a result; ``OverLimit`` goes through."""
        self._files += 1
        if self._files > self.limits.files:
            raise OverLimit(Obstacle.TOO_MANY)
        if depth > self.limits.depth:
            self.cannot(where, Obstacle.TOO_DEEP)
            return
        self.check_time()
        self._read_file(File(name, octets, where, depth), self)

    def contents(self) -> Contents:
        """What was found."""
        return Contents(tuple(self._pieces), tuple(self._unreadable), frozenset(self._signs))


def _shown(place: str) -> str:
    return place if place.isprintable() else _UNSHOWN.sub("\ufffd", place)


def table_text(rows: Iterable[Iterable[str]]) -> str:
    """Rows of cells as the text of a piece in the form of a table; line breaks and tabs in a cell become blanks."""
    return "\n".join("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
