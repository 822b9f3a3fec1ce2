"""Word, Excel and PowerPoint up to 2003, and Ichitaro, in compound files made by hand."""

from __future__ import annotations

import struct

import pytest

from mailguard.extract.files import ole_documents, spreadsheet_binary
from mailguard.model.contents import Form, Obstacle, Sign
from tests.effort import effort
from tests.unit.extract.made_documents import compound, reading


def word(main: str, *, header: str = "", flags: int = 0x0200, narrow: bool = False) -> bytes:
    """A .doc of Word 97 with one piece, and no properties of paragraphs."""
    text = main + header
    fib = bytearray(0x400)
    struct.pack_into("<HH", fib, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", fib, 0x0A, flags)
    struct.pack_into("<i", fib, 0x4C, len(main))
    struct.pack_into("<i", fib, 0x54, len(header))
    place = (0x400 * 2 | 0x40000000) if narrow else 0x400
    pieces = struct.pack("<II", 0, len(text)) + struct.pack("<HIH", 0, place, 0)
    table = b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", fib, 0x1A2, 0, len(table))
    body = text.encode("cp1252" if narrow else "utf-16-le")
    return compound({"1Table": table, "WordDocument": bytes(fib) + body})


def record(kind: int, body: bytes = b"") -> bytes:
    """A record of an .xls."""
    return struct.pack("<HH", kind, len(body)) + body


def label(row: int, column: int, text: str) -> bytes:
    """A cell with its text in it."""
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def records(cells: bytes, *, state: int = 0, before: bytes = b"", after: bytes = b"") -> bytes:
    """The records of a workbook with one sheet."""
    start = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + before
    name = "名簿".encode("utf-16-le")
    sheet = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + after + record(0x0A)
    position = len(start) + 4 + 8 + len(name) + 4
    start += record(0x85, struct.pack("<IBBBB", position, state, 0, 2, 1) + name) + record(0x0A)
    return start + sheet


def workbook(cells: bytes, *, state: int = 0, before: bytes = b"", after: bytes = b"") -> bytes:
    """An .xls with one sheet."""
    return compound({"Workbook": records(cells, state=state, before=before, after=after)})


def atom(kind: int, body: bytes, *, is_container: bool = False) -> bytes:
    """A record of a .ppt."""
    return struct.pack("<HHI", 0xF if is_container else 0, kind, len(body)) + body


def test_word_document_gives_text_tables_and_headers() -> None:
    """Cells come as cells, headers apart, fields by their results."""
    main = "前\r氏名\x07仮名 太郎\x07\x07住所\x07東京都\x07\x07\x13 PAGE \x141\x15頁\r"
    found = reading(ole_documents.read, word(main, header="受付番号\r"))

    assert "氏名\t仮名 太郎\n住所\t東京都" == found.piece("氏名").text.strip()
    assert Form.TABLE is found.piece("氏名").form
    assert "1頁" in found.text("")
    assert "受付番号" == found.text("header")


def test_word_document_in_single_octets_is_read() -> None:
    """English documents are kept narrow."""
    assert "Taro Kamei" == reading(ole_documents.read, word("Taro Kamei\r", narrow=True)).text("")


def test_word_document_with_a_password_is_encrypted() -> None:
    """Nothing of it is taken for text."""
    found = reading(ole_documents.read, word("秘密の文\r", flags=0x0300))

    assert {Obstacle.ENCRYPTED} == found.obstacles
    assert () == found.contents.pieces


def test_workbook_gives_its_cells_and_what_stands_beside() -> None:
    """A comment lies in other records than cells; its words come as well."""
    note = record(0x3C, b"\x01" + "備考欄の糖尿病".encode("utf-16-le"))
    found = reading(spreadsheet_binary.read, workbook(label(2, 1, "仮名 太郎") + label(2, 3, "090"), after=note))

    piece = found.piece("仮名 太郎")
    assert ("仮名 太郎\t\t090", 3, 2, "名簿") == (piece.text, piece.first_row, piece.first_column, piece.section)
    assert "備考欄の糖尿病" in found.text("other text")
    assert "仮名" not in found.text("other text")


@pytest.mark.parametrize(
    ("state", "before"),
    [(1, b""), (2, b""), (0, record(0x7D, struct.pack("<HHHHHH", 0, 0, 2000, 0, 1, 0)))],
    ids=["hidden sheet", "very hidden sheet", "hidden column"],
)
def test_hidden_sheet_or_column_of_a_workbook_raises_the_sign(state: int, before: bytes) -> None:
    """Old workbooks hide like new ones."""
    found = reading(spreadsheet_binary.read, workbook(label(0, 0, "仮名"), state=state, before=before))

    assert bool(state) is found.piece("仮名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_workbook_with_a_password_is_encrypted() -> None:
    """FILEPASS says so."""
    found = reading(spreadsheet_binary.read, workbook(label(0, 0, "x"), before=record(0x2F, b"\1\0" * 20)))

    assert {Obstacle.ENCRYPTED} == found.obstacles


def test_cells_in_opposite_corners_of_a_workbook_are_not_laid_out() -> None:
    """It is too large, and its strings are looked at even so."""
    found = reading(spreadsheet_binary.read, workbook(label(0, 0, "左上の仮名") + label(65535, 255, "右下の仮名")))

    assert {Obstacle.TOO_LARGE} == found.obstacles
    assert "右下の仮名" in found.text()


@pytest.mark.parametrize(
    "claim",
    [
        record(0x200, struct.pack("<IIHHH", 1_258_291_200, 121, 0, 11, 0)),
        record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0)),
        record(0xFC, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF)),
    ],
    ids=["ends before it begins", "all the rows there could be", "four billion strings"],
)
def test_size_that_a_workbook_claims_is_not_believed(claim: bytes) -> None:
    """Such a record made the library below end the whole process."""
    found = reading(spreadsheet_binary.read, workbook(claim + label(2, 1, "仮名 太郎の表")))

    assert "仮名 太郎の表" in found.text()


