"""An AES ZIP read by other means than it was written with, and without any leniency.

It is read from its first octet to its last: local headers one behind the other, each saying AES-256 by AE-2, then the
directory, which must say the same of the same entries in the same order, then the end. So no octet of it is outside of
what is proven. Its ciphers are not the writer's. Memory is bounded whatever the sizes.

Standards: APPNOTE 6.3.10 §4.3; "AES Encryption Information" 1.04 (winzip.com). Raises ``NotAsPromised``, with words
that name the place and nothing that stands there.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from Cryptodome.Cipher import AES
from Cryptodome.Util import Counter

from mailguard.transform.containers.errors import NotAsPromised

PIECE_BYTES = 16 * 1024
STORED, DEFLATED, ENCRYPTED = 0, 8, 99
VERSION_NEEDED = 51
ITERATIONS = 1000
SALT_BYTES, KEY_BYTES, VERIFIER_BYTES, MAC_BYTES = 16, 32, 2, 10
OVERHEAD_BYTES = SALT_BYTES + VERIFIER_BYTES + MAC_BYTES

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_EXTRA_AES, _EXTRA_ZIP64 = 0x9901, 0x0001
_AE2_256 = struct.pack("<H2sB", 2, b"AE", 3)
"""Version 2, vendor, strength 3; the compression method follows."""
_ENCRYPTED, _UTF8 = 0x0001, 0x0800
_MASKED = 0xFFFFFFFF
_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an AES ZIP by its local header. Places and sizes in octets; ``method``: before encryption."""

    name: str
    flags: int
    version: int
    method: int
    stamp: tuple[int, int]
    size: int
    packed_size: int
    header_at: int
    salt_at: int

    @property
    def data_at(self) -> int:
        """Where the ciphertext begins."""
        return self.salt_at + SALT_BYTES + VERIFIER_BYTES

    @property
    def data_size(self) -> int:
        """Octets of ciphertext."""
        return self.packed_size - OVERHEAD_BYTES


def entries_in(file: BinaryIO) -> list[Entry]:
    """All entries, after the whole of the file but the ciphertext was compared with the promise."""
    found: list[Entry] = []
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    while (signature := _taken(file, 4)) == b"PK\x03\x04":
        entry = _local(file, signature)
        if entry.salt_at + entry.packed_size > end:
            raise NotAsPromised("an entry is cut short")
        file.seek(entry.salt_at + entry.packed_size)
        found.append(entry)
    directory_at = file.tell() - 4
    for entry in found:
        _compare_with_directory(file, signature, entry)
        signature = _taken(file, 4)
    _compare_end(file, signature, len(found), directory_at)
    return found


def octets_of(file: BinaryIO, entry: Entry, password: bytes, wrong: tuple[bytes, ...]) -> Iterator[bytes]:
    """The octets that went into an entry, in pieces of a few KiB.

    The last is followed by a look at the authentication code: they count only when all were taken. Raises
    ``NotAsPromised`` also where one of the wrong passwords would have opened it.
    """
    file.seek(entry.salt_at)
    salt, verifier = _taken(file, SALT_BYTES), _taken(file, VERIFIER_BYTES)
    keys = _keys(password, salt)
    if keys.verifier != verifier:
        raise NotAsPromised("the password does not open an entry")
    code = hmac.new(keys.mac, digestmod="sha1")
    # Two octets of verifier let one wrong password in 65,536 through; the code at the end is what refuses it.
    others = [
        hmac.new(one.mac, digestmod="sha1") for one in (_keys(two, salt) for two in wrong) if one.verifier == verifier
    ]
    plain = _Inflating(entry)
    cipher = _cipher(keys.cipher)
    at = 0
    while at < entry.data_size:
        piece = _taken(file, min(PIECE_BYTES, entry.data_size - at))
        for one in (code, *others):
            one.update(piece)
        yield from plain.octets(cipher.decrypt(piece))
        at += len(piece)
        file.seek(entry.data_at + at)  # whoever takes the pieces may have read elsewhere
    expected = _taken(file, MAC_BYTES)
    if code.digest()[:MAC_BYTES] != expected or any(one.digest()[:MAC_BYTES] == expected for one in others):
        raise NotAsPromised("the authentication code of an entry is wrong, or not of this password alone")
    plain.end()


