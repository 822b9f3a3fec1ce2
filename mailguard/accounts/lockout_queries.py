"""Statements on counted failures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import sign_in_failure

_BY_SUBJECT = select(sign_in_failure).where(sign_in_failure.c.subject == bindparam("wanted"))


def failures_of(reader: Connection | Transaction, subject: bytes) -> Row[Any] | None:
    """What is counted for a subject (primary key)."""
    return reader.execute(_BY_SUBJECT, {"wanted": subject}).one_or_none()


def set_failures(transaction: Transaction, subject: bytes, failures: int, last_at: int, *, is_new: bool) -> None:
    """So many failures, the last one then (primary key)."""
    values = {"failures": failures, "last_at": last_at}
    if is_new:
        transaction.execute(insert(sign_in_failure), {"subject": subject, **values})
    else:
        transaction.execute(update(sign_in_failure).where(sign_in_failure.c.subject == subject).values(**values))


def forget_failures(transaction: Transaction, subject: bytes) -> None:
    """Nothing is counted for a subject any more (primary key)."""
    transaction.execute(delete(sign_in_failure).where(sign_in_failure.c.subject == subject))


def forget_failures_before(transaction: Transaction, last_before: int) -> int:
    """What was quiet since then (whole table, some thousand rows while somebody guesses); how many."""
    return transaction.execute(delete(sign_in_failure).where(sign_in_failure.c.last_at < last_before)).rowcount
