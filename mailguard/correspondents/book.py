"""Address books as files: the people in them, and the lines that are nobody.

A CSV file may say by its headings, in Japanese or English, what stands where; without headings names stand beside the
addresses. Any encoding of Japanese programs is read. Pure.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from mailguard.mime.addresses import mailboxes_of
from mailguard.mime.japanese import likely_text
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, plain
from mailguard.model.address import comparable, is_mailbox
from mailguard.policy.people import full_name

NAME_MAX = 200
_HALF_NAME = re.compile(r"[々぀-ヿ一-鿿]{1,4}")
_MAILS_MAX = 10**9
_CELL_MAX = 10_000
"""Characters; a quotation mark that nobody closed makes one cell of the rest of a file."""
_BREAKS = ("Cc", "Zl", "Zp")
"""Categories of Unicode that have no place in a line. What only hides is kept, and made visible where it is shown."""
_HEADINGS = {
    "address": "address mail email e-mail mailaddress emailaddress e-mailaddress emailaddress1 e-mail1 "
    "メール メールアドレス アドレス eメール 電子メール 電子メールアドレス 電子メール2アドレス 電子メール3アドレス",
    "name": "name fullname displayname 氏名 名前 お名前 表示名 宛名 電子メール表示名",
    "surname": "surname lastname familyname 姓 苗字 名字",
    "given": "givenname firstname 名",
    "mails": "mails 通数",
    "last": "last 最後のメール",
}
_COLUMN_OF = {word: column for column, words in _HEADINGS.items() for word in words.split()}


@dataclass(frozen=True, slots=True)
class Entry:
    """One person: a comparable address, the name as written or "", mails so far, and the day of the last one."""

    address: str
    name: str
    mails: int = 0
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line (from 1) that was not taken. ``reason`` and ``values`` name the words (``correspondent.import.*``)."""

    line: int
    reason: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressBook:
    """What is in a file: everybody once, and every line that is nobody."""

    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...] = ()


_Found = Iterator[tuple[int, Entry] | Skipped]


def book_in(octets: bytes) -> AddressBook:
    """The people of a CSV file or vCard. Never fails: what cannot be read is told."""
    text = likely_text(octets).removeprefix(BYTE_ORDER_MARK).replace("\0", "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    entries: dict[str, Entry] = {}
    skipped: list[Skipped] = []
    for found in _of_cards(lines) if "BEGIN:VCARD" in lines.upper() else _of_rows(lines):
        if isinstance(found, Skipped):
            skipped.append(found)
            continue
        line, entry = found
        there = entries.get(entry.address)
        if len(entry.name) > NAME_MAX:
            skipped.append(Skipped(line, "long_name", {"most": str(NAME_MAX)}))
        elif there is None:
            entries[entry.address] = entry
        elif entry.name and not there.name:
            entries[entry.address] = replace(there, name=entry.name)
        else:
            skipped.append(Skipped(line, "twice", {"address": entry.address}))
    return AddressBook(tuple(entries.values()), tuple(skipped))


# -- spreadsheets


def _of_rows(text: str) -> _Found:
    # Spreadsheets write tabs into "Unicode text", and semicolons where the comma is a decimal sign.
    between = next((sign for sign in ",\t;" if sign in text.lstrip("\n").partition("\n")[0]), ",")
    rows = csv.reader(io.StringIO(text), delimiter=between)
    columns: list[str] | None = None
    line = 1
    try:
        for row in rows:
            if any(len(cell) > _CELL_MAX for cell in row):
                # The limit of the library is the whole process's, and others set it.
                raise csv.Error("a cell without end")
            cells = [plain(cell.strip()) for cell in row]
            if not any(cells):
                pass
            elif columns is None and not any("@" in cell for cell in cells) and _is_head(cells):
                columns = [_COLUMN_OF.get(_heading(cell), "") for cell in cells]
            else:
                columns = columns or []
                yield from _of_row(line, cells, columns)
            line = rows.line_num + 1
    except csv.Error:
        yield Skipped(line, "unreadable")


def _is_head(cells: Sequence[str]) -> bool:
    return any(_COLUMN_OF.get(_heading(cell)) == "address" for cell in cells)


def _heading(cell: str) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).lower().split())


