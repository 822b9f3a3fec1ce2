"""From the verdict to the last reply, on SQLite and on PostgreSQL: the real workers, a scripted next hop, a set clock.

Nothing leaves without a recorded verdict (invariant 2); each recipient ends where its own reply says; reports go to
whom they should and name nobody they should not (invariant 5).
"""

from __future__ import annotations

import asyncio
import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest

from mailguard import hold
from mailguard.errors import KilledFor, MailguardError, WorkerKilled
from mailguard.model.audit import AuditAction
from mailguard.model.envelope import ForwardPath, Notify
from mailguard.model.queue import State, Submission
from mailguard.model.verdict import Action, Reason, Verdict
from mailguard.policy.facts import Situation
from mailguard.workers.timekeeper import LOOKS_MAX
from tests.conformance.hold_parts import (
    HOLD_SECONDS,
    INSIDE,
    NOWHERE,
    SATO,
    SENDER,
    A,
    B,
    C,
    LookingHere,
    MakeNode,
    Node,
)
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import Act, Features, ScriptedNextHop, Stage, TakenMail, cut, say, say_and_cut, wait

HELD, SENDING, DEFERRED = State.HELD, State.SENDING, State.DEFERRED
DELIVERED, BOUNCED, BLOCKED = State.DELIVERED, State.BOUNCED, State.BLOCKED
MINUTE, HOUR = 60.0, 3600.0
UNKNOWN_USER = say("550 5.1.1 Unknown user")
GREYLISTED = say("451 4.7.1 Greylisted")


@pytest.fixture
def node(make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    return make_node(hop.port)


SUBJECT = "見積書"
"""Of the mail that a node accepts where a test gives none."""


def reports(hop: ScriptedNextHop) -> list[TakenMail]:
    """The reports that arrived."""
    return [mail for mail in hop.mails if b"multipart/report" in mail.content]


def readable(report: TakenMail) -> str:
    """Everything a report says, decoded, as somebody could read it who has only the report."""
    message = email.message_from_bytes(report.content, policy=email.policy.default)
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    octets = [report.content, *(part for part in parts if isinstance(part, bytes))]
    return b"\n".join(octets).decode("utf-8", "replace")


# -- no way out without a verdict


@pytest.mark.parametrize("steps", range(6))
async def test_timer_ends_when_it_is_told_to_whatever_becomes_due_at_that_moment(node: Node, steps: int) -> None:
    """A relay that is stopped, or that could not start, ends: it is not caught for ever by the news of a mail."""
    running = asyncio.create_task(node.timekeeper.run())
    # It looks, finds nothing, and waits.
    for _ in range(20):
        await node.store.read(lambda _: None)
        await asyncio.sleep(0)
    node.timekeeper.hint()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()
    ended, _ = await asyncio.wait([running], timeout=5)
    running.cancel()

    assert {running} == ended


async def test_verdict_is_on_record_before_the_next_hop_hears_of_the_mail(node: Node, hop: ScriptedNextHop) -> None:
    """When the next hop is told of my mail, who decided it is already committed."""
    go_on = asyncio.Event()
    hop.on(Stage.MAIL, wait(go_on))
    queue_id = await node.accept(INSIDE)
    await node.timekeeper.look()
    await hop.until(lambda: hop.reached(Stage.MAIL))
    entry = await node.recipient(queue_id)
    record = [event.action for event in await node.record(queue_id)]
    go_on.set()
    await node.idle()

    assert (SENDING, Action.DELIVER) == (entry.state, entry.verdict and entry.verdict.action)
    assert [AuditAction.ACCEPTED, AuditAction.JUDGED, AuditAction.QUEUED, AuditAction.ATTEMPT_BEGUN] == record


@pytest.mark.parametrize("way", ["inside", "automatic", "timer", "person"])
async def test_every_way_out_is_judged_first(node: Node, hop: ScriptedNextHop, clock: StandingClock, way: str) -> None:
    """Whichever way a mail takes, its record says judged, queued, begun, delivered, in this order."""
    queue_id = await node.accept(INSIDE if way == "inside" else A, automatic=way == "automatic")
    await node.look()
    if way == "timer":
        clock.advance(HOLD_SECONDS + 3)
    if way == "person":
        await node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    await node.look()
    steps = (AuditAction.JUDGED, AuditAction.QUEUED, AuditAction.ATTEMPT_BEGUN, AuditAction.DELIVERED)

    assert list(steps) == [event.action for event in await node.record(queue_id, *steps)]
    assert (1, [DELIVERED]) == (len(hop.mails), await node.states(queue_id))


async def test_judge_that_fails_holds_for_a_person(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A mail that could not be looked into waits for a person, without a timer; a person's word sends it."""

    def fails(_: Submission) -> tuple[Verdict, ...]:
        raise RuntimeError("a fault in looking")

    node = make_node(hop.port, judge=fails)
    queue_id = await node.accept(A, INSIDE)
    await node.look()
    entry = await node.recipient(queue_id, 1)
    clock.advance(365 * 86400)
    await node.look()
    still = await node.states(queue_id)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "read it"))
    await node.look()

    assert (None, None, (Reason.UNREADABLE,)) == (
        entry.due_at,
        entry.shown_until,
        entry.verdict and entry.verdict.reasons,
    )
    assert ([HELD, HELD], [DELIVERED, DELIVERED]) == (still, await node.states(queue_id))


