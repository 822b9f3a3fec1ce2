"""What a mail would mean by law if it reached the wrong people: help for deciding, never a decision. Pure.

The rules are dated data (``policies/law.yaml``); each carries its source and the day that was last checked. The outcome
never says that no report is needed: at most that none of these rules seems to ask for one, and why.

Days are counted in Japan's time, the day of knowing as day 1. A clock that moves is shown by both readings: the plain
last day first, and the one it may move to because of a day of rest (行政機関の休日に関する法律 第1条).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256

import jpholiday

from mailguard.model.finding import Kind

STALE_DAYS = 180
"""Older than this, a source must be looked at again."""

UNCOUNTED = sys.maxsize
"""As many people as nobody has counted."""

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


class Matter(StrEnum):
    """What people are asked about the data itself; a rule may name the one that decides it."""

    MY_NUMBER = "my_number"
    SPECIAL_CARE = "special_care"
    FINANCIAL = "financial"


class Truth(StrEnum):
    """What is known of something."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Safeguard(StrEnum):
    """What may take a case out of the rules, once it is certain."""

    ENCRYPTED = "encrypted"
    """By a listed cipher, and the key did not reach anybody wrong."""
    DELETED_UNREAD = "deleted_unread"
    """Every wrong recipient has confirmed it."""


class Bond(StrEnum):
    """Who else is concerned by a case."""

    ENTRUSTED_TO_US = "entrusted_to_us"
    ENTRUSTED_BY_US = "entrusted_by_us"
    DELEGATED = "delegated"
    """A ministry takes reports of the office's line of business."""
    PERSONS = "persons"
    """Those whose data it is, wherever a case may have to be reported."""


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
    UNKNOWN = "unknown"
    COUNT = "count"
    MY_NUMBER = "my_number"
    """Unknown, and therefore taken as yes."""
    LIFTED = "lifted"
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
    """A time that runs. ``days``: one, or from and to. ``moves``: past days of rest. ``replaces``: what does not run
    where this one certainly does.
    """

    days: tuple[int, ...] = ()
    moves: bool = False
    replaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LawRule(Dated):
    """A case that must be reported.

    ``kinds``: data that must be in it, any of them (none named: any personal data). ``more_than``: persons.
    ``offices``: kinds of office it is for, empty for all. ``when``: a circumstance it needs. ``matter``: what people
    are asked, whose answer goes before ``kinds``. ``asks``: whether a person must decide if it is such a case; where it
    names a matter too, that answer decided it.
    """

    kinds: frozenset[str] = frozenset()
    more_than: int = 0
    offices: frozenset[LegalForm] = frozenset()
    when: Circumstance | None = None
    matter: Matter | None = None
    asks: bool = False
    clocks: tuple[str, ...] = ()

    def is_for(self, office: LegalForm | None) -> bool:
        """Whether it is for such an office; one that has not said what it is gets the stricter of all."""
        return not self.offices or office is None or office in self.offices


@dataclass(frozen=True, slots=True)
class LawException(Dated):
    """What takes a case out of the rules ``lifts`` names. ``ciphers``: beginnings of the names of those that count."""

    safeguard: Safeguard = Safeguard.ENCRYPTED
    lifts: tuple[str, ...] = ()
    ciphers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LawNote(Dated):
    """What is to be done besides, where somebody else is concerned."""

    bond: Bond = Bond.PERSONS


@dataclass(frozen=True)
class Law:
    """All records, and what the office is (None: nobody has said). ``authority``: the ministry that takes its reports
    instead of the commission, "" for none or not known.
    """

    rules: tuple[LawRule, ...] = ()
    clocks: tuple[LawClock, ...] = ()
    office: LegalForm | None = None
    exceptions: tuple[LawException, ...] = ()
    notes: tuple[LawNote, ...] = ()
    authority: str = ""

    @property
    def records(self) -> tuple[Dated, ...]:
        """All of them."""
        return (*self.rules, *self.clocks, *self.exceptions, *self.notes)

    @property
    def version(self) -> str:
        """What names these records: another text, day or number, another version."""
        return sha256("\n".join(sorted(_spelled(one) for one in self.records)).encode()).hexdigest()[:12]

    def is_listed(self, cipher: str, day: date) -> bool:
        """Whether a cipher is one of those that count as advanced encryption on a day."""
        return any(
            cipher.upper().startswith(name.upper())
            for one in self.exceptions
            if one.safeguard is Safeguard.ENCRYPTED and one.holds(day)
            for name in one.ciphers
        )


