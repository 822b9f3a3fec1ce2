"""Statements on the audit record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, or_, select, text

from mailguard.store import GatheredInsert, PreparedSelect, Transaction
from mailguard.store.tables import audit_event

Reader = Connection | Transaction
EventRow = Row[Any]

INSERT = GatheredInsert(insert(audit_event))
HEAD = PreparedSelect(select(audit_event.c.seq, audit_event.c.hash).order_by(audit_event.c.seq.desc()).limit(1))
"""Number and hash of the newest event (primary key)."""
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(7236401)")
"""Serialises writers of the chain on PostgreSQL until their commit; SQLite has one writer anyway."""
_OF_MAIL = select(audit_event).where(audit_event.c.queue_id == bindparam("queue_id")).order_by(audit_event.c.seq)
_OF_MAILS = (
    select(audit_event)
    .where(audit_event.c.queue_id.in_(bindparam("queue_ids", expanding=True)))
    .order_by(audit_event.c.seq)
)
_FIRST = select(audit_event).order_by(audit_event.c.seq).limit(1)
_LAST = select(audit_event).order_by(audit_event.c.seq.desc()).limit(1)
_AFTER = select(audit_event).where(audit_event.c.seq > bindparam("seq")).order_by(audit_event.c.seq).limit(1000)

lock_chain = _ONE_WRITER


@dataclass(frozen=True, slots=True)
class Conditions:
    """What events must be besides their number; what is empty or None asks for nothing. Times in microseconds.

    ``mention``: the person as it stands in the details.
    """

    person: str = ""
    mention: str = ""
    actions: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    def clauses(self) -> Iterator[ColumnElement[bool]]:
        """As parts of a WHERE."""
        if self.person:
            yield or_(audit_event.c.actor == self.person, audit_event.c.details.contains(self.mention, autoescape=True))
        if self.actions:
            yield audit_event.c.action.in_(self.actions)
        if self.since is not None:
            yield audit_event.c.at >= self.since
        if self.until is not None:
            yield audit_event.c.at < self.until


def events_of_mail(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """All events of one mail, oldest first (index audit_event_by_mail)."""
    return list(reader.execute(_OF_MAIL, {"queue_id": queue_id}))


def events_of_mails(reader: Reader, queue_ids: list[str]) -> list[Row[Any]]:
    """All events of some mails, oldest first (index audit_event_by_mail)."""
    return list(reader.execute(_OF_MAILS, {"queue_ids": queue_ids}))


def ends(reader: Reader) -> tuple[Row[Any], Row[Any]] | None:
    """The oldest and the newest event; None where there is none (primary key)."""
    first, last = reader.execute(_FIRST).one_or_none(), reader.execute(_LAST).one_or_none()
    return None if first is None or last is None else (first, last)


def all_events(connection: Connection, after: int = 0) -> Iterator[Row[Any]]:
    """Every event after a number, oldest first, a thousand at a time (primary key)."""
    seq = after
    while rows := connection.execute(_AFTER, {"seq": seq}).all():
        yield from rows
        seq = rows[-1].seq


def hash_of(reader: Reader, seq: int) -> bytes | None:
    """The hash of an event; None where there is none of that number (primary key)."""
    found = reader.execute(select(audit_event.c.hash).where(audit_event.c.seq == seq)).scalar_one_or_none()
    return None if found is None else bytes(found)


def newest_between(reader: Reader, start: int, end: int, conditions: Conditions, limit: int) -> list[EventRow]:
    """The newest events from one number to before another (primary key)."""
    statement = select(audit_event).where(audit_event.c.seq >= start, audit_event.c.seq < end, *conditions.clauses())
    return list(reader.execute(statement.order_by(audit_event.c.seq.desc()).limit(limit)))


def newest_of_mail(
    reader: Reader, queue_id: str, start: int, end: int, conditions: Conditions, limit: int
) -> list[EventRow]:
    """The newest events of one mail between two numbers (index audit_event_by_mail)."""
    statement = select(audit_event).where(
        audit_event.c.queue_id == queue_id,
        audit_event.c.seq >= start,
        audit_event.c.seq < end,
        *conditions.clauses(),
    )
    return list(reader.execute(statement.order_by(audit_event.c.seq.desc()).limit(limit)))


def counts_between(reader: Reader, start: int, end: int, since: int, actions: list[str]) -> dict[str, int]:
    """How many events of each action, from one number to before another and not before a time (primary key)."""
    statement = (
        select(audit_event.c.action, func.count())
        .where(
            audit_event.c.seq >= start,
            audit_event.c.seq < end,
            audit_event.c.at >= since,
            audit_event.c.action.in_(actions),
        )
        .group_by(audit_event.c.action)
    )
    return {row[0]: row[1] for row in reader.execute(statement)}


def at_of(reader: Reader, seq: int) -> int | None:
    """When an event was; None where there is none of that number (primary key)."""
    return reader.execute(select(audit_event.c.at).where(audit_event.c.seq == seq)).scalar_one_or_none()
