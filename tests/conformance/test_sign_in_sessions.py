"""Sessions, API tokens and notice links, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailguard.accounts import administration
from mailguard.accounts.factors import Factor, Proved, proves_two
from mailguard.errors import AccountProblem, NotAllowed, SignInRefused
from mailguard.model.audit import AuditAction
from mailguard.model.people import Grant, Person, Right, Role, Viewer
from mailguard.store import Store
from mailguard.store.people_tables import api_token, mail_link, web_session
from tests.conformance.sign_in_parts import ADMIN, HERE, HOUR, MINUTE, SATO, TANAKA, SignInOffice
from tests.fakes.clock import StandingClock

BY_MAIL = Proved(TANAKA, frozenset({Factor.MAILBOX}))


@pytest.fixture
async def office(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[SignInOffice]:
    office = SignInOffice(store, clock, tmp_path / "content")
    yield office
    await office.close()


def viewer(*roles: Role, has_second_factor: bool = True) -> Viewer:
    grants = tuple(Grant(role, "sales" if role is Role.DEPARTMENT_OFFICER else "") for role in roles)
    return Viewer(Person(TANAKA, grants=grants), frozenset({TANAKA}), has_second_factor=has_second_factor)


# -- sessions


async def test_session_known_by_its_token_until_it_is_ended(office: SignInOffice) -> None:
    """I am signed in with my browser until I sign out, and both are on record."""
    sessions, token = office.sign_in.sessions, await office.session(BY_MAIL)
    found = await sessions.of(token)
    await sessions.end(token)

    assert found is not None
    assert (TANAKA, frozenset({Factor.MAILBOX}), HERE, "Firefox") == (
        found.address,
        found.factors,
        found.client_address,
        found.client,
    )
    assert await sessions.of(token) is None
    kinds = [event.action for event in await office.events(AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT)]
    assert [AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT] == kinds


async def test_session_token_is_not_in_the_database(office: SignInOffice) -> None:
    """Whoever copies the database can sign in as nobody."""
    token = await office.session(BY_MAIL)
    row = await office.store.read(lambda connection: connection.execute(select(web_session)).one())

    assert token.encode() not in bytes(row.session_hash)
    assert await office.sign_in.sessions.of(bytes(row.session_hash).hex()) is None


async def test_session_idle_too_long_is_over(office: SignInOffice) -> None:
    """A browser left alone for half an hour is signed out; one that is used is not."""
    sessions, used, left = office.sign_in.sessions, await office.session(BY_MAIL), await office.session(BY_MAIL)
    for _ in range(4):
        office.clock.advance(10 * MINUTE)
        assert await sessions.of(used) is not None

    assert await sessions.of(left) is None


async def test_session_in_use_ends_after_its_hours(office: SignInOffice) -> None:
    """However busy it is, a session ends after twelve hours."""
    sessions, token = office.sign_in.sessions, await office.session(BY_MAIL)
    alive = 0
    while await sessions.of(token) is not None:
        office.clock.advance(20 * MINUTE)
        alive += 1

    assert 36 == alive


async def test_session_reading_pages_writes_once_a_minute(office: SignInOffice) -> None:
    """A page that asks for news every few seconds costs the database nothing."""
    sessions, token = office.sign_in.sessions, await office.session(BY_MAIL)
    seen = set()
    for _ in range(30):
        office.clock.advance(5)
        assert await sessions.of(token) is not None
        seen.add(await office.store.read(lambda connection: connection.execute(select(web_session.c.seen_at)).scalar()))

    assert 3 == len(seen)


async def test_session_new_in_the_same_browser_ends_the_old_one(office: SignInOffice) -> None:
    """A token that somebody planted before I signed in is worth nothing afterwards."""
    sessions, planted = office.sign_in.sessions, await office.session(BY_MAIL)
    fresh = await sessions.open(SATO, {Factor.PASSKEY}, HERE, "Firefox", replaces=planted)

    assert await sessions.of(planted) is None
    assert await sessions.of(fresh) is not None


async def test_session_stronger_has_another_token_and_the_same_end(office: SignInOffice) -> None:
    """Proving a second factor changes the token and prolongs nothing."""
    sessions, token = office.sign_in.sessions, await office.session(BY_MAIL)
    before = await sessions.of(token)
    office.clock.advance(MINUTE)
    fresh = await sessions.strengthen(token, Factor.TOTP)
    after = await sessions.of(fresh)

    assert before is not None
    assert after is not None
    assert (False, True) == (before.has_second_factor, after.has_second_factor)
    assert before.expires_at == after.expires_at
    assert await sessions.of(token) is None
    with pytest.raises(SignInRefused):
        await sessions.strengthen(token, Factor.TOTP)


async def test_session_of_somebody_disabled_is_over_at_once(office: SignInOffice) -> None:
    """Whoever leaves the office is out with the administrator's click, whether as a person or by the account."""
    sessions, tanaka = office.sign_in.sessions, await office.session(BY_MAIL)
    sato = await sessions.open(SATO, {Factor.PASSWORD}, HERE, "Firefox")
    await office.add_account(SATO)
    await office.store.write(administration.disable(SATO, ADMIN))
    await office.disable_person(TANAKA)

    assert [None, None] == [await sessions.of(tanaka), await sessions.of(sato)]
    with pytest.raises(SignInRefused):
        await sessions.open(TANAKA, {Factor.MAILBOX}, HERE, "Firefox")


