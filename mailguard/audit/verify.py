"""Check the record: any change, gap, swap or insertion breaks the chain at a place that can be named."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard.audit import queries
from mailguard.audit.chain import GENESIS, canonical, link


@dataclass(frozen=True)
class Break:
    """The first place where the record is not what was written. ``seq`` is the first event that does not fit."""

    seq: int
    what: str


@dataclass(frozen=True)
class Checked:
    """What a check saw: ``events`` checked, ``head`` the last good hash in hex, ``broken`` None where all fits."""

    events: int
    head: str
    broken: Break | None


def verify(connection: Connection, head: bytes | None = None) -> Checked:
    """Walk the whole chain; stops at the first break.

    A cut tail shows only against a ``head`` kept elsewhere: a hash that an earlier check gave.
    """
    previous, expected = GENESIS, 1
    is_head_seen = head is None
    for row in queries.all_events(connection):
        if row.seq != expected:
            return Checked(expected - 1, previous.hex(), Break(expected, f"event {expected} is missing"))
        octets = canonical(row.seq, row.at, row.actor_kind, row.actor, row.action, row.queue_id, row.details)
        if link(previous, octets) != bytes(row.hash):
            return Checked(expected - 1, previous.hex(), Break(row.seq, f"event {row.seq} was changed"))
        previous = bytes(row.hash)
        is_head_seen = is_head_seen or previous == head
        expected += 1
    if not is_head_seen:
        return Checked(expected - 1, previous.hex(), Break(expected, "the given head is not in the record"))
    return Checked(expected - 1, previous.hex(), None)
