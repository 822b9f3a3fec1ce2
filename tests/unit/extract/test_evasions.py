"""Tricks to get a My Number past the relay: each is seen through, or what cannot be seen through is said to be unread.

Not tried, because nobody who gets the mail is shown it without tools: header fields of one's own, comments in archives,
octets between and behind the entries of an archive, undeclared UTF-7, hexadecimal dumps, unused strings of a workbook.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailguard.extract.contents import contents_of
from mailguard.inspection.inspecting import inspect, passwords_in
from mailguard.mime.message import Message
from mailguard.model.contents import Obstacle
from mailguard.model.finding import Kind
from tests.unit.extract import evasions_in_files, evasions_in_text

TRICKS = (
    evasions_in_text.SPELLINGS
    | evasions_in_text.CHARSETS
    | evasions_in_text.MARKUP
    | evasions_in_text.STRUCTURE
    | evasions_in_files.TEXT_FILES
    | evasions_in_files.DOCUMENTS
    | evasions_in_files.ARCHIVES
)
HELD = {
    "nested mails too deep": Obstacle.TOO_DEEP,
    "message/partial": Obstacle.UNKNOWN,
    "csv with odd separator": Obstacle.UNKNOWN,
    "text with a NUL": Obstacle.UNKNOWN,
    "text behind octets": Obstacle.UNKNOWN,
    "ole stream": Obstacle.UNKNOWN,
    "lzma alone": Obstacle.UNKNOWN,
    "zlib alone": Obstacle.UNKNOWN,
    "zip without directory": Obstacle.DAMAGED,
}
"""What nobody can look into, and why."""


def kinds(octets: bytes) -> set[str]:
    """The kinds that count in a mail, opened with the passwords that stand in it."""
    message = Message(octets)
    contents = contents_of(message)
    if passwords := passwords_in(contents):
        contents = contents_of(message, passwords=passwords)
    return {one.kind for one in inspect(contents).findings if one.suppressed is None}


@pytest.mark.parametrize("make", [pytest.param(make, id=name) for name, make in TRICKS.items() if name not in HELD])
def test_hidden_number_is_found(make: Callable[[], bytes]) -> None:
    """A My Number is found however it is dressed up and wherever it is put."""
    assert Kind.MY_NUMBER in kinds(make())


@pytest.mark.parametrize(("name", "why"), HELD.items())
def test_what_nobody_can_look_into_is_said(name: str, why: Obstacle) -> None:
    """What is unreadable is no clean mail."""
    assert why in {one.why for one in contents_of(Message(TRICKS[name]())).unreadable}


def test_tables_of_tricks_do_not_hide_each_other() -> None:
    """Every trick of every table is tried."""
    tables = (evasions_in_text, evasions_in_files)
    names = ("SPELLINGS", "CHARSETS", "MARKUP", "STRUCTURE", "TEXT_FILES", "DOCUMENTS", "ARCHIVES")

    assert len(TRICKS) == sum(len(getattr(module, name, {})) for module in tables for name in names)


def in_signs(first: str) -> Callable[[str], str]:
    """Digits as the ten signs from this one on."""
    return lambda digits: "".join(chr(ord(first) + int(digit)) for digit in digits)


NUMBERS = [
    pytest.param(Kind.BANK_ACCOUNT, "みどり銀行 松本支店 普通 口座番号", "8175545", id="account"),
    pytest.param(Kind.CREDIT_CARD, "カード番号", "4111111111111111", id="card"),
    pytest.param(Kind.BASIC_PENSION_NUMBER, "基礎年金番号", "4012345678", id="pension"),
]
DRESSES = [
    pytest.param("\u200b".join, id="zero width"),
    pytest.param("\u00ad".join, id="soft hyphens"),
    pytest.param("\U000e0020".join, id="tags"),
    pytest.param("\u0336".join, id="struck through"),
    pytest.param("\x01".join, id="control signs"),
    pytest.param("-".join, id="hyphens"),
    pytest.param("_".join, id="underscores"),
    pytest.param("\t".join, id="boxes"),
    pytest.param("|".join, id="bars"),
    pytest.param(in_signs("\uff10"), id="full width"),
    pytest.param(in_signs("\u0660"), id="arabic-indic"),
    pytest.param(in_signs("\U0001d7ce"), id="mathematical"),
    pytest.param(lambda digits: f"\u202e{digits[::-1]}\u202c", id="backwards"),
]


@pytest.mark.parametrize(("kind", "label", "digits"), NUMBERS)
@pytest.mark.parametrize("dressed", DRESSES)
def test_number_of_another_kind_is_found_in_any_dress(
    kind: Kind, label: str, digits: str, dressed: Callable[[str], str]
) -> None:
    """Accounts, cards and pension numbers are read through the same signs."""
    assert kind in kinds(evasions_in_text.plain(f"{label} {dressed(digits)}"))


@pytest.mark.parametrize("dressed", [DRESSES[0], *DRESSES[2:5], *DRESSES[9:]])
def test_person_with_an_address_is_found_in_any_dress(dressed: Callable[[str], str]) -> None:
    """A telephone stays one whatever signs stand in it, and belongs to who is named before it."""
    found = inspect(
        contents_of(Message(evasions_in_text.plain(f"氏名：長谷川 美咲\n電話：{dressed('09041270538')}\n")))
    )

    assert {Kind.PERSON_NAME, Kind.PHONE_NUMBER} <= found.counts.keys()
    assert found.persons_with_contact == 1
