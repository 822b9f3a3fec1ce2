"""What recipients can open and prefer: learned from refusals, or said by somebody here, and correctable for good.

What a person said of an address or its domain ("@example.com") goes before what a server's reply taught, and is never
changed by one; within each, the address goes before its domain. A domain is meant without its sub-domains.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy import Row

from mailguard import audit
from mailguard.correspondents import queries
from mailguard.correspondents.queries import Reader
from mailguard.correspondents.refusals import taught_by_reply
from mailguard.errors import NotAllowed
from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import Reply
from mailguard.model.protection import Channel, Mode, Trait, Traits, TraitSource
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros

ACTOR = Actor(ActorKind.WORKER, "correspondents")
PAGE = 1000
_BETWEEN_DIGITS = re.compile(r"[\s().,/\-\u2010-\u2015\u2212\u2500\u30fb\u30fc]")
"""What people write between digits, the long vowel sign of a Japanese keyboard among it."""
_TRUNK_ZERO = re.compile(r"(?<=[0-9\s])\(0\)")
_PHONE = re.compile(r"\+(?!810)[1-9][0-9]{9,14}|0[0-9]{9,14}")
"""At most 15 digits (ITU-T E.164 §6.2.1). After +81 the zero of the area code is left out, or nobody is reached."""


@dataclass(frozen=True, slots=True)
class Known:
    """One trait as it is on record. ``address``: in comparable form, or "@domain". ``value``: "yes" or "no", a channel,
    or a telephone number.
    """

    address: str
    trait: Trait
    value: str
    source: TraitSource
    changed_at: datetime


def traits_of(reader: Reader, addresses: Iterable[str]) -> dict[str, Traits]:
    """What is known of these addresses (comparable ones), an entry for each."""
    wanted = list(dict.fromkeys(addresses))
    known = known_of(reader, wanted)
    asked = {*wanted, *map(domain_key, wanted)}
    agreed = {row.address: from_micros(row.agreed_at) for row in queries.agreed(reader, asked)}
    return {one: _traits(known[one], agreed.get(one, agreed.get(domain_key(one)))) for one in wanted}


def known_of(reader: Reader, addresses: Iterable[str]) -> dict[str, dict[Trait, Known]]:
    """What counts for these addresses (comparable ones), with who said it of whom: an entry for each."""
    wanted = list(dict.fromkeys(addresses))
    rows: dict[str, list[Known]] = {}
    for row in queries.traits(reader, {*wanted, *map(domain_key, wanted)}):
        rows.setdefault(row.address, []).append(_known(row))
    found: dict[str, dict[Trait, Known]] = {}
    for address in wanted:
        ordered = dict.fromkeys((domain_key(address), address))
        # The last one counts: the domain's before the address's, replies before people.
        entries = [one for key in ordered for one in rows.get(key, ())]
        entries.sort(key=lambda one: one.source is TraitSource.PERSON)
        found[address] = {one.trait: one for one in entries}
    return found


def note(
    transaction: Transaction, address: str, trait: Trait, value: str, source: TraitSource = TraitSource.PERSON
) -> bool:
    """Note a trait of an address or "@domain", in any spelling; whether that changed what was on record.

    ``value``: "yes" or "no", a channel, a telephone number. Raises ``NotAllowed`` for what the trait cannot be. A reply
    changes nothing where a person has spoken of the same address.
    """
    return _put(transaction, key_of(address), trait, _checked(trait, value), source)


def unknow(transaction: Transaction, address: str, trait: Trait | None = None) -> int:
    """Take back what is noted of an address or "@domain", whoever said it; None: all of it. How many traits."""
    return queries.forget_trait(transaction, key_of(address), None if trait is None else trait.value)


def list_traits(reader: Reader, after: str = "", limit: int = PAGE) -> list[Known]:
    """What is noted of the next ``limit`` addresses and domains after ``after``, in their order."""
    return [_known(row) for row in queries.page_of_traits(reader, after, limit)]


def learn_reply(transaction: Transaction, address: str, mode: Mode, reply: Reply, queue_id: str, position: int) -> bool:
    """Learn from the refusal of a parcel, and put it on record; whether anything is new. Never raises for what a mail
    or a server says.
    """
    taught = taught_by_reply(mode, reply)
    name = comparable(address)
    if taught is None or name.startswith("@"):
        return False
    trait, value = taught
    is_new = _put(transaction, name, trait, value, TraitSource.REPLY)
    if is_new:
        details: dict[str, object] = {
            "trait": trait.value, "value": value, "code": reply.code, "positions": [position],
        }  # fmt: skip
        audit.append(
            transaction, AuditEvent(transaction.now, ACTOR, AuditAction.CORRESPONDENT_TAUGHT, queue_id, details)
        )
    return is_new


def phone_number(written: str) -> str:
    """A telephone number as digits with a leading plus or zero. Raises ``NotAllowed`` for anything else."""
    text = "".join(sign for sign in unicodedata.normalize("NFKC", written) if unicodedata.category(sign) != "Cf")
    if text.lstrip().startswith("+"):
        text = _TRUNK_ZERO.sub("", text)
    digits = _BETWEEN_DIGITS.sub("", text)
    if not _PHONE.fullmatch(digits):
        raise NotAllowed("not a telephone number", public="This is not a telephone number: use 090-... or +81 90 ...")
    return digits


def key_of(address: str) -> str:
    """An address or "@domain" as it is kept. Raises ``NotAllowed`` for what is neither."""
    written = address.strip()
    if "@" not in written:
        # The sign of a Japanese keyboard, which is no "@" to anybody else.
        written = written.replace("\uff20", "@")
    name = comparable(written)
    has_domain = all(domain_of(name).split("."))
    if not has_domain or "@" in local_part(name) or not name.isprintable() or " " in name:
        raise NotAllowed("neither an address nor a domain", public="This is neither a mail address nor @domain")
    return name


def domain_key(address: str) -> str:
    """What its domain is kept under; of "@domain" that itself."""
    return "@" + domain_of(address)


def _put(transaction: Transaction, name: str, trait: Trait, value: str, source: TraitSource) -> bool:
    row = {
        "address": name,
        "trait": trait.value,
        "value": value,
        "source": source.value,
        "changed_at": to_micros(transaction.now),
    }
    return queries.put_trait(transaction, row, is_final=source is TraitSource.PERSON)


def _known(row: Row[tuple[str, str, str, str, int]]) -> Known:
    return Known(row.address, Trait(row.trait), row.value, TraitSource(row.source), from_micros(row.changed_at))


def _traits(known: dict[Trait, Known], agreed_at: datetime | None) -> Traits:
    def flag(trait: Trait) -> bool | None:
        return known[trait].value == "yes" if trait in known else None

    return Traits(
        refuses_zip=flag(Trait.REFUSES_ZIP),
        opens_pdf=flag(Trait.OPENS_PDF),
        prefers=Channel(known[Trait.PREFERS].value) if Trait.PREFERS in known else None,
        phone=known[Trait.PHONE].value if Trait.PHONE in known else "",
        agreed=agreed_at is not None,
        agreed_at=agreed_at,
    )


def _checked(trait: Trait, value: str) -> str:
    match trait:
        case Trait.PHONE:
            return phone_number(value)
        case Trait.PREFERS:
            allowed = [one.value for one in Channel]
        case Trait.REFUSES_ZIP | Trait.OPENS_PDF:
            allowed = ["yes", "no"]
        case _:
            assert_never(trait)
    if value not in allowed:
        raise NotAllowed(f"trait {trait.value}", public=f"{trait.value} must be one of: {', '.join(allowed)}")
    return value
