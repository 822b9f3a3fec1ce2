"""People in and out, as CSV that spreadsheets read and write.

Columns: ``address, name, department, manager, roles, delegates``. Roles and delegates are separated by ``;``, an
officer's role is ``department_officer:DEPARTMENT``. ``delegates`` are those who look after the mailbox of the line.
Headings and roles may be Japanese, and are written so for who reads Japanese. What is written is read back as the same;
what a spreadsheet would take for a formula is quoted.

An import says what counts for the people it names: an empty cell takes a value away, a column that is not there leaves
it. Whoever is in no line stays as they are.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailguard.accounts import people_administration as administration
from mailguard.accounts.people import delegates_by_mailbox, delegates_of, may_delegate, may_give, people, person_of
from mailguard.accounts.people_administration import Particulars, own_mailbox
from mailguard.accounts.people_queries import Reader
from mailguard.config import OfficeSettings
from mailguard.errors import PersonProblem
from mailguard.i18n import Language, text
from mailguard.mime.japanese import likely_text
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of, plain
from mailguard.model.audit import Actor
from mailguard.model.people import OFFICE_WIDE, Grant, Person, Role, Viewer
from mailguard.store import Transaction, Work

COLUMNS = ("address", "name", "department", "manager", "roles", "delegates")
LINES_MAX = 20_000
"""Far more than an office has people; a file of another kind ends soon."""
PAGE = 500
_ROLES = ", ".join(sorted(OFFICE_WIDE)) + f", {Role.DEPARTMENT_OFFICER.value}:DEPARTMENT"
_HEADINGS = {
    "address": "アドレス メールアドレス メール",
    "name": "名前 氏名 お名前 表示名",
    "department": "部門 部署 部署名 所属",
    "manager": "上司 上司のアドレス 上司のメールアドレス",
    "roles": "役割",
    "delegates": "担当者 このアドレスの担当者 担当者のアドレス 担当者のメールアドレス",
}
"""What offices call the columns, beside the names of ``COLUMNS`` themselves."""
_COLUMN_OF = {word: column for column, words in _HEADINGS.items() for word in (column, *words.split())}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an import, checked. ``grants`` and ``delegates`` are None where their column is not there."""

    address: str
    particulars: Particulars
    grants: frozenset[Grant] | None = None
    delegates: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is wrong in a line (from 1, the headings included), with its words in the catalogues."""

    number: int
    key: str
    values: dict[str, str] = field(default_factory=dict)

    def words(self, language: Language) -> str:
        """The problem with its line, for people; what could steer a terminal is not repeated."""
        shown = {name: "".join(filter(str.isprintable, value)) for name, value in self.values.items()}
        return text(language, "people.import.line", number=self.number, problem=text(language, self.key, **shown))


@dataclass(frozen=True, slots=True)
class Reading:
    """What an import would do; nothing may be done where there are ``problems``."""

    lines: tuple[Line, ...]
    problems: tuple[LineProblem, ...]


def export(reader: Reader, language: Language = "en") -> Iterator[str]:
    """Everybody on record as lines of CSV, with a byte order mark and headings. Disabled people are there."""
    yield BYTE_ORDER_MARK + line_of(text(language, f"people.import.column.{column}") for column in COLUMNS)
    after = ""
    while found := people(reader, "", after, PAGE):
        delegates = delegates_by_mailbox(reader, [one.address for one in found])
        for one in found:
            roles = ";".join(_role_word(grant, language) for grant in one.grants)
            yield line_of(
                (
                    one.address,
                    one.name,
                    one.department,
                    one.manager,
                    roles,
                    ";".join(delegates.get(one.address, ())),
                )
            )
        after = found[-1].address


def read(office: OfficeSettings, octets: bytes) -> Reading:
    """The lines of a CSV file in any encoding of Japanese programs, all of its problems told at once."""
    decoded = likely_text(octets).removeprefix(BYTE_ORDER_MARK)
    lines: list[Line] = []
    problems: list[LineProblem] = []
    first_seen: set[str] = set()
    columns: tuple[str, ...] = ()
    rows = csv.reader(io.StringIO(decoded.replace("\r\n", "\n").replace("\r", "\n")), strict=True)
    try:
        for row in rows:
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not columns:
                columns = tuple(map(_column, cells))
                problems += _headings(columns, rows.line_num)
                if problems:
                    break
                continue
            if len(lines) + len(problems) >= LINES_MAX:
                problems.append(LineProblem(rows.line_num, "people.import.too_large", {"most": str(LINES_MAX)}))
                break
            found = _line(office, columns, cells, rows.line_num)
            if isinstance(found, Line) and found.address in first_seen:
                found = LineProblem(rows.line_num, "people.import.twice", {"address": found.address})
            if isinstance(found, LineProblem):
                problems.append(found)
                continue
            first_seen.add(found.address)
            lines.append(found)
    except csv.Error:
        problems.append(LineProblem(rows.line_num, "people.import.unreadable"))
    if not columns and not problems:
        problems.append(LineProblem(1, "people.import.no_address_column"))
    return Reading(tuple(lines), tuple(problems))


def take_over(lines: tuple[Line, ...], actor: Actor, viewer: Viewer | None = None) -> Work[int]:
    """Make the lines count; how many people are other than before. All or nothing.

    ``viewer``: who does it on a page; without one it is whoever runs the system's commands, who may do all of it.

    Roles are given before others are taken, so that the last administrator can be replaced in one file. Raises
    ``PersonProblem`` where nobody would be left in charge, or where the viewer may not do what a line says.
    """

    def work(transaction: Transaction) -> int:
        changed: set[str] = set()
        lost: list[tuple[str, Grant]] = []
        for line in lines:
            before = person_of(transaction, line.address)
            if viewer is not None:
                _assure_may(transaction, viewer, line, before)
            if administration.put_now(transaction, line.address, line.particulars, actor):
                changed.add(line.address)
            if line.grants is not None:
                lost += [(line.address, grant) for grant in sorted(_lost(before, line.grants), key=_role_word)]
                for grant in sorted(line.grants, key=_role_word):
                    if administration.grant_now(transaction, line.address, grant.role, grant.department, actor):
                        changed.add(line.address)
            if line.delegates is not None and _set_delegates(transaction, line.address, line.delegates, actor):
                changed.add(line.address)
        for address, grant in lost:
            administration.revoke_now(transaction, address, grant.role, grant.department, actor)
            changed.add(address)
        return len(changed)

    return work


def _assure_may(transaction: Transaction, viewer: Viewer, line: Line, before: Person) -> None:
    """Raise ``PersonProblem`` where somebody may not give or take what a line changes."""
    if line.grants is not None:
        changed = {grant.role for grant in set(before.grants) ^ line.grants}
        if not all(may_give(viewer, role, line.address) for role in changed):
            raise administration.problem("not_yours_to_give", address=line.address)
    if line.delegates is not None:
        moved = set(delegates_of(transaction, line.address)) ^ line.delegates
        if not all(may_delegate(viewer, one) for one in moved):
            raise administration.problem("not_yours_to_delegate", address=line.address)


def _column(cell: str) -> str:
    """The column a heading names; what names none as it is written."""
    heading = "".join(unicodedata.normalize("NFKC", cell).lower().split())
    return _COLUMN_OF.get(heading, cell)


def _headings(columns: tuple[str, ...], number: int) -> Iterator[LineProblem]:
    if COLUMNS[0] not in columns:
        yield LineProblem(number, "people.import.no_address_column")
    for column in dict.fromkeys(columns):
        if column not in COLUMNS:
            values = {"column": column, "columns": ", ".join(COLUMNS)}
            yield LineProblem(number, "people.import.unknown_column", values)
        elif columns.count(column) > 1:
            yield LineProblem(number, "people.import.column_twice", {"column": column})


def _line(office: OfficeSettings, columns: tuple[str, ...], cells: list[str], number: int) -> Line | LineProblem:
    # Spreadsheets leave empty cells at the end away, and some write one too many.
    filled = cells[: len(columns)] + [""] * (len(columns) - len(cells))
    if any(cells[len(columns) :]):
        return LineProblem(number, "people.import.cells")
    values = {column: plain(cell) for column, cell in zip(columns, filled, strict=True)}
    try:
        address = own_mailbox(office, values["address"])
        particulars = Particulars(values.get("name"), values.get("department"), values.get("manager"))
        checked = administration.checked(office, address, particulars)
        grants = None if "roles" not in values else frozenset(map(_grant, _listed(values["roles"])))
        delegates = None
        if "delegates" in values:
            delegates = frozenset(own_mailbox(office, one) for one in _listed(values["delegates"]))
            if address in delegates:
                raise administration.problem("own_delegate", address=address)
    except PersonProblem as error:
        return LineProblem(number, error.key, error.values)
    except _UnknownRole as error:
        return LineProblem(number, "people.import.unknown_role", {"role": str(error), "roles": _ROLES})
    return Line(address, checked, grants, delegates)


class _UnknownRole(Exception):
    """A word that is no role."""


def _grant(word: str) -> Grant:
    name, _, department = word.replace("\uff1a", ":").partition(":")
    role = _ROLE_OF.get(name.strip().lower())
    if role is None:
        raise _UnknownRole(word)
    return Grant(role, administration.department_of(role, department))


def _role_word(grant: Grant, language: Language = "en") -> str:
    role = grant.role.value if language == "en" else text(language, f"people.role.{grant.role.value}")
    return f"{role}:{grant.department}" if grant.department else role


_ROLE_OF = {role.value: role for role in Role} | {text("ja", f"people.role.{role.value}"): role for role in Role}


def _lost(before: Person, wanted: frozenset[Grant]) -> set[Grant]:
    return set(before.grants) - wanted


def _set_delegates(transaction: Transaction, mailbox: str, wanted: frozenset[str], actor: Actor) -> bool:
    there = set(delegates_of(transaction, mailbox))
    for one in sorted(wanted - there):
        administration.delegate_now(transaction, mailbox, one, actor)
    for one in sorted(there - wanted):
        administration.undelegate_now(transaction, mailbox, one, actor)
    return there != wanted


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;\uff1b\u3001]", cell) if part.strip()]
