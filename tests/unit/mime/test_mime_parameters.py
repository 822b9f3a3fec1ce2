"""Content-Type and Content-Disposition as mail programs write them: above all the name of a file."""

from __future__ import annotations

import base64
import unicodedata
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailguard.mime.parameters import VALUE_MAX, boundaries_of, file_name, parsed
from tests.unit.mime.test_mime_japanese import jis

NAME = "見積書.pdf"
BACKSLASHES = "表示ソ能十.pdf"
"""Each sign's second octet in Shift_JIS is a backslash."""

QUOTES = "あア※ガ.pdf"
"""Signs whose second octet in ISO-2022-JP is a quotation mark, or first one."""


def word(text: str, charset: str = "utf-8") -> bytes:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?=".encode()


def percent(text: str, charset: str = "utf-8") -> bytes:
    return quote(text.encode(charset)).encode()


def name_in(disposition: bytes, content_type: bytes = b"application/pdf") -> str:
    return file_name(parsed(disposition)[1], parsed(content_type)[1])


PLAIN = [
    pytest.param(b'"a.pdf"', "a.pdf", id="quoted"),
    pytest.param(b"a.pdf", "a.pdf", id="no quotes"),
    pytest.param(b"a b.pdf; size=3", "a b.pdf", id="no quotes around blanks"),
    pytest.param(b'"a;b=c.pdf"; size=3', "a;b=c.pdf", id="separators in quotes"),
    pytest.param(b'"a\\"b.pdf"', 'a"b.pdf', id="escaped quote"),
    pytest.param(b'"a.pdf', "a.pdf", id="quote not closed"),
    pytest.param(b'"a.pdf; size=3', "a.pdf", id="quote not closed, more behind it"),
    pytest.param(b'"a.pdf" size=3', "a.pdf", id="semicolon missing behind it"),
    pytest.param(b'"a.pdf" (a remark)', "a.pdf", id="remark behind it"),
    pytest.param(b'"a\r\n b.pdf"', "a b.pdf", id="folded"),
    pytest.param(b'"a.pdf"; filename="b.pdf"', "a.pdf", id="twice"),
    pytest.param(b'"a\x00.p\x01df"', "a.pdf", id="control characters"),
    pytest.param(b'"' + word(NAME) + b'"', NAME, id="encoded word in quotes"),
    pytest.param(word(NAME), NAME, id="encoded word"),
    pytest.param(b'"' + word(NAME, "iso-2022-jp") + b'"', NAME, id="encoded word, ISO-2022-JP"),
    pytest.param(b'"' + word("見積") + b"\r\n " + word("書.pdf") + b'"', NAME, id="two encoded words, folded"),
    pytest.param(b'"=?utf-8?Q?a_b=E8=A6=8B.pdf?="', "a b見.pdf", id="encoded word, quoted-printable"),
    pytest.param(f'"{NAME}"'.encode(), NAME, id="raw UTF-8"),
    pytest.param(f'"{NAME}"'.encode("cp932"), NAME, id="raw Shift_JIS"),
    pytest.param(f'"{BACKSLASHES}"; size=3'.encode("cp932"), BACKSLASHES, id="raw Shift_JIS, backslashes"),
    pytest.param('"能ソ"; size=3'.encode("cp932"), "能ソ", id="raw Shift_JIS, backslash at the end"),
    pytest.param(f"{BACKSLASHES}; size=3".encode("cp932"), BACKSLASHES, id="raw Shift_JIS, no quotes"),
    pytest.param(f'"{NAME}"'.encode("iso-2022-jp"), NAME, id="raw ISO-2022-JP"),
    pytest.param(b'"' + jis(QUOTES) + b'"; size=3', QUOTES, id="raw ISO-2022-JP, quotes"),
    pytest.param(
        f'"{unicodedata.normalize("NFD", "ガイドブック.pdf")}"'.encode(), "ガイドブック.pdf", id="NFD of a Mac"
    ),
    pytest.param(b'""', "", id="empty"),
]


@pytest.mark.parametrize(("value", "expected"), PLAIN)
@pytest.mark.parametrize("start", [b"attachment; filename=", b"ATTACHMENT;FileName = ", b'inline; x="y" ; filename='])
def test_file_name_is_what_the_sender_gave(start: bytes, value: bytes, expected: str) -> None:
    """The name on the screen is the name on the sender's disk, however the program wrote it."""
    assert expected == name_in(start + value)


