"""Statements on submissions, recipients, contents and attempts, and the values of their rows.

One function or constant a statement, named for its result; the index used stands beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from mailguard.model.delivery import DeliveryAttempt, Outcome, Reply
from mailguard.model.envelope import Body, Envelope, ForwardPath, Notify, Ret, Session
from mailguard.model.queue import Recipient, RecipientKey, State, Submission
from mailguard.model.verdict import Action, Reason, Verdict
from mailguard.spool.content import SealedContent
from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.tables import content, delivery_attempt, recipient, submission
from mailguard.store.times import from_micros, from_micros_or_none, to_micros, to_micros_or_none

INSERT_CONTENT = GatheredInsert(insert(content))
INSERT_SUBMISSION = GatheredInsert(insert(submission))
INSERT_RECIPIENT = GatheredInsert(insert(recipient))
INSERT_ATTEMPT = GatheredInsert(insert(delivery_attempt))

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
_DUE = (
    select(recipient.c.queue_id, recipient.c.state, recipient.c.address)
    .where(recipient.c.due_at <= bindparam("now"))
    .order_by(recipient.c.due_at)
    .limit(bindparam("limit"))
)
_NEXT_DUE = select(func.min(recipient.c.due_at)).where(recipient.c.due_at.is_not(None))
_CONTENT = select(content).where(content.c.content_id == bindparam("content_id"))
_SENT_SINCE = select(func.count(), func.coalesce(func.sum(submission.c.recipients), 0)).where(
    submission.c.account == bindparam("account"), submission.c.accepted_at >= bindparam("since")
)
_LEASED_BY = select(recipient).where(recipient.c.due_at.is_not(None), recipient.c.lease_owner == bindparam("owner"))
_OPEN = (State.ACCEPTED, State.HELD, State.CLEARED, State.QUEUED, State.SENDING, State.DEFERRED)
_DESTROYABLE = (
    select(content.c.content_id, content.c.body.is_(None).label("is_file"))
    .join(submission, submission.c.content_id == content.c.content_id)
    .where(
        content.c.wrapped_key.is_not(None),
        content.c.created_at < bindparam("before"),
        ~select(recipient.c.position)
        .where(
            recipient.c.queue_id == submission.c.queue_id,
            (recipient.c.state.in_([state.value for state in _OPEN])) | (recipient.c.changed_at >= bindparam("before")),
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


@lru_cache(maxsize=1024)
def verdict_text(verdict: Verdict) -> str:
    """A verdict as the JSON kept in its column."""
    return json.dumps(
        {
            "action": verdict.action.value,
            "reasons": [reason.value for reason in verdict.reasons],
            "rule": verdict.rule,
            "hold_seconds": verdict.hold_seconds,
        },
        separators=(",", ":"),
    )


@lru_cache(maxsize=1024)
def verdict_of(stored: str) -> Verdict:
    """The verdict of its column's JSON."""
    values = json.loads(stored)
    return Verdict(
        Action(values["action"]),
        tuple(Reason(word) for word in values["reasons"]),
        values["rule"],
        values["hold_seconds"],
    )


def content_row(sealed: SealedContent, created_at: int) -> dict[str, Any]:
    """The row of a content."""
    return {
        "content_id": sealed.content_id,
        "created_at": created_at,
        "size": sealed.size,
        "sha256": sealed.sha256,
        "eight_bit": sealed.eight_bit,
        "key_id": sealed.key_id,
        "wrapped_key": sealed.wrapped_key,
        "body": sealed.body,
        "destroyed_at": None,
    }


def submission_row(mail: Submission) -> dict[str, Any]:
    """The row of a submission."""
    envelope, session = mail.envelope, mail.session
    return {
        "queue_id": mail.queue_id,
        "accepted_at": to_micros(mail.accepted_at),
        "reverse_path": envelope.reverse_path,
        "ret": None if envelope.ret is None else envelope.ret.value,
        "envid": envelope.envid,
        "body": None if envelope.body is None else envelope.body.value,
        "smtputf8": envelope.smtputf8,
        "client_address": session.client_address,
        "client_name": session.client_name,
        "listener": session.listener,
        "owner": session.owner,
        "connected_at": to_micros(session.connected_at),
        "account": session.account,
        "source": session.source,
        "tls": session.tls,
        "esmtp": session.esmtp,
        "content_id": mail.content_id,
        "size": mail.size,
        "recipients": len(envelope.forward_paths),
        "automatic": mail.automatic,
    }


def recipient_row(entry: Recipient) -> dict[str, Any]:
    """The row of a recipient."""
    return {
        "queue_id": entry.key.queue_id,
        "position": entry.key.position,
        "address": entry.path.address,
        "notify": ",".join(sorted(word.value for word in entry.path.notify)) if entry.path.notify else "",
        "orcpt": entry.path.orcpt,
        "state": entry.state.value,
        "revision": entry.revision,
        "verdict": None if entry.verdict is None else verdict_text(entry.verdict),
        "due_at": to_micros_or_none(entry.due_at),
        "lease_owner": entry.lease_owner,
        "shown_until": to_micros_or_none(entry.shown_until),
        "variant_id": entry.variant_id,
        "looks": entry.looks,
        "attempts": entry.attempts,
        "doubts": entry.doubts,
        "expires_at": to_micros_or_none(entry.expires_at),
        "delay_told": entry.delay_told,
        "changed_at": to_micros(entry.changed_at),
    }


