"""What people and the timer may do with held mail, on SQLite and on PostgreSQL (invariants 6 and 8, P-26).

The shown deadline is 300 s after the judgement, and the timer may act 3 s later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from mailguard import audit, hold
from mailguard.errors import MailguardError, NotAllowed, StaleState, UnknownMail
from mailguard.hold import Outcome
from mailguard.model.audit import Actor, ActorKind, AuditAction
from mailguard.model.queue import QueueId, State
from mailguard.model.verdict import Verdict
from mailguard.spool import Spool
from mailguard.store import Store, Work
from tests.conformance.hold_parts import (
    GRACE,
    HOLD_SECONDS,
    INSIDE,
    SATO,
    A,
    B,
    C,
    Node,
    move_to,
    second_store,
)
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop

HELD, CLEARED, SENDING, DEFERRED = State.HELD, State.CLEARED, State.SENDING, State.DEFERRED
DELIVERED, CANCELLED = State.DELIVERED, State.CANCELLED
MICROSECOND = timedelta(microseconds=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROUNDS = 25


@pytest.fixture
async def node(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[Node]:
    """A node whose next hop is not there: what is released becomes deferred at once."""
    node = Node(store, clock, tmp_path / "content")
    yield node
    await node.stop()


def cancel(spool: Spool, queue_id: QueueId, actor: Actor = SATO) -> Work[Outcome]:
    return hold.cancel(spool, queue_id, actor, "wrong attachment")


# -- the deadline


async def test_hold_deadline_is_shown_three_seconds_short(node: Node) -> None:
    """I am shown when my mail leaves; the server waits three seconds more."""
    entry = await node.recipient(await node.held())

    assert (START + timedelta(seconds=HOLD_SECONDS), GRACE) == (entry.shown_until, entry.due_at - entry.shown_until)  # type: ignore[operator]


MOMENTS = [
    pytest.param(timedelta(0), True, id="at once"),
    pytest.param(timedelta(seconds=HOLD_SECONDS) - MICROSECOND, True, id="just before the shown deadline"),
    pytest.param(timedelta(seconds=HOLD_SECONDS), True, id="at the shown deadline"),
    pytest.param(timedelta(seconds=HOLD_SECONDS) + MICROSECOND, True, id="just after the shown deadline"),
    pytest.param(timedelta(seconds=HOLD_SECONDS) + GRACE - MICROSECOND, True, id="just before the timer's time"),
    pytest.param(timedelta(seconds=HOLD_SECONDS) + GRACE, False, id="at the timer's time"),
    pytest.param(timedelta(seconds=HOLD_SECONDS) + GRACE + HOUR, False, id="an hour later"),
]


@pytest.mark.parametrize(("moment", "wins"), MOMENTS)
async def test_cancel_when_the_timer_looks_first_wins_until_its_time(
    node: Node, clock: StandingClock, moment: timedelta, wins: bool
) -> None:
    """Until three seconds past the shown deadline my cancel wins, although the timer looked a moment before."""
    queue_id = await node.held()
    move_to(clock, START + moment)

    await node.look()
    outcome = await node.store.write(cancel(node.spool, queue_id))

    expected = ((0,), {}, [CANCELLED]) if wins else ((), {0: DEFERRED}, [DEFERRED])
    assert expected == (outcome.moved, outcome.left, await node.states(queue_id))


@pytest.mark.parametrize(("moment", "wins"), MOMENTS)
async def test_cancel_before_the_timer_looks_wins_at_any_moment(
    node: Node, clock: StandingClock, moment: timedelta, wins: bool
) -> None:
    """However late, a cancel that comes before the timer's look wins, and nothing leaves afterwards."""
    queue_id = await node.held()
    move_to(clock, START + moment)

    outcome = await node.store.write(cancel(node.spool, queue_id))
    clock.advance(HOUR.total_seconds())
    await node.look()

    assert ((0,), [CANCELLED], []) == (outcome.moved, await node.states(queue_id), await node.outcomes(queue_id))


