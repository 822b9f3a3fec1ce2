"""The lists of mails: what is in which box, searching, and doing something to several at once, on both databases."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from mailguard import hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.model.audit import AuditAction
from mailguard.model.people import Role
from mailguard.model.queue import State
from tests.conformance.hold_parts import NOWHERE, OFFICE, SATO, SENDER, A, B, C, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.test_mending import FIRMS, mail
from tests.conformance.web_office import WebOffice

HELD, CANCELLED, CLEARED = State.HELD, State.CANCELLED, State.CLEARED
ADMINISTRATOR = "ueki@office.example.jp"
SHARED = b"eigyo@office.example.jp"
TWO = (Factor.MAILBOX, Factor.TOTP)


ODD_WORDS = (
    "https://evil.example/", "//evil.example", "/\\evil.example", "mails\\@evil.example", "javascript:evil()",
    "mails?after=evil%0d%0aSet-Cookie:x", "office#evil", "evil?box=waiting", "mails?" + "&".join(["evil=1"] * 30),
)  # fmt: skip


def hrefs(page: httpx2.Response, begin: str) -> list[str]:
    """Where the links of a page lead, those that begin so and then are over or go on with a question."""
    found = [html.unescape(one) for one in re.findall(r' href="([^"]*)"', page.text)]
    return [
        one for one in found if one.startswith(begin) and (begin in ("", "/mails?") or one[len(begin) :][:1] in "?#")
    ]


def about(subject: str, *to: str) -> bytes:
    """A mail with a subject of its own."""
    return mail(*to).replace(b"Subject: x", f"Subject: {subject}".encode())


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, NOWHERE)


@pytest.fixture
async def owner(pages: MailPages) -> httpx2.AsyncClient:
    """The browser of who sent the mails."""
    return await pages.owner()


async def administrator(pages: MailPages) -> httpx2.AsyncClient:
    """The browser of who runs the system, after a second factor."""
    store = pages.node.store
    await store.write(administration.put_person(OFFICE, ADMINISTRATOR, Particulars("", "", ""), SATO))
    await store.write(administration.grant_role(OFFICE, ADMINISTRATOR, Role.ADMINISTRATOR, "", SATO))
    return await pages.office.signed_in(ADMINISTRATOR, TWO)


async def test_list_with_nothing_to_do_says_so_as_good_news(owner: httpx2.AsyncClient) -> None:
    """An empty list is good news, and says how long mail is kept."""
    words = words_of(await owner.get("/mails"))

    assert "確認が必要なメールはありません" in words
    assert "30日" in words


async def test_mail_of_another_address_says_on_list_and_page_whose_it_is(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """I look after a shared mailbox and a scanner: I see what leaves in which name, and nothing where it is mine."""
    mine = await pages.node.held(A, wire=about("mine", A))
    shared = await pages.node.held(A, wire=about("shared", A).replace(b"From: " + SENDER.encode(), b"From: " + SHARED))
    listed = await owner.get("/mails?box=waiting")
    rows = dict(re.findall(r'id="row-(\w+)">(.*?)</li>', listed.text, re.DOTALL))
    own, other = await owner.get(f"/mails/{mine}"), await owner.get(f"/mails/{shared}")

    for page in (rows[shared], other.text):
        assert "差出人:" in page
        assert "eigyo@<wbr>office.example.jp" in page
    for page in (rows[mine], own.text):
        assert "差出人:" not in page


async def test_search_unfolds_a_period_only_where_one_is_asked_for(owner: httpx2.AsyncClient) -> None:
    """On a telephone my mails are on the first screen; a search for days shows which days."""
    plain, searched = await owner.get("/mails"), await owner.get("/mails?since=2026-11-01")
    period = r'<details class="search-period"( open)?>'

    assert [""] == re.findall(period, plain.text)
    assert [" open"] == re.findall(period, searched.text)
    assert 'value="2026-11-01"' in searched.text


async def test_figures_of_the_office_lead_to_the_mails_they_count(pages: MailPages) -> None:
    """Who reads that mail waits for a person opens it with one click, and finds as many."""
    client = await administrator(pages)
    nothing = await client.get("/office")
    queue_id = await pages.node.held(*FIRMS, wire=about("tenji", *FIRMS))
    page = await client.get("/office")
    (way,) = hrefs(page, "/office/mails")[:1]
    listed = await client.get(way)

    assert "/office/mails?box=decision" not in nothing.text
    assert "/office/mails?box=decision" == way
    assert [f'id="row-{queue_id}"'] == re.findall(r'id="row-[^"]*"', listed.text)


async def test_list_shows_what_needs_me_first_and_mine_alone(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """What needs a decision is shown first, each with its reason and what happens at its time; others' mail is not."""
    await pages.node.held(*FIRMS, wire=about("tenji", *FIRMS))
    await pages.node.held(A, wire=about("kaigi", A))
    stranger = await pages.office.signed_in("ono@office.example.jp")

    first = words_of(await owner.get("/mails"))
    second = words_of(await owner.get("/mails?box=waiting"))

    assert ("tenji" in first, "kaigi" in first) == (True, False)
    assert ("tenji" in second, "kaigi" in second) == (False, True)
    assert "自動的に送信します" in second
    assert "送らずに取り消します" in first
    assert "tenji" not in (await stranger.get("/mails")).text
    assert (await owner.get("/office/mails")).status_code == 404


