"""One ZIP for everything: WinZip AES in its second version (AE-2), AES-256, every entry.

Guarantees: octets pass in pieces, whatever the size of a file, and nothing of them lies on disk in clear; what is
compressed already is stored; names are those of ``names.safe_names``, in UTF-8 with its flag; sizes stand before the
octets, without data descriptors; Zip64 where 32 bits do not hold a number. Never ZipCrypto. Whatever is raised, ``out``
is empty afterwards: a part of a parcel cannot be taken for one.

An AES ZIP shows names and sizes to anybody. With ``hidden_names`` it shows one neutral name, of a plain ZIP inside that
holds the files; Windows and Macs open that one by themselves. It is written in one pass: its files are deflated (at
level 0 where that is of no use) with data descriptors, which is what streaming writers and readers agree upon (APPNOTE
6.3.10 §4.3.9); stored entries with descriptors cannot be read from a stream.

Opens it: 7-Zip, bsdtar, WinRAR, The Unarchiver, Keka, Windows 11 from 24H2. Info-ZIP unzip 6 refuses ("need PK compat.
v5.1"), as do Explorer before that and Finder.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, BinaryIO, Protocol, TypeVar

import pyzipper
from pyzipper.zipfile_aes import WZ_AES_V2, AESZipEncrypter, AESZipInfo

from mailguard.transform.containers.counter_mode import CounterMode
from mailguard.transform.containers.method import ITERATIONS
from mailguard.transform.containers.names import safe_names
from mailguard.transform.containers.password import password_octets

PIECE_BYTES = 128 * 1024
"""The most that is worked upon at once; chunks of less than a quarter of it are gathered."""
VERSION_NEEDED = 51
"""APPNOTE 6.3.10 §4.4.3.2: 5.1 for AES."""
KEY_BYTES = 32
SALT_BYTES = 16
VERIFIER_BYTES = 2
STRENGTH = 3
"""The format's number for 256 bits."""
LEVEL = 4
"""Of zlib: twice as fast as its usual one for a list that gets 22.6 % instead of 21.0 % of its size."""
MODE = stat.S_IFREG | 0o644
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first moment ZIP can write; for files without a time."""
LATEST_YEAR = 2107
PLAIN_MAX_BYTES = 2**31 - 1 - 4 * 1024 * 1024
"""More than this makes an entry Zip64; the margin is for headers and what compressing adds to what cannot be."""
SAMPLE_BYTES = 16 * 1024
WORTH = 0.97
"""What shrinks less than to this, by the fastest level, is not worth the time of the usual one."""

T = TypeVar("T")
_COMPRESSED = (
    b"PK\x03\x04", b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08",
    b"Rar!", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"MSCF", b"OggS", b"ID3", b"fLaC", b"wOF2",
    b"\x1a\x45\xdf\xa3",
)  # fmt: skip
_EXTENSIONS = frozenset(
    (
        "zip", "docx", "xlsx", "pptx", "docm", "xlsm", "pptm", "xlsb", "odt", "ods", "odp", "pdf", "epub", "jar", "apk",
        "jpg", "jpeg", "png", "gif", "webp", "heic", "heif", "avif", "mp4", "m4v", "mov", "avi", "mkv", "webm",
        "mp3", "m4a", "aac", "ogg", "flac", "7z", "gz", "tgz", "bz2", "xz", "zst", "rar", "lzh", "cab",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ZipItem:
    """A file for a ZIP: ``name`` as ``safe_names`` gives it; ``chunks`` begins anew at each call; ``modified`` is
    written as the clock on the wall there showed it, without its zone; None: unknown.
    """

    name: str
    chunks: Callable[[], Iterator[bytes]]
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class Packed:
    """A file that went into a ZIP: its name, octets before compressing, and their SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


def write_zip(
    out: BinaryIO, items: Sequence[ZipItem], password: str, *, hidden_names: str | None = None
) -> list[Packed]:
    """Write an AES-256 ZIP of the items into ``out`` (empty, seekable), and give back what it holds, in their order.

    ``hidden_names``: the neutral name of a plain ZIP inside, which alone is to be seen. Raises ``CannotLock`` for a
    password that is none, ``ValueError`` for names that are not safe, and what ``chunks`` raises.
    """
    octets = password_octets(password)
    for names in ([item.name for item in items], [hidden_names] if hidden_names else []):
        if safe_names(names) != names:
            raise ValueError("names that are not safe")
    try:
        with _File(out, octets) as archive:
            if hidden_names is None:
                return [_write_item(archive, item) for item in items]
            return _write_hidden(archive, hidden_names, items)
    except BaseException:
        out.seek(0)
        out.truncate()
        raise


def is_compressed(name: str, head: bytes) -> bool:
    """Whether compressing again would be of no use, by the first octets, the name's extension and a trial."""
    if head.startswith(_COMPRESSED) or head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return True
    if name.rpartition(".")[2].lower() in _EXTENSIONS:
        return True
    sample = head[:SAMPLE_BYTES]
    return len(zlib.compress(sample, 1)) > WORTH * len(sample)


class _TooLarge(Exception):
    """An entry outgrew what its header can say."""


class _Writable(Protocol):
    def write(self, data: Any, /) -> int: ...


class _Entry:
    """The way into an entry. Raises ``_TooLarge`` where more than ``limit`` octets would go there; None: any number."""

    def __init__(self, handle: _Writable, limit: int | None) -> None:
        self._handle = handle
        self._left = limit

    def write(self, data: bytes | memoryview, /) -> int:
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise _TooLarge
        return self._handle.write(data)

    def flush(self) -> None:
        """There is nothing to flush; ``zipfile`` asks for it."""

    def close(self) -> None:
        """Neither is there to close."""


