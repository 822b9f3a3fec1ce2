"""Statements on submissions, recipients, contents and attempts, and the values of their rows.

One function or constant a statement, named for its result; the index used stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from mailguard.model.queue import QueueId, State
from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.incident_tables import incident, incident_mail, mail_trace
from mailguard.store.tables import content, delivery_attempt, judgement, recipient, submission, summary

INSERT_CONTENT = GatheredInsert(insert(content))
INSERT_SUBMISSION = GatheredInsert(insert(submission))
INSERT_RECIPIENT = GatheredInsert(insert(recipient))
INSERT_ATTEMPT = GatheredInsert(insert(delivery_attempt))
INSERT_JUDGEMENT = GatheredInsert(insert(judgement))
INSERT_SUMMARY = GatheredInsert(insert(summary))
INSERT_TRACE = GatheredInsert(insert(mail_trace))

_MUTABLE = (
    "state", "verdict", "due_at", "lease_owner", "shown_until", "variant_id", "looks", "attempts", "doubts",
    "expires_at", "delay_told", "changed_at",
)  # fmt: skip

UPDATE_RECIPIENT = GuardedUpdate(
    update(recipient)
    .where(
        recipient.c.queue_id == bindparam("in_queue_id"),
        recipient.c.position == bindparam("in_position"),
        recipient.c.state == bindparam("from_state"),
        recipient.c.revision == bindparam("from_revision"),
    )
    .values({"revision": bindparam("to_revision"), **{name: bindparam(f"to_{name}") for name in _MUTABLE}})
)
"""The one statement that changes a recipient (primary key)."""

EDIT_SUBMISSION = GuardedUpdate(
    update(submission)
    .where(
        submission.c.queue_id == bindparam("in_queue_id"),
        func.coalesce(submission.c.edited_id, submission.c.content_id) == bindparam("from_content_id"),
    )
    .values(edited_id=bindparam("to_content_id"), edited_size=bindparam("to_size"))
)
"""Which content counts, once a person edited the mail (primary key)."""

END_ATTEMPT = GuardedUpdate(
    update(delivery_attempt)
    .where(
        delivery_attempt.c.queue_id == bindparam("in_queue_id"),
        delivery_attempt.c.position == bindparam("in_position"),
        delivery_attempt.c.number == bindparam("in_number"),
        delivery_attempt.c.outcome == bindparam("from_outcome"),
    )
    .values(
        ended_at=bindparam("to_ended_at"),
        outcome=bindparam("to_outcome"),
        tls=bindparam("to_tls"),
        code=bindparam("to_code"),
        enhanced=bindparam("to_enhanced"),
        reply=bindparam("to_reply"),
    )
)
"""What an attempt came to, once its reply is known (primary key)."""

_SUBMISSION = select(submission).where(submission.c.queue_id == bindparam("queue_id"))
_RECIPIENTS = select(recipient).where(recipient.c.queue_id == bindparam("queue_id")).order_by(recipient.c.position)
_ATTEMPTS = (
    select(delivery_attempt)
    .where(delivery_attempt.c.queue_id == bindparam("queue_id"))
    .order_by(delivery_attempt.c.position, delivery_attempt.c.number)
)
_JUDGEMENT = (
    select(judgement).where(judgement.c.queue_id == bindparam("queue_id")).order_by(judgement.c.number.desc()).limit(1)
)
_NUMBERED_JUDGEMENT = select(judgement).where(
    judgement.c.queue_id == bindparam("queue_id"), judgement.c.number == bindparam("number")
)
_DUE = (
    select(recipient.c.queue_id, recipient.c.state, recipient.c.address)
    .where(recipient.c.due_at <= bindparam("now"))
    .order_by(recipient.c.due_at)
    .limit(bindparam("limit"))
)
_DUE_BUT = _DUE.where(recipient.c.queue_id.not_in(bindparam("queue_ids", expanding=True)))
_NEXT_DUE = select(func.min(recipient.c.due_at)).where(recipient.c.due_at.is_not(None))
_CONTENT = select(content).where(content.c.content_id == bindparam("content_id"))
_SENT_SINCE = select(func.count(), func.coalesce(func.sum(submission.c.recipients), 0)).where(
    submission.c.account == bindparam("account"), submission.c.accepted_at >= bindparam("since")
)
_LEASED_BY = select(recipient).where(recipient.c.due_at.is_not(None), recipient.c.lease_owner == bindparam("owner"))
_OPEN = (State.ACCEPTED, State.HELD, State.CLEARED, State.QUEUED, State.SENDING, State.DEFERRED)
_DESTROYABLE = (
    select(content.c.content_id, content.c.body.is_(None).label("is_file"))
    .join(
        submission,
        submission.c.content_id == func.coalesce(content.c.owner_id, content.c.tail_id, content.c.content_id),
    )
    .where(
        content.c.wrapped_key.is_not(None),
        content.c.created_at < bindparam("before"),
        ~select(recipient.c.position)
        .where(
            recipient.c.queue_id == submission.c.queue_id,
            (recipient.c.state.in_([state.value for state in _OPEN])) | (recipient.c.changed_at >= bindparam("before")),
        )
        .exists(),
        # Evidence of an open incident is kept, whatever its age; a drill keeps nothing longer than it would be.
        ~select(incident_mail.c.queue_id)
        .join(incident, incident.c.incident_id == incident_mail.c.incident_id)
        .where(
            incident_mail.c.queue_id == submission.c.queue_id,
            incident.c.closed_at.is_(None),
            incident.c.is_drill.is_(False),
        )
        .exists(),
    )
    .order_by(content.c.created_at)
    .limit(bindparam("limit"))
)
_DESTROY = (
    update(content)
    .where(content.c.content_id == bindparam("in_content_id"))
    .values(wrapped_key=None, body=None, destroyed_at=bindparam("at"))
)
_EXISTING = select(content.c.content_id, content.c.wrapped_key.is_not(None).label("lives")).where(
    content.c.content_id.in_(bindparam("ids", expanding=True))
)


Reader = Connection | Transaction


def mail_rows(reader: Reader, queue_id: str) -> tuple[Row[Any] | None, list[Row[Any]]]:
    """The submission's row (None if there is none) and its recipients' in order of position (primary keys)."""
    row = reader.execute(_SUBMISSION, {"queue_id": queue_id}).one_or_none()
    return row, list(reader.execute(_RECIPIENTS, {"queue_id": queue_id}))


def attempt_rows(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """All attempts of a mail, by recipient and number (primary key)."""
    return list(reader.execute(_ATTEMPTS, {"queue_id": queue_id}))


def last_judgement(reader: Reader, queue_id: str) -> Row[Any] | None:
    """The row of a mail's newest judgement; None where it has none (primary key)."""
    return reader.execute(_JUDGEMENT, {"queue_id": queue_id}).one_or_none()


