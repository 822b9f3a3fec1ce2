"""Statements on API tokens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import api_token

Reader = Connection | Transaction

_BY_HASH = select(api_token).where(api_token.c.token_hash == bindparam("wanted"))
_OF_ADDRESS = (
    select(api_token).where(api_token.c.address == bindparam("wanted")).order_by(api_token.c.created_at.desc())
)


def token_by_hash(reader: Reader, token_hash: bytes) -> Row[Any] | None:
    """A token (primary key)."""
    return reader.execute(_BY_HASH, {"wanted": token_hash}).one_or_none()


def tokens_of(reader: Reader, address: str) -> list[Row[Any]]:
    """Somebody's tokens, newest first (``api_token_by_address``)."""
    return list(reader.execute(_OF_ADDRESS, {"wanted": address}))


def add_token(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new token."""
    transaction.execute(insert(api_token), row)


def set_used(transaction: Transaction, token_hash: bytes, used_at: int) -> None:
    """Last used then (primary key)."""
    transaction.execute(update(api_token).where(api_token.c.token_hash == token_hash).values(used_at=used_at))


def remove_token(transaction: Transaction, token_hash: bytes) -> int:
    """A token less (primary key). Rows removed: 0 or 1."""
    return transaction.execute(delete(api_token).where(api_token.c.token_hash == token_hash)).rowcount


def remove_expired(transaction: Transaction, now: int) -> int:
    """Tokens whose time is over (whole table: some a person); how many."""
    return transaction.execute(delete(api_token).where(api_token.c.expires_at <= now)).rowcount
