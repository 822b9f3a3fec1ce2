"""Statements for evidence: which contents a mail has, and events of the record with the hash before each."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from mailguard.model.audit import AuditAction
from mailguard.store import Transaction
from mailguard.store.tables import audit_event, content, recipient, submission

Reader = Connection | Transaction

PAGE = 1000
_WINDOW = 20_000

_SUBMISSION: Select[Any] = select(submission.c.content_id, submission.c.edited_id).where(
    submission.c.queue_id == bindparam("queue_id")
)
_VARIANTS = (
    select(recipient.c.position, recipient.c.variant_id)
    .where(recipient.c.queue_id == bindparam("queue_id"), recipient.c.variant_id.is_not(None))
    .order_by(recipient.c.position)
)
_CONTENT: Select[Any] = select(content.c.content_id, content.c.sha256, content.c.size, content.c.tail_id).where(
    content.c.content_id == bindparam("content_id")
)
_OF_MAIL = (
    select(audit_event)
    .where(
        audit_event.c.queue_id == bindparam("queue_id"),
        audit_event.c.seq > bindparam("after"),
        audit_event.c.seq <= bindparam("last"),
    )
    .order_by(audit_event.c.seq)
    .limit(PAGE)
)
_HASHES = select(audit_event.c.seq, audit_event.c.hash).where(audit_event.c.seq.in_(bindparam("seqs", expanding=True)))
_ABOUT_INCIDENTS = [one.value for one in AuditAction if one.value.startswith("incident.")]
_OF_INCIDENT = (
    select(audit_event)
    .where(
        audit_event.c.seq > bindparam("after"),
        audit_event.c.seq <= bindparam("last"),
        audit_event.c.queue_id.is_(None),
        audit_event.c.action.in_(_ABOUT_INCIDENTS),
        audit_event.c.details.contains(bindparam("mention")),
    )
    .order_by(audit_event.c.seq)
)


def contents_of_mail(reader: Reader, queue_id: str) -> Row[Any] | None:
    """What came in, and what counts since an edit (None: no edit): content_id, edited_id (primary key)."""
    return reader.execute(_SUBMISSION, {"queue_id": queue_id}).one_or_none()


def variants_of_mail(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """What each recipient gets: position, variant_id (primary key)."""
    return list(reader.execute(_VARIANTS, {"queue_id": queue_id}))


def content_row(reader: Reader, content_id: str) -> Row[Any] | None:
    """What was noted of a content when it was made: sha256, size; tail_id for one that shares its end (primary key).

    Of one with a tail the hash is that of its own beginning.
    """
    return reader.execute(_CONTENT, {"content_id": content_id}).one_or_none()


def events_of_mail(reader: Reader, queue_id: str, after: int, last: int) -> list[Row[Any]]:
    """The next events of a mail after a number, up to another, ``PAGE`` at most (index audit_event_by_mail)."""
    return list(reader.execute(_OF_MAIL, {"queue_id": queue_id, "after": after, "last": last}))


def hashes_at(reader: Reader, seqs: Collection[int]) -> dict[int, bytes]:
    """The hashes of events by their numbers (primary key)."""
    if not seqs:
        return {}
    return {row.seq: bytes(row.hash) for row in reader.execute(_HASHES, {"seqs": list(seqs)})}


def events_of_incident(reader: Reader, incident_id: str, first: int, last: int) -> Iterator[Row[Any]]:
    """Events about an incident as a whole between two numbers, a window of the record at a time (primary key)."""
    mention = f'"incident":"{incident_id}"'
    after = first - 1
    while after < last:
        end = min(after + _WINDOW, last)
        yield from reader.execute(_OF_INCIDENT, {"after": after, "last": end, "mention": mention})
        after = end
