"""Held mail edited in place, from the edit to the octets the next hop takes, on SQLite and on PostgreSQL.

The rules are the shipped ones unless a test says otherwise: five outside firms that see each other, and personal data,
stop a mail for its sender; any other mail to outsiders waits 300 s.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import text

from mailguard import hold
from mailguard.errors import ContentDestroyed, MailguardError, NotAllowed, StaleState
from mailguard.hold import Recipients, Wish
from mailguard.hold.mending import Mend, Note
from mailguard.mime.message import stuffed
from mailguard.model.audit import AuditAction
from mailguard.model.knowledge import Lesson
from mailguard.model.protection import Channel, Protection
from mailguard.model.queue import QueueId, State, Submission
from mailguard.model.verdict import Action, AtEnd, Judgement, Needs, Obligation, Verdict
from mailguard.spool import Mail, Spool
from mailguard.spool.content import content_path
from mailguard.store import Store
from mailguard.workers.mender import Mender
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import (
    GRACE,
    HOLD_SECONDS,
    INSIDE,
    SATO,
    SENDER,
    A,
    B,
    C,
    MakeNode,
    Node,
    looking_by,
    second_store,
)
from tests.conformance.parcel_parts import MakeProtecting
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

HELD, CANCELLED, DELIVERED = State.HELD, State.CANCELLED, State.DELIVERED
FIRMS = [f"eigyo@{name}.example.net" for name in ("kita", "minami", "higashi", "nishi")] + ["info@naka.example.org"]
ROUNDS = 10
LIST = "氏名,住所,電話\r\n長谷川 美咲,長野県松本市白樺町1丁目6番8号,090-5555-0123\r\n"
PART = (
    b'--x\r\nContent-Type: text/csv; charset=utf-8; name="meibo.csv"\r\n'
    b'Content-Disposition: attachment; filename="meibo.csv"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    + LIST.encode()
    + b"\r\n"
)


def mail(*to: str, cc: str = "", parts: bytes = b"") -> bytes:
    """A mail that shows these, in wire form, with a line that dots are stuffed in."""
    fields = [f"From: {SENDER}", f"To: {', '.join(to)}", *([f"Cc: {cc}"] if cc else []), "Subject: x"]
    fields += ["Message-ID: <1@office.example.jp>", "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="x"']
    head = "\r\n".join([*fields, "", ""]).encode()
    return head + b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n..\r\n" + parts + b"--x--\r\n"


def taken(hop: ScriptedNextHop, address: str) -> bytes:
    """What the next hop took for somebody, below our own line, in wire form."""
    (content,) = [one.content for one in hop.mails if address in one.addresses]
    return stuffed(content[content.index(b"From: ") :])


async def content_of(node: Node, content_id: str) -> bytes:
    return b"".join([frame async for frame in node.spool.stream_content(content_id)])


async def release(node: Node, queue_id: QueueId) -> None:
    await node.store.write(hold.release(node.spool, queue_id, SATO, "checked"))
    await node.look()


class Waiting:
    """Judges by another judge, once the test says so."""

    def __init__(self, judge: Callable[[Mail], Awaitable[tuple[Judgement, Lesson | None]]]) -> None:
        self._judge = judge
        self.began = asyncio.Event()
        self.go = asyncio.Event()

    async def __call__(self, mail: Mail) -> tuple[Judgement, Lesson | None]:
        self.began.set()
        await self.go.wait()
        return await self._judge(mail)


@pytest.fixture
async def node(make_node: MakeNode, hop: ScriptedNextHop) -> Node:
    """A node towards the next hop."""
    return make_node(hop.port)


# -- from the edit to the next hop


async def test_edited_mail_leaves_with_what_was_changed_and_nothing_else(node: Node, hop: ScriptedNextHop) -> None:
    """Removed, corrected, file dropped, new subject: that is what leaves, and the rest octet for octet as it was."""
    queue_id = await node.held(A, B, C, wire=mail(A, f"Baba <{B}>", cc=C, parts=PART))
    seen = (await node.mail(queue_id)).submission.content_id
    mend = Mend(frozenset({1}), {2: "sato@customer.example.com"}, drop_files=frozenset({(1,)}), subject="y", seen=seen)
    done = await node.mender.mend(queue_id, mend, SATO)
    await release(node, queue_id)

    expected = mail(A, cc="sato@customer.example.com").replace(b"Subject: x", b"Subject: y")
    assert expected == taken(hop, A) == taken(hop, "sato@customer.example.com")
    assert [DELIVERED, CANCELLED, CANCELLED, DELIVERED] == await node.states(queue_id)
    assert not [one for one in hop.mails if {B, C} & set(one.addresses)]
    assert (2, (1, 2), (3,)) == (done.outcome.number, done.outcome.removed, done.outcome.added)


async def test_mail_as_it_came_stays_on_record(node: Node) -> None:
    """What came in can still be read after edits, as long as the mail is kept; so can what is on record of them."""
    wire = mail(A, B)
    queue_id = await node.held(A, B, wire=wire)
    await node.mender.mend(queue_id, Mend(frozenset({1})), SATO)
    await node.mender.mend(queue_id, Mend(subject="z"), SATO)
    submission = (await node.mail(queue_id)).submission

    assert queue_id == submission.original_id != submission.content_id
    assert wire == await content_of(node, submission.original_id)
    assert mail(A).replace(b"Subject: x", b"Subject: z") == await content_of(node, submission.content_id)
    changed = await node.record(queue_id, AuditAction.CHANGED)
    assert [[1], None] == [one.details.get("removed") for one in changed]
    assert {SATO} == {one.actor for one in changed}
    assert not [one for one in await node.record(queue_id) if B in str(one.details) or "z" in one.details.values()]


async def test_outsiders_moved_to_bcc_are_judged_anew(node: Node, hop: ScriptedNextHop) -> None:
    """One click, and nothing asks for me any more: the mail leaves by itself, and nobody sees whom else."""
    queue_id = await node.held(*FIRMS, wire=mail(*FIRMS))
    before = await node.recipient(queue_id)
    preview = await node.mender.preview(queue_id, Mend(outsiders_to_bcc=True))
    untouched = await node.recipient(queue_id)
    await node.mender.mend(queue_id, Mend(outsiders_to_bcc=True), SATO)
    after = await node.recipient(queue_id)
    clock = node.clock
    clock.advance(HOLD_SECONDS + GRACE.total_seconds())
    await node.look()

    assert before == untouched
    assert (Needs.SENDER, Needs.TIMER) == (preview.differences.needs_before, preview.differences.needs_after)
    assert ["outsiders-see-each-other"] == [one.reason for one in preview.differences.gone]
    assert after.verdict is not None
    assert (("pause-before-outside",), frozenset()) == (after.verdict.reasons, after.verdict.obligations)
    assert set(FIRMS) == {address for one in hop.mails for address in one.addresses}
    assert not [one for one in hop.mails if any(firm.encode() in one.content for firm in FIRMS)]


async def test_dropped_file_takes_its_findings_with_it(node: Node) -> None:
    """Without the list there is nothing to protect any more, and I am shown what went."""
    queue_id = await node.held(A, wire=mail(A, parts=PART))
    before = await node.recipient(queue_id)
    seen = (await node.mail(queue_id)).submission.content_id
    done = await node.mender.mend(queue_id, Mend(drop_files=frozenset({(1,)}), seen=seen), SATO)
    after = await node.recipient(queue_id)

    assert before.verdict is not None
    assert after.verdict is not None
    assert ({Obligation.PROTECT}, set()) == (set(before.verdict.obligations), set(after.verdict.obligations))
    assert done.differences.is_better
    assert all(one.after == 0 for one in done.differences.findings)
    assert done.differences.findings


async def test_mail_that_could_go_at_once_waits_as_a_routine_one(node: Node, hop: ScriptedNextHop) -> None:
    """Corrected to a colleague, it would not be held at all: it waits, can be taken back, and leaves by itself."""
    queue_id = await node.held(A, wire=mail(A))
    node.clock.advance(60)
    await node.mender.mend(queue_id, Mend(correct={0: INSIDE}), SATO)
    held = await node.recipient(queue_id, 1)
    node.clock.advance(HOLD_SECONDS)
    await node.look()
    early = list(hop.mails)
    node.clock.advance(GRACE.total_seconds())
    await node.look()

    assert held.verdict is not None
    assert (HELD, Action.HOLD, Needs.TIMER) == (held.state, held.verdict.action, held.verdict.needs)
    assert [] == early
    assert mail(INSIDE) == taken(hop, INSIDE)


async def test_reasons_name_the_right_recipients_after_one_is_gone(node: Node) -> None:
    """What is said about one recipient is said about that one, whoever was taken off before."""
    queue_id = await node.held(A, B, "tanaka@gmial.com", wire=mail(A, B, "tanaka@gmial.com"))
    await node.mender.mend(queue_id, Mend(frozenset({0})), SATO)
    found = await node.store.read(lambda reader: node.spool.judgement(reader, queue_id))
    verdicts = [entry.verdict for entry in (await node.mail(queue_id)).recipients]

    assert found is not None
    assert [(2,)] == [one.positions for one in found.explanations if one.reason == "looks-like-known-domain"]
    assert verdicts[2] is not None
    assert "looks-like-known-domain" in verdicts[2].reasons
    assert verdicts[1] is not None
    assert "looks-like-known-domain" not in verdicts[1].reasons


async def test_wish_to_send_individually_outlives_the_next_edit(node: Node, hop: ScriptedNextHop) -> None:
    """Asked once to send one by one, it is sent so, whatever I change afterwards; until I take the wish back."""
    queue_id = await node.held(A, B, wire=mail(A, B))
    await node.mender.mend(queue_id, Mend(wish=Wish(Recipients.INDIVIDUAL)), SATO)
    await node.mender.mend(queue_id, Mend(subject="y"), SATO)
    other = await node.held(A, B, wire=mail(A, B))
    await node.mender.mend(other, Mend(wish=Wish(Recipients.INDIVIDUAL)), SATO)
    await node.mender.mend(other, Mend(wish=Wish(Recipients.AS_THEY_ARE)), SATO)
    await release(node, queue_id)
    wished = list(hop.mails)
    await release(node, other)

    assert [[A], [B]] == sorted(list(one.addresses) for one in wished)
    assert all((A.encode() in one.content) != (B.encode() in one.content) for one in wished)
    assert stuffed(hop.mails[-1].content).endswith(mail(A, B))


async def test_edited_mail_is_protected_as_it_is_now(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """A removed address and the old subject stand nowhere in what leaves, and the parcel is made of the edited mail."""
    node = make_protecting(hop.port, Channel.TO_SENDER)
    judge = looking_by(_holds_for(frozenset({Obligation.PROTECT})))
    node.inspector._judge = judge
    queue_id = await node.held(A, B, wire=mail(A, B, parts=PART))
    mender = Mender(node.spool, node.policy, judge, node.hold_rules)
    await mender.mend(queue_id, Mend(frozenset({1}), subject="renamed"), SATO)
    await release(node, queue_id)
    content = taken(hop, A)
    retention = Sweeper(node.spool, timedelta(days=30), node.passwords)
    node.clock.advance(timedelta(days=31).total_seconds())
    await retention.destroy_expired()

    assert [DELIVERED, CANCELLED] == await node.states(queue_id)
    assert "renamed" == message_from_bytes(content, policy=default)["Subject"]
    assert (False, False) == (B.encode() in content, b"\r\n090-" in content)
    assert await _living(node, queue_id) == 0


async def test_protection_can_be_wished_by_an_edit(make_protecting: MakeProtecting, hop: ScriptedNextHop) -> None:
    """A mail no rule protects is protected because I asked for it, in the way I chose."""
    node = make_protecting(hop.port)
    judge = looking_by(_holds_for(frozenset()))
    node.inspector._judge = judge
    queue_id = await node.held(A, wire=mail(A, parts=PART))
    mender = Mender(node.spool, node.policy, judge, node.hold_rules)
    wish = Wish(protection=Protection(channel=Channel.TO_SENDER), protects=True)
    await mender.mend(queue_id, Mend(wish=wish), SATO)
    await release(node, queue_id)

    assert "長谷川".encode() not in taken(hop, A)
    assert [Channel.TO_SENDER] == [one.telling.channel for one in await node.members(queue_id)]


def _holds_for(obligations: frozenset[Obligation]) -> Callable[[Submission], tuple[Verdict, ...]]:
    def judge(submission: Submission) -> tuple[Verdict, ...]:
        action = Action.HOLD if submission.envelope.reverse_path == SENDER and submission.size > 400 else Action.DELIVER
        held = Verdict(action, ("rule",), "test", needs=Needs.SENDER, at_end=AtEnd.DISCARD, obligations=obligations)
        return (held if action is Action.HOLD else replace(held, obligations=frozenset()),) * len(
            submission.envelope.forward_paths
        )

    return judge


# -- what the rules block


async def test_edit_into_something_blocked_holds_it_for_good(make_node: MakeNode, hop: ScriptedNextHop) -> None:
    """What the rules forbid after an edit nobody sends, no timer and no click; edited back, it can be sent."""

    def judge(submission: Submission) -> tuple[Verdict, ...]:
        is_bad = submission.size > len(mail(A))
        hold_it = Verdict(Action.HOLD, ("rule",), "test", hold_seconds=int(HOLD_SECONDS))
        verdict = Verdict(Action.BLOCK, ("never",), "test") if is_bad else hold_it
        return (verdict,) * len(submission.envelope.forward_paths)

    node = make_node(hop.port, judge=judge)
    queue_id = await node.held(A, wire=mail(A))
    done = await node.mender.mend(queue_id, Mend(subject="longer"), SATO)
    for act in (
        hold.release(node.spool, queue_id, SATO, "all the same"),
        hold.release(node.spool, queue_id, SATO, "x", wish=Wish(Recipients.HIDDEN)),
    ):
        with pytest.raises(NotAllowed):
            await node.store.write(act)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "x", timedelta(minutes=1), GRACE))
    node.clock.advance(10 * HOLD_SECONDS)
    await node.look()
    blocked = await node.states(queue_id)
    await node.mender.mend(queue_id, Mend(subject="x"), SATO)
    await release(node, queue_id)

    assert (True, {Note.BLOCKED}, (0,)) == (done.differences.is_blocked, set(done.notes), done.outcome.blocked)
    assert [HELD] == blocked
    assert mail(A) == taken(hop, A)


# -- time


async def test_edit_begins_the_hold_anew(node: Node) -> None:
    """After an edit I have the whole time again."""
    queue_id = await node.held(A, wire=mail(A))
    node.clock.advance(HOLD_SECONDS - 1)
    await node.mender.mend(queue_id, Mend(subject="y"), SATO)
    held = await node.recipient(queue_id)

    assert node.clock.now() + timedelta(seconds=HOLD_SECONDS) == held.shown_until
    assert held.due_at == held.shown_until + GRACE


async def test_edit_never_brings_the_end_forward(node: Node) -> None:
    """A mail I held longer, or whose clock I stopped, does not leave earlier because I edited it."""
    longer, stopped = [await node.held(A, wire=mail(A)) for _ in range(2)]
    await node.store.write(hold.extend(node.spool, longer, SATO, "x", timedelta(days=1), GRACE))
    await node.store.write(hold.extend(node.spool, stopped, SATO, "x", None, GRACE))
    before = await node.recipient(longer)
    for queue_id in (longer, stopped):
        await node.mender.mend(queue_id, Mend(subject="y"), SATO)

    assert before.shown_until == (await node.recipient(longer)).shown_until
    assert None is (await node.recipient(stopped)).due_at


async def test_hold_passed_up_is_not_brought_back_down_by_an_edit(make_node: MakeNode) -> None:
    """Where nobody decided in time and somebody above must, an edit does not give it back to the sender."""

    def judge(submission: Submission) -> tuple[Verdict, ...]:
        escalating = Verdict(Action.HOLD, ("rule",), "test", 60, Needs.SENDER, AtEnd.ESCALATE)
        return (escalating,) * len(submission.envelope.forward_paths)

    node = make_node(9, judge=judge)
    queue_id = await node.held(A, wire=mail(A))
    node.clock.advance(70)
    await node.look()
    passed_up = await node.recipient(queue_id)
    await node.mender.mend(queue_id, Mend(subject="y"), SATO)
    edited = await node.recipient(queue_id)

    assert passed_up.verdict is not None
    assert edited.verdict is not None
    assert (Needs.APPROVER, Needs.APPROVER) == (passed_up.verdict.needs, edited.verdict.needs)


# -- others at the same mail


async def test_cancel_while_the_edit_is_judged_wins(node: Node, hop: ScriptedNextHop) -> None:
    """A cancel during the look stands, and the edit changes nothing any more."""
    queue_id = await node.held(A, B, wire=mail(A, B))
    judge = Waiting(node.judge)
    mending = asyncio.create_task(
        Mender(node.spool, node.policy, judge, node.hold_rules).mend(queue_id, Mend(frozenset({1})), SATO)
    )
    await judge.began.wait()
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "wrong", [0]))
    judge.go.set()
    with pytest.raises(StaleState):
        await mending

    assert [CANCELLED, HELD] == await node.states(queue_id)
    assert queue_id == (await node.mail(queue_id)).submission.content_id
    assert [] == await node.record(queue_id, AuditAction.CHANGED)


async def test_timer_that_ends_while_the_edit_is_judged_wins(node: Node, hop: ScriptedNextHop) -> None:
    """Too late is too late: the mail left as it was, once, and I am told to look again."""
    queue_id = await node.held(A, B, wire=mail(A, B))
    judge = Waiting(node.judge)
    mending = asyncio.create_task(
        Mender(node.spool, node.policy, judge, node.hold_rules).mend(queue_id, Mend(frozenset({1})), SATO)
    )
    await judge.began.wait()
    node.clock.advance(HOLD_SECONDS + GRACE.total_seconds())
    await node.look()
    judge.go.set()
    with pytest.raises(StaleState):
        await mending

    assert 1 == len(hop.mails)
    assert mail(A, B) == taken(hop, A)


async def test_edit_races_the_timer_and_one_of_them_wins(node: Node, hop: ScriptedNextHop) -> None:
    """At the deadline either the mail leaves as it was or the edit counts, and never a bit of both."""
    for number in range(ROUNDS):
        queue_id = await node.held(A, B, wire=mail(A, B))
        node.clock.advance(HOLD_SECONDS + GRACE.total_seconds())
        mending = node.mender.mend(queue_id, Mend(frozenset({1})), SATO)
        looking = node.look()
        ended = await asyncio.gather(*((mending, looking), (looking, mending))[number % 2], return_exceptions=True)
        is_stale = any(isinstance(one, StaleState) for one in ended)
        await node.idle()
        assert ([DELIVERED, DELIVERED] if is_stale else [HELD, CANCELLED]) == await node.states(queue_id)
        # An edited mail would leave in one of the next rounds, and rightly be another.
        await node.store.write(hold.cancel(node.spool, queue_id, SATO, ""))
    assert all(stuffed(one.content).endswith(mail(A, B)) for one in hop.mails)


async def test_two_edits_at_once_leave_one(
    node: Node, url: str, clock: StandingClock, tmp_path: Path, hop: ScriptedNextHop
) -> None:
    """Two people who edit the same mail on two nodes: one counts, the other is told to look again."""
    async with second_store(url, clock) as store:
        other = Node(store, clock, tmp_path / "content", name="node-2")
        for _ in range(ROUNDS):
            queue_id = await node.held(A, B, C, wire=mail(A, B, C))
            seen = (await node.mail(queue_id)).submission.content_id
            ended = await asyncio.gather(
                node.mender.mend(queue_id, Mend(frozenset({1}), seen=seen), SATO),
                other.mender.mend(queue_id, Mend(frozenset({2}), seen=seen), SATO),
                return_exceptions=True,
            )
            states = await node.states(queue_id)
            content = await content_of(node, (await node.mail(queue_id)).submission.content_id)
            stale = [isinstance(one, StaleState) for one in ended]

            assert 1 == sum(stale)
            gone = (B, C)[stale.index(False)]
            assert [HELD, *(CANCELLED if one == gone else HELD for one in (B, C))] == states
            assert gone.encode() not in content
        await other.stop()


async def test_recipient_an_edit_took_off_does_not_come_back(node: Node) -> None:
    """Undo brings back nobody the edited mail was not judged with."""
    queue_id = await node.held(A, B, C, wire=mail(A, B, C))
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "wrong", [2]))
    await node.mender.mend(queue_id, Mend(frozenset({1})), SATO)
    await node.store.write(
        hold.restore(node.spool, queue_id, SATO, lambda verdict, now: now + timedelta(hours=1), GRACE)
    )

    assert [HELD, CANCELLED, CANCELLED] == await node.states(queue_id)


async def test_fault_in_looking_changes_nothing(node: Node) -> None:
    """What cannot be judged is not edited: the mail stays held as it was."""

    async def broken(_: Mail) -> tuple[Judgement, Lesson | None]:
        raise ZeroDivisionError

    queue_id = await node.held(A, B, wire=mail(A, B))
    before = await node.mail(queue_id)
    with pytest.raises(MailguardError):
        await Mender(node.spool, node.policy, broken, node.hold_rules).mend(queue_id, Mend(frozenset({1})), SATO)

    assert before == await node.mail(queue_id)


# -- what stays behind


@pytest.fixture
async def filing(store: Store, clock: StandingClock, tmp_path: Path, hop: ScriptedNextHop) -> AsyncIterator[Node]:
    """A node that keeps even small contents as files."""
    node = Node(store, clock, tmp_path / "content", hop.port)
    node.spool.inline_bytes = 100
    yield node
    await node.stop()


async def test_edit_that_ends_before_its_commit_leaves_an_orphan_only(filing: Node, hop: ScriptedNextHop) -> None:
    """Octets written for an edit that never counted are swept, and the mail is what it was."""
    node = filing
    queue_id = await node.held(A, B, wire=mail(A, B))
    judge = Waiting(node.judge)
    mending = asyncio.create_task(
        Mender(node.spool, node.policy, judge, node.hold_rules).mend(queue_id, Mend(frozenset({1})), SATO)
    )
    await judge.began.wait()
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "x", timedelta(minutes=1), GRACE))
    judge.go.set()
    with pytest.raises(StaleState):
        await mending
    files = len(_files(node.spool))
    removed = Sweeper(node.spool, timedelta(days=30)).collect_orphans(timedelta(0))
    await release(node, queue_id)

    assert (2, 1) == (files, removed)
    assert mail(A, B) == taken(hop, A)


async def test_everything_about_an_edited_mail_is_destroyed_together(filing: Node, hop: ScriptedNextHop) -> None:
    """When its time is over neither what came in nor any edit of it can be read, nor what was made for one reader."""
    node = filing
    queue_id = await node.held(A, B, C, wire=mail(A, B, C))
    for mend in (Mend(frozenset({2})), Mend(subject="y", wish=Wish(Recipients.INDIVIDUAL))):
        await node.mender.mend(queue_id, mend, SATO)
    submission = (await node.mail(queue_id)).submission
    await release(node, queue_id)
    sweeper = Sweeper(node.spool, timedelta(days=30))
    node.clock.advance(timedelta(days=29).total_seconds())
    early = await sweeper.destroy_expired()
    node.clock.advance(timedelta(days=2).total_seconds())
    destroyed = await sweeper.destroy_expired()

    assert (0, 5) == (early, destroyed)
    for content_id in (submission.original_id, submission.content_id):
        with pytest.raises(ContentDestroyed):
            await content_of(node, content_id)
        assert not content_path(node.spool.folder, content_id).exists()
    assert await _living(node, queue_id) == 0


def _files(spool: Spool) -> list[Path]:
    return [entry for entry in spool.folder.rglob("*") if entry.is_file()]


async def _living(node: Node, queue_id: QueueId) -> int:
    """Contents of a mail that can still be opened."""
    statement = text(
        "SELECT count(*) FROM content WHERE wrapped_key IS NOT NULL"
        " AND coalesce(owner_id, tail_id, content_id) = :queue_id"
    )
    found: int = await node.store.read(lambda reader: reader.execute(statement, {"queue_id": queue_id}).scalar_one())
    return found
