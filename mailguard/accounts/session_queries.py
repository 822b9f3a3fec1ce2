"""Statements on sessions of the web, and on whether somebody may have one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, or_, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import person, web_session
from mailguard.store.tables import account

Reader = Connection | Transaction

_SESSION = (
    select(web_session, person.c.disabled_at, account.c.disabled_at.label("account_disabled_at"))
    .select_from(
        web_session.outerjoin(person, person.c.address == web_session.c.address).outerjoin(
            account, account.c.address == web_session.c.address
        )
    )
    .where(web_session.c.session_hash == bindparam("wanted"))
)
_OF_ADDRESS = (
    select(web_session).where(web_session.c.address == bindparam("wanted")).order_by(web_session.c.seen_at.desc())
)
_PERSON_DISABLED = select(person.c.disabled_at).where(person.c.address == bindparam("wanted"))
_ACCOUNT_DISABLED = select(account.c.disabled_at).where(account.c.address == bindparam("wanted"))


def session_by_hash(reader: Reader, session_hash: bytes) -> Row[Any] | None:
    """A session with what disables its person (primary keys of three tables)."""
    return reader.execute(_SESSION, {"wanted": session_hash}).one_or_none()


def sessions_of(reader: Reader, address: str) -> list[Row[Any]]:
    """Somebody's sessions, last seen first (``web_session_by_address``)."""
    return list(reader.execute(_OF_ADDRESS, {"wanted": address}))


def is_disabled(reader: Reader, address: str) -> bool:
    """Whether an administrator disabled the person or their account (primary keys)."""
    both = (
        reader.execute(statement, {"wanted": address}).scalar() for statement in (_PERSON_DISABLED, _ACCOUNT_DISABLED)
    )
    return any(at is not None for at in both)


def add_session(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new session."""
    transaction.execute(insert(web_session), row)


def set_seen(transaction: Transaction, session_hash: bytes, seen_at: int) -> None:
    """Last seen then (primary key)."""
    statement = update(web_session).where(web_session.c.session_hash == session_hash, web_session.c.seen_at < seen_at)
    transaction.execute(statement.values(seen_at=seen_at))


def remove_session(transaction: Transaction, session_hash: bytes) -> int:
    """A session less (primary key). Rows removed: 0 or 1."""
    return transaction.execute(delete(web_session).where(web_session.c.session_hash == session_hash)).rowcount


def remove_sessions_of(transaction: Transaction, address: str, but: bytes) -> int:
    """All of somebody's sessions but one (``web_session_by_address``); how many."""
    statement = delete(web_session).where(web_session.c.address == address, web_session.c.session_hash != but)
    return transaction.execute(statement).rowcount


def remove_ended(transaction: Transaction, now: int, seen_before: int) -> int:
    """Sessions whose time is over, or that were not seen since (a row a browser; whole table); how many."""
    statement = delete(web_session).where(or_(web_session.c.expires_at <= now, web_session.c.seen_at < seen_before))
    return transaction.execute(statement).rowcount
