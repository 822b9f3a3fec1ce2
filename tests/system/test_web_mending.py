"""A slip mended, a dangerous mail released and one approved, at a real relay in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import DESKTOP, PHONE, chromium, closed, follow, keep, new_page, small_targets, violations
from tests.system.office_day import post, states, wire
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_web_shell import code_in, context_of, prove_twice
from tests.system.waiting import eventually

SATO, MORI, ONO = (f"{name}@{OWN_DOMAIN}" for name in ("sato", "mori", "ono"))
RIGHT, WRONG, FIRM = "sato.hanako@gmail.com", "sato.hanako@gmial.com", "ando@customer.example.com"
LOOKS: dict[str, dict[str, object]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE},
    "dark": {"viewport": PHONE, "color_scheme": "dark"},
    "english": {"viewport": DESKTOP, "locale": "en-GB"},
}
RULES = """\
rules:
  - id: approved-first
    title: {ja: 承認してから送る, en: Approved before it is sent}
    when: {automatic: false}
    action: hold
    needs: approver
    approval: {by: named, persons: [PERSONS], count: COUNT}
    wait: 2 office days
    at_end: discard
    reason: {ja: メールは、承認を受けてから送ります。, en: Mail is approved first.}
    examples:
      hits: [{to: [tanaka@one.example.com]}]
      misses: [{to: [soumu@OWN]}]
"""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """The server of everybody's mailboxes."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as browser:
        yield browser


@asynccontextmanager
async def office(directory: Path, hop: ScriptedNextHop, **policy: Any) -> AsyncIterator[Relay]:
    """A running relay whose mails are of Sato."""
    port = hop.port
    settings = relay_settings(directory, port, hold={"minutes": 60, "grace_seconds": 3}, policy=policy)
    settings["sources"][0]["owner"] = SATO
    relay = Relay(settings, directory)
    try:
        await relay.started()
        yield relay
    finally:
        await asyncio.to_thread(relay.close)


async def sign_in(page: Page, relay: Relay, hop: ScriptedNextHop, address: str) -> str:
    """As a person does it; where the pages are."""
    pages = f"http://127.0.0.1:{relay.port('web')}"
    before = len(hop.mails)
    await page.goto(f"{pages}/mails")
    await page.locator("#address").fill(address)
    await page.locator("form[action='/sign-in/code'] button").click()
    await page.locator("#code").fill(await code_in(hop, before))
    await page.locator("form[action='/sign-in/code/check'] button").click()
    await page.wait_for_url("**/mails")
    return pages


async def held(relay: Relay, *recipients: str) -> str:
    """A mail of Sato, once it is held."""
    people = ", ".join(recipients)
    content = wire(f"From: {SATO}", f"To: {people}", "Subject: offer", f"Message-ID: <{len(people)}@{OWN_DOMAIN}>")
    queue_id = await post(relay, *recipients, sender=SATO, content=content)
    await eventually(lambda: "held" in states(relay, queue_id), "the mail to be held")
    return queue_id


def went_to(hop: ScriptedNextHop) -> list[str]:
    """Outsiders that got mail."""
    return [one for mail in hop.mails for one in mail.addresses if not one.endswith(f"@{OWN_DOMAIN}")]


@pytest.mark.parametrize("scripts", [pytest.param(True, id="scripts"), pytest.param(False, id="no scripts")])
async def test_lookalike_is_corrected_and_sent(
    tmp_path: Path, browser: Browser, hop: ScriptedNextHop, scripts: bool
) -> None:
    """I mistyped the provider: I choose the right address, it is corrected, I say whom I mean, and it goes there."""
    async with office(tmp_path, hop, folder=None, set="standard") as relay:
        queue_id = await held(relay, WRONG)
        context = await context_of(browser, {"viewport": PHONE, "java_script_enabled": scripts})
        page = await new_page(context)
        pages = await sign_in(page, relay, hop, SATO)
        await page.goto(f"{pages}/mails/{queue_id}")
        await page.locator(f"input[type=radio][value='{RIGHT}']").check()
        await follow(page.locator("button[formaction$='/send']:not([name])"))
        assert await page.title() != ""
        await follow(page.locator("fieldset form[action$='/fix'] button"))
        await page.wait_for_url("**/changed/2")
        await follow(page.locator("main a.button-primary"))
        await page.wait_for_url(f"**/mails/{queue_id}*")
        if await page.locator("#organisation-0").count():
            await page.locator("#organisation-0").fill("sato.hanako")
        await follow(page.locator("button[formaction$='/send']:not([name])"))
        await eventually(lambda: went_to(hop) == [RIGHT], "the mail at the right address")
        await closed(context)

    assert [RIGHT] == went_to(hop)


