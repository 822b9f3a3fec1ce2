"""The header blocks that hide recipients from each other. Only header fields change; what follows stays as it came.

* ``HIDE``: an outsider sees itself, where it was visible, and the people of the office; other outsiders are gone.
* ``INDIVIDUAL``: an outsider sees itself alone, in To.
* ``BCC_ONLY``: only a ``Bcc:`` field that was left in is taken out (RFC 5322 §3.6.3).

Every visible outsider therefore gets a variant of its own; those who were only in the envelope share one. A field that
nobody reads but that names a hidden recipient is dropped; where one that must stay names it, it is not possible.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from email.header import Header
from enum import StrEnum
from html import unescape
from urllib.parse import unquote

from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS, Mailbox
from mailguard.mime.head import decode_words
from mailguard.mime.message import Field, Message, stuffed
from mailguard.model.address import comparable, local_part

LINE_MAX = 76
NOBODY = b"To: undisclosed-recipients:;\r\n"
"""A group without members (RFC 5322 §3.6.3, appendix A.1.3): what stands in To where nobody may."""

_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~.-]*")
_STRUCTURE = re.compile(
    r"(?:content-.*|mime-version|date|message-id|from|sender|subject|in-reply-to|references|reply-to)"
)
"""Fields a variant cannot do without."""


class Mode(StrEnum):
    """How recipients are hidden."""

    HIDE = "hide"
    INDIVIDUAL = "individual"
    BCC_ONLY = "bcc_only"


class NotPossible(Exception):
    """The mail names a hidden recipient where nothing may be changed."""


def heads_for(
    head: bytes,
    recipients: Iterable[tuple[str, Mode]],
    everybody: Iterable[str],
    is_outside: Callable[[str], bool],
) -> list[bytes]:
    """The header block each recipient gets, in the same order, in wire form without the empty line.

    ``head`` is the block as it came, dot-stuffing taken out; ``everybody`` the whole envelope. Raises ``NotPossible``.
    """
    message = Message(head)
    shown = _shown(message)
    in_bcc = frozenset(comparable(box.address) for field in message.all(*BCC_FIELDS) for box in field.mailboxes)
    outsiders = {one for one in {*shown, *in_bcc, *map(comparable, everybody)} if "@" in one and is_outside(one)}
    made: dict[tuple[str, Mode], bytes] = {}
    result = []
    for address, mode in recipients:
        own = comparable(address)
        is_own_variant = mode is Mode.INDIVIDUAL or (mode is Mode.HIDE and own in shown)
        key = (own if is_own_variant else "", mode)
        if key not in made:
            if mode is Mode.BCC_ONLY:
                made[key] = _without_bcc(message, in_bcc - shown.keys())
            else:
                hidden = frozenset(outsiders - {own} if is_own_variant else outsiders)
                made[key] = _rewritten(message, shown, own, address, mode, hidden, is_outside)
        result.append(made[key])
    return result


def still_shows(text: str, hidden: Iterable[str]) -> bool:
    """Whether a text names one of these addresses; both without regard to case."""
    # As a browser reads it as well: entities and per cent signs (RFC 3986 §2.1) are one more way to write an address.
    lowered = text.lower()
    written = {lowered, unquote(lowered), unquote(unescape(text)).lower()}
    return any(one in form for one in hidden for form in written)


def _shown(message: Message) -> dict[str, Mailbox]:
    found: dict[str, Mailbox] = {}
    for field in message.all(*VISIBLE_FIELDS):
        for box in field.mailboxes:
            found.setdefault(comparable(box.address), box)
    return found


def _without_bcc(message: Message, hidden: frozenset[str]) -> bytes:
    gone = {name.lower() for name in BCC_FIELDS}
    kept = [field for field in message.fields if field.name.lower() not in gone]
    return stuffed(b"".join(_octets(message, field) for field in _harmless(message, kept, hidden, keep_lines=True)))


def _rewritten(
    message: Message,
    shown: dict[str, Mailbox],
    own: str,
    address: str,
    mode: Mode,
    hidden: frozenset[str],
    is_outside: Callable[[str], bool],
) -> bytes:
    if mode is Mode.INDIVIDUAL:
        to, cc = [shown.get(own, Mailbox(address, ""))], []
    else:
        to, cc = (_kept(message, names, own, is_outside) for names in (("To",), ("Cc",)))
        if not to and own in shown:
            to, cc = [shown[own]], [box for box in cc if comparable(box.address) != own]
    to, cc = ([_without_hidden_name(box, hidden) for box in boxes] for boxes in (to, cc))
    addressed = {name.lower() for name in (*VISIBLE_FIELDS, *BCC_FIELDS)}
    written = (_written("To", to) if to else NOBODY) + (_written("Cc", cc) if cc else b"")
    place = next((field for field in message.fields if field.name.lower() in addressed), None)
    others = [field for field in message.fields if field is place or field.name.lower() not in addressed]
    out = b""
    for field in _harmless(message, others, hidden, spared=place):
        out += written if field is place else _octets(message, field)
    return stuffed(out if place is not None else out + written)


def _kept(message: Message, names: tuple[str, ...], own: str, is_outside: Callable[[str], bool]) -> list[Mailbox]:
    """Whom a field still shows: the office's people and the reader itself, each once."""
    found: dict[str, Mailbox] = {}
    for field in message.all(*names):
        for box in field.mailboxes:
            one = comparable(box.address)
            if one == own or not is_outside(one):
                found.setdefault(one, box)
    return list(found.values())


