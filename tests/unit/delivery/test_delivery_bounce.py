"""Reports of other servers: read as these servers write them, and never for more than they say."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.delivery.bounce import Bounce, bounced_in
from mailguard.delivery.dsn import Reported, ReportedMail, Reporter, ReportKind, build_report
from mailguard.i18n.times import JAPAN
from mailguard.mime.message import unstuffed
from mailguard.model.delivery import Reply
from mailguard.model.envelope import ForwardPath

ID = "<20261126.1@office.example.jp>"
TO = "ando@customer.example.com"

POSTFIX = f"""\
Date: Thu, 26 Nov 2026 18:30:05 +0900 (JST)
From: MAILER-DAEMON@mx.customer.example.com (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: tanoue@office.example.jp
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4F1A2C0012.1795685405/mx.customer.example.com"
Content-Transfer-Encoding: 8bit

This is a MIME-encapsulated message.

--4F1A2C0012.1795685405/mx.customer.example.com
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

<{TO}>: unknown user: "ando"

--4F1A2C0012.1795685405/mx.customer.example.com
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example.com
X-Postfix-Queue-ID: 4F1A2C0012
X-Postfix-Sender: rfc822; tanoue@office.example.jp
Arrival-Date: Thu, 26 Nov 2026 18:30:05 +0900 (JST)

Final-Recipient: rfc822; {TO}
Original-Recipient: rfc822;{TO}
Action: failed
Status: 5.1.1
Diagnostic-Code: X-Postfix; unknown user: "ando"

--4F1A2C0012.1795685405/mx.customer.example.com
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <tanoue@office.example.jp>
From: tanoue@office.example.jp
To: {TO}
References: <earlier@customer.example.com>
Message-ID: {ID}

--4F1A2C0012.1795685405/mx.customer.example.com--
"""

EXCHANGE = f"""\
From: <postmaster@customer.example.com>
To: <tanoue@office.example.jp>
Date: Thu, 26 Nov 2026 09:30:05 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="fdb6a1a1-7f7e-4d4c-8f3e-0d7b0b9e1f6c"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: ja-JP
Message-ID: <8d1b@customer.example.com>
In-Reply-To: {ID}
References: {ID}
Subject: =?utf-8?B?6YWN5L+h5LiN6IO9?=
Auto-Submitted: auto-replied
MIME-Version: 1.0

--fdb6a1a1-7f7e-4d4c-8f3e-0d7b0b9e1f6c
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="d6a5c7a0"

--d6a5c7a0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

Not delivered.
--d6a5c7a0
Content-Type: text/html; charset="utf-8"

<p>Not delivered.</p>
--d6a5c7a0--

--fdb6a1a1-7f7e-4d4c-8f3e-0d7b0b9e1f6c
Content-Type: message/delivery-status

Reporting-MTA: dns;TYCPR01.apcprd01.prod.example.com
Received-From-MTA: dns;relay.example.jp
Arrival-Date: Thu, 26 Nov 2026 09:30:03 +0000

Final-Recipient: rfc822;Ando@customer.example.com
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found
X-Display-Name: ando


--fdb6a1a1-7f7e-4d4c-8f3e-0d7b0b9e1f6c
Content-Type: message/rfc822

From: tanoue@office.example.jp
To: {TO}
Message-ID: {ID}
Content-Type: text/plain

hello
--fdb6a1a1-7f7e-4d4c-8f3e-0d7b0b9e1f6c--
"""

GOOGLE = f"""\
Content-Type: multipart/report; boundary="000000000000f1"; report-type=delivery-status
To: tanoue@office.example.jp
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <first@customer.example.com> {ID}
X-Failed-Recipients: {TO}
From: Mail Delivery Subsystem <mailer-daemon@mail.example.com>
Message-ID: <6747.gmr@mx.example.com>
Date: Thu, 26 Nov 2026 01:30:05 -0800 (PST)

--000000000000f1
Content-Type: multipart/related; boundary="000000000000f2"

--000000000000f2
Content-Type: text/plain; charset="UTF-8"

** Address not found **
--000000000000f2--

--000000000000f1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.com
Received-From-MTA: dns; tanoue@office.example.jp
Arrival-Date: Thu, 26 Nov 2026 01:30:04 -0800 (PST)

Final-Recipient: rfc822; {TO}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.customer.example.com. (192.0.2.1, the server for the domain customer.example.com.)
Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.
Last-Attempt-Date: Thu, 26 Nov 2026 01:30:05 -0800 (PST)

--000000000000f1--
"""

SENDMAIL = f"""\
Return-Path: <MAILER-DAEMON>
Date: Thu, 26 Nov 2026 18:30:05 +0900
From: Mail Delivery Subsystem <MAILER-DAEMON>
Message-Id: <202611260930.aaa@mx.customer.example.com>
To: <tanoue@office.example.jp>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="lBQ9U5.1795685405/mx.customer.example.com"
Subject: Returned mail: see transcript for details
Auto-Submitted: auto-generated (failure)

This is a MIME-encapsulated message

--lBQ9U5.1795685405/mx.customer.example.com

   ----- The following addresses had permanent fatal errors -----
<{TO}>
    (reason: 550 5.1.1 <{TO}>... User unknown)

--lBQ9U5.1795685405/mx.customer.example.com
Content-Type: message/delivery-status

Original-Envelope-Id: 01JDC0FFEE012345
Reporting-MTA: dns; mx.customer.example.com
Received-From-MTA: DNS; relay.example.jp
Arrival-Date: Thu, 26 Nov 2026 18:30:04 +0900

Final-Recipient: RFC822; <{TO}> (behind the wall)
Action: FAILED (given up)
Status: 5.1.1
Last-Attempt-Date: Thu, 26 Nov 2026 18:30:05 +0900

--lBQ9U5.1795685405/mx.customer.example.com
Content-Type: message/rfc822

Received: from relay.example.jp
From: tanoue@office.example.jp
Message-Id: {ID}

text

--lBQ9U5.1795685405/mx.customer.example.com--
"""
REPORTS = {"postfix": POSTFIX, "exchange": EXCHANGE, "google": GOOGLE, "sendmail": SENDMAIL}


def wire(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


def changed(old: str, new: str, text: str = POSTFIX) -> Bounce | None:
    """What is read of a report in which something is different."""
    assert old in text
    return bounced_in(wire(text.replace(old, new)))


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_report_of_each_well_known_server_names_mail_and_recipient(name: str, line_end: str) -> None:
    """Whoever writes it, and however it was saved: which mail came back is found, and for whom."""
    found = bounced_in(REPORTS[name].replace("\n", line_end).encode())

    assert found is not None
    assert (ID,) == found.message_ids
    assert {TO} == {one.lower() for one in found.failed}
    assert ("01JDC0FFEE012345" if name == "sendmail" else "") == found.envelope_id


@pytest.mark.parametrize("word", ["failed", "delayed", "relayed", "delivered", "expanded", "", "failed-not"])
@pytest.mark.parametrize("name", REPORTS)
def test_only_what_failed_came_back(name: str, word: str) -> None:
    """A mail that is late, or was delivered, did not come back."""
    text = REPORTS[name].replace("Action: FAILED (given up)", "Action: failed")

    assert (word == "failed") == (changed("Action: failed", f"Action: {word}", text) is not None)


def test_recipients_are_told_apart_in_one_report() -> None:
    """One failed, one was delivered, one is late: only the first came back."""
    more = "".join(
        f"Final-Recipient: rfc822; {who}@customer.example.com\nAction: {action}\nStatus: {status}\n\n"
        for who, action, status in [("baba", "delivered", "2.0.0"), ("chiba", "delayed", "4.4.1")]
    )
    found = changed('Diagnostic-Code: X-Postfix; unknown user: "ando"\n\n', f"X-Note: yes\n \n{more}")

    assert found is not None
    assert (TO,) == found.failed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("; report-type=delivery-status;\n", ";\n"),
        ("multipart/report", "multipart/mixed"),
        ("Action: failed\n", ""),
        ("Final-Recipient: rfc822; ", "Final-Recipient: "),
        ("Final-Recipient: rfc822; ", "Final-Recipient: rfc822;\n\t"),
        (f"Original-Recipient: rfc822;{TO}\n", ""),
        ("Content-Type: message/delivery-status\n", "Content-Type: MESSAGE/Delivery-Status; name=status.txt\n"),
        ("Status: 5.1.1", "Status: 4.4.7"),
        ("(JST)\n\nFinal", "(JST)\nFinal"),
        ("--4F1A2C0012.1795685405/mx.customer.example.com--\n", ""),
        (f"Message-ID: {ID}", f"Message-ID: {ID[1:-1]}"),
        (f"Message-ID: {ID}", f"MESSAGE-ID:\n {ID}"),
        ("text/rfc822-headers\n", "message/global-headers\n"),
    ],
)
def test_report_that_bends_the_rules_is_read_all_the_same(old: str, new: str) -> None:
    """Servers leave things out or write them their own way; what is said clearly counts."""
    found = changed(old, new)

    assert found is not None
    assert ((ID,), (TO,)) == (found.message_ids, found.failed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Content-Type: message/delivery-status", "Content-Type: text/plain"),
        ("Content-Type: multipart/report;", "Content-Type: text/plain;"),
        ("Action: failed\nStatus: 5.1.1", "Status: 4.1.1"),
        ("Action: failed", "Action: failed\nAction: delivered"),
        (TO, "ando"),
    ],
)
def test_what_does_not_clearly_say_failed_is_no_bounce(old: str, new: str) -> None:
    """Words alone, doubtful or contradicting ones stop nothing."""
    assert changed(old, new) is None


def test_report_that_somebody_forwards_is_none() -> None:
    """A mail that carries a report inside is a person's mail about it."""
    forwarded = f'Content-Type: multipart/mixed; boundary="outer"\n\n--outer\nContent-Type: message/rfc822\n\n{POSTFIX}'

    assert bounced_in(wire(f"{forwarded}\n--outer--\n")) is None


def test_conversation_before_the_mail_is_not_meant() -> None:
    """Where only the thread is named, its last mail came back; where the mail itself was returned, the thread says
    nothing.
    """
    without = GOOGLE.replace(f" {ID}", f" <second@office.example.jp>\n {ID}")
    last, returned = bounced_in(wire(without)), bounced_in(wire(POSTFIX))

    assert last is not None
    assert returned is not None
    assert ((ID,), (ID,)) == (last.message_ids, returned.message_ids)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (r"utf-8; \x{5B89}\x{85E4}@customer.example.com", ("安藤@customer.example.com",)),
        ("utf-8; 安藤@customer.example.com", ("安藤@customer.example.com",)),
        (
            "rfc822;ando+2Blist@customer.example.com",
            ("ando+2Blist@customer.example.com", "ando+list@customer.example.com"),
        ),
        ("rfc822; a..b@docomo.example.jp", ("a..b@docomo.example.jp",)),
        (r"utf-8; \x{FFFFFF}@customer.example.com", (r"\x{FFFFFF}@customer.example.com",)),
        (f"rfc822; {'a' * 400}@customer.example.com", ()),
    ],
)
def test_address_is_read_in_every_spelling_of_reports(written: str, expected: tuple[str, ...]) -> None:
    """Japanese addresses, plus signs and the carriers' odd ones are found; what is none is left out."""
    text = POSTFIX.replace(f"Original-Recipient: rfc822;{TO}\n", "")
    found = changed(f"rfc822; {TO}\nAction", f"{written}\nAction", text)

    assert expected == (() if found is None else found.failed)


