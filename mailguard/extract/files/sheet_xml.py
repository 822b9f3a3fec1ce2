"""The cells of one sheet out of its XML (ECMA-376 part 1 §18.3.1)."""

from __future__ import annotations

import re

from mailguard.extract.files.cell_formats import number_text
from mailguard.extract.files.grid import Grid, one_line
from mailguard.extract.files.markup import OnEnd, OnStart

_ROWS = 1_048_576
_COLUMNS = 16_384
_HEADER_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d{1,3}|[A-Z&])')
_LIST = re.compile(r'"([^"]*)"')
_COLUMN_CACHE_AT_MOST = 20_000


class SheetReader:
    """Functions for ``walk_markup``; rows go to the grid. ``beside``: header, footer, lists to choose from."""

    def __init__(self, strings: list[str], styles: list[str], grid: Grid, *, from_1904: bool) -> None:
        self._strings = strings
        self._styles = styles
        self._grid = grid
        self._from_1904 = from_1904
        self._row = -1
        self._column = -1
        self._cells: list[tuple[int, str]] = []
        self._type = ""
        self._style = ""
        self._words: list[str] = []
        self._wanted = False
        self._value: str | None = None
        self._columns: dict[str, int] = {}
        self.has_hidden_cells = False
        self.beside: list[str] = []
        self.starts: dict[str, OnStart] = {
            "c": self._on_cell, "v": self._on_value, "t": self._on_value, "row": self._on_row, "col": self._on_column,
            "rPh": self._on_reading, "sheetFormatPr": self._on_format, "formula1": self._on_words,
            "oddHeader": self._on_words, "evenHeader": self._on_words, "firstHeader": self._on_words,
            "oddFooter": self._on_words, "evenFooter": self._on_words, "firstFooter": self._on_words,
            "dataValidation": self._on_validation, "f": self._on_formula,
        }  # fmt: skip
        self.ends: dict[str, OnEnd] = {
            "c": self._off_cell, "v": self._off_value, "t": self._off_value, "row": self._off_row,
            "f": self._off_formula, "rPh": self._off_reading, "formula1": self._off_list, "oddHeader": self._off_header,
            "evenHeader": self._off_header, "firstHeader": self._off_header, "oddFooter": self._off_header,
            "evenFooter": self._off_header, "firstFooter": self._off_header,
        }  # fmt: skip
        self._reading = False
        self._in_formula = False
        self._formula = ""

    def characters(self, characters: str) -> None:
        """Text between tags."""
        if self._wanted:
            self._words.append(characters)
        elif self._in_formula:
            self._formula += characters

    def close(self) -> None:
        """The last row, should the sheet have been cut off, and the piece."""
        self._off_row()
        self._grid.close()

    def _on_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        row = int(number) - 1 if len(number) < 8 and number.isdecimal() else self._row + 1
        # Rows out of order are against the format; they are kept in the order of the file.
        self._row = row if self._row < row < _ROWS else self._row + 1
        self._column = -1
        if attributes.get("hidden") in ("1", "true") or attributes.get("ht") == "0":
            self.has_hidden_cells = True

    def _off_row(self) -> None:
        if self._cells:
            self._grid.add_row(self._row, self._cells)
            self._cells = []

    def _on_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true") or attributes.get("width") == "0":
            self.has_hidden_cells = True

    def _on_format(self, attributes: dict[str, str]) -> None:
        if attributes.get("zeroHeight") in ("1", "true"):
            self.has_hidden_cells = True

    def _on_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = self._column_of(reference) if reference else self._column + 1
        self._column = column if column > self._column else self._column + 1
        self._type = attributes.get("t", "n")
        style = attributes.get("s")
        self._style = ""
        if style and len(style) < 8 and style.isdecimal():
            number = int(style)
            if number < len(self._styles):
                self._style = self._styles[number]

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = 0
            for letter in letters.upper()[:3]:
                column = column * 26 + ord(letter) - 64
            column = column - 1 if 0 < column <= _COLUMNS else self._column + 1
            if len(self._columns) < _COLUMN_CACHE_AT_MOST:
                self._columns[letters] = column
        return column

    def _on_value(self, attributes: dict[str, str]) -> None:
        self._wanted = not self._reading

    def _off_value(self) -> None:
        self._wanted = False

    def _on_reading(self, attributes: dict[str, str]) -> None:
        self._reading = True

    def _off_reading(self) -> None:
        self._reading = False

    def _on_formula(self, attributes: dict[str, str]) -> None:
        self._in_formula = True
        self._formula = ""

    def _off_formula(self) -> None:
        self._in_formula = False

    def _off_cell(self) -> None:
        formula, self._formula = self._formula, ""
        if not self._words:
            if '"' in formula:
                # Never computed: whoever opens the sheet sees what the strings in it make.
                self.beside.append(" ".join(_LIST.findall(formula)))
            return
        text = self._words[0] if len(self._words) == 1 else "".join(self._words)
        self._words = []
        match self._type:
            case "s":
                number = int(text) if len(text) < 10 and text.strip().isdecimal() else -1
                text = self._strings[number] if 0 <= number < len(self._strings) else ""
            case "n":
                text = number_text(text, self._style, from_1904=self._from_1904)
            case "b":
                text = "FALSE" if text.strip() == "0" else "TRUE"
            case "e":
                text = ""
            case "d":
                text = text[:10].replace("-", "/") + text[10:].replace("T", " ")
            case _:
                text = one_line(text)
        if text:
            self._cells.append((self._column, text))

    def _on_words(self, attributes: dict[str, str]) -> None:
        self._words = []
        self._wanted = True

    def _off_header(self) -> None:
        text = _HEADER_CODES.sub("\n", "".join(self._words))
        self._words, self._wanted = [], False
        self.beside.extend(line.strip() for line in text.split("\n") if line.strip())

    def _off_list(self) -> None:
        for choices in _LIST.findall("".join(self._words)):
            self.beside.extend(choice.strip() for choice in choices.split(",") if choice.strip())
        self._words, self._wanted = [], False

    def _on_validation(self, attributes: dict[str, str]) -> None:
        for key in ("promptTitle", "prompt", "errorTitle", "error"):
            if attributes.get(key):
                self.beside.append(one_line(attributes[key]))
