"""Readable lines out of octets of unknown make: what a document keeps in places that no reader knows.

Lines are looked for as UTF-16LE at both parities, and as CP932. A line must be of signs that Japanese offices write
(CP932 has them), mostly kana, common kanji (JIS level 1) or ASCII, because other octets read as UTF-16 look like rare
kanji. What comes out is for finding values, not for reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDE = re.compile(
    "[\\x20-\\x7e\u2010-\u2026\u203b\u2160-\u216b\u2460-\u2473\u25a0-\u25ff\u3000-\u30ff\u3231\u3239\u4e00-\u9fff"
    "\uf900-\ufaff\uff01-\uff9f]{4,}"
)
_OCTETS = re.compile(rb"(?:[\x20-\x7e\xa1-\xdf]|[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]){6,}")
_KANA_IN_CP932 = re.compile(rb"\x82[\x9f-\xf1]|\x83[\x40-\x96]|\x81[\x40-\x5b]")
_COMMON = re.compile("[\\x20-\\x7e\u3000-\u30ff\uff01-\uff9f]")
_TOKENS = re.compile(r"[0-9A-Za-z@._+/()-]{6,80}")
_HALF_KANA = re.compile("[\uff61-\uff9f]")
_LETTERS = re.compile(r"[A-Za-z]")
_WIDE_SIGNS = re.compile("[\u3040-\u9fff]")
_ASCII_ONLY = re.compile(r"[\x00-\x7e]*")
_LINES_AT_MOST = 50_000


def japanese(octets: bytes) -> str:
    """Text of a program that did not say its charset: UTF-8 where it is valid, else CP932."""
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("cp932", "replace")


def unseen_lines(streams: list[bytes], seen: str, *, narrow: bool = True) -> str:
    """Lines in the streams that do not occur in ``seen`` (compared without white space), each once.

    ``narrow``: look for CP932 as well.
    """
    known = "".join(seen.split())
    found: dict[str, None] = {}
    for stream in streams:
        for line in _lines(stream, narrow=narrow):
            bare = "".join(line.split())
            if len(bare) < 4 or bare in found or bare in known or all(word in known for word in line.split()):
                continue
            if is_plausible(bare):
                found[bare if bare == line else line.strip()] = None
                if len(found) > _LINES_AT_MOST:
                    return "\n".join(found)
    return "\n".join(found)


def _lines(stream: bytes, *, narrow: bool) -> Iterator[str]:
    for start in (0, 1):
        text = stream[start : len(stream) - (len(stream) - start) % 2].decode("utf-16-le", "replace")
        for run in _WIDE.finditer(text):
            yield run[0]
    if narrow:
        for octets in _OCTETS.finditer(stream):
            if octets[0].isascii():
                # A string's length stands before the next string and often reads as a sign.
                yield " ".join(_TOKENS.findall(octets[0].decode("ascii")))
            elif _KANA_IN_CP932.search(octets[0]):
                line = octets[0].decode("cp932", "replace")
                if not (_HALF_KANA.search(line) and _LETTERS.search(line)) and len(_WIDE_SIGNS.findall(line)) > 1:
                    yield line


def is_plausible(line: str) -> bool:
    """Mostly of common signs; of ASCII alone only with a number or an address in it."""
    if _ASCII_ONLY.fullmatch(line):
        return sum(sign.isdigit() for sign in line) >= 6 or ("@" in line and "." in line)
    common = 0
    for sign in line[:200]:
        if _COMMON.match(sign):
            common += 1
        else:
            octets = sign.encode("cp932", "ignore")
            if not octets:
                return False
            # JIS X 0208 level 1 ends at 0x9872.
            common += 0x889F <= int.from_bytes(octets, "big") <= 0x9872
    return common * 4 >= len(line[:200]) * 3
