"""What class a mail belongs to, and whether it is sealed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.mime.head import is_automatic
from mailguard.mime.message import Message, Part
from mailguard.model.address import comparable
from mailguard.model.extract import MailKind, Seal

_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Za-z-]+)", re.MULTILINE | re.IGNORECASE)
_ASKS = frozenset({"request", "publish", "add", "counter", "cancel", "declinecounter"})
"""iTIP methods (RFC 5546 §1.4) that tell people something; the others only answer."""

_ATTENDEE = re.compile(r"^ATTENDEE\b[^\r\n]*?:mailto:([^\s]+@[^\s]+)", re.MULTILINE | re.IGNORECASE)
_CALENDAR_FOLD = re.compile(r"\r?\n[ \t]")
_PGP = re.compile(rb"^-----BEGIN PGP (SIGNED )?MESSAGE-----", re.MULTILINE)
_PGP_MAX = 16 * 1024
"""Encoded octets of a text in which armour begins (RFC 9580 §6.2)."""

CALENDAR_MAX = 1024 * 1024
_CALENDAR_MAX = 16 * 1024


def kind_of(message: Message) -> MailKind:
    """The class of a mail by what it is made of, not by what it says of itself where a person could say the same.

    ``Precedence: bulk`` alone makes no mailing list: newsletters are written by people.
    """
    report = message.root.parameters.get("report-type", "").lower()
    if message.root.content_type == "multipart/report":
        parts = {part.content_type for part in message.root.walk()}
        if report == "delivery-status" and "message/delivery-status" in parts:
            return MailKind.DSN
        if report == "disposition-notification" and "message/disposition-notification" in parts:
            return MailKind.MDN
    method = calendar_method(message)
    if method in _ASKS:
        return MailKind.INVITATION
    if method and all(_belongs_to_answer(part) for part in _own_parts(message.root)):
        return MailKind.INVITATION_ANSWER
    if message.field("List-Id") is not None and message.field("List-Post") is not None:
        return MailKind.MAILING_LIST
    # The reverse-path is the envelope's affair; here only what the mail says of itself counts.
    if is_automatic(message.head, "?") or message.field("X-Autoreply") is not None:
        return MailKind.AUTOMATIC
    return MailKind.PERSONAL


def calendar_method(message: Message) -> str:
    """The iTIP method in lower case, from the parameter or the object itself; "" where there is no calendar part."""
    for part in _own_parts(message.root):
        if part.content_type != "text/calendar":
            continue
        named = part.parameters.get("method", "").lower()
        if named:
            return named
        found = _METHOD.search(message.decoded(part, _CALENDAR_MAX))
        if found is not None:
            return found[1].decode("ascii").lower()
        # A calendar file without a method is a file like others (RFC 5545 §3.7.2).
    return ""


def seal_of(message: Message) -> Seal:
    """Whether the mail is signed or encrypted as a whole or in a part."""
    for part in message.root.walk():
        name = part.content_type
        if name == "multipart/encrypted":
            return Seal.ENCRYPTED
        if name == "multipart/signed":
            return Seal.SIGNED
        if name in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            return Seal.OPAQUE if part.parameters.get("smime-type", "").lower() == "signed-data" else Seal.ENCRYPTED
        if part.name.lower().endswith(".p7m"):
            return Seal.ENCRYPTED  # RFC 8551 §3.2.1: some gateways change the type and leave the name.
    for part in _own_parts(message.root):
        armour = _PGP.search(message.decoded(part, _PGP_MAX)) if part.content_type.startswith("text/") else None
        if armour is not None:
            return Seal.SIGNED if armour[1] else Seal.ENCRYPTED
    return Seal.NONE


def _own_parts(part: Part) -> Iterator[Part]:
    """The parts of the mail itself; what a forwarded mail consists of says nothing about the one around it."""
    yield part
    if part.content_type != "message/rfc822":
        for child in part.children:
            yield from _own_parts(child)


def _belongs_to_answer(part: Part) -> bool:
    """Whether calendar programs put such a part into an answer; with a file or a mail a person sends something."""
    kind = part.content_type
    return kind in ("text/calendar", "application/ics") or (
        kind.startswith(("multipart/", "text/", "image/")) and not part.is_attachment
    )


def attendees_of(message: Message) -> frozenset[str]:
    """Comparable addresses an invitation shows to everybody who opens it (RFC 5545 §3.8.4.1)."""
    found: set[str] = set()
    for part in message.root.walk():
        if part.content_type == "text/calendar":
            text = _CALENDAR_FOLD.sub("", message.text(part, CALENDAR_MAX))
            found.update(comparable(one) for one in _ATTENDEE.findall(text))
    return frozenset(found)
