"""Domains that resemble another one, and those that only seem to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.model.address import comparable_domain
from mailguard.model.knowledge import Knowledge
from mailguard.policy.directory import domains
from mailguard.policy.lookalike import Resemblance, is_mixed, resemblance, spellings
from mailguard.policy.suspicion import ESTABLISHED, resembles
from tests.unit.policy.parts import ANDO, BABA, OFFICE, Desk, desk, mail

LOOKALIKES = [
    pytest.param("gmial.com", "gmail.com", Resemblance.SPELLING, id="two letters swapped"),
    pytest.param("gmai.com", "gmail.com", Resemblance.SPELLING, id="a letter missing"),
    pytest.param("gmaill.com", "gmail.com", Resemblance.SPELLING, id="a letter twice"),
    pytest.param("gnail.com", "gmail.com", Resemblance.SPELLING, id="a neighbouring key"),
    pytest.param("yahooo.co.jp", "yahoo.co.jp", Resemblance.SPELLING, id="a letter more"),
    pytest.param("docmo.ne.jp", "docomo.ne.jp", Resemblance.SPELLING, id="a carrier"),
    pytest.param("ezweb.ne.jo", "ezweb.ne.jp", Resemblance.SPELLING, id="the top level mistyped"),
    pytest.param("gmail.co", "gmail.com", Resemblance.OTHER_ENDING, id="com cut short"),
    pytest.param("gmail.jp", "gmail.com", Resemblance.OTHER_ENDING, id="another ending"),
    pytest.param("aoba-shoji.com", "aoba-shoji.co.jp", Resemblance.OTHER_ENDING, id="com for co.jp"),
    pytest.param("aoba-shoji.jp", "aoba-shoji.co.jp", Resemblance.OTHER_ENDING, id="jp for co.jp"),
    pytest.param("aoba-shoji.or.jp", "aoba-shoji.co.jp", Resemblance.OTHER_ENDING, id="or.jp for co.jp"),
    pytest.param("aobashoji.co.jp", "aoba-shoji.co.jp", Resemblance.SPELLING, id="a hyphen missing"),
    pytest.param("aoba.shoji.com", "aoba-shoji.com", Resemblance.SPELLING, id="a dot for a hyphen"),
    pytest.param("aoba-shojico.jp", "aoba-shoji.co.jp", Resemblance.SPELLING, id="a dot missing"),
    pytest.param("aoba-sh0ji.co.jp", "aoba-shoji.co.jp", Resemblance.SAME_LOOK, id="0 for o"),
    pytest.param("midori1and.com", "midoriland.com", Resemblance.SAME_LOOK, id="1 for l"),
    pytest.param("midoriiand.com", "midoriland.com", Resemblance.SAME_LOOK, id="i for l"),
    pytest.param("rnidori.co.jp", "midori.co.jp", Resemblance.SAME_LOOK, id="rn for m"),
    pytest.param("midorivvorks.com", "midoriworks.com", Resemblance.SAME_LOOK, id="vv for w"),
    pytest.param("micori-clesign.com", "micori-design.com", Resemblance.SAME_LOOK, id="cl for d"),
    pytest.param("midоri.co.jp", "midori.co.jp", Resemblance.SAME_LOOK, id="a Cyrillic letter"),
    pytest.param("аоср.com", "aocp.com", Resemblance.SAME_LOOK, id="all Cyrillic"),
    pytest.param("mιdorι.co.jp", "midori.co.jp", Resemblance.SAME_LOOK, id="Greek letters"),
    pytest.param("mídori.co.jp", "midori.co.jp", Resemblance.SAME_LOOK, id="an accent"),
    pytest.param("アエル工房.jp", "アエルエ房.jp", Resemblance.SAME_LOOK, id="kanji for kana"),
]


@pytest.mark.parametrize(("domain", "known", "expected"), LOOKALIKES)
def test_slip_or_trick_resembles_the_known_domain(domain: str, known: str, expected: Resemblance) -> None:
    """What a slip of the finger or a trick makes of a known name is noticed, and found by equality."""
    ours, theirs = comparable_domain(domain), comparable_domain(known)

    assert expected is resemblance(ours, theirs)
    assert spellings(ours) & spellings(theirs)


OTHERS = [
    pytest.param("gmail.com", "gmail.com", id="the same"),
    pytest.param("mail.midori.co.jp", "midori.co.jp", id="below it"),
    pytest.param("midori.co.jp", "mail.midori.co.jp", id="above it"),
    pytest.param("mail1.midori.co.jp", "mail2.midori.co.jp", id="two hosts of one firm"),
    pytest.param("tokyo.midori.co.jp", "kyoto.midori.co.jp", id="two branches of one firm"),
    pytest.param("branch1.com", "branch2.com", id="numbered"),
    pytest.param("office01.co.jp", "office10.co.jp", id="numbered, digits that look alike"),
    pytest.param("shop10.com", "shop1o.net", id="other ending and look"),
    pytest.param("abc.jp", "abd.jp", id="short"),
    pytest.param("aoki.co.jo", "aoki.co.jp", id="short, top level mistyped"),
    pytest.param("ana.co.jp", "ant.co.jp", id="short under co.jp"),
    pytest.param("kddi.com", "kddl.net", id="short, other ending"),
    pytest.param("minami-sho.midori.ed.jp", "minato-sho.midori.ed.jp", id="sister schools of a town"),
    pytest.param("minami-sho.ed.jp", "minato-sho.ed.jp", id="sister schools"),
    pytest.param("aoki.lg.jp", "aobi.lg.jp", id="two towns"),
    pytest.param("suzuki-dental.jp", "suzuki-rental.co.jp", id="two firms of one name"),
    pytest.param("midori.co.jp", "akagi.co.jp", id="nothing in common"),
]


@pytest.mark.parametrize(("domain", "known"), OTHERS)
def test_another_name_resembles_nothing(domain: str, known: str) -> None:
    """Numbered and short names, sister schools and the hosts of one firm are simply other names."""
    assert (None, None) == (resemblance(domain, known), resemblance(known, domain))


LETTERS = st.text(alphabet="abcdefghimnorstuvw0158-", min_size=1, max_size=12)
NAMES = st.builds("{}.{}".format, LETTERS, st.sampled_from(["com", "co.jp", "jp", "example.com", "ed.jp"]))


@given(NAMES, st.integers(0, 11), st.sampled_from(["drop", "swap", "double"]))
def test_what_resembles_is_found_by_a_shared_spelling(name: str, position: int, slip: str) -> None:
    """No resemblance is overlooked because the known name was not looked up."""
    at = min(position, len(name) - 2)
    changed = {
        "drop": name[:at] + name[at + 1 :],
        "swap": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
        "double": name[:at] + name[at] + name[at:],
    }[slip]

    assert resemblance(changed, name) is None or spellings(changed) & spellings(name)


MIXED = [
    pytest.param("gmаil.com", True, id="Cyrillic in Latin"),
    pytest.param("gmαil.com", True, id="Greek in Latin"),
    pytest.param("почта.com", False, id="Cyrillic alone, Latin ending"),
    pytest.param("почта.example.com", False, id="one label Cyrillic"),
    pytest.param("例えlab.jp", False, id="Japanese and Latin"),
    pytest.param("midori.co.jp", False, id="Latin"),
    pytest.param("xn--broken-.jp", False, id="no IDN at all"),
]


@pytest.mark.parametrize(("domain", "expected"), MIXED)
def test_mixed_scripts_are_told_from_honest_names(domain: str, expected: bool) -> None:
    """A label of Latin letters with Cyrillic or Greek ones among them is a trick; Japanese names are not."""
    assert expected == is_mixed(comparable_domain(domain))


STATED = [
    pytest.param("office.example.com", "office.example.jp", id="own domain, other ending"),
    pytest.param("oficce.example.jp", None, id="two slips"),
    pytest.param("offlce.example.jp", "office.example.jp", id="l for i in the own domain"),
    pytest.param("partnar.example.com", "partner.example.com", id="a partner"),
    pytest.param("gmial.com", "gmail.com", id="a provider"),
    pytest.param("yahoo.co.jp", None, id="a provider itself"),
    pytest.param("mail.partner.example.com", None, id="below a partner"),
]


@pytest.mark.parametrize(("domain", "known"), STATED)
def test_stated_domains_are_known_without_any_mail(domain: str, known: str | None) -> None:
    """The office's own domains, its partners and the providers are known from the first day."""
    with desk() as empty:
        found = empty.facts(mail([f"tanaka@{domain}"])).recipients[0].resembles

    assert known == (found[0] if found else None)


