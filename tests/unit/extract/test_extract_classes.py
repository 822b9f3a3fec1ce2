"""What class a mail belongs to, so that none is bothered or broken that must not be, and none slips through."""

from __future__ import annotations

import base64

import pytest

from mailguard.extract.classes import attendees_of, calendar_method, kind_of, seal_of
from mailguard.mime.message import Message
from mailguard.model.extract import MailKind, Seal

TEXT = "Content-Type: text/plain; charset=utf-8\n\nご確認ください。\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>x</p>\n"
FILE = 'Content-Type: application/pdf\nContent-Disposition: attachment; filename="a.pdf"\n\n%PDF-1.4\n'
STATUS = "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.jp\n"
RECEIPT = "Content-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; a@example.jp\n"
HEADERS = "Content-Type: text/rfc822-headers\n\nSubject: x\n"


def multipart(kind: str, *parts: str, boundary: str = "b1") -> str:
    body = "".join(f"--{boundary}\n{part}" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n"


def report(kind: str, *parts: str) -> str:
    return multipart(f"report; report-type={kind}", TEXT, *parts)


def calendar(method: str = "", inside: str = "", disposition: str = "") -> str:
    parameter = f"; method={method}" if method else ""
    lines = f"METHOD:{inside}\n" if inside else ""
    return f"Content-Type: text/calendar{parameter}\n{disposition}\nBEGIN:VCALENDAR\n{lines}END:VCALENDAR\n"


def forwarded(mail: str) -> str:
    return f"Content-Type: message/rfc822\n\nSubject: inside\n{mail}"


def message(mail: str) -> Message:
    return Message(f"From: a@example.jp\nTo: b@example.com\nMIME-Version: 1.0\n{mail}".replace("\n", "\r\n").encode())


ICS = 'Content-Disposition: attachment; filename="invite.ics"\n'
APPLICATION_ICS = f"Content-Type: application/ics\n{ICS}\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"

KINDS = [
    pytest.param(TEXT, MailKind.PERSONAL, id="a letter"),
    pytest.param(multipart("mixed", TEXT, FILE), MailKind.PERSONAL, id="a letter with a file"),
    pytest.param("", MailKind.PERSONAL, id="nothing"),
    pytest.param(report("delivery-status", STATUS, HEADERS), MailKind.DSN, id="DSN"),
    pytest.param(report('"Delivery-Status"', STATUS, forwarded(TEXT)), MailKind.DSN, id="DSN, quoted, whole mail"),
    pytest.param(report("disposition-notification", RECEIPT), MailKind.MDN, id="read receipt"),
    pytest.param(report("delivery-status", FILE), MailKind.PERSONAL, id="report without a status"),
    pytest.param(multipart("mixed", TEXT, STATUS), MailKind.PERSONAL, id="status in a letter"),
    pytest.param(
        multipart("mixed", TEXT, forwarded(report("delivery-status", STATUS).replace("b1", "b2"))),
        MailKind.PERSONAL,
        id="DSN passed on by a person",
    ),
    pytest.param(f"Auto-Submitted: auto-replied\n{TEXT}", MailKind.AUTOMATIC, id="out of office"),
    pytest.param(f"Auto-Submitted: (x) Auto-Generated; a=b\n{TEXT}", MailKind.AUTOMATIC, id="generated, with a remark"),
    pytest.param(f"Auto-Submitted: no\n{TEXT}", MailKind.PERSONAL, id="says it is not automatic"),
    pytest.param(f"X-Autoreply: yes\n{TEXT}", MailKind.AUTOMATIC, id="old out of office"),
    pytest.param(f"Precedence: bulk\n{TEXT}", MailKind.PERSONAL, id="newsletter by a person"),
    pytest.param(
        f"List-Id: <x.example.jp>\nList-Post: <mailto:x@example.jp>\n{TEXT}", MailKind.MAILING_LIST, id="list"
    ),
    pytest.param(f"List-Id: <x.example.jp>\n{TEXT}", MailKind.PERSONAL, id="only a list id"),
    pytest.param(f"List-Unsubscribe: <mailto:x@example.jp>\n{TEXT}", MailKind.PERSONAL, id="only unsubscribe"),
    *[
        pytest.param(multipart("alternative", TEXT, HTML, calendar(method)), MailKind.INVITATION, id=method)
        for method in ("REQUEST", "publish", "ADD", "Cancel", "COUNTER", "DECLINECOUNTER")
    ],
    pytest.param(
        multipart("mixed", TEXT, calendar("", "REQUEST", ICS)), MailKind.INVITATION, id="method in the object"
    ),
    pytest.param(multipart("mixed", TEXT, FILE, calendar("REQUEST")), MailKind.INVITATION, id="invitation and a file"),
    pytest.param(calendar("REPLY"), MailKind.INVITATION_ANSWER, id="answer alone"),
    pytest.param(multipart("alternative", TEXT, HTML, calendar("REPLY")), MailKind.INVITATION_ANSWER, id="answer"),
    pytest.param(
        multipart("mixed", multipart("alternative", TEXT, calendar("reply"), boundary="b2"), APPLICATION_ICS),
        MailKind.INVITATION_ANSWER,
        id="answer with its file",
    ),
    pytest.param(multipart("mixed", TEXT, FILE, calendar("REPLY")), MailKind.PERSONAL, id="answer with another file"),
    pytest.param(
        multipart("mixed", TEXT, forwarded(calendar("REPLY"))), MailKind.PERSONAL, id="answer passed on by a person"
    ),
    pytest.param(
        multipart("mixed", TEXT, forwarded(calendar("REQUEST"))), MailKind.PERSONAL, id="invitation passed on as a file"
    ),
    pytest.param(multipart("mixed", TEXT, calendar("", "", ICS)), MailKind.PERSONAL, id="calendar file without method"),
]


@pytest.mark.parametrize(("mail", "expected"), KINDS)
def test_mail_is_of_the_class_it_is_made_of(mail: str, expected: MailKind) -> None:
    """Reports, receipts and answers are let alone; what a person sends is judged, whatever is in it."""
    assert expected == kind_of(message(mail))


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (calendar("REQUEST", "REPLY"), "request"),
        (calendar("", "Reply"), "reply"),
        (calendar(), ""),
        (TEXT, ""),
    ],
    ids=["parameter first", "from the object", "none", "no calendar"],
)
def test_calendar_method_is_read_from_both_places(mail: str, expected: str) -> None:
    """An invitation is one also where the program left the parameter out."""
    assert expected == calendar_method(message(mail))


