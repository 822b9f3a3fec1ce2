"""Takes the pictures of ``deploy/screens`` anew: ``python -m tests.system.screens``.

They are of the demonstration's pages, in both languages, as somebody meets them at a desk. Small, because they stand in
a README.
"""

from __future__ import annotations

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from mailguard.demo.people import CLERK, OFFICER
from tests.system.browser import chromium, closed
from tests.system.demo_people import sign_in
from tests.system.demonstration import CHECKOUT, Demo

FOLDER = CHECKOUT / "deploy" / "screens"
SIZE_MAX = 120 * 1024
_WIDTH, _HEIGHT = 1120, 860
_COLOURS = 48


async def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder), "--hold-minutes", "30")
        try:
            await asyncio.to_thread(demo.ready)
            async with chromium() as browser:
                await _pictures(browser, demo)
        finally:
            await asyncio.to_thread(demo.close)


async def _pictures(browser: Browser, demo: Demo) -> None:
    for person, takes in ((CLERK, _clerks), (OFFICER, _officers)):
        context = await browser.new_context(
            locale="ja-JP", viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="light"
        )  # fmt: skip
        page = await context.new_page()
        await sign_in(page, demo, person)
        await takes(page, demo, "ja")
        await page.locator("form[action='/language'] button").click()
        await takes(page, demo, "en")
        await closed(context)


async def _clerks(page: Page, demo: Demo, language: str) -> None:
    """The list, and the page of a mail with personal data."""
    await page.goto(f"http://127.0.0.1:{demo.web_port}/mails")
    await _keep(page, f"list.{language}")
    await page.get_by_role("link", name="招待状の宛名").first.click()
    await page.locator("#mail").wait_for()
    await _keep(page, f"mail.{language}")


async def _officers(page: Page, demo: Demo, language: str) -> None:
    """The rules."""
    await page.goto(f"http://127.0.0.1:{demo.web_port}/rules")
    await _keep(page, f"rules.{language}")


async def _keep(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(await page.screenshot()))
    path = FOLDER / f"{name}.png"
    FOLDER.mkdir(exist_ok=True)
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > SIZE_MAX:
        raise SystemExit(f"{path.name} is larger than {SIZE_MAX} octets")


if __name__ == "__main__":
    asyncio.run(_main())
