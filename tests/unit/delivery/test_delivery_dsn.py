"""Reports to senders: right for programs, plain for people, and silent about everybody else."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.delivery.diagnosis import Diagnosis, diagnose
from mailguard.delivery.dsn import NAMED_MAX, Reported, ReportedMail, Reporter, ReportKind, build_report, wants_report
from mailguard.delivery.wire import check
from mailguard.i18n.times import JAPAN
from mailguard.model.delivery import Reply
from mailguard.model.envelope import ForwardPath, Notify

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SENDER = "sato@office.example.jp"
TO = "ando@customer.example.com"
SECRET = "hidden@bank.example.com"
REPORTER = Reporter("relay.example.jp", "例の互助会", "postmaster@office.example.jp", "ja", JAPAN)
OWN = frozenset({"office.example.jp"})
HEAD = (
    b"Received: from secret-host.example.jp\r\n"
    b"From: =?utf-8?b?5L2Q6Jek?= <sato@office.example.jp>\r\n"
    b"To: ando@customer.example.com,\r\n\tbaba@customer.example.com\r\n"
    b"Bcc: hidden@bank.example.com\r\n"
    b"bCC : hidden@bank.example.com\r\n"
    b"Resent-Bcc: hidden@bank.example.com\r\n"
    b"X-Envelope-To: hidden@bank.example.com\r\n"
    b"Subject: =?iso-2022-jp?B?GyRCQEE1YT1xGyhC?=\r\n"
    b"Message-ID: <1@office.example.jp>\r\n"
    b"\r\nThe body is nobody's business.\r\n"
)
UNKNOWN_USER = Reply(550, "5.1.1", "<ando@customer.example.com>: User unknown")


def mail(**values: Any) -> ReportedMail:
    usual: dict[str, Any] = {
        "queue_id": "01JDC0FFEE012345",
        "accepted_at": NOW - timedelta(hours=5),
        "reverse_path": SENDER,
        "envid": None,
        "head": HEAD,
    }
    return ReportedMail(**(usual | values))


def reported(address: str = TO, reply: Reply = UNKNOWN_USER, **values: Any) -> Reported:
    path_values = {name: values.pop(name) for name in ("notify", "orcpt") if name in values}
    return Reported(ForwardPath(address, **path_values), reply, "mx.example.net:25", **values)


def build(kind: ReportKind, *entries: Reported, about: ReportedMail | None = None, **values: Any) -> bytes:
    made = build_report(
        kind, about or mail(), entries, values.pop("reporter", REPORTER), now=NOW, message_id="dsn.1", **values
    )
    assert made is not None
    check(made)
    return made


def parse(octets: bytes) -> EmailMessage:
    unstuffed = (b"\r\n" + octets).replace(b"\r\n.", b"\r\n")[2:]
    found = email.message_from_bytes(unstuffed, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def words_of(octets: bytes) -> str:
    part = parse(octets).get_payload(0)
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def blocks_of(octets: bytes) -> list[Message]:
    status = parse(octets).get_payload(1)
    assert isinstance(status, Message)
    blocks = status.get_payload()
    assert isinstance(blocks, list)
    return [block for block in blocks if isinstance(block, Message)]


def headers_of(octets: bytes) -> str:
    part = parse(octets).get_payload(2)
    assert isinstance(part, Message)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_report_that_leaves_the_office_shows_no_subject() -> None:
    """A system sends with an address that somebody outside reads: a subject may name a person, and stays with us."""
    inside, outside = (
        build(ReportKind.FAILED, reported(), about=mail(reverse_path=sender), reporter=replace(REPORTER, own=OWN))
        for sender in ("sato@mail.office.example.jp", "bounces@mailer.example.net")
    )

    assert "請求書" in words_of(inside)
    assert "請求書" not in words_of(outside)
    assert "Subject:" in headers_of(inside)
    assert "Subject:" not in headers_of(outside)
    assert "Message-ID: <1@office.example.jp>" in headers_of(outside)


def test_failed_report_is_a_report_any_mail_program_understands() -> None:
    """RFC 3462 and RFC 3464: three parts of the right types, headers in place, nothing malformed."""
    found = parse(build(ReportKind.FAILED, reported()))

    parts = found.get_payload()
    assert ["text/plain", "message/delivery-status", "text/rfc822-headers"] == [
        part.get_content_type() for part in parts if isinstance(part, Message)
    ]
    assert "multipart/report" == found.get_content_type()
    assert "delivery-status" == found.get_param("report-type")
    assert "auto-replied" == found["Auto-Submitted"]
    assert "MAILER-DAEMON@relay.example.jp" == found["From"].addresses[0].addr_spec
    assert SENDER == found["To"].addresses[0].addr_spec
    assert "<dsn.1@relay.example.jp>" == found["Message-ID"]
    assert "<1@office.example.jp>" == found["References"]
    assert "1.0" == found["MIME-Version"]
    assert [] == [part.defects for part in found.walk() if part.defects]


def test_failed_report_status_part_says_what_the_server_said() -> None:
    """Programs read the same as people."""
    about_mail, about_recipient = blocks_of(
        build(ReportKind.FAILED, reported(orcpt="rfc822;Ando+2BShop@customer.example.com"), about=mail(envid="QQ+2B1"))
    )

    assert "dns; relay.example.jp" == about_mail["Reporting-MTA"]
    assert "QQ+1" == about_mail["Original-Envelope-Id"]
    assert "Tue, 24 Nov 2026 04:30:00 +0000" == about_mail["Arrival-Date"]
    assert {
        "Original-Recipient": "rfc822;Ando+Shop@customer.example.com",
        "Final-Recipient": f"rfc822; {TO}",
        "Action": "failed",
        "Status": "5.1.1",
        "Remote-MTA": "dns; mx.example.net",
        "Diagnostic-Code": f"smtp; 550 5.1.1 <{TO}>: User unknown",
        "Last-Attempt-Date": "Tue, 24 Nov 2026 09:30:00 +0000",
    } == dict(about_recipient.items())


def test_report_words_are_plain_and_in_both_languages_the_offices_first() -> None:
    """A clerk understands what happened and what to do."""
    words = words_of(build(ReportKind.FAILED, reported()))

    for expected in (
        "お届けできませんでした",
        "件名: 請求書",
        "受付番号: 01JDC0FFEE012345",
        f"宛先: {TO}",
        "この宛先は、相手のサーバーにありませんでした。",
        "宛先の書きまちがいがないか確かめて",
        f"相手側の返事: 550 5.1.1 <{TO}>: User unknown",
        "postmaster@office.example.jp",
        "例の互助会",
        "The other side does not know this address.",
    ):
        assert expected in words
    assert words.index("お届けできません") < words.index("could not be delivered")

    english = words_of(build(ReportKind.FAILED, reported(), reporter=Reporter("relay.example.jp", "", "", "en", JAPAN)))
    assert english.index("could not be delivered") < english.index("お届けできません")


def test_report_subject_is_japanese_and_well_encoded() -> None:
    """The list of mails shows what it is about."""
    octets = build(ReportKind.FAILED, reported())

    assert "メールをお届けできませんでした / Your mail could not be delivered" == parse(octets)["Subject"]
    head = octets.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ \r\n]+\?=", head))


@pytest.mark.parametrize("kind", ReportKind)
def test_report_never_names_others_nor_carries_the_body(kind: ReportKind) -> None:
    """Bcc stays Bcc (invariant 5), and a bounce carries headers at most (invariant 3)."""
    entry = reported(notify=frozenset({Notify.SUCCESS, Notify.FAILURE, Notify.DELAY}))
    octets = build(kind, entry, about=mail(head=HEAD))
    readable = words_of(octets) + headers_of(octets) + "".join(str(block) for block in blocks_of(octets))

    for hidden in (SECRET, "nobody's business", "secret-host", "Bcc", "bCC"):
        assert hidden not in readable
        assert hidden.encode() not in octets
    assert "Message-ID: <1@office.example.jp>" in headers_of(octets)
    assert "baba@customer.example.com" in headers_of(octets)


@pytest.mark.parametrize(
    ("notify", "kinds"),
    [
        (set(), {ReportKind.FAILED, ReportKind.DELAYED}),
        ({Notify.NEVER}, set()),
        ({Notify.FAILURE}, {ReportKind.FAILED}),
        ({Notify.DELAY}, {ReportKind.DELAYED}),
        ({Notify.SUCCESS}, {ReportKind.RELAYED}),
        ({Notify.SUCCESS, Notify.FAILURE}, {ReportKind.FAILED, ReportKind.RELAYED}),
    ],
)
def test_wants_report_follows_what_the_sender_asked(notify: set[Notify], kinds: set[ReportKind]) -> None:
    """Nobody gets a report they asked not to have, nobody waits for one in vain."""
    path = ForwardPath(TO, frozenset(notify))

    assert kinds == {kind for kind in ReportKind if wants_report(path, kind)}


def test_build_report_nobody_to_tell_is_none() -> None:
    """Reports about reports never start (RFC 5321 §4.5.5)."""
    silent = reported(notify=frozenset({Notify.NEVER}))

    for about, entries in ((mail(reverse_path=""), [reported()]), (mail(), [silent]), (mail(), [])):
        assert None is build_report(ReportKind.FAILED, about, entries, REPORTER, now=NOW, message_id="dsn.1")


def test_build_report_leaves_out_recipients_who_asked_for_silence() -> None:
    """One recipient's wish is kept although another's is a report."""
    other = reported("baba@customer.example.com", Reply(550, "5.1.1", "User unknown"))
    octets = build(ReportKind.FAILED, reported(notify=frozenset({Notify.NEVER})), other)

    assert TO not in words_of(octets)
    assert 2 == len(blocks_of(octets))


def test_expired_report_names_expiry_with_the_last_words() -> None:
    """After five days of "try later" the sender learns both."""
    octets = build(ReportKind.FAILED, reported(reply=Reply(451, "4.7.1", "Try again later"), expired=True))

    assert "期限までに受け取ってもらえませんでした" in words_of(octets)
    assert "451 4.7.1 Try again later" in words_of(octets)
    assert "5.4.7" == blocks_of(octets)[1]["Status"]


def test_delayed_report_says_until_when_it_is_tried() -> None:
    """The sender need not do anything, and knows how long."""
    until = NOW + timedelta(days=4)
    octets = build(ReportKind.DELAYED, reported(reply=Reply(0, "4.4.1", "no connection: refused")), retry_until=until)
    block = blocks_of(octets)[1]

    assert "送り直します。それでもお届けできなければ" in words_of(octets)
    assert "くわしい状況: 4.4.1 no connection: refused" in words_of(octets)
    assert ("delayed", "4.4.1") == (block["Action"], block["Status"])
    assert "Sat, 28 Nov 2026 09:30:00 +0000" == block["Will-Retry-Until"]
    assert None is block["Diagnostic-Code"]


def test_relayed_report_says_that_no_more_will_come() -> None:
    """RFC 3461 §5.2.2: the next server cannot confirm, so we say so."""
    octets = build(ReportKind.RELAYED, reported(reply=Reply(250, "2.0.0", "Ok"), notify=frozenset({Notify.SUCCESS})))
    block = blocks_of(octets)[1]

    assert ("relayed", "2.1.9") == (block["Action"], block["Status"])
    assert "この先のお知らせはありません" in words_of(octets)


def test_report_about_thousands_explains_some_and_lists_all() -> None:
    """A newsletter's failure is readable for people and complete for programs."""
    octets = build(ReportKind.FAILED, *[reported(f"r{number}@customer.example.com") for number in range(300)])

    assert NAMED_MAX == words_of(octets).count("宛先: r")
    assert f"このほかに {300 - NAMED_MAX} 件" in words_of(octets)
    assert 301 == len(blocks_of(octets))


