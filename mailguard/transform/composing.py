"""The mail that leaves in place of one that must not leave in clear: header block, text outside, parcel.

Nothing of the original is copied but what is named here: some header fields, files that may stay, and, where it may be
read by anybody, the sender's own text. Everything is written in wire form as it is made; an archive is never whole in
memory.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.header import Header
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from mailguard.mime.message import Field, Message, Part, fields_of, stuffed
from mailguard.mime.message_ids import message_ids_in

_FIELDS = frozenset(
    {
        "from", "sender", "reply-to", "to", "cc", "bcc", "date", "message-id", "in-reply-to", "references", "subject",
        "importance", "priority", "x-priority", "auto-submitted", "disposition-notification-to",
    }
)  # fmt: skip
"""What a reader or a reader's program needs of the header. Others may carry words of the mail: threads, keywords,
descriptions, what a program kept for itself."""
_IDS = frozenset({"message-id", "in-reply-to", "references"})
_WORDLESS = {
    "date": re.compile(
        r"(?:[A-Z][a-z]{2}, {0,2})?[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? "
        r"(?:[+-][0-9]{4}|[A-Z]{1,5})(?: \([A-Z]{1,5}\))?"
    ),
    "importance": re.compile("high|normal|low", re.IGNORECASE),
    "priority": re.compile("urgent|normal|non-urgent", re.IGNORECASE),
    "x-priority": re.compile(r"[1-5](?: ?\((?:highest|high|normal|low|lowest)\))?", re.IGNORECASE),
    "auto-submitted": re.compile("no|auto-(?:generated|replied|notified)", re.IGNORECASE),
}
"""What programs write in fields that nobody reads. Remarks may stand behind it, and are not for the way."""
_PARAMETERS = ("charset", "format", "delsp", "method")
_ENCODINGS = ("7bit", "8bit", "binary", "base64", "quoted-printable")
_TOKEN = re.compile(r"[A-Za-z0-9._+-]{1,40}")
_TYPE = re.compile(r"[a-z0-9.+-]{1,80}/[a-z0-9.+-]{1,80}")
_LINE_OCTETS = 57
"""Octets that become a line of 76 characters of base64 (RFC 2045 §6.8)."""
_NOT_ATTRIBUTE = re.compile(r'[\x00-\x1f\x7f"\\]')

_STRUCTURE = frozenset(
    {"message-id", "in-reply-to", "references", "date", "mime-version", "content-type", "importance", "priority"}
)
"""Fields that programs write: numbers in them are like others' by chance."""

Write = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """The parcel as a file of the mail. ``chunks`` gives its octets, each time anew."""

    name: str
    content_type: str
    chunks: Callable[[], Iterator[bytes]]


def head_with(message: Message, subject: str | None, boundary: str) -> bytes:
    """The header block of the mail that leaves, without dot-stuffing. ``subject`` None: its own stays."""
    out = b""
    for field in message.fields:
        name = field.name.lower()
        if name not in _FIELDS or (name == "subject" and subject is not None):
            continue
        out += _without_words(message.octets, field)
    if subject is not None:
        out += _subject(subject)
    return out + (f'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n\tboundary="{boundary}"\r\n'.encode("ascii"))


def read_of_head(head: bytes) -> str:
    """What people may read of a header block: all but what programs wrote for programs."""
    return "\n".join(field.text for field in fields_of(head) if field.name.lower() not in _STRUCTURE)


def write_body(write: Write, boundary: str, entities: Iterable[bytes | ParcelFile]) -> None:
    """The empty line and everything behind it, in wire form. ``entities``: finished ones, and the parcel."""
    write(b"\r\n")
    for entity in entities:
        write(f"--{boundary}\r\n".encode("ascii"))
        if isinstance(entity, ParcelFile):
            write(_file_head(entity))
            for block in _base64_blocks(entity.chunks()):
                write(block)
        else:
            write(stuffed(entity))
            write(b"\r\n")
    write(f"--{boundary}--\r\n".encode("ascii"))


