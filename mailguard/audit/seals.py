"""Seals on the record: keyed hashes that nobody makes who has the database alone.

A hash chain shows what was changed in the middle. Whoever may write to the database can compute it anew from there on,
or cut its end; a seal needs the key, which is derived from the master key and never enters the database.
"""

from __future__ import annotations

import hmac

PURPOSE = "record"
"""Of the key, for whoever derives it from the master key."""


class Seals:
    """Makes seals, HMAC-SHA-256. ``key``: 32 octets, derived for ``PURPOSE`` alone."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def head(self, seq: int, digest: bytes) -> bytes:
        """Of where the record stands: its newest event's number and hash."""
        return self._over("head", seq, digest.hex())

    def anchor(self, number: int, at: int, seq: int, events: int, digest: bytes, previous: bytes) -> bytes:
        """Of an anchor. ``previous``: the seal of the anchor before, empty for the first."""
        return self._over("anchor", number, at, seq, events, digest.hex(), previous.hex())

    def removal(self, number: int, seq: int, removed_at: int, anchor: bytes) -> bytes:
        """Of a removal of all events up to an anchor's. ``anchor``: the anchor's own seal."""
        return self._over("removed", number, seq, removed_at, anchor.hex())

    def _over(self, *values: object) -> bytes:
        return hmac.digest(self._key, "\n".join(map(str, values)).encode(), "sha256")


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two seals are the same; how long it takes tells nothing."""
    return hmac.compare_digest(one, other)
