"""People at the demonstration with a real browser: they read their mail on the desk and sign in."""

from __future__ import annotations

import asyncio
import re

from playwright.async_api import Page

from mailguard.demo.people import Colleague
from tests.system.demonstration import Demo
from tests.system.waiting import eventually

_SECONDS = 120_000


async def sign_in(page: Page, demo: Demo, person: Colleague) -> None:
    """As people do it: address, code from the mailbox, and the telephone's digits where a role needs them."""
    before = _codes(await _seat(demo, person))
    await page.goto(f"http://127.0.0.1:{demo.web_port}/sign-in")
    await page.locator("#address").fill(person.address)
    await page.locator("form[action='/sign-in/code'] button").click()

    async def code() -> str | None:
        # The desk drops what is old, so the newest is looked at: the number of codes may stay the same.
        seen = _codes(await _seat(demo, person))
        return seen[0] if seen and seen[:1] != before[:1] else None

    await eventually(code, "the code on the desk")
    await page.locator("#code").fill(_codes(await _seat(demo, person))[0])
    await page.locator("form[action='/sign-in/code/check'] button").click()
    if person.role is not None:
        await page.wait_for_url("**/sign-in/step")
        digits = re.search(r'class="digits">(\d{6})<', await _seat(demo, person))
        assert digits is not None
        await page.locator("#code").fill(digits[1])
        await page.locator("form[action='/sign-in/step'] button").click()
    await page.locator("form[action='/sign-out']").wait_for(timeout=_SECONDS)


async def _seat(demo: Demo, person: Colleague) -> str:
    """What the desk shows of somebody."""
    _, _, desk = await asyncio.to_thread(demo.ask, "GET", "/")
    await asyncio.sleep(0.05)
    return desk.partition(f'id="{person.key}"')[2].partition("</article>")[0]


def _codes(seat: str) -> list[str]:
    return re.findall(r'class="digits">(\d{4} \d{4})<', seat)