class LookingWaits(LookingHere):
    """Looks as long as a test wants, and then finds, or was killed."""

    def __init__(self, error: MailguardError | None) -> None:
        self.begun, self.go_on, self.looks = asyncio.Event(), asyncio.Event(), 0
        self.error = error

    async def look(self, *about: Any) -> Situation:
        self.looks += 1
        self.begun.set()
        await self.go_on.wait()
        if self.error is not None:
            raise self.error
        return await super().look(*about)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        pytest.param(WorkerKilled(KilledFor.TIME), HELD, id="killed in the end"),
        pytest.param(None, DELIVERED, id="done in the end"),
    ],
)
async def test_look_that_outlasts_its_lease_is_the_only_one(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock, error: MailguardError | None, state: State
) -> None:
    """A mail that is looked at, or waits for it, for minutes is judged by that look: it is not looked at again."""
    looking = LookingWaits(error)
    node = make_node(hop.port, looking=looking)
    queue_id = await node.accept(INSIDE)
    await node.timekeeper.look()
    await looking.begun.wait()
    for _ in range(3):
        clock.advance(61)
        await node.timekeeper.look()
    looking.go_on.set()
    await node.idle()
    states = await node.states(queue_id)
    clock.advance(HOUR)
    await node.look()

    assert ([state], [state], 1) == (states, await node.states(queue_id), looking.looks)
    assert 1 == len(await node.record(queue_id, AuditAction.JUDGED))


@pytest.mark.parametrize(
    ("why", "words"),
    [
        pytest.param(KilledFor.TIME, ["looking into it took too long"], id="time"),
        pytest.param(KilledFor.MEMORY, ["it is too large to be read to its end"], id="memory"),
        pytest.param(KilledFor.CRASHED, [], id="crash"),
    ],
)
async def test_mail_whose_look_was_killed_is_held_with_the_reason(
    make_node: MakeNode, why: KilledFor, words: list[str]
) -> None:
    """Whoever decides about a mail nobody could look into is told whether it took too long or too much."""
    looking = LookingWaits(WorkerKilled(why))
    looking.go_on.set()
    node = make_node(NOWHERE, looking=looking)
    queue_id = await node.held(A, B)
    shown = await node.store.read(lambda connection: hold.show(node.spool, connection, queue_id))

    assert shown.judgement is not None
    assert words == [one.texts["en"] for one in shown.judgement.explanations]
    assert [{Reason.UNREADABLE.value}] * 2 == [
        set(one.verdict.reasons) for one in shown.recipients if one.verdict is not None
    ]


