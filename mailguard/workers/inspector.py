"""Judges accepted mail and records the verdict of every recipient.

The judgement is a pure call; this module turns verdicts into moves. Recipients that may go at once take the whole way
to ``sending`` in the same transaction where there is room to deliver them now: verdict, variant and claim are then one
commit, and each is recorded. A fault in looking holds the mail (invariant 2).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog

from mailguard.crash_points import crash_point
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.queue import Mover, Recipient, State, Submission
from mailguard.model.verdict import Action, Verdict
from mailguard.policy.builtin import UNREADABLE
from mailguard.spool import Mail, Move, Spool, advance
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work
from mailguard.workers.claims import CLAIM, QUEUE, begun, claim_changes, queue_changes, queued

Judge = Callable[[Submission], tuple[Verdict, ...]]

ACTOR = Actor(ActorKind.WORKER, "inspector")
_TO: dict[Action, tuple[Step, ...]] = {
    Action.HOLD: ((State.HELD, Mover.INSPECTOR),),
    Action.BLOCK: ((State.BLOCKED, Mover.INSPECTOR),),
}
_CLEAR: Step = (State.CLEARED, Mover.INSPECTOR)
_AT_ONCE: tuple[Step, ...] = (_CLEAR, *QUEUE, *CLAIM)
_LATER: tuple[Step, ...] = (_CLEAR, *QUEUE)

log = structlog.get_logger()


class Inspector:
    """Looks into mails. One per node; safe to use for many mails at the same time."""

    def __init__(self, spool: Spool, judge: Judge, grace: timedelta, lease: timedelta) -> None:
        self._spool = spool
        self._judge = judge
        self._grace = grace
        self._lease = lease

    def verdicts(self, submission: Submission) -> tuple[Verdict, ...]:
        """A verdict for each recipient; whatever goes wrong in looking holds all of them for a person."""
        try:
            found = self._judge(submission)
        except Exception:
            log.exception("judge_failed", queue_id=submission.queue_id)
            return (UNREADABLE,) * len(submission.envelope.forward_paths)
        return found

    def record(self, mail: Mail, verdicts: tuple[Verdict, ...], *, at_once: bool) -> Work[list[Recipient]]:
        """The work that moves ``accepted`` recipients by their verdicts; gives back those claimed for sending.

        ``at_once``: claim for this node what may go; otherwise it is queued for whoever comes first.
        """

        def work(transaction: Transaction) -> list[Recipient]:
            now = transaction.now
            going: list[Move] = []
            staying: list[Move] = []
            for recipient in mail.recipients:
                verdict = verdicts[recipient.key.position]
                if verdict.action is Action.DELIVER:
                    changes = {"verdict": verdict, **queue_changes(mail.submission, now, self._spool.expire)}
                    if at_once:
                        changes |= claim_changes(recipient, now, self._lease, self._spool.node)
                    going.append(Move(recipient, _AT_ONCE if at_once else _LATER, changes))
                else:
                    staying.append(Move(recipient, _TO[verdict.action], self._hold_changes(verdict, transaction)))
            event = self._judged(transaction, mail, verdicts)
            if not going:
                advance(transaction, staying, event)
                return []
            crash_point("before_queued_commit")
            more = [queued(now, going)]
            if at_once:
                more.append(begun(now, going))
            arrived = advance(transaction, going + staying, event, *more)[: len(going)]
            return arrived if at_once else []

        return work

    def _hold_changes(self, verdict: Verdict, transaction: Transaction) -> dict[str, object]:
        changes: dict[str, object] = {
            "verdict": verdict, "due_at": None, "shown_until": None, "lease_owner": None,
        }  # fmt: skip
        if verdict.action is Action.HOLD and verdict.hold_seconds is not None:
            shown = transaction.now + timedelta(seconds=verdict.hold_seconds)
            changes |= {"shown_until": shown, "due_at": shown + self._grace}
        return changes

    @staticmethod
    def _judged(transaction: Transaction, mail: Mail, verdicts: tuple[Verdict, ...]) -> AuditEvent:
        details: dict[str, object] = {}
        for recipient in mail.recipients:
            positions = details.setdefault(verdicts[recipient.key.position].action.value, [])
            assert isinstance(positions, list)
            positions.append(recipient.key.position)
        details["rule"] = verdicts[mail.recipients[0].key.position].rule
        return AuditEvent(transaction.now, ACTOR, AuditAction.JUDGED, mail.submission.queue_id, details)
