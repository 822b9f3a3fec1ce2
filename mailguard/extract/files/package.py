"""A zip whose entries together are one document (OOXML, ODF): bounded, tolerant, never written to disk.

Every octet that comes out is paid for with ``Walk.spend``; an entry that grows beyond the walk's ratio raises
``OverLimit``. Encrypted entries are said to the walk and yield nothing. A package without a readable central directory
is read by its local headers and called damaged as well, because programs for repair open it. Two entries of one name
are both read: which of them a program shows is up to the program.

Follows PKWARE APPNOTE 6.3.10 §4.3 (local header, data descriptor) and ECMA-376 part 2 §7 (names of parts, compared
without case). Methods other than stored, deflate, bzip2 and LZMA are not read.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Sign

CHUNK = 1 << 16
_ENTRIES_AT_MOST = 20_000
_LOCAL = b"PK\x03\x04"
_ENCRYPTED_FLAG = 0x1
_NUMBER_IN_NAME = re.compile(r"(\d{1,9})\D*$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``name`` with ``/``, without a leading one. ``packed``: its octets in the zip."""

    name: str
    packed: int
    info: zipfile.ZipInfo | None
    offset: int = 0
    method: int = zipfile.ZIP_DEFLATED


class Package:
    """The entries of a document, in the order of the zip. Raises ``Damaged`` where there are none.

    ``taken``: names of those that were read so far.
    """

    def __init__(self, file: File, walk: Walk) -> None:
        self.file = file
        self._walk = walk
        self._zip: zipfile.ZipFile | None = None
        self.is_damaged = False
        self.taken: set[str] = set()
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(file.octets))
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError, OSError, IndexError):
            self.damage()
            self.entries = list(self._local_entries())
        else:
            if len(infos) > _ENTRIES_AT_MOST:
                raise OverLimit(Obstacle.TOO_MANY)
            self.entries = [
                Entry(_part_name(info.filename), info.compress_size, info)
                for info in infos
                if not info.filename.endswith("/")
            ]
        if not self.entries:
            raise Damaged
        names = [entry.name.lower() for entry in self.entries]
        if len(set(names)) != len(names):
            walk.raise_sign(Sign.AMBIGUOUS)

    def damage(self) -> None:
        """Part of the document cannot be read; what can be, is."""
        self.is_damaged = True
        self._walk.cannot(self.file.where, Obstacle.DAMAGED)

    def named(self, pattern: str) -> list[Entry]:
        """Entries whose whole name matches, without case, in the order of the number in their names."""
        compiled = re.compile(pattern, re.IGNORECASE)
        found = [entry for entry in self.entries if compiled.fullmatch(entry.name)]
        return sorted(found, key=lambda entry: (len(entry.name.split("/")), _number(entry.name)))

    def octets(self, entry: Entry) -> bytes:
        """The whole entry, as far as it is readable; "" of an encrypted one."""
        return b"".join(self.chunks(entry))

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """The entry in portions. A fault in it ends it and is said to the walk."""
        if entry.info is not None and entry.info.flag_bits & _ENCRYPTED_FLAG:
            self._walk.cannot(self.file.where, Obstacle.ENCRYPTED)
            return
        came = 0
        self.taken.add(entry.name)
        limits = self._walk.limits
        try:
            for chunk in self._unpacked(entry):
                came += len(chunk)
                self._walk.spend(len(chunk))
                if came > limits.ratio_from and came > limits.ratio * max(1, entry.packed):
                    raise OverLimit(Obstacle.TOO_LARGE)
                yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
            self.damage()

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        if entry.info is not None:
            assert self._zip is not None
            with self._zip.open(entry.info) as stream:
                while chunk := stream.read(CHUNK):
                    yield chunk
            return
        packed = memoryview(self.file.octets)[entry.offset : entry.offset + entry.packed]
        if entry.method == zipfile.ZIP_STORED:
            for start in range(0, len(packed), CHUNK):
                yield bytes(packed[start : start + CHUNK])
            return
        inflate = zlib.decompressobj(-15)
        rest: bytes | memoryview = packed
        while rest and not inflate.eof:
            yield inflate.decompress(rest, CHUNK)
            rest = inflate.unconsumed_tail

    def _local_entries(self) -> Iterator[Entry]:
        octets = self.file.octets
        at = octets.find(_LOCAL)
        count = 0
        while at >= 0:
            following = octets.find(_LOCAL, at + 4)
            head = octets[at : at + 30]
            count += 1
            if count > _ENTRIES_AT_MOST:
                raise OverLimit(Obstacle.TOO_MANY)
            if len(head) == 30:
                flags, method = int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")
                size = int.from_bytes(head[18:22], "little")
                name_length, extra = int.from_bytes(head[26:28], "little"), int.from_bytes(head[28:30], "little")
                start = at + 30 + name_length + extra
                # Bit 3: the size stands behind the octets (APPNOTE §4.4.4); the stream itself tells where it ends.
                if flags & 0x8 or not size:
                    size = max(0, (following if following >= 0 else len(octets)) - start)
                name = _part_name(octets[at + 30 : at + 30 + name_length].decode("utf-8", "replace"))
                if flags & _ENCRYPTED_FLAG:
                    self._walk.cannot(self.file.where, Obstacle.ENCRYPTED)
                elif method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) and not name.endswith("/"):
                    yield Entry(name, size, None, start, method)
            at = following


def _part_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def _number(name: str) -> int:
    found = _NUMBER_IN_NAME.search(name)
    return int(found[1]) if found else 0
