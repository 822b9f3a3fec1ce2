"""Everybody of whom something is known, for people who look after it: a page at a time, searched, or one of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from mailguard.correspondents import queries
from mailguard.correspondents.administration import Dossier, dossiers
from mailguard.correspondents.learning import BOOK
from mailguard.correspondents.queries import Reader
from mailguard.correspondents.recall import known_as
from mailguard.store.times import from_micros

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """An address or "@domain". ``mails`` is 0 where no mail to it was delivered or taken over; an address book makes
    people known without a mail. The times are None where it is not known at all.

    ``dossier``: what counts for it, that of its domain included.
    """

    address: str
    name: str
    mails: int
    first_at: datetime | None
    last_at: datetime | None
    dossier: Dossier


def acquaintances(reader: Reader, search: str = "", after: str = "", limit: int = PAGE_ROWS) -> list[Acquaintance]:
    """The next ones after an address, in order; ``search``: what stands in address or name."""
    return acquaintances_of(reader, queries.found(reader, search.strip(), after, limit))


def acquaintances_of(reader: Reader, addresses: Collection[str]) -> list[Acquaintance]:
    """What is known of these, in any spelling and in their order. Raises ``NotAllowed`` for what is neither an address
    nor a domain.
    """
    if not addresses:
        return []
    found = dossiers(reader, addresses)
    keys = [one.address for one in found]
    histories = {row.address: row for row in queries.histories(reader, keys)}
    names, from_book = known_as(reader, keys), queries.seen_by(reader, BOOK, keys)
    listed = []
    for one in found:
        row = histories.get(one.address)
        listed.append(
            Acquaintance(
                one.address,
                names.get(one.address, ""),
                0 if row is None else row.mails - from_book.get(one.address, 0),
                None if row is None else from_micros(row.first_at),
                None if row is None else from_micros(row.last_at),
                one,
            )
        )
    return listed
