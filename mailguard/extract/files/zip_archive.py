"""Zip archives: every entry that some program would unpack, listed or not (see ``zip_directory``).

Entries go to the reader of their own type. A name that leads out of the folder ("zip-slip") is only a name here:
nothing is written anywhere. What is encrypted or packed by a method nobody here knows is unreadable.
"""

from __future__ import annotations

import bz2
import lzma
import zlib

from mailguard.extract.file_names import add_name, inner
from mailguard.extract.file_types import ARCHIVES, file_type
from mailguard.extract.unlocking import unlocked_entries
from mailguard.extract.unpacking import Decompressor, Inflater, unpacked
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.extract.zip_directory import ZipDirectory, ZipEntry, directory_of
from mailguard.mime.japanese import likely_text
from mailguard.model.contents import Obstacle, Piece, Sign

_STORED, _DEFLATED, _BZIP2, _LZMA = 0, 8, 12, 14
_PACKAGE_FOLDERS = (
    "word/", "xl/", "ppt/", "docprops/", "_rels/", "customxml/", "custom/", "meta-inf/", "thumbnails/", "pictures/",
    "object ", "objectreplacements/", "configurations2/", "basic/", "dialogs/", "media/", "docmetadata/",
    "_xmlsignatures/",
    "layout-cache", "versions/", "visio/", "package/", "theme/", "drs/", "userdefined/",
)  # fmt: skip
_PACKAGE_FILES = frozenset(
    {
        "[content_types].xml", "mimetype", "content.xml", "styles.xml", "meta.xml", "settings.xml", "manifest.rdf",
        "current.xml",
    }
)  # fmt: skip
LZMA_DICTIONARY_MAX = 128 * 1024 * 1024
"""Octets; memory a decompressor may ask for before it has made anything."""


def read(file: File, walk: Walk) -> None:
    """Every entry. Raises ``Damaged`` where there is none to read."""
    directory = directory_of(file.octets)
    if not directory.entries and (len(file.octets) > 22 or not directory.is_whole):
        raise Damaged
    if len(directory.entries) > walk.limits.files:
        raise OverLimit(Obstacle.TOO_MANY)
    if directory.is_ambiguous:
        walk.raise_sign(Sign.AMBIGUOUS)
    if not directory.is_whole:
        walk.cannot(file.where, Obstacle.DAMAGED)
    _add_comment(directory.comment, file.where, walk)
    unlocked = _unlocked(directory, file, walk)
    for entry in directory.entries:
        if id(entry) in unlocked:
            walk.file(entry.name, unlocked[id(entry)], inner(file.where, entry.name), file.depth + 1)
        else:
            _read_entry(entry, file, walk)


def _unlocked(directory: ZipDirectory, file: File, walk: Walk) -> dict[int, bytes]:
    """What a password of the walk opens, by the identity of its entry."""
    locked = [entry for entry in directory.entries if entry.is_encrypted and entry.is_listed]
    if not locked or not walk.passwords:
        return {}
    found = unlocked_entries(file, walk)
    return {id(entry): octets for entry, octets in zip(locked, found, strict=True)} if len(found) == len(locked) else {}


def read_strangers(file: File, walk: Walk) -> None:
    """Entries of an office file (OOXML, ODF) that do not belong to it: somebody put them there to be unpacked."""
    directory = directory_of(file.octets)
    _add_comment(directory.comment, file.where, walk)
    for entry in directory.entries:
        name = entry.name.lower()
        if not entry.is_folder and name not in _PACKAGE_FILES and not name.startswith(_PACKAGE_FOLDERS):
            walk.raise_sign(Sign.AMBIGUOUS)
            _read_entry(entry, file, walk)


def _add_comment(comment: bytes, where: str, walk: Walk) -> None:
    if comment.strip(b"\0 \r\n"):
        walk.add(Piece(where, likely_text(comment.strip(b"\0")), section="comment"))


def _read_entry(entry: ZipEntry, file: File, walk: Walk) -> None:
    where = inner(file.where, entry.name)
    _add_comment(entry.comment, where, walk)
    if entry.other_name:
        add_name(entry.other_name, where, walk)
    if entry.is_folder:
        walk.check_time()
        add_name(entry.name.rstrip("/"), where.rstrip("/"), walk)
        return
    if entry.is_encrypted or entry.method not in (_STORED, _DEFLATED, _BZIP2, _LZMA):
        add_name(entry.name, where, walk)
        walk.cannot(where, Obstacle.ENCRYPTED if entry.is_encrypted else Obstacle.UNKNOWN)
        return
    octets, is_whole = _unpacked(entry, file, walk)
    if not octets and not is_whole:
        add_name(entry.name, where, walk)
        walk.cannot(where, Obstacle.DAMAGED)
        return
    if not is_whole or (entry.crc and zlib.crc32(octets) != entry.crc):
        walk.cannot(where, Obstacle.DAMAGED)
    if file_type(entry.name, octets) in ARCHIVES:
        walk.raise_sign(Sign.NESTED_ARCHIVE)
    walk.file(entry.name, octets, where, file.depth + 1)


def _unpacked(entry: ZipEntry, file: File, walk: Walk) -> tuple[bytes, bool]:
    packed = file.octets[entry.start : entry.end if entry.end >= 0 else len(file.octets)]
    if entry.method == _STORED:
        walk.spend(len(packed))
        return packed, entry.end >= 0 and len(packed) >= entry.size
    if entry.method == _LZMA:
        return _unpacked_lzma(packed, entry.size, walk)
    return unpacked(packed, _beginner(entry.method), walk, one_stream=True)


def _beginner(method: int) -> type[bz2.BZ2Decompressor] | type[RawInflater]:
    return bz2.BZ2Decompressor if method == _BZIP2 else RawInflater


class RawInflater(Inflater):
    """Deflate without a frame, as zip has it."""

    def __init__(self) -> None:
        super().__init__(-zlib.MAX_WBITS)


def _unpacked_lzma(packed: bytes, size: int, walk: Walk) -> tuple[bytes, bool]:
    """Method 14: two octets of version, the length of the properties, the properties (APPNOTE 5.8.8)."""
    if len(packed) < 9 or packed[2:4] != b"\x05\x00":
        return b"", False
    properties, dictionary = packed[4], int.from_bytes(packed[5:9], "little")
    if properties >= 225:
        return b"", False
    if dictionary > LZMA_DICTIONARY_MAX:
        raise OverLimit(Obstacle.TOO_LARGE)
    rest, literal = divmod(properties, 9)
    position, low = divmod(rest, 5)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": max(4096, dictionary), "lc": literal, "lp": low, "pb": position}]

    def begin() -> Decompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)

    octets, ended = unpacked(packed[9:], begin, walk, one_stream=True)
    return octets[:size] if size else octets, ended or len(octets) >= size
