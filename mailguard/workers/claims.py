"""What it takes to queue a recipient and to claim it for sending: steps, new values, and the events that record it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mailguard.hold.grounds import treatment_of
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.queue import Mover, Recipient, State, Submission
from mailguard.model.verdict import Verdict
from mailguard.spool import Move
from mailguard.spool.moves import ForbiddenMove, Step

TRANSFORMER = Actor(ActorKind.WORKER, "transformer")
DELIVERER = Actor(ActorKind.WORKER, "deliverer")

QUEUE: tuple[Step, ...] = ((State.QUEUED, Mover.TRANSFORMER),)
CLAIM: tuple[Step, ...] = ((State.SENDING, Mover.DELIVERER),)


def is_as_it_came(verdict: Verdict | None) -> bool:
    """Whether the mail may leave for a recipient as it came: nothing must be done to it first."""
    return verdict is not None and not verdict.obligations


def queue_changes(
    submission: Submission, verdict: Verdict | None, now: datetime, expire: timedelta, variant_id: str | None = None
) -> dict[str, Any]:
    """New values of a recipient that may go: its variant is fixed, and its time to be delivered runs.

    Raises ``ForbiddenMove`` where the mail as it came would go to somebody whose verdict wants it changed
    (invariant 3).
    """
    if variant_id is None and not is_as_it_came(verdict):
        raise ForbiddenMove("the verdict wants the mail changed first")
    return {
        "variant_id": variant_id or submission.content_id,
        "expires_at": now + expire,
        "due_at": now,
        "lease_owner": None,
        "shown_until": None,
    }


def claim_changes(recipient: Recipient, now: datetime, lease: timedelta, node: str) -> dict[str, Any]:
    """New values of a recipient that this node is about to send."""
    return {"attempts": recipient.attempts + 1, "due_at": now + lease, "lease_owner": node}


def queued(now: datetime, moves: Sequence[Move]) -> AuditEvent:
    """The record that the variant of these recipients is fixed, and what was done to the mail for it."""
    details: dict[str, object] = {"positions": _positions(moves)}
    details |= treatment_of([move.changes.get("verdict") for move in moves])
    return AuditEvent(now, TRANSFORMER, AuditAction.QUEUED, _queue_id(moves), details)


def begun(now: datetime, moves: Sequence[Move]) -> AuditEvent:
    """The record that an attempt for these recipients begins."""
    return AuditEvent(now, DELIVERER, AuditAction.ATTEMPT_BEGUN, _queue_id(moves), {"positions": _positions(moves)})


def _queue_id(moves: Sequence[Move]) -> str:
    return moves[0].recipient.key.queue_id


def _positions(moves: Sequence[Move]) -> list[int]:
    return [move.recipient.key.position for move in moves]
