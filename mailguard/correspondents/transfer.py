"""Correspondents in and out: CSV as spreadsheets write it, address books as vCard."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailguard.correspondents import queries
from mailguard.correspondents.learning import learn_now
from mailguard.correspondents.queries import Reader
from mailguard.mime.addresses import mailboxes_of
from mailguard.mime.japanese import decode_text
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of
from mailguard.model.address import comparable
from mailguard.model.knowledge import Lesson
from mailguard.policy.people import full_name
from mailguard.store import Transaction
from mailguard.store.times import from_micros

PAGE = 1000
COLUMNS = ("address", "name", "mails", "last")
_ADDRESS = re.compile(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+\.[^\s<>(),;:\"]+")
_HALF_NAME = re.compile(r"[々぀-ヿ一-鿿]{1,4}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One person of an address book: a comparable address, the full name or "", mails so far."""

    address: str
    name: str
    mails: int = 1


def entries_in(octets: bytes) -> list[Entry]:
    """The people of a CSV file or vCard, in any encoding of Japanese programs; lines without an address are skipped."""
    text = decode_text(octets.removeprefix(b"\xef\xbb\xbf"))
    found: dict[str, Entry] = {}
    for address, name in _of_cards(text) if "BEGIN:VCARD" in text.upper() else _of_rows(text):
        box = comparable(address)
        if box not in found or (name and not found[box].name):
            found[box] = Entry(box, full_name(name))
    return list(found.values())


def import_entries(transaction: Transaction, entries: list[Entry]) -> int:
    """Take people over as known to the office, though to none of its senders; how many were new."""
    there = queries.seen(transaction, [entry.address for entry in entries])
    new = [entry for entry in entries if entry.address not in there]
    learn_now(transaction, [Lesson("", {entry.address: entry.name}, (), (), None, "") for entry in new])
    return len(new)


def export(reader: Reader) -> Iterator[str]:
    """All correspondents as lines of CSV for spreadsheets, with a byte order mark and a head line."""
    yield BYTE_ORDER_MARK + line_of(COLUMNS)
    after = ""
    while rows := queries.page(reader, after, PAGE):
        names: dict[str, str] = {}
        for address, name in queries.names_of(reader, [row.address for row in rows]):
            if "|" not in name:
                names.setdefault(address, name)
        for row in rows:
            yield line_of(
                (row.address, names.get(row.address, ""), str(row.mails), from_micros(row.last_at).date().isoformat())
            )
        after = rows[-1].address


def _of_rows(text: str) -> Iterator[tuple[str, str]]:
    lines = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    for row in _readable(csv.reader(io.StringIO(lines))):
        cells = [cell.strip().removeprefix("'") for cell in row]
        for position, cell in enumerate(cells):
            for box in mailboxes_of(cell.encode()):
                if _ADDRESS.fullmatch(box.address):
                    yield box.address, box.name or _name_in(cells, position)


def _readable(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows up to where it is no CSV any more."""
    try:
        yield from rows
    except csv.Error:
        return


def _name_in(cells: list[str], position: int) -> str:
    """The full name beside an address: surname and given name in columns of their own, or one cell."""
    others = [cell for number, cell in enumerate(cells) if number != position]
    for first, second in itertools.pairwise(others):
        if _HALF_NAME.fullmatch(first) and _HALF_NAME.fullmatch(second) and full_name(first + second):
            return first + second
    return next((cell for cell in others if full_name(cell)), "")


def _of_cards(text: str) -> Iterator[tuple[str, str]]:
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    for card in re.split(r"BEGIN:VCARD", unfolded, flags=re.IGNORECASE)[1:]:
        name = re.search(r"^FN[^:\r\n]*:(.*)$", card, re.MULTILINE | re.IGNORECASE)
        for found in re.finditer(r"^(?:item\d+\.)?EMAIL[^:\r\n]*:(.*)$", card, re.MULTILINE | re.IGNORECASE):
            if _ADDRESS.fullmatch(found[1].strip()):
                yield found[1].strip(), name[1].strip() if name else ""
