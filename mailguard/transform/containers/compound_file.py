"""A compound file around streams (MS-CFB, version 3), which is what an encrypted Office file is.

Guarantees: any number and size of streams, as programs stricter than Office read them. msoffcrypto 6.1 has a writer of
its own, whose files are wrong where the package is shorter than 4,096 octets or longer than about 7 million.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Storage: TypeAlias = "Mapping[str, bytes | Storage]"
"""Streams and further storages by their names."""

SECTOR_BYTES = 512
MINI_BYTES = 64
MINI_BELOW_BYTES = 4096
"""Shorter streams lie together in the mini stream (MS-CFB §2.2)."""
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NUMBERS = SECTOR_BYTES // 4
"""Sector numbers in a sector."""
_IN_HEADER = 109
_DIFAT, _FAT, _END, _FREE, _NONE = 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_BLACK = 1
"""All entries: the tree of names is then a plain one, as MS-CFB §2.6.4 allows."""


@dataclass(slots=True)
class _Entry:
    name: str
    kind: int
    octets: bytes = b""
    left: int = _NONE
    right: int = _NONE
    child: int = _NONE
    start: int = 0
    size: int = 0


def compound_file(storage: Storage) -> bytes:
    """The file with these streams, for ``olefile`` and everybody who knows the format."""
    entries = [_Entry("Root Entry", _ROOT)]
    entries[0].child = _add(entries, storage)
    streams = [one for one in entries if one.kind == _STREAM]
    mini, mini_table = _mini_stream([one for one in streams if len(one.octets) < MINI_BELOW_BYTES])
    large = [one for one in streams if len(one.octets) >= MINI_BELOW_BYTES]
    directory_sectors = -(-len(entries) // (SECTOR_BYTES // 128))
    parts = [len(mini_table), directory_sectors * SECTOR_BYTES, len(mini), *(len(one.octets) for one in large)]
    counts = [-(-size // SECTOR_BYTES) for size in parts]
    difats, fats = _tables(sum(counts))
    starts = [difats + fats + sum(counts[:place]) for place in range(len(counts))]
    entries[0].start, entries[0].size = starts[2] if mini else _END, len(mini)
    for one, start in zip(large, starts[3:], strict=True):
        one.start, one.size = start, len(one.octets)
    table = [_DIFAT] * difats + [_FAT] * fats
    for count in counts:
        table += _chain(len(table), count)
    out = [_header(difats, fats, starts[0] if mini else _END, counts[0], starts[1]), _difat(difats, fats)]
    out += [_packed(table, fats * _NUMBERS), mini_table, _directory(entries, directory_sectors), _padded(mini)]
    return b"".join(out + [_padded(one.octets) for one in large])


def _add(entries: list[_Entry], storage: Storage) -> int:
    """Append a storage's entries, and theirs; the number of the one its tree begins with."""
    numbers = []
    for name in sorted(storage, key=lambda one: (len(one), one.upper())):
        numbers.append(len(entries))
        inside = storage[name]
        if isinstance(inside, bytes):
            entries.append(_Entry(name, _STREAM, inside))
        else:
            entry = _Entry(name, _STORAGE)
            entries.append(entry)
            entry.child = _add(entries, inside)
    return _tree(entries, numbers)


def _tree(entries: list[_Entry], numbers: Sequence[int]) -> int:
    if not numbers:
        return _NONE
    middle = len(numbers) // 2
    entry = entries[numbers[middle]]
    entry.left, entry.right = _tree(entries, numbers[:middle]), _tree(entries, numbers[middle + 1 :])
    return numbers[middle]


def _mini_stream(small: Sequence[_Entry]) -> tuple[bytes, bytes]:
    """The small streams one behind the other, and the table of their chains in whole sectors."""
    octets = bytearray()
    table: list[int] = []
    for one in small:
        one.size = len(one.octets)
        one.start = len(table) if one.size else _END
        octets += _padded(one.octets, MINI_BYTES)
        table += _chain(len(table), len(octets) // MINI_BYTES - len(table))
    return bytes(octets), _packed(table, -(-len(table) // _NUMBERS) * _NUMBERS)


def _tables(content: int) -> tuple[int, int]:
    """Sectors for the table of tables and for the table, which name themselves too."""
    difats = fats = 0
    while True:
        needed = -(-(content + difats + fats) // _NUMBERS)
        of_tables = -(-max(0, needed - _IN_HEADER) // (_NUMBERS - 1))
        if (of_tables, needed) == (difats, fats):
            return difats, fats
        difats, fats = of_tables, needed


def _header(difats: int, fats: int, mini_table_at: int, mini_tables: int, directory_at: int) -> bytes:
    """MS-CFB §2.2."""
    fixed = struct.pack("<8s16x5H6x", _SIGNATURE, 0x3E, 3, 0xFFFE, 9, 6)
    numbers = 0, fats, directory_at, 0, MINI_BELOW_BYTES, mini_table_at, mini_tables, 0 if difats else _END, difats
    return fixed + struct.pack("<9I", *numbers) + _packed(range(difats, difats + min(fats, _IN_HEADER)), _IN_HEADER)


def _difat(difats: int, fats: int) -> bytes:
    """Numbers of the table's sectors for which the header has no room; each sector ends with the number of the next."""
    rest = range(difats + _IN_HEADER, difats + fats)
    out = []
    for number in range(difats):
        part = rest[number * (_NUMBERS - 1) : (number + 1) * (_NUMBERS - 1)]
        out.append(_packed(part, _NUMBERS - 1) + struct.pack("<I", number + 1 if number + 1 < difats else _END))
    return b"".join(out)


def _directory(entries: Sequence[_Entry], sectors: int) -> bytes:
    """MS-CFB §2.6."""
    octets = bytearray()
    for one in entries:
        name = (one.name + "\0").encode("utf-16-le")
        tree = one.left, one.right, one.child
        octets += struct.pack("<64sHBB3I36xIQ", name, len(name), one.kind, _BLACK, *tree, one.start, one.size)
    unused = struct.pack("<68x3I48x", _NONE, _NONE, _NONE)
    return bytes(octets) + unused * (sectors * SECTOR_BYTES // 128 - len(entries))


def _chain(begin: int, count: int) -> list[int]:
    """Sectors that lie one behind the other."""
    return [*range(begin + 1, begin + count), _END] if count else []


def _packed(numbers: Sequence[int], room: int) -> bytes:
    return struct.pack(f"<{room}I", *numbers, *[_FREE] * (room - len(numbers)))


def _padded(octets: bytes, size: int = SECTOR_BYTES) -> bytes:
    return octets + bytes(-len(octets) % size)
