"""A real browser on real pages: Chromium of the system, axe, and screenshots.

``MAILGUARD_TEST_SCREENS`` names a folder where screenshots go that a person looks at.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright

AXE = Path(__file__).parents[1] / "fakes" / "axe" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}
HALF = {"width": 640, "height": 400}
"""What is left of the desktop at 200 % zoom, in CSS pixels."""
PATIENCE_MS = 120_000
_CLOSING_SECONDS = 30.0
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """The browser; the test is skipped where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on this machine")
    async with async_playwright() as playwright:
        # As root Chromium does not start with its sandbox; it opens only our own pages here.
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        await _closed(browser)


async def new_page(context: BrowserContext) -> Page:
    """A page that waits long for what is to come: a busy machine is no fault."""
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def closed(context: BrowserContext) -> None:
    """Close it. A browser that does not answer, as now and then while a page is on its way, ends with its process."""
    await _closed(context)


async def _closed(what: Browser | BrowserContext) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSING_SECONDS):
            await what.close()


async def follow(what: Locator) -> None:
    """A click that brings another page, which is there when this returns: nobody looks at the one that is leaving."""
    async with what.page.expect_navigation():
        await what.click()


async def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, and whether it must be moved sideways."""
    # The policy of the pages forbids scripts from elsewhere, so axe comes in by the debugger.
    await page.evaluate(AXE.read_text())
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", _RULES
    )
    wrong = [f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]]
    width, room = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return wrong + ([f"{width} px wide on {room} px"] if width > room else [])


async def small_targets(page: Page) -> list[str]:
    """Buttons and fields that a finger misses: under 44 px high or wide (ux, accessibility)."""
    script = """() =>
        [...document.querySelectorAll('button, input:not([type=hidden]), select, .button, nav a, summary')]
        .filter(e => e.checkVisibility() && !e.closest('label'))
        .map(e => [e.outerHTML.slice(0, 120), e.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([html]) => html)"""
    found: list[str] = await page.evaluate(script)
    return found


async def keep(page: Page, name: str) -> None:
    """Keep a screenshot for a person, where a folder is named for them."""
    folder = os.environ.get("MAILGUARD_TEST_SCREENS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{re.sub(r'[^a-z0-9-]', '-', name)}.png", full_page=True)
