"""MAIL and RCPT as each server can be told them."""

from __future__ import annotations

import pytest

from mailguard.delivery.commands import NEEDS_SMTPUTF8, NOT_SENDABLE, TOO_LARGE, Commands, commands
from mailguard.delivery.connection import Offer
from mailguard.delivery.transaction import MailTransaction
from mailguard.model.envelope import Body, ForwardPath, Notify, Ret
from tests.unit.delivery.mails import CONTENT, PREFIX, SENDER, A, B, make_mail

ALL = Offer(pipelining=True, eight_bit_mime=True, smtputf8=True, dsn=True, size=True)
NOTHING = Offer()
SIZE = len(CONTENT) + len(PREFIX)


def lines(mail: MailTransaction, offer: Offer, *, utf8_headers: bool = False) -> Commands:
    return commands(mail, range(len(mail.recipients)), offer, utf8_headers=utf8_headers)


def test_commands_everything_asked_for_and_offered_is_passed_on() -> None:
    """What the client asked for reaches the next hop, in the client's own xtext."""
    path = ForwardPath(A, frozenset({Notify.DELAY, Notify.SUCCESS, Notify.FAILURE}), "rfc822;a+2Bb@example.com")
    mail = make_mail(path, ret=Ret.HDRS, envid="QQ+2B1", body=Body.EIGHT_BIT_MIME, smtputf8=True)

    found = lines(mail, ALL)

    assert f"MAIL FROM:<{SENDER}> SIZE={SIZE} BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B1\r\n".encode() == found.mail
    assert {0: f"RCPT TO:<{A}> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.com\r\n".encode()} == found.rcpt


def test_commands_nothing_offered_says_nothing_extra() -> None:
    """An old server is told only what it understands."""
    path = ForwardPath(A, frozenset({Notify.NEVER}), "rfc822;a@example.com")
    mail = make_mail(path, ret=Ret.FULL, envid="x", body=Body.EIGHT_BIT_MIME, eight_bit=True)

    found = lines(mail, NOTHING)

    assert f"MAIL FROM:<{SENDER}>\r\n".encode() == found.mail
    assert {0: f"RCPT TO:<{A}>\r\n".encode()} == found.rcpt


def test_commands_null_reverse_path_stays_null() -> None:
    """A report goes out without a way back."""
    assert b"MAIL FROM:<>\r\n" == lines(make_mail(A, reverse_path=""), NOTHING).mail


def test_commands_eight_bit_content_is_announced_where_offered() -> None:
    """Eight-bit mail is called eight-bit, even where the client forgot to."""
    assert b"BODY=8BITMIME" in lines(make_mail(A, eight_bit=True), ALL).mail
    assert b"BODY" not in lines(make_mail(A), ALL).mail


def test_commands_mail_larger_than_the_server_takes_is_refused_for_good() -> None:
    """The sender learns at once that the mail is too large, not after five days."""
    mail = make_mail(A, B)

    assert {0: TOO_LARGE, 1: TOO_LARGE} == lines(mail, Offer(size=True, size_max=SIZE - 1)).refused
    assert {} == lines(mail, Offer(size=True, size_max=SIZE)).refused


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("tanaka@日本.example", b"RCPT TO:<tanaka@xn--wgv71a.example>\r\n"),
        ("田中@customer.example.com", NEEDS_SMTPUTF8),
        ("田中@日本.example", NEEDS_SMTPUTF8),
    ],
)
def test_commands_without_smtputf8_only_a_domain_can_be_written_otherwise(address: str, wanted: object) -> None:
    """An address in Japanese goes out as it is or not at all; nobody invents another mailbox."""
    found = lines(make_mail(A, address, smtputf8=True), NOTHING)

    assert wanted in (found.rcpt.get(1), found.refused.get(1))
    assert f"RCPT TO:<{A}>\r\n".encode() == found.rcpt[0]
    assert b"SMTPUTF8" not in found.mail


def test_commands_with_smtputf8_addresses_go_as_they_are() -> None:
    """A server that can read them gets the letters themselves."""
    found = lines(make_mail("田中@日本.example", smtputf8=True), ALL)

    assert "RCPT TO:<田中@日本.example>\r\n".encode() == found.rcpt[0]
    assert b" SMTPUTF8" in found.mail


def test_commands_sender_or_headers_beyond_ascii_refuse_all_recipients() -> None:
    """Where the mail itself cannot be said, every recipient is told so."""
    sender = make_mail(A, B, reverse_path="佐藤@office.example.jp", smtputf8=True)
    headers = make_mail(A, B, smtputf8=True, eight_bit=True)

    assert {0: NEEDS_SMTPUTF8, 1: NEEDS_SMTPUTF8} == lines(sender, NOTHING).refused
    assert {0: NEEDS_SMTPUTF8, 1: NEEDS_SMTPUTF8} == lines(headers, NOTHING, utf8_headers=True).refused
    assert {} == lines(headers, NOTHING).refused


@pytest.mark.parametrize(
    "address",
    [
        "a@example.com>\r\nRCPT TO:<b@example.com",
        "a@example.com\nDATA",
        "a\0@example.com",
        "a@example.com> SIZE=0 <b",
        "a b@example.com",
        "a@exam\u2028ple.com",
        "<a@example.com>",
    ],
)
def test_commands_address_that_could_say_more_is_never_said(address: str) -> None:
    """No address becomes a second command or parameter (S8)."""
    found = lines(make_mail(A, address), ALL)

    assert {1: NOT_SENDABLE} == found.refused
    assert [0] == list(found.rcpt)


@pytest.mark.parametrize(
    "address", ["a..b@docomo.ne.jp", '"a b"@example.com', '"a>b"@example.com', "postmaster", "x@[192.0.2.1]"]
)
def test_commands_unusual_addresses_go_as_they_came(address: str) -> None:
    """Old carrier addresses and quoted ones are delivered unchanged."""
    assert f"RCPT TO:<{address}>\r\n".encode() == lines(make_mail(address), ALL).rcpt[0]


def test_commands_utf8_orcpt_without_smtputf8_is_written_in_ascii() -> None:
    """RFC 6533 §3."""
    found = lines(make_mail(ForwardPath(A, orcpt="utf-8;田@example.com")), Offer(dsn=True))

    assert b"ORCPT=utf-8;\\x{7530}@example.com" in found.rcpt[0]


@pytest.mark.parametrize(
    ("keywords", "wanted"),
    [
        ({}, Offer()),
        ({"size": ""}, Offer(size=True)),
        ({"size": "0"}, Offer(size=True)),
        ({"size": "1000"}, Offer(size=True, size_max=1000)),
        ({"size": "many"}, Offer(size=True)),
        ({"size": "9" * 5000}, Offer(size=True)),
        ({"pipelining": "", "dsn": "", "8bitmime": "", "smtputf8": ""}, Offer(True, True, True, True)),
    ],
)
def test_offer_of_keywords(keywords: dict[str, str], wanted: Offer) -> None:
    """What a server offers is read without believing nonsense."""
    assert wanted == Offer.of(keywords)