def kept_entity(message: Message, part: Part, *, in_page: bool = False) -> bytes:
    """A part that stays, with a header block of our own: type, name, encoding, and what a page calls its picture."""
    head = message.octets[part.begin : part.start]
    kept = "".join(
        f"; {name}={value}"
        for name, value in part.parameters.items()
        if name in _PARAMETERS and _TOKEN.fullmatch(value)
    )
    content_type = part.content_type if _TYPE.fullmatch(part.content_type) else "application/octet-stream"
    fields = _named(content_type + kept, part.name, "attachment" if part.is_attachment else "inline")
    if part.encoding in _ENCODINGS:
        fields += f"Content-Transfer-Encoding: {part.encoding}\r\n".encode("ascii")
    if in_page:
        fields += b"".join(_octets(head, field) for field in fields_of(head) if field.name.lower() == "content-id")
    return fields + b"\r\n" + message.octets[part.start : part.end]


def joined(subtype: str, boundary: str, entities: Iterable[bytes]) -> bytes:
    """Entities as one of ``multipart/<subtype>``; one alone stays as it is."""
    parts = list(entities)
    if len(parts) == 1:
        return parts[0]
    delimiter = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{subtype};\r\n\tboundary="{boundary}"\r\n\r\n'.encode("ascii")
    return head + b"".join(delimiter + b"\r\n" + one + b"\r\n" for one in parts) + delimiter + b"--\r\n"


def _file_head(file: ParcelFile) -> bytes:
    return _named(file.content_type, file.name, "attachment") + b"Content-Transfer-Encoding: base64\r\n\r\n"


def _named(content_type: str, name: str, disposition: str) -> bytes:
    """Type and name: as RFC 2231 has it, and as encoded words for programs that know only those."""
    name = _NOT_ATTRIBUTE.sub("_", name)
    if not name:
        return f"Content-Type: {content_type}\r\nContent-Disposition: {disposition}\r\n".encode("ascii")
    if name.isascii():
        as_type, as_file = f'name="{name}"', f'filename="{name}"'
    else:
        words = Header(name, "utf-8", maxlinelen=70, continuation_ws="\t").encode(linesep="\r\n")
        as_type = f'name="{words}"'
        as_file = "filename*=UTF-8''" + quote(name.encode("utf-8"), safe="")
    return (
        f"Content-Type: {content_type};\r\n\t{as_type}\r\nContent-Disposition: {disposition};\r\n\t{as_file}\r\n"
    ).encode("ascii")


def _base64_blocks(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Lines of base64, many at a time."""
    left = b""
    for chunk in chunks:
        left += chunk
        whole = len(left) // _LINE_OCTETS * _LINE_OCTETS
        yield base64.encodebytes(left[:whole]).replace(b"\n", b"\r\n")
        left = left[whole:]
    yield base64.encodebytes(left).replace(b"\n", b"\r\n")


def _subject(words: str) -> bytes:
    one_line = " ".join(words.split())
    encoded = Header(one_line, None if one_line.isascii() else "utf-8", header_name="Subject").encode(linesep="\r\n")
    return f"Subject: {encoded}\r\n".encode("ascii")


def _without_words(octets: bytes, field: Field) -> bytes:
    """A field as it is written; of one for programs only what those need, and nothing where there is none of it."""
    name = field.name.lower()
    if name in _IDS:
        ids = [one for one in message_ids_in(field.value) if one.isascii() and ("@" in one or b"<" in field.value)]
        kept = "\r\n ".join(ids)
        is_as_written = "".join(ids).strip("<>") == "".join(field.text.split()).strip("<>")
    elif name in _WORDLESS:
        found = _WORDLESS[name].match(field.text)
        kept = found[0] if found is not None else _date(field.text) if name == "date" else ""
        is_as_written = kept == field.text
    else:
        return _octets(octets, field)
    if is_as_written:
        return _octets(octets, field)
    return f"{field.name}: {kept}\r\n".encode("ascii") if kept else b""


def _date(written: str) -> str:
    """A date in an older form in today's; "" for what is none."""
    try:
        return format_datetime(parsedate_to_datetime(written))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _octets(octets: bytes, field: Field) -> bytes:
    written = octets[field.start : field.end]
    return written if written.endswith(b"\r\n") else written.rstrip(b"\r\n") + b"\r\n"
