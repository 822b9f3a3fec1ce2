"""A part's octets without its transfer encoding, in every way a mail program may take it off (RFC 2045 §6).

The first reading is what most programs make of it. More than one, and the part is ambiguous: junk or padding inside of
base64, a declared encoding that the octets are not in, one that they are in and that is not declared.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re

from mailguard.extract.file_types import FileType, file_type
from mailguard.mime.japanese import likely_text

IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
UU_NAMES = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
BLOCKS_MAX = 2_000
"""Blocks of a kind in one text."""

_CLEAN_BASE64 = re.compile(rb"[A-Za-z0-9+/]*={0,2}")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_JUNK = bytes(octet for octet in range(256) if _NOT_BASE64.match(bytes([octet])))
_PADDINGS_MAX = 10_000
"""Places with padding in one part behind which it begins anew; ordinary mail has one."""
_PADDING = re.compile(rb"=+")
_FIRST_RUN = re.compile(rb"[A-Za-z0-9+/]*")
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{20,998}={0,2}")
_BLOCK_MIN = 120
_BASE64_BLOCK = re.compile(
    rb"^(?:[> ]{0,4}[A-Za-z0-9+/]{56,100}\r?\n){2,400000}[A-Za-z0-9+/]{0,100}={0,2}", re.MULTILINE
)
_ESCAPED_OCTETS = re.compile(rb"(?:=[89A-Fa-f][0-9A-Fa-f]){3}")
_FALSE_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_UU_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_YENC_BEGIN = re.compile(rb"^=ybegin [^\r\n]{0,200}?name=([^\r\n]{1,255})\r?\n", re.MULTILINE)
_ESCAPE = re.compile(rb"=(.)", re.DOTALL)
_YENC_ESCAPED = bytes((octet - 64 - 42) & 0xFF for octet in range(256))
_YENC = bytes((octet - 42) & 0xFF for octet in range(256))
_LOOK = 4096


def decodings(raw: bytes, encoding: str) -> list[bytes]:
    """At least one reading, distinct, the usual one first."""
    if encoding == "base64":
        found = _base64_readings(raw)
        # Packed twice by mistake, or on purpose; whoever gets it unpacks it twice.
        return [*found, *_undeclared(found[0])] if len(found) == 1 else found
    if encoding == "quoted-printable":
        decoded = quopri.decodestring(raw)
        return [decoded, raw] if _FALSE_ESCAPE.search(raw) and decoded != raw else [decoded]
    if encoding in UU_NAMES:
        return [octets for _, octets in uu_blocks(raw)] or [raw]
    found = [raw, *_undeclared(raw)]
    if encoding not in IDENTITY and len(found) == 1:
        # A name nobody knows: a program may take it for the encoding it resembles.
        found += [one for one in (quopri.decodestring(raw), _base64(raw)) if one and one != raw][:2]
    return found


def uu_blocks(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Name and octets of each uuencoded block in a text (POSIX uuencode)."""
    found: list[tuple[bytes, bytes]] = []
    if b"begin" not in raw:
        return found
    position = 0
    while len(found) < BLOCKS_MAX and (begin := _UU_BEGIN.search(raw, position)):
        end = raw.find(b"\n====" if begin[1] else b"\nend", begin.end() - 1)
        stop = end if end >= 0 else len(raw)
        if begin[1]:
            octets = _base64(raw[begin.end() : stop])
        else:
            octets = b"".join(_uu_line(line) for line in raw[begin.end() : stop].splitlines())
        if octets:
            found.append((begin[2].strip(), octets))
        position = max(stop, begin.end())
        if end < 0:
            break
    return found


def base64_blocks(raw: bytes) -> list[bytes]:
    """Octets of each block of base64 between other lines of a text, where they are a file or words.

    So do mails look that were pasted, bounced or copied with their source.
    """
    if len(raw) < _BLOCK_MIN:
        return []
    found: list[bytes] = []
    for block in _BASE64_BLOCK.finditer(raw):
        octets = _padded(block[0].translate(None, b" \t\r\n"))
        if octets and _is_something(octets):
            found.append(octets)
        if len(found) >= BLOCKS_MAX:
            break
    return found


