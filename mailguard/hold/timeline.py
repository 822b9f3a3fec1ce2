"""What happened to a mail, in steps that people without the record's words understand. Pure.

Deliveries are told from their attempts, with what the other server said; everything else from the audit record. Moves
that only our own workers see are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailguard.hold.edit_words import EditDone, edits_in
from mailguard.hold.reply_words import Said, said_in
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt, Reply
from mailguard.model.protection import Channel


class StepKind(StrEnum):
    """What a step is. The sentences are texts ``queue.step.<value>``."""

    ACCEPTED = "accepted"
    CHECKED = "checked"
    HELD = "held"
    BLOCKED = "blocked"
    CHANGED = "changed"
    EXTENDED = "extended"
    STOPPED = "stopped"
    SCHEDULED = "scheduled"
    ESCALATED = "escalated"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    RELEASED = "released"
    RELEASED_BY_TIMER = "released_by_timer"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    EXPIRED = "expired"
    RETURNED = "returned"
    NOT_PREPARED = "not_prepared"
    PROTECTED = "protected"
    PROTECTED_OTHERWISE = "protected_otherwise"
    DELIVERY = "delivery"
    RETRIED = "retried"
    GIVEN_UP = "given_up"
    PASSWORD_WAITING = "password_waiting"  # noqa: S105  a step, no password
    PASSWORD_TOLD = "password_told"  # noqa: S105
    PASSWORD_TO_SENDER = "password_to_sender"  # noqa: S105
    PASSWORD_AGREED = "password_agreed"  # noqa: S105
    PASSWORD_STOPPED = "password_stopped"  # noqa: S105
    PASSWORD_SHOWN = "password_shown"  # noqa: S105
    RETURNED_LATER = "returned_later"
    CONTENT_READ = "content_read"
    NOTICE = "notice"
    MISTAKE = "mistake"
    CONTENT_DESTROYED = "content_destroyed"


_KINDS = {
    AuditAction.ACCEPTED: StepKind.ACCEPTED,
    AuditAction.JUDGED: StepKind.CHECKED,
    AuditAction.CHANGED: StepKind.CHANGED,
    AuditAction.EXTENDED: StepKind.EXTENDED,
    AuditAction.SCHEDULED: StepKind.SCHEDULED,
    AuditAction.ESCALATED: StepKind.ESCALATED,
    AuditAction.APPROVED: StepKind.APPROVED,
    AuditAction.NOT_APPROVED: StepKind.NOT_APPROVED,
    AuditAction.RELEASED: StepKind.RELEASED,
    AuditAction.RELEASED_BY_TIMER: StepKind.RELEASED_BY_TIMER,
    AuditAction.CANCELLED: StepKind.CANCELLED,
    AuditAction.ADMIN_CANCELLED: StepKind.CANCELLED,
    AuditAction.RESTORED: StepKind.RESTORED,
    AuditAction.EXPIRED: StepKind.EXPIRED,
    AuditAction.RETURNED: StepKind.RETURNED,
    AuditAction.NOT_PREPARED: StepKind.NOT_PREPARED,
    AuditAction.PARCEL_MADE: StepKind.PROTECTED,
    AuditAction.RETRIED: StepKind.RETRIED,
    AuditAction.ADMIN_BOUNCED: StepKind.GIVEN_UP,
    AuditAction.PASSWORD_WAITING: StepKind.PASSWORD_WAITING,
    AuditAction.PASSWORD_TOLD: StepKind.PASSWORD_TOLD,
    AuditAction.PASSWORD_STOPPED: StepKind.PASSWORD_STOPPED,
    AuditAction.PASSWORD_SHOWN: StepKind.PASSWORD_SHOWN,
    AuditAction.PARCEL_BOUNCED_LATER: StepKind.RETURNED_LATER,
    AuditAction.BOUNCED_LATER: StepKind.RETURNED_LATER,
    AuditAction.CONTENT_READ: StepKind.CONTENT_READ,
    AuditAction.NOTICE_SENT: StepKind.NOTICE,
    AuditAction.MISTAKE_REPORTED: StepKind.MISTAKE,
    AuditAction.CONTENT_DESTROYED: StepKind.CONTENT_DESTROYED,
}
_TOLD_BY = {Channel.TO_SENDER.value: StepKind.PASSWORD_TO_SENDER, Channel.AGREED.value: StepKind.PASSWORD_AGREED}
"""What "told" is by a channel where the recipient was sent nothing."""
_AT_ONCE = timedelta(minutes=1)
_OURS = Actor(ActorKind.WORKER, "deliverer")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``positions``: of which recipients, empty where of all or where it is not known.

    ``said`` and ``reply``: for a delivery, what the other server said, in a word and as it is; ``reply`` None: nothing.
    ``edits``: for a change, what was changed.
    """

    at: datetime
    kind: StepKind
    actor: Actor
    positions: tuple[int, ...] = ()
    said: Said | None = None
    reply: Reply | None = None
    edits: tuple[EditDone, ...] = ()

    @property
    def is_by_person(self) -> bool:
        """Whether somebody did it, not the system."""
        return self.actor.kind is ActorKind.PERSON


