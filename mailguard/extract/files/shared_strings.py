"""How much text the cells of Excel's binary workbooks make out of the strings they share.

calamine copies a string for each cell that shows it, so this is counted before: 75,000 cells that show one string of
32,000 letters fit into a megabyte. Damaged lists count as far as they can be read. Linear in the octets.

Follows [MS-XLS] §2.4.265 (SST), §2.5.293 (XLUnicodeRichExtendedString), §2.4.58 (Continue), §2.4.149 (LabelSst);
[MS-XLSB] §2.1.4 (records), §2.4.739 (BrtSSTItem), §2.4.318 (BrtCellIsst).
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import unpack_from

_SST, _CONTINUE, _LABEL_SST = 0xFC, 0x3C, 0xFD
_SST_ITEM, _CELL_ISST = 19, 7
_RICH, _EXTENDED = 0x08, 0x04


def shared_by_cells(stream: bytes) -> int:
    """Characters that the cells of an .xls show of its shared strings."""
    lengths: list[int] = []
    shown: list[int] = []
    at = 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        at += 4
        if kind == _SST:
            lengths = _lengths(stream, _segments(stream, at, size))
        elif kind == _LABEL_SST and size >= 10 and at + 10 <= len(stream):
            shown.append(unpack_from("<I", stream, at + 6)[0])
        at += size
    return sum(lengths[index] for index in shown if index < len(lengths))


def shared_by_cells_of_xlsb(strings: bytes, sheets: list[bytes]) -> int:
    """The same of an .xlsb, out of its part of strings and its sheets."""
    lengths = [
        unpack_from("<I", strings, at + 1)[0] for kind, at, size in _records(strings) if kind == _SST_ITEM and size >= 5
    ]
    return sum(
        lengths[index]
        for sheet in sheets
        for kind, at, size in _records(sheet)
        if kind == _CELL_ISST and size >= 12 and (index := unpack_from("<I", sheet, at + 8)[0]) < len(lengths)
    )


def _segments(stream: bytes, at: int, size: int) -> list[tuple[int, int]]:
    """Where the record and those that continue it begin and end."""
    found = [(at, min(at + size, len(stream)))]
    at += size
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        if kind != _CONTINUE:
            break
        found.append((at + 4, min(at + 4 + size, len(stream))))
        at += 4 + size
    return found


def _lengths(stream: bytes, segments: list[tuple[int, int]]) -> list[int]:
    """The lengths of the strings in characters. Each continuing record says anew how wide its letters are."""
    found: list[int] = []
    rest = iter(segments)
    at, end = next(rest)
    at += 8
    while True:
        if at >= end:
            at, end = next(rest, (0, 0))
        if at + 3 > end:
            return found
        letters, flags = unpack_from("<HB", stream, at)
        at += 3
        found.append(letters)
        more = 0
        if flags & _RICH and at + 2 <= end:
            more += 4 * unpack_from("<H", stream, at)[0]
            at += 2
        if flags & _EXTENDED and at + 4 <= end:
            more += unpack_from("<I", stream, at)[0]
            at += 4
        wide = 1 + (flags & 1)
        while letters > (room := max(0, end - at) // wide):
            letters -= room
            at, end = next(rest, (0, 0))
            if at >= end:
                return found
            wide = 1 + (stream[at] & 1)
            at += 1
        at += letters * wide
        while more > (room := max(0, end - at)):
            more -= room
            at, end = next(rest, (0, 0))
            if at >= end:
                return found
        at += more


def _records(stream: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place of the content, and size of each record of an .xlsb."""
    at, length = 0, len(stream)
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
        if at + size > length:
            return
        yield kind, at, size
        at += size
