"""Naming whom a dangerous mail is for: by names the office knows, on pages and both databases."""

from __future__ import annotations

import base64

import pytest

from mailguard.correspondents import learn
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import State
from tests.conformance.hold_parts import SENDER, A, MakeNode
from tests.conformance.mail_pages import MailPages, make_pages, words_of
from tests.conformance.test_mending import PART, mail
from tests.conformance.web_office import WebOffice
from tests.fakes.next_hop import ScriptedNextHop

FIRM = "青空物産"
COLLEAGUE = "kimura@customer.example.com"
"""Of the firm of ``A``; the office has written to this one only."""
OTHER_FIRM = "inoue@another.example.org"
SLIP = "tanaka@aozoro.example.net"
RIGHT = "tanaka@aozora.example.jp"


@pytest.fixture
def pages(web_office: WebOffice, make_node: MakeNode, hop: ScriptedNextHop) -> MailPages:
    """An office with its pages and its workers."""
    return make_pages(web_office, make_node, hop.port)


async def written(pages: MailPages, address: str, times: int, greeting: str = f"{FIRM}|木村一郎") -> None:
    """Mails that reached somebody, each of which greeted them so."""
    for _ in range(times):
        lesson = Lesson(SENDER, {address: ""}, (SENDER, address), (), None, greeting)
        await pages.node.store.write(lambda transaction, one=lesson: learn(transaction, one))  # type: ignore[misc]


def greeted(to: str, shown: str = "") -> bytes:
    """A mail with a list of persons that greets the firm, in its text and, where ``shown``, beside the address."""
    name = f"=?utf-8?b?{base64.b64encode(shown.encode()).decode()}?=" if shown else ""
    octets = mail(f"{name} <{to}>" if shown else to, parts=PART)
    text = base64.b64encode(f"{FIRM}株式会社\r\n田中 様\r\n\r\nお世話になっております。\r\n".encode())
    head = b'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return octets.replace(b"Content-Type: text/plain\r\n\r\nhello\r\n..\r\n", head + text + b"\r\n", 1)


@pytest.mark.parametrize("answer", ["青空物産", "青空物産株式会社", "(株)青空物産", "㈱ 青空物産 御中"])
async def test_firm_is_named_as_we_have_greeted_it_sends(pages: MailPages, answer: str) -> None:
    """We have written to this firm before: its name is what I type, with or without its legal form."""
    await written(pages, COLLEAGUE, 3)
    queue_id = await pages.node.held(A, wire=greeted(A))
    owner = await pages.owner()
    sent = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, organisation=answer)

    assert 200 == sent.status_code, words_of(sent)
    assert State.HELD not in await pages.node.states(queue_id)


@pytest.mark.parametrize(
    ("times_to_slip", "shown"),
    [
        pytest.param(0, "", id="never written to"),
        pytest.param(1, "", id="went wrong once before"),
        pytest.param(0, f"{FIRM} 田中", id="with the firm's name beside the wrong address"),
    ],
)
async def test_right_firm_named_for_wrong_address_does_not_send(
    pages: MailPages, times_to_slip: int, shown: str
) -> None:
    """My text greets the right firm, and the address is another one's: saying the firm I mean must not send it."""
    await written(pages, RIGHT, 4)
    await written(pages, SLIP, times_to_slip)
    queue_id = await pages.node.held(SLIP, wire=greeted(SLIP, shown))
    owner = await pages.owner()
    fields = {"organisation": FIRM, "choice-0": RIGHT}
    sent = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, **fields)

    assert 422 == sent.status_code
    assert [State.HELD] == await pages.node.states(queue_id)


async def test_firm_greeted_in_the_text_alone_does_not_send(pages: MailPages) -> None:
    """What I wrote above my own text says nothing about whom the address belongs to."""
    queue_id = await pages.node.held(A, wire=greeted(A))
    owner = await pages.owner()
    sent = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, organisation=FIRM)

    assert 422 == sent.status_code
    assert "@ より右側" in words_of(sent)


async def test_nothing_typed_is_asked_for_and_not_called_wrong(pages: MailPages) -> None:
    """I pressed the button with the field empty: I am told to type, not that nobody was found."""
    queue_id = await pages.node.held(A, wire=greeted(A))
    owner = await pages.owner()
    sent = await pages.post(owner, f"/mails/{queue_id}/send", of=queue_id, organisation=" ")

    assert 422 == sent.status_code
    assert "まだ入力されていません" in words_of(sent)
    assert "確かめられません" not in words_of(sent)


async def test_several_fields_say_which_is_empty_which_wrong_and_which_named_twice(pages: MailPages) -> None:
    """Two firms are asked for: each mistake says its field, so that I correct that one alone."""
    queue_id = await pages.node.held(A, OTHER_FIRM, wire=mail(A, OTHER_FIRM, parts=PART))
    owner, path = await pages.owner(), f"/mails/{queue_id}/send"
    wrong = await pages.post(owner, path, of=queue_id, organisation=["", "nobody.example.org"])
    twice = await pages.post(owner, path, of=queue_id, organisation=["customer", "customer"])

    assert "1つめ: まだ入力されていません" in words_of(wrong)
    assert "2つめ: 宛先に見つかりません" in words_of(wrong)
    assert "2つめ: 同じ相手が、もう入力されています" in words_of(twice)
    assert "1つめ:" not in words_of(twice)
