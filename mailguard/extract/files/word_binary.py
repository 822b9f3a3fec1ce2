"""Word 6 to 2003: text by the piece table, stories apart, tables by the paragraphs' properties.

Follows [MS-DOC] §2.5 (Fib), §2.4.1 (retrieving text), §2.8.35 (PlcPcd), §2.8.6 (PlcBtePapx), §2.9.186 (PapxInFkp),
§2.6.2 (sprmPFInTable, sprmPFTtp). Octets of a compressed piece are CP1252 there; Word 6 and 95 in Japanese wrote CP932
in one run. Hidden and deleted text stays in its line.
"""

from __future__ import annotations

import bisect
import re
from struct import unpack_from

from mailguard.extract.files.story import Story
from mailguard.extract.walk import Damaged, Walk
from mailguard.model.contents import Piece

_ENCRYPTED, _TABLE_1, _WORD_97 = 0x0100, 0x0200, 0xC1
_STORIES = (
    ("", 0x4C), ("footnote", 0x50), ("header", 0x54), ("macro", 0x58), ("comment", 0x5C), ("endnote", 0x60),
    ("text box", 0x64), ("text box", 0x68),
)  # fmt: skip
_MARK = re.compile(r"[\r\x07\x0c]")
_CONTROLS: dict[int, str | None] = dict.fromkeys((0, 1, 2, 3, 4, 5, 8, 0x14, 0x15, 0x1F))
_CONTROLS |= {0x0B: "\n", 0x0E: "\n", 0x1E: "-", 0xA0: " "}
_RUBY = re.compile(r"\\o\s{0,9}(?:\\a[a-z]\s{0,9})?\(\\s\\up\s{0,9}\d{1,3}\([^()]{0,200}\)\s{0,9}[,;]([^()]{1,200})\)")
"""A word with its reading above it: Word lays one over the other by an equation (EQ \\o), and the word stands nowhere
else."""

_PIECES_AT_MOST = 200_000
_SIZES = (1, 1, 2, 4, 2, 2, 0, 3)


def read_word(main: bytes, tables: dict[str, bytes], where: str, walk: Walk) -> str | None:
    """All stories to the walk; their text in one string, None where the document is encrypted."""
    if len(main) < 0x200 or unpack_from("<H", main)[0] not in (0xA5EC, 0xA5DC):
        raise Damaged
    version, flags = unpack_from("<H", main, 2)[0], unpack_from("<H", main, 0x0A)[0]
    if flags & _ENCRYPTED:
        return None
    if version < _WORD_97:
        start, end = unpack_from("<II", main, 0x18)
        text, places = main[start:end].decode("cp932", "replace"), None
        lengths = [("", len(text))]
    else:
        table = tables.get("1Table" if flags & _TABLE_1 else "0Table", b"")
        text, runs = _text(main, table)
        places = _Paragraphs(main, table, runs)
        lengths = [(section, unpack_from("<i", main, offset)[0]) for section, offset in _STORIES]
    walk.spend(len(text) * 2)
    links: list[str] = []
    at = 0
    for section, length in lengths:
        if length > 0:
            _read_story(text, at, min(at + length, len(text)), places, Story(walk, where, section), links)
            at += length
    if at < len(text):
        _read_story(text, max(at, 0), len(text), places, Story(walk, where, "other text"), links)
    walk.add(Piece(where, "\n".join(dict.fromkeys(links)), section="links"))
    return text


def _text(main: bytes, table: bytes) -> tuple[str, list[tuple[int, int, int]]]:
    """The text, and for each run of it: first character, first octet, octets a character."""
    at, size = unpack_from("<II", main, 0x1A2)
    pieces = table[at : at + size]
    position = 0
    while position < len(pieces) and pieces[position] == 1:
        position += 3 + unpack_from("<H", pieces.ljust(position + 3, b"\0"), position + 1)[0]
    if position + 5 > len(pieces) or pieces[position] != 2:
        raise Damaged
    plc = pieces[position + 5 : position + 5 + unpack_from("<I", pieces, position + 1)[0]]
    count = min((len(plc) - 4) // 12, _PIECES_AT_MOST)
    if count < 1:
        raise Damaged
    starts = unpack_from(f"<{count + 1}I", plc)
    parts: list[str] = []
    runs: list[tuple[int, int, int]] = []
    length = 0
    for number in range(count):
        characters = starts[number + 1] - starts[number]
        place = unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0]
        is_narrow, offset = bool(place & 0x40000000), place & 0x3FFFFFFF
        if is_narrow:
            offset //= 2
        # Pieces may point to the same octets again and again; no more than Word's own bound of characters comes out.
        if characters <= 0 or length + characters > 40_000_000:
            continue
        octets = main[offset : offset + characters * (1 if is_narrow else 2)]
        part = octets.decode("cp1252", "replace") if is_narrow else octets.decode("utf-16-le", "replace")
        runs.append((length, offset, 1 if is_narrow else 2))
        parts.append(part)
        length += len(part)
    return "".join(parts), runs


