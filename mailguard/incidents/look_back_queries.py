"""Statements that find mails by their traces."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from mailguard.model.queue import State
from mailguard.store import Transaction
from mailguard.store.incident_tables import mail_trace
from mailguard.store.tables import recipient, submission

Reader = Connection | Transaction
SubmissionRow = Row[Any]

_STOPPED = [one.value for one in (State.BLOCKED, State.CANCELLED, State.EXPIRED, State.BOUNCED)]
_TRACES = select(mail_trace.c.kind, mail_trace.c.digest).where(
    mail_trace.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)
_BEGINS = select(func.max(mail_trace.c.queue_id)).where(mail_trace.c.kind == "s", mail_trace.c.digest == b"")
_SEARCHED = select(func.count()).select_from(
    select(mail_trace.c.queue_id).distinct().order_by(mail_trace.c.queue_id.desc()).limit(bindparam("most")).subquery()
)
_LIKE = (
    select(mail_trace.c.queue_id)
    .where(
        mail_trace.c.kind == bindparam("kind"),
        mail_trace.c.digest == bindparam("digest"),
        # Somebody got it, or may yet.
        select(recipient.c.position)
        .where(recipient.c.queue_id == mail_trace.c.queue_id, recipient.c.state.not_in(_STOPPED))
        .exists(),
    )
    .order_by(mail_trace.c.queue_id.desc())
    .limit(bindparam("limit"))
)
_MARKED = (
    select(mail_trace.c.queue_id)
    .where(mail_trace.c.kind == bindparam("kind"), mail_trace.c.digest == bindparam("digest"))
    .order_by(mail_trace.c.queue_id.desc())
    .limit(bindparam("limit"))
)
_SUBMISSIONS = select(submission.c.queue_id, submission.c.accepted_at, submission.c.owner).where(
    submission.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)
_STATES = select(recipient.c.queue_id, recipient.c.address, recipient.c.state, recipient.c.position).where(
    recipient.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)


def traces_of(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """What is remembered of some mails: kind, digest (index mail_trace_by_mail)."""
    return list(reader.execute(_TRACES, {"queue_ids": list(queue_ids)})) if queue_ids else []


def begin_after(reader: Reader) -> str | None:
    """The newest mail of before there were traces; None where every mail has them (primary key)."""
    found: str | None = reader.execute(_BEGINS).scalar_one()
    return found


def searched(reader: Reader, most: int) -> int:
    """How many mails are remembered, ``most`` for that many or more (index mail_trace_by_mail)."""
    found: int = reader.execute(_SEARCHED, {"most": most}).scalar_one()
    return found


def mails_like(reader: Reader, kind: str, digest: bytes, limit: int) -> list[str]:
    """The newest mails with a trace that somebody got, or may yet get (primary keys)."""
    return list(reader.execute(_LIKE, {"kind": kind, "digest": digest, "limit": limit}).scalars())


def mails_marked(reader: Reader, kind: str, digest: bytes, limit: int) -> list[str]:
    """The newest mails with a trace, whatever became of them (primary key)."""
    return list(reader.execute(_MARKED, {"kind": kind, "digest": digest, "limit": limit}).scalars())


def submissions(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """Some mails: queue_id, accepted_at, owner (primary key)."""
    return list(reader.execute(_SUBMISSIONS, {"queue_ids": list(queue_ids)})) if queue_ids else []


def recipients(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """The recipients of some mails: queue_id, address, state, position (primary key)."""
    return list(reader.execute(_STATES, {"queue_ids": list(queue_ids)})) if queue_ids else []
