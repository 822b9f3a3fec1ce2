"""What becomes of a hold nobody attended to: sent, passed up to who is next, or discarded with a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from mailguard import audit
from mailguard.delivery.dsn import Reported, Reporter, ReportKind
from mailguard.hold import approval_queries
from mailguard.hold.grounds import grounds_of
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.delivery import Reply
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import AtEnd, Needs, Verdict
from mailguard.spool import Mail, Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.spool.reports import head_of_mail, submit_report
from mailguard.store import Transaction

Deadline = Callable[[Verdict, datetime], datetime]
"""When the hold of a verdict that has a length ends, counted from a moment."""

HOLD_EXPIRED = Reply(0, "5.7.98", "nobody decided about this mail in time")
"""X.7.98 is not registered; a program that reads reports takes any X.7 for a refusal by policy (RFC 3463 §3.8)."""
HOLD_REFUSED = Reply(0, "5.7.97", "this mail was not approved")
"""X.7.97 neither."""

_RELEASE: tuple[Step, ...] = ((State.CLEARED, Mover.TIMER),)
_EXPIRE: tuple[Step, ...] = ((State.EXPIRED, Mover.TIMER),)
_NEEDS = list(Needs)


class HoldEnds:
    """Ends holds by their verdicts."""

    def __init__(self, spool: Spool, deadline: Deadline, grace: timedelta, reporter: Callable[[], Reporter]) -> None:
        self._spool = spool
        self._deadline = deadline
        self._grace = grace
        self._reporter = reporter

    def end_due(self, transaction: Transaction, mail: Mail, held: list[Recipient], actor: Actor) -> list[Recipient]:
        """End the holds of recipients of one mail whose time is over; those that are ``cleared`` then.

        Raises ``StaleState`` by the end of the transaction if a person was there first.
        """
        by_end: dict[AtEnd, list[Recipient]] = {}
        for recipient in held:
            verdict = recipient.verdict
            by_end.setdefault(AtEnd.SEND if verdict is None else verdict.at_end, []).append(recipient)
        released: list[Recipient] = []
        for end, recipients in by_end.items():
            match end:
                case AtEnd.SEND:
                    released = self._release(transaction, recipients, actor)
                case AtEnd.DISCARD:
                    self._expire(transaction, mail, recipients, actor)
                case AtEnd.ESCALATE:
                    self._escalate(transaction, recipients, actor)
                case _:
                    assert_never(end)
        return released

    def _release(self, transaction: Transaction, held: list[Recipient], actor: Actor) -> list[Recipient]:
        changes = {"due_at": transaction.now, "lease_owner": None, "shown_until": None}
        event = _event(transaction, actor, AuditAction.RELEASED_BY_TIMER, held)
        return advance(transaction, [Move(one, _RELEASE, changes) for one in held], event)

    def _expire(self, transaction: Transaction, mail: Mail, held: list[Recipient], actor: Actor) -> None:
        event = _event(transaction, actor, AuditAction.EXPIRED, held)
        event.details.update(grounds_of(self._spool, transaction, mail, held))
        advance(transaction, [Move(one, _EXPIRE, {"shown_until": None}) for one in held], event)
        head = head_of_mail(self._spool, transaction, mail.submission)
        is_refused = self._is_refused(transaction, mail)
        told = [
            Reported(one.path, HOLD_REFUSED if is_refused and _needs_approver(one) else HOLD_EXPIRED, "")
            for one in held
        ]
        submit_report(self._spool, transaction, self._reporter(), ReportKind.FAILED, mail.submission, head, told)

    def _is_refused(self, transaction: Transaction, mail: Mail) -> bool:
        queue_id = mail.submission.queue_id
        recorded = self._spool.judgement(transaction, queue_id)
        return recorded is not None and approval_queries.is_refused(transaction, queue_id, recorded.number)

    def _escalate(self, transaction: Transaction, held: list[Recipient], actor: Actor) -> None:
        for recipient in held:
            assert recipient.verdict is not None, "only a verdict escalates"
            verdict = _one_up(recipient.verdict)
            shown = self._deadline(verdict, transaction.now) if verdict.hold_seconds is not None else None
            due = None if shown is None else shown + self._grace
            lease(transaction, recipient, verdict=verdict, shown_until=shown, due_at=due, lease_owner=None)
        audit.append(transaction, _event(transaction, actor, AuditAction.ESCALATED, held))


def _needs_approver(recipient: Recipient) -> bool:
    return recipient.verdict is not None and recipient.verdict.needs is Needs.APPROVER


def _one_up(verdict: Verdict) -> Verdict:
    """The same hold for who stands above; above the administrator's nobody's, so that one has no end."""
    needs = _NEEDS[min(_NEEDS.index(verdict.needs) + 1, len(_NEEDS) - 1)]
    if needs is Needs.ADMINISTRATOR:
        return replace(verdict, needs=needs, hold_seconds=None, at_end=AtEnd.DISCARD)
    return replace(verdict, needs=needs)


def _event(transaction: Transaction, actor: Actor, action: AuditAction, held: list[Recipient]) -> AuditEvent:
    positions: dict[str, object] = {"positions": [one.key.position for one in held]}
    return AuditEvent(transaction.now, actor, action, held[0].key.queue_id, positions)
