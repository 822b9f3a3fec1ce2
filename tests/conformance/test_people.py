"""People, roles, deputies and delegates, and what each gives to somebody signed in."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from mailguard.accounts import people as reading
from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.errors import PersonProblem
from mailguard.model.people import Grant, Person, Right, Role, Viewer
from mailguard.store import Store, Transaction, Work
from mailguard.store.people_tables import api_token, ceremony, web_session
from mailguard.store.times import to_micros
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
    recorded,
    take,
)
from tests.fakes.clock import StandingClock

TWO = frozenset({Factor.MAILBOX, Factor.TOTP})
ONE = frozenset({Factor.MAILBOX})
DAY = timedelta(days=1)


async def viewer(store: Store, clock: StandingClock, address: str, factors: frozenset[Factor] = TWO) -> Viewer:
    return await store.read(lambda connection: reading.viewer_of(connection, address, clock.now(), factors))


async def deputise(store: Store, clock: StandingClock, address: str, stand_in: str, first: int, last: int) -> bool:
    """A deputy from a day until another, counted from now."""
    begin, end = clock.now() + first * DAY, clock.now() + last * DAY
    return await store.write(administration.put_deputy(OFFICE, address, stand_in, begin, end, ADMIN))


async def test_person_of_unknown_address_is_one_with_nothing_but_it(store: Store) -> None:
    """Whoever has a mailbox is a person, without being entered anywhere."""
    assert Person(TANAKA) == await store.read(lambda connection: reading.person_of(connection, "Tanaka@EXAMPLE.jp"))


async def test_person_is_put_and_changed_once(store: Store) -> None:
    """What I enter counts, what I leave out stays, and saying it again records nothing."""
    first = administration.put_person(OFFICE, "TANAKA@example.jp", Particulars(" 田中  一郎 ", GENERAL, SATO), ADMIN)
    second = administration.put_person(OFFICE, TANAKA, Particulars(department=SALES, language="en"), ADMIN)

    assert [True, False] == [await store.write(first), await store.write(first)]
    assert [True, False] == [await store.write(second), await store.write(second)]
    found = await store.read(lambda connection: reading.person_of(connection, TANAKA))
    assert Person(TANAKA, "田中 一郎", SALES, SATO, (), "en") == found
    told = await recorded(store)
    assert ["added", "changed", "changed"] == [one["change"] for one in told]
    assert "田中" not in str(told)


async def test_people_are_listed_searched_and_paged(store: Store) -> None:
    """I find somebody by part of address, name or department, and go through a long list page by page."""
    await put(store, TANAKA, SALES, name="Tanaka Ichiro")
    await put(store, ABE, GENERAL, name="阿部")
    await put(store, MORI, GENERAL, name="100%_森")
    await give(store, MORI, Role.DEPARTMENT_OFFICER, GENERAL)

    async def found(search: str = "", after: str = "", limit: int = 50) -> list[str]:
        listed = await store.read(lambda connection: reading.people(connection, search, after, limit))
        return [one.address for one in listed]

    assert [ABE, MORI, TANAKA] == await found()
    assert [[ABE, MORI], [TANAKA]] == [await found(limit=2), await found(after=MORI)]
    assert [[TANAKA], [ABE], [ABE, MORI]] == [await found(word) for word in ("ICHIRO", "阿", GENERAL)]
    assert [[MORI], [MORI], []] == [await found(word) for word in ("%", "_", "%a")]
    assert [TANAKA] == await found("TANAKA@")


async def test_deputy_whose_time_would_be_over_is_refused(store: Store, clock: StandingClock) -> None:
    """A deputy's time is to come."""
    with pytest.raises(PersonProblem) as caught:
        await deputise(store, clock, TANAKA, ABE, -2, 0)

    assert "people.problem.deputy_over" == caught.value.key
    assert [] == await recorded(store)


async def test_role_is_given_and_taken_once(store: Store) -> None:
    """A role counts from the next look on, and its history is on record."""
    await give(store, SATO, Role.ADMINISTRATOR)
    before = len(await recorded(store))

    given = [await give(store, TANAKA, Role.DEPARTMENT_OFFICER, SALES) for _ in range(2)]
    found = await store.read(lambda connection: reading.person_of(connection, TANAKA))
    taken = [await take(store, TANAKA, Role.DEPARTMENT_OFFICER, SALES) for _ in range(2)]

    assert ([True, False], [True, False]) == (given, taken)
    assert (Grant(Role.DEPARTMENT_OFFICER, SALES),) == found.grants
    assert ["added", "granted", "revoked"] == [one["change"] for one in (await recorded(store))[before:]]


