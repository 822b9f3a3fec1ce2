"""The whole text of an HTML page: what is shown, what is hidden, and what stands in its attributes and remarks.

Guarantees: never raises but ``OverLimit``; costs linear in the page; each piece leads back to the page's source by
``origin``. Tables that hold data (three columns, or two with headings) become pieces of their own in the form of a
table; other tables are lines with tabs between cells, and those that only lay out the page are their text. A text is in
one piece only. Text is hidden where a style sheet rule or attribute in the page says so, or it is white on white.

What a browser may show besides is read too: strings of scripts and style sheets, ``data:`` addresses (as files), pages
in an attribute (``srcdoc``).

Known limits: no full cascade of style sheets; a rule counts by its last word (tag, class, id). Scripts are not run.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

from mailguard.extract.file_names import UNNAMED, inner
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.page_source import Token, TokenKind, attributes_of, tokens_of, unescaped
from mailguard.extract.page_strings import data_of, strings_of_script, strings_of_style, words_of_query
from mailguard.extract.page_style import Look, Styles
from mailguard.extract.picture_size import may_show_a_list
from mailguard.extract.walk import Walk
from mailguard.model.contents import Form, Piece, Sign

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "center", "dd", "details", "dialog", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "html", "legend", "li", "main", "menu", "nav", "ol", "option", "p", "pre", "section", "select", "summary",
        "table", "tbody", "tfoot", "thead", "tr", "ul", "caption", "textarea", "title", "text",
    }
)  # fmt: skip
_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
_CLOSED_BY_SELF = frozenset({"p", "li", "option", "dd", "dt"})
_CELLS = frozenset({"td", "th"})
_OPEN_MAX = 400
"""Elements inside of each other that are followed; deeper ones look like their parent."""

_TABLES_MAX = 30
_SPAN_MAX = 50
_SHORT = 200
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_CHARSET = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_MEANT_TO_SHOW = ("title", "alt", "placeholder", "aria-label", "summary", "label", "content", "value")
_ADDRESSES = ("href", "src", "data", "xlink:href", "poster", "background", "srcset")
_DATA_IN_STYLE = re.compile(r"""url\(\s{0,9}["']?(data:[^"')]+)""", re.IGNORECASE)
_TYPED = ("", "text", "tel", "email", "number", "date", "search", "url")
"""Kinds of fields that show what is filled into them."""

_META = ("description", "keywords", "author", "subject")
PREVIEW_MAX = 200
FURNITURE_MAX = 64 * 1024
"""Octets below which a picture in a page is a logo: a screenshot of a list that one can read is larger."""

_IMAGE = "image"
_INNER = "page within "
_INNER_MAX = 3
"""Pages in attributes of pages that are read."""

HIDDEN_MIN = 2
"""Visible characters from which hidden text is a sign; a single one keeps a layout in place."""


def declared_charset(octets: bytes) -> str:
    """What a page says about its own charset; "" for nothing."""
    found = _CHARSET.search(octets[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def add_page(source: str, where: str, walk: Walk, section: str = "", depth: int = 0) -> None:
    """A page as pieces at ``where``. ``depth``: that of the file it is, 0 for a mail's own text."""
    reader = _Reader(source)
    for count, token in enumerate(tokens_of(source)):
        if count % 4096 == 0:
            walk.check_time()
        reader.take(token)
    reader.finish()
    text, origin = reader.shown.result()
    walk.add(Piece(where, text, section=section, origin=origin))
    for number, table in enumerate(reader.tables, 1):
        text, origin = table.result()
        walk.add(Piece(where, text, Form.TABLE, section=f"table {number}", origin=origin))
    shown = text
    if reader.hidden:
        text, origin = reader.hidden.result()
        is_preview = reader.is_preview(text)
        if len("".join(text.split())) >= HIDDEN_MIN and not is_preview:
            walk.raise_sign(Sign.HIDDEN_TEXT)
        walk.add(Piece(where, text, section="preview" if is_preview else "hidden", is_hidden=True, origin=origin))
    for name, sink in (("attributes", reader.attributes), ("remarks", reader.remarks), ("script", reader.programs)):
        text, origin = sink.result()
        if name == "attributes" and all(line.strip() in shown for line in text.split("\n")):
            continue
        walk.add(Piece(where, text, section=name, is_hidden=True, origin=origin))
    _add_inner(reader, where, walk, section, depth)


def _add_inner(reader: _Reader, where: str, walk: Walk, section: str, depth: int) -> None:
    """Pages and files that stand in attributes."""
    if len(section) < _INNER_MAX * len(_INNER):
        for page in reader.pages:
            add_page(page, where, walk, section + _INNER, depth)
    for name, octets in reader.files:
        walk.spend(len(octets))
        is_picture = file_type(name, octets) is FileType.PICTURE
        if not is_picture or may_show_a_list(octets):
            shown = name or (_IMAGE if is_picture else UNNAMED)
            within = where.removesuffix("body").removesuffix("!")
            walk.file(name, octets, inner(within, shown) if within else f"attachment:{shown}", depth + 1)


class _Sink:
    """Text under construction with the source offset of each character."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.origin = array("I")
        self.last = "\n"

    def __bool__(self) -> bool:
        return bool(self.parts)

    def words(self, text: str, origin: array[int], *, keep: bool = False) -> None:
        """Text; runs of blanks become one, unless ``keep``."""
        if keep:
            self._put(text, origin)
            return
        position = 0
        for blank in _BLANKS.finditer(text):
            self._put(text[position : blank.start()], origin[position : blank.start()])
            if self.last not in " \n\t":
                self._put(" ", origin[blank.start() : blank.start() + 1])
            position = blank.end()
        self._put(text[position:], origin[position:])

    def line(self, at: int) -> None:
        """Begin a new line, unless one has just begun."""
        if self.last != "\n":
            self._put("\n", array("I", (at,)))

    def tab(self, at: int) -> None:
        """Begin a new cell."""
        self._put("\t", array("I", (at,)))

    def take(self, other: _Sink) -> None:
        """All of another one's text."""
        if other.parts:
            self.parts += other.parts
            self.origin.extend(other.origin)
            self.last = other.last

    def result(self) -> tuple[str, array[int]]:
        """The text and its offsets."""
        return "".join(self.parts), self.origin

    def on_one_line(self) -> _Sink:
        """The same with blanks for line ends, none at the ends."""
        text, origin = self.result()
        flat = _Sink()
        flat.last = " "
        flat.words(text, origin)
        if flat.last == " " and flat.parts:
            flat.parts.pop()
            flat.origin.pop()
        return flat

    def _put(self, text: str, origin: array[int]) -> None:
        if text:
            self.parts.append(text)
            self.origin.extend(origin)
            self.last = text[-1]


_NOTHING = _Sink()
"""The cell that another one reaches over. Never written to."""


@dataclass
class _Table:
    rows: list[list[tuple[_Sink, bool]]] = field(default_factory=list)
    outer: _Sink = field(default_factory=_Sink)
    has_table: bool = False
    spans: dict[int, int] = field(default_factory=dict)


class _Reader:
    """Takes the tokens of one page in order."""

    def __init__(self, source: str) -> None:
        self.shown = _Sink()
        self.hidden = _Sink()
        self.attributes = _Sink()
        self.remarks = _Sink()
        self.programs = _Sink()
        self.pages: list[str] = []
        self.files: list[tuple[str, bytes]] = []
        self.tables: list[_Sink] = []
        self._sink = self.shown
        self._styles = Styles()
        self._open: list[tuple[str, Look]] = []
        self._look = Look()
        self._nested: list[_Table | None] = []
        self._in_title = False
        self._is_first_hidden = False
        self._pre = 0
        self._end = max(0, len(source) - 1)

    def take(self, token: Token) -> None:
        """One more token."""
        match token.kind:
            case TokenKind.TEXT:
                self._text(token)
            case TokenKind.OPEN:
                self._opened(token)
            case TokenKind.CLOSE:
                self._closed(token.name, token.start)
            case TokenKind.STYLE:
                self._styles.learn(token.text)
                self._say(self.programs, strings_of_style(token.text), token.start)
            case TokenKind.SCRIPT:
                self._say(self.programs, strings_of_script(token.text), token.start)
            case TokenKind.REMARK:
                text, origin = unescaped(token.text, token.text_start)
                self.remarks.line(token.start)
                self.remarks.words(text, origin)

    def is_preview(self, hidden: str) -> bool:
        """Whether the hidden text is the line that programs show beside the subject: short, before all else."""
        return self._is_first_hidden and len(hidden.strip()) <= PREVIEW_MAX and "\n" not in hidden.strip()

    def finish(self) -> None:
        """No more tokens: what is open is closed."""
        while self._nested:
            self._end_table(self._end)

    def _text(self, token: Token) -> None:
        text, origin = unescaped(token.text, token.text_start)
        sink = self.hidden if self._look.is_hidden else self.attributes if self._in_title else self._sink
        if sink is self.hidden and not self.hidden and text.strip():
            self._is_first_hidden = not self.shown and not self._nested_text()
        sink.words(text, origin, keep=self._pre > 0)

    def _opened(self, token: Token) -> None:
        name = token.name
        attributes = attributes_of(token.text) if " " in token.text or "\n" in token.text or "/" in token.text else {}
        if attributes:
            self._show_attributes(name, attributes, token)
        self._close_implied(name, token.start)
        before = self._look
        look = self._styles.look(name, attributes, before)
        if look.is_hidden and not before.is_hidden:
            self.hidden.line(token.start)
        table = self._nested[-1] if self._nested else None
        if name == "table":
            self._begin_table(token.start, look)
        elif name == "tr" and table is not None and not look.is_hidden:
            table.rows.append([])
        elif name in _CELLS and table is not None:
            self._begin_cell(table, name, attributes, look, token.start)
        elif name in _CELLS or name in _BLOCKS:
            self._break(token.start, name, is_hidden=look.is_hidden)
        if name == "title":
            self._in_title = True
            self.attributes.line(token.start)
        if name == "pre" or name == "textarea":
            self._pre += 1
        if look.is_reversed and not before.is_reversed:
            self._sink.words("\u202e", array("I", [token.start]))
        if name == "input" and attributes.get("type", "text").lower() in _TYPED and not look.is_hidden:
            self._say_inline(attributes.get("value", ""), token.start)
        if name not in _VOID and not token.is_closed and len(self._open) < _OPEN_MAX:
            self._open.append((name, look))
            self._look = look

    def _closed(self, name: str, at: int) -> None:
        if name == "table" and self._nested:
            self._end_table(at)
        elif name in _BLOCKS:
            self._break(at, name, is_hidden=self._look.is_hidden)
        if name in ("title", "head"):
            self._in_title = False
        if name in ("pre", "textarea"):
            self._pre = max(0, self._pre - 1)
        for back in range(len(self._open) - 1, max(-1, len(self._open) - 60), -1):
            if self._open[back][0] == name:
                was = self._look
                del self._open[back:]
                self._look = self._open[-1][1] if self._open else Look()
                if was.is_hidden and not self._look.is_hidden:
                    self.hidden.line(at)
                if was.is_reversed and not self._look.is_reversed:
                    self._sink.words("\u202c", array("I", [at]))
                break

    def _close_implied(self, name: str, at: int) -> None:
        """HTML lets the end tags of these be left out; what they hide ends there too."""
        if not self._open:
            return
        if name in _CLOSED_BY_SELF and self._open[-1][0] == name:
            self._closed(name, at)
        elif name in _CELLS or name == "tr":
            inner = ("td", "th") if name in _CELLS else ("td", "th", "tr")
            for back in range(len(self._open) - 1, max(-1, len(self._open) - 30), -1):
                tag = self._open[back][0]
                if tag == "table":
                    break
                if tag in inner:
                    del self._open[back:]
                    self._look = self._open[-1][1] if self._open else Look()

    def _break(self, at: int, name: str, *, is_hidden: bool) -> None:
        sink = self.hidden if is_hidden else self._sink
        if name == "tr" or name not in _CELLS:
            sink.line(at)
        elif sink.last not in "\n\t":
            sink.tab(at)

    def _nested_text(self) -> bool:
        """Whether a cell of an open table holds text."""
        return any(cell for table in self._nested if table for row in table.rows for cell, _ in row)

    # -- tables

    def _begin_table(self, at: int, look: Look) -> None:
        self._break(at, "table", is_hidden=look.is_hidden)
        if look.is_hidden or len(self._nested) >= _TABLES_MAX:
            self._nested.append(None)
            return
        for table in self._nested:
            if table is not None:
                table.has_table = True
        self._nested.append(_Table(outer=self._sink))

    def _begin_cell(self, table: _Table, name: str, attributes: dict[str, str], look: Look, at: int) -> None:
        if look.is_hidden:
            if self.hidden.last != "\n":
                self.hidden.tab(at)
            return
        if not table.rows:
            table.rows.append([])
        row = table.rows[-1]
        while table.spans.get(len(row), 0) > 0:
            # A cell above reaches down here.
            table.spans[len(row)] -= 1
            row.append((_NOTHING, False))
        columns = _span(attributes.get("colspan", "")) if len(row) < _SPAN_MAX else 1
        rows = _span(attributes.get("rowspan", ""))
        cell = _Sink()
        for column in range(columns):
            if rows > 1 and len(row) < _SPAN_MAX:
                table.spans[len(row)] = rows - 1
            row.append((cell if column == 0 else _NOTHING, name == "th"))
        self._sink = cell

    def _end_table(self, at: int) -> None:
        table = self._nested.pop()
        if table is None:
            self.hidden.line(at)
            return
        self._sink = table.outer
        rows = [row for row in table.rows if any(cell for cell, _ in row)]
        is_grid = not table.has_table and _is_grid(rows)
        if is_grid and _is_data(rows):
            sink = _Sink()
            self.tables.append(sink)
        else:
            sink = self._sink
        sink.line(at)
        for row in rows:
            for column, (cell, _) in enumerate(row):
                if is_grid:
                    if column:
                        sink.tab(at)
                    sink.take(cell.on_one_line())
                else:
                    sink.line(at)
                    sink.take(cell)
            if not is_grid or sink.last != "\n":
                sink.line(at)
        self._sink.line(at)

    # -- attributes

    def _show_attributes(self, name: str, attributes: dict[str, str], token: Token) -> None:
        shown = [attributes[key] for key in _MEANT_TO_SHOW if attributes.get(key, "").strip()]
        if name == "input" and attributes.get("type", "text").lower() in _TYPED:
            shown = [attributes[key] for key in _MEANT_TO_SHOW[:-1] if attributes.get(key, "").strip()]
        if name == "meta" and attributes.get("name", "").lower() not in _META:
            shown = []
        target = attributes.get("href", "").strip()
        if target[:7].lower() == "mailto:" or target[:4].lower() == "tel:":
            shown.append(_target_text(target))
        elif target[:4].lower() == "http" and (words := words_of_query(target)):
            shown.append(words)
        for text in shown:
            self._say(self.attributes, text, token.start)
        if attributes.get("srcdoc"):
            self.pages.append(attributes["srcdoc"])
        addresses = [attributes.get(key, "") for key in _ADDRESSES]
        if "data:" in (style := attributes.get("style", "")):
            addresses += _DATA_IN_STYLE.findall(style)
        for address in addresses:
            octets = data_of(address.strip())
            if octets:
                self.files.append((attributes.get("download", ""), octets))

    def _say_inline(self, text: str, at: int) -> None:
        """What is filled into a field stands in the line, behind its label."""
        if text.strip():
            shown = f" {text.strip()} "
            self._sink.words(shown, array("I", [at]) * len(shown))

    def _say(self, sink: _Sink, text: str, at: int) -> None:
        """Text that stands at one place of the source."""
        if text:
            sink.line(at)
            sink.words(text, array("I", [at]) * len(text), keep=True)


def _target_text(target: str) -> str:
    words = target.partition(":")[2]
    address, _, fields = words.partition("?")
    return " ".join([unquote_plus(address.replace("+", "%2B")), *(unquote_plus(one) for one in fields.split("&"))])


def _span(said: str) -> int:
    digits = re.match(r"\s*(\d{1,4})", said)
    return min(_SPAN_MAX, max(1, int(digits[1]))) if digits else 1


def _is_grid(rows: list[list[tuple[_Sink, bool]]]) -> bool:
    """Rows of short cells, not a frame around the page."""
    if not rows or max(len(row) for row in rows) < 2:
        return False
    cells = [cell for row in rows for cell, _ in row if cell]
    long = sum(1 for cell in cells if len(cell.origin) > _SHORT)
    return long * 5 <= len(cells)


def _is_data(rows: list[list[tuple[_Sink, bool]]]) -> bool:
    """A list of records: three columns, or two below headings."""
    if len(rows) < 2:
        return False
    widths = sorted(len(row) for row in rows)
    middle = widths[len(widths) // 2]
    if middle >= 3:
        return True
    return middle == 2 and len(rows) >= 3 and all(is_heading for _, is_heading in rows[0]) and len(rows[0]) == 2
