"""The next time of incidents, from what is kept: for lists, where nobody waits for every step to be reckoned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mailguard.incidents import due_queries
from mailguard.incidents.deadlines import JAPAN, Until
from mailguard.incidents.duties import step_named
from mailguard.incidents.queries import Reader
from mailguard.model.incident import IncidentId
from mailguard.policy.incident_plan import IncidentStep
from mailguard.policy.law import Deadline, LawClock, deadline_of
from mailguard.policy.lengths import Unit
from mailguard.policy.rules import RuleSet
from mailguard.store.times import from_micros


@dataclass(frozen=True, slots=True)
class NextDue:
    """What must be done first. ``step`` None: the office has no step of that name any more.

    ``others_over``: how many others are past their time as well.
    """

    step: IncidentStep | None
    until: Until
    others_over: int = 0

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.until.at <= now


def next_dues(
    reader: Reader, incident_ids: Collection[IncidentId], rules: RuleSet, now: datetime
) -> dict[IncidentId, NextDue]:
    """The next one of each; those of which nothing has a time are left out."""
    found: dict[IncidentId, NextDue] = {}
    for row in due_queries.dues_of(reader, incident_ids):
        at = from_micros(row.due_at)
        first = found.get(row.incident_id)
        if first is None:
            step = step_named(row.what, rules.plan, rules.law)
            found[row.incident_id] = NextDue(step, _until(step, at, rules))
        elif at <= now:
            found[row.incident_id] = NextDue(first.step, first.until, first.others_over + 1)
    return found


def _until(step: IncidentStep | None, at: datetime, rules: RuleSet) -> Until:
    if step is None:
        return Until(at)
    is_by_day = step.due is not None and step.due.length.unit in (Unit.DAY, Unit.OFFICE_DAY)
    if not step.clocks and not is_by_day:
        return Until(at)
    zone = JAPAN if step.clocks else rules.hours.zone
    day = (at.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()
    clocks = [one for one in rules.law.clocks if one.id in step.clocks]
    # The last day tells the first one, and what it may be read as; of a step with clocks that differ in that, neither.
    read = {(deadline.first, deadline.extended) for deadline in (_ending(one, day) for one in clocks)}
    first, extended = read.pop() if len(read) == 1 else (None, None)
    return Until(at, day, first, extended)


def _ending(clock: LawClock, day: date) -> Deadline:
    """A clock of the law whose last day is ``day``."""
    return deadline_of(clock, day - timedelta(days=max(clock.days) - 1))
