"""Judges accepted mail and records the verdict of every recipient.

The judgement is somebody else's (``judge.py``); this module turns verdicts into moves. Recipients that may go at once
take the whole way to ``sending`` in the same transaction where there is room to deliver them now: verdict, variant and
claim are then one commit, and each is recorded. Those that need a variant of their own stop at ``cleared`` for the
transformer. A fault in looking holds the mail (invariant 2).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from mailguard.crash_points import crash_point
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import Action, Judgement, Verdict
from mailguard.policy.builtin import NOTICE, UNREADABLE
from mailguard.policy.office_hours import OfficeHours
from mailguard.spool import Mail, Move, Spool, advance
from mailguard.spool.moves import Step
from mailguard.spool.reports import LISTENER
from mailguard.store import Transaction, Work
from mailguard.workers.claims import CLAIM, QUEUE, begun, claim_changes, is_as_it_came, queue_changes, queued

ACTOR = Actor(ActorKind.WORKER, "inspector")
_TO: dict[Action, tuple[Step, ...]] = {
    Action.HOLD: ((State.HELD, Mover.INSPECTOR),),
    Action.BLOCK: ((State.BLOCKED, Mover.INSPECTOR),),
}
_CLEAR: Step = (State.CLEARED, Mover.INSPECTOR)
_AT_ONCE: tuple[Step, ...] = (_CLEAR, *QUEUE, *CLAIM)
_LATER: tuple[Step, ...] = (_CLEAR, *QUEUE)
Judge = Callable[[Mail], Awaitable[tuple[Judgement, Lesson | None]]]
"""Gives a verdict for each recipient of a mail, and what its delivery will teach."""

log = structlog.get_logger()


class Inspector:
    """Looks into mails. One per node; safe to use for many mails at the same time."""

    def __init__(
        self, spool: Spool, judge: Judge, hours: Callable[[], OfficeHours], grace: timedelta, lease: timedelta
    ) -> None:
        self._spool = spool
        self._judge = judge
        self._hours = hours
        self._grace = grace
        self._lease = lease

    async def judge(self, mail: Mail) -> tuple[Judgement, Lesson | None]:
        """A verdict for each recipient; whatever goes wrong in looking holds all of them for a person."""
        submission = mail.submission
        count = len(submission.envelope.forward_paths)
        if submission.session.listener == LISTENER and not submission.session.client_address:
            return Judgement((NOTICE,) * count, ()), None
        try:
            return await self._judge(mail)
        except Exception as error:
            log.exception("judge_failed", queue_id=submission.queue_id, error=type(error).__name__)
            return Judgement((UNREADABLE,) * count, ()), None

    def record(
        self, mail: Mail, judgement: Judgement, lesson: Lesson | None, *, at_once: bool
    ) -> Work[list[Recipient]]:
        """The work that moves ``accepted`` recipients by their verdicts; gives back those a worker is to go on with.

        ``at_once``: claim for this node what may go; otherwise it is left to whoever comes first. Those that come back
        are ``sending``, or ``cleared`` and leased where they need a variant.
        """
        hours = self._hours()

        def work(transaction: Transaction) -> list[Recipient]:
            now = transaction.now
            self._spool.insert_judgement(transaction, mail.submission.queue_id, judgement, lesson)
            going: list[Move] = []
            preparing: list[Move] = []
            staying: list[Move] = []
            for recipient in mail.recipients:
                verdict = judgement.verdicts[recipient.key.position]
                if verdict.action is not Action.DELIVER:
                    changes = hold_changes(verdict, now, hours, self._grace)
                    staying.append(Move(recipient, _TO[verdict.action], changes))
                elif not is_as_it_came(verdict):
                    preparing.append(Move(recipient, (_CLEAR,), self._prepare_changes(verdict, now, at_once=at_once)))
                else:
                    changes = {"verdict": verdict, **queue_changes(mail.submission, verdict, now, self._spool.expire)}
                    if at_once:
                        changes |= claim_changes(recipient, now, self._lease, self._spool.node)
                    going.append(Move(recipient, _AT_ONCE if at_once else _LATER, changes))
            event = self._judged_event(transaction, mail, judgement)
            if not going:
                arrived = advance(transaction, preparing + staying, event)[: len(preparing)]
                return arrived if at_once else []
            crash_point("before_queued_commit")
            more = [queued(now, going)]
            if at_once:
                more.append(begun(now, going))
            arrived = advance(transaction, going + preparing + staying, event, *more)
            return arrived[: len(going) + len(preparing)] if at_once else []

        return work

    def _prepare_changes(self, verdict: Verdict, now: datetime, *, at_once: bool) -> dict[str, object]:
        due = {"due_at": now + self._lease, "lease_owner": self._spool.node} if at_once else {"due_at": now}
        return {"verdict": verdict, "shown_until": None, "lease_owner": None, **due}

    @staticmethod
    def _judged_event(transaction: Transaction, mail: Mail, judgement: Judgement) -> AuditEvent:
        details: dict[str, object] = {"policy": judgement.policy}
        for recipient in mail.recipients:
            verdict = judgement.verdicts[recipient.key.position]
            positions = details.setdefault(verdict.action.value, [])
            assert isinstance(positions, list)
            positions.append(recipient.key.position)
        details["rules"] = sorted({reason for verdict in judgement.verdicts for reason in verdict.reasons})
        return AuditEvent(transaction.now, ACTOR, AuditAction.JUDGED, mail.submission.queue_id, details)


def hold_changes(verdict: Verdict, now: datetime, hours: OfficeHours, grace: timedelta) -> dict[str, object]:
    """New values of a recipient that is held or blocked: nobody looks at it until its time, if it has one."""
    changes: dict[str, object] = {"verdict": verdict, "due_at": None, "shown_until": None, "lease_owner": None}
    if verdict.action is Action.HOLD and verdict.hold_seconds is not None:
        shown = deadline(verdict, now, hours)
        changes |= {"shown_until": shown, "due_at": shown + grace}
    return changes


def deadline(verdict: Verdict, now: datetime, hours: OfficeHours) -> datetime:
    """When the hold of a verdict with a length ends, as people are shown it."""
    assert verdict.hold_seconds is not None
    if verdict.office_hours:
        return hours.after(now, verdict.hold_seconds)
    return now + timedelta(seconds=verdict.hold_seconds)
