"""What a dangerous release asks, and which answers will do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailguard.hold.danger import TYPED_MAX, ChooseAddress, TypeOrganisation, answered, is_dangerous, questions
from mailguard.model.envelope import ForwardPath
from mailguard.model.queue import Recipient, RecipientKey, State
from mailguard.model.verdict import Action, Needs, Obligation, Verdict

SATO, SATOU = "sato@ume.example.com", "satou@ume.example.com"
MOTHER = "oya@gmail.com"
INSIDE = "kato@office.example.jp"
NAMES = {SATO: "株式会社 梅商事　佐藤 花子 様", MOTHER: "山田 太郎"}
HOLD = Verdict(Action.HOLD, ("rule",), "test", needs=Needs.SENDER)
ROUTINE = replace(HOLD, needs=Needs.TIMER, hold_seconds=300)


def recipient(address: str, verdict: Verdict | None = HOLD, position: int = 0) -> Recipient:
    return Recipient(
        RecipientKey("Q", position), ForwardPath(address), State.HELD, 0, verdict, None, None, None, None, 0, 0, 0,
        None, False, datetime(2026, 11, 2, tzinfo=UTC),
    )  # fmt: skip


def asked(*recipients: Recipient, **facts: object) -> tuple[TypeOrganisation | ChooseAddress, ...]:
    def group_of(address: str) -> str:
        return address if address.endswith("@gmail.com") else address.partition("@")[2]

    return questions(recipients, facts, NAMES, lambda one: not one.endswith("@office.example.jp"), group_of)


DANGERS = [
    pytest.param(ROUTINE, {}, False, id="routine"),
    pytest.param(replace(HOLD, action=Action.DELIVER, needs=Needs.TIMER), {}, False, id="no hold"),
    pytest.param(HOLD, {}, True, id="needs its sender"),
    pytest.param(replace(HOLD, needs=Needs.APPROVER), {}, True, id="needs an approver"),
    pytest.param(replace(HOLD, needs=Needs.ADMINISTRATOR), {}, True, id="needs the administrator"),
    pytest.param(None, {}, True, id="nobody looked"),
    pytest.param(ROUTINE, {"resembles": {SATO: ["umi.example.com", "letter"]}}, True, id="a domain like another"),
    pytest.param(ROUTINE, {"known_elsewhere": {SATO: SATOU}}, True, id="an address like another"),
    pytest.param(ROUTINE, {"resembles": {SATOU: ["umi.example.com", "letter"]}}, False, id="another recipient's"),
    *[
        pytest.param(replace(ROUTINE, obligations=frozenset({one})), {}, one is not Obligation.REMOVE_BCC, id=one.value)
        for one in Obligation
    ],
]


@pytest.mark.parametrize(("verdict", "facts", "expected"), DANGERS)
def test_release_is_dangerous_where_rules_or_facts_say_so(
    verdict: Verdict | None, facts: dict[str, object], expected: bool
) -> None:
    """What waits a little and shows no sign of a mistake asks nothing; everything else does."""
    assert expected is is_dangerous(recipient(SATO, verdict), facts)
    assert expected is bool(asked(recipient(SATO, verdict), **facts))


def test_resembling_address_is_chosen_from_two() -> None:
    """There are two addresses, in an order that does not tell; only the mail's own confirms the mail."""
    (one,) = asked(recipient(SATOU), known_elsewhere={SATOU: SATO})

    assert ChooseAddress(0, SATOU, SATO) == one
    assert isinstance(one, ChooseAddress)
    assert (SATO, SATOU) == one.options
    assert (True, False, False) == (answered(one, " Satou@UME.example.com "), answered(one, SATO), answered(one, ""))


def test_resembling_domain_is_chosen_with_the_same_name_before_it() -> None:
    """The other address is the same mailbox at the domain that is known."""
    (one,) = asked(recipient("sato@ume.example.net"), resembles={"sato@ume.example.net": ["ume.example.com", "ending"]})

    assert ChooseAddress(0, "sato@ume.example.net", SATO) == one


def test_domain_of_mixed_scripts_is_typed() -> None:
    """Where an address resembles nothing but itself, there is nothing to choose."""
    (one,) = asked(recipient(SATO, ROUTINE), resembles={SATO: ["ume.example.com", "mixed"]})

    assert isinstance(one, TypeOrganisation)


ORGANISATION = [
    pytest.param(word, True, id=word)
    for word in (
        "ume.example.com",
        "UME",
        "ＵＭＥ",
        "梅商事",
        "株式会社梅商事",
        "(株)梅商事",
        "㈱ 梅商事 御中",
        "佐藤",
        "佐藤様",
    )
] + [pytest.param(word, False, id=word or "nothing") for word in ("", "様", "株式会社", "松商事", "example", "梅", "u")]


@pytest.mark.parametrize(("answer", "expected"), ORGANISATION)
def test_organisation_is_typed_in_any_of_its_usual_ways(answer: str, expected: bool) -> None:
    """Its domain, its name or the person's will do, in any width and form; a word that fits everybody will not."""
    (one,) = asked(recipient(SATO))

    assert expected is answered(one, answer)


def test_private_person_is_typed_by_name() -> None:
    """The name of a mail provider says nothing about who is meant."""
    (one,) = asked(recipient(MOTHER))

    assert isinstance(one, TypeOrganisation)
    assert one.is_person
    assert [True, True, True, False, False] == [
        answered(one, word) for word in ("山田", "山田太郎", "oya", "gmail", "gmail.com")
    ]


def test_organisations_are_asked_once_each_and_not_more_than_a_few() -> None:
    """Five people of one firm are one question, fifty firms are three, colleagues are none."""
    firm = [recipient(f"p{number}@ume.example.com", position=number) for number in range(5)]
    many = [recipient(f"p@firm{number}.example.com", position=number) for number in range(50)]

    assert [(0, 1, 2, 3, 4)] == [one.positions for one in asked(*firm) if isinstance(one, TypeOrganisation)]
    assert TYPED_MAX == len(asked(*many))
    assert () == asked(recipient(INSIDE))
