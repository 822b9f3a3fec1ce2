"""Properties of Exchange and Outlook objects, and the packed RTF among them (MS-OXCDATA, MS-OXPROPS, MS-OXRTFCP)."""

from __future__ import annotations

import struct

from mailguard.extract.walk import Damaged
from mailguard.mime.japanese import readings_of

SUBJECT, BODY, BODY_RTF, BODY_HTML = 0x0037, 0x1000, 0x1009, 0x1013
ATTACH_DATA, ATTACH_EXTENSION, ATTACH_NAME, ATTACH_LONG_NAME, DISPLAY_NAME = 0x3701, 0x3703, 0x3704, 0x3707, 0x3001
ATTACH_MIME_TAG, ATTACH_CONTENT_ID = 0x370E, 0x3712
INTERNET_CODEPAGE, MESSAGE_CODEPAGE = 0x3FDE, 0x3FFD
STRING8, UNICODE, BINARY, OBJECT = 0x001E, 0x001F, 0x0102, 0x000D

_RTF_MAX = 64 * 1024 * 1024
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the window holds at first (MS-OXRTFCP §2.1.2.1)."""

_WINDOW = 4096


def charset_of(codepage: int) -> str:
    """The name of a Windows code page; "" where it says nothing."""
    named = {65001: "utf-8", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp", 51932: "euc-jp",
             20932: "euc-jp", 20127: "us-ascii", 1200: "utf-16-le"}  # fmt: skip
    return named.get(codepage, f"cp{codepage}" if 0 < codepage < 65000 else "")


def text_of(kind: int, octets: bytes, charset: str) -> str:
    """A string property as text."""
    if kind == UNICODE:
        return octets.decode("utf-16-le", "replace").rstrip("\0")
    return readings_of(octets.rstrip(b"\0"), charset)[0]


def rtf_of(packed: bytes) -> bytes:
    """The RTF out of its packed form (MS-OXRTFCP §3.1). At most 64 MB. Raises ``Damaged``."""
    if len(packed) < 16:
        raise Damaged
    size, raw_size, kind, _ = struct.unpack_from("<II4sI", packed)
    body = packed[16 : max(16, size + 4)]
    if kind == _PLAIN:
        return body[:raw_size]
    if kind != _COMPRESSED or raw_size > _RTF_MAX:
        raise Damaged
    window = bytearray(_WINDOW)
    window[: len(_DICTIONARY)] = _DICTIONARY
    write = len(_DICTIONARY)
    made = bytearray()
    position = 0
    while position < len(body):
        flags = body[position]
        position += 1
        for bit in range(8):
            if not flags >> bit & 1:
                if position >= len(body):
                    return bytes(made)
                made.append(body[position])
                window[write] = body[position]
                write = (write + 1) % _WINDOW
                position += 1
                continue
            if position + 2 > len(body):
                return bytes(made)
            reference = body[position] << 8 | body[position + 1]
            position += 2
            offset, length = reference >> 4, (reference & 0xF) + 2
            if offset == write or len(made) > _RTF_MAX:
                return bytes(made)
            for step in range(length):
                octet = window[(offset + step) % _WINDOW]
                made.append(octet)
                window[write] = octet
                write = (write + 1) % _WINDOW
    return bytes(made)
