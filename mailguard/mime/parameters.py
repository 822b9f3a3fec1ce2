"""Content-Type and Content-Disposition with their parameters, as mail programs write them.

Reads RFC 2045 §5.1, the continuations and charsets of RFC 2231, and what breaks both: encoded words inside quotes
(Outlook), raw eight-bit file names, missing quotes. Never raises.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote_to_bytes

from mailguard.mime.head import decode_words
from mailguard.mime.japanese import decode_text

_PARAMETER = re.compile(rb'\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]+")
_SECTION = re.compile(r"^(.+?)\*(\d{1,3})?(\*)?$")
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
VALUE_MAX = 64 * 1024


def parsed(value: bytes) -> tuple[str, dict[str, str]]:
    """The lower-case word before the first semicolon, and the parameters by lower-case name, decoded."""
    # Runs of blanks would be looked at once for each of them; a file name shows one anyway.
    value = _BLANKS.sub(b" ", value[:VALUE_MAX])
    if value.count(b"\\") > 1000:
        value = value.replace(b"\\", b"")
    word, _, rest = value.partition(b";")
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for found in _PARAMETER.finditer(rest):
        name = found[1].decode("ascii", "replace").lower()
        octets = _ESCAPED.sub(rb"\1", found[2]) if found[2] is not None else found[3].strip()
        section = _SECTION.match(name)
        if section is None:
            plain.setdefault(name, decode_words(octets))
        else:
            number = int(section[2] or 0)
            is_encoded = section[3] is not None or section[2] is None
            sections.setdefault(section[1], {}).setdefault(number, (is_encoded, octets))
    for name, pieces in sections.items():
        plain[name] = _joined(pieces)
    return word.strip().decode("ascii", "replace").lower(), plain


def _joined(pieces: dict[int, tuple[bool, bytes]]) -> str:
    charset = ""
    octets = b""
    for position, (_, (is_encoded, piece)) in enumerate(sorted(pieces.items())):
        if is_encoded and position == 0 and piece.count(b"'") >= 2:
            name, _, rest = piece.partition(b"'")
            charset = name.decode("ascii", "replace")
            piece = rest.partition(b"'")[2]
        octets += unquote_to_bytes(piece) if is_encoded else piece
    return decode_text(octets, charset)


def file_name(disposition: dict[str, str], content_type: dict[str, str]) -> str:
    """The name a mail program shows for a part, in NFC; "" where it has none."""
    name = disposition.get("filename") or content_type.get("name") or ""
    return unicodedata.normalize("NFC", " ".join(name.split()))
