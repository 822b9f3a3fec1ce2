"""Statements on the links in notices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import mail_link

_BY_HASH = select(mail_link).where(mail_link.c.token_hash == bindparam("wanted"), mail_link.c.revoked_at.is_(None))


def link_by_hash(connection: Connection, token_hash: bytes) -> Row[Any] | None:
    """A link that was not revoked (primary key)."""
    return connection.execute(_BY_HASH, {"wanted": token_hash}).one_or_none()


def add_link(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new link."""
    transaction.execute(insert(mail_link), row)


def revoke_links(transaction: Transaction, queue_id: str, now: int) -> int:
    """No link of a mail counts any more (``mail_link_by_mail``); how many did."""
    statement = update(mail_link).where(mail_link.c.queue_id == queue_id, mail_link.c.revoked_at.is_(None))
    return transaction.execute(statement.values(revoked_at=now)).rowcount
