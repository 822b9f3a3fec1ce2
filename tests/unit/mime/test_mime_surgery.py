"""Edits of a mail: what was asked for is changed, and every other octet stays."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.header import Header
from email.policy import default
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.message import Message
from mailguard.mime.surgery import NoSuchPart, edited, readdressed, resubjected, without_parts
from mailguard.model.address import comparable

A, B, C = "ando@one.example.com", "baba@two.example.net", "chiba@three.example.org"
NEW = "ando@right.example.com"
BODY = "本文です。\r\n-- \r\n".encode("iso-2022-jp")


def mail(*fields: str | bytes, body: bytes = BODY) -> bytes:
    lines = [one.encode() if isinstance(one, str) else one for one in ("From: t@office.example.jp", *fields)]
    return b"\r\n".join([*lines, b"Message-ID: <1@office.example.jp>", b"", body])


def changed(octets: bytes, **changes: str | None) -> bytes:
    """The mail with these addresses changed: ``a``, ``b`` and ``c`` stand for the three."""
    whom = {"a": A, "b": B, "c": C}
    return edited(octets, readdressed(Message(octets), {comparable(whom[name]): new for name, new in changes.items()}))


def shown(octets: bytes, *names: str) -> list[tuple[str, str]]:
    """Names and addresses of fields, read by a parser that is not ours."""
    message = message_from_bytes(octets, policy=default)
    texts = [str(value) for name in names or ("To", "Cc") for value in message.get_all(name, [])]
    return [pair for pair in getaddresses(texts) if pair[1]]


def addresses(octets: bytes, *names: str) -> list[str]:
    return [address for _, address in shown(octets, *names)]


JAPANESE = Header("馬場 花子", "iso-2022-jp").encode()
REMOVALS = [
    pytest.param(f"To: {A}, {B}\r\nCc: {C}", [A, C], id="one of two"),
    pytest.param(f"To: {A},\r\n\t{B},\r\n {C}", [A, C], id="folded"),
    pytest.param(f'To: "Baba, Hanako" <{B}>, "Ando, Taro" <{A}>', [A], id="commas in names"),
    pytest.param(f"To: {JAPANESE} <{B}>, {A}", [A], id="name in ISO-2022-JP"),
    pytest.param(f"To: Customers: {A}, {B};, {C}", [A, C], id="group"),
    pytest.param(f"To: {A}, {B}\r\nCc: {B}\r\nBcc: {B}, {C}", [A, C], id="in every field"),
    pytest.param(f"To: {B.upper()}, {A}, <{B}>", [A], id="twice, other case"),
    pytest.param(f"To: {A}\r\nResent-To: {B}\r\nApparently-To: {B}", [A], id="odd fields"),
    pytest.param(f"To: {A}\r\nX-Original-Recipient: {B}", [A], id="field nobody needs"),
    pytest.param(f'To: "{B}" <{A}>, {B}', [A], id="name that is the address"),
    pytest.param(f"To: {A} {B}", [A], id="no comma"),
]


@pytest.mark.parametrize(("fields", "left"), REMOVALS)
def test_removed_address_stands_in_no_field(fields: str, left: list[str]) -> None:
    """Whoever I take off is named nowhere in the header, and nobody else is lost."""
    made = changed(mail(fields, "Subject: x"), b=None)

    assert left == addresses(made, "To", "Cc", "Bcc")
    assert B.encode() not in made.lower()
    assert made.endswith(BODY)


def test_removed_address_in_raw_japanese_header_is_gone() -> None:
    """A header in ISO-2022-JP without encoding keeps the other name and loses the address."""
    raw = b"To: " + "馬場 花子".encode("iso-2022-jp") + f" <{B}>, ".encode() + "安藤".encode("iso-2022-jp")
    made = changed(mail(raw + f" <{A}>".encode()), b=None)

    assert [("安藤", A)] == shown(made)
    assert b"baba" not in made


@pytest.mark.parametrize("name", ["Customers", '"Ando, Baba"', JAPANESE])
def test_group_keeps_its_name_and_members(name: str) -> None:
    """Whom I take off is gone from the list I wrote to; its name, and who is in it and who is not, stay."""
    made = changed(mail(f"To: {name}: {A}, {B};, {C}", "Subject: x"), b=None)
    groups = message_from_bytes(made, policy=default)["To"].groups

    title = message_from_bytes(f"To: {name}:;\r\n\r\n".encode(), policy=default)["To"].groups[0].display_name
    assert [(title, [A]), (None, [C])] == [
        (one.display_name, [each.addr_spec for each in one.addresses]) for one in groups
    ]


def test_last_visible_recipient_removed_leaves_an_empty_group() -> None:
    """A mail that shows nobody says so in the way mail programs know."""
    made = changed(mail(f"To: {B}", f"Cc: {B}"), b=None)

    assert b"\r\nTo: undisclosed-recipients:;\r\n" in made
    assert b"\r\nCc:" not in made


def test_last_of_cc_removed_takes_the_field_away() -> None:
    """An emptied Cc is no field any more; To stays as it was written."""
    octets = mail(f"To:   {A}", f"Cc: {B}")

    assert octets.replace(f"Cc: {B}\r\n".encode(), b"") == changed(octets, b=None)


def test_corrected_address_keeps_name_and_place() -> None:
    """The right address stands where the wrong one stood, under the same name."""
    made = changed(mail(f"To: {JAPANESE} <{A}>, {B}", f"Cc: {C}"), a=NEW)

    assert [("馬場 花子", NEW), ("", B), ("", C)] == shown(made)
    assert A.encode() not in made


def test_corrected_address_that_is_there_already_stands_once() -> None:
    """Correcting to somebody who is in the same field names them once."""
    assert [B] == addresses(changed(mail(f"To: {A}, {B}"), a=B))


@pytest.mark.parametrize("typed", ["打合せ", "x" * 300, "plain", "=?utf-8?b?eA==?=", "a\x00b", "打合せの件" * 40, ""])
def test_subject_is_what_was_typed_and_one_field(typed: str) -> None:
    """Whatever I type becomes the subject and nothing else; the old one is nowhere."""
    octets = mail(f"To: {A}", "Subject: =?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=", "Subject: old", "Thread-Topic: old")
    made = edited(octets, resubjected(Message(octets), typed))
    message = message_from_bytes(made, policy=default)

    assert " ".join(typed.replace("\x00", " ").split()) == " ".join(str(message["Subject"]).split())
    assert (1, None) == (len(message.get_all("Subject", [])), message["Thread-Topic"])
    assert b"old" not in made
    assert all(len(line) <= 78 for line in made.partition(b"\r\n\r\n")[0].split(b"\r\n"))


def test_subject_cannot_begin_another_field() -> None:
    """A line break in what was typed smuggles no field into the mail."""
    octets = mail(f"To: {A}", "Subject: x")
    made = edited(octets, resubjected(Message(octets), "x\r\nBcc: evil@example.com\r\n\r\nbody"))

    assert message_from_bytes(made, policy=default)["Bcc"] is None
    assert len(octets.split(b"\r\n")) == len(made.split(b"\r\n"))


# -- parts

TEXT = b"Content-Type: text/plain\r\n\r\nhello\r\n"
FILE = b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\n%PDF-\r\n'
OTHER = FILE.replace(b"a.pdf", b"b.pdf").replace(b"%PDF-", b"%PDF-2")


def multipart(boundary: bytes, *parts: bytes, end: bytes | None = None, before: bytes = b"") -> bytes:
    mark = b"--" + boundary
    body = before + b"".join(mark + b"\r\n" + part for part in parts) + (mark + b"--\r\n" if end is None else end)
    return b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n' + body


def whole(part: bytes) -> bytes:
    return b"From: t@office.example.jp\r\nMIME-Version: 1.0\r\n" + part


def without(octets: bytes, *paths: tuple[int, ...]) -> bytes:
    return edited(octets, without_parts(Message(octets), frozenset(paths)))


CUTS = [
    pytest.param((TEXT, FILE, OTHER), (1,), (TEXT, OTHER), id="in the middle"),
    pytest.param((TEXT, FILE, OTHER), (2,), (TEXT, FILE), id="last"),
    pytest.param((FILE, TEXT), (0,), (TEXT,), id="first, one part left"),
    pytest.param((TEXT, multipart(b"in", TEXT, FILE)), (1, 1), (TEXT, multipart(b"in", TEXT)), id="nested"),
]


@pytest.mark.parametrize(("parts", "path", "left"), CUTS)
def test_dropped_file_leaves_the_rest_as_it_was(
    parts: tuple[bytes, ...], path: tuple[int, ...], left: tuple[bytes, ...]
) -> None:
    """The mail is, octet for octet, the one that never had this file."""
    for extra in ({}, {"before": b"This is a multi-part message in MIME format.\r\n"}, {"end": b""}):
        made = without(whole(multipart(b"x", *parts, **extra)), path)
        assert whole(multipart(b"x", *left, **extra)) == made


def test_only_part_dropped_leaves_an_empty_text() -> None:
    """A mail of nothing but files stays a valid mail when they are gone."""
    made = without(whole(multipart(b"x", FILE, OTHER)), (0,), (1,))
    (only,) = message_from_bytes(made, policy=default).iter_parts()

    assert ("text/plain", "") == (only.get_content_type(), only.get_content().strip())
    assert b"%PDF" not in made


@pytest.mark.parametrize("path", [(), (2,), (0, 0), (-1,)])
def test_part_that_is_not_there_is_refused(path: tuple[int, ...]) -> None:
    """A wrong number removes nothing."""
    octets = whole(multipart(b"x", TEXT, FILE))

    with pytest.raises(NoSuchPart):
        without(octets, path)


def test_part_of_a_forwarded_mail_is_refused() -> None:
    """What stands inside an attached mail is not taken out of it."""
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\nearlier\r\n"
    octets = whole(multipart(b"x", TEXT, inner))

    with pytest.raises(NoSuchPart):
        without(octets, (1, 0))


# -- whatever the mail

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
BOXES = st.lists(st.tuples(NAMES, st.sampled_from([A, B, C, "x..y@docomo.example.jp"])), max_size=6)
SPACE = st.sampled_from([" ", "  ", "\r\n\t", "\r\n "])


LINES = st.lists(
    st.sampled_from(["X-Mailer: y", "References: <a@b>", "Reply-To: t@office.example.jp", "Subject: =?utf-8?q?a?="]),
    max_size=3,
)


@given(to=BOXES, cc=BOXES, space=SPACE, body=st.binary(max_size=200), lines=LINES)
def test_everything_outside_changed_fields_stays(
    to: list[tuple[str, str]], cc: list[tuple[str, str]], space: str, body: bytes, lines: list[str]
) -> None:
    """Whatever stands in a mail: lines of other fields and the body are the same octets in the same order."""

    def field(name: str, boxes: list[tuple[str, str]]) -> list[str]:
        written = [
            f"{Header(one, 'utf-8', maxlinelen=10_000).encode()} <{address}>" if one else address
            for one, address in boxes
        ]
        return [f"{name}:{space}" + f",{space}".join(written)] if written else []

    body = re.sub(rb"[\r\n]", b"", body)
    octets = mail(*lines, *field("To", to), *field("Cc", cc), body=body)
    made = changed(octets, b=None, a=NEW)

    def others(text: bytes) -> list[bytes]:
        head = Message(text)
        return [head.octets[one.start : one.end] for one in head.fields if one.name not in ("To", "Cc")]

    assert others(octets) == others(made)
    assert made.endswith(b"\r\n\r\n" + body)
    kept = [NEW if address == A else address for _, address in to + cc if address != B]
    assert set(kept) == set(_ours(made))


def _ours(octets: bytes) -> list[str]:
    """By our parser: names are anything here, and others read some of them differently."""
    return [box.address for one in Message(octets).all("To", "Cc") for box in one.mailboxes]


LEAF = st.sampled_from([TEXT, FILE, OTHER, b"\r\nno header\r\n", b"Content-Type: text/plain\r\n\r\n\r\n"])


@given(st.lists(LEAF, min_size=2, max_size=5), st.data())
def test_dropping_is_as_if_it_had_never_been_there(parts: list[bytes], data: st.DataObject) -> None:
    """However many parts: taking one out gives the mail without it."""
    at = data.draw(st.integers(0, len(parts) - 1))
    octets = whole(multipart(b"x", *parts))

    assert whole(multipart(b"x", *parts[:at], *parts[at + 1 :])) == without(octets, (at,))
