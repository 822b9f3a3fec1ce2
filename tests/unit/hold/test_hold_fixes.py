"""What is offered beside a reason: every kind of reason that holds a mail for a person has a next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from mailguard.hold.fixes import Fix, Mending, fixes_for
from mailguard.i18n import CATALOGUES, Language
from mailguard.model.contents import Obstacle
from mailguard.model.summary import Field, Found, Summary, SummaryFile, SummaryRecipient
from mailguard.model.verdict import Action, Explanation, Needs, Obligation, Reason
from mailguard.policy.directory import Directory, domains
from mailguard.policy.loading import load_policy, sets_in
from mailguard.policy.rules import Rule
from mailguard.policy.shipped import shipped_folder
from tests.unit.hold.test_hold_danger import HOLD, SATO, recipient

LIST = SummaryFile((1,), "meibo.xlsx", "application/octet-stream", 100, found=(Found("person_name", 3),))
LOCKED = SummaryFile((2,), "ichiran.zip", "application/zip", 100, is_protected=True)
PICTURE = SummaryFile((3,), "photo.bin", "application/octet-stream", 100, unreadable=next(iter(Obstacle)))
GOES_ON = {
    Reason.INTERNAL, Reason.EXTERNAL, Reason.AUTOMATIC, Reason.NOTICE, Reason.ANSWER, Reason.BCC_HEADER,
    Reason.PASSWORD_WINDOW,
}  # fmt: skip


def summary(*files: SummaryFile) -> Summary:
    return Summary("x", "", "", (SummaryRecipient(SATO, "", Field.TO),), files=files)


def every_rule() -> dict[str, Rule]:
    """All rules that come along, in whatever set."""
    found: dict[str, Rule] = {}
    for name in sets_in(shipped_folder()):
        directory = Directory(own=domains(["office.example.jp"]))
        for rule in load_policy(shipped_folder(), name, directory, 5.0, date(2026, 11, 24)).rules.rules:
            found[rule.id] = rule
    return found


RULES = every_rule()


def offered(rule: Rule, *files: SummaryFile, **verdict: object) -> list[Mending]:
    held = [recipient(SATO, replace(HOLD, needs=rule.needs, obligations=rule.obligations, **verdict))]  # type: ignore[arg-type]
    reason = Explanation(rule.id, (0,), {"ja": "", "en": ""})
    return [one.mending for one in fixes_for(reason, held, summary(*files), rule)]


@pytest.mark.parametrize("name", [one.id for one in RULES.values() if one.needs is not Needs.TIMER])
def test_reason_of_every_rule_that_needs_a_person_has_a_next_step(name: str) -> None:
    """Wherever I am asked to look, there is a button or a way beside the words, also where the mail has no file."""
    if RULES[name].action is Action.DELIVER:
        return

    assert offered(RULES[name])
    assert offered(RULES[name], LIST)


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_of_ours_has_a_next_step_unless_it_goes_on_by_itself(reason: Reason) -> None:
    """What could not be read or made is mine to mend; what only says how it goes on asks nothing of me."""
    found = fixes_for(Explanation(reason, (0,), {}), [recipient(SATO)], summary(), None)

    assert (reason not in GOES_ON) is bool(found)


@pytest.mark.parametrize(
    ("name", "files", "expected"),
    [
        pytest.param("missing-attachment", (), [Mending.ADD_FILE], id="forgotten file"),
        pytest.param("password-in-clear", (), [Mending.PROTECT, Mending.REWRITE], id="password in the text"),
        pytest.param("password-beside-file", (LOCKED,), [Mending.DROP_FILE, Mending.REWRITE], id="password and file"),
        pytest.param("empty-subject", (), [Mending.SUBJECT], id="no subject"),
        pytest.param("could-not-look-inside", (PICTURE, LIST), [Mending.DROP_FILE], id="unreadable file"),
        pytest.param("could-not-look-inside", (), [Mending.REWRITE], id="unreadable text"),
        pytest.param("file-names-other-firm", (LIST,), [Mending.DROP_FILE], id="another firm's file"),
        pytest.param("list-of-people", (LIST,), [Mending.PROTECT, Mending.DROP_FILE, Mending.REWRITE], id="list"),
        pytest.param("greets-somebody-else", (), [Mending.ADDRESS], id="greets another"),
        pytest.param("pause-before-outside", (LIST,), [], id="pause"),
    ],
)
def test_reason_offers_what_mends_it(name: str, files: tuple[SummaryFile, ...], expected: list[Mending]) -> None:
    """The buttons are those that do away with what the words say, the safest first."""
    assert expected == offered(RULES[name], *files)


def test_protecting_is_not_offered_where_it_is_planned() -> None:
    """A button that changes nothing would make me think that nothing was planned."""
    rule = RULES["must-not-leave-in-clear"]

    assert Obligation.PROTECT in rule.obligations
    assert [Mending.DROP_FILE, Mending.REWRITE] == offered(rule, LIST)


def test_recipients_of_few_are_offered_to_be_taken_off_and_never_the_last() -> None:
    """Taking the only recipient off is no mending: that is cancelling."""
    reason = Explanation("gone", (0,), {})
    two = [recipient(SATO), recipient("another@ume.example.com", position=1)]

    assert (Fix(Mending.REMOVE, (0,)),) == fixes_for(reason, two, summary(), None)
    assert (Fix(Mending.REWRITE),) == fixes_for(reason, two[:1], summary(), None)


@pytest.mark.parametrize("language", get_args(Language))
def test_offer_has_its_words(language: Language) -> None:
    """No button is empty."""
    assert [] == [one for one in Mending if f"queue.fix.{one.value}" not in CATALOGUES[language]]
