"""Octets out of a decompressor, a piece at a time, paid for before the next piece is made."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Callable, Iterable
from typing import Protocol

from mailguard.extract.walk import OverLimit, Walk
from mailguard.model.contents import Obstacle

STEP = 1024 * 1024
"""Octets made between two looks at what may still be spent."""

STREAMS_MAX = 200
"""Streams one behind the other in one file; each is a copy of the rest."""

_FEED = 64 * 1024


class Account:
    """What came out of one packed file so far. ``packed``: its own octets."""

    def __init__(self, walk: Walk, packed: int) -> None:
        self._walk = walk
        self._packed = max(1, packed)
        self._made = 0

    def spend(self, octets: int) -> None:
        """So many more came out. Raises ``OverLimit``."""
        self._made += octets
        self._walk.spend(octets)
        limits = self._walk.limits
        if self._made > limits.ratio_from and self._made > limits.ratio * self._packed:
            raise OverLimit(Obstacle.TOO_LARGE)


class Decompressor(Protocol):
    """What ``bz2`` and ``lzma`` offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpacked(
    octets: bytes, begin: Callable[[], Decompressor], walk: Walk, *, one_stream: bool = False
) -> tuple[bytes, bool]:
    """All that comes out of one or several streams, one behind the other, and whether the last one ended well.

    What a fault leaves is given back. Raises ``OverLimit``.
    """
    account = Account(walk, len(octets))
    made: list[bytes] = []
    rest = octets
    ended = False
    streams = 0
    while rest and streams < STREAMS_MAX:
        streams += 1
        stream = begin()
        data = rest
        ended = False
        try:
            while not stream.eof:
                piece = stream.decompress(data, STEP)
                data = b""
                account.spend(len(piece))
                made.append(piece)
                if not piece and not stream.eof and stream.needs_input:
                    return b"".join(made), False
        except (OSError, EOFError, ValueError, ArithmeticError, lzma.LZMAError):
            return b"".join(made), False
        ended = True
        if one_stream:
            break
        rest = stream.unused_data.lstrip(b"\0")
        if made and rest and not rest.startswith(octets[:2]):
            break
    return b"".join(made), ended and streams < STREAMS_MAX


class Inflater:
    """``zlib`` with the face of the other two."""

    def __init__(self, window: int) -> None:
        self._zlib = zlib.decompressobj(window)
        self._given = b""
        self._used = 0

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        return self._zlib.eof

    @property
    def needs_input(self) -> bool:
        """Whether all that was given has been used."""
        return not self._zlib.unconsumed_tail and self._used >= len(self._given)

    @property
    def unused_data(self) -> bytes:
        """What stands behind the stream."""
        return self._zlib.unused_data + self._given[self._used :]

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        """The next piece; it may be empty before the end. Raises ``ValueError`` for what is no such stream."""
        if data:
            self._given, self._used = data, 0
        feed = self._zlib.unconsumed_tail
        if not feed:
            # A bit at a time: zlib copies what it could not use yet.
            feed = self._given[self._used : self._used + _FEED]
            self._used += len(feed)
        try:
            return self._zlib.decompress(feed, max(0, max_length))
        except zlib.error as fault:
            raise ValueError("not a deflate stream") from fault


def joined(pieces: Iterable[bytes], walk: Walk, packed: int) -> bytes:
    """Pieces that something else makes, each paid for as it comes. Raises ``OverLimit``."""
    account = Account(walk, packed)
    made: list[bytes] = []
    for piece in pieces:
        account.spend(len(piece))
        made.append(piece)
    return b"".join(made)
