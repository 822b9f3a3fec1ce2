"""Statements on devices: who may send from which network without signing in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import device

Reader = Connection | Transaction

_ALL = select(device).order_by(device.c.name)


def devices(reader: Reader) -> list[Row[Any]]:
    """Every device, by name (primary key); an office has dozens."""
    return list(reader.execute(_ALL))


def add_device(transaction: Transaction, row: dict[str, Any]) -> None:
    """A new one."""
    transaction.execute(insert(device), row)


def change_device(transaction: Transaction, name: str, values: dict[str, Any]) -> int:
    """Other values for a device (primary key). Rows changed: 0 or 1."""
    return transaction.execute(update(device).where(device.c.name == name).values(**values)).rowcount


def remove_device(transaction: Transaction, name: str) -> int:
    """A device less (primary key). Rows changed: 0 or 1."""
    return transaction.execute(delete(device).where(device.c.name == name)).rowcount
