"""Bearer tokens for the API: a program acts for a person with some of their rights, for a year at most.

A token is shown once and kept as its SHA-256. It always reaches the person's own mail; rights beyond that must be named
and must be the person's when it is made, in a session that proved two factors. Whoever uses it looks again what the
person's rights are by then: a role that was taken away is not kept alive by a token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from mailguard import audit
from mailguard.accounts import session_queries
from mailguard.accounts import token_queries as queries
from mailguard.accounts.bearer import hash_of, new_word
from mailguard.accounts.people import viewer_of
from mailguard.clock import Clock
from mailguard.errors import AccountProblem, NotAllowed
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.people import Right, Viewer
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, from_micros_or_none, to_micros

DAYS_MAX = 366
NAME_MAX = 80
EACH_MAX = 20
"""Tokens of one person."""
PREFIX = "mgt_"
"""So that a token that got into a file is known for what it is."""
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as lists show it. ``token_id`` names it and opens nothing; ``used_at`` is exact to a minute."""

    token_id: str
    address: str
    name: str
    rights: frozenset[Right]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


class ApiTokens:
    """Makes, finds and revokes them."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def create(self, viewer: Viewer, name: str, rights: Iterable[Right], days: int, actor: Actor) -> str:
        """A new token of the viewer, to be shown once.

        Raises ``NotAllowed`` for a right that is not theirs, ``AccountProblem`` for a missing name, a time of less
        than a day or more than ``DAYS_MAX``, and where there are ``EACH_MAX`` already.
        """
        wanted, label = frozenset(rights), " ".join(name.split())[:NAME_MAX]
        if wanted - rights_for_tokens(viewer):
            raise NotAllowed("a token has a right that its owner does not have")
        if not label or not 1 <= days <= DAYS_MAX:
            raise AccountProblem(public=f"A token needs a name and a time between 1 and {DAYS_MAX} days")
        token = PREFIX + new_word()

        def work(transaction: Transaction) -> None:
            if len(queries.tokens_of(transaction, viewer.address)) >= EACH_MAX:
                raise AccountProblem(public=f"There are {EACH_MAX} tokens already; revoke one first")
            row = {
                "token_hash": hash_of(token),
                "address": viewer.address,
                "name": label,
                "rights": " ".join(sorted(wanted)),
                "created_at": to_micros(transaction.now),
                "expires_at": to_micros(transaction.now + timedelta(days=days)),
            }
            queries.add_token(transaction, row)
            details = {"change": "created", "rights": sorted(wanted), "days": days}
            _record(transaction, actor, viewer.address, details)

        await self._store.write(work)
        return token

    async def of(self, token: str) -> ApiToken | None:
        """The token a program sent; None where there is none, its time is over, or its person is disabled."""
        token_hash, now = hash_of(token), self._clock.now()

        def reading(connection: Connection) -> ApiToken | None:
            row = queries.token_by_hash(connection, token_hash)
            if row is None or session_queries.is_disabled(connection, row.address):
                return None
            return _entry(row)

        found = await self._store.read(reading)
        if found is None or found.expires_at <= now:
            return None
        if found.used_at is None or now - found.used_at >= USED_EVERY:
            used_at = to_micros(now)
            await self._store.write(lambda transaction: queries.set_used(transaction, token_hash, used_at))
        return found

    async def of_person(self, address: str) -> list[ApiToken]:
        """Somebody's tokens that still count, newest first."""
        name, now = comparable(address), self._clock.now()
        rows = await self._store.read(lambda connection: queries.tokens_of(connection, name))
        return [entry for entry in map(_entry, rows) if entry.expires_at > now]

    async def revoke(self, token_id: str, actor: Actor, address: str | None = None) -> bool:
        """The token of that name counts no more; False where it is gone, or not one of ``address`` where given."""
        try:
            token_hash = bytes.fromhex(token_id)
        except ValueError:
            return False
        name = None if address is None else comparable(address)

        def work(transaction: Transaction) -> bool:
            row = queries.token_by_hash(transaction, token_hash)
            if row is None or (name is not None and row.address != name):
                return False
            queries.remove_token(transaction, token_hash)
            _record(transaction, actor, row.address, {"change": "revoked"})
            return True

        return await self._store.write(work)


def rights_for_tokens(viewer: Viewer) -> frozenset[Right]:
    """The rights somebody may give a token. Rules make approvers of people without a role, so that one is everybody's
    who proved two factors; which mail it is for is asked of each.
    """
    theirs = {right for right in Right if viewer.departments(right) != frozenset()}
    return frozenset(theirs | {Right.APPROVE} if viewer.reaches(Right.APPROVE) else theirs)


def viewer_with(connection: Connection, token: ApiToken, now: datetime) -> Viewer:
    """For whom a program with this token acts, with no more rights than the token names.

    A token with rights was made after two factors were proved; one without reaches no others' mail.
    """
    viewer = viewer_of(connection, token.address, now, frozenset())
    return replace(viewer, has_second_factor=bool(token.rights), limits=token.rights)


def forget_ended(transaction: Transaction) -> int:
    """Work: remove tokens whose time is over; how many."""
    return queries.remove_expired(transaction, to_micros(transaction.now))


def _entry(row: Row[Any]) -> ApiToken:
    words = row.rights.split()
    return ApiToken(
        token_id=bytes(row.token_hash).hex(),
        address=row.address,
        name=row.name,
        rights=frozenset(right for right in Right if right.value in words),
        created_at=from_micros(row.created_at),
        expires_at=from_micros(row.expires_at),
        used_at=from_micros_or_none(row.used_at),
    )


def _record(transaction: Transaction, actor: Actor, address: str, details: dict[str, Any]) -> None:
    event = AuditEvent(transaction.now, actor, AuditAction.TOKEN_CHANGED, None, {"address": address, **details})
    audit.append(transaction, event)
