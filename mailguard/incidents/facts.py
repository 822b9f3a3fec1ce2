"""What the record says of a mail that went wrong: who got it, whether they can read it, and what is in it.

The worse reading counts: what the next hop may have taken was perhaps received, and a password that may have reached a
recipient makes a parcel readable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailguard import audit
from mailguard.errors import ContentDamaged
from mailguard.hold.exposure import addresses_shown, exposure_of
from mailguard.incidents.queries import Reader
from mailguard.incidents.response import is_doubtful
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt, Outcome
from mailguard.model.protection import Channel, Mode, PasswordState
from mailguard.model.queue import QueueId, Recipient, State, Submission
from mailguard.model.summary import Summary
from mailguard.parcels.listing import ListedParcel, Member, parcels_of_mail
from mailguard.parcels.records import Records
from mailguard.policy.law import Exposure
from mailguard.spool import Mail, Spool


class Fate(StrEnum):
    """Whether a recipient got the mail."""

    RECEIVED = "received"
    PERHAPS = "perhaps"
    """Being sent at this moment, or an attempt stayed without an answer."""
    OPEN = "open"
    """Held or on its way: not stopped, and not there yet."""
    RETURNED = "returned"
    STOPPED = "stopped"


class Guard(StrEnum):
    """Whether a recipient who got it can read it."""

    CLEAR = "clear"
    READABLE = "readable"
    """Protected, and the password went to the recipient, or may have."""
    TOLD = "told"
    """Protected, and the sender says that they told the password, to one of them at least."""
    WITH_SENDER = "with_sender"
    """Protected, and the sender has the password: whether they told it nobody has said."""
    DOUBTFUL = "doubtful"
    """As ``WITH_SENDER``, and the recipient may have got the password before, on a way of which nothing was heard."""
    DOUBTFUL_UNTOLD = "doubtful_untold"
    """As ``DOUBTFUL``, and the sender says that they told nobody."""
    SEALED = "sealed"
    """Protected, and the recipient was told no password."""


ASKED = frozenset({Guard.WITH_SENDER, Guard.DOUBTFUL})
"""Where only the sender knows whether they told the password."""
_BACK = frozenset({AuditAction.BOUNCED_LATER, AuditAction.PARCEL_BOUNCED_LATER})
REACHED = frozenset({Fate.RECEIVED, Fate.PERHAPS})


@dataclass(frozen=True, slots=True)
class RecipientFact:
    """One recipient. ``name``: as the mail showed it, or ""; ``at``: when the next hop took it, None otherwise.

    ``back_at``: when a report of another server said that it came back. It counts as there all the same: such a report
    can be made up by whoever got it.
    """

    position: int
    address: str
    name: str
    is_outside: bool
    fate: Fate
    guard: Guard
    at: datetime | None
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """How the password of one recipient travels, and where it is since ``at``."""

    position: int
    channel: Channel
    state: PasswordState
    at: datetime


@dataclass(frozen=True, slots=True)
class ProtectionFact:
    """One parcel of a mail. ``method``: as its manifest names cipher and key. ``destroyed_at``: its password."""

    mode: Mode
    method: Mapping[str, str]
    made_at: datetime
    destroyed_at: datetime | None
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class MailFact:
    """One mail. ``summary`` None: nobody looked at it, or it is gone. ``exposure``: of those it reached.

    ``shown``: the addresses that it counts as visible, where they are known.
    """

    submission: Submission
    summary: Summary | None
    recipients: tuple[RecipientFact, ...]
    exposure: Exposure
    protections: tuple[ProtectionFact, ...] = ()
    shown: frozenset[str] = frozenset()

    @property
    def queue_id(self) -> QueueId:
        """What the mail is called."""
        return self.submission.queue_id

    def those(self, *fates: Fate) -> tuple[RecipientFact, ...]:
        """The recipients of these fates, by position."""
        return tuple(one for one in self.recipients if one.fate in fates)


def mail_fact(
    spool: Spool,
    records: Records,
    reader: Reader,
    queue_id: QueueId,
    usual: Channel,
    is_outside: Callable[[str], bool],
    group_of: Callable[[str], str],
) -> MailFact:
    """What the record says of one mail now. Raises ``UnknownMail``.

    ``usual``: how passwords travel where nothing else is said; ``group_of``: whom an address counts with.
    """
    mail = spool.mail(reader, queue_id)
    attempts = spool.attempts(reader, queue_id)
    summary = _summary(spool, reader, queue_id)
    names = {} if summary is None else {comparable(one.address): one.name for one in summary.recipients}
    parcels = parcels_of_mail(spool, records, reader, queue_id)
    members = [one for parcel in parcels for one in parcel.members]
    events = audit.events_of(reader, queue_id)
    doubtful = _perhaps_told(spool, reader, events, members)
    guards = {it.telling.position: _guard(spool, reader, it, doubtful) for it in members}
    back = _said_to_be_back(events)
    facts = tuple(
        _fact(one, attempts.get(one.key.position, ()), names, guards, back, is_outside) for one in mail.recipients
    )
    reached = _reached(mail, facts)
    exposure = _exposure(mail, facts, exposure_of(reached, summary, usual, is_outside, group_of))
    shown = addresses_shown(reached, summary, is_outside, group_of)
    return MailFact(mail.submission, summary, facts, exposure, tuple(_protection(one) for one in parcels), shown)


def fate_of(one: Recipient, attempts: Sequence[DeliveryAttempt]) -> Fate:
    """Whether a recipient got it."""
    if one.state is State.DELIVERED:
        return Fate.RECEIVED
    if one.state is State.SENDING or is_doubtful(attempts):
        return Fate.PERHAPS
    match one.state:
        case State.BOUNCED:
            return Fate.RETURNED
        case State.CANCELLED | State.EXPIRED | State.BLOCKED:
            return Fate.STOPPED
        case _:
            return Fate.OPEN


def _fact(
    one: Recipient,
    attempts: Sequence[DeliveryAttempt],
    names: Mapping[str, str],
    guards: Mapping[int, Guard],
    back: Mapping[int, datetime],
    is_outside: Callable[[str], bool],
) -> RecipientFact:
    address = one.path.address
    taken = next((try_.ended_at for try_ in reversed(attempts) if try_.outcome is Outcome.DELIVERED), None)
    return RecipientFact(
        one.key.position,
        address,
        names.get(comparable(address), ""),
        is_outside(address),
        fate_of(one, attempts),
        guards.get(one.key.position, Guard.CLEAR),
        taken,
        back.get(one.key.position),
    )


def _said_to_be_back(events: Iterable[AuditEvent]) -> dict[int, datetime]:
    """When a report of another server said of a recipient that the mail came back, by position."""
    found: dict[int, datetime] = {}
    for event in events:
        if event.action in _BACK:
            for position in event.numbers():
                found.setdefault(position, event.at)
    return found


def _protection(listed: ListedParcel) -> ProtectionFact:
    told = [one.telling for one in listed.members]
    keys = tuple(Key(one.position, one.channel, one.state, one.changed_at) for one in told)
    parcel = listed.parcel
    return ProtectionFact(parcel.mode, listed.manifest.method, parcel.created_at, parcel.destroyed_at, keys)


def _perhaps_told(spool: Spool, reader: Reader, events: Iterable[AuditEvent], members: Iterable[Member]) -> set[int]:
    """Positions whose password may have gone on another way, before its sender was asked to tell it."""
    asked = {one.telling.position for one in members if one.telling.channel is Channel.TO_SENDER}
    found: set[int] = set()
    for event in events if asked else ():
        match event.action:
            case AuditAction.PASSWORD_BEGUN:
                # Of a short message it is not on record whether it was refused or stayed without an answer.
                is_out = True
            case AuditAction.PASSWORD_WAITING:
                is_out = any(_may_have_gone(spool.attempts(reader, one)) for one in _named(event, "mails"))
            case _:
                continue
        found |= set(event.numbers()) if is_out else set()
    return found & asked


def _may_have_gone(attempts: Mapping[int, Sequence[DeliveryAttempt]]) -> bool:
    tries = attempts.get(0, ())
    return is_doubtful(tries) or any(one.outcome is Outcome.DELIVERED for one in tries)


def _named(event: AuditEvent, detail: str) -> list[str]:
    values = event.details.get(detail)
    return [str(one) for one in values] if isinstance(values, list) else []


def _guard(spool: Spool, reader: Reader, member: Member, doubtful: Collection[int]) -> Guard:
    told = member.telling
    if told.channel is Channel.AGREED:
        return Guard.READABLE
    if told.position in doubtful:
        return Guard.DOUBTFUL if told.state is PasswordState.TOLD else Guard.READABLE
    if told.channel is Channel.TO_SENDER:
        return Guard.WITH_SENDER if told.state is PasswordState.TOLD else Guard.SEALED
    carrier = told.told_by if told.channel is Channel.SEPARATE_MAIL else None
    if carrier is not None and is_doubtful(spool.attempts(reader, carrier).get(0, ())):
        return Guard.READABLE
    is_out = told.state in (PasswordState.TOLD, PasswordState.SENDING)
    # Destroyed while its message was under way: nobody knows for certain that it did not arrive.
    is_out |= told.channel is Channel.SMS and told.state is PasswordState.DESTROYED
    return Guard.READABLE if is_out else Guard.SEALED


def _reached(mail: Mail, facts: Sequence[RecipientFact]) -> list[Recipient]:
    there = {one.position for one in facts if one.fate in REACHED}
    return [one for one in mail.recipients if one.key.position in there]


def _exposure(mail: Mail, facts: Sequence[RecipientFact], expected: Exposure) -> Exposure:
    """What was expected by the verdicts, with who really can read it by the record."""
    outsiders = [one for one in facts if one.is_outside and one.fate in REACHED]
    sealed = sum(one.guard is Guard.SEALED for one in outsiders)
    return replace(expected, clear=len(outsiders) - sealed, protected=sealed)


def _summary(spool: Spool, reader: Reader, queue_id: QueueId) -> Summary | None:
    try:
        return spool.summaries(reader, [queue_id]).get(queue_id)
    except ContentDamaged:
        return None