def numbered_judgement(reader: Reader, queue_id: str, number: int) -> Row[Any] | None:
    """The row of one of a mail's judgements; None where there is no such (primary key)."""
    return reader.execute(_NUMBERED_JUDGEMENT, {"queue_id": queue_id, "number": number}).one_or_none()


def due(reader: Reader, now: int, limit: int, but: Sequence[QueueId] = ()) -> list[Row[Any]]:
    """Recipients somebody must look at by ``now``, longest due first: queue_id, state, address (recipient_by_due).

    Those of the mails ``but`` are left out.
    """
    if but:
        return list(reader.execute(_DUE_BUT, {"now": now, "limit": limit, "queue_ids": list(but)}))
    return list(reader.execute(_DUE, {"now": now, "limit": limit}))


def next_due(reader: Reader) -> int | None:
    """When the next recipient is due (recipient_by_due)."""
    moment: int | None = reader.execute(_NEXT_DUE).scalar_one()
    return moment


def content_by_id(reader: Reader, content_id: str) -> Row[Any] | None:
    """One content's row (primary key)."""
    return reader.execute(_CONTENT, {"content_id": content_id}).one_or_none()


def sent_since(reader: Reader, account: str, since: int) -> tuple[int, int]:
    """Mails and recipients an account has had accepted (submission_by_account)."""
    mails, recipients = reader.execute(_SENT_SINCE, {"account": account, "since": since}).one()
    return mails, int(recipients)


def leased_by(reader: Reader, owner: str) -> list[Row[Any]]:
    """Recipients a node has leased (recipient_by_due)."""
    return list(reader.execute(_LEASED_BY, {"owner": owner}))


