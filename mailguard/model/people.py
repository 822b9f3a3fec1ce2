"""Who may do what: the four roles of the manual, the rights they carry, and whoever stands before the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The roles of the manual (P13-15). Everybody with an own mailbox is staff."""

    SECURITY_OFFICER = "security_officer"
    """情報セキュリティ責任者."""
    DEPARTMENT_OFFICER = "department_officer"
    """情報セキュリティ部門責任者, for one department."""
    ADMINISTRATOR = "administrator"
    """システム管理者: runs the system and reads no mail."""
    STAFF = "staff"
    """従事者."""


class Right(StrEnum):
    """What a role allows beyond one's own mail. Each is asked for by itself."""

    SEE_MAIL = "see_mail"
    """Others' mail in lists, and their decision page without body and values."""
    READ_CONTENT = "read_content"
    """Body and attachments of others' mail, with a purpose that is put on record."""
    RELEASE = "release"
    APPROVE = "approve"
    CANCEL = "cancel"
    DOWNLOAD = "download"
    OPERATE_QUEUE = "operate_queue"
    """Retry, bounce and take back mail on its way."""
    MANAGE_PEOPLE = "manage_people"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_CORRESPONDENTS = "manage_correspondents"
    SEE_POLICY = "see_policy"
    CHANGE_POLICY = "change_policy"
    SEE_SYSTEM = "see_system"
    SEE_AUDIT = "see_audit"
    HANDLE_CASE = "handle_case"
    """See incidents and work on them."""
    CLOSE_CASE = "close_case"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.SECURITY_OFFICER: frozenset(Right) - {Right.OPERATE_QUEUE, Right.MANAGE_DEVICES},
    Role.DEPARTMENT_OFFICER: frozenset(
        {
            Right.SEE_MAIL,
            Right.READ_CONTENT,
            Right.RELEASE,
            Right.APPROVE,
            Right.CANCEL,
            Right.DOWNLOAD,
            Right.SEE_POLICY,
            Right.HANDLE_CASE,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.SEE_MAIL,
            Right.OPERATE_QUEUE,
            Right.CANCEL,
            Right.MANAGE_PEOPLE,
            Right.MANAGE_DEVICES,
            Right.MANAGE_CORRESPONDENTS,
            Right.SEE_POLICY,
            Right.CHANGE_POLICY,
            Right.SEE_SYSTEM,
            Right.SEE_AUDIT,
        }
    ),
    Role.STAFF: frozenset(),
}
"""Least rights. A department's officer has its rights over mail of that department only."""

OFFICE_WIDE = frozenset({Role.SECURITY_OFFICER, Role.ADMINISTRATOR})
"""Roles that count for every department."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role somebody has; ``department`` is "" where it counts for the whole office."""

    role: Role
    department: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the office. Addresses are in comparable form; ``manager`` is an address or "".

    Whoever signs in with an own mailbox and is on no list is a person with nothing but an address.
    """

    address: str
    name: str = ""
    department: str = ""
    manager: str = ""
    grants: tuple[Grant, ...] = ()
    language: str = ""
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who stands before the screen, and for whom they may act.

    ``mailboxes``: whose mail is theirs: their own address and the shared mailboxes they look after.
    ``standing_in_for``: whose approvals they may give today. ``has_second_factor``: whether this sign-in proved two
    things; without it only the rights of staff count. ``limits``: rights beyond which this sign-in gives none whatever
    their roles are, as a program's token; None: no limit.
    """

    person: Person
    mailboxes: frozenset[str]
    standing_in_for: frozenset[str] = frozenset()
    has_second_factor: bool = False
    limits: frozenset[Right] | None = None

    @property
    def address(self) -> str:
        """Their mailbox."""
        return self.person.address

    def owns(self, owner: str) -> bool:
        """Whether a mail of ``owner`` is theirs to decide about."""
        return owner in self.mailboxes

    def reaches(self, right: Right) -> bool:
        """Whether this sign-in is enough for the right, where a role gives it to them."""
        is_within = self.limits is None or right in self.limits
        return is_within and self.has_second_factor and not self.person.is_disabled

    def has(self, right: Right, department: str | None = None) -> bool:
        """Whether a role gives them the right over a department's mail; None: over the whole office."""
        if not self.reaches(right):
            return False
        return any(
            right in RIGHTS[grant.role]
            and (grant.role in OFFICE_WIDE or (department is not None and grant.department == department != ""))
            for grant in self.person.grants
        )

    def departments(self, right: Right) -> frozenset[str] | None:
        """Whose mail the right is for: departments, or None for the whole office."""
        if self.has(right):
            return None
        if not self.reaches(right):
            return frozenset()
        return frozenset(
            grant.department
            for grant in self.person.grants
            if right in RIGHTS[grant.role] and grant.role not in OFFICE_WIDE and grant.department
        )
