"""Parcels as people see them: what is in one, who has it, and where each password is now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.protection import Manifest, PasswordState
from mailguard.model.queue import FINAL, QueueId, Recipient, State
from mailguard.parcels import queries
from mailguard.parcels.records import Parcel, Records, Telling, parcel_of
from mailguard.spool import Spool


@dataclass(frozen=True, slots=True)
class Member:
    """One recipient of a parcel. ``leaves_at``: when its password goes unless it is stopped, as people are shown it;
    None where none will go by itself. ``last``: its newest delivery attempt.
    """

    recipient: Recipient
    telling: Telling
    leaves_at: datetime | None
    last: DeliveryAttempt | None


@dataclass(frozen=True, slots=True)
class ListedParcel:
    """A parcel with its manifest and recipients, by position."""

    parcel: Parcel
    manifest: Manifest
    members: tuple[Member, ...]


def parcels_of_mail(spool: Spool, records: Records, reader: queries.Reader, queue_id: QueueId) -> list[ListedParcel]:
    """The parcels of a mail; empty where it has none. Raises ``UnknownMail`` for a mail that does not exist."""
    mail = spool.mail(reader, queue_id)
    recipients = {entry.key.position: entry for entry in mail.recipients}
    attempts = spool.attempts(reader, queue_id)
    found = []
    for row in queries.parcels_of(reader, queue_id):
        parcel = parcel_of(row)
        members = []
        for telling in records.tellings(reader, parcel.parcel_id):
            recipient = recipients[telling.position]
            now, leaves_at = _as_it_is(spool, reader, telling, recipient)
            tries = attempts.get(telling.position, [])
            members.append(Member(recipient, now, leaves_at, tries[-1] if tries else None))
        found.append(ListedParcel(parcel, records.manifest(reader, parcel.parcel_id), tuple(members)))
    return found


def newest(spool: Spool, records: Records, reader: queries.Reader, before: str, limit: int) -> list[ListedParcel]:
    """Parcels, newest first, made before the one of that id ("" for the newest)."""
    rows = queries.newest(reader, before or "~", limit)
    mails = dict.fromkeys(row.queue_id for row in rows)
    wanted = [row.parcel_id for row in rows]
    by_id = {
        one.parcel.parcel_id: one for queue_id in mails for one in parcels_of_mail(spool, records, reader, queue_id)
    }
    return [by_id[parcel_id] for parcel_id in wanted]


def _as_it_is(
    spool: Spool, reader: queries.Reader, telling: Telling, recipient: Recipient
) -> tuple[Telling, datetime | None]:
    """Where a password is, with what became of the mail that carries it, and when it will go."""
    if telling.state is PasswordState.PACKED and recipient.state in FINAL and recipient.state is not State.DELIVERED:
        return replace(telling, state=PasswordState.STOPPED), None
    if telling.state is not PasswordState.WAITING:
        return telling, None
    if telling.told_by is None:
        return telling, telling.due_at
    carrier = spool.mail(reader, telling.told_by).recipients[0]
    match carrier.state:
        case State.HELD:
            return telling, carrier.shown_until
        case State.QUEUED | State.DEFERRED if not carrier.doubts:
            # No next hop has it: it can be stopped until the next try.
            return telling, carrier.due_at
        case State.CANCELLED | State.EXPIRED | State.BLOCKED:
            return replace(telling, state=PasswordState.STOPPED), None
        case State.BOUNCED:
            return replace(telling, state=PasswordState.STOPPED), None
        case _:
            return replace(telling, state=PasswordState.TOLD), None