async def test_look_whose_lease_another_node_took_changes_nothing(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """Where another node has taken over meanwhile, its judgement counts, and mine is dropped."""
    slow, other = LookingWaits(None), LookingWaits(WorkerKilled(KilledFor.TIME))
    first, second = make_node(hop.port, looking=slow), make_node(hop.port, name="node-2", looking=other)
    queue_id = await first.accept(INSIDE)
    await first.timekeeper.look()
    await slow.begun.wait()
    clock.advance(61)
    await second.timekeeper.look()
    await other.begun.wait()
    slow.go_on.set()
    await first.idle()
    before = await first.states(queue_id)
    other.go_on.set()
    await second.idle()

    assert ([State.ACCEPTED], [HELD], []) == (before, await first.states(queue_id), hop.mails)


async def test_looking_that_ends_a_node_again_and_again_holds_for_a_person(
    node: Node, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A mail whose look has begun ten times and never ended is not looked into once more: a person decides."""
    queue_id = await node.accept(INSIDE)
    looks = []
    for _ in range(LOOKS_MAX + 1):
        # Leased for looking, and then nothing: what a crash leaves behind.
        taken = await node.store.write(lambda transaction: node.timekeeper.take_up(transaction, queue_id, clock.now()))
        looks.append(taken.to_inspect is not None)
        clock.advance(61)
    await node.look()
    entry = await node.recipient(queue_id)

    assert [*[True] * LOOKS_MAX, False] == looks
    assert (HELD, None, (Reason.STOPPED_LOOKING,)) == (
        entry.state,
        entry.due_at,
        entry.verdict and entry.verdict.reasons,
    )
    assert [] == hop.mails


async def test_verdicts_that_do_not_fit_the_mail_send_nothing(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A judge that forgets a recipient sends nothing to anybody; the mail ends with a person."""
    deliver = Verdict(Action.DELIVER, (Reason.INTERNAL,), "test")
    node = make_node(hop.port, judge=lambda _: (deliver,))
    queue_id = await node.accept(INSIDE, A)
    for _ in range(LOOKS_MAX + 1):
        await node.look()
        clock.advance(61)

    assert ([HELD, HELD], []) == (await node.states(queue_id), hop.mails)


async def test_verdict_is_carried_out_for_each_recipient(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """One may go, one is held, one is blocked: each as its own verdict says."""
    verdicts = tuple(
        Verdict(action, (Reason.EXTERNAL,), "test", 60) for action in (Action.DELIVER, Action.HOLD, Action.BLOCK)
    )
    node = make_node(hop.port, judge=lambda _: verdicts)
    queue_id = await node.accept(A, B, C)
    await node.look()

    assert ([DELIVERED, HELD, BLOCKED], [(A,)]) == (
        await node.states(queue_id),
        [mail.addresses for mail in hop.mails],
    )


# -- each recipient by its own reply

REPLIES = [
    pytest.param(Stage.RCPT, say("250 Ok"), DELIVERED, 0, id="taken"),
    pytest.param(Stage.RCPT, say("252 Cannot verify"), DELIVERED, 0, id="RCPT 252"),
    pytest.param(Stage.RCPT, say("452 4.2.2 Mailbox full"), DEFERRED, 0, id="RCPT 4yz"),
    pytest.param(Stage.RCPT, UNKNOWN_USER, BOUNCED, 0, id="RCPT 5yz"),
    pytest.param(Stage.RCPT, say_and_cut("421 4.3.2 Closing"), DEFERRED, 0, id="RCPT 421"),
    pytest.param(Stage.MAIL, say("550 5.7.1 Not you"), BOUNCED, 0, id="MAIL 5yz"),
    pytest.param(Stage.DATA, say("451 4.3.0 Later"), DEFERRED, 0, id="DATA 4yz"),
    pytest.param(Stage.DOT, say("451 4.3.0 Later"), DEFERRED, 0, id="dot 4yz"),
    pytest.param(Stage.DOT, say("554 5.7.1 Refused for its content"), BOUNCED, 0, id="dot 5yz"),
    pytest.param(Stage.DATA, cut(), DEFERRED, 0, id="cut before the content"),
    pytest.param(Stage.DOT, cut(), DEFERRED, 1, id="cut after the dot"),
    pytest.param(Stage.TAKEN, cut(), DEFERRED, 1, id="cut before the reply"),
]


@pytest.mark.parametrize(("stage", "act", "state", "doubts"), REPLIES)
async def test_recipient_ends_where_the_reply_says(
    node: Node, hop: ScriptedNextHop, stage: Stage, act: Act, state: State, doubts: int
) -> None:
    """What the next hop said is what the queue shows; only a lost reply to the dot is a doubt."""
    hop.on(stage, act, times=1)
    queue_id = await node.accept(A, automatic=True)
    await node.timekeeper.look()
    await node.idle()
    entry = await node.recipient(queue_id)
    outcome = "unknown" if doubts else str(state)

    assert (state, doubts, [outcome], None) == (
        entry.state,
        entry.doubts,
        await node.outcomes(queue_id),
        entry.lease_owner,
    )


async def test_one_of_three_refused_leaves_the_others_delivered(node: Node, hop: ScriptedNextHop) -> None:
    """One address is wrong, one mailbox is full: the third has the mail, and I hear of the wrong one only."""
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=B)
    hop.on(Stage.RCPT, GREYLISTED, matching=C)
    queue_id = await node.accept(A, B, C, automatic=True)
    await node.look()
    (report,) = reports(hop)
    status = report.content.partition(b"message/delivery-status")[2].partition(b"text/rfc822-headers")[0]

    assert [DELIVERED, BOUNCED, DEFERRED] == await node.states(queue_id)
    assert [(A,), (SENDER,)] == [mail.addresses for mail in hop.mails]
    assert [False, True, False] == [address.encode() in status for address in (A, B, C)]


# -- the schedule


async def test_retry_comes_after_growing_pauses(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """A mail that is put off is tried after 1, 5, 15 and 15 minutes (and up to a tenth more), not a second sooner."""
    node = make_node(hop.port, retry_minutes=[1, 5, 15])
    hop.on(Stage.RCPT, GREYLISTED)
    queue_id = await node.accept(A, automatic=True)
    await node.look()
    for minutes in (1, 5, 15, 15):
        entry = await node.recipient(queue_id)
        assert entry.due_at is not None
        pause = entry.due_at - clock.now()
        clock.advance(pause.total_seconds() - 0.001)
        early = await node.look()
        clock.advance(0.001)

        assert timedelta(minutes=minutes) <= pause <= timedelta(minutes=minutes * 1.1)
        assert (0, 1) == (early, await node.look())
    assert ["deferred"] * 5 == await node.outcomes(queue_id)


async def test_time_over_is_a_last_try_and_a_bounce(
    make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock
) -> None:
    """After its days a mail gets a last try; then its sender gets a report that says the time was over."""
    node = make_node(hop.port, retry_minutes=[40], expire_hours=1, delay_notice_hours=0)
    hop.on(Stage.RCPT, GREYLISTED, matching=A)
    queue_id = await node.accept(A, automatic=True)
    for minutes in (0, 45, 15):
        clock.advance(minutes * MINUTE)
        await node.look()
    (report,) = reports(hop)

    assert ([BOUNCED], ["deferred"] * 3) == (await node.states(queue_id), await node.outcomes(queue_id))
    for line in (b"Status: 5.4.7", b"Action: failed", b"Diagnostic-Code: smtp; 451 4.7.1 Greylisted"):
        assert line in report.content


async def test_delay_is_told_once(make_node: MakeNode, hop: ScriptedNextHop, clock: StandingClock) -> None:
    """When it takes over four hours I am told, once, until when it is tried; not at each try."""
    node = make_node(hop.port, retry_minutes=[60])
    hop.on(Stage.RCPT, GREYLISTED, matching=A)
    await node.accept(A, automatic=True)
    told = []
    for _ in range(10):
        await node.look()
        told.append(len(reports(hop)))
        clock.advance(66 * MINUTE)
    (report,) = reports(hop)

    assert [0, 0, 0, 0, 1, 1, 1, 1, 1, 1] == told
    assert (True, True) == (b"Action: delayed" in report.content, b"Will-Retry-Until:" in report.content)


# -- who is told what


async def test_bounce_is_a_report_a_program_can_read(node: Node, hop: ScriptedNextHop) -> None:
    """A bounce is RFC 3464: from the null reverse-path, with status, reply and the header of my mail, no body."""
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=A)
    queue_id = await node.accept(A, automatic=True)
    await node.look()
    (report,) = reports(hop)
    message = email.message_from_bytes(report.content, policy=email.policy.default)
    status = report.content.partition(b"message/delivery-status")[2]

    assert ("", (SENDER,)) == (report.reverse_path, report.addresses)
    assert ("multipart/report", "delivery-status") == (message.get_content_type(), message.get_param("report-type"))
    for line in (f"Final-Recipient: rfc822; {A}", "Action: failed", "Status: 5.1.1", "smtp; 550 5.1.1 Unknown user"):
        assert line.encode() in status
    assert (True, False) == (queue_id in readable(report), "hello" in readable(report))


async def test_bcc_address_is_in_no_report_about_others(node: Node, hop: ScriptedNextHop, clock: StandingClock) -> None:
    """Whoever reads a bounce about somebody else does not learn who had a blind copy, even from a left-in header."""
    secret = "himitsu@customer.example.com"
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=A)
    hop.on(Stage.RCPT, GREYLISTED, matching=B)
    success = ForwardPath(C, frozenset({Notify.SUCCESS}))
    wire = f"From: {SENDER}\r\nTo: {A}, {B}\r\nBcc: {secret},\r\n {C}\r\nSubject: x\r\n\r\n{secret}\r\n".encode()
    await node.accept(A, B, success, secret, wire=wire, automatic=True)
    for _ in range(8):
        await node.look()
        clock.advance(66 * MINUTE)
    kinds = {
        kind
        for kind in ("failed", "delayed", "relayed")
        for mail in reports(hop)
        if f"Action: {kind}" in readable(mail)
    }

    assert {"failed", "delayed", "relayed"} == kinds
    for report in reports(hop):
        assert secret not in readable(report)
        assert (C in readable(report)) == ("Action: relayed" in readable(report))


@pytest.mark.parametrize(("sender", "is_shown"), [(SENDER, True), ("bounces@mailer.example.net", False)])
async def test_report_to_an_address_outside_shows_no_subject(
    node: Node, hop: ScriptedNextHop, sender: str, is_shown: bool
) -> None:
    """A program sends with an address that a service outside reads: what its mail was about stays in the office."""
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=A)
    queue_id = await node.accept(A, sender=sender, automatic=True)
    await node.look()
    (report,) = reports(hop)

    assert is_shown is (SUBJECT in readable(report))
    assert queue_id in readable(report)


