"""Collects the evidence sheet of a parcel from what is on record: only that, and None where nothing is.

How strong a password was, since when it was agreed and what the parcel held were put into the audit record when it was
made, so the sheet can be written long after content and password are destroyed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from mailguard import __version__, audit
from mailguard.audit import Entry
from mailguard.config import OfficeSettings
from mailguard.errors import MailguardError, SelfTestFailed
from mailguard.mime.head import Head, head_of
from mailguard.mime.message import unstuffed
from mailguard.mime.message_ids import message_ids_in
from mailguard.model.audit import AuditAction
from mailguard.model.delivery import Outcome
from mailguard.model.protection import Channel, PasswordState
from mailguard.model.queue import QueueId, Recipient
from mailguard.model.verdict import Action
from mailguard.parcels import queries
from mailguard.parcels.evidence import (
    Evidence,
    EvidenceChain,
    EvidenceEvent,
    EvidenceRecipient,
    PasswordFacts,
    PasswordShown,
)
from mailguard.parcels.listing import Member, parcels_of_mail
from mailguard.parcels.records import Parcel, Records
from mailguard.parcels.self_test import self_test
from mailguard.spool import Spool

PHONE_SHOWN = 4
"""The last digits of a telephone number, enough to tell two apart."""
_NAMING = ("positions", "in_doubt", *(action.value for action in Action))
"""Keys of an event's details that name recipients by position."""
_STOPS = frozenset(
    {
        AuditAction.PASSWORD_STOPPED,
        AuditAction.PARCEL_BOUNCED_LATER,
        AuditAction.CANCELLED,
        AuditAction.EXPIRED,
        AuditAction.BOUNCED,
        AuditAction.ADMIN_BOUNCED,
        AuditAction.ADMIN_CANCELLED,
    }
)
_RELEASES = frozenset({AuditAction.RELEASED, AuditAction.RELEASED_BY_TIMER})


def evidence_of(
    spool: Spool,
    records: Records,
    reader: queries.Reader,
    parcel_id: str,
    office: OfficeSettings,
    *,
    is_unbroken: bool | None,
) -> Evidence:
    """The sheet of a parcel. ``is_unbroken``: what a check of the whole audit record said just now, None: unchecked.

    Raises ``UnknownMail``; ``ContentDamaged`` where the manifest does not open.
    """
    parcel = records.parcel(reader, parcel_id)
    mail = spool.mail(reader, parcel.queue_id)
    listed = next(
        one
        for one in parcels_of_mail(spool, records, reader, parcel.queue_id)
        if one.parcel.parcel_id == parcel.parcel_id
    )
    about = _About(parcel, audit.entries_of(reader, [parcel.queue_id]))
    carriers = sorted(about.carriers | {one.telling.told_by for one in listed.members if one.telling.told_by})
    about = _About(parcel, audit.entries_of(reader, [parcel.queue_id, *carriers]))
    ends = audit.ends(reader)
    submission = mail.submission
    sender = submission.envelope.reverse_path or submission.session.owner
    return Evidence(
        parcel_id=parcel.parcel_id,
        queue_id=parcel.queue_id,
        message_id_sha256=_message_id_hash(spool, reader, [one.recipient for one in listed.members]),
        accepted_at=submission.accepted_at,
        created_at=parcel.created_at,
        office=office.name or office.hostname,
        sender=sender,
        manifest=listed.manifest,
        recipients=tuple(_recipient(one, about, _told_to(spool, reader, one)) for one in listed.members),
        password=_password(parcel, listed.members, about),
        events=tuple(map(about.shown, about.entries)),
        chain=EvidenceChain(
            first_seq=0 if ends is None else ends.first_seq,
            last_seq=0 if ends is None else ends.last_seq,
            last_hash="" if ends is None else ends.last_hash.hex(),
            manifest_sha256=_word(about.made, "manifest_sha256"),
            is_unbroken=is_unbroken,
        ),
        generator=f"mailguard {__version__}",
        self_test=_self_test(),
    )


@dataclass(frozen=True)
class _About:
    """What is on record of a parcel's mail and of the mails that carried its password, oldest first."""

    parcel: Parcel
    entries: Sequence[Entry]

    @property
    def made(self) -> dict[str, object]:
        """What was recorded when the parcel was made; empty where there is nothing."""
        entry = self.first(
            one for one in self.own(AuditAction.PARCEL_MADE) if one.event.details.get("parcel") == self.parcel.parcel_id
        )
        return {} if entry is None else entry.event.details

    @property
    def carriers(self) -> set[QueueId]:
        """The mails that ever carried its password, also those that were stopped."""
        of_this = [self.parcel.parcel_id]
        named = [one.event.details.get("mails") for one in self.entries if one.event.details.get("parcels") == of_this]
        return {str(one) for mails in named if isinstance(mails, list) for one in mails}

    def own(self, *actions: AuditAction) -> list[Entry]:
        """Entries about the mail itself."""
        return [
            one for one in self.entries if one.event.queue_id == self.parcel.queue_id and one.event.action in actions
        ]

    def of_recipient(self, position: int, carriers: Iterable[QueueId]) -> list[Entry]:
        """Entries about one recipient, those about the mails with its password among them."""
        wanted = set(carriers)
        return [
            one
            for one in self.entries
            if one.event.queue_id in wanted
            or (one.event.queue_id == self.parcel.queue_id and position in _positions(one))
        ]

    def carriers_of(self, position: int, told_by: QueueId | None) -> set[QueueId]:
        """The mails that carried the password for one recipient."""
        found = set() if told_by is None else {told_by}
        for one in self.entries:
            mails = one.event.details.get("mails")
            # Each of these names one mail, whoever it is for.
            is_telling = one.event.action in (AuditAction.PASSWORD_WAITING, AuditAction.PASSWORD_TOLD)
            if is_telling and position in _positions(one) and isinstance(mails, list):
                found |= {str(mail) for mail in mails}
        return found

    def shown(self, entry: Entry) -> EvidenceEvent:
        """An entry as the sheet has it."""
        event = entry.event
        other = event.queue_id if event.queue_id != self.parcel.queue_id else None
        return EvidenceEvent(entry.seq, event.at, event.actor.name, event.action.value, entry.hash.hex(), other or "")

    @staticmethod
    def first(entries: Iterable[Entry]) -> Entry | None:
        """The oldest of them."""
        return next(iter(entries), None)


