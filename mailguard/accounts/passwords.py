"""Passwords: hashed with argon2id off the event loop, a few at once.

An unknown user costs the same hash as a known one (``decoy``), so that time does not tell them apart.
"""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mailguard.errors import SignInUnavailable

log = structlog.get_logger()

T = TypeVar("T")

AT_ONCE = 2
"""Hashes computed at one time: each takes 64 MiB and about 0.13 s of a processor."""
QUEUE_MAX = 32
"""Hashes that may wait; more are refused with "later" instead of waiting longer than clients do."""

_GENERATED_LETTERS = "abcdefghijkmnpqrstuvwxyzACDEFGHJKLMNPQRTUVWXYZ2346789"
"""Without those that look alike on paper."""


class Passwords:
    """Hashes and compares. ``hasher`` says what a hash costs; the default is argon2-cffi's (RFC 9106, low memory)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._under_way = 0
        self._decoy = _decoy(self._hasher)

    async def matches(self, stored: str, password: str) -> bool:
        """Whether the password is that of the stored hash. Raises ``SignInUnavailable`` when too many wait."""
        return await self._run(lambda: self._verify(stored, password))

    async def match_nothing(self, password: str) -> None:
        """Take as long as ``matches`` for a user there is not. Raises ``SignInUnavailable`` when too many wait."""
        await self.matches(self._decoy, password)

    async def hashed(self, password: str) -> str:
        """The password's hash, to be stored. Raises ``SignInUnavailable`` when too many wait."""
        return await self._run(lambda: self.hashed_now(password))

    def hashed_now(self, password: str) -> str:
        """The password's hash, computed in this thread; for commands."""
        return self._hasher.hash(_prepared(password))

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash was made with other parameters than are used now."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _prepared(password))
        except InvalidHashError:
            log.error("stored_password_unreadable")
            return False
        except VerificationError:
            return False

    async def _run(self, compute: Callable[[], T]) -> T:
        if self._under_way >= AT_ONCE + QUEUE_MAX:
            raise SignInUnavailable("too many passwords wait to be looked at")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, compute)
        finally:
            self._under_way -= 1


def generated_password() -> str:
    """A new random password of 20 letters and digits (113 bits) in groups of four."""
    return "-".join("".join(secrets.choice(_GENERATED_LETTERS) for _ in range(4)) for _ in range(5))


def _prepared(password: str) -> str:
    """One form for what is typed on different keyboards (RFC 8265 §4.2: NFC)."""
    return unicodedata.normalize("NFC", password)


def _decoy(hasher: PasswordHasher) -> str:
    """A well-formed hash of nothing, with the parameters in use."""

    def encoded(length: int) -> str:
        return base64.b64encode(os.urandom(length)).decode().rstrip("=")

    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${encoded(hasher.salt_len)}${encoded(hasher.hash_len)}"
