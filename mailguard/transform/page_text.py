"""The text of a page that ``mailguard.transform.page`` has cleaned, as one would type it into a mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
        "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "menu",
        "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
    }
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "table"})
"""Blocks with an empty line around them, as browsers set them."""
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_LISTS = frozenset({"ol", "ul", "menu", "dir"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_DATA = re.compile(r' src="data:[^"]*"')
_EMPTY_LINES = re.compile(r"\n{4,}")


def text_of(page: str) -> str:
    """What a reader of the page sees: a line for each block, cells with tabs between, addresses behind their links.

    What an attribute hides is left out, as it is hidden in the page.
    """
    reader = _Reader()
    reader.feed(_DATA.sub("", page))
    reader.close()
    lines = (line.rstrip(" \t\u00a0") for line in "".join(reader.pieces).replace("\u00a0", " ").split("\n"))
    return _EMPTY_LINES.sub("\n\n\n", "\n".join(lines)).strip("\n")


@dataclass
class _Link:
    href: str
    words: list[str] = field(default_factory=list)


@dataclass
class _Table:
    """Where in a table the reader is: before the first cell of a row, before the first words of a cell."""

    has_row: bool = False
    is_row_new: bool = True
    is_cell_new: bool = False


class _Reader(HTMLParser):
    """Takes well-formed elements in order: cleaning has closed all that was open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._tail = "\n\n"
        self._break = ""
        self._hidden = 0
        self._pre = 0
        self._links: list[_Link] = []
        self._lists: list[int | None] = []
        self._tables: list[_Table] = []
        self._is_item_new = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        attributes = dict(attrs)
        if tag not in _VOID and (self._hidden or _HIDDEN.search(attributes.get("style") or "")):
            self._hidden += 1
        if self._hidden:
            return
        if tag in _BLOCKS:
            self._block(tag)
        if tag in ("td", "th"):
            self._cell()
        elif tag == "br":
            self._put("\n")
        elif tag == "hr":
            self._put("-" * 40)
            self._block(tag)
        elif tag == "img":
            self._put((attributes.get("alt") or "").strip())
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            self._links.append(_Link(attributes.get("href") or ""))
        elif tag == "table":
            self._tables.append(_Table())
        elif tag in _LISTS:
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._put(self._mark())
            self._is_item_new = True

    def handle_endtag(self, tag: str) -> None:
        """An element ends."""
        if tag in _VOID:
            return
        if self._hidden:
            self._hidden -= 1
            return
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag == "a" and self._links:
            link = self._links.pop()
            words = "".join(link.words)
            if link.href and link.href.removeprefix("mailto:").removeprefix("tel:").rstrip("/") not in words:
                self._put(f" <{link.href}>")
        elif tag == "table" and self._tables:
            self._tables.pop()
        elif tag in _LISTS and self._lists:
            self._lists.pop()
        if tag in _BLOCKS:
            self._block(tag)

    def handle_data(self, data: str) -> None:
        """Words."""
        if self._hidden:
            return
        words = data if self._pre else _BLANKS.sub(" ", data)
        if not self._pre and (self._break or self._tail[-1] in " \n\t"):
            words = words.removeprefix(" ")
        self._put(words)
        if self._links:
            self._links[-1].words.append(words)

    def _mark(self) -> str:
        """What stands before an item of a list."""
        number = self._lists[-1] if self._lists else None
        if number is None:
            return "\u30fb"
        self._lists[-1] = number + 1
        return f"{number + 1}. "

    def _block(self, tag: str) -> None:
        """What comes next begins a line; not where a cell has just begun, which keeps a row on its line."""
        if self._is_item_new:
            return
        table = self._tables[-1] if self._tables else None
        if tag == "tr":
            if table is None or table.has_row or not self._break:
                self._break = "\n"
            if table is not None:
                table.has_row, table.is_row_new, table.is_cell_new = True, True, False
        elif table is None or not table.is_cell_new:
            self._break = "\n\n" if tag in _SPACED or self._break == "\n\n" else "\n"

    def _cell(self) -> None:
        if not self._tables:
            return
        table = self._tables[-1]
        if not table.is_row_new:
            is_tabs = bool(self._break) and not self._break.strip("\t")
            self._break = self._break + "\t" if is_tabs else "\t"
        table.is_row_new, table.is_cell_new = False, True

    def _put(self, text: str) -> None:
        if not text:
            return
        self._is_item_new = False
        for table in self._tables:
            table.is_cell_new = False
        if self._break.startswith("\t"):
            self._add(self._break)
        elif self._break == "\n\n":
            self._add("\n" * (2 - min(2, len(self._tail) - len(self._tail.rstrip("\n")))))
        elif self._break and not self._tail.endswith("\n"):
            self._add("\n")
        self._break = ""
        self._add(text)

    def _add(self, text: str) -> None:
        if text:
            self.pieces.append(text)
            self._tail = (self._tail + text)[-2:]
