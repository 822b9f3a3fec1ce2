"""Each file to the reader of its type, and every fault to a result.

Nothing a file holds gets out of here as an exception but ``OverLimit``, which ends the walk. A picture attached, or
lying in an archive, is unreadable (``PICTURE``): it may be a photograph of a list. Pictures of a page that are too
small to show a list (logos, signs) never come here, see ``mail``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import cast

from mailguard.extract.file_names import add_name
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.unlocking import unlocked_office_file
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.extract.zip_directory import is_zip_at_end
from mailguard.model.contents import Obstacle, Sign

_FILES = "mailguard.extract.files."
READERS: dict[FileType, str] = {
    FileType.DOCX: _FILES + "docx",
    FileType.XLSX: _FILES + "xlsx",
    FileType.XLSB: _FILES + "spreadsheet_binary",
    FileType.PPTX: _FILES + "pptx",
    FileType.ODF_TEXT: _FILES + "odf",
    FileType.ODF_SHEET: _FILES + "odf",
    FileType.ODF_SLIDES: _FILES + "odf",
    FileType.OLE_DOC: _FILES + "ole_documents",
    FileType.OLE_XLS: _FILES + "spreadsheet_binary",
    FileType.OLE_PPT: _FILES + "ole_documents",
    FileType.OLE_MSG: _FILES + "msg",
    FileType.OLE_OTHER: _FILES + "ole_documents",
    FileType.PDF: _FILES + "pdf",
    FileType.RTF: _FILES + "rtf",
    FileType.ZIP: _FILES + "zip_archive",
    FileType.SEVEN_ZIP: _FILES + "seven_zip",
    FileType.RAR: _FILES + "rar_archive",
    FileType.TAR: _FILES + "tar_archive",
    FileType.GZIP: _FILES + "tar_archive",
    FileType.BZIP2: _FILES + "tar_archive",
    FileType.XZ: _FILES + "tar_archive",
    FileType.TNEF: _FILES + "tnef",
    FileType.SMIME: _FILES + "smime",
    FileType.MAIL: _FILES + "mail_file",
    FileType.HTML: _FILES + "plain",
    FileType.XML: _FILES + "plain",
    FileType.JSON: _FILES + "plain",
    FileType.CALENDAR: _FILES + "plain",
    FileType.CARD: _FILES + "plain",
    FileType.TABLE: _FILES + "plain",
    FileType.TEXT: _FILES + "plain",
}
"""Module of the reader of each type; it has ``read(file, walk)``, and is loaded when the first such file comes."""

OBSTACLES = {
    FileType.OLE_ENCRYPTED: Obstacle.ENCRYPTED,
    FileType.PICTURE: Obstacle.PICTURE,
    FileType.MEDIA: Obstacle.UNKNOWN,
    FileType.BINARY: Obstacle.UNKNOWN,
}
"""Types without a reader."""

_ZIPS = frozenset(
    {
        FileType.ZIP, FileType.DOCX, FileType.XLSX, FileType.XLSB, FileType.PPTX, FileType.ODF_TEXT,
        FileType.ODF_SHEET, FileType.ODF_SLIDES,
    }
)  # fmt: skip
_PACKAGES = _ZIPS - {FileType.ZIP}
_PGP_NAMES = (".pgp", ".gpg")


def read_file(file: File, walk: Walk) -> None:
    """Everything in one file, its name included. Only ``OverLimit`` gets out, recorded for the attachment."""
    try:
        add_name(file.name, file.where, walk)
        kind = file_type(file.name, file.octets)
        read_as(kind, file, walk)
        if kind in _PACKAGES:
            read_as(FileType.ZIP, file, walk, "read_strangers")
        elif kind not in _ZIPS and kind is not FileType.EMPTY and is_zip_at_end(file.octets):
            # One program opens the beginning, another the end.
            walk.raise_sign(Sign.AMBIGUOUS)
            read_as(FileType.ZIP, file, walk)
    except OverLimit as over:
        if file.depth <= 1:
            walk.cannot(file.where, over.obstacle)
        raise


def read_as(kind: FileType, file: File, walk: Walk, function: str = "read") -> None:
    """A file whose type is known; without its name. A fault is a result."""
    if kind is FileType.OLE_ENCRYPTED:
        opened = unlocked_office_file(file, walk)
        if opened is not None:
            read_as(file_type(opened.name, opened.octets), opened, walk)
            return
    if kind in OBSTACLES:
        is_pgp = kind is FileType.BINARY and file.name.lower().endswith(_PGP_NAMES)
        walk.cannot(file.where, Obstacle.ENCRYPTED if is_pgp else OBSTACLES[kind])
        return
    if kind not in READERS:
        return
    try:
        reader = importlib.import_module(READERS[kind])
    except ImportError:
        # A package that is not installed: nobody can look into the file here.
        walk.cannot(file.where, Obstacle.UNKNOWN)
        return
    read = cast("Callable[[File, Walk], None]", getattr(reader, function))
    try:
        read(file, walk)
    except OverLimit:
        raise
    except Damaged:
        walk.cannot(file.where, Obstacle.DAMAGED)
    except MemoryError:
        walk.cannot(file.where, Obstacle.TOO_LARGE)
    except RecursionError:
        walk.cannot(file.where, Obstacle.TOO_DEEP)
    except Exception:
        # Readers and the libraries below them meet octets nobody has foreseen; none of it may stop the mail's reading.
        walk.cannot(file.where, Obstacle.DAMAGED)
