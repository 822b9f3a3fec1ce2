"""What is changed on the screen lies over the files: it counts, it never breaks them, and nothing of it is lost."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.model.verdict import Action, AtEnd, Needs
from mailguard.policy.changes import (
    NO_CHANGES,
    Changes,
    Misfit,
    NamedException,
    RuleChange,
    RuleState,
    Why,
    apply,
    read,
    written,
)
from mailguard.policy.figures import Clock, figures_of
from mailguard.policy.lengths import Length, Unit, length_of, spoken_length
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.rules import Rule, RuleSet
from tests.unit.policy.parts import ANDO, BABA, CHIBA, OFFICE, SENDER, desk, mail, rule, ruled

GROUPS = (
    "{any: [{visible_groups: 5}, {visible_private: {at_least: 3, at_most: 40}}], none: [{reply: true, persons: 2}]}"
)
STOP: dict[str, Any] = {"needs": "sender", "wait": "2 office days", "at_end": "discard"}
UNTIL = date(2027, 3, 31)


def changed(files: RuleSet, **figures: str) -> Rule:
    """The only rule of a set with these figures; ``__`` stands for a dot."""
    figure = {path.replace("__", "."): value for path, value in figures.items()}
    return apply(files, Changes({"a-rule": RuleChange(figures=figure)})).rules.rules[0]


def test_figures_of_a_rule_are_its_bounds_its_wait_and_its_end() -> None:
    """Everything an office may tune has a path, wherever it stands in the condition."""
    files = ruled(rule(GROUPS, **STOP))

    assert {
        "any.0.visible_groups.least": "5", "any.1.visible_private.least": "3", "any.1.visible_private.most": "40",
        "none.0.persons.least": "2", "needs": "sender", "wait": "2 office days", "at_end": "discard",
    } == figures_of(files.rules[0], Clock.of(files))  # fmt: skip


def test_figure_that_was_changed_decides() -> None:
    """A number changed on the screen is the one mails are judged by, and the version says that something changed."""
    files = ruled(rule("{visible_groups: 5}", **STOP))
    tuned = apply(files, Changes({"a-rule": RuleChange(figures={"visible_groups.least": "3"})})).rules
    with desk(*files.rules) as before, desk(*tuned.rules) as after:
        octets = mail([ANDO, BABA, CHIBA])
        verdicts = [one.verdicts(octets)[ANDO].action for one in (before, after)]

    assert [Action.DELIVER, Action.HOLD] == verdicts
    assert tuned.version != files.version
    assert files.version == apply(files, NO_CHANGES).rules.version


def test_wait_need_and_end_that_were_changed_decide() -> None:
    """Who must decide, how long it waits and what becomes of it are those of the screen."""
    made = changed(ruled(rule(**STOP)), needs="approver", wait="4 office hours", at_end="escalate")

    assert (Needs.APPROVER, 4 * 3600, True, AtEnd.ESCALATE) == (
        made.needs, made.wait_seconds, made.office_hours, made.at_end,
    )  # fmt: skip


def test_timer_that_becomes_a_question_keeps_its_length() -> None:
    """Where a timer without a length of its own becomes a person's decision, it lasts as long as the setting said."""
    made = changed(ruled(rule(), hold_minutes=7.0), needs="sender")

    assert (Needs.SENDER, 420) == (made.needs, made.wait_seconds)


def test_rule_that_is_off_is_not_asked_and_one_observed_only_recorded() -> None:
    """A rule switched off does nothing; one that is only recorded stops nothing, and what it would do is on record."""
    files = ruled(rule(**STOP))
    off = apply(files, Changes({"a-rule": RuleChange(RuleState.OFF)})).rules
    observed = apply(files, Changes({"a-rule": RuleChange(RuleState.OBSERVED)})).rules
    with desk(*observed.rules) as office:
        judgement = office.judged(mail()).judgement

    assert () == off.rules
    assert [Action.DELIVER] == [one.action for one in judgement.verdicts]
    assert [Action.HOLD] == [one.action for one in judgement.observed or ()]
    assert () == judgement.explanations
    assert ("a-rule",) not in [one.reasons for one in judgement.verdicts]


def test_observed_rule_that_misses_leaves_no_mark() -> None:
    """Where no observed rule hits, nothing says that something was only observed."""
    files = ruled(rule("{reply: true}"))
    observed = apply(files, Changes({"a-rule": RuleChange(RuleState.OBSERVED)})).rules
    with desk(*observed.rules) as office:
        judgement = office.judged(mail()).judgement

    assert judgement.observed is None


def test_exception_of_the_screen_holds_until_its_last_day() -> None:
    """A named exception takes its people out of the rule, and ends by itself."""
    files = ruled(rule(**STOP))
    exception = NamedException("board", "a-rule", date(2026, 11, 24), "they know each other", (SENDER,))
    over = NamedException("board", "a-rule", date(2026, 11, 23), "they know each other", (SENDER,))
    actions = []
    for one in (exception, over):
        directory = apply(files, Changes(exceptions=(one,))).rules.directory
        with desk(*files.rules, directory=directory) as office:
            actions.append(office.verdicts(mail())[ANDO].action)

    assert [Action.DELIVER, Action.HOLD] == actions
    assert OFFICE.exemptions == ()