def _without_hidden_name(box: Mailbox, hidden: frozenset[str]) -> Mailbox:
    """The mailbox; its name is gone where it shows a hidden address, as names from an autocompletion may."""
    return Mailbox(box.address, "") if still_shows(unicodedata.normalize("NFKC", box.name), hidden) else box


def _harmless(
    message: Message,
    fields: list[Field],
    hidden: frozenset[str],
    *,
    spared: Field | None = None,
    keep_lines: bool = False,
) -> list[Field]:
    """The fields without those that name a hidden recipient. Raises ``NotPossible`` where one of them must stay."""
    found = []
    for field in fields:
        if field is not spared and hidden and not (keep_lines and _is_visible(field)) and _names(field, hidden):
            if _STRUCTURE.fullmatch(field.name.lower()):
                raise NotPossible(f"the field {field.name} names a hidden recipient")
            continue
        found.append(field)
    return found


def _is_visible(field: Field) -> bool:
    return field.name.lower() in {name.lower() for name in VISIBLE_FIELDS}


def _names(field: Field, hidden: frozenset[str]) -> bool:
    if not any(sign in field.value for sign in (b"@", b"=?", b"%", b"&")):
        return False
    # In the octets as well as decoded: an address may hide in an encoded word or be cut by folding.
    texts = (field.value.decode("latin-1"), decode_words(field.value))
    if any(still_shows(text, hidden) for text in texts):
        return True
    return any(comparable(box.address) in hidden for box in field.mailboxes)


def _octets(message: Message, field: Field) -> bytes:
    octets = message.octets[field.start : field.end]
    return octets if octets.endswith(b"\r\n") else octets.rstrip(b"\r\n") + b"\r\n"


def _written(name: str, boxes: list[Mailbox]) -> bytes:
    """An address field, a mailbox on each line where they do not fit on one (RFC 5322 §2.1.1, §2.2.3)."""
    texts = [_mailbox(box) for box in boxes]
    line = f"{name}: " + ", ".join(texts)
    if len(line) > LINE_MAX or "\r\n" in line:
        line = f"{name}: " + ",\r\n\t".join(texts)
    return line.encode("utf-8") + b"\r\n"


def _mailbox(box: Mailbox) -> str:
    address = _addr_spec(box.address)
    name = re.sub(r"[\x00-\x1f\x7f]", " ", box.name).strip()
    if not name:
        return address
    if _PLAIN_NAME.fullmatch(name):
        return f'"{name}" <{address}>' if "." in name else f"{name} <{address}>"
    if name.isascii():
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{address}>'
    encoded = Header(name, "utf-8", maxlinelen=60, continuation_ws="\t").encode(linesep="\r\n")
    return f"{encoded}\r\n\t<{address}>" if "\r\n" in encoded else f"{encoded} <{address}>"


def _addr_spec(address: str) -> str:
    local, domain = local_part(address), address.rpartition("@")[2]
    if _ATOM.fullmatch(local) or not local.isascii():
        return f"{local}@{domain}"
    # What Japanese carriers once gave out (a..b@) may only stand in quotes (RFC 5322 §3.4.1).
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"@{domain}'
