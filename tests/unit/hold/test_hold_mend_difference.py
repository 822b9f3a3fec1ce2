"""What an edit changes, as people are shown it."""

from __future__ import annotations

import pytest

from mailguard.hold.mend_difference import FindingChange, Judged, differences
from mailguard.model.verdict import Action, Explanation, Needs, Verdict

SENDER = Verdict(Action.HOLD, ("list",), "test", needs=Needs.SENDER)
TIMER = Verdict(Action.HOLD, ("pause",), "test", hold_seconds=300)
BLOCK = Verdict(Action.BLOCK, ("never",), "test")
LIST, PAUSE = Explanation("list", (0,), {"en": "214 people"}), Explanation("pause", (0,), {"en": "It waits."})
FEWER = Explanation("list", (0,), {"en": "3 people"})


def facts(*counts: tuple[str, str, int], suppressed: str | None = None) -> dict[str, object]:
    found = [{"kind": kind, "where": where, "count": count, "suppressed": suppressed} for kind, where, count in counts]
    return {"findings": found}


PHONES = facts(("phone_number", "body", 2), ("phone_number", "attachment:1", 212))


def test_reasons_that_go_come_and_say_something_else_are_told_apart() -> None:
    """I see which reasons are gone, which are new, and which only have other figures."""
    gone = differences(Judged((LIST,), {}, (SENDER,)), Judged((PAUSE,), {}, (TIMER,)))
    fewer = differences(Judged((LIST,), {}, (SENDER,)), Judged((FEWER,), {}, (SENDER,)))

    assert ((LIST,), (PAUSE,), ()) == (gone.gone, gone.new, gone.reworded)
    assert ((), (), ((LIST, FEWER),)) == (fewer.gone, fewer.new, fewer.reworded)


def test_waiting_as_any_mail_does_is_neither_gone_nor_new_beside_another_reason() -> None:
    """Mail to the outside waits before and after my change: nothing of it was mended or is to be minded."""
    quiet = frozenset({"pause"})
    mended = differences(Judged((LIST,), {}, (SENDER,)), Judged((PAUSE,), {}, (TIMER,)), quiet)
    worse = differences(Judged((PAUSE,), {}, (TIMER,)), Judged((LIST,), {}, (SENDER,)), quiet)
    inside = differences(Judged((PAUSE,), {}, (TIMER,)), Judged((), {}, ()), quiet)

    assert ((LIST,), ()) == (mended.gone, mended.new)
    assert ((), (LIST,)) == (worse.gone, worse.new)
    assert ((PAUSE,), ()) == (inside.gone, inside.new)
    assert mended.is_better


def test_findings_are_compared_by_kind_and_place() -> None:
    """What was found before and is not any more is named with its counts; what never counted is not."""
    after = facts(("phone_number", "body", 2))
    found = differences(Judged((), PHONES, (SENDER,)), Judged((), after, (SENDER,)))
    unseen = facts(("phone_number", "body", 2), suppressed="signature")

    assert (FindingChange("phone_number", "attachment:1", 212, 0),) == found.findings
    assert () == differences(Judged((), unseen, (SENDER,)), Judged((), {}, (SENDER,))).findings


BETTER = [
    pytest.param(Judged((PAUSE,), {}, (TIMER,)), True, id="asks for less"),
    pytest.param(Judged((FEWER,), facts(("phone_number", "body", 2)), (SENDER,)), True, id="less found"),
    pytest.param(Judged((LIST,), PHONES, (SENDER,)), False, id="all the same"),
    pytest.param(Judged((LIST, PAUSE), facts(), (SENDER,)), False, id="another reason as strict"),
    pytest.param(Judged((), facts(), (BLOCK,)), False, id="blocked"),
    pytest.param(Judged((), facts(("my_number", "body", 1)), (TIMER,)), False, id="something new found"),
]


@pytest.mark.parametrize(("after", "expected"), BETTER)
def test_edit_is_better_only_where_nothing_is_worse(after: Judged, expected: bool) -> None:
    """The page says that it is better only where that is so."""
    assert expected == differences(Judged((LIST,), PHONES, (SENDER,)), after).is_better
