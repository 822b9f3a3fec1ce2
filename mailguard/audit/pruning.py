"""Removing events whose time is over, so that what is kept can still be checked.

Events go up to an anchor and never in between: the anchor's hash stands for them, and the first event that is kept is
chained to it. That they were removed, when and up to where is sealed at the anchor and is an event itself. What is kept
longer: everything from the first event about a mail of an open incident on, and what is not forwarded yet where the
record is forwarded.

First the anchor is marked, then the events go, some thousand a transaction: a crash between leaves events that nobody
counts any more, and the next time they go.
"""

from __future__ import annotations

from datetime import timedelta

from mailguard.audit import anchor_queries
from mailguard.audit.anchors import ACTOR, Anchor, anchors_of
from mailguard.audit.chain import append
from mailguard.audit.forwarding import SYSLOG
from mailguard.audit.seals import Seals
from mailguard.config import AuditSettings
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.store import Transaction
from mailguard.store.times import to_micros

BATCH = 5000


class Pruning:
    """Removes events older than ``keep``. ``forwarded_to``: who must have taken them first, "" for nobody."""

    def __init__(self, seals: Seals, keep: timedelta, forwarded_to: str = "") -> None:
        self._seals = seals
        self._keep = keep
        self._forwarded_to = forwarded_to

    def mark(self, transaction: Transaction, actor: Actor = ACTOR) -> Anchor | None:
        """Work: say that the events up to the newest anchor that is old enough are over; None where there is none."""
        found = self._last_to_go(transaction)
        if found is None:
            return None
        removed_at = to_micros(transaction.now)
        seal = self._seals.removal(found.number, found.seq, removed_at, found.mac)
        transaction.update(
            anchor_queries.MARK_REMOVED,
            {"in_number": found.number, "to_removed_at": removed_at, "to_removed_mac": seal},
        )
        details: dict[str, object] = {"up_to": found.seq, "anchor": found.number, "anchored_at": found.at.isoformat()}
        append(transaction, AuditEvent(transaction.now, actor, AuditAction.PRUNED, None, details))
        return found

    def remove_batch(self, transaction: Transaction) -> int:
        """Work: remove some of the events that are over; how many, 0 when none is left."""
        gone = [one for one in anchors_of(transaction) if one.is_removal_sealed(self._seals)]
        first = anchor_queries.first_event(transaction)
        if not gone or first is None or first > gone[-1].seq:
            return 0
        return anchor_queries.remove_events(transaction, min(first + BATCH, gone[-1].seq + 1))

    def _last_to_go(self, transaction: Transaction) -> Anchor | None:
        before = transaction.now - self._keep
        needed = [anchor_queries.first_event_of_open_incidents(transaction)]
        if self._forwarded_to:
            taken = anchor_queries.forwarded(transaction, self._forwarded_to)
            needed.append(1 if taken is None else taken.seq + 1)
        first_needed = min((seq for seq in needed if seq is not None), default=None)
        old: Anchor | None = None
        for one in anchors_of(transaction):
            if one.at > before or (first_needed is not None and one.seq >= first_needed):
                break
            if not one.is_sealed(self._seals):
                # Nothing is removed of a record that somebody touched.
                return None
            old = one
        return None if old is None or old.removed_at is not None else old


def pruning_of(settings: AuditSettings, seals: Seals) -> Pruning | None:
    """What the office's settings want removed; None where all is kept."""
    if not settings.retention_days:
        return None
    return Pruning(seals, timedelta(days=settings.retention_days), "" if settings.syslog is None else SYSLOG)
