"""Who counts as one organisation, and when somebody is alone."""

from __future__ import annotations

import pytest

from mailguard.policy.organisations import ending_of, organisation_of
from tests.unit.policy.parts import OFFICE, where

ORGANISATIONS = [
    pytest.param("ume.co.jp", "ume.co.jp", id="a firm"),
    pytest.param("mail.ume.co.jp", "ume.co.jp", id="a host of the firm"),
    pytest.param("a.b.c.ume.co.jp", "ume.co.jp", id="far below"),
    pytest.param("ume.com", "ume.com", id="a firm under com"),
    pytest.param("eu.ume.com", "ume.com", id="a branch"),
    pytest.param("ume-sho.midori.ed.jp", "midori.ed.jp", id="a school below its city's name"),
    pytest.param("city.midori.lg.jp", "midori.lg.jp", id="a city below lg.jp"),
    pytest.param("ume.osaka.jp", "ume.osaka.jp", id="below a prefecture"),
    pytest.param("ume.shinjuku.tokyo.jp", "ume.shinjuku.tokyo.jp", id="below a ward"),
    pytest.param("one.github.io", "one.github.io", id="a tenant"),
    pytest.param("co.jp", "co.jp", id="a suffix alone"),
    pytest.param("jp", "jp", id="a top level alone"),
    pytest.param("", "", id="nothing"),
    pytest.param("[192.0.2.1]", "[192.0.2.1]", id="an address"),
    pytest.param("xn--r8jz45g.jp", "xn--r8jz45g.jp", id="A-label"),
    pytest.param("mail.xn--r8jz45g.jp", "xn--r8jz45g.jp", id="below an A-label"),
    pytest.param("ume.example.com", "ume.example.com", id="example: a firm"),
    pytest.param("mail.ume.example.com", "ume.example.com", id="example: a host of it"),
    pytest.param("example.com", "example.com", id="example: itself"),
    pytest.param("ume.example.co.jp", "ume.example.co.jp", id="example: under co.jp"),
    pytest.param("mail.ume.example.co.jp", "ume.example.co.jp", id="example: host under co.jp"),
    pytest.param("ume.co.example.jp", "ume.co.example.jp", id="example: co below example.jp"),
    pytest.param("mail.ume.co.example.jp", "ume.co.example.jp", id="example: host, co below example.jp"),
    pytest.param("co.example.jp", "co.example.jp", id="example: co alone"),
    pytest.param("ume.example", "ume.example", id="example: top level"),
    pytest.param("mail.ume.test", "ume.test", id="test: top level"),
    pytest.param("test.ume.co.jp", "ume.co.jp", id="a host called test"),
    pytest.param("example.ume.co.jp", "ume.co.jp", id="a host called example"),
]


@pytest.mark.parametrize(("domain", "expected"), ORGANISATIONS)
def test_organisation_of_a_domain(domain: str, expected: str) -> None:
    """A firm is one organisation however many names stand below its own; two tenants of a host are two."""
    assert expected == organisation_of(domain)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("mail.ume.co.jp", "co.jp"), ("ume.com", "com"), ("ume.example.com", "example.com"), ("jp", "")],
)
def test_ending_is_what_stands_after_the_own_label(domain: str, expected: str) -> None:
    """A firm keeps its name and changes its ending: both are told apart."""
    assert expected == ending_of(domain)


PEOPLE = [
    pytest.param("a@ume.example.com", "b@ume.example.com", True, id="two of one firm"),
    pytest.param("a@tokyo.ume.example.com", "b@osaka.ume.example.com", True, id="two branches"),
    pytest.param("a@ume.example.com", "a@matsu.example.com", False, id="two firms"),
    pytest.param("a@gmail.com", "b@gmail.com", False, id="two at a free-mail provider"),
    pytest.param("a@docomo.ne.jp", "b@docomo.ne.jp", False, id="two at a carrier"),
    pytest.param("a@mb.docomo.ne.jp", "b@mb.docomo.ne.jp", False, id="below a carrier"),
    pytest.param("a@mail.free.example.org", "b@mail.free.example.org", False, id="below a free-mail provider"),
    pytest.param("A@GMAIL.COM", "a@gmail.com", True, id="the same address in capitals"),
    pytest.param("a@gmail.com", "a@yahoo.co.jp", False, id="two providers"),
    pytest.param("a@partner.example.com", "b@partner.example.com", True, id="two of a partner"),
    pytest.param("a@ume-sho.example.ed.jp", "b@matsu-sho.example.ed.jp", False, id="two schools"),
    pytest.param("kocho@ume-sho.example.ed.jp", "jimu@ume-sho.example.ed.jp", True, id="one school"),
    pytest.param("a@xn--r8jz45g.jp", "b@例え.jp", True, id="both spellings of a domain"),
    pytest.param("a@ｕｍｅ．ｅｘａｍｐｌｅ．ｃｏｍ", "b@ume.example.com", True, id="full width"),
]


@pytest.mark.parametrize(("one", "other", "is_one_group"), PEOPLE)
def test_people_count_by_organisation_or_alone(one: str, other: str, is_one_group: bool) -> None:
    """A firm or school is one group; whoever has a private mailbox is a group of his own."""
    assert is_one_group == (where(OFFICE, one) == where(OFFICE, other))
