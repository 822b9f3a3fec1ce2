"""Text files in every charset Japanese offices use, tables, cards, calendars, pages."""

from __future__ import annotations

import base64
import struct

import pytest

from mailguard.extract.dispatch import read_file
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.walk import Walk
from mailguard.mime.japanese import is_misdeclared, likely_text, readings_of
from mailguard.model.contents import Contents, Form, Obstacle, Piece, Sign

TEXT = "氏名:髙橋 一郎、㈱あおば ① ﾃﾞﾝﾜ 03-0000-1234\r\n"
JIS = "氏名:高橋 一郎"


def read(octets: bytes, name: str = "a.txt") -> Contents:
    walk = Walk(read_file)
    walk.file(name, octets, f"attachment:{name}", 1)
    return walk.contents()


def pieces(octets: bytes, name: str = "a.txt") -> list[Piece]:
    return [piece for piece in read(octets, name).pieces if piece.section != "file name"]


def jis(text: str) -> bytes:
    """ISO-2022-JP as Windows programs write it, with NEC's characters and half-width kana."""
    made, mode = bytearray(), b"\x1b(B"
    for sign in text:
        octets = sign.encode("cp932")
        if len(octets) == 1:
            wanted = b"\x1b(I" if octets[0] >= 0x80 else b"\x1b(B"
            code = bytes([octets[0] & 0x7F])
        else:
            wanted, (lead, trail) = b"\x1b$B", octets
            row = (lead - (0x70 if lead < 0xA0 else 0xB0)) * 2
            is_even = trail >= 0x9F
            cell = trail - 0x7E if is_even else trail - (0x1F if trail < 0x7F else 0x20)
            code = bytes([row if is_even else row - 1, cell])
        made += (wanted if wanted != mode else b"") + code
        mode = wanted
    return bytes(made) + (b"\x1b(B" if mode != b"\x1b(B" else b"")


NEC = "氏名:橋 一郎、㈱あおば ① ﾃﾞﾝﾜ 03-0000-1234"
CHARSETS = [
    pytest.param(TEXT.encode(), TEXT, id="UTF-8"),
    pytest.param(TEXT.encode("utf-8-sig"), TEXT, id="UTF-8 with a mark"),
    pytest.param(TEXT.encode("cp932"), TEXT, id="CP932"),
    pytest.param(TEXT.encode("utf-16"), TEXT, id="UTF-16 with a mark"),
    pytest.param(TEXT.encode("utf-16-le"), TEXT, id="UTF-16 LE without"),
    pytest.param(TEXT.encode("utf-16-be"), TEXT, id="UTF-16 BE without"),
    pytest.param(JIS.encode("euc_jp"), JIS, id="EUC-JP"),
    pytest.param(jis(NEC), NEC, id="ISO-2022-JP with NEC's characters"),
    pytest.param(JIS.encode("iso2022_jp_2004"), JIS, id="ISO-2022-JP-2004"),
    pytest.param("𠮟る".encode("iso2022_jp_2004"), "𠮟る", id="JIS X 0213"),
    pytest.param(b"plain ASCII", "plain ASCII", id="ASCII"),
]


@pytest.mark.parametrize(("octets", "text"), CHARSETS)
def test_text_is_read_in_any_charset(octets: bytes, text: str) -> None:
    """A text without a declared charset is read as it was written."""
    assert text == likely_text(octets)


SHORT = ["山田", "東京都", "加藤 花子", "カ)アオバ", "様", "住所", "はい", "福祉"]


@pytest.mark.parametrize("charset", ["utf-8", "cp932"])
@pytest.mark.parametrize("text", SHORT)
def test_short_text_is_read_right(text: str, charset: str) -> None:
    """Two characters are enough."""
    assert text == likely_text(text.encode(charset))


def test_lie_about_charset_gives_both_readings() -> None:
    """A text that is declared as something it also could be is read as both, and the lie is known."""
    octets = JIS.encode("iso2022_jp")

    assert JIS in readings_of(octets, "utf-8")
    assert len(readings_of(octets, "utf-8")) == 2
    assert is_misdeclared(octets, "utf-8")
    assert not is_misdeclared(octets, "iso-2022-jp")
    assert (JIS,) == readings_of(JIS.encode(), "utf-8")


