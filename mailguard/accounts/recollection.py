"""Sign-ins that succeeded a moment ago, so that a busy account does not cost a hash for every connection.

Kept in memory only, as HMAC-SHA-256 under a key made anew by each process, for a short time and in bounded number. One
belongs to the client address it came from: a guess from anywhere else is never compared with it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections import OrderedDict

KEEP_SECONDS = 600.0
ENTRIES_MAX = 10_000

Stamp = int | None
"""When the account was last changed; None for one that the real server keeps."""


class Recollection:
    """Remembers tokens of successful sign-ins. Times are seconds of a monotonic clock."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._entries: OrderedDict[bytes, tuple[float, Stamp]] = OrderedDict()

    def token(self, username: str, password: str, client_address: str) -> bytes:
        """What stands for these three; nothing can be read from it without the process's key."""
        message = b"".join(
            len(part).to_bytes(4, "big") + part
            for part in (text.encode("utf-8", "surrogatepass") for text in (username, password, client_address))
        )
        return hmac.digest(self._key, message, hashlib.sha256)

    def remember(self, token: bytes, stamp: Stamp, now: float) -> None:
        """Keep a success; the oldest goes where there are too many."""
        self._entries[token] = (now, stamp)
        self._entries.move_to_end(token)
        while len(self._entries) > ENTRIES_MAX:
            self._entries.popitem(last=False)

    def holds(self, token: bytes, stamp: Stamp, now: float) -> bool:
        """Whether this succeeded lately, and the account has not been changed since."""
        entry = self._entries.get(token)
        if entry is None:
            return False
        since, kept = entry
        if now - since > KEEP_SECONDS or kept != stamp:
            del self._entries[token]
            return False
        return True
