"""Who says that a mail was sent by mistake, and of which mail there is something to say."""

from __future__ import annotations

import pytest

from mailguard import hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.i18n import CATALOGUES
from mailguard.model.people import Role
from mailguard.model.queue import State
from tests.conformance.hold_parts import OFFICE, SATO, A, B, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

JA = CATALOGUES["ja"]
ADMINISTRATOR = "kishi@office.example.jp"


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, hop.port)


async def incidents_of(pages: MailPages, queue_id: str) -> int:
    """How many incidents there are about a mail."""
    incidents = pages.office.parts.incidents
    return len(await pages.node.store.read(lambda reader: incidents.of_mail(reader, queue_id)))


async def test_mistake_of_a_mail_that_waits_is_told_how_to_take_it_back(pages: MailPages) -> None:
    """Nothing has left, so nothing went wrong: I am told so, and where to cancel. The mail waits as before."""
    queue_id = await pages.node.held(A)
    owner = await pages.owner()
    page = await pages.post(owner, f"/mails/{queue_id}/mistake")

    assert JA["queue.page.mistake.not_sent.held"] in words_of(page)
    assert JA["queue.page.cancel"] in words_of(page)
    assert f"/mails/{queue_id}/mistake" not in page.text
    assert [State.HELD] == await pages.node.states(queue_id)
    assert 0 == await incidents_of(pages, queue_id)


async def test_mistake_of_a_cancelled_mail_is_none(pages: MailPages) -> None:
    """It was cancelled before it left: there is nothing to report."""
    queue_id = await pages.node.held(A)
    await pages.node.store.write(hold.cancel(pages.node.spool, queue_id, SATO, ""))
    page = await pages.post(await pages.owner(), f"/mails/{queue_id}/mistake")

    assert JA["queue.page.mistake.not_sent.gone"] in words_of(page)
    assert 0 == await incidents_of(pages, queue_id)


async def test_mistake_of_a_mail_that_left_for_one_stops_the_rest(pages: MailPages) -> None:
    """One has it and one waits: that is a mistake to report, and what waits is stopped."""
    queue_id = await pages.node.held(A, B)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, "", [0]))
    await pages.node.look()
    answer = await (await pages.owner()).post(f"/mails/{queue_id}/mistake")

    assert f"/incidents/from/{queue_id}" == answer.headers["location"]
    assert [State.DELIVERED, State.CANCELLED] == await pages.node.states(queue_id)
    assert 1 == await incidents_of(pages, queue_id)


async def test_who_only_runs_the_system_reports_no_mistake_of_others(pages: MailPages) -> None:
    """The administrator sees that there is a mail, and not what is in it: whether it was a mistake others say."""
    store = pages.node.store
    await store.write(administration.put_person(OFFICE, ADMINISTRATOR, Particulars("", "", ""), SATO))
    await store.write(administration.grant_role(OFFICE, ADMINISTRATOR, Role.ADMINISTRATOR, "", SATO))
    queue_id = await pages.node.held(A)
    await store.write(hold.release(pages.node.spool, queue_id, SATO, ""))
    await pages.node.look()
    runs_it = await pages.office.signed_in(ADMINISTRATOR, (Factor.MAILBOX, Factor.TOTP))
    page = await runs_it.get(f"/mails/{queue_id}")
    answer = await runs_it.post(f"/mails/{queue_id}/mistake")

    assert (200, 403) == (page.status_code, answer.status_code)
    assert f"/mails/{queue_id}/mistake" not in page.text
    assert 0 == await incidents_of(pages, queue_id)


async def test_mistake_of_a_mail_that_left_stands_beneath_its_state(pages: MailPages) -> None:
    """I notice a slip seconds after it left: the button for it is the first thing below what became of the mail."""
    queue_id = await pages.node.held(A)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, ""))
    await pages.node.look()
    page = (await (await pages.owner()).get(f"/mails/{queue_id}")).text

    assert [1, 1] == [page.count(f'action="/mails/{queue_id}/mistake'), page.count(JA["queue.page.mistake.choose"])]
    assert page.index(JA["queue.headline.sent"]) < page.index("/mistake") < page.index(JA["queue.page.recipients"][:2])


async def test_mistake_of_a_mail_that_still_waits_for_some_stands_at_its_foot(pages: MailPages) -> None:
    """While I still decide about outsiders, a report of what colleagues got already is not the first thing offered."""
    queue_id = await pages.node.held(A, B)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, "", [0]))
    await pages.node.look()
    page = (await (await pages.owner()).get(f"/mails/{queue_id}")).text

    assert 1 == page.count(f'action="/mails/{queue_id}/mistake')
    assert page.index('id="decide"') < page.index("/mistake")
