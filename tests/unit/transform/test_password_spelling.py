"""Passwords read out on the telephone."""

from __future__ import annotations

import string

import pytest

from mailguard.i18n import Language
from mailguard.transform.passwords.spelling import spelled


def test_spelled_japanese_says_case_and_reading() -> None:
    """The listener knows large from small and letter from digit."""
    assert [
        "大文字のA(エー)、小文字のb(ビー)、数字の7(なな)、ハイフン",
        "小文字のe(イー)、数字の4(よん)",
    ] == spelled("Ab7-e4", "ja")


def test_spelled_english_uses_the_telephone_alphabet() -> None:
    """The same in English."""
    assert ["capital A as in Alpha, small b as in Bravo, digit 7 (seven), hyphen", "small e as in Echo"] == spelled(
        "Ab7-e", "en"
    )


@pytest.mark.parametrize("language", ["ja", "en"])
def test_spelled_every_printable_character_has_a_name_of_its_own(language: Language) -> None:
    """Agreed passwords can be read out as well, whatever signs are in them."""
    everything = string.ascii_letters + string.digits + string.punctuation.replace("-", "") + " "
    names = [spelled(letter, language)[0] for letter in everything]

    assert len(everything) == len(set(names))
    assert all(len(name) > 1 for name in names)
    assert spelled("!", "ja")[0] == "記号の!(びっくりマーク)"
    assert spelled("~", "ja")[0] == "記号の~(チルダ)"
    assert spelled(" ", "ja")[0] == "空白"


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("", []),
        ("-", ["ハイフン"]),
        ("--4", ["ハイフン", "ハイフン", "数字の4(よん)"]),
        ("4-", ["数字の4(よん)、ハイフン"]),
        ("あ4", ["あ、数字の4(よん)"]),
    ],
)
def test_spelled_odd_passwords_lose_nothing(password: str, expected: list[str]) -> None:
    """Every character is said, in its order."""
    assert expected == spelled(password, "ja")
