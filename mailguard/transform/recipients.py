"""The header blocks that hide recipients from each other. Only header fields change; what follows stays as it came.

* ``HIDE``: an outsider sees itself, where it was visible, and the people of the office; other outsiders are gone.
* ``INDIVIDUAL``: an outsider sees itself alone, in To.
* ``BCC_ONLY``: only a ``Bcc:`` field that was left in is taken out (RFC 5322 §3.6.3).

Every visible outsider therefore gets a variant of its own; those who were only in the envelope share one. A field that
nobody reads but that names a hidden recipient is dropped; where one that must stay names it, it is not possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from mailguard.mime.address_fields import NOBODY, is_structure, is_visible, names_any, without_telling_name, written
from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS, Mailbox
from mailguard.mime.message import Field, Message, stuffed
from mailguard.model.address import comparable
from mailguard.model.verdict import Reason


class Mode(StrEnum):
    """How recipients are hidden."""

    HIDE = "hide"
    INDIVIDUAL = "individual"
    BCC_ONLY = "bcc_only"


class NotPossible(Exception):
    """The mail cannot be made as its verdict wants it. ``reason``: what people are told; ``details``: what goes on
    record beside it, never a value.
    """

    def __init__(
        self, cause: str, reason: Reason = Reason.NOT_PREPARED, details: dict[str, object] | None = None
    ) -> None:
        super().__init__(cause)
        self.reason = reason
        self.details = details or {}


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
    to, cc = ([without_telling_name(box, hidden) for box in boxes] for boxes in (to, cc))
    addressed = {name.lower() for name in (*VISIBLE_FIELDS, *BCC_FIELDS)}
    fields = (written("To", to) if to else NOBODY) + (written("Cc", cc) if cc else b"")
    place = next((field for field in message.fields if field.name.lower() in addressed), None)
    others = [field for field in message.fields if field is place or field.name.lower() not in addressed]
    out = b""
    for field in _harmless(message, others, hidden, spared=place):
        out += fields if field is place else _octets(message, field)
    return stuffed(out if place is not None else out + fields)


def _kept(message: Message, names: tuple[str, ...], own: str, is_outside: Callable[[str], bool]) -> list[Mailbox]:
    """Whom a field still shows: the office's people and the reader itself, each once."""
    found: dict[str, Mailbox] = {}
    for field in message.all(*names):
        for box in field.mailboxes:
            one = comparable(box.address)
            if one == own or not is_outside(one):
                found.setdefault(one, box)
    return list(found.values())


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
        if field is not spared and hidden and not (keep_lines and is_visible(field)) and names_any(field, hidden):
            if is_structure(field):
                raise NotPossible(f"the field {field.name} names a hidden recipient")
            continue
        found.append(field)
    return found


def _octets(message: Message, field: Field) -> bytes:
    octets = message.octets[field.start : field.end]
    return octets if octets.endswith(b"\r\n") else octets.rstrip(b"\r\n") + b"\r\n"
