"""What an administrator may do with mail on its way out: try again now, give up, take back.

Nothing here touches a recipient that is being sent at this moment: its outcome comes first.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from mailguard import audit
from mailguard.delivery.dsn import Reported, Reporter, ReportKind
from mailguard.hold.selection import Outcome, Selection, select
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.delivery import Reply
from mailguard.model.queue import Mover, QueueId, State
from mailguard.spool import Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.spool.reports import head_of_mail, submit_report
from mailguard.store import Transaction, Work

_WAITING = (State.QUEUED, State.DEFERRED)
_BOUNCE: tuple[Step, ...] = ((State.BOUNCED, Mover.ADMINISTRATOR),)
_CANCEL: tuple[Step, ...] = ((State.CANCELLED, Mover.ADMINISTRATOR),)
_NOT_TRIED = Reply(0, "5.4.7", "the administrator of the relay gave it up")
_ANOTHER_CHANCE = timedelta(hours=1)


def retry(
    spool: Spool, queue_id: QueueId, actor: Actor, reason: str, positions: Collection[int] | None = None
) -> Work[Outcome]:
    """Make deferred and queued recipients due now; also those in doubt, which wait for exactly this word.

    Whoever was out of time gets an hour more, so that the try is one.
    """

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _WAITING)
        for entry in found.chosen:
            later = max(entry.expires_at or transaction.now, transaction.now + _ANOTHER_CHANCE)
            lease(transaction, entry, due_at=transaction.now, lease_owner=None, expires_at=later)
        if found.chosen:
            audit.append(transaction, _event(transaction, actor, AuditAction.RETRIED, found, reason))
        return found.outcome()

    return work


def give_up(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    reporter: Reporter,
    positions: Collection[int] | None = None,
) -> Work[Outcome]:
    """Bounce deferred recipients; the report to the sender is submitted in the same transaction."""

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, (State.DEFERRED,))
        if found.chosen:
            attempts = spool.attempts(transaction, queue_id)
            reported = []
            for entry in found.chosen:
                last = attempts.get(entry.key.position, [])
                reply = last[-1].reply if last and last[-1].reply is not None else _NOT_TRIED
                reported.append(Reported(entry.path, reply, last[-1].next_hop if last else ""))
            moves = [Move(entry, _BOUNCE, {}) for entry in found.chosen]
            advance(transaction, moves, _event(transaction, actor, AuditAction.ADMIN_BOUNCED, found, reason))
            head = head_of_mail(spool, transaction, found.mail.submission)
            submit_report(spool, transaction, reporter, ReportKind.FAILED, found.mail.submission, head, reported)
        return found.outcome()

    return work


def take_back(
    spool: Spool, queue_id: QueueId, actor: Actor, reason: str, positions: Collection[int] | None = None
) -> Work[Outcome]:
    """Cancel queued and deferred recipients; the sender is not told."""

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _WAITING)
        if found.chosen:
            moves = [Move(entry, _CANCEL, {}) for entry in found.chosen]
            advance(transaction, moves, _event(transaction, actor, AuditAction.ADMIN_CANCELLED, found, reason))
        return found.outcome()

    return work


def _event(transaction: Transaction, actor: Actor, action: AuditAction, found: Selection, reason: str) -> AuditEvent:
    details: dict[str, object] = {"positions": found.positions, "reason": reason}
    return AuditEvent(transaction.now, actor, action, found.mail.submission.queue_id, details)
