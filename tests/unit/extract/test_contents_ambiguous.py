"""Mail that two programs read differently is read both ways; mail that has one reading has one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.extract.contents import contents_of
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle, Sign

SECRET = "佐藤 花子 090-0000-1234"
B64 = base64.b64encode(SECRET.encode())
MIXED = b"Content-Type: multipart/mixed; boundary=b\r\n"


def read(*lines: bytes) -> Contents:
    return contents_of(Message(b"\r\n".join(lines)))


def texts(contents: Contents) -> str:
    return "\n".join(piece.text for piece in contents.pieces)


def utf8(*head: bytes) -> bytes:
    return b"\r\n".join([b"Content-Type: text/plain; charset=utf-8", *head])


AMBIGUOUS = [
    pytest.param((MIXED, b"--b", b"", b"hello", b"--b--", b"", SECRET.encode()), id="text behind the last delimiter"),
    pytest.param((MIXED, b"--b", b"", b"hello", b"--b--", b"--b", b"", SECRET.encode()), id="part behind the last"),
    pytest.param((MIXED, b"--b", utf8(), b"", SECRET.encode()), id="last delimiter missing"),
    pytest.param((MIXED, b"--c", utf8(), b"", SECRET.encode(), b"--c--"), id="another boundary than declared"),
    pytest.param((b"Content-Type: multipart/mixed", b"", b"--c", utf8(), b"", SECRET.encode()), id="no boundary"),
    pytest.param(
        (b"Content-Type: multipart/mixed; boundary=a; boundary=b", b"", b"--a", b"", b"x", b"--a--", b"--b", b"",
         SECRET.encode(), b"--b--"), id="two boundaries",
    ),
    pytest.param(
        (b"Content-Type: text/plain", b"Content-Type: text/html", b"",
         b"<p>&#x4f50;&#x85e4; &#33457;&#23376; 090-0000-1234"),
        id="two types",
    ),
    pytest.param(
        (utf8(b"Content-Transfer-Encoding: 7bit", b"Content-Transfer-Encoding: base64"), b"", B64), id="two encodings"
    ),
    pytest.param((utf8(b"Content-Transfer-Encoding: 7bit"), b"", B64), id="base64 not declared"),
    pytest.param((utf8(b"Content-Transfer-Encoding: base64"), b"", SECRET.encode()), id="base64 only declared"),
    pytest.param(
        (utf8(b"Content-Transfer-Encoding: base64"), b"", b"!" + B64[:8] + b"*" + B64[8:]), id="junk in base64"
    ),
    pytest.param(
        (utf8(b"Content-Transfer-Encoding: base64"), b"", base64.b64encode(b"x") + B64), id="padding in the middle"
    ),
    pytest.param((b"Content-Type: text/plain; charset=utf-8", b"", SECRET.encode("cp932")), id="charset is another"),
    pytest.param(
        (b"Content-Type: text/plain; charset=utf-8", b"", SECRET.encode("iso2022_jp")), id="declared UTF-8, is JIS"
    ),
    pytest.param((b"Subject: a", b"no field here", utf8(), b"", SECRET.encode()), id="a header line is no field"),
    pytest.param((b"Subject: a", utf8(b"Content-Transfer-Encoding: base64"), B64, b""), id="no empty line, base64"),
    pytest.param(
        (b"Subject: a", b"Content-Type: text/html", b"<p>&#x4f50;&#x85e4; &#33457;&#23376; 090-0000-1234", b""),
        id="no empty line, a page",
    ),
    pytest.param(
        (MIXED, b"--b", utf8(b"Content-Transfer-Encoding: base64"), B64, b"--b--"), id="no empty line in a part"
    ),
    pytest.param(
        (b"Content-Type: multipart/mixed", b"Content-Transfer-Encoding: base64", b"", SECRET.encode()),
        id="no parts, and base64 only declared",
    ),
    pytest.param((b"Subject: a", b" ", utf8(), b"", SECRET.encode()), id="blanks where the header might end"),
    pytest.param(
        (MIXED.replace(b"=b", b"=part"), b"--part", b"", b"x", b"--part2", utf8(b"Content-Transfer-Encoding: base64"),
         b"", B64, b"--part--"), id="delimiter goes on",
    ),
    pytest.param((b"Content-Type: text/plain", b"", b"<html><p>", SECRET.encode(), b"</html>"), id="page called plain"),
    pytest.param(
        (b"Content-Type: multipart/mixed; boundary=b", b"Content-Transfer-Encoding: base64", b"",
         base64.b64encode(b"--b\r\n\r\n" + SECRET.encode() + b"\r\n--b--\r\n")), id="multipart in base64",
    ),
]  # fmt: skip


@pytest.mark.parametrize("lines", AMBIGUOUS)
def test_ambiguous_mail_is_read_every_way(lines: tuple[bytes, ...]) -> None:
    """What some program shows is found, and the mail is called ambiguous."""
    contents = read(*lines)

    assert SECRET in texts(contents)
    assert Sign.AMBIGUOUS in contents.signs


ORDINARY = [
    pytest.param((utf8(), b"", SECRET.encode()), id="plain"),
    pytest.param((b"Subject: a", b"", SECRET.encode()), id="no type at all"),
    pytest.param((utf8(b"Content-Transfer-Encoding: base64"), b"", B64, b""), id="base64"),
    pytest.param((b"Content-Type: text/plain; charset=Shift_JIS", b"", SECRET.encode("cp932")), id="Shift_JIS"),
    pytest.param((b"Content-Type: text/plain; charset=iso-2022-jp", b"", SECRET.encode("iso2022_jp")), id="JIS"),
    pytest.param(
        (MIXED, b"This is a multi-part message in MIME format.", b"--b", utf8(), b"", SECRET.encode(), b"--b--", b""),
        id="multipart",
    ),
    pytest.param((utf8(), utf8(), b"", SECRET.encode()), id="the same field twice"),
    pytest.param(
        (b"Content-Type: multipart/mixed; boundary=b", b"", b"--b", b"Content-Type: multipart/alternative; boundary=bb",
         b"", b"--bb", utf8(), b"", SECRET.encode(), b"--bb--", b"", b"--b--"), id="boundary begins like its parent's",
    ),
]  # fmt: skip


@pytest.mark.parametrize("lines", ORDINARY)
def test_ordinary_mail_has_one_reading(lines: tuple[bytes, ...]) -> None:
    """Mail as programs write it is read once and not called ambiguous."""
    contents = read(*lines)

    assert 1 == texts(contents).count(SECRET)
    assert Sign.AMBIGUOUS not in contents.signs


PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 99
UNREADABLE = [
    pytest.param((b"Content-Type: message/partial; id=a; number=1", b"", b"x"), Obstacle.UNKNOWN, id="partial"),
    pytest.param((b"", b"-----BEGIN PGP MESSAGE-----", b"", b"x"), Obstacle.ENCRYPTED, id="PGP in the text"),
    pytest.param(
        (b"Content-Type: multipart/encrypted; boundary=b", b"", b"--b", b"", b"x", b"--b--"), Obstacle.ENCRYPTED,
        id="PGP/MIME",
    ),
    pytest.param(
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", b"Content-Transfer-Encoding: base64", b"",
         base64.b64encode(bytes.fromhex("308006092a864886f70d010703a080") + b"x" * 20)), Obstacle.ENCRYPTED,
        id="enveloped",
    ),
    pytest.param((b"Content-Type: image/png; name=a.png", b"", PICTURE), Obstacle.PICTURE, id="picture"),
    pytest.param(
        (b"Content-Type: application/x-thing; name=a.bin", b"", bytes(range(256)) * 9), Obstacle.UNKNOWN, id="unknown"
    ),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "why"), UNREADABLE)
def test_mail_that_hides_its_text_says_so(lines: tuple[bytes, ...], why: Obstacle) -> None:
    """What nobody can look into is named, never passed over."""
    assert why in {one.why for one in read(*lines).unreadable}


def test_deep_mail_is_too_deep() -> None:
    """Multiparts inside of each other without end are said to be too deep."""
    lines = [b"Content-Type: multipart/mixed; boundary=a%d\r\n\r\n--a%d" % (n, n) for n in range(100)]

    assert Obstacle.TOO_DEEP in {one.why for one in read(*lines).unreadable}


def test_mail_of_many_parts_is_too_many() -> None:
    """Parts without end are said to be too many."""
    assert Obstacle.TOO_MANY in {one.why for one in read(MIXED, *[b"--b\r\n\r\nx"] * 2000).unreadable}


def test_uuencoded_block_is_a_file() -> None:
    """A file written into the text the old way is an attachment."""
    contents = read(b"", b"see:", b"begin 644 a.txt", b'+8V%R9"`R,#(V,0H`', b"`", b"end", b"")

    assert "attachment:a.txt" in {piece.where for piece in contents.pieces}


@settings(max_examples=150)
@given(st.lists(st.sampled_from([
    b"Content-Type: multipart/mixed; boundary=b", b"--b", b"--b--", b"", b"Content-Transfer-Encoding: base64", b"QUJD",
    b"Content-Type: message/rfc822", b"Content-Type: text/html", b"<table><td>", b"\x1b$B", b"begin 644 a",
    b"PK\x03\x04",
    b"Content-Disposition: attachment; filename=a", b" ", b"\x82\xa0", b"Subject: =?utf-8?B?44GC?=", b"BEGIN:VCARD",
]), max_size=40))  # fmt: skip
def test_any_mail_gives_contents(lines: list[bytes]) -> None:
    """Whatever a mail is made of, there is a result."""
    contents = read(*lines)

    assert all(piece.text.strip() for piece in contents.pieces)
