"""Rules changed in a real browser at a real relay: tried on its mail, saved, in force without a restart, gone back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from mailguard.i18n import CATALOGUES
from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import DESKTOP, PHONE, chromium, closed, follow, keep, new_page, small_targets, violations
from tests.system.office_day import post, states
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_web_shell import context_of, prove_twice, sign_in
from tests.system.waiting import eventually

JA = CATALOGUES["ja"]
SATO = f"sato@{OWN_DOMAIN}"
RULE = "outsiders-see-each-other"
FIGURE = f"[id='{RULE}:any.0.visible_groups.least']"
LOOKS: dict[str, dict[str, object]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone-english": {"viewport": PHONE, "locale": "en-GB"},
}


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """The server of the office's mailboxes."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def relay(tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay with the standard rules, whose mail to outsiders waits, and an administrator."""
    port = hop.port
    relay = Relay(
        relay_settings(
            tmp_path,
            port,
            hold={"minutes": 60, "grace_seconds": 3},
            policy={"folder": None, "set": "standard"},
        ),
        tmp_path,
    )
    try:
        await relay.started()
        granted = await asyncio.to_thread(relay.command, "person", "grant", SATO, "administrator")
        assert granted.returncode == 0, granted.stderr
        yield relay
    finally:
        await asyncio.to_thread(relay.close)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as browser:
        yield browser


def minutes_to(*firms: str) -> bytes:
    """A mail to people of several firms who would see each other."""
    people = ", ".join(f"info@{firm}" for firm in firms)
    return (
        f"From: tanoue@{OWN_DOMAIN}\r\nTo: {people}\r\nSubject: minutes of May\r\n"
        f"Message-ID: <{len(people)}.{firms[0]}@{OWN_DOMAIN}>\r\n\r\nPlease find the minutes below.\r\n"
    ).encode()


async def send(relay: Relay, *firms: str) -> str:
    """Sends such a mail; its queue id, once it is held."""
    people = [f"info@{firm}" for firm in firms]
    queue_id = await post(relay, *people, sender=f"tanoue@{OWN_DOMAIN}", content=minutes_to(*firms))
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    return queue_id


def needs(relay: Relay, queue_id: str) -> str:
    """Whom the mail waits for."""
    ((verdict,), *_) = relay.look("SELECT verdict FROM recipient WHERE queue_id = ? LIMIT 1", queue_id)
    return next(word for word in ("timer", "sender", "approver") if f'"needs":"{word}"' in verdict)


async def administrator(
    browser: Browser, relay: Relay, hop: ScriptedNextHop, **look: object
) -> tuple[BrowserContext, Page, str]:
    """A browser in which the administrator has signed in."""
    pages = f"http://127.0.0.1:{relay.port('web')}"
    context = await context_of(browser, look)
    page = await new_page(context)
    await sign_in(page, pages, hop)
    await prove_twice(page, pages)
    return context, page, pages


async def try_out(page: Page, pages: str, figure: str) -> None:
    """Fills a figure in and waits for what the trial says."""
    await page.goto(f"{pages}/rules")
    await page.locator(FIGURE).fill(figure)
    await follow(page.locator("#rules .button-primary"))
    assert page.url.endswith("/rules/trial")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("script", [True, False], ids=["scripts", "no-scripts"])
