"""The entries of a zip file, found in every way a program might find them (PKWARE APPNOTE 6.3.10).

Programs go by the central directory, by the local headers, or repair one by the other, and then see different files in
the same octets. So both are followed. Nothing is unpacked here; costs are linear in the octets; never raises.
"""

from __future__ import annotations

import struct
import unicodedata
import zlib
from dataclasses import dataclass

from mailguard.mime.japanese import likely_text

LOCAL = b"PK\x03\x04"
CENTRAL = b"PK\x01\x02"
END = b"PK\x05\x06"
END_64_LOCATOR = b"PK\x06\x07"
END_64 = b"PK\x06\x06"
ENTRIES_MAX = 100_000
"""More are not listed. A walk ends long before."""

_END_SIZE = 22
_COMMENT_MAX = 65_535
_LOCAL_SIZE = 30
_CENTRAL_SIZE = 46
_UNICODE_PATH = 0x7075
_ZIP64 = 0x0001
_NONE_64 = 0xFFFFFFFF
_PATH_SEPARATORS = str.maketrans({"\\": "/", "\u2215": "/"})


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One entry. ``start`` and ``end`` bound its packed octets, ``end`` is -1 where only unpacking will tell.

    ``other_name`` is what the local header calls it, "" where it says the same. ``is_listed``: in the directory.
    """

    name: str
    other_name: str
    method: int
    is_encrypted: bool
    crc: int
    size: int
    start: int
    end: int
    is_listed: bool
    comment: bytes = b""

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder."""
        return self.name.endswith("/") and self.size == 0


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """All entries in the order of the directory, unlisted ones last.

    ``is_whole``: there is a directory and it fits what is there. ``is_ambiguous``: two programs may see different
    files. ``comment`` is the archive's.
    """

    entries: tuple[ZipEntry, ...]
    is_whole: bool
    is_ambiguous: bool
    comment: bytes = b""


def is_zip_at_end(octets: bytes) -> bool:
    """Whether a directory stands at the end, whatever stands before: a program opens such a file as a zip."""
    position = octets.rfind(END, max(0, len(octets) - _COMMENT_MAX - _END_SIZE))
    if position < 0 or position + _END_SIZE > len(octets):
        return False
    count, size, offset = struct.unpack_from("<HII", octets, position + 10)
    if not count or size == _NONE_64 or offset == _NONE_64:
        return bool(count)
    return octets.startswith(CENTRAL, max(0, position - size)) or octets.startswith(CENTRAL, offset)


def directory_of(octets: bytes) -> ZipDirectory:
    """Everything in a zip file."""
    ends = _ends(octets)
    listed: list[ZipEntry] = []
    spans: list[tuple[int, int]] = []
    comment, is_whole = b"", False
    is_ambiguous = False
    for position in ends:
        if any(start <= position < end for start, end in spans[:ENTRIES_MAX]):
            continue  # of an archive that lies in this one
        found, covered, whole = _listed(octets, position)
        if not listed:
            is_whole = whole
            comment = octets[position + _END_SIZE : position + _END_SIZE + _COMMENT_MAX]
        elif found:
            is_ambiguous = True
        known = {(entry.start, entry.name) for entry in listed}
        listed += [entry for entry in found if (entry.start, entry.name) not in known]
        spans += covered
    unlisted = _unlisted(octets, spans)
    names = [entry.name for entry in listed if not entry.is_folder]
    is_ambiguous = (
        is_ambiguous
        or bool(unlisted and listed)
        or len(set(names)) != len(names)
        or any(entry.other_name for entry in listed)
    )
    return ZipDirectory(tuple(listed + unlisted), is_whole and bool(ends), is_ambiguous, comment)


def entry_name(raw: bytes, *, is_utf8: bool, extra: bytes = b"") -> str:
    """An entry's name as a person sees it, in NFC, with / between folders.

    Bit 11 says UTF-8 (APPNOTE D.1); an Info-ZIP field may hold it in UTF-8 beside; otherwise it is what the maker's
    system uses: CP932 in Japan, UTF-8 without saying so on a Mac, EUC-JP on old Unix.
    """
    name = ""
    unicode_path = _extra_field(extra, _UNICODE_PATH)
    if is_utf8:
        name = raw.decode("utf-8", "replace")
        if "\ufffd" in name:
            name = likely_text(raw)
    elif len(unicode_path) > 5 and struct.unpack_from("<I", unicode_path, 1)[0] == zlib.crc32(raw):
        name = unicode_path[5:].decode("utf-8", "replace")
    else:
        name = likely_text(raw)
    name = unicodedata.normalize("NFC", name).translate(_PATH_SEPARATORS)
    return "".join(sign if sign.isprintable() or sign == "\u3000" else " " for sign in name).strip()


def _ends(octets: bytes) -> list[int]:
    """Where the directory's end may be, likeliest first; the last one counts for most programs, four are looked at."""
    found: list[int] = []
    position = len(octets)
    floor = max(0, len(octets) - _COMMENT_MAX - _END_SIZE)
    while len(found) < 4 and (position := octets.rfind(END, floor, position)) >= 0:
        if position + _END_SIZE <= len(octets):
            found.append(position)
    exact = [at for at in found if at + _END_SIZE + struct.unpack_from("<H", octets, at + 20)[0] == len(octets)]
    return exact + [at for at in found if at not in exact]