async def test_session_list_and_revoke_reach_only_ones_own(office: SignInOffice) -> None:
    """I see where I am signed in and end it from afar; nobody else's."""
    sessions = office.sign_in.sessions
    mine, other = await office.session(BY_MAIL), await office.session(BY_MAIL)
    his = await sessions.open(SATO, {Factor.MAILBOX}, HERE, "Edge")
    listed = await sessions.of_person("Tanaka@EXAMPLE.jp")
    found, foreign = await sessions.of(other), await sessions.of(his)
    assert found is not None
    assert foreign is not None

    assert 2 == len(listed)
    assert not await sessions.revoke(foreign.session_id, ADMIN, TANAKA)
    assert not await sessions.revoke("nonsense", ADMIN)
    assert await sessions.revoke(found.session_id, ADMIN, TANAKA)
    assert await sessions.of(other) is None
    assert await sessions.revoke(foreign.session_id, ADMIN)
    assert await sessions.of(mine) is not None


async def test_session_end_all_keeps_the_one_in_use(office: SignInOffice) -> None:
    """ "Sign out everywhere else" leaves me where I am."""
    sessions = office.sign_in.sessions
    tokens = [await office.session(BY_MAIL) for _ in range(3)]
    ended = await sessions.end_all(TANAKA, ADMIN, except_token=tokens[1])

    assert 2 == ended
    assert [False, True, False] == [await sessions.of(token) is not None for token in tokens]


async def test_forget_ended_removes_what_is_over_and_nothing_else(office: SignInOffice) -> None:
    """The tables do not grow for ever, and nobody is signed out by the broom."""
    await office.session(BY_MAIL)
    await office.sign_in.codes.begin(TANAKA, HERE, "ja")
    await office.sign_in.tokens.create(viewer(), "script", (), 1, ADMIN)
    await office.sign_in.close()
    office.clock.advance(40 * MINUTE)
    fresh = await office.session(BY_MAIL)
    first = await office.store.write(office.sign_in.forget_ended)
    office.clock.advance(24 * HOUR)
    second = await office.store.write(office.sign_in.forget_ended)

    assert 3 == first  # the old session, the code and its link
    assert 3 == second  # the other session, the token, the count
    assert await office.sign_in.sessions.of(fresh) is None


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        pytest.param({Factor.MAILBOX}, False, id="mailbox"),
        pytest.param({Factor.PASSWORD}, False, id="password"),
        pytest.param({Factor.MAILBOX, Factor.PASSWORD}, False, id="mailbox and its password"),
        pytest.param({Factor.TOTP}, False, id="only the second"),
        pytest.param({Factor.PASSWORD, Factor.TOTP}, True, id="password and app"),
        pytest.param({Factor.MAILBOX, Factor.RECOVERY}, True, id="mailbox and recovery code"),
        pytest.param({Factor.PASSKEY}, True, id="passkey"),
        pytest.param({Factor.OIDC}, False, id="provider"),
        pytest.param({Factor.OIDC, Factor.OIDC_SECOND}, True, id="provider with a second factor"),
    ],
)
def test_factors_two_only_where_one_theft_does_not_give_both(factors: set[Factor], expected: bool) -> None:
    """A mailbox and the password that opens it are one thing."""
    assert expected is proves_two(factors)


