"""Queue ids: 16 characters, sorted by time, readable over the telephone.

Crockford's base 32 (no I, L, O, U): ten characters of milliseconds since 1970 and six of chance. Two mails of the same
millisecond collide with probability 1 in 2**30; the primary key then refuses the second one and the client tries again.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from mailguard.store.times import to_micros

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [high + low for high in _ALPHABET for low in _ALPHABET]
LENGTH = 16


def new_id(moment: datetime) -> str:
    """A fresh id that sorts by ``moment``."""
    value = (to_micros(moment) // 1000) << 30 | secrets.randbits(30)
    return "".join([_PAIRS[value >> shift & 1023] for shift in (70, 60, 50, 40, 30, 20, 10, 0)])
