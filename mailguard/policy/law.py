"""What a mail would mean by law if it reached the wrong people: help for deciding, never a decision. Pure.

The rules are dated data (``policies/law.yaml``); each carries its source and the day that was last checked. The outcome
never says that no report is needed: at most that none of these rules seems to ask for one, and why.

Days are counted in Japan's time, the day of knowing as day 1. A clock that moves is shown by both readings: the plain
last day first, and the one it may move to because of a day of rest (行政機関の休日に関する法律 第1条).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

import jpholiday

from mailguard.model.finding import Kind

STALE_DAYS = 180
"""Older than this, a source must be looked at again."""

_REST_YEARLY = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


class LegalForm(StrEnum):
    """What an office is to these rules."""

    PRIVATE = "private"
    MUTUAL_AID = "mutual_aid"
    """A statutory mutual-aid association, which uses My Numbers for its own work (個人番号利用事務実施者)."""
    PUBLIC_BODY = "public_body"


class Circumstance(StrEnum):
    """What only people know of an incident."""

    IMPROPER_PURPOSE = "improper_purpose"
    UNSPECIFIED_MANY = "unspecified_many"


class Outcome(StrEnum):
    """What it seems to be, the weightiest last."""

    UNLIKELY = "unlikely"
    DECIDE = "decide"
    LIKELY = "likely"


class Because(StrEnum):
    """Grounds of an outcome; the words are texts ``law.because.…``."""

    RULE = "rule"
    ASK = "ask"
    UNVERIFIED = "unverified"
    STRICT = "strict"
    PROTECTED = "protected"
    UNREADABLE = "unreadable"
    ADDRESSES = "addresses"
    NOBODY = "nobody"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Dated:
    """What every record has. ``valid_until`` is the last day it holds, None while it does."""

    id: str
    text: Mapping[str, str]
    source: str
    source_checked: date
    valid_from: date
    valid_until: date | None = None
    verified: bool = False

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)

    def is_stale(self, today: date) -> bool:
        """Whether its source must be looked at again."""
        return (today - self.source_checked).days > STALE_DAYS


@dataclass(frozen=True, slots=True)
class LawClock(Dated):
    """A time that runs. ``days``: one, or from and to. ``moves``: past days of rest."""

    days: tuple[int, ...] = ()
    moves: bool = False


@dataclass(frozen=True, slots=True)
class LawRule(Dated):
    """A case that must be reported.

    ``kinds``: data that must be in it, any of them (none named: any personal data). ``more_than``: persons.
    ``offices``: kinds of office it is for, empty for all. ``when``: a circumstance it needs. ``asks``: whether a person
    must decide if it is such a case.
    """

    kinds: frozenset[str] = frozenset()
    more_than: int = 0
    offices: frozenset[LegalForm] = frozenset()
    when: Circumstance | None = None
    asks: bool = False
    clocks: tuple[str, ...] = ()

    def is_for(self, office: LegalForm | None) -> bool:
        """Whether it is for such an office; one that has not said what it is gets the stricter of all."""
        return not self.offices or office is None or office in self.offices


@dataclass(frozen=True)
class Law:
    """All records, and what the office is (None: nobody has said)."""

    rules: tuple[LawRule, ...] = ()
    clocks: tuple[LawClock, ...] = ()
    office: LegalForm | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What would be seen by whom. ``counts``: findings by kind; ``persons``: whose, 0 where that is not known.

    ``clear`` and ``protected``: recipients outside who get it readable, and with a password they were not told.
    ``is_unreadable``: whether something could not be looked into. ``visible``: addresses outsiders see of each other.
    """

    counts: Mapping[str, int]
    persons: int
    clear: int
    protected: int = 0
    is_unreadable: bool = False
    visible: int = 0
    circumstances: frozenset[Circumstance] = frozenset()


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an outcome: with the rule it is about, where there is one."""

    because: Because
    rule: LawRule | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when, if it became known on a day.

    ``first``: the earliest day of a time that is not exact, else None; ``day``: the plain last day; ``extended``: the
    later reading of it, where it differs.
    """

    clock: LawClock
    day: date
    first: date | None = None
    extended: date | None = None


@dataclass(frozen=True)
class Consequence:
    """What a mistake would mean. ``rules``: those that seem to apply or need a decision. ``known_on``: day 1."""

    exposure: Exposure
    outcome: Outcome
    grounds: tuple[Ground, ...]
    rules: tuple[LawRule, ...]
    deadlines: tuple[Deadline, ...]
    known_on: date
    office: LegalForm | None = field(default=None)


