"""Addresses as Japanese offices and carriers write them: kept as written, compared as people mean them."""

from __future__ import annotations

import pytest

from mailguard.model.address import comparable, comparable_domain, domain_of, is_mailbox, is_within, local_part


@pytest.mark.parametrize(
    ("address", "local", "domain"),
    [
        pytest.param("tanaka@example.jp", "tanaka", "example.jp", id="plain"),
        pytest.param("a..b@docomo.ne.jp", "a..b", "docomo.ne.jp", id="carrier, two dots"),
        pytest.param("tanaka.@ezweb.ne.jp", "tanaka.", "ezweb.ne.jp", id="carrier, dot at the end"),
        pytest.param(".tanaka@example.jp", ".tanaka", "example.jp", id="dot in front"),
        pytest.param('"a b"@example.jp', '"a b"', "example.jp", id="quoted"),
        pytest.param('"a@b.example"@example.jp', '"a@b.example"', "example.jp", id="quoted at"),
        pytest.param("TANAKA@EXAMPLE.JP.", "TANAKA", "example.jp", id="capitals, final dot"),
        pytest.param("田中@例え.jp", "田中", "xn--r8jz45g.jp", id="Japanese on both sides"),
        pytest.param("tanaka@xn--r8jz45g.jp", "tanaka", "xn--r8jz45g.jp", id="A-label"),
        pytest.param("tanaka@[192.0.2.1]", "tanaka", "[192.0.2.1]", id="literal"),
        pytest.param("postmaster", "postmaster", "", id="no domain"),
        pytest.param("tanaka@", "tanaka", "", id="empty domain"),
        pytest.param("@example.jp", "", "example.jp", id="no local part"),
        pytest.param("", "", "", id="null reverse-path"),
    ],
)
def test_address_is_split_at_the_last_at(address: str, local: str, domain: str) -> None:
    """Whatever stands before the last @ belongs to the other server, also where it breaks the standard."""
    assert (local, domain) == (local_part(address), domain_of(address))


@pytest.mark.parametrize(
    "spelling",
    [
        "例え.jp",
        "例え.JP",
        "例え。jp",
        "例え．ｊｐ",
        "例え｡jp",
        "例え.jp.",
        "例え。jp。",
        "xn--r8jz45g.jp",
        "XN--R8JZ45G.JP",
    ],
)
def test_domain_spelled_in_another_way_is_the_same(spelling: str) -> None:
    """Japanese letters, their ASCII form, full-width signs and dots all name one domain."""
    assert "xn--r8jz45g.jp" == comparable_domain(spelling)


@pytest.mark.parametrize(
    "spelling", ["example.jp", "EXAMPLE.jp", "ｅｘａｍｐｌｅ．ｊｐ", "Example。jp", "example.jp。"]
)
def test_domain_in_full_width_letters_is_the_same(spelling: str) -> None:
    """A domain typed with the wide letters of a Japanese keyboard is the one that is meant."""
    assert "example.jp" == comparable_domain(spelling)


@pytest.mark.parametrize("domain", ["A" * 64 + ".例え", "例え..jp"])
def test_domain_that_cannot_be_encoded_is_kept_in_lower_case(domain: str) -> None:
    """A domain no DNS knows equals nothing but itself, and stops nobody."""
    assert domain.lower() == comparable_domain(domain) == comparable_domain(comparable_domain(domain))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("Tanaka@example.jp", "tanaka@EXAMPLE.jp", id="capitals"),
        pytest.param("ｔａｎａｋａ@example.jp", "tanaka@example.jp", id="full width"),
        pytest.param("か\u3099@example.jp", "が@example.jp", id="kana in two signs"),
        pytest.param("ｱ@例え.jp", "ア@xn--r8jz45g.jp", id="half-width kana, two forms of the domain"),
        pytest.param("", "", id="null reverse-path"),
    ],
)
def test_comparable_is_equal_for_one_mailbox(left: str, right: str) -> None:
    """Two ways to write a mailbox are one mailbox for every rule."""
    assert comparable(left) == comparable(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("a.b@example.jp", "ab@example.jp", id="dots count"),
        pytest.param("tanaka+x@example.jp", "tanaka@example.jp", id="extensions count"),
        pytest.param("tanaka@example.jp", "tanaka@mail.example.jp", id="sub-domain"),
        pytest.param("tanaka@example.jp", "tanaka", id="no domain"),
    ],
)
def test_comparable_is_different_for_two_mailboxes(left: str, right: str) -> None:
    """No rule takes one person's mailbox for another's."""
    assert comparable(left) != comparable(right)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("example.jp", True),
        ("mail.example.jp", True),
        ("a.b.c.example.jp", True),
        ("badexample.jp", False),
        ("example.jp.example.com", False),
        ("jp", False),
        ("xample.jp", False),
        ("example.jpx", False),
        ("", False),
    ],
)
def test_is_within_goes_label_by_label(domain: str, expected: bool) -> None:
    """A name that only ends alike is somebody else's."""
    assert expected is is_within(domain, frozenset({"example.jp", "office.example.com"}))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        pytest.param("tanaka@example.jp", True, id="plain"),
        pytest.param("a..b@docomo.ne.jp", True, id="carrier, two dots"),
        pytest.param("田中@例え.jp", True, id="Japanese on both sides"),
        pytest.param("a" * 64 + "@example.jp", True, id="as long as it may be"),
        pytest.param("a" * 65 + "@example.jp", False, id="one too long"),
        pytest.param("a" * 250 + "@example.jp", False, id="much too long"),
        pytest.param("田" * 22 + "@example.jp", False, id="too long in octets"),
        pytest.param("tanaka@" + ".".join(["a" * 63] * 4) + ".jp", False, id="domain too long"),
        pytest.param("tanaka@" + "a" * 64 + ".jp", False, id="label too long"),
        pytest.param("tanaka", False, id="no domain"),
        pytest.param("tanaka@example", False, id="one label"),
        pytest.param("tanaka@example..jp", False, id="empty label"),
        pytest.param("@example.jp", False, id="no local part"),
        pytest.param("tanaka@home@example.jp", False, id="two signs"),
        pytest.param("ta naka@example.jp", False, id="blank"),
        pytest.param("ta\u3000naka@example.jp", False, id="wide blank"),
        pytest.param("ta\u202enaka@example.jp", False, id="direction mark"),
        pytest.param("tanaka@example.jp,", False, id="comma at the end"),
        pytest.param("<tanaka@example.jp>", False, id="brackets"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_entered_address_is_taken_only_where_it_can_be_a_mailbox(address: str, expected: bool) -> None:
    """A slip of the keyboard is told at once, and not by the server of somebody else days later."""
    assert expected is is_mailbox(address)