# -- API tokens


async def test_token_acts_for_its_owner_until_it_expires(office: SignInOffice) -> None:
    """A program acts for me with the rights I gave it, for as long as I said."""
    tokens = office.sign_in.tokens
    token = await tokens.create(viewer(Role.ADMINISTRATOR), " nightly  report ", {Right.SEE_SYSTEM}, 30, ADMIN)
    found = await tokens.of(token)
    office.clock.advance(30 * 24 * HOUR)

    assert found is not None
    assert (TANAKA, "nightly report", frozenset({Right.SEE_SYSTEM})) == (found.address, found.name, found.rights)
    assert await tokens.of(token) is None
    assert [] == await tokens.of_person(TANAKA)


@pytest.mark.parametrize(
    ("owner", "right"),
    [
        pytest.param(viewer(), Right.SEE_MAIL, id="staff"),
        pytest.param(viewer(Role.ADMINISTRATOR), Right.READ_CONTENT, id="administrator"),
        pytest.param(viewer(Role.ADMINISTRATOR, has_second_factor=False), Right.SEE_SYSTEM, id="no second factor"),
    ],
)
async def test_token_with_a_right_that_is_not_ones_own_is_refused(
    office: SignInOffice, owner: Viewer, right: Right
) -> None:
    """Nobody gives a program more than they have."""
    with pytest.raises(NotAllowed):
        await office.sign_in.tokens.create(owner, "script", {right}, 30, ADMIN)


@pytest.mark.parametrize(("name", "days"), [("", 30), ("script", 0), ("script", 367)])
async def test_token_without_name_or_end_is_refused(office: SignInOffice, name: str, days: int) -> None:
    """Every token has a name and an end within a year."""
    with pytest.raises(AccountProblem):
        await office.sign_in.tokens.create(viewer(), name, (), days, ADMIN)


async def test_token_revoked_or_of_somebody_disabled_counts_no_more(office: SignInOffice) -> None:
    """A lost token is revoked by name; those of somebody who left end with them. Only hashes are kept."""
    tokens = office.sign_in.tokens
    lost, kept = [await tokens.create(viewer(), name, (), 30, ADMIN) for name in ("lost", "kept")]
    listed = {entry.name: entry.token_id for entry in await tokens.of_person(TANAKA)}
    rows = await office.store.read(lambda connection: connection.execute(select(api_token.c.token_hash)).all())

    assert not await tokens.revoke(listed["lost"], ADMIN, SATO)
    assert await tokens.revoke(listed["lost"], ADMIN, TANAKA)
    assert await tokens.of(lost) is None
    assert await tokens.of(kept) is not None
    await office.disable_person(TANAKA)
    assert await tokens.of(kept) is None
    assert not any(kept.encode() in bytes(row[0]) for row in rows)


# -- links in notices


async def test_link_stands_for_one_mail_until_it_is_revoked(office: SignInOffice) -> None:
    """A notice's link opens the decision about its own mail; an administrator can take it back."""
    await office.sign_in.codes.begin(TANAKA, HERE, "ja")
    await office.mails()
    queue_id = str((await office.events(AuditAction.ACCEPTED))[0].queue_id)
    links = office.sign_in.links
    token = await office.store.write(lambda transaction: links.make(transaction, queue_id, "Tanaka@example.jp"))
    found = await links.of(token)
    kept = await office.store.read(lambda connection: connection.execute(select(mail_link.c.token_hash)).scalar())

    assert found is not None
    assert (queue_id, TANAKA) == (found.queue_id, found.address)
    assert token.encode() not in bytes(kept or b"")
    assert await links.of(token[:-1]) is None
    assert (1, 0) == (await links.revoke(queue_id, ADMIN), await links.revoke(queue_id, ADMIN))
    assert await links.of(token) is None
    assert 1 == len(await office.events(AuditAction.LINK_REVOKED))
