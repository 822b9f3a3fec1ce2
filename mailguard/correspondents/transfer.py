"""Correspondents in and out: CSV as spreadsheets write it, address books as vCard.

Names are kept as they are written. Of a file each line is taken or told: what is wrong in one line keeps no other line
out. What ``export`` writes is read back as the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from mailguard.correspondents import queries
from mailguard.correspondents.book import AddressBook, Entry
from mailguard.correspondents.learning import BOOK, note_people
from mailguard.correspondents.queries import Reader
from mailguard.correspondents.recall import known_as
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of
from mailguard.model.address import domain_of, local_part
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros

PAGE = 1000
COLUMNS = ("address", "name", "mails", "last")


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did: people who were not known before, and names that are other than before."""

    new: int
    renamed: int


def import_entries(transaction: Transaction, book: AddressBook) -> Taken:
    """Take people over as known to the office, though to none of its senders.

    Of those who are known already only the name is taken over, where the book has one.
    """
    names = {entry.address: entry.name for entry in book.entries}
    there = queries.seen(transaction, names)
    before = known_as(transaction, [one for one, name in names.items() if name and one in there])
    renamed = {one: names[one] for one, name in before.items() if name != names[one]}
    renamed |= {one: name for one, name in names.items() if name and one in there and one not in before}
    new = {entry.address: entry for entry in book.entries if entry.address not in there}
    queries.forget_book_names(transaction, renamed)
    queries.add(transaction, "correspondent", [_row(entry, transaction.now) for entry in new.values()])
    queries.add(
        transaction,
        "correspondence",
        [
            {"address": entry.address, "sender": BOOK, "mails": 1, "last_at": to_micros(transaction.now)}
            for entry in new.values()
            if not entry.mails
        ],
    )
    note_people(transaction, {one: entry.name for one, entry in new.items()}, renamed)
    return Taken(len(new), len(renamed))


def export(reader: Reader) -> Iterator[str]:
    """All correspondents as lines of CSV for spreadsheets, with a byte order mark and a head line.

    ``mails`` is 0 and ``last`` empty for those who are known by an address book alone.
    """
    yield BYTE_ORDER_MARK + line_of(COLUMNS)
    after = ""
    while rows := queries.page(reader, after, PAGE):
        addresses = [row.address for row in rows]
        names, from_book = known_as(reader, addresses), queries.seen_by(reader, BOOK, addresses)
        for row in rows:
            mails = row.mails - from_book.get(row.address, 0)
            last = from_micros(row.last_at).date().isoformat() if mails else ""
            yield line_of((row.address, names.get(row.address, ""), str(mails), last))
        after = rows[-1].address


def _row(entry: Entry, now: datetime) -> dict[str, object]:
    # Known is who has a mail: one that was none is on record beside it, as that of the book.
    at = to_micros(_moment(entry.last, now))
    return {
        "address": entry.address, "local_part": local_part(entry.address), "domain": domain_of(entry.address),
        "mails": entry.mails or 1, "first_at": at, "last_at": at,
    }  # fmt: skip


def _moment(day: date | None, now: datetime) -> datetime:
    return now if day is None else min(now, datetime.combine(day, time(), UTC))