@pytest.mark.parametrize("cancel_first", [True, False], ids=["cancel first", "timer first"])
async def test_timer_and_cancel_handed_in_together_give_one_result(
    node: Node, clock: StandingClock, cancel_first: bool
) -> None:
    """Both in one commit: the first wins, the second hears it, and the record names only the first."""
    queue_id = await node.held()
    clock.advance(HOLD_SECONDS + 10)
    works: list[Work[Any]] = [
        cancel(node.spool, queue_id),
        lambda transaction: node.timekeeper.take_up(transaction, queue_id, clock.due_now()),
    ]
    results = await asyncio.gather(*map(node.store.submit, works if cancel_first else works[::-1]))
    outcome = results[0 if cancel_first else 1]
    record = {event.action for event in await node.record(queue_id)}

    assert (((0,), {}) if cancel_first else ((), {0: SENDING})) == (outcome.moved, outcome.left)
    assert {AuditAction.CANCELLED if cancel_first else AuditAction.RELEASED_BY_TIMER} == record & {
        AuditAction.CANCELLED,
        AuditAction.RELEASED_BY_TIMER,
    }


async def test_cancel_and_timer_of_two_processes_race_and_exactly_one_wins(
    url: str, node: Node, clock: StandingClock, tmp_path: Path
) -> None:
    """The command beside the service, at the timer's very moment, round after round: never both, never neither."""
    async with second_store(url, clock) as store:
        other = Node(store, clock, tmp_path / "content", name="node-2")
        cancelled = 0
        for number in range(ROUNDS):
            queue_id = await node.held()
            clock.advance(HOLD_SECONDS + 3)
            looking = asyncio.ensure_future(node.timekeeper.look())
            if number % 2:
                # One turn of the loop later, so that the order of the two changes.
                await asyncio.sleep(0)
            clicked = asyncio.ensure_future(other.store.write(cancel(other.spool, queue_id)))
            _, heard = await asyncio.gather(looking, clicked, return_exceptions=True)
            await node.idle()
            record = [event.action for event in await node.record(queue_id)]
            won = isinstance(heard, Outcome) and heard.moved == (0,)
            cancelled += won

            assert won or isinstance(heard, StaleState) or (isinstance(heard, Outcome) and heard.left), heard
            assert [CANCELLED if won else DEFERRED] == await node.states(queue_id)
            assert (won, not won) == (AuditAction.CANCELLED in record, AuditAction.RELEASED_BY_TIMER in record)
        await other.stop()


# -- somebody was there first


async def test_timer_with_an_old_view_changes_nothing(node: Node, clock: StandingClock) -> None:
    """A timer that saw my mail held before I cancelled it gets an error, and my mail stays cancelled."""
    queue_id = await node.held()
    seen = await node.mail(queue_id)
    await node.store.write(cancel(node.spool, queue_id))

    with pytest.raises(StaleState):
        await node.store.write(lambda transaction: node.ends.end_due(transaction, seen, list(seen.recipients), SATO))

    assert [CANCELLED] == await node.states(queue_id)
    assert [] == await node.record(queue_id, AuditAction.RELEASED_BY_TIMER)


async def test_stale_work_takes_nothing_with_it_that_others_did(node: Node) -> None:
    """In one commit with somebody's late action, my own action is carried out all the same."""
    mine, gone = await node.held(), await node.held()
    seen = await node.mail(gone)
    await node.store.write(cancel(node.spool, gone))

    late, done = await asyncio.gather(
        node.store.submit(lambda transaction: node.ends.end_due(transaction, seen, list(seen.recipients), SATO)),
        node.store.submit(cancel(node.spool, mine)),
        return_exceptions=True,
    )

    assert isinstance(late, StaleState)
    assert (Outcome(mine, (0,), {}), [CANCELLED], [CANCELLED]) == (
        done,
        await node.states(mine),
        await node.states(gone),
    )


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)  # SQLite has one writer: nobody comes in between
async def test_cancel_overtaken_between_look_and_commit_is_stale(
    url: str, node: Node, clock: StandingClock, tmp_path: Path
) -> None:
    """A release by a colleague slips between my cancel's look and its commit: I hear so, and the mail goes once."""
    queue_id = await node.held()
    async with second_store(url, clock) as store:
        spool = Node(store, clock, tmp_path / "content", name="node-2").spool

        def overtaken(transaction: object) -> Outcome:
            outcome = cancel(node.spool, queue_id)(transaction)  # type: ignore[arg-type]
            store.write_now(hold.release(spool, queue_id, SATO, "checked"))
            return outcome

        with pytest.raises(StaleState):
            await node.store.write(overtaken)

    assert [CLEARED] == await node.states(queue_id)
    assert [] == await node.record(queue_id, AuditAction.CANCELLED)


