"""The page that a notice's link opens: whoever has it decides about that one mail, and sees nothing else."""

from __future__ import annotations

import httpx2
import pytest

from mailguard import hold
from mailguard.config import SignInSettings
from mailguard.i18n import CATALOGUES
from mailguard.model.audit import Actor, ActorKind, AuditAction
from mailguard.model.queue import QueueId, State
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from mailguard.spool import Spool
from mailguard.store import Store
from tests.conformance.hold_parts import INSIDE, NOWHERE, SATO, A, B, MakeNode
from tests.conformance.mail_pages import TANOUE, MailPages, make_pages, words_of
from tests.conformance.test_mending import FIRMS, PART, mail
from tests.conformance.web_office import PHONE, WebOffice, web_settings
from tests.fakes.clock import StandingClock

JA = CATALOGUES["ja"]
HELD, CANCELLED, CLEARED = State.HELD, State.CANCELLED, State.CLEARED
OWNER = Actor(ActorKind.PERSON, TANOUE)


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, NOWHERE)


async def link_to(pages: MailPages, queue_id: QueueId) -> str:
    """The path of a new link to the mail, as its notice has it."""
    links = pages.office.parts.sign_in.links
    return f"/m/{await pages.node.store.write(lambda transaction: links.make(transaction, queue_id, TANOUE))}"


async def test_link_looked_at_changes_nothing_whoever_looks(pages: MailPages) -> None:
    """Scanners and previews fetch links; the mail stays as it was, and nothing goes on record."""
    queue_id = await pages.node.held(A)
    path = await link_to(pages, queue_id)
    before = await pages.node.everything()
    browsers = [pages.office.client(), await pages.owner()]

    for browser in browsers:
        for deed in ("", "/send", "/cancel", "/extend", "/stop", "/fix", "/remove"):
            await browser.get(path + deed)
            await browser.head(path + deed)

    assert [HELD] == await pages.node.states(queue_id)
    after = await pages.node.everything()
    assert [one.action for one in before] == [one.action for one in after if one.action is not AuditAction.SIGNED_IN]


async def test_link_shows_no_text_no_value_and_no_other_mail(pages: MailPages) -> None:
    """A forwarded notice gives away whom a mail is for and why it waits, and nothing of what it says."""
    queue_id = await pages.node.held(A, INSIDE, wire=mail(A, cc=INSIDE, parts=PART))
    other = await pages.node.held(B)

    page = await pages.office.client().get(await link_to(pages, queue_id))

    assert page.status_code == 200
    assert "meibo.csv" in page.text
    assert A in words_of(page).replace(" ", "")
    for secret in ("hello", "長谷川", "090-5555-0123", "白樺町", other, "baba@"):
        assert secret not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize(
    ("deed", "states", "action"),
    [
        ("send", [CLEARED], AuditAction.RELEASED),
        ("cancel", [CANCELLED], AuditAction.CANCELLED),
        ("extend", [HELD], AuditAction.EXTENDED),
        ("stop", [HELD], AuditAction.EXTENDED),
    ],
)
async def test_link_acts_as_the_owner_and_says_by_link(
    pages: MailPages, deed: str, states: list[State], action: AuditAction
) -> None:
    """What is done by a link is done, and the record says by whose link and from where."""
    queue_id = await pages.node.held(A)
    path = await link_to(pages, queue_id)

    page = await pages.post(pages.office.client(), f"{path}/{deed}", of=queue_id, minutes="10")

    assert page.status_code == 200
    assert states == await pages.node.states(queue_id)
    (event,) = await pages.node.record(queue_id, action)
    assert event.actor == OWNER
    assert event.details["reason"] == f"by link ({PHONE})"


async def test_link_mends_who_sees_and_who_gets_the_mail(pages: MailPages) -> None:
    """By a link outsiders are moved to Bcc and recipients taken off; it is recorded as by link."""
    queue_id = await pages.node.held(*FIRMS, wire=mail(*FIRMS))
    path, client = await link_to(pages, queue_id), pages.office.client()

    await pages.post(client, f"{path}/remove", position="4")
    await pages.post(client, f"{path}/fix", mending="to_bcc")

    assert (await pages.node.states(queue_id))[4] is CANCELLED
    events = await pages.node.record(queue_id, AuditAction.CHANGED)
    assert [f"by link ({PHONE})"] * 2 == [one.details["reason"] for one in events]


async def test_link_mends_nothing_of_the_content(pages: MailPages) -> None:
    """Files and subjects are changed by who signed in alone."""
    queue_id = await pages.node.held(A, INSIDE, wire=mail(A, cc=INSIDE, parts=PART))
    path = await link_to(pages, queue_id)

    for mending in ("drop_file", "correct", "protect", ""):
        answer = await pages.office.client().post(f"{path}/fix", data={"mending": mending, "at": "0", "file": "1"})
        assert answer.status_code == 404

    assert not await pages.node.record(queue_id, AuditAction.CHANGED)


