"""A mail's words and files: what is a body, what is a file, and what is neither."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.extract import read
from mailguard.mime.message import Message
from mailguard.model.extract import Extract, MailKind, Seal

TEXT = "Content-Type: text/plain; charset=utf-8\n\nご確認ください。\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n<p>別の言葉</p>\n"


def part(content_type: str, disposition: str = "", body: str = "x") -> str:
    shown = f"Content-Disposition: {disposition}\n" if disposition else ""
    return f"Content-Type: {content_type}\n{shown}\n{body}\n"


def multipart(kind: str, *parts: str, boundary: str = "b1") -> str:
    body = "".join(f"--{boundary}\n{one}" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary={boundary}\n\n{body}--{boundary}--\n"


def extract(mail: str, subject: str = "件名") -> Extract:
    head = f"From: a@example.jp\nTo: b@example.com\nSubject: {subject}\nMIME-Version: 1.0\n"
    return read(Message((head + mail).replace("\n", "\r\n").encode()))


def names(mail: str) -> list[str]:
    return [one.name or one.content_type for one in extract(mail).attachments]


PDF = part("application/pdf", 'attachment; filename="a.pdf"')
BODIES = [
    pytest.param(TEXT, "ご確認ください。", False, id="plain"),
    pytest.param(HTML, "別の言葉", True, id="HTML alone"),
    pytest.param(multipart("alternative", TEXT, HTML), "ご確認ください。", False, id="plain beside HTML"),
    pytest.param(multipart("alternative", part("text/plain", "", ""), HTML), "別の言葉", False, id="plain is empty"),
    pytest.param(multipart("mixed", HTML, PDF), "別の言葉", True, id="HTML and a file"),
    pytest.param(
        multipart(
            "mixed", multipart("related", multipart("alternative", TEXT, HTML, boundary="b3"), boundary="b2"), PDF
        ),
        "ご確認ください。",
        False,
        id="deep",
    ),
    pytest.param(
        multipart("mixed", TEXT, PDF, TEXT), "ご確認ください。\nご確認ください。", False, id="words below a file"
    ),
    pytest.param(
        "Content-Type: text/plain; format=flowed\n\na long \nline\nshort\n> old \n> words\n-- \nme\n",
        "a long line\nshort",
        False,
        id="flowed",
    ),
    pytest.param("Content-Type: text/plain; format=flowed; delsp=yes\n\n株式 \n会社\n", "株式会社", False, id="delsp"),
    pytest.param("Content-Type: multipart/mixed\n\n--x\n\nwords\n", "--x\n\nwords", False, id="boundary missing"),
    pytest.param(
        "Content-Type: multipart/mixed; boundary=y\n\n--x\n\nwords\n", "--x\n\nwords", False, id="boundary wrong"
    ),
    pytest.param("Content-Type: text\n\nwords\n", "words", False, id="half a type"),
]


@pytest.mark.parametrize(("mail", "expected", "is_html_only"), BODIES)
def test_words_are_those_the_reader_sees(mail: str, expected: str, is_html_only: bool) -> None:
    """What the sender wrote is found in every shape a mail program gives it."""
    found = extract(mail)

    assert expected == found.own_text.strip()
    assert is_html_only == found.is_html_only


FILES = [
    pytest.param(TEXT, [], id="none"),
    pytest.param(multipart("mixed", TEXT, PDF), ["a.pdf"], id="file"),
    pytest.param(multipart("mixed", TEXT, part("application/pdf")), ["application/pdf"], id="file without a name"),
    pytest.param(PDF, ["a.pdf"], id="only a file, as scanners send it"),
    pytest.param(multipart("mixed", TEXT, part('text/csv; name="a.csv"')), ["a.csv"], id="table with a name"),
    pytest.param(multipart("mixed", TEXT, part("text/plain", "attachment")), ["text/plain"], id="text as a file"),
    pytest.param(multipart("mixed", TEXT, part('text/html; name="a.html"')), ["a.html"], id="page as a file"),
    pytest.param(multipart("related", HTML, part("image/png; name=logo.png", "inline")), [], id="picture of the page"),
    pytest.param(
        multipart("mixed", TEXT, part("image/jpeg; name=a.jpg", "inline; filename=a.jpg")), ["a.jpg"], id="photograph"
    ),
    pytest.param(
        multipart("related", HTML, part("image/png", "attachment; filename=a.png")), ["a.png"], id="picture file"
    ),
    pytest.param(multipart("signed", TEXT, part("application/pkcs7-signature; name=smime.p7s")), [], id="signature"),
    pytest.param(multipart("signed", TEXT, part("application/pgp-signature")), [], id="PGP signature"),
    pytest.param(multipart("alternative", TEXT, part("text/calendar; method=REQUEST")), [], id="calendar in the body"),
    pytest.param(
        multipart("mixed", TEXT, part("text/calendar", "attachment; filename=a.ics")), ["a.ics"], id="calendar file"
    ),
    pytest.param(
        multipart("mixed", TEXT, part("message/rfc822", "", multipart("mixed", TEXT, PDF, boundary="b2"))),
        ["message/rfc822"],
        id="forwarded mail with a file is one file",
    ),
    pytest.param(
        multipart("mixed", TEXT, part("application/ms-tnef; name=winmail.dat")), ["winmail.dat"], id="winmail.dat"
    ),
]


@pytest.mark.parametrize(("mail", "expected"), FILES)
def test_files_are_those_the_reader_sees_as_files(mail: str, expected: list[str]) -> None:
    """Nothing a person attached is missed, and no furniture of the mail is called a file."""
    assert expected == names(mail)


def test_file_has_its_size_and_type() -> None:
    """What the queue shows about a file is what lies in the mail."""
    (file,) = extract(
        multipart("mixed", TEXT, part("Application/PDF", "attachment; filename=a.pdf", "x" * 100))
    ).attachments

    assert ("a.pdf", "application/pdf", 100, False) == (file.name, file.content_type, file.size, file.is_protected)


FORWARDED = part("message/rfc822", "", "Subject: inside\n\nearlier")
FLAGS = [
    pytest.param(TEXT, set(), id="none"),
    pytest.param(multipart("mixed", TEXT, FORWARDED), {"has_forwarded_message"}, id="forwarded as a file"),
    pytest.param(
        multipart("report; report-type=delivery-status", TEXT, part("message/delivery-status"), FORWARDED),
        set(),
        id="a bounce forwards nothing",
    ),
    pytest.param(multipart("mixed", TEXT, part("application/ms-tnef")), {"has_tnef"}, id="TNEF by type"),
    pytest.param(
        multipart("mixed", TEXT, part("application/octet-stream; name=WinMail.dat")), {"has_tnef"}, id="TNEF by name"
    ),
    pytest.param(multipart("related", HTML, part("image/png")), {"has_inline_pictures", "is_html_only"}, id="pictures"),
    pytest.param(
        multipart("signed", TEXT, part("application/x-pkcs7-signature")), {"is_smime_signed"}, id="S/MIME signature"
    ),
]


@pytest.mark.parametrize(("mail", "expected"), FLAGS)
def test_flags_say_what_the_mail_holds(mail: str, expected: set[str]) -> None:
    """Each special content is told, and only where it is."""
    found = extract(mail)
    names = ("has_forwarded_message", "has_tnef", "has_inline_pictures", "is_smime_signed", "is_html_only")

    assert expected == {name for name in names if getattr(found, name)}


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        pytest.param("=?utf-8?B?6KaL56mN?=\n =?utf-8?B?5pu4?=", "見積書", id="two words, folded"),
        pytest.param("a\n\t b", "a b", id="folded"),
        pytest.param("=?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=", "見積書", id="ISO-2022-JP"),
        pytest.param("見積書", "見積書", id="raw UTF-8"),
        pytest.param("", "", id="empty"),
        pytest.param("=?utf-7?Q?+2AA-?= x", "+2AA- x", id="half a character"),
    ],
)
def test_subject_is_what_people_read(subject: str, expected: str) -> None:
    """Encodings and folding are gone."""
    assert expected == extract(TEXT, subject).subject


def test_history_and_own_words_are_apart() -> None:
    """An answer to all names those who already see each other."""
    history = "-----Original Message-----\nFrom: c@example.net\nSent: x\nTo: d@example.net\nSubject: y\n\nold"
    found = extract(f"Content-Type: text/plain\n\nnew words\n\n{history}\n", "FW: y")

    assert "new words" == found.own_text.strip()
    assert "old" in found.quoted_text
    assert (frozenset({"c@example.net", "d@example.net"}),) == found.quoted_circles
    assert found.is_forward
    assert (MailKind.PERSONAL, Seal.NONE) == (found.kind, found.seal)


PIECES = [
    "--b1\r\n",
    "--b1--\r\n",
    "--b2\r\n",
    "\r\n",
    "hello\r\n",
    "> old\r\n",
    "<p>x",
    "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n",
]
PIECES += ["Content-Type: multipart/mixed; boundary=b1\r\n", "Content-Type: multipart/report; boundary=b2\r\n"]
PIECES += ["Content-Type: text/html\r\n", "Content-Type: text/calendar\r\n", "Content-Type: message/rfc822\r\n"]
PIECES += [
    "Content-Type: text/plain; format=flowed\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "PK\x03\x04",
    "%PDF-",
]
PIECES += ["Content-Type: application/zip; name=a.zip\r\n", "Subject: =?utf-7?Q?+2AA-?=\r\n", "ATTENDEE:mailto:a@b\r\n"]


@given(st.lists(st.sampled_from([one.encode() for one in PIECES]) | st.binary(max_size=10), max_size=30).map(b"".join))
def test_any_mail_is_read_without_an_error(octets: bytes) -> None:
    """Whatever a mail holds, reading it is a result and not a fault, and the result can be kept."""
    found = read(Message(octets))

    for text in (found.subject, found.own_text, found.quoted_text, *(one.name for one in found.attachments)):
        text.encode()
