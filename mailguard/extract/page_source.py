"""The source of an HTML page as tokens, with their offsets. Linear time, whatever is left open."""

from __future__ import annotations

import html
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto


class TokenKind(Enum):
    """``STYLE``: a style sheet. ``SCRIPT``: a program. ``REMARK``: a comment."""

    TEXT = auto()
    OPEN = auto()
    CLOSE = auto()
    STYLE = auto()
    SCRIPT = auto()
    REMARK = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """``text``: of a tag what stands between its brackets; ``text_start``: where that begins in the source."""

    kind: TokenKind
    text: str
    start: int
    text_start: int
    name: str = ""
    is_closed: bool = False


_OPENING = re.compile(r"<[A-Za-z/!?]")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:_-]{0,60}")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]{1,200})(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,20}|#[xX][0-9a-fA-F]{1,20}|[A-Za-z][A-Za-z0-9]{1,31});?")
_CONDITION = re.compile(r"^\[if\b[^\]]{0,100}\]>?(?:<!)?|<!\[endif\]$", re.IGNORECASE)
_NO_REMARK = re.compile(r"\s*(?:doctype|element|entity|attlist|xml|\[if|\[endif)", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SETTINGS = re.compile(r"<(xml|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_RAW = ("style", "script")
_QUOTED_TAG_MAX = 20
"""Closing brackets that may stand inside of a quoted attribute."""


def tokens_of(source: str) -> Iterator[Token]:
    """The tokens in order. Text between is never lost."""
    position, length = 0, len(source)
    lowered = source.lower() if "<" in source else ""
    if len(lowered) != length:
        lowered = source  # a letter that grows when made small
    lost: set[str] = set()
    while position < length:
        opening = _OPENING.search(source, position)
        if opening is None:
            yield Token(TokenKind.TEXT, source[position:], position, position)
            return
        at = opening.start()
        if at > position:
            yield Token(TokenKind.TEXT, source[position:at], position, position)
        after = source[at + 1 : at + 2]
        if after == "!" or after == "?":
            token, position = _declaration(source, at, lost)
            if token is not None:
                yield token
            continue
        is_end = after == "/"
        name = _NAME.match(source, at + 1 + is_end)
        if name is None:
            yield Token(TokenKind.TEXT, "<", at, at)
            position = at + 1
            continue
        stop = _tag_end(source, at, lost)
        if stop < 0:
            yield Token(TokenKind.TEXT, source[at:], at, at)
            return
        inner = source[name.end() : stop]
        tag = name[0].lower()
        position = stop + 1
        if is_end:
            yield Token(TokenKind.CLOSE, inner, at, name.end(), tag)
            continue
        yield Token(TokenKind.OPEN, inner, at, name.end(), tag, inner.endswith("/"))
        if tag in _RAW and tag not in lost:
            end = lowered.find(f"</{tag}", position)
            if end < 0:
                # Not closed: what follows is taken as text, so that nothing is missed.
                lost.add(tag)
            else:
                kind = TokenKind.STYLE if tag == "style" else TokenKind.SCRIPT
                yield Token(kind, source[position:end], position, position)
                position = end


def _declaration(source: str, at: int, lost: set[str]) -> tuple[Token | None, int]:
    """A comment, or something in pointed brackets that shows nothing."""
    if source.startswith("<!--", at) and "-->" not in lost:
        # "<!-->" and "<!--->" are whole comments (HTML, 13.2.5.44).
        for short in ("<!-->", "<!--->"):
            if source.startswith(short, at):
                return None, at + len(short)
        stop = source.find("-->", at + 4)
        if stop >= 0:
            text = source[at + 4 : stop]
            plain = _TAG.sub(" ", _without_settings(_CONDITION.sub("", text)))
            return Token(TokenKind.REMARK, plain, at, at), stop + 3
        lost.add("-->")
    stop = source.find(">", at)
    if stop < 0:
        return Token(TokenKind.TEXT, source[at:], at, at), len(source)
    if source.startswith("<!--", at):
        return None, at + 4
    inner = source[at + 2 : stop]
    if _NO_REMARK.match(inner):
        return None, stop + 1
    # HTML takes whatever else begins like this for a comment (13.2.5.42).
    return Token(TokenKind.REMARK, inner.removeprefix("[CDATA[").removesuffix("]]"), at, at), stop + 1


def _without_settings(text: str) -> str:
    """A remark without Office's settings; nobody is shown them."""
    if "<xml" not in text and "<style" not in text:
        return text
    return _SETTINGS.sub(" ", text) if text.count("<xml") + text.count("<style") < 20 else text


def _tag_end(source: str, at: int, lost: set[str]) -> int:
    """Where the tag's ``>`` is, one inside a quoted value left out; -1 where there is none."""
    if ">" in lost:
        return -1
    stop = source.find(">", at)
    if stop < 0:
        lost.add(">")
        return -1
    first = stop
    for _ in range(_QUOTED_TAG_MAX):
        inner = source[at:stop]
        if inner.count('"') % 2 == 0 and (inner.count("'") % 2 == 0 or '"' in inner):
            return stop
        further = source.find(">", stop + 1, at + 65_536)
        between = source[stop:further]
        if further < 0 or ("<" in between and '"' not in between and "'" not in between):
            break
        stop = further
    return first


def attributes_of(inner: str) -> dict[str, str]:
    """The attributes of a tag by their small name, entities resolved; the first of a name counts (HTML, 13.2.5.33)."""
    found: dict[str, str] = {}
    for one in _ATTRIBUTE.finditer(inner):
        value = one[2] or one[3] or one[4] or ""
        found.setdefault(one[1].lower(), html.unescape(value) if "&" in value else value)
    return found


def unescaped(text: str, start: int) -> tuple[str, array[int]]:
    """Text with its entities resolved, and the source offset of each character."""
    if "&" not in text:
        return text, array("I", range(start, start + len(text)))
    parts: list[str] = []
    origin = array("I")
    position = 0
    for entity in _ENTITY.finditer(text):
        shown = html.unescape(entity[0])
        if shown == entity[0]:
            continue
        begin = entity.start()
        parts.append(text[position:begin])
        origin.extend(range(start + position, start + begin))
        parts.append(shown)
        origin.extend([start + begin] * len(shown))
        position = entity.end()
    parts.append(text[position:])
    origin.extend(range(start + position, start + len(text)))
    return "".join(parts), origin
