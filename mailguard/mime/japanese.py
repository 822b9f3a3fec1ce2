"""Octets to text as Japanese mail writes it, without ever failing.

Every ISO-2022-JP codec of the standard library fails on what real mail programs send under that name: the NEC and IBM
characters of JIS row 13 and beyond (①, ㈱, 髙) and half-width katakana. So the escape sequences of RFC 1468 are
followed here, and the two-octet codes are read through CP932, which holds all of these. What is still unreadable
becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re

_ESCAPE = re.compile(rb"\x1b(\$\(D|\$\(B|\$\(@|\$[@B]|\([BJIH])|[\x0e\x0f]")
_HALF_WIDTH = bytes(octet | 0x80 if 0x21 <= octet <= 0x5F else octet for octet in range(256))
_CLEAR_TOP = bytes(octet & 0x7F for octet in range(256))
_SET_TOP = bytes(octet | 0x80 if octet >= 0x21 else octet for octet in range(256))
_JIS_NAMES = frozenset(
    {"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "csiso2022jp"}
)
_EUC_NAMES = frozenset({"euc-jp", "euc_jp", "eucjp", "x-euc-jp", "eucjp-ms", "euc-jp-ms", "cseucpkdfmtjapanese"})
_EUC_RUN = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|(?:[\xa1-\xfe]{2})+")
_WINDOWS_NAMES = frozenset({"shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji", "cp932"})


_PYTHONS = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Codecs of Python that no mail program knows; some warn, some are slow, some make half characters."""


def decode_jis(octets: bytes) -> str:
    """ISO-2022-JP text, with the NEC, IBM and half-width characters mail programs put into it."""
    text: list[str] = []
    set_name, start = b"(B", 0
    for escape in _ESCAPE.finditer(octets):
        text.append(_decode_run(octets[start : escape.start()], set_name))
        start = escape.end()
        set_name = escape[1] or (b"(I" if escape[0] == b"\x0e" else b"(B")
    text.append(_decode_run(octets[start:], set_name))
    return "".join(text)


def decode_euc(octets: bytes) -> str:
    """EUC-JP text, with NEC's and IBM's characters. Raises ``UnicodeError`` where it is something else."""
    text: list[str] = []
    position = 0
    while position < len(octets):
        run = _EUC_RUN.match(octets, position)
        if run is None:
            raise UnicodeDecodeError("euc-jp", octets, position, position + 1, "not EUC-JP")
        found, position = run[0], run.end()
        if found[0] == 0x8F:
            text.append(found.decode("euc_jp", "replace"))
        elif found[0] == 0x8E:
            text.append(found[1:].decode("cp932"))
        elif found[0] < 0x80:
            text.append(found.decode("ascii"))
        else:
            text.append(_shift(found.translate(_CLEAR_TOP)).decode("cp932", "replace"))
    return "".join(text)


def decode_text(octets: bytes, charset: str = "") -> str:
    """Octets as text: the declared charset first, then what Japanese mail usually is (UTF-8, CP932, EUC-JP)."""
    name = charset.strip().lower()
    if name in _JIS_NAMES or (name in ("", "us-ascii", "ascii") and (b"\x1b$" in octets or b"\x1b(I" in octets)):
        return decode_jis(octets)
    if name in _EUC_NAMES:
        try:
            return decode_euc(octets)
        except UnicodeError:
            name = ""
    return _tried(octets, _codec_name(name))


def _tried(octets: bytes, first: str = "") -> str:
    """The first codec that takes all of the octets."""
    for candidate in (first, "utf-8", "cp932", "euc_jp"):
        if candidate:
            try:
                text = octets.decode(candidate)
                if candidate == "utf-7":
                    # It can spell half a character (a lone surrogate), which nothing behind us could write again.
                    text.encode()
                return text
            except (UnicodeError, ValueError):
                continue
    return octets.decode("utf-8", "replace")


def _codec_name(charset: str) -> str:
    if charset in _WINDOWS_NAMES:
        return "cp932"
    try:
        # Only codecs that make text of octets: "base64" and its kin are Python's, not a charset.
        found = codecs.lookup(charset) if charset else None
    except (LookupError, ValueError):
        return ""
    if found is None or found.name.replace("_", "-") in _PYTHONS:
        return ""
    return found.name if getattr(found, "_is_text_encoding", True) else ""


def _decode_run(octets: bytes, set_name: bytes) -> str:
    if not octets:
        return ""
    if set_name == b"(I":
        return octets.translate(_HALF_WIDTH).decode("cp932", "replace")
    if set_name == b"$(D":
        # JIS X 0212 is only in EUC-JP, after the octet 8F.
        pairs = octets.translate(_SET_TOP)
        return b"".join(b"\x8f" + pairs[at : at + 2] for at in range(0, len(pairs), 2)).decode("euc_jp", "replace")
    if set_name.startswith(b"$"):
        return _shift(octets.translate(_CLEAR_TOP)).decode("cp932", "replace")
    return octets.decode("ascii") if octets.isascii() else _tried(octets)


def _shift(pairs: bytes) -> bytes:
    """JIS X 0208 two-octet codes as Shift_JIS (JIS X 0208:1997, Annex 1)."""
    shifted = bytearray()
    at = 0
    while at < len(pairs):
        row = pairs[at]
        if row < 0x21 or at + 1 >= len(pairs):
            shifted.append(row)
            at += 1
            continue
        cell = pairs[at + 1]
        shifted.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        shifted.append(cell + (0x1F if cell < 0x60 else 0x20) if row & 1 else cell + 0x7E)
        at += 2
    return bytes(shifted)
