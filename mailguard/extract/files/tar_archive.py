"""Tar archives, and single files or archives packed by gzip, bzip2 or xz.

Links and devices are only names here. A sparse file is as long as it says and pays for it.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import unicodedata
from collections.abc import Iterator
from typing import IO

from mailguard.extract.file_names import add_name, inner
from mailguard.extract.file_types import ARCHIVES, FileType, file_type
from mailguard.extract.unpacking import STEP, Decompressor, Inflater, joined, unpacked
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.mime.japanese import likely_text
from mailguard.model.contents import Obstacle, Sign

_SUFFIX = re.compile(r"\.(?:gz|gzip|bz2|xz|z|lzma)$", re.IGNORECASE)
_SHORT_SUFFIX = re.compile(r"\.(?:tgz|tbz2?|txz)$", re.IGNORECASE)
XZ_MEMORY_MAX = 128 * 1024 * 1024
"""Octets a decompressor may use."""


def read(file: File, walk: Walk) -> None:
    """Every file inside. A packed tar is one archive: its files lie directly below it."""
    kind = file_type(file.name, file.octets)
    if kind is FileType.TAR:
        walk.spend(len(file.octets))
        _read_tar(file, file.octets, walk)
        return
    octets, is_whole = unpacked(file.octets, _beginners(kind), walk)
    if not octets and not is_whole:
        raise Damaged
    if not is_whole:
        walk.cannot(file.where, Obstacle.DAMAGED)
    name = _inner_name(file, kind)
    inner_kind = file_type(name, octets)
    if inner_kind is FileType.TAR:
        _read_tar(file, octets, walk)
        return
    if inner_kind in ARCHIVES:
        walk.raise_sign(Sign.NESTED_ARCHIVE)
    walk.file(name, octets, inner(file.where, name), file.depth + 1)


class _Gunzip(Inflater):
    def __init__(self) -> None:
        super().__init__(31)


def _beginners(kind: FileType) -> type[bz2.BZ2Decompressor] | type[_Gunzip] | type[_Unxz]:
    if kind is FileType.BZIP2:
        return bz2.BZ2Decompressor
    return _Unxz if kind is FileType.XZ else _Gunzip


class _Unxz:
    """``lzma`` with a bound on its memory."""

    def __init__(self) -> None:
        self._lzma: Decompressor = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_MAX)

    @property
    def eof(self) -> bool:
        return self._lzma.eof

    @property
    def needs_input(self) -> bool:
        return self._lzma.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._lzma.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._lzma.decompress(data, max_length)


def _inner_name(file: File, kind: FileType) -> str:
    """The name a gzip header keeps (RFC 1952 §2.3), or the file's own without its ending."""
    octets = file.octets
    if kind is FileType.GZIP and len(octets) > 12 and octets[3] & 8 and not octets[3] & 4:
        kept = octets[10 : octets.find(b"\0", 10, 1200)]
        if kept:
            return unicodedata.normalize("NFC", likely_text(kept))
    own = file.name.rpartition("/")[2]
    return _SHORT_SUFFIX.sub(".tar", _SUFFIX.sub("", own)) or own


def _read_tar(file: File, octets: bytes, walk: Walk) -> None:
    """Raises ``Damaged`` where not even the first header can be read."""
    seen = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(octets), mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                seen += 1
                if seen > walk.limits.files:
                    raise OverLimit(Obstacle.TOO_MANY)
                walk.check_time()
                name = _member_name(member.name)
                where = inner(file.where, name)
                if not member.isfile() and not member.issparse():
                    add_name(name, where, walk)
                    continue
                stream = tar.extractfile(member)
                content = joined(_pieces(stream), walk, len(octets)) if stream is not None else b""
                if len(content) < member.size:
                    walk.cannot(where, Obstacle.DAMAGED)
                if file_type(name, content) in ARCHIVES:
                    walk.raise_sign(Sign.NESTED_ARCHIVE)
                walk.file(name, content, where, file.depth + 1)
    except (tarfile.TarError, EOFError, ValueError, OSError) as fault:
        if not seen:
            raise Damaged from fault
        walk.cannot(file.where, Obstacle.DAMAGED)


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(STEP):
        yield piece


def _member_name(name: str) -> str:
    """The name in the charset of the system it was made on, in NFC."""
    raw = name.encode("utf-8", "surrogateescape")
    return unicodedata.normalize("NFC", likely_text(raw)).removeprefix("./")
