"""Cells of a sheet put into table pieces whose cell addresses can be computed.

A gap of rows becomes empty lines while it is short and a new piece otherwise, so two cells in opposite corners cost
nothing. A long text that the file has said before is left out of its cell. Blank cells that keep columns apart are
bounded over the whole sheet; past the bound, cells stand side by side.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailguard.extract.walk import Walk
from mailguard.model.contents import Form, Piece

_GIVEN = re.compile(
    r"(?:Sheet|Chart|Table|Macro|\u30b7\u30fc\u30c8|\u8868|\u30b0\u30e9\u30d5)\s?\d{0,4}", re.IGNORECASE
)
_NAMES_MAX = 300
_EMPTY_ROWS_AT_MOST = 50
_BLANKS_AT_MOST = 2_000_000
_LONG = 100
_TEXT_AT_MOST = 4_000_000


class Grid:
    """Rows must come in order. ``first_column``: counted from 0, where every line begins."""

    def __init__(self, walk: Walk, where: str, section: str, *, is_hidden: bool = False) -> None:
        self._walk = walk
        self._where = where
        self._section = section
        self._is_hidden = is_hidden
        self._rows: list[tuple[int, list[tuple[int, str]]]] = []
        self._size = 0
        self._blanks = 0
        self.has_text = False

    def add_row(self, row: int, cells: list[tuple[int, str]]) -> None:
        """The filled cells of a row, as (column, text), in order; both counted from 0."""
        if not cells:
            return
        if self._rows and row - self._rows[-1][0] > _EMPTY_ROWS_AT_MOST:
            self.close()
        if max(len(text) for _, text in cells) > _LONG:
            cells = [(at, text) for at, text in cells if self._walk.may_repeat(self._where, text)]
            if not cells:
                return
        self._rows.append((row, cells))
        self._size += sum(len(text) for _, text in cells) + len(cells)
        if self._size > _TEXT_AT_MOST:
            self.close()

    def close(self) -> None:
        """What is there becomes a piece."""
        if not self._rows:
            return
        self._walk.check_time()
        first_row = self._rows[0][0]
        first_column = min(cells[0][0] for _, cells in self._rows)
        lines: list[str] = []
        next_row = first_row
        for row, cells in self._rows:
            if row > next_row:
                lines.extend([""] * (row - next_row))
            next_row = row + 1
            lines.append(self._line(cells, first_column))
        text = "\n".join(lines)
        self._rows, self._size = [], 0
        self.has_text = self.has_text or bool(text.strip())
        self._walk.add(
            Piece(
                self._where, text, Form.TABLE, self._section, max(0, first_row) + 1, max(0, first_column) + 1,
                self._is_hidden,
            )
        )  # fmt: skip

    def _line(self, cells: list[tuple[int, str]], first_column: int) -> str:
        parts: list[str] = []
        column = first_column
        for at, text in cells:
            gap = at - column
            if gap > 0:
                self._blanks += gap
                parts.extend([""] * (gap if self._blanks < _BLANKS_AT_MOST else 1))
            column = at + 1
            parts.append(text)
        return "\t".join(parts)


def add_sheet_names(names: Iterable[tuple[str, bool]], where: str, walk: Walk) -> None:
    """Each name of a workbook's sheets, with whether it is hidden: offices call a sheet by the person it is about.

    Names that a program gave are left out. Beyond ``_NAMES_MAX`` the rest come together.
    """
    known = list(dict.fromkeys((name, is_hidden) for name, is_hidden in names if not _GIVEN.fullmatch(name)))
    for name, is_hidden in known[:_NAMES_MAX]:
        walk.add(Piece(where, name, section="sheet name", is_hidden=is_hidden))
    walk.add(Piece(where, "\n".join(name for name, _ in known[_NAMES_MAX:]), section="sheet name"))


def one_line(text: str) -> str:
    """The text of a cell without line breaks and tabs."""
    return " ".join(text.split()) if "\n" in text or "\t" in text or "\r" in text else text
