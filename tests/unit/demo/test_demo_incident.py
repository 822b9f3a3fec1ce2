"""An accident at the demonstration: letters on the desk have the link that answers them, and it knows whom to call."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from mailguard.cli.first_certificate import write_self_signed
from mailguard.demo.desk import Desk
from mailguard.demo.mailbox import letter_of
from mailguard.demo.office import Circumstances, furnish
from mailguard.demo.people import MANAGER, OFFICER
from mailguard.demo.rendering import Guise, page
from mailguard.demo.world import Arrival
from mailguard.judging.opening import open_rules
from mailguard.mime.head import Head, head_of
from mailguard.model.people import Role

NOON = datetime(2026, 11, 27, 3, tzinfo=UTC)
LINK = "http://127.0.0.1:8080/answer/abc"


def test_letter_to_somebody_outside_shows_the_link_that_answers_it() -> None:
    """I play the wrong recipient: the link of the request to delete is on the desk, and only links to pages are."""
    content = (
        f"To: ando@customer.example\r\nSubject: request\r\n\r\nPlease delete it.\r\n{LINK}\r\njavascript:alert(1)\r\n"
    ).encode()
    arrival = Arrival(
        NOON, "a@mihon.example.jp", ("ando@customer.example",), Head(head_of(content)), b"", b"", content, None,
        letter_of(content),
    )  # fmt: skip
    shown = page(Desk(NOON, "http://127.0.0.1:8080", (), (arrival,)), "swaks", Guise())

    assert f'<a href="{LINK}" target="_blank">' in shown
    assert "javascript:" not in shown


def test_office_of_the_demonstration_knows_whom_to_call(tmp_path: Path) -> None:
    """The telephone list has its officers, with the department of each."""
    settings = furnish(
        tmp_path,
        Circumstances(world_port=1, web_port=2, hold_minutes=5, retry_minutes=[1], notice_seconds=1),
        write_self_signed,
    )
    rules = open_rules(settings.office, settings.policy, settings.hold, date(2026, 11, 27)).rules
    called = rules.plan.contacts.roles

    assert [OFFICER.address] == [one.address for one in called[Role.SECURITY_OFFICER]]
    assert [(MANAGER.address, MANAGER.department)] == [
        (one.address, one.department) for one in called[Role.DEPARTMENT_OFFICER]
    ]
    assert all(one.telephone for people in called.values() for one in people)
