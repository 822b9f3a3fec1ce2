"""The pages of an incident in a real browser at a real relay: on a telephone and at a desk, each of them is usable."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from mailguard.web.incident_tabs import TABS
from tests.fakes.next_hop import ScriptedNextHop
from tests.system.browser import DESKTOP, PHONE, closed, follow, keep, small_targets, violations
from tests.system.relay import OWN_DOMAIN, Relay, relay_settings
from tests.system.test_web_mending import browser, hop
from tests.system.test_web_rules import administrator

__all__ = ["browser", "hop"]

SATO = f"sato@{OWN_DOMAIN}"
OTHERS = ("/incidents", "/incidents/report", "/incidents/drill", "/incidents/contacts", "/incidents/open")
"""Pages of incidents that are of none."""


@pytest.fixture
async def relay(tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Relay]:
    """A running relay with a security officer."""
    relay = Relay(relay_settings(tmp_path, hop.port, office={"postmaster": f"help@{OWN_DOMAIN}"}), tmp_path)
    try:
        await relay.started()
        granted = await asyncio.to_thread(relay.command, "person", "grant", SATO, "security_officer")
        assert granted.returncode == 0, granted.stderr
        yield relay
    finally:
        await asyncio.to_thread(relay.close)


async def tabs_seen(page: Page) -> tuple[int, bool]:
    """How many rows the links of an incident's pages take, and whether the one of this page can be seen."""
    tops = "[...document.querySelectorAll('.tabs a')].map(one => Math.round(one.getBoundingClientRect().top))"
    rows = len(set(await page.evaluate(tops)))
    box = await page.locator(".tabs [aria-current=page]").bounding_box()
    assert box is not None
    assert page.viewport_size is not None
    return rows, 0 <= box["x"] and box["x"] + box["width"] <= page.viewport_size["width"]


@pytest.mark.timeout(600)
async def test_pages_of_an_incident_are_one_row_apart_on_a_telephone(
    browser: Browser, relay: Relay, hop: ScriptedNextHop
) -> None:
    """On the telephone in a meeting I see which of nine pages I am on and get to the next with a thumb; at a desk all
    nine are there at once. Nothing axe objects to, nothing to move the page sideways for.
    """
    context, page, pages = await administrator(browser, relay, hop, viewport=DESKTOP)
    await page.goto(f"{pages}/incidents/open")
    await page.locator("#note").fill("USBメモリーを電車に忘れました。")
    await follow(page.locator("main form .button-primary"))
    path = page.url.partition("?")[0]
    wrong: list[str] = []
    seen = {}
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        await page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers by name
        for tab in TABS:
            await page.goto(f"{path}{tab.path}")
            await keep(page, f"incident-{tab.key.rpartition('.')[2]}-{name}")
            found = [*await violations(page), *await small_targets(page)]
            wrong += [f"{name} {tab.path}: {one}" for one in found]
            seen[name, tab.path] = await tabs_seen(page)
        for other in OTHERS:
            await page.goto(f"{pages}{other}")
            await keep(page, f"{other[1:].replace('/', '-')}-{name}")
            wrong += [f"{name} {other}: {one}" for one in [*await violations(page), *await small_targets(page)]]
    await closed(context)

    assert [] == wrong
    assert {(1, True)} == set(seen.values())
