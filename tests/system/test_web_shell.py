"""The sign-in of a real relay in a real browser: at a desk, on a telephone, in the dark, large, without scripts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, BrowserContext, Page

from mailguard.i18n import CATALOGUES
from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import (
    DESKTOP,
    HALF,
    PHONE,
    chromium,
    closed,
    follow,
    keep,
    new_page,
    small_targets,
    violations,
)
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.waiting import eventually

JA = CATALOGUES["ja"]
SATO = f"sato@{OWN_DOMAIN}"
LOOKS = [
    pytest.param({"viewport": DESKTOP}, id="desktop"),
    pytest.param({"viewport": PHONE}, id="phone"),
    pytest.param({"viewport": DESKTOP, "color_scheme": "dark"}, id="dark"),
    pytest.param({"viewport": PHONE, "color_scheme": "dark"}, id="phone-dark"),
    pytest.param({"viewport": HALF}, id="zoom"),
    pytest.param({"viewport": PHONE, "locale": "en-GB"}, id="english"),
]


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """The server of the office's mailboxes."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay."""
    settings = relay_settings(tmp_path, hop.port, office={"postmaster": f"help@{OWN_DOMAIN}"})
    relay = Relay(settings, tmp_path)
    await asyncio.to_thread(relay.start)
    yield relay
    await asyncio.to_thread(relay.close)


@pytest.fixture
async def pages(relay: Relay) -> str:
    """Where its pages are."""
    return f"http://127.0.0.1:{relay.port('web')}"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as browser:
        yield browser


_CODE = re.compile(r"\b(\d{8}|\d{4} \d{4})\b")


async def code_in(hop: ScriptedNextHop, before: int) -> str:
    """The newest code that arrived behind the first ``before`` mails, once it has; other mail may come with it."""
    await eventually(lambda: bool(_codes(hop, before)), "the code in the mailbox")
    return _codes(hop, before)[-1]


def _codes(hop: ScriptedNextHop, before: int) -> list[str]:
    mails = (message_from_bytes(mail.content, policy=policy.default) for mail in hop.mails[before:])
    texts = (body.get_content() for mail in mails if (body := mail.get_body(("plain",))) is not None)
    return [found[1] for text in texts if (found := _CODE.search(text)) is not None]


async def sign_in(page: Page, pages: str, hop: ScriptedNextHop) -> None:
    """As a person does it: address, code from the mailbox."""
    before = len(hop.mails)
    await page.goto(f"{pages}/mails")
    await page.locator("#address").fill(SATO)
    await page.locator("form[action='/sign-in/code'] button").click()
    await page.locator("#code").fill(await code_in(hop, before))
    await page.locator("form[action='/sign-in/code/check'] button").click()
    await page.wait_for_url("**/mails")


async def prove_twice(page: Page, pages: str) -> None:
    """Registers an authenticator app, which proves the second thing."""
    await page.goto(f"{pages}/my-sign-in")
    await follow(page.locator("form[action='/my-sign-in/app'] button"))
    secret = await page.locator("#secret").text_content()
    assert secret is not None
    await page.locator("#code").fill(pyotp.TOTP(secret.replace(" ", "")).now())
    await follow(page.locator("form[action='/my-sign-in/app/confirm'] button"))


async def context_of(browser: Browser, look: dict[str, object]) -> BrowserContext:
    """A fresh browser that looks at pages in one way, Japanese unless that says otherwise."""
    return await browser.new_context(**{"locale": "ja-JP", **look})  # type: ignore[arg-type]  # names are Playwright's


@pytest.mark.parametrize("look", LOOKS)
async def test_sign_in_pages_are_readable_in_every_look(
    request: pytest.FixtureRequest, browser: Browser, pages: str, hop: ScriptedNextHop, look: dict[str, object]
) -> None:
    """Whatever the screen: nothing axe objects to, nothing to move sideways for, nothing a finger misses."""
    context = await context_of(browser, look)
    page = await new_page(context)
    name = request.node.callspec.id
    wrong: list[str] = []

    async def inspect(step: str) -> None:
        await keep(page, f"{step}-{name}")
        wrong.extend(f"{step}: {one}" for one in [*await violations(page), *await small_targets(page)])

    await page.goto(f"{pages}/sign-in")
    await inspect("choose")
    await follow(page.locator("form[action='/sign-in/code'] button"))
    await inspect("mistake")
    before = len(hop.mails)
    await page.locator("#address").fill(SATO)
    await follow(page.locator("form[action='/sign-in/code'] button"))
    await inspect("code")
    await page.locator("#code").fill(await code_in(hop, before))
    await follow(page.locator("form[action='/sign-in/code/check'] button"))
    await page.wait_for_url("**/mails")
    await inspect("mails")
    await page.goto(f"{pages}/my-sign-in")
    await inspect("mine")
    await follow(page.locator("form[action='/my-sign-in/app'] button"))
    await inspect("app")
    await page.goto(f"{pages}/sign-in/second-factor")
    await inspect("second")
    await page.goto(f"{pages}/nothing")
    await inspect("nothing")
    await closed(context)

    assert [] == wrong