SECTIONS = [
    pytest.param(b"filename*=utf-8''" + percent(NAME), NAME, id="UTF-8"),
    pytest.param(b"filename*=UTF-8'ja'" + percent(NAME), NAME, id="with a language"),
    pytest.param(b"filename*=iso-2022-jp''" + percent(NAME, "iso-2022-jp"), NAME, id="ISO-2022-JP"),
    pytest.param(b"filename*=Shift_JIS''" + percent(BACKSLASHES, "cp932"), BACKSLASHES, id="Shift_JIS"),
    pytest.param(b"filename*=''" + percent(NAME), NAME, id="no charset"),
    pytest.param(b"filename*=" + percent(NAME), NAME, id="no apostrophes"),
    pytest.param(b"filename*=x-unknown''" + percent(NAME), NAME, id="unknown charset"),
    pytest.param(f"filename*=utf-8''{NAME}".encode(), NAME, id="raw instead of percent signs"),
    pytest.param(b"filename*=Shift_JIS''" + NAME.encode("cp932"), NAME, id="raw Shift_JIS instead of percent signs"),
    pytest.param(b"filename*=\"utf-8''" + percent(NAME) + b'"', NAME, id="in quotes"),
    pytest.param(
        b"filename*0*=utf-8''" + percent("見積") + b"; filename*1*=" + percent("書.pdf"), NAME, id="continued"
    ),
    pytest.param(
        b"filename*1*=" + percent("書.pdf") + b"; filename*0*=utf-8''" + percent("見積"), NAME, id="in another order"
    ),
    pytest.param(b"filename*0*=utf-8''%E8%A6; filename*1*=%8B.pdf", "見.pdf", id="cut inside a character"),
    pytest.param(
        b"filename*0*=utf-8''" + percent("見積") + b'; filename*1="a%.pdf"', "見積a%.pdf", id="last one plain"
    ),
    pytest.param(b'filename*0="a long "; filename*1="name.pdf"', "a long name.pdf", id="continued, plain"),
    pytest.param(
        b'filename*0="' + word("見積") + b'"; filename*1="' + word("書.pdf") + b'"', NAME, id="encoded words, continued"
    ),
    pytest.param(b"filename=\"fallback.pdf\"; filename*=utf-8''" + percent(NAME), NAME, id="behind a plain one"),
    pytest.param(b"filename*=utf-8''" + percent(NAME) + b'; filename="fallback.pdf"', NAME, id="before a plain one"),
    pytest.param(
        b"; ".join(b"filename*%d=%d" % (number, number % 10) for number in range(20)), "01234567890123456789", id="20"
    ),
]


@pytest.mark.parametrize(("parameters", "expected"), SECTIONS)
def test_file_name_of_rfc_2231_is_put_together(parameters: bytes, expected: str) -> None:
    """A long or Japanese name that a program has cut and encoded is read as one."""
    assert expected == name_in(b"attachment; " + parameters)


