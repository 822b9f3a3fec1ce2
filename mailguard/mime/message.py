"""A mail as a tree of parts over its octets: read tolerantly, nothing copied but what is asked for.

Guarantees: never raises for any octets; parts and depth are bounded (``PARTS_MAX``, ``DEPTH_MAX``), and what lies
beyond is left as one part. Offsets are into the octets given, so that a change elsewhere can leave the rest as it is.
Contents are kept in wire form: ``unstuffed`` takes the dots of RFC 5321 §4.5.2 out.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mailguard.mime.addresses import Mailbox, mailboxes_of
from mailguard.mime.head import Head, decode_words, head_of
from mailguard.mime.japanese import decode_text
from mailguard.mime.parameters import boundaries_of, file_name, parsed

PARTS_MAX = 500
DEPTH_MAX = 20
BOUNDARIES_MAX = 6
"""Readings of a broken boundary that are tried; each is a look through the part."""

_WINDOW_BYTES = 1024 * 1024
_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_PADDING = re.compile(rb"=+")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name as written, its unfolded value, and where it lies in the octets (CRLF included)."""

    name: str
    value: bytes
    start: int
    end: int

    @property
    def text(self) -> str:
        """The value as people read it."""
        return decode_words(self.value)

    @property
    def mailboxes(self) -> list[Mailbox]:
        """The mailboxes it shows."""
        return mailboxes_of(self.value)


@dataclass(frozen=True, slots=True)
class Part:
    """One part. ``start`` and ``end`` bound its body, ``begin`` is where its own header block begins; ``children`` are
    those of multipart and message/rfc822.
    """

    content_type: str
    parameters: dict[str, str]
    disposition: str
    name: str
    encoding: str
    begin: int
    start: int
    end: int
    depth: int
    children: tuple[Part, ...]

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in the order of the octets."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_attachment(self) -> bool:
        """Whether mail programs show it as a file."""
        return not self.content_type.startswith("multipart/") and (self.disposition == "attachment" or bool(self.name))


class Span(NamedTuple):
    """Where a part lies: its header block, its body, its end."""

    begin: int
    start: int
    end: int


