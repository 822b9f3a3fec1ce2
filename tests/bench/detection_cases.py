"""What detectors are measured with: generated texts with the places of what must be found in them.

A sample's text stands alone, as the body of a mail. ``guarded``: kinds of which everything found in it that is no label
is false. The same seed gives the same samples.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from tests.corpus.generated import addresses, contacts, names, numbers, special_care

NUMBER_KINDS = tuple(kind for kind in numbers.KINDS if kind != "corporate_number")
STRUCTURED = (*NUMBER_KINDS, *contacts.DECOYS)
"""Kinds with a shape of their own and a word before them."""
SEED = 20261126
_TRULY = {
    "phone": {"phone_number"}, "phone_bare": {"phone_number"}, "meeting": {"credential"},
    "facility": {"member_number"},
}  # fmt: skip
"""Families of nobody's numbers in which something is one of a kind after all."""


@dataclass(frozen=True)
class Sample:
    """``kind``: the one that is tried, "" for decoys; ``places``: start and end of each of its values in the text."""

    family: str
    kind: str
    text: str
    places: tuple[tuple[int, int], ...] = ()
    guarded: frozenset[str] = frozenset()


def place_of(text: str, value: str, start: int = 0) -> tuple[int, int]:
    """Where a value stands in a text, whatever blanks, hyphens and widths it is written with. Raises ``ValueError``."""
    found = text.find(value, start)
    if found >= 0:
        return found, found + len(value)
    letters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text[start:], start):
        for letter in unicodedata.normalize("NFKC", character):
            if letter.isalnum():
                letters.append(letter)
                offsets.append(offset)
    wanted = "".join(one for one in unicodedata.normalize("NFKC", value) if one.isalnum())
    at = "".join(letters).find(wanted)
    if at < 0 or not wanted:
        raise ValueError(f"a value that does not stand in its text: {text!r}")
    return offsets[at], offsets[at + len(wanted) - 1] + 1


def labelled(each: int) -> Iterator[Sample]:
    """``each`` samples of every structured kind, beside its word."""
    guarded = frozenset(STRUCTURED)
    for kind in NUMBER_KINDS:
        for made in islice(numbers.KINDS[kind](random.Random(f"{SEED} {kind}")), each):
            yield Sample(made.family, kind, made.text, (place_of(made.text, made.value),), guarded)
    for kind in contacts.DECOYS:
        for case in contacts.cases(kind, each, SEED):
            places = tuple(place_of(case.text, value) for value in case.values)
            yield Sample(case.family, kind, case.text, places, guarded)


def decoys(each: int) -> Iterator[Sample]:
    """``each`` samples of every family of what resembles a structured kind and is none."""
    for family, make in numbers.DECOYS.items():
        draw = random.Random(f"{SEED} {family}")
        guarded = frozenset(STRUCTURED) - _TRULY.get(family, set())
        for _ in range(each):
            yield Sample(family, "", make(draw), guarded=guarded)
    draw = random.Random(SEED)
    for _ in range(each):
        yield Sample("company account", "", numbers.company_account(draw).text, guarded=frozenset({"bank_account"}))
    for made in islice(numbers.corporate_numbers(draw), each):
        yield Sample("corporate number", "", made.text, guarded=frozenset(STRUCTURED))
    for kind, patterns in contacts.DECOYS.items():
        for case in contacts.decoys(kind, each * len(patterns), SEED):
            yield Sample(f"{kind}: {case.family}", "", case.text, guarded=frozenset({kind}))


def special(each: int) -> Iterator[Sample]:
    """Expressions of special care beside a person, and what only speaks of such things.

    The former are not guarded: somebody's operation or leave beside the illness is right as well.
    """
    guarded = frozenset({"special_care"})
    for case in special_care.cases(SEED, each):
        yield Sample(case.family, "special_care", case.text, (place_of(case.text, case.value),))
    for case in special_care.decoys(SEED, max(1, each // len(special_care.DECOYS))):
        yield Sample(f"special_care: {case.family}", "", case.text, guarded=guarded)


def places(each: int) -> Iterator[Sample]:
    """Addresses in every notation, and sentences with places and numbers that are none."""
    guarded = frozenset({"postal_address"})
    for one in addresses.addresses(SEED, each):
        where = place_of(one.text, one.value)
        yield Sample(one.notation, "postal_address", one.text, (where,), guarded)
    for text in addresses.NO_ADDRESSES:
        yield Sample("postal_address: none", "", text, guarded=guarded)


def people(rounds: int) -> Iterator[Sample]:
    """Full names beside a word, in running text and in roman letters, and sentences without one."""
    guarded = frozenset({"person_name"})
    made = (*names.names(SEED, rounds), *names.running(SEED, rounds * 2), *names.roman(SEED, rounds))
    for one in made:
        at, found = 0, []
        while True:
            try:
                found.append(place_of(one.text, one.value, at))
            except ValueError:
                break
            at = found[-1][1]
        yield Sample(one.notation, "person_name", one.text, tuple(found), guarded)
    for text in names.NO_NAMES:
        yield Sample("person_name: none", "", text, guarded=guarded)
