"""Waiting after failed sign-ins: longer with each, for an account and for where the tries come from.

After the free tries of its kind a subject waits 1 s, 2 s, 4 s and so on up to 15 minutes. What comes meanwhile is not
looked at and not counted, so a flood makes nobody wait longer than 15 minutes. Every 30 quiet minutes halve the count.
A try is counted before it is looked at and taken back when it turns out right: many at the same moment gain nothing.

Kept in the database, so that a restart forgives nothing, under keyed hashes, so that it is no list of addresses. An
account that does not exist is counted like one that does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from mailguard.accounts import lockout_queries as queries
from mailguard.accounts.failures import network_of
from mailguard.clock import Clock
from mailguard.errors import SignInDelayed
from mailguard.model.address import comparable
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, to_micros

LONGEST_SECONDS = 900
HALVED_EVERY = timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(days=1)
_CLOCK_SET_BACK = timedelta(minutes=1)
_STEPS_MAX = 40
"""More failures than this make nothing longer and would only make the count slow to fall."""


class Counted(Enum):
    """What failures are counted for; the value is a name and how many are free."""

    ACCOUNT = ("account", 5)
    CLIENT = ("client", 20)
    """More than for an account: a whole office may come from one address."""
    SECOND_FACTOR = ("second", 5)
    CODES_ASKED = ("codes", 30)
    """Codes a client address had mailed and nobody typed."""
    ANSWERS = ("answers", 20)
    """Answers by links that are none of ours."""

    @property
    def is_network(self) -> bool:
        """Whether the subject is a client's address."""
        return self in {Counted.CLIENT, Counted.CODES_ASKED, Counted.ANSWERS}


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to count for: an account's address or a client's, in any spelling."""

    counted: Counted
    whose: str


class Lockout:
    """Counts, and says who must wait."""

    def __init__(self, store: Store, clock: Clock, box: SecretBox) -> None:
        self._store = store
        self._clock = clock
        self._box = box

    async def begin(self, *subjects: Subject) -> None:
        """Count a try for each. Raises ``SignInDelayed`` where one of them must wait; nothing is counted then."""
        now = self._clock.now()
        # A look first: who must wait is to cost the database no write.
        wait = await self._store.read(lambda connection: self._wait(connection, subjects, now))
        if not wait:
            wait = await self._store.write(lambda transaction: self._count(transaction, subjects))
        if wait:
            raise SignInDelayed(wait)

    async def succeeded(self, *subjects: Subject) -> None:
        """The try begun was right. An account's count ends; of an address's, which others share, one goes."""
        await self._store.write(lambda transaction: self._lower(transaction, subjects, has_succeeded=True))

    async def take_back(self, *subjects: Subject) -> None:
        """The try begun was none: nothing was compared, so there was nothing to guess."""
        await self._store.write(lambda transaction: self._lower(transaction, subjects, has_succeeded=False))

    def _lower(self, transaction: Transaction, subjects: tuple[Subject, ...], *, has_succeeded: bool) -> None:
        for subject in subjects:
            key = self._key(subject)
            row = queries.failures_of(transaction, key)
            if row is None:
                continue
            left = 0 if has_succeeded and not subject.counted.is_network else row.failures - 1
            if left > 0:
                queries.set_failures(transaction, key, left, row.last_at, is_new=False)
            else:
                queries.forget_failures(transaction, key)

    def _count(self, transaction: Transaction, subjects: tuple[Subject, ...]) -> int:
        wait = self._wait(transaction, subjects, transaction.now)
        if wait:
            return wait
        now = to_micros(transaction.now)
        for subject in subjects:
            key = self._key(subject)
            row = queries.failures_of(transaction, key)
            failures = 0 if row is None else _decayed(row.failures, transaction.now - from_micros(row.last_at))
            most = subject.counted.value[1] + _STEPS_MAX
            queries.set_failures(transaction, key, min(failures + 1, most), now, is_new=row is None)
        return 0

    def _wait(self, reader: Connection | Transaction, subjects: tuple[Subject, ...], now: datetime) -> int:
        """Seconds until all of them may try, 0 for now."""
        longest = 0
        for subject in subjects:
            row = queries.failures_of(reader, self._key(subject))
            if row is None:
                continue
            quiet = now - from_micros(row.last_at)
            delay = _delay_seconds(_decayed(row.failures, quiet), subject.counted.value[1])
            longest = max(longest, min(delay, math.ceil(delay - quiet.total_seconds())))
        return longest

    def _key(self, subject: Subject) -> bytes:
        whose = network_of(subject.whose) if subject.counted.is_network else comparable(subject.whose)
        return self._box.mark(whose.encode("utf-8", "surrogatepass"), f"sign_in.{subject.counted.value[0]}")


def forget_ended(transaction: Transaction) -> int:
    """Work: remove counts that were quiet for a day; how many."""
    return queries.forget_failures_before(transaction, to_micros(transaction.now - FORGOTTEN_AFTER))


def _delay_seconds(failures: int, free: int) -> int:
    return 0 if failures < free else min(LONGEST_SECONDS, 1 << min(failures - free, _STEPS_MAX))


def _decayed(failures: int, quiet: timedelta) -> int:
    if quiet < -_CLOCK_SET_BACK:
        # Counted while the clock was ahead; nobody is to wait until it gets there again.
        return 0
    return failures >> min(max(0, quiet // HALVED_EVERY), 64)
