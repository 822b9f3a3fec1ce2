"""Statements on sign-ins under way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import ceremony

Reader = Connection | Transaction

_BY_HASH = select(ceremony).where(ceremony.c.ceremony_hash == bindparam("wanted"))
_OPEN = (
    select(func.count())
    .select_from(ceremony)
    .where(
        ceremony.c.address == bindparam("wanted"),
        ceremony.c.kind == bindparam("kind"),
        ceremony.c.expires_at > bindparam("now"),
    )
)


def ceremony_by_hash(reader: Reader, ceremony_hash: bytes) -> Row[Any] | None:
    """A ceremony (primary key)."""
    return reader.execute(_BY_HASH, {"wanted": ceremony_hash}).one_or_none()


def count_open(reader: Reader, address: str, kind: str, now: int) -> int:
    """How many of a kind are open for an address (``ceremony_by_address``)."""
    return int(reader.execute(_OPEN, {"wanted": address, "kind": kind, "now": now}).scalar_one())


def add_ceremony(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new ceremony."""
    transaction.execute(insert(ceremony), row)


def set_tries(transaction: Transaction, ceremony_hash: bytes, tries: int) -> None:
    """So many tries (primary key)."""
    transaction.execute(update(ceremony).where(ceremony.c.ceremony_hash == ceremony_hash).values(tries=tries))


def remove_ceremony(transaction: Transaction, ceremony_hash: bytes) -> int:
    """A ceremony less (primary key). Rows removed: 0 or 1."""
    return transaction.execute(delete(ceremony).where(ceremony.c.ceremony_hash == ceremony_hash)).rowcount


def remove_expired(transaction: Transaction, now: int) -> int:
    """Ceremonies whose time is over (``ceremony_by_end``); how many."""
    return transaction.execute(delete(ceremony).where(ceremony.c.expires_at <= now)).rowcount
