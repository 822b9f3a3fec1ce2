"""Every statement about incidents, their mails and their entries."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, text, update

from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.incident_tables import incident, incident_entry, incident_mail
from mailguard.store.tables import content, parcel_recipient, submission

Reader = Connection | Transaction

INSERT_INCIDENT = GatheredInsert(insert(incident))
INSERT_MAIL = GatheredInsert(insert(incident_mail))
INSERT_ENTRY = GatheredInsert(insert(incident_entry))

_CHANGEABLE = ("kind", "cause", "phase", "severity", "known_at", "closed_at")
UPDATE_INCIDENT = GuardedUpdate(
    update(incident)
    .where(incident.c.incident_id == bindparam("in_incident_id"), incident.c.revision == bindparam("from_revision"))
    .values({"revision": bindparam("to_revision"), **{name: bindparam(f"to_{name}") for name in _CHANGEABLE}})
)
"""The one statement that changes an incident (primary key, guarded by revision)."""
LOOKED_AT = GuardedUpdate(
    update(incident_mail)
    .where(
        incident_mail.c.queue_id == bindparam("in_queue_id"),
        incident_mail.c.incident_id == bindparam("in_incident_id"),
    )
    .values(look_at=bindparam("to_look_at"))
)
"""When to look next whether something can be stopped (primary key)."""

_ONE_OPENER = text("SELECT pg_advisory_xact_lock(7236402)")


def lock_opening(transaction: Transaction) -> None:
    """On PostgreSQL one opens an incident at a time, until its commit; SQLite has one writer anyway."""
    if transaction.is_postgresql:
        transaction.execute(_ONE_OPENER)


_INCIDENT = select(incident).where(incident.c.incident_id == bindparam("incident_id"))


def incident_by_id(reader: Reader, incident_id: str) -> Row[Any] | None:
    """One incident (primary key)."""
    return reader.execute(_INCIDENT, {"incident_id": incident_id}).one_or_none()


_NEWEST_ID = select(func.max(incident.c.incident_id)).where(
    incident.c.incident_id >= bindparam("first"), incident.c.incident_id < bindparam("end")
)


def newest_id(reader: Reader, first: str, end: str) -> str | None:
    """The greatest incident id from ``first`` on, before ``end``; None where there is none (primary key)."""
    found: str | None = reader.execute(_NEWEST_ID, {"first": first, "end": end}).scalar_one()
    return found


_OF_MAIL = (
    select(incident)
    .join(incident_mail, incident_mail.c.incident_id == incident.c.incident_id)
    .where(incident_mail.c.queue_id == bindparam("queue_id"))
    .order_by(incident.c.incident_id.desc())
)


def incidents_of_mail(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """The incidents a mail is part of, the newest first (primary keys)."""
    return list(reader.execute(_OF_MAIL, {"queue_id": queue_id}))


_MAILS_OF = (
    select(incident_mail)
    .where(incident_mail.c.incident_id.in_(bindparam("incident_ids", expanding=True)))
    .order_by(incident_mail.c.incident_id, incident_mail.c.number)
)


def mails_of(reader: Reader, incident_ids: Collection[str]) -> list[Row[Any]]:
    """The mails of some incidents, in the order they were added (incident_mail_by_incident)."""
    return list(reader.execute(_MAILS_OF, {"incident_ids": list(incident_ids)})) if incident_ids else []


_ENTRIES = (
    select(incident_entry)
    .where(incident_entry.c.incident_id == bindparam("incident_id"))
    .order_by(incident_entry.c.number)
)


def entries_of(reader: Reader, incident_id: str) -> list[Row[Any]]:
    """Everything that was done, oldest first (primary key)."""
    return list(reader.execute(_ENTRIES, {"incident_id": incident_id}))


_PAGE = (
    select(incident)
    .where(incident.c.incident_id < bindparam("before"))
    .order_by(incident.c.incident_id.desc())
    .limit(bindparam("limit"))
)
_PAGE_OF_DEPARTMENTS = _PAGE.where(incident.c.department.in_(bindparam("departments", expanding=True)))


def page(reader: Reader, departments: Collection[str] | None, before: str, limit: int) -> list[Row[Any]]:
    """Incidents of departments (None: all), the newest first, before an id (primary key)."""
    values: dict[str, Any] = {"before": before, "limit": limit}
    if departments is None:
        return list(reader.execute(_PAGE, values))
    return list(reader.execute(_PAGE_OF_DEPARTMENTS, {**values, "departments": sorted(departments)}))


_TO_LOOK_AT = (
    select(incident_mail.c.incident_id, incident_mail.c.queue_id)
    .where(incident_mail.c.look_at <= bindparam("now"))
    .order_by(incident_mail.c.look_at)
    .limit(bindparam("limit"))
)


def to_look_at(reader: Reader, now: int, limit: int) -> list[Row[Any]]:
    """Mails of which something was being sent when it was to be stopped (incident_mail_by_look)."""
    return list(reader.execute(_TO_LOOK_AT, {"now": now, "limit": limit}))


_CARRIED_FOR = select(parcel_recipient.c.queue_id).where(parcel_recipient.c.told_by == bindparam("queue_id"))
_IS_FOLLOWED = (
    select(incident_mail.c.incident_id)
    .where(
        (incident_mail.c.queue_id == bindparam("queue_id")) | incident_mail.c.queue_id.in_(_CARRIED_FOR),
        incident_mail.c.look_at.is_not(None),
    )
    .limit(1)
)


def is_followed(reader: Reader, queue_id: str) -> bool:
    """Whether a mail, or that whose password it carries, is yet to be stopped.

    (Primary key, parcel_recipient_by_mail_that_tells.)
    """
    return reader.execute(_IS_FOLLOWED, {"queue_id": queue_id}).first() is not None


_CONTENTS = (
    select(content.c.content_id, content.c.sha256, content.c.size)
    .join(submission, submission.c.queue_id == bindparam("queue_id"))
    .where((content.c.content_id == submission.c.content_id) | (content.c.content_id == submission.c.edited_id))
    .order_by(content.c.content_id)
)


def contents_of(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """What came in for a mail, and what counts since an edit: content_id, sha256, size (primary keys)."""
    return list(reader.execute(_CONTENTS, {"queue_id": queue_id}))
