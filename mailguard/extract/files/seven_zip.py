"""7z archives, by py7zr where it is installed (LGPL, the extra ``7z``); otherwise they are unknown.

Every octet that is made is paid for at once, and a dictionary larger than ``DICTIONARY_MAX`` is refused before it is
asked for.
"""

from __future__ import annotations

import io
import struct
import unicodedata

import py7zr
from py7zr.exceptions import ArchiveError, Bad7zFile, PasswordRequired, UnsupportedCompressionMethodError
from py7zr.io import Py7zIO, WriterFactory

from mailguard.extract.file_names import add_name, inner
from mailguard.extract.file_types import ARCHIVES, file_type
from mailguard.extract.unpacking import Account
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Sign

HEADER_MAX = 4 * 1024 * 1024
"""Octets of the packed list of files; one for 2,000 files is a hundredth of it."""

DICTIONARY_MAX = 256 * 1024 * 1024
_AES = b"\x06\xf1\x07\x01"


class _Sink(Py7zIO):
    """One file in memory, paid for as it grows."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._made = io.BytesIO()

    def write(self, s: bytes | bytearray) -> int:
        self._account.spend(len(s))
        return self._made.write(s)

    def read(self, size: int | None = None) -> bytes:
        return self._made.read(size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._made.seek(offset, whence)

    def flush(self) -> None:
        self._made.flush()

    def size(self) -> int:
        return len(self._made.getbuffer())

    def octets(self) -> bytes:
        """All that was written."""
        return self._made.getvalue()


class _Sinks(WriterFactory):
    def __init__(self, account: Account, most: int) -> None:
        self._account = account
        self._most = most
        self.made: dict[str, _Sink] = {}

    def create(self, filename: str) -> Py7zIO:
        if len(self.made) >= self._most:
            raise OverLimit(Obstacle.TOO_MANY)
        sink = _Sink(self._account)
        self.made[filename] = sink
        return sink


def read(file: File, walk: Walk) -> None:
    """Every file inside. Raises ``Damaged``."""
    if len(file.octets) < 32:
        raise Damaged
    offset, size = struct.unpack_from("<QQ", file.octets, 12)
    if size > HEADER_MAX:
        raise OverLimit(Obstacle.TOO_MANY)
    header = file.octets[32 + offset : 32 + offset + size]
    try:
        with py7zr.SevenZipFile(io.BytesIO(file.octets)) as archive:
            names = [_name(entry.filename) for entry in archive.files]
            if len(names) > walk.limits.files:
                raise OverLimit(Obstacle.TOO_MANY)
            if archive.needs_password():
                _unlock(names, file, walk)
                return
            _check_dictionaries(archive)
            sinks = _Sinks(Account(walk, len(file.octets)), walk.limits.files)
            archive.extractall(factory=sinks)
    except PasswordRequired:
        _unlock([], file, walk)
        return
    except UnsupportedCompressionMethodError:
        if _AES in header:
            _unlock([], file, walk)
        else:
            walk.cannot(file.where, Obstacle.UNKNOWN)
        return
    except (Bad7zFile, ArchiveError) as fault:
        if _AES in header:
            _unlock([], file, walk)
            return
        raise Damaged from fault
    _pass_on(sinks, file, walk)


def _unlock(names: list[str], file: File, walk: Walk) -> None:
    """With a password of the walk; where none opens it, its names, if they are known, and that it is encrypted."""
    if not any(_read_with(password, file, walk) for password in walk.passwords):
        _say_encrypted(names, file, walk)


def _read_with(password: str, file: File, walk: Walk) -> bool:
    """Whether a password of the walk opened it; then everything inside has been read."""
    try:
        with py7zr.SevenZipFile(io.BytesIO(file.octets), password=password) as archive:
            _check_dictionaries(archive)
            sinks = _Sinks(Account(walk, len(file.octets)), walk.limits.files)
            archive.extractall(factory=sinks)
    except OverLimit:
        raise
    except Exception:
        return False
    _pass_on(sinks, file, walk)
    return True


def _pass_on(sinks: _Sinks, file: File, walk: Walk) -> None:
    for name, sink in sinks.made.items():
        shown = _name(name)
        octets = sink.octets()
        if file_type(shown, octets) in ARCHIVES:
            walk.raise_sign(Sign.NESTED_ARCHIVE)
        walk.file(shown, octets, inner(file.where, shown), file.depth + 1)


def _say_encrypted(names: list[str], file: File, walk: Walk) -> None:
    for name in names:
        add_name(name, inner(file.where, name), walk)
    walk.cannot(file.where, Obstacle.ENCRYPTED)


def _check_dictionaries(archive: py7zr.SevenZipFile) -> None:
    """Raises ``OverLimit`` where a decoder would ask for too much memory."""
    streams = archive.header.main_streams
    for folder in streams.unpackinfo.folders if streams is not None else []:
        for coder in folder.coders:
            properties = coder.get("properties") or b""
            if coder.get("method") == b"\x03\x01\x01" and len(properties) >= 5:  # LZMA
                wanted = int.from_bytes(properties[1:5], "little")
            elif coder.get("method") == b"\x21" and properties:  # LZMA2: 2 or 3, shifted
                wanted = (
                    (2 | properties[0] & 1) << (properties[0] // 2 + 11) if properties[0] < 40 else DICTIONARY_MAX + 1
                )
            elif coder.get("method") == b"\x03\x04\x01" and len(properties) >= 5:  # PPMd
                wanted = int.from_bytes(properties[1:5], "little")
            else:
                continue
            if wanted > DICTIONARY_MAX:
                raise OverLimit(Obstacle.TOO_LARGE)


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", name.replace("\\", "/"))
