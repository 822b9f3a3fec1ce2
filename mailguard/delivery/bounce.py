"""Reads the reports of other servers: for whom a mail of ours came back after it had been taken (RFC 3464, RFC 6533).

Strict in what counts: only a ``message/delivery-status`` part of the report itself says that a recipient failed; a
report that somebody forwarded, words for people and header fields of a server's own say nothing. Only "failed" counts:
a mail that is delayed, relayed or delivered did not come back. Tolerant in how it is written: bare line ends, transfer
encodings where none may be, a missing type or Action, comments and brackets around addresses.

Guarantees: never raises for any octets, looks at ``READ_MAX_BYTES`` at most, and everything it gives back is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.mime.head import head_of
from mailguard.mime.message import Field, Message, Part, fields_of
from mailguard.mime.message_ids import message_ids_in

READ_MAX_BYTES = 512 * 1024
"""What a report says stands in front of the mail it returns."""
RECIPIENTS_MAX = 1000
"""As many as a mail of ours can have, with room: a mail has at most a few hundred (``limits.recipients``)."""
_IDS_MAX = 50
_ADDRESS_MAX = 320
"""Octets of an address: RFC 5321 §4.5.3.1 allows 64 and 255."""
_ENVELOPE_ID_MAX = 100
_STATUS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
_BARE_LINE_END = re.compile(rb"\r\n|\r|\n")
_BETWEEN_BLOCKS = re.compile(rb"\r\n[ \t]*(?=\r\n)")
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_ESCAPED = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that came back. ``message_ids``: what the report calls it by, with angle brackets, as written.

    ``envelope_id``: Original-Envelope-Id, "" where there is none. ``failed``: addresses it came back for, as the sender
    gave them and as the reporting server knew them; one recipient may be there twice.
    """

    message_ids: tuple[str, ...]
    envelope_id: str
    failed: tuple[str, ...]


def bounced_in(octets: bytes) -> Bounce | None:
    """What a report says came back; None for anything that reports no failure."""
    message = Message(_BARE_LINE_END.sub(b"\r\n", octets[:READ_MAX_BYTES]))
    if not message.root.content_type.startswith("multipart/"):
        return None
    parts = list(_own_parts(message.root))
    envelope_id = ""
    failed: list[str] = []
    for part in parts:
        if part.content_type in _STATUS:
            for block in _blocks(message.decoded(part)):
                envelope_id = envelope_id or _first(block, "original-envelope-id")[:_ENVELOPE_ID_MAX]
                failed += _failed_in(block)
    if not failed:
        return None
    return Bounce(_message_ids(message, parts), envelope_id, tuple(dict.fromkeys(failed))[:RECIPIENTS_MAX])


def _own_parts(part: Part) -> Iterator[Part]:
    """The parts of the report, not those of a mail inside."""
    yield part
    if part.content_type.startswith("multipart/"):
        for child in part.children:
            yield from _own_parts(child)


def _blocks(octets: bytes) -> Iterator[list[Field]]:
    """The field blocks of a status part (RFC 3464 §2.1)."""
    written = _BETWEEN_BLOCKS.sub(b"\r\n", _BARE_LINE_END.sub(b"\r\n", octets[:READ_MAX_BYTES]))
    for block in written.split(b"\r\n\r\n"):
        yield list(fields_of(block.lstrip(b"\r\n")))


def _failed_in(block: list[Field]) -> list[str]:
    """The addresses of a block about a recipient that failed (RFC 3464 §2.3)."""
    actions = {_word(field) for field in block if field.name.lower() == "action"}
    # A server that leaves Action out says it with the class of its status (RFC 3463 §2).
    has_failed = actions == {"failed"} if actions else _first(block, "status").startswith("5.")
    if not has_failed:
        return []
    found = []
    for name in ("original-recipient", "final-recipient"):
        for field in block:
            if field.name.lower() == name:
                found += _addresses(field.value)
    return found


def _word(field: Field) -> str:
    words = _COMMENT.sub(" ", _text(field.value)).lower().split()
    return words[0].strip(";,.") if words else ""


def _addresses(value: bytes) -> list[str]:
    """The address in "type; address"; where it may be in xtext (RFC 3461 §4), both readings."""
    written = _text(value)
    before, separator, address = written.partition(";")
    if not separator or "@" in before:
        address = written
    address = _ESCAPED.sub(_character, _COMMENT.sub(" ", address)).strip().strip("<>").strip()
    readings = dict.fromkeys((address, _XTEXT.sub(lambda found: chr(int(found[1], 16)), address)))
    return [one for one in readings if "@" in one and len(one) <= _ADDRESS_MAX and one.isprintable()]


def _character(found: re.Match[str]) -> str:
    """RFC 6533 §3: a character above ASCII, in hexadecimal digits."""
    number = int(found[1], 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def _message_ids(message: Message, parts: list[Part]) -> tuple[str, ...]:
    """What the mail is called, surest first: in what was returned of it, else in what the report answers.

    ``References`` may name a whole conversation; the report is about its last mail (RFC 5322 §3.6.4).
    """
    found = [one for part in parts if part.content_type in _RETURNED for one in _returned_ids(message, part)]
    answered = [one for field in message.all("In-Reply-To") for one in message_ids_in(field.value)]
    if not found and not answered:
        answered = [one for field in message.all("References") for one in message_ids_in(field.value)][-1:]
    return tuple(dict.fromkeys(found + answered))[:_IDS_MAX]


def _returned_ids(message: Message, part: Part) -> list[str]:
    octets = _BARE_LINE_END.sub(b"\r\n", message.decoded(part, READ_MAX_BYTES)).lstrip(b"\r\n")
    names = (field for field in fields_of(head_of(octets)) if field.name.lower() == "message-id")
    return [one for field in names for one in message_ids_in(field.value)]


def _first(block: list[Field], name: str) -> str:
    return next((_text(field.value) for field in block if field.name.lower() == name), "")


def _text(value: bytes) -> str:
    return value[:2000].decode("utf-8", "replace").strip()