class Message:
    """One mail. ``octets`` have CRLF lines and no dot-stuffing."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.head_end = len(head_of(octets))
        self.fields = tuple(fields_of(octets[: self.head_end]))
        self._left = PARTS_MAX
        self.is_cut = False
        """Whether there are parts beyond ``PARTS_MAX``, which are not in the tree."""
        start = self._body_start(0, len(octets), self.head_end)
        self.root = self._part(self.fields, Span(0, start, len(octets)), 0)

    def field(self, name: str) -> Field | None:
        """The first field of that name; None where there is none."""
        return next(self.all(name), None)

    def all(self, *names: str) -> Iterator[Field]:
        """All fields of these names, in order."""
        wanted = {name.lower() for name in names}
        return (field for field in self.fields if field.name.lower() in wanted)

    def text_of(self, name: str) -> str:
        """The first field of that name as people read it; "" where there is none."""
        found = self.field(name)
        return "" if found is None else found.text

    @property
    def head(self) -> Head:
        """The header block."""
        return Head(self.octets[: self.head_end])

    def decoded(self, part: Part, most: int | None = None) -> bytes:
        """A part's octets without its transfer encoding; junk inside base64 is skipped, as mail programs do.

        ``most``: encoded octets that are looked at.
        """
        end = part.end if most is None else min(part.end, part.start + most)
        raw = self.octets[part.start : end]
        if part.encoding == "base64":
            # Where padding stands in the middle, one encoded text follows another.
            return b"".join(_base64_decoded(one) for one in _PADDING.split(_NOT_BASE64.sub(b"", raw)))
        if part.encoding == "quoted-printable":
            return quopri.decodestring(raw)
        return raw

    def chunks(self, part: Part) -> Iterator[bytes]:
        """What ``decoded`` gives, a piece at a time: a large base64 part is never whole in memory twice."""
        if part.encoding != "base64":
            yield self.decoded(part)
            return
        left = b""
        for position in range(part.start, part.end, _WINDOW_BYTES):
            raw = self.octets[position : min(part.end, position + _WINDOW_BYTES)]
            *ended, rest = _PADDING.split(left + _NOT_BASE64.sub(b"", raw))
            for one in ended:
                yield _base64_decoded(one)
            whole = len(rest) // 4 * 4
            yield _base64_decoded(rest[:whole])
            left = rest[whole:]
        yield _base64_decoded(left)

    def text(self, part: Part, most: int | None = None) -> str:
        """A text part as text."""
        return decode_text(self.decoded(part, most), part.parameters.get("charset", ""))

    # -- reading

    def _part(self, fields: tuple[Field, ...], span: Span, depth: int) -> Part:
        self._left -= 1
        begin, start, end = span
        values: dict[str, bytes] = {}
        for field in fields:
            values.setdefault(field.name.lower(), field.value)
        written = values.get("content-type", b"text/plain")
        content_type, parameters = parsed(written)
        if "/" not in content_type:
            content_type = "text/plain"  # RFC 2045 §5.2
        disposition, more = parsed(values.get("content-disposition", b""))
        encoding = parsed(values.get("content-transfer-encoding", b"7bit"))[0].strip('"')
        children: tuple[Part, ...] = ()
        if depth < DEPTH_MAX and self._left > 0:
            if content_type.startswith("multipart/"):
                for boundary in boundaries_of(written, parameters)[:BOUNDARIES_MAX]:
                    children = children or self._children(boundary, start, end, depth)
            elif content_type == "message/rfc822" and encoding not in ("base64", "quoted-printable"):
                children = (self._entity(start, end, depth),)
        return Part(
            content_type=content_type,
            parameters=parameters,
            disposition=disposition,
            name=file_name(more, parameters),
            encoding=encoding,
            begin=begin,
            start=start,
            end=end,
            depth=depth,
            children=children,
        )

    def _children(self, boundary: bytes, start: int, end: int, depth: int) -> tuple[Part, ...]:
        mark = re.compile(rb"(?:\A|(?<=\n))--" + re.escape(boundary) + rb"(--)?[ \t]*(?:\r?\n|\Z)")
        found: list[Part] = []
        begun: int | None = None
        # A window, not a slice: nothing of a large attachment is copied.
        for line in mark.finditer(self.octets, start, end):
            if begun is not None and self._left > 0:
                found.append(self._entity(begun, _before_line_end(self.octets, begun, line.start()), depth))
            self.is_cut |= self._left <= 0 and not line[1]
            begun = None if line[1] else line.end()
            if line[1]:
                break
        if begun is not None and begun < end and self._left > 0:
            # The last delimiter is missing: mail programs show the rest all the same.
            found.append(self._entity(begun, end, depth))
        return tuple(found)

    def _entity(self, start: int, end: int, depth: int) -> Part:
        head = head_of(self.octets[start : min(end, start + 64 * 1024)])
        if self.octets.startswith(b"\r\n", start) or not head:
            fields: tuple[Field, ...] = ()
        else:
            fields = tuple(fields_of(head))
        return self._part(fields, Span(start, self._body_start(start, end, len(head)), end), depth + 1)

    def _body_start(self, start: int, end: int, head_length: int) -> int:
        position = start + head_length
        return min(end, position + 2) if self.octets.startswith(b"\r\n", position) else min(end, position)


def fields_of(head: bytes) -> Iterator[Field]:
    """The fields of a header block, in order; a line that is no field and what continues it are skipped."""
    position = 0
    while position < len(head):
        end = _end_of_field(head, position)
        line = head[position:end]
        name = _NAME.match(line)
        if name is not None:
            value = _FOLD.sub(b"", line[name.end() :]).strip()
            yield Field(name[1].decode("ascii"), value, position, end)
        position = end


def unstuffed(wire: bytes) -> bytes:
    """A content in wire form without the dots that stuff it."""
    if wire.startswith(b".."):
        wire = wire[1:]
    return wire.replace(b"\r\n..", b"\r\n.") if b"\r\n.." in wire else wire


def stuffed(octets: bytes) -> bytes:
    """Octets with CRLF lines in wire form."""
    if octets.startswith(b"."):
        octets = b"." + octets
    return octets.replace(b"\r\n.", b"\r\n..") if b"\r\n." in octets else octets


def _end_of_field(head: bytes, position: int) -> int:
    while True:
        end = head.find(b"\n", position)
        if end < 0:
            return len(head)
        if head[end + 1 : end + 2] not in (b" ", b"\t"):
            return end + 1
        position = end + 1


def _before_line_end(octets: bytes, start: int, end: int) -> int:
    """The line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    if end - 2 >= start and octets[end - 2 : end] == b"\r\n":
        return end - 2
    return max(start, end - 1) if end > start else start


def _base64_decoded(clean: bytes) -> bytes:
    whole = len(clean) // 4 * 4
    rest = clean[whole:] if len(clean) - whole > 1 else b""
    try:
        return base64.b64decode(clean[:whole] + rest + b"=" * (-len(rest) % 4))
    except (binascii.Error, ValueError):
        return b""
