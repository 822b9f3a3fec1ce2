"""What an xlsx keeps beside its sheets: comments, text of forms, caches of pivot tables and of other workbooks.

Follows ECMA-376 part 1 §18.7 (comments), §18.10 (pivot tables), §18.14 (external workbooks), [MS-XLSX] §2.3.12
(threaded comments). A pivot cache holds the source rows even where the sheet they came from was deleted: it is hidden.
"""

from __future__ import annotations

import re
from functools import partial

from mailguard.extract.files.cell_formats import number_text
from mailguard.extract.files.grid import Grid, one_line
from mailguard.extract.files.markup import OnEnd, OnStart, walk_markup
from mailguard.extract.files.package import Entry, Package
from mailguard.extract.walk import Walk
from mailguard.model.contents import Piece, Sign

_SECRET = re.compile(r"(?:password|passwd|pwd)\s{0,9}=\s{0,9}[^;\s]", re.IGNORECASE)
"""What a connection signs in with, where it was saved with the workbook (ECMA-376 part 1 §18.13.3)."""


def read_extras(package: Package, walk: Walk) -> None:
    """Give all of it to the walk."""
    for entry in package.named(r"xl/(comments[^/]*|comments/[^/]*|threadedComments/[^/]*)\.xml"):
        _read_texts(package, entry, walk, "comment", ("comment", "threadedComment"))
    for entry in package.named(r"xl/drawings/[^/]*\.vml"):
        _read_texts(package, entry, walk, "text box", ("textbox", "div", "font"))
    for entry in package.named(r"xl/revisions/[^/]*\.xml"):
        _read_texts(package, entry, walk, "tracked changes", ("nc", "oc", "rcc"))
    for entry in package.named(r"xl/(connections|queryTables/[^/]*|tables/[^/]*|slicerCaches/[^/]*)\.xml"):
        _read_attributes(package, entry, walk)
    for entry in package.named(r"xl/externalLinks/[^/]*\.xml"):
        _read_external(package, entry, walk)
    definitions = package.named(r"xl/pivotCache/pivotCacheDefinition[^/]*\.xml")
    records = {re.sub(r"\D", "", entry.name): entry for entry in package.named(r"xl/pivotCache/pivotCacheRecords.*")}
    for entry in definitions:
        _read_pivot(package, entry, records.get(re.sub(r"\D", "", entry.name)), walk)


def _read_texts(package: Package, entry: Entry, walk: Walk, section: str, blocks: tuple[str, ...]) -> None:
    """The text in each of these elements, as a paragraph."""
    lines: list[str] = []
    words: list[str] = []

    def on_block(attributes: dict[str, str]) -> None:
        off_block()

    def off_block() -> None:
        text = "".join(words).strip()
        words.clear()
        if text:
            lines.append(text)

    # An .vml of Excel is often no XML at its end: no damage to the cells.
    starts: dict[str, OnStart] = dict.fromkeys(blocks, on_block)
    walk_markup(package.chunks(entry), starts, dict.fromkeys(blocks, off_block), words.append)
    off_block()
    walk.add(Piece(package.file.where, "\n".join(lines), section=section))


def _read_attributes(package: Package, entry: Entry, walk: Walk) -> None:
    """Words outside of ASCII in names and descriptions of tables, queries, connections; passwords of connections."""
    found: dict[str, None] = {}

    def on_any(attributes: dict[str, str]) -> None:
        for key in ("name", "n", "description", "command", "displayName", "val"):
            value = attributes.get(key, "")
            if value and not value.isascii():
                found[one_line(value)] = None
        for key in ("connection", "url", "post"):
            value = attributes.get(key, "")
            if not value.isascii() or _SECRET.search(value):
                found[one_line(value.replace(";", "\n"))] = None

    starts: dict[str, OnStart] = dict.fromkeys(
        (
            "connection",
            "dbPr",
            "webPr",
            "textPr",
            "table",
            "tableColumn",
            "queryTableField",
            "slicerCacheDefinition",
            "filter",
            "i",
        ),
        on_any,
    )
    walk_markup(package.chunks(entry), starts, {})
    walk.add(Piece(package.file.where, "\n".join(found), section="names"))


