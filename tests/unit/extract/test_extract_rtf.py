"""Rich text: Japanese in every way that Word, WordPad and LibreOffice write it."""

from __future__ import annotations

import pytest

from mailguard.extract.files.rtf import read
from mailguard.model.contents import Form, Obstacle, Sign
from tests.unit.extract.made_documents import reading


def rtf(body: str | bytes, head: str = r"\ansi\ansicpg932\deff0") -> bytes:
    """A file with this body."""
    content = body.encode("latin-1") if isinstance(body, str) else body
    fonts = b"{\\fonttbl{\\f0\\fnil\\fcharset128 x;}{\\f1\\fnil\\fcharset0 y;}}"
    return b"{\\rtf1" + head.encode() + fonts + content + b"}"


def octets(text: str) -> str:
    """Text as octets of CP932 in hexadecimal."""
    return "".join(f"\\'{octet:02x}" for octet in text.encode("cp932"))


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (r"\f0 " + octets("仮名 太郎"), r"\ansi\ansicpg932"),
        (r"\f1 " + octets("仮名 太郎"), r"\ansi\ansicpg932"),
        (r"\f0 " + octets("仮名 太郎"), r"\ansi\ansicpg1252"),
        (r"\f1 " + octets("仮名 太郎"), r"\ansi"),
        (r"\uc1\u20206?\u21517? \u22826?\u-28466?", r"\ansi"),
        (r"\uc2\u20206\'89\'bc\u21517\'96\'bc \u22826\'91\'be\u-28466\'98\'59", r"\ansi\ansicpg932"),
        ("仮名 太郎".encode("cp932"), r"\ansi\ansicpg932"),
    ],
    ids=["font", "file", "font against file", "neither says", "unicode", "unicode and octets", "raw"],
)
def test_name_is_read_however_it_is_written(body: str | bytes, head: str) -> None:
    """The same name comes out of each spelling."""
    assert "仮名 太郎" == reading(read, rtf(body, head)).text("")


def test_second_octet_that_is_a_letter_belongs_to_its_pair() -> None:
    """WordPad writes the second octet as it is; a backslash among them is escaped."""
    assert "テスト ソ表" == reading(read, rtf(rb"\f0 \'83e\'83X\'83g \'83\\\'95\'5c")).text("")


def test_table_rows_and_cells_become_a_table() -> None:
    """A form in rich text stays a table."""
    row = r"\trowd\pard\intbl " + octets("氏名") + r"\cell " + octets("仮名 太郎") + r"\cell\row"
    found = reading(read, rtf(octets("前") + r"\par " + row + row + r"\pard " + octets("後") + r"\par"))

    assert [(Form.PROSE, "前"), (Form.TABLE, "氏名\t仮名 太郎\n氏名\t仮名 太郎"), (Form.PROSE, "後")] == [
        (piece.form, piece.text.strip()) for piece in found.contents.pieces
    ]


@pytest.mark.parametrize(
    ("group", "section"),
    [
        (r"{\header ", "header"),
        (r"{\footerr ", "footer"),
        (r"{\footnote ", "footnote"),
        (r"{\*\annotation ", "comment"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv 1}}{\shptxt ", "text box"),
    ],
    ids=["header", "footer", "footnote", "comment", "text box"],
)
def test_text_beside_the_body_is_read(group: str, section: str) -> None:
    """Headers, notes, comments and boxes."""
    body = octets("本文") + group + octets("仮名 次郎") + "}" * group.count("{") + r"\par"

    assert "仮名 次郎" == reading(read, rtf(body)).text(section)


def test_hidden_text_is_found_and_said_to_be_hidden() -> None:
    """Rich text hides as Word does."""
    found = reading(read, rtf(octets("公開") + r"{\v " + octets("病名") + r"}\par"))

    assert "公開" == found.text("").strip()
    assert found.piece("病名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_properties_and_links_are_read_and_formatting_is_not() -> None:
    """What is no text stays out."""
    body = (
        r"{\info{\title " + octets("名簿") + r"}}{\stylesheet{\s0 Normal;}}{\*\generator Word}{\field{\*\fldinst "
        r'HYPERLINK "mailto:taro@example.jp"}{\fldrslt mail}}'
    )
    found = reading(read, rtf(body))

    assert "mail" == found.text("")
    assert "taro@example.jp" == found.text("links")
    assert "title: 名簿" == found.text("properties")


def test_embedded_object_is_handed_on() -> None:
    """A workbook inside of rich text is a file."""
    inner = b"\x01\x05\0\0" + b"\0" * 20 + b"PK\x03\x04rest"
    found = reading(read, rtf(r"{\object{\*\objdata " + inner.hex() + "}}"))

    assert {"attachment:made!object": b"PK\x03\x04rest"} == found.files


def test_groups_nested_too_deep_end_the_reading() -> None:
    """A million braces are refused."""
    assert {Obstacle.TOO_DEEP} == reading(read, rtf("{" * 1_000_000)).obstacles


def test_octets_that_are_no_rich_text_are_damaged() -> None:
    """Nonsense is a result."""
    assert {Obstacle.DAMAGED} == reading(read, b"hello").obstacles


@pytest.mark.parametrize("spelling", ["octets", "unicode", "a group each"])
def test_property_comes_as_one_line_however_it_is_written(spelling: str) -> None:
    """A title in which each letter is an escape of its own is still one title."""
    letters = {
        "octets": octets("仮名 太郎"),
        "unicode": "".join(f"\\u{ord(sign)}?" for sign in "仮名 太郎"),
        "a group each": "".join(f"{{{octets(sign)}}}" for sign in "仮名 太郎"),
    }[spelling]

    assert "title: 仮名 太郎" == reading(read, rtf(f"{{\\info{{\\title {letters}}}}}x")).text("properties")


def test_variable_of_a_document_keeps_name_and_value_apart() -> None:
    """They are two texts."""
    text = reading(read, rtf(r"{\*\docvar {memo}{Kamei Taro}}x")).text("properties")

    assert "docvar: memo\ndocvar: Kamei Taro" == text


PICTURES = [
    pytest.param(9000, 4000, 5, {Obstacle.PICTURE}, id="list below a heading"),
    pytest.param(1000, 1000, 5, set(), id="stamp"),
    pytest.param(9000, 1000, 5, set(), id="banner"),
    pytest.param(9000, 4000, 300, set(), id="picture in a text"),
]


@pytest.mark.parametrize(("width", "height", "words", "expected"), PICTURES)
def test_large_picture_beside_few_words_is_told_of(
    width: int, height: int, words: int, expected: set[Obstacle]
) -> None:
    """A list that was pasted as a picture cannot be read, whatever stands above it."""
    picture = rf"{{\pict\pngblip\picwgoal{width}\pichgoal{height} 89504e47}}"

    assert expected == reading(read, rtf("word " * words + picture)).obstacles
