"""What class a mail belongs to, and whether it is sealed."""

from __future__ import annotations

import re

from mailguard.mime.head import is_automatic
from mailguard.mime.message import Message
from mailguard.model.address import comparable
from mailguard.model.extract import MailKind, Seal

_METHOD = re.compile(rb"^METHOD:[ \t]*([A-Za-z-]+)", re.MULTILINE | re.IGNORECASE)
_ASKS = frozenset({"request", "publish", "add", "counter", "cancel", "declinecounter"})
"""iTIP methods (RFC 5546 §1.4) that tell people something; the others only answer."""

_ATTENDEE = re.compile(r"^ATTENDEE\b[^\r\n]*?:mailto:([^\s]+@[^\s]+)", re.MULTILINE | re.IGNORECASE)
_CALENDAR_FOLD = re.compile(r"\r?\n[ \t]")
CALENDAR_MAX = 1024 * 1024
_CALENDAR_MAX = 16 * 1024
_LIST_FIELDS = ("List-Id", "List-Post", "List-Unsubscribe")


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
    if method:
        return MailKind.INVITATION if method in _ASKS else MailKind.INVITATION_ANSWER
    if message.field("List-Id") is not None and message.field("List-Post") is not None:
        return MailKind.MAILING_LIST
    # The reverse-path is the envelope's affair; here only what the mail says of itself counts.
    if is_automatic(message.head, "?") or message.field("X-Autoreply") is not None:
        return MailKind.AUTOMATIC
    return MailKind.PERSONAL


def calendar_method(message: Message) -> str:
    """The iTIP method in lower case, from the parameter or the object itself; "" where there is no calendar part."""
    for part in message.root.walk():
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
    first = message.octets[message.head_end : message.head_end + 4096]
    if b"-----BEGIN PGP SIGNED MESSAGE-----" in first:
        return Seal.SIGNED
    return Seal.ENCRYPTED if b"-----BEGIN PGP MESSAGE-----" in first else Seal.NONE


def attendees_of(message: Message) -> frozenset[str]:
    """Comparable addresses an invitation shows to everybody who opens it (RFC 5545 §3.8.4.1)."""
    found: set[str] = set()
    for part in message.root.walk():
        if part.content_type == "text/calendar":
            text = _CALENDAR_FOLD.sub("", message.text(part, CALENDAR_MAX))
            found.update(comparable(one) for one in _ATTENDEE.findall(text))
    return frozenset(found)