def test_two_stated_domains_never_resemble_each_other() -> None:
    """Two partners whose names are alike were both named on purpose."""
    office = replace(OFFICE, partners=domains(["partner.example.com", "partnar.example.com"]))
    with desk(directory=office) as two:
        assert two.facts(mail(["a@partnar.example.com"])).recipients[0].resembles is None


def known_after(one: Desk, mails: int) -> str | None:
    """The known domain that mail to ``baba@matsus...`` is taken for once so many mails went to ``matsu...``."""
    for number in range(mails):
        one.deliver(mail([f"p{number}@matsuya-shoji.example.com"]))
    found = one.facts(mail(["baba@matsuya-shojj.example.com"])).recipients[0].resembles
    return found[0] if found else None


def test_domain_learned_from_one_mail_is_known() -> None:
    """One mail that was delivered makes a domain known, and another that is nearly its name a question."""
    with desk() as one:
        assert (None, "matsuya-shoji.example.com") == (known_after(one, 0), known_after(one, 1))


def test_domain_with_mail_of_its_own_is_no_slip() -> None:
    """Once three mails went there, a domain is known in its own right; with two it is not."""
    asked = mail(["a@matsuya-shojj.example.com"])
    with desk() as one:
        for number in range(20):
            one.deliver(mail([f"p{number}@matsuya-shoji.example.com"]))
        one.deliver(asked)
        one.deliver(asked)
        twice = one.facts(asked).recipients[0].resembles
        one.deliver(asked)
        thrice = one.facts(asked).recipients[0].resembles

    assert twice is not None
    assert thrice is None


