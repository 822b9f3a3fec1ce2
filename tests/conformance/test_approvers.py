"""Who may approve a mail, by each kind, and each reason why nobody can."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailguard.accounts import people as reading
from mailguard.accounts import people_administration as administration
from mailguard.accounts.approvers import approvers_for, approving_way, may_approve
from mailguard.accounts.factors import Factor
from mailguard.i18n import CATALOGUES
from mailguard.model.approval import Approval, ApproverKind, Approvers, NoApprover, Way
from mailguard.model.people import Role
from mailguard.store import Store
from tests.conformance.people_parts import (
    ABE,
    ADMIN,
    GENERAL,
    MORI,
    OFFICE,
    SALES,
    SATO,
    SOUMU,
    TANAKA,
    disable,
    give,
    look_after,
    put,
)
from tests.fakes.clock import StandingClock

BY_MANAGER = Approval((ApproverKind.MANAGER,))
BY_COLLEAGUE = Approval((ApproverKind.COLLEAGUE,))
BY_OFFICER = Approval((ApproverKind.OFFICER,))
TWO = frozenset({Factor.MAILBOX, Factor.TOTP})
ONE = frozenset({Factor.MAILBOX})
DAY = timedelta(days=1)


def by_name(*persons: str, own: bool = False) -> Approval:
    return Approval((ApproverKind.NAMED,), persons, own=own)


async def found(store: Store, clock: StandingClock, approval: Approval, owner: str = TANAKA) -> Approvers:
    return await store.read(lambda connection: approvers_for(connection, approval, owner, clock.now()))


async def may(
    store: Store, clock: StandingClock, approval: Approval, address: str, factors: frozenset[Factor] = TWO,
    owner: str = TANAKA,
) -> bool:  # fmt: skip
    viewer = await store.read(lambda connection: reading.viewer_of(connection, address, clock.now(), factors))
    return await store.read(lambda connection: may_approve(connection, approval, viewer, owner, clock.now()))


async def stand_in(store: Store, clock: StandingClock, address: str, deputy: str, days: int = 3) -> None:
    """A deputy from now on."""
    now = clock.now()
    await store.write(administration.put_deputy(OFFICE, address, deputy, now, now + days * DAY, ADMIN))


@pytest.fixture
async def office(store: Store) -> Store:
    """Tanaka of the sales, whose manager is Sato; Abe beside; Mori is somebody of another department."""
    await give(store, "root@example.jp", Role.ADMINISTRATOR)
    await put(store, TANAKA, SALES, SATO)
    await put(store, ABE, SALES, SATO)
    await put(store, SATO, SALES)
    await put(store, MORI, GENERAL)
    return store


async def test_manager_approves_and_for_days_away_the_deputy(office: Store, clock: StandingClock) -> None:
    """My manager approves; while away their deputy does, in their name, and not a day longer."""
    await stand_in(office, clock, SATO, MORI)
    during = await found(office, clock, BY_MANAGER, "Tanaka@Example.jp")
    clock.advance(3 * DAY.total_seconds())
    afterwards = await found(office, clock, BY_MANAGER)

    assert {SATO: (Way(ApproverKind.MANAGER),), MORI: (Way(ApproverKind.MANAGER, SATO),)} == during.ways
    assert Approvers({SATO: (Way(ApproverKind.MANAGER),)}) == afterwards


async def test_deputy_who_is_an_approver_speaks_in_their_own_name(office: Store, clock: StandingClock) -> None:
    """Whoever may approve anyway does not stand in for anybody."""
    await stand_in(office, clock, SATO, MORI)
    approval = Approval((ApproverKind.MANAGER, ApproverKind.NAMED), (MORI,), count=2)
    mori = await office.read(lambda connection: reading.viewer_of(connection, MORI, clock.now(), ONE))

    assert {SATO, MORI} == (await found(office, clock, approval)).addresses
    assert (await found(office, clock, approval)).why_not is None
    way = await office.read(lambda connection: approving_way(connection, approval, mori, TANAKA, clock.now()))
    assert Way(ApproverKind.NAMED) == way


async def test_colleague_of_the_department_approves_but_not_the_sender(office: Store, clock: StandingClock) -> None:
    """Any other person of my department will do who is not disabled."""
    assert {ABE, SATO} == (await found(office, clock, BY_COLLEAGUE)).addresses
    await disable(office, ABE)

    assert {SATO} == (await found(office, clock, BY_COLLEAGUE)).addresses
    assert [False, False, False, True] == [
        await may(office, clock, BY_COLLEAGUE, address) for address in (TANAKA, ABE, MORI, SATO)
    ]


async def test_officer_of_the_senders_department_approves_with_a_second_factor(
    office: Store, clock: StandingClock
) -> None:
    """The officer of my department and the security officer approve; those of other departments do not."""
    await give(office, ABE, Role.DEPARTMENT_OFFICER, SALES)
    await give(office, "kato@example.jp", Role.DEPARTMENT_OFFICER, GENERAL)
    await give(office, MORI, Role.SECURITY_OFFICER)

    assert {ABE, MORI} == (await found(office, clock, BY_OFFICER)).addresses
    assert [True, False] == [await may(office, clock, BY_OFFICER, ABE, factors) for factors in (TWO, ONE)]
    assert not await may(office, clock, BY_OFFICER, "kato@example.jp")


WHY_NOT = {
    "nobody named": (by_name(), NoApprover.NO_APPROVER_NAMED),
    "no kind": (Approval(()), NoApprover.NO_APPROVER_NAMED),
    "no manager": (BY_MANAGER, NoApprover.NO_MANAGER),
    "no department": (BY_COLLEAGUE, NoApprover.NO_COLLEAGUE),
    "no officer": (BY_OFFICER, NoApprover.NO_OFFICER),
    "named is the sender": (by_name("new@example.jp"), NoApprover.ONLY_SENDER),
    "named is disabled": (by_name("gone@example.jp"), NoApprover.APPROVER_DISABLED),
    "first kind counts": (Approval((ApproverKind.MANAGER, ApproverKind.COLLEAGUE)), NoApprover.NO_MANAGER),
}


async def test_nobody_can_approve_says_why(office: Store, clock: StandingClock) -> None:
    """I am told which of the possible causes it is, so that the right thing is mended."""
    await put(office, "gone@example.jp")
    await disable(office, "gone@example.jp")

    told = {name: await found(office, clock, approval, "new@example.jp") for name, (approval, _) in WHY_NOT.items()}

    assert {name: Approvers({}, expected) for name, (_, expected) in WHY_NOT.items()} == told
    wanted = {f"people.no_approver.{reason}" for reason in NoApprover}
    assert all(wanted <= texts.keys() for texts in CATALOGUES.values())


async def test_four_eyes_need_two_people(office: Store, clock: StandingClock) -> None:
    """With one approver four eyes cannot be had, and that is said at once; a deputy makes two."""
    approval = Approval((ApproverKind.MANAGER,), count=2)
    alone = await found(office, clock, approval)
    await stand_in(office, clock, SATO, MORI)

    assert Approvers({SATO: (Way(ApproverKind.MANAGER),)}, NoApprover.TOO_FEW) == alone
    assert (await found(office, clock, approval)).why_not is None


async def test_disabled_manager_ends_the_deputys_time_as_well(office: Store, clock: StandingClock) -> None:
    """Nobody speaks for somebody who may not speak any more."""
    await stand_in(office, clock, SATO, MORI)
    await disable(office, SATO)

    assert Approvers({}, NoApprover.APPROVER_DISABLED) == await found(office, clock, BY_MANAGER)
    assert not await may(office, clock, BY_MANAGER, MORI)


async def test_disabled_or_sending_deputy_does_not_approve(office: Store, clock: StandingClock) -> None:
    """My manager's deputy may be me: then my mail waits for somebody else."""
    await stand_in(office, clock, SATO, TANAKA)
    await stand_in(office, clock, SATO, MORI)
    await disable(office, MORI)

    assert {SATO} == (await found(office, clock, BY_MANAGER)).addresses