@dataclass(frozen=True, slots=True)
class Exposure:
    """What would be seen by whom. ``counts``: findings by kind; ``persons``: whose, 0 where that is not known.

    ``clear`` and ``protected``: recipients outside who get it readable, and with a password they were not told.
    ``is_unreadable``: whether something could not be looked into. ``visible``: addresses outsiders see of each other.
    ``persons_most``: how many people it may be, 0: no more than ``persons``. ``matters``: what is known of them; of
    others the counts speak. ``unsure``: circumstances of which nobody knows. ``safe``: what is certain to protect it.
    """

    counts: Mapping[str, int]
    persons: int
    clear: int
    protected: int = 0
    is_unreadable: bool = False
    visible: int = 0
    circumstances: frozenset[Circumstance] = frozenset()
    persons_most: int = 0
    matters: Mapping[Matter, Truth] = field(default_factory=dict)
    unsure: frozenset[Circumstance] = frozenset()
    safe: frozenset[Safeguard] = frozenset()


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an outcome: with the record it is about, where there is one."""

    because: Because
    rule: LawRule | LawException | None = None


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
    """What a mistake would mean. ``rules``: those that seem to apply or need a decision. ``known_on``: day 1.

    ``exceptions``: what takes it out of other rules.
    """

    exposure: Exposure
    outcome: Outcome
    grounds: tuple[Ground, ...]
    rules: tuple[LawRule, ...]
    deadlines: tuple[Deadline, ...]
    known_on: date
    office: LegalForm | None = field(default=None)
    exceptions: tuple[LawException, ...] = ()


@dataclass
class _Readings:
    """Rules by how they read: certain, to be decided by a person with the ground, and met in all but the number."""

    certain: list[LawRule] = field(default_factory=list)
    asking: list[Ground] = field(default_factory=list)
    below: list[LawRule] = field(default_factory=list)
    lifting: dict[str, LawException] = field(default_factory=dict)


def consequence_of(exposure: Exposure, law: Law, known_on: date) -> Consequence:
    """What it would mean if the mail left as it is and that became known on ``known_on`` (a day in Japan)."""
    if not exposure.clear and not exposure.protected:
        return Consequence(exposure, Outcome.UNLIKELY, (Ground(Because.NOBODY),), (), (), known_on, law.office)
    read = _readings(exposure, law, known_on)
    grounds = [Ground(Because.RULE, one) for one in read.certain] + read.asking
    if not read.certain:
        grounds += [Ground(Because.UNVERIFIED, one) for one in read.below]
    if exposure.is_unreadable and not (read.lifting and not grounds):
        grounds.append(Ground(Because.UNREADABLE))
    outcome = Outcome.LIKELY if read.certain else Outcome.DECIDE if grounds else Outcome.UNLIKELY
    if outcome is Outcome.LIKELY and not exposure.clear:
        # Protected as the guidelines want it, it may be no case; that is never for a program to say.
        outcome = Outcome.DECIDE
        grounds.insert(0, Ground(Because.PROTECTED))
    shown = [*read.certain, *_rules_of(read.asking), *(read.below if not read.certain else [])]
    if exposure.matters.get(Matter.MY_NUMBER) is Truth.UNKNOWN and any(
        one.matter is Matter.MY_NUMBER for one in read.certain
    ):
        grounds.append(Ground(Because.MY_NUMBER))
    if law.office is None and any(one.offices for one in shown):
        grounds.append(Ground(Because.STRICT))
    lifted = tuple({one.id: one for one in read.lifting.values()}.values())
    grounds += [Ground(Because.LIFTED, one) for one in lifted]
    return Consequence(
        exposure, outcome, tuple(grounds) or (Ground(Because.NO_RULE),), tuple(shown),
        _deadlines(shown, read.certain, law, known_on), known_on, law.office, lifted,
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


def _deadlines(rules: list[LawRule], certain: list[LawRule], law: Law, known_on: date) -> tuple[Deadline, ...]:
    wanted, sure = ({name for rule in these for name in rule.clocks} for these in (rules, certain))
    clocks = [one for one in law.clocks if one.id in wanted and one.holds(known_on)]
    replaced = {name for one in clocks if one.id in sure for name in one.replaces}
    clocks = [one for one in clocks if one.id not in replaced]
    return tuple(sorted((deadline_of(clock, known_on) for clock in clocks), key=lambda one: one.day))


def _readings(exposure: Exposure, law: Law, day: date) -> _Readings:
    read = _Readings()
    if not _is_data(exposure):
        return read
    lifting = {
        rule: one for one in law.exceptions if one.safeguard in exposure.safe and one.holds(day) for rule in one.lifts
    }
    for rule in law.rules:
        if not rule.holds(day) or not rule.is_for(law.office):
            continue
        about = _is_about(rule, exposure)
        if about is Truth.NO:
            continue
        why = _asking(rule, about, exposure)
        is_below = why is None and _persons(exposure) <= rule.more_than
        if is_below and (rule.verified or not (rule.kinds or rule.matter)):
            continue
        if rule.id in lifting:
            read.lifting[rule.id] = lifting[rule.id]
        elif is_below:
            read.below.append(rule)
        elif why is None:
            read.certain.append(rule)
        else:
            read.asking.append(Ground(why, rule))
    if any(one.because is Because.ASK and not _asks(one.rule) for one in read.asking):
        read.asking.append(Ground(Because.ADDRESSES))
    return read


def _asking(rule: LawRule, about: Truth, exposure: Exposure) -> Because | None:
    """Why a person must decide whether it is such a case; None where it certainly is, or is by too few people."""
    least, most = _persons(exposure), max(_persons(exposure), exposure.persons_most)
    if most <= rule.more_than:
        return None
    if about is Truth.UNKNOWN:
        return Because.UNKNOWN
    if least <= rule.more_than:
        return Because.COUNT
    # Whether a bare address is personal data is argued case by case: addresses alone are never certain.
    is_certain = not rule.asks and _persons(exposure, with_addresses=False) > rule.more_than
    return None if is_certain else Because.ASK


def _asks(record: LawRule | LawException | None) -> bool:
    return isinstance(record, LawRule) and record.asks


def _rules_of(grounds: Iterable[Ground]) -> list[LawRule]:
    return [one.rule for one in grounds if isinstance(one.rule, LawRule)]


def _is_data(exposure: Exposure) -> bool:
    """Whether there is anything that could be somebody's."""
    is_said = any(one is not Truth.NO for one in exposure.matters.values())
    return bool(_kinds(exposure)) or exposure.visible > 0 or exposure.persons_most > 0 or is_said


