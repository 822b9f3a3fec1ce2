"""Statements for the report: incidents of a year, and events of the record that say a mail was in danger."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from mailguard.model.audit import AuditAction
from mailguard.store import Transaction
from mailguard.store.incident_tables import incident, incident_entry
from mailguard.store.tables import audit_event, submission

Reader = Connection | Transaction
EventRow = Row[Any]

_WINDOW = 50_000
_ASKED = [
    one.value
    for one in (
        AuditAction.JUDGED, AuditAction.CANCELLED, AuditAction.CHANGED, AuditAction.RELEASED, AuditAction.EXPIRED,
    )
]  # fmt: skip
_IN_DANGER: Select[Any] = (
    select(
        audit_event.c.at, audit_event.c.action, audit_event.c.actor_kind, audit_event.c.queue_id, audit_event.c.details
    )
    .where(
        audit_event.c.seq >= bindparam("first"),
        audit_event.c.seq < bindparam("end"),
        audit_event.c.action.in_(_ASKED),
        audit_event.c.details.contains('"danger":'),
    )
    .order_by(audit_event.c.seq)
)
_OF_YEAR = (
    select(incident)
    .where(incident.c.incident_id >= bindparam("first"), incident.c.incident_id < bindparam("end"))
    .order_by(incident.c.incident_id)
)
_OWNERS = select(submission.c.queue_id, submission.c.owner).where(
    submission.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)
_ENTRY_HEADS = (
    select(incident_entry.c.at, incident_entry.c.actor_kind, incident_entry.c.actor, incident_entry.c.kind)
    .where(incident_entry.c.incident_id == bindparam("incident_id"))
    .order_by(incident_entry.c.number)
)


def events_in_danger(reader: Reader, first: int, end: int) -> Iterator[EventRow]:
    """Events with which a mail in danger was judged or decided, oldest first: at, action, actor_kind, queue_id,
    details; a window of the record at a time (primary key).
    """
    while first < end:
        until = min(first + _WINDOW, end)
        yield from reader.execute(_IN_DANGER, {"first": first, "end": until})
        first = until


def incidents_of_year(reader: Reader, year: int) -> list[Row[Any]]:
    """The incidents with a number of that year, oldest first (primary key)."""
    return list(reader.execute(_OF_YEAR, {"first": f"{year:04}-", "end": f"{year + 1:04}-"}))


def owners_of(reader: Reader, queue_ids: Collection[str]) -> dict[str, str]:
    """Who answers for some mails, by mail (primary key)."""
    found: dict[str, str] = {}
    ids = list(queue_ids)
    for start in range(0, len(ids), 500):
        rows = reader.execute(_OWNERS, {"queue_ids": ids[start : start + 500]})
        found |= {row.queue_id: row.owner for row in rows}
    return found


def entry_heads(reader: Reader, incident_id: str) -> list[Row[Any]]:
    """The steps of an incident without their words: at, actor_kind, actor, kind (primary key)."""
    return list(reader.execute(_ENTRY_HEADS, {"incident_id": incident_id}))