TABLES = [
    pytest.param("氏名,電話\n佐藤 花子,\"090-0000\n-1234\"\n", id="comma, line in a cell"),
    pytest.param("氏名;電話\n佐藤 花子;090-0000 -1234\n", id="semicolon"),
    pytest.param("氏名\t電話\n佐藤 花子\t090-0000 -1234\n", id="tab"),
    pytest.param("sep=|\n氏名|電話\n佐藤 花子|090-0000 -1234\n", id="said by sep="),
    pytest.param("\ufeff\"氏名\",\"電話\"\r\n\"佐藤 花子\",=\"090-0000 -1234\"\r\n", id="quoted, with a mark"),
    pytest.param("氏名,電話\r佐藤 花子,090-0000 -1234\r", id="CR ends"),
]  # fmt: skip


@pytest.mark.parametrize("charset", ["utf-8", "cp932", "utf-16"])
@pytest.mark.parametrize("text", TABLES)
def test_csv_is_a_table(text: str, charset: str) -> None:
    """However its cells are divided, a list is a table."""
    (piece,) = pieces(text.removeprefix("\ufeff" if charset != "utf-8" else "").encode(charset), "a.csv")

    assert Form.TABLE is piece.form
    assert "氏名\t電話\n佐藤 花子\t090-0000 -1234" == piece.text


def test_quotation_mark_too_few_loses_no_rows() -> None:
    """A table with a lone quotation mark keeps its rows."""
    (piece,) = pieces(('a,b\n"x,y\n' + "佐藤 花子,1\n" * 50).encode(), "a.csv")

    assert piece.text.count("\n佐藤 花子\t1") == 50


