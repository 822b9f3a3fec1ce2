"""Who is to be told what of a mail, now, and when to look again.

Calm by design: nobody hears of a hold that ends by itself, of what they did themselves, or twice of the same. What was
told is compared with the moment it became true, so that a second look, after a crash or by another node, says nothing
new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailguard.model.address import comparable
from mailguard.model.audit import ActorKind, AuditAction, AuditEvent
from mailguard.model.queue import Recipient, State
from mailguard.model.verdict import AtEnd, Needs

REMINDED_MIN = timedelta(hours=1)
"""A hold shorter than this has no reminder at half time: the first notice is hardly read by then."""
LAST_CALL = timedelta(hours=1)
"""So long before its end, or a quarter of the hold where that is less, comes the last reminder."""
LAST_CALL_MIN = timedelta(minutes=10)
"""A hold shorter than this has no last reminder either."""


class Kind(StrEnum):
    """What a notice is about."""

    HOLD = "hold"
    REMINDER = "reminder"
    RESULT = "result"
    APPROVAL = "approval"
    DISAPPROVED = "disapproved"
    DIGEST = "digest"
    INCIDENT = "incident"
    """Something went wrong; for officers, at once and never on a list."""
    TROUBLE = "trouble"
    """The system is in trouble, or was; for administrators, likewise."""


class Result(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    CHANGED = "changed"
    SCHEDULED = "scheduled"
    """It is sent at a time somebody chose, and can be stopped until then."""
    REFUSED = "refused"
    """Not approved; it is held still, for its sender to change or cancel."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a mail waits for. ``since``: when that began; ``needs`` the strictest of its held recipients.

    ``deadline`` is the first one people are shown, None where there is none; ``at_end`` what happens then.
    ``judged_at``: when it was last judged, which asks approvers anew; None: it does not matter.
    """

    recipients: tuple[Recipient, ...]
    since: datetime
    needs: Needs
    deadline: datetime | None
    at_end: AtEnd
    judged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """What last became of a mail or a part of it. ``by``: who did it, in comparable form, "" where time did.

    ``positions``: of which recipients; empty: it is not known. ``until``: when it is sent that was ``SCHEDULED``.
    """

    result: Result
    at: datetime
    by: str
    positions: tuple[int, ...]
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was said to somebody, and when; ``at`` None: it waits for a list."""

    kind: Kind
    address: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to tell somebody. ``is_last``: the last reminder before the end."""

    kind: Kind
    address: str
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a mail concerns, in comparable form: ``mailbox`` it belongs to, ``owners`` who look after that and are told,
    ``deciders`` who are asked in their place.
    """

    mailbox: str
    owners: tuple[str, ...]
    deciders: tuple[str, ...] = ()


_ASKED = frozenset({AuditAction.JUDGED, AuditAction.NOT_PREPARED, AuditAction.ESCALATED})
_ENDED = {
    AuditAction.RELEASED: Result.SENT,
    AuditAction.RELEASED_BY_TIMER: Result.SENT,
    AuditAction.CANCELLED: Result.CANCELLED,
    AuditAction.EXPIRED: Result.EXPIRED,
    AuditAction.CHANGED: Result.CHANGED,
    AuditAction.SCHEDULED: Result.SCHEDULED,
    AuditAction.NOT_APPROVED: Result.REFUSED,
}
_STRICTNESS = list(Needs)


def waiting(recipients: Iterable[Recipient], events: Sequence[AuditEvent]) -> Waiting | None:
    """What a mail waits for a person for; None where it does not."""
    held = [
        (one, one.verdict)
        for one in recipients
        if one.state is State.HELD and one.verdict is not None and one.verdict.needs is not Needs.TIMER
    ]
    if not held:
        return None
    needs = max((verdict.needs for _, verdict in held), key=_STRICTNESS.index)
    timed = [(one.shown_until, verdict.at_end) for one, verdict in held if one.shown_until is not None]
    deadline, at_end = min(timed, key=lambda one: one[0], default=(None, AtEnd.DISCARD))
    judged = max((event.at for event in events if event.action is AuditAction.JUDGED), default=None)
    return Waiting(tuple(one for one, _ in held), _asked_at(events, held[0][0]), needs, deadline, at_end, judged)


