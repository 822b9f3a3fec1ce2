"""What a page offers beside a reason and what it says after mending, on pages and both databases."""

from __future__ import annotations

import re

import pytest

from mailguard import hold
from mailguard.model.queue import State
from tests.conformance.hold_parts import SATO, SENDER, A, B, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.test_mending import FIRMS, PART, mail
from tests.conformance.test_web_mail import officer
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop, Stage, say


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, hop.port)


def saying(text: bytes, subject: bytes = b"x") -> bytes:
    """A mail with this text."""
    octets = mail(A).replace(b"Subject: x", b"Subject: " + subject)
    head = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    return octets.replace(b"Content-Type: text/plain\r\n\r\nhello\r\n..\r\n", head + text + b"\r\n", 1)


async def test_mended_mail_says_what_was_done_and_how_it_will_be_sent(pages: MailPages) -> None:
    """I pressed a button beside a reason: I read what it did, that nothing was sent, and what happens when."""
    queue_id = await pages.node.held(*FIRMS, wire=mail(*FIRMS))
    owner, path = await pages.owner(), f"/mails/{queue_id}"
    shown = await owner.get(path)
    changed = await pages.post(owner, f"{path}/fix", mending="individually")
    after = await owner.get(path)

    assert "まだ送信はしません" in words_of(shown)
    assert 'value="individually"' in shown.text
    assert 'value="individually"' not in after.text
    for page in (changed, after):
        assert "一人ずつ別のメールにしました" in words_of(page)
        assert "送信するときに、一人ずつ別のメールにします" in words_of(page)
        assert "までに決まらなければ" in words_of(page) or "自動的に送信します" in words_of(page)
    assert {State.HELD} == set(await pages.node.states(queue_id))


async def test_people_moved_to_bcc_keep_their_names_on_the_page(pages: MailPages) -> None:
    """I hide the outsiders from each other: whom they are I still read by name, though no mail shows it any more."""
    wire = mail(*FIRMS).replace(FIRMS[0].encode(), f'"Sato Kaori" <{FIRMS[0]}>'.encode(), 1)
    queue_id = await pages.node.held(*FIRMS, wire=wire)
    owner, path = await pages.owner(), f"/mails/{queue_id}"
    before = await owner.get(path)
    await pages.post(owner, f"{path}/fix", mending="to_bcc")
    after = await owner.get(path)

    assert "Sato Kaori" in words_of(before)
    assert "Bcc(ほかの方には見えません)" in words_of(after)
    assert "Sato Kaori" in words_of(after)
    assert "Sato Kaori" in words_of(await owner.get("/mails?q=kaori"))


async def test_planned_protection_is_told_and_not_offered_again(pages: MailPages) -> None:
    """What will be encrypted anyway has no button for it; the page says that it will be, and how the password goes."""
    queue_id = await pages.node.held(A, wire=mail(A, parts=PART))
    shown = await (await pages.owner()).get(f"/mails/{queue_id}")

    assert "パスワード付きのファイルにします" in words_of(shown)
    assert "パスワードは、送信のあとで差出人にお知らせします" in words_of(shown)
    assert 'value="protect"' not in shown.text


async def test_sending_in_clear_is_offered_and_chosen_for_nobody(pages: MailPages) -> None:
    """An officer who may send it in clear must want it: what they only release leaves protected, as the page says."""
    queue_id = await pages.node.held(A, wire=mail(A, parts=PART))
    client = await officer(pages)
    shown = await client.get(f"/mails/{queue_id}")
    asked_again = await client.post(f"/mails/{queue_id}/send", data={"judgement": "1", "clear": "1"})
    tick = r'<input type="checkbox" name="clear"[^>]*>'

    (untouched,) = re.findall(tick, shown.text)
    assert "checked" not in untouched
    assert re.search(r"<details>\s*<summary>送り方を変える", shown.text)
    (wanted,) = re.findall(tick, asked_again.text)
    assert "checked" in wanted


