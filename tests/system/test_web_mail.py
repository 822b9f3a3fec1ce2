"""A sender's whole errand at a real relay in a real browser: see, fix, cancel, undo, send; with scripts and without."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import DESKTOP, PHONE, closed, follow, keep, new_page, small_targets, violations
from tests.system.office_day import states
from tests.system.relay import Relay
from tests.system.test_web_mending import SATO, browser, held, hop, office, sign_in, went_to
from tests.system.test_web_shell import context_of
from tests.system.waiting import eventually

__all__ = ["browser", "hop"]

FIRMS = [f"eigyo@{name}.example.net" for name in ("kita", "minami", "higashi", "nishi")] + ["info@naka.example.org"]
# Counts how often the page could be seen, or pressed, with that box no longer ticked.
UNTICKED = """value => {
    window.unticked = 0;
    new MutationObserver(() => {
        if (document.querySelector(`input[value="${value}"]`)?.checked === false) window.unticked += 1;
    }).observe(document.body, {childList: true, subtree: true});
}"""
ASKED = ("kita.example.net", "minami.example.net", "higashi.example.net")


@pytest.fixture
async def relay(tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay with the shipped rules."""
    async with office(tmp_path, hop, folder=None, set="standard") as relay:
        yield relay


async def minded(page: Page, *, has_scripts: bool) -> list[str]:
    """What axe minds; it is a script itself."""
    return [*await violations(page), *await small_targets(page)] if has_scripts else []


async def cancel(page: Page) -> None:
    """By the button on a desk; on a telephone by what the bar at its foot has behind "more"."""
    more = page.locator(".bar-phone summary")
    if await more.is_visible():
        await more.click()
    await page.locator("button[formaction$='/cancel']").filter(visible=True).click()


async def hidden_behind_the_bar(page: Page) -> list[str]:
    """What is wrong with the bar of a telephone: it is at the foot of the screen at once, takes little, and covers
    nothing at the end of the page.
    """
    script = """bar => {
        const box = () => bar.getBoundingClientRect();
        scrollTo({top: 0, behavior: 'instant'});
        const wrong = Math.abs(box().bottom - innerHeight) > 1 ? ['is not at the foot'] : [];
        if (box().height > innerHeight / 8) wrong.push('is high');
        scrollTo({top: document.body.scrollHeight, behavior: 'instant'});
        if (bar.previousElementSibling.getBoundingClientRect().bottom > box().top) wrong.push('covers the page');
        scrollTo({top: 0, behavior: 'instant'});
        return wrong;
    }"""
    found: list[str] = await page.locator(".bar-phone").evaluate(script)
    return found


async def errand(page: Page, relay: Relay, pages: str, queue_id: str, *, has_scripts: bool) -> list[str]:
    """Sees a mail that shows outsiders to each other, fixes that, cancels, undoes and sends; what axe minds."""
    await page.goto(f"{pages}/mails?box=decision")
    await page.locator(f"a[href^='/mails/{queue_id}']").click()
    await page.locator("#state-words").wait_for()
    wrong = await minded(page, has_scripts=has_scripts)
    wrong += await hidden_behind_the_bar(page) if page.viewport_size == PHONE else []
    await follow(page.locator("form:has(input[value='to_bcc']) button"))
    await page.goto(f"{pages}/mails/{queue_id}")
    assert await page.locator("form:has(input[value='to_bcc'])").count() == 0
    await cancel(page)
    await page.locator("form[action$='/restore'] button").wait_for()
    assert set(states(relay, queue_id)) == {"cancelled"}
    wrong += await minded(page, has_scripts=has_scripts)
    await follow(page.locator("form[action$='/restore'] button"))
    await page.locator("button[formaction$='/send']").filter(visible=True).first.wait_for()
    assert "held" in states(relay, queue_id)
    for field, name in zip(await page.locator("input[name=organisation]").all(), ASKED, strict=False):
        await field.fill(name)
    await follow(page.locator("button[formaction$='/send']:not([name])").filter(visible=True).first)
    return wrong


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": DESKTOP}, id="scripts"),
        pytest.param({"viewport": PHONE, "java_script_enabled": False}, id="without-scripts"),
    ],
)
async def test_sender_sees_fixes_cancels_undoes_and_sends(
    request: pytest.FixtureRequest, browser: Browser, relay: Relay, hop: ScriptedNextHop, look: dict[str, object]
) -> None:
    """The clerk's errand from the list to the other server, on a desk with scripts and on a telephone without."""
    queue_id = await held(relay, *FIRMS)
    context = await context_of(browser, look)
    page = await new_page(context)
    pages = await sign_in(page, relay, hop, SATO)

    wrong = await errand(page, relay, pages, queue_id, has_scripts=look.get("java_script_enabled") is not False)
    await eventually(lambda: set(went_to(hop)) == set(FIRMS), "the mail to arrive")
    # What the other server said is on record a moment after it has the mail.
    await eventually(lambda: set(states(relay, queue_id)) == {"delivered"}, "the record of it")
    await page.goto(f"{pages}/mails/{queue_id}")
    await keep(page, f"sent-{request.node.callspec.id}")
    words = await page.locator("#mail").inner_text()
    await closed(context)

    assert [] == wrong
    assert "相手のサーバーが受け取りました" in words
    assert all(firm.encode() not in mail.content for mail in hop.mails for firm in FIRMS if firm in mail.addresses)