# -- release


async def test_release_twice_sends_once(node: Node, store: Store, clock: StandingClock, tmp_path: Path) -> None:
    """Two clicks on release: the second has no effect, and one copy arrives."""
    async with ScriptedNextHop() as hop:
        sending = Node(store, clock, tmp_path / "content", hop.port)
        queue_id = await sending.held()
        first = await store.write(hold.release(sending.spool, queue_id, SATO, "checked"))
        second = await store.write(hold.release(sending.spool, queue_id, SATO, "checked again"))
        await sending.look()
        third = await store.write(hold.release(sending.spool, queue_id, SATO, "once more"))
        await sending.look()
        await sending.stop()

    assert ((0,), (), ()) == (first.moved, second.moved, third.moved)
    assert ({0: CLEARED}, {0: DELIVERED}) == (second.left, third.left)
    assert ["checked"] == [event.details["reason"] for event in await node.record(queue_id, AuditAction.RELEASED)]
    assert [(A,)] == [mail.addresses for mail in hop.mails]


async def test_release_by_two_people_at_the_same_time_has_one_effect(node: Node) -> None:
    """Two colleagues release in the same moment: one of them did it, the other hears that it is done."""
    queue_id = await node.held()
    suzuki = Actor(ActorKind.PERSON, "suzuki")

    both = await asyncio.gather(
        node.store.submit(hold.release(node.spool, queue_id, SATO, "")),
        node.store.submit(hold.release(node.spool, queue_id, suzuki, "")),
    )

    assert [(0,), ()] == [outcome.moved for outcome in both]
    assert [SATO] == [event.actor for event in await node.record(queue_id, AuditAction.RELEASED)]


async def test_release_of_some_recipients_leaves_the_others_held(node: Node, clock: StandingClock) -> None:
    """I release the second of three, take back the third, and the first goes by itself when its time is over."""
    queue_id = await node.held(A, B, C)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", {1}))
    outcome = await node.store.write(hold.cancel(node.spool, queue_id, SATO, "", {1, 2}))
    before = await node.states(queue_id)
    clock.advance(HOLD_SECONDS + 3)
    await node.look()

    assert ((2,), {1: CLEARED}) == (outcome.moved, outcome.left)
    assert ([HELD, CLEARED, CANCELLED], [DEFERRED, DEFERRED, CANCELLED]) == (before, await node.states(queue_id))


async def test_own_domain_goes_while_the_outsider_is_held(node: Node) -> None:
    """A mail to a colleague and a customer: the colleague's is on its way, the customer's waits."""
    queue_id = await node.held(A, INSIDE)

    assert [HELD, DEFERRED] == await node.states(queue_id)


# -- extend


async def test_extend_by_minutes_moves_deadline_and_timer(node: Node, clock: StandingClock) -> None:
    """Ten minutes longer means ten minutes after the old deadline, and again three seconds more than shown."""
    queue_id = await node.held()
    outcome = await node.store.write(
        hold.extend(node.spool, queue_id, SATO, "ask Suzuki", timedelta(minutes=10), GRACE)
    )
    entry = await node.recipient(queue_id)
    shown = START + timedelta(seconds=HOLD_SECONDS + 600)
    move_to(clock, shown + GRACE - MICROSECOND)
    early = await node.look()
    move_to(clock, shown + GRACE)
    due = await node.look()

    assert ((0,), shown, shown + GRACE) == (outcome.moved, entry.shown_until, entry.due_at)
    assert (0, 1) == (early, due)


async def test_extend_after_the_shown_deadline_counts_from_now(node: Node, clock: StandingClock) -> None:
    """In the last three seconds a minute more is a minute from now."""
    queue_id = await node.held()
    clock.advance(HOLD_SECONDS + 2)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", timedelta(minutes=1), GRACE))

    assert clock.now() + timedelta(minutes=1) == (await node.recipient(queue_id)).shown_until