UNFIT = [
    pytest.param(Changes({"gone": RuleChange(RuleState.OFF)}), Misfit(Why.RULE_GONE, "gone"), id="a rule"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"any.0.persons.least": "1"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "any.0.persons.least"), id="a figure"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"visible_groups.least": "many"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "visible_groups.least"), id="a word for a number"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"wait": "31 days"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "wait"), id="too long"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"needs": "timer"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "at_end"), id="a contradiction"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"needs": "administrator", "at_end": "escalate"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "at_end"), id="passed up from the top"),
    pytest.param(Changes({"a-rule": RuleChange(figures={"wait": "never"})}),
                 Misfit(Why.FIGURE_GONE, "a-rule", "wait"), id="an end that never comes"),
    pytest.param(Changes(exceptions=(NamedException("x", "gone", UNTIL, "why", (SENDER,)),)),
                 Misfit(Why.RULE_GONE, "gone", "x"), id="an exception"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "misfit"), UNFIT)
def test_change_that_no_longer_fits_is_named_and_has_no_effect(changes: Changes, misfit: Misfit) -> None:
    """Where the files moved on, the rule is as the file says, and somebody is told which change has no effect."""
    files = ruled(rule("{visible_groups: 5}", **STOP))
    made = apply(files, changes)

    assert (misfit,) == made.misfits
    assert files.rules == made.rules.rules
    assert () == made.rules.directory.exemptions


def test_locked_rule_cannot_be_changed() -> None:
    """What a file locks stays, whatever stands in a document."""
    files = ruled(rule(locked=True, **STOP))
    exception = NamedException("x", "a-rule", UNTIL, "why", (SENDER,))
    made = apply(files, Changes({"a-rule": RuleChange(RuleState.OFF)}, (exception,)))

    assert files.rules == made.rules.rules
    assert [Why.LOCKED, Why.LOCKED] == [one.why for one in made.misfits]
    assert () == made.rules.directory.exemptions


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
CHANGES = st.builds(
    Changes,
    st.dictionaries(TEXT, st.builds(RuleChange, st.sampled_from(RuleState), st.dictionaries(TEXT, TEXT)).filter(bool)),
    st.lists(
        st.builds(NamedException, TEXT, TEXT, st.dates(), TEXT, st.tuples(TEXT), st.tuples(TEXT, TEXT)),
        unique_by=lambda one: one.name, max_size=3,
    ).map(lambda found: tuple(sorted(found, key=lambda one: one.name))),
)  # fmt: skip


@given(CHANGES)
def test_document_gives_back_what_was_written(changes: Changes) -> None:
    """Whatever was changed is read back the same, and is one text only."""
    text = written(changes)

    assert changes == read(text)
    assert text == written(read(text))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format":2,"rules":{},"exceptions":[]}', '{"format":1,"rules":{"a":1},"exceptions":[]}']
)
def test_document_of_another_kind_is_refused(text: str) -> None:
    """What another release wrote is not half understood."""
    with pytest.raises(ValueError, match=r"."):
        read(text)


def test_document_is_plain_json() -> None:
    """Rules as their files say are not in it."""
    changes = Changes({"a": RuleChange(), "b": RuleChange(RuleState.OFF)})

    assert {"b": {"figures": {}, "state": "off"}} == json.loads(written(changes))["rules"]


@given(st.integers(1, 30 * 86400), st.booleans())
def test_length_is_spoken_and_read_back_the_same(seconds: int, is_office_time: bool) -> None:
    """A wait shown in words and typed in again is as long as before."""
    hours = OfficeHours()
    if is_office_time:
        # Office time is written in hours and days; parts of a minute are none of its lengths.
        seconds = max(60, seconds // 60 * 60)
    spoken = spoken_length(seconds, is_office_time, hours)
    read_back = length_of(str(spoken))

    assert read_back is not None
    assert read_back.unit is spoken.unit
    assert abs((read_back.seconds(hours) or 0) - seconds) <= 2


LENGTHS = [
    pytest.param("5 minutes", Length(5, Unit.MINUTE), 300, id="minutes"),
    pytest.param("1 day", Length(1, Unit.DAY), 86400, id="a day"),
    pytest.param("2 office days", Length(2, Unit.OFFICE_DAY), 2 * 31500, id="office days"),
    pytest.param("30 office minutes", Length(0.5, Unit.OFFICE_HOUR), 1800, id="office minutes"),
    pytest.param("never", Length(0, Unit.NEVER), None, id="never"),
]


@pytest.mark.parametrize(("text", "length", "seconds"), LENGTHS)
def test_length_is_read_as_offices_write_it(text: str, length: Length, seconds: int | None) -> None:
    """Lengths of rule files are understood."""
    assert length == length_of(text)
    assert seconds == length.seconds(OfficeHours())


def test_changes_without_what_has_no_effect_do_the_same() -> None:
    """Removing what fits no file any more changes nothing that counts, and what counts stays."""
    gone = NamedException("gone", "no-such-rule", date(2027, 3, 31), "why", ("a@office.example.jp",))
    kept = RuleChange(RuleState.OBSERVED, {"any.9.visible_groups.least": "2"})
    files = ruled(rule("{visible_outsiders: 2}"))
    changes = Changes({"no-such-rule": RuleChange(RuleState.OFF), "a-rule": kept}, (gone,))
    changed = apply(files, changes)
    tidy = changes.without(changed.misfits)

    assert Changes({"a-rule": RuleChange(RuleState.OBSERVED)}) == tidy
    assert (changed.rules.rules, ()) == (apply(files, tidy).rules.rules, apply(files, tidy).misfits)