async def test_report_reaches_an_address_that_breaks_the_grammar(node: Node, hop: ScriptedNextHop) -> None:
    """Old mobile addresses with two dots in a row get their bounce as anybody else, letter for letter."""
    odd = "hana..ko.@keitai.example.jp"
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=A)
    await node.accept(A, sender=odd, automatic=True)
    await node.look()
    (report,) = reports(hop)

    assert ((odd,), True) == (report.addresses, f"\r\nTo: <{odd}>\r\n".encode() in report.content)


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        pytest.param((), ["failed"], id="nothing said"),
        pytest.param((Notify.NEVER,), [], id="NEVER"),
        pytest.param((Notify.SUCCESS,), [], id="SUCCESS"),
        pytest.param((Notify.DELAY,), [], id="DELAY"),
        pytest.param((Notify.FAILURE, Notify.SUCCESS), ["failed"], id="FAILURE,SUCCESS"),
    ],
)
async def test_bounce_is_told_as_asked_for(
    node: Node, hop: ScriptedNextHop, notify: tuple[Notify, ...], told: list[str]
) -> None:
    """NOTIFY is kept for failures (RFC 3461 §4.1)."""
    hop.on(Stage.RCPT, UNKNOWN_USER, matching=A)
    queue_id = await node.accept(ForwardPath(A, frozenset(notify)), automatic=True)
    await node.look()

    assert ([BOUNCED], len(told)) == (await node.states(queue_id), len(reports(hop)))


