"""Text as detectors read it: one spelling for what can be typed in many ways, with the way back to what was typed.

Characters are normalised one by one (NFKC, Unicode Standard Annex 15), with the marks that combine with them, because
a whole string changes its length at places nobody could find again. Most texts change no length, and need no map.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import cache

from mailguard.inspection.text import Text
from mailguard.model.contents import Piece

_DASHES = (
    "\u00ad\u02d7\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2500\u2501\u2574\u2796"
    "\u2e3a\u2e3b\ufe58\ufe63\uff0d\u207b\u208b"
)
_NEW_LINES = "\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_WITHOUT_WIDTH = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u180e\u034f\u061c\u115f\u1160\u3164\uffa0"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u206a\u206b\u206c\u206d\u206e\u206f\ufff9\ufffa\ufffb"
)
"""Signs that nobody sees (Unicode Standard, 5.21 and 23.2), with those of ``_CONTROLS`` and the tags."""
_CONTROLS = re.compile(r"[\x00-\x06\x08\x0e-\x1b\x7f]")
"""But 7, which ends a cell in the text of old Word documents."""
_TAGS = ("\U000e0000", "\U000e007f")
_HALVES = frozenset(map(chr, range(0xD800, 0xE000)))
"""Halves of a pair that stand alone: no characters, and nothing that takes UTF-8 takes them."""

_MARKS = "\uff9e\uff9f\u3099\u309a\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = re.compile(f"[{_MARKS}]")
_CLUSTER = re.compile(f"[^{_MARKS}][{_MARKS}]+|[{_MARKS}]")
_MAY_CHANGE = re.compile("[^\t\n -~\u3001\u3002\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u4e00-\u9fff]+")
"""What NFKC and the tables here may change. Most of a Japanese text is none of it."""

_ONE_BY_ONE = (
    {ord(dash): "-" for dash in _DASHES}
    | {ord(line): "\n" for line in _NEW_LINES}
    | {ord("\r"): "\n", 0x1F10B: "0", 0x1F10C: "0"}
)
_LISTED = frozenset(map(chr, (*range(0x2474, 0x249C), *range(0x1F100, 0x1F10B))))
"""Digits in brackets and with a full stop number the points of a list."""
_REVERSED = re.compile("\u202e([^\u202c\n]{0,2000})\u202c?")
_DIGITS = "0-9\u3007\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"
_KANJI_DIGIT = "[\u3007\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d]"
_KANJI_RUN = re.compile(f"{_KANJI_DIGIT}(?:-?{_KANJI_DIGIT}){{6,}}")
"""Seven digits and more: shorter ones are names, and numbers of streets and floors."""
_AS_DIGITS = str.maketrans("\u3007\u96f6\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d", "00123456789")
_BAR_BETWEEN_DIGITS = re.compile(f"(?<=[{_DIGITS}\u76ee\u756a\u5730])\u30fc(?=[{_DIGITS}])")


@cache
def _normal(character: str) -> str:
    if character in _WITHOUT_WIDTH or _CONTROLS.match(character) or _TAGS[0] <= character <= _TAGS[1]:
        return ""
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # half of a pair; the tokenizer takes none
    if ord(character) > 127 and character not in _LISTED and (digit := unicodedata.digit(character, None)) is not None:
        # Digits of other scripts, and in circles, look like ours to whoever reads them.
        return str(digit)
    return _ONE_BY_ONE.get(ord(character)) or unicodedata.normalize("NFKC", character)


def normalised(piece: Piece) -> Text:
    """The piece with one spelling for each thing. Linear; safe for any text."""
    text = piece.text.replace("\r\n", " \n") if "\r" in piece.text else piece.text
    if "\u202e" in text:
        return _turned(piece, text)
    if text.isascii() and not _CONTROLS.search(text):
        return Text(piece, text.translate(_ONE_BY_ONE) if not text.isprintable() else text)
    table: dict[int, str] = {}
    odd: list[str] = []
    characters = set[str]().union(*_MAY_CHANGE.findall(text))
    if not characters.isdisjoint(_HALVES):
        text = "".join("\ufffd" if one in _HALVES else one for one in text)
        characters = set[str]().union(*_MAY_CHANGE.findall(text))
    for character in characters:
        normal = _normal(character)
        if len(normal) != 1:
            odd.append(character)
        elif normal != character:
            table[ord(character)] = normal
    if not odd and not _MARK.search(text):
        return Text(piece, _bars(_MAY_CHANGE.sub(lambda found: found[0].translate(table), text) if table else text))
    return _with_origin(piece, text, table, odd)


def _turned(piece: Piece, text: str) -> Text:
    """With what is written backwards between an override and its end (U+202E, U+202C) in the order people see it in."""
    order = array("I", range(len(text)))
    for found in _REVERSED.finditer(text):
        start, end = found.span(1)
        order[start:end] = order[start:end][::-1]
    seen = Text(piece, "".join(text[at] for at in order).replace("\u202e", "\u200b"))
    turned = normalised(Piece("", seen.plain))
    return Text(piece, turned.plain, [order[at] for at in turned.origin or range(len(order))])


def plain_text(text: str) -> str:
    """A short string as ``normalised`` would spell it, for words that are compared with it."""
    return normalised(Piece("", text)).plain


def _with_origin(piece: Piece, text: str, table: dict[int, str], odd: list[str]) -> Text:
    pattern = _CLUSTER if not odd else re.compile(f"{_CLUSTER.pattern}|[{re.escape(''.join(odd))}]")
    plain: list[str] = []
    origin = array("I")
    position = 0
    for found in pattern.finditer(text):
        start, end = found.span()
        plain.append(text[position:start].translate(table))
        origin.extend(range(position, start))
        normal = _normal(found[0]) if end - start == 1 else _cluster(found[0])
        plain.append(normal)
        origin.extend([start] * len(normal))
        position = end
    plain.append(text[position:].translate(table))
    origin.extend(range(position, len(text)))
    return Text(piece, _bars("".join(plain)), origin)


def _cluster(cluster: str) -> str:
    """A character with marks: what they make together; marks that choose a glyph (variation selectors) go."""
    kept = "".join(
        one
        for one in cluster
        if not "\u20d0" <= one <= "\u20f0" and not "\ufe00" <= one <= "\ufe0f" and not one >= "\U000e0100"
    )
    if "\u0300" <= cluster[-1] <= "\u036f" and (cluster[0].isdigit() or "\u0334" <= cluster[-1] <= "\u0338"):
        # No digit has an accent, and a stroke through a letter leaves it readable.
        return "".join(map(_normal, kept[:1]))
    return _normal(kept) if len(kept) == 1 else unicodedata.normalize("NFKC", kept)


def _bars(plain: str) -> str:
    """A long-vowel mark between digits is a hyphen typed with the wrong key; numbers in kanji are numbers."""
    if "\u30fc" in plain:
        plain = _BAR_BETWEEN_DIGITS.sub("-", plain)
    return _KANJI_RUN.sub(lambda found: found[0].translate(_AS_DIGITS), plain)
