"""What people do with what is known of recipients. Each is a work that records who did it.

The record says what kind of thing was said and of how many, never of whom, and never a password or a number. Errors:
``NotAllowed`` with words for the person; nothing was changed then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mailguard import audit
from mailguard.correspondents import abilities
from mailguard.correspondents import agreed as passwords
from mailguard.correspondents.abilities import Known, domain_key, key_of
from mailguard.correspondents.agreed import AgreedPassword
from mailguard.correspondents.book import AddressBook
from mailguard.correspondents.learning import forget
from mailguard.correspondents.queries import Reader
from mailguard.correspondents.transfer import Taken, import_entries
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.protection import Trait
from mailguard.sealing import SecretBox
from mailguard.store import Transaction, Work


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one address or "@domain", by trait. ``agreed``: the password in force with it, None: none.

    What counts for an address through its domain is among it, under the domain's name.
    """

    address: str
    known: tuple[Known, ...]
    agreed: AgreedPassword | None


def dossiers(reader: Reader, addresses: Collection[str] = ()) -> list[Dossier]:
    """What counts for these, in any spelling and in their order, an entry for each; of none: all that is on record,
    each under its own name. Raises ``NotAllowed`` for what is neither an address nor a domain.
    """
    in_force = {one.address: one for one in passwords.list_agreed(reader)}
    if addresses:
        wanted = list(dict.fromkeys(map(key_of, addresses)))
        counting = abilities.known_of(reader, wanted)
        return [
            Dossier(one, _ordered(counting[one].values()), in_force.get(one, in_force.get(domain_key(one))))
            for one in wanted
        ]
    noted: dict[str, list[Known]] = {}
    after = ""
    while page := abilities.list_traits(reader, after):
        for known in page:
            noted.setdefault(known.address, []).append(known)
        after = page[-1].address
    everybody = sorted({*noted, *in_force})
    return [Dossier(one, _ordered(noted.get(one, ())), in_force.get(one)) for one in everybody]


def note_all(address: str, values: Mapping[Trait, str], actor: Actor) -> Work[int]:
    """Note what a person says of an address or "@domain"; how much of it is new."""
    name = key_of(address)

    def work(transaction: Transaction) -> int:
        new = [trait for trait, value in values.items() if abilities.note(transaction, name, trait, value)]
        if new:
            _record(transaction, actor, AuditAction.CORRESPONDENT_NOTED, traits=sorted(new), people=1)
        return len(new)

    return work


def take_back(address: str, traits: Collection[Trait], actor: Actor) -> Work[int]:
    """Take back what is noted of an address or "@domain", whoever said it: these traits, of none all; how many."""
    name = key_of(address)

    def work(transaction: Transaction) -> int:
        gone = [trait for trait in traits or Trait if abilities.unknow(transaction, name, trait)]
        if gone:
            _record(
                transaction, actor, AuditAction.CORRESPONDENT_NOTED, traits=sorted(gone), people=1, is_taken_back=True
            )
        return len(gone)

    return work


def agree_on(address: str, password: str, box: SecretBox, key: bytes, actor: Actor) -> Work[bool]:
    """Keep a password agreed with an address or "@domain" by ``actor``; whether it takes the place of another.

    ``box`` and ``key``: as in ``agree``, whose errors these are.
    """
    name = key_of(address)

    def work(transaction: Transaction) -> bool:
        is_replaced = any(one.address == name for one in passwords.list_agreed(transaction))
        passwords.agree(transaction, box, key, name, password, actor.name)
        _record(transaction, actor, AuditAction.PASSWORD_AGREED, people=1, is_replaced=is_replaced)
        return is_replaced

    return work


def end_agreement(address: str, actor: Actor) -> Work[bool]:
    """Destroy the password agreed with an address or "@domain"; whether there was one. Safe to call twice."""
    name = key_of(address)

    def work(transaction: Transaction) -> bool:
        was_there = passwords.withdraw(transaction, name)
        if was_there:
            _record(transaction, actor, AuditAction.PASSWORD_WITHDRAWN, people=1)
        return was_there

    return work


def forget_people(addresses: Collection[str], actor: Actor) -> Work[int]:
    """Forget people: names, lists and threads they stood on, what they can open, passwords agreed with them.

    How many rows that were; the record of delivered mail stays.
    """

    def work(transaction: Transaction) -> int:
        removed = sum(forget(transaction, address) for address in addresses)
        _record(transaction, actor, AuditAction.CORRESPONDENT_FORGOTTEN, people=len(addresses))
        return removed

    return work


def take_people_over(book: AddressBook, actor: Actor) -> Work[Taken]:
    """Take people over as known to the office, and the names they have in the book."""

    def work(transaction: Transaction) -> Taken:
        taken = import_entries(transaction, book)
        figures = {"found": len(book.entries), "new": taken.new, "renamed": taken.renamed}
        skipped = {"skipped": len(book.skipped)} if book.skipped else {}
        _record(transaction, actor, AuditAction.CORRESPONDENTS_IMPORTED, **figures, **skipped)
        return taken

    return work


def _ordered(known: Iterable[Known]) -> tuple[Known, ...]:
    order = list(Trait)
    return tuple(sorted(known, key=lambda one: order.index(one.trait)))


def _record(transaction: Transaction, actor: Actor, action: AuditAction, **details: object) -> None:
    audit.append(transaction, AuditEvent(transaction.now, actor, action, None, details))