def destroyable(reader: Reader, before: int, limit: int) -> list[Row[Any]]:
    """Contents of mails in no open incident, all of whose recipients have been final since ``before``: content_id,
    is_file."""
    return list(reader.execute(_DESTROYABLE, {"before": before, "limit": limit}))


def destroy(transaction: Transaction, content_ids: list[str], at: int) -> None:
    """Forget the keys and octets of contents (primary key)."""
    transaction.execute(_DESTROY, [{"in_content_id": content_id, "at": at} for content_id in content_ids])


_FORGET_SUMMARIES = delete(summary).where(summary.c.queue_id == bindparam("in_queue_id"))


def forget_summaries(transaction: Transaction, queue_ids: list[str]) -> None:
    """Forget what lists show of mails (primary key); ids that are none of mails change nothing."""
    transaction.execute(_FORGET_SUMMARIES, [{"in_queue_id": queue_id} for queue_id in queue_ids])


_FORGET_TRACES = delete(mail_trace).where(mail_trace.c.queue_id == bindparam("in_queue_id"))


def forget_traces(transaction: Transaction, queue_id: str) -> None:
    """Forget what a mail would be found by (index mail_trace_by_mail)."""
    transaction.execute(_FORGET_TRACES, {"in_queue_id": queue_id})


_LATER = summary.alias()
_NEWEST_SUMMARIES = select(summary.c.queue_id, summary.c.sealed).where(
    summary.c.queue_id.in_(bindparam("queue_ids", expanding=True)),
    ~select(_LATER.c.number)
    .where(_LATER.c.queue_id == summary.c.queue_id, _LATER.c.number > summary.c.number)
    .exists(),
)


def newest_summaries(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """The newest summary of each mail that has one: queue_id, sealed (primary key, for each mail twice)."""
    return list(reader.execute(_NEWEST_SUMMARIES, {"queue_ids": list(queue_ids)})) if queue_ids else []


def living(reader: Reader, content_ids: list[str]) -> set[str]:
    """Those of ``content_ids`` that have a row with a key (primary key)."""
    return {row.content_id for row in reader.execute(_EXISTING, {"ids": content_ids}) if row.lives}


_PAGE = (
    select(recipient.c.queue_id)
    .where(recipient.c.state.in_(bindparam("states", expanding=True)), recipient.c.queue_id > bindparam("after"))
    .group_by(recipient.c.queue_id)
    .order_by(recipient.c.queue_id)
    .limit(bindparam("limit"))
)


def page_by_state(reader: Reader, states: Iterable[State], after: str, limit: int) -> list[str]:
    """Queue ids with a recipient in one of ``states``, oldest first, after ``after`` (recipient_by_open_state)."""
    return [
        row.queue_id
        for row in reader.execute(_PAGE, {"states": [state.value for state in states], "after": after, "limit": limit})
    ]


_PAGE_ON_ITS_WAY = (
    select(recipient.c.queue_id)
    .where(
        recipient.c.due_at.is_not(None),
        recipient.c.state.in_([state.value for state in (State.ACCEPTED, State.CLEARED, State.QUEUED, State.SENDING)]),
        recipient.c.queue_id > bindparam("after"),
    )
    .group_by(recipient.c.queue_id)
    .order_by(recipient.c.queue_id)
    .limit(bindparam("limit"))
)


def page_on_its_way(reader: Reader, after: str, limit: int) -> list[str]:
    """Queue ids with a recipient that a worker is about to move, oldest first, after ``after`` (recipient_by_due)."""
    return [row.queue_id for row in reader.execute(_PAGE_ON_ITS_WAY, {"after": after, "limit": limit})]


_COUNTS = (
    select(recipient.c.state, func.count().label("total"))
    .where(recipient.c.due_at.is_not(None))
    .group_by(recipient.c.state)
)


def counts_by_state(reader: Reader) -> dict[str, int]:
    """How many recipients are in each state that somebody will look at again (recipient_by_due)."""
    return {row.state: row.total for row in reader.execute(_COUNTS)}


_ACCEPTED_SINCE = (
    select(submission.c.queue_id).where(submission.c.accepted_at >= bindparam("since")).order_by(submission.c.queue_id)
)


def accepted_since(reader: Reader, since: int) -> list[str]:
    """Queue ids of mails accepted since then, oldest first (a scan: for trying rules out, not for every day)."""
    return [row.queue_id for row in reader.execute(_ACCEPTED_SINCE, {"since": since})]
