"""Who is own and who is not: nothing that only looks internal is taken for a colleague."""

from __future__ import annotations

import pytest

from mailguard.policy.directory import Directory, Relation, domains


def directory(*, subdomains: bool = False) -> Directory:
    """An office with an ASCII and a Japanese domain."""
    return Directory(own=domains(["example.jp", "例え.jp"]), with_subdomains=subdomains)


OWN = [
    pytest.param("suzuki@example.jp", id="own"),
    pytest.param("Suzuki@EXAMPLE.JP", id="capitals"),
    pytest.param("suzuki@example.jp.", id="final dot"),
    pytest.param("a..b@example.jp", id="two dots"),
    pytest.param("su+tag@example.jp", id="extension"),
    pytest.param("鈴木@例え.jp", id="Japanese"),
    pytest.param("suzuki@xn--r8jz45g.jp", id="A-label"),
    pytest.param("suzuki@ｅｘａｍｐｌｅ．ｊｐ", id="full width"),
]

FOREIGN = [
    pytest.param("suzuki@example.com", id="another domain"),
    pytest.param("suzuki@example.jp.example.com", id="own name in front"),
    pytest.param("suzuki@example.jp-mail.example", id="own name as a prefix"),
    pytest.param("suzuki@badexample.jp", id="own name at the end of a label"),
    pytest.param("suzuki@bad-example.jp", id="own name after a hyphen"),
    pytest.param("suzuki@examp1e.jp", id="digit for letter"),
    pytest.param("suzuki@exаmple.jp", id="Cyrillic letter"),
    pytest.param("suzuki@xn--exmple-4nf.jp", id="Cyrillic letter, A-label"),
    pytest.param("suzuki@example.co.jp", id="a label between"),
    pytest.param("suzuki@jp", id="the parent"),
    pytest.param("suzuki@example", id="half of it"),
    pytest.param("suzuki@example.jpn", id="a letter more"),
    pytest.param("suzuki@[192.0.2.1]", id="address literal"),
    pytest.param("suzuki@[example.jp]", id="own name in brackets"),
    pytest.param("suzuki%example.com@example.jp", id="per cent route"),
    pytest.param("@example.jp:suzuki@example.com", id="source route"),
    pytest.param("example.com!suzuki@example.jp", id="bang path"),
    pytest.param('"suzuki@example.com"@example.jp', id="quoted at"),
    pytest.param('"suzuki%example.com"@example.jp', id="quoted route"),
    pytest.param("suzuki@example.com@example.jp", id="two ats"),
    pytest.param("suzuki＠example.com@example.jp", id="full-width at"),
    pytest.param("suzuki％example.com@example.jp", id="full-width per cent"),
    pytest.param("suzuki@example.com＠example.jp", id="full-width at in the domain"),
    pytest.param("suzuki@example.com%example.jp", id="per cent in the domain"),
    pytest.param("suzuki@example.jp@example.com", id="own domain in front of an at"),
    pytest.param("suzuki@example.jp\x00.example.com", id="NUL"),
    pytest.param("suzuki@example.jp .example.com", id="blank"),
    pytest.param("suzuki@example.jp/example.com", id="slash"),
    pytest.param("suzuki", id="no domain"),
    pytest.param("example.jp", id="only a domain"),
    pytest.param("suzuki@", id="empty domain"),
    pytest.param("=?utf-8?q?suzuki=40example=2Ejp?=", id="encoded word"),
    pytest.param("suzuki@=?utf-8?q?example.jp?=", id="encoded word as domain"),
]

BELOW = [
    pytest.param("suzuki@mail.example.jp", id="below"),
    pytest.param("suzuki@a.b.example.jp", id="two below"),
    pytest.param("suzuki@mail.例え.jp", id="below the Japanese one"),
]

FOREIGN_BELOW = [
    pytest.param("suzuki@example.com＠x.example.jp", id="full-width at, then below"),
    pytest.param("suzuki@example.com%x.example.jp", id="per cent, then below"),
    pytest.param("suzuki@example.com/x.example.jp", id="slash, then below"),
    pytest.param("suzuki@x example.com.example.jp", id="blank, then below"),
]


@pytest.mark.parametrize("subdomains", [False, True], ids=["exact", "with subdomains"])
@pytest.mark.parametrize("address", OWN)
def test_own_domain_is_own_however_it_is_spelled(address: str, subdomains: bool) -> None:
    """Mail to a colleague does not wait, however the address is spelled."""
    assert Relation.OWN is directory(subdomains=subdomains).relation(address)


@pytest.mark.parametrize("subdomains", [False, True], ids=["exact", "with subdomains"])
@pytest.mark.parametrize("address", [*FOREIGN, *FOREIGN_BELOW])
def test_address_that_only_looks_internal_is_outside(address: str, subdomains: bool) -> None:
    """Nothing that could end at another office's server is taken for a colleague (P-11)."""
    assert directory(subdomains=subdomains).is_outside(address)


@pytest.mark.parametrize("address", BELOW)
def test_subdomain_is_own_only_where_the_office_says_so(address: str) -> None:
    """A name below ours may belong to somebody else, unless the office says that it does not."""
    assert (True, False) == (directory().is_outside(address), directory(subdomains=True).is_outside(address))
