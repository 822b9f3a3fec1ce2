"""Goes on where a lease ended without an outcome: a crash, a stopped node, a database that was away.

Where the attempt stands committed as ``unknown``, the final dot may have been sent: in doubt. Everything else is a
plain retry, because without that row no dot was sent. What a reported mistake is yet to stop is not retried at once, so
that it is stopped first.
"""

from __future__ import annotations

from typing import Any

import structlog

from mailguard.delivery.retry import RetrySchedule
from mailguard.incidents import queries as incident_queries
from mailguard.incidents.response import LOOK_AGAIN
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import Outcome
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import Verdict
from mailguard.parcels.passwords import Passwords, is_carrier
from mailguard.spool import Move, Spool, advance, lease, queries, rows
from mailguard.spool.moves import Step
from mailguard.store import Transaction

ACTOR = Actor(ActorKind.WORKER, "rescuer")
_GIVE_UP: tuple[Step, ...] = ((State.DEFERRED, Mover.RESCUER), (State.BOUNCED, Mover.DELIVERER))
_DEFER: tuple[Step, ...] = ((State.DEFERRED, Mover.RESCUER),)
_HOLD: tuple[Step, ...] = ((State.HELD, Mover.RESCUER),)
_STOPPED_FIRST = 12 * LOOK_AGAIN
"""How long a retry leaves for a look at what is to be stopped, which comes every ``LOOK_AGAIN``."""

log = structlog.get_logger()


class Rescuer:
    """One per node."""

    def __init__(self, spool: Spool, schedule: RetrySchedule, passwords: Passwords | None = None) -> None:
        """``passwords``: those of protected mails, where any are made."""
        self._spool = spool
        self._schedule = schedule
        self._passwords = passwords

    def reclaim(self, transaction: Transaction) -> int:
        """End the leases this node held when it last stopped, so that their work is due now; how many. For the start.

        Only one process may run as this node; the caller holds the lock on the data directory.
        """
        leased = queries.leased_by(transaction, self._spool.node)
        for row in leased:
            lease(transaction, rows.recipient_of(row), due_at=transaction.now, lease_owner=None)
        return len(leased)

    def rescue(self, transaction: Transaction, queue_id: str, sending: list[Recipient]) -> None:
        """Defer recipients whose lease ended while ``sending``: in doubt, or for a plain retry."""
        if not sending:
            return
        attempts = self._spool.attempts(transaction, queue_id)
        carries = self._passwords is not None and is_carrier(self._spool.mail(transaction, queue_id).submission)
        again = transaction.now
        if incident_queries.is_followed(transaction, queue_id):
            again += _STOPPED_FIRST
        doubtful: list[Move] = []
        plain: list[Move] = []
        for entry in sending:
            last = attempts.get(entry.key.position, [])
            in_doubt = bool(last) and last[-1].number == entry.attempts and last[-1].outcome is Outcome.UNKNOWN
            changes: dict[str, Any] = {"lease_owner": None, "due_at": again}
            if in_doubt:
                doubts = entry.doubts + 1
                due_at = again if self._schedule.resends_after(doubts) and not carries else None
                changes |= {"doubts": doubts, "due_at": due_at}
            (doubtful if in_doubt else plain).append(Move(entry, _GIVE_UP if in_doubt and carries else _DEFER, changes))
        if doubtful and carries and self._passwords is not None:
            # A password is never sent twice; its sender tells it instead.
            self._passwords.carrier_failed(transaction, queue_id)
        for moves, action in ((doubtful, AuditAction.IN_DOUBT), (plain, AuditAction.RESCUED)):
            if moves:
                details: dict[str, object] = {"positions": [move.recipient.key.position for move in moves]}
                advance(transaction, moves, AuditEvent(transaction.now, ACTOR, action, queue_id, details))
                log.warning(
                    "rescued", queue_id=queue_id, recipients=len(moves), in_doubt=action is AuditAction.IN_DOUBT
                )


def held_by_rescuer(transaction: Transaction, recipients: list[Recipient], verdict: Verdict) -> list[Recipient]:
    """Hold accepted recipients of one mail for a person, without a timer."""
    queue_id = recipients[0].key.queue_id
    changes = {"verdict": verdict, "due_at": None, "lease_owner": None, "shown_until": None, "looks": 0}
    details: dict[str, object] = {
        "positions": [entry.key.position for entry in recipients],
        "reasons": list(verdict.reasons),
    }
    event = AuditEvent(transaction.now, ACTOR, AuditAction.JUDGED, queue_id, details)
    return advance(transaction, [Move(entry, _HOLD, changes) for entry in recipients], event)
