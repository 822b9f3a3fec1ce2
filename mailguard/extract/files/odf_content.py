"""The contents of an OpenDocument part: prose and tables of a text, sheets with addresses, slides with their notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailguard.extract.files.cell_formats import number_text
from mailguard.extract.files.grid import Grid, add_sheet_names, one_line
from mailguard.extract.files.markup import OnEnd, OnStart, attribute
from mailguard.extract.files.story import Mark, Story
from mailguard.extract.walk import Walk
from mailguard.model.contents import Piece, Sign

_COLUMNS = 16_384
_ROWS = 1_048_576
_REPEATED_CELLS_AT_MOST = 64
_REPEATED_ROWS_AT_MOST = 2
_PADDED = re.compile(r"0[0-9-]{1,30}")
_CHOICES = re.compile(r'"([^"]*)"')


@dataclass(slots=True)
class _Cell:
    times: int
    value: str
    column: int
    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


class ContentReader:
    """Functions for ``walk_markup``. In a spreadsheet the outermost tables are sheets, elsewhere they are tables."""

    def __init__(self, walk: Walk, where: str, section: str) -> None:
        self._walk = walk
        self._where = where
        self._story = Story(walk, where, section)
        self._beside: dict[str, None] = {}
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._in_sheets = False
        self._grid: Grid | None = None
        self._sheets: list[tuple[str, bool]] = []
        self._row = 0
        self._row_times = 1
        self._column = 0
        self._cells: list[tuple[int, str]] = []
        self._cell: _Cell | None = None
        self._spans: list[int] = []
        self._paragraphs = 0
        self._silent = 0
        self._page = 0
        self._alternative = False
        self._has_sheets = False
        self.starts: dict[str, OnStart] = {
            "p": self._on_paragraph, "h": self._on_paragraph, "s": self._on_blanks, "tab": self._on_tab,
            "line-break": self._on_break, "table": self._on_table, "table-row": self._on_row,
            "table-cell": self._on_cell, "covered-table-cell": self._on_cell, "table-column": self._on_column,
            "annotation": self._on_annotation, "note-body": self._on_note, "text-box": self._on_box,
            "custom-shape": self._on_box, "notes": self._on_slide_notes, "page": self._on_page,
            "spreadsheet": self._on_spreadsheet, "style": self._on_style, "table-properties": self._on_table_style,
            "drawing-page-properties": self._on_page_style, "text-properties": self._on_text_style,
            "deletion": self._on_deletion, "a": self._on_link, "ruby-text": self._on_silent, "title": self._on_told,
            "desc": self._on_told, "content-validation": self._on_validation, "hidden-text": self._on_hidden_text,
            "hidden-paragraph": self._on_hidden_text, "creator": self._on_silent, "date": self._on_silent,
            "binary-data": self._on_silent, "note-citation": self._on_silent,
            "script": self._on_silent, "span": self._on_span, "named-expression": self._on_name,
            "named-range": self._on_name,
        }  # fmt: skip
        self.ends: dict[str, OnEnd] = {
            "p": self._off_paragraph, "h": self._off_paragraph, "table": self._off_table, "table-row": self._off_row,
            "table-cell": self._off_cell, "covered-table-cell": self._off_cell, "annotation": self._off_aside,
            "note-body": self._off_aside, "text-box": self._off_aside, "custom-shape": self._off_aside,
            "notes": self._off_aside, "spreadsheet": self._off_spreadsheet, "deletion": self._off_deletion,
            "ruby-text": self._off_silent, "creator": self._off_silent, "date": self._off_silent,
            "binary-data": self._off_silent, "note-citation": self._off_silent, "script": self._off_silent,
            "title": self._off_told, "desc": self._off_told, "span": self._off_span, "page": self._off_page,
        }  # fmt: skip
        self._marks: list[bool] = []

    @property
    def has_text(self) -> bool:
        """Whether there was any."""
        return self._story.has_text or self._has_sheets

    def characters(self, characters: str) -> None:
        """Text between tags."""
        if self._alternative:
            self._beside[characters.strip()] = None
        elif self._paragraphs and not self._silent:
            self._write(characters)

    def close(self) -> None:
        """The last pieces."""
        self._off_spreadsheet()
        self._story.close()
        add_sheet_names(self._sheets, self._where, self._walk)
        self._walk.add(Piece(self._where, "\n".join(self._beside), section="beside the text"))

    def _write(self, text: str) -> None:
        if self._cell is not None and not self._story.aside_depth:
            self._cell.words.append(text)
        elif self._marks and self._marks[-1]:
            self._story.write(text, Mark.HIDDEN)
        else:
            self._story.write(text)

    def _on_paragraph(self, attributes: dict[str, str]) -> None:
        self._paragraphs += 1

    def _off_paragraph(self) -> None:
        self._paragraphs -= 1
        if self._cell is not None and not self._story.aside_depth:
            self._cell.lines.append("".join(self._cell.words))
            self._cell.words.clear()
        else:
            self._story.end_paragraph()

    def _on_blanks(self, attributes: dict[str, str]) -> None:
        if self._paragraphs:
            self._write(" " * min(_times(attribute(attributes, "c")), 100))

    def _on_tab(self, attributes: dict[str, str]) -> None:
        if self._paragraphs and not self._silent:
            self._write("\t")

    def _on_break(self, attributes: dict[str, str]) -> None:
        if self._paragraphs and not self._silent:
            self._write("\n")

    def _on_span(self, attributes: dict[str, str]) -> None:
        name = attribute(attributes, "style-name")
        self._marks.append(bool(self._marks and self._marks[-1]) or f"text:{name}" in self._hidden_styles)

    def _off_span(self) -> None:
        if self._marks:
            self._marks.pop()

    def _on_table(self, attributes: dict[str, str]) -> None:
        if not self._in_sheets or self._grid is not None or self._story.aside_depth:
            self._story.begin_table()
            return
        is_hidden = f"table:{attribute(attributes, 'style-name')}" in self._hidden_styles
        if is_hidden:
            self._walk.raise_sign(Sign.HIDDEN_TEXT)
        name = attribute(attributes, "name") or ""
        self._sheets.append((name, is_hidden))
        self._grid = Grid(self._walk, self._where, name, is_hidden=is_hidden)
        self._row = 0

    def _off_table(self) -> None:
        if self._grid is None or self._story.aside_depth:
            self._story.end_table()
            return
        self._grid.close()
        self._has_sheets = self._has_sheets or self._grid.has_text
        self._grid = None

    def _in_grid(self) -> bool:
        return self._grid is not None and not self._story.aside_depth

    def _on_row(self, attributes: dict[str, str]) -> None:
        self._row_times = _times(attribute(attributes, "number-rows-repeated"))
        if attribute(attributes, "visibility") in ("collapse", "filter") and self._row_times < _ROWS // 2:
            self._walk.raise_sign(Sign.HIDDEN_TEXT)
        if self._in_grid():
            self._column, self._cells = 0, []
        else:
            self._story.begin_row()

    def _off_row(self) -> None:
        if not self._in_grid():
            self._story.end_row(self._row_times)
            return
        assert self._grid is not None
        for number in range(min(self._row_times, _REPEATED_ROWS_AT_MOST)):
            self._grid.add_row(self._row + number, self._cells)
        self._row = min(self._row + self._row_times, _ROWS)
        self._cells = []

    def _on_column(self, attributes: dict[str, str]) -> None:
        if attribute(attributes, "visibility") not in (None, "visible"):
            self._walk.raise_sign(Sign.HIDDEN_TEXT)

    def _on_cell(self, attributes: dict[str, str]) -> None:
        times = _times(attribute(attributes, "number-columns-repeated"))
        if self._in_grid():
            self._cell = _Cell(times, _value(attributes), self._column)
            self._column = min(self._column + times, _COLUMNS)
        else:
            self._spans.append(times)
            self._story.begin_cell()

    def _off_cell(self) -> None:
        if not self._in_grid():
            self._story.end_cell(self._spans.pop() if self._spans else 1)
            return
        cell, self._cell = self._cell, None
        if cell is None:
            return
        shown = one_line("\n".join(cell.lines)).strip()
        # A code that is shown with leading zeros is more than its number.
        text = shown if not cell.value or _PADDED.fullmatch(shown) else cell.value
        if text:
            last = min(cell.times, _REPEATED_CELLS_AT_MOST, _COLUMNS - cell.column)
            self._cells.extend((cell.column + number, text) for number in range(last))

    def _on_annotation(self, attributes: dict[str, str]) -> None:
        self._story.begin_aside("comment")

    def _on_note(self, attributes: dict[str, str]) -> None:
        self._story.begin_aside("footnote")

    def _on_box(self, attributes: dict[str, str]) -> None:
        self._story.begin_aside("text box" if not self._page else f"slide {self._page}")

    def _on_slide_notes(self, attributes: dict[str, str]) -> None:
        self._story.begin_aside(f"slide {self._page} notes")

    def _off_aside(self) -> None:
        self._story.end_aside()

    def _on_page(self, attributes: dict[str, str]) -> None:
        self._page += 1
        is_hidden = f"drawing-page:{attribute(attributes, 'style-name')}" in self._hidden_styles
        if is_hidden:
            self._walk.raise_sign(Sign.HIDDEN_TEXT)
        self._story.begin_aside(f"slide {self._page}", is_hidden=is_hidden)

    def _off_page(self) -> None:
        self._story.end_aside()

    def _on_spreadsheet(self, attributes: dict[str, str]) -> None:
        self._in_sheets = True

    def _off_spreadsheet(self) -> None:
        if self._grid is not None:
            self._off_row()
            self._grid.close()
            self._grid = None
        self._in_sheets = False

    def _on_style(self, attributes: dict[str, str]) -> None:
        self._style = f"{attribute(attributes, 'family')}:{attribute(attributes, 'name')}"

    def _on_table_style(self, attributes: dict[str, str]) -> None:
        if attribute(attributes, "display") == "false":
            self._hidden_styles.add(self._style)

    def _on_page_style(self, attributes: dict[str, str]) -> None:
        if attribute(attributes, "visibility") == "hidden":
            self._hidden_styles.add(self._style)

    def _on_text_style(self, attributes: dict[str, str]) -> None:
        if attribute(attributes, "display") == "none":
            self._hidden_styles.add(self._style)

    def _on_deletion(self, attributes: dict[str, str]) -> None:
        self._story.begin_aside("tracked changes")

    def _off_deletion(self) -> None:
        self._story.end_aside()

    def _on_link(self, attributes: dict[str, str]) -> None:
        target = attribute(attributes, "href") or ""
        if target.lower().startswith("mailto:"):
            self._beside[target[7:]] = None

    def _on_silent(self, attributes: dict[str, str]) -> None:
        self._silent += 1

    def _off_silent(self) -> None:
        self._silent -= 1

    def _on_told(self, attributes: dict[str, str]) -> None:
        self._alternative = True

    def _off_told(self) -> None:
        self._alternative = False

    def _on_validation(self, attributes: dict[str, str]) -> None:
        for choice in _CHOICES.findall(attribute(attributes, "condition") or ""):
            self._beside[choice] = None

    def _on_name(self, attributes: dict[str, str]) -> None:
        """A name that is a constant holds data; one of ASCII alone that is a range says nothing."""
        name, expression = attribute(attributes, "name") or "", attribute(attributes, "expression") or ""
        if '"' in expression or not name.isascii():
            self._beside[f"{name} {expression}".strip()] = None

    def _on_hidden_text(self, attributes: dict[str, str]) -> None:
        text = attribute(attributes, "string-value")
        if text and self._paragraphs:
            self._story.write(text, Mark.HIDDEN)


def _times(text: str | None) -> int:
    return max(1, int(text)) if text and len(text) < 10 and text.isdecimal() else 1


def _value(attributes: dict[str, str]) -> str:
    """A date as yyyy/mm/dd, a number as text; "" where the paragraphs of the cell say it."""
    kind = attribute(attributes, "value-type")
    if kind == "date":
        date = attribute(attributes, "date-value") or ""
        return date[:10].replace("-", "/") + date[10:16].replace("T", " ").replace(" 00:00", "")
    if kind == "float":
        return number_text(attribute(attributes, "value") or "")
    return ""
