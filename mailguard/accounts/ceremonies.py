"""Sign-ins under way: what is asked in one request and answered in another.

The browser holds a random word in a cookie, the table its hash and a sealed state, so that neither a copy of the
database nor another browser can go on with somebody's sign-in. Each ceremony is of one kind and counts once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from mailguard.accounts import ceremony_queries as queries
from mailguard.accounts.bearer import hash_of, new_word
from mailguard.errors import ContentDamaged
from mailguard.sealing import SecretBox
from mailguard.store import Transaction
from mailguard.store.times import to_micros


class Kind(StrEnum):
    """What is under way."""

    CODE = "code"
    """A code that was mailed."""
    LINK = "link"
    """The link beside it."""
    SECOND_STEP = "second_step"
    OIDC = "oidc"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_NEW = "passkey_new"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One that is open. ``address`` is comparable, or "" where it is not known yet; ``state`` belongs to the kind."""

    key: bytes
    address: str
    state: dict[str, Any]
    tries: int


class Ceremonies:
    """Keeps them. Every method is part of a work or reading."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def add(
        self, transaction: Transaction, token: str, kind: Kind, address: str, state: dict[str, Any], life: timedelta
    ) -> None:
        """Begin one under ``token`` (``new_token``), for so long."""
        key = hash_of(token)
        row = {
            "ceremony_hash": key,
            "kind": kind.value,
            "address": address,
            "state": self._box.seal(json.dumps(state).encode(), _name(key, kind)),
            "tries": 0,
            "expires_at": to_micros(transaction.now + life),
        }
        queries.add_ceremony(transaction, row)

    def find(self, reader: Connection | Transaction, key: bytes, kind: Kind, now: int) -> Ceremony | None:
        """The open one of a key and kind; None where there is none, its time is over, or it does not open."""
        row = queries.ceremony_by_hash(reader, key)
        if row is None or row.kind != kind.value or row.expires_at <= now:
            return None
        try:
            state = json.loads(self._box.open(bytes(row.state), _name(key, kind)))
        except ContentDamaged:
            # Sealed under another master key: it is over, as if its time were.
            return None
        return Ceremony(key, row.address, state, row.tries)

    def take(self, transaction: Transaction, token: str, kind: Kind) -> Ceremony | None:
        """The open one of a token, which is over from now on; None as in ``find``."""
        found = self.find(transaction, hash_of(token), kind, to_micros(transaction.now))
        if found is not None:
            queries.remove_ceremony(transaction, found.key)
        return found

    def try_once(self, transaction: Transaction, token: str, kind: Kind, most: int) -> Ceremony | None:
        """The open one of a token with this try counted; None as in ``find``, or where there were ``most`` already."""
        found = self.find(transaction, hash_of(token), kind, to_micros(transaction.now))
        if found is None or found.tries >= most:
            return None
        queries.set_tries(transaction, found.key, found.tries + 1)
        return Ceremony(found.key, found.address, found.state, found.tries + 1)


def new_token() -> str:
    """What a browser's cookie holds of a ceremony."""
    return new_word()


def forget_ended(transaction: Transaction) -> int:
    """Work: remove ceremonies whose time is over; how many."""
    return queries.remove_expired(transaction, to_micros(transaction.now))


def _name(key: bytes, kind: Kind) -> str:
    return f"ceremony.{kind.value}.{key.hex()}"
