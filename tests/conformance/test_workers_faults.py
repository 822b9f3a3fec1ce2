"""Lost replies, nodes that stop, two nodes on one database: on SQLite and on PostgreSQL (invariant 11, P-22, P-23).

In doubt is only what may have been taken: the dot was sent, its reply not recorded. Everything else is a plain retry.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from mailguard import hold
from mailguard.logs import redact
from mailguard.model.audit import AuditAction
from mailguard.model.queue import QueueId, State
from mailguard.store import Transaction
from tests.conformance.hold_parts import HOLD_SECONDS, LEASE_SECONDS, SATO, A, B, C, MakeNode, Node, second_store
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, cut, hang, say, wait

SENDING, DEFERRED, DELIVERED, BOUNCED = State.SENDING, State.DEFERRED, State.DELIVERED, State.BOUNCED


async def try_until_it_waits(
    make_node: MakeNode, clock: StandingClock, queue_id: QueueId, port: int, **how: Any
) -> int:
    """Tries again as often as it is due within three hours; how many tries that were.

    A fresh node at each, so that no pause of the last one matters; and no delay is told of yet.
    """
    tries = 0
    for _ in range(10):
        node = make_node(port, **how)
        taken = await node.look()
        await node.stop()
        if not taken:
            break
        tries += taken
        clock.advance(1200)
    return tries


# -- lost replies


async def test_lost_reply_is_tried_again_with_the_same_octets(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The reply to my mail got lost: it is sent again, the copies are the same octet for octet, and it is on record."""
    hop.on(Stage.TAKEN, cut(), times=1)
    node = make_node(hop.port)
    queue_id = await node.accept(A, automatic=True)
    await try_until_it_waits(make_node, clock, queue_id, hop.port)
    (deferred,) = await node.record(queue_id, AuditAction.DEFERRED)

    assert ([DELIVERED], ["unknown", "delivered"], [0]) == (
        await node.states(queue_id),
        await node.outcomes(queue_id),
        deferred.details["in_doubt"],
    )
    assert (2, 1) == (len(hop.mails), len({mail.content for mail in hop.mails}))


@pytest.mark.parametrize(
    ("how", "tries"),
    [
        pytest.param({}, 3, id="resend"),
        pytest.param({"doubts": 1}, 1, id="resend, one doubt"),
        pytest.param({"on_doubt": "ask"}, 1, id="ask"),
    ],
)
async def test_doubts_are_counted_and_then_a_person_decides(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, how: dict[str, Any], tries: int
) -> None:
    """After so many lost replies no further copy goes by itself, and nobody is told "failed" for what may be there."""
    hop.on(Stage.TAKEN, cut())
    node = make_node(hop.port)
    queue_id = await node.accept(A, automatic=True)
    made = await try_until_it_waits(make_node, clock, queue_id, hop.port, **how)
    entry = await node.recipient(queue_id)
    copies = len(hop.mails)
    hop.ordinary(Stage.TAKEN)
    await node.store.write(hold.retry(node.spool, queue_id, SATO, "not there"))
    await make_node(hop.port, **how).look()

    assert (tries, tries, DEFERRED, None, tries) == (made, entry.doubts, entry.state, entry.due_at, copies)
    assert ([DELIVERED], tries + 1, [queue_id]) == (
        await node.states(queue_id),
        len(hop.mails),
        await node.accepted_ids(),
    )


