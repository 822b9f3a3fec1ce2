"""Random words that prove something to whoever holds them: cookies, links, tokens. Only their SHA-256 is kept.

A hash without salt is enough: 256 random bits cannot be guessed, and the same word must be found again by its hash.
"""

from __future__ import annotations

import secrets
from hashlib import sha256

WORD_BYTES = 32
WORD_MAX = 100
"""Characters; whatever is longer is none of ours and is not hashed."""


def new_word() -> str:
    """A fresh word of 256 random bits, safe in a path, a header and a cookie."""
    return secrets.token_urlsafe(WORD_BYTES)


def hash_of(word: str) -> bytes:
    """What is kept of a word: 32 octets. Any text has one, so that nobody need check what a stranger sent."""
    return sha256(word[:WORD_MAX].encode("utf-8", "surrogatepass")).digest()