def test_report_long_address_stays_one_address() -> None:
    """No program finds an encoded word where an address should be."""
    address = "x" * 64 + "@" + ".".join(["y" * 60] * 4) + ".example"

    assert f"rfc822; {address}" == blocks_of(build(ReportKind.FAILED, reported(address)))[1]["Final-Recipient"]


def test_report_japanese_address_of_recipient_and_sender() -> None:
    """RFC 6533 for the recipient; a sender whose address is Japanese gets the report too."""
    octets = build(ReportKind.FAILED, reported("田中@customer.example.com"))
    assert "utf-8; \\x{7530}\\x{4E2D}@customer.example.com" == blocks_of(octets)[1]["Final-Recipient"]
    assert "田中@customer.example.com" in words_of(octets)

    to_japanese = build(ReportKind.FAILED, reported(), about=mail(reverse_path="佐藤@office.example.jp"))
    assert "To: <佐藤@office.example.jp>\r\n".encode() in to_japanese


def test_report_sender_address_of_an_old_carrier_is_not_mended() -> None:
    """The report goes where the mail came from."""
    assert b"To: <a..b@docomo.ne.jp>\r\n" in build(
        ReportKind.FAILED, reported(), about=mail(reverse_path="a..b@docomo.ne.jp")
    )


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\r\nbody only\r\n",
        b"Subject: " + "生の件名".encode() + b"\r\n\r\n",
        b"Subject: \x1b$B@A5a=q\x1b(B\r\nTo: " + b"a@example.com, " * 80 + b"\r\n\r\n",
        b"Subject: " + b"x" * 60_000 + b"\r\n\r\n",
        b"no colon\r\n continued\r\n.dot\r\n\r\n",
        b"Message-ID: <evil>\r\n\t<two>\r\nSubject: a\x85\xe2\x80\xaeb\x00\r\n\r\n",
        b"From: unfinished",
    ],
)
def test_report_any_header_gives_a_well_formed_report(head: bytes) -> None:
    """Odd mail gets a report like any other."""
    octets = build(ReportKind.FAILED, reported(), about=mail(head=head))

    found = parse(octets)
    assert 3 == len(found.get_payload())
    assert all(len(line) <= 998 for line in octets.split(b"\r\n"))
    assert "\u202e" not in words_of(octets)