def timeline(events: Sequence[AuditEvent], attempts: Mapping[int, Sequence[DeliveryAttempt]]) -> tuple[Step, ...]:
    """All steps, oldest first."""
    found = [step for event in events for step in _steps(event)]
    # Sorting is stable: what the record has in an order keeps it.
    ordered = sorted((*found, *_deliveries(events, attempts)), key=lambda one: one.at)
    return tuple(
        one for before, one in zip((None, *ordered), ordered, strict=False) if not _is_same_notice(before, one)
    )


def _is_same_notice(before: Step | None, one: Step) -> bool:
    """Whether it is another copy of a notice: what is told to several people at once is one step."""
    is_notice = before is not None and before.kind is one.kind is StepKind.NOTICE
    return is_notice and before is not None and one.at - before.at < _AT_ONCE


def _steps(event: AuditEvent) -> list[Step]:
    kind = _KINDS.get(event.action)
    if kind is None:
        return []
    if event.action is AuditAction.PASSWORD_TOLD:
        kind = _TOLD_BY.get(str(event.details.get("channel")), kind)
    if event.action is AuditAction.EXTENDED and event.details.get("seconds") is None:
        kind = StepKind.STOPPED
    if event.action is AuditAction.PARCEL_MADE and event.details.get("wished_mode"):
        kind = StepKind.PROTECTED_OTHERWISE
    positions = event.numbers()
    edits = edits_in(event.details) if event.action is AuditAction.CHANGED else ()
    steps = [Step(event.at, kind, event.actor, positions, edits=edits)]
    if event.action is AuditAction.JUDGED:
        for word, outcome in (("hold", StepKind.HELD), ("block", StepKind.BLOCKED)):
            if concerned := event.numbers(word):
                steps.append(Step(event.at, outcome, event.actor, concerned))
    return steps


def _deliveries(events: Sequence[AuditEvent], attempts: Mapping[int, Sequence[DeliveryAttempt]]) -> list[Step]:
    """Attempts that ended in the same moment with the same words are one step."""
    doubted = max((event.at for event in events if event.action is AuditAction.IN_DOUBT), default=None)
    found: dict[tuple[datetime, Said, Reply | None], list[int]] = {}
    for position, tries in sorted(attempts.items()):
        for attempt in tries:
            is_last = attempt is tries[-1] and (doubted is None or doubted < attempt.started_at)
            said = said_in(attempt, is_under_way=is_last)
            found.setdefault((attempt.ended_at or attempt.started_at, said, attempt.reply), []).append(position)
    return [
        Step(at, StepKind.DELIVERY, _OURS, tuple(positions), said, reply)
        for (at, said, reply), positions in found.items()
    ]
