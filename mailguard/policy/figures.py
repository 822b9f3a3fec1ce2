"""The figures of a rule that an office may tune: bounds of its condition, how long it waits, for whom, and how it ends.

A figure has a path inside its rule, such as ``any.0.visible_groups.least``, ``wait`` or ``needs``, and a value as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailguard.model.verdict import Action, AtEnd, Needs
from mailguard.policy.lengths import WAIT_MAX_SECONDS, Length, length_of, spoken_length
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.rules import Condition, Rule, RuleSet, Test
from mailguard.policy.words import Shape

WAIT, NEEDS, AT_END = "wait", "needs", "at_end"
LEAST, MOST = "least", "most"
BOUND_MAX = 1_000_000
FRACTIONS = frozenset({"megabytes"})
"""Words that count in parts; all others count whole things."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What lengths of a set rest on: how long an office day is, and how long a timer runs where no rule says."""

    hours: OfficeHours
    hold_minutes: float

    @classmethod
    def of(cls, rules: RuleSet) -> Clock:
        """That of a set of rules."""
        return cls(rules.hours, rules.hold_minutes)


def wait_of(rule: Rule, clock: Clock) -> Length:
    """How long a rule that holds waits."""
    if rule.wait_seconds is None and rule.needs is Needs.TIMER:
        return spoken_length(round(clock.hold_minutes * 60), False, clock.hours)
    return spoken_length(rule.wait_seconds, rule.office_hours, clock.hours)


def figures_of(rule: Rule, clock: Clock) -> dict[str, str]:
    """Every figure with its value, in the order of the rule."""
    found: dict[str, str] = {}
    _collect(rule.when, "", found)
    if rule.action is Action.HOLD:
        found |= {NEEDS: rule.needs.value, WAIT: str(wait_of(rule, clock)), AT_END: rule.at_end.value}
    return found


def with_figures(rule: Rule, figures: Mapping[str, str], clock: Clock) -> tuple[Rule, tuple[str, ...]]:
    """The rule with these figures, and the paths that do not fit it: those it has not, and values it cannot have.

    The rule that comes back is as it was where any figure does not fit.
    """
    there = figures_of(rule, clock)
    unfit = tuple(
        path for path, value in figures.items() if path not in there or not fits(path, value, clock)
    )  # fmt: skip
    if unfit:
        return rule, unfit
    changed = replace(rule, when=_tuned(rule.when, "", figures))
    if NEEDS in figures:
        changed = replace(changed, needs=Needs(figures[NEEDS]))
    if AT_END in figures:
        changed = replace(changed, at_end=AtEnd(figures[AT_END]))
    if WAIT in figures and (length := length_of(figures[WAIT])) is not None:
        changed = replace(
            changed, wait_seconds=length.seconds(clock.hours), office_hours=length.is_office_time
        )  # fmt: skip
    elif WAIT not in figures and changed.needs is not rule.needs and rule.needs is Needs.TIMER:
        # A timer without a wait of its own runs for the setting; whoever is needed instead has as long.
        length = wait_of(rule, clock)
        changed = replace(changed, wait_seconds=length.seconds(clock.hours), office_hours=length.is_office_time)
    contradiction = contradicting(changed)
    return (rule, (contradiction,)) if contradiction else (changed, ())


def contradicting(rule: Rule) -> str:
    """The path of the figure that contradicts the others, "" where none does."""
    for test in rule.when.every_test():
        if test.least is not None and test.most is not None and test.least > test.most:
            return _path_of(rule.when, test, "")
    if rule.action is not Action.HOLD:
        return ""
    if rule.needs is Needs.TIMER and rule.at_end is not AtEnd.SEND:
        return AT_END
    if rule.needs is Needs.ADMINISTRATOR and rule.at_end is AtEnd.ESCALATE:
        return AT_END
    if rule.at_end is not AtEnd.SEND and rule.wait_seconds is None:
        return WAIT
    return ""


def fits(path: str, value: str, clock: Clock) -> bool:
    """Whether a value can stand at such a path."""
    if path == NEEDS:
        return value in list(Needs)
    if path == AT_END:
        return value in list(AtEnd)
    if path == WAIT:
        length = length_of(value)
        return length is not None and (length.seconds(clock.hours) or 0) <= WAIT_MAX_SECONDS
    try:
        number = float(value)
    except ValueError:
        return False
    word = path.split(".")[-2] if "." in path else ""
    return 0 <= number <= BOUND_MAX and (word in FRACTIONS or number == int(number))


def _collect(condition: Condition, prefix: str, found: dict[str, str]) -> None:
    for test in condition.tests:
        if test.word.shape is Shape.NUMBER:
            for end, bound in ((LEAST, test.least), (MOST, test.most)):
                if bound is not None:
                    found[f"{prefix}{test.word.name}.{end}"] = f"{bound:.15g}"
    for name, inner in _inner(condition, prefix):
        _collect(inner, name, found)


def _tuned(condition: Condition, prefix: str, figures: Mapping[str, str]) -> Condition:
    def bound(test: Test, end: str, old: float | None) -> float | None:
        wanted = figures.get(f"{prefix}{test.word.name}.{end}")
        return old if wanted is None else float(wanted)

    return Condition(
        tuple(
            replace(test, least=bound(test, LEAST, test.least), most=bound(test, MOST, test.most))
            for test in condition.tests
        ),
        tuple(_tuned(one, f"{prefix}any.{number}.", figures) for number, one in enumerate(condition.any_of)),
        tuple(_tuned(one, f"{prefix}none.{number}.", figures) for number, one in enumerate(condition.none_of)),
    )


def _inner(condition: Condition, prefix: str) -> list[tuple[str, Condition]]:
    return [
        *((f"{prefix}any.{number}.", one) for number, one in enumerate(condition.any_of)),
        *((f"{prefix}none.{number}.", one) for number, one in enumerate(condition.none_of)),
    ]


def _path_of(condition: Condition, wanted: Test, prefix: str) -> str:
    if any(test is wanted for test in condition.tests):
        return f"{prefix}{wanted.word.name}.{MOST}"
    return next((path for name, one in _inner(condition, prefix) if (path := _path_of(one, wanted, name))), "")
