"""Every statement about what is due: times of steps and clocks, and when people are told of them next."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.incident_tables import incident, incident_due

Reader = Connection | Transaction

INSERT_DUE = GatheredInsert(insert(incident_due))

_KEY = (
    incident_due.c.incident_id == bindparam("in_incident_id"),
    incident_due.c.what == bindparam("in_what"),
)
MOVED = GuardedUpdate(
    update(incident_due)
    .where(*_KEY, incident_due.c.due_at == bindparam("from_due_at"))
    .values(due_at=bindparam("to_due_at"), remind_at=bindparam("to_remind_at"), told=bindparam("to_told"))
)
"""Another time for something (primary key, guarded by the time it had)."""
TOLD = GuardedUpdate(
    update(incident_due)
    .where(*_KEY, incident_due.c.remind_at == bindparam("from_remind_at"))
    .values(remind_at=bindparam("to_remind_at"), told=bindparam("to_told"))
)
"""People were told (primary key, guarded by when they were to be told)."""

_FORGET = delete(incident_due).where(*_KEY)


def forget(transaction: Transaction, incident_id: str, what: str) -> None:
    """Nothing is due any more (primary key)."""
    transaction.execute(_FORGET, {"in_incident_id": incident_id, "in_what": what})


_OF_ONE = (
    select(incident_due)
    .where(incident_due.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .order_by(incident_due.c.incident_id, incident_due.c.due_at, incident_due.c.what)
)


def dues_of(reader: Reader, incident_ids: Collection[str]) -> list[Row[Any]]:
    """What is due of some incidents, the next of each first (primary key)."""
    return list(reader.execute(_OF_ONE, {"incident_ids": list(incident_ids)})) if incident_ids else []


_TO_REMIND = (
    select(incident_due.c.incident_id)
    .where(incident_due.c.remind_at <= bindparam("now"))
    .group_by(incident_due.c.incident_id)
    .order_by(incident_due.c.incident_id)
    .limit(bindparam("limit"))
)


def to_remind(reader: Reader, now: int, limit: int) -> list[str]:
    """Incidents of which somebody is to be told something (incident_due_by_reminder)."""
    return [row.incident_id for row in reader.execute(_TO_REMIND, {"now": now, "limit": limit})]


_OPEN = (
    select(incident.c.incident_id)
    .where(incident.c.closed_at.is_(None), incident.c.incident_id > bindparam("after"))
    .order_by(incident.c.incident_id)
    .limit(bindparam("limit"))
)


def open_after(reader: Reader, after: str, limit: int) -> list[str]:
    """The ids of incidents with work left, from the oldest on, after one (primary key)."""
    return [row.incident_id for row in reader.execute(_OPEN, {"after": after, "limit": limit})]


_NEXT_DUE = func.min(incident_due.c.due_at)
_OPEN_BY_DUE = (
    select(incident.c.incident_id)
    .outerjoin(incident_due, incident_due.c.incident_id == incident.c.incident_id)
    .where(incident.c.closed_at.is_(None))
    .group_by(incident.c.incident_id)
    .order_by(_NEXT_DUE.is_(None), _NEXT_DUE, incident.c.incident_id)
    .limit(bindparam("limit"))
)
_OPEN_OF_DEPARTMENTS = _OPEN_BY_DUE.where(incident.c.department.in_(bindparam("departments", expanding=True)))


def open_by_due(reader: Reader, departments: Collection[str] | None, limit: int) -> list[str]:
    """Open incidents of departments (None: all), the one with the next time first (primary keys; few are open)."""
    values: dict[str, Any] = {"limit": limit}
    if departments is None:
        return [row.incident_id for row in reader.execute(_OPEN_BY_DUE, values)]
    values["departments"] = sorted(departments)
    return [row.incident_id for row in reader.execute(_OPEN_OF_DEPARTMENTS, values)]