async def test_doubt_of_one_recipient_is_not_that_of_another(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Of three, one was refused before the dot: only the two that may have it are in doubt."""
    hop.on(Stage.RCPT, say("550 5.1.1 Unknown user"), matching=B)
    hop.on(Stage.TAKEN, cut(), times=1)
    node = make_node(hop.port)
    queue_id = await node.accept(A, B, C, automatic=True)
    await node.look()
    entries = (await node.mail(queue_id)).recipients

    assert [(DEFERRED, 1), (BOUNCED, 0), (DEFERRED, 1)] == [(entry.state, entry.doubts) for entry in entries]


# -- a node that stops

STOPS = [
    pytest.param(Stage.RCPT, {}, False, id="before the content"),
    pytest.param(Stage.DATA, {}, False, id="at DATA"),
    pytest.param(Stage.DOT, {}, True, id="dot read, mail not taken"),
    pytest.param(Stage.TAKEN, {}, True, id="mail taken, reply not read"),
    pytest.param(Stage.TAKEN, {"on_doubt": "ask"}, True, id="mail taken, ask"),
]


@pytest.mark.parametrize(("stage", "how", "doubt"), STOPS)
async def test_node_that_stopped_is_taken_over_when_its_lease_is_over(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, stage: Stage, how: dict[str, Any], doubt: bool
) -> None:
    """A node dies while sending: nobody touches the mail until its lease is over; it is a doubt only after the dot."""
    hop.on(stage, hang(), times=1)
    first, second = make_node(hop.port), make_node(hop.port, name="node-2", **how)
    queue_id = await first.accept(A, automatic=True)
    await first.timekeeper.look()
    await hop.until(lambda: hop.reached(stage))
    await first.stop()
    clock.advance(LEASE_SECONDS - 0.001)
    early = await second.look()
    stopped = await second.states(queue_id)
    clock.advance(0.001)
    await second.look()
    entry = await second.recipient(queue_id)
    record = {event.action for event in await second.record(queue_id)}
    waits = doubt and bool(how)

    assert (0, [SENDING]) == (early, stopped)
    assert (AuditAction.IN_DOUBT if doubt else AuditAction.RESCUED) in record
    assert (AuditAction.RESCUED if doubt else AuditAction.IN_DOUBT) not in record
    assert (DEFERRED if waits else DELIVERED, int(doubt), None) == (entry.state, entry.doubts, entry.due_at)
    assert (stage is Stage.TAKEN) + (not waits) == len(hop.mails)


async def test_node_that_starts_again_goes_on_at_once(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """After a restart a node ends its own leases and goes on without waiting; those of another node stay."""
    hop.on(Stage.RCPT, hang(), times=2)
    before, other = make_node(hop.port), make_node(hop.port, name="node-2")
    mine = await before.accept(A, automatic=True)
    await before.timekeeper.look()
    theirs = await other.accept(B, automatic=True)
    await other.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.RCPT) == 2)
    await before.stop()
    again = make_node(hop.port)
    reclaimed = await again.store.write(again.rescuer.reclaim)
    await again.look()

    assert (1, [DELIVERED], [SENDING]) == (reclaimed, await again.states(mine), await again.states(theirs))


async def test_node_that_slept_through_its_lease_sends_no_dot(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A paused node wakes when another has sent the mail: it stops before the dot, and one copy arrives."""
    awake = asyncio.Event()
    hop.on(Stage.DATA, wait(awake), times=1)
    sleeper, other = make_node(hop.port), make_node(hop.port, name="node-2")
    queue_id = await sleeper.accept(A, automatic=True)
    await sleeper.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.DATA))
    clock.advance(LEASE_SECONDS + 1)
    await other.look()
    awake.set()
    await sleeper.idle()

    assert ([DELIVERED], 1, 1) == (await other.states(queue_id), len(hop.mails), len(hop.unfinished))
    assert ["delivered"] == await other.outcomes(queue_id)


async def test_node_that_slept_sends_no_dot_although_nobody_took_over(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Whoever wakes after his lease does not send: he tries again with a lease that covers the wait."""
    awake = asyncio.Event()
    hop.on(Stage.DATA, wait(awake), times=1)
    node = make_node(hop.port)
    queue_id = await node.accept(A, automatic=True)
    await node.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.DATA))
    clock.advance(LEASE_SECONDS + 1)
    awake.set()
    await node.idle()
    entry = await node.recipient(queue_id)

    assert (DEFERRED, 0, [], 1) == (entry.state, entry.doubts, hop.mails, len(hop.unfinished))


async def test_long_wait_for_the_reply_is_covered_by_the_lease(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A next hop that thinks about a mail for ten minutes is not sent it a second time by another node."""
    answer, content = asyncio.Event(), asyncio.Event()
    hop.on(Stage.DATA, wait(content), times=1)
    hop.on(Stage.DOT, wait(answer), times=1)
    slow, other = make_node(hop.port), make_node(hop.port, name="node-2")
    queue_id = await slow.accept(A, automatic=True)
    await slow.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.DATA))
    clock.advance(LEASE_SECONDS - 1)
    content.set()
    await hop.until(lambda: hop.reached(Stage.DOT))
    clock.advance(600)
    taken = await other.look()
    answer.set()
    await slow.idle()

    assert (0, [DELIVERED], 1) == (taken, await slow.states(queue_id), len(hop.mails))


# -- two nodes


@asynccontextmanager
async def other_process(url: str, clock: StandingClock, folder: Path, port: int) -> AsyncIterator[Node]:
    """A second node with a database connection of its own."""
    async with second_store(url, clock) as store:
        node = Node(store, clock, folder, port, name="node-2")
        try:
            yield node
        finally:
            await node.stop()


async def test_two_nodes_send_each_recipient_once(
    url: str, make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, tmp_path: Path
) -> None:
    """Two nodes look at the same moment, again and again, for all that is due: each recipient gets one copy."""
    first = make_node(hop.port)
    async with other_process(url, clock, tmp_path / "content", hop.port) as second:
        queue_ids = []
        for number in range(40):
            node = (first, second)[number % 2]
            queue_ids.append(await node.accept(f"r{number}@customer.example.com", f"s{number}@office.example.jp"))
        await asyncio.gather(*(node.look() for node in (first, second) * 2))
        clock.advance(HOLD_SECONDS + 3)
        await asyncio.gather(*(node.look() for node in (second, first) * 2))
        await asyncio.gather(first.idle(), second.idle())
        # Whoever lost a race left it to the other; nothing may be left over.
        rest = [await node.look() for node in (first, second)]
        states = [state for queue_id in queue_ids for state in await first.states(queue_id)]
        attempts = Counter(
            [len(await first.outcomes(queue_id, position)) for queue_id in queue_ids for position in (0, 1)]
        )
    copies = Counter(address for mail in hop.mails for address in mail.addresses)

    assert (Counter({DELIVERED: 80}), 80, {1}) == (Counter(states), len(copies), set(copies.values()))
    assert ([0, 0], Counter({1: 80})) == (rest, attempts)