@pytest.mark.parametrize(
    ("disposition", "content_type", "expected"),
    [
        (b"attachment", b'application/pdf; name="a.pdf"', "a.pdf"),
        (b'attachment; filename="d.pdf"', b'application/pdf; name="t.pdf"', "d.pdf"),
        (b'attachment; filename=""', b'application/pdf; name="t.pdf"', "t.pdf"),
        (b"", b"application/pdf", ""),
    ],
    ids=["only in the type", "both", "empty in the disposition", "none"],
)
def test_file_name_comes_from_the_disposition_first(disposition: bytes, content_type: bytes, expected: str) -> None:
    """Where two names differ, it is the one mail programs show."""
    assert expected == name_in(disposition, content_type)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b"Text/HTML", "text/html", id="capitals"),
        pytest.param(b" attachment ;filename=x", "attachment", id="blanks"),
        pytest.param(b"attachment (a; b); filename=x", "attachment", id="remark"),
        pytest.param(b"attachment filename=x", "attachment", id="semicolon missing"),
        pytest.param(b"filename=x", "", id="only a parameter"),
        pytest.param(b"; filename=x", "", id="only a semicolon"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_word_before_the_parameters_is_alone(value: bytes, expected: str) -> None:
    """A type is recognised whatever stands around it."""
    assert expected == parsed(value)[0]
    assert parsed(value)[1].get("filename", "x") == "x"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(b'x; boundary="a"', b"a", id="quoted"),
        pytest.param(b"x; boundary=a", b"a", id="no quotes"),
        pytest.param(b"x; BOUNDARY = a ; charset=y", b"a", id="blanks"),
        pytest.param(b"x; boundary=a (remark)", b"a", id="remark"),
        pytest.param(b'x; boundary="a', b"a", id="quote not closed"),
        pytest.param(b"x; boundary=----=_Part", b"----=_Part", id="equals sign, no quotes"),
        pytest.param(b'x; boundary="=?utf-8?Q?a?="', b"=?utf-8?Q?a?=", id="looks like an encoded word"),
        pytest.param(b'x; boundary="a  b"', b"a  b", id="two blanks"),
        pytest.param(b'x; boundary="a\tb"', b"a b", id="folded with a tab"),
        pytest.param(b'x; boundary="\x95\\"', b"\x95\\", id="raw octets"),
        pytest.param(b"x; boundary*0=a; boundary*1=b", b"ab", id="continued"),
        pytest.param(b"x; boundary*=us-ascii''a%2Bb", b"a+b", id="percent signs"),
        pytest.param(b'x; boundary="a"; boundary="b"', b"b", id="second of two"),
    ],
)
def test_boundary_that_programs_would_use_is_among_those_tried(value: bytes, expected: bytes) -> None:
    """Unusual spelling does not hide what a multipart holds."""
    assert expected in boundaries_of(value, parsed(value)[1])


@pytest.mark.parametrize("value", [b"", b"x", b'x; boundary=""', b"x; boundary=", b"x; xboundary=a"])
def test_boundary_that_is_not_there_is_not_made_up(value: bytes) -> None:
    """Without a boundary nothing divides the octets."""
    assert [] == boundaries_of(value, parsed(value)[1])


PUMPS = [b'"\\', b'"', b"=", b";", b"a=", b'a="', b"a*0=x;", b"=?", b" ", b"*", b"a*", b"'", b"%", b"a=b;", b'a="\\"']
PUMPS += [
    b"\t=",
    b"a ",
    b"a*0*='';",
    b"a",
    b"\\",
    b"(",
    b"boundary=",
    b"; boundary=a",
    b';boundary="',
    b"\x95",
    b"\x1b$B",
]


@pytest.mark.parametrize("pump", PUMPS)
def test_long_repetition_is_read_in_time(pump: bytes) -> None:
    """No parameter list keeps the relay from other mail; the time-out guards it."""
    value = b"x/y; " + pump * (200_000 // len(pump))
    boundaries_of(value, parsed(value)[1])


def test_value_longer_than_the_limit_is_read_up_to_it() -> None:
    """A name beyond all measure costs no more than a long one."""
    assert len(name_in(b"attachment; filename=" + b"a" * 10 * VALUE_MAX)) < VALUE_MAX


@given(st.binary(max_size=200), st.sampled_from([b"", b"attachment; filename=", b"a; filename*=", b"a; filename*0*="]))
@example(b"utf-7''%2B2AA-", b"a; filename*=")
@example(b"\xe3\x81=?utf-8?b?44?=", b"a; filename*0*=idna''")
def test_any_octets_are_read_without_an_error(octets: bytes, start: bytes) -> None:
    """Whatever stands in these fields, looking at it raises nothing, and the name can be written again."""
    word, parameters = parsed(start + octets)
    boundaries_of(start + octets, parameters)

    assert unicodedata.is_normalized("NFC", file_name(parameters, {}))
    for text in (word, *parameters, *parameters.values()):
        text.encode()


@given(
    st.text(
        st.characters(codec="cp932", exclude_categories=["C"], exclude_characters="¢£¬‖−〜"), min_size=1, max_size=30
    )
)
def test_any_japanese_name_comes_back_from_every_encoding(name: str) -> None:
    """Whatever a file is called, its name survives all the ways programs write it."""
    shown = unicodedata.normalize("NFC", " ".join(name.split()))
    cases = [b'attachment; filename="' + word(name) + b'"', b"attachment; filename*=utf-8''" + percent(name)]
    cases += [b"attachment; filename*=cp932''" + quote(name.encode("cp932"), safe="").encode()]

    assert [shown] * 3 == [name_in(case) for case in cases]
