"""What the first line of a mail's page says it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from mailguard.hold.decision import box_of
from mailguard.hold.headline import Headline, headline_of
from mailguard.hold.zero import at_zero
from mailguard.i18n import CATALOGUES, Language
from mailguard.model.queue import State
from mailguard.model.verdict import AtEnd, Needs, Obligation, Verdict
from tests.fakes.clock import START
from tests.unit.hold.test_hold_danger import HOLD, SATO, SATOU, recipient

KEPT = replace(HOLD, at_end=AtEnd.DISCARD)
PROTECTED = replace(KEPT, obligations=frozenset({Obligation.PROTECT}))
EXPOSED = replace(KEPT, obligations=frozenset({Obligation.HIDE_RECIPIENTS}))
TIMED = replace(HOLD, needs=Needs.TIMER, hold_seconds=300)
LIKE = {"known_elsewhere": {SATO: SATOU}}


@pytest.mark.parametrize(
    ("verdicts", "deadline", "facts", "expected"),
    [
        pytest.param([replace(KEPT, needs=Needs.APPROVER)], START, {}, Headline.APPROVAL, id="approver"),
        pytest.param([replace(PROTECTED, needs=Needs.APPROVER)], START, {}, Headline.APPROVAL, id="approver-content"),
        pytest.param([None], None, {}, Headline.ADMINISTRATOR, id="nobody-looked"),
        pytest.param([PROTECTED], START, {}, Headline.CONTENT, id="personal-data"),
        pytest.param([EXPOSED], START, {}, Headline.RECIPIENTS, id="exposure"),
        pytest.param([KEPT], START, LIKE, Headline.RECIPIENTS, id="similar-address"),
        pytest.param([PROTECTED], START, LIKE, Headline.CHECK, id="both"),
        pytest.param([PROTECTED, EXPOSED], START, {}, Headline.CHECK, id="one-each"),
        pytest.param([KEPT], START, {}, Headline.CHECK, id="something-else"),
        pytest.param([HOLD], START, {}, Headline.WAITING, id="goes-by-itself"),
        pytest.param([TIMED], START, LIKE, Headline.WAITING, id="timer"),
        pytest.param([TIMED], None, {}, Headline.DECISION, id="stopped-timer"),
    ],
)
def test_headline_says_what_a_held_mail_waits_for(
    verdicts: list[Verdict | None], deadline: datetime | None, facts: dict[str, object], expected: Headline
) -> None:
    """I read at once whether I am to look at the recipients, at what is in it, or have nothing to do."""
    held = [
        replace(recipient(SATO, one, position), state=State.HELD, shown_until=deadline, due_at=deadline)
        for position, one in enumerate(verdicts)
    ]

    assert expected is headline_of(box_of(held), at_zero(held, START), held, facts, {})


@pytest.mark.parametrize("language", ["ja", "en"])
def test_headline_has_its_sentence(language: Language) -> None:
    """None is without words."""
    assert [] == [one for one in Headline if f"queue.headline.{one.value}" not in CATALOGUES[language]]
