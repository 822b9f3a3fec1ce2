"""Paragraphs, tables and what stands beside them, put into pieces in the order of a document.

A reader calls ``write`` and ``end_paragraph`` as it goes. Consecutive paragraphs become one prose piece; an outermost
table becomes a piece of its own between them, a table inside of a cell one more. A table without a row of two cells is
a frame, and its paragraphs keep their lines. An aside (text box, comment, footnote) is a piece after the one it stands
in. A paragraph with deleted or hidden text stands there as it is shown, and once more with that text, so that neither
"old" nor "new" value is torn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mailguard.extract.walk import Walk, table_text
from mailguard.model.contents import Form, Piece, Sign

_PROSE_AT_MOST = 500_000
_TABLE_AT_MOST = 4_000_000
SPAN_AT_MOST = 1_024


class Mark(StrEnum):
    """What is special about text in a paragraph."""

    NONE = ""
    INSERTED = "inserted"
    DELETED = "deleted"
    HIDDEN = "hidden"


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    row: list[str] | None = None
    cell: list[str] | None = None
    size: int = 0


@dataclass(slots=True)
class _Flow:
    """One run of paragraphs: the body, or an aside in it."""

    section: str
    is_hidden: bool
    parts: list[str] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    size: int = 0
    tables: list[_Table] = field(default_factory=list)


class Story:
    """One for each part of a document. ``close`` gives the last pieces to the walk."""

    def __init__(self, walk: Walk, where: str, section: str = "", *, is_hidden: bool = False) -> None:
        self._walk = walk
        self._where = where
        self._flow = _Flow(section, is_hidden)
        self._outer: list[_Flow] = []
        self._later: list[Piece] = []
        self._asides: set[str] = set()
        self._other: dict[Mark, list[str]] = {Mark.DELETED: [], Mark.HIDDEN: []}
        self.has_text = False

    def hide(self) -> None:
        """What follows is there, but not shown."""
        self._flow.is_hidden = True

    def write(self, text: str, mark: Mark = Mark.NONE) -> None:
        """Text of the paragraph under way."""
        flow = self._flow
        if mark:
            flow.marks[len(flow.parts)] = mark
        flow.parts.append(text)

    def end_paragraph(self) -> None:
        """The paragraph is over; in a table it belongs to the cell."""
        flow = self._flow
        if not flow.parts:
            if not flow.tables and flow.lines:
                flow.lines.append("")
            return
        text = self._shown(flow) if flow.marks else "".join(flow.parts)
        flow.parts.clear()
        table = flow.tables[-1] if flow.tables else None
        if table is not None and table.cell is not None:
            table.cell.append(text)
            return
        flow.lines.append(text)
        flow.size += len(text)
        if flow.size > _PROSE_AT_MOST:
            self._flush_lines()

    def begin_table(self) -> None:
        """A table follows, perhaps inside of a cell."""
        if not self._flow.tables:
            self._end_open_paragraph()
            self._flush_lines()
        self._flow.tables.append(_Table())

    def begin_row(self, skipped: int = 0) -> None:
        """A row follows, the first cells of which are not there."""
        if self._flow.tables:
            self._flow.tables[-1].row = [""] * min(max(0, skipped), SPAN_AT_MOST)

    def begin_cell(self) -> None:
        """A cell follows."""
        if self._flow.tables:
            self._flow.tables[-1].cell = []

    def end_cell(self, span: int = 1) -> None:
        """The cell is over; it covers ``span`` columns."""
        self._end_open_paragraph()
        table = self._flow.tables[-1] if self._flow.tables else None
        if table is None or table.cell is None:
            return
        text = "\n".join(table.cell)
        table.cell = None
        if table.row is None:
            table.row = []
        table.row.append(text)
        table.row.extend([""] * (min(max(1, span), SPAN_AT_MOST) - 1))
        table.size += len(text) + span

    def end_row(self, times: int = 1) -> None:
        """The row is over; it stands there so many times (at most twice in the piece)."""
        table = self._flow.tables[-1] if self._flow.tables else None
        if table is None:
            return
        if table.cell or self._flow.parts:
            self.end_cell()
        if not table.row:
            table.row = None
            return
        table.rows.extend([table.row] * min(max(1, times), 2))
        table.row = None
        if table.size > _TABLE_AT_MOST:
            self._add(self._table_piece(table))
            table.rows, table.size = [], 0

    def end_table(self) -> None:
        """The table is over."""
        if not self._flow.tables:
            return
        self._end_open_paragraph()
        self.end_row()
        table = self._flow.tables.pop()
        piece = self._table_piece(table)
        if self._flow.tables or self._outer:
            self._later.append(piece)
        else:
            self._add(piece)
            self._flush_later()

    def begin_aside(self, section: str, *, is_hidden: bool = False) -> None:
        """What follows stands beside the paragraph under way."""
        self._outer.append(self._flow)
        self._flow = _Flow(section, is_hidden or self._flow.is_hidden)

    def end_aside(self) -> None:
        """Back to the paragraph. An aside that says the same as an earlier one is left out."""
        if not self._outer:
            return
        while self._flow.tables:
            self.end_table()
        self._end_open_paragraph()
        aside, self._flow = self._flow, self._outer.pop()
        text = "\n".join(aside.lines)
        if text.strip() and text not in self._asides:
            self._asides.add(text)
            self._later.append(Piece(self._where, text, section=aside.section, is_hidden=aside.is_hidden))

    @property
    def aside_depth(self) -> int:
        """How many asides are open."""
        return len(self._outer)

    def close(self) -> None:
        """Everything left becomes pieces. Calling it twice adds nothing."""
        while self._outer:
            self.end_aside()
        while self._flow.tables:
            self.end_table()
        self._end_open_paragraph()
        self._flush_lines()
        self._flush_later()
        for mark, section in ((Mark.DELETED, "tracked changes"), (Mark.HIDDEN, "hidden text")):
            lines, self._other[mark] = self._other[mark], []
            is_hidden = self._flow.is_hidden or mark is Mark.HIDDEN
            self._add(Piece(self._where, "\n".join(lines), section=section, is_hidden=is_hidden))

    def _shown(self, flow: _Flow) -> str:
        """The paragraph as it is shown; as it was before the changes, and with what is hidden, it is kept for later."""
        kinds = set(flow.marks.values())
        if Mark.DELETED in kinds:
            before = (p for i, p in enumerate(flow.parts) if flow.marks.get(i) not in (Mark.INSERTED, Mark.HIDDEN))
            self._other[Mark.DELETED].append("".join(before))
        if Mark.HIDDEN in kinds:
            self._walk.raise_sign(Sign.HIDDEN_TEXT)
            whole = (p for i, p in enumerate(flow.parts) if flow.marks.get(i) is not Mark.DELETED)
            self._other[Mark.HIDDEN].append("".join(whole))
        shown = [p for i, p in enumerate(flow.parts) if flow.marks.get(i) not in (Mark.DELETED, Mark.HIDDEN)]
        flow.marks.clear()
        return "".join(shown)

    def _end_open_paragraph(self) -> None:
        if self._flow.parts:
            self.end_paragraph()

    def _table_piece(self, table: _Table) -> Piece:
        flow = self._flow
        if any(len(row) > 1 for row in table.rows):
            return Piece(self._where, table_text(table.rows), Form.TABLE, flow.section, is_hidden=flow.is_hidden)
        text = "\n".join(cell for row in table.rows for cell in row)
        return Piece(self._where, text, section=flow.section, is_hidden=flow.is_hidden)

    def _flush_lines(self) -> None:
        flow = self._flow
        if self._outer:
            return
        while flow.lines and not flow.lines[-1]:
            flow.lines.pop()
        if not flow.lines:
            return
        self._add(Piece(self._where, "\n".join(flow.lines), section=flow.section, is_hidden=flow.is_hidden))
        flow.lines.clear()
        flow.size = 0
        self._flush_later()

    def _flush_later(self) -> None:
        later, self._later = self._later, []
        for piece in later:
            self._add(piece)

    def _add(self, piece: Piece) -> None:
        if piece.text.strip():
            self.has_text = True
            self._walk.add(piece)
