"""Calendars (RFC 5545, vCalendar 1.0) and address cards (RFC 6350, vCard 2.1 and 3.0) as lines of label and value.

Who invites and is invited is left out, as are the names in To and Cc of a mail.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.extract.file_names import inner
from mailguard.extract.file_types import FileType, file_type
from mailguard.extract.page import add_page
from mailguard.extract.page_strings import data_of
from mailguard.extract.walk import Walk
from mailguard.mime.japanese import readings_of
from mailguard.model.contents import Piece

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r"""(?:[\w-]{1,40}\.)?([\w-]{1,60})((?:;(?:[^:;"]|"[^"]{0,500}"){0,300}){0,30}):(.*)""", re.DOTALL
)  # fmt: skip
_FILE_NAME = re.compile(r"(?:X-FILENAME|FILENAME|X-APPLE-FILENAME)=\"?([^;:\"]{1,200})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")
_SOFT_BREAK = re.compile(r"=\r?\n")
_PEOPLE = frozenset({"ATTENDEE", "ORGANIZER"})
_MACHINES = frozenset(
    {
        "BEGIN", "END", "VERSION", "PRODID", "METHOD", "CALSCALE", "UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE",
        "STATUS", "TRANSP", "CLASS", "PRIORITY", "RRULE", "EXDATE", "TRIGGER", "ACTION", "TZID", "TZOFFSETFROM",
        "TZOFFSETTO", "TZNAME", "CREATED", "LAST-MODIFIED", "DURATION", "RECURRENCE-ID", "REV", "PHOTO", "LOGO",
        "SOUND", "KEY", "PERCENT-COMPLETE", "X-WR-TIMEZONE", "COMPLETED", "DUE", "GEO", "RDATE", "FREEBUSY",
    }
)  # fmt: skip
_BINARIES = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_NOT_READ = frozenset({FileType.PICTURE, FileType.MEDIA, FileType.BINARY, FileType.EMPTY, FileType.SMIME})
_LABELS = {
    "FN": "氏名", "N": "氏名", "TEL": "電話", "EMAIL": "メール", "ADR": "住所", "LABEL": "住所", "BDAY": "生年月日",
    "ORG": "会社", "TITLE": "役職", "NOTE": "備考", "X-PHONETIC-FIRST-NAME": "メイ", "X-PHONETIC-LAST-NAME": "セイ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: str
    value: str


def add_calendar(text: str, where: str, walk: Walk, depth: int) -> None:
    """What a calendar program shows of each entry, and files in it."""
    lines: list[str] = []
    for one in _properties(text):
        if one.name == "BEGIN":
            lines.append("")
        elif one.name == "ATTACH" and "BASE64" in one.parameters.upper():
            octets = _base64(one.value)
            name = _FILE_NAME.search(one.parameters)
            walk.spend(len(octets))
            walk.file(name[1] if name else "", octets, inner(where, name[1] if name else ""), depth + 1)
        elif one.name == "X-ALT-DESC" and "html" in one.parameters.lower():
            add_page(_unescaped(one.value), where, walk, depth=depth)
        elif one.name not in _MACHINES and one.name not in _PEOPLE and not one.name.startswith("X-MICROSOFT-"):
            lines.append(f"{one.name}: {_unescaped(one.value)}")
    walk.add(Piece(where, "\n".join(lines).strip("\n")))


def add_cards(text: str, where: str, walk: Walk, depth: int = 0) -> None:
    """Each card as lines with a label, a blank line between two. A photograph of a person is no list."""
    lines: list[str] = []
    for one in _properties(text):
        if one.name == "BEGIN":
            lines.append("")
        elif one.name in _BINARIES:
            _add_file(one, where, walk, depth)
        elif one.name == "N":
            lines.append(f"氏名: {' '.join(_unescaped(part) for part in _parts(one.value)[:3] if part.strip())}")
        elif one.name == "ADR":
            box, more, street, town, region, code, country = (_parts(one.value) + [""] * 7)[:7]
            mark = "〒" if code else ""
            address = f"{mark}{code} {region}{town}{street}{more} {box} {country}"
            lines.append(f"住所: {' '.join(_unescaped(address).split())}")
        elif one.name == "SORT-STRING":
            lines.append(f"フリガナ: {_unescaped(one.value)}")
        elif one.name not in _MACHINES or one.name == "GEO":
            value = _unescaped(one.value).removeprefix("tel:").removeprefix("mailto:")
            lines.append(f"{_LABELS.get(one.name, one.name)}: {value}")
    walk.add(Piece(where, "\n".join(lines).strip("\n")))


def _add_file(one: _Property, where: str, walk: Walk, depth: int) -> None:
    """What lies in a card as octets, where it is no picture or sound."""
    octets = data_of(one.value) or (b"" if ":" in one.value[:100] else _base64(one.value))
    walk.spend(len(octets))
    if octets and file_type("", octets) not in _NOT_READ:
        walk.file("", octets, inner(where, ""), depth + 1)


def _properties(text: str) -> Iterator[_Property]:
    if "QUOTED-PRINTABLE" in text.upper():
        # vCard 2.1 breaks long values by the soft line breaks of quoted-printable.
        text = _SOFT_BREAK.sub("", text)
    for line in _FOLD.sub("", text).splitlines():
        found = _LINE.match(line[:2_000_000])
        if found is None:
            if line.strip():
                yield _Property("TEXT", "", line.strip())
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if "QUOTED-PRINTABLE" in parameters.upper():
            charset = re.search(r"CHARSET=\"?([\w.:-]{1,40})", parameters, re.IGNORECASE)
            octets = quopri.decodestring(value.encode("utf-8", "replace"))
            value = readings_of(octets, charset[1] if charset else "")[0]
        if value.strip(" ;"):
            yield _Property(name, parameters, value)


def _parts(value: str) -> list[str]:
    """A structured value at its semicolons; an escaped one is none."""
    return [part.replace("\x00", ";") for part in value.replace("\\;", "\x00").split(";")]


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _base64(value: str) -> bytes:
    try:
        return base64.b64decode(value.encode("ascii", "ignore") + b"==", validate=False)
    except (binascii.Error, ValueError):
        return b""
