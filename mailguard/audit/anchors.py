"""Anchors: about once a day it is noted where the record stands, sealed, in the database and in a file beside it.

An anchor covers the anchor before, so none can be left out, and the event it stands at, so nothing before it can be
written anew. That it was set is an event as well, so that a copy goes wherever the record is forwarded to. The file is
for whoever puts back or makes anew the whole database; it is only ever added to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from mailguard.audit import anchor_queries, queries
from mailguard.audit.chain import append
from mailguard.audit.seals import Seals, is_same
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros

ACTOR = Actor(ActorKind.WORKER, "anchorer")
FILE_NAME = "audit-anchors.jsonl"
"""In the data directory."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the record stood. ``events``: recorded since the anchor before, whose seal is ``previous`` (empty: the
    first). ``removed_at``: when the events up to this one were removed; None while they are kept.
    """

    number: int
    at: datetime
    seq: int
    events: int
    hash: bytes
    previous: bytes
    mac: bytes
    removed_at: datetime | None = None
    removed_mac: bytes = b""

    @property
    def day(self) -> date:
        """The day it was set (UTC)."""
        return self.at.date()

    def is_sealed(self, seals: Seals) -> bool:
        """Whether it is as it was set."""
        wanted = seals.anchor(self.number, to_micros(self.at), self.seq, self.events, self.hash, self.previous)
        return is_same(wanted, self.mac)

    def is_removal_sealed(self, seals: Seals) -> bool:
        """Whether the events up to it were removed by mailguard."""
        if self.removed_at is None:
            return False
        return is_same(seals.removal(self.number, self.seq, to_micros(self.removed_at), self.mac), self.removed_mac)

    def same_as(self, other: Anchor) -> bool:
        """Whether both say the same, wherever they were written down."""
        return (self.number, self.at, self.seq, self.events, self.hash, self.previous, self.mac) == (
            other.number, other.at, other.seq, other.events, other.hash, other.previous, other.mac,
        )  # fmt: skip


def anchors_of(reader: queries.Reader) -> list[Anchor]:
    """Every anchor in the database, oldest first."""
    found: list[Anchor] = []
    for row in anchor_queries.anchors(reader):
        found.append(_anchor(row, found[-1].mac if found else b""))
    return found


def set_anchor(transaction: Transaction, seals: Seals) -> Anchor | None:
    """Note where the record stands, once a day; None where that was done today, or nothing is on record yet."""
    if transaction.is_postgresql:
        # Of several nodes one sets it, and nothing is recorded between looking and noting.
        transaction.execute(queries.lock_chain)
    before = anchor_queries.newest_anchor(transaction)
    head = transaction.first(queries.HEAD)
    if head is None or (before is not None and from_micros(before.at).date() == transaction.now.date()):
        return None
    number, since, previous = (0, 0, b"") if before is None else (before.number, before.seq, bytes(before.mac))
    seq, digest, at = head[0], bytes(head[1]), to_micros(transaction.now)
    row = {"number": number + 1, "at": at, "seq": seq, "events": seq - since, "hash": digest}
    mac = seals.anchor(number + 1, at, seq, seq - since, digest, previous)
    transaction.insert(anchor_queries.INSERT_ANCHOR, {**row, "mac": mac, "removed_at": None, "removed_mac": None})
    details: dict[str, object] = {**row, "at": transaction.now.isoformat(), "hash": digest.hex(), "seal": mac.hex()}
    append(transaction, AuditEvent(transaction.now, ACTOR, AuditAction.ANCHORED, None, details))
    return Anchor(number + 1, transaction.now, seq, seq - since, digest, previous, mac)


class NotAnAnchor(ValueError):
    """A line of the file is none that was written there. ``line``: its number, from 1."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


class AnchorFile:
    """The anchors outside of the database: a line of JSON each, oldest first."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Anchor] | None:
        """The anchors in the file; None where there is no file. Raises ``NotAnAnchor``, ``OSError``."""
        try:
            octets = self.path.read_bytes()
        except FileNotFoundError:
            return None
        # What follows the last line's end is half a line that a crash left; its anchor is written again.
        return [_anchor_in(line, number) for number, line in enumerate(octets.split(b"\n")[:-1], 1)]

    def add(self, anchors: Iterable[Anchor]) -> None:
        """Write anchors at the end, and onto the disk. Half a line that a crash left there goes. Raises ``OSError``."""
        octets = b"".join(_line_of(one) for one in anchors)
        is_new = not self.path.exists()
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            end = os.pread(descriptor, size, 0).rfind(b"\n") + 1
            os.ftruncate(descriptor, end)
            os.pwrite(descriptor, octets, end)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            _sync_folder(self.path.parent)

    def bring_up(self, anchors: Sequence[Anchor]) -> int:
        """Add those of the database's anchors that come after the file's last one; how many.

        A file that is gone is written anew as a whole. Raises ``NotAnAnchor`` and adds nothing to a file that was
        changed; ``OSError``.
        """
        written = self.read() or []
        missing = [one for one in anchors if not written or one.number > written[-1].number]
        if missing:
            self.add(missing)
        return len(missing)


def _anchor(row: Row[Any], previous: bytes) -> Anchor:
    return Anchor(
        number=row.number,
        at=from_micros(row.at),
        seq=row.seq,
        events=row.events,
        hash=bytes(row.hash),
        previous=previous,
        mac=bytes(row.mac),
        removed_at=None if row.removed_at is None else from_micros(row.removed_at),
        removed_mac=b"" if row.removed_mac is None else bytes(row.removed_mac),
    )


def _line_of(anchor: Anchor) -> bytes:
    values = {
        "number": anchor.number,
        "at": anchor.at.isoformat(),
        "seq": anchor.seq,
        "events": anchor.events,
        "hash": anchor.hash.hex(),
        "previous": anchor.previous.hex(),
        "seal": anchor.mac.hex(),
    }
    return json.dumps(values).encode() + b"\n"


def _anchor_in(line: bytes, number: int) -> Anchor:
    try:
        found = json.loads(line)
        at = datetime.fromisoformat(found["at"])
        return Anchor(
            number=int(found["number"]),
            at=at.astimezone(UTC),
            seq=int(found["seq"]),
            events=int(found["events"]),
            hash=bytes.fromhex(found["hash"]),
            previous=bytes.fromhex(found["previous"]),
            mac=bytes.fromhex(found["seal"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise NotAnAnchor(number) from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
