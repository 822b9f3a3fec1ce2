"""Who signs in: local accounts, and people of the office's own domains at its real server.

A local account decides alone; only an address without one is tried at the real server. What that server confirms is
kept as an argon2id hash for ``remember_hours`` and believed while the server is down, never instead of asking it. A
password it refuses is forgotten if it is the one kept; another wrong guess does not take the kept one away, because
otherwise anybody could see to it that nobody signs in during an outage.
An unknown user, a wrong password and a disabled account get the same answer after the same work.
"""

from __future__ import annotations

import asyncio
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

import structlog
from argon2 import PasswordHasher
from sqlalchemy import Connection

from mailguard.accounts import queries
from mailguard.accounts.account import Account
from mailguard.accounts.failures import Failures
from mailguard.accounts.membership import Membership
from mailguard.accounts.passwords import Passwords
from mailguard.accounts.recollection import Recollection, Stamp
from mailguard.accounts.upstream import UpstreamServer
from mailguard.clock import Clock
from mailguard.config import AuthSettings, LimitSettings, OfficeSettings
from mailguard.errors import MailguardError, SignInRefused, SignInUnavailable, StorageUnavailable
from mailguard.model.address import comparable
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, to_micros

log = structlog.get_logger()

USERNAME_MAX = 320
PASSWORD_MAX = 1024
"""Characters; longer ones are nobody's, and hashing them would be work for nothing."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the database knows of a user name. ``stamp`` is None where there is no local account."""

    account: Account
    stamp: Stamp = None
    password_hash: str | None = None
    is_disabled: bool = False
    remembered_hash: str | None = None
    confirmed_at: int = 0


@dataclass(frozen=True, slots=True)
class _Try:
    """One sign-in: the name as typed and comparable, and when it was begun on the monotonic clock."""

    username: str
    name: str
    password: str
    client_address: str
    token: bytes
    begun_at: float