async def test_mail_without_anybodys_data_shows_no_law(pages: MailPages) -> None:
    """Where nothing personal was found, what a mistake would mean by law says nothing to me."""
    queue_id = await pages.node.held(A, wire=saying("資料を添付いたします。".encode()))
    shown = await (await pages.owner()).get(f"/mails/{queue_id}")

    assert "どの会社や団体に送るものですか" in words_of(shown)
    assert "法律上の報告" not in words_of(shown)


async def test_mail_that_is_tried_again_says_when(pages: MailPages, hop: ScriptedNextHop) -> None:
    """The other side could not take it now: I read that it goes again by itself, and when."""
    hop.on(Stage.RCPT, say("451 4.7.1 Greylisted"))
    queue_id = await pages.node.held(A)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, ""))
    await pages.node.look()
    shown = await (await pages.owner()).get(f"/mails/{queue_id}")

    assert [State.DEFERRED] == await pages.node.states(queue_id)
    assert "まだ届けられていない宛先があります。自動で送り直します" in words_of(shown)
    assert "次に送り直す時刻: 2026年11月2日(月)" in words_of(shown)


async def test_mail_that_failed_comes_back_as_a_draft(pages: MailPages, hop: ScriptedNextHop) -> None:
    """The address does not exist: beside the words stands the way to correct it and send it again."""
    hop.on(Stage.RCPT, say("550 5.1.1 User unknown"))
    queue_id = await pages.node.held(A)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, ""))
    await pages.node.look()
    owner = await pages.owner()
    shown = await owner.get(f"/mails/{queue_id}")
    returned = await pages.post(owner, f"/mails/{queue_id}/return")

    assert [State.BOUNCED] == await pages.node.states(queue_id)
    assert "元のメールを下書きとして受け取れます" in words_of(shown)
    assert "下書きとして、差出人のメールボックスに送りました" in words_of(returned)


async def test_mail_that_went_to_some_says_so_beside_not_sent_yet(pages: MailPages) -> None:
    """A colleague has it and the outsiders have not: I read both before I decide, and the first only where it is so."""
    queue_id = await pages.node.held(A, B)
    owner, path = await pages.owner(), f"/mails/{queue_id}"
    before = await owner.get(path)
    await pages.node.store.write(hold.release(pages.node.spool, queue_id, SATO, "", positions=[0]))
    await pages.node.look()
    after = await owner.get(path)

    assert [State.DELIVERED, State.HELD] == await pages.node.states(queue_id)
    assert "まだ送られていません" in words_of(after)
    assert "1名には、もう送られています" in words_of(after)
    assert "もう送られています" not in words_of(before)


async def test_forgotten_file_is_added_to_a_draft(pages: MailPages) -> None:
    """Beside "you forgot the file" stands the way to add it; the mail comes back to me, and is not sent."""
    queue_id = await pages.node.held(A, wire=saying("資料を添付いたします。ご確認ください。".encode()))
    owner, path = await pages.owner(), f"/mails/{queue_id}"
    shown = await owner.get(path)
    returned = await pages.post(owner, f"{path}/return", cancels="1")

    assert "下書きとして自分に返して、添付を足す" in words_of(shown)
    assert "添付が要らないときは" in words_of(shown)
    assert 200 == returned.status_code
    assert [State.CANCELLED] == await pages.node.states(queue_id)


async def test_mail_without_subject_leads_to_the_field(pages: MailPages) -> None:
    """Beside "no subject" stands the way to write one."""
    queue_id = await pages.node.held(A, wire=saying(b"hello", subject=b""))
    owner = await pages.owner()
    shown = await owner.get(f"/mails/{queue_id}")
    page = await owner.get(f"/mails/{queue_id}/mend")

    assert f'href="/mails/{queue_id}/mend#subject"' in shown.text
    assert 'id="subject"' in page.text


async def test_link_of_a_notice_offers_no_way_that_needs_a_sign_in(pages: MailPages) -> None:
    """Whoever holds the link alone finds no button that would answer with a refusal."""
    queue_id = await pages.node.held(A, wire=saying("資料を添付いたします。".encode()))
    links = pages.office.parts.sign_in.links
    token = await pages.node.store.write(lambda transaction: links.make(transaction, queue_id, SENDER))
    shown = await pages.office.client().get(f"/m/{token}")

    assert 200 == shown.status_code
    assert "下書き" not in words_of(shown)
