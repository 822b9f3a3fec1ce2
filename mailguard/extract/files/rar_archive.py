"""RAR archives (versions 4 and 5), by rarfile: stored files by itself, packed ones by ``unar`` or ``unrar``.

Without such a program the packed files are unknown; their names are read all the same.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator

import rarfile

from mailguard.extract.file_names import add_name, inner
from mailguard.extract.file_types import ARCHIVES, file_type
from mailguard.extract.unpacking import STEP, joined
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Piece, Sign


def read(file: File, walk: Walk) -> None:
    """Every file inside. Raises ``Damaged``."""
    try:
        archive = rarfile.RarFile(io.BytesIO(file.octets), errors="strict")
    except rarfile.PasswordRequired:
        walk.cannot(file.where, Obstacle.ENCRYPTED)
        return
    except rarfile.Error as fault:
        raise Damaged from fault
    with archive:
        if archive.needs_password() and not archive.infolist():
            # The list of files is encrypted too.
            walk.cannot(file.where, Obstacle.ENCRYPTED)
            return
        if len(archive.infolist()) > walk.limits.files:
            raise OverLimit(Obstacle.TOO_MANY)
        if archive.comment:
            walk.add(Piece(file.where, archive.comment, section="comment"))
        for entry in archive.infolist():
            walk.check_time()
            _read_entry(archive, entry, file, walk)


def _read_entry(archive: rarfile.RarFile, entry: rarfile.RarInfo, file: File, walk: Walk) -> None:
    name = unicodedata.normalize("NFC", entry.filename.replace("\\", "/"))
    where = inner(file.where, name)
    if not entry.is_file():
        add_name(name.rstrip("/"), where.rstrip("/"), walk)
        return
    if entry.needs_password():
        add_name(name, where, walk)
        walk.cannot(where, Obstacle.ENCRYPTED)
        return
    try:
        with archive.open(entry) as stream:
            octets = joined(_pieces(stream), walk, max(entry.compress_size or 0, 1))
    except (rarfile.RarCannotExec, rarfile.NeedFirstVolume, rarfile.NoCrypto):
        add_name(name, where, walk)
        walk.cannot(where, Obstacle.UNKNOWN)
        return
    except (rarfile.Error, OSError, EOFError):
        add_name(name, where, walk)
        walk.cannot(where, Obstacle.DAMAGED)
        return
    if file_type(name, octets) in ARCHIVES:
        walk.raise_sign(Sign.NESTED_ARCHIVE)
    walk.file(name, octets, where, file.depth + 1)


def _pieces(stream: io.RawIOBase) -> Iterator[bytes]:
    while piece := stream.read(STEP):
        yield piece