def test_calendar_method_is_read_through_its_encoding() -> None:
    """Base64 around a calendar hides nothing."""
    body = base64.b64encode(b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n").decode()

    assert "request" == calendar_method(
        message(f"Content-Type: text/calendar\nContent-Transfer-Encoding: base64\n\n{body}\n")
    )


def test_attendees_are_all_found_folded_or_not() -> None:
    """Who is invited is seen by everybody who opens the invitation."""
    body = (
        "BEGIN:VEVENT\nORGANIZER:mailto:x@example.jp\nATTENDEE;CN=Ando;RSVP=TRUE:mailto:A@example.jp\n"
        'ATTENDEE;CN="Baba: Hanako";PARTSTAT=NEEDS-ACTION:MAILTO:b@exa\n mple.com\nattendee:mailto:c@example.jp\n'
    )

    assert {"a@example.jp", "b@example.com", "c@example.jp"} == attendees_of(
        message(f"Content-Type: text/calendar; method=REQUEST\n\n{body}")
    )


SIGNATURE = 'Content-Type: application/pkcs7-signature; name="smime.p7s"\n\nx\n'
ARMOUR = "-----BEGIN PGP {0}MESSAGE-----\n\nabc\n"
SIGNED_ARMOUR = base64.b64encode(("御中\r\n" + ARMOUR.format("SIGNED ").replace("\n", "\r\n")).encode()).decode()

SEALS = [
    pytest.param(TEXT, Seal.NONE, id="none"),
    pytest.param(
        multipart('signed; protocol="application/pkcs7-signature"', TEXT, SIGNATURE), Seal.SIGNED, id="S/MIME"
    ),
    pytest.param(multipart('signed; protocol="application/pgp-signature"', TEXT, HTML), Seal.SIGNED, id="PGP/MIME"),
    pytest.param(
        multipart("mixed", multipart("signed", TEXT, SIGNATURE, boundary="b2"), TEXT), Seal.SIGNED, id="below a footer"
    ),
    pytest.param("Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx", Seal.OPAQUE, id="opaque"),
    pytest.param("Content-Type: application/x-pkcs7-mime; smime-type=Signed-Data\n\nx", Seal.OPAQUE, id="opaque, old"),
    pytest.param(
        "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", Seal.ENCRYPTED, id="S/MIME enc"
    ),
    pytest.param("Content-Type: application/pkcs7-mime\n\nx", Seal.ENCRYPTED, id="S/MIME, not said which"),
    pytest.param('Content-Type: application/octet-stream; name="smime.p7m"\n\nx', Seal.ENCRYPTED, id="only the name"),
    pytest.param(multipart("encrypted", "\nVersion: 1\n", "\nx\n"), Seal.ENCRYPTED, id="PGP/MIME encrypted"),
    pytest.param(f"\n{ARMOUR.format('SIGNED ')}", Seal.SIGNED, id="PGP in the text"),
    pytest.param(f"\n{ARMOUR.format('')}", Seal.ENCRYPTED, id="PGP in the text, encrypted"),
    pytest.param(f"\nご担当者様\n\n{ARMOUR.format('')}", Seal.ENCRYPTED, id="PGP below a greeting"),
    pytest.param(
        multipart("mixed", f"Content-Transfer-Encoding: base64\n\n{SIGNED_ARMOUR}\n", FILE),
        Seal.SIGNED,
        id="PGP in base64",
    ),
    pytest.param("\n> " + ARMOUR.format("").replace("\n", "\n> "), Seal.NONE, id="PGP quoted"),
    pytest.param("\nsay -----BEGIN PGP MESSAGE----- first", Seal.NONE, id="PGP spoken of"),
    pytest.param(multipart("mixed", TEXT, SIGNATURE), Seal.NONE, id="a signature that nothing belongs to"),
]


@pytest.mark.parametrize(("mail", "expected"), SEALS)
def test_sealed_mail_is_known_before_anybody_changes_it(mail: str, expected: Seal) -> None:
    """A signature or encryption is never broken by us, however the program put it."""
    assert expected == seal_of(message(mail))
