"""A mail as a tree of parts: nothing a mail program shows stays unseen, and no octet moves."""

from __future__ import annotations

import base64
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.mime.message import Message, Part, fields_of, stuffed, unstuffed

TOP = b"From: a@example.jp\r\nTo: b@example.com\r\nMIME-Version: 1.0\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nhello\r\n"
FILE = b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="a.pdf"\r\n\r\n%PDF-\r\n'
FORWARDED = b"Content-Type: message/rfc822\r\n\r\nSubject: inside\r\n\r\nearlier words\r\n"
Tree = tuple[str, list["Tree"]]


def multipart(boundary: bytes, *parts: bytes, end: bytes | None = None, kind: bytes = b"mixed") -> bytes:
    """A part of that boundary; ``end`` stands instead of the last delimiter."""
    mark = b"--" + boundary
    body = b"".join(mark + b"\r\n" + part for part in parts) + (mark + b"--\r\n" if end is None else end)
    return b"Content-Type: multipart/" + kind + b'; boundary="' + boundary + b'"\r\n\r\n' + body


def tree(part: Part) -> Tree:
    return (part.content_type.rpartition("/")[2], [tree(child) for child in part.children])


def plain(*kinds: str) -> Tree:
    return ("mixed", [(kind, []) for kind in kinds])


BOTH = plain("plain", "pdf")
INNER = multipart(b"in", TEXT, kind=b"alternative")
IN_ONE: Tree = ("mixed", [("alternative", [("plain", [])]), ("pdf", [])])

TREES = [
    pytest.param(multipart(b"x", TEXT, FILE), BOTH, id="two parts"),
    pytest.param(multipart(b"x", TEXT, FILE, end=b""), BOTH, id="last delimiter missing"),
    pytest.param(multipart(b"x", TEXT, FILE, end=b"--x"), BOTH, id="cut inside the last delimiter"),
    pytest.param(multipart(b"x", TEXT, FILE) + b"--x\r\n" + TEXT, BOTH, id="epilogue that looks like a part"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b"--x", b"pre --x\r\n--x", 1), BOTH, id="preamble"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b"--x\r\n", b"--x \t\r\n"), BOTH, id="blanks behind delimiters"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b'"x"', b"x"), BOTH, id="boundary without quotes"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b'"x"', b"x (remark)"), BOTH, id="remark behind the boundary"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b'"x"', b'"x'), BOTH, id="quote not closed"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b'"x"', b'"y"; boundary=x'), BOTH, id="second boundary counts"),
    pytest.param(multipart(b"ab", TEXT, FILE).replace(b'="ab"', b"*0=a; boundary*1=b"), BOTH, id="boundary continued"),
    pytest.param(multipart(b"a  b", TEXT, FILE), BOTH, id="two blanks in the boundary"),
    pytest.param(multipart(b"=?utf-8?Q?x?=", TEXT, FILE), BOTH, id="boundary like an encoded word"),
    pytest.param(multipart(b"\x95\\", TEXT, FILE), BOTH, id="boundary in Shift_JIS"),
    pytest.param(multipart(b"a.b*c+(d)?", TEXT, FILE), BOTH, id="boundary with signs of a pattern"),
    pytest.param(multipart(b"x", TEXT, FILE).replace(b"Content-Type", b"CONTENT-TYPE \t"), BOTH, id="odd field names"),
    pytest.param(multipart(b"x", INNER, FILE), IN_ONE, id="nested"),
    pytest.param(
        multipart(b"x", multipart(b"xy", TEXT, kind=b"alternative"), FILE),
        IN_ONE,
        id="boundary begins like the inner one",
    ),
    pytest.param(
        multipart(b"xy", multipart(b"x", TEXT, kind=b"alternative"), FILE),
        IN_ONE,
        id="inner boundary begins like this one",
    ),
    pytest.param(multipart(b"x", INNER.replace(b"--in--\r\n", b""), FILE), IN_ONE, id="inner one not closed"),
    pytest.param(multipart(b"x", b"\r\nhello\r\n", FILE), BOTH, id="part without fields"),
    pytest.param(multipart(b"x", b"hello\r\n", FILE), BOTH, id="part without fields and empty line"),
    pytest.param(multipart(b"x", b"", FILE), BOTH, id="empty part"),
    pytest.param(
        multipart(b"x", TEXT, FORWARDED), ("mixed", [("plain", []), ("rfc822", [("plain", [])])]), id="rfc822"
    ),
    pytest.param(
        multipart(b"x", TEXT, b"Content-Type: message/rfc822\r\n\r\n" + multipart(b"y", TEXT, FILE)),
        ("mixed", [("plain", []), ("rfc822", [BOTH])]),
        id="multipart in a forwarded mail",
    ),
    pytest.param(b"Content-Type: text\r\n\r\nhello\r\n", ("plain", []), id="type without a second half"),
    pytest.param(b"Content-Type:\r\n\r\nhello\r\n", ("plain", []), id="empty type"),
    pytest.param(b"\r\nhello\r\n", ("plain", []), id="no type"),
    pytest.param(b"Content-Type: multipart/mixed\r\n\r\n--x\r\n" + TEXT, ("mixed", []), id="no boundary"),
]


