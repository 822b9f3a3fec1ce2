"""Who must approve: what a rule says, several rules together, and what stays on record."""

from __future__ import annotations

import json

import pytest

from mailguard.model.approval import USUAL, Approval, ApproverKind
from mailguard.model.verdict import Action, AtEnd, Needs, Verdict
from mailguard.spool.rows import verdict_of, verdict_text
from tests.unit.policy.parts import ANDO, desk, mail, rule

MANAGER, COLLEAGUE, NAMED, OFFICER = ApproverKind
ANN, BEN = "ann@office.example.jp", "ben@office.example.jp"
TOGETHER = [
    pytest.param(USUAL, USUAL, USUAL, id="the same twice"),
    pytest.param(USUAL, Approval((OFFICER,)), Approval((OFFICER,)), id="the narrower one"),
    pytest.param(USUAL, Approval((COLLEAGUE,), count=2), Approval((OFFICER,), count=2), id="nobody: an officer"),
    pytest.param(
        Approval((NAMED,), (ANN, BEN)), Approval((NAMED,), (BEN,)), Approval((NAMED,), (BEN,)), id="both name"
    ),
    pytest.param(Approval((NAMED,), (ANN,)), Approval((NAMED,), (BEN,)), Approval((OFFICER,)), id="nobody named"),
    pytest.param(Approval((MANAGER, NAMED), (ANN,)), USUAL, Approval((MANAGER,)), id="named by one"),
    pytest.param(
        Approval((OFFICER,), own=True), Approval((OFFICER,), own=True), Approval((OFFICER,), own=True), id="own"
    ),
    pytest.param(Approval((OFFICER,), own=True), Approval((OFFICER,)), Approval((OFFICER,)), id="own by one alone"),
]


@pytest.mark.parametrize(("one", "other", "expected"), TOGETHER)
def test_two_rules_ask_for_what_satisfies_both(one: Approval, other: Approval, expected: Approval) -> None:
    """Whichever rule is read first, whoever approves satisfies each of them."""
    assert (expected, expected) == (one.with_another(other), other.with_another(one))


def test_verdict_carries_who_must_approve() -> None:
    """Of two rules that want an approver and one that wants a click, the two say who approves."""
    rules = [
        rule(id="manager", action="hold", needs="approver", approval={"by": ["manager", "officer"], "count": 2}),
        rule(id="officer", action="hold", needs="approver", approval={"by": "officer", "own": True}),
        rule(id="click", action="hold", needs="sender"),
    ]
    with desk(*rules) as one:
        found = one.verdicts(mail())[ANDO]

    assert (Needs.APPROVER, Approval((OFFICER,), count=2)) == (found.needs, found.approval)


def test_verdict_of_a_rule_without_approval_has_the_usual_one() -> None:
    """A rule that wants an approver and says no more means the manager or an officer."""
    with desk(rule(action="hold", needs="approver")) as one:
        found = one.verdicts(mail())[ANDO]

    assert USUAL == found.approval


@pytest.mark.parametrize(
    "approval", [USUAL, Approval((NAMED, OFFICER), (ANN, BEN), 2, True)], ids=["the usual", "all of it"]
)
def test_approval_is_read_back_as_it_was_written(approval: Approval) -> None:
    """What is on record of who must approve is what the rules said."""
    verdict = Verdict(Action.HOLD, ("a",), "v", 60, Needs.APPROVER, AtEnd.DISCARD, approval=approval)

    assert verdict == verdict_of(verdict_text(verdict))


def test_verdict_of_an_older_release_is_read() -> None:
    """A verdict on record from before approvals were known still counts, with the usual approvers."""
    verdict = Verdict(Action.HOLD, ("a",), "v", needs=Needs.APPROVER)
    values = json.loads(verdict_text(verdict))

    assert "approval" not in values
    assert USUAL == verdict_of(json.dumps(values)).approval