async def test_extend_without_a_length_waits_for_a_person(node: Node, clock: StandingClock) -> None:
    """Held until somebody decides: a year later it is still there; with a length again, the timer runs from then."""
    queue_id = await node.held()
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", None, GRACE))
    clock.advance(365 * 86400)
    taken = await node.look()
    stopped = await node.recipient(queue_id)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", timedelta(minutes=1), GRACE))

    assert (0, HELD, None, None) == (taken, stopped.state, stopped.due_at, stopped.shown_until)
    assert clock.now() + timedelta(minutes=1) == (await node.recipient(queue_id)).shown_until


@pytest.mark.parametrize(
    "by",
    [
        pytest.param(timedelta(0), id="nothing"),
        pytest.param(timedelta(minutes=-5), id="less"),
        pytest.param(timedelta(days=30, seconds=1), id="over 30 days"),
    ],
)
async def test_extend_by_a_length_that_is_none_is_refused(node: Node, by: timedelta) -> None:
    """ "Longer" cannot be used to send a mail at once, or to park it for ever."""
    queue_id = await node.held()
    before = await node.recipient(queue_id)

    with pytest.raises(NotAllowed):
        await node.store.write(hold.extend(node.spool, queue_id, SATO, "", by, GRACE))

    assert before == await node.recipient(queue_id)


async def test_extend_never_starts_a_timer_where_a_person_must_decide(
    store: Store, clock: StandingClock, tmp_path: Path
) -> None:
    """A mail that could not be looked into waits for a person; "ten minutes longer" must not send it by itself."""

    def fails(_: object) -> tuple[Verdict, ...]:
        raise RuntimeError("unreadable")

    node = Node(store, clock, tmp_path / "content", judge=fails)
    queue_id = await node.held()
    outcome = await store.write(hold.extend(node.spool, queue_id, SATO, "", timedelta(minutes=10), GRACE))
    clock.advance(86400)
    await node.look()
    await node.stop()

    assert ((), {0: HELD}, [HELD]) == (outcome.moved, outcome.left, await node.states(queue_id))


# -- what is not there


WORDS: list[Callable[..., Work[Outcome]]] = [hold.release, hold.cancel, hold.retry, hold.take_back]


@pytest.mark.parametrize("act", WORDS, ids=lambda act: act.__name__)
async def test_unknown_mail_or_recipient_is_refused(node: Node, act: Callable[..., Work[Outcome]]) -> None:
    """A mistyped id or number does nothing to anybody, and says so."""
    queue_id = await node.held(A, B)

    with pytest.raises(UnknownMail):
        await node.store.write(act(node.spool, "0" * 16, SATO, ""))
    for positions in ({2}, {0, 7}, {-1}):
        with pytest.raises(NotAllowed):
            await node.store.write(act(node.spool, queue_id, SATO, "", positions))

    assert [HELD, HELD] == await node.states(queue_id)


# -- the clock (P-26)


@pytest.mark.parametrize("jump", [HOUR, DAY, -HOUR, -DAY], ids=["+1h", "+1d", "-1h", "-1d"])
async def test_clock_set_releases_nothing_early(node: Node, clock: StandingClock, jump: timedelta) -> None:
    """Whoever sets the clock, forward or back, releases no mail before its time has really passed."""
    queue_id = await node.held()
    clock.set_wall(clock.now() + jump)
    at_once = await node.look()
    clock.advance(HOLD_SECONDS + 3 - 0.001)
    before = await node.look()

    assert ((0, 0), [HELD]) == ((at_once, before), await node.states(queue_id))


@pytest.mark.parametrize(("jump", "waits"), [(HOUR, 0.0), (-HOUR, 3600.0)], ids=["+1h", "-1h"])
async def test_clock_set_does_not_hold_for_ever(
    node: Node, clock: StandingClock, jump: timedelta, waits: float
) -> None:
    """After the clock was set, a mail still leaves: at its time, or when the clock has come there again."""
    queue_id = await node.held()
    clock.set_wall(clock.now() + jump)
    clock.advance(HOLD_SECONDS + 3 + waits)
    await node.look()

    assert [DEFERRED] == await node.states(queue_id)