def _listed(octets: bytes, end: int) -> tuple[list[ZipEntry], list[tuple[int, int]], bool]:
    """The entries of the directory that ends at ``end``, the octets they cover, and whether all is there."""
    count, size, offset = struct.unpack_from("<HII", octets, end + 10)
    stop = end
    locator = end - 20
    if locator >= 0 and octets.startswith(END_64_LOCATOR, locator):
        at = struct.unpack_from("<Q", octets, locator + 8)[0]
        at = at if octets.startswith(END_64, at) else octets.rfind(END_64, max(0, locator - 1024), locator)
        if at >= 0 and at + 56 <= len(octets):
            count, size, offset = struct.unpack_from("<QQQ", octets, at + 32)
            stop = at
    start = stop - size
    if start < 0 or not octets.startswith(CENTRAL, start):
        # Something stands between the directory and its end, or the sizes are wrong.
        start = offset
    if not count:
        return [], [], size == 0
    if start < 0 or not octets.startswith(CENTRAL, start):
        return [], [], False
    shift = start - offset  # of what stands before the archive
    entries: list[ZipEntry] = []
    spans = [(start, end + _END_SIZE)]
    while octets.startswith(CENTRAL, start) and len(entries) < ENTRIES_MAX and start + _CENTRAL_SIZE <= len(octets):
        entry, span, start = _central_entry(octets, start, shift)
        entries.append(entry)
        spans.append(span)
    return entries, spans, len(entries) == count or len(entries) % 65536 == count


def _central_entry(octets: bytes, at: int, shift: int) -> tuple[ZipEntry, tuple[int, int], int]:
    (flags, method, _, _, crc, packed, size, name_length, extra_length, comment_length, _, _, _, offset) = (
        struct.unpack_from("<HHHHIIIHHHHHII", octets, at + 8)
    )
    name_at = at + _CENTRAL_SIZE
    raw = octets[name_at : name_at + name_length]
    extra = octets[name_at + name_length : name_at + name_length + extra_length]
    comment_at = name_at + name_length + extra_length
    wide = _extra_field(extra, _ZIP64)
    values = [int.from_bytes(wide[one : one + 8], "little") for one in range(0, len(wide) - 7, 8)]
    if size == _NONE_64 and values:
        size = values.pop(0)
    if packed == _NONE_64 and values:
        packed = values.pop(0)
    if offset == _NONE_64 and values:
        offset = values.pop(0)
    local = offset + shift
    if not octets.startswith(LOCAL, local) and octets.startswith(LOCAL, offset):
        local = offset
    start, other = max(0, min(len(octets), local)), ""
    name = entry_name(raw, is_utf8=bool(flags & 0x800), extra=extra)
    if 0 <= local <= len(octets) - _LOCAL_SIZE and octets.startswith(LOCAL, local):
        local_name, local_extra = struct.unpack_from("<HH", octets, local + 26)
        start = local + _LOCAL_SIZE + local_name + local_extra
        local_raw = octets[local + _LOCAL_SIZE : local + _LOCAL_SIZE + local_name]
        if local_raw != raw:
            local_flags = struct.unpack_from("<H", octets, local + 6)[0]
            said = entry_name(
                local_raw, is_utf8=bool(local_flags & 0x800), extra=octets[start - local_extra : start]
            )  # fmt: skip
            other = said if said != name else ""
    start = min(len(octets), start)
    end = min(len(octets), start + packed)
    entry = ZipEntry(
        name, other, method, bool(flags & 1) or method == 99, crc, size, start, end, is_listed=True,
        comment=octets[comment_at : comment_at + comment_length],
    )  # fmt: skip
    return entry, (local, end), comment_at + comment_length


def _unlisted(octets: bytes, spans: list[tuple[int, int]]) -> list[ZipEntry]:
    """Entries that have a local header outside of all that the directory covers."""
    found: list[ZipEntry] = []
    gap = 0
    for start, end in [*sorted(spans), (len(octets), len(octets))]:
        position = gap
        while len(found) < ENTRIES_MAX and (position := octets.find(LOCAL, position, max(position, start))) >= 0:
            entry = _local_entry(octets, position)
            if entry is None:
                position += len(LOCAL)
                continue
            found.append(entry)
            position = max(position + len(LOCAL), entry.end)
        gap = max(gap, end)
    return found


def _local_entry(octets: bytes, at: int) -> ZipEntry | None:
    if at + _LOCAL_SIZE > len(octets):
        return None
    flags, method, _, _, crc, packed, size, name_length, extra_length = struct.unpack_from("<HHHHIIIHH", octets, at + 6)
    start = at + _LOCAL_SIZE + name_length + extra_length
    if not name_length or start > len(octets):
        return None
    raw = octets[at + _LOCAL_SIZE : at + _LOCAL_SIZE + name_length]
    extra = octets[start - extra_length : start]
    wide = _extra_field(extra, _ZIP64)
    if packed == _NONE_64 and len(wide) >= 16:
        size, packed = struct.unpack_from("<QQ", wide)
    # Bit 3: the sizes follow the data (APPNOTE 4.3.9).
    end = -1 if flags & 8 and not packed else min(len(octets), start + packed)
    name = entry_name(raw, is_utf8=bool(flags & 0x800), extra=extra)
    return ZipEntry(name, "", method, bool(flags & 1) or method == 99, crc, size, start, end, is_listed=False)


def _extra_field(extra: bytes, wanted: int) -> bytes:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
