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

_WORD = re.compile(r"\s*([^\s;(=]*)(?=[\s;(]|$)")
_PARAMETER = re.compile(r'\s*([^\s=;"]{1,80})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_BLANKS = re.compile(rb"[ \t\r\n]+")
_SECTION = re.compile(r"^(.+?)\*(\d{1,3})?(\*)?$")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BOUNDARY = re.compile(rb'(?:^|[;\s])boundary\s*=\s*(?:"([^"]*)"|"?([^;]*))', re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
VALUE_MAX = 64 * 1024


def parsed(value: bytes) -> tuple[str, dict[str, str]]:
    """The lower-case word it begins with, and the parameters by lower-case name, decoded."""
    # Runs of blanks would be looked at once for each of them; a file name shows one anyway.
    # Japanese is decoded first: the second octet of 表 (Shift_JIS) or あ (ISO-2022-JP) is a backslash or a quote.
    text = decode_text(_BLANKS.sub(b" ", value[:VALUE_MAX]))
    if text.count("\\") > 1000:
        text = text.replace("\\", "")
    word = _WORD.match(text)
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[bool, str]]] = {}
    for found in _PARAMETER.finditer(text, word.end() if word else 0):
        name = found[1].lower()
        # A quotation mark without its other one is no part of the value.
        piece = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip().strip('"')
        section = _SECTION.match(name)
        if section is None:
            plain.setdefault(name, decode_words(piece.encode()))
        else:
            number = int(section[2] or 0)
            is_encoded = section[3] is not None or section[2] is None
            sections.setdefault(section[1], {}).setdefault(number, (is_encoded, piece))
    for name, pieces in sections.items():
        plain[name] = _joined(pieces)
    return (word[1] if word else "").lower(), plain


def boundaries_of(value: bytes, parameters: dict[str, str]) -> list[bytes]:
    """What may be meant by the boundary of a Content-Type, likeliest first: octets, never decoded."""
    found: list[bytes] = []
    for one in _BOUNDARY.finditer(value[:VALUE_MAX]):
        if one[1] is not None:
            found += [one[1], _BLANKS.sub(b" ", one[1])]
        else:
            # Without quotes it ends at a blank or a remark, as the grammar has it, or at the semicolon.
            found += [one[2].strip(), one[2].partition(b"(")[0].strip(), *one[2].split()[:1]]
    found.append(parameters.get("boundary", "").encode())
    return [one for one in dict.fromkeys(found) if one]


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    charset = ""
    octets = b""
    for position, (_, (is_encoded, piece)) in enumerate(sorted(pieces.items())):
        if is_encoded and position == 0 and piece.count("'") >= 2:
            charset, _, rest = piece.partition("'")
            piece = rest.partition("'")[2]
        octets += unquote_to_bytes(_encoded(piece, charset)) if is_encoded else _encoded(piece, charset)
    if not any(is_encoded for is_encoded, _ in pieces.values()):
        return decode_words(octets)
    return decode_text(octets, charset)


def _encoded(piece: str, charset: str) -> bytes:
    """A piece in the octets of its charset, which RFC 2231 wants in percent signs and some programs write raw."""
    if piece.isascii():
        return piece.encode("ascii")
    try:
        return piece.encode(charset or "utf-8")
    except (LookupError, ValueError):
        return piece.encode()


def file_name(disposition: dict[str, str], content_type: dict[str, str]) -> str:
    """The name a mail program shows for a part, in NFC; "" where it has none."""
    name = disposition.get("filename") or content_type.get("name") or ""
    return unicodedata.normalize("NFC", _CONTROL.sub("", " ".join(name.split())))
