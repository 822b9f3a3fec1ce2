"""Undoing a cancellation and sending at a time, on SQLite and on PostgreSQL (invariants 2 and 6)."""

from __future__ import annotations

import random
from collections.abc import Collection
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from mailguard import hold
from mailguard.errors import ContentDestroyed, NotAllowed
from mailguard.hold import Outcome, Recipients, Wish
from mailguard.hold.undoing import UNDO_FOR, undoable_until
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.queue import Mover, QueueId, State
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from mailguard.policy.builtin import password_window
from mailguard.spool import Move, advance, lease
from mailguard.spool.reports import LISTENER
from mailguard.store import Transaction
from mailguard.store.tables import submission
from mailguard.workers.inspector import deadline
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import GRACE, HOLD_SECONDS, SATO, A, B, C, MakeNode, Node, after, move_to
from tests.conformance.test_hold_ends import PEOPLE, holds, to_all
from tests.fakes.clock import START, StandingClock
from tests.fakes.next_hop import ScriptedNextHop

HELD, CANCELLED, DELIVERED, EXPIRED = State.HELD, State.CANCELLED, State.DELIVERED, State.EXPIRED
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = 40


async def cancelled(node: Node, queue_id: QueueId, positions: Collection[int] | None = None) -> Outcome:
    return await node.store.write(hold.cancel(node.spool, queue_id, SATO, "", positions))


async def restored(node: Node, queue_id: QueueId, positions: Collection[int] | None = None) -> Outcome:
    def ends(verdict: Verdict, now: datetime) -> datetime:
        return deadline(verdict, now, node.policy.rules.hours)

    return await node.store.write(hold.restore(node.spool, queue_id, SATO, ends, GRACE, positions))


async def scheduled(node: Node, queue_id: QueueId, at: datetime, wish: Wish | None = None) -> Outcome:
    return await node.store.write(hold.release_at(node.spool, queue_id, SATO, "", at, GRACE, None, wish))


async def until(node: Node, queue_id: QueueId, position: int = 0) -> datetime | None:
    """Until when the recipient's cancellation can be undone."""
    return undoable_until(await node.recipient(queue_id, position), await node.record(queue_id))


# -- undoing


async def test_cancelled_mail_is_held_again_and_leaves_by_its_time(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """I took back the right mail: it is held again, not sent at once, and its whole time runs anew."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    clock.advance(200)
    await cancelled(node, queue_id)
    clock.advance(60)
    end = await until(node, queue_id)
    outcome = await restored(node, queue_id)
    await node.look()
    entry = await node.recipient(queue_id)
    clock.advance(HOLD_SECONDS + 4)
    await node.look()

    assert after(200) + UNDO_FOR == end
    assert ((0,), HELD, after(260 + HOLD_SECONDS)) == (outcome.moved, entry.state, entry.shown_until)
    assert entry.shown_until is not None
    assert entry.shown_until + GRACE == entry.due_at
    assert ([DELIVERED], 1) == (await node.states(queue_id), len(hop.mails))
    assert [{"positions": [0]}] == [one.details for one in await node.record(queue_id, AuditAction.RESTORED)]


async def test_restored_mail_never_has_less_time_than_it_had(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """I had asked for two hours more before I took it back: they are still there."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", 2 * HOUR, GRACE))
    before = (await node.recipient(queue_id)).shown_until
    await cancelled(node, queue_id)
    await restored(node, queue_id)

    assert before == (await node.recipient(queue_id)).shown_until


