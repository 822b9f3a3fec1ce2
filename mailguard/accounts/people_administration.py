"""What is changed about people. Each is a work that records who did it; addresses may be in any spelling.

All are safe to call twice: a work says whether it changed anything, and nothing is recorded where it did not.
Errors: ``PersonProblem`` with words for whoever asked; nothing was changed then. Only mailboxes of the office's own
domains are people. The office never loses the last one who can give roles, nor its last system administrator.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailguard import audit
from mailguard.accounts import people_queries as queries
from mailguard.accounts.membership import Membership
from mailguard.accounts.people import delegates_of, manages_people, person_of
from mailguard.config import OfficeSettings
from mailguard.errors import PersonProblem
from mailguard.i18n import text
from mailguard.model.address import comparable, is_mailbox
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.people import OFFICE_WIDE, Role
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros

DEPUTY_MAX = timedelta(days=366)
TEXT_MAX = 100
"""Characters of a name or a department: enough for any, and a list stays a list."""
LANGUAGES = ("", "ja", "en")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person; None leaves a value as it is, "" takes it away."""

    name: str | None = None
    department: str | None = None
    manager: str | None = None
    language: str | None = None


def put_person(office: OfficeSettings, address: str, particulars: Particulars, actor: Actor) -> Work[bool]:
    """A new person, or other particulars of one; whether anything is other than before."""
    box = own_mailbox(office, address)
    wanted = checked(office, box, particulars)

    def work(transaction: Transaction) -> bool:
        return put_now(transaction, box, wanted, actor)

    return work


def disable(office: OfficeSettings, address: str, actor: Actor) -> Work[bool]:
    """A person can do nothing here any more: sessions, sign-ins under way and API tokens end at once.

    Sending mail is another matter: that is the account's.
    """
    box = own_mailbox(office, address)

    def work(transaction: Transaction) -> bool:
        _ensure(transaction, box, actor)
        before = _in_charge(transaction)
        now = to_micros(transaction.now)
        if not queries.set_disabled(transaction, box, now, now):
            return False
        _refuse_to_lose(before, _in_charge(transaction))
        ended = queries.end_sign_ins(transaction, box)
        _record(transaction, actor, box, "disabled", sign_ins_ended=ended)
        return True

    return work


def enable(office: OfficeSettings, address: str, actor: Actor) -> Work[bool]:
    """A disabled person may sign in again."""
    box = own_mailbox(office, address)

    def work(transaction: Transaction) -> bool:
        if not queries.set_disabled(transaction, box, None, to_micros(transaction.now)):
            return False
        _record(transaction, actor, box, "enabled")
        return True

    return work


def grant_role(office: OfficeSettings, address: str, role: Role, department: str, actor: Actor) -> Work[bool]:
    """A person has a role: office-wide ones with the department "", an officer's for one department."""
    box = own_mailbox(office, address)
    of = department_of(role, department)

    def work(transaction: Transaction) -> bool:
        return grant_now(transaction, box, role, of, actor)

    return work


def revoke_role(office: OfficeSettings, address: str, role: Role, department: str, actor: Actor) -> Work[bool]:
    """A person has a role no more. It ends at the next request."""
    box = own_mailbox(office, address)
    of = department_of(role, department)

    def work(transaction: Transaction) -> bool:
        return revoke_now(transaction, box, role, of, actor)

    return work


def add_delegate(office: OfficeSettings, mailbox: str, address: str, actor: Actor) -> Work[bool]:
    """A person looks after the mail of a shared mailbox, a group sender or a device's address."""
    shared, box = own_mailbox(office, mailbox), own_mailbox(office, address)
    if shared == box:
        raise problem("own_delegate", address=box)

    def work(transaction: Transaction) -> bool:
        return delegate_now(transaction, shared, box, actor)

    return work


def remove_delegate(office: OfficeSettings, mailbox: str, address: str, actor: Actor) -> Work[bool]:
    """A person looks after that mail no more."""
    shared, box = own_mailbox(office, mailbox), own_mailbox(office, address)

    def work(transaction: Transaction) -> bool:
        return undelegate_now(transaction, shared, box, actor)

    return work


