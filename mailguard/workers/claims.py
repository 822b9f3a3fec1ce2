"""What it takes to queue a recipient and to claim it for sending: steps, new values, and the events that record it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.queue import Mover, Recipient, State, Submission
from mailguard.spool import Move
from mailguard.spool.moves import Step

TRANSFORMER = Actor(ActorKind.WORKER, "transformer")
DELIVERER = Actor(ActorKind.WORKER, "deliverer")

QUEUE: tuple[Step, ...] = ((State.QUEUED, Mover.TRANSFORMER),)
CLAIM: tuple[Step, ...] = ((State.SENDING, Mover.DELIVERER),)


def queue_changes(submission: Submission, now: datetime, expire: timedelta) -> dict[str, Any]:
    """New values of a recipient that may go: its variant is the mail as it came, and its time to be delivered runs."""
    return {
        "variant_id": submission.content_id,
        "expires_at": now + expire,
        "due_at": now,
        "lease_owner": None,
        "shown_until": None,
    }


def claim_changes(recipient: Recipient, now: datetime, lease: timedelta, node: str) -> dict[str, Any]:
    """New values of a recipient that this node is about to send."""
    return {"attempts": recipient.attempts + 1, "due_at": now + lease, "lease_owner": node}


def queued(now: datetime, moves: Sequence[Move]) -> AuditEvent:
    """The record that the variant of these recipients is fixed."""
    return AuditEvent(now, TRANSFORMER, AuditAction.QUEUED, _queue_id(moves), {"positions": _positions(moves)})


def begun(now: datetime, moves: Sequence[Move]) -> AuditEvent:
    """The record that an attempt for these recipients begins."""
    return AuditEvent(now, DELIVERER, AuditAction.ATTEMPT_BEGUN, _queue_id(moves), {"positions": _positions(moves)})


def _queue_id(moves: Sequence[Move]) -> str:
    return moves[0].recipient.key.queue_id


def _positions(moves: Sequence[Move]) -> list[int]:
    return [move.recipient.key.position for move in moves]
