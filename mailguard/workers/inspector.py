"""Judges accepted mail and records the verdict of every recipient.

The judgement is somebody else's (``judge.py``); this module turns verdicts into moves. Recipients that may go at once
take the whole way to ``sending`` in the same transaction where there is room to deliver them now: verdict, variant and
claim are then one commit, and each is recorded. Those that need a variant of their own stop at ``cleared`` for the
transformer. A fault in looking holds the mail (invariant 2). A report of another server that says a protected mail came
back stops its password in the transaction of its own verdict, and goes on its way as any mail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from mailguard.crash_points import crash_point
from mailguard.delivery.bounce import Bounce, bounced_in
from mailguard.errors import ContentDamaged, KilledFor, MailguardError, PoolClosed, UnknownMail, WorkerKilled
from mailguard.hold.grounds import is_in_danger
from mailguard.i18n import CATALOGUES
from mailguard.incidents.triggers import Triggers
from mailguard.judging.looking import OBSTACLES
from mailguard.judging.wording import why_unreadable
from mailguard.mime.head import Head, head_of
from mailguard.mime.heading import heading_in
from mailguard.mime.message import unstuffed
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.contents import Unreadable
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.summary import Summary
from mailguard.model.verdict import Action, Explanation, Judgement, Reason, Verdict
from mailguard.parcels.passwords import Passwords
from mailguard.policy.builtin import NOTICE, UNREADABLE
from mailguard.policy.office_hours import OfficeHours
from mailguard.spool import Mail, Move, Spool, advance
from mailguard.spool.moves import Step
from mailguard.spool.reports import is_own
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
        self,
        spool: Spool,
        judge: Judge,
        hours: Callable[[], OfficeHours],
        grace: timedelta,
        lease: timedelta,
        passwords: Passwords | None = None,
    ) -> None:
        """``passwords``: those of protected mails, where any are made."""
        self._spool = spool
        self._judge = judge
        self._hours = hours
        self._grace = grace
        self._lease = lease
        self._passwords = passwords
        self.triggers: Triggers | None = None
        """What opens incidents by itself, where anything does."""

    async def judge(self, mail: Mail) -> tuple[Judgement, Lesson | None]:
        """A verdict for each recipient; whatever goes wrong in looking holds all of them for a person."""
        submission = mail.submission
        count = len(submission.envelope.forward_paths)
        if is_own(mail.submission):
            return Judgement((NOTICE,) * count, (), summary=await self._heading(mail)), None
        try:
            return await self._judge(mail)
        except PoolClosed:
            # The relay is ending. The mail stays accepted, and is looked into at the next start.
            raise
        except WorkerKilled as error:
            log.warning("judge_failed", queue_id=submission.queue_id, error=type(error).__name__, why=error.why.value)
            told = _told(error, count)
            return Judgement((UNREADABLE,) * count, told, summary=await self._heading(mail)), None
        except Exception as error:
            log.exception("judge_failed", queue_id=submission.queue_id, error=type(error).__name__)
            return Judgement((UNREADABLE,) * count, (), summary=await self._heading(mail)), None

    async def _heading(self, mail: Mail) -> Summary | None:
        """What the header alone tells people of a mail; None where not even that can be read."""
        try:
            start = mail.plain if mail.plain is not None else await self._spool.head(mail.submission.content_id)
        except MailguardError:
            return None
        return heading_in(start, [path.address for path in mail.submission.envelope.forward_paths])

    async def report_in(self, mail: Mail) -> Bounce | None:
        """What a report of another server says came back; None for every other mail. Only null reverse-paths are read.

        What cannot be read says nothing: ``judge`` holds it.
        """
        is_asked = self._passwords is not None or self.triggers is not None
        if not is_asked or mail.submission.envelope.reverse_path or is_own(mail.submission):
            return None
        try:
            start = mail.plain if mail.plain is not None else await self._spool.head(mail.submission.content_id)
        except MailguardError:
            return None
        written = Head(head_of(start)).first("Content-Type") or b""
        if not written.lower().startswith(b"multipart/report"):
            return None
        return await asyncio.to_thread(lambda: bounced_in(unstuffed(start)))

    def record(
        self,
        mail: Mail,
        judgement: Judgement,
        lesson: Lesson | None,
        *,
        at_once: bool,
        bounce: Bounce | None = None,
    ) -> Work[list[Recipient]]:
        """The work that moves ``accepted`` recipients by their verdicts; gives back those a worker is to go on with.

        ``at_once``: claim for this node what may go; otherwise it is left to whoever comes first. Those that come back
        are ``sending``, or ``cleared`` and leased where they need a variant. ``bounce``: what the mail says came back.
        """
        hours = self._hours()

        def work(transaction: Transaction) -> list[Recipient]:
            now = transaction.now
            if bounce is not None:
                self._stop_passwords(transaction, mail, bounce)
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
            if going:
                crash_point("before_queued_commit")
            more = [queued(now, going)] if going else []
            if going and at_once:
                more.append(begun(now, going))
            arrived = advance(transaction, going + preparing + staying, event, *more)
            self._open_incidents(transaction, mail, judgement, bounce)
            return arrived[: len(going) + len(preparing)] if at_once else []

        return work

    def _open_incidents(
        self, transaction: Transaction, mail: Mail, judgement: Judgement, bounce: Bounce | None
    ) -> None:  # fmt: skip
        if self.triggers is None:
            return
        self.triggers.judged(transaction, mail.submission.queue_id, judgement.verdicts)
        if bounce is not None:
            self.triggers.reported_back(transaction, bounce)

    def _stop_passwords(self, transaction: Transaction, mail: Mail, bounce: Bounce) -> None:
        if self._passwords is None:
            return
        try:
            stopped = self._passwords.bounced_report(transaction, bounce)
        except (ContentDamaged, UnknownMail) as error:
            # The report is a mail like any other, and its verdict must stand.
            log.error("report_not_used", queue_id=mail.submission.queue_id, error=type(error).__name__)
            return
        for queue_id, one in stopped.items():
            log.info("parcel_bounced_later", queue_id=queue_id, stopped=len(one.positions), too_late=len(one.too_late))

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
        dangers = [
            one.key.position
            for one in mail.recipients
            if is_in_danger(one, judgement.verdicts[one.key.position], judgement.facts)
        ]
        if dangers:
            details["danger"] = dangers
        details["rules"] = sorted({reason for verdict in judgement.verdicts for reason in verdict.reasons})
        return AuditEvent(transaction.now, ACTOR, AuditAction.JUDGED, mail.submission.queue_id, details)


def _told(error: WorkerKilled, count: int) -> tuple[Explanation, ...]:
    """Why a mail that is held could not be looked into; what a process crashed of says nothing to anybody."""
    if error.why is KilledFor.CRASHED:
        return ()
    unread = Unreadable("body", OBSTACLES[error.why])
    texts: dict[str, str] = {language: why_unreadable(unread, language) for language in CATALOGUES}
    return (Explanation(Reason.UNREADABLE.value, tuple(range(count)), texts),)


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