@pytest.mark.parametrize("kind", list(ReportKind))
def test_report_of_our_own_kind_is_read_back(kind: ReportKind) -> None:
    """What we write to senders reads as what it is: only a failure came back."""
    head = f"From: tanoue@office.example.jp\r\nMessage-ID: {ID}\r\n".encode()
    mail = ReportedMail(
        "01JDC0FFEE012345", datetime(2026, 11, 26, tzinfo=UTC), "tanoue@office.example.jp", "E+2B1", head
    )
    entry = Reported(ForwardPath(TO, notify=frozenset()), Reply(550, "5.1.1", "unknown"), "mx.example.net:25")
    reporter = Reporter("relay.example.jp", "Example Office", "pm@office.example.jp", "ja", JAPAN)
    made = build_report(kind, mail, [entry], reporter, now=mail.accepted_at, message_id="dsn.1")
    found = None if made is None else bounced_in(unstuffed(made))

    assert (Bounce((ID,), "E+1", (TO,)) if kind is ReportKind.FAILED else None) == found


@given(st.binary(max_size=2000), st.sampled_from(list(REPORTS.values())), st.integers(0, 3000), st.integers(0, 200))
@settings(max_examples=300)
def test_hostile_octets_never_raise_and_stay_bounded(junk: bytes, text: str, at: int, cut: int) -> None:
    """Whatever somebody sends as a report, the relay goes on."""
    octets = wire(text)
    for tried in (junk, octets[:at] + junk + octets[at + cut :]):
        found = bounced_in(tried)
        if found is not None:
            assert len(found.failed) <= 1000
            assert all("@" in one and len(one) <= 320 for one in found.failed)


def test_endless_report_is_read_only_so_far() -> None:
    """A report with a million recipients costs no more than others."""
    block = "".join(f"Final-Recipient: rfc822; a{n}@customer.example.com\nAction: failed\n\n" for n in range(30_000))
    found = changed("Final-Recipient", f"{block}Final-Recipient")

    assert found is not None
    assert 1000 == len(found.failed)
