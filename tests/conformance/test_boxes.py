"""Lists, search and the page of one mail, on SQLite and on PostgreSQL: what is shown is what is on record."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import text

from mailguard import hold
from mailguard.errors import KilledFor, WorkerKilled
from mailguard.hold.boxes import Box, Listing, Mark, Page, Scope, Span, counts_of, list_box, mark_of
from mailguard.hold.decision import Decision, decision_of
from mailguard.hold.fixes import Fix, Mending
from mailguard.hold.reply_words import Said
from mailguard.hold.search import Searched, search
from mailguard.hold.timeline import StepKind
from mailguard.model.queue import QueueId, State
from mailguard.model.summary import Badge, Field
from mailguard.model.verdict import AtEnd, Needs
from mailguard.store import Store
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import GRACE, INSIDE, SATO, SENDER, A, B, C, Node, after
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

OWN = Scope(frozenset({SENDER}))
OTHERS = Scope(frozenset({"makabe@office.example.jp"}))
EVERYBODY = Scope(None)
DAYS = timedelta(days=1)
HOLD_SECONDS = 300.0


@pytest.fixture
async def node(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[Node]:
    """A node whose next hop is not there: what is released becomes deferred at once."""
    node = Node(store, clock, tmp_path / "content")
    yield node
    await node.stop()


def mail_to(*to: str, subject: str = "見積書", file: str = "", words: str = "ご案内です。") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = f"田上 弘 <{SENDER}>"
    message["To"] = ", ".join(f"安藤 <{one}>" for one in to)
    message["Subject"] = subject
    message["Message-ID"] = "<one.mail@office.example.jp>"
    message.set_content(words)
    if file:
        message.add_attachment(b"x,y\r\n", maintype="text", subtype="csv", filename=file)
    return message.as_bytes()


async def held(node: Node, *to: str, **values: str) -> QueueId:
    people = to or (A,)
    return await node.held(*people, wire=mail_to(*people, **values))


async def listed(node: Node, box: Box, scope: Scope = OWN, after: Mark | None = None, limit: int = 50) -> Listing:
    now = node.clock.now()
    return await node.store.read(
        lambda connection: list_box(node.spool, connection, scope, box, now=now, after=after, limit=limit)
    )


async def found(node: Node, words: str, scope: Scope = OWN, after: Mark | None = None, limit: int = 50) -> Page:
    now = node.clock.now()
    return await node.store.read(
        lambda connection: search(node.spool, connection, scope, Searched(words), now=now, after=after, limit=limit)
    )


def ids(page: Page) -> list[QueueId]:
    return [one.queue_id for one in page.rows]


async def decided(node: Node, queue_id: QueueId) -> Decision:
    rules = {rule.id: rule for rule in node.policy.rules.rules}
    directory = node.policy.rules.directory
    return await node.store.read(
        lambda connection: decision_of(node.spool, connection, queue_id, rules, directory.is_outside)
    )


# -- boxes


async def test_list_of_a_timed_hold_says_until_when_and_to_whom(node: Node) -> None:
    """My list shows what waits: subject, recipients, until when, and that it goes then."""
    queue_id = await held(node, A, B)
    listing = await listed(node, Box.WAITING)
    (row,) = listing.page.rows

    assert (queue_id, "見積書", 2) == (row.queue_id, row.summary and row.summary.subject, row.recipient_count)
    assert [(A, "安藤"), (B, "安藤")] == [(one.address, one.name) for one in row.recipients]
    assert row.waiting is not None
    assert (after(HOLD_SECONDS), AtEnd.SEND, Needs.TIMER) == (
        row.waiting.deadline,
        row.waiting.at_end,
        row.waiting.needs,
    )
    assert ("pause-before-outside",) == row.reasons
    assert {Box.WAITING: 1} == {box: one.number for box, one in listing.counts.items() if one.number}


async def test_list_of_others_does_not_show_my_mail(node: Node) -> None:
    """Nobody finds my mail in their own list; the office's shows it."""
    await held(node)

    assert () == (await listed(node, Box.WAITING, OTHERS)).page.rows
    assert () == (await listed(node, Box.WAITING, Scope(frozenset()))).page.rows
    assert 1 == len((await listed(node, Box.WAITING, EVERYBODY)).page.rows)
    assert [] == ids(await found(node, "見積書", OTHERS))


async def test_mail_is_in_the_box_of_its_most_urgent_recipient(node: Node) -> None:
    """A mail of which one recipient still waits is among what waits, and nowhere else."""
    queue_id = await held(node, A, B, C)
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "x", [0]))
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "x", None, GRACE, [1]))
    asked = (await listed(node, Box.DECISION)).counts
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "x", [1]))
    timed = (await listed(node, Box.DECISION)).counts
    await node.store.write(hold.release(node.spool, queue_id, SATO, "x"))
    await node.look()
    leaving = (await listed(node, Box.DECISION)).counts

    for box, counts in ((Box.DECISION, asked), (Box.WAITING, timed), (Box.LEAVING, leaving)):
        assert {box: 1} == {one: count.number for one, count in counts.items() if count.number}