def update_parameters(before: Recipient, after: Recipient) -> dict[str, Any]:
    """The parameters of ``UPDATE_RECIPIENT`` that turn one value into the next."""
    return {
        "in_queue_id": before.key.queue_id,
        "in_position": before.key.position,
        "from_state": before.state.value,
        "from_revision": before.revision,
        "to_revision": after.revision,
        "to_state": after.state.value,
        "to_verdict": None if after.verdict is None else verdict_text(after.verdict),
        "to_due_at": to_micros_or_none(after.due_at),
        "to_lease_owner": after.lease_owner,
        "to_shown_until": to_micros_or_none(after.shown_until),
        "to_variant_id": after.variant_id,
        "to_looks": after.looks,
        "to_attempts": after.attempts,
        "to_doubts": after.doubts,
        "to_expires_at": to_micros_or_none(after.expires_at),
        "to_delay_told": after.delay_told,
        "to_changed_at": to_micros(after.changed_at),
    }


def attempt_row(key: RecipientKey, attempt: DeliveryAttempt) -> dict[str, Any]:
    """The row of an attempt."""
    return {
        "queue_id": key.queue_id,
        "position": key.position,
        "number": attempt.number,
        "started_at": to_micros(attempt.started_at),
        "ended_at": to_micros_or_none(attempt.ended_at),
        "next_hop": attempt.next_hop,
        "tls": attempt.tls,
        "outcome": attempt.outcome.value,
        "code": None if attempt.reply is None else attempt.reply.code,
        "enhanced": None if attempt.reply is None else attempt.reply.enhanced,
        "reply": None if attempt.reply is None else attempt.reply.text,
    }


def end_parameters(key: RecipientKey, attempt: DeliveryAttempt) -> dict[str, Any]:
    """The parameters of ``END_ATTEMPT``."""
    return {
        "in_queue_id": key.queue_id,
        "in_position": key.position,
        "in_number": attempt.number,
        "from_outcome": Outcome.UNKNOWN.value,
        "to_ended_at": to_micros_or_none(attempt.ended_at),
        "to_outcome": attempt.outcome.value,
        "to_tls": attempt.tls,
        "to_code": None if attempt.reply is None else attempt.reply.code,
        "to_enhanced": None if attempt.reply is None else attempt.reply.enhanced,
        "to_reply": None if attempt.reply is None else attempt.reply.text,
    }


def submission_of(row: Row[Any], paths: Iterable[ForwardPath]) -> Submission:
    """The submission of its row and its recipients' paths."""
    return Submission(
        queue_id=row.queue_id,
        accepted_at=from_micros(row.accepted_at),
        envelope=Envelope(
            reverse_path=row.reverse_path,
            forward_paths=tuple(paths),
            ret=None if row.ret is None else Ret(row.ret),
            envid=row.envid,
            body=None if row.body is None else Body(row.body),
            smtputf8=row.smtputf8,
        ),
        session=Session(
            client_address=row.client_address,
            client_name=row.client_name,
            listener=row.listener,
            owner=row.owner,
            connected_at=from_micros(row.connected_at),
            account=row.account,
            source=row.source,
            tls=row.tls,
            esmtp=row.esmtp,
        ),
        content_id=row.content_id,
        size=row.size,
        automatic=row.automatic,
    )


def recipient_of(row: Row[Any]) -> Recipient:
    """The recipient of its row."""
    return Recipient(
        key=RecipientKey(row.queue_id, row.position),
        path=ForwardPath(row.address, frozenset(Notify(word) for word in row.notify.split(",") if word), row.orcpt),
        state=State(row.state),
        revision=row.revision,
        verdict=None if row.verdict is None else verdict_of(row.verdict),
        due_at=from_micros_or_none(row.due_at),
        lease_owner=row.lease_owner,
        shown_until=from_micros_or_none(row.shown_until),
        variant_id=row.variant_id,
        looks=row.looks,
        attempts=row.attempts,
        doubts=row.doubts,
        expires_at=from_micros_or_none(row.expires_at),
        delay_told=row.delay_told,
        changed_at=from_micros(row.changed_at),
    )


def attempt_of(row: Row[Any]) -> DeliveryAttempt:
    """The attempt of its row."""
    return DeliveryAttempt(
        number=row.number,
        started_at=from_micros(row.started_at),
        ended_at=from_micros_or_none(row.ended_at),
        next_hop=row.next_hop,
        outcome=Outcome(row.outcome),
        reply=None if row.code is None else Reply(row.code, row.enhanced or "", row.reply or ""),
        tls=row.tls,
    )


Reader = Connection | Transaction


def mail_rows(reader: Reader, queue_id: str) -> tuple[Row[Any] | None, list[Row[Any]]]:
    """The submission's row (None if there is none) and its recipients' in order of position (primary keys)."""
    row = reader.execute(_SUBMISSION, {"queue_id": queue_id}).one_or_none()
    return row, list(reader.execute(_RECIPIENTS, {"queue_id": queue_id}))


def attempt_rows(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """All attempts of a mail, by recipient and number (primary key)."""
    return list(reader.execute(_ATTEMPTS, {"queue_id": queue_id}))


def due(reader: Reader, now: int, limit: int) -> list[Row[Any]]:
    """Recipients somebody must look at by ``now``, longest due first: queue_id, state, address (recipient_by_due)."""
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
    """Contents all of whose recipients have been final since ``before``: content_id, is_file."""
    return list(reader.execute(_DESTROYABLE, {"before": before, "limit": limit}))


def destroy(transaction: Transaction, content_ids: list[str], at: int) -> None:
    """Forget the keys and octets of contents (primary key)."""
    transaction.execute(_DESTROY, [{"in_content_id": content_id, "at": at} for content_id in content_ids])


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