async def test_list_finds_by_address_subject_and_period(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """I find a mail by what I remember of it, in whatever box it is."""
    queue_id = await pages.node.held(A, wire=about("mitsumori", A))
    await pages.node.held(B, wire=about("kaigi", B))
    await pages.node.store.write(hold.cancel(pages.node.spool, queue_id, SATO, ""))
    day = pages.node.clock.now().date().isoformat()

    for query, is_there in (("q=MITSUMORI", True), ("q=ando@", True), ("q=kaigi", False)):
        assert is_there == (queue_id in (await owner.get(f"/mails?{query}")).text), query
    assert queue_id in (await owner.get(f"/mails?since={day}&box=cancelled")).text
    assert queue_id not in (await owner.get("/mails?until=2001-01-01")).text
    assert "見つかりませんでした" in words_of(await owner.get("/mails?q=nosuchword"))


async def test_list_with_odd_questions_is_a_list(owner: httpx2.AsyncClient) -> None:
    """An address that says nothing sensible shows the list, and never an error."""
    for query in (
        "box=x",
        "after=%00",
        "since=2026-13-40",
        "until=9999-12-31",
        "q=%F0%9F%8C%B8",
        "left=x.y.z",
        "after=1-2",
    ):
        assert (await owner.get(f"/mails?{query}")).status_code == 200, query


async def test_list_is_there_again_after_a_mail_and_after_an_action(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """I search, open a mail, stop its clock, look how to mend it and go back: search, box and period are there."""
    queue_id = await pages.node.held(A, wire=about("見積", A))
    day = pages.node.clock.now().date().isoformat()
    query = {"box": "waiting", "q": "見積", "since": day}
    listed = await owner.get("/mails", params=query)
    link = hrefs(listed, f"/mails/{queue_id}")[0]
    opened = await owner.get(link)
    form = re.findall(r'formaction="([^"]*/stop[^"]*)"', opened.text)[0]
    after = await pages.post(owner, html.unescape(form), of=queue_id)
    mend = await owner.get(hrefs(after, f"/mails/{queue_id}/mend")[0])
    again = await owner.get(hrefs(mend, f"/mails/{queue_id}")[0])
    back = [hrefs(page, "/mails?")[0] for page in (opened, after, again)]

    assert "時計を止めました" in words_of(after)
    assert 1 == len(set(back))
    assert query == dict(parse_qsl(urlsplit(back[0]).query))
    assert f"row-{queue_id}" == urlsplit(back[0]).fragment
    assert f'id="row-{queue_id}"' in listed.text


async def test_way_back_with_odd_words_leads_to_a_list_of_ours(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """Whatever somebody puts into a mail's address, the way back stays here, and so does what follows an action."""
    queue_id = await pages.node.held(A, wire=about("kaigi", A))
    for word in ODD_WORDS:
        page = await owner.get(f"/mails/{queue_id}", params={"back": word})
        acted = await owner.post(f"/mails/{queue_id}/extend", params={"back": word}, data={"minutes": "10"})
        leads = [*hrefs(page, ""), acted.headers["location"]]

        assert 200 == page.status_code
        assert all(one.startswith(("/", "#", "mailto:")) and not one.startswith("//") for one in leads), word
        assert acted.headers["location"].startswith(f"/mails/{queue_id}"), word
        assert "evil" not in page.text.partition("<footer")[0], word


async def test_several_sent_together_leave_out_what_needs_a_look(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """Of what I ticked the routine ones are sent; the others stay, and are named."""
    routine = await pages.node.held(A)
    dangerous = await pages.node.held(*FIRMS, wire=about("tenji", *FIRMS))

    page = await pages.post(owner, "/mails/together", do="send", id=[routine, dangerous], back="?box=waiting")

    assert [CLEARED] == await pages.node.states(routine)
    assert {HELD} == set(await pages.node.states(dangerous))
    assert "1件を送信します" in words_of(page)
    assert hrefs(page, f"/mails/{dangerous}")
    assert "box=waiting" in str(page.url)


async def test_several_cancelled_together_are_those_of_mine_alone(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """What I cancel together is mine; an id of somebody else's mail does nothing and is not told apart."""
    mine = [await pages.node.held(A), await pages.node.held(B)]
    stranger = await pages.office.signed_in("ono@office.example.jp")

    foreign = await pages.post(stranger, "/mails/together", do="cancel", id=[*mine, "NOSUCHMAIL00000A"])
    await pages.post(owner, "/mails/together", do="cancel", id=mine)

    assert mine[0] not in foreign.text
    assert [[CANCELLED]] * 2 == [await pages.node.states(one) for one in mine]


async def test_office_list_names_owners_and_operates_the_queue(pages: MailPages) -> None:
    """Who runs the system sees whose mail waits, without its text, and takes back what cannot be delivered."""
    queue_id = await pages.node.held(A)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, ""))
    await pages.node.look()
    client = await administrator(pages)

    listed = await client.get("/office/mails?box=leaving")
    done = await pages.post(client, "/office/mails/together", do="taken_back", id=queue_id, reason="broken")
    page = await client.get(f"/mails/{queue_id}")

    assert "tanoue@" in words_of(listed)
    assert "1件の送信待ちを取り消しました" in words_of(done)
    assert [CANCELLED] == await pages.node.states(queue_id)
    assert "hello" not in page.text
    assert await pages.node.record(queue_id, AuditAction.ADMIN_CANCELLED)


async def test_list_goes_on_after_its_last_row(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """A long list goes on on a further page, and no mail stands on both."""
    ids = [await pages.node.held(C) for _ in range(52)]

    first = await owner.get("/mails?box=waiting")
    path = first.text.rpartition('href="/mails?box=waiting&amp;after=')[2].partition('"')[0]
    second = await owner.get(f"/mails?box=waiting&after={path}")

    on_first = {one for one in ids if f'href="/mails/{one}' in first.text}
    on_second = {one for one in ids if f'href="/mails/{one}' in second.text}
    assert (50, 2) == (len(on_first), len(on_second))
    assert not on_first & on_second
