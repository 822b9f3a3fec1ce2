"""The texts of a mail itself: plain, flowed, HTML, enriched, calendar, cards, reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailguard.extract.file_types import FileType
from mailguard.extract.files.cards import add_calendar, add_cards
from mailguard.extract.files.delimited import add_table
from mailguard.extract.files.plain import PGP_MESSAGE
from mailguard.extract.files.records import add_xml
from mailguard.extract.page import add_page, declared_charset
from mailguard.extract.walk import Walk
from mailguard.mime.flowed import unflowed
from mailguard.mime.japanese import read_as_declared
from mailguard.model.contents import Obstacle, Piece, Sign

_ENRICHED = re.compile(r"<(?:/?[A-Za-z-]{1,60})>|<<")
_CALENDARS = ("text/calendar", "text/x-vcalendar")
_CARDS = ("text/vcard", "text/x-vcard", "text/directory")
_ENRICHEDS = ("text/enriched", "text/richtext")
_REPORTS = ("message/delivery-status", "message/disposition-notification", "text/rfc822-headers")


@dataclass(frozen=True, slots=True)
class BodyText:
    """One text of a mail. ``charsets``: those declared, all of them if several are."""

    content_type: str
    parameters: dict[str, str]
    charsets: tuple[str, ...]
    octets: bytes


def add_body(body: BodyText, kind: FileType, where: str, walk: Walk, depth: int) -> None:
    """All its readings as pieces at ``where``. ``kind``: what its octets look like."""
    charsets = body.charsets or ("",)
    if body.content_type == "text/html":
        own = declared_charset(body.octets)
        charsets = body.charsets or (own,)
    texts: dict[str, None] = {}
    for charset in charsets:
        readings, is_lie = read_as_declared(body.octets, charset)
        if is_lie:
            walk.raise_sign(Sign.AMBIGUOUS)
        texts.update(dict.fromkeys(readings))
    for text in texts:
        _add(body, text.removeprefix("\ufeff"), kind, where, walk, depth)


def _add(body: BodyText, text: str, kind: FileType, where: str, walk: Walk, depth: int) -> None:
    name = body.content_type
    if name == "text/html":
        add_page(text, where, walk, depth=depth)
        return
    if name in _ENRICHEDS:
        walk.add(Piece(where, unenriched(text)))
    elif name in _CALENDARS:
        add_calendar(text, where, walk, depth)
    elif name in _CARDS:
        add_cards(text, where, walk, depth)
    elif name in ("text/xml", "text/x-xml"):
        add_xml(text, where, walk)
    elif name in ("text/csv", "text/tab-separated-values") and add_table(text, where, walk):
        return
    elif name in _REPORTS:
        walk.add(Piece(where, text, section="report"))
    else:
        if body.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text, delete_space=body.parameters.get("delsp", "").lower() == "yes")
        walk.add(Piece(where, text))
        if kind is FileType.HTML and name == "text/plain" and not text.startswith("<?xml"):
            # Some programs go by the looks.
            walk.raise_sign(Sign.AMBIGUOUS)
            add_page(text, where, walk, depth=depth)
    if PGP_MESSAGE.search(text):
        walk.cannot(where, Obstacle.ENCRYPTED)


def unenriched(text: str) -> str:
    """Enriched text without its commands (RFC 1896); ``<<`` is a ``<``."""
    return _ENRICHED.sub(lambda found: "<" if found[0] == "<<" else "", text)
