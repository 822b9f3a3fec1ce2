"""The four roles: what each may do, and over whose mail."""

from __future__ import annotations

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.model.approval import Approval, ApproverKind, Approvers, Way
from mailguard.model.people import OFFICE_WIDE, RIGHTS, Grant, Person, Right, Role, Viewer

TANAKA = "tanaka@example.jp"


def viewer(*grants: Grant, is_disabled: bool = False, has_second_factor: bool = True) -> Viewer:
    person = Person(TANAKA, grants=grants, is_disabled=is_disabled)
    return Viewer(person, frozenset({TANAKA}), has_second_factor=has_second_factor)


def test_administrator_reads_releases_and_approves_nothing() -> None:
    """Who runs the system does not read what people write, nor decide in their place."""
    content = {Right.READ_CONTENT, Right.DOWNLOAD, Right.RELEASE, Right.APPROVE, Right.CLOSE_CASE}

    assert set() == content & RIGHTS[Role.ADMINISTRATOR]


def test_every_right_is_somebodys_and_staff_has_none() -> None:
    """Nothing can be done by nobody, and whoever has no role has their own mail alone."""
    assert set(Right) == set().union(*RIGHTS.values())
    assert set() == RIGHTS[Role.STAFF]
    assert set(Role) == RIGHTS.keys()


def test_department_officer_runs_nothing() -> None:
    """An officer's rights are over mail; people, policy and system are for the whole office."""
    managing = {right for right in Right if right.value.startswith(("manage", "change", "operate", "see_sy", "see_au"))}

    assert set() == managing & RIGHTS[Role.DEPARTMENT_OFFICER]


@pytest.mark.parametrize(("department", "expected"), [("sales", True), ("general", False), ("", False), (None, False)])
def test_department_officer_has_rights_over_that_department_alone(department: str | None, expected: bool) -> None:
    """The officer of one department sees no mail of another, nor of people without a department."""
    officer = viewer(Grant(Role.DEPARTMENT_OFFICER, "sales"))

    assert officer.has(Right.SEE_MAIL, department) is expected
    assert frozenset({"sales"}) == officer.departments(Right.SEE_MAIL)


def test_grant_of_an_officer_without_a_department_gives_nothing() -> None:
    """A role that says for nobody counts for nobody."""
    officer = viewer(Grant(Role.DEPARTMENT_OFFICER))

    assert not officer.has(Right.SEE_MAIL, "")
    assert frozenset() == officer.departments(Right.SEE_MAIL)


@pytest.mark.parametrize("role", sorted(OFFICE_WIDE))
def test_office_wide_role_counts_for_every_department(role: Role) -> None:
    """The security officer and the administrator look at the whole office."""
    one = viewer(Grant(role))

    assert one.has(Right.SEE_MAIL)
    assert one.has(Right.SEE_MAIL, "sales")
    assert one.departments(Right.SEE_MAIL) is None


@pytest.mark.parametrize("without", [{"is_disabled": True}, {"has_second_factor": False}])
def test_rights_end_with_the_second_factor_and_with_the_person(without: dict[str, bool]) -> None:
    """One stolen thing, or a person who has left, opens nobody else's mail."""
    one = viewer(Grant(Role.SECURITY_OFFICER), Grant(Role.DEPARTMENT_OFFICER, "sales"), **without)

    assert [right for right in Right if one.has(right) or one.has(right, "sales")] == []
    assert frozenset() == one.departments(Right.SEE_MAIL)
    assert one.owns(TANAKA)


def test_several_roles_add_up() -> None:
    """An officer of two departments sees both."""
    officer = viewer(Grant(Role.DEPARTMENT_OFFICER, "sales"), Grant(Role.DEPARTMENT_OFFICER, "general"))

    assert frozenset({"sales", "general"}) == officer.departments(Right.APPROVE)


def test_roles_and_kinds_of_approvers_have_words() -> None:
    """Nobody reads the name of an enum."""
    wanted = {f"people.role.{role}" for role in Role} | {f"people.approver.{kind}" for kind in ApproverKind}

    assert all(wanted <= texts.keys() for texts in CATALOGUES.values())


def test_way_in_ones_own_name_comes_first_and_officers_need_a_second_factor() -> None:
    """Who may approve in their own name does not speak for another; an officer's deputy proves two things as well."""
    as_deputy, own = Way(ApproverKind.MANAGER, "sato@example.jp"), Way(ApproverKind.COLLEAGUE)
    officer = Way(ApproverKind.OFFICER, "mori@example.jp")
    approvers = Approvers({TANAKA: (as_deputy, own), "abe@example.jp": (officer,)})

    assert own == approvers.way_of(TANAKA, has_second_factor=False)
    assert [None, officer] == [approvers.way_of("abe@example.jp", has_second_factor=one) for one in (False, True)]
    assert approvers.way_of("kato@example.jp", has_second_factor=True) is None
    assert 1 == Approval((ApproverKind.MANAGER,)).count