class _Paragraphs:
    """Which paragraphs stand in a table, by the octet of their mark."""

    def __init__(self, main: bytes, table: bytes, runs: list[tuple[int, int, int]]) -> None:
        self._runs = runs
        self._starts = [run[0] for run in runs]
        self._ends: list[int] = []
        self._kinds: list[tuple[bool, bool]] = []
        at, size = unpack_from("<II", main, 0x102)
        plc = table[at : at + size]
        count = (len(plc) - 4) // 8
        if 0 < count < 100_000:
            pages = sorted(set(unpack_from(f"<{count}I", plc, 4 * (count + 1))))
            found: list[tuple[int, tuple[bool, bool]]] = []
            for page in pages:
                start = (page & 0x3FFFFF) * 512
                if start + 512 <= len(main):
                    found.extend(_page(main[start : start + 512]))
            found.sort()
            self._ends = [end for end, _ in found]
            self._kinds = [kind for _, kind in found]

    def __bool__(self) -> bool:
        return bool(self._ends)

    def kind(self, character: int) -> tuple[bool, bool]:
        """Whether this paragraph mark stands in a table, and whether it ends a row."""
        number = bisect.bisect_right(self._starts, character) - 1
        if number < 0:
            return False, False
        first, offset, width = self._runs[number]
        place = bisect.bisect_right(self._ends, offset + (character - first) * width)
        return self._kinds[place] if place < len(self._kinds) else (False, False)


def _page(page: bytes) -> list[tuple[int, tuple[bool, bool]]]:
    """Paragraphs of one page of properties: the octet behind each, and what it is."""
    count = page[511]
    if not 0 < count <= 29:
        return []
    ends = unpack_from(f"<{count + 1}I", page)
    found = []
    for number in range(count):
        offset = page[4 * (count + 1) + 13 * number] * 2
        kind = (False, False)
        if 0 < offset < 510:
            size = page[offset]
            start, size = (offset + 2, page[offset + 1] * 2) if size == 0 else (offset + 1, size * 2 - 1)
            kind = _properties(page[start + 2 : min(start + size, 511)])
        found.append((ends[number + 1], kind))
    return found


def _properties(changes: bytes) -> tuple[bool, bool]:
    in_table = ends_row = False
    at = 0
    while at + 3 <= len(changes):
        code = unpack_from("<H", changes, at)[0]
        at += 2
        if code == 0x2416:
            in_table = changes[at] != 0
        elif code == 0x2417:
            ends_row = changes[at] != 0
        if code == 0xD608 and at + 2 <= len(changes):
            at += unpack_from("<H", changes, at)[0] + 1
        else:
            size = _SIZES[code >> 13]
            at += size or changes[at] + 1
    return in_table or ends_row, ends_row


def _read_story(text: str, start: int, end: int, places: _Paragraphs | None, story: Story, links: list[str]) -> None:
    """Paragraphs and tables of one story."""
    at = start
    in_table = was_cell = False
    for mark in _MARK.finditer(text, start, end):
        words = _shown(text[at : mark.start()], links)
        at = mark.end()
        is_cell = mark[0] == "\x07"
        inside, ends_row = places.kind(mark.start()) if places else (is_cell, is_cell and was_cell and not words)
        was_cell = is_cell
        if inside and not in_table:
            story.begin_table()
            story.begin_row()
            story.begin_cell()
        elif in_table and not inside:
            story.end_table()
        in_table = inside
        if ends_row and is_cell:
            story.end_row()
            story.begin_row()
            story.begin_cell()
            was_cell = False
            continue
        if words:
            story.write(words)
        story.end_paragraph()
        if is_cell and inside:
            story.end_cell()
            story.begin_cell()
    rest = _shown(text[at:end], links)
    if rest:
        story.write(rest)
    story.close()


def _shown(text: str, links: list[str]) -> str:
    """Without the instructions of fields, whose results follow them."""
    if "\x13" in text:
        kept: list[str] = []
        depth = 0
        for part in re.split(r"([\x13\x14\x15])", text):
            if part == "\x13":
                depth += 1
            elif part in ("\x14", "\x15"):
                depth = max(0, depth - 1) if part == "\x14" or depth else 0
            elif depth == 0:
                kept.append(part)
            elif "EQ" in part and (ruby := _RUBY.search(part)):
                kept.append(ruby[1])
            elif "mailto:" in part:
                links.append(part.partition("mailto:")[2].strip(' "'))
        text = "".join(kept)
    return text.translate(_CONTROLS)
