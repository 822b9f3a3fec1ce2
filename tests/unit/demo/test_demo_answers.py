"""The desk answers a request to delete by mail, as the wrong recipient it plays."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx2
import pytest
from fastapi import FastAPI

from mailguard.demo.desk import Desk
from mailguard.demo.mailbox import letter_of
from mailguard.demo.page import create_page
from mailguard.demo.rendering import Guise, page
from mailguard.demo.samples import ANSWERS, NUMBERS, answer_to
from mailguard.demo.world import Arrival
from mailguard.i18n import text
from mailguard.incidents.answers import Answer
from mailguard.incidents.replying import reply_in
from mailguard.mime.head import Head, head_of

NOON = datetime(2026, 11, 27, 3, tzinfo=UTC)
ASKED_AT = ANSWERS.replace("@", "+abc@")
PAGES = "http://127.0.0.1:8080"


def arrival(reply_to: str) -> Arrival:
    """A letter with such an address for answers."""
    content = f"To: ando@customer.example\r\nReply-To: {reply_to}\r\nSubject: request\r\n\r\nPlease.\r\n".encode()
    return Arrival(
        NOON, "a@mihon.example.jp", ("ando@customer.example",), Head(head_of(content)), b"", b"digest", content, None,
        letter_of(content),
    )  # fmt: skip


def shown(reply_to: str) -> str:
    """The desk after it arrived."""
    return page(Desk(NOON, PAGES, (), (arrival(reply_to),)), "swaks", Guise())


def test_request_to_delete_can_be_answered_by_mail_on_the_desk() -> None:
    """I play the wrong recipient: one button for each answer, in the words of the letter; other mail has none."""
    desk = shown(f"=?utf-8?b?6KaL5pys?= <{ASKED_AT}>")

    assert len(NUMBERS) == desk.count('name="number"')
    assert b"digest".hex() in desk
    assert text("ja", "draft.option.deleted_unopened") in desk
    assert 'name="number"' not in shown("ando@mihon.example.jp")


@pytest.mark.parametrize(("number", "answer"), [("1", Answer.DELETED_UNOPENED), ("3", Answer.NOT_DELETED)])
def test_answer_of_the_desk_is_read_as_its_number(number: str, answer: Answer) -> None:
    """What the desk writes is what the office's relay takes for that answer."""
    reply = reply_in(answer_to("ando@customer.example", ASKED_AT, "お願い", number), is_automatic=False)

    assert answer is reply.answer


async def test_click_on_an_answer_sends_it_and_foreign_pages_send_nothing() -> None:
    """The button answers once for that letter; another site's form does not."""
    sent: list[tuple[str, str]] = []

    async def answer(letter: str, number: str) -> bool:
        sent.append((letter, number))
        return True

    async def nothing() -> None:
        """No samples."""

    app: FastAPI = create_page(lambda: Desk(NOON, PAGES, (), ()), nothing, answer, "swaks")
    transport = httpx2.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8025") as client:
        answers = [
            await client.post(
                "/answer", content="letter=ab&number=1",
                headers={"sec-fetch-site": site, "host": "127.0.0.1:8025"},
            )
            for site in ("cross-site", "same-origin")
        ]  # fmt: skip

    assert [403, 303] == [one.status_code for one in answers]
    assert [("ab", "1")] == sent