async def test_open_list_shows_a_new_mail_and_keeps_what_was_ticked(
    browser: Browser, relay: Relay, hop: ScriptedNextHop
) -> None:
    """An open list follows what happens, and what I ticked and where I typed stay, at every moment."""
    first = await held(relay, "ando@customer.example.com")
    context = await context_of(browser, {"viewport": DESKTOP})
    page = await new_page(context)
    pages = await sign_in(page, relay, hop, SATO)
    await page.goto(f"{pages}/mails?box=waiting")
    await page.locator(f"input[value='{first}']").check()
    await page.locator("#q").fill("typing")
    await page.evaluate(UNTICKED, first)

    second = await held(relay, "baba@customer.example.com")
    await page.locator(f"a[href^='/mails/{second}']").wait_for()
    is_ticked = await page.locator(f"input[value='{first}']").is_checked()
    typed = await page.locator("#q").input_value()
    unticked = await page.evaluate("window.unticked")
    await closed(context)

    assert (is_ticked, typed, unticked) == (True, "typing", 0)


async def typed_into(page: Page, address: str) -> None:
    """An errand on a mail's page that is not done yet: words, a box, something opened, a button chosen by key."""
    await page.goto(address)
    await page.locator("input[name=position]").first.check()
    await page.locator("details:has(form[action*='/return']) > summary").click()
    await page.locator("input[name=cancels]").uncheck()
    await page.locator("input[name=organisation]").nth(1).fill("minami")
    await page.locator("button[formaction*='/cancel']").filter(visible=True).focus()


async def left_of(page: Page) -> dict[str, object]:
    """What is left of that."""
    organisations = await page.locator("input[name=organisation]").all()
    return {
        "box": await page.locator("input[name=position]").first.is_checked(),
        "opened": await page.locator("details:has(form[action*='/return'])").get_attribute("open") is not None,
        "cancels": await page.locator("input[name=cancels]").is_checked(),
        "typed": [await one.input_value() for one in organisations][:2],
        "at": await page.evaluate("document.activeElement.getAttribute('formaction')?.includes('/cancel')"),
    }


async def test_open_mail_that_changes_keeps_what_somebody_is_about_to_do(
    browser: Browser, relay: Relay, hop: ScriptedNextHop
) -> None:
    """While I type my answer the mail changes elsewhere: the page shows that, and takes nothing out of my hands."""
    queue_id = await held(relay, *FIRMS)
    context = await context_of(browser, {"viewport": DESKTOP})
    page, elsewhere = await new_page(context), await new_page(context)
    pages = await sign_in(page, relay, hop, SATO)
    await elsewhere.goto(f"{pages}/mails/{queue_id}")
    await typed_into(page, f"{pages}/mails/{queue_id}")
    before = await page.locator("#mail").get_attribute("hx-get")

    await page.mouse.move(5, 5)
    await page.mouse.down()
    await follow(elsewhere.locator("button[formaction*='/stop']").filter(visible=True))
    pressing = await page.locator("#mail").get_attribute("hx-get")
    await page.locator("button[formaction*='/cancel']").filter(visible=True).focus()
    await page.mouse.up()
    await page.locator(f'#mail:not([hx-get="{before}"])').wait_for()
    left = await left_of(page)
    await closed(context)

    assert pressing == before
    assert left == {"box": True, "opened": True, "cancels": False, "typed": ["", "minami"], "at": True}