async def test_last_administrator_can_neither_be_revoked_nor_disabled(store: Store) -> None:
    """The office cannot lock itself out; with a second administrator the first may go."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await give(store, MORI, Role.SECURITY_OFFICER)
    for change in (take(store, SATO, Role.ADMINISTRATOR), disable(store, SATO)):
        with pytest.raises(PersonProblem) as caught:
            await change
        assert "people.problem.last_administrator" == caught.value.key
    await give(store, TANAKA, Role.ADMINISTRATOR)
    assert await disable(store, SATO)
    with pytest.raises(PersonProblem):
        await take(store, TANAKA, Role.ADMINISTRATOR)

    assert await take(store, MORI, Role.SECURITY_OFFICER)
    found = await store.read(lambda connection: reading.person_of(connection, TANAKA))
    assert (Grant(Role.ADMINISTRATOR),) == found.grants


async def test_two_nodes_cannot_each_take_one_of_the_last_two_administrators(store: Store, url: str) -> None:
    """Also where two nodes act in the same moment, one administrator is left."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await give(store, TANAKA, Role.ADMINISTRATOR)
    other = Store(url, StandingClock(), use_database_time=False)
    other.start()
    try:
        done = await asyncio.gather(
            take(store, SATO, Role.ADMINISTRATOR), take(other, TANAKA, Role.ADMINISTRATOR), return_exceptions=True
        )
    finally:
        await other.stop()

    assert 1 == [isinstance(one, PersonProblem) for one in done].count(True), done
    assert 1 == len(await store.read(lambda connection: reading.holders_of(connection, Role.ADMINISTRATOR)))


async def test_last_one_in_charge_stays_where_there_is_no_administrator(store: Store) -> None:
    """Somebody who can give roles is always left."""
    await give(store, MORI, Role.SECURITY_OFFICER)
    await give(store, TANAKA, Role.DEPARTMENT_OFFICER, SALES)

    with pytest.raises(PersonProblem) as caught:
        await take(store, MORI, Role.SECURITY_OFFICER)

    assert "people.problem.last_in_charge" == caught.value.key
    assert [MORI] == await store.read(lambda connection: reading.holders_of(connection, Role.SECURITY_OFFICER))


async def test_disabled_person_has_nothing_left_and_may_be_enabled(store: Store, clock: StandingClock) -> None:
    """Whoever is disabled loses sessions and tokens at once, and acts for nobody; the others keep theirs."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await give(store, TANAKA, Role.SECURITY_OFFICER)
    await look_after(store, SOUMU, TANAKA)
    await store.write(sign_ins(TANAKA, b"1"))
    await store.write(sign_ins(ABE, b"2"))

    done = [await disable(store, TANAKA) for _ in range(2)]
    seen = await viewer(store, clock, TANAKA)
    enabled = [await store.write(administration.enable(OFFICE, TANAKA, ADMIN)) for _ in range(2)]

    assert ([True, False], [True, False]) == (done, enabled)
    assert (frozenset(), frozenset(), False) == (seen.mailboxes, seen.standing_in_for, seen.has(Right.SEE_MAIL))
    assert [{"person": TANAKA, "change": "disabled", "sign_ins_ended": 3}] == [
        one for one in await recorded(store) if one["change"] == "disabled"
    ]
    assert (await viewer(store, clock, TANAKA)).mailboxes == {TANAKA, SOUMU}


def sign_ins(address: str, key: bytes) -> Work[None]:
    """A session, a sign-in under way and a token of somebody."""
    times = {"created_at": 0, "expires_at": to_micros(StandingClock().now()) * 2}
    session: dict[str, Any] = {"session_hash": key, "seen_at": 0, "factors": "mailbox", "client_address": ""}
    begun: dict[str, Any] = {"ceremony_hash": key, "kind": "code", "state": b"", "tries": 0}

    def work(transaction: Transaction) -> None:
        transaction.execute(insert(web_session), {**session, **times, "client": "", "address": address})
        transaction.execute(insert(ceremony), {**begun, "expires_at": times["expires_at"], "address": address})
        token = {"token_hash": key, "name": "", "rights": "", "address": address, **times}
        transaction.execute(insert(api_token), token)

    return work


async def test_viewer_has_rights_of_roles_with_a_second_factor_alone(store: Store, clock: StandingClock) -> None:
    """A stolen mailbox opens its own mail and nobody else's."""
    await give(store, TANAKA, Role.SECURITY_OFFICER)

    one, two = await viewer(store, clock, TANAKA, ONE), await viewer(store, clock, "TANAKA@Example.jp", TWO)

    assert [False, True] == [one.has(Right.READ_CONTENT), two.has(Right.READ_CONTENT)]
    assert one.mailboxes == two.mailboxes == {TANAKA}


async def test_viewer_owns_the_mailboxes_they_look_after(store: Store, clock: StandingClock) -> None:
    """Mail of a shared mailbox or a scanner is in my list for as long as I look after it."""
    added = [await look_after(store, "Soumu@example.jp", TANAKA) for _ in range(2)]
    mine = await viewer(store, clock, TANAKA)
    work = administration.remove_delegate(OFFICE, SOUMU, TANAKA, ADMIN)
    removed = [await store.write(work) for _ in range(2)]

    assert ([True, False], [True, False]) == (added, removed)
    assert {TANAKA, SOUMU} == mine.mailboxes
    assert {TANAKA} == (await viewer(store, clock, TANAKA)).mailboxes