async def test_link_after_the_decision_says_what_happened_and_nothing_else(pages: MailPages) -> None:
    """Once it is decided the link shows the outcome: no recipients, no files, no buttons."""
    queue_id = await pages.node.held(A, wire=mail(A))
    path = await link_to(pages, queue_id)
    await pages.node.store.write(hold.cancel(pages.node.spool, queue_id, SATO, ""))

    page = await pages.office.client().get(path)
    late = await pages.post(pages.office.client(), f"{path}/send", of=queue_id)

    assert "取り消しました" in words_of(page)
    assert "<form" not in page.text
    assert "ando@" not in page.text
    assert "状態が変わっていました" in words_of(late)
    assert [CANCELLED] == await pages.node.states(queue_id)


async def test_link_unknown_or_revoked_is_not_there(pages: MailPages) -> None:
    """A link that was taken back, or never was, opens nothing."""
    queue_id = await pages.node.held(A)
    path, client = await link_to(pages, queue_id), pages.office.client()
    await pages.office.parts.sign_in.links.revoke(queue_id, SATO)

    answers = [await client.get(path), await client.post(f"{path}/cancel"), await client.get("/m/nosuchlink")]

    assert {404} == {one.status_code for one in answers}
    assert [HELD] == await pages.node.states(queue_id)


async def test_link_from_another_site_is_refused(pages: MailPages) -> None:
    """No other site can have a browser decide by a link."""
    queue_id = await pages.node.held(A)
    path = await link_to(pages, queue_id)
    client = pages.office.client(**{"sec-fetch-site": "cross-site"})

    assert (await client.post(f"{path}/cancel")).status_code == 403
    assert [HELD] == await pages.node.states(queue_id)


async def test_link_of_a_dangerous_mail_cancels_and_does_not_send(web_office: WebOffice, make_node: MakeNode) -> None:
    """What asks for an answer is sent by who signed in; by the link it can be stopped."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", 3600, Needs.SENDER, AtEnd.DISCARD)
    pages = MailPages(web_office, make_node(NOWHERE, judge=lambda submission: (verdict,)))
    queue_id = await pages.node.held(A)
    path = await link_to(pages, queue_id)

    page = await pages.office.client().get(path)
    sent = await pages.post(pages.office.client(), f"{path}/send", of=queue_id, organisation="customer")

    assert f"{path}/send" not in page.text
    # On a telephone what is among the deeds is hidden; what the words speak of is not.
    assert 'class="row deeds"' not in page.text
    assert "ここでもできます。 取り消す" in words_of(page)
    assert "サインイン" in words_of(sent)
    assert [HELD] == await pages.node.states(queue_id)


async def test_link_where_the_office_wants_a_sign_in_leads_there(
    store: Store, spool: Spool, clock: StandingClock, make_node: MakeNode
) -> None:
    """With ``sign_in.links: false`` the link leads to the sign-in, and after it to the mail."""
    office = WebOffice(store, spool, clock, web_settings(sign_in=SignInSettings(links=False)))
    pages = MailPages(office, make_node(NOWHERE))
    queue_id = await pages.node.held(A)
    path = await link_to(pages, queue_id)
    client: httpx2.AsyncClient = office.client()

    answers = [await client.get(path), await client.post(f"{path}/cancel")]
    office.close()

    assert [f"/sign-in?next=%2Fmails%2F{queue_id}"] * 2 == [one.headers["location"] for one in answers]
    assert [HELD] == await pages.node.states(queue_id)


async def test_link_of_a_mail_that_waits_for_an_approver_says_so(web_office: WebOffice, make_node: MakeNode) -> None:
    """I am not sent to the sign-in for a mail that I cannot send there either: somebody else's yes is awaited."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", 3600, Needs.APPROVER, AtEnd.DISCARD)
    pages = MailPages(web_office, make_node(NOWHERE, judge=lambda submission: (verdict,)))
    page = await pages.office.client().get(await link_to(pages, await pages.node.held(A)))

    assert JA["queue.page.why_not.approver"] in words_of(page)
    assert JA["queue.page.link.answer"] not in words_of(page)


async def test_link_offers_no_undoing_that_it_cannot_do(pages: MailPages) -> None:
    """I cancelled by the link: the page tells me where I can take that back, which is not on this page."""
    queue_id = await pages.node.held(A)
    page = await pages.post(pages.office.client(), f"{await link_to(pages, queue_id)}/cancel", of=queue_id)

    assert JA["queue.page.done.cancelled_by_link"].format(count=1) in words_of(page)
    assert f'href="/mails/{queue_id}"' in page.text


async def test_link_speaks_of_buttons_only_where_there_are_some(pages: MailPages) -> None:
    """What a link does not mend has no button there, and no sentence about one."""
    explained = await pages.node.held(A, wire=mail(A, parts=PART))
    page = await pages.office.client().get(await link_to(pages, explained))

    assert (JA["queue.fix.still_held"] in words_of(page)) is ('name="mending"' in page.text)