def yenc_blocks(raw: bytes) -> list[tuple[bytes, bytes]]:
    """Name and octets of each yEnc block in a text (yEnc draft 1.3)."""
    found: list[tuple[bytes, bytes]] = []
    if b"=ybegin " not in raw:
        return found
    position = 0
    while len(found) < BLOCKS_MAX and (begin := _YENC_BEGIN.search(raw, position)):
        end = raw.find(b"\n=yend", begin.end() - 1)
        stop = end if end >= 0 else len(raw)
        lines = [line for line in raw[begin.end() : stop].split(b"\n") if not line.startswith(b"=ypart")]
        packed = b"".join(line.rstrip(b"\r") for line in lines)
        parts = _ESCAPE.split(packed)
        octets = b"".join(
            part.translate(_YENC_ESCAPED if number % 2 else _YENC) for number, part in enumerate(parts)
        )  # fmt: skip
        found.append((begin[1].strip(), octets))
        position = max(stop, begin.end())
        if end < 0:
            break
    return found


def _base64_readings(raw: bytes) -> list[bytes]:
    clean = raw.translate(None, b" \t\r\n")
    if _CLEAN_BASE64.fullmatch(clean):
        return [_padded(clean)]
    # Programs skip what is no base64, stop there, or begin anew behind padding.
    usual = _base64(raw)
    run = _FIRST_RUN.match(clean)
    found = [usual, _padded(run[0] if run else b""), _padded(_without_junk(clean).replace(b"=", b""))]
    if b"-" in clean or b"_" in clean:
        found.append(_base64(raw.translate(bytes.maketrans(b"-_", b"+/"))))
    junk = len(_NOT_BASE64.findall(clean[:_LOOK]))
    if junk * 50 > len(clean[:_LOOK]) or not usual:
        found.append(raw)
    return [one for one in dict.fromkeys(found) if one] or [b""]


def _base64(raw: bytes) -> bytes:
    parts = _PADDING.split(_without_junk(raw), _PADDINGS_MAX)
    return b"".join(_padded(one.replace(b"=", b"")) for one in parts)


def _without_junk(raw: bytes) -> bytes:
    return raw.translate(None, _JUNK)


def _padded(clean: bytes) -> bytes:
    """What whole groups of four there are, and the octets of a last one that is cut."""
    clean = clean.rstrip(b"=")
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    try:
        return base64.b64decode(clean + b"=" * (-len(clean) % 4))
    except (binascii.Error, ValueError):
        return b""


def _undeclared(raw: bytes) -> list[bytes]:
    """What is plain by its declaration and encoded by its looks."""
    found: list[bytes] = []
    start = raw[:_LOOK].strip()
    if _ESCAPED_OCTETS.search(raw, 0, 64 * 1024):
        found.append(quopri.decodestring(raw))
    words = start.split(None, 1)[0] if start else b""
    if len(words) >= 20 and _BASE64_LINE.fullmatch(words):
        whole = raw.translate(None, b"\r\n").strip()
        if _CLEAN_BASE64.fullmatch(whole):
            decoded = _padded(whole)
            if _is_something(decoded):
                found.append(decoded)
    return found


def _is_something(octets: bytes) -> bool:
    """Whether octets are a file of a known type, or words that are not there by chance."""
    kind = file_type("", octets)
    if kind in (FileType.BINARY, FileType.EMPTY, FileType.MEDIA):
        return False
    if kind is not FileType.TEXT:
        return True
    text = likely_text(octets[:_LOOK])
    return "\ufffd" not in text and sum(1 for sign in text if sign.isalnum() or sign in " \n") * 10 > len(text) * 8


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some programs count one octet too few or leave blanks out at the end.
        count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        try:
            return binascii.a2b_uu(line[:count])
        except binascii.Error:
            return b""