async def test_counts_tell_sent_and_cancelled_apart(make_node: object, hop: ScriptedNextHop) -> None:
    """What was accepted by the other server and what was taken back each has its own place."""
    node: Node = make_node(hop.port)  # type: ignore[operator]
    sent, cancelled = await held(node, A), await held(node, C)
    await node.store.write(hold.cancel(node.spool, cancelled, SATO, "x"))
    await node.store.write(hold.release(node.spool, sent, SATO, "x"))
    await node.look()
    now = node.clock.now()
    counts = await node.store.read(lambda connection: counts_of(connection, OWN, now=now))

    assert (1, 1) == (counts[Box.SENT].number, counts[Box.CANCELLED].number)
    assert [sent] == ids((await listed(node, Box.SENT)).page)
    assert [cancelled] == ids((await listed(node, Box.CANCELLED)).page)


async def test_list_of_what_waits_has_the_next_deadline_first(node: Node, clock: StandingClock) -> None:
    """What leaves next stands on top; what needs me without a deadline comes last."""
    first = await held(node)
    clock.advance(10)
    second = await held(node)
    await node.store.write(hold.extend(node.spool, first, SATO, "x", timedelta(hours=1), GRACE))

    assert [second, first] == ids((await listed(node, Box.WAITING)).page)


async def test_mail_that_waits_longer_than_the_period_is_still_listed(node: Node, clock: StandingClock) -> None:
    """What waits for me does not slip out of the list by getting old."""
    queue_id = await held(node)
    await node.store.write(hold.extend(node.spool, queue_id, SATO, "x", None, GRACE))
    clock.advance((45 * DAYS).total_seconds())

    for scope in (OWN, EVERYBODY):
        listing = await listed(node, Box.DECISION, scope)
        assert [queue_id] == ids(listing.page)
        assert 1 == listing.counts[Box.DECISION].number
    named = Span(clock.now() - DAYS, keeps_open=False)
    now = clock.now()
    counts = await node.store.read(lambda connection: counts_of(connection, OWN, now=now, span=named))
    assert 0 == counts[Box.DECISION].number


@pytest.mark.parametrize("box", [Box.WAITING, Box.CANCELLED])
async def test_pages_show_each_mail_once_while_mails_move(node: Node, clock: StandingClock, box: Box) -> None:
    """While I turn pages and mails leave the list, none comes twice and none that stays is passed over."""
    queue_ids = []
    for _ in range(5):
        queue_ids.append(await held(node))
        clock.advance(1)
    if box is Box.CANCELLED:
        for queue_id in queue_ids:
            await node.store.write(hold.cancel(node.spool, queue_id, SATO, "x"))
        queue_ids.reverse()
    first = (await listed(node, box, limit=2)).page
    assert first.after is not None
    if box is Box.WAITING:
        await node.store.write(hold.cancel(node.spool, queue_ids[0], SATO, "x"))
    new = await held(node)
    second = (await listed(node, box, after=mark_of(str(first.after)), limit=2)).page
    third = (await listed(node, box, after=second.after, limit=2)).page

    assert queue_ids == [one for one in ids(first) + ids(second) + ids(third) if one != new]
    assert third.after is None


@pytest.mark.parametrize("written", ["", "-", "x-1", "1-", "../..", "9" * 30 + "-A", "' OR 1"])
def test_mark_of_anything_else_is_none(written: str) -> None:
    """An address somebody made up leads to the first page."""
    assert mark_of(written) is None


async def test_row_of_a_mail_whose_time_is_over_has_no_words(node: Node, clock: StandingClock) -> None:
    """Once its content is gone, nothing of what a mail said is left, and the list still says that it was there."""
    queue_id = await held(node, subject="秘密の件")
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "x"))
    clock.advance((20 * DAYS).total_seconds())
    await Sweeper(node.spool, 10 * DAYS).destroy_expired()
    (row,) = (await listed(node, Box.CANCELLED)).page.rows
    decision = await decided(node, queue_id)
    left = await node.store.read(
        lambda connection: connection.execute(text("SELECT sealed FROM summary")).scalars().all()
    )

    assert (queue_id, None, [A]) == (row.queue_id, row.summary, [one.address for one in row.recipients])
    assert decision.summary is None
    assert [] == left
    assert [queue_id] == ids(await found(node, queue_id.lower()))


async def test_summary_is_sealed_in_the_database(node: Node) -> None:
    """Whoever copies the database reads no subject, no file name and no first words in it."""
    await held(node, subject="himitsu-no-kudan", file="meibo-2026.csv", words="kakidashi desu")
    rows = await node.store.read(lambda connection: connection.execute(text("SELECT * FROM judgement")).all())
    octets = b"".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode() for row in rows for value in row
    )

    assert rows
    for word in (b"himitsu", b"meibo", b"kakidashi"):
        assert word not in octets


