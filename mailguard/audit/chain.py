"""Append to the record. Every event's hash covers the event and the hash before it.

Guarantees: an event is committed with the act it records or not at all; sequence numbers have no gaps; two writers
(several nodes, a command beside the service) never fork the chain; with every event it is sealed anew where the record
stands, where the transaction has the key.
"""

from __future__ import annotations

import json
from hashlib import sha256

from mailguard.audit import anchor_queries, queries
from mailguard.audit.seals import Seals, is_same
from mailguard.model.audit import AuditEvent
from mailguard.store import Transaction
from mailguard.store.times import to_micros

GENESIS = bytes(32)
"""The hash before the first event."""

_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def append(transaction: Transaction, event: AuditEvent) -> None:
    """Record ``event`` in this transaction; it is numbered and chained just before the commit."""
    transaction.collect(_write, event)


def canonical(seq: int, at: int, actor_kind: str, actor: str, action: str, queue_id: str | None, details: str) -> bytes:
    """The octets a hash covers: the row's values, a line each, the actor last.

    Only the actor may hold a line break (``details`` is JSON, which escapes it), so no two rows look alike.
    """
    return f"{seq}\n{at}\n{actor_kind}\n{action}\n{queue_id or ''}\n{details}\n{actor}".encode()


def link(previous: bytes, event: bytes) -> bytes:
    """The hash of an event: SHA-256 over the hash before it and its canonical octets."""
    return sha256(previous + event).digest()


def _write(transaction: Transaction, events: list[AuditEvent]) -> None:
    if transaction.is_postgresql:
        transaction.execute(queries.lock_chain)
    seq, previous = transaction.first(queries.HEAD) or (0, GENESIS)
    seals = None if transaction.record_key is None else Seals(transaction.record_key)
    is_as_sealed = seals is not None and _is_as_sealed(transaction, seals, seq, bytes(previous))
    for event in events:
        seq += 1
        at = to_micros(event.at)
        kind, action = event.actor.kind.value, event.action.value
        details = _encode(event.details)
        previous = link(previous, canonical(seq, at, kind, event.actor.name, action, event.queue_id, details))
        transaction.insert(
            queries.INSERT,
            {
                "seq": seq,
                "at": at,
                "actor_kind": kind,
                "actor": event.actor.name,
                "action": action,
                "queue_id": event.queue_id,
                "details": details,
                "hash": previous,
            },
        )
    if seals is not None and is_as_sealed:
        anchor_queries.set_head(transaction, seq, seals.head(seq, previous))


def _is_as_sealed(transaction: Transaction, seals: Seals, seq: int, digest: bytes) -> bool:
    """Whether the record ends where its seal says. Where it was cut or added to by others, the seal stays as it is:
    sealed anew, it would hide that. A record of an older release has none, and no anchors either.
    """
    sealed = transaction.first(anchor_queries.SEALED_HEAD)
    if sealed is None:
        return anchor_queries.newest_anchor(transaction) is None
    return bool(sealed[0] == seq) and is_same(seals.head(seq, digest), bytes(sealed[1]))
