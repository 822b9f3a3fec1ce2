"""Excel workbooks of 2007 and later: every sheet as a table, and all that stands beside the cells.

Follows ECMA-376 part 1 §18 (SpreadsheetML). Hidden sheets are hidden pieces; hidden rows and columns stay in the table,
because a person's data is one row, and raise the sign. Formulas show the value kept with them. Errors are blank. The
size that a sheet claims for itself is not believed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailguard.extract.files.cell_formats import style_of
from mailguard.extract.files.grid import Grid, add_sheet_names
from mailguard.extract.files.markup import OnEnd, OnStart, attribute, walk_markup
from mailguard.extract.files.office_parts import main_parts, read_shared_parts, related, tell_of_pictures
from mailguard.extract.files.package import Entry, Package
from mailguard.extract.files.sheet_xml import SheetReader
from mailguard.extract.files.workbook_extras import read_extras
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Piece, Sign

_STRING_CODE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Book:
    """What all sheets of a workbook share. ``sheets``: name, relationship, whether it is hidden."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    from_1904: bool = False


def read(file: File, walk: Walk) -> None:
    """Give all text of the workbook to the walk."""
    package = Package(file, walk)
    before = walk.characters
    book = Book()
    named = {name.lower() for name in main_parts(package)}
    main = next((entry for entry in package.entries if entry.name.lower() in named), None) or next(
        iter(package.named(r"xl/workbook\d*\.xml")), None
    )
    if main is not None:
        _read_book(package, main, book)
    for entry in package.named(r"xl/sharedStrings\d*\.xml"):
        _read_strings(package, entry, book)
    for entry in package.named(r"xl/styles\d*\.xml"):
        _read_styles(package, entry, book)
    has_text = False
    for entry, name, is_hidden in _sheets(package, main, book):
        if is_hidden:
            walk.raise_sign(Sign.HIDDEN_TEXT)
        grid = Grid(walk, file.where, name, is_hidden=is_hidden)
        sheet = SheetReader(book.strings, book.styles, grid, from_1904=book.from_1904)
        if not walk_markup(package.chunks(entry), sheet.starts, sheet.ends, sheet.characters):
            package.damage()
        sheet.close()
        has_text = has_text or grid.has_text
        if sheet.has_hidden_cells:
            walk.raise_sign(Sign.HIDDEN_TEXT)
        walk.add(Piece(file.where, "\n".join(sheet.beside), section=name, is_hidden=is_hidden))
    add_sheet_names(((name, is_hidden) for name, _, is_hidden in book.sheets), file.where, walk)
    walk.add(Piece(file.where, "\n".join(book.names), section="names"))
    read_extras(package, walk)
    characters = walk.characters - before
    read_shared_parts(package, walk)
    tell_of_pictures(package, walk, characters=characters, has_text=has_text)


def _sheets(package: Package, main: Entry | None, book: Book) -> list[tuple[Entry, str, bool]]:
    """The sheets in the order of the workbook, then those it does not list, which nobody is shown."""
    parts = {entry.name: entry for entry in package.named(r"xl/(work|chart|dialog|macro)sheets/[^/]*\.xml")}
    targets = related(package, main.name) if main is not None else {}
    every = {entry.name: entry for entry in package.entries if entry.name.endswith(".xml")}
    listed = []
    for name, key, is_hidden in book.sheets:
        target = targets.get(key, "")
        entry = parts.pop(target, None) or every.pop(target, None)
        if entry is not None:
            listed.append((entry, name, is_hidden))
    return listed + [(entry, "", bool(listed)) for entry in parts.values()]


def _read_book(package: Package, entry: Entry, book: Book) -> None:
    words: list[str] = []

    def on_sheet(attributes: dict[str, str]) -> None:
        key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        book.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") != "visible"))

    def on_book(attributes: dict[str, str]) -> None:
        book.from_1904 = attributes.get("date1904") in ("1", "true")

    def on_name(attributes: dict[str, str]) -> None:
        words.clear()
        words.append(f"{attributes.get('name', '')} {attributes.get('comment', '')} ")

    def off_name() -> None:
        text = "".join(words)
        # A name that is a constant holds data; one that is a range says nothing that the cells do not.
        if '"' in text or re.search(r"[^\x00-\x7f]", text):
            book.names.append(text.strip())
        words.clear()

    starts: dict[str, OnStart] = {"sheet": on_sheet, "workbookPr": on_book, "definedName": on_name}
    if not walk_markup(package.chunks(entry), starts, {"definedName": off_name}, words.append):
        package.damage()


def _read_strings(package: Package, entry: Entry, book: Book) -> None:
    words: list[str] = []
    is_text = is_reading = False

    def on_text(attributes: dict[str, str]) -> None:
        nonlocal is_text
        is_text = not is_reading

    def off_text() -> None:
        nonlocal is_text
        is_text = False

    def on_reading(attributes: dict[str, str]) -> None:
        nonlocal is_reading
        is_reading = True

    def off_reading() -> None:
        nonlocal is_reading
        is_reading = False

    def off_string() -> None:
        book.strings.append(plain_string("".join(words)))
        words.clear()

    def on_characters(characters: str) -> None:
        if is_text:
            words.append(characters)

    starts: dict[str, OnStart] = {"t": on_text, "rPh": on_reading}
    ends: dict[str, OnEnd] = {"t": off_text, "rPh": off_reading, "si": off_string}
    if not walk_markup(package.chunks(entry), starts, ends, on_characters):
        package.damage()


def plain_string(text: str) -> str:
    """A string of a sheet in one line, with ``_x000D_`` and the like resolved (ECMA-376 part 1 §22.9.2.19)."""
    if "_x" in text:
        text = _STRING_CODE.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(text.split()) if "\n" in text or "\t" in text or "\r" in text else text


def _read_styles(package: Package, entry: Entry, book: Book) -> None:
    codes: dict[int, str] = {}
    in_cells = False

    def on_format(attributes: dict[str, str]) -> None:
        codes[_whole(attributes.get("numFmtId"))] = attribute(attributes, "formatCode") or ""

    def on_cells(attributes: dict[str, str]) -> None:
        nonlocal in_cells
        in_cells = True

    def off_cells() -> None:
        nonlocal in_cells
        in_cells = False

    def on_style(attributes: dict[str, str]) -> None:
        if in_cells:
            identifier = _whole(attributes.get("numFmtId"))
            book.styles.append(style_of(identifier, codes.get(identifier, "")))

    starts: dict[str, OnStart] = {"numFmt": on_format, "cellXfs": on_cells, "xf": on_style}
    if not walk_markup(package.chunks(entry), starts, {"cellXfs": off_cells}):
        package.damage()


def _whole(text: str | None) -> int:
    return int(text) if text and len(text) < 10 and text.isdecimal() else 0
