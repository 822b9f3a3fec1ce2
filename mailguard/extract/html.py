"""The text a reader of an HTML body sees, near enough for a sender's own words."""

from __future__ import annotations

import html
import re

_BREAK = re.compile(r"<(?:br|/?p|/div|/?li|/?tr|/?h[1-6]|/?table|hr|/?blockquote)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile(r"</?t[dh]\b[^<>]*>", re.IGNORECASE)
_HISTORY = re.compile(
    r"""<(?:blockquote\b[^<>]*|div[^<>]*(?:class=["']?gmail_quote|id=["']?(?:divRplyFwdMsg|appendonsend))[^<>]*)>""",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")
HISTORY_MARK = "\n\u0001\n"
"""Stands where a mail program marks the beginning of quoted history."""


def text_of_html(page: str) -> str:
    """The page's text, a line for each block; the beginning of quoted history is marked by ``HISTORY_MARK``."""
    page = page.replace("\u0001", "")
    # Each closing tag is looked for once at most, so an unclosed one costs a single look to the end.
    if (
        "<style" in page.lower()
        or "<!--" in page
        or "<head" in page.lower()
        or "<title" in page.lower()
        or "<script" in page.lower()
    ):
        page = _without_dropped(page)
    page = _HISTORY.sub(HISTORY_MARK, " ".join(page.split("\n")) if "<pre" not in page.lower() else page)
    page = _CELL.sub("\t", _BREAK.sub("\n", page))
    text = html.unescape(_TAG.sub("", page)).replace("\u00a0", " ")
    return "\n".join(" ".join(line.split()) if line != "\u0001" else line for line in text.split("\n"))


def _without_dropped(page: str) -> str:
    lowered = page.lower()
    kept: list[str] = []
    position = 0
    for begin, end in (
        ("<!--", "-->"),
        ("<style", "</style"),
        ("<script", "</script"),
        ("<head>", "</head"),
        ("<head ", "</head"),
        ("<title", "</title"),
    ):
        kept, position = [], 0
        while (start := lowered.find(begin, position)) >= 0:
            kept.append(page[position:start])
            stop = lowered.find(end, start)
            if stop < 0:
                # Not closed: what follows is kept, so that nothing a reader may see is missed.
                position = start + len(begin)
                break
            close = lowered.find(">", stop)
            position = len(page) if close < 0 else close + 1
        kept.append(page[position:])
        page = "".join(kept)
        lowered = page.lower()
    return page
