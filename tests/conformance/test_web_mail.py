"""The page of one mail: what it shows, and that each of its buttons does what it says, on both databases."""

from __future__ import annotations

from datetime import timedelta

import httpx2
import pytest

from mailguard import hold
from mailguard.accounts import people_administration as administration
from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars
from mailguard.model.audit import AuditAction
from mailguard.model.people import Role
from mailguard.model.queue import State
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from mailguard.spool.own_mail import submit_own
from mailguard.web.guard import WITH_MAIL_FRAME
from tests.conformance.hold_parts import NOWHERE, OFFICE, SATO, A, B, C, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.test_mending import FIRMS, mail
from tests.conformance.web_office import WebOffice
from tests.fakes.clock import StandingClock

HELD, CANCELLED, CLEARED, QUEUED = State.HELD, State.CANCELLED, State.CLEARED, State.QUEUED
OFFICER = "abe@office.example.jp"
TWO = (Factor.MAILBOX, Factor.TOTP)
LATE = "状態が変わっていました"
HOSTILE = (
    "From: tanoue@office.example.jp\r\nTo: ando@customer.example.com\r\n"
    "Subject: <script>alert(1)</script> \u202egnp\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    "--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    '<p onclick="alert(2)">ご案内<script>alert(3)</script><img src="https://tracker.example.com/p.png">'
    '<form action="https://evil.example.com"><input name="q"></form></p>\r\n'
    '--x\r\nContent-Type: text/html; name="..\\\\<b>.html"\r\nContent-Disposition: attachment\r\n\r\n'
    "<script>alert(4)</script>\r\n--x--\r\n"
).encode()


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, NOWHERE)


@pytest.fixture
async def owner(pages: MailPages) -> httpx2.AsyncClient:
    """The browser of who sent the mail."""
    return await pages.owner()


async def officer(pages: MailPages) -> httpx2.AsyncClient:
    """The browser of the security officer, after a second factor."""
    store = pages.node.store
    await store.write(administration.put_person(OFFICE, OFFICER, Particulars("", "総務", ""), SATO))
    await store.write(administration.grant_role(OFFICE, OFFICER, Role.SECURITY_OFFICER, "", SATO))
    return await pages.office.signed_in(OFFICER, TWO)


