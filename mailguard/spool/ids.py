"""Queue ids: 16 characters, sorted by time, readable over the telephone.

Crockford's base 32 (no I, L, O, U): ten characters of milliseconds since 1970 and six of chance. Two mails of the same
millisecond collide with probability 1 in 2**30; the primary key then refuses the second one and the client tries again.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from mailguard.store.times import from_micros, to_micros

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
LENGTH = 16


def new_id(moment: datetime) -> str:
    """A fresh id that sorts by ``moment``."""
    return _written((to_micros(moment) // 1000) << 30 | secrets.randbits(30))


def first_id(moment: datetime) -> str:
    """The lowest id of a moment: no mail from before it has one that is not lower."""
    return _written((to_micros(moment) // 1000) << 30)


def moment_of(queue_id: str) -> datetime:
    """The moment an id sorts by, to the millisecond. Raises ``ValueError`` for what is none."""
    value = 0
    for sign in queue_id:
        value = value << 5 | _ALPHABET.index(sign)
    return from_micros((value >> 30) * 1000)


def _written(value: int) -> str:
    return "".join([_PAIRS[value >> shift & 1023] for shift in (70, 60, 50, 40, 30, 20, 10, 0)])
