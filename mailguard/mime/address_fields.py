"""Address fields written anew, and the search for fields that name an address. Strict in what is written.

What is written is ASCII but for internationalised addresses, is folded at mailboxes (RFC 5322 §2.1.1, §2.2.3), and has
names in encoded words (RFC 2047) where they need it. Members of a group stay in it; a group that has none left goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Set
from email.header import Header
from html import unescape
from itertools import groupby
from urllib.parse import unquote

from mailguard.mime.addresses import VISIBLE_FIELDS, Mailbox
from mailguard.mime.head import decode_words
from mailguard.mime.message import Field
from mailguard.model.address import comparable, local_part

LINE_MAX = 76
NOBODY = b"To: undisclosed-recipients:;\r\n"
"""A group without members (RFC 5322 §3.6.3, appendix A.1.3): what stands in To where nobody may."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~.-]*")
_STRUCTURE = re.compile(
    r"(?:content-.*|mime-version|date|message-id|from|sender|subject|in-reply-to|references|reply-to)"
)
_VISIBLE = frozenset(name.lower() for name in VISIBLE_FIELDS)


def is_structure(field: Field) -> bool:
    """Whether a mail cannot do without a field of that name."""
    return _STRUCTURE.fullmatch(field.name.lower()) is not None


def is_visible(field: Field) -> bool:
    """Whether readers see its addresses as recipients."""
    return field.name.lower() in _VISIBLE


def still_shows(text: str, hidden: Iterable[str]) -> bool:
    """Whether a text names one of these addresses; both without regard to case."""
    # As a browser reads it as well: entities and per cent signs (RFC 3986 §2.1) are one more way to write an address.
    lowered = text.lower()
    written = {lowered, unquote(lowered), unquote(unescape(text)).lower()}
    return any(one in form for one in hidden for form in written)


def names_any(field: Field, hidden: Set[str]) -> bool:
    """Whether a field names one of these comparable addresses."""
    if not any(sign in field.value for sign in (b"@", b"=?", b"%", b"&")):
        return False
    # In the octets as well as decoded: an address may hide in an encoded word or be cut by folding.
    texts = (field.value.decode("latin-1"), decode_words(field.value))
    if any(still_shows(text, hidden) for text in texts):
        return True
    return any(comparable(box.address) in hidden for box in field.mailboxes)


def without_telling_name(box: Mailbox, hidden: Set[str]) -> Mailbox:
    """The mailbox; its name, or its group's, is gone where it shows a hidden address, as names from an autocompletion
    may.
    """
    name, group = (
        "" if still_shows(unicodedata.normalize("NFKC", one), hidden) else one for one in (box.name, box.group)
    )
    return Mailbox(box.address, name, group)


def written(name: str, boxes: Iterable[Mailbox]) -> bytes:
    """An address field with its CRLF, a mailbox on each line where they do not fit on one."""
    texts: list[str] = []
    for group, members in groupby(boxes, lambda box: box.group):
        found = [_mailbox(box) for box in members]
        texts += _grouped(group, found) if group else found
    line = f"{name}: " + ", ".join(texts)
    if len(line) > LINE_MAX or "\r\n" in line:
        line = f"{name}: " + ",\r\n\t".join(texts)
    return line.encode("utf-8") + b"\r\n"


def _grouped(name: str, members: list[str]) -> list[str]:
    """The members with what begins and ends their group, as they stand between commas (RFC 5322 §3.4)."""
    phrase = _phrase(name)
    if not phrase:
        return members
    members[0] = f"{phrase}:{_blank_after(phrase)}{members[0]}"
    members[-1] += ";"
    return members


def _mailbox(box: Mailbox) -> str:
    address, phrase = _addr_spec(box.address), _phrase(box.name)
    return f"{phrase}{_blank_after(phrase)}<{address}>" if phrase else address


def _phrase(words: str) -> str:
    """A display name as it is written (RFC 5322 §3.2.5), with line ends where it is long; "" where nothing is left."""
    name = re.sub(r"[\x00-\x1f\x7f]", " ", words).strip()
    if _PLAIN_NAME.fullmatch(name):
        return f'"{name}"' if "." in name else name
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return Header(name, "utf-8", maxlinelen=60, continuation_ws="\t").encode(linesep="\r\n")


def _blank_after(phrase: str) -> str:
    return "\r\n\t" if "\r\n" in phrase else " "


def _addr_spec(address: str) -> str:
    local, domain = local_part(address), address.rpartition("@")[2]
    if _ATOM.fullmatch(local) or not local.isascii():
        return f"{local}@{domain}"
    # What Japanese carriers once gave out (a..b@) may only stand in quotes (RFC 5322 §3.4.1).
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{domain}'
