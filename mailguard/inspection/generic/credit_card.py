"""Numbers of payment cards: an issuer's range with its length (ISO/IEC 7812-1 and the brands' published ranges), Luhn.

Written in the groups of a card they are one without a word; without groups only where a word says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.check_digits import is_luhn
from mailguard.inspection.digits import Number, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import is_of_other, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_GROUPS: dict[int, set[tuple[int, ...]]] = {
    13: set(),
    14: {(4, 6, 4), (4, 4, 4, 2)},
    15: {(4, 6, 5), (4, 4, 4, 3)},
    16: {(4, 4, 4, 4)},
    17: set(),
    18: set(),
    19: {(4, 4, 4, 4, 3), (6, 13)},
}
_SHORT = 13
"""Digits of old cards, and of every product in a shop: only where the number itself is called a card's."""

_SAID_RIGHT_BEFORE = re.compile(
    r"(?<![\u30a1-\u30faー])カード(?:情報)?[ ]?(?:\u306f|\u304c|[:=\u3001,(\u300c\u3010\n\t ])[ ]{0,4}$"
)
_EXPIRY_AFTER = re.compile(
    r"[ \t]?[\n、,/(]?[ \t]{0,4}(?:(?:有効)?期限|exp(?:iry|ires|\.)?(?: date)?|valid thru|VALID)[ \t]?[:は]?[ \t]?"
    r"(?:0[1-9]|1[0-2])[ ]?[/-][ ]?(?:20)?[2-4]\d(?!\d)",
    re.IGNORECASE,
)
"""Month and year behind a number, as on a card."""

_NEAR = 6
_IN_CELL = re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-.]?[0-9]{2,6}){2,4}(?![0-9])")


def issuer(digits: str) -> str | None:
    """The brand whose range and length these digits have; None where none has."""
    size, first = len(digits), digits[:6]
    if first[:1] == "4":
        return "Visa" if size in {13, 16, 19} else None
    if "51" <= first[:2] <= "55" or "2221" <= first[:4] <= "2720":
        return "Mastercard" if size == 16 else None
    if "3528" <= first[:4] <= "3589":
        return "JCB" if 16 <= size <= 19 else None
    if first[:2] in {"34", "37"}:
        return "American Express" if size == 15 else None
    if "300" <= first[:3] <= "305" or first[:4] == "3095" or first[:2] in {"36", "38", "39"}:
        return "Diners Club" if size in {14, 16} else None
    if first[:4] == "6011" or "644" <= first[:3] <= "659":
        return "Discover" if 16 <= size <= 19 else None
    if first[:2] == "62":
        return "UnionPay" if 16 <= size <= 19 else None
    return None


def find(text: Text) -> Iterator[Candidate]:
    """The card numbers of a text."""
    for number in numbers_of(text, *_GROUPS):
        brand = issuer(number.digits)
        if brand is not None and is_luhn(number.digits):
            yield from _judged(text, number, brand)


def cell(value: str) -> tuple[int, int] | None:
    """The card number in a cell."""
    for found in _IN_CELL.finditer(value):
        digits = re.sub(r"[^0-9]", "", found[0])
        if issuer(digits) and is_luhn(digits):
            return found.span()
    return None


def _judged(text: Text, number: Number, brand: str) -> Iterator[Candidate]:
    said = said_of(text, number.start, number.end)
    grounds: tuple[Evidence, ...] = (Evidence(Because.CHECK_DIGIT), Evidence(Because.SHAPE, brand))
    is_grouped = number.shape in _GROUPS[len(number.digits)]
    if said is not None and said.topic == Topic.CARD and (len(number.digits) > _SHORT or said.distance <= _NEAR):
        score, rule, grounds = 0.97, "labelled", (*grounds, said.evidence)
    elif _SAID_RIGHT_BEFORE.search(text.plain, max(0, number.start - 12), number.start):
        score, rule, grounds = 0.95, "labelled", (*grounds, Evidence(Because.WORD_BEFORE, "カード"))
    elif is_of_other(said) or len(number.digits) == _SHORT:
        return
    elif (word := word_in(text, Topic.CARD)) is not None and (is_grouped or not number.is_grouped or number.is_wrapped):
        score, rule, grounds = 0.9, "in_text", (*grounds, Evidence(Because.WORD_IN_TEXT, word))
    elif is_grouped:
        score, rule, grounds = 0.85, "grouped", (*grounds, Evidence(Because.GROUPED))
    elif not number.is_wrapped and _EXPIRY_AFTER.match(text.plain, number.end):
        score, rule, grounds = 0.85, "with_expiry", (*grounds, Evidence(Because.WORD_AFTER, "期限"))
    elif number.is_grouped and not number.is_cut_wide:
        return
    else:
        score, rule = 0.45, "bare"
    yield Candidate(Kind.CREDIT_CARD, number.start, number.end, score, f"credit_card.{rule}", grounds, number.digits)


_THINGS = (
    "クレジットカード", "クレジット", "カード", "クレカ", "デビットカード", "会員カード", "creditcard", "card",
    "法人カード", "debitcard", "cardno",
)  # fmt: skip

DETECTOR = Detector(
    Kind.CREDIT_CARD,
    find,
    headers(_THINGS, ("番号", "no", "ナンバー", "の番号", "number", "番号16桁", "#")) | headers(("クレジットカード",)),
    cell,
    priority=85,
)
