"""Rich text files: text with tables, headers, notes, comments, hidden and deleted text, embedded objects.

Follows the Rich Text Format specification 1.9.1: ``\\ansicpg`` and ``\\fcharset`` choose the charset of ``\\'xx``.
The second octet of a pair may also stand as a plain letter; ``\\uN`` is followed by ``\\ucN`` signs for old readers.
Groups that begin with ``\\*`` and a word that is not known here are left out. Depth of groups is bounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailguard.extract.files.office_parts import LITTLE_TEXT
from mailguard.extract.files.story import Mark, Story
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Piece

_TOKEN = re.compile(
    r"\\([A-Za-z]{1,40})(-?\d{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|([^\\{}\r\n]+)|[\r\n\\]"
)
_CODE_PAGES = {0: "cp1252", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 204: "cp1251", 77: "mac_roman"}
_SILENT = frozenset(
    (
        "fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "rsidtbl", "generator", "pict",
        "nonshppict", "themedata", "latentstyles", "datastore", "xmlnstbl", "pntext", "pnseclvl", "filetbl", "revtbl",
        "bkmkstart", "bkmkend", "blipuid", "picprop", "panose", "falt", "nonesttables", "colorschememapping",
        "datafield", "formfield", "objclass", "objname", "passwordhash", "mmathPr", "sp", "protusertbl",
    )
)  # fmt: skip
_SECTIONS = {
    "header": "header", "headerl": "header", "headerr": "header", "headerf": "header", "footer": "footer",
    "footerl": "footer", "footerr": "footer", "footerf": "footer", "footnote": "footnote", "annotation": "comment",
    "shptxt": "text box",
}  # fmt: skip
_STARRED = frozenset(("shpinst", "annotation", "fldinst", "shptxt", "ud", "docvar", "objdata", "nesttableprops", "do",
                      "dptxbxtext", "userprops", "propname", "staticval", "background"))  # fmt: skip
_INFO = ("title", "subject", "author", "manager", "company", "operator", "category", "keywords", "comment", "doccomm")
_WORDS = {
    "par": "\n", "line": "\n", "tab": "\t", "emdash": "\u2014", "endash": "\u2013", "bullet": "\u2022",
    "lquote": "\u2018", "rquote": "\u2019", "ldblquote": "\u201c", "rdblquote": "\u201d", "emspace": " ",
    "enspace": " ", "qmspace": " ",
}  # fmt: skip
_DEPTH_AT_MOST = 2_000


@dataclass(slots=True)
class _Group:
    """What a brace restores. ``target``: "" the text, else where it goes (``silent``, ``object``, ``link``, ...)."""

    target: str = ""
    font: int = -1
    skip: int = 1
    is_hidden: bool = False
    is_deleted: bool = False
    is_aside: bool = False
    is_starred: bool = False


def read(file: File, walk: Walk) -> None:
    """Give all text of the file to the walk."""
    if not file.octets.lstrip(b"\xef\xbb\xbf \r\n\t")[:5].startswith(b"{\\rt"):
        raise Damaged
    _Reader(file, walk).read()


_PICTURE_WIDE, _PICTURE_HIGH = 4_536, 2_268
"""Twentieths of a point, 8 by 4 cm: a list is shown larger, a stamp or a logo smaller."""


class _Reader:
    """One file."""

    def __init__(self, file: File, walk: Walk) -> None:
        self._file = file
        self._walk = walk
        self._story = Story(walk, file.where)
        self._group = _Group()
        self._groups: list[_Group] = []
        self._code_page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font_of_table = -1
        self._octets = bytearray()
        self._to_skip = 0
        self._high = 0
        self._in_row = False
        self._was_row = False
        self._object: list[str] = []
        self._beside: dict[str, list[str]] = {}
        self._has_picture = False
        self._property: list[str] = []
        self._picture_width = 0
        self._has_large_picture = False

    def read(self) -> None:
        """Token by token; what is left open at the end is closed."""
        before = self._walk.characters
        text = self._file.octets.decode("latin-1")
        for checked, token in enumerate(_TOKEN.finditer(text)):
            if checked & 0xFFFF == 0:
                self._walk.check_time()
            word, number, pair, sign, brace, plain = token.groups()
            if word:
                self._on_word(word, int(number) if number else None, text, token.end())
            elif pair:
                self._on_octets(bytes((int(pair, 16),)))
            elif plain:
                self._on_octets(plain.encode("latin-1"))
            elif brace == "{":
                self._open()
            elif brace == "}":
                self._close()
            elif sign:
                self._on_sign(sign)
        while self._groups:
            self._close()
        self._flush()
        self._end_table()
        self._story.close()
        for section, lines in self._beside.items():
            self._walk.add(Piece(self._file.where, "\n".join(dict.fromkeys(lines)), section=section))
        is_little = self._walk.characters - before < LITTLE_TEXT
        if (self._has_picture and not self._story.has_text) or (self._has_large_picture and is_little):
            self._walk.cannot(self._file.where, Obstacle.PICTURE)

    def _open(self) -> None:
        self._flush()
        group = self._group
        if len(self._groups) >= _DEPTH_AT_MOST:
            raise OverLimit(Obstacle.TOO_DEEP)
        self._groups.append(group)
        self._group = _Group(group.target, group.font, group.skip, group.is_hidden, group.is_deleted)
        self._to_skip = 0

    def _close(self) -> None:
        self._flush()
        if not self._groups:
            return
        group, self._group = self._group, self._groups.pop()
        if self._property:
            self._end_property(group.target)
        if group.is_aside:
            self._story.end_aside()
        if group.target == "object" and self._group.target != "object":
            self._hand_on_object()
        self._to_skip = 0

    def _end_property(self, target: str) -> None:
        """A property is over where its group is; a variable has a group for its name and one for its value."""
        if self._group.target == target and target != "docvar":
            return
        text = "".join(self._property).strip()
        self._property.clear()
        if text:
            self._beside.setdefault("properties", []).append(f"{target}: {text}")

    def _on_octets(self, octets: bytes) -> None:
        if self._to_skip:
            skipped = min(self._to_skip, len(octets))
            self._to_skip -= skipped
            octets = octets[skipped:]
        if self._group.target == "object":
            self._object.append(octets.decode("latin-1"))
        elif self._group.target != "silent":
            self._octets += octets

    def _on_sign(self, sign: str) -> None:
        if sign == "*":
            self._group.is_starred = True
        elif sign in "\\{}":
            self._on_octets(sign.encode())
        elif sign == "~":
            self._on_octets(b" ")
        elif sign == "_":
            self._on_octets(b"-")
        elif sign in "\r\n":
            self._on_word("par", None, "", 0)

    def _flush(self) -> None:
        """Octets gathered so far become text, in the charset of the font."""
        if not self._octets:
            return
        code_page = self._fonts.get(self._group.font, self._code_page)
        if code_page == "cp1252" and self._code_page != "cp1252":
            # Japanese writers put pairs under fonts that claim Western letters.
            code_page = self._code_page
        octets = bytes(self._octets)
        self._octets.clear()
        if code_page == "cp1252" and not octets.isascii():
            code_page = _guess(octets)
        self._write(octets.decode(code_page, "replace"))

    def _write(self, text: str) -> None:
        group = self._group
        match group.target:
            case "":
                mark = Mark.HIDDEN if group.is_hidden else Mark.DELETED if group.is_deleted else Mark.NONE
                self._begin_cell_if_row()
                self._story.write(text, mark)
            case "silent" | "fonts" | "object":
                return
            case "link":
                start = text.lower().find("mailto:")
                if start >= 0:
                    self._beside.setdefault("links", []).append(text[start + 7 :].strip(' "'))
            case _:
                # Letter by letter, where each is an escape of its own.
                self._property.append(text)

    def _begin_cell_if_row(self) -> None:
        if not self._in_row:
            self._end_table()
        if self._in_row and not self._was_row and not self._story.aside_depth:
            self._was_row = True
            self._story.begin_table()
            self._story.begin_row()
            self._story.begin_cell()

    def _end_table(self) -> None:
        if self._was_row and not self._story.aside_depth:
            self._was_row = False
            self._story.end_table()

    def _on_word(self, word: str, number: int | None, text: str, at: int) -> None:
        if self._to_skip and word not in ("u", "uc"):
            self._to_skip -= 1
            return
        group = self._group
        if group.is_starred:
            group.is_starred = False
            if word not in _STARRED:
                self._flush()
                group.target = "silent"
                return
        if word == "u" and number is not None:
            self._on_unicode(number)
        elif word == "uc":
            group.skip = max(0, min(number or 0, 100))
        elif word in _WORDS:
            self._on_break(_WORDS[word])
        elif word in ("f", "af", "dbch", "loch", "hich"):
            self._on_font(word, number)
        elif word in ("cell", "nestcell", "row", "nestrow", "intbl", "pard"):
            self._on_table_word(word)
        else:
            self._on_other_word(word, number)

    def _on_unicode(self, number: int) -> None:
        self._flush()
        code = number % 65_536
        if self._group.target not in ("silent", "object"):
            if 0xD800 <= code < 0xDC00:
                self._high = code
            elif 0xDC00 <= code < 0xE000:
                self._write(chr(0x10000 + ((self._high - 0xD800) << 10) + code - 0xDC00) if self._high else "\ufffd")
                self._high = 0
            else:
                self._write(chr(code))
        self._to_skip = self._group.skip

    def _on_break(self, sign: str) -> None:
        self._flush()
        if self._group.target:
            return
        if sign != "\n":
            self._write(sign)
            return
        if not self._in_row and not self._story.aside_depth:
            self._end_table()
        self._story.end_paragraph()

    def _on_font(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            if self._group.target == "fonts":
                self._font_of_table = number
            elif number != self._group.font:
                self._flush()
                self._group.font = number

    def _on_table_word(self, word: str) -> None:
        self._flush()
        if self._group.target or self._story.aside_depth:
            return
        match word:
            case "intbl":
                self._in_row = True
            case "pard":
                self._in_row = False
            case "cell":
                self._in_row = True
                self._begin_cell_if_row()
                self._story.end_cell()
                self._story.begin_cell()
            case "row":
                if self._was_row:
                    self._story.end_row()
                    self._story.begin_row()
                    self._story.begin_cell()
            case _:
                self._story.write("\t" if word == "nestcell" else "\n")

    def _on_other_word(self, word: str, number: int | None) -> None:
        group = self._group
        is_on = number != 0
        if word == "ansicpg" and number:
            self._code_page = f"cp{number}" if number in (932, 936, 949, 950, 1250, 1251, 1253) else "cp1252"
        elif word == "fcharset":
            page = _CODE_PAGES.get(number or 0)
            if page and self._font_of_table >= 0 and len(self._fonts) < 10_000:
                self._fonts[self._font_of_table] = page
        elif word == "fonttbl":
            self._turn("fonts")
        elif word in _SECTIONS and not group.target:
            self._flush()
            group.is_aside = True
            self._story.begin_aside(_SECTIONS[word])
        elif word == "objdata":
            self._turn("object")
        elif word == "fldinst":
            self._turn("link")
        elif word in ("v", "deleted", "plain"):
            self._flush()
            group.is_hidden = (word == "v" and is_on) or (word == "deleted" and group.is_hidden)
            group.is_deleted = (word == "deleted" and is_on) or (word == "v" and group.is_deleted)
        elif word in ("info", "userprops"):
            self._turn("silent")
        elif word in _INFO and self._groups and self._groups[-1].target == "silent":
            group.target = word
        elif word in ("propname", "staticval", "docvar"):
            self._turn(word)
        elif word == "picwgoal":
            self._picture_width = number or 0
        elif word == "pichgoal":
            is_wide = self._picture_width >= _PICTURE_WIDE
            self._has_large_picture = self._has_large_picture or (is_wide and (number or 0) >= _PICTURE_HIGH)
        elif word in _SILENT:
            self._has_picture = self._has_picture or word == "pict"
            self._turn("silent")

    def _turn(self, target: str) -> None:
        self._flush()
        self._group.target = target

    def _hand_on_object(self) -> None:
        """An embedded object is OLE 1.0 in hexadecimal ([MS-OLEDS] §2.2.5); what it holds is a file."""
        digits = re.sub(r"[^0-9A-Fa-f]", "", "".join(self._object))
        self._object.clear()
        octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
        self._walk.spend(len(octets))
        starts = [place for magic in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"%PDF-")
                  if (place := octets.find(magic)) >= 0]  # fmt: skip
        if starts:
            self._walk.file("object", octets[min(starts) :], f"{self._file.where}!object", self._file.depth + 1)
        elif len(octets) > 32:
            self._walk.file("object", octets, f"{self._file.where}!object", self._file.depth + 1)


def _guess(octets: bytes) -> str:
    """CP932 where the octets are valid there and are pairs, else CP1252."""
    try:
        text = octets.decode("cp932")
    except UnicodeDecodeError:
        return "cp1252"
    wide = sum(sign > "\u2fff" and not "\uff61" <= sign <= "\uff9f" for sign in text)
    return "cp932" if wide * 2 >= sum(octet > 0x7F for octet in octets) // 2 and wide else "cp1252"
