"""Passwords agreed with a partner: the manual's 1-4."""

from __future__ import annotations

import pytest

from mailguard.i18n import CATALOGUES
from mailguard.transform.passwords.agreed_rules import complaints

PARTNER = "taro.ando@mail.customer-shop.example.com"


@pytest.mark.parametrize(
    "password",
    [
        "Kumo7-Hashi",
        "kumo7-hashi",
        "KumoHashi77",
        "correct Horse battery staple",
        "my-Sakura-tree-blooms-9",
        "e697a5-Xqz",
        "Ab3~" * 25,
    ],
)
def test_complaints_good_password_has_none(password: str) -> None:
    """What the manual recommends is taken."""
    assert [] == complaints(password, PARTNER)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        pytest.param("Kumo7-Has", ["agreed.too_short"], id="nine characters"),
        pytest.param("Ab3~" * 25 + "x", ["agreed.too_long"], id="101 characters"),
        pytest.param("kumohashi77", ["agreed.too_few_kinds"], id="two kinds"),
        pytest.param("Kumo7-Hashi ", ["agreed.blanks"], id="blank at the end"),
        pytest.param(" Kumo7-Hashi", ["agreed.blanks"], id="blank at the start"),
        pytest.param("Kumo7-はし-Hashi", ["agreed.characters"], id="Japanese"),
        pytest.param("Ｋumo7-Hashi", ["agreed.characters"], id="full width"),
        pytest.param("Kumo7-Hashi\t9", ["agreed.characters"], id="tab"),
        pytest.param("Kumo1234-Ha", ["agreed.row"], id="digits up"),
        pytest.param("Kumo9876-Ha", ["agreed.row"], id="digits down"),
        pytest.param("Kumooooo-H7", ["agreed.row"], id="one character"),
        pytest.param("Kumo19850423", ["agreed.many_digits"], id="birthday"),
        pytest.param("Kumo 1985/04/23", ["agreed.many_digits"], id="birthday with slashes"),
        pytest.param("Tel03-5550-0199", ["agreed.many_digits"], id="telephone"),
        pytest.param("Password-79", ["agreed.well_known"], id="the word itself"),
        pytest.param("P@ssw0rd!79", ["agreed.well_known"], id="with other signs for letters"),
        pytest.param("Himitsu-2026", ["agreed.well_known"], id="Japanese word"),
        pytest.param("1qaz2wsx-Q", ["agreed.well_known"], id="a walk over the keys"),
        pytest.param("Kumo7-Customer", ["agreed.partner"], id="company"),
        pytest.param("Kumo7-ANDO-x", ["agreed.partner"], id="person"),
        pytest.param("aaaa", ["agreed.too_short", "agreed.too_few_kinds", "agreed.row"], id="several"),
        pytest.param("", ["agreed.too_short", "agreed.too_few_kinds"], id="empty"),
    ],
)  # fmt: skip
def test_complaints_poor_password_says_what_to_mend(password: str, expected: list[str]) -> None:
    """I am told all that is wrong at once."""
    assert expected == complaints(password, PARTNER)


def test_complaints_whole_domain_as_partner() -> None:
    """A password for a whole company is not its name either."""
    assert ["agreed.partner"] == complaints("Kumo7-Customer", "@customer.example.com")
    assert ["agreed.partner"] == complaints("Kumo7-Customer", "customer.example.com")
    assert [] == complaints("Kumo7-Customer")


def test_complaints_have_words() -> None:
    """Each complaint is a sentence in both languages."""
    keys = {
        *complaints("", "a"),
        *complaints(" \t1234567890" + "a" * 100 + "日", "aaaa@b.example"),
        "agreed.well_known",
    }

    assert all(keys <= texts.keys() for texts in CATALOGUES.values())