def _write_item(archive: Any, item: ZipItem) -> Packed:
    def written(limit: int | None) -> Packed:
        head, pieces = _begun(item)
        method = pyzipper.ZIP_STORED if is_compressed(item.name, head) else pyzipper.ZIP_DEFLATED
        info = _info(item.name, _date_time(item.modified), method)
        with archive.open(info, "w", force_zip64=limit is None) as handle:
            return _poured(item.name, pieces, _Entry(handle, limit))

    return _small_or_large(archive, written)


def _write_hidden(archive: Any, name: str, items: Sequence[ZipItem]) -> list[Packed]:
    def written(limit: int | None) -> list[Packed]:
        newest = max((_date_time(item.modified) for item in items), default=EARLIEST)
        info = _info(name, newest, pyzipper.ZIP_STORED)
        with (
            archive.open(info, "w", force_zip64=limit is None) as handle,
            zipfile.ZipFile(_Entry(handle, limit), "w") as inner,
        ):
            return [_write_plain(inner, item, limit) for item in items]

    return _small_or_large(archive, written)


def _write_plain(inner: zipfile.ZipFile, item: ZipItem, limit: int | None) -> Packed:
    head, pieces = _begun(item)
    info = zipfile.ZipInfo(item.name, _date_time(item.modified))
    info.external_attr = MODE << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = 0 if is_compressed(item.name, head) else LEVEL  # type: ignore[attr-defined]  # no other way
    with inner.open(info, "w", force_zip64=limit is None) as handle:
        return _poured(item.name, pieces, _Entry(handle, limit))


def _poured(name: str, pieces: Iterable[bytes | memoryview], entry: _Entry) -> Packed:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
        entry.write(piece)
    return Packed(name, size, digest.hexdigest())


def _small_or_large(archive: Any, written: Callable[[int | None], T]) -> T:
    """Write an entry; where it outgrows 32 bits, write it again from its beginning as Zip64.

    Zip64 at once for all of them would be a field that some programs do not expect in small files.
    """
    try:
        return written(PLAIN_MAX_BYTES)
    except _TooLarge:
        info = archive.filelist.pop()
        del archive.NameToInfo[info.filename]
        archive.start_dir = info.header_offset
        return written(None)


def _begun(item: ZipItem) -> tuple[bytes, Iterator[bytes | memoryview]]:
    """The first piece of an item, and all pieces."""
    pieces = _pieces(item.chunks())
    first = next(pieces, b"")
    return bytes(first), chain((first,), pieces)


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """The same octets, in pieces that are neither tiny nor large."""
    waiting = bytearray()
    for chunk in chunks:
        if len(chunk) < PIECE_BYTES // 4:
            waiting += chunk
        if waiting and (len(chunk) >= PIECE_BYTES // 4 or len(waiting) >= PIECE_BYTES // 4):
            yield bytes(waiting)
            waiting.clear()
        if len(chunk) >= PIECE_BYTES // 4:
            view = memoryview(chunk)
            yield from (view[at : at + PIECE_BYTES] for at in range(0, len(view), PIECE_BYTES))
    if waiting:
        yield bytes(waiting)


def _date_time(modified: datetime | None) -> tuple[int, int, int, int, int, int]:
    if modified is None or not EARLIEST[0] <= modified.year <= LATEST_YEAR:
        return EARLIEST
    return modified.year, modified.month, modified.day, modified.hour, modified.minute, modified.second


def _info(name: str, date_time: tuple[int, int, int, int, int, int], method: int) -> Any:
    info = AESZipInfo(name, date_time)
    info.compress_type = method
    info._compresslevel = LEVEL
    info.create_version = info.extract_version = VERSION_NEEDED
    info.external_attr = MODE << 16
    return info


class _Encrypter(AESZipEncrypter):  # type: ignore[misc]  # pyzipper has no types
    """pyzipper's with OpenSSL's ciphers, because its own take twice to four times as long."""

    def __init__(self, password: bytes) -> None:
        # Not pyzipper's own beginning, which derives the keys of its ciphers.
        self.force_wz_aes_version = WZ_AES_V2
        self.aes_strength = STRENGTH
        self.salt = secrets.token_bytes(SALT_BYTES)
        keys = hashlib.pbkdf2_hmac("sha1", password, self.salt, ITERATIONS, 2 * KEY_BYTES + VERIFIER_BYTES)
        self.hmac = hmac.new(keys[KEY_BYTES : 2 * KEY_BYTES], digestmod="sha1")
        self.encpwdverify = keys[2 * KEY_BYTES :]
        self._counter_mode = CounterMode(keys[:KEY_BYTES])

    def passed(self, data: bytes | memoryview) -> memoryview:
        """Encrypted; good until the next call."""
        octets = self._counter_mode.applied(data)
        self.hmac.update(octets)
        return octets

    def encrypt(self, data: bytes) -> bytes:
        return bytes(self.passed(data))


class _Handle(pyzipper.AESZipFile.zipwritefile_cls):  # type: ignore[misc]  # pyzipper has no types
    """pyzipper's without CRC-32, which AE-2 does not have, and without new memory for every piece."""

    def write(self, data: bytes | memoryview) -> int:
        self._file_size += len(data)
        octets = self._encrypter.passed(self._compressor.compress(data) if self._compressor else data)
        self._compress_size += len(octets)
        self._fileobj.write(octets)
        return len(data)


class _File(pyzipper.AESZipFile):  # type: ignore[misc]  # pyzipper has no types
    """A file whose entries are all encrypted with one password."""

    zipwritefile_cls = _Handle

    def __init__(self, out: BinaryIO, password: bytes) -> None:
        super().__init__(out, "w", encryption=pyzipper.WZ_AES)
        self.setpassword(password)

    def get_encrypter(self) -> _Encrypter:
        return _Encrypter(self.pwd)