def put_deputy(
    office: OfficeSettings, address: str, stand_in: str, from_at: datetime, until_at: datetime, actor: Actor
) -> Work[bool]:
    """Somebody stands in for a person, from a time until another. Times of several deputies may overlap.

    The same begin again gives that time another end.
    """
    box, other = own_mailbox(office, address), own_mailbox(office, stand_in)
    if box == other:
        raise problem("own_deputy", address=box)
    if until_at <= from_at:
        raise problem("deputy_ends_first")
    if until_at - from_at > DEPUTY_MAX:
        raise problem("deputy_too_long")
    begin, end = to_micros(from_at), to_micros(until_at)

    def work(transaction: Transaction) -> bool:
        if until_at <= transaction.now:
            raise problem("deputy_over")
        there = queries.end_of_deputy(transaction, box, other, begin)
        if there == end:
            return False
        _ensure(transaction, box, actor)
        _ensure(transaction, other, actor)
        if there is None:
            queries.add_deputy(transaction, box, other, begin, end)
        else:
            queries.set_end_of_deputy(transaction, box, other, begin, end)
        times = {"from": from_at.isoformat(), "until": until_at.isoformat()}
        _record(transaction, actor, box, "deputy_put", deputy=other, **times)
        return True

    return work


def remove_deputy(
    office: OfficeSettings, address: str, stand_in: str, from_at: datetime | None, actor: Actor
) -> Work[bool]:
    """Somebody stands in no more: for the time that begins then, or (None) for all times."""
    box, other = own_mailbox(office, address), own_mailbox(office, stand_in)
    begin = None if from_at is None else to_micros(from_at)

    def work(transaction: Transaction) -> bool:
        if not queries.remove_deputies(transaction, box, other, begin):
            return False
        _record(transaction, actor, box, "deputy_removed", deputy=other)
        return True

    return work


def own_mailbox(office: OfficeSettings, typed: str, field: str = "address") -> str:
    """An address of the office, comparable. Raises ``PersonProblem`` with that field for anything else."""
    box = comparable(typed.strip())
    if not box:
        raise problem("nothing_typed", field)
    if not is_mailbox(box):
        raise problem("no_address", field, address="".join(letter for letter in typed if not _is_unfit(letter)))
    if not Membership(office).is_own(box):
        raise problem("not_own", field, address=box)
    return box


def problem(key: str, field: str = "", **values: str) -> PersonProblem:
    """What cannot be, with its words (``people.problem.*``)."""
    return PersonProblem(f"people.problem.{key}", values, text("en", f"people.problem.{key}", **values), field)


def put_now(transaction: Transaction, box: str, wanted: Particulars, actor: Actor) -> bool:
    """``put_person`` for a checked address and checked particulars."""
    is_new = _ensure(transaction, box, actor)
    there = person_of(transaction, box)
    pairs = {
        "name": (there.name, wanted.name),
        "department": (there.department, wanted.department),
        "manager": (there.manager, wanted.manager),
        "language": (there.language, wanted.language),
    }
    changes = {field: new for field, (old, new) in pairs.items() if new is not None and new != old}
    if changes:
        queries.change_person(transaction, box, changes, to_micros(transaction.now))
        # Not the name: the record is kept longer than people stay.
        told = {field: value for field, value in changes.items() if field != "name"}
        _record(transaction, actor, box, "changed", fields=sorted(changes), **told)
    return is_new or bool(changes)


def grant_now(transaction: Transaction, box: str, role: Role, department: str, actor: Actor) -> bool:
    """``grant_role`` for a checked address and department."""
    _ensure(transaction, box, actor)
    if (role, department) in _roles_of(transaction, box):
        return False
    queries.add_role(transaction, box, role.value, department, to_micros(transaction.now))
    _record(transaction, actor, box, "granted", role=role.value, department=department)
    return True