async def test_senders_own_deputy_does_not_approve_in_their_place(office: Store, clock: StandingClock) -> None:
    """A named approver does not get an own mail approved by whom they chose themselves."""
    await stand_in(office, clock, TANAKA, ABE)

    assert Approvers({}, NoApprover.ONLY_SENDER) == await found(office, clock, by_name(TANAKA))


async def test_own_mail_is_approved_where_the_rule_says_so(office: Store, clock: StandingClock) -> None:
    """An approver's own mail goes their way if the office decided so."""
    assert [False, True] == [await may(office, clock, by_name(TANAKA, own=own), TANAKA) for own in (False, True)]
    colleague = Approval((ApproverKind.COLLEAGUE,), own=True)
    assert not await may(office, clock, colleague, TANAKA)


async def test_shared_mailbox_is_approved_by_managers_of_those_who_look_after_it(
    office: Store, clock: StandingClock
) -> None:
    """Mail of a shared mailbox goes to the boss of whoever wrote it, or to the one entered for the mailbox."""
    await look_after(office, SOUMU, TANAKA)
    await look_after(office, SOUMU, MORI)
    of_delegates = await found(office, clock, BY_MANAGER, SOUMU)
    colleagues = await found(office, clock, BY_COLLEAGUE, SOUMU)
    await put(office, SOUMU, GENERAL, "kato@example.jp")

    assert {SATO} == of_delegates.addresses
    assert {ABE, SATO} == colleagues.addresses
    assert {"kato@example.jp"} == (await found(office, clock, BY_MANAGER, SOUMU)).addresses
    assert NoApprover.NO_COLLEAGUE is (await found(office, clock, BY_COLLEAGUE, SOUMU)).why_not


async def test_shared_mailbox_is_not_approved_by_those_who_look_after_it(office: Store, clock: StandingClock) -> None:
    """Any of them may have written it, so none of them approves it."""
    await look_after(office, SOUMU, TANAKA)
    await look_after(office, SOUMU, ABE)

    assert Approvers({}, NoApprover.ONLY_SENDER) == await found(office, clock, by_name(TANAKA, ABE), SOUMU)
    assert not await may(office, clock, by_name(TANAKA), TANAKA, owner=SOUMU)