@pytest.mark.parametrize(("mail", "expected"), TREES)
def test_parts_are_those_a_mail_program_shows(mail: bytes, expected: Tree) -> None:
    """An attachment is seen also where the mail is not quite as the standard has it."""
    assert expected == tree(Message(TOP + mail).root)


def test_parts_lie_where_their_octets_lie() -> None:
    """A change to one part can leave every other octet as it is."""
    message = Message(TOP + multipart(b"x", TEXT, FILE, FORWARDED))
    bodies = [message.octets[part.start : part.end] for part in message.root.children]

    assert bodies == [b"hello", b"%PDF-", b"Subject: inside\r\n\r\nearlier words"]
    assert message.octets[message.root.children[2].children[0].start :].startswith(b"earlier words\r\n--x--")


def test_fields_are_read_whole_and_lie_where_their_octets_lie() -> None:
    """Folded, repeated and broken header lines: each field has its octets, and nothing else has."""
    head = b"Subject: one\r\n two\r\nno field here\r\n still none\r\nTo : a@example.jp\r\nto:b@example.com\r\n"
    found = list(fields_of(head))

    assert [("Subject", b"one two"), ("To", b"a@example.jp"), ("to", b"b@example.com")] == [
        (field.name, field.value) for field in found
    ]
    assert [b"Subject: one\r\n two\r\n", b"To : a@example.jp\r\n", b"to:b@example.com\r\n"] == [
        head[field.start : field.end] for field in found
    ]


NO_EMPTY_LINE = [
    (TOP + b"hello\r\n\r\nyou\r\n", b"hello\r\n\r\nyou\r\n"),
    (TOP + b"hello\r\nTEL: 1\r\n", b"hello\r\nTEL: 1\r\n"),
    (TOP + b"hello\r\nSubject: a\r\n\r\nyou\r\n", b"you\r\n"),
    (b"From a@example.jp Thu\r\n" + TOP + b"\r\nyou\r\n", b"you\r\n"),
    (b"hello\r\n", b"hello\r\n"),
    (TOP + b"\r\nhello\r\n", b"hello\r\n"),
]


@pytest.mark.parametrize(("mail", "body"), NO_EMPTY_LINE)
def test_text_begins_where_the_header_must_have_ended(mail: bytes, body: bytes) -> None:
    """A program forgot the empty line: servers and mail programs show what cannot be a header as text, and so do we."""
    inside = TOP + multipart(b"x", TEXT, mail.removesuffix(b"\r\n") + b"\r\n")
    message, outer = Message(mail), Message(inside)
    part = outer.root.children[1]

    assert body == message.octets[message.root.start : message.root.end]
    assert body.removesuffix(b"\r\n") == inside[part.start : part.end]


def test_fields_of_one_name_are_all_found() -> None:
    """A second Cc field hides nobody."""
    message = Message(b"Cc: a@example.jp\r\nSubject: =?utf-7?Q?+2AA-?=\r\nCC: b@example.com\r\n\r\n")

    assert ["a@example.jp", "b@example.com"] == [box.address for one in message.all("Cc") for box in one.mailboxes]
    assert "" == message.text_of("Resent-To")
    message.text_of("Subject").encode()


