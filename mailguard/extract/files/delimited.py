"""Tables as text: CSV and its kin (RFC 4180, and what spreadsheets and office systems write instead)."""

from __future__ import annotations

import csv
import io
import re

from mailguard.extract.walk import Walk, table_text
from mailguard.model.contents import Form, Piece

SEPARATORS = ",\t;|"
_SEP_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_LINES_LOOKED_AT = 50
_CELL_LINES_MAX = 20
"""Lines in one cell beyond which a quotation mark is taken for one without its other."""

_FIELD_MAX = 1_000_000


def add_table(text: str, where: str, walk: Walk) -> bool:
    """The text as a table; False where no separator divides it. Raises ``OverLimit``."""
    first_row = 1
    separator = ""
    if named := _SEP_LINE.match(text):
        separator, first_row = named[1], 2
        text = text[named.end() :]
    separator = separator or _separator_of(text)
    if not separator:
        return False
    walk.check_time()
    rows = _rows(text, separator)
    walk.check_time()
    walk.add(Piece(where, table_text(rows), Form.TABLE, first_row=first_row))
    return True


def _separator_of(text: str) -> str:
    """The sign that stands on most of the first lines, and there most evenly; "" for none."""
    lines = [line for line in text[: 64 * 1024].splitlines() if line.strip()][:_LINES_LOOKED_AT]
    best, most = "", 0.0
    for sign in SEPARATORS:
        counts = sorted(_outside_quotes(line, sign) for line in lines)
        having = sum(1 for count in counts if count)
        if not having or having * 2 < len(lines):
            continue
        middle = counts[len(counts) // 2]
        even = sum(1 for count in counts if count == middle) / len(counts)
        worth = having / len(lines) + even + min(middle, 10) / 20
        if worth > most:
            best, most = sign, worth
    return best


def _outside_quotes(line: str, sign: str) -> int:
    if '"' not in line:
        return line.count(sign)
    return sum(part.count(sign) for part in line.split('"')[::2])


def _rows(text: str, separator: str) -> list[list[str]]:
    csv.field_size_limit(_FIELD_MAX)
    try:
        # The text's own line ends: CR alone (old Mac) ends a row too.
        reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator)
        rows = [[_bare(cell) if cell[:1] in "=\"'" else cell for cell in row] for row in reader]
    except csv.Error:
        rows = []
    if rows and not any(cell.count("\n") > _CELL_LINES_MAX for row in rows for cell in row if len(cell) > 40):
        return rows
    return [[_bare(cell.strip().strip('"')) for cell in line.split(separator)] for line in text.splitlines()]


def _bare(cell: str) -> str:
    """A cell without what makes a spreadsheet keep its zeros: ``="0123"``, ``'0123``."""
    if cell.startswith('="') and cell.endswith('"'):
        return cell[2:-1]
    return cell[1:] if cell.startswith("'") and cell[1:2].isdigit() else cell
