"""Signing in with a mailed code or link, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailguard.accounts.factors import Factor, Proved
from mailguard.errors import CodeRefused, SignInDelayed
from mailguard.i18n.times import moment
from mailguard.model.audit import AuditAction
from mailguard.model.queue import State
from mailguard.store import Store
from mailguard.store.people_tables import ceremony
from mailguard.store.tables import submission
from tests.conformance.hold_parts import MakeNode
from tests.conformance.sign_in_parts import (
    ELSEWHERE,
    HERE,
    HOUR,
    MINUTE,
    PUBLIC_URL,
    SATO,
    TANAKA,
    TOKYO,
    SignInOffice,
    text_of,
)
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

PROVED = Proved(TANAKA, frozenset({Factor.MAILBOX}))


@pytest.fixture
async def office(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[SignInOffice]:
    office = SignInOffice(store, clock, tmp_path / "content")
    yield office
    await office.close()


async def begun(office: SignInOffice, address: str = TANAKA, client: str = HERE) -> str:
    return await office.sign_in.codes.begin(address, client, "ja")


async def test_code_typed_where_it_was_begun_signs_in_once(office: SignInOffice) -> None:
    """I type the code from my mailbox, as it is printed, and am known; a second time it is worth nothing."""
    ceremony_token = await begun(office, " Tanaka@Example.JP ")
    code = await office.last_code()
    proved = await office.sign_in.codes.finish(ceremony_token, code, HERE)

    assert PROVED == proved
    with pytest.raises(CodeRefused) as refused:
        await office.sign_in.codes.finish(ceremony_token, code, HERE)
    assert 0 == refused.value.tries_left


async def test_code_typed_with_wide_digits_and_blanks_signs_in(office: SignInOffice) -> None:
    """A Japanese keyboard's digits are digits."""
    ceremony_token = await begun(office)
    wide = (await office.last_code()).translate(str.maketrans("0123456789 ", "0123456789 "))

    assert PROVED == await office.sign_in.codes.finish(ceremony_token, wide, HERE)


async def test_code_in_another_browser_is_worth_nothing(office: SignInOffice) -> None:
    """Whoever reads my code over my shoulder cannot sign in with it elsewhere."""
    await begun(office)
    code = await office.last_code()
    foreign = await begun(office, SATO, ELSEWHERE)

    for token in (foreign, "made-up", ""):
        with pytest.raises(CodeRefused):
            await office.sign_in.codes.finish(token, code, ELSEWHERE)


async def test_code_too_late_is_worth_nothing(office: SignInOffice) -> None:
    """After ten minutes I have to begin anew."""
    ceremony_token = await begun(office)
    code = await office.last_code()
    office.clock.advance(10 * MINUTE)

    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish(ceremony_token, code, HERE)


async def test_code_guessed_five_times_is_dead(office: SignInOffice) -> None:
    """After five wrong codes even the right one does not count, and I am told how many tries are left."""
    ceremony_token = await begun(office)
    code = await office.last_code()
    wrong = "0000 0000" if code != "0000 0000" else "0000 0001"
    left = []
    for _ in range(5):
        with pytest.raises(CodeRefused) as refused:
            await office.sign_in.codes.finish(ceremony_token, wrong, HERE)
        left.append(refused.value.tries_left)

    assert [4, 3, 2, 1, 0] == left
    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish(ceremony_token, code, HERE)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("nobody@elsewhere.example.com", id="another domain"),
        pytest.param("left@example.jp", id="disabled"),
        pytest.param("tanaka@sub.example.jp", id="below the domain"),
        pytest.param("no address", id="no address"),
        pytest.param("", id="nothing"),
        pytest.param("a@b@example.jp", id="two at signs"),
        pytest.param("x\r\nBcc: evil@example.com@example.jp", id="a header in it"),
        pytest.param("x" * 5000 + "@example.jp", id="endless"),
    ],
)
async def test_code_for_an_address_that_may_not_is_answered_the_same_and_not_mailed(
    office: SignInOffice, address: str
) -> None:
    """The answer tells nobody who works here: the same words, the same ceremony, the same tries, and no mail."""
    await office.disable_person("left@example.jp")
    token = await begun(office, address)
    allowed = await begun(office, TANAKA)
    mails = await office.mails()
    left = []
    for one in (token, allowed):
        with pytest.raises(CodeRefused) as refused:
            await office.sign_in.codes.finish(one, "12345678", HERE)
        left.append(refused.value.tries_left)

    assert [TANAKA] == [mail["To"].addresses[0].addr_spec for mail in mails]
    assert [4, 4] == left
    assert len(token) == len(allowed)
    rows = await office.store.read(lambda connection: connection.execute(select(ceremony.c.kind)).scalars().all())
    assert sorted(["code", "link"] * 2) == sorted(rows)