def test_large_workbook_is_read_to_its_end() -> None:
    """Beyond 7 MB a compound file needs a second table of its tables."""
    filler = record(0x1234, b"\0" * 8_000) * 1_000
    octets = records(label(0, 0, "先頭の仮名") + filler + label(1, 0, "末尾の仮名"))
    found = reading(spreadsheet_binary.read, octets)

    assert "先頭の仮名\n末尾の仮名" == found.text("名簿")


def test_presentation_gives_slides_and_notes() -> None:
    """Text of both kinds of atoms; notes apart; the master's text left out."""
    slides = atom(
        0x03EE, atom(0x0FA0, "仮名 太郎\r電話".encode("utf-16-le")) + atom(0x0FA8, b"Room 5"), is_container=True
    )
    notes = atom(0x03F0, atom(0x0FA0, "話す事".encode("utf-16-le")), is_container=True)
    master = atom(0x03F8, atom(0x0FA0, "書式設定".encode("utf-16-le")), is_container=True)
    user = struct.pack("<HHIII", 0, 0x0FF6, 0x14, 0x14, 0xE391C05F)
    found = reading(
        ole_documents.read, compound({"Current User": user, "PowerPoint Document": slides + notes + master})
    )

    assert "仮名 太郎\n電話\nRoom 5" == found.text("")
    assert "話す事" == found.text("notes")


def test_presentation_with_a_password_is_encrypted() -> None:
    """The current user's token says so."""
    user = struct.pack("<HHIII", 0, 0x0FF6, 0x14, 0x14, 0xF3D1C4DF)
    found = reading(ole_documents.read, compound({"Current User": user, "PowerPoint Document": b"\0" * 100}))

    assert {Obstacle.ENCRYPTED} == found.obstacles


def test_ichitaro_document_in_clear_is_read_and_another_is_unknown() -> None:
    """What is readable is read; what is not is never called empty."""
    text = ("仮名太郎の申請書について。" * 200).encode("utf-16-be")
    clear = reading(ole_documents.read, compound({"DocumentText": text}))
    opaque = reading(ole_documents.read, compound({"DocumentText": bytes(range(256)) * 20}))

    assert "仮名太郎の申請書" in clear.text("")
    assert set() == clear.obstacles
    assert {Obstacle.UNKNOWN} == opaque.obstacles


def test_file_dropped_into_an_object_is_handed_on() -> None:
    """An attachment inside of an object is a file with its name."""
    inner = b"PK\x03\x04" + b"x" * 20
    path = b"C:\\t\\a.zip\0"
    body = b"\2\0" + "名簿.zip".encode("cp932") + b"\0" + b"C:\\a.zip\0" + struct.pack("<II", 3, len(path)) + path
    body += struct.pack("<I", len(inner)) + inner
    found = reading(ole_documents.read, compound({"\x01Ole10Native": struct.pack("<I", len(body)) + body}))

    assert {"attachment:made!名簿.zip": inner} == found.files


def properties(kind: int, value: bytes) -> bytes:
    """A set of properties whose only one is the title."""
    body = struct.pack("<IIII", 0, 1, 2, 16) + struct.pack("<I", kind) + value
    return b"\xfe\xff\0\0" + bytes(20) + struct.pack("<I", 1) + bytes(16) + struct.pack("<I", 48) + body


def test_properties_of_an_old_document_are_read() -> None:
    """CP932 without a word about it, as Japanese Office wrote it."""
    title = "名簿".encode("cp932") + b"\0"
    made = compound(
        {"PowerPoint Document": b"", "\x05SummaryInformation": properties(0x1E, struct.pack("<I", 5) + title)}
    )

    assert "title: 名簿" == reading(ole_documents.read, made).text("properties")


@pytest.mark.parametrize("kind", [0x100C, 0x101E, 0x1002, 0x1E], ids=["variants", "strings", "shorts", "string"])
def test_property_that_claims_four_billion_values_ends_soon(kind: int) -> None:
    """A count in a file is not believed; 20 KB kept a library counting for minutes."""
    claims = properties(kind, struct.pack("<I", 0xFFFFFFFF) + b"\x1f\0\0\0" * 10)
    octets = compound({"PowerPoint Document": b"", "\x05SummaryInformation": claims})
    _, seconds = effort(lambda: reading(ole_documents.read, octets))

    assert seconds < 2


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize("octets", [b"", OLE + b"\xff" * 600], ids=["none", "header only"])
def test_octets_that_are_no_compound_file_are_damaged(octets: bytes) -> None:
    """Nonsense is a result."""
    assert {Obstacle.DAMAGED} == reading(ole_documents.read, octets).obstacles


@pytest.mark.parametrize("alignment", [r"\ad", ""], ids=["aligned", "plain"])
def test_word_below_its_reading_is_read(alignment: str) -> None:
    """Word lays a reading over a name by an equation; the name stands in it alone."""
    field = rf'\x13EQ \* jc2 \* "Font:MS" \* hps10 \o{alignment}(\s\up 9(カメイ),仮名)\x15'.replace(
        r"\x13", "\x13"
    ).replace(r"\x15", "\x15")
    found = reading(ole_documents.read, word(f"担当は{field}です\r"))

    assert "担当は仮名です" == found.text("")