# -- search

WORDS = [
    pytest.param("ミツモリ", True, id="half-width kana"),
    pytest.param("第12号 ando@", True, id="two words"),
    pytest.param("MEIBO", True, id="file name in capitals"),
    pytest.param("安藤", True, id="name"),
    pytest.param("one.mail@office", True, id="message id"),
    pytest.param("ご案内です", False, id="words of the text"),
    pytest.param("第12号 ben@", False, id="one word of two"),
    pytest.param("%", False, id="no wildcard"),
]


@pytest.mark.parametrize(("words", "is_found"), WORDS)
async def test_search_finds_by_what_lists_show(node: Node, words: str, is_found: bool) -> None:
    """I find a mail by subject, address, name, file or id, however I type it; never by its text."""
    queue_id = await held(node, subject="ﾐﾂﾓﾘ 第１２号", file="meibo.csv")

    assert ([queue_id] if is_found else []) == ids(await found(node, words))


async def test_search_goes_on_after_a_page_newest_first(node: Node, clock: StandingClock) -> None:
    """A search shows the newest first, and the next page goes on where the first one ended."""
    queue_ids = []
    for number in range(5):
        queue_ids.append(await held(node, subject=f"案内{number % 2}"))
        clock.advance(1)
    wanted = [queue_ids[4], queue_ids[2], queue_ids[0]]
    first = await found(node, "案内0", limit=2)
    second = await found(node, "案内0", after=first.after, limit=2)

    assert (wanted[:2], wanted[2:]) == (ids(first), ids(second))
    assert (None, False) == (second.after, second.is_stopped)


# -- the page of one mail


async def test_page_of_a_mail_says_why_and_what_mends_it(node: Node) -> None:
    """Beside the reason that outsiders see each other stands what mends it."""
    hotels = ("hotel-ume.example.com", "hotel-matsu.example.com", "hotel-take.example.net", "hotel-kiku.example.org")
    people = (*(f"yoyaku@{one}" for one in (*hotels, "hotel-ran.example.jp")), INSIDE)
    queue_id = await held(node, *people, file="meibo.csv")
    decision = await decided(node, queue_id)
    reason = next(one for one in decision.reasons if one.reason == "outsiders-see-each-other")

    assert (Box.DECISION, True, 1) == (decision.box, decision.is_danger, decision.judgement)
    assert (Fix(Mending.TO_BCC), Fix(Mending.INDIVIDUALLY)) == reason.fixes
    assert {"ja", "en"} == reason.texts.keys() == reason.title.keys()
    assert [*[True] * 5, False] == [group.is_outside for group in decision.groups]
    assert [0, 1, 2, 3, 4, 5] == [one.position for one in decision.recipients]
    assert {Badge.OUTSIDE, Badge.FIRST_TIME} == decision.recipients[0].badges
    assert (Field.TO, "安藤") == (decision.recipients[0].field, decision.recipients[0].name)
    assert decision.waiting is not None
    assert (Needs.SENDER, State.HELD) == (decision.waiting.needs, decision.recipients[0].state)
    assert decision.summary is not None
    assert (["meibo.csv"], "ご案内です。") == ([one.name for one in decision.summary.files], decision.summary.excerpt)
    kinds = [one.kind for one in decision.timeline]
    assert [StepKind.ACCEPTED, StepKind.CHECKED, StepKind.HELD] == kinds[:3]


async def test_timeline_says_who_released_and_what_the_other_server_said(
    make_node: object, hop: ScriptedNextHop
) -> None:
    """After sending I see who decided, and that the other server accepted it."""
    node: Node = make_node(hop.port)  # type: ignore[operator]
    queue_id = await held(node)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "x"))
    await node.look()
    decision = await decided(node, queue_id)
    released = next(one for one in decision.timeline if one.kind is StepKind.RELEASED)
    delivery = decision.timeline[-1]

    assert (True, "sato") == (released.is_by_person, released.actor.name)
    assert (StepKind.DELIVERY, Said.TAKEN, (0,)) == (delivery.kind, delivery.said, delivery.positions)
    assert (Box.SENT, None) == (decision.box, decision.waiting)


async def test_page_of_a_mail_nobody_could_look_into_shows_its_header(make_node: object) -> None:
    """A mail that broke the looking still has its subject and recipients on the page."""
    node: Node = make_node(9, looking=_Broken())  # type: ignore[operator]
    queue_id = await held(node)
    decision = await decided(node, queue_id)

    assert decision.summary is not None
    assert ("見積書", "") == (decision.summary.subject, decision.summary.excerpt)
    assert {Badge.OUTSIDE} == decision.recipients[0].badges
    assert Box.DECISION is decision.box


class _Broken:
    """Looks into nothing."""

    async def look(self, *_: object) -> object:
        raise WorkerKilled(KilledFor.TIME)
