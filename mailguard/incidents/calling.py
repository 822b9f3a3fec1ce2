"""Who is called when something went wrong: whom the office's file names for a role, else whoever has it on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from mailguard.accounts.people import deputies_of, holders_by_department, person_of, persons_of
from mailguard.incidents.queries import Reader
from mailguard.incidents.telling import officers_for
from mailguard.model.address import comparable, domain_of
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentKind
from mailguard.model.people import Role
from mailguard.policy.incident_plan import Contact, Contacts

CALLED = (Role.SECURITY_OFFICER, Role.DEPARTMENT_OFFICER, Role.ADMINISTRATOR)
"""The roles that are filled by name; everybody else is staff."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who has a role. ``is_on_record``: the file names nobody, so these are those who have it on record."""

    role: Role
    people: tuple[Contact, ...]
    is_on_record: bool = False


def roster_of(reader: Reader, contacts: Contacts, role: Role, now: datetime, department: str = "") -> Roster:
    """Who is called for a role; of one department where one is given, else of all."""
    named = contacts.of(role, department)
    if named or role is Role.STAFF:
        return Roster(role, _with_names(reader, named))
    holders = [
        (address, of) for address, of in holders_by_department(reader, role) if not department or of in ("", department)
    ]
    found = persons_of(reader, [address for address, _ in holders])
    return Roster(
        role,
        tuple(
            Contact(address, found[address].name, department=of, deputy=_stand_in(reader, address, now))
            for address, of in holders
            if not found[address].is_disabled
        ),
        is_on_record=True,
    )


def responsible(
    reader: Reader, contacts: Contacts, incident: Incident, entries: Iterable[Entry], role: Role, now: datetime,
    *, is_over: bool,
) -> frozenset[str]:  # fmt: skip
    """Who is told of a step of a role, in comparable form: who has the role, security officers where nobody has.

    ``is_over``: its time is over, so deputies and security officers are told as well. What an insider did is for
    security officers alone, and a drill for whoever it was opened with.
    """
    if incident.kind is IncidentKind.INSIDER:
        return _addresses(roster_of(reader, contacts, Role.SECURITY_OFFICER, now).people)
    if role is Role.STAFF:
        # Who opened it by a command has no domain: nobody's mailbox stands behind that name.
        told = {comparable(incident.opened_by)} if domain_of(incident.opened_by) else set()
        people: tuple[Contact, ...] = ()
    else:
        people = roster_of(reader, contacts, role, now, incident.department).people
        told = set(_addresses(people))
    if is_over or not told:
        told |= _addresses(one.deputy for one in people if one.deputy is not None)
        told |= _addresses(roster_of(reader, contacts, Role.SECURITY_OFFICER, now).people)
    if incident.is_drill:
        told &= _drilled(incident, entries)
    return frozenset(one for one, person in persons_of(reader, told).items() if not person.is_disabled)


def may_look(reader: Reader, incident: Incident, address: str) -> bool:
    """Whether somebody is one of its officers, for whom its pages are."""
    return comparable(address) in officers_for(reader, incident)


def _drilled(incident: Incident, entries: Iterable[Entry]) -> set[str]:
    """Who takes part in a drill: who opened it, and who was told then."""
    found = {comparable(incident.opened_by)}
    for one in entries:
        people = one.details.get("people") if one.kind is EntryKind.TOLD else None
        if isinstance(people, list):
            found |= {comparable(str(address)) for address in people}
    return found


def _stand_in(reader: Reader, address: str, now: datetime) -> Contact | None:
    """Who stands in for somebody today, by what is on record."""
    today = next((one for one in deputies_of(reader, address, now) if one.from_at <= now < one.until_at), None)
    return None if today is None else Contact(today.deputy, person_of(reader, today.deputy).name)


def _with_names(reader: Reader, people: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """With what they are called on record, where the file does not say."""
    known = persons_of(reader, [one.address for one in people]) if people else {}
    return tuple(
        one if one.name else replace(one, name=known[comparable(one.address)].name) for one in people
    )  # fmt: skip


def _addresses(people: Iterable[Contact]) -> frozenset[str]:
    return frozenset(comparable(one.address) for one in people)
