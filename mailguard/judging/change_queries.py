"""Every statement about changes of the rules. There are few of them: a change is a decision of a person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError

from mailguard.errors import StaleState
from mailguard.store import Transaction
from mailguard.store.people_tables import policy_change

Reader = Connection | Transaction
ChangeRow = Row[Any]

_ALL = select(policy_change)
_NEWEST = _ALL.order_by(policy_change.c.number.desc()).limit(1)
_ONE = _ALL.where(policy_change.c.number == bindparam("number"))
_PAGE = (
    _ALL.where(policy_change.c.number < bindparam("before"))
    .order_by(policy_change.c.number.desc())
    .limit(bindparam("limit"))
)
_NEWEST_NUMBER = select(func.max(policy_change.c.number))
_INSERT = insert(policy_change)


def newest(reader: Reader) -> Row[Any] | None:
    """The change that counts, None where nothing was ever changed (by the key, backwards)."""
    return reader.execute(_NEWEST, {}).first()


def newest_number(reader: Reader) -> int:
    """Its number, 0 where there is none (by the key)."""
    return int(reader.execute(_NEWEST_NUMBER, {}).scalar() or 0)


def one(reader: Reader, number: int) -> Row[Any] | None:
    """One change (by the key)."""
    return reader.execute(_ONE, {"number": number}).first()


def page(reader: Reader, before: int, limit: int) -> list[Row[Any]]:
    """Changes with smaller numbers, the newest first (by the key, backwards)."""
    return list(reader.execute(_PAGE, {"before": before, "limit": limit}))


def add(
    transaction: Transaction, number: int, at: int, author: str, document: str, note: str, reverts_to: int | None
) -> None:
    """One change more. Raises ``StaleState`` where the number is taken."""
    values = {
        "number": number,
        "at": at,
        "author": author,
        "document": document,
        "note": note,
        "reverts_to": reverts_to,
    }
    try:
        transaction.execute(_INSERT, values)
    except IntegrityError as error:
        # Another node was first, after the caller's look.
        raise StaleState(f"change {number} is there already") from error
