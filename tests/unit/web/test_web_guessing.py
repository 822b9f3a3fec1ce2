"""Guessing passwords on the sign-in page: how long it takes, what it tells, and what a planted cookie is worth then."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from mailguard.accounts import administration
from mailguard.i18n import CATALOGUES
from mailguard.spool import Spool
from tests.conformance.hold_parts import SATO as SETUP
from tests.conformance.sign_in_parts import CHEAP
from tests.conformance.test_web_permissions import everything
from tests.conformance.web_office import HOST, SATO, URL, WebOffice
from tests.fakes.clock import StandingClock

JA = CATALOGUES["ja"]
COOKIE = "__Host-mailguard"
PASSWORD = "correct horse battery"
COPIER, LEFT, NOBODY = (f"{name}@office.example.jp" for name in ("copier", "left", "nobody"))
_DELAYED = re.compile(re.escape(JA["pages.sign_in.delayed"]).replace(r"\{seconds\}", "([0-9]+)"))


@pytest.fixture
async def office(spool: Spool, clock: StandingClock) -> AsyncIterator[WebOffice]:
    """An office with an account in use, one of a copier, and one of somebody who left."""
    office = WebOffice(spool.store, spool, clock, hasher=CHEAP)
    hashed = office.parts.accounts.passwords.hashed_now(PASSWORD)
    for address, owner in ((SATO, ""), (COPIER, SATO), (LEFT, "")):
        await spool.store.write(administration.add(address, owner, hashed, SETUP))
    await spool.store.write(administration.disable(LEFT, SETUP))
    yield office
    office.close()


def browser_at(office: WebOffice, address: str) -> httpx2.AsyncClient:
    """A browser somewhere."""
    transport = httpx2.ASGITransport(office.app.asgi, client=(address, 40000))
    headers = {"sec-fetch-site": "same-origin", "accept-language": "ja"}
    return httpx2.AsyncClient(transport=transport, base_url=URL, headers=headers)


async def guess(office: WebOffice, where: str, address: str, password: str) -> httpx2.Response:
    """What one try on the page gets."""
    async with browser_at(office, where) as client:
        return await client.post("/sign-in/password", data={"password_address": address, "password": password})


def wait_in(answer: httpx2.Response) -> int:
    """How many seconds a page asks to wait; 0 where it asks for none."""
    found = _DELAYED.search(answer.text)
    return int(found[1]) if found else 0


def without(address: str, answer: httpx2.Response) -> tuple[int, str]:
    """A page as somebody sees it who guesses, but for the address they typed and the time of day."""
    return answer.status_code, re.sub(r'data-now="[^"]+"', "", answer.text.replace(address, ""))


async def test_page_tells_nothing_about_who_has_an_account(office: WebOffice) -> None:
    """Try after try the page of a wrong password is the same, and writes as much, whoever's address it was: somebody's,
    nobody's, that of somebody who left, that of a copier with its own password.
    """
    seen = {}
    for number, address in enumerate((SATO, NOBODY, LEFT, COPIER)):
        password = PASSWORD if address in (LEFT, COPIER) else "wrong"
        pages, before = [], await office.parts.store.read(everything)
        for tried in range(8):
            answer = await guess(office, f"198.51.{number}.{tried}", address, password)
            pages.append(without(address, answer))
        after = await office.parts.store.read(everything)
        seen[address] = pages, {name: len(after[name]) - len(before[name]) for name in after}

    assert [422] * 8 == [status for status, _ in seen[SATO][0]]
    assert JA["pages.sign_in.password.wrong"] in seen[SATO][0][0][1]
    assert [seen[SATO]] * 3 == [seen[NOBODY], seen[LEFT], seen[COPIER]]


async def test_page_makes_who_guesses_wait_longer_and_longer(office: WebOffice, clock: StandingClock) -> None:
    """A program that guesses one account's password from everywhere for a day gets a hundred-odd looks, and the owner
    gets in as soon as the wait is over, with the right one and from a place that did not guess.
    """
    waits: list[int] = []
    looked, began = 0, clock.monotonic()
    while clock.monotonic() - began < 24 * 3600:
        answer = await guess(office, f"198.51.100.{len(waits) % 250}", SATO, f"guess {looked}")
        if wait := wait_in(answer):
            waits.append(wait)
            clock.advance(wait)
        else:
            looked += 1
    while not wait_in(await guess(office, "203.0.113.8", SATO, "guess")):
        looked += 1
    refused = await guess(office, "203.0.113.9", SATO, PASSWORD)
    clock.advance(900)
    let_in = await guess(office, "203.0.113.9", SATO, PASSWORD)

    # A minute: the relay's own limit for all its ways in, which the sixth try within one meets.
    assert [*(2**one for one in range(10)), 900] == [one for one in dict.fromkeys(waits) if one != 60][:11]
    assert looked < 120
    assert (422, 303) == (refused.status_code, let_in.status_code)


async def test_page_makes_a_place_wait_that_tries_one_password_on_everybody(office: WebOffice) -> None:
    """Many accounts, one try each: the place waits, whoever it names, and people elsewhere do not."""
    here = [wait_in(await guess(office, "198.51.100.7", f"guess{at}@office.example.jp", PASSWORD)) for at in range(25)]
    known = await guess(office, "198.51.100.7", SATO, PASSWORD)
    elsewhere = await guess(office, "203.0.113.9", SATO, PASSWORD)

    assert here[-1] > 0
    assert (422, True) == (known.status_code, wait_in(known) > 0)
    assert 303 == elsewhere.status_code


async def test_cookie_planted_before_a_password_is_worth_nothing_after_it(office: WebOffice) -> None:
    """Signed in with a password I get a session under a word nobody knew; the one in my browser before opens nothing,
    and what it was a session of is over.
    """
    theirs = await office.parts.sign_in.sessions.open(NOBODY, (), "198.51.100.7", "Example Browser")
    for planted in ("planted", theirs):
        async with browser_at(office, "203.0.113.9") as client:
            client.cookies.set(COOKIE, planted, domain=HOST)
            answer = await client.post("/sign-in/password", data={"password_address": SATO, "password": PASSWORD})
            own = client.cookies[COOKIE]
            page = await client.get("/mails")
        async with browser_at(office, "198.51.100.7") as thief:
            thief.cookies.set(COOKIE, planted, domain=HOST)
            stolen = await thief.get("/mails")

        assert (303, 200) == (answer.status_code, page.status_code)
        assert own != planted
        assert stolen.headers["location"].startswith("/sign-in?")
