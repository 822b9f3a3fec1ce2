"""Excel 5 to 2003 (.xls) and Excel's binary workbooks (.xlsb): tables by calamine, the rest by records and harvest.

calamine lays a sheet out whole, from its first to its last cell, so the records are looked through before: two cells in
opposite corners, or one long string in every cell, would cost gigabytes. Hidden sheets are hidden pieces, hidden rows
and columns raise the sign. Notes, headers and text boxes come as lines that the cells did not bring. Number formats
that pad with zeros are not applied.

Follows [MS-XLS] §2.3 (records), §2.4.117 (FilePass), §2.4.221 (Row), §2.4.53 (ColInfo); [MS-XLSB] §2.1.4 (records).
"""

from __future__ import annotations

import datetime
import io
from struct import pack, unpack_from

import python_calamine as calamine

from mailguard.extract.files.compound import Compound
from mailguard.extract.files.grid import Grid, add_sheet_names, one_line
from mailguard.extract.files.harvest import unseen_lines
from mailguard.extract.files.office_parts import read_shared_parts
from mailguard.extract.files.package import Package
from mailguard.extract.files.shared_strings import shared_by_cells, shared_by_cells_of_xlsb
from mailguard.extract.unlocking import unlocked_workbook
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Piece, Sign

_CELLS_AT_MOST = 4_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_XLS_CELLS = frozenset((0x06, 0x201, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6, 0xBD, 0xBE))
_DIMENSIONS, _STRINGS = 0x0200, 0x00FC
_ONE_CELL_WIDE, _ONE_CELL = pack("<IIHH", 0, 1, 0, 1), pack("<HHHH", 0, 1, 0, 1)
_SECTOR, _END = 512, 0xFFFFFFFE
_BOF, _EOF, _FILE_PASS, _ROW, _COLUMN = 0x0809, 0x0A, 0x2F, 0x0208, 0x7D


def read(file: File, walk: Walk) -> None:
    """Give all text of the workbook to the walk."""
    if file.octets[:8] == _OLE:
        with Compound(file, walk) as compound:
            read_workbook_file(compound, walk)
    elif file.octets[:2] == b"PK":
        _read_xlsb(file, walk)
    else:
        # A bare stream of records, as Excel 2 to 4 wrote it.
        area, is_encrypted, _ = _measure_xls(file.octets)
        if is_encrypted or area > _CELLS_AT_MOST or shared_by_cells(file.octets) > walk.limits.text:
            raise Damaged
        _read_tables(_rebuilt(file.octets, file), walk)


def read_workbook_file(compound: Compound, walk: Walk) -> None:
    """An .xls that is open as a compound file."""
    name = compound.find("Workbook") or compound.find("Book")
    where = compound.file.where
    if name is None:
        raise Damaged
    stream = compound.octets(name)
    area, is_encrypted, is_hidden = _measure_xls(stream)
    if is_encrypted:
        opened = unlocked_workbook(stream, compound.file, walk)
        if opened is None:
            walk.cannot(where, Obstacle.ENCRYPTED)
            return
        stream = opened
        area, _, is_hidden = _measure_xls(stream)
    if is_hidden:
        walk.raise_sign(Sign.HIDDEN_TEXT)
    seen = ""
    if area > _CELLS_AT_MOST or shared_by_cells(stream) > walk.limits.text:
        walk.cannot(where, Obstacle.TOO_LARGE)
    else:
        try:
            seen = _read_tables(_rebuilt(stream, compound.file), walk)
        except Damaged:
            walk.cannot(where, Obstacle.DAMAGED)
    others = [compound.octets(part) for part in compound.names if part.rpartition("/")[2].lower() == "ctls"]
    walk.add(Piece(where, unseen_lines([stream, *others], seen), section="other text"))
    compound.read_properties()
    compound.hand_on_objects()