class StoredOctets(io.RawIOBase):
    """A stored entry as a file that can be read anywhere. Does not look at the authentication code."""

    def __init__(self, file: BinaryIO, entry: Entry, password: bytes) -> None:
        if entry.method != STORED:
            raise NotAsPromised("the archive inside is compressed again")
        super().__init__()
        file.seek(entry.salt_at)
        self._file = file
        self._entry = entry
        self._key = _keys(password, _taken(file, SALT_BYTES)).cipher
        self._cipher = _cipher(self._key)
        self._at = self._cipher_at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._entry.data_size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        count = min(len(view), PIECE_BYTES, self._entry.data_size - self._at)
        if count <= 0:
            return 0
        if self._cipher_at != self._at:
            self._cipher = _cipher(self._key, self._at // _BLOCK)
            self._cipher.decrypt(bytes(self._at % _BLOCK))
        self._file.seek(self._entry.data_at + self._at)
        view[:count] = self._cipher.decrypt(_taken(self._file, count))
        self._at = self._cipher_at = self._at + count
        return count


@dataclass(frozen=True, slots=True)
class _Keys:
    cipher: bytes
    mac: bytes
    verifier: bytes


def _keys(password: bytes, salt: bytes) -> _Keys:
    octets = hashlib.pbkdf2_hmac("sha1", password, salt, ITERATIONS, 2 * KEY_BYTES + VERIFIER_BYTES)
    return _Keys(octets[:KEY_BYTES], octets[KEY_BYTES : 2 * KEY_BYTES], octets[2 * KEY_BYTES :])


class _Cipher(Protocol):
    def decrypt(self, ciphertext: bytes, /) -> bytes: ...


def _cipher(key: bytes, block: int = 0) -> _Cipher:
    """AES in counter mode with the least octet of the counter first, from this block of an entry on; the first is 1."""
    return AES.new(key, AES.MODE_CTR, counter=Counter.new(128, little_endian=True, initial_value=block + 1))


class _Inflating:
    """Takes compressing back, and counts."""

    def __init__(self, entry: Entry) -> None:
        self._left = entry.size
        self._inflate = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None

    def octets(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            octets, piece = (piece, b"") if self._inflate is None else self._inflated(piece)
            self._left -= len(octets)
            if self._left < 0:
                raise NotAsPromised("an entry is longer than it says")
            yield octets

    def end(self) -> None:
        if self._left or (self._inflate is not None and not self._inflate.eof):
            raise NotAsPromised("an entry is shorter than it says")

    def _inflated(self, piece: bytes) -> tuple[bytes, bytes]:
        assert self._inflate is not None
        try:
            octets = self._inflate.decompress(piece, 4 * PIECE_BYTES)
        except zlib.error:
            raise NotAsPromised("an entry cannot be decompressed") from None
        if self._inflate.unused_data:
            raise NotAsPromised("octets stand behind what was compressed")
        return octets, self._inflate.unconsumed_tail


def _local(file: BinaryIO, signature: bytes) -> Entry:
    header_at = file.tell() - 4
    fields = _LOCAL.unpack(signature + _taken(file, _LOCAL.size - 4))
    _, version, flags, method, *stamp, crc, packed_size, size, name_size, extra_size = fields
    name = _name(_taken(file, name_size), flags)
    extras = _extras(_taken(file, extra_size))
    if zip64 := extras.pop(_EXTRA_ZIP64, b""):
        size, packed_size = struct.unpack("<2Q", zip64) if len(zip64) == 16 else (_MASKED, _MASKED)
    _compare_method(version, flags, method, crc, extras)
    if packed_size < OVERHEAD_BYTES:
        raise NotAsPromised("an entry is too short to be encrypted")
    inside = int.from_bytes(extras[_EXTRA_AES][-2:], "little")
    return Entry(name, flags, version, inside, (stamp[0], stamp[1]), size, packed_size, header_at, file.tell())


def _compare_with_directory(file: BinaryIO, signature: bytes, entry: Entry) -> None:
    """One record of the directory beside the local header it is about."""
    fields = _CENTRAL.unpack(signature + _taken(file, _CENTRAL.size - 4))
    _, _, version, flags, method, *stamp, crc, packed_size, size, name_size, extra_size, comment_size, disk = fields[
        :14
    ]
    name = _name(_taken(file, name_size), flags)
    extras = _extras(_taken(file, extra_size))
    long = io.BytesIO(extras.pop(_EXTRA_ZIP64, b""))
    size, packed_size, header_at = (
        int.from_bytes(long.read(8), "little") if one == _MASKED else one for one in (size, packed_size, fields[-1])
    )
    _compare_method(version, flags, method, crc, extras)
    said = name, flags, version, tuple(stamp), size, packed_size, header_at, extras[_EXTRA_AES][-2:]
    method_octets = entry.method.to_bytes(2, "little")
    found = entry.name, entry.flags, entry.version, entry.stamp, entry.size, entry.packed_size, entry.header_at
    if signature != b"PK\x01\x02" or said != (*found, method_octets) or comment_size or disk or long.read():
        raise NotAsPromised("the directory says something else than an entry")


def _compare_method(version: int, flags: int, method: int, crc: int, extras: dict[int, bytes]) -> None:
    """AES-256 by AE-2, no checksum of what is inside, no sizes behind the octets, and nothing else."""
    if method != ENCRYPTED or not flags & _ENCRYPTED:
        raise NotAsPromised("an entry is not encrypted by AES")
    if flags & ~(_ENCRYPTED | _UTF8) or version < VERSION_NEEDED or crc:
        raise NotAsPromised("an entry has flags, a version or a checksum it must not have")
    told = extras.get(_EXTRA_AES, b"")
    inside = int.from_bytes(told[-2:], "little")
    if set(extras) != {_EXTRA_AES} or told[:-2] != _AE2_256 or inside not in (STORED, DEFLATED):
        raise NotAsPromised("an entry is not encrypted by AE-2 with 256 bits")


def _compare_end(file: BinaryIO, signature: bytes, count: int, directory_at: int) -> None:
    """What stands behind the directory, up to the last octet."""
    at = file.tell() - 4
    size = at - directory_at
    if signature == b"PK\x06\x06":
        said = _END64.unpack(signature + _taken(file, _END64.size - 4))
        locator = _LOCATOR64.unpack(_taken(file, _LOCATOR64.size))
        if said[4:] != (0, 0, count, count, size, directory_at) or locator != (b"PK\x06\x07", 0, at, 1):
            raise NotAsPromised("the long end does not belong to the directory")
        signature = _taken(file, 4)
    end = _END.unpack(signature + _taken(file, _END.size - 4))
    expected = min(count, 0xFFFF), min(count, 0xFFFF), min(size, _MASKED), min(directory_at, _MASKED)
    if end != (b"PK\x05\x06", 0, 0, *expected, 0) or file.read(1):
        raise NotAsPromised("the end does not belong to the directory")


def _name(octets: bytes, flags: int) -> str:
    try:
        return octets.decode("utf-8" if flags & _UTF8 else "ascii")
    except UnicodeDecodeError:
        raise NotAsPromised("a name is not in UTF-8, or does not say so") from None


def _extras(octets: bytes) -> dict[int, bytes]:
    """The extra fields by their numbers; none twice."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(octets):
        number, size = struct.unpack_from("<2H", octets, at) if at + 4 <= len(octets) else (0, len(octets))
        if at + 4 + size > len(octets) or number in found:
            raise NotAsPromised("extra fields that cannot be read")
        found[number] = octets[at + 4 : at + 4 + size]
        at += 4 + size
    return found


def _taken(file: BinaryIO, count: int) -> bytes:
    octets = file.read(count)
    if len(octets) != count:
        raise NotAsPromised("it ends too early")
    return octets
