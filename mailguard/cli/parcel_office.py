"""What commands about parcels open first, and what the words after them mean."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from mailguard.cli.office import Office, opened
from mailguard.errors import NotAllowed, UnknownMail
from mailguard.model.protection import PasswordState
from mailguard.model.queue import QueueId
from mailguard.parcels.listing import ListedParcel, parcels_of_mail
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.queries import Reader
from mailguard.parcels.records import PASSWORDS, Records


@dataclass(frozen=True)
class ParcelOffice:
    """The opened office with its parcels."""

    office: Office
    records: Records
    passwords: Passwords


@dataclass(frozen=True)
class Meant:
    """A mail with parcels, and which of its recipients are meant; ``positions`` None: all that have one."""

    queue_id: QueueId
    positions: set[int] | None


@contextmanager
def opened_parcels(config: Path | None) -> Iterator[ParcelOffice]:
    """The office with its parcels. Raises as ``office.opened``."""
    with opened(config) as office:
        settings = office.settings
        records = Records(office.spool.secret_box(PASSWORDS))
        grace = timedelta(seconds=settings.hold.grace_seconds)
        passwords = Passwords(
            office.spool, records, settings.protection, settings.office, grace, office.zone,
            lambda address: office.rules().directory.is_outside(address),
        )  # fmt: skip
        yield ParcelOffice(office, records, passwords)


def found(parcels: ParcelOffice, reader: Reader, name: str) -> list[ListedParcel]:
    """The parcels of a mail, or the one of that id. Raises ``UnknownMail``."""
    spool, records = parcels.office.spool, parcels.records
    try:
        of_mail = parcels_of_mail(spool, records, reader, name)
        if of_mail:
            return of_mail
    except UnknownMail:
        parcel = _parcel(records, reader, name)
        listed = parcels_of_mail(spool, records, reader, parcel)
        return [one for one in listed if one.parcel.parcel_id == name]
    raise UnknownMail(f"mail {name} has no parcel", public="This mail has no protected part")


def the_one(parcels: ParcelOffice, reader: Reader, name: str) -> str:
    """The id of one parcel, named by it or by a mail that has no other. Raises ``UnknownMail``, ``NotAllowed``."""
    ids = [one.parcel.parcel_id for one in found(parcels, reader, name)]
    if len(ids) > 1:
        raise NotAllowed(f"parcels {', '.join(ids)}", public="This mail has several parcels; please name one of them")
    return ids[0]


def meant(parcels: ParcelOffice, reader: Reader, name: str, positions: set[int] | None) -> Meant:
    """Who is meant by the name of a mail or of one parcel, and recipient numbers.

    Raises ``UnknownMail``; ``NotAllowed`` for a recipient that has no parcel there.
    """
    listed = found(parcels, reader, name)
    there = {member.telling.position for one in listed for member in one.members}
    if positions is not None and not positions <= there:
        raise NotAllowed(
            f"no recipient {sorted(positions - there)}", public="No recipient with that number has a parcel here"
        )
    is_parcel = listed[0].parcel.queue_id != name
    return Meant(listed[0].parcel.queue_id, there if positions is None and is_parcel else positions)


def waiting_mails(parcels: ParcelOffice, reader: Reader, wanted: Meant) -> dict[int, QueueId]:
    """By position, the mails with passwords that wait for the end of their window."""
    members = [member for one in found(parcels, reader, wanted.queue_id) for member in one.members]
    return {
        one.telling.position: one.telling.told_by
        for one in members
        if one.telling.state is PasswordState.WAITING and one.telling.told_by is not None
        if wanted.positions is None or one.telling.position in wanted.positions
    }


def _parcel(records: Records, reader: Reader, name: str) -> QueueId:
    try:
        return records.parcel(reader, name).queue_id
    except UnknownMail as error:
        raise UnknownMail(str(error), public="There is no such parcel") from error
