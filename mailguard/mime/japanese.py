"""Octets to text as Japanese mail writes it, without ever failing.

Every ISO-2022-JP codec of the standard library fails on what real mail programs send under that name: the NEC and IBM
characters of JIS row 13 and beyond (①, ㈱, 髙) and half-width katakana. So the escape sequences of RFC 1468 are
followed here, and the two-octet codes are read through CP932, which holds all of these. What is still unreadable
becomes U+FFFD.
"""

from __future__ import annotations

import codecs
import re

_ESCAPE = re.compile(rb"\x1b(\$\([DOPQ]|\$\(B|\$\(@|\$[@B]|\([BJIH])|[\x0e\x0f]")
_HALF_WIDTH = bytes(octet | 0x80 if 0x21 <= octet <= 0x5F else octet for octet in range(256))
_CLEAR_TOP = bytes(octet & 0x7F for octet in range(256))
_SET_TOP = bytes(octet | 0x80 if octet >= 0x21 else octet for octet in range(256))
_AS_CP932 = {0x301C: 0xFF5E, 0x2016: 0x2225, 0x2212: 0xFF0D, 0xA2: 0xFFE0, 0xA3: 0xFFE1, 0xAC: 0xFFE2}
_JIS_NAMES = frozenset(
    {"iso-2022-jp", "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "csiso2022jp"}
)
_EUC_NAMES = frozenset({"euc-jp", "euc_jp", "eucjp", "x-euc-jp", "eucjp-ms", "euc-jp-ms", "cseucpkdfmtjapanese"})
_EUC_RUN = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|(?:[\xa1-\xfe]{2})+")
_WINDOWS_NAMES = frozenset({"shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji", "cp932"})


_SCORE_MAX = 256 * 1024
"""Octets from which the likelier of two charsets is told; enough for any text, and bounded."""

_JAPANESE = re.compile("[\u3041-\u30ff\u3005\u4e00-\u9fff\uff01-\uff5e]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1a\x80-\x9f]")
_JIS_MARK = re.compile(rb"\x1b(?:\$[@B(]|\([JI])")
_OPEN_LINE = re.compile(rb"(\x1b\$[@B][^\x1b\r\n]{0,998})(?=\r?\n[^\x1b])")
_WIDE_NAMES = ("utf-16", "utf-32", "utf-7", "hz", "iso-2022", "iso2022", "cp037", "cp500", "cp93", "ibm")
"""Declared names under which octets below 128 need not be ASCII."""


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


def likely_text(octets: bytes) -> str:
    """Octets of unknown charset as text, in a strict order that was right for every Japanese charset in use.

    A byte order mark, UTF-16 by its shape, an escape sequence of ISO-2022-JP, strict UTF-8, and then the better of
    UTF-8 with faults, CP932 and EUC-JP by their characters. Never fails.
    """
    return _likely(octets)[0]


def readings_of(octets: bytes, declared: str = "") -> tuple[str, ...]:
    """Every text a program may make of the octets: the declared charset's where it takes them, and the likely one's.

    At least one, distinct; the declared one first.
    """
    return read_as_declared(octets, declared)[0]


def is_misdeclared(octets: bytes, declared: str) -> bool:
    """Whether a charset is declared that these octets certainly are not in."""
    return read_as_declared(octets, declared)[1]


def read_as_declared(octets: bytes, declared: str = "") -> tuple[tuple[str, ...], bool]:
    """``readings_of`` and ``is_misdeclared`` at the price of one."""
    name = declared.strip().strip("\"'").lower()
    if octets.isascii() and b"\x1b" not in octets and not name.startswith(_WIDE_NAMES):
        return (octets.decode("ascii"),), False
    likely, codec = _likely(octets)
    is_jis = name in _JIS_NAMES and codec == "iso-2022-jp" and octets.isascii()
    as_declared = likely if is_jis else _declared_text(octets, name)
    if as_declared is not None:
        as_declared = as_declared.removeprefix("\ufeff")
    found = [likely] if as_declared is None else [as_declared, likely]
    if b"\x1b$" in octets and (name in _JIS_NAMES or not name) and _OPEN_LINE.search(octets):
        # RFC 1468 wants each line to end in ASCII; programs that hold to it read a line that does not differently.
        found.append(decode_jis(_OPEN_LINE.sub(lambda line: line[1] + b"\x1b(B", octets)))
    if not name:
        is_lie = False
    elif as_declared is None:
        is_lie = _codec_name(name).replace("_", "-") != codec
    else:
        is_lie = as_declared != likely and codec in ("bom", "iso-2022-jp", "utf-8")
    return tuple(dict.fromkeys(found)), is_lie


def _likely(octets: bytes) -> tuple[str, str]:
    """The likely text, and the name of what it was read by ("bom" where a mark says it)."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if octets.startswith(mark):
            return _whole(octets[len(mark) :].decode(codec, "replace")), "bom"
    wide = _wide_codec(octets)
    if wide:
        return _whole(octets.decode(wide, "replace")), wide
    if _JIS_MARK.search(octets):
        return decode_jis(octets), "iso-2022-jp"
    try:
        return octets.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    sample = octets[:_SCORE_MAX]
    _, best = max((_score(sample.decode(codec, "replace")), codec) for codec in ("utf-8", "cp932", "euc_jp"))
    if best == "euc_jp":
        try:
            return decode_euc(octets), "euc-jp"
        except UnicodeError:
            return octets.decode("euc_jis_2004", "replace"), "euc-jp"
    return octets.decode(best, "replace"), best


def _score(text: str) -> int:
    return len(_JAPANESE.findall(text)) - 3 * len(_HALF_KANA.findall(text)) - 20 * len(_STRANGE.findall(text))


def _wide_codec(octets: bytes) -> str:
    """UTF-16 without a mark: every other octet is that of ASCII, kana, kanji or full-width signs; "" otherwise."""
    sample = octets[:4096]
    if len(sample) < 4:
        return ""
    for codec, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        low = sample[0::2] if codec == "utf-16-le" else sample[1::2]
        low = low[: len(high)]
        zeros = high.count(0)
        kana = high.count(0x30)
        if zeros + kana < len(high) * 0.3 or (not zeros and kana < 4) or low.count(0) > len(low) * 0.1:
            continue
        usual = zeros + kana + high.count(0xFF) + sum(1 for octet in high if 0x4E <= octet <= 0x9F)
        text = sample[: len(sample) // 2 * 2].decode(codec, "replace")
        if usual >= len(high) * 0.9 and not _STRANGE.search(text[:-1]):
            return codec
    return ""


def _declared_text(octets: bytes, name: str) -> str | None:
    """The text in the declared charset; None where there is none, or it does not take the octets."""
    if not name:
        return None
    if name in _JIS_NAMES:
        return decode_jis(octets) if octets.isascii() else None
    if name in _EUC_NAMES:
        try:
            return decode_euc(octets)
        except UnicodeError:
            return None
    codec = _codec_name(name)
    if not codec:
        return None
    try:
        return _whole(octets.decode(codec))
    except (UnicodeError, ValueError):
        return None


def _whole(text: str) -> str:
    """The text without halves of characters, which UTF-16 and UTF-7 can spell and nothing behind could write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


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
    if set_name in (b"$(O", b"$(Q", b"$(P"):
        # JIS X 0213: plane 1 (of 2000 and 2004) and plane 2 (ISO-IR 228, 233, 229).
        pairs = octets.translate(_SET_TOP)
        if set_name == b"$(P":
            pairs = b"".join(b"\x8f" + pairs[at : at + 2] for at in range(0, len(pairs), 2))
        return pairs.decode("euc_jis_2004", "replace")
    if set_name.startswith(b"$"):
        try:
            # Nearly always enough, and ten times as fast; six signs differ from what CP932 makes of them.
            return octets.translate(_SET_TOP).decode("euc_jp").translate(_AS_CP932)
        except UnicodeDecodeError:
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
