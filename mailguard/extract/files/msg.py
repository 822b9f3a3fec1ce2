"""``.msg``: a mail as Outlook saves it, with mails and files inside of it (MS-OXMSG)."""

from __future__ import annotations

import io
import re
import struct

import olefile

from mailguard.extract.file_names import UNNAMED, add_name
from mailguard.extract.mapi import ATTACH_DATA, BINARY, MESSAGE_CODEPAGE, SUBJECT, charset_of
from mailguard.extract.outlook import Properties, add_file, add_texts, file_name, string
from mailguard.extract.walk import Damaged, File, Walk
from mailguard.model.contents import Obstacle

_STREAM = re.compile(r"__substg1\.0_([0-9A-F]{4})([0-9A-F]{4})$", re.IGNORECASE)
_ATTACHMENT = "__attach_version1.0_"
_EMBEDDED = "__substg1.0_3701000d"
_FIXED = "__properties_version1.0"
_NUMBER = 0x0003
_ONE_LINE = re.compile(r"[\s/\\!]+")
STREAMS_MAX = 20_000


def read(file: File, walk: Walk) -> None:
    """Subject, body in all its forms, files. Recipients are left out. Raises ``Damaged``."""
    walk.spend(len(file.octets))
    try:
        ole = olefile.OleFileIO(io.BytesIO(file.octets))
    except (OSError, ValueError, IndexError, TypeError) as fault:
        raise Damaged from fault
    with ole:
        _Msg(ole, walk, file.where).read([], file)


class _Msg:
    def __init__(self, ole: olefile.OleFileIO, walk: Walk, where: str) -> None:
        self._ole = ole
        self._walk = walk
        self._where = where
        self._entries: dict[str, list[str]] = {}
        for path in ole.listdir(streams=True, storages=True)[:STREAMS_MAX]:
            self._entries.setdefault("/".join(path[:-1]).lower(), []).append(path[-1])

    def read(self, storage: list[str], file: File) -> None:
        """The message in a storage, as the file ``file``."""
        self._walk.check_time()
        properties = self._properties(storage)
        charset = charset_of(int.from_bytes(properties.get((MESSAGE_CODEPAGE, _NUMBER), b"")[:4], "little"))
        add_texts(properties, file.where, self._walk, file.depth)
        for name in self._entries.get("/".join(storage).lower(), []):
            if name.lower().startswith(_ATTACHMENT):
                self._attachment([*storage, name], charset, file)

    def _attachment(self, storage: list[str], charset: str, file: File) -> None:
        properties = self._properties(storage)
        name = file_name(properties, charset)
        inner = [one for one in self._entries.get("/".join(storage).lower(), []) if one.lower() == _EMBEDDED]
        if not inner:
            add_file(name, properties.get((ATTACH_DATA, BINARY), b""), file, self._walk)
            return
        path = [*storage, inner[0]]
        embedded = self._properties(path)
        subject = _ONE_LINE.sub(" ", string(embedded, SUBJECT, charset)).strip()[:120]
        name = name or subject or UNNAMED
        name = name if name.lower().endswith(".msg") else f"{name}.msg"
        where = f"{file.where}!{name}"
        add_name(name, where, self._walk)
        if file.depth + 1 > self._walk.limits.depth:
            self._walk.cannot(where, Obstacle.TOO_DEEP)
        elif not any(one.lower() == _FIXED for one in self._entries.get("/".join(path).lower(), [])):
            self._walk.cannot(where, Obstacle.UNKNOWN)  # an object of another program
        else:
            self.read(path, File(name, b"", where, file.depth + 1))

    def _properties(self, storage: list[str]) -> Properties:
        found: Properties = {}
        for name in self._entries.get("/".join(storage).lower(), []):
            stream = _STREAM.match(name)
            if stream is not None and stream[2].lower() != "000d":
                found[int(stream[1], 16), int(stream[2], 16)] = self._stream([*storage, name])
        fixed = next((one for one in self._entries.get("/".join(storage).lower(), []) if one.lower() == _FIXED), "")
        if fixed:
            octets = self._stream([*storage, fixed])
            # Entries of 16 octets; the header before them is 8, 24 or 32 long (MS-OXMSG §2.4).
            start = len(octets) % 16 or 0
            for at in range(start, len(octets) - 15, 16):
                kind, name_id = struct.unpack_from("<HH", octets, at)
                if kind == _NUMBER:
                    found.setdefault((name_id, kind), octets[at + 8 : at + 12])
        return found

    def _stream(self, path: list[str]) -> bytes:
        """A stream's octets. The library gives what it finds of a broken one; then the file is damaged."""
        with self._ole.openstream(path) as opened:
            octets: bytes = opened.read()
        if len(octets) < self._ole.get_size(path):
            self._walk.cannot(self._where, Obstacle.DAMAGED)
        return octets
