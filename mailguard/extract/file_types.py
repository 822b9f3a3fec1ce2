"""What a file is, by its octets; its name only decides between types that look alike inside.

Guarantees: never raises; looks at a bounded part of the octets, except that a zip's directory is read whole. Sources:
the magic octets of each format's specification; for zip and OLE files the names of what lies inside (ECMA-376-2 §6.2,
OASIS ODF 1.3 part 2 §3.3, MS-CFB §2.6, MS-OFFCRYPTO §2.3.4.4).
"""

from __future__ import annotations

import io
import json
import re
import struct
from enum import StrEnum

import olefile

from mailguard.extract.zip_directory import directory_of, is_zip_at_end
from mailguard.mime.japanese import likely_text


class FileType(StrEnum):
    """Types that can be told apart. ``BINARY``: octets nobody here knows how to read."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLSB = "xlsb"
    PPTX = "pptx"
    ODF_TEXT = "odt"
    ODF_SHEET = "ods"
    ODF_SLIDES = "odp"
    OLE_DOC = "doc"
    OLE_XLS = "xls"
    OLE_PPT = "ppt"
    OLE_MSG = "msg"
    OLE_ENCRYPTED = "ole_encrypted"
    OLE_OTHER = "ole"
    PDF = "pdf"
    RTF = "rtf"
    ZIP = "zip"
    SEVEN_ZIP = "7z"
    RAR = "rar"
    TAR = "tar"
    GZIP = "gz"
    BZIP2 = "bz2"
    XZ = "xz"
    TNEF = "tnef"
    SMIME = "p7m"
    MAIL = "eml"
    HTML = "html"
    XML = "xml"
    JSON = "json"
    CALENDAR = "ics"
    CARD = "vcf"
    TABLE = "csv"
    TEXT = "txt"
    PICTURE = "picture"
    MEDIA = "media"
    EMPTY = "empty"
    BINARY = "binary"


ARCHIVES = frozenset(
    {FileType.ZIP, FileType.SEVEN_ZIP, FileType.RAR, FileType.TAR, FileType.GZIP, FileType.BZIP2, FileType.XZ}
)
"""Types that hold files and show nothing themselves."""

TEXTS = frozenset(
    {
        FileType.HTML, FileType.XML, FileType.JSON, FileType.CALENDAR, FileType.CARD, FileType.TABLE, FileType.TEXT,
        FileType.MAIL, FileType.RTF,
    }
)  # fmt: skip
"""Types a text editor shows."""

LOOK = 8 * 1024
"""Octets of a text from which its type is told."""

_STARTS = (
    (b"%PDF-", FileType.PDF),
    (b"{\\rt", FileType.RTF),
    (b"7z\xbc\xaf\x27\x1c", FileType.SEVEN_ZIP),
    (b"Rar!\x1a\x07", FileType.RAR),
    (b"\x1f\x8b", FileType.GZIP),
    (b"BZh", FileType.BZIP2),
    (b"\xfd7zXZ\x00", FileType.XZ),
    (b"\x78\x9f\x3e\x22", FileType.TNEF),
    (b"\x89PNG\r\n\x1a\n", FileType.PICTURE),
    (b"\xff\xd8\xff", FileType.PICTURE),
    (b"GIF87a", FileType.PICTURE),
    (b"GIF89a", FileType.PICTURE),
    (b"II*\x00", FileType.PICTURE),
    (b"MM\x00*", FileType.PICTURE),
    (b"II+\x00", FileType.PICTURE),
    (b"MM\x00+", FileType.PICTURE),
    (b"8BPS", FileType.PICTURE),
    (b"\x00\x00\x01\x00", FileType.PICTURE),
    (b"\xd7\xcd\xc6\x9a", FileType.PICTURE),
    (b"\xff\x0a", FileType.PICTURE),
    (b"\x00\x00\x00\x0cJXL ", FileType.PICTURE),
    (b"\x00\x00\x00\x0cjP  ", FileType.PICTURE),
    (b"ID3", FileType.MEDIA),
    (b"OggS", FileType.MEDIA),
    (b"fLaC", FileType.MEDIA),
    (b"#!AMR", FileType.MEDIA),
    (b"\x1aE\xdf\xa3", FileType.MEDIA),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", FileType.MEDIA),
    (b"FLV\x01", FileType.MEDIA),
    (b"MThd", FileType.MEDIA),
    (b"\x00\x00\x01\xba", FileType.MEDIA),
    (b"\x00\x00\x01\xb3", FileType.MEDIA),
)
_RIFF = {b"WEBP": FileType.PICTURE, b"WAVE": FileType.MEDIA, b"AVI ": FileType.MEDIA}
_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis", b"crx ")
"""Brands of ISO 14496-12 files that are pictures (ISO 23008-12 annex B)."""

_APPLE_DOUBLE = (b"\x00\x05\x16\x07", b"\x00\x05\x16\x00")
_DESKTOP_STORE = b"\x00\x00\x00\x01Bud1"
_FURNITURE_MAX = 64 * 1024
"""Octets up to which a Mac's companion files (``._a.xls``, ``.DS_Store``) are taken for what they claim to be."""

