"""Sessions of the web pages: one row for each browser somebody signed in with.

The cookie holds 256 random bits and the table only their SHA-256. A session ends after ``idle_minutes`` without a page
(manual 4-1), after ``hours`` in any case, when it is ended or revoked, and at once when its person is disabled. Its
token changes whenever more is proved, so that one known from before is worth nothing (session fixation).

Reading a page does not write: ``seen_at`` follows at most once a minute, or oftener where the idle limit is short.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailguard import audit
from mailguard.accounts import session_queries as queries
from mailguard.accounts.bearer import hash_of, new_word
from mailguard.accounts.factors import Factor, factors_of, proves_two, stored
from mailguard.accounts.people import viewer_of
from mailguard.clock import Clock
from mailguard.config import SignInSettings
from mailguard.errors import SignInRefused
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.people import Viewer
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, to_micros

SEEN_EVERY = timedelta(minutes=1)
CLIENT_MAX = 200
"""Characters of what a browser calls itself that are kept."""
_NOBODY = b""


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """A session as its page and the lists see it. ``session_id`` names it and opens nothing."""

    session_id: str
    address: str
    factors: frozenset[Factor]
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client_address: str
    client: str

    @property
    def has_second_factor(self) -> bool:
        """Whether two different things were proved."""
        return proves_two(self.factors)


class Sessions:
    """Opens, finds and ends sessions. Addresses may be in any spelling."""

    def __init__(self, store: Store, clock: Clock, settings: SignInSettings) -> None:
        self._store = store
        self._clock = clock
        self._idle = timedelta(minutes=settings.idle_minutes)
        self._whole = timedelta(hours=settings.hours)
        self._seen_every = min(SEEN_EVERY, self._idle / 10)

    async def open(
        self, address: str, factors: Iterable[Factor], client_address: str, client: str, replaces: str | None = None
    ) -> str:
        """A new session's token. ``replaces``: the token this browser had, which counts no more.

        Raises ``SignInRefused`` for somebody who is disabled.
        """
        token, name = new_word(), comparable(address)
        words = stored(factors)

        def work(transaction: Transaction) -> None:
            if queries.is_disabled(transaction, name):
                raise SignInRefused("disabled")
            if replaces:
                queries.remove_session(transaction, hash_of(replaces))
            now = transaction.now
            row = {
                "session_hash": hash_of(token),
                "address": name,
                "created_at": to_micros(now),
                "seen_at": to_micros(now),
                "expires_at": to_micros(now + self._whole),
                "factors": words,
                "client_address": client_address,
                "client": client[:CLIENT_MAX],
            }
            queries.add_session(transaction, row)
            _record(transaction, Actor(ActorKind.PERSON, name), AuditAction.SIGNED_IN, name, factors=words)

        await self._store.write(work)
        return token

    async def of(self, token: str, *, is_background: bool = False) -> SessionInfo | None:
        """The session of a cookie; None where there is none, its time is over, or its person is disabled.

        ``is_background``: a page asks by itself, which is no sign that anybody is there.
        """
        session_hash, now = hash_of(token), self._clock.now()
        found = await self._store.read(lambda connection: self._found(connection, session_hash, now))
        if found is not None and not is_background:
            await self._see(session_hash, found, now)
        return found

    async def viewer_of(self, token: str, *, is_background: bool = False) -> tuple[SessionInfo, Viewer] | None:
        """As ``of``, with who it is and what they may, both read at once: each page asks for both."""
        session_hash, now = hash_of(token), self._clock.now()

        def reading(connection: Connection) -> tuple[SessionInfo, Viewer] | None:
            found = self._found(connection, session_hash, now)
            return None if found is None else (found, viewer_of(connection, found.address, now, found.factors))

        both = await self._store.read(reading)
        if both is not None and not is_background:
            await self._see(session_hash, both[0], now)
        return both

    async def _see(self, session_hash: bytes, info: SessionInfo, now: datetime) -> None:
        if now - info.seen_at >= self._seen_every:
            seen_at = to_micros(now)
            await self._store.write(lambda transaction: queries.set_seen(transaction, session_hash, seen_at))

    async def strengthen(self, token: str, factor: Factor) -> str:
        """The session under a new token, with one more factor proved; the old token counts no more.

        Raises ``SignInRefused`` where the session is over.
        """
        fresh = new_word()

        def work(transaction: Transaction) -> None:
            found = self._found(transaction, hash_of(token), transaction.now)
            if found is None:
                raise SignInRefused("the session is over")
            queries.remove_session(transaction, hash_of(token))
            words = stored(found.factors | {factor})
            row = {
                "session_hash": hash_of(fresh),
                "address": found.address,
                "created_at": to_micros(found.created_at),
                "seen_at": to_micros(transaction.now),
                "expires_at": to_micros(found.expires_at),
                "factors": words,
                "client_address": found.client_address,
                "client": found.client,
            }
            queries.add_session(transaction, row)
            actor = Actor(ActorKind.PERSON, found.address)
            _record(transaction, actor, AuditAction.SIGNED_IN, found.address, factors=words, added=factor.value)

        await self._store.write(work)
        return fresh

    async def end(self, token: str) -> None:
        """Sign out; nothing happens where the session is over already."""

        def work(transaction: Transaction) -> None:
            row = queries.session_by_hash(transaction, hash_of(token))
            if row is not None and queries.remove_session(transaction, row.session_hash):
                _record(transaction, Actor(ActorKind.PERSON, row.address), AuditAction.SIGNED_OUT, row.address)

        await self._store.write(work)

    async def end_all(self, address: str, actor: Actor, except_token: str | None = None) -> int:
        """End all sessions of somebody, but the one of ``except_token``; how many."""
        name, but = comparable(address), _NOBODY if except_token is None else hash_of(except_token)
        return await self._store.write(lambda transaction: end_sessions(transaction, name, actor, but))

    async def of_person(self, address: str) -> list[SessionInfo]:
        """Somebody's sessions that still count, last seen first."""
        name, now = comparable(address), self._clock.now()
        rows = await self._store.read(lambda connection: queries.sessions_of(connection, name))
        return [info for info in map(_info, rows) if self._counts(info, now)]

    async def revoke(self, session_id: str, actor: Actor, address: str | None = None) -> bool:
        """End the session of that name; False where it is over, or not one of ``address`` where that is given."""
        try:
            session_hash = bytes.fromhex(session_id)
        except ValueError:
            return False
        name = None if address is None else comparable(address)

        def work(transaction: Transaction) -> bool:
            row = queries.session_by_hash(transaction, session_hash)
            if row is None or (name is not None and row.address != name):
                return False
            queries.remove_session(transaction, session_hash)
            _record(transaction, actor, AuditAction.SIGNED_OUT, row.address, revoked=True)
            return True

        return await self._store.write(work)

    def forget_ended(self, transaction: Transaction) -> int:
        """Work: remove the rows of sessions that are over; how many. Safe at any time."""
        return queries.remove_ended(transaction, to_micros(transaction.now), to_micros(transaction.now - self._idle))

    def _found(self, reader: Connection | Transaction, session_hash: bytes, now: datetime) -> SessionInfo | None:
        row = queries.session_by_hash(reader, session_hash)
        if row is None or row.disabled_at is not None or row.account_disabled_at is not None:
            return None
        info = _info(row)
        return info if self._counts(info, now) else None

    def _counts(self, info: SessionInfo, now: datetime) -> bool:
        return now < info.expires_at and now - info.seen_at < self._idle


def end_sessions(transaction: Transaction, name: str, actor: Actor, but: bytes = _NOBODY) -> int:
    """Within a work: end all sessions of a comparable address but the one with that hash; how many."""
    ended = queries.remove_sessions_of(transaction, name, but)
    if ended:
        _record(transaction, actor, AuditAction.SIGNED_OUT, name, sessions=ended)
    return ended


def _info(row: Row[Any]) -> SessionInfo:
    values = row._mapping
    return SessionInfo(
        session_id=bytes(values["session_hash"]).hex(),
        address=values["address"],
        factors=factors_of(values["factors"]),
        created_at=from_micros(values["created_at"]),
        seen_at=from_micros(values["seen_at"]),
        expires_at=from_micros(values["expires_at"]),
        client_address=values["client_address"],
        client=values["client"],
    )


def _record(transaction: Transaction, actor: Actor, action: AuditAction, address: str, **details: object) -> None:
    audit.append(transaction, AuditEvent(transaction.now, actor, action, None, {"address": address, **details}))
