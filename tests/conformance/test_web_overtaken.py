"""Pages and programs that act on what they saw a moment ago, while somebody else was quicker. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest

from mailguard import hold
from mailguard.hold.mending import Mend
from mailguard.model.approval import USUAL
from mailguard.model.audit import AuditAction
from mailguard.model.people import Right
from mailguard.model.queue import State
from mailguard.model.verdict import Needs
from mailguard.spool import Spool
from mailguard.store import Store, Work
from mailguard.web import flashes
from tests.conformance.api_parts import program_of
from tests.conformance.hold_parts import GRACE, KEY, NOWHERE, SATO, SENDER, A, B, C, MakeNode, Node
from tests.conformance.mail_pages import MailPages
from tests.conformance.test_web_approving import MANAGER, OTHER, as_approver, needing, staff
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock

T = TypeVar("T")
LATE = "queue.page.done.late"
HELD, CANCELLED, CLEARED = State.HELD, State.CANCELLED, State.CLEARED


class Overtaken(Store):
    """The database of pages that are a moment late: ``meanwhile`` is done between what they read and write."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def write(self, work: Work[T], *, is_brief: bool = True) -> T:
        """The work's result, after what happens meanwhile."""
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await super().write(work, is_brief=is_brief)


@pytest.fixture
async def late(url: str, clock: StandingClock) -> AsyncIterator[Overtaken]:
    """Such a view of the database."""
    late = Overtaken(url, clock, use_database_time=False)
    late.start()
    yield late
    await late.stop()


@pytest.fixture
async def office(late: Overtaken, clock: StandingClock, tmp_path: Path) -> AsyncIterator[WebOffice]:
    """The pages on it."""
    office = WebOffice(late, Spool(late, KEY, clock, tmp_path / "content", reserve_bytes=0), clock)
    yield office
    office.close()


def said_by(office: WebOffice, answer: httpx2.Response) -> str:
    """The key of what the next page says."""
    flash = flashes.opened(answer.cookies[flashes.COOKIE], office.parts.spool.secret_box(flashes.PURPOSE))
    return "" if flash is None else flash.key


async def half_cancelled(node: Node) -> str:
    """A mail to two, of whom the second was taken off."""
    queue_id = await node.held(A, B)
    await node.store.write(hold.cancel(node.spool, queue_id, SATO, "", {1}))
    return queue_id


def undone(node: Node, queue_id: str) -> Callable[[], Awaitable[object]]:
    """Somebody brings the second recipient back."""
    return lambda: node.store.write(hold.restore(node.spool, queue_id, SATO, node.hold_rules.deadline, GRACE))


@pytest.mark.parametrize("deed", ["send", "schedule"])
async def test_program_releases_nobody_who_came_back_meanwhile(
    office: WebOffice, late: Overtaken, make_node: MakeNode, deed: str
) -> None:
    """What a program sends is what it could see; a recipient that comes back while it does so makes it look again."""
    node = make_node(NOWHERE)
    queue_id = await half_cancelled(node)
    wanted = {"judgement": 1} | ({"at": "2026-12-01T10:00:00+09:00"} if deed == "schedule" else {})
    async with await program_of(office, SENDER) as program:
        await program.get(f"/mails/{queue_id}")
        late.meanwhile = undone(node, queue_id)
        stale = await program.post(f"/mails/{queue_id}/{deed}", json=wanted)
        states = await node.states(queue_id)
        again = await program.post(f"/mails/{queue_id}/{deed}", json=wanted)

    assert late.meanwhile is None
    assert (409, "stale") == (stale.status_code, stale.json()["code"])
    assert [HELD, HELD] == states
    assert (200, [0, 1]) == (again.status_code, again.json()["moved"])
    assert 1 == len(await node.record(queue_id, AuditAction.RELEASED, AuditAction.SCHEDULED))


async def test_page_releases_only_whom_it_showed(office: WebOffice, late: Overtaken, make_node: MakeNode) -> None:
    """Who came back while I pressed the button stays held: the page had not asked me about them."""
    node = make_node(NOWHERE)
    queue_id = await half_cancelled(node)
    client = await office.signed_in(SENDER)
    await client.get(f"/mails/{queue_id}")
    late.meanwhile = undone(node, queue_id)
    await client.post(f"/mails/{queue_id}/send", data={"judgement": "1"})

    assert late.meanwhile is None
    assert [CLEARED, HELD] == await node.states(queue_id)


MEANWHILE: dict[str, Callable[[Node, str], Awaitable[object]]] = {
    "mended": lambda node, queue_id: node.mender.mend(queue_id, Mend(remove=frozenset({0})), SATO),
    "cancelled": lambda node, queue_id: node.store.write(hold.cancel(node.spool, queue_id, SATO, "")),
    "undone": lambda node, queue_id: undone(node, queue_id)(),
}
"""What a sender does while an approver presses a button."""