def _is_about(rule: LawRule, exposure: Exposure) -> Truth:
    """Whether a rule is about such data in such circumstances, whatever the number."""
    found = [_is_so(rule.when, exposure)] if rule.when is not None else []
    said = None if rule.matter is None else exposure.matters.get(rule.matter)
    if said is None:
        is_there = not rule.kinds or bool(rule.kinds & _kinds(exposure))
        found.append(Truth.YES if is_there else Truth.NO)
    elif rule.asks:
        # What it asks has been answered: the rule of that matter says the rest.
        found.append(Truth.NO)
    elif rule.matter is Matter.MY_NUMBER and said is Truth.UNKNOWN:
        # The commission's form wants "unknown" reported as "included".
        found.append(Truth.YES)
    else:
        found.append(said)
    return min(found, key=[Truth.NO, Truth.UNKNOWN, Truth.YES].index)


def _is_so(when: Circumstance, exposure: Exposure) -> Truth:
    if when in exposure.circumstances:
        return Truth.YES
    return Truth.UNKNOWN if when in exposure.unsure else Truth.NO


def _spelled(record: Dated) -> str:
    values = ((one.name, getattr(record, one.name)) for one in fields(record))
    return repr([type(record).__name__, *((name, _plain(value)) for name, value in values)])


def _plain(value: object) -> object:
    """The same for equal values, whatever order they were read in."""
    if isinstance(value, Mapping):
        return sorted(value.items())
    return sorted(value) if isinstance(value, frozenset) else str(value)


def _kinds(exposure: Exposure) -> frozenset[str]:
    return frozenset(str(kind) for kind, count in exposure.counts.items() if count)


def _persons(exposure: Exposure, *, with_addresses: bool = True) -> int:
    """How many people at least: data that was found is somebody's."""
    kinds = _kinds(exposure)
    is_said = any(one is not Truth.NO for one in exposure.matters.values())
    if not with_addresses:
        return max(exposure.persons, 1 if is_said or kinds - {Kind.EMAIL_ADDRESS.value} else 0)
    addresses = exposure.counts.get(Kind.EMAIL_ADDRESS, 0)
    return max(exposure.persons, exposure.visible, addresses, 1 if is_said or kinds else 0)