class Accounts:
    """Checks names and passwords, and counts the wrong ones. For one event loop."""

    def __init__(
        self,
        store: Store,
        auth: AuthSettings,
        limits: LimitSettings,
        office: OfficeSettings,
        clock: Clock,
        *,
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._members = Membership(office)
        self._upstream = None if auth.upstream is None else UpstreamServer(auth.upstream, office.hostname)
        self._remember = timedelta(hours=0 if auth.upstream is None else auth.upstream.remember_hours)
        self._passwords = Passwords(hasher)
        self._failures = Failures(limits.auth_failures_per_minute, limits.auth_failures_per_minute_per_address)
        self._recollection = Recollection()
        self._under_way: dict[bytes, asyncio.Task[Account]] = {}

    async def authenticate(self, username: str, password: str, client_address: str) -> Account:
        """The account.

        Raises ``SignInRefused`` (permanent), and temporarily ``SignInUnavailable`` where it cannot be known and
        ``TooManyFailures`` where account or address have failed too often within the last minute.
        """
        now = self._clock.monotonic()
        self._failures.check_address(client_address, now)
        if not _is_possible(username, password):
            self._failures.begin("", client_address, now)
            raise SignInRefused
        name = comparable(username.strip())
        token = self._recollection.token(name, password, client_address)
        kept = await self._kept(name)
        begun_at = self._clock.monotonic()
        # Again, because others may have failed meanwhile; from here to the count nothing is awaited.
        self._failures.check_address(client_address, begun_at)
        if not kept.is_disabled and self._recollection.holds(token, kept.stamp, begun_at):
            return kept.account
        running = self._under_way.get(token)
        if running is None:
            self._failures.begin(name, client_address, begun_at)
            one = _Try(username.strip(), name, password, client_address, token, begun_at)
            running = asyncio.create_task(self._decide(one, kept), name="sign-in")
            self._under_way[token] = running
            running.add_done_callback(lambda done: self._ended(token, done))
        # Several connections with the same name and password share one look at them; one that goes away ends none.
        return await asyncio.shield(running)

    @property
    def passwords(self) -> Passwords:
        """Those that hash and compare, for whoever changes one."""
        return self._passwords

    def close(self) -> None:
        """End the threads that hash. Sign-ins afterwards fail."""
        self._passwords.close()

    def _ended(self, token: bytes, done: asyncio.Task[Account]) -> None:
        self._under_way.pop(token, None)
        if not done.cancelled():
            done.exception()  # whoever waited has had it; where nobody did, asyncio is not to complain

    async def _decide(self, one: _Try, kept: _Kept) -> Account:
        try:
            is_right = await self._is_right(one, kept)
        except MailguardError as error:
            log.warning("sign_in_unavailable", client=one.client_address, cause=str(error))
            raise
        if not is_right:
            raise SignInRefused
        self._failures.take_back(one.name, one.client_address, one.begun_at)
        self._recollection.remember(one.token, kept.stamp, self._clock.monotonic())
        return kept.account

    async def _is_right(self, one: _Try, kept: _Kept) -> bool:
        if kept.password_hash is not None:
            return await self._is_right_here(one, kept, kept.password_hash)
        if self._upstream is not None and self._members.is_own(one.name):
            return await self._is_right_there(self._upstream, one, kept)
        await self._passwords.match_nothing(one.password)
        return False

    async def _is_right_here(self, one: _Try, kept: _Kept, stored: str) -> bool:
        is_right = await self._passwords.matches(stored, one.password)
        if is_right and not kept.is_disabled and self._passwords.is_outdated(stored):
            await self._hash_anew(one, stored)
        return is_right and not kept.is_disabled

    async def _hash_anew(self, one: _Try, stored: str) -> None:
        """Another hash of the same password, with the parameters of today; the sign-in succeeds without it too."""
        try:
            fresh = await self._passwords.hashed(one.password)
            await self._store.write(lambda tx: queries.replace_password_hash(tx, one.name, stored, fresh))
        except MailguardError as error:
            log.warning("password_not_hashed_anew", cause=str(error))

    async def _is_right_there(self, upstream: UpstreamServer, one: _Try, kept: _Kept) -> bool:
        try:
            confirmed = await upstream.confirms(one.username, one.password)
        except SignInUnavailable as error:
            return await self._is_remembered(one, kept, error)
        if confirmed:
            await self._remember_confirmed(one, kept)
            return True
        if kept.remembered_hash is not None and await self._passwords.matches(kept.remembered_hash, one.password):
            refused = kept.remembered_hash
            await self._store.write(lambda tx: queries.forget_credential(tx, one.name, refused))
        return False

    async def _is_remembered(self, one: _Try, kept: _Kept, cause: SignInUnavailable) -> bool:
        """The server is down: True for the password it confirmed last, else ``cause`` is raised again."""
        age = self._clock.now() - from_micros(kept.confirmed_at)
        if kept.remembered_hash is None or age > self._remember:
            # Nothing was compared, so there was nothing to guess.
            self._failures.take_back(one.name, one.client_address, one.begun_at)
            raise cause
        if not await self._passwords.matches(kept.remembered_hash, one.password):
            raise cause
        log.info("signed_in_by_remembered_password", client=one.client_address, cause=str(cause))
        return True

    async def _remember_confirmed(self, one: _Try, kept: _Kept) -> None:
        """Keep what the server confirmed; the sign-in succeeds without it too."""
        if not self._remember:
            return
        try:
            same = kept.remembered_hash
            if (
                same is None
                or self._passwords.is_outdated(same)
                or not await self._passwords.matches(same, one.password)
            ):
                same = await self._passwords.hashed(one.password)
            await self._store.write(_Remember(one.name, same, self._remember))
        except MailguardError as error:
            log.warning("password_not_remembered", cause=str(error))

    async def _kept(self, name: str) -> _Kept:
        try:
            return await self._store.read(lambda connection: _read(connection, name))
        except StorageUnavailable as error:
            raise SignInUnavailable(str(error)) from error


def _is_possible(username: str, password: str) -> bool:
    """Whether anybody can have these; a NUL would end the name or the password in AUTH PLAIN (RFC 4616 §2)."""
    return (
        0 < len(username) <= USERNAME_MAX
        and 0 < len(password) <= PASSWORD_MAX
        and not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in username + password)
    )


@dataclass(frozen=True, slots=True)
class _Remember:
    """The work that keeps a confirmed password and forgets those that have become too old."""

    name: str
    password_hash: str
    keep: timedelta

    def __call__(self, transaction: Transaction) -> None:
        queries.remember_credential(transaction, self.name, self.password_hash, to_micros(transaction.now))
        queries.forget_credentials_before(transaction, to_micros(transaction.now - self.keep))


def _read(connection: Connection, name: str) -> _Kept:
    row = queries.account_by_address(connection, name)
    grants = frozenset(queries.grants_of(connection, name))
    if row is not None:
        return _Kept(
            Account(row.address, row.owner, grants), row.changed_at, row.password_hash, row.disabled_at is not None
        )
    credential = queries.credential_of(connection, name)
    account = Account(name, name, grants)
    if credential is None:
        return _Kept(account)
    return _Kept(account, remembered_hash=credential.password_hash, confirmed_at=credential.confirmed_at)
