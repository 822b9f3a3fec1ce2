"""Undoing a cancellation, for a while.

What comes back is held again and never sent at once: a cancel that was shown as done stays one unless a person undoes
it. It never has less time than it had. What is not undone here: a mail that was reported as a mistake, a recipient
that an edit took off the mail, a mail the queue's administrator took back on its way, and mails of our own, such as one
whose password was stopped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from mailguard import audit
from mailguard.errors import ContentDestroyed
from mailguard.hold.ends import Deadline
from mailguard.hold.selection import Outcome, select
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.queue import Mover, QueueId, Recipient, State
from mailguard.spool import Mail, Move, Spool, advance, queries
from mailguard.spool.moves import Step
from mailguard.spool.reports import is_own
from mailguard.store import Transaction, Work

UNDO_FOR = timedelta(minutes=30)
"""Long enough to notice over a cup of tea that it was the right mail after all."""

_BACK: tuple[Step, ...] = ((State.HELD, Mover.PERSON),)


def undoable_until(recipient: Recipient, events: Sequence[AuditEvent]) -> datetime | None:
    """Until when a recipient's cancellation can be undone; None where it cannot. ``events``: the mail's record."""
    never_left = (recipient.attempts, recipient.doubts, recipient.variant_id) == (0, 0, None)
    if recipient.state is not State.CANCELLED or not never_left:
        return None
    position, at = recipient.key.position, recipient.changed_at
    is_cancelled = any(
        one.action is AuditAction.CANCELLED and one.at == at and position in _positions(one) for one in events
    )
    is_edited = any(one.action is AuditAction.CHANGED and one.at >= at for one in events)
    # What an incident stopped stays stopped: its officers are told so.
    is_reported = any(one.action is AuditAction.MISTAKE_REPORTED and one.at >= at for one in events)
    return at + UNDO_FOR if is_cancelled and not is_edited and not is_reported else None


def restore(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    deadline: Deadline,
    grace: timedelta,
    positions: Collection[int] | None = None,
) -> Work[Outcome]:
    """Hold again what a person cancelled within the last ``UNDO_FOR``; others are left as they are. Safe to call twice.

    Its time starts anew by its verdict and ends no earlier than it would have; where no timer ran, none does. Raises
    ``ContentDestroyed`` where there is nothing left to send.
    """

    def work(transaction: Transaction) -> Outcome:
        now = transaction.now
        found = select(spool, transaction, queue_id, positions, (State.CANCELLED,))
        events = [] if is_own(found.mail.submission) else audit.events_of(transaction, queue_id)
        found = found.only(lambda one: (undoable_until(one, events) or now) > now)
        if found.chosen:
            _assure_content(transaction, found.mail)
            moves = [Move(one, _BACK, _times(one, now, deadline, grace)) for one in found.chosen]
            details: dict[str, object] = {"positions": found.positions}
            advance(transaction, moves, AuditEvent(now, actor, AuditAction.RESTORED, queue_id, details))
        return found.outcome()

    return work


def _times(recipient: Recipient, now: datetime, deadline: Deadline, grace: timedelta) -> dict[str, object]:
    """When it ends. ``shown_until`` is still what it was when it was cancelled."""
    shown, verdict = recipient.shown_until, recipient.verdict
    if shown is not None and verdict is not None and verdict.hold_seconds is not None:
        shown = max(shown, deadline(verdict, now))
    return {"shown_until": shown, "due_at": None if shown is None else shown + grace, "lease_owner": None}


def _assure_content(transaction: Transaction, mail: Mail) -> None:
    content_id = mail.submission.content_id
    if content_id not in queries.living(transaction, [content_id]):
        raise ContentDestroyed(f"content {content_id} was destroyed")


def _positions(event: AuditEvent) -> list[object]:
    found = event.details.get("positions")
    return found if isinstance(found, list) else []
