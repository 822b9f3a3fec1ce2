"""Release, cancel and extend, as works.

The deadline people are shown ends ``hold.grace_seconds`` before the timer may release (invariant 6): a cancel that
reaches the database before the timer does always wins, and one that was clicked before the shown deadline does so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.hold.selection import Outcome, select
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.queue import Mover, QueueId, Recipient, State
from mailguard.model.verdict import Obligation, Verdict
from mailguard.spool import Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work

_LONGEST_EXTENSION = timedelta(days=30)
_HELD = (State.HELD,)
_EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})


class Recipients(StrEnum):
    """How a person wants outsiders to see each other, whatever the rules propose."""

    AS_THEY_ARE = "as-they-are"
    HIDDEN = "hidden"
    INDIVIDUAL = "individual"


def release(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    positions: Collection[int] | None = None,
    recipients: Recipients | None = None,
) -> Work[Outcome]:
    """Send what is held, now. Recipients that are not held any more are left as they are; safe to call twice.

    ``recipients`` None: as the rules demand. Raises ``NotAllowed`` where the rules let nobody send it as it is.
    """

    def verdict_of(recipient: Recipient) -> Verdict | None:
        verdict = recipient.verdict
        return verdict if verdict is None or recipients is None else _with_recipients(verdict, recipients)

    return _act(spool, queue_id, actor, reason, positions, State.CLEARED, AuditAction.RELEASED, verdict_of, recipients)


def cancel(
    spool: Spool, queue_id: QueueId, actor: Actor, reason: str, positions: Collection[int] | None = None
) -> Work[Outcome]:
    """Take back what is held. Recipients that have left are named in the outcome; safe to call twice."""
    return _act(spool, queue_id, actor, reason, positions, State.CANCELLED, AuditAction.CANCELLED)


def extend(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    by: timedelta | None,
    grace: timedelta,
    positions: Collection[int] | None = None,
) -> Work[Outcome]:
    """Hold longer by a length of time, or with ``by`` None until a person decides (the timer is stopped).

    Where a person must decide by verdict, a length changes nothing: it would start a timer that sends the mail
    (invariant 2). Raises ``NotAllowed`` for a length that is not positive or over 30 days.
    """
    if by is not None and not timedelta(0) < by <= _LONGEST_EXTENSION:
        raise NotAllowed(f"extension by {by}", public="Hold longer by more than nothing and at most 30 days")

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _HELD)
        if by is not None:
            found = found.only(_may_have_timer)
        for recipient in found.chosen:
            if by is None:
                lease(transaction, recipient, due_at=None, shown_until=None)
            else:
                shown = max(recipient.shown_until or transaction.now, transaction.now) + by
                lease(transaction, recipient, due_at=shown + grace, shown_until=shown)
        if found.chosen:
            details: dict[str, object] = {
                "positions": found.positions,
                "reason": reason,
                "seconds": None if by is None else int(by.total_seconds()),
            }
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.EXTENDED, queue_id, details))
        return found.outcome()

    return work


def _may_have_timer(recipient: Recipient) -> bool:
    return recipient.verdict is not None and recipient.verdict.hold_seconds is not None


def _with_recipients(verdict: Verdict, recipients: Recipients) -> Verdict:
    """The verdict with a person's word about who sees whom."""
    others = verdict.obligations - _EXPOSURE
    match recipients:
        case Recipients.HIDDEN:
            return replace(verdict, obligations=others | {Obligation.HIDE_RECIPIENTS})
        case Recipients.INDIVIDUAL:
            return replace(verdict, obligations=others | {Obligation.SEND_INDIVIDUALLY})
        case Recipients.AS_THEY_ARE:
            if verdict.obligations & _EXPOSURE and verdict.waiver is None:
                raise NotAllowed(
                    "the rules let nobody waive", public="By the office's rules this mail may not be sent as it is"
                )
            return replace(verdict, obligations=others, is_waived=bool(verdict.obligations & _EXPOSURE))
        case _:
            assert_never(recipients)


def _as_judged(recipient: Recipient) -> Verdict | None:
    return recipient.verdict


def _act(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    positions: Collection[int] | None,
    to: State,
    action: AuditAction,
    verdict_of: Callable[[Recipient], Verdict | None] = _as_judged,
    recipients: Recipients | None = None,
) -> Work[Outcome]:
    steps: tuple[Step, ...] = ((to, Mover.PERSON),)

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _HELD)
        if found.chosen:
            changes = {"due_at": transaction.now, "lease_owner": None, "shown_until": None}
            moves = [
                Move(recipient, steps, {**changes, "verdict": verdict_of(recipient)}) for recipient in found.chosen
            ]
            details: dict[str, object] = {"positions": found.positions, "reason": reason}
            if recipients is not None:
                details["recipients"] = recipients.value
            advance(transaction, moves, AuditEvent(transaction.now, actor, action, queue_id, details))
        return found.outcome()

    return work
