"""Every statement about parcels and the passwords of their recipients."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from mailguard.store import Transaction
from mailguard.store.tables import content, parcel, parcel_recipient, recipient
from mailguard.store.transaction import GatheredInsert, GuardedUpdate

Reader = Connection | Transaction

INSERT_PARCEL = GatheredInsert(insert(parcel))
INSERT_PARCEL_RECIPIENT = GatheredInsert(insert(parcel_recipient))
UPDATE_PARCEL_RECIPIENT = GuardedUpdate(
    update(parcel_recipient)
    .where(
        parcel_recipient.c.queue_id == bindparam("in_queue_id"),
        parcel_recipient.c.position == bindparam("in_position"),
        parcel_recipient.c.revision == bindparam("from_revision"),
    )
    .values(
        revision=bindparam("to_revision"),
        channel=bindparam("to_channel"),
        state=bindparam("to_state"),
        due_at=bindparam("to_due_at"),
        phone=bindparam("to_phone"),
        told_by=bindparam("to_told_by"),
        changed_at=bindparam("at"),
    )
)
"""How the password of one recipient stands (primary key, guarded by revision)."""

_PARCEL = select(parcel).where(parcel.c.parcel_id == bindparam("parcel_id"))
_LOCKED = _PARCEL.with_for_update()
_OF_MAIL = select(parcel).where(parcel.c.queue_id == bindparam("queue_id")).order_by(parcel.c.parcel_id)
_OF_MESSAGE = (
    select(parcel)
    .where(parcel.c.message_key.in_(bindparam("message_keys", expanding=True)))
    .order_by(parcel.c.parcel_id)
)
_MEMBERS = (
    select(parcel_recipient)
    .where(parcel_recipient.c.parcel_id == bindparam("parcel_id"))
    .order_by(parcel_recipient.c.position)
)
_OF_RECIPIENTS = (
    select(parcel_recipient)
    .where(
        parcel_recipient.c.queue_id == bindparam("queue_id"),
        parcel_recipient.c.position.in_(bindparam("positions", expanding=True)),
    )
    .order_by(parcel_recipient.c.position)
)
_DUE = (
    select(parcel_recipient)
    .where(parcel_recipient.c.due_at <= bindparam("now"))
    .order_by(parcel_recipient.c.due_at)
    .limit(bindparam("limit"))
)
_TELLS = select(parcel_recipient).where(parcel_recipient.c.told_by == bindparam("told_by"))
_STATES = select(recipient.c.queue_id, recipient.c.position, recipient.c.state).where(
    recipient.c.queue_id.in_(bindparam("queue_ids", expanding=True))
)
_FORGET = (
    update(parcel)
    .where(parcel.c.parcel_id == bindparam("in_parcel_id"), parcel.c.destroyed_at.is_(None))
    .values(password=None, destroyed_at=bindparam("at"))
)
_OUTLIVED = (
    select(parcel.c.parcel_id, parcel.c.queue_id)
    .join(content, content.c.content_id == parcel.c.content_id)
    .where(parcel.c.destroyed_at.is_(None), content.c.wrapped_key.is_(None))
    .order_by(parcel.c.parcel_id)
    .limit(bindparam("limit"))
)
_NEWEST = (
    select(parcel)
    .where(parcel.c.parcel_id < bindparam("before"))
    .order_by(parcel.c.parcel_id.desc())
    .limit(bindparam("limit"))
)
_NEXT_DUE = select(func.min(parcel_recipient.c.due_at)).where(parcel_recipient.c.due_at.is_not(None))


def parcel_by_id(reader: Reader, parcel_id: str) -> Row[Any] | None:
    """One parcel (primary key)."""
    return reader.execute(_PARCEL, {"parcel_id": parcel_id}).one_or_none()


def lock_parcel(transaction: Transaction, parcel_id: str) -> Row[Any] | None:
    """One parcel, and whoever else wants it waits until this transaction ends (primary key)."""
    return transaction.execute(_LOCKED, {"parcel_id": parcel_id}).one_or_none()


def parcels_of(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """The parcels of a mail (parcel_by_mail)."""
    return list(reader.execute(_OF_MAIL, {"queue_id": queue_id}))


def parcels_called(reader: Reader, message_keys: list[bytes]) -> list[Row[Any]]:
    """The parcels of mails with one of these keyed Message-IDs (parcel_by_message)."""
    return list(reader.execute(_OF_MESSAGE, {"message_keys": message_keys}))


def members_of(reader: Reader, parcel_id: str) -> list[Row[Any]]:
    """The recipients of a parcel, by position (parcel_recipient_by_parcel)."""
    return list(reader.execute(_MEMBERS, {"parcel_id": parcel_id}))


def of_recipients(reader: Reader, queue_id: str, positions: list[int]) -> list[Row[Any]]:
    """What stands about recipients of a mail (primary key)."""
    return list(reader.execute(_OF_RECIPIENTS, {"queue_id": queue_id, "positions": positions}))


def told_by(reader: Reader, queue_id: str) -> list[Row[Any]]:
    """Recipients whose password a mail of our own carries (parcel_recipient_by_mail_that_tells)."""
    return list(reader.execute(_TELLS, {"told_by": queue_id}))


def states_of(reader: Reader, queue_ids: list[str]) -> list[Row[Any]]:
    """Where the recipients of some mails stand: queue_id, position, state (primary key)."""
    return list(reader.execute(_STATES, {"queue_ids": queue_ids}))


def due(reader: Reader, now: int, limit: int) -> list[Row[Any]]:
    """Short messages that are due, or whose fate is unknown for too long (parcel_recipient_by_due)."""
    return list(reader.execute(_DUE, {"now": now, "limit": limit}))


def next_due(reader: Reader) -> int | None:
    """When the next one is (parcel_recipient_by_due)."""
    moment: int | None = reader.execute(_NEXT_DUE).scalar_one()
    return moment


def forget_password(transaction: Transaction, parcel_id: str, at: int) -> bool:
    """Destroy the password of a parcel; whether there was one still (primary key)."""
    return transaction.execute(_FORGET, {"in_parcel_id": parcel_id, "at": at}).rowcount > 0


def outlived(reader: Reader, limit: int) -> list[Row[Any]]:
    """Parcels that have a password although their content was destroyed: parcel_id, queue_id."""
    return list(reader.execute(_OUTLIVED, {"limit": limit}))


def newest(reader: Reader, before: str, limit: int) -> list[Row[Any]]:
    """Parcels, newest first, made before the one of that id (primary key)."""
    return list(reader.execute(_NEWEST, {"before": before, "limit": limit}))
