"""People as the command line shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailguard.accounts.people import Deputy, delegates_of, deputies_of, mailboxes_of, person_of
from mailguard.accounts.people_administration import own_mailbox
from mailguard.accounts.people_queries import Reader
from mailguard.config import OfficeSettings
from mailguard.model.people import Person


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is on record of a person: ``delegates`` look after this mailbox, ``mailboxes`` are looked after."""

    person: Person
    delegates: list[str]
    mailboxes: list[str]
    deputies: list[Deputy]


def dossier_of(reader: Reader, office: OfficeSettings, address: str, now: datetime) -> Dossier:
    """What is on record of an address. Raises ``PersonProblem`` where it is none of the office's."""
    box = own_mailbox(office, address)
    return Dossier(
        person_of(reader, box), delegates_of(reader, box), mailboxes_of(reader, box), deputies_of(reader, box, now)
    )


def as_json(person: Person) -> dict[str, object]:
    """A person for programs."""
    return {
        "address": person.address,
        "name": person.name,
        "department": person.department,
        "manager": person.manager,
        "language": person.language,
        "roles": [{"role": grant.role.value, "department": grant.department} for grant in person.grants],
        "disabled": person.is_disabled,
    }


def dossier_as_json(found: Dossier) -> dict[str, object]:
    """A dossier for programs; a deputy's time ends before ``until``."""
    return as_json(found.person) | {
        "delegates": found.delegates,
        "mailboxes": found.mailboxes,
        "deputies": [
            {"deputy": one.deputy, "from": one.from_at.isoformat(), "until": one.until_at.isoformat()}
            for one in found.deputies
        ],
    }


def line_of(person: Person) -> str:
    """A person in one line."""
    parts = [person.address]
    if person.name:
        parts.append(person.name)
    if person.department:
        parts.append(person.department)
    if person.manager:
        parts.append(f"manager {person.manager}")
    parts += [f"{grant.role.value} of {grant.department}" if grant.department else grant.role.value
              for grant in person.grants]  # fmt: skip
    if person.is_disabled:
        parts.append("disabled")
    return "  ".join(parts)


def lines_of(found: Dossier) -> list[str]:
    """A dossier for people."""
    lines = [line_of(found.person)]
    lines += [f"  looked after by {one}" for one in found.delegates]
    lines += [f"  looks after {one}" for one in found.mailboxes]
    for one in found.deputies:
        # The end is the first moment that is no longer in it; people name the last day.
        last = one.until_at.astimezone() - timedelta(microseconds=1)
        lines.append(f"  {one.deputy} stands in from {one.from_at.astimezone():%Y-%m-%d} to {last:%Y-%m-%d}")
    return lines