def _read_external(package: Package, entry: Entry, walk: Walk) -> None:
    """Cells of other workbooks that formulas refer to, kept so that they can be computed."""
    grid = Grid(walk, package.file.where, "other workbook", is_hidden=True)
    cells: list[tuple[int, str]] = []
    words: list[str] = []
    row = 0

    def on_value(attributes: dict[str, str]) -> None:
        words.clear()

    def off_value() -> None:
        text = number_text("".join(words).strip())
        if text:
            cells.append((len(cells), one_line(text)))

    def off_row() -> None:
        nonlocal row, cells
        grid.add_row(row, cells)
        row += 1
        cells = []

    starts: dict[str, OnStart] = {"v": on_value, "val": on_value}
    ends: dict[str, OnEnd] = {"v": off_value, "val": off_value, "row": off_row, "oleItem": off_row}
    if not walk_markup(package.chunks(entry), starts, ends, words.append):
        package.damage()
    grid.close()
    if grid.has_text:
        walk.raise_sign(Sign.HIDDEN_TEXT)


def _read_pivot(package: Package, definition: Entry, records: Entry | None, walk: Walk) -> None:
    """The source rows of a pivot table, under the names of its fields."""
    names: list[str] = []
    shared: list[list[str]] = []
    in_shared = False

    def on_field(attributes: dict[str, str]) -> None:
        names.append(one_line(attributes.get("name", "")))
        shared.append([])

    def on_shared(attributes: dict[str, str]) -> None:
        nonlocal in_shared
        in_shared = True

    def off_shared() -> None:
        nonlocal in_shared
        in_shared = False

    def on_item(kind: str, attributes: dict[str, str]) -> None:
        if in_shared and shared:
            shared[-1].append(_item(kind, attributes))

    starts: dict[str, OnStart] = {kind: partial(on_item, kind) for kind in "sndbem"}
    starts |= {"cacheField": on_field, "sharedItems": on_shared}
    if not walk_markup(package.chunks(definition), starts, {"sharedItems": off_shared}):
        package.damage()
    grid = Grid(walk, package.file.where, "pivot cache", is_hidden=True)
    if records is None:
        grid.add_row(0, list(enumerate(names)))
        for row in range(max(map(len, shared), default=0)):
            grid.add_row(
                row + 1, [(i, items[row]) for i, items in enumerate(shared) if row < len(items) and items[row]]
            )
    else:
        grid.add_row(0, list(enumerate(names)))
        _read_records(package, records, shared, grid)
    grid.close()
    if grid.has_text:
        walk.raise_sign(Sign.HIDDEN_TEXT)


def _read_records(package: Package, records: Entry, shared: list[list[str]], grid: Grid) -> None:
    cells: list[tuple[int, str]] = []
    column = row = 0

    def on_value(kind: str, attributes: dict[str, str]) -> None:
        nonlocal column
        text = ""
        if kind != "x":
            text = _item(kind, attributes)
        elif column < len(shared):
            index = attributes.get("v", "")
            number = int(index) if len(index) < 9 and index.isdecimal() else -1
            text = shared[column][number] if 0 <= number < len(shared[column]) else ""
        if text:
            cells.append((column, text))
        column += 1

    def off_record() -> None:
        nonlocal cells, column, row
        row += 1
        grid.add_row(row, cells)
        cells, column = [], 0

    starts: dict[str, OnStart] = {kind: partial(on_value, kind) for kind in "sndbemx"}
    if not walk_markup(package.chunks(records), starts, {"r": off_record}):
        package.damage()


def _item(kind: str, attributes: dict[str, str]) -> str:
    value = attributes.get("v", "")
    if kind == "n":
        return number_text(value)
    if kind == "d":
        return value[:10].replace("-", "/")
    return "" if kind in "em" else one_line(value)
