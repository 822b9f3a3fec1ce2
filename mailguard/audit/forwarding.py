"""How far somebody outside has taken the record, and which node forwards it to them."""

from __future__ import annotations

from datetime import timedelta

from mailguard.audit import anchor_queries, queries
from mailguard.store import Transaction
from mailguard.store.times import to_micros

SYSLOG = "syslog"
"""The server of ``audit.syslog``."""


def is_waiting(reader: queries.Reader, name: str = SYSLOG) -> bool:
    """Whether there are events they have not taken."""
    row, ends = anchor_queries.forwarded(reader, name), queries.ends(reader)
    return ends is not None and (row is None or ends[1].seq > row.seq)


def claim(transaction: Transaction, name: str, node: str, length: timedelta) -> int | None:
    """Work: be the one who forwards for so long; the last event they took (0: none), None where another node does."""
    if transaction.is_postgresql:
        transaction.execute(queries.lock_chain)
    row = anchor_queries.forwarded(transaction, name)
    if row is not None and row.node != node and row.claimed_until > to_micros(transaction.now):
        return None
    seq: int = 0 if row is None else row.seq
    _set(transaction, name, node, seq, length)
    return seq


def taken(transaction: Transaction, name: str, node: str, seq: int, length: timedelta) -> None:
    """Work: they have taken everything up to this event. Nothing happens where another node forwards by now."""
    row = anchor_queries.forwarded(transaction, name)
    if row is not None and row.node == node and row.seq <= seq:
        _set(transaction, name, node, seq, length)


def _set(transaction: Transaction, name: str, node: str, seq: int, length: timedelta) -> None:
    until = to_micros(transaction.now + length)
    anchor_queries.set_forwarded(transaction, {"name": name, "seq": seq, "node": node, "claimed_until": until})
