"""The pages of an administrator in a real browser at a real relay: every one in every look, and a device that sends."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import DESKTOP, PHONE, chromium, closed, follow, keep, small_targets, violations
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_web_rules import administrator

SATO = f"sato@{OWN_DOMAIN}"
COPIER = "copier@business.example.com"
PARTNER = "tanaka@partner.example.com"
PAGES = {
    "overview": "/office",
    "people": "/office/people",
    "person": f"/office/people/of?address=kato@{OWN_DOMAIN}",
    "accounts": "/office/accounts",
    "devices": "/office/devices",
    "device": "/office/devices/of?name=複合機 2階",
    "correspondents": "/office/correspondents",
    "correspondent": f"/office/correspondents/of?address={PARTNER}",
    "system": "/office/system",
    "audit": "/office/audit",
    "audit-filter": "/office/audit?action=person.changed",
}
SOME = ("overview", "person", "correspondent", "audit")
LOOKS = {
    "desktop": (DESKTOP, "light", "ja", tuple(PAGES)),
    "phone": (PHONE, "light", "ja", tuple(PAGES)),
    "dark": (DESKTOP, "dark", "ja", SOME),
    "phone-english": (PHONE, "dark", "en", SOME),
}
"""How wide, how dark, in which language, and which pages: what is alike in all of them need not be seen in each."""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """The server of the office's mailboxes."""
    async with ScriptedNextHop() as hop:
        yield hop


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def relay(tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay with an administrator."""
    port = hop.port
    relay = Relay(relay_settings(tmp_path, port, office={"postmaster": f"help@{OWN_DOMAIN}"}), tmp_path)
    try:
        await relay.started()
        granted = await asyncio.to_thread(relay.command, "person", "grant", SATO, "administrator")
        assert granted.returncode == 0, granted.stderr
        yield relay
    finally:
        await asyncio.to_thread(relay.close)


async def fill(page: Page, form: str, **fields: str) -> None:
    """Fills a form in as a person does, and sends it."""
    shown = page.locator(f"form[action='{form}']").last
    for name, value in fields.items():
        await shown.locator(f"#{name}").fill(value)
    await follow(shown.locator("button").last)


async def enter_everything(page: Page, pages: str) -> None:
    """A colleague, an account, a copier and a partner, each by its form."""
    await page.goto(f"{pages}/office/people")
    await fill(
        page, "/office/people/add", address=f"kato@{OWN_DOMAIN}", name="加藤 美咲", department="総務", manager=SATO
    )
    await page.locator("#role").select_option("department_officer")
    await fill(page, "/office/people/roles", role_department="総務")
    await fill(page, "/office/people/delegates", delegate=f"mori@{OWN_DOMAIN}")
    await page.goto(f"{pages}/office/accounts")
    await fill(page, "/office/accounts/add", address=f"scanner@{OWN_DOMAIN}", owner=SATO)
    await page.goto(f"{pages}/office/correspondents/of?address={PARTNER}")
    await fill(page, "/office/correspondents/note", phone="090-1234-5678")
    await fill(page, "/office/correspondents/agree", password="Umi-to-Yama:47 Kaze")


@pytest.mark.timeout(600)
async def test_device_entered_on_its_page_sends_at_once(browser: Browser, relay: Relay, hop: ScriptedNextHop) -> None:
    """The copier that was refused sends on the same connection after two fields and a button, and no more once it is
    disabled; and every page the administrator has can be read and used in every look.
    """
    context, page, pages = await administrator(browser, relay, hop, viewport=DESKTOP)
    copier = await asyncio.to_thread(smtplib.SMTP, "127.0.0.1", relay.port(), timeout=30)

    async def asked() -> int:
        await asyncio.to_thread(copier.ehlo_or_helo_if_needed)
        code, _ = await asyncio.to_thread(copier.mail, COPIER)
        await asyncio.to_thread(copier.rset)
        return code

    refused = await asked()
    await page.goto(f"{pages}/office/devices")
    await fill(page, "/office/devices/put", name="複合機 2階", networks="127.0.0.1", owner=SATO, allowed_senders=COPIER)
    taken = await asked()
    await follow(page.locator("form[action='/office/devices/state'] button"))
    again = await asked()
    await asyncio.to_thread(copier.close)

    assert (550, 250, 550) == (refused // 10 * 10, taken, again // 10 * 10)

    await enter_everything(page, pages)
    wrong: list[str] = []
    for look, (size, scheme, language, names) in LOOKS.items():
        await page.set_viewport_size(size)  # type: ignore[arg-type]  # a dict of two numbers
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await page.goto(f"{pages}/office")
        if await page.locator("html").get_attribute("lang") != language:
            await follow(page.locator("form[action='/language'] button"))
        for name in names:
            answer = await page.goto(f"{pages}{PAGES[name]}")
            assert answer is not None, name
            assert answer.status == 200, name
            await keep(page, f"console-{name}-{look}")
            wrong += [f"{look} {name}: {one}" for one in (*await violations(page), *await small_targets(page))]
    assert [] == wrong
    await closed(context)
