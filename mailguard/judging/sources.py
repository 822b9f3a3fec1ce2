"""Past mail wherever it lies: single files, folders of them, mbox files, Maildirs. Found first, read one at a time."""

from __future__ import annotations

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailguard.errors import ConfigurationError
from mailguard.judging.manifest import date_of, wire_lines
from mailguard.mime.addresses import BCC_FIELDS
from mailguard.mime.message import Message

HEAD_MAX = 512 * 1024
_FROM_LINE = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*\r?\n")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
_NO_MAIL = frozenset(
    [
        ".jpg",
        ".png",
        ".gif",
        ".pdf",
        ".doc",
        ".docx",
        ".xls",
        ".xlsx",
        ".zip",
        ".csv",
        ".json",
        ".jsonl",
        ".py",
        ".md",
        ".html",
        ".yaml",
        ".yml",
        ".db",
        ".idx",
        ".dat",
        ".msf",
    ]
)
_FIELDS_MIN = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where one mail lies: a file, or octets of an mbox; ``at`` is its own date in UTC, or the oldest there is."""

    path: Path
    start: int
    end: int | None
    at: datetime
    name: str


def find_mails(paths: list[Path]) -> list[Place]:
    """All mails below these paths in the order of their dates. Raises ``ConfigurationError`` for a missing path."""
    found: list[Place] = []
    for path in paths:
        if not path.exists():
            raise ConfigurationError([f"{path}: there is no such file or folder"])
        found += _below(path) if path.is_dir() else _in_file(path, path.name)
    return sorted(found, key=lambda place: (place.at, place.name))


def read_mail(place: Place) -> bytes:
    """One mail's octets with CRLF lines."""
    with place.path.open("rb") as file:
        file.seek(place.start)
        octets = file.read() if place.end is None else file.read(place.end - place.start)
    if place.end is not None:
        octets = _QUOTED_FROM.sub(rb"\1", octets)
    return wire_lines(octets)


def without_bcc(octets: bytes) -> bytes:
    """The mail as it was handed over: a copy in a Sent folder still names its Bcc, which the program took out."""
    message = Message(octets)
    gone = {name.lower() for name in BCC_FIELDS}
    fields = [field for field in message.fields if field.name.lower() in gone]
    for field in reversed(fields):
        octets = octets[: field.start] + octets[field.end :]
    return octets


def _below(folder: Path) -> Iterator[Place]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix.lower() in _NO_MAIL or path.name.startswith("."):
            continue
        if path.parent.name == "tmp" and (path.parent.parent / "cur").is_dir():
            # A Maildir's tmp holds what is not there yet.
            continue
        yield from _in_file(path, path.relative_to(folder).as_posix())


def _in_file(path: Path, name: str) -> Iterator[Place]:
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        head = file.read(HEAD_MAX)
        if not head.startswith(b"From "):
            place = _place(path, 0, None, head, name)
            if place is not None:
                yield place
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            begins = [(found.start(), found.end()) for found in _FROM_LINE.finditer(whole)]
            for number, (_, start) in enumerate(begins):
                end = begins[number + 1][0] if number + 1 < len(begins) else len(whole)
                place = _place(path, start, end, whole[start : min(end, start + HEAD_MAX)], f"{name}#{number + 1}")
                if place is not None:
                    yield place


def _place(path: Path, start: int, end: int | None, head: bytes, name: str) -> Place | None:
    message = Message(wire_lines(head.partition(b"\n\n")[0] if b"\r\n" not in head[:2000] else head))
    if len(message.fields) < _FIELDS_MIN:
        return None
    moment = date_of(message)
    return Place(path, start, end, datetime.min.replace(tzinfo=UTC) if moment is None else moment.astimezone(UTC), name)