def revoke_now(transaction: Transaction, box: str, role: Role, department: str, actor: Actor) -> bool:
    """``revoke_role`` for a checked address and department."""
    before = _in_charge(transaction)
    if not queries.remove_role(transaction, box, role.value, department):
        return False
    _refuse_to_lose(before, _in_charge(transaction))
    _record(transaction, actor, box, "revoked", role=role.value, department=department)
    return True


def delegate_now(transaction: Transaction, shared: str, box: str, actor: Actor) -> bool:
    """``add_delegate`` for checked addresses."""
    if box in delegates_of(transaction, shared):
        return False
    _ensure(transaction, shared, actor)
    _ensure(transaction, box, actor)
    queries.add_delegate(transaction, shared, box)
    _record(transaction, actor, shared, "delegate_added", delegate=box)
    return True


def undelegate_now(transaction: Transaction, shared: str, box: str, actor: Actor) -> bool:
    """``remove_delegate`` for checked addresses."""
    if not queries.remove_delegate(transaction, shared, box):
        return False
    _record(transaction, actor, shared, "delegate_removed", delegate=box)
    return True


def _ensure(transaction: Transaction, box: str, actor: Actor) -> bool:
    """Put an address on record where it is not; whether it was not."""
    if queries.persons_among(transaction, [box]):
        return False
    nothing = {"name": "", "department": "", "manager": "", "language": ""}
    queries.add_person(transaction, box, nothing, to_micros(transaction.now))
    _record(transaction, actor, box, "added")
    return True


def checked(office: OfficeSettings, box: str, particulars: Particulars) -> Particulars:
    """Particulars as they are stored; ``box`` is whose they are. Raises ``PersonProblem``."""
    manager = particulars.manager
    if manager:
        manager = own_mailbox(office, manager, "manager")
        if manager == box:
            raise problem("own_manager", "manager", address=box)
    if particulars.language not in (None, *LANGUAGES):
        raise problem("no_language", "language", chosen=particulars.language or "")
    department = _line(particulars.department, "department")
    if department and (";" in department or ":" in department):
        raise problem("department_signs", "department", department=department)
    return Particulars(_line(particulars.name, "name"), department, manager, particulars.language)


def _line(typed: str | None, field: str) -> str | None:
    """A name as it is stored: one line of ordinary letters."""
    if typed is None:
        return None
    line = " ".join(unicodedata.normalize("NFC", typed).split())
    if len(line) > TEXT_MAX:
        raise problem("too_long", field, most=str(TEXT_MAX))
    if any(_is_unfit(letter) for letter in line):
        raise problem("unfit_letters", field)
    return line


def _is_unfit(letter: str) -> bool:
    """Whether a letter is a control, a direction mark or half of one: nothing a name or an address needs."""
    return unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def department_of(role: Role, department: str) -> str:
    """The department a role is stored with. Raises ``PersonProblem`` where the two do not fit."""
    if role is Role.STAFF:
        raise problem("staff_is_everybody")
    of = _line(department, "role_department") or ""
    if role in OFFICE_WIDE and of:
        raise problem("role_is_office_wide")
    if role not in OFFICE_WIDE and not of:
        raise problem("role_needs_department")
    return of


def _roles_of(transaction: Transaction, box: str) -> set[tuple[Role, str]]:
    return {(grant.role, grant.department) for grant in person_of(transaction, box).grants}


def _in_charge(transaction: Transaction) -> list[tuple[str, str]]:
    return queries.enabled_holders(transaction, [role.value for role in Role if manages_people(role)])


def _refuse_to_lose(before: Collection[tuple[str, str]], after: Collection[tuple[str, str]]) -> None:
    """Raise ``PersonProblem`` where a change would leave nobody to undo it; the work is taken back then."""
    administrator = Role.ADMINISTRATOR.value
    if any(role == administrator for _, role in before) and all(role != administrator for _, role in after):
        raise problem("last_administrator")
    if before and not after:
        raise problem("last_in_charge")


def _record(transaction: Transaction, actor: Actor, box: str, change: str, **details: object) -> None:
    told = {"person": box, "change": change, **details}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.PERSON_CHANGED, None, told))
