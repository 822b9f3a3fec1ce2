"""Rules as values: what they ask, what they want done, and what they say. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from mailguard.model.approval import USUAL, Approval
from mailguard.model.office_kinds import OfficeKinds
from mailguard.model.protection import NO_WISH, Protection
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation
from mailguard.policy.directory import Directory
from mailguard.policy.facts import Facts, RecipientFacts
from mailguard.policy.incident_plan import IncidentPlan
from mailguard.policy.law import Law
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.patterns import NOBODY, Patterns
from mailguard.policy.templates import Templates
from mailguard.policy.words import Shape, Word


@dataclass(frozen=True, slots=True)
class Test:
    """One word and what it is compared with: bounds for numbers, else the accepted values or patterns."""

    word: Word
    least: float | None = None
    most: float | None = None
    accepted: tuple[object, ...] = ()
    patterns: Patterns = NOBODY

    def holds(self, facts: Facts, recipient: RecipientFacts) -> bool:
        """Whether the fact is as the rule wants it."""
        value = self.word.get(facts, recipient)
        match self.word.shape:
            case Shape.NUMBER:
                assert isinstance(value, int | float)
                return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)
            case Shape.TEXT:
                assert isinstance(value, tuple)
                texts = [_plain(text) for text in value]
                return any(_plain(str(wanted)) in text for wanted in self.accepted for text in texts)
            case Shape.CHOICES:
                assert isinstance(value, tuple)
                return any(one in self.accepted for one in value)
            case Shape.ADDRESS:
                return self.patterns.fit(str(value))
            case _:
                return value in self.accepted


@dataclass(frozen=True, slots=True)
class Condition:
    """Tests that must all hold, with one of ``any_of`` where there are some, and none of ``none_of``."""

    tests: tuple[Test, ...] = ()
    any_of: tuple[Condition, ...] = ()
    none_of: tuple[Condition, ...] = ()

    def holds(self, facts: Facts, recipient: RecipientFacts) -> bool:
        """Whether the condition holds for one recipient."""
        return (
            all(test.holds(facts, recipient) for test in self.tests)
            and (not self.any_of or any(one.holds(facts, recipient) for one in self.any_of))
            and not any(one.holds(facts, recipient) for one in self.none_of)
        )

    def every_test(self) -> Iterator[Test]:
        """All tests in it, in order."""
        yield from self.tests
        for inner in (*self.any_of, *self.none_of):
            yield from inner.every_test()


class AppliesTo(StrEnum):
    """Which recipients a rule is about, where its condition holds for them."""

    OUTSIDE = "outside"
    INSIDE = "inside"
    EVERYBODY = "everybody"


class Hours(StrEnum):
    """When a rule applies."""

    OFFICE = "office"
    OUTSIDE_OFFICE = "outside_office"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a rule applies; empty parts do not restrict it."""

    senders: Patterns = NOBODY
    departments: tuple[str, ...] = ()
    recipients: Patterns = NOBODY
    hours: Hours | None = None


@dataclass(frozen=True)
class Example:
    """A mail that a rule must hit, or must not. ``mail`` is what ``judging.examples`` writes it from."""

    mail: dict[str, object]
    hits: bool
    place: str


@dataclass(frozen=True)
class Rule:
    """One rule of the office. ``wait_seconds`` None: the setting ``hold.minutes`` for a timer, else no end.

    ``is_quiet``: its reason is told only where no other rule has one. ``is_locked``: only the file may change it.
    ``is_observed``: nothing is done for it; what it would have done is recorded. ``opens_incident``: what it hits is
    taken for an accident.
    """

    id: str
    title: dict[str, str]
    when: Condition
    scope: Scope
    applies_to: AppliesTo
    action: Action
    needs: Needs
    wait_seconds: int | None
    office_hours: bool
    at_end: AtEnd
    obligations: frozenset[Obligation]
    waiver: Needs | None
    reason: dict[str, str]
    examples: tuple[Example, ...]
    place: str
    is_quiet: bool = False
    protection: Protection = NO_WISH
    approval: Approval = USUAL
    is_locked: bool = False
    is_observed: bool = False
    opens_incident: bool = False

    @property
    def is_exposure(self) -> bool:
        """Whether the rule is about who sees whom."""
        return bool(self.obligations & {Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})

    def applies(self, facts: Facts, recipient: RecipientFacts, directory: Directory, hours: OfficeHours) -> bool:
        """Whether the rule is about this mail and recipient at all."""
        if self.applies_to is not AppliesTo.EVERYBODY and recipient.is_outside is not (
            self.applies_to is AppliesTo.OUTSIDE
        ):
            return False
        scope, situation = self.scope, facts.situation
        sender = situation.question.sender
        if scope.senders and not scope.senders.fit(sender):
            return False
        if scope.departments and not any(
            directory.departments[name].fit(sender) for name in scope.departments if name in directory.departments
        ):
            return False
        if scope.recipients and not scope.recipients.fit(recipient.address):
            return False
        if scope.hours is None:
            return True
        return hours.is_open(situation.occasion.at) is (scope.hours is Hours.OFFICE)


@dataclass(frozen=True)
class RuleSet:
    """All rules in force, with whom the office knows and when it is there.

    ``version`` is a hash of everything that was read. ``observes``: nothing is held; what would have been is recorded.
    ``kinds``: what the office itself looks for in mail, and what it allows. ``law``: when a mistake must be reported.
    ``plan``: what is done when something went wrong, and whom to call. ``templates``: what is written then.
    """

    name: str
    version: str
    rules: tuple[Rule, ...]
    directory: Directory = field(default_factory=Directory)
    hours: OfficeHours = field(default_factory=OfficeHours)
    observes: bool = False
    hold_minutes: float = 5.0
    kinds: OfficeKinds = field(default_factory=OfficeKinds)
    law: Law = field(default_factory=Law)
    plan: IncidentPlan = field(default_factory=IncidentPlan)
    templates: Templates = field(default_factory=dict)

    @cached_property
    def opening(self) -> frozenset[str]:
        """The rules that open an incident; none where nothing is done."""
        return frozenset(
            rule.id for rule in self.rules if rule.opens_incident and not (self.observes or rule.is_observed)
        )  # fmt: skip

    @cached_property
    def quiet(self) -> frozenset[str]:
        """The rules that only let mail wait: their reason is told where no other has one."""
        return frozenset(rule.id for rule in self.rules if rule.is_quiet)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