async def test_restored_mail_whose_timer_was_stopped_waits_for_a_person(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """I had stopped the timer: undoing starts none."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", None, GRACE))
    await cancelled(node, queue_id)
    await restored(node, queue_id)
    clock.advance(DAY.total_seconds())
    await node.look()
    entry = await node.recipient(queue_id)

    assert (HELD, None, None) == (entry.state, entry.shown_until, entry.due_at)


@pytest.mark.parametrize("end", [AtEnd.SEND, AtEnd.ESCALATE, AtEnd.DISCARD])
async def test_restored_mail_needs_whom_it_needed(make_node: MakeNode, hop: ScriptedNextHop, end: AtEnd) -> None:
    """Taking a mail back and undoing it is no way around an approver."""
    node = make_node(hop.port, judge=holds(Needs.APPROVER, end))
    queue_id = await node.held(A)
    before = await node.recipient(queue_id)
    await cancelled(node, queue_id)
    await restored(node, queue_id)
    entry = await node.recipient(queue_id)

    assert (before.verdict, before.shown_until) == (entry.verdict, entry.shown_until)


async def test_cancellation_is_undone_for_half_an_hour_only(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """After that it stays what I was shown: cancelled."""
    node = make_node(hop.port)
    early, late = await node.held(A), await node.held(B)
    await cancelled(node, early)
    await cancelled(node, late)
    clock.advance(UNDO_FOR.total_seconds() - 1)
    first = await restored(node, early)
    clock.advance(1)
    second = await restored(node, late)

    assert ((0,), (), {0: CANCELLED}) == (first.moved, second.moved, second.left)
    assert [CANCELLED] == await node.states(late)


async def test_only_what_was_cancelled_comes_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """Of three recipients one was cancelled: the others are left as they are, and undoing twice changes nothing."""
    node = make_node(hop.port)
    queue_id = await node.held(A, B, C)
    await cancelled(node, queue_id, [1])
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", [2]))
    first = await restored(node, queue_id)
    second = await restored(node, queue_id)

    assert ((1,), {0: HELD, 2: State.CLEARED}) == (first.moved, first.left)
    assert ((), HELD) == (second.moved, second.left[1])


async def test_recipient_an_edit_took_off_does_not_come_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """I removed a wrong address and then took the mail back: undoing does not bring the wrong address back."""
    node = make_node(hop.port)
    queue_id = await node.held(A, B)

    def edit(transaction: Transaction) -> None:
        entry = node.spool.mail(transaction, queue_id).recipients[1]
        event = AuditEvent(transaction.now, SATO, AuditAction.CHANGED, queue_id, {"removed": [1]})
        advance(transaction, [Move(entry, ((CANCELLED, Mover.PERSON),), {})], event)

    await node.store.write(edit)
    await cancelled(node, queue_id)
    left = (await until(node, queue_id, 0), await until(node, queue_id, 1))
    outcome = await restored(node, queue_id)

    # The edit and the cancellation fall in one moment here, so that neither can be undone.
    assert ((None, None), ()) == (left, outcome.moved)
    assert [CANCELLED, CANCELLED] == await node.states(queue_id)


async def test_cancellation_after_an_edit_is_undone(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Later on, what I cancelled comes back and what I removed does not."""
    node = make_node(hop.port)
    queue_id = await node.held(A, B)

    def edit(transaction: Transaction) -> None:
        entry = node.spool.mail(transaction, queue_id).recipients[1]
        event = AuditEvent(transaction.now, SATO, AuditAction.CHANGED, queue_id, {"removed": [1]})
        advance(transaction, [Move(entry, ((CANCELLED, Mover.PERSON),), {})], event)

    await node.store.write(edit)
    clock.advance(1)
    await cancelled(node, queue_id)

    assert (0,) == (await restored(node, queue_id)).moved
    assert [HELD, CANCELLED] == await node.states(queue_id)


async def test_what_the_administrator_took_back_does_not_come_back(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """It was on its way: whether it may leave again is not the sender's to say."""
    node = make_node(9)
    queue_id = await node.held(A)
    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    await node.store.write(hold.take_back(node.spool, queue_id, SATO, ""))

    assert (None, ()) == (await until(node, queue_id), (await restored(node, queue_id)).moved)


async def test_stopped_password_is_not_told_after_all(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """A mail of our own that was stopped stays stopped."""
    node = make_node(hop.port, judge=lambda mail: (password_window(600),) * len(mail.envelope.forward_paths))
    queue_id = await node.held(A)

    def ours(transaction: Transaction) -> None:
        transaction.execute(
            submission.update().values(listener=LISTENER, client_address="").where(submission.c.queue_id == queue_id)
        )

    await node.store.write(ours)
    await cancelled(node, queue_id)

    assert () == (await restored(node, queue_id)).moved


async def test_mail_whose_content_is_gone_cannot_come_back(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """An office that keeps nothing after the end has nothing to send: undoing says so and changes nothing."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    await cancelled(node, queue_id)
    clock.advance(60)
    assert 1 == await Sweeper(node.spool, timedelta(0)).destroy_expired()

    with pytest.raises(ContentDestroyed):
        await restored(node, queue_id)
    assert [CANCELLED] == await node.states(queue_id)


# -- at a time


async def test_mail_is_sent_at_its_time_and_not_before(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Tomorrow at nine it is: it is held until then, shown with that time, and leaves."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.DISCARD))
    queue_id = await node.held(A)
    at = START + DAY
    await scheduled(node, queue_id, at)
    entry = await node.recipient(queue_id)
    move_to(clock, at + timedelta(seconds=2))
    await node.look()
    before = await node.states(queue_id)
    move_to(clock, at + GRACE)
    await node.look()

    assert (at, at + GRACE) == (entry.shown_until, entry.due_at)
    assert ([HELD], [DELIVERED], 1) == (before, await node.states(queue_id), len(hop.mails))
    (event,) = await node.record(queue_id, AuditAction.SCHEDULED)
    expected = {"positions": [0], "reason": "", "at": at.isoformat(), "danger": [0], "rules": ["rule"]}
    assert expected == event.details


async def test_mail_is_sent_at_its_time_as_it_is_wished(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """One by one, I said, and on Friday: both count."""
    node = make_node(hop.port)
    queue_id = await node.held(*PEOPLE, wire=to_all())
    await scheduled(node, queue_id, START + HOUR, Wish(recipients=Recipients.INDIVIDUAL))
    clock.advance(3700)
    for _ in range(3):
        await node.look()

    assert {(one,) for one in PEOPLE} == {one.addresses for one in hop.mails}
    assert all(sum(one.encode() in mail.content for one in PEOPLE) == 1 for mail in hop.mails)


async def test_time_of_sending_can_be_changed_and_cancelled(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """The last time I named counts, and until then I can take it back."""
    node = make_node(hop.port)
    changed, stopped = await node.held(A), await node.held(B)
    for queue_id in (changed, stopped):
        await scheduled(node, queue_id, START + HOUR)
    await scheduled(node, changed, START + 2 * HOUR)
    await cancelled(node, stopped)
    move_to(clock, START + HOUR + DAY / 24 / 2)
    await node.look()
    before = await node.states(changed)
    move_to(clock, START + 3 * HOUR)
    await node.look()

    assert ([HELD], [DELIVERED]) == (before, await node.states(changed))
    assert ([CANCELLED], 1) == (await node.states(stopped), len(hop.mails))


@pytest.mark.parametrize(
    "ahead", [timedelta(0), -HOUR, 30 * DAY + timedelta(seconds=1)], ids=["now", "over", "too far"]
)
async def test_time_that_cannot_be_is_refused(make_node: MakeNode, hop: ScriptedNextHop, ahead: timedelta) -> None:
    """A time in the past sends nothing."""
    node = make_node(hop.port)
    queue_id = await node.held(A)
    before = await node.recipient(queue_id)

    with pytest.raises(NotAllowed):
        await scheduled(node, queue_id, START + ahead)
    assert before == await node.recipient(queue_id)


async def test_blocked_mail_is_sent_at_no_time(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """What an edit made unsendable is not sent tomorrow either."""
    node = make_node(hop.port, judge=holds(Needs.SENDER, AtEnd.DISCARD))
    queue_id = await node.held(A)

    def block(transaction: Transaction) -> None:
        entry = node.spool.mail(transaction, queue_id).recipients[0]
        lease(transaction, entry, verdict=Verdict(Action.BLOCK, ("rule",), "test"))

    await node.store.write(block)
    with pytest.raises(NotAllowed):
        await scheduled(node, queue_id, START + HOUR)


# -- all of it together


@pytest.mark.parametrize("seed", range(8))
async def test_cancel_shown_as_accepted_never_sends_unless_undone(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, seed: int
) -> None:
    """Whatever I click in whatever order, and whenever the timer looks: what I was told is cancelled is not sent."""
    chance = random.Random(seed)
    node = make_node(hop.port)
    queue_id = await node.held(A)
    is_cancelled = False
    for _ in range(STEPS):
        act = chance.choice(["wait", "wait", "look", "look", "cancel", "restore", "longer", "stop", "at", "release"])
        with suppress(NotAllowed):
            match act:
                case "wait":
                    clock.advance(chance.choice([1, 2, 3, 60, HOLD_SECONDS, HOLD_SECONDS + 3, 1800]))
                case "look":
                    await node.look()
                case "cancel":
                    is_cancelled = bool((await cancelled(node, queue_id)).moved) or is_cancelled
                case "restore":
                    comes_back = bool((await restored(node, queue_id)).moved)
                    is_cancelled = is_cancelled and not comes_back
                    if comes_back:
                        await node.look()
                        assert [HELD] == await node.states(queue_id), "undoing holds, and sends nothing"
                case "longer" | "stop":
                    by = timedelta(seconds=chance.choice([1, 300])) if act == "longer" else None
                    await node.store.write(hold.extend(node.spool, queue_id, SATO, "", by, GRACE))
                case "at":
                    await scheduled(node, queue_id, clock.now() + timedelta(seconds=chance.choice([0, 1, 400])))
                case "release" if chance.random() < 0.2:
                    await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
        state = (await node.states(queue_id))[0]
        assert is_cancelled is (state is CANCELLED), act
        if is_cancelled:
            assert ([], []) == (await node.outcomes(queue_id), hop.mails)
    assert len(hop.mails) <= 1
