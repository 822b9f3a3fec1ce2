"""What an office has changed of its rules on the screen: a document that lies over its files. Pure.

The files stay the source. A document holds everything that differs from them, not only what was changed last, so that
going back is taking an older document. What does not fit the files any more is left out and reported, never fatal: the
rule is then as the file says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

from mailguard.policy.directory import Exemption
from mailguard.policy.figures import Clock, with_figures
from mailguard.policy.patterns import patterns
from mailguard.policy.rules import Rule, RuleSet

FORMAT = 1
"""What a document says of itself; a later release that reads it in another way counts on."""


class RuleState(StrEnum):
    """Whether a rule counts."""

    ACTIVE = "active"
    OBSERVED = "observed"
    """It stops nothing; what it would have done is recorded with each mail."""
    OFF = "off"


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What differs from the file in one rule: whether it counts, and figures by their paths."""

    state: RuleState = RuleState.ACTIVE
    figures: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.state is not RuleState.ACTIVE or bool(self.figures)


@dataclass(frozen=True, slots=True)
class NamedException:
    """An exception to a rule, as those of ``office.yaml``: who sends or who receives, until when, why."""

    name: str
    rule: str
    until: date
    why: str
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()

    @property
    def exemption(self) -> Exemption:
        """As rules ask it."""
        return Exemption(self.name, self.rule, self.until, patterns(self.senders), patterns(self.recipients))


@dataclass(frozen=True)
class Changes:
    """All of it. Rules that are as their file says are not among ``rules``."""

    rules: Mapping[str, RuleChange] = field(default_factory=dict)
    exceptions: tuple[NamedException, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.rules or self.exceptions)

    def of(self, rule: str) -> RuleChange:
        """What differs in one rule."""
        return self.rules.get(rule, RuleChange())

    def with_rule(self, rule: str, change: RuleChange) -> Changes:
        """With one rule changed so, or as its file says where the change is none."""
        others = {name: one for name, one in self.rules.items() if name != rule}
        return replace(self, rules=others | ({rule: change} if change else {}))

    def with_exception(self, exception: NamedException) -> Changes:
        """With one exception more, in place of one of the same name."""
        return replace(self, exceptions=(*self.without_exception(exception.name).exceptions, exception))

    def without_exception(self, name: str) -> Changes:
        """Without the exception of that name."""
        return replace(self, exceptions=tuple(one for one in self.exceptions if one.name != name))

    def without(self, misfits: Iterable[Misfit]) -> Changes:
        """Without what has no effect. A rule one of whose figures does not fit has none of them; its state stays."""
        changes = self
        for one in misfits:
            if one.why is Why.FIGURE_GONE:
                changes = changes.with_rule(one.rule, RuleChange(changes.of(one.rule).state))
            elif one.figure:
                changes = changes.without_exception(one.figure)
            else:
                changes = changes.with_rule(one.rule, RuleChange())
        return changes

    def concerned(self, other: Changes) -> list[str]:
        """The rules in which two documents differ, exceptions included."""
        names = {name for name in {*self.rules, *other.rules} if self.of(name) != other.of(name)}
        names |= {one.rule for one in {*self.exceptions} ^ {*other.exceptions}}
        return sorted(names)


NO_CHANGES = Changes()


class Why(StrEnum):
    """Why a part of a document has no effect."""

    RULE_GONE = "rule_gone"
    FIGURE_GONE = "figure_gone"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Misfit:
    """A part of a document that does not fit the files. ``figure``: its path, or the name of an exception, or ""."""

    why: Why
    rule: str
    figure: str = ""


@dataclass(frozen=True)
class Changed:
    """A set of rules with a document over it. ``misfits``: what of the document has no effect."""

    rules: RuleSet
    misfits: tuple[Misfit, ...]


def apply(files: RuleSet, changes: Changes) -> Changed:
    """The rules in force. Their version is that of the files where nothing is changed."""
    if not changes:
        return Changed(files, ())
    misfits: list[Misfit] = []
    clock = Clock.of(files)
    known = {rule.id: rule for rule in files.rules}
    misfits += [Misfit(Why.RULE_GONE, name) for name in changes.rules if name not in known]
    rules = [_changed(rule, changes.of(rule.id), clock, misfits) for rule in files.rules]
    exemptions = [one.exemption for one in changes.exceptions if _is_fit(one, known, misfits)]
    directory = replace(files.directory, exemptions=(*files.directory.exemptions, *exemptions))
    made = replace(
        files,
        version=version_of(files.version, changes),
        rules=tuple(rule for rule in rules if rule is not None),
        directory=directory,
    )
    return Changed(made, tuple(misfits))


def version_of(files: str, changes: Changes) -> str:
    """The version of rules: that of the files and the document together."""
    return files if not changes else sha256(f"{files}\n{written(changes)}".encode()).hexdigest()[:12]


def _changed(rule: Rule, change: RuleChange, clock: Clock, misfits: list[Misfit]) -> Rule | None:
    if not change:
        return rule
    if rule.is_locked:
        misfits.append(Misfit(Why.LOCKED, rule.id))
        return rule
    if change.state is RuleState.OFF:
        return None
    tuned, unfit = with_figures(rule, change.figures, clock)
    misfits += [Misfit(Why.FIGURE_GONE, rule.id, path) for path in unfit]
    return replace(tuned, is_observed=change.state is RuleState.OBSERVED)


def _is_fit(exception: NamedException, known: Mapping[str, Rule], misfits: list[Misfit]) -> bool:
    rule = known.get(exception.rule)
    if rule is None:
        misfits.append(Misfit(Why.RULE_GONE, exception.rule, exception.name))
    elif rule.is_locked:
        misfits.append(Misfit(Why.LOCKED, exception.rule, exception.name))
    return rule is not None and not rule.is_locked


# -- as a document


def written(changes: Changes) -> str:
    """Canonical JSON: equal changes are equal texts."""
    rules = {
        name: {"state": one.state.value, "figures": dict(one.figures)} for name, one in changes.rules.items() if one
    }
    exceptions = [
        {
            "name": one.name, "rule": one.rule, "until": one.until.isoformat(), "why": one.why,
            "senders": list(one.senders), "recipients": list(one.recipients),
        }
        for one in sorted(changes.exceptions, key=lambda one: one.name)
    ]  # fmt: skip
    document = {"format": FORMAT, "rules": rules, "exceptions": exceptions}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read(document: str) -> Changes:
    """What ``written`` wrote. Raises ``ValueError`` for anything else, such as what a later release wrote."""
    try:
        values = json.loads(document)
        if values["format"] != FORMAT:
            raise ValueError("a document of another release")
        rules = {name: _rule_of(one) for name, one in values["rules"].items()}
        return Changes(rules, tuple(_exception_of(values["exceptions"])))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no document of changed rules") from error


def _rule_of(value: Mapping[str, Any]) -> RuleChange:
    return RuleChange(RuleState(value["state"]), {str(path): str(one) for path, one in value["figures"].items()})


def _exception_of(values: Iterable[Mapping[str, Any]]) -> Iterable[NamedException]:
    for one in values:
        yield NamedException(
            one["name"], one["rule"], date.fromisoformat(one["until"]), one["why"],
            tuple(one["senders"]), tuple(one["recipients"]),
        )  # fmt: skip
