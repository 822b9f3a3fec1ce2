"""Cancelling on the page against the timers of two nodes, around the deadline, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from mailguard.web import flashes
from tests.conformance.hold_parts import GRACE_SECONDS, HOLD_SECONDS, MakeNode, Node, move_to, second_store
from tests.conformance.mail_pages import TANOUE
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

ROUNDS, MAILS, STEPS = 25, 10, 6
"""250 mails on each database; in each round ten are cancelled while the clock takes six steps across the deadline."""
STEP_SECONDS = 0.5
ACCEPTED, LATE = "queue.page.done.cancelled", "queue.page.done.late"


class Race:
    """Two nodes whose timers look while people cancel. ``shown``: what each mail's page says afterwards."""

    def __init__(self, office: WebOffice, browser: httpx2.AsyncClient, nodes: list[Node], seed: int) -> None:
        self.office = office
        self.browser = browser
        self.nodes = nodes
        self.shown: dict[str, str] = {}
        self._chance = random.Random(seed)

    async def run(self, number: int) -> None:
        """One round: ten mails, and their deadline in the midst of the steps, before or behind all of them."""
        first = self.nodes[0]
        ids = await asyncio.gather(*(first.accept(address_of(number, at)) for at in range(MAILS)))
        await first.look()
        deadline = (await first.recipient(ids[0])).due_at
        assert deadline is not None
        move_to(first.clock, deadline - timedelta(seconds=STEP_SECONDS * (number % (STEPS + 2))))
        steps = [asyncio.Event() for _ in range(STEPS)]
        cancels = [self._cancel(queue_id, number, at, self._chance.choice(steps)) for at, queue_id in enumerate(ids)]
        await asyncio.gather(self._go_on(steps), *cancels)

    async def _cancel(self, queue_id: str, number: int, at: int, moment: asyncio.Event) -> None:
        await moment.wait()
        answer = await self.browser.post(f"/mails/{queue_id}/cancel")
        said = flashes.opened(answer.cookies[flashes.COOKIE], self.office.parts.spool.secret_box(flashes.PURPOSE))
        assert said is not None
        self.shown[address_of(number, at)] = said.key

    async def _go_on(self, steps: list[asyncio.Event]) -> None:
        for step in steps:
            step.set()
            self.nodes[0].clock.advance(STEP_SECONDS)
            await asyncio.gather(*(node.timekeeper.look() for node in self.nodes))


def address_of(number: int, at: int) -> str:
    """Whom a mail of a round is for: each for somebody else, so that what arrives names it."""
    return f"ando-{number}-{at}@customer.example.com"


@pytest.mark.slow
async def test_cancel_raced_against_the_timer_holds_what_the_page_says(
    web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, url: str, tmp_path: Path
) -> None:
    """Whoever reads "cancelled" has a mail that is never sent, whoever reads "too late" one that is sent once."""
    async with second_store(url, clock) as other, await web_office.signed_in(TANOUE) as browser:
        nodes = [make_node(hop.port), Node(other, clock, tmp_path / "content", hop.port, name="node-2")]
        race = Race(web_office, browser, nodes, seed=500)
        for number in range(ROUNDS):
            await race.run(number)
        for node in nodes:
            await node.idle()
            # Whatever is to go by itself goes now.
            clock.advance(HOLD_SECONDS + GRACE_SECONDS)
            await node.look()
        await nodes[1].stop()
    arrived = Counter(address for mail in hop.mails for address in mail.addresses)

    assert {ACCEPTED, LATE} == set(race.shown.values())
    assert ROUNDS * MAILS == len(race.shown)
    assert {one: int(key == LATE) for one, key in race.shown.items()} == {one: arrived[one] for one in race.shown}