async def test_two_nodes_never_send_one_recipient_at_the_same_time(
    url: str, make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, tmp_path: Path
) -> None:
    """While one node is in the middle of my mail, the other leaves it alone, however often it looks."""
    answer = asyncio.Event()
    hop.on(Stage.DOT, wait(answer))
    first = make_node(hop.port)
    async with other_process(url, clock, tmp_path / "content", hop.port) as second:
        queue_id = await first.accept(A, automatic=True)
        await first.timekeeper.look()
        await hop.until(lambda: hop.reached(Stage.DOT))
        looks = []
        for _ in range(8):
            clock.advance(100)
            looks.append(await second.look())
        answer.set()
        await first.idle()

    assert ([0] * 8, 1, [DELIVERED]) == (looks, len(hop.mails), await first.states(queue_id))


async def test_two_nodes_take_over_a_stopped_third_once(
    url: str, make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, tmp_path: Path
) -> None:
    """A node died with mails in its hands, two others look at the same time: each mail is taken over by one of them."""
    hop.on(Stage.RCPT, hang(), times=5)
    dead = make_node(hop.port, name="node-0")
    queue_ids = [await dead.accept(f"r{number}@customer.example.com", automatic=True) for number in range(5)]
    await dead.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.RCPT) == 5)
    await dead.stop()
    clock.advance(LEASE_SECONDS)
    first = make_node(hop.port)
    async with other_process(url, clock, tmp_path / "content", hop.port) as second:
        await asyncio.gather(first.look(), second.look())
        await asyncio.gather(first.look(), second.look())
    rescues = [len(await first.record(queue_id, AuditAction.RESCUED)) for queue_id in queue_ids]

    assert ([1] * 5, 5, {DELIVERED}) == (
        rescues,
        len(hop.mails),
        {state for queue_id in queue_ids for state in await first.states(queue_id)},
    )


# -- rows that cannot be read


async def test_mails_that_cannot_be_read_keep_no_other_waiting(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Whatever is wrong with some mails' rows, mine goes when its time is over; and so do they, once they are right."""
    node = make_node(hop.port)
    many = [f"one{number}@customer.example.com" for number in range(90)]
    damaged = [await node.accept(*many) for _ in range(6)]
    await node.look()
    # Behind them all, and they fill more than the page of what is due.
    clock.advance(1)
    mine = await node.accept(A)
    await node.look()
    right = await node.store.read(lambda reader: reader.execute(_VERDICT, {"queue_id": damaged[0]}).scalar_one())
    await node.store.write(lambda transaction: _write_verdicts(transaction, damaged, "{"))
    clock.advance(HOLD_SECONDS + 3)
    await node.look()
    went = await node.states(mine)
    await node.store.write(lambda transaction: _write_verdicts(transaction, damaged, right))
    await node.look()
    early = len(hop.mails)
    clock.advance(3600)
    await node.look()

    assert ([DELIVERED], 1) == (went, early)
    assert {DELIVERED} == {state for one in damaged for state in await node.states(one)}


async def test_mail_that_cannot_be_read_leaves_no_word_of_it_in_the_log(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """What stands in a damaged row may be anybody's: the log names the mail and what sort of fault it was."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    right = await node.store.read(lambda reader: reader.execute(_VERDICT, {"queue_id": queue_id}).scalar_one())
    wrong = right.replace('"hold"', '"080-5555-0142"')
    await node.store.write(lambda transaction: _write_verdicts(transaction, [queue_id], wrong))
    clock.advance(HOLD_SECONDS + 3)
    with capture_logs() as lines:
        await node.look()
    written = [redact(None, "error", dict(line)) for line in lines if line["event"] == "take_up_failed"]

    assert [(queue_id, "ValueError", "ValueError")] == [
        (line["queue_id"], line["error"], line["cause"]) for line in written
    ]
    assert "5555" not in str(written)


_VERDICT = text("SELECT verdict FROM recipient WHERE queue_id = :queue_id LIMIT 1")


def _write_verdicts(transaction: Transaction, queue_ids: list[str], verdict: str) -> None:
    for one in queue_ids:
        transaction.execute(
            text("UPDATE recipient SET verdict = :verdict WHERE queue_id = :queue_id"),
            {"verdict": verdict, "queue_id": one},
        )