async def test_code_mail_says_what_it_is_in_both_languages(office: SignInOffice) -> None:
    """The mail names the office, the code, how long it counts and what to do if it was not me. It answers to nobody."""
    await begun(office)
    mail, code = (await office.mails())[0], await office.last_code()
    words = text_of(mail)

    assert "Example Law" in mail["Subject"]
    assert code.replace(" ", "") not in mail["Subject"].replace(" ", "")
    assert "auto-generated" == mail["Auto-Submitted"]
    assert "pm@example.jp" == mail["From"].addresses[0].addr_spec
    assert all(
        word in words for word in ("10分間", "心当たりがない", "for 10 minutes", "If it was not you", PUBLIC_URL)
    )
    until = office.clock.now() + timedelta(minutes=10)
    assert all(moment(until, TOKYO, language) in words for language in ("ja", "en"))


async def test_code_mail_without_a_public_address_has_no_link(
    store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """Where nobody said how the pages are reached, the code does it alone."""
    office = SignInOffice(store, clock, tmp_path / "content", web={"public_url": ""})
    await begun(office)

    assert "http" not in text_of((await office.mails())[0])
    await office.close()


async def test_code_mail_belongs_to_its_reader(office: SignInOffice) -> None:
    """No other person's list of mails shows it, the postmaster's least of all; nothing is ever reported about it."""
    await begun(office)
    await office.mails()
    row = await office.store.read(lambda connection: connection.execute(select(submission)).one())

    assert (TANAKA, "", "own") == (row.owner, row.reverse_path, row.listener)


async def test_code_mail_is_delivered_at_once(office: SignInOffice, make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """I do not wait for my code while other mail is held."""
    node = make_node(hop.port)
    await begun(office)
    await office.mails()
    await node.look()

    assert [State.DELIVERED] == await node.states((await node.accepted_ids())[0])


async def test_codes_open_at_one_time_are_few(office: SignInOffice) -> None:
    """Nobody fills my mailbox: three codes, and no more until they are over. What was not mailed cannot be guessed."""
    tokens = [await begun(office, TANAKA, f"192.0.2.{number}") for number in range(1, 9)]
    flooded = len(await office.mails())
    code = await office.last_code()
    office.clock.advance(10 * MINUTE)
    await begun(office)

    assert 3 == flooded
    assert 4 == len(await office.mails())
    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish(tokens[-1], code, HERE)


async def test_codes_asked_for_by_one_client_make_it_wait(office: SignInOffice) -> None:
    """A program that tries all addresses from one place soon waits; others do not, and the wait is the same for all."""
    for number in range(30):
        await begun(office, f"guess{number}@example.jp", ELSEWHERE)

    with pytest.raises(SignInDelayed):
        await begun(office, "guess@example.jp", ELSEWHERE)
    assert await begun(office, TANAKA, HERE)
    with pytest.raises(SignInDelayed):
        await begun(office, "nobody@elsewhere.example.com", ELSEWHERE)
    office.clock.advance(24 * HOUR)
    assert await begun(office, TANAKA, ELSEWHERE)


async def test_link_opened_changes_nothing_and_pressed_signs_in_once(office: SignInOffice) -> None:
    """A scanner that fetches the link uses nothing up; the button on its page signs me in, also on my phone."""
    ceremony_token = await begun(office)
    link, code = await office.last_link(), await office.last_code()
    looked = [await office.sign_in.codes.link_is_open(link) for _ in range(5)]
    proved = await office.sign_in.codes.finish_link(link)

    assert [True] * 5 == looked
    assert PROVED == proved
    assert not await office.sign_in.codes.link_is_open(link)
    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish_link(link)
    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish(ceremony_token, code, HERE)


async def test_link_is_over_with_its_code_and_its_time(office: SignInOffice) -> None:
    """Once the code was typed the link in the mailbox opens nothing, nor does one from yesterday."""
    ceremony_token = await begun(office)
    used = await office.last_link()
    await office.sign_in.codes.finish(ceremony_token, await office.last_code(), HERE)
    await begun(office)
    old = await office.last_link()
    office.clock.advance(HOUR)

    for link in (used, old, ceremony_token, "made-up"):
        assert not await office.sign_in.codes.link_is_open(link)
        with pytest.raises(CodeRefused):
            await office.sign_in.codes.finish_link(link)


async def test_link_of_somebody_disabled_meanwhile_opens_nothing(office: SignInOffice) -> None:
    """A link mailed a minute before somebody left lets nobody in."""
    await begun(office)
    link = await office.last_link()
    await office.disable_person(TANAKA)

    with pytest.raises(CodeRefused):
        await office.sign_in.codes.finish_link(link)


async def test_codes_switched_off_are_never_mailed(store: Store, clock: StandingClock, tmp_path: Path) -> None:
    """An office that signs in otherwise sends no codes, and its answer is the same."""
    office = SignInOffice(store, clock, tmp_path / "content", sign_in={"methods": ["password"]})

    assert await begun(office)
    assert [] == await office.mails()
    assert not office.sign_in.codes.is_on
    await office.close()


async def test_ceremony_in_the_database_holds_no_code(office: SignInOffice) -> None:
    """A copy of the database is no list of codes."""
    await begun(office)
    code = (await office.last_code()).replace(" ", "").encode()
    rows = await office.store.read(lambda connection: connection.execute(select(ceremony.c.state)).scalars().all())

    assert not any(code in bytes(state) for state in rows)
    assert 1 == len(await office.events(AuditAction.ACCEPTED))
