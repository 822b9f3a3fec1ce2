"""What Outlook's own forms of a mail have in common: a subject, a body in up to three forms, and files."""

from __future__ import annotations

from mailguard.extract.dispatch import read_as
from mailguard.extract.file_names import UNNAMED, inner
from mailguard.extract.file_types import FileType
from mailguard.extract.mapi import (
    ATTACH_LONG_NAME,
    ATTACH_NAME,
    BINARY,
    BODY,
    BODY_HTML,
    BODY_RTF,
    DISPLAY_NAME,
    INTERNET_CODEPAGE,
    MESSAGE_CODEPAGE,
    STRING8,
    SUBJECT,
    UNICODE,
    charset_of,
    rtf_of,
    text_of,
)
from mailguard.extract.page import add_page, declared_charset
from mailguard.extract.walk import Damaged, File, Walk
from mailguard.mime.japanese import readings_of
from mailguard.model.contents import Obstacle, Piece

Properties = dict[tuple[int, int], bytes]
"""Octets by property and type."""


def add_texts(properties: Properties, where: str, walk: Walk, depth: int, codepage: int = 0) -> None:
    """Subject and body. ``codepage``: of strings where the properties do not say."""
    charset = charset_of(_number(properties, MESSAGE_CODEPAGE) or codepage)
    subject = string(properties, SUBJECT, charset)
    walk.add(Piece(f"{where}!subject", subject))
    body = f"{where}!body"
    walk.add(Piece(body, string(properties, BODY, charset)))
    page_charset = charset_of(_number(properties, INTERNET_CODEPAGE))
    for kind in (BINARY, STRING8):
        if page := properties.get((BODY_HTML, kind)):
            for text in readings_of(page, declared_charset(page) or page_charset):
                add_page(text, body, walk)
    if page := properties.get((BODY_HTML, UNICODE)):
        add_page(text_of(UNICODE, page, ""), body, walk)
    if packed := properties.get((BODY_RTF, BINARY)):
        try:
            rtf = rtf_of(packed)
        except Damaged:
            walk.cannot(body, Obstacle.DAMAGED)
            return
        walk.spend(len(rtf))
        read_as(FileType.RTF, File("", rtf, body, depth), walk)


def string(properties: Properties, wanted: int, charset: str) -> str:
    """A string property in whichever type it is there; "" for none."""
    for kind in (UNICODE, STRING8):
        if octets := properties.get((wanted, kind)):
            return text_of(kind, octets, charset)
    return ""


def file_name(properties: Properties, charset: str = "") -> str:
    """What Outlook calls an attachment; "" for nothing."""
    for wanted in (ATTACH_LONG_NAME, ATTACH_NAME, DISPLAY_NAME):
        if name := string(properties, wanted, charset).strip():
            return name
    return ""


def add_file(name: str, octets: bytes, file: File, walk: Walk) -> None:
    """An attachment of the Outlook form ``file``."""
    walk.spend(len(octets))
    walk.file(name, octets, inner(file.where, name or UNNAMED), file.depth + 1)


def _number(properties: Properties, wanted: int) -> int:
    octets = properties.get((wanted, 0x0003), b"")
    return int.from_bytes(octets[:4], "little")