ENCODED = [
    pytest.param(b"base64", b"aGVsbG8g\r\nd29ybGQ=\r\n", b"hello world", id="base64"),
    pytest.param(b"BASE64 ", b"aGVs*bG8g\r\n !d29y\r\nbGQ=\r\n", b"hello world", id="base64, junk inside"),
    pytest.param(b'"base64" (remark)', b"aGVsbG8=", b"hello", id="base64, name in quotes"),
    pytest.param(b"base64", b"aGVsbG8", b"hello", id="base64, padding missing"),
    pytest.param(b"base64", b"aGVsbG8gd", b"hello ", id="base64, cut"),
    pytest.param(b"base64", b"aGVsbG8g\r\nd29ybGQ=\r\naGVsbG8=", b"hello worldhello", id="base64, two in one"),
    pytest.param(b"base64", b"====", b"", id="base64, only padding"),
    pytest.param(b"quoted-printable", b"=E8=A6=8B a=\r\nb=3D=zz", "見 ab==zz".encode(), id="quoted-printable"),
    pytest.param(b"quoted-printable", b"=e8=a6=8b\r\nb=", "見\r\nb".encode(), id="quoted-printable, small, cut"),
    pytest.param(b"8bit", b"\x8c\xa9 =41", b"\x8c\xa9 =41", id="8bit"),
    pytest.param(b"x-unknown", b"a=41", b"a=41", id="unknown"),
]


@pytest.mark.parametrize(("encoding", "body", "expected"), ENCODED)
def test_encoded_part_is_decoded_as_mail_programs_do(encoding: bytes, body: bytes, expected: bytes) -> None:
    """Junk, missing padding and odd spelling hide nothing."""
    message = Message(TOP + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body)

    assert expected == message.decoded(message.root)


def test_decoding_can_stop_early() -> None:
    """A large file costs no more than the part of it that is looked at."""
    body = base64.encodebytes(b"hello" * 10_000).replace(b"\n", b"\r\n")
    message = Message(TOP + b"Content-Transfer-Encoding: base64\r\n\r\n" + body)

    assert b"hello" * 2 == message.decoded(message.root, 14)[:10]
    assert len(message.decoded(message.root, 14)) <= 12


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "utf-8", "euc-jp"])
def test_text_part_is_read_in_its_charset(charset: str) -> None:
    """What the sender wrote is what we read."""
    body = "御見積書をお送りします。".encode(charset)
    message = Message(TOP + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + body)

    assert "御見積書をお送りします。" == message.text(message.root)


def test_depth_and_number_of_parts_are_bounded() -> None:
    """A mail made of nothing but parts is read at once, and what lies deeper is left as one part."""
    deep = Message(
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(100)) + TEXT
    )
    many = Message(TOP + multipart(b"x", *[TEXT] * 1500))
    letters = Message(TOP + b"Content-Type: message/rfc822\r\n\r\n" * 5000)

    assert max(part.depth for part in deep.root.walk()) == 20
    assert max(part.depth for part in letters.root.walk()) == 20
    assert sum(1 for _ in many.root.walk()) == 500


@pytest.mark.parametrize(
    ("octets", "wire"),
    [
        (b"a\r\n.\r\nb\r\n", b"a\r\n..\r\nb\r\n"),
        (b".a\r\n..b\r\n", b"..a\r\n...b\r\n"),
        (b"a.\r\nb\r\n", b"a.\r\nb\r\n"),
        (b"", b""),
        (b".", b".."),
    ],
    ids=["a dot alone", "dots in front", "dots elsewhere", "nothing", "only a dot"],
)
def test_dots_are_stuffed_and_taken_out(octets: bytes, wire: bytes) -> None:
    """A line of a dot alone never ends a mail early, and never arrives as two dots."""
    assert wire == stuffed(octets)
    assert octets == unstuffed(wire)


@given(st.lists(st.sampled_from([b".", b"..", b"x", b"\r\n", b""]), max_size=20).map(b"".join))
def test_any_lines_come_back_from_wire_form(octets: bytes) -> None:
    """Wire form changes nothing for good."""
    wire = stuffed(octets)

    assert octets == unstuffed(wire)
    assert b"\r\n.\r\n" not in b"\r\n" + wire + b"\r\n"


