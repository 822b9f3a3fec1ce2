"""Statements on people, roles, deputies and delegates. Addresses are comparable throughout, times in microseconds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, delete, func, insert, or_, select, update

from mailguard.store import Transaction
from mailguard.store.people_tables import api_token, ceremony, delegate, deputy, person, person_role, web_session

Reader = Connection | Transaction
IN_MAX = 500
"""Values in one IN (...): both databases take more, but plans get no better."""

_PERSONS = select(person).where(person.c.address.in_(bindparam("wanted", expanding=True)))
_ROLES = (
    select(person_role)
    .where(person_role.c.address.in_(bindparam("wanted", expanding=True)))
    .order_by(person_role.c.address, person_role.c.role, person_role.c.department)
)
_IN_DEPARTMENTS = select(person).where(person.c.department.in_(bindparam("wanted", expanding=True)))
_MAILBOXES_OF = select(delegate.c.mailbox).where(delegate.c.person == bindparam("wanted"))
_DELEGATES = (
    select(delegate)
    .where(delegate.c.mailbox.in_(bindparam("wanted", expanding=True)))
    .order_by(delegate.c.mailbox, delegate.c.person)
)
_STOOD_IN_FOR = select(deputy.c.person).where(
    deputy.c.deputy == bindparam("wanted"), deputy.c.from_at <= bindparam("now"), deputy.c.until_at > bindparam("now")
)
_STANDING_IN = (
    select(deputy.c.person, deputy.c.deputy)
    .where(
        deputy.c.person.in_(bindparam("wanted", expanding=True)),
        deputy.c.from_at <= bindparam("now"),
        deputy.c.until_at > bindparam("now"),
    )
    .distinct()
)


def persons_among(reader: Reader, addresses: Collection[str]) -> list[Row[Any]]:
    """The people of these addresses (primary key)."""
    return [row for part in _parts(addresses) for row in reader.execute(_PERSONS, {"wanted": part})]


def page(reader: Reader, search: str, after: str, limit: int) -> list[Row[Any]]:
    """People by address, after one (primary key); ``search`` in address, name and department, without ASCII case."""
    statement = select(person).where(person.c.address > after).order_by(person.c.address).limit(limit)
    if search:
        # SQLite's lower() knows ASCII alone, so what is typed is looked for as it is as well.
        lowered = "".join(letter.lower() if letter.isascii() else letter for letter in search)
        columns = (person.c.address, person.c.name, person.c.department)
        statement = statement.where(
            or_(
                *(column.contains(search, autoescape=True) for column in columns),
                *(func.lower(column).contains(lowered, autoescape=True) for column in columns),
            )
        )
    return list(reader.execute(statement))


def persons_of_departments(reader: Reader, departments: Collection[str]) -> list[Row[Any]]:
    """The people of departments (whole table: an office has hundreds)."""
    return [row for part in _parts(departments) for row in reader.execute(_IN_DEPARTMENTS, {"wanted": part})]


def roles_among(reader: Reader, addresses: Collection[str]) -> list[Row[Any]]:
    """The roles of these addresses, in a fixed order of each (primary key)."""
    return [row for part in _parts(addresses) for row in reader.execute(_ROLES, {"wanted": part})]


def holders(reader: Reader, role: str, departments: Collection[str]) -> list[str]:
    """Who has a role for one of these departments, sorted (whole table: a row a role)."""
    statement = select(person_role.c.address).where(
        person_role.c.role == role, person_role.c.department.in_(list(departments))
    )
    return sorted(set(reader.execute(statement).scalars()))


def holders_anywhere(reader: Reader, role: str) -> list[tuple[str, str]]:
    """Who has a role, with the department it is for, sorted (whole table: a row a role)."""
    statement = select(person_role.c.address, person_role.c.department).where(person_role.c.role == role)
    found = reader.execute(statement.order_by(person_role.c.department, person_role.c.address))
    return [(row.address, row.department) for row in found]


def role_counts(reader: Reader) -> dict[str, int]:
    """How many people who are not disabled have each role (whole table)."""
    statement = (
        select(person_role.c.role, func.count(person_role.c.address.distinct()))
        .join(person, person.c.address == person_role.c.address)
        .where(person.c.disabled_at.is_(None))
        .group_by(person_role.c.role)
    )
    return {row[0]: row[1] for row in reader.execute(statement)}


def count_enabled(reader: Reader) -> int:
    """How many people are on record and not disabled (whole table)."""
    return reader.execute(select(func.count()).select_from(person).where(person.c.disabled_at.is_(None))).scalar_one()


def enabled_holders(transaction: Transaction, roles: Collection[str]) -> list[tuple[str, str]]:
    """(address, role) of everybody not disabled who has one of these roles; on PostgreSQL the rows stay locked.

    Without the lock two nodes could each take one of the last two away.
    """
    statement = (
        select(person_role.c.address, person_role.c.role)
        .join(person, person.c.address == person_role.c.address)
        .where(person_role.c.role.in_(list(roles)), person.c.disabled_at.is_(None))
        .with_for_update()
    )
    return [(row.address, row.role) for row in transaction.execute(statement)]


def mailboxes_of(reader: Reader, address: str) -> list[str]:
    """The shared mailboxes a person looks after (``delegate_by_person``)."""
    return list(reader.execute(_MAILBOXES_OF, {"wanted": address}).scalars())


def delegates_among(reader: Reader, mailboxes: Collection[str]) -> list[Row[Any]]:
    """Who looks after these mailboxes, by mailbox and person (primary key)."""
    return [row for part in _parts(mailboxes) for row in reader.execute(_DELEGATES, {"wanted": part})]


def mailboxes_delegated_to(reader: Reader, addresses: Collection[str]) -> set[str]:
    """The mailboxes that one of these people looks after (``delegate_by_person``)."""
    found: set[str] = set()
    for part in _parts(addresses):
        found.update(reader.execute(select(delegate.c.mailbox).where(delegate.c.person.in_(part))).scalars())
    return found


def stood_in_for(reader: Reader, address: str, now: int) -> list[str]:
    """Whose deputy somebody is now (``deputy_by_deputy``)."""
    return list(reader.execute(_STOOD_IN_FOR, {"wanted": address, "now": now}).scalars())


def standing_in(reader: Reader, addresses: Collection[str], now: int) -> list[tuple[str, str]]:
    """(person, deputy) of those who stand in for these people now (primary key)."""
    return [
        (row.person, row.deputy)
        for part in _parts(addresses)
        for row in reader.execute(_STANDING_IN, {"wanted": part, "now": now})
    ]


def deputies_of(reader: Reader, address: str, ends_after: int) -> list[Row[Any]]:
    """A person's deputies whose time is not over, in order of time (primary key)."""
    statement = select(deputy).where(deputy.c.person == address, deputy.c.until_at > ends_after)
    return list(reader.execute(statement.order_by(deputy.c.from_at, deputy.c.deputy)))


