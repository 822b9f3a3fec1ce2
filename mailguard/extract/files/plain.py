"""Files that are text: each reading of their charset as pieces.

Where a declared charset and the likely one make different texts, both are read (detection.md: union of findings).
"""

from __future__ import annotations

import re

from mailguard.extract.file_names import inner
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.files.cards import add_calendar, add_cards
from mailguard.extract.files.delimited import add_table
from mailguard.extract.files.records import add_json, add_xml
from mailguard.extract.page import add_page, declared_charset
from mailguard.extract.page_strings import unescaped_string
from mailguard.extract.transfer import base64_blocks
from mailguard.extract.walk import File, Walk
from mailguard.mime.japanese import read_as_declared
from mailguard.model.contents import Obstacle, Piece, Sign

PGP_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
"""Armour of something encrypted (RFC 9580 §6.2)."""

_ESCAPES = re.compile(r"\\u[0-9A-Fa-f]{4}")
_ESCAPES_MIN = 4
"""Letters written as JavaScript, JSON and logs write them, from which a text is read without the escapes as well."""

_XML_CHARSET = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")


def read(file: File, walk: Walk) -> None:
    """A text file of any of these types."""
    walk.spend(len(file.octets))
    kind = file_type(file.name, file.octets)
    declared = ""
    if kind is FileType.HTML:
        declared = declared_charset(file.octets)
    elif kind is FileType.XML and (found := _XML_CHARSET.search(file.octets[:512])):
        declared = found[1].decode("ascii")
    readings, is_lie = read_as_declared(file.octets, declared)
    if is_lie and not declared.lower().startswith("utf-16"):
        walk.raise_sign(Sign.AMBIGUOUS)
    for text in readings:
        add_text(kind, text.removeprefix("\ufeff"), file.where, walk, file.depth)
    if kind is FileType.TEXT:
        for block in base64_blocks(file.octets):
            walk.spend(len(block))
            walk.file("", block, inner(file.where, ""), file.depth + 1)


def add_text(kind: FileType, text: str, where: str, walk: Walk, depth: int) -> None:
    """A text of a known type as pieces at ``where``. What it cannot be read as it is read as prose."""
    if kind is FileType.HTML:
        add_page(text, where, walk, depth=depth)
    elif kind is FileType.CALENDAR:
        add_calendar(text, where, walk, depth)
    elif kind is FileType.CARD:
        add_cards(text, where, walk, depth)
    elif kind is FileType.XML:
        add_xml(text, where, walk)
    elif (kind is FileType.JSON and add_json(text, where, walk)) or (
        kind is FileType.TABLE and add_table(text, where, walk)
    ):
        return
    else:
        walk.add(Piece(where, text))
        if len(_ESCAPES.findall(text, 0, 1_000_000)) >= _ESCAPES_MIN:
            walk.add(Piece(where, unescaped_string(text), section="escapes"))
        if PGP_MESSAGE.search(text):
            walk.cannot(where, Obstacle.ENCRYPTED)
