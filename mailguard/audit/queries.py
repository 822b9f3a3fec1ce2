"""Statements on the audit record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, text

from mailguard.store import GatheredInsert, PreparedSelect
from mailguard.store.tables import audit_event

INSERT = GatheredInsert(insert(audit_event))
HEAD = PreparedSelect(select(audit_event.c.seq, audit_event.c.hash).order_by(audit_event.c.seq.desc()).limit(1))
"""Number and hash of the newest event (primary key)."""
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(7236401)")
"""Serialises writers of the chain on PostgreSQL until their commit; SQLite has one writer anyway."""
_OF_MAIL = select(audit_event).where(audit_event.c.queue_id == bindparam("queue_id")).order_by(audit_event.c.seq)
_AFTER = select(audit_event).where(audit_event.c.seq > bindparam("seq")).order_by(audit_event.c.seq).limit(1000)

lock_chain = _ONE_WRITER


def events_of_mail(connection: Connection, queue_id: str) -> list[Row[Any]]:
    """All events of one mail, oldest first (index audit_event_by_mail)."""
    return list(connection.execute(_OF_MAIL, {"queue_id": queue_id}))


def all_events(connection: Connection) -> Iterator[Row[Any]]:
    """Every event, oldest first, a thousand at a time (primary key)."""
    seq = 0
    while rows := connection.execute(_AFTER, {"seq": seq}).all():
        yield from rows
        seq = rows[-1].seq