async def test_mail_held_shows_until_when_and_what_happens_then(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """Whoever opens a held mail reads that it has not been sent, and what happens if they do nothing."""
    queue_id = await pages.node.held(A)

    words = words_of(await owner.get(f"/mails/{queue_id}"))

    assert "まだ送られていません" in words
    assert "自動的に送信します" in words
    assert A in words.replace(" ", "")


@pytest.mark.parametrize(
    ("deed", "fields", "states"),
    [
        pytest.param("send", {}, [CLEARED, CLEARED, CLEARED], id="send"),
        pytest.param("send", {"position": "1"}, [HELD, CLEARED, HELD], id="send-one"),
        pytest.param("cancel", {}, [CANCELLED, CANCELLED, CANCELLED], id="cancel"),
        pytest.param("cancel", {"position": ["0", "2"]}, [CANCELLED, HELD, CANCELLED], id="cancel-some"),
    ],
)
async def test_mail_decided_about_does_so_for_those_that_were_ticked(
    pages: MailPages,
    owner: httpx2.AsyncClient,
    deed: str,
    fields: dict[str, str | list[str]],
    states: list[State],
) -> None:
    """Send and cancel are about those I ticked, and about everybody where I ticked nobody."""
    queue_id = await pages.node.held(A, B, C)

    page = await pages.post(owner, f"/mails/{queue_id}/{deed}", of=queue_id, **fields)

    assert page.status_code == 200
    assert states == await pages.node.states(queue_id)


async def test_mail_cancelled_is_undone_on_its_page(
    pages: MailPages, owner: httpx2.AsyncClient, clock: StandingClock
) -> None:
    """After a cancel the page offers to undo it, and then it is held again; half an hour later it offers nothing."""
    first, second = await pages.node.held(A), await pages.node.held(B)
    page = await pages.post(owner, f"/mails/{first}/cancel")
    await pages.post(owner, f"/mails/{second}/cancel")
    assert "元に戻す" in words_of(page)

    await pages.post(owner, f"/mails/{first}/restore")
    assert [HELD] == await pages.node.states(first)

    clock.advance(31 * 60)
    owner = await pages.owner()
    late = await owner.get(f"/mails/{second}")
    assert "取り消しました" in words_of(late)
    assert f"/mails/{second}/restore" not in late.text
    assert LATE in words_of(await pages.post(owner, f"/mails/{second}/restore"))


async def test_mail_held_longer_or_stopped_waits(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """I can have more time, or stop the clock altogether."""
    queue_id = await pages.node.held(A)
    before = (await pages.node.recipient(queue_id)).shown_until
    await pages.post(owner, f"/mails/{queue_id}/extend", minutes="30")
    after = (await pages.node.recipient(queue_id)).shown_until
    page = await pages.post(owner, f"/mails/{queue_id}/stop")

    assert before is not None
    assert after == before + timedelta(minutes=30)
    assert (await pages.node.recipient(queue_id)).shown_until is None
    assert "決まるまで、送らずに待ちます" in words_of(page)


async def test_mail_sent_later_waits_for_its_time(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """A time I choose is when it is sent; a time that is over is told beside its field."""
    queue_id = await pages.node.held(A)
    wrong = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, when="later", at="2020-01-01T10:00")
    day = (pages.node.clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    right = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, when="later", at=day)

    assert wrong.status_code == 422
    assert "エラー" in words_of(wrong)
    assert right.status_code == 200
    assert [HELD] == await pages.node.states(queue_id)
    assert await pages.node.record(queue_id, AuditAction.SCHEDULED)


async def test_mail_with_outsiders_in_view_moves_them_to_bcc_with_one_click(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """Beside the reason stands its fix; one click makes the edit, which is looked at again."""
    queue_id = await pages.node.held(*FIRMS, wire=mail(*FIRMS))
    page = await owner.get(f"/mails/{queue_id}")
    assert "社外の方をBccに移す" in words_of(page)

    answer = await pages.post(owner, f"/mails/{queue_id}/fix", mending="to_bcc")

    assert answer.status_code == 200
    assert await pages.node.record(queue_id, AuditAction.CHANGED)
    assert "社外の方をBccに移す" not in words_of(await owner.get(f"/mails/{queue_id}"))


@pytest.mark.parametrize("deed", ["send", "cancel", "extend", "stop", "restore"])
async def test_mail_that_moved_on_says_so_and_nothing_is_done(
    pages: MailPages, owner: httpx2.AsyncClient, deed: str
) -> None:
    """Where a colleague or the clock was first, the page says it kindly and shows how things stand."""
    queue_id = await pages.node.held(A)
    judgement = str(await pages.judgement(queue_id))
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, ""))

    answer = await owner.post(f"/mails/{queue_id}/{deed}", data={"judgement": judgement})

    assert answer.status_code == 303
    assert LATE in words_of(await owner.get(answer.headers["location"]))
    assert [CLEARED] == await pages.node.states(queue_id)


async def test_mail_that_a_person_must_decide_is_not_sent_without_an_answer(
    web_office: WebOffice, make_node: MakeNode
) -> None:
    """A dangerous hold has no plain send: without the answer it stays, and the page asks again."""
    verdict = Verdict(Action.HOLD, ("rule",), "test", 3600, Needs.SENDER, AtEnd.DISCARD)
    pages = MailPages(web_office, make_node(NOWHERE, judge=lambda submission: (verdict,)))
    owner, queue_id = await pages.owner(), await pages.node.held(A)
    page = await owner.get(f"/mails/{queue_id}")

    refused = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id)
    right = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, organisation="customer")

    assert "is-danger" in page.text
    assert refused.status_code == 422
    assert right.status_code in (200, 422)
    assert "自動的に送信します" not in words_of(page)


