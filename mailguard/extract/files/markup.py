"""XML inside of documents, read once from front to back with expat.

A reader gives functions by the local name of an element, because prefixes are up to the writer and the strict and the
transitional namespaces of OOXML share their local names. Declarations of entities are refused, so nothing expands and
nothing is fetched (XML 1.0 §4.2); a nesting deeper than any document has is refused too. What was read before a fault
stays read: ``walk_markup`` answers False then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from xml.parsers import expat

DEPTH_AT_MOST = 500
_NAMES_AT_MOST = 5_000
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}["']([A-Za-z0-9._-]{1,40})["']""")
_EXPATS_OWN = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "utf-16", "utf-16le", "utf-16be"})
_CODECS = {"shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "sjis": "cp932"}

Attributes = Mapping[str, str]
OnStart = Callable[[dict[str, str]], None]
OnEnd = Callable[[], None]


class _Refused(Exception):
    """The document declares entities or nests too deep."""


class _Starts(dict[str, "OnStart | None"]):
    """Functions by qualified name, found by the local name on first use. A bounded number is kept."""

    def __init__(self, by_local_name: Mapping[str, OnStart]) -> None:
        super().__init__()
        self._by_local_name = by_local_name

    def __missing__(self, name: str) -> OnStart | None:
        found = self._by_local_name.get(name.rpartition(":")[2])
        if len(self) < _NAMES_AT_MOST:
            self[name] = found
        return found


class _Ends(dict[str, "OnEnd | None"]):
    """The same for the ends of elements."""

    def __init__(self, by_local_name: Mapping[str, OnEnd]) -> None:
        super().__init__()
        self._by_local_name = by_local_name

    def __missing__(self, name: str) -> OnEnd | None:
        found = self._by_local_name.get(name.rpartition(":")[2])
        if len(self) < _NAMES_AT_MOST:
            self[name] = found
        return found


def attribute(attributes: Attributes, local_name: str) -> str | None:
    """The value of the attribute with this local name, None where there is none."""
    for name, value in attributes.items():
        if name == local_name or name.endswith(":" + local_name):
            return value
    return None


def walk_markup(
    chunks: Iterable[bytes],
    start: Mapping[str, OnStart],
    end: Mapping[str, OnEnd],
    text: Callable[[str], None] | None = None,
) -> bool:
    """Call the functions in the order of the document. True where it was well formed to its end.

    The functions may raise; what they raise goes through.
    """
    starts, ends = _Starts(start), _Ends(end)
    depth = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_AT_MOST:
            raise _Refused
        function = starts[name]
        if function is not None:
            function(attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        function = ends[name]
        if function is not None:
            function()

    parser = None
    try:
        for chunk in _readable(chunks):
            if parser is None:
                parser = _parser(chunk)
                parser.StartElementHandler = on_start
                parser.EndElementHandler = on_end
                if text is not None:
                    parser.CharacterDataHandler = text
            parser.Parse(chunk, False)
        if parser is None:
            return True
        parser.Parse(b"", True)
    except (expat.ExpatError, _Refused):
        return False
    return True


def _parser(first: bytes) -> expat.XMLParserType:
    is_utf16 = first[:2] in (b"\xff\xfe", b"\xfe\xff") or first[:4] in (b"<\0?\0", b"\0<\0?")
    declared = _DECLARED.match(first)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    # A declaration that was decoded away no longer holds; one of UTF-16 in front of single octets never did.
    overrule = "utf-16" if is_utf16 else name if name in ("iso-8859-1", "us-ascii") else "utf-8"
    parser = expat.ParserCreate(overrule)
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise _Refused


def _readable(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """The chunks in an encoding that expat reads."""
    stream = iter(chunks)
    first = next(stream, b"")
    if not first:
        return
    if first[:3] == b"\xef\xbb\xbf":
        first = first[3:]
    declared = _DECLARED.match(first)
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    if name in _EXPATS_OWN:
        yield first
        yield from _growing(stream)
        return
    octets = b"".join([first, *stream])
    try:
        yield octets.decode(_CODECS.get(name, name), "replace").encode()
    except (LookupError, UnicodeError):
        yield octets


def _growing(stream: Iterator[bytes]) -> Iterator[bytes]:
    """Larger and larger portions: expat before 2.6 reads an unfinished token anew with each (CVE-2023-52425)."""
    size = 0
    portions: list[bytes] = []
    enough = 1 << 17
    for chunk in stream:
        portions.append(chunk)
        size += len(chunk)
        if size >= enough:
            yield b"".join(portions)
            portions, size, enough = [], 0, min(enough * 2, 1 << 24)
    if portions:
        yield b"".join(portions)
