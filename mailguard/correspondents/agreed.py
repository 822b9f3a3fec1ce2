"""Passwords agreed with partners: kept sealed, one for each address or domain, never used twice, destroyed when ended.

Whether one is good enough is for ``transform.passwords.agreed_rules``; nobody is made to change one that is good.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from mailguard.correspondents import queries
from mailguard.correspondents.abilities import domain_key, key_of
from mailguard.correspondents.queries import Reader
from mailguard.errors import NotAllowed
from mailguard.i18n import text
from mailguard.sealing import SecretBox
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros
from mailguard.transform.passwords.agreed_rules import complaints

AGREED = "passwords agreed with partners"
"""The purpose of the key they are sealed with."""
AGREED_FINGERPRINTS = "fingerprints of passwords agreed with partners"
"""The purpose of the key their fingerprints are made with."""


@dataclass(frozen=True, slots=True)
class AgreedPassword:
    """One in force, without the password. ``address``: in comparable form, or "@domain"."""

    address: str
    agreed_at: datetime
    agreed_by: str


def agree(transaction: Transaction, box: SecretBox, key: bytes, address: str, password: str, by: str) -> None:
    """Keep a password for an address or "@domain"; the one before is destroyed. ``key``: for its fingerprint.

    Raises ``NotAllowed`` for one that is too weak, or that was agreed before with whomever (manual 1-4: never the same
    twice). Nothing is changed then.
    """
    name = key_of(address)
    found = complaints(password, name)
    if found:
        raise NotAllowed("a weak password", public="\n".join(text("en", one) for one in found))
    fingerprint = hmac.digest(key, password.encode(), "sha256")
    if queries.is_used(transaction, fingerprint):
        public = "This password was agreed on before, with this partner or another; please agree on a new one"
        raise NotAllowed("a password used before", public=public)
    queries.end_agreed(transaction, name, to_micros(transaction.now))
    row = {
        "address": name,
        "password": box.seal(password.encode(), name),
        "fingerprint": fingerprint,
        "agreed_at": to_micros(transaction.now),
        "ended_at": None,
        "agreed_by": by,
    }
    queries.insert_agreed(transaction, row)


def agreed_password(reader: Reader, box: SecretBox, address: str) -> tuple[str, datetime] | None:
    """The password for an address (a comparable one), else for its domain, and since when; None where none is in force.

    Raises ``ContentDamaged`` where it does not open.
    """
    found = {row.address: row for row in queries.agreed(reader, {address, domain_key(address)})}
    row = found.get(address, found.get(domain_key(address)))
    if row is None:
        return None
    return box.open(bytes(row.password), row.address).decode(), from_micros(row.agreed_at)


def withdraw(transaction: Transaction, address: str) -> bool:
    """Destroy the password of an address or "@domain"; whether there was one. Safe to call twice."""
    return queries.end_agreed(transaction, key_of(address), to_micros(transaction.now)) > 0


def list_agreed(reader: Reader) -> list[AgreedPassword]:
    """All in force, by address."""
    newest = {row.address: row for row in queries.all_agreed(reader)}
    return [AgreedPassword(row.address, from_micros(row.agreed_at), row.agreed_by) for row in newest.values()]
