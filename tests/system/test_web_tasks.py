"""Tasks as people get them (``tasks/tasks.yaml``), done at the demonstration on the pages alone; clicks are counted."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import yaml
from playwright.async_api import Browser, Locator, Page, expect

from mailguard.demo.people import CLERK, MANAGER, Colleague
from tests.system.browser import DESKTOP, chromium, new_page
from tests.system.demo_people import sign_in
from tests.system.demonstration import Demo
from tests.system.waiting import eventually

TASKS = yaml.safe_load(Path(__file__).with_name("tasks").joinpath("tasks.yaml").read_text("utf-8"))
PATIENCE = 30_000
"""Milliseconds for a page on a machine that does other things as well."""
TOOK = re.compile(r"took +(\S+) +(.*)")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demonstration, with time to think."""
    running = Demo(tmp_path_factory.mktemp("tasks"), "--hold-minutes", "30")
    try:
        yield running.ready()
    finally:
        running.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser."""
    async with chromium() as browser:
        yield browser


class Hand:
    """Somebody's, who has just signed in. Counts what it does."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page = page
        self.demo = demo
        self.clicks = 0

    async def open(self, subject: str) -> None:
        """The mail with that subject in a list."""
        await self.click(self.page.get_by_role("link", name=subject))

    async def click(self, what: Locator) -> None:
        """One click."""
        self.clicks += 1
        await what.first.click(timeout=PATIENCE)

    async def type(self, label: str, words: str) -> None:
        """A click into a field, and the words."""
        field = self.page.get_by_label(label, exact=False)
        await self.click(field)
        await field.first.press_sequentially(words)

    async def press(self, words: str) -> None:
        """A button, or a link that looks like one."""
        button = self.page.get_by_role("button", name=words)
        await self.click(button.or_(self.page.get_by_role("link", name=words)))

    def arrivals(self, subject: str) -> list[str]:
        """Who got a mail whose subject begins so, as the world says."""
        found = TOOK.findall(self.demo.output())
        return [who for who, what in found if what.removeprefix("[protected] ").startswith(subject)]


async def begun(browser: Browser, demo: Demo, person: Colleague) -> Hand:
    """Somebody signed in, on the page that comes then."""
    context = await browser.new_context(locale="ja-JP", viewport={"width": DESKTOP["width"], "height": 800})
    page = await new_page(context)
    await sign_in(page, demo, person)
    return Hand(page, demo)


async def wrong_tanaka(hand: Hand) -> None:
    """The button beside the reason knows the right address."""
    await hand.open("ご注文の確認")
    await hand.press("tanaka@aozora.example.com")
    await hand.press("メールの画面へ戻る")
    await hand.press("送信する")
    await eventually(lambda: "tanaka@aozora.example.com" in hand.arrivals("ご注文の確認"), "the mail", seconds=120)

    assert not [who for who in hand.arrivals("ご注文の確認") if "aozoro" in who]


async def five_in_to(hand: Hand) -> None:
    """The button beside the reason hides them from each other."""
    await hand.open("展示会のご案内")
    await hand.press("BCC")
    await hand.press("メールの画面へ戻る")
    await hand.press("送信する")
    await eventually(lambda: len(hand.arrivals("展示会のご案内")) == 5, "the five", seconds=120)


async def wrong_price(hand: Hand) -> None:
    """What waits for its time is in the second box, and its page has the button."""
    await hand.click(hand.page.get_by_role("link", name="保留中"))
    await hand.open("お見積りの件")
    await hand.press("取り消す")
    await expect(hand.page.locator("#state-words")).to_contain_text("送信していません", timeout=PATIENCE)

    assert [] == hand.arrivals("お見積りの件")


async def roster_by_telephone(hand: Hand) -> None:
    """The page asks whom it is for; the password comes up by itself once the other server took the mail."""
    await hand.open("招待状の宛名をお願いします")
    await hand.type("会社", "insatsu")
    await hand.press("送信する")
    await hand.press("パスワードを見る")
    await expect(hand.page.locator("#password")).to_have_text(re.compile(r"^\w{4}-"), timeout=PATIENCE)


async def contract_to_approve(hand: Hand) -> None:
    """It is in the list of approvals, and asks whom it is for."""
    await hand.click(hand.page.get_by_role("link", name="承認"))
    await hand.open("業務委託契約書の案")
    await hand.type("会社", "aozora")
    await hand.press("承認して送信する")
    await eventually(lambda: bool(hand.arrivals("業務委託契約書")), "the contract", seconds=120)


DOING = {
    "wrong-tanaka": wrong_tanaka,
    "five-in-to": five_in_to,
    "wrong-price": wrong_price,
    "roster-by-telephone": roster_by_telephone,
    "contract-to-approve": contract_to_approve,
}
PEOPLE = {"clerk": CLERK, "manager": MANAGER}


@pytest.mark.parametrize("name", TASKS)
async def test_task_is_done_with_few_clicks(browser: Browser, demo: Demo, name: str) -> None:
    """Whoever gets the task does it on the pages alone, and does not have to click about."""
    task = TASKS[name]
    hand = await begun(browser, demo, PEOPLE[task["who"]])
    await DOING[name](hand)

    assert hand.clicks <= task["clicks"]
