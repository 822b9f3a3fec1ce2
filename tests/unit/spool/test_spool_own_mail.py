"""Mail that mailguard wrote itself is told apart from everybody else's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.queue import Submission
from mailguard.parcels.passwords import is_carrier
from mailguard.spool.reports import LISTENER, is_own

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def submission(client: str, sender: str) -> Submission:
    """A mail that came in by a listener called as our own way in."""
    session = Session(client, "relay.example.jp", LISTENER, "tanoue@office.example.jp", NOW)
    envelope = Envelope(sender, (ForwardPath("ando@customer.example.com"),))
    return Submission("01M6DQS9M02FD7KD", NOW, envelope, session, "01M6DQS9M02FD7KD", 100)


@pytest.mark.parametrize(
    ("client", "sender", "own", "carrier"),
    [
        ("", "tanoue@office.example.jp", True, True),
        ("", "", True, False),
        ("192.0.2.7", "tanoue@office.example.jp", False, False),
    ],
    ids=["a password", "a report", "a listener of that name"],
)
def test_mail_of_a_listener_called_own_is_nobodys_but_its_senders(
    client: str, sender: str, own: bool, carrier: bool
) -> None:
    """However an office names its listeners, its mail is tried again and reported on as any other."""
    one = submission(client, sender)

    assert (own, carrier) == (is_own(one), is_carrier(one))
