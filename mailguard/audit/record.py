"""Reading the record: events as values."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from mailguard.audit import queries
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store.times import from_micros


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place in the record: its number and its hash, 32 octets."""

    seq: int
    hash: bytes
    event: AuditEvent


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the record begins and where it stands: the numbers of its oldest and newest event, the newest's hash."""

    first_seq: int
    last_seq: int
    last_hash: bytes


def entries_of(reader: queries.Reader, queue_ids: Collection[str]) -> list[Entry]:
    """Everything recorded about some mails, with its place in the record, oldest first."""
    return [Entry(row.seq, bytes(row.hash), event_of(row)) for row in queries.events_of_mails(reader, list(queue_ids))]


def ends(reader: queries.Reader) -> Ends | None:
    """Where the record begins and stands; None while it is empty."""
    found = queries.ends(reader)
    if found is None:
        return None
    first, last = found
    return Ends(first.seq, last.seq, bytes(last.hash))


def events_of(reader: queries.Reader, queue_id: str) -> list[AuditEvent]:
    """Everything recorded about one mail, oldest first."""
    return [event_of(row) for row in queries.events_of_mail(reader, queue_id)]


def entries_after(connection: Connection, seq: int) -> Iterator[Entry]:
    """Every event after a number with its place, oldest first."""
    for row in queries.all_events(connection, seq):
        yield Entry(row.seq, bytes(row.hash), event_of(row))


def all_events(connection: Connection) -> Iterator[tuple[int, bytes, AuditEvent]]:
    """The whole record, oldest first: number, hash, event."""
    for entry in entries_after(connection, 0):
        yield entry.seq, entry.hash, entry.event


def event_of(row: Row[Any]) -> AuditEvent:
    """The event of its row."""
    return AuditEvent(
        at=from_micros(row.at),
        actor=Actor(ActorKind(row.actor_kind), row.actor),
        action=AuditAction(row.action),
        queue_id=row.queue_id,
        details=json.loads(row.details),
    )
