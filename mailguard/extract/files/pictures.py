"""What can be read of pictures inside documents: text that a Windows metafile draws, and files that only look like one.

Follows MS-EMF §2.3.5.8 (EMR_EXTTEXTOUTW) and §2.3.5.36 (EMR_SMALLTEXTOUT). A range of cells that was pasted "as a
picture" is such a metafile, with every cell's text in it. Metafiles of 16 bits (WMF), EMF+ alone and pixels are not
read.
"""

from __future__ import annotations

import struct

from mailguard.extract.file_types import FileType, file_type

_EXT_TEXT_OUT, _SMALL_TEXT_OUT, _END = 84, 108, 14
_NO_BOUNDS, _SMALL_CHARACTERS = 0x100, 0x200
_RECORDS_MAX = 200_000
_PICTURES = frozenset({FileType.PICTURE, FileType.MEDIA, FileType.BINARY, FileType.EMPTY})


def is_no_picture(name: str, head: bytes) -> bool:
    """Whether a file that is called a picture, a sound or a font begins like a file that can be read."""
    return file_type(name, head) not in _PICTURES


def is_metafile(head: bytes) -> bool:
    """Whether it is an enhanced metafile (MS-EMF §2.3.4.2)."""
    return head.startswith(b"\x01\0\0\0") and head[40:44] == b" EMF"


def text_of_metafile(octets: bytes) -> str:
    """The text drawn, a line for each height at which it is, tabs between stretches. "" for none; never fails."""
    lines: list[list[str]] = []
    height: int | None = None
    at = count = 0
    while at + 8 <= len(octets) and count < _RECORDS_MAX:
        kind, size = struct.unpack_from("<II", octets, at)
        if size < 8 or kind == _END:
            break
        if kind in (_EXT_TEXT_OUT, _SMALL_TEXT_OUT):
            y, text = _drawn(octets[at : at + size], is_small=kind == _SMALL_TEXT_OUT)
            if text.strip():
                if y != height or not lines:
                    lines.append([])
                height = y
                lines[-1].append(" ".join(text.split()))
        at += size
        count += 1
    return "\n".join("\t".join(line) for line in lines)


def _drawn(record: bytes, *, is_small: bool) -> tuple[int, str]:
    """Height and text of one record."""
    try:
        if not is_small:
            _, y, length, start = struct.unpack_from("<iiII", record, 36)
            return y, record[start : start + 2 * min(length, 10_000)].decode("utf-16-le", "replace")
        _, y, length, options = struct.unpack_from("<iiII", record, 8)
    except struct.error:
        return 0, ""
    start = 36 if options & _NO_BOUNDS else 52
    if options & _SMALL_CHARACTERS:
        return y, record[start : start + min(length, 10_000)].decode("latin-1")
    return y, record[start : start + 2 * min(length, 10_000)].decode("utf-16-le", "replace")
