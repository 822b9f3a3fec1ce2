"""From "this was a mistake" to a draft of the first report, in a real browser: what it takes is counted in clicks.

The cases are published ones (54 addresses in Cc noticed after 51 hours, 1,939 children in a sheet, ...), with invented
people. The pages are those of an office on a clock that can be set; the browser's requests go to them without network.
``-rP`` shows what each took.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from playwright.async_api import Browser, Locator, Page, Route

from mailguard.i18n import CATALOGUES
from mailguard.model.documents import BLANK
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.store import Store
from tests.conformance.hold_parts import SENDER, MakeNode, Node
from tests.conformance.test_web_incident_cases import CASES, got_away
from tests.conformance.test_web_incident_documents import PARENTS, node, sent_to_parents, web_office
from tests.conformance.test_web_incidents import CISO, TWO
from tests.conformance.web_office import URL, WebOffice
from tests.fakes.clock import StandingClock
from tests.system.browser import DESKTOP, PATIENCE_MS, chromium, closed

__all__ = ["MakeNode", "Spool", "Store", "node", "web_office"]

JA = CATALOGUES["ja"]
CLICKS = {"sender": 2, "officer": 2, "cause": 2}
"""Most that each may need: the sender from the mail's page, the officer from the incident's, where the notice leads;
and where the mail alone does not say what went wrong, to choose it in a list."""
CC = "54 addresses in Cc"


class Hand:
    """Somebody's at the pages. Counts what it does."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    async def press(self, words: str) -> None:
        """A button or link."""
        found = self.page.get_by_role("button", name=words).or_(self.page.get_by_role("link", name=words, exact=True))
        await self.click(found)

    async def click(self, what: Locator) -> None:
        """One click."""
        self.clicks += 1
        await what.first.click(timeout=PATIENCE_MS)


@asynccontextmanager
async def begun(browser: Browser, client: httpx2.AsyncClient, path: str) -> AsyncIterator[Hand]:
    """Somebody signed in, on a page."""

    async def serve(route: Route) -> None:
        asked = route.request
        kept = {name: value for name, value in asked.headers.items() if name in ("content-type", "accept")}
        answer = await client.request(
            asked.method, asked.url, headers=kept, content=asked.post_data_buffer, follow_redirects=True
        )
        headers = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        await route.fulfill(status=answer.status_code, headers=headers, body=answer.content)

    context = await browser.new_context(locale="ja-JP", viewport={"width": DESKTOP["width"], "height": 800})
    page = await context.new_page()
    await page.route(re.compile(re.escape(URL)), serve)
    await page.goto(f"{URL}{path}")
    yield Hand(page)
    await closed(context)


async def sent(node: Node, clock: StandingClock, name: str) -> QueueId:
    """The mail of a case is with everybody it was not meant for."""
    if name == CC:
        return await sent_to_parents(node, clock, len(PARENTS))
    return await got_away(node, CASES[name])


async def said_so(hand: Hand) -> int:
    """The sender says on the mail's page that it was a mistake, and reads what was done; clicks."""
    await hand.click(hand.page.get_by_text(JA["queue.page.mistake.choose"]))
    await hand.click(hand.page.locator("form[action$='/mistake'] button"))
    await hand.page.get_by_text(JA["incidents.result.now"]).first.wait_for(timeout=PATIENCE_MS)
    return hand.clicks


async def cause_chosen(hand: Hand, cause: str) -> int:
    """An officer says on the incident's page what went wrong; clicks, a choice in a list not counted."""
    await hand.click(hand.page.get_by_text(JA["incidents.page.change"]))
    await hand.page.locator("#cause").select_option(cause)
    await hand.press(JA["incidents.page.change.save"])
    await hand.page.get_by_text(JA["incidents.done.changed"]).first.wait_for(timeout=PATIENCE_MS)
    return hand.clicks


@pytest.mark.slow
@pytest.mark.parametrize("name", [CC, *CASES])
async def test_first_report_is_drafted_with_few_clicks_and_without_a_word_typed(
    web_office: WebOffice, node: Node, clock: StandingClock, name: str
) -> None:
    """The sender says so on the mail's page, the officer opens the report: eight of nine items stand there."""
    queue_id = await sent(node, clock, name)
    cause = "" if name == CC else CASES[name].cause
    parts = web_office.parts
    began = time.perf_counter()
    async with chromium() as browser:
        async with await web_office.signed_in(SENDER) as client, begun(browser, client, f"/mails/{queue_id}") as hand:
            sender = await said_so(hand)
        incident = (await parts.store.read(lambda reader: parts.incidents.of_mail(reader, queue_id)))[0]
        path = f"/incidents/{incident.incident_id}"
        async with await web_office.signed_in(CISO, TWO) as client, begun(browser, client, path) as hand:
            chosen = await cause_chosen(hand, cause) if cause else 0
            await hand.press(JA["incidents.tab.documents"])
            await hand.press(JA["incidents.documents.kind.prompt_report"])
            said = await hand.page.locator("#filled").inner_text(timeout=PATIENCE_MS)
            words = [await one.input_value() for one in await hand.page.locator("textarea").all()]
            officer = hand.clicks - chosen
    print(f"{name}: {sender + chosen + officer} clicks, {time.perf_counter() - began:.1f} s")

    assert sender <= CLICKS["sender"]
    assert chosen <= CLICKS["cause"]
    assert officer <= CLICKS["officer"]
    assert JA["incidents.documents.filled"].format(of=9, filled=8) in said
    assert (9, False) == (len(words), any(BLANK["ja"] in one for one in words))
