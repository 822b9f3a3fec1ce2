"""A mail's HTML as a fragment that shows the same and does nothing: for a page that opens without a network.

Guarantees: no script, form, frame, remote picture, style sheet or font; nothing is asked of anybody when the page is
opened. Links of the web, of mail and of telephones stay links. Text that anything dropped would have shown stays as
text: fields that were filled in, what an object or a frame shows in its stead, the words for a picture. Never raises.

What a mail hides stays hidden. Known limit: drawings written into the page (SVG, MathML) are dropped with their words,
as mail programs drop them. The reading is that of browsers (nh3 stands on html5ever); a page that would cost it
too much (elements deep inside of each other, letters' styles never closed) becomes its bare text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser

import nh3

from mailguard.transform.page_text import text_of
from mailguard.transform.styles import clean_declarations, clean_sheet

Embed = Callable[[str], str | None]
"""The ``data:`` address for what an ``img`` asks for; None: nothing."""

_COMMON = {"style", "class", "align", "valign", "bgcolor", "width", "height", "dir", "lang", "title"}
_ATTRIBUTES = {
    "*": _COMMON,
    "a": {"href"},
    "img": {"src", "alt", "border", "hspace", "vspace"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing", "rules", "frame", "bordercolor"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "hr": {"size", "color", "noshade"},
    "br": {"clear"},
}
_TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | {"address", "big", "font", "main", "section", "tfoot"}
_GONE = {"script", "style", "title", "template"}
"""Elements that go with what is in them: nobody sees it."""

_LINKS = ("http://", "https://", "mailto:", "tel:")
_SCHEMES = {"http", "https", "mailto", "tel", "cid", "data"}
_INPUT = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_TYPED = ("", "text", "tel", "email", "number", "date", "search", "url")
_BODY = re.compile(r"<body\b[^<>]*>", re.IGNORECASE)
_BODY_HEAD_MAX = 256 * 1024
_COLOUR = re.compile(r"#?\w{1,30}")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*>")
_LETTERS = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)  # fmt: skip
"""Elements that browsers open again in every block that follows while they are not closed (HTML, 13.2.4.3)."""

_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "base", "area", "param", "source"})
_DEPTH_MAX = 2000
_REOPENED_MAX = 3_000_000
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^<>]{0,1000}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CleanPage:
    """``fragment``: HTML for inside of an element. ``sheet``: its rules, for that element alone. ``style``: how the
    element itself looks, as the page's body did.
    """

    fragment: str
    sheet: str = ""
    style: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether it shows neither words nor pictures."""
        return not self.text.strip() and 'src="data:' not in self.fragment

    @property
    def text(self) -> str:
        """What a reader sees of it, as one would type it."""
        return text_of(self.fragment)


def clean_page(source: str, embed: Embed, scope: str) -> CleanPage:
    """The page for inside of the element that the selector ``scope`` names."""
    # Halves of characters cannot be written.
    source = source.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    if _is_costly(source):
        bare = html.unescape(_TAG.sub("", _BREAK.sub("\n", source)))
        return CleanPage(f'<div style="white-space: pre-wrap">{html.escape(bare)}</div>')

    def filtered(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return clean_declarations(value) or None
        if attribute == "src":
            return embed(value) if tag == "img" else None
        if attribute == "href":
            return value if value.strip().lower().startswith(_LINKS) else None
        return value

    fragment = nh3.clean(
        _INPUT.sub(_typed, source),
        tags=set(_TAGS),
        clean_content_tags=set(_GONE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=filtered,
        url_schemes=set(_SCHEMES),
    )
    sheet = "\n".join(clean_sheet(one, scope) for one in _sheets(source))
    return CleanPage(fragment, sheet, _body_style(source))


def _is_costly(source: str) -> bool:
    """Whether the reading of browsers would cost more than the page is worth: its cost grows with the elements that
    are open, and with letters' styles that each block opens again.
    """
    opened: dict[str, int] = {}
    depth = letters = reopened = 0
    for found in _TAG.finditer(source):
        name = found[2].lower()
        if name in _VOID:
            continue
        if not found[1]:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
            letters += name in _LETTERS
        elif opened.get(name, 0):
            opened[name] -= 1
            depth -= 1
            letters -= name in _LETTERS
        reopened += letters
        if name in ("p", "li", "td", "tr", "th", "option", "dd", "dt"):
            # Their end tags may be left out; the next one closes the last.
            depth -= opened[name] - 50 if opened.get(name, 0) > 50 else 0
            opened[name] = min(opened.get(name, 0), 50)
        if depth > _DEPTH_MAX or reopened > _REOPENED_MAX:
            return True
    return False


def _typed(found: re.Match[str]) -> str:
    """What is filled into a field, in its place."""
    attributes = _attributes(found[0])
    value = attributes.get("value", "")
    return f"<span>{html.escape(value)}</span>" if attributes.get("type", "").lower() in _TYPED else ""


def _sheets(source: str) -> list[str]:
    """The style sheets that stand in the page."""
    lowered = source.lower()
    if len(lowered) != len(source):
        lowered = source  # A letter that grows in lower case; sheets in capitals are lost then.
    found: list[str] = []
    position = 0
    while (start := lowered.find("<style", position)) >= 0:
        begin = lowered.find(">", start)
        if begin < 0:
            break
        end = lowered.find("</style", begin)
        end = len(source) if end < 0 else end
        found.append(source[begin + 1 : end])
        position = end
    return found


def _body_style(source: str) -> str:
    """How the page's body looks: without it, light letters on a dark ground would be light on white."""
    found = _BODY.search(source[:_BODY_HEAD_MAX])
    if found is None:
        return ""
    attributes = _attributes(found[0])
    kept = [
        f"{name}: {attributes[attribute]}"
        for attribute, name in (("bgcolor", "background-color"), ("text", "color"))
        if _COLOUR.fullmatch(attributes.get(attribute, ""))
    ]
    declared = clean_declarations(attributes.get("style", ""))
    return "; ".join([*kept, declared] if declared else kept)


def _attributes(tag: str) -> dict[str, str]:
    reader = _AttributeReader()
    reader.feed(tag)
    return reader.found


class _AttributeReader(HTMLParser):
    """Takes the attributes of the first tag."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The tag."""
        for name, value in attrs:
            self.found.setdefault(name, value or "")
