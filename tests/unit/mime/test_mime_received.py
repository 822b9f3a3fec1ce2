"""The line put above each mail: one field, whatever a client calls itself, and no word about recipients."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.received import received_line, transmission_type
from mailguard.model.envelope import Envelope, ForwardPath, Session

NOW = datetime(2026, 11, 2, 9, 0, 7, 654321, tzinfo=UTC)
QUEUE_ID = "01K9ABCDEFGHJKMN"
HOST = "relay.example.jp"
ENVELOPE = Envelope("tanaka@example.jp", (ForwardPath("a@example.com"), ForwardPath("secret-bcc@example.com")))


def session(
    client_address: str = "192.0.2.7",
    client_name: str = "pc.example.jp",
    *,
    tls: str | None = "TLSv1.3",
    account: str | None = "tanaka@example.jp",
    esmtp: bool = True,
) -> Session:
    return Session(client_address, client_name, "submission", "tanaka@example.jp", NOW, account, None, tls, esmtp)


def line(given: Session, envelope: Envelope = ENVELOPE, hostname: str = HOST, queue_id: str = QUEUE_ID) -> bytes:
    return received_line(given, envelope, hostname, queue_id, NOW)


def test_line_says_from_where_to_whom_how_and_when() -> None:
    """Whoever reads a mail's header finds the hop as every server writes it."""
    assert (
        b"Received: from pc.example.jp ([192.0.2.7])\r\n"
        b"\tby relay.example.jp with ESMTPSA (TLSv1.3)\r\n"
        b"\tid 01K9ABCDEFGHJKMN; Mon, 02 Nov 2026 09:00:07 +0000\r\n"
    ) == line(session())


def test_line_of_our_own_mail_comes_from_nobody() -> None:
    """A bounce of ours has no client."""
    assert (b"Received: by relay.example.jp\r\n\tid 01K9ABCDEFGHJKMN; Mon, 02 Nov 2026 09:00:07 +0000\r\n") == line(
        session(client_address="")
    )


def test_line_is_the_same_each_time() -> None:
    """A second attempt sends the same octets, so that a double can be known as one; in whatever zone."""
    in_japan = NOW.astimezone(timezone(timedelta(hours=9)))

    assert line(session()) == received_line(session(), ENVELOPE, HOST, QUEUE_ID, in_japan)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("192.0.2.7", b"([192.0.2.7])"), ("2001:db8::1", b"([IPv6:2001:db8::1])"), ("::1", b"([IPv6:::1])")],
)
def test_address_is_written_as_a_literal(address: str, expected: bytes) -> None:
    """The client's address is there in the form of RFC 5321."""
    assert expected in line(session(address))


@pytest.mark.parametrize(
    ("esmtp", "tls", "account", "smtputf8", "expected"),
    [
        (False, None, None, False, "SMTP"),
        (True, None, None, False, "ESMTP"),
        (True, "TLSv1.3", None, False, "ESMTPS"),
        (True, None, "a@example.jp", False, "ESMTPA"),
        (True, "TLSv1.3", "a@example.jp", False, "ESMTPSA"),
        (True, None, None, True, "UTF8SMTP"),
        (True, "TLSv1.3", None, True, "UTF8SMTPS"),
        (True, None, "a@example.jp", True, "UTF8SMTPA"),
        (True, "TLSv1.3", "a@example.jp", True, "UTF8SMTPSA"),
    ],
)
def test_word_after_with_is_the_registered_one(
    esmtp: bool, tls: str | None, account: str | None, smtputf8: bool, expected: str
) -> None:
    """Other servers' statistics count us right (RFC 3848, RFC 6531)."""
    envelope = Envelope("a@example.jp", ENVELOPE.forward_paths, smtputf8=smtputf8)

    assert expected == transmission_type(session(tls=tls, account=account, esmtp=esmtp), envelope)


INJECTIONS = [
    "x\r\nBcc: y@example.com",
    "x\r\n\r\nbody",
    "x\nX-Evil: 1",
    "x\rX-Evil: 1",
    "x\u2028X-Evil: 1",
    "x\u0085X-Evil: 1",
    "x\x00y",
    "x) (comment",
    "x; Mon, 01 Jan 1990 00:00:00 +0000",
    'x"y\\',
    "日本語.jp",
    "\ud800",
    "",
    " ",
    "a" * 5000,
    "=?utf-8?q?x=0D=0Ay?=",
]
FIELD = re.compile(
    rb"Received: (from [A-Za-z0-9.:_\[\]-]+ \(\[[A-Za-z0-9.:_\[\]-]+\]\)\r\n\t)?by [A-Za-z0-9.:_\[\]-]+"
    rb"( with [A-Z0-9]+( \([A-Za-z0-9.:_\[\]-]+\))?)?\r\n\tid [A-Za-z0-9.:_\[\]-]+; [A-Za-z0-9 ,:+]+\r\n"
)


def is_one_safe_field(octets: bytes) -> bool:
    """Whether this is exactly one folded field, in ASCII, with lines of bounded length."""
    return FIELD.fullmatch(octets) is not None and max(len(one) for one in octets.split(b"\r\n")) < 600


@pytest.mark.parametrize("name", INJECTIONS, ids=lambda name: ascii(name)[:30])
@pytest.mark.parametrize("place", ["client_name", "client_address", "tls", "hostname", "queue_id"])
def test_odd_name_adds_no_line_and_no_field(place: str, name: str) -> None:
    """Whatever a client calls itself, it cannot write a header of its own into anybody's mail."""
    if place in ("hostname", "queue_id"):
        made = line(session(), hostname=name) if place == "hostname" else line(session(), queue_id=name)
    else:
        values = {"client_address": "192.0.2.7", "client_name": "pc", "tls": None} | {place: name}
        made = line(session(str(values["client_address"]), str(values["client_name"]), tls=values["tls"]))

    assert is_one_safe_field(made)


@given(st.text(max_size=300), st.text(min_size=1, max_size=300), st.text(max_size=300))
def test_any_name_adds_no_line_and_no_field(name: str, address: str, tls: str) -> None:
    """As above, for names nobody has thought of."""
    assert is_one_safe_field(line(session(address, name, tls=tls)))


@pytest.mark.parametrize("recipients", [1, 2, 100])
def test_line_names_no_recipient(recipients: int) -> None:
    """A Bcc recipient is not betrayed by the hop, also where he is the only one."""
    paths = tuple(
        ForwardPath(f"person{number}@example.com", orcpt=f"rfc822;person{number}@example.com")
        for number in range(recipients)
    )
    made = line(session(), Envelope("tanaka@example.jp", paths))

    assert b"person" not in made
    assert b"@" not in made
    assert b" for " not in made


def test_date_is_read_back() -> None:
    """The time of acceptance can be read from the line, in UTC."""
    date = line(session()).partition(b"; ")[2].decode().strip()

    assert NOW.replace(microsecond=0) == parsedate_to_datetime(date)
