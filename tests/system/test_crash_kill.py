"""``kill -9`` and what is left: every mail that got its 250 is where it should be.

A kill is not a power cut: that nothing is promised before it is synced shows in ``test_crash_sync_order.py``.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal

import pytest

from tests.system.accounting import Settlement, finished, settle
from tests.system.load import EXTERNAL, INTERNAL, Clients, Dialogue, Ledger, ServerGone, submit_one
from tests.system.recorder import Recorder
from tests.system.relay import MakeRelay, Relay

CRASH_STATUS = 77
"""The exit status of a process that ended itself at a named crash point."""

HELD_LONG = {"minutes": 60}
MANY_DOUBTS = {"doubts": 1000}
"""A mail that is killed in the same window again and again would wait for an administrator; here it goes on."""


async def killed_again_and_again(relay: Relay, recorder: Recorder, cycles: int, seed: int) -> Settlement:
    """``cycles`` kills at random moments under load, then a quiet end, some cancels and releases, and the account."""
    chance = random.Random(seed)
    clients = Clients(relay.open_port)
    await relay.started()
    clients.start()
    for _ in range(cycles):
        # Not a wait for something: the moment of death is what is drawn by lot.
        await asyncio.sleep(chance.uniform(0.05, 1.0))
        relay.kill()
        await relay.started()
    ledger = await clients.stop()
    await finished(relay)
    held = sorted({row.queue_id for row in relay.rows() if row.state == "held"})
    cancelled, released = frozenset(held[:3]), frozenset(held[3:6])
    for word, chosen in (("cancel", cancelled), ("release", released)):
        for queue_id in sorted(chosen):
            done = relay.command("hold", word, queue_id)
            assert done.returncode == 0, done.stderr
    await finished(relay)
    return settle(relay.rows(), recorder.copies(), ledger, cancelled=cancelled, released=released)


def cycles_from_environment(default: int) -> int:
    """``MAILGUARD_CRASH_CYCLES`` where it is set."""
    return int(os.environ.get("MAILGUARD_CRASH_CYCLES", default))


async def check_kills(make_relay: MakeRelay, cycles: int) -> None:
    seed = int(os.environ.get("MAILGUARD_CRASH_SEED", random.SystemRandom().randrange(10**6)))
    async with Recorder() as recorder:
        relay = make_relay(recorder.port, hold=HELD_LONG, delivery=MANY_DOUBTS)
        settlement = await killed_again_and_again(relay, recorder, cycles, seed)
        assert await relay.stopped() == 0
    print(f"\n{cycles} kills (MAILGUARD_CRASH_SEED={seed}): {settlement}")

    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.owed > cycles
    assert settlement.cancelled > 0


@pytest.mark.timeout(600)
async def test_kill_at_random_moments_under_load_loses_nothing(make_relay: MakeRelay) -> None:
    """However the relay dies, each mail it took is delivered, held or cancelled as it should be."""
    await check_kills(make_relay, 5)


@pytest.mark.slow
@pytest.mark.timeout(3600)
async def test_kill_at_many_random_moments_under_load_loses_nothing(make_relay: MakeRelay) -> None:
    """The same, over and over: 10 kills, or as many as MAILGUARD_CRASH_CYCLES says."""
    await check_kills(make_relay, cycles_from_environment(10))


POINTS = ["after_content_sync", "after_accept_commit", "before_queued_commit", "after_dot", "before_delivered_commit"]
MAY_ARRIVE_TWICE = {"after_dot", "before_delivered_commit"}
NO_ANSWER = {"after_content_sync", "after_accept_commit"}
RECIPIENTS = (f"inside@{INTERNAL}", f"outside@{EXTERNAL}")


async def submit_and_die(relay: Relay, ledger: Ledger, point: str, size: int) -> None:
    """Submits one mail to a relay that ends itself at ``point``, and waits for that end."""
    await relay.started(MG_CRASH_AT=point)
    dialogue = await Dialogue.open(relay.port())
    try:
        await submit_one(dialogue, ledger, f"{point}@office.example.jp", RECIPIENTS, b"x" * 70 + b"\r\n" * size)
    except ServerGone:
        pass  # the points before the 250 end the process in front of the client
    finally:
        dialogue.close()
    assert await asyncio.to_thread(relay.wait) == CRASH_STATUS


@pytest.mark.parametrize("size", [1, 20_000], ids=["small", "file"])
@pytest.mark.parametrize("point", POINTS)
async def test_crash_at_named_point_keeps_the_promise(make_relay: MakeRelay, point: str, size: int) -> None:
    """A crash at each dangerous place loses nothing and sends twice only where that is declared."""
    ledger = Ledger()
    async with Recorder() as recorder:
        relay = make_relay(recorder.port, storage={"inline_bytes": 8192}, delivery=MANY_DOUBTS)
        await submit_and_die(relay, ledger, point, size)
        await relay.started()
        await finished(relay)
        if point in NO_ANSWER:
            # What every client does: it was not told 250, so it sends the mail again.
            dialogue = await Dialogue.open(relay.port())
            await submit_one(dialogue, ledger, f"{point}-again@office.example.jp", RECIPIENTS, b"text")
            dialogue.close()
            await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger, external="delivered")
        copies = recorder.copies()
        assert await relay.stopped() == 0

    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.owed == 1
    assert settlement.unanswered_kept == (1 if point == "after_accept_commit" else 0)
    assert max(copies.values()) <= (2 if point in MAY_ARRIVE_TWICE else 1)


async def test_relay_stopped_under_load_ends_well_and_loses_nothing(make_relay: MakeRelay) -> None:
    """An administrator may stop the service at any time: it ends with success and every promise is kept."""
    async with Recorder() as recorder:
        relay = make_relay(recorder.port, hold=HELD_LONG)
        await relay.started()
        clients = Clients(relay.open_port, number=8)
        clients.start()
        while len(clients.ledger.owed) < 200:
            await asyncio.sleep(0.01)
        relay.signal(signal.SIGTERM)
        status = await asyncio.to_thread(relay.wait)
        ledger = await clients.stop()
        await relay.started()
        await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger)
        await relay.stopped()

    assert status == 0
    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.duplicates == 0
    assert settlement.unanswered_kept == 0


async def test_second_relay_on_the_same_data_is_refused(make_relay: MakeRelay) -> None:
    """Two processes never send from the same queue: the second one ends with a reason and the first goes on."""
    async with Recorder() as recorder:
        relay = make_relay(recorder.port)
        await relay.started()
        second = Relay(relay.settings, relay.directory)
        second.launch()
        status = await asyncio.to_thread(second.wait)
        ledger = Ledger()
        dialogue = await Dialogue.open(relay.port())
        await submit_one(dialogue, ledger, "first@office.example.jp", RECIPIENTS[:1], b"text")
        dialogue.close()
        await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger)

    assert status != 0
    assert settlement.delivered == 1
