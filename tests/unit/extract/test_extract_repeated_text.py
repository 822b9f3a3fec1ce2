"""One long text in very many cells costs and says no more than a few of them."""

from __future__ import annotations

import struct

import pytest

from mailguard.extract.files import odf, spreadsheet_binary, xlsx
from mailguard.model.contents import Obstacle
from tests.unit.extract.made_documents import S, compound, opendocument, reading
from tests.unit.extract.made_documents import xlsx as made_xlsx
from tests.unit.extract.test_extract_ole_documents import record, records

LONG = "仮名 太郎 三輪四丁目 "


def shared(text: str, cells: int) -> bytes:
    """A workbook whose cells all show the same shared string, five a row."""
    row = "".join('<c t="s"><v>0</v></c>' for _ in range(5))
    return made_xlsx(
        f"<row>{row}</row>" * (cells // 5), sharedStrings_xml=f"<sst {S}><si><t>{text}</t></si></sst>"
    )  # fmt: skip


def test_very_long_text_shared_by_many_cells_comes_once() -> None:
    """500 cells with 18,000 characters each are two kilobytes of a file, and nine million characters of text."""
    found = reading(xlsx.read, shared(LONG * 1500, 500))

    assert 1500 == found.text().count("太郎")
    assert not found.obstacles


def test_remark_shared_by_a_few_rows_stays_in_every_row() -> None:
    """What is said of three people is said of each of them."""
    assert 15 == reading(xlsx.read, shared(LONG * 12, 15)).text().count(LONG * 12)


def test_long_text_shared_by_very_many_cells_ends_and_is_told() -> None:
    """Beyond a million repeated characters no more come, and the file is said to be too large."""
    found = reading(xlsx.read, shared(LONG * 80, 20_000))

    assert len(found.text()) < 1_200_000
    assert {Obstacle.TOO_LARGE} == found.obstacles


def test_short_text_shared_by_many_cells_stays_in_all() -> None:
    """A branch's name stands in every row of a list."""
    assert 5_000 == reading(xlsx.read, shared("長野支店", 5_000)).text().count("長野支店")


def old_shared(text: str, cells: int, *, cut: int = 0) -> bytes:
    """An .xls whose cells all show one shared string; ``cut``: letters after which a continuing record begins."""
    head = struct.pack("<IIHB", cells, 1, len(text), 1)
    cut = cut or len(text)
    strings = record(0xFC, head + text[:cut].encode("utf-16-le"))
    if text[cut:]:
        strings += record(0x3C, b"\1" + text[cut:].encode("utf-16-le"))
    rows = b"".join(record(0xFD, struct.pack("<HHHI", number, 0, 0, 0)) for number in range(cells))
    return compound({"Workbook": records(rows, before=strings)})


@pytest.mark.parametrize("cut", [0, 700], ids=["one record", "two records"])
def test_long_text_shared_by_cells_of_an_old_workbook_comes_once(cut: int) -> None:
    """Old workbooks share their strings as well."""
    found = reading(spreadsheet_binary.read, old_shared(LONG * 100, 500, cut=cut))

    assert (100, set()) == (found.text("名簿").count("太郎"), found.obstacles)


@pytest.mark.parametrize("cut", [0, 3_500], ids=["one record", "two records"])
def test_old_workbook_that_would_cost_gigabytes_is_too_large_but_its_string_is_read(cut: int) -> None:
    """The library that reads it copies the string for each cell, so it is not asked; the string itself is found."""
    found = reading(spreadsheet_binary.read, old_shared(LONG * 330, 20_000, cut=cut))

    assert {Obstacle.TOO_LARGE} == found.obstacles
    assert 0 < found.text().count("太郎") <= 330


def test_long_text_in_repeated_cells_of_an_opendocument_comes_once() -> None:
    """Cells and rows that say how often they stand there are bounded, and a long text comes once."""
    cell = f'<table:table-cell table:number-columns-repeated="16384"><text:p>{LONG * 100}</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1000">{cell}</table:table-row>' * 3
    found = reading(odf.read, opendocument(f"<table:table>{rows}</table:table>", "spreadsheet"))

    assert 100 == found.text().count("太郎")