def _rebuilt(stream: bytes, file: File) -> File:
    """The workbook's stream alone in a compound file of version 3, its claims about sizes taken back ([MS-CFB] §2).

    calamine reserves memory for whatever Dimensions says and believes the tables of sectors; a reservation that fails
    ends the process. It refuses version 4, so large streams need the second table of tables (DIFAT).
    """
    body = bytearray(stream)
    at = 0
    while at + 4 <= len(body):
        kind, size = unpack_from("<HH", body, at)
        at += 4
        if kind == _DIMENSIONS and at + size <= len(body) and size >= 8:
            body[at : at + size] = (_ONE_CELL_WIDE if size >= 12 else _ONE_CELL).ljust(size, b"\0")
        elif kind == _STRINGS and size >= 8 and at + 8 <= len(body):
            unique = min(unpack_from("<I", body, at + 4)[0], len(body) // 3)
            body[at + 4 : at + 8] = pack("<I", unique)
        at += size
    # Streams below 4,096 octets would belong into the small stream, which this file has none of.
    size = max(len(body), 4_096)
    sectors = -(-size // _SECTOR)
    tables = more = 0
    while (more + tables + 1 + sectors) * 4 > tables * _SECTOR:
        tables += 1
        more = -(-max(0, tables - 109) // 127)
    start = more + tables + 1
    chain = [0xFFFFFFFC] * more + [0xFFFFFFFD] * tables + [_END] + [*range(start + 1, start + sectors), _END]
    chain += [0xFFFFFFFF] * (tables * _SECTOR // 4 - len(chain))
    places = [*range(more, more + tables)]
    head = _OLE + bytes(16) + pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, more + tables, 0)
    head += pack("<IIIII", 4_096, _END, 0, 0 if more else _END, more)
    head += pack("<109I", *(places[:109] + [0xFFFFFFFF] * 109)[:109])
    for number in range(more):
        part = places[109 + 127 * number : 236 + 127 * number]
        head += pack("<128I", *part, *[0xFFFFFFFF] * (127 - len(part)), number + 1 if number + 1 < more else _END)
    directory = _directory("Root Entry", 5, 1, _END, 0) + _directory("Workbook", 2, 0xFFFFFFFF, start, size)
    octets = head + pack(f"<{len(chain)}I", *chain) + directory.ljust(_SECTOR, b"\0")
    return File(file.name, octets + bytes(body).ljust(sectors * _SECTOR, b"\0"), file.where, file.depth)


def _directory(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    entry = wide.ljust(64, b"\0") + pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return entry + bytes(36) + pack("<IQ", start, size)


def _read_xlsb(file: File, walk: Walk) -> None:
    package = Package(file, walk)
    streams: list[bytes] = []
    sheets: list[bytes] = []
    strings = b""
    largest = 0
    for entry in package.named(
        r"xl/(workbook|worksheets/[^/]*|sharedStrings|styles|comments[^/]*|.*comments/[^/]*)\.bin"
    ):
        octets = package.octets(entry)
        if "/worksheets/" in entry.name:
            area, is_hidden = _measure_xlsb(octets)
            largest = max(largest, area)
            sheets.append(octets)
            if is_hidden:
                walk.raise_sign(Sign.HIDDEN_TEXT)
        if "sharedStrings" not in entry.name:
            streams.append(octets)
        else:
            strings = octets
            walk.check_time()
    seen = ""
    if largest > _CELLS_AT_MOST or shared_by_cells_of_xlsb(strings, sheets) > walk.limits.text:
        streams.append(strings)
        walk.cannot(file.where, Obstacle.TOO_LARGE)
    else:
        seen = _read_tables(file, walk)
    lines = unseen_lines(streams, seen, narrow=False)
    walk.add(Piece(file.where, lines, section="other text"))
    read_shared_parts(package, walk, is_binary=True)


def _read_tables(file: File, walk: Walk) -> str:
    """Every sheet to the walk; the text of all cells. Raises ``Damaged``."""
    seen: list[str] = []
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.octets)) as book:
            shown = calamine.SheetVisibleEnum.Visible
            about_all = book.sheets_metadata
            add_sheet_names(((about.name, about.visible != shown) for about in about_all), file.where, walk)
            for number, about in enumerate(about_all):
                is_hidden = about.visible != shown
                if about.typ not in (calamine.SheetTypeEnum.WorkSheet, calamine.SheetTypeEnum.MacroSheet):
                    continue
                if is_hidden:
                    walk.raise_sign(Sign.HIDDEN_TEXT)
                walk.check_time()
                _read_table(
                    book.get_sheet_by_index(number), Grid(walk, file.where, about.name, is_hidden=is_hidden), seen
                )
    except calamine.PasswordError:
        walk.cannot(file.where, Obstacle.ENCRYPTED)
    except (calamine.CalamineError, ValueError, OSError) as fault:
        raise Damaged from fault
    except (OverLimit, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as fault:
        # A panic of the native code is no Exception.
        raise Damaged from fault
    return "\n".join(seen)


def _read_table(sheet: calamine.CalamineSheet, grid: Grid, seen: list[str]) -> None:
    start = sheet.start
    if start is None:
        return
    row, column = start
    for number, values in enumerate(sheet.to_python(skip_empty_area=True)):
        cells = []
        for at, value in enumerate(values, column):
            text = _cell(value)
            if text:
                cells.append((at, text))
        grid.add_row(row + number, cells)
        seen.append("\n".join(text for _, text in cells))
    grid.close()


def _cell(value: object) -> str:
    """A cell as text: dates as yyyy/mm/dd, whole numbers without a point."""
    match value:
        case str():
            return one_line(value)
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if abs(value) < 1e17 and value == int(value) else str(value)
        case datetime.datetime():
            day = f"{value.year:04}/{value.month:02}/{value.day:02}"
            return day if value.time() == datetime.time() else f"{day} {value.hour:02}:{value.minute:02}"
        case datetime.date():
            return f"{value.year:04}/{value.month:02}/{value.day:02}"
        case datetime.time():
            return f"{value.hour:02}:{value.minute:02}"
        case None:
            return ""
        case _:
            return str(value)


def _measure_xls(stream: bytes) -> tuple[int, bool, bool]:
    """Cells of the largest sheet as it is laid out; whether it is encrypted; whether rows or columns are hidden."""
    at = largest = 0
    rows = columns = (1 << 30, -1)
    is_hidden = False
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        at += 4
        if kind in _XLS_CELLS and size >= 4 and at + 4 <= len(stream):
            row, column = unpack_from("<HH", stream, at)
            if kind in (0xBD, 0xBE) and size >= 6 and at + size <= len(stream):
                column = max(column, unpack_from("<H", stream, at + size - 2)[0])
            rows = (min(rows[0], row), max(rows[1], row))
            columns = (min(columns[0], column), max(columns[1], column))
        elif kind in (_BOF, _EOF):
            if rows[1] >= 0:
                largest = max(largest, (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1))
            rows = columns = (1 << 30, -1)
        elif kind == _FILE_PASS:
            return 0, True, False
        elif kind == _ROW and size >= 16 and at + 14 <= len(stream):
            is_hidden = is_hidden or bool(stream[at + 12] & 0x20)
        elif kind == _COLUMN and size >= 10 and at + 9 <= len(stream):
            is_hidden = is_hidden or bool(stream[at + 8] & 0x01)
        at += size
    return largest, False, is_hidden


def _measure_xlsb(stream: bytes) -> tuple[int, bool]:
    """The same of one sheet of an .xlsb."""
    at = row = 0
    rows = columns = (1 << 30, -1)
    is_hidden = False
    length = len(stream)
    while at + 2 <= length:
        kind = stream[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (stream[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while at < length and shift < 28:
            octet = stream[at]
            at += 1
            size |= (octet & 0x7F) << shift
            shift += 7
            if not octet & 0x80:
                break
        if kind == 0 and size >= 12 and at + 12 <= length:
            row = unpack_from("<I", stream, at)[0]
            is_hidden = is_hidden or bool(stream[at + 11] & 0x10)
        elif 1 <= kind <= 11 and size >= 4 and at + 4 <= length:
            column = unpack_from("<I", stream, at)[0]
            rows = (min(rows[0], row), max(rows[1], row))
            columns = (min(columns[0], column), max(columns[1], column))
        elif kind == 60 and size >= 18 and at + 17 <= length:
            is_hidden = is_hidden or bool(stream[at + 16] & 0x01)
        at += size
    area = (rows[1] - rows[0] + 1) * (columns[1] - columns[0] + 1) if rows[1] >= 0 else 0
    return area, is_hidden