PUMPS: list[Callable[[int], bytes]] = [
    lambda n: multipart(b"x", *[b""] * (n // 5)),
    lambda n: multipart(b"x", b"--" * (n // 2)),
    lambda n: multipart(b"x", (b"--x" + b" " * 2000 + b"a\r\n") * (n // 2000)),
    lambda n: multipart(b"x", end=b"--x" + b" " * n),
    lambda n: b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" * (n // 55),
    lambda n: b"A:\r\n" * (n // 4),
    lambda n: b"A:" + b"\r\n " * (n // 3),
    lambda n: b"A" + b" " * n,
    lambda n: b":" * n,
    lambda n: b"a" * n,
    lambda n: b"Content-Type: " + b";boundary=a" * (n // 11) + b"\r\n\r\n" + b"--a" * 1000,
    lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * n,
    lambda n: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"AAA=" * (n // 4),
]


@pytest.mark.parametrize("pump", PUMPS, ids=range(len(PUMPS)))
def test_long_repetition_is_read_in_time(pump: Callable[[int], bytes]) -> None:
    """No mail keeps the relay from other mail; the time-out guards it."""
    message = Message(TOP + pump(200_000))
    for part in message.root.walk():
        message.decoded(part)


LINES = [
    b"--x\r\n",
    b"--x--\r\n",
    b"--y\r\n",
    b"--y--\r\n",
    b"\r\n",
    b"hello\r\n",
    b" folded\r\n",
    b"\n",
    b"\r",
    b"\x1b$B",
]
LINES += [b"Content-Type: multipart/mixed; boundary=x\r\n", b"Content-Type: multipart/related; boundary=y\r\n"]
LINES += [b"Content-Type: message/rfc822\r\n", b"Content-Type: text/html; charset=utf-7\r\n", b"Content-Type: \r\n"]
LINES += [
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Disposition: attachment; filename==?\r\n",
    b"Content-Type",
]


@given(st.lists(st.sampled_from(LINES) | st.binary(max_size=20), max_size=25).map(b"".join))
def test_any_lines_are_read_without_an_error(octets: bytes) -> None:
    """Whatever a mail consists of, reading it raises nothing, and every part lies inside the one around it."""
    message = Message(octets)
    for part in message.root.walk():
        message.text(part).encode()
        assert part.start <= part.end <= len(octets)
        assert all(part.start <= child.start and child.end <= part.end for child in part.children)
    for field in message.fields:
        field.text.encode()
        assert [] == [box for box in field.mailboxes if "@" not in box.address]


@given(
    texts=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=60), max_size=4),
    files=st.lists(st.binary(max_size=200), max_size=4),
)
def test_any_mail_of_the_standard_library_is_read_as_written(texts: list[str], files: list[bytes]) -> None:
    """Ordinary mail, however many words and files it has, is read exactly."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "x"
    mail.set_content("".join(f"{one}\r\n" for one in texts))
    for number, one in enumerate(files):
        mail.add_attachment(one, "application", "octet-stream", filename=f"{number}.bin")
    message = Message(mail.as_bytes())
    leaves = [part for part in message.root.walk() if not part.children]

    assert files == [message.decoded(part) for part in leaves if part.is_attachment]
    assert [f"{number}.bin" for number in range(len(files))] == [one.name for one in leaves if one.is_attachment]
    theirs = next(one for one in message_from_bytes(mail.as_bytes()).walk() if not one.is_multipart())
    written = theirs.get_payload(decode=True)
    assert isinstance(written, bytes)
    assert written.split() == message.decoded(leaves[0]).split()


@given(
    octets=st.binary(max_size=400),
    line=st.integers(1, 90),
    junk=st.sampled_from([b"", b"\r\n", b"=", b" =\r\n", b"\xff-"]),
)
def test_chunks_of_a_part_are_what_it_decodes_to(octets: bytes, line: int, junk: bytes) -> None:
    """A large file that is read in pieces is the same file, whatever its base64 looks like."""
    encoded = base64.b64encode(octets)
    written = b"".join(encoded[at : at + line] + b"\r\n" + junk for at in range(0, len(encoded), line))
    message = Message(b"Content-Transfer-Encoding: base64\r\nContent-Type: a/b\r\n\r\n" + written)

    assert message.decoded(message.root) == b"".join(message.chunks(message.root))