def deputies_ending_after(reader: Reader, moment: int) -> list[Row[Any]]:
    """All deputies whose time is not over (whole table: some dozens)."""
    return list(reader.execute(select(deputy).where(deputy.c.until_at > moment).order_by(deputy.c.person)))


def add_person(transaction: Transaction, address: str, values: dict[str, str], now: int) -> None:
    """A new person; ``values`` are name, department, manager, language."""
    transaction.execute(insert(person), {"address": address, **values, "created_at": now, "changed_at": now})


def change_person(transaction: Transaction, address: str, values: dict[str, str], now: int) -> int:
    """Other values for some columns. Rows changed: 0 or 1."""
    statement = update(person).where(person.c.address == address).values(**values, changed_at=now)
    return transaction.execute(statement).rowcount


def set_disabled(transaction: Transaction, address: str, disabled_at: int | None, now: int) -> int:
    """Disabled since then, or enabled (None), where it is not so already. Rows changed: 0 or 1."""
    is_other = person.c.disabled_at.is_not(None) if disabled_at is None else person.c.disabled_at.is_(None)
    statement = update(person).where(person.c.address == address, is_other)
    return transaction.execute(statement.values(disabled_at=disabled_at, changed_at=now)).rowcount


def end_sign_ins(transaction: Transaction, address: str) -> int:
    """End a person's sessions, sign-ins under way and API tokens (their indexes by address). How many there were."""
    of_theirs: tuple[Table, ...] = (web_session, ceremony, api_token)
    return sum(transaction.execute(delete(table).where(table.c.address == address)).rowcount for table in of_theirs)


def add_role(transaction: Transaction, address: str, role: str, department: str, now: int) -> None:
    """A new role."""
    row = {"address": address, "role": role, "department": department, "granted_at": now}
    transaction.execute(insert(person_role), row)


def remove_role(transaction: Transaction, address: str, role: str, department: str) -> int:
    """A role less. Rows changed: 0 or 1."""
    statement = delete(person_role).where(
        person_role.c.address == address, person_role.c.role == role, person_role.c.department == department
    )
    return transaction.execute(statement).rowcount


def add_delegate(transaction: Transaction, mailbox: str, address: str) -> None:
    """Somebody more who looks after a mailbox."""
    transaction.execute(insert(delegate), {"mailbox": mailbox, "person": address})


def remove_delegate(transaction: Transaction, mailbox: str, address: str) -> int:
    """Somebody less who looks after a mailbox. Rows changed: 0 or 1."""
    statement = delete(delegate).where(delegate.c.mailbox == mailbox, delegate.c.person == address)
    return transaction.execute(statement).rowcount


def add_deputy(transaction: Transaction, address: str, stand_in: str, from_at: int, until_at: int) -> None:
    """A new deputy, from a time until another."""
    row = {"person": address, "deputy": stand_in, "from_at": from_at, "until_at": until_at}
    transaction.execute(insert(deputy), row)


def end_of_deputy(transaction: Transaction, address: str, stand_in: str, from_at: int) -> int | None:
    """Until when a deputy's time lasts that begins then; None where there is none (primary key)."""
    statement = select(deputy.c.until_at).where(
        deputy.c.person == address, deputy.c.deputy == stand_in, deputy.c.from_at == from_at
    )
    return transaction.execute(statement).scalar_one_or_none()


def set_end_of_deputy(transaction: Transaction, address: str, stand_in: str, from_at: int, until_at: int) -> None:
    """Another end for a deputy's time (primary key)."""
    statement = update(deputy).where(
        deputy.c.person == address, deputy.c.deputy == stand_in, deputy.c.from_at == from_at
    )
    transaction.execute(statement.values(until_at=until_at))


def remove_deputies(transaction: Transaction, address: str, stand_in: str, from_at: int | None) -> int:
    """Take a deputy's times away: the one that begins then, or all (primary key). Rows changed."""
    statement = delete(deputy).where(deputy.c.person == address, deputy.c.deputy == stand_in)
    if from_at is not None:
        statement = statement.where(deputy.c.from_at == from_at)
    return transaction.execute(statement).rowcount


def _parts(values: Collection[str]) -> list[Sequence[str]]:
    """The values in parts that fit one statement."""
    listed = sorted(values)
    return [listed[start : start + IN_MAX] for start in range(0, len(listed), IN_MAX)]