@settings(max_examples=300)
@given(st.text(max_size=60), st.text(max_size=200), st.binary(max_size=200))
def test_report_any_values_keep_its_shape(address: str, said: str, head: bytes) -> None:
    """Whatever a server or a mail says, it cannot add a header or a part."""
    head = head.replace(b"\r", b"").replace(b"\n", b"\r\n").replace(b"\0", b"")
    path = address.encode("utf-8", "replace").decode() or "a"
    octets = build(ReportKind.FAILED, reported(path, Reply(550, "5.0.0", said)), about=mail(head=head))

    assert 3 == len(parse(octets).get_payload())
    assert 2 == len(blocks_of(octets))
    assert {"failed"} == set(blocks_of(octets)[1].get_all("Action", []))


@pytest.mark.parametrize(
    ("reply", "expired", "wanted"),
    [
        (Reply(550, "5.1.1", ""), False, Diagnosis.UNKNOWN_USER),
        (Reply(550, "5.1.10", ""), False, Diagnosis.UNKNOWN_USER),
        (Reply(553, "", ""), False, Diagnosis.UNKNOWN_USER),
        (Reply(550, "5.1.2", ""), False, Diagnosis.UNKNOWN_DOMAIN),
        (Reply(550, "5.4.4", ""), False, Diagnosis.UNKNOWN_DOMAIN),
        (Reply(552, "5.2.2", ""), False, Diagnosis.MAILBOX_FULL),
        (Reply(452, "4.2.2", ""), True, Diagnosis.MAILBOX_FULL),
        (Reply(550, "5.2.1", ""), False, Diagnosis.MAILBOX_DISABLED),
        (Reply(552, "5.3.4", ""), False, Diagnosis.TOO_LARGE),
        (Reply(552, "", ""), False, Diagnosis.TOO_LARGE),
        (Reply(550, "5.7.1", ""), False, Diagnosis.REFUSED),
        (Reply(550, "5.7.26", ""), False, Diagnosis.REFUSED),
        (Reply(0, "5.6.7", ""), False, Diagnosis.NOT_ASCII),
        (Reply(0, "4.4.1", ""), True, Diagnosis.NOT_REACHABLE),
        (Reply(0, "4.4.2", ""), False, Diagnosis.NOT_REACHABLE),
        (Reply(451, "4.7.1", ""), False, Diagnosis.TRY_LATER),
        (Reply(451, "4.7.1", ""), True, Diagnosis.EXPIRED),
        (Reply(451, "4.4.4", ""), True, Diagnosis.EXPIRED),
        (Reply(451, "", ""), False, Diagnosis.TRY_LATER),
        (Reply(550, "", ""), False, Diagnosis.OTHER),
        (Reply(554, "5.0.0", ""), False, Diagnosis.OTHER),
    ],
)
def test_diagnose_common_codes(reply: Reply, expired: bool, wanted: Diagnosis) -> None:
    """The words fit what happened."""
    assert wanted is diagnose(reply, expired=expired)
