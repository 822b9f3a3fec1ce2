"""Sending at a time a person chose: a release that waits, and that can be changed or cancelled until then."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.hold.actions import Wish, assure_possible, assure_reason, recorded_wish, to_be_sent
from mailguard.hold.grounds import grounds_of, treatment_of
from mailguard.hold.selection import Outcome, select
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.model.verdict import AtEnd, Needs, Verdict
from mailguard.spool import Spool, lease
from mailguard.spool.notices import look_at
from mailguard.store import Transaction, Work

AHEAD_MAX = timedelta(days=30)


def release_at(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    at: datetime,
    grace: timedelta,
    positions: Collection[int] | None = None,
    wish: Wish | None = None,
) -> Work[Outcome]:
    """Send what is held at ``at`` (aware), as it is wished. Until then it is held, and nobody else is needed for it.

    Whoever calls it has made sure that the actor might send it now. Safe to call again: the last time counts. Raises
    ``NotAllowed`` for a time that is over or more than 30 days ahead, and as ``release`` does.
    """
    assure_reason(reason, wish)

    def work(transaction: Transaction) -> Outcome:
        if not transaction.now < at <= transaction.now + AHEAD_MAX:
            raise NotAllowed("a time out of range", public="Choose a time from now on, at most 30 days ahead")
        found = select(spool, transaction, queue_id, positions, (State.HELD,)).only(_was_judged)
        if wish is not None:
            assure_possible(found, wish)
        verdicts = []
        for recipient in found.chosen:
            verdict = _waiting_for_time(to_be_sent(recipient, wish), at - transaction.now)
            verdicts.append(verdict)
            lease(transaction, recipient, verdict=verdict, shown_until=at, due_at=at + grace, lease_owner=None)
        if found.chosen:
            details: dict[str, object] = {
                "positions": found.positions,
                "reason": reason,
                "at": at.isoformat(),
                **recorded_wish(wish),
                **grounds_of(spool, transaction, found.mail, found.chosen),
                **treatment_of(verdicts),
            }
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.SCHEDULED, queue_id, details))
            # A hold that ends by its time concerns nobody; that somebody else chose the time does.
            look_at(transaction, queue_id)
        return found.outcome()

    return work


def _was_judged(recipient: Recipient) -> bool:
    return recipient.verdict is not None


def _waiting_for_time(verdict: Verdict | None, ahead: timedelta) -> Verdict:
    assert verdict is not None, "only what was judged is chosen"
    seconds = math.ceil(ahead.total_seconds())
    return replace(verdict, needs=Needs.TIMER, at_end=AtEnd.SEND, hold_seconds=seconds, office_hours=False)
