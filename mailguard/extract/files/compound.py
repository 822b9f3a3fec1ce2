"""OLE compound files ([MS-CFB]): streams read against the walk's limits, properties, objects packed inside.

A stream may claim more octets than the file has, so its size is paid for before it is read.
"""

from __future__ import annotations

import io
import posixpath
from typing import Self

import olefile

from mailguard.extract.files.harvest import japanese
from mailguard.extract.walk import Damaged, File, Walk
from mailguard.model.contents import Piece

_ENTRIES_AT_MOST = 5_000
_PROPERTIES_AT_MOST = 200
_PROPERTY_AT_MOST = 100_000
_SHORT, _NARROW_STRING, _WIDE_STRING, _UTF_16 = 0x02, 0x1E, 0x1F, 1200
_WORDS = {2: "title", 3: "subject", 4: "creator", 5: "keywords", 6: "description", 8: "lastModifiedBy"}
_MORE_WORDS = {2: "category", 14: "manager", 15: "company"}


class Compound:
    """An open compound file; ``names`` are its streams as paths with ``/``. Raises ``Damaged`` where it is none."""

    def __init__(self, file: File, walk: Walk) -> None:
        self.file = file
        self._walk = walk
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(file.octets))
            self.names = ["/".join(path) for path in self._ole.listdir()][:_ENTRIES_AT_MOST]
        except Exception as fault:
            # olefile raises what its arithmetic meets: IndexError, struct.error, OSError, MemoryError.
            raise Damaged from fault

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ole.close()

    def find(self, last: str) -> str | None:
        """The outermost stream with this name, None where there is none."""
        found = [name for name in self.names if posixpath.basename(name).lower() == last.lower()]
        return min(found, key=lambda name: name.count("/"), default=None)

    def octets(self, name: str) -> bytes:
        """The stream; "" where it is damaged."""
        try:
            size = int(self._ole.get_size(name))
        except Exception:
            return b""
        self._walk.spend(size, len(self.file.octets))
        try:
            with self._ole.openstream(name) as stream:
                return bytes(stream.read())
        except Exception:
            return b""

    def read_properties(self) -> None:
        """The properties that people see, a line for each ([MS-OLEPS])."""
        lines: list[str] = []
        for stream, wanted in (("\x05SummaryInformation", _WORDS), ("\x05DocumentSummaryInformation", _MORE_WORDS)):
            found = _properties(self.octets(stream)) if self._ole.exists(stream) else {}
            for key, label in wanted.items():
                text = " ".join(found.get(key, "").replace("\0", " ").split())
                if text:
                    lines.append(f"{label}: {text}")
        self._walk.add(Piece(self.file.where, "\n".join(lines), section="properties"))

    def hand_on_objects(self) -> bool:
        """Files packed into objects go to the walk. Whether there were any."""
        handed = False
        for name in self.names:
            last = posixpath.basename(name)
            if last.lower() in ("package", "contents", "embeddedodf"):
                handed = self._hand_on(last, self.octets(name)) or handed
            elif last.lower() == "\x01ole10native":
                handed = self._hand_on(*_native(self.octets(name))) or handed
        return handed

    def _hand_on(self, name: str, octets: bytes) -> bool:
        if len(octets) < 8:
            return False
        self._walk.file(name, octets, f"{self.file.where}!{name}", self.file.depth + 1)
        return True


def _properties(stream: bytes) -> dict[int, str]:
    """The strings of a property set's first section, by id ([MS-OLEPS] §2.21, §2.20, §2.5, §2.6).

    Read here because olefile believes the count of a vector: 20 KB kept it counting to four billion.
    """
    found: dict[int, str] = {}
    code_page = 0
    if len(stream) < 56:
        return found
    section = int.from_bytes(stream[44:48], "little")
    count = min(int.from_bytes(stream[section + 4 : section + 8], "little"), _PROPERTIES_AT_MOST)
    for number in range(count):
        at = section + 8 + 8 * number
        key = int.from_bytes(stream[at : at + 4], "little")
        place = section + int.from_bytes(stream[at + 4 : at + 8], "little")
        kind = int.from_bytes(stream[place : place + 2], "little")
        size = int.from_bytes(stream[place + 4 : place + 8], "little")
        if key == 1 and kind == _SHORT:
            code_page = size & 0xFFFF
        elif kind == _NARROW_STRING:
            octets = stream[place + 8 : place + 8 + min(size, _PROPERTY_AT_MOST)]
            # Code page 1200: narrow strings that are UTF-16 all the same.
            is_wide = code_page == _UTF_16
            text = octets[: len(octets) // 2 * 2].decode("utf-16-le", "replace") if is_wide else japanese(octets)
            found[key] = text.partition("\0")[0]
        elif kind == _WIDE_STRING:
            octets = stream[place + 8 : place + 8 + 2 * min(size, _PROPERTY_AT_MOST)]
            found[key] = octets[: len(octets) // 2 * 2].decode("utf-16-le", "replace").partition("\0")[0]
    return found


def _native(stream: bytes) -> tuple[str, bytes]:
    """Name and octets of a file dropped into a document ([MS-OLEDS] §2.3.6 and what Packager writes into it)."""
    parts = stream[6:].split(b"\0", 2)
    if len(parts) < 3:
        return "object", stream[4:]
    name = posixpath.basename(japanese(parts[0]).replace("\\", "/")) or "object"
    rest = parts[2]
    if len(rest) < 8:
        return name, b""
    # 4 octets of flags, the length of a temporary path, the path, the length of the file, the file.
    path = int.from_bytes(rest[4:8], "little")
    start = 8 + path + 4
    size = int.from_bytes(rest[8 + path : start], "little")
    octets = rest[start : start + size]
    return name, octets or stream[4:]