def test_look_alike_of_a_partner_is_known_after_three_mails() -> None:
    """The same holds beside a domain that the office has stated."""
    asked = mail(["a@partnar.example.com"])
    found = []
    with desk() as one:
        for _ in range(4):
            found.append(one.word("looks_like_known_domain", asked))
            one.deliver(asked)

    assert [True, True, True, False] == found


def test_own_domain_is_named_before_others() -> None:
    """Where a domain resembles several, the office's own is said, then the one with most mail, then by name."""
    office = replace(OFFICE, own=domains(["aoba-midora.example.com"]), partners=domains(["aoba-midorb.example.com"]))
    knowledge = Knowledge(
        resembling={"aoba-midorc.example.com": {"aoba-midord.example.com": 5, "aoba-midore.example.com": 9}}
    )

    assert ("aoba-midora.example.com", Resemblance.SPELLING) == resembles("aoba-midorc.example.com", knowledge, office)
    assert "aoba-midore.example.com" == (resembles("aoba-midorc.example.com", knowledge, OFFICE) or ("",))[0]
    assert 3 == ESTABLISHED


def test_mistyped_domain_is_one_reason_not_two() -> None:
    """The same name at a mistyped domain is not told a second time as the same person elsewhere."""
    with desk() as one:
        one.deliver(mail(["yamada@matsuya-shoji.example.com"]))
        found = one.facts(mail(["yamada@matsuya-shojj.example.com"])).recipients[0]

    assert found.resembles is not None
    assert found.elsewhere is None


def test_colleagues_resemble_nobody() -> None:
    """The own and the group's domains are never taken for slips."""
    office = replace(OFFICE, own=domains(["aoba-one.example.jp"]), group=domains(["aoba-two.example.jp"]))
    with desk(directory=office) as one:
        for address in ("a@aoba-one.example.jp", "a@aoba-two.example.jp", ANDO, BABA):
            assert one.facts(mail([address])).recipients[0].resembles is None
