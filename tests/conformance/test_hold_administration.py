"""What an administrator may do with mail on its way out, on SQLite and on PostgreSQL: retry, give up, take back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mailguard import hold
from mailguard.errors import StaleState
from mailguard.hold import Outcome
from mailguard.model.audit import AuditAction
from mailguard.model.envelope import ForwardPath, Notify
from mailguard.model.queue import QueueId, State
from mailguard.spool import Spool
from mailguard.store import Store, Work
from tests.conformance.hold_parts import GRACE, INSIDE, NOWHERE, REPORTER, SATO, SENDER, A, B, C, Node
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop, Stage, say, wait

QUEUED, SENDING, DEFERRED = State.QUEUED, State.SENDING, State.DEFERRED
DELIVERED, BOUNCED, CANCELLED = State.DELIVERED, State.BOUNCED, State.CANCELLED
GREYLISTED = say("451 4.7.1 Greylisted, please come back")


@pytest.fixture
async def node(store: Store, clock: StandingClock, tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Node]:
    node = Node(store, clock, tmp_path / "content", hop.port)
    yield node
    await node.stop()


async def deferred(node: Node, hop: ScriptedNextHop, *recipients: str | ForwardPath, sender: str = SENDER) -> QueueId:
    """A mail that the next hop has put off once; it takes everything from now on."""
    hop.on(Stage.RCPT, GREYLISTED)
    queue_id = await node.accept(*recipients, sender=sender, automatic=True)
    await node.look()
    hop.ordinary(Stage.RCPT)
    assert {DEFERRED} == set(await node.states(queue_id))
    return queue_id


def give_up(spool: Spool, queue_id: QueueId, positions: set[int] | None = None) -> Work[Outcome]:
    return hold.give_up(spool, queue_id, SATO, "moved away", REPORTER, positions)


# -- retry


async def test_retry_makes_deferred_mail_leave_now(node: Node, hop: ScriptedNextHop) -> None:
    """The customer's server is well again: I need not wait for the next try."""
    queue_id = await deferred(node, hop)
    waiting = await node.look()
    outcome = await node.store.write(hold.retry(node.spool, queue_id, SATO, "server is back"))
    await node.look()

    assert (0, (0,), [DELIVERED]) == (waiting, outcome.moved, await node.states(queue_id))
    (event,) = await node.record(queue_id, AuditAction.RETRIED)
    assert (SATO, {"positions": [0], "reason": "server is back"}) == (event.actor, event.details)


