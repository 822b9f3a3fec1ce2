"""The account that the crash tests draw up finds each kind of broken promise; without this they might prove nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.system.accounting import Settlement, settle
from tests.system.load import EXTERNAL, INTERNAL, Ledger, Owed
from tests.system.relay import RecipientRow

INSIDE = f"a@{INTERNAL}"
OUTSIDE = f"b@{EXTERNAL}"
LEDGER = Ledger(owed=[Owed("ID1", "m1", (INSIDE, OUTSIDE))])
ROWS = [RecipientRow("ID1", 0, INSIDE, "delivered", 1, 0), RecipientRow("ID1", 1, OUTSIDE, "held", 0, 0)]
COPIES = Counter({("ID1", INSIDE): 1})


def settled(rows: list[RecipientRow], copies: Counter[tuple[str, str]]) -> Settlement:
    return settle(rows, copies, LEDGER)


def test_account_of_kept_promises_finds_nothing() -> None:
    """What is as it should be is not complained about."""
    found = settled(ROWS, COPIES)

    assert ([], [], 0) == (found.lost, found.wrong, found.duplicates)


def test_account_of_a_declared_duplicate_counts_it() -> None:
    """A second copy of a mail that was in doubt is allowed, and counted."""
    found = settled([replace(ROWS[0], doubts=1), ROWS[1]], Counter({("ID1", INSIDE): 2}))

    assert ([], [], 1) == (found.lost, found.wrong, found.duplicates)


@pytest.mark.parametrize(
    ("rows", "copies"),
    [
        pytest.param(ROWS[1:], Counter(), id="promised_mail_vanished"),
        pytest.param(ROWS, Counter(), id="called_delivered_but_never_arrived"),
    ],
)
def test_account_of_a_lost_mail_names_it(rows: list[RecipientRow], copies: Counter[tuple[str, str]]) -> None:
    """A mail that got its 250 and is nowhere is called lost."""
    assert len(settled(rows, copies).lost) == 1


@pytest.mark.parametrize(
    ("rows", "copies"),
    [
        pytest.param(ROWS, Counter({("ID1", INSIDE): 2}), id="sent_twice_without_doubt"),
        pytest.param(ROWS, Counter({("ID1", INSIDE): 1, ("ID1", OUTSIDE): 1}), id="held_and_sent"),
        pytest.param([ROWS[0], replace(ROWS[1], state="sending")], COPIES, id="left_lying"),
        pytest.param(ROWS, Counter({("ID1", INSIDE): 1, ("ID2", INSIDE): 1}), id="sent_and_forgotten"),
    ],
)
def test_account_of_a_wrong_course_names_it(rows: list[RecipientRow], copies: Counter[tuple[str, str]]) -> None:
    """Sent twice without reason, sent though held, left lying, or sent without a record: each is found."""
    assert len(settled(rows, copies).wrong) == 1