def _of_row(line: int, cells: list[str], columns: list[str]) -> _Found:
    """Everybody of a row, or why it is nobody."""
    places = [at for at, column in enumerate(columns) if column == "address" and at < len(cells)]
    wrong = ""
    is_taken = False
    for place in places or range(len(cells)):
        for address, name in _boxes(cells[place]):
            if is_mailbox(comparable(address)):
                is_taken = True
                shown = name or (_named(cells, columns) if columns else _name_beside(cells, place))
                yield line, Entry(comparable(address), _one_line(shown), _mails(cells, columns), _day(cells, columns))
            else:
                wrong = wrong or address
    if wrong:
        yield Skipped(line, "bad_address", {"address": "".join(filter(str.isprintable, wrong))[:NAME_MAX]})
    elif not is_taken:
        yield Skipped(line, "no_address")


def _boxes(cell: str) -> Iterator[tuple[str, str]]:
    """Addresses with the names that stand in the same cell; a cell without the sign has none."""
    if is_mailbox(comparable(cell)):
        yield cell, ""
    elif "@" in cell:
        boxes = mailboxes_of(cell.encode())
        yield from ((box.address, box.name) for box in boxes)
        if not boxes:
            yield cell, ""


def _named(cells: list[str], columns: list[str]) -> str:
    """The name that stands in the columns for it."""
    found = {column: _cell(cells, columns, column) for column in ("name", "surname", "given")}
    if found["name"] or not found["surname"] or not found["given"]:
        return found["name"] or found["surname"] or found["given"]
    is_japanese = _HALF_NAME.match(found["surname"]) is not None
    order = ("surname", "given") if is_japanese else ("given", "surname")
    return " ".join(found[column] for column in order)


def _cell(cells: list[str], columns: list[str], wanted: str) -> str:
    """The first filled cell of a column of that kind."""
    return next((cell for cell, column in zip(cells, columns, strict=False) if column == wanted and cell), "")


def _name_beside(cells: list[str], position: int) -> str:
    """The name beside an address where no heading says so: surname and given name apart, a full name, or any word."""
    others = [cell for number, cell in enumerate(cells) if number != position and "@" not in cell]
    for first, second in itertools.pairwise(others):
        if _HALF_NAME.fullmatch(first) and _HALF_NAME.fullmatch(second) and full_name(first + second):
            return f"{first} {second}"
    whole = next((cell for cell in others if full_name(cell)), "")
    return whole or next((cell for cell in others if _is_word(cell)), "")


def _is_word(cell: str) -> bool:
    return any(letter.isalpha() for letter in cell) and not any(letter.isdigit() for letter in cell)


def _mails(cells: list[str], columns: list[str]) -> int:
    typed = _cell(cells, columns, "mails")
    return min(int(typed), _MAILS_MAX) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else 0


def _day(cells: list[str], columns: list[str]) -> date | None:
    """Of mails that were counted; None where it is no day a calendar in use has."""
    try:
        day = date.fromisoformat(_cell(cells, columns, "last").replace("/", "-"))
    except ValueError:
        return None
    return day if day.year >= 2000 and _mails(cells, columns) else None


def _one_line(name: str) -> str:
    return "".join(" " if unicodedata.category(letter) in _BREAKS else letter for letter in name).strip()


# -- vCard


def _of_cards(text: str) -> _Found:
    line = 1
    for number, card in enumerate(re.split(r"(?=BEGIN:VCARD)", text, flags=re.IGNORECASE)):
        if number or card.strip():
            yield from _of_card(line, card)
        line += card.count("\n")


def _of_card(line: int, card: str) -> _Found:
    unfolded = re.sub(r"\n[ \t]", "", card)
    name = re.search(r"^FN[^:\n]*:(.*)$", unfolded, re.MULTILINE | re.IGNORECASE)
    is_taken = False
    for found in re.finditer(r"^(?:item\d+\.)?EMAIL[^:\n]*:(.*)$", unfolded, re.MULTILINE | re.IGNORECASE):
        address = comparable(found[1].strip())
        if is_mailbox(address):
            is_taken = True
            yield line, Entry(address, _one_line(name[1]) if name else "")
        else:
            shown = "".join(filter(str.isprintable, found[1].strip()))[:NAME_MAX]
            yield Skipped(line, "bad_address", {"address": shown})
            return
    if not is_taken:
        yield Skipped(line, "no_address")