_CMS = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_CMS_COMPRESSED = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01"
_CMS_ARMOUR = re.compile(r"-----BEGIN (?:PKCS ?#?7|CMS)-----")
_MPEG_AUDIO = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
_MAIL_FIELD = re.compile(
    r"^(?:received|from|to|cc|subject|date|mime-version|message-id|return-path|content-type|reply-to|sender|"
    r"delivered-to|content-transfer-encoding|x-[a-z-]+|dkim-signature|authentication-results|user-agent)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_MBOX_LINE = re.compile(r"From [!-~]{1,200} +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9:]{10,14}\d{4}\b")
"""What stands before each mail of an mbox (RFC 4155, appendix A)."""

_MAIL_LINE = re.compile(r"(?:From |>?[!-9;-~]{1,100}[ \t]*:|[ \t])")
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|div|p|meta|title|style|script|font|center|span|br|svg|h[1-6])[\s>/]",
    re.IGNORECASE,
)
_NAMED = {
    ".csv": FileType.TABLE, ".tsv": FileType.TABLE, ".tab": FileType.TABLE, ".htm": FileType.HTML,
    ".html": FileType.HTML, ".json": FileType.JSON, ".xml": FileType.XML,
}  # fmt: skip
_BINARY_SIGNS = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]")


def file_type(name: str, octets: bytes) -> FileType:
    """What the octets are. ``name`` only tells texts apart whose content does not."""
    if not octets.strip(b"\0 \r\n\t"):
        return FileType.EMPTY
    head = octets[:1024]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")):
        return _zip_type(octets)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole_type(octets)
    found = _by_start(head, len(octets))
    if found is not None:
        return found
    if head[257:262] == b"ustar" or _is_old_tar(octets[:512]):
        return FileType.TAR
    if head[:1] == b"\x30" and (_CMS in head[:64] or _CMS_COMPRESSED in head[:64]):
        return FileType.SMIME
    # A PDF may begin anywhere in the first 1024 octets (ISO 32000-1, annex H.3.4.1).
    if b"%PDF-" in head and (not _is_text(octets[:LOOK]) or b"startxref" in octets[-2048:]):
        return FileType.PDF
    if is_zip_at_end(octets):
        return _zip_type(octets)
    if not _is_text(octets[:LOOK]):
        return FileType.BINARY
    return _text_type(name, octets)


def _by_start(head: bytes, size: int) -> FileType | None:
    for start, kind in _STARTS:
        if head.startswith(start) and not (kind in (FileType.BZIP2, FileType.MEDIA) and _is_plain(head)):
            return kind
    if head.startswith(b"BM") and len(head) >= 18 and struct.unpack_from("<I", head, 14)[0] in (12, 40, 108, 124):
        return FileType.PICTURE
    if head.startswith(b"\x01\x00\x00\x00") and head[40:44] == b" EMF":
        return FileType.PICTURE
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return FileType.PICTURE if head[8:12] in _BRANDS else FileType.MEDIA
    if _MPEG_AUDIO.match(head) and not _is_text(head):
        return FileType.MEDIA
    if size <= _FURNITURE_MAX and head.startswith((*_APPLE_DOUBLE, _DESKTOP_STORE)):
        return FileType.EMPTY
    return None


def _is_plain(head: bytes) -> bool:
    """Words that begin like magic octets do ("BZhou", "ID3 tags")."""
    return not _BINARY_SIGNS.search(head) and _is_text(head)


def _is_old_tar(head: bytes) -> bool:
    """A tar header before "ustar": the sum of its octets stands in it (POSIX.1-1988, 10.1.1)."""
    if len(head) < 512 or not head[:1].strip(b"\0"):
        return False
    try:
        said = int(head[148:156].strip(b"\0 ") or b"x", 8)
    except ValueError:
        return False
    return said == sum(head[:148]) + 8 * 32 + sum(head[156:])


def _zip_type(octets: bytes) -> FileType:
    directory = directory_of(octets)
    names = {entry.name.lower() for entry in directory.entries[:5000]}
    if "[content_types].xml" in names:
        for folder, kind in (("word/", FileType.DOCX), ("xl/", FileType.XLSX), ("ppt/", FileType.PPTX)):
            inside = [one for one in names if one.startswith(folder)]
            if inside:
                is_binary = kind is FileType.XLSX and "xl/workbook.bin" in inside
                return FileType.XLSB if is_binary else kind
        return FileType.ZIP
    if "content.xml" in names and ("mimetype" in names or "meta-inf/manifest.xml" in names):
        return _odf_type(octets)
    return FileType.ZIP