async def test_retry_of_mail_that_is_out_of_time_is_a_real_try(
    node: Node, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Retried when its days are over, a mail that is put off once more is not bounced at once."""
    queue_id = await deferred(node, hop)
    clock.advance(120 * 3600 + 1)
    await node.store.write(hold.retry(node.spool, queue_id, SATO, ""))
    hop.on(Stage.RCPT, GREYLISTED)
    await node.look()

    assert [DEFERRED] == await node.states(queue_id)


# -- give up


async def test_give_up_bounces_and_tells_the_sender(node: Node, hop: ScriptedNextHop) -> None:
    """Given up by the administrator: the sender gets one report that names the recipient and the last reply."""
    queue_id = await deferred(node, hop, A, B)
    outcome = await node.store.write(give_up(node.spool, queue_id, {1}))
    await node.look()

    assert ((1,), [DEFERRED, BOUNCED]) == (outcome.moved, await node.states(queue_id))
    (report,) = hop.mails
    assert ("", (SENDER,)) == (report.reverse_path, report.addresses)
    for octets in (b"Final-Recipient: rfc822; " + B.encode(), b"451 4.7.1 Greylisted", b"Action: failed"):
        assert octets in report.content
    assert A.encode() not in report.content.partition(b"text/rfc822-headers")[0]
    (event,) = await node.record(queue_id, AuditAction.ADMIN_BOUNCED)
    assert (SATO, {"positions": [1], "reason": "moved away"}) == (event.actor, event.details)


async def test_give_up_of_null_reverse_path_tells_nobody(node: Node, hop: ScriptedNextHop) -> None:
    """A bounce that cannot be delivered is given up without a bounce of the bounce."""
    queue_id = await deferred(node, hop, A, sender="")
    await node.store.write(give_up(node.spool, queue_id))
    await node.look()

    assert ([BOUNCED], [queue_id], []) == (await node.states(queue_id), await node.accepted_ids(), hop.mails)


async def test_give_up_keeps_to_what_the_sender_asked_for(node: Node, hop: ScriptedNextHop) -> None:
    """NOTIFY=NEVER is kept also when a person gives up; the other recipient is reported."""
    never = ForwardPath(A, frozenset({Notify.NEVER}))
    queue_id = await deferred(node, hop, never, B)
    await node.store.write(give_up(node.spool, queue_id))
    await node.look()

    (report,) = hop.mails
    status = report.content.partition(b"message/delivery-status")[2].partition(b"text/rfc822-headers")[0]
    assert (False, True) == (A.encode() in status, B.encode() in status)


async def test_give_up_and_report_are_one_commit(node: Node, hop: ScriptedNextHop) -> None:
    """Where the giving up fails, no report is left behind: not even one that nobody asked for."""
    queue_id = await deferred(node, hop)
    seen = await node.recipient(queue_id)

    def fails(transaction: object) -> None:
        give_up(node.spool, queue_id)(transaction)  # type: ignore[arg-type]
        raise StaleState("somebody was there first")

    with pytest.raises(StaleState):
        await node.store.write(fails)
    await node.look()

    assert (seen, [queue_id], []) == (await node.recipient(queue_id), await node.accepted_ids(), hop.mails)


# -- take back


async def test_take_back_ends_it_without_a_word(node: Node, hop: ScriptedNextHop, clock: StandingClock) -> None:
    """Taken back on its way out, the mail never leaves, and nobody is told."""
    queue_id = await deferred(node, hop)
    outcome = await node.store.write(hold.take_back(node.spool, queue_id, SATO, "sent twice"))
    clock.advance(10 * 86400)
    await node.look()

    assert ((0,), [CANCELLED], []) == (outcome.moved, await node.states(queue_id), hop.mails)
    (event,) = await node.record(queue_id, AuditAction.ADMIN_CANCELLED)
    assert (SATO, {"positions": [0], "reason": "sent twice"}) == (event.actor, event.details)


async def test_take_back_of_queued_mail_wins_before_it_is_claimed(node: Node, hop: ScriptedNextHop) -> None:
    """Mail for a colleague that waits for a free place is taken back before anybody sends it."""
    queue_id = await node.accept(INSIDE)
    mail = await node.mail(queue_id)
    inspector = node.inspector
    await node.store.write(inspector.record(mail, *await inspector.judge(mail), at_once=False))
    before = await node.states(queue_id)
    outcome = await node.store.write(hold.take_back(node.spool, queue_id, SATO, ""))
    await node.look()

    assert ([QUEUED], (0,), [CANCELLED], []) == (before, outcome.moved, await node.states(queue_id), hop.mails)


# -- what is being sent is left alone

ACTS: dict[str, Callable[[Spool, QueueId], Work[Outcome]]] = {
    "release": lambda spool, queue_id: hold.release(spool, queue_id, SATO, ""),
    "cancel": lambda spool, queue_id: hold.cancel(spool, queue_id, SATO, ""),
    "extend": lambda spool, queue_id: hold.extend(spool, queue_id, SATO, "", timedelta(minutes=5), GRACE),
    "extend without end": lambda spool, queue_id: hold.extend(spool, queue_id, SATO, "", None, GRACE),
    "retry": lambda spool, queue_id: hold.retry(spool, queue_id, SATO, ""),
    "give up": give_up,
    "take back": lambda spool, queue_id: hold.take_back(spool, queue_id, SATO, ""),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_mail_being_sent_is_touched_by_nobody(
    node: Node, hop: ScriptedNextHop, act: Callable[[Spool, QueueId], Work[Outcome]]
) -> None:
    """While the next hop is reading my mail, no click changes anything: its reply decides."""
    answer = asyncio.Event()
    hop.on(Stage.DOT, wait(answer))
    queue_id = await node.accept(A, B, C, automatic=True)
    await node.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.DOT))
    before = (await node.mail(queue_id)).recipients
    outcome = await node.store.write(act(node.spool, queue_id))
    after = (await node.mail(queue_id)).recipients
    answer.set()
    await node.idle()

    assert ((), {0: SENDING, 1: SENDING, 2: SENDING}, before) == (outcome.moved, outcome.left, after)
    assert ([DELIVERED] * 3, 1) == (await node.states(queue_id), len(hop.mails))


FINAL_ACTS = {name: act for name, act in ACTS.items() if not name.startswith("extend")}


@pytest.mark.parametrize("act", FINAL_ACTS.values(), ids=FINAL_ACTS)
async def test_mail_that_has_left_is_named_as_such(
    node: Node, hop: ScriptedNextHop, act: Callable[[Spool, QueueId], Work[Outcome]]
) -> None:
    """Too late is said as what it is: delivered, and it stays so."""
    queue_id = await node.accept(A, automatic=True)
    await node.look()
    outcome = await node.store.write(act(node.spool, queue_id))

    assert ((), {0: DELIVERED}, [DELIVERED]) == (outcome.moved, outcome.left, await node.states(queue_id))


async def test_give_up_of_large_mail_quotes_its_header(
    store: Store, clock: StandingClock, tmp_path: Path, hop: ScriptedNextHop
) -> None:
    """The report about a mail that lies in a file names its subject as that of a small one does."""
    node = Node(store, clock, tmp_path / "content", NOWHERE)
    large = b"From: a@office.example.jp\r\nSubject: Quote 4711\r\n\r\n" + b"0123456789" * 7 + b"\r\n"
    queue_id = await node.accept(A, wire=large + (b"x" * 76 + b"\r\n") * 20_000, automatic=True)
    await node.look()
    await store.write(give_up(node.spool, queue_id))
    await node.stop()
    telling = Node(store, clock, tmp_path / "content", hop.port)
    await telling.look()
    await telling.stop()

    (report,) = hop.mails
    assert (True, False) == (b"Subject: Quote 4711" in report.content, b"0123456789" in report.content)