async def test_figure_is_changed_tried_saved_in_force_and_gone_back_from(
    browser: Browser, relay: Relay, hop: ScriptedNextHop, *, script: bool
) -> None:
    """An administrator tries a figure on the office's own mail, saves it, the next mail obeys, and one step undoes it;
    the relay is never restarted, and scripts are not needed."""
    before = await send(relay, "one.example.com", "two.example.net")
    context, page, pages = await administrator(browser, relay, hop, java_script_enabled=script)

    await try_out(page, pages, "２")
    if script:
        await page.get_by_role("heading", name=JA["rules.page.result"]).wait_for(timeout=120_000)
    else:
        # Without scripts a person looks again.
        async def is_there() -> bool:
            await page.goto(f"{pages}/rules/trial")
            return await page.get_by_role("heading", name=JA["rules.page.result"]).count() > 0

        while not await is_there():
            await asyncio.to_thread(relay.health, "healthz")
    told = await page.locator("#result").inner_text()
    await page.go_back()
    kept = await page.locator(FIGURE).input_value()
    await page.goto(f"{pages}/rules/trial")
    await page.locator("#note").fill("三社からでも確かめたい")
    await follow(page.locator("form[action='/rules/trial/save'] button"))
    said = await page.locator("main [role=status]").inner_text()
    changed = await send(relay, "three.example.com", "four.example.net")

    await page.goto(f"{pages}/rules/history")
    await page.locator("summary").last.click()
    await page.locator("#note-0").fill("多すぎた")
    await follow(page.locator("form[action='/rules/history/0/revert'] button"))
    again = await send(relay, "five.example.com", "six.example.net")
    await closed(context)

    assert JA["rules.page.result.looked"].format(mails=1) in told
    assert "minutes of May" in told
    assert JA["rules.page.outcome.hold.sender"] in told
    assert kept.strip() in ("2", "２")
    assert JA["rules.page.saved"].format(number=1) == said
    assert ["timer", "sender", "timer"] == [needs(relay, one) for one in (before, changed, again)]


@pytest.mark.timeout(900)
async def test_pages_about_rules_are_readable_in_every_look(
    browser: Browser, relay: Relay, hop: ScriptedNextHop
) -> None:
    """At a desk, on a telephone, in the dark and in English: nothing axe objects to, nothing too small to press."""
    for number in range(3):
        await send(relay, f"a{number}.example.com", f"b{number}.example.net")
    context, page, pages = await administrator(browser, relay, hop)
    state = await context.storage_state()
    await try_out(page, pages, "2")
    await page.get_by_role("heading", name=JA["rules.page.result"]).wait_for(timeout=120_000)
    await page.locator("#note").fill("二社から")
    await follow(page.locator("form[action='/rules/trial/save'] button"))
    await add_exception(page, pages)
    await try_out(page, pages, "9")
    await closed(context)
    wrong: list[str] = []
    for name, look in LOOKS.items():
        context = await browser.new_context(**{"locale": "ja-JP", **look, "storage_state": state})  # type: ignore[arg-type]  # names are Playwright's
        page = await new_page(context)
        wrong += [f"{name}: {one}" for one in await seen(page, pages, name)]
        await closed(context)

    assert [] == wrong


async def add_exception(page: Page, pages: str) -> None:
    """Adds an exception that ends today."""
    await page.goto(f"{pages}/rules/exceptions")
    typed = {
        "name": "役員連絡", "senders": f"soumu@{OWN_DOMAIN}", "recipients": "@one.example.com",
        "why": "お互いに知り合いのため", "until": await page.locator("#until").get_attribute("min") or "",
    }  # fmt: skip
    for name, value in typed.items():
        await page.locator(f"#{name}").fill(value)
    await page.locator("#rule").select_option(RULE)
    await follow(page.locator("form[action='/rules/exceptions'] button"))


async def sideways(page: Page) -> list[str]:
    """Tables of which a part is out of sight at the side."""
    found: list[str] = await page.eval_on_selector_all(
        ".scrolls", "all => all.filter(e => e.scrollWidth > e.clientWidth).map(e => e.getAttribute('aria-label'))"
    )
    return found


async def seen(page: Page, pages: str, name: str) -> list[str]:
    """What is wrong with any of the pages in one look; each is kept for a person."""
    wrong: list[str] = []
    for step in ("rules", "rules/trial", "rules/history", "rules/exceptions"):
        await page.goto(f"{pages}/{step}")
        for summary in await page.locator("main summary").all():
            await summary.click()
        await keep(page, f"{step}-{name}".replace("/", "-"))
        wrong += [f"{step}: {one}" for one in [*await violations(page), *await small_targets(page)]]
        if step == "rules/trial":
            wrong += [f"{step} scrolls sideways: {one}" for one in await sideways(page)]
    await page.goto(f"{pages}/rules")
    await page.locator(FIGURE).fill("x")
    await follow(page.locator("#rules .button-primary"))
    await keep(page, f"rules-mistake-{name}")
    return wrong + [f"mistake: {one}" for one in await violations(page)]