@pytest.mark.parametrize("dsn", [False, True], ids=["next hop without DSN", "next hop with DSN"])
async def test_success_is_reported_by_whoever_is_last_to_know(make_node: MakeNode, dsn: bool) -> None:
    """I asked for a receipt: the next hop is asked for it, and where it cannot, we say that the mail was relayed."""
    async with ScriptedNextHop(Features(dsn=dsn)) as hop:
        node = make_node(hop.port)
        await node.accept(ForwardPath(A, frozenset({Notify.SUCCESS, Notify.FAILURE})), automatic=True)
        await node.look()

    asked = [word for word in hop.mails[0].recipients[0].parameters if word.startswith("NOTIFY=")]
    told = [b"Action: relayed" in mail.content for mail in reports(hop)]
    assert ((1, []) if dsn else (0, [True])) == (len(asked), told)


@pytest.mark.parametrize("sender", ["", SENDER], ids=["null reverse-path", "a report that is refused"])
async def test_nobody_is_told_about_a_report(node: Node, hop: ScriptedNextHop, sender: str) -> None:
    """A bounce that bounces ends there: no report about a report, ever."""
    hop.on(Stage.RCPT, UNKNOWN_USER)
    await node.accept(A, sender=sender, automatic=True)
    for _ in range(3):
        await node.look()

    assert ((1 if not sender else 2), []) == (len(await node.accepted_ids()), hop.mails)