def _recipient(member: Member, about: _About, told_to: str) -> EvidenceRecipient:
    telling, last = member.telling, member.last
    position = telling.position
    entries = about.of_recipient(position, about.carriers_of(position, telling.told_by))
    delivered_at = last.ended_at if last is not None and last.outcome is Outcome.DELIVERED else None
    is_told = telling.state is PasswordState.TOLD and telling.channel is not Channel.AGREED
    is_stopped = telling.state is PasswordState.STOPPED
    return EvidenceRecipient(
        position=position,
        address=member.recipient.path.address,
        channel=telling.channel,
        password_state=telling.state,
        delivered_at=delivered_at,
        next_hop="" if last is None else last.next_hop,
        reply_code=0 if last is None or last.reply is None else last.reply.code,
        reply_text="" if last is None or last.reply is None else f"{last.reply.enhanced} {last.reply.text}".strip(),
        tls="" if last is None or last.tls is None else last.tls,
        told_at=_told_at(entries, telling.told_by) if is_told else None,
        told_to=told_to if is_told else "",
        stopped_at=_last_of(entries, _STOPS) if is_stopped else None,
        events=tuple(map(about.shown, entries)),
    )


def _told_at(entries: Sequence[Entry], told_by: QueueId | None) -> datetime | None:
    """When the password went: its mail was taken by the next hop; else it was let go, or given to a gateway."""
    carried = [one for one in entries if one.event.queue_id == told_by]
    return (
        _last_of(carried, {AuditAction.DELIVERED})
        or _last_of(entries, {AuditAction.PASSWORD_TOLD})
        or _last_of(carried, _RELEASES)
    )


def _last_of(entries: Iterable[Entry], actions: Iterable[AuditAction]) -> datetime | None:
    wanted = frozenset(actions)
    return max((one.event.at for one in entries if one.event.action in wanted), default=None)


def _told_to(spool: Spool, reader: queries.Reader, member: Member) -> str:
    """Whom the password was sent to; of a telephone the last digits only."""
    telling = member.telling
    match telling.channel:
        case Channel.SMS:
            return f"***{telling.phone[-PHONE_SHOWN:]}" if telling.phone else ""
        case Channel.TO_SENDER | Channel.SEPARATE_MAIL:
            if telling.told_by is None:
                return ""
            return spool.mail(reader, telling.told_by).recipients[0].path.address
        case Channel.AGREED:
            return ""


def _password(parcel: Parcel, members: Sequence[Member], about: _About) -> PasswordFacts:
    made = about.made
    is_agreed = bool(members) and all(one.telling.channel is Channel.AGREED for one in members)
    agreed_at = _word(made, "agreed_at")
    created_at = parcel.created_at
    return PasswordFacts(
        created_at=(None if agreed_at is None else datetime.fromisoformat(agreed_at)) if is_agreed else created_at,
        is_agreed=is_agreed,
        length=_number(made, "password_length"),
        bits=_number(made, "password_bits"),
        shown=tuple(
            PasswordShown(one.event.at, one.event.actor.name)
            for one in about.own(AuditAction.PASSWORD_SHOWN)
            if one.event.details.get("parcel") == parcel.parcel_id
        ),
        destroyed_at=parcel.destroyed_at,
    )


def _message_id_hash(spool: Spool, reader: queries.Reader, recipients: Iterable[Recipient]) -> str | None:
    """Of the mail that left, without the brackets; None where it was destroyed or has none."""
    variant_id = next((one.variant_id for one in recipients if one.variant_id), None)
    if variant_id is None:
        return None
    try:
        start = next(spool.read_content(reader, variant_id), b"")
    except MailguardError:
        return None
    found = message_ids_in(Head(head_of(unstuffed(start))).first("Message-ID") or b"")
    return sha256(found[0][1:-1].encode("utf-8", "surrogateescape")).hexdigest() if found else None


def _self_test() -> str:
    try:
        return self_test()
    except SelfTestFailed as error:
        # The sheet says it; it is about what was made, and hiding the sheet would hide this as well.
        return f"failed: {error}"


def _positions(entry: Entry) -> set[int]:
    return {one for key in _NAMING for one in entry.event.numbers(key)}


def _word(details: dict[str, object], key: str) -> str | None:
    value = details.get(key)
    return value if isinstance(value, str) else None


def _number(details: dict[str, object], key: str) -> int | None:
    value = details.get(key)
    return value if isinstance(value, int) else None