async def test_viewer_stands_in_from_the_first_day_until_the_end(store: Store, clock: StandingClock) -> None:
    """I stand in exactly for the days that were said, for several people at once, and not for somebody disabled."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await deputise(store, clock, TANAKA, ABE, 1, 3)
    await deputise(store, clock, TANAKA, ABE, 2, 4)
    await deputise(store, clock, MORI, ABE, 0, 9)

    seen = [(await viewer(store, clock, ABE)).standing_in_for]
    for _ in range(4):
        clock.advance(DAY.total_seconds())
        seen.append((await viewer(store, clock, ABE)).standing_in_for)
    await disable(store, MORI)

    assert [{MORI}, {MORI, TANAKA}, {MORI, TANAKA}, {MORI, TANAKA}, {MORI}] == seen
    assert frozenset() == (await viewer(store, clock, ABE)).standing_in_for


async def test_deputy_gets_another_end_and_is_taken_back(store: Store, clock: StandingClock) -> None:
    """The same first day again moves the last one; taken back, nobody stands in."""
    changes = [await deputise(store, clock, TANAKA, ABE, 0, last) for last in (3, 3, 5)]
    listed = await store.read(lambda connection: reading.deputies_of(connection, TANAKA, clock.now()))
    other_begin = administration.remove_deputy(OFFICE, TANAKA, ABE, clock.now() + DAY, ADMIN)
    all_times = administration.remove_deputy(OFFICE, TANAKA, ABE, None, ADMIN)
    removed = [await store.write(work) for work in (other_begin, all_times, all_times)]

    assert ([True, False, True], [False, True, False]) == (changes, removed)
    assert [clock.now() + 5 * DAY] == [one.until_at for one in listed]
    assert frozenset() == (await viewer(store, clock, ABE)).standing_in_for


async def test_departments_of_shared_mailbox_are_its_own_or_its_delegates(store: Store) -> None:
    """An officer sees the mail of a shared mailbox that people of the department look after."""
    await put(store, TANAKA, SALES)
    await put(store, ABE, GENERAL)
    await look_after(store, SOUMU, TANAKA)
    await look_after(store, SOUMU, ABE)
    of_delegates = await store.read(lambda connection: reading.departments_of(connection, SOUMU))
    in_sales = await store.read(lambda connection: reading.owners_in(connection, [SALES]))
    await put(store, SOUMU, GENERAL)

    assert {SALES, GENERAL} == of_delegates
    assert {TANAKA, SOUMU} == in_sales
    assert {GENERAL} == await store.read(lambda connection: reading.departments_of(connection, SOUMU))
    assert {TANAKA} == await store.read(lambda connection: reading.owners_in(connection, [SALES]))


async def test_role_is_never_given_to_oneself_nor_an_officer_made_by_an_administrator(
    store: Store, clock: StandingClock
) -> None:
    """Who runs the system cannot by that make their way to what others write."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await give(store, MORI, Role.SECURITY_OFFICER)
    sato, mori = await viewer(store, clock, SATO), await viewer(store, clock, MORI)
    weak = await viewer(store, clock, MORI, ONE)

    assert [True, False, False] == [
        reading.may_give(sato, Role.ADMINISTRATOR, TANAKA),
        reading.may_give(sato, Role.SECURITY_OFFICER, TANAKA),
        reading.may_give(sato, Role.DEPARTMENT_OFFICER, SATO),
    ]
    assert [True, False, False] == [
        reading.may_give(mori, Role.SECURITY_OFFICER, TANAKA),
        reading.may_give(mori, Role.ADMINISTRATOR, MORI),
        reading.may_give(weak, Role.ADMINISTRATOR, TANAKA),
    ]


async def test_staffing_names_empty_roles_and_deputies_who_cannot_stand_in(store: Store, clock: StandingClock) -> None:
    """The doctor knows which role nobody fills, and whose deputy is gone."""
    await give(store, SATO, Role.ADMINISTRATOR)
    await give(store, TANAKA, Role.ADMINISTRATOR)
    await deputise(store, clock, SATO, TANAKA, 0, 5)
    well = await store.read(lambda connection: reading.staffing(connection, clock.now()))
    await disable(store, TANAKA)
    ill = await store.read(lambda connection: reading.staffing(connection, clock.now()))

    assert ({Role.SECURITY_OFFICER: 0, Role.DEPARTMENT_OFFICER: 0, Role.ADMINISTRATOR: 2, Role.STAFF: 2}, ()) == (
        well.counts, well.idle_deputies,
    )  # fmt: skip
    assert (1, 1, [TANAKA]) == (
        ill.counts[Role.ADMINISTRATOR], ill.counts[Role.STAFF], [one.deputy for one in ill.idle_deputies]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "key"), [("  ", "nothing_typed"), ("tanaka", "no_address"), ("tanaka@elsewhere.example.com", "not_own")]
)
def test_address_that_is_none_of_the_office_says_what_is_wrong(typed: str, key: str) -> None:
    """Where I typed nothing I am asked for an address, and do not read that "" is none."""
    with pytest.raises(PersonProblem) as caught:
        administration.own_mailbox(OFFICE, typed)

    assert f"people.problem.{key}" == caught.value.key
