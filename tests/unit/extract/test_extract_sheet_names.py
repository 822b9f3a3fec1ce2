"""Names of sheets are text: offices call a sheet by the person it is about."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailguard.extract.files import odf, spreadsheet_binary, xlsx
from mailguard.extract.files.grid import add_sheet_names
from mailguard.extract.walk import File, Walk
from tests.unit.extract.made_documents import cell, opendocument, reading
from tests.unit.extract.made_documents import xlsx as made_xlsx
from tests.unit.extract.test_extract_ole_documents import label
from tests.unit.extract.test_extract_ole_documents import workbook as made_xls

NAMED = [
    pytest.param(xlsx.read, lambda: made_xlsx(f'<row r="1">{cell("A1", "x")}</row>'), id="xlsx"),
    pytest.param(spreadsheet_binary.read, lambda: made_xls(label(0, 0, "x")), id="xls"),
    pytest.param(
        odf.read,
        lambda: opendocument(
            '<table:table table:name="名簿"><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table>",
            "spreadsheet",
        ),
        id="ods",
    ),
]


@pytest.mark.parametrize(("read", "make"), NAMED)
def test_name_of_a_sheet_is_a_text_of_its_own(read: Callable[[File, Walk], None], make: Callable[[], bytes]) -> None:
    """It is inspected like the cells below it."""
    assert "名簿" == reading(read, make()).text("sheet name")


def test_hidden_sheets_name_is_hidden() -> None:
    """A name that nobody is shown is there all the same."""
    found = reading(xlsx.read, made_xlsx(f'<row r="1">{cell("A1", "x")}</row>', state="hidden"))

    assert [True] == [piece.is_hidden for piece in found.contents.pieces if piece.section == "sheet name"]


def test_each_sheets_name_stands_for_itself() -> None:
    """What is found in one of them is told of that one; a workbook of thousands of sheets costs no thousands more."""
    walk = Walk(lambda *_: None)
    add_sheet_names(((f"名簿{number}", False) for number in range(5_000)), "attachment:a.xlsx", walk)
    pieces = walk.contents().pieces

    assert "名簿0" == pieces[0].text
    assert len(pieces) < 400
    assert 5_000 == sum(len(piece.text.split("\n")) for piece in pieces)


@pytest.mark.parametrize("name", ["Sheet1", "sheet 12", "シート1", "グラフ2", "Sheet"])
def test_name_that_a_program_gave_is_left_out(name: str) -> None:
    """It says nothing."""
    walk = Walk(lambda *_: None)
    add_sheet_names([(name, False)], "attachment:a.xlsx", walk)

    assert () == walk.contents().pieces
