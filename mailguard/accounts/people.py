"""Who is who in the office, as everything that asks about rights sees it. Nothing here changes anything.

Whoever has an own mailbox is a person, on record or not. What is on record is changed in ``people_administration``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mailguard.accounts import people_queries as queries
from mailguard.accounts.factors import Factor, proves_two
from mailguard.accounts.people_queries import Reader
from mailguard.model.address import comparable
from mailguard.model.people import OFFICE_WIDE, RIGHTS, Grant, Person, Right, Role, Viewer
from mailguard.store.times import from_micros, to_micros


@dataclass(frozen=True, slots=True)
class Deputy:
    """Somebody who stands in for ``person``, from a time until another (aware UTC, the end not included)."""

    person: str
    deputy: str
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True)
class Staffing:
    """How the roles are filled: people not disabled for each role, and deputies who cannot stand in for anybody."""

    counts: dict[Role, int]
    idle_deputies: tuple[Deputy, ...]


def person_of(reader: Reader, address: str) -> Person:
    """The person of an address in any spelling; one with nothing but the address where none is on record."""
    return persons_of(reader, [address])[comparable(address)]


def persons_of(reader: Reader, addresses: Collection[str]) -> dict[str, Person]:
    """The people of addresses in any spelling, by comparable address; unknown ones have nothing but it."""
    wanted = {comparable(address) for address in addresses}
    found = {one.address: one for one in _persons(reader, queries.persons_among(reader, wanted))}
    return {address: found.get(address) or Person(address) for address in wanted}


def people(reader: Reader, search: str = "", after: str = "", limit: int = 50) -> list[Person]:
    """People on record by address, after one; ``search`` in address, name or department. Disabled ones are there."""
    return _persons(reader, queries.page(reader, search.strip(), after, limit))


def viewer_of(reader: Reader, address: str, now: datetime, factors: frozenset[Factor]) -> Viewer:
    """Somebody signed in by these factors, with what they may act for. Who is disabled may act for nobody.

    It is read anew for each request, so that what is taken from a person ends at once.
    """
    person = person_of(reader, address)
    if person.is_disabled:
        return Viewer(person, frozenset())
    stood_in_for = persons_of(reader, queries.stood_in_for(reader, person.address, to_micros(now)))
    return Viewer(
        person,
        mailboxes=frozenset({person.address, *queries.mailboxes_of(reader, person.address)}),
        standing_in_for=frozenset(one.address for one in stood_in_for.values() if not one.is_disabled),
        has_second_factor=proves_two(factors),
    )


def delegates_of(reader: Reader, mailbox: str) -> list[str]:
    """Who looks after a shared mailbox, a group sender or a device's address, sorted."""
    return [row.person for row in queries.delegates_among(reader, [comparable(mailbox)])]


def delegates_by_mailbox(reader: Reader, mailboxes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Who looks after each of these mailboxes (comparable); those of one person alone are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for row in queries.delegates_among(reader, mailboxes):
        found[row.mailbox] = (*found.get(row.mailbox, ()), row.person)
    return found


def mailboxes_of(reader: Reader, address: str) -> list[str]:
    """The shared mailboxes somebody looks after, sorted."""
    return sorted(queries.mailboxes_of(reader, comparable(address)))


def deputies_of(reader: Reader, address: str, now: datetime) -> list[Deputy]:
    """Who stands in for somebody now or later, in order of time."""
    return [_deputy(row) for row in queries.deputies_of(reader, comparable(address), to_micros(now))]


def departments_of(reader: Reader, owner: str) -> frozenset[str]:
    """The departments a mailbox belongs to: its own, else those of whoever looks after it. Often none."""
    own = person_of(reader, owner).department
    if own:
        return frozenset({own})
    return frozenset(
        one.department for one in persons_of(reader, delegates_of(reader, owner)).values() if one.department
    )


def owners_in(reader: Reader, departments: Collection[str]) -> frozenset[str]:
    """The mailboxes for which ``departments_of`` names one of these departments."""
    members = {row.address for row in queries.persons_of_departments(reader, departments)}
    shared = queries.mailboxes_delegated_to(reader, members) - members
    of_shared = persons_of(reader, shared)
    return frozenset(members | {mailbox for mailbox in shared if not of_shared[mailbox].department})


def holders_of(reader: Reader, role: Role, departments: Collection[str] = ()) -> list[str]:
    """Who has a role, disabled or not: for the office where it is office-wide, else for one of the departments."""
    return queries.holders(reader, role, [""] if role in OFFICE_WIDE else departments)


def holders_by_department(reader: Reader, role: Role) -> list[tuple[str, str]]:
    """Who has a role, disabled or not, each with the department it is for ("" for the whole office)."""
    return queries.holders_anywhere(reader, role)


def staffing(reader: Reader, now: datetime) -> Staffing:
    """How the roles are filled today."""
    named = queries.role_counts(reader)
    counts = {role: named.get(role, 0) for role in Role} | {Role.STAFF: queries.count_enabled(reader)}
    listed = [_deputy(row) for row in queries.deputies_ending_after(reader, to_micros(now))]
    known = persons_of(reader, {one.deputy for one in listed})
    idle = tuple(one for one in listed if one.deputy == one.person or known[one.deputy].is_disabled)
    return Staffing(counts, idle)


def manages_people(role: Role) -> bool:
    """Whether a role may change who is who in the whole office."""
    return role in OFFICE_WIDE and Right.MANAGE_PEOPLE in RIGHTS[role]


def may_give(viewer: Viewer, role: Role, address: str) -> bool:
    """Whether somebody may give a role to a person (comparable), or take it from them.

    Nobody does so to themselves, and only a security officer makes another: who runs the system does not by that get
    at what others write. The first one is made by ``mailguard setup`` or ``mailguard person``.
    """
    if not viewer.has(Right.MANAGE_PEOPLE) or viewer.address == address:
        return False
    return role is not Role.SECURITY_OFFICER or Grant(Role.SECURITY_OFFICER) in viewer.person.grants


def may_delegate(viewer: Viewer, address: str) -> bool:
    """Whether somebody may have a person (comparable) look after a shared mailbox, or do so no more: anybody but
    themselves, so that nobody who runs the system gives themselves what others write.
    """
    return viewer.has(Right.MANAGE_PEOPLE) and viewer.address != address


def may_lock(viewer: Viewer, person: Person) -> bool:
    """Whether somebody may disable or enable a person, or take their second factor away.

    Not their own, and a security officer's only as a security officer: it would be half the way to their rights.
    """
    if not viewer.has(Right.MANAGE_PEOPLE) or viewer.address == person.address:
        return False
    officer = Grant(Role.SECURITY_OFFICER)
    return officer not in person.grants or officer in viewer.person.grants


def _persons(reader: Reader, rows: Iterable[Row[Any]]) -> list[Person]:
    listed = list(rows)
    grants: dict[str, tuple[Grant, ...]] = {}
    for row in queries.roles_among(reader, [row.address for row in listed]):
        grants[row.address] = (*grants.get(row.address, ()), Grant(Role(row.role), row.department))
    return [
        Person(
            row.address,
            row.name,
            row.department,
            row.manager,
            grants.get(row.address, ()),
            row.language,
            row.disabled_at is not None,
        )
        for row in listed
    ]


def _deputy(row: Row[Any]) -> Deputy:
    return Deputy(row.person, row.deputy, from_micros(row.from_at), from_micros(row.until_at))