async def test_clock_set_many_times_releases_nothing_early(node: Node, clock: StandingClock) -> None:
    """Forty times to and fro: nothing leaves early, and when the clock is right again the mail goes at its time."""
    queue_id = await node.held()
    early = 0
    for number in range(40):
        clock.set_wall(clock.now() + (DAY if number % 2 == 0 else -DAY))
        clock.advance(7)
        early += await node.look()
    clock.advance(HOLD_SECONDS + 3 - 40 * 7)
    await node.look()

    assert (0, [DEFERRED]) == (early, await node.states(queue_id))


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["fast", "slow"])
async def test_clock_of_one_node_is_wrong_and_releases_nothing_early(
    url: str, tmp_path: Path, ahead: timedelta
) -> None:
    """Where nodes share a database its clock decides: a node whose clock is an hour fast sends nothing early."""
    clock = StandingClock(datetime.now(UTC) + ahead)
    store = Store(url, clock)
    store.start()
    node = Node(store, clock, tmp_path / "content")
    right = StandingClock(datetime.now(UTC))
    async with second_store(url, right) as other:
        queue_id = await Node(other, right, tmp_path / "content", name="node-2").held()
    taken = await node.look()
    states = await node.states(queue_id)
    await node.stop()
    await store.stop()

    assert (0, [HELD]) == (taken, states)


# -- on record


async def test_every_act_is_on_record_with_actor_and_reason(node: Node, clock: StandingClock) -> None:
    """Who did what to my mail, when and why, can be read afterwards; the timer signs as itself."""
    queue_id = await node.held(A, B, C)
    works = [
        hold.extend(node.spool, queue_id, SATO, "ask first", timedelta(minutes=1), GRACE, {0}),
        hold.extend(node.spool, queue_id, SATO, "stop", None, GRACE, {1}),
        hold.release(node.spool, queue_id, SATO, "checked", {1}),
        hold.cancel(node.spool, queue_id, SATO, "誤送信", {2}),
    ]
    for work in works:
        clock.advance(1)
        await node.store.write(work)
    clock.advance(HOLD_SECONDS + 60)
    await node.look()

    found = [
        (event.action.value, event.actor.name, event.details.get("positions"), event.details.get("reason"))
        for event in await node.record(queue_id)
        if event.action.value.startswith("hold.")
    ]
    assert [
        ("hold.extended", "sato", [0], "ask first"),
        ("hold.extended", "sato", [1], "stop"),
        ("hold.released", "sato", [1], "checked"),
        ("hold.cancelled", "sato", [2], "誤送信"),
        ("hold.released_by_timer", "timekeeper", [0], None),
    ] == found
    assert (await node.store.read(audit.verify)).broken is None


async def test_act_without_effect_is_not_on_record(node: Node) -> None:
    """The record holds what happened, not what was tried."""
    queue_id = await node.held()
    await node.store.write(cancel(node.spool, queue_id))
    before = await node.record(queue_id)
    for act in WORDS:
        await node.store.write(act(node.spool, queue_id, SATO, "too late"))
    for name, positions in ((queue_id, {5}), ("0" * 16, None)):
        with pytest.raises(MailguardError):
            await node.store.write(hold.cancel(node.spool, name, SATO, "", positions))

    assert before == await node.record(queue_id)


# -- lists


async def test_list_pages_through_held_mail_oldest_first(node: Node, clock: StandingClock) -> None:
    """Page by page, each held mail is shown once, with its subject readable; what was cancelled is not."""
    expected = []
    for _ in range(5):
        expected.append(await node.held())
        clock.advance(1)
    gone = await node.held()
    await node.store.write(cancel(node.spool, gone))
    pages: list[list[hold.ListedMail]] = []

    def after(queue_id: QueueId) -> Callable[[Connection], list[hold.ListedMail]]:
        return lambda connection: hold.list_held(node.spool, connection, after=queue_id, limit=2)

    while page := await node.store.read(after(pages[-1][-1].submission.queue_id if pages else "")):
        pages.append(page)

    assert ([2, 2, 1], expected) == (
        [len(page) for page in pages],
        [mail.submission.queue_id for page in pages for mail in page],
    )
    assert {"見積書"} == {mail.subject for page in pages for mail in page}
