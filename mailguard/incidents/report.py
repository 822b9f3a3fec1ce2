"""Near misses and accidents of a year or a month, by month, cause, department, kind and rule. Names only where asked.

A near miss is a mail that was held for a danger and then taken back, mended, or left until its time was over; it counts
once, in the month of the first of these. An override is one that a person sent as it was. Both are told by the record
alone (``hold.grounds``). Drills are no accidents; what came of them stands by itself. Bound: ``LOOKED_AT`` events; the
report says since when, where that is not the whole period.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from statistics import median

from mailguard.accounts.people import departments_of
from mailguard.audit import queries as audit_queries
from mailguard.incidents import report_queries as queries
from mailguard.incidents.bundle import first_seq_at
from mailguard.model.audit import ActorKind, AuditAction
from mailguard.model.incident import EntryKind
from mailguard.model.verdict import Reason
from mailguard.store.times import from_micros

LOOKED_AT = 3_000_000
"""Events; about a year of an office with two thousand mails a day."""
SHOWN_LEAST = 5
"""Mails a rule must have stopped before it is said that it never helped."""
_NO_RULES = frozenset(Reason) - {Reason.UNREADABLE}


@dataclass(frozen=True, slots=True)
class Period:
    """A year, or a month of it (1 to 12)."""

    year: int
    month: int | None = None

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """From its first moment to before its end, in the office's time."""
        first = datetime(self.year, self.month or 1, 1, tzinfo=zone)
        months = 1 if self.month else 12
        place = first.month - 1 + months
        return first, datetime(self.year + place // 12, place % 12 + 1, 1, tzinfo=zone)


@dataclass(slots=True)
class MonthRow:
    """One month's numbers."""

    month: int
    near_misses: int = 0
    overrides: int = 0
    accidents: int = 0


@dataclass(slots=True)
class RuleRow:
    """Mails one rule stopped for a danger. Each counts once: mended, else taken back, else sent as it was, else run out
    of time. ``seconds``: half of those that a person decided took no longer; None where nobody decided one.
    """

    rule: str
    shown: int = 0
    mended: int = 0
    cancelled: int = 0
    as_is: int = 0
    expired: int = 0
    seconds: float | None = None
    times: list[float] = field(default_factory=list)

    @property
    def never_helped(self) -> bool:
        """Whether it stopped mails, and each was sent as it was."""
        return self.shown >= SHOWN_LEAST and self.mended + self.cancelled == 0 and self.as_is > 0


@dataclass(frozen=True, slots=True)
class DrillRow:
    """What came of one drill. Minutes from its beginning; None: not yet. ``steps``: that were done."""

    incident_id: str
    department: str
    to_note: int | None
    to_draft: int | None
    steps: int
    is_closed: bool


@dataclass(frozen=True)
class Report:
    """All of it. ``since``: from when on events were asked, None for the whole period. Departments: "" for none."""

    period: Period
    zone: tzinfo
    months: tuple[MonthRow, ...]
    causes: Mapping[str, int]
    kinds: Mapping[str, int]
    departments: Mapping[str, tuple[int, int]]
    """Near misses and accidents."""
    rules: tuple[RuleRow, ...]
    drills: tuple[DrillRow, ...]
    since: datetime | None
    people: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Near misses and overrides by whose mail it was; empty where nobody asked for names."""

    @property
    def near_misses(self) -> int:
        """All of the period."""
        return sum(one.near_misses for one in self.months)

    @property
    def overrides(self) -> int:
        """All of the period."""
        return sum(one.overrides for one in self.months)

    @property
    def accidents(self) -> int:
        """All of the period."""
        return sum(one.accidents for one in self.months)


@dataclass(slots=True)
class _Fate:
    """What became of one mail that was in danger."""

    judged_at: int = 0
    rules: frozenset[str] = frozenset()
    decided_at: int = 0
    near_miss_at: int = 0
    override_at: int = 0
    ends: set[AuditAction] = field(default_factory=set)

    @property
    def word(self) -> str:
        """Which count of a ``RuleRow``; "" for none yet."""
        for action, word in _WORDS.items():
            if action in self.ends:
                return word
        return ""


_WORDS = {
    AuditAction.CHANGED: "mended",
    AuditAction.CANCELLED: "cancelled",
    AuditAction.RELEASED: "as_is",
    AuditAction.EXPIRED: "expired",
}


def report(
    reader: queries.Reader, period: Period, zone: tzinfo, quiet: Collection[str] = (), *, names: bool = False
) -> Report:
    """The report of a period. ``quiet``: rules that only let mail wait, left out; ``names``: by person too."""
    since, until = period.span(zone)
    low, high = first_seq_at(reader, since), first_seq_at(reader, until)
    start = max(low, high - LOOKED_AT)
    fates = _fates(queries.events_in_danger(reader, start, high))
    near = {queue_id: one for queue_id, one in fates.items() if one.near_miss_at}
    months = {number: MonthRow(number) for number in ([period.month] if period.month else range(1, 13))}

    def count(micros: int, name: str) -> None:
        row = months.get(from_micros(micros).astimezone(zone).month)
        if row is not None:
            setattr(row, name, getattr(row, name) + 1)

    for one in fates.values():
        if one.near_miss_at:
            count(one.near_miss_at, "near_misses")
        elif one.override_at:
            count(one.override_at, "overrides")
    found = [row for row in queries.incidents_of_year(reader, period.year) if _is_within(row, since, until)]
    accidents = [row for row in found if not row.is_drill]
    for row in accidents:
        count(row.opened_at, "accidents")
    begun = audit_queries.at_of(reader, start) if start > low else None
    return Report(
        period,
        zone,
        tuple(months[number] for number in sorted(months)),
        _sorted(Counter(row.cause for row in accidents)),
        _sorted(Counter(row.kind for row in accidents)),
        _departments(reader, near, [row.department for row in accidents]),
        _rules(fates.values(), frozenset(quiet)),
        tuple(_drill(reader, row) for row in found if row.is_drill),
        None if begun is None else from_micros(begun),
        _people(reader, fates) if names else {},
    )


def _is_within(row: queries.EventRow, since: datetime, until: datetime) -> bool:
    return since <= from_micros(row.opened_at) < until


def _fates(rows: Iterable[queries.EventRow]) -> dict[str, _Fate]:
    fates: dict[str, _Fate] = {}
    for row in rows:
        if row.queue_id is None:
            continue
        details = json.loads(row.details)
        action, one = AuditAction(row.action), fates.setdefault(row.queue_id, _Fate())
        rules = frozenset(map(str, details.get("rules") or ()))
        if action is AuditAction.JUDGED:
            one.judged_at = one.judged_at or row.at
            one.rules |= rules
            continue
        one.rules = one.rules or rules
        one.ends.add(action)
        if row.actor_kind == ActorKind.PERSON.value:
            one.decided_at = one.decided_at or row.at
        if action is AuditAction.RELEASED:
            one.override_at = one.override_at or row.at
        else:
            one.near_miss_at = one.near_miss_at or row.at
    return fates


def _rules(fates: Iterable[_Fate], quiet: frozenset[str]) -> tuple[RuleRow, ...]:
    found: dict[str, RuleRow] = {}
    for fate in fates:
        for rule in fate.rules - quiet - _NO_RULES:
            row = found.setdefault(rule, RuleRow(rule))
            row.shown += 1
            if fate.word:
                setattr(row, fate.word, getattr(row, fate.word) + 1)
            if fate.judged_at and fate.decided_at >= fate.judged_at:
                row.times.append((fate.decided_at - fate.judged_at) / 1_000_000)
    for row in found.values():
        row.seconds = median(row.times) if row.times else None
    return tuple(sorted(found.values(), key=lambda row: (-row.shown, row.rule)))


def _departments(
    reader: queries.Reader, near: Mapping[str, _Fate], accidents: Iterable[str]
) -> dict[str, tuple[int, int]]:
    """A mail of somebody in several departments counts for the first by name, so that sums are right."""
    known: dict[str, str] = {}
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for owner in queries.owners_of(reader, near).values():
        if owner not in known:
            known[owner] = min(departments_of(reader, owner), default="")
        counts[known[owner]][0] += 1
    for department in accidents:
        counts[department][1] += 1
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {name: (near_misses, those) for name, (near_misses, those) in ordered}


def _people(reader: queries.Reader, fates: Mapping[str, _Fate]) -> dict[str, tuple[int, int]]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    counted = [queue_id for queue_id, one in fates.items() if one.near_miss_at or one.override_at]
    for queue_id, owner in queries.owners_of(reader, counted).items():
        counts[owner][0 if fates[queue_id].near_miss_at else 1] += 1
    ordered = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {owner: (near_misses, overrides) for owner, (near_misses, overrides) in ordered}


def _drill(reader: queries.Reader, row: queries.EventRow) -> DrillRow:
    heads = queries.entry_heads(reader, row.incident_id)
    by_people = [one for one in heads if one.actor_kind == ActorKind.PERSON.value]

    def first(is_it: Callable[[queries.EventRow], bool]) -> int | None:
        at = next((one.at for one in by_people if is_it(one)), None)
        return None if at is None else int(timedelta(microseconds=at - row.opened_at).total_seconds() // 60)

    return DrillRow(
        row.incident_id,
        row.department,
        first(lambda one: one.kind == EntryKind.NOTED.value),
        first(lambda one: one.kind == EntryKind.DOCUMENT.value),
        sum(one.kind == EntryKind.STEP.value for one in by_people),
        row.closed_at is not None,
    )


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def is_known_period(year: int, month: int | None) -> bool:
    """Whether there can be a report of it."""
    return 2000 <= year <= 9998 and (month is None or 1 <= month <= 12)