def _odf_type(octets: bytes) -> FileType:
    # "mimetype" is the first entry and stored (ODF 1.3 part 2 §3.3).
    said = octets[30:200]
    if b"spreadsheet" in said:
        return FileType.ODF_SHEET
    if b"presentation" in said or b"graphics" in said:
        return FileType.ODF_SLIDES
    return FileType.ODF_TEXT


_OLE_STREAMS = (
    ("encryptedpackage", FileType.OLE_ENCRYPTED),
    ("__properties_version1.0", FileType.OLE_MSG),
    ("worddocument", FileType.OLE_DOC),
    ("workbook", FileType.OLE_XLS),
    ("book", FileType.OLE_XLS),
    ("powerpoint document", FileType.OLE_PPT),
)


def _ole_type(octets: bytes) -> FileType:
    try:
        with olefile.OleFileIO(io.BytesIO(octets)) as ole:
            names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=True)}
    except Exception:
        # The library raises what it likes for a broken directory; the names stand in it all the same.
        lowered = octets[: 64 * 1024 * 1024].lower()
        names = {name for name, _ in _OLE_STREAMS if name.encode("utf-16-le") in lowered}
    return next((kind for name, kind in _OLE_STREAMS if name in names), FileType.OLE_OTHER)


def _is_text(octets: bytes) -> bool:
    """Whether a text editor would show words: next to no control octets, or UTF-16."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\x00\x00\xfe\xff")):
        return True
    strange = len(_BINARY_SIGNS.findall(octets))
    if not strange:
        high = sum(1 for octet in octets[:2048] if octet >= 0x80)
        if high * 3 < len(octets[:2048]):
            return True
        text = likely_text(octets)
        return text.count("\ufffd") * 20 <= len(text)
    if b"\0" in octets and "\0" not in (text := likely_text(octets)[:2000]):
        return sum(1 for sign in text if sign < " " and sign not in "\r\n\t") == 0
    return strange * 50 < len(octets) and b"\0" not in octets


def _text_type(name: str, octets: bytes) -> FileType:
    text = likely_text(octets[:LOOK]).lstrip("\ufeff \t\r\n")
    upper = text[:64].upper()
    for begin, kind in (("BEGIN:VCALENDAR", FileType.CALENDAR), ("BEGIN:VCARD", FileType.CARD)):
        if upper.startswith(begin):
            return kind
    if _CMS_ARMOUR.match(text):
        return FileType.SMIME
    if text.startswith("{\\rt"):
        return FileType.RTF
    if _is_mail(text):
        return FileType.MAIL
    extension = name.lower()[name.rfind(".") :] if "." in name else ""
    if text.startswith("<?xml") or upper.startswith("<!DOCTYPE"):
        return FileType.HTML if _TAG.search(text[:2048]) else FileType.XML
    if text.startswith("<"):
        if _TAG.search(text[:2048]):
            return FileType.HTML
        if re.match(r"<[^\s<>!/=]{1,100}(?:\s[^<>]*)?/?>", text):
            return FileType.XML
    if text[:1] in "{[" and (extension == ".json" or _looks_json(text, len(octets))):
        return FileType.JSON
    if extension in _NAMED:
        return _NAMED[extension]
    return FileType.TABLE if _is_tabular(text) else FileType.TEXT


def _is_mail(text: str) -> bool:
    """A header block: field lines only, two of them of the fields that every mail has; in an mbox one will do."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n", 1)[0].split("\n")[:60]
    if len(lines) < 2 or not all(_MAIL_LINE.match(line) for line in lines[:8]):
        return False
    known = {one[0].lower() for one in _MAIL_FIELD.finditer("\n".join(lines))}
    return len(known) >= (1 if _MBOX_LINE.match(lines[0]) else 2)


def _looks_json(text: str, size: int) -> bool:
    if size <= LOOK:
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return False
        return True
    return re.match(r'[\[{]\s*(?:[\[{"]|-?\d)', text) is not None and text.count('"') >= 4


def _is_tabular(text: str) -> bool:
    """Lines that one separator divides into the same number of cells, three or more of them."""
    lines = text.splitlines()
    if len(text) > LOOK // 4 and len(lines) > 3:
        lines.pop()  # the look may have cut it
    lines = [line for line in lines if line.strip()][:20]
    if len(lines) < 3:
        return False
    for separator in "\t,;":
        counts = [line.count(separator) for line in lines]
        if min(counts) >= (1 if separator == "\t" else 2) and max(counts) - min(counts) <= 2:
            return True
    return False
