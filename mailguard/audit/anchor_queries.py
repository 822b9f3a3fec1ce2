"""Statements on what vouches for the record, and on what may be removed of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from mailguard.audit.queries import Reader
from mailguard.store import GatheredInsert, GuardedUpdate, PreparedSelect, Transaction
from mailguard.store.audit_tables import audit_anchor, audit_forwarded, audit_head
from mailguard.store.incident_tables import incident, incident_mail
from mailguard.store.tables import audit_event

HEAD = "head"

INSERT_ANCHOR = GatheredInsert(insert(audit_anchor))
MARK_REMOVED = GuardedUpdate(
    update(audit_anchor)
    .where(audit_anchor.c.number == bindparam("in_number"), audit_anchor.c.removed_at.is_(None))
    .values(removed_at=bindparam("to_removed_at"), removed_mac=bindparam("to_removed_mac"))
)
SEALED_HEAD = PreparedSelect(select(audit_head.c.seq, audit_head.c.mac).where(audit_head.c.name == HEAD))
"""Number and seal of the newest event, as they were last written (primary key)."""
_ANCHORS = select(audit_anchor).order_by(audit_anchor.c.number)
_NEWEST = select(audit_anchor).order_by(audit_anchor.c.number.desc()).limit(1)
_HEAD = select(audit_head).where(audit_head.c.name == HEAD)


def _upsert(dialect: Any, table: Any) -> GatheredInsert:
    statement = dialect.insert(table)
    values = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return GatheredInsert(statement.on_conflict_do_update(index_elements=["name"], set_=values))


_SET_HEAD = {True: _upsert(postgresql, audit_head), False: _upsert(sqlite, audit_head)}
_SET_FORWARDED = {True: _upsert(postgresql, audit_forwarded), False: _upsert(sqlite, audit_forwarded)}


def set_head(transaction: Transaction, seq: int, mac: bytes) -> None:
    """Say where the record stands now; it is one row (primary key)."""
    transaction.insert(_SET_HEAD[transaction.is_postgresql], {"name": HEAD, "seq": seq, "mac": mac})


def head(reader: Reader) -> Row[Any] | None:
    """Where the record stood when it was last sealed; None where it never was."""
    return reader.execute(_HEAD).one_or_none()


def anchors(reader: Reader) -> list[Row[Any]]:
    """Every anchor, oldest first (primary key); some hundreds a year."""
    return list(reader.execute(_ANCHORS))


def newest_anchor(reader: Reader) -> Row[Any] | None:
    """The newest anchor; None where there is none (primary key)."""
    return reader.execute(_NEWEST).one_or_none()


def first_event_of_open_incidents(reader: Reader) -> int | None:
    """The number of the oldest event about a mail of an open incident (index audit_event_by_mail)."""
    open_mails = (
        select(incident_mail.c.queue_id)
        .join(incident, incident.c.incident_id == incident_mail.c.incident_id)
        .where(incident.c.closed_at.is_(None))
    )
    statement = select(func.min(audit_event.c.seq)).where(audit_event.c.queue_id.in_(open_mails))
    found: int | None = reader.execute(statement).scalar_one()
    return found


def first_event(reader: Reader) -> int | None:
    """The number of the oldest event that is kept (primary key)."""
    found: int | None = reader.execute(select(func.min(audit_event.c.seq))).scalar_one()
    return found


def remove_events(transaction: Transaction, before: int) -> int:
    """Remove the events before a number; how many (primary key)."""
    return transaction.execute(delete(audit_event).where(audit_event.c.seq < before)).rowcount


def forwarded(reader: Reader, name: str) -> Row[Any] | None:
    """How far somebody has taken the record, and who forwards it; None where nobody ever did (primary key)."""
    return reader.execute(select(audit_forwarded).where(audit_forwarded.c.name == name)).one_or_none()


def set_forwarded(transaction: Transaction, row: Mapping[str, Any]) -> None:
    """Say how far somebody has taken the record; ``row`` names every column (primary key)."""
    transaction.insert(_SET_FORWARDED[transaction.is_postgresql], row)