async def waiting(office: WebOffice, make_node: MakeNode) -> tuple[MailPages, str]:
    """A mail to three that waits for an approver, of whom one was taken off."""
    pages = MailPages(office, make_node(NOWHERE, judge=needing(Needs.APPROVER, USUAL)))
    await staff(pages)
    queue_id = await pages.node.held(A, B, C)
    await pages.node.store.write(hold.cancel(pages.node.spool, queue_id, SATO, "", {1}))
    return pages, queue_id


@pytest.mark.parametrize(
    ("said", "what"),
    [("yes", "mended"), ("yes", "cancelled"), ("yes", "undone"), ("no", "mended"), ("no", "cancelled")],
)
async def test_word_of_an_approver_counts_for_the_mail_as_it_was_read(
    office: WebOffice, late: Overtaken, make_node: MakeNode, said: str, what: str
) -> None:
    """I say yes or no to what I read; where the sender changes it in that moment I am told so, and no word counts."""
    pages, queue_id = await waiting(office, make_node)
    fields = {"said": said, "judgement": "1", "organisation": "customer", "note": "a reason"}
    manager = await as_approver(pages, MANAGER)
    late.meanwhile = lambda: MEANWHILE[what](pages.node, queue_id)
    answer = await manager.post(f"/mails/{queue_id}/approval", data=fields)
    page = await (await pages.owner()).get(f"/mails/{queue_id}")

    assert late.meanwhile is None
    assert (303, LATE) == (answer.status_code, said_by(office, answer))
    assert not await pages.node.record(queue_id, AuditAction.APPROVED, AuditAction.NOT_APPROVED)
    assert CLEARED not in await pages.node.states(queue_id)
    assert 200 == page.status_code


@pytest.mark.parametrize("what", ["mended", "undone"])
async def test_program_approves_nothing_that_changed_meanwhile(
    office: WebOffice, late: Overtaken, make_node: MakeNode, what: str
) -> None:
    """The same for the manager's program, by a code it can act on."""
    pages, queue_id = await waiting(office, make_node)
    async with await program_of(office, MANAGER, Right.APPROVE) as program:
        await program.get(f"/mails/{queue_id}")
        late.meanwhile = lambda: MEANWHILE[what](pages.node, queue_id)
        wanted = {"judgement": 1, "answers": {"typed": ["customer"]}}
        answer = await program.post(f"/mails/{queue_id}/approve", json=wanted)

    assert late.meanwhile is None
    assert (409, "stale") == (answer.status_code, answer.json()["code"])
    assert CLEARED not in await pages.node.states(queue_id)


async def test_approver_is_told_that_the_mail_is_no_longer_waiting(web_office: WebOffice, make_node: MakeNode) -> None:
    """Cancelled by its sender or approved by a colleague: my word comes late, is no error, and is not recorded.
    With one proof of who I am, or about my own mail, I have no word at all.
    """
    node = make_node(NOWHERE, judge=needing(Needs.APPROVER, USUAL))
    pages = MailPages(web_office, node)
    await staff(pages)
    gone, waiting = await node.held(A), await node.held(A)
    manager, weak = await as_approver(pages, MANAGER), await web_office.signed_in(MANAGER)
    fields = {"said": "yes", "judgement": "1", "organisation": "customer"}
    await manager.get(f"/mails/{gone}")
    await node.store.write(hold.cancel(node.spool, gone, SATO, ""))
    answers = [
        (await client.post(f"/mails/{queue_id}/approval", data=fields)).status_code
        for client, queue_id in (
            (manager, gone),
            (weak, waiting),
            (await as_approver(pages, SENDER), waiting),
            (await as_approver(pages, OTHER), waiting),
        )
    ]

    assert answers[0] in (303, 404)
    assert ([404, 403, 404], [CANCELLED], [HELD]) == (
        answers[1:], await node.states(gone), await node.states(waiting),
    )  # fmt: skip
    assert not await node.record(gone, AuditAction.APPROVED)


async def test_mistake_said_twice_is_one_incident_and_stops_what_was_about_to_go(
    office: WebOffice, late: Overtaken, make_node: MakeNode
) -> None:
    """I press "this was a mistake" on two pages at once, just when a colleague releases the rest: it does not leave."""
    node = make_node(NOWHERE)
    queue_id = await node.held(A, B)
    await node.store.write(hold.release(node.spool, queue_id, SATO, "", [1]))
    client = await office.signed_in(SENDER)
    late.meanwhile = lambda: node.store.write(hold.release(node.spool, queue_id, SATO, ""))
    answers = [await client.post(f"/mails/{queue_id}/mistake") for _ in range(2)]
    states = await node.states(queue_id)
    found = await node.store.read(lambda reader: office.parts.incidents.of_mail(reader, queue_id))

    assert late.meanwhile is None
    assert [(303, f"/incidents/from/{queue_id}")] * 2 == [(one.status_code, one.headers["location"]) for one in answers]
    assert ([CANCELLED, CANCELLED], 1) == (states, len(found))
    assert 200 == (await client.get(f"/incidents/from/{queue_id}")).status_code
