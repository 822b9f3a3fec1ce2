"""Reading the record: events as values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row

from mailguard.audit import queries
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store.times import from_micros


def events_of(connection: Connection, queue_id: str) -> list[AuditEvent]:
    """Everything recorded about one mail, oldest first."""
    return [event_of(row) for row in queries.events_of_mail(connection, queue_id)]


def all_events(connection: Connection) -> Iterator[tuple[int, bytes, AuditEvent]]:
    """The whole record, oldest first: number, hash, event."""
    for row in queries.all_events(connection):
        yield row.seq, bytes(row.hash), event_of(row)


def event_of(row: Row[Any]) -> AuditEvent:
    """The event of its row."""
    return AuditEvent(
        at=from_micros(row.at),
        actor=Actor(ActorKind(row.actor_kind), row.actor),
        action=AuditAction(row.action),
        queue_id=row.queue_id,
        details=json.loads(row.details),
    )
