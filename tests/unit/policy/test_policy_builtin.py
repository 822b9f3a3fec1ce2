"""The rule an office starts with: own domains at once, everybody else after a pause."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailguard.config import HoldSettings, OfficeSettings
from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.queue import Submission
from mailguard.model.verdict import Action, Reason
from mailguard.policy import BuiltinRule

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def rule(*, minutes: float = 5, subdomains: bool = False) -> BuiltinRule:
    """The rule of an office with an ASCII and a Japanese domain."""
    office = OfficeSettings(
        domains=["example.jp", "例え.jp"], hostname="relay.example.jp", include_subdomains=subdomains
    )
    return BuiltinRule(office, HoldSettings(minutes=minutes))


def mail(*recipients: str, sender: str = "tanaka@example.jp", automatic: bool = False) -> Submission:
    envelope = Envelope(sender, tuple(ForwardPath(address) for address in recipients))
    session = Session("192.0.2.7", "pc.example.jp", "submission", "tanaka@example.jp", NOW)
    return Submission("01K9000000000000", NOW, envelope, session, "01K9000000000000", 100, automatic)


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
def test_own_domain_goes_at_once(address: str, subdomains: bool) -> None:
    """Mail to a colleague does not wait, however the address is spelled."""
    (verdict,) = rule(subdomains=subdomains).judge(mail(address))

    assert (Action.DELIVER, (Reason.INTERNAL,)) == (verdict.action, verdict.reasons)


@pytest.mark.parametrize("subdomains", [False, True], ids=["exact", "with subdomains"])
@pytest.mark.parametrize("address", [*FOREIGN, *FOREIGN_BELOW])
def test_address_that_only_looks_internal_is_held(address: str, subdomains: bool) -> None:
    """Nothing that could end at another office's server is taken for a colleague (P-11)."""
    (verdict,) = rule(subdomains=subdomains).judge(mail(address))

    assert (Action.HOLD, (Reason.EXTERNAL,), 300) == (verdict.action, verdict.reasons, verdict.hold_seconds)


@pytest.mark.parametrize("address", BELOW)
def test_subdomain_is_own_only_where_the_office_says_so(address: str) -> None:
    """A name below ours may belong to somebody else, unless the office says that it does not."""
    assert (False, True) == (rule().is_own(address), rule(subdomains=True).is_own(address))


def test_recipients_are_judged_each_for_itself_in_order() -> None:
    """A colleague in copy gets the mail at once, the customer after the pause."""
    verdicts = rule().judge(mail("a@example.com", "b@example.jp", "c@example.com"))

    assert [Action.HOLD, Action.DELIVER, Action.HOLD] == [verdict.action for verdict in verdicts]


@pytest.mark.parametrize(
    "submission",
    [mail("a@example.com", "b@example.com", sender=""), mail("a@example.com", "b@example.com", automatic=True)],
    ids=["null reverse-path", "automatic reply"],
)
def test_automatic_mail_goes_at_once(submission: Submission) -> None:
    """A bounce or an automatic reply is not held: nobody wrote it, so nobody would take it back."""
    assert [(Action.DELIVER, (Reason.AUTOMATIC,))] * 2 == [
        (verdict.action, verdict.reasons) for verdict in rule().judge(submission)
    ]


def test_no_pause_delivers_at_once_with_a_verdict() -> None:
    """An office that sets the pause to zero still finds on record why each mail went."""
    (verdict,) = rule(minutes=0).judge(mail("a@example.com"))

    assert (Action.DELIVER, (Reason.EXTERNAL,), None) == (verdict.action, verdict.reasons, verdict.hold_seconds)