async def test_sign_in_without_scripts_works(browser: Browser, pages: str, hop: ScriptedNextHop) -> None:
    """On an old telephone with scripts switched off everything but passkeys can be used."""
    context = await context_of(browser, {"java_script_enabled": False})
    page = await new_page(context)
    await sign_in(page, pages, hop)
    await page.goto(f"{pages}/my-sign-in")
    await page.locator("#language").select_option("en")
    await follow(page.locator("form[action='/my-sign-in/language'] button"))
    english = await page.locator("h1").inner_text()
    await follow(page.locator("form[action='/sign-out'] button"))
    await page.wait_for_url("**/sign-in")
    await page.goto(f"{pages}/mails")
    url = page.url
    await closed(context)

    assert "My sign-in" == english
    assert url.endswith("/sign-in?next=%2Fmails")


async def test_page_asks_nothing_of_elsewhere_and_breaks_no_policy(
    browser: Browser, pages: str, hop: ScriptedNextHop
) -> None:
    """A page loads everything from the relay, and the browser has nothing to object to."""
    context = await context_of(browser, {})
    page = await new_page(context)
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    await sign_in(page, pages, hop)
    await page.goto(f"{pages}/my-sign-in")
    await follow(page.locator("form[action='/my-sign-in/app'] button"))
    await closed(context)

    assert [] == said
    assert [] == [url for url in asked if not url.startswith(pages)]


async def test_open_page_hears_of_a_change_and_does_not_hold_up_the_end(
    browser: Browser, relay: Relay, pages: str, hop: ScriptedNextHop
) -> None:
    """An open list learns within seconds that something changed elsewhere, and the relay ends in order beside it."""
    context = await context_of(browser, {})
    page = await new_page(context)
    await sign_in(page, pages, hop)
    await page.evaluate("window.heard = 0; document.body.addEventListener('changed', () => { window.heard++; })")

    async def has_heard() -> bool:
        # Each try is a change: the first may come before the stream has begun.
        await context.request.post(f"{pages}/my-sign-in/language", form={"language": "ja"}, headers={"origin": pages})
        await context.request.post(f"{pages}/my-sign-in/language", form={"language": "en"}, headers={"origin": pages})
        return bool(await page.evaluate("window.heard"))

    await eventually(has_heard, "the page to hear of a change")
    code = await relay.stopped()
    await closed(context)

    assert 0 == code


async def test_words_typed_when_the_session_ends_are_there_after_signing_in(
    browser: Browser, pages: str, hop: ScriptedNextHop
) -> None:
    """The page I write on asks for news, and my session is over: I sign in, come back to it, and go on writing. What I
    send too late is kept as well, and sent again once I have signed in beside it."""
    context = await context_of(browser, {})
    page = await new_page(context)
    await sign_in(page, pages, hop)
    await page.goto(f"{pages}/incidents/open")
    note = page.locator("main textarea").first
    await note.fill("かばんを電車に忘れました。\n名簿が入っています。")
    await context.clear_cookies()
    await page.evaluate("document.body.dispatchEvent(new CustomEvent('changed'))")
    await page.wait_for_url("**/sign-in?next=*")
    before = len(hop.mails)
    await page.locator("#address").fill(SATO)
    await page.locator("form[action='/sign-in/code'] button").click()
    await page.locator("#code").fill(await code_in(hop, before))
    await page.locator("form[action='/sign-in/code/check'] button").click()
    await page.wait_for_url("**/incidents/open")
    there = await note.input_value()
    cookies = await context.cookies()
    await context.clear_cookies()
    await follow(page.locator("main form[method=post] .button-primary"))
    interrupted = await page.locator("h1").inner_text()
    wrong = await violations(page)
    await keep(page, "interrupted")
    await context.add_cookies(cookies)  # type: ignore[arg-type]  # as they were read
    await follow(page.locator("main form button"))
    told = await page.locator("main").inner_text()
    await closed(context)

    assert "かばんを電車に忘れました。\n名簿が入っています。" == there
    assert (JA["pages.interrupted.title"], []) == (interrupted, wrong)
    assert re.search(r"\b\d{4}-0001\b", told), told


async def test_back_to_a_form_that_had_mistakes_shows_its_page(browser: Browser, pages: str) -> None:
    """I go on from a form that came back with mistakes, and back again: no question whether to send it anew."""
    context = await context_of(browser, {})
    page = await new_page(context)
    await page.goto(f"{pages}/sign-in")
    await follow(page.locator("form[action='/sign-in/code'] button"))
    title = await page.title()
    await page.goto(f"{pages}/mails")
    await page.go_back()
    url = page.url
    await closed(context)

    assert title.startswith(JA["pages.title.mistake"])
    assert url == f"{pages}/sign-in"