async def test_two_people_approve_before_it_goes(tmp_path: Path, browser: Browser, hop: ScriptedNextHop) -> None:
    """Four eyes: each finds it on the list and answers whom it is for; after the second yes it goes."""
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "approve.yaml").write_text(RULES.replace("PERSONS", f"{MORI}, {ONO}").replace("COUNT", "2"))
    async with office(tmp_path, hop, folder=str(folder), set="approve") as relay:
        queue_id = await held(relay, FIRM)
        for person in (MORI, ONO):
            assert [] == went_to(hop)
            context = await context_of(browser, {"viewport": DESKTOP})
            page = await new_page(context)
            pages = await sign_in(page, relay, hop, person)
            await prove_twice(page, pages)
            await page.goto(f"{pages}/approvals")
            await page.locator(f"main a[href^='/mails/{queue_id}']").click()
            await page.locator("#approve-organisation-0").fill("customer")
            await follow(page.locator("#approve button"))
            await closed(context)
        await eventually(lambda: went_to(hop) == [FIRM], "the approved mail at the next hop")


@pytest.mark.parametrize("look", list(LOOKS))
async def test_pages_are_readable_in_every_look(
    tmp_path: Path, browser: Browser, hop: ScriptedNextHop, look: str
) -> None:
    """Whatever the screen: nothing axe objects to, nothing to move sideways for, nothing a finger misses."""
    wrong: list[str] = []
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "approve.yaml").write_text(RULES.replace("PERSONS", f"{MORI}, {ONO}").replace("COUNT", "2"))

    async with office(tmp_path, hop, folder=None, set="standard") as relay:
        context = await context_of(browser, LOOKS[look])
        page = await new_page(context)

        async def inspect(step: str) -> None:
            await keep(page, f"mending-{step}-{look}")
            wrong.extend(f"{step}: {one}" for one in [*await violations(page), *await small_targets(page)])

        mistyped, several = await held(relay, WRONG), await held(relay, FIRM, f"baba@{OWN_DOMAIN}", RIGHT)
        pages = await sign_in(page, relay, hop, SATO)
        await page.goto(f"{pages}/mails/{mistyped}")
        await inspect("danger")
        await page.locator(f"input[type=radio][value='{RIGHT}']").check()
        await follow(page.locator("button[formaction$='/send']:not([name])"))
        await inspect("other")
        await page.goto(f"{pages}/mails/{several}/mend")
        await inspect("form")
        await page.locator("input[name=remove]").first.check()
        await page.locator("#subject").fill("another offer")
        await follow(page.locator("button[value=preview]"))
        await inspect("preview")
        await follow(page.locator("button[value=apply]"))
        await inspect("changed")
        await page.goto(f"{pages}/mails/{several}/mend")
        await follow(page.locator("button[value=preview]"))
        await inspect("nothing")
        await page.goto(f"{pages}/deputies")
        await follow(page.locator("main button").last)
        await inspect("deputies-wrong")
        await page.goto(f"{pages}/approvals")
        await inspect("approvals-none")
        await closed(context)

    assert [] == wrong


@pytest.mark.parametrize("look", list(LOOKS))
async def test_approval_is_readable_in_every_look(
    tmp_path: Path, browser: Browser, hop: ScriptedNextHop, look: str
) -> None:
    """The same for who approves."""
    wrong: list[str] = []
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "approve.yaml").write_text(RULES.replace("PERSONS", f"{MORI}, {ONO}").replace("COUNT", "2"))
    async with office(tmp_path, hop, folder=str(folder), set="approve") as relay:
        queue_id = await held(relay, FIRM)
        context = await context_of(browser, LOOKS[look])
        page = await new_page(context)

        async def inspect(step: str) -> None:
            await keep(page, f"mending-{step}-{look}")
            wrong.extend(f"{step}: {one}" for one in [*await violations(page), *await small_targets(page)])

        pages = await sign_in(page, relay, hop, MORI)
        await prove_twice(page, pages)
        await page.goto(f"{pages}/approvals")
        await inspect("approvals")
        await page.goto(f"{pages}/mails/{queue_id}")
        await inspect("approve")
        await follow(page.locator("#approve button"))
        await inspect("approve-wrong")
        await closed(context)

    assert [] == wrong