def _asked_at(events: Sequence[AuditEvent], held: Recipient) -> datetime:
    """When a person became needed. What is judged anew after somebody mended it is nothing new to them."""
    asked = [event for event in events if event.action in _ASKED]
    first = [event.at for event in asked if event.action is AuditAction.JUDGED][:1]
    later = [event.at for event in asked if event.action is not AuditAction.JUDGED]
    return max([*first, *later], default=held.changed_at)


def ending(events: Sequence[AuditEvent]) -> Ending | None:
    """What last became of a held mail; None: nothing, or it was undone."""
    for event in reversed(events):
        if event.action is AuditAction.RESTORED:
            return None
        result = _ENDED.get(event.action)
        if result is None:
            continue
        by = comparable(event.actor.name) if event.actor.kind is ActorKind.PERSON else ""
        until = datetime.fromisoformat(str(event.details["at"])) if result is Result.SCHEDULED else None
        return Ending(result, event.at, by, event.numbers(), until)
    return None


def wanted(
    now: datetime,
    about: Waiting | None,
    end: Ending | None,
    told: Sequence[Told],
    concerned: Concerned,
    *,
    receipts: bool,
    reported: Collection[str] = (),
) -> list[Wanted]:
    """What is to be told now. ``reported``: who gets the report about an expired mail anyway."""
    found: list[Wanted] = []
    if about is not None:
        for address in _all(concerned):
            decides = address in concerned.deciders
            kind = Kind.APPROVAL if decides else Kind.HOLD
            last = _last(told, address, now)
            since = max(about.since, about.judged_at) if decides and about.judged_at else about.since
            if last is None or last < since:
                found.append(Wanted(kind, address))
            elif (due := _reminder_due(about, last, now)) is not None and _is_reminded(address, concerned, due):
                found.append(Wanted(Kind.REMINDER, address, is_last=due))
    if end is not None:
        found += _endings(end, told, concerned, now, receipts=receipts, reported=reported)
    return found


def look_again_at(about: Waiting | None, now: datetime) -> datetime | None:
    """When the next reminder may be due; None: no more."""
    moments = [] if about is None else [moment for moment, _ in _reminders(about)]
    return min((moment for moment in moments if moment > now), default=None)


def _all(concerned: Concerned) -> list[str]:
    """Deciders first; who is both is asked to decide."""
    return list(dict.fromkeys([*concerned.deciders, *concerned.owners]))


def _last(told: Iterable[Told], address: str, now: datetime) -> datetime | None:
    """When somebody last heard of what the mail waits for; what waits for a list counts as heard."""
    asking = (Kind.HOLD, Kind.APPROVAL, Kind.REMINDER, Kind.DISAPPROVED)
    return max((one.at or now for one in told if one.address == address and one.kind in asking), default=None)


def _reminders(about: Waiting) -> list[tuple[datetime, bool]]:
    """When to remind, with whether it is the last time."""
    if about.deadline is None:
        return []
    length = about.deadline - about.since
    found = [(about.since + length / 2, False)] if length >= REMINDED_MIN else []
    if about.at_end is not AtEnd.SEND and length >= LAST_CALL_MIN:
        found.append((about.deadline - min(LAST_CALL, length / 4), True))
    return found


def _reminder_due(about: Waiting, last: datetime, now: datetime) -> bool | None:
    """Whether the reminder that is due is the last one; None where none is."""
    due = [is_last for moment, is_last in _reminders(about) if last < moment <= now]
    over = about.deadline is not None and now >= about.deadline
    return None if over or not due else due[-1]


def _is_reminded(address: str, concerned: Concerned, is_last: bool) -> bool:
    """Those who are to decide; before the end also those whose mail it is."""
    return is_last or not concerned.deciders or address in concerned.deciders


def _endings(
    end: Ending,
    told: Sequence[Told],
    concerned: Concerned,
    now: datetime,
    *,
    receipts: bool,
    reported: Collection[str],
) -> list[Wanted]:
    found = []
    by_another = bool(end.by) and end.by not in (concerned.mailbox, *concerned.owners)
    for address in concerned.owners:
        was_asked = any(one.address == address and one.kind is not Kind.RESULT for one in told)
        is_expired, is_news = end.result is Result.EXPIRED, receipts and end.result is not Result.CHANGED
        is_wanted = address not in reported if is_expired else by_another or (is_news and was_asked)
        kind = Kind.DISAPPROVED if end.result is Result.REFUSED else Kind.RESULT
        is_told = any(one.address == address and one.kind is kind and (one.at or now) >= end.at for one in told)
        if is_wanted and not is_told:
            found.append(Wanted(kind, address))
    return found
