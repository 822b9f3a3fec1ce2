"""Edits of a mail that leave every octet as it is but those that must change: recipients, subject, files.

Guarantees: an edit takes out or replaces whole header fields and whole parts; what is left stays where it was, octet by
octet. Fields are written anew as ASCII (RFC 2047), folded, and nothing typed can begin a field of its own. A mail that
is signed or encrypted is none of this module's affair: whoever calls it has looked.

Octets have CRLF lines and no dot-stuffing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from mailguard.mime.address_fields import (
    NOBODY,
    is_structure,
    is_visible,
    names_any,
    without_telling_name,
    written,
)
from mailguard.mime.addresses import BCC_FIELDS, Mailbox
from mailguard.mime.message import Field, Message, Part
from mailguard.mime.own_mail import unstructured
from mailguard.model.address import comparable

Path = tuple[int, ...]
"""Which part of a mail: the number among its siblings, from 0, on every level below the whole."""

_BCC = frozenset(name.lower() for name in BCC_FIELDS)
_EMPTY_PART = b"Content-Type: text/plain; charset=us-ascii\r\n\r\n"
"""What a multipart keeps that would have no part left; it must have one (RFC 2046 §5.1.1)."""


class Cut(NamedTuple):
    """Octets from ``start`` to before ``end`` that something else takes the place of."""

    start: int
    end: int
    instead: bytes = b""


class NoSuchPart(ValueError):
    """The mail has no part at this path, or nothing would be left of it."""


def edited(octets: bytes, cuts: Iterable[Cut]) -> bytes:
    """The octets with all cuts made. They do not overlap."""
    made: list[bytes] = []
    position = 0
    for cut in sorted(cuts):
        made += [octets[position : cut.start], cut.instead]
        position = cut.end
    return b"".join((*made, octets[position:]))


def readdressed(message: Message, changes: Mapping[str, str | None]) -> list[Cut]:
    """Cuts that take addresses out of the header, or put another in the place of one.

    ``changes``: by comparable address, the new one or None. Fields that name none of them are left; display names stay,
    but for one that shows an address that goes. Fields nobody needs go where they name one.
    """
    gone = frozenset(changes)
    cuts: list[Cut] = []
    emptied: list[Field] = []
    has_to = False
    for field in message.fields:
        is_addressed = is_visible(field) or field.name.lower() in _BCC
        if not names_any(field, gone):
            has_to = has_to or field.name.lower() == "to"
        elif is_addressed and (kept := _changed(field.mailboxes, changes)):
            cuts.append(Cut(field.start, field.end, written(field.name, kept)))
            has_to = has_to or field.name.lower() == "to"
        elif is_addressed:
            emptied.append(field)
        elif not is_structure(field):
            cuts.append(Cut(field.start, field.end))
    for field in emptied:
        is_place = field.name.lower() == "to" and not has_to
        cuts.append(Cut(field.start, field.end, NOBODY if is_place else b""))
        has_to = has_to or is_place
    return cuts


def _changed(boxes: Iterable[Mailbox], changes: Mapping[str, str | None]) -> list[Mailbox]:
    """The mailboxes that stay or come, each address once."""
    gone = frozenset(changes)
    found: dict[str, Mailbox] = {}
    for box in boxes:
        address = changes.get(comparable(box.address), box.address)
        if address is not None:
            found.setdefault(comparable(address), without_telling_name(replace(box, address=address), gone))
    return list(found.values())


def resubjected(message: Message, subject: str) -> list[Cut]:
    """Cuts that give the mail another subject. Copies of the old one go: a second field, Outlook's ``Thread-Topic``."""
    words = unstructured(subject)
    line = f"Subject: {words}\r\n".encode() if words else b"Subject:\r\n"
    fields = list(message.all("Subject"))
    cuts = [Cut(field.start, field.end) for field in (*fields[1:], *message.all("Thread-Topic"))]
    start, end = (fields[0].start, fields[0].end) if fields else (0, 0)
    return [*cuts, Cut(start, end, line)]


def part_at(message: Message, path: Path) -> Part:
    """The part at a path. Raises ``NoSuchPart``."""
    part = message.root
    for number in path:
        if not 0 <= number < len(part.children):
            raise NoSuchPart(f"no part {path}")
        part = part.children[number]
    return part


def without_parts(message: Message, paths: Collection[Path]) -> list[Cut]:
    """Cuts that take parts out, each with its delimiter line; every multipart stays one, if with an empty text in it.

    Raises ``NoSuchPart`` for a path that is not there, for the whole mail, and for a part of a mail that is attached.
    """
    wanted = {path for path in paths if not any(path[:length] in paths for length in range(len(path)))}
    by_parent: dict[Path, list[int]] = {}
    for path in wanted:
        if not path:
            raise NoSuchPart("the mail is this part")
        part_at(message, path)
        by_parent.setdefault(path[:-1], []).append(path[-1])
    cuts: list[Cut] = []
    for parent_path, numbers in by_parent.items():
        parent = part_at(message, parent_path)
        if not parent.content_type.startswith("multipart/"):
            raise NoSuchPart(f"part {parent_path} has no parts of its own")
        dropped = sorted(numbers)
        if len(dropped) == len(parent.children):
            last = parent.children[dropped.pop()]
            cuts.append(Cut(last.begin, last.end, _EMPTY_PART))
        cuts += [_without(message.octets, parent.children[number]) for number in dropped]
    return cuts


def _without(octets: bytes, part: Part) -> Cut:
    """From the part's own delimiter line to the next one, which then ends what stands before."""
    start = octets.rfind(b"\n", 0, part.begin - 1) + 1
    end = part.end + 2 if octets.startswith(b"\r\n", part.end) else part.end
    return Cut(start, end)
