"""Generated passwords: strong, and easy to tell by telephone."""

from __future__ import annotations

import math
import re
from collections import Counter

from mailguard.transform.passwords.agreed_rules import complaints
from mailguard.transform.passwords.generated import CAPITAL, DIGITS, LETTERS, SMALL, bits_of, new_password

MANY = [new_password() for _ in range(2000)]


def test_new_password_is_groups_of_four_easy_characters() -> None:
    """It can be read out group by group."""
    shape = re.compile(f"[{LETTERS}]{{4}}(?:-[{LETTERS}]{{4}}){{4,}}")

    assert [] == [one for one in MANY if not shape.fullmatch(one)]
    assert all(len(one.replace("-", "")) >= 20 for one in MANY)


def test_letters_have_no_look_alikes() -> None:
    """Nobody wonders whether it is a zero or an O."""
    assert set() == set(LETTERS) & set("0OoQDqg1IilLj|2Zz5Ss8B6bUuVvnCcKkPpWwXxYy") - {"L", "6"}
    assert len(LETTERS) == len(set(LETTERS))
    assert LETTERS.isascii()
    assert LETTERS.isalnum()


def test_new_password_is_as_strong_as_said() -> None:
    """Trying all of them takes for ever."""
    assert bits_of() >= 100
    assert bits_of() < 24 * math.log2(len(LETTERS))


def test_new_password_never_comes_twice_and_uses_all_characters_alike() -> None:
    """There is no favourite to try first."""
    counts = Counter("".join(MANY).replace("-", ""))
    usual = len(MANY) * 24 / len(LETTERS)

    assert len(MANY) == len(set(MANY))
    assert set(LETTERS) == set(counts)
    assert all(0.8 * usual < count < 1.2 * usual for count in counts.values())


def test_new_password_has_every_kind_of_character() -> None:
    """A program that asks for kinds takes it."""
    assert all(any(letter in kind for letter in one) for one in MANY for kind in (SMALL, CAPITAL, DIGITS))


def test_new_password_would_do_as_one_agreed() -> None:
    """What we make is at least as good as what we ask of others."""
    unlucky = {"agreed.row", "agreed.many_digits"}  # a row may come up by chance, and does not matter at this length

    assert set().union(*(complaints(one) for one in MANY)) <= unlucky