async def test_timeline_tells_whom_a_step_is_about_apart_from_who_did_it(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """The address a step is about and the person who did it do not run into each other."""
    queue_id = await pages.node.held(A, B)

    page = await pages.post(owner, f"/mails/{queue_id}/cancel", of=queue_id, position="1")
    words = words_of(page).replace(" ", "")

    assert f"取り消しました対象:{B}操作した人:tanoue@" in words


async def test_mail_of_somebody_else_is_not_there(pages: MailPages) -> None:
    """Another person's mail answers as one that does not exist, whatever is asked of it."""
    queue_id = await pages.node.held(A)
    other = await pages.office.signed_in("ono@office.example.jp")
    gets = ["", "/content", "/page", "/files/1", "/mend"]
    posts = [
        "/send", "/cancel", "/restore", "/extend", "/stop", "/return", "/fix", "/approval", "/mistake", "/retry",
        "/give-up", "/take-back", "/content", "/files/1", "/passwords/show", "/passwords/release", "/passwords/stop",
        "/passwords/reroute",
    ]  # fmt: skip

    answers = [(await other.get(f"/mails/{queue_id}{path}")).status_code for path in gets]
    answers += [(await other.post(f"/mails/{queue_id}{path}", data={})).status_code for path in posts]
    unknown = await other.get("/mails/NOSUCHMAIL00000A")

    assert {404} == set(answers)
    assert unknown.status_code == 404
    assert [HELD] == await pages.node.states(queue_id)


async def test_mail_operated_by_somebody_without_the_right_is_refused(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """Operating the queue is not for who wrote the mail."""
    queue_id = await pages.node.held(A)

    answers = {(await owner.post(f"/mails/{queue_id}/{one}")).status_code for one in ("retry", "give-up", "take-back")}

    assert {403} == answers


async def test_delivery_is_operated_only_where_something_waits_for_a_try(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """The administrator is offered to try again or give up what is on its way, and not what is only held."""
    queue_id = await pages.node.held(A)
    await pages.node.store.write(administration.grant_role(OFFICE, OFFICER, Role.ADMINISTRATOR, "", SATO))
    administrator = await pages.office.signed_in(OFFICER, TWO)
    held = await administrator.get(f"/mails/{queue_id}")
    await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id)
    await pages.node.look()
    waits = await administrator.get(f"/mails/{queue_id}")

    assert [State.DEFERRED] == await pages.node.states(queue_id)
    assert (200, 200) == (held.status_code, waits.status_code)
    assert [(False, True)] * 3 == [
        (f"/mails/{queue_id}/{one}" in held.text, f"/mails/{queue_id}/{one}" in waits.text)
        for one in ("retry", "give-up", "take-back")
    ]


async def test_content_of_ones_own_mail_is_read_without_being_recorded(
    pages: MailPages, owner: httpx2.AsyncClient
) -> None:
    """I read my own mail, its header and its files; nothing of it runs, loads or is shown as ours."""
    queue_id = await pages.node.held(A, wire=HOSTILE)

    first = await owner.get(f"/mails/{queue_id}")
    text = await owner.get(f"/mails/{queue_id}/content?view=page")
    frame = await owner.get(f"/mails/{queue_id}/page")
    header = await owner.get(f"/mails/{queue_id}/content?view=header")
    file = await owner.get(f"/mails/{queue_id}/files/1")

    assert "<script>alert(1)" not in first.text + header.text
    assert "U+202E" in first.text
    assert text.headers["content-security-policy"] == WITH_MAIL_FRAME
    policy = frame.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert not any(one in frame.text for one in ("<script", "onclick", "<form", "<input"))
    assert "ご案内" in frame.text
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert not await pages.node.record(queue_id, AuditAction.CONTENT_READ)


async def test_content_of_mail_of_our_own_is_shown_to_nobody(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """A code that was mailed to me lets nobody in who looks for it on the pages, with whatever purpose."""
    spool, client = pages.node.spool, await officer(pages)
    wire = b"From: a@office.example.jp\r\nTo: b@office.example.jp\r\nSubject: code\r\n\r\n1234 5678\r\n"
    queue_id = await pages.node.store.write(lambda one: submit_own(spool, one, OFFICE, OFFICER, wire))
    answers = [
        await client.get(f"/mails/{queue_id}/content"),
        await client.post(f"/mails/{queue_id}/content", data={"purpose": "調査"}),
        await client.get(f"/mails/{queue_id}/page"),
        await client.get(f"/mails/{queue_id}/files/0"),
        await owner.get(f"/mails/{queue_id}/content"),
    ]

    assert [404] * 5 == [one.status_code for one in answers]
    assert "1234" not in (await client.get(f"/mails/{queue_id}")).text


async def test_content_of_others_mail_asks_for_a_purpose_that_goes_on_record(pages: MailPages) -> None:
    """An officer reads what somebody wrote only after saying why, and that is on record before it is shown."""
    queue_id = await pages.node.held(A, wire=mail(A))
    client = await officer(pages)
    asked = await client.get(f"/mails/{queue_id}/content")
    empty = await client.post(f"/mails/{queue_id}/content", data={"purpose": " "})
    assert not await pages.node.record(queue_id, AuditAction.CONTENT_READ)

    page = await pages.post(client, f"/mails/{queue_id}/content", purpose="誤送信の調査")

    assert "hello" not in asked.text
    assert empty.status_code == 422
    assert "hello" in page.text
    (event,) = await pages.node.record(queue_id, AuditAction.CONTENT_READ)
    assert (event.actor.name, event.details["purpose"]) == (OFFICER, "誤送信の調査")
    assert (await client.get(f"/mails/{queue_id}/page")).status_code == 404
    assert (await client.get(f"/mails/{queue_id}/files/1")).status_code == 404


async def test_content_of_others_mail_with_a_word_for_another_mail_is_not_shown(pages: MailPages) -> None:
    """What was said for one mail opens no other, and nothing once its time is over."""
    first, second = await pages.node.held(A, wire=mail(A)), await pages.node.held(B, wire=mail(B))
    client = await officer(pages)
    answer = await client.post(f"/mails/{first}/content", data={"purpose": "調査"})
    word = answer.headers["location"].partition("reading=")[2]

    other = await client.get(f"/mails/{second}/content?reading={word}")
    pages.office.clock.advance(16 * 60)
    again = await pages.office.signed_in(OFFICER, TWO)
    late = await again.get(f"/mails/{first}/content?reading={word}")

    assert "hello" not in other.text + late.text
    assert "時間が過ぎました" in words_of(late)


async def test_mail_as_a_draft_comes_back_and_is_cancelled(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """I get my mail back as a draft, and what was held is taken back with it."""
    queue_id = await pages.node.held(A)

    page = await pages.post(owner, f"/mails/{queue_id}/return", cancels="1")

    assert page.status_code == 200
    assert [CANCELLED] == await pages.node.states(queue_id)
    assert await pages.node.record(queue_id, AuditAction.RETURNED)


async def test_page_that_is_as_it_was_is_not_sent_again(pages: MailPages, owner: httpx2.AsyncClient) -> None:
    """An open page that asks whether something changed gets nothing where nothing did, and keeps what I ticked."""
    queue_id = await pages.node.held(A)
    page = await owner.get(f"/mails/{queue_id}")
    path = page.text.partition("<main")[2].partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")

    same = await owner.get(path, headers={"hx-request": "true"})
    await pages.post(owner, f"/mails/{queue_id}/cancel")
    changed = await owner.get(path, headers={"hx-request": "true"})

    assert same.status_code == 204
    assert changed.status_code == 200
    assert "<html" not in changed.text


async def test_mail_in_english_says_the_same(pages: MailPages) -> None:
    """The page is in English for who reads English."""
    queue_id = await pages.node.held(A)
    client = await pages.owner()

    page = await client.get(f"/mails/{queue_id}", headers={"accept-language": "en"})

    assert "Not sent yet" in words_of(page)


async def test_page_that_only_takes_forms_leads_to_the_page_around_it(pages: MailPages) -> None:
    """A tab I restore, or the language I switch, where a form came back with mistakes: the mail is there again."""
    owner = await pages.owner()
    asked = ("/mails/0ABC/send", "/mails/0ABC/passwords/show", "/sign-in/code/check", "/m/TOKEN/cancel")
    answers = [await owner.get(path) for path in asked]
    away = [(answer.status_code, answer.headers.get("location")) for answer in answers]
    program = await owner.get("/api/v1/mails/0ABC/send")

    assert ["/mails/0ABC", "/mails/0ABC", "/sign-in/code", "/m/TOKEN"] == [path for _, path in away]
    assert {303} == {status for status, _ in away}
    assert 405 == program.status_code
