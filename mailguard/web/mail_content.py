"""What stands in a mail, for reading: its text, its page, its header, its files. Pure; nothing is run or fetched.

The page is cleaned by nh3 and shown under a policy that loads nothing (``FRAME_POLICY``): what the cleaning left, such
as a picture elsewhere, the policy stops.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import nh3

from mailguard.extract.html import HISTORY_MARK, text_of_html
from mailguard.mime.message import Message, Part
from mailguard.mime.surgery import NoSuchPart, part_at
from mailguard.model.extract import PartPath

FRAME_POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
TEXT_MAX = 512 * 1024
"""Octets of a text that are shown; what is longer is a file."""
FIELDS_MAX = 500
_NAME_MAX = 150
_UNSAFE = frozenset('/\\:*?"<>|')
_PICTURE = frozenset({"src", "alt", "width", "height"})


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field of the header, its words decoded."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail's text as it is read. ``has_page``: it has an HTML body as well, or only that."""

    text: str
    has_page: bool
    is_cut: bool


def reading_of(octets: bytes) -> Reading:
    """The mail's own text: the plain one, else what its page says."""
    message = Message(octets)
    plain = [one for one in _bodies(message) if one.content_type == "text/plain"]
    pages = [one for one in _bodies(message) if one.content_type == "text/html"]
    texts = [message.text(one, TEXT_MAX) for one in plain]
    if not "".join(texts).strip():
        texts = [text_of_html(message.text(one, TEXT_MAX)).replace(HISTORY_MARK, "\n") for one in pages]
    is_cut = any(one.end - one.start > TEXT_MAX for one in (*plain, *pages))
    return Reading("\n\n".join(texts).replace("\r\n", "\n"), bool(pages), is_cut)


def page_of(octets: bytes) -> str:
    """The HTML body, cleaned, as a page of its own; "" where there is none."""
    message = Message(octets)
    pages = [message.text(one, TEXT_MAX) for one in _bodies(message) if one.content_type == "text/html"]
    if not pages:
        return ""
    cleaned = "\n<hr>\n".join(nh3.clean(one, link_rel="noopener noreferrer", attributes=_attributes()) for one in pages)
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>-</title></head><body>{cleaned}</body></html>'


def fields_of_mail(octets: bytes) -> tuple[ShownField, ...]:
    """The header as it came, field by field."""
    return tuple(ShownField(one.name, one.text) for one in Message(octets).fields[:FIELDS_MAX])


def file_at(octets: bytes, path: PartPath) -> tuple[str, bytes] | None:
    """Name and octets of a file; None where there is none at the path."""
    message = Message(octets)
    try:
        part = part_at(message, path)
    except NoSuchPart:
        return None
    if part.content_type.startswith("multipart/"):
        return None
    return safe_name(part.name), message.octets[part.start : part.end] if part.children else message.decoded(part)


def safe_name(name: str) -> str:
    """A name for saving a file by, without folders, controls and signs that turn it around; never empty."""
    plain = unicodedata.normalize("NFC", name)
    kept = "".join("_" if one in _UNSAFE or unicodedata.category(one)[0] == "C" else one for one in plain)
    kept = kept.strip(" .")
    if len(kept) > _NAME_MAX:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: _NAME_MAX - 16]}.{ending[:15]}" if dot else kept[:_NAME_MAX]
    return kept or "file"


def _bodies(message: Message) -> Iterator[Part]:
    """The texts that are read as the mail itself, not as a file or as another mail inside it."""
    waiting = [message.root]
    while waiting:
        part = waiting.pop(0)
        if part.is_attachment:
            continue
        if part.content_type.startswith("multipart/"):
            waiting[:0] = part.children
        elif part.content_type in ("text/plain", "text/html"):
            yield part


def _attributes() -> dict[str, set[str]]:
    allowed = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    allowed["img"] = set(_PICTURE)
    return allowed
