"""Every statement about the requests to delete a mail, and about letters of incidents that were sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from mailguard.store import GatheredInsert, Transaction
from mailguard.store.incident_tables import incident_request
from mailguard.store.tables import recipient

Reader = Connection | Transaction

INSERT_REQUEST = GatheredInsert(insert(incident_request))

_BY_HASH = select(incident_request).where(incident_request.c.token_hash == bindparam("wanted"))


def request_by_hash(reader: Reader, token_hash: bytes) -> Row[Any] | None:
    """One request (primary key)."""
    return reader.execute(_BY_HASH, {"wanted": token_hash}).one_or_none()


_SENT_AS = select(incident_request).where(
    incident_request.c.sent_as.in_(bindparam("queue_ids", expanding=True)),
)


def requests_sent_as(reader: Reader, queue_ids: list[str]) -> list[Row[Any]]:
    """The requests that these mails were (incident_request_by_sent)."""
    return list(reader.execute(_SENT_AS, {"queue_ids": queue_ids})) if queue_ids else []


_ANSWERED = (
    update(incident_request)
    .where(incident_request.c.token_hash == bindparam("wanted"))
    .values(answer=bindparam("to_answer"), answered_at=bindparam("to_answered_at"))
)


def note_answer(transaction: Transaction, token_hash: bytes, answer: str, at: int) -> None:
    """The newest answer to a request (primary key)."""
    values = {"wanted": token_hash, "to_answer": answer, "to_answered_at": at}
    transaction.execute(_ANSWERED, values)


_FATES = select(recipient.c.queue_id, recipient.c.state, recipient.c.changed_at).where(
    recipient.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)


def fates_of(reader: Reader, queue_ids: list[str]) -> list[Row[Any]]:
    """Where letters stand that have one recipient each: queue_id, state, changed_at (primary key of recipients)."""
    return list(reader.execute(_FATES, {"queue_ids": queue_ids})) if queue_ids else []