TYPES = [
    pytest.param("a.jpg", b"%PDF-1.7\n", FileType.PDF, id="pdf"),
    pytest.param("a.pdf.exe", b"<!DOCTYPE html><p>", FileType.HTML, id="html"),
    pytest.param("a.txt", b'\xef\xbb\xbf<?xml version="1.0"?><a/>', FileType.XML, id="xml"),
    pytest.param("a.dat", b'{"a": [1, 2]}', FileType.JSON, id="json"),
    pytest.param("a.txt", b"BEGIN:VCARD\r\n", FileType.CARD, id="card"),
    pytest.param("a.txt", b"BEGIN:VCALENDAR\r\n", FileType.CALENDAR, id="calendar"),
    pytest.param("a.txt", b"From: a@example.jp\r\nSubject: b\r\n\r\nc", FileType.MAIL, id="mail"),
    pytest.param("a.txt", b"a\tb\n1\t2\n3\t4\n", FileType.TABLE, id="tabs"),
    pytest.param("a.dat", b"{\\rtf1 a}", FileType.RTF, id="rtf"),
    pytest.param("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(20), FileType.PICTURE, id="png"),
    pytest.param("a", b"\0\0\0\x18ftypheic" + bytes(20), FileType.PICTURE, id="heic"),
    pytest.param("a", b"RIFF\0\0\0\0WEBPVP8 ", FileType.PICTURE, id="webp"),
    pytest.param("a", b"\0\0\0\x18ftypisom" + bytes(20), FileType.MEDIA, id="mp4"),
    pytest.param("a.txt", b"", FileType.EMPTY, id="empty"),
    pytest.param("a.txt", bytes(range(256)) * 4, FileType.BINARY, id="binary"),
    pytest.param("a.bin", "ただの文章です。".encode("cp932"), FileType.TEXT, id="text"),
    pytest.param("._a.xls", b"\x00\x05\x16\x07" + bytes(40) + b"x", FileType.EMPTY, id="a Mac's companion file"),
    pytest.param("a.txt", b"BZh is no archive here, only words\n", FileType.TEXT, id="words like a magic number"),
]


@pytest.mark.parametrize(("name", "octets", "kind"), TYPES)
def test_file_is_known_by_its_content(name: str, octets: bytes, kind: FileType) -> None:
    """A wrong or double extension changes nothing."""
    assert kind is file_type(name, octets)


def test_card_gives_labelled_lines() -> None:
    """An address card of a telephone, quoted-printable in Shift_JIS, is read."""
    name = "".join(f"={octet:02X}" for octet in "佐藤".encode("cp932"))
    first = f"N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:{name};"
    card = f"BEGIN:VCARD\r\n{first}\r\nTEL;CELL:09000001234\r\nBDAY:1980-01-02\r\nEND:VCARD\r\n"
    (piece,) = pieces(card.encode())

    assert ["氏名: 佐藤", "電話: 09000001234", "生年月日: 1980-01-02"] == piece.text.split("\n")


def test_calendar_leaves_attendees_out() -> None:
    """What an invitation says is read; who is invited is as little a finding as the names in To."""
    people = "ATTENDEE;CN=佐藤:mailto:a@example.jp"
    text = f"BEGIN:VCALENDAR\r\n{people}\r\nDESCRIPTION:面談\\n 鈴木\r\n  様\r\nEND:VCALENDAR\r\n"
    (piece,) = pieces(text.encode())

    assert "DESCRIPTION: 面談\n 鈴木 様" == piece.text


def test_xml_entities_are_not_expanded() -> None:
    """A "billion laughs" document stays as small as it is; an outside file is not fetched."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a0 "佐藤">{laughs}<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&a9;</a>'

    joined = "".join(piece.text for piece in pieces(text.encode()))
    assert "佐藤" in joined
    assert len(joined) < 2 * len(text)


def test_json_records_are_a_table() -> None:
    """A list of equal records is read as rows."""
    (piece,) = pieces('{"会員": [{"氏名": "佐藤", "番号": 1}, {"氏名": "鈴木", "番号": 2}]}'.encode())

    assert (Form.TABLE, "氏名\t番号\n佐藤\t1\n鈴木\t2") == (piece.form, piece.text)


HIDDEN = [
    pytest.param('<p style="display:none">秘密の名簿</p>', id="display"),
    pytest.param('<p style="VISIBILITY: hidden">秘密の名簿</p>', id="visibility"),
    pytest.param("<p style='font-size:0px'>秘密の名簿</p>", id="size"),
    pytest.param("<p style='mso-hide:all'>秘密の名簿</p>", id="Outlook"),
    pytest.param("<p hidden>秘密の名簿</p>", id="attribute"),
    pytest.param('<font color="#FFFFFF">秘密の名簿</font>', id="white on white"),
    pytest.param("<style>.x { display : none }</style><div><p class='x'>秘密の名簿</p></div>", id="style sheet"),
    pytest.param("<div style='max-height:0;overflow:hidden'>秘密の名簿</div>", id="no height"),
    pytest.param("<table><tr><td style='display:none'>秘密の名簿<td>b</table>", id="cell"),
]


@pytest.mark.parametrize("page", HIDDEN)
def test_hidden_text_is_read_and_said(page: str) -> None:
    """Text nobody sees is read as hidden, and the text beside it is not."""
    contents = read(f"<html><p>見える文</p>{page}<p>後の文</p></html>".encode(), "a.html")

    assert ["秘密の名簿"] == [piece.text.strip() for piece in contents.pieces if piece.section == "hidden"]
    assert Sign.HIDDEN_TEXT in contents.signs
    assert any("見える文" in piece.text and "後の文" in piece.text for piece in contents.pieces if not piece.is_hidden)


SHOWN = [
    pytest.param("<p style='display:block'>a</p>", id="block"),
    pytest.param("<td bgcolor='#003366'><font color=white>a</font></td>", id="white on blue"),
    pytest.param("<p style='font-size:0.8em'>a</p>", id="small"),
    pytest.param("<div style='display:none'>今月のお知らせ</div><p>a</p>", id="line beside the subject"),
    pytest.param("<title>a</title><p>b", id="title"),
    pytest.param("<!-- a --><p>b", id="remark"),
]


@pytest.mark.parametrize("page", SHOWN)
def test_shown_text_is_not_called_hidden(page: str) -> None:
    """What ordinary mail does to its looks is no sign."""
    assert Sign.HIDDEN_TEXT not in read(f"<html>{page}</html>".encode(), "a.html").signs


def test_page_table_is_a_table_and_nothing_twice() -> None:
    """A list in a page is a table of its own; a cell over two columns keeps its neighbours in theirs."""
    page = (
        "<html><p>一覧</p><table><tr><th>氏名<th>電話<th>備考</tr><tr><td><p>佐藤<br>花子<td>090&#45;0000-1234<td>a</tr>"
        "<tr><td colspan=2>鈴木<td>b</tr></table><p>以上</html>"
    )
    found = pieces(page.encode(), "a.html")

    assert [
        (Form.PROSE, "一覧\n以上\n"),
        (Form.TABLE, "氏名\t電話\t備考\n佐藤 花子\t090-0000-1234\ta\n鈴木\t\tb\n"),
    ] == [(piece.form, piece.text) for piece in found]


def test_page_offsets_point_into_its_source() -> None:
    """A finding in a page leads back to what was typed, entities and tags left aside."""
    page = "<html><p>氏名 <b>佐藤</b> 花&#23376;</p></html>"
    (piece,) = pieces(page.encode(), "a.html")
    at = piece.text.index("佐藤 花子")

    assert piece.origin is not None
    assert page.index("佐藤") == piece.origin[at]
    assert page.index("&#23376;") == piece.origin[at + 4]


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, data in attributes:
        made += struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return made


def test_winmail_gives_body_and_files() -> None:
    """Body, subject and files of a winmail.dat are read; the Japanese code page counts."""
    octets = tnef(
        (1, 0x00069007, struct.pack("<II", 932, 0)),
        (1, 0x00018004, "件名です\0".encode("cp932")),
        (1, 0x0002800C, "本文 佐藤 花子\0".encode("cp932")),
        (2, 0x00069002, bytes(14)),
        (2, 0x00018010, "名簿.csv\0".encode("cp932")),
        (2, 0x0006800F, "氏名,番号\n佐藤,1\n鈴木,2\n".encode("cp932")),
    )
    found = {piece.where: piece.text for piece in read(octets, "winmail.dat").pieces if piece.section != "file name"}

    assert {
        "attachment:winmail.dat!subject": "件名です",
        "attachment:winmail.dat!body": "本文 佐藤 花子",
        "attachment:winmail.dat!名簿.csv": "氏名\t番号\n佐藤\t1\n鈴木\t2",
    } == found


CLOSED = [
    pytest.param(bytes.fromhex("308006092a864886f70d010703a080") + b"x" * 20, id="enveloped"),
    pytest.param(b"-----BEGIN PGP MESSAGE-----\n\nx\n", id="PGP"),
    pytest.param(
        b"-----BEGIN PKCS7-----\n" + base64.b64encode(bytes.fromhex("308006092a864886f70d010703a080") + b"x" * 20),
        id="PEM",
    ),
]


@pytest.mark.parametrize("octets", CLOSED)
def test_sealed_file_is_encrypted(octets: bytes) -> None:
    """What only its recipient can open is said to be closed."""
    assert {Obstacle.ENCRYPTED} == {one.why for one in read(octets, "a.p7m").unreadable}


def test_signed_file_shows_its_content() -> None:
    """A signature in pieces of indefinite length (BER) is opened."""
    data = b"\x24\x80\x04\x06\xe4\xbd\x90\xe8\x97\xa4\x04\x03abc\0\0"
    inner = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010701") + b"\xa0\x80" + data + b"\0\0\0\0"
    signed = b"\x30\x80\x02\x01\x01\x31\x00" + inner + b"\x31\x00\0\0"
    octets = b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + signed + b"\0\0\0\0"

    assert "佐藤abc" in {piece.text for piece in read(octets, "a.txt.p7m").pieces}
