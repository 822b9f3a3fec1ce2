"""Trouble of the system is told to administrators: once, in words, and once more when it is over; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from mailguard.accounts import people_administration as administration
from mailguard.accounts.people_administration import Particulars
from mailguard.model.audit import AuditAction
from mailguard.model.node import HopState, NodeState
from mailguard.model.people import Role
from mailguard.notify.troubles import Trouble, troubles_of
from mailguard.store import Store
from mailguard.workers.watcher import STANDING_SECONDS, Standstill, Watcher
from tests.conformance.hold_parts import NOWHERE, OFFICE, SATO, SENDER, A, MakeNode
from tests.conformance.test_notices import WAIT, Office, body, office_of
from tests.fakes.clock import StandingClock

ADMINISTRATORS = ["abe@office.example.jp", "ueki@office.example.jp"]
AFTER = timedelta(minutes=15)
HOP, DISK = Trouble("hop", "mx.example.net:25"), Trouble("disk_low")


class Watched:
    """An office whose system is as a test says: ``troubles`` is what is wrong now."""

    def __init__(self, office: Office, store: Store, clock: StandingClock) -> None:
        self.office = office
        self.clock = clock
        self.troubles: list[Trouble] = []
        self.watcher = self.another(store)

    def another(self, store: Store, *, postmaster: str = "") -> Watcher:
        """A watcher of the same office: after a restart, or on another node."""

        async def see() -> list[Trouble]:
            return list(self.troubles)

        return Watcher(store, self.office.notices, self.clock, see, AFTER, postmaster)

    async def minutes(self, number: int, watcher: Watcher | None = None) -> int:
        """Let so many minutes pass with a look in each; how many mails were written."""
        mails = 0
        for _ in range(number):
            self.clock.advance(60)
            mails += await (watcher or self.watcher).look()
        return mails

    async def told(self) -> list[EmailMessage]:
        """The mails to the first administrator."""
        return [one for one in await self.office.told() if ADMINISTRATORS[0] in str(one["To"])]


@pytest.fixture
async def watched(make_node: MakeNode, store: Store, clock: StandingClock) -> Watched:
    """An office with two administrators, one who is disabled, and a clerk."""
    for address in (*ADMINISTRATORS, "gone@office.example.jp", SENDER):
        await store.write(administration.put_person(OFFICE, address, Particulars("", "", ""), SATO))
    for address in (*ADMINISTRATORS, "gone@office.example.jp"):
        await store.write(administration.grant_role(OFFICE, address, Role.ADMINISTRATOR, "", SATO))
    await store.write(administration.disable(OFFICE, "gone@office.example.jp", SATO))
    return Watched(office_of(make_node(NOWHERE), store, clock), store, clock)


async def test_trouble_that_lasts_is_told_once_and_once_more_when_it_is_over(watched: Watched) -> None:
    """Each administrator gets one mail: what is wrong, what happens to mail and what to do; and one when it is well."""
    watched.troubles = [HOP, DISK]
    early = await watched.minutes(15)
    lasting = await watched.minutes(60)
    watched.troubles = []
    over = await watched.minutes(30)
    begun, ended = await watched.told()

    assert (0, 2, 2) == (early, lasting, over)
    assert str(begun["Subject"]).startswith("【システムの異常】送信先のサーバー mx.example.net:25 が、メールを受け取り")
    for words in ("設定が合っているか", "メールは消えません", "ディスクの空きが少なく", "/office/system"):
        assert words in body(begun)
    assert str(ended["Subject"]).startswith("【復旧しました】")
    assert "またメールを受け取っています" in body(ended)
    assert {*ADMINISTRATORS} == {str(one["To"]).strip("<>") for one in await watched.office.told()}


async def test_trouble_that_passes_soon_is_told_to_nobody(watched: Watched) -> None:
    """A server that restarts writes no mail, however often."""
    mails = 0
    for _ in range(5):
        watched.troubles = [HOP]
        mails += await watched.minutes(14)
        watched.troubles = []
        mails += await watched.minutes(1)

    assert 0 == mails


async def test_same_trouble_is_told_once_a_day(watched: Watched) -> None:
    """A server that comes and goes writes two mails a day, not two an hour; another trouble is told beside it."""
    mails = []
    for _ in range(3):
        watched.troubles = [HOP]
        mails.append(await watched.minutes(20))
        watched.troubles = []
        mails.append(await watched.minutes(5))
    watched.troubles = [HOP, DISK]
    mails.append(await watched.minutes(20))
    watched.clock.advance(24 * 3600)
    mails.append(await watched.minutes(20))

    assert [2, 2, 0, 0, 0, 0, 2, 2] == mails


async def test_restart_and_another_node_tell_nothing_twice(watched: Watched, store: Store) -> None:
    """What was told stands in the record: whoever looks next says only that it is over."""
    watched.troubles = [HOP]
    other = watched.another(store)
    await watched.minutes(1, other)
    first = await watched.minutes(20)
    second = await watched.minutes(20, other)
    restarted = watched.another(store)
    third = await watched.minutes(20, restarted)
    watched.troubles = []
    over = [await watched.minutes(3, one) for one in (restarted, watched.watcher)]

    assert (2, 0, 0, [2, 0]) == (first, second, third, over)
    (event,) = [one for one in await watched.office.node.everything() if one.action is AuditAction.TROUBLE_TOLD]
    assert {"troubles": ["hop mx.example.net:25"], "people": 2} == event.details


async def test_trouble_is_told_to_the_postmaster_where_nobody_is_administrator(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """A new office hears of it as well; and a mail about the system is never itself a reason for a notice."""
    watched = Watched(office_of(make_node(NOWHERE), store, clock), store, clock)
    watched.troubles = [DISK]
    mails = await watched.minutes(20, watched.another(store, postmaster="help@office.example.jp"))
    notices = await watched.office.later(WAIT)

    assert (1, 0) == (mails, notices)
    assert ["help@office.example.jp"] == [str(one["To"]).strip("<>") for one in await watched.office.told()]


async def test_mail_that_is_due_and_is_not_looked_at_stands_still(
    make_node: MakeNode, store: Store, clock: StandingClock
) -> None:
    """Workers that died leave mail lying: that is seen after ten minutes, and not of mail that merely waits."""
    node, standstill = make_node(NOWHERE), Standstill(clock)
    await node.held(A)
    seen = []
    for seconds in (0, 24 * 3600, STANDING_SECONDS - 1, 1):
        clock.advance(seconds)
        seen.append(await standstill.look(store))
    await node.look()

    assert [False, False, False, True] == seen
    assert not await standstill.look(store)


NODE = NodeState("1", datetime(2026, 1, 1, tzinfo=UTC), (HopState("mx:25", True, 0),), 9000, 1000, False, None, 2, 0)
FINDINGS: list[tuple[Callable[[], list[Trouble]], list[str]]] = [
    (lambda: list(troubles_of({"database": "no"}, {}, NODE, NODE.started_at)), ["database"]),
    (lambda: list(troubles_of({"disk": "ok"}, {"mx:25": "down", "new": "x"}, NODE, NODE.started_at)),
     ["hop mx:25", "other new"]),
]  # fmt: skip


@pytest.mark.parametrize(("found", "names"), FINDINGS)
def test_trouble_has_a_name_that_stays(found: Callable[[], list[Trouble]], names: list[str]) -> None:
    """The same trouble is the same from look to look, whatever its figures."""
    assert names == [one.name for one in found()]