def consequence_of(exposure: Exposure, law: Law, known_on: date) -> Consequence:
    """What it would mean if the mail left as it is and that became known on ``known_on`` (a day in Japan)."""
    if not exposure.clear and not exposure.protected:
        return Consequence(exposure, Outcome.UNLIKELY, (Ground(Because.NOBODY),), (), (), known_on, law.office)
    is_data = bool(_kinds(exposure)) or exposure.visible > 0
    rules = [one for one in law.rules if is_data and one.holds(known_on) and one.is_for(law.office)]
    hit = [one for one in rules if _is_about(one, exposure) and _persons(exposure) > one.more_than]
    # Whether a bare address is personal data is argued case by case: addresses alone are never certain.
    certain = [one for one in hit if not one.asks and _persons(exposure, with_addresses=False) > one.more_than]
    asking = [one for one in hit if one not in certain]
    below = [one for one in rules if one.kinds and one not in hit and _is_about(one, exposure) and not one.verified]
    grounds = [Ground(Because.RULE, one) for one in certain] + [Ground(Because.ASK, one) for one in asking]
    if not certain:
        grounds += [Ground(Because.UNVERIFIED, one) for one in below]
    if exposure.is_unreadable:
        grounds.append(Ground(Because.UNREADABLE))
    if any(not one.asks for one in asking):
        grounds.append(Ground(Because.ADDRESSES))
    outcome = Outcome.LIKELY if certain else Outcome.DECIDE if grounds else Outcome.UNLIKELY
    if outcome is Outcome.LIKELY and not exposure.clear:
        # Protected as the guidelines want it, it may be no case; that is never for a program to say.
        outcome = Outcome.DECIDE
        grounds.insert(0, Ground(Because.PROTECTED))
    if law.office is None and any(one.offices for one in (*certain, *asking)):
        grounds.append(Ground(Because.STRICT))
    shown = certain + asking + (below if not certain else [])
    return Consequence(
        exposure, outcome, tuple(grounds) or (Ground(Because.NO_RULE),), tuple(shown),
        _deadlines(shown, law, known_on), known_on, law.office,
    )  # fmt: skip


def deadline_of(clock: LawClock, known_on: date) -> Deadline:
    """When a clock ends, if its day 1 is ``known_on``."""
    days = [known_on + timedelta(days=one - 1) for one in sorted(clock.days)]
    moved = next_working_day(days[-1]) if clock.moves else days[-1]
    return Deadline(
        clock, days[-1], days[0] if len(days) > 1 else None, moved if moved != days[-1] else None
    )  # fmt: skip


def next_working_day(day: date) -> date:
    """The day itself, or the first after it on which public offices are open."""
    while is_day_of_rest(day):
        day += timedelta(days=1)
    return day


def is_day_of_rest(day: date) -> bool:
    """Whether public offices are closed: Saturday, Sunday, holiday, and from 29 December to 3 January."""
    return day.weekday() >= 5 or (day.month, day.day) in _REST_YEARLY or jpholiday.is_holiday(day)


def _deadlines(rules: list[LawRule], law: Law, known_on: date) -> tuple[Deadline, ...]:
    wanted = {name for rule in rules for name in rule.clocks}
    clocks = [one for one in law.clocks if one.id in wanted and one.holds(known_on)]
    return tuple(sorted((deadline_of(clock, known_on) for clock in clocks), key=lambda one: one.day))


def _is_about(rule: LawRule, exposure: Exposure) -> bool:
    if rule.when is not None and rule.when not in exposure.circumstances:
        return False
    return not rule.kinds or bool(rule.kinds & _kinds(exposure))


def _kinds(exposure: Exposure) -> frozenset[str]:
    return frozenset(str(kind) for kind, count in exposure.counts.items() if count)


def _persons(exposure: Exposure, *, with_addresses: bool = True) -> int:
    """How many people at least: data that was found is somebody's."""
    kinds = _kinds(exposure)
    if not with_addresses:
        return max(exposure.persons, 1 if kinds - {Kind.EMAIL_ADDRESS.value} else 0)
    addresses = exposure.counts.get(Kind.EMAIL_ADDRESS, 0)
    return max(exposure.persons, exposure.visible, addresses, 1 if kinds else 0)
