"""Tables in a text: rows of cells with what each column is called, whether they come from a sheet or were typed.

A piece in the form of a table is one; in running text, neighbouring lines that divide alike are. A header row is one
that holds names of columns and no data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mailguard.inspection.ja.name_columns import cell_name, is_full_name
from mailguard.inspection.text import Text, header_key
from mailguard.model.contents import Form

HEADER_LOOK = 40
"""Rows from the top of a table in which its header is looked for."""

TYPED_ROWS_MIN = 2
"""Typed lines that divide alike, from which they are a table."""

_CELL = re.compile(r"[^\t\n]+")
_TYPED_CELLS = {
    "\t": re.compile(r"[^\t\n]+"),
    "|": re.compile(r"[^|\n]+"),
    ",": re.compile(r"[^,\n]+"),
    ";": re.compile(r"[^;\n]+"),
    "  ": re.compile(r"[^\s](?:[^\n\t ]| (?! ))*"),
}
_STROKE = " / "
_NAMED = 0.3
_ONLY_RULE = re.compile(r"^[\s|+:=-]*$")


class Cell(NamedTuple):
    """One cell: its text without blanks around it, where it starts in the text, and its column, from 0."""

    text: str
    start: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; empty cells are left out. ``first_line``: the number of the line of the first row, from 0."""

    rows: list[list[Cell]]
    first_line: int
    is_typed: bool


def tables_of(text: Text, lines: list[str], starts: list[int]) -> Iterator[Table]:
    """The tables of a text, in order. ``lines`` and their ``starts`` are those of the normalised text."""
    if text.piece.form is Form.TABLE:
        yield Table([_tabbed(line, start) for line, start in zip(lines, starts, strict=True)], 0, False)
        return
    number = 0
    while number < len(lines):
        line = lines[number]
        separator = _separator(line)
        if separator is None:
            number += 1
            continue
        end = number + 1
        while end < len(lines) and (_divides(lines[end], separator) or _is_gap(lines, end, separator)):
            end += 1
        if end - number >= TYPED_ROWS_MIN:
            yield Table(
                [_typed(lines[at], starts[at], separator) for at in range(number, end)], number, True
            )  # fmt: skip
        number = end


def _tabbed(line: str, start: int) -> list[Cell]:
    cells = []
    position = start
    for column, part in enumerate(line.split("\t")):
        word = part.strip()
        if word:
            cells.append(Cell(word, position + part.index(word[0]), column))
        position += len(part) + 1
    return cells


def _typed(line: str, start: int, separator: str) -> list[Cell]:
    if separator == "\t":
        return _tabbed(line, start)
    cells = []
    if separator in ("|", ",", ";", _STROKE):
        position = 0
        inner = line.strip().startswith(separator)
        for column, part in enumerate(line.split(separator)):
            word = part.strip(' \t"')
            if word:
                cells.append(Cell(word, start + position + part.index(word[0]), column - inner))
            position += len(part) + len(separator)
        return cells
    for column, found in enumerate(_TYPED_CELLS[separator].finditer(line)):
        word = found[0].rstrip()
        cells.append(Cell(word, start + found.start(), column))
    return cells


def _separator(line: str) -> str | None:
    if "\t" in line and "\t" in line.strip():
        return "\t"
    if "|" in line and (line.count("|") >= 2 or " | " in line):
        return "|"
    if "  " in line and "  " in line.strip():
        return "  "
    if _STROKE in line:
        return _STROKE
    for mark in (",", ";"):
        if line.count(mark) >= 2 and not line.rstrip().endswith("。"):
            return mark
    return None


def _divides(line: str, separator: str) -> bool:
    words = line.strip()
    if separator in (",", ";"):
        return words.count(separator) >= 2 and not words.endswith("。")
    return separator in words


def _is_gap(lines: list[str], number: int, separator: str) -> bool:
    """A rule or an empty line between two rows; the table goes on below it."""
    return bool(
        _ONLY_RULE.match(lines[number]) and number + 1 < len(lines) and _divides(lines[number + 1], separator)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Header:
    """A header row: its number among the rows, and the role of each column that has one."""

    row: int
    roles: dict[int, str]


RoleOf = Callable[[str], str | None]
"""What a column of this header key holds, None where nobody knows."""


def headers_of(table: Table, role_of: RoleOf, is_data: Callable[[str], bool]) -> list[Header]:
    """The header rows of a table in order; each is in force until the next. A second line of a header joins the first.

    A row is a header if two of its cells are known names of columns, or one is and none of its cells looks like data.
    """
    found: list[Header] = []
    is_form = _is_form(table, role_of)
    for number, row in enumerate(table.rows):
        if number >= HEADER_LOOK and not (row and role_of(header_key(row[0].text))):
            continue
        roles: dict[int, str] = {}
        for cell in row:
            if len(cell.text) <= 30 and (role := role_of(header_key(cell.text))):
                roles[cell.column] = role
        if not roles or any(is_data(cell.text) for cell in row) or (found and _is_of_somebody(found[-1], row)):
            continue
        if len(row) < 2 and (table.is_typed or _is_wider(table, number + 1)):
            # A title above the table, or a word alone on its line.
            continue
        if is_form and len(roles) * 5 < len(row) * 4:
            # A label and what was filled in beside it.
            continue
        if found and found[-1].row == number - 1:
            found[-1] = Header(number, found[-1].roles | roles)
        else:
            found.append(Header(number, roles))
    return found


def _is_of_somebody(header: Header, row: list[Cell]) -> bool:
    """Whether a name stands below a column of names: a row of people, whatever is remarked in it."""
    named = [cell.text for cell in row if header.roles.get(cell.column) == "full"]
    return any(is_full_name(text) >= _NAMED or (" " in text and cell_name(text) is not None) for text in named)


def _is_form(table: Table, role_of: RoleOf) -> bool:
    """Whether names of columns stand below each other on the left: a form, filled in beside them."""
    rows = [row for row in table.rows[:HEADER_LOOK] if len(row) >= 2]
    labels = {key for row in rows if role_of(key := header_key(row[0].text)) is not None}
    return len(labels) >= 2 and len(labels) * 3 >= len(rows)


def _is_wider(table: Table, number: int) -> bool:
    return number < len(table.rows) and len(table.rows[number]) >= 2
