"""What is to be done about one incident, by whom and until when. Pure: from plan, running clocks and timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailguard.incidents.deadlines import Until, reminders_of, until_of, until_of_clock
from mailguard.incidents.steps import UNTOUCHED, StepRecord, StepState, steps_of
from mailguard.model.incident import Entry, Incident, Phase
from mailguard.policy.incident_plan import IncidentPlan, IncidentStep, Since, own_step_of
from mailguard.policy.law import Law, LawClock
from mailguard.policy.office_hours import OfficeHours

STEP_MARK = "step:"


@dataclass(frozen=True, slots=True)
class Duty:
    """A step as it stands for an incident. ``until`` None: it has no time. ``since``: from when that runs.

    ``clock``: the one of the law that gives the time, None where the plan does.
    """

    step: IncidentStep
    record: StepRecord
    until: Until | None
    since: datetime
    clock: LawClock | None = None

    @property
    def what(self) -> str:
        """What it is called where times are kept."""
        return what_of(self.step.id)

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.record.state is StepState.OPEN

    def is_overdue(self, now: datetime) -> bool:
        """Whether its time is over and nobody did it."""
        return self.is_open and self.until is not None and self.until.at <= now

    def reminders(self, hours: OfficeHours) -> list[datetime]:
        """When people are told of it; empty where it has no time."""
        return [] if self.until is None else reminders_of(self.until, self.since, hours)


def what_of(step_id: str) -> str:
    """What a step is called where times are kept: "step:…", or "clock:…" for one that stands for a clock alone."""
    return step_id if step_id.startswith("clock:") else f"{STEP_MARK}{step_id}"


def step_named(what: str, plan: IncidentPlan, law: Law) -> IncidentStep | None:
    """The step of a kept time; None where the office has none of that name any more."""
    found = next((one for one in plan.steps if what_of(one.id) == what), None)
    if found is not None:
        return found
    return next((own_step_of(one) for one in law.clocks if own_step_of(one).id == what), None)


def duties_of(
    incident: Incident,
    entries: Sequence[Entry],
    plan: IncidentPlan,
    running: Sequence[LawClock],
    hours: OfficeHours,
) -> tuple[Duty, ...]:
    """Every step that belongs to it, in the order of the phases. ``running``: the clocks of the law that run."""
    steps = [one for one in plan.in_use if one.is_for(incident.kind, incident.cause)]
    named = {name for one in steps for name in one.clocks}
    steps += [own_step_of(one) for one in running if one.id not in named]
    states = steps_of(entries, steps)
    order = list(Phase)
    duties = [_duty(one, incident, states.get(one.id, UNTOUCHED), running, hours) for one in steps]
    return tuple(sorted(duties, key=lambda one: order.index(one.step.phase)))


def next_duty(duties: Sequence[Duty]) -> Duty | None:
    """The open one whose time ends first; where none has a time, the first open one; None: nothing is left."""
    open_ones = [one for one in duties if one.is_open]
    timed = [(one.until.at, number, one) for number, one in enumerate(open_ones) if one.until is not None]
    return min(timed)[2] if timed else next(iter(open_ones), None)


def _duty(
    step: IncidentStep, incident: Incident, record: StepRecord, running: Sequence[LawClock], hours: OfficeHours
) -> Duty:
    if step.clocks:
        timed = [(until_of_clock(one, incident.known_at), one) for one in running if one.id in step.clocks]
        if not timed:
            return Duty(step, record, None, incident.known_at)
        until, clock = min(timed, key=lambda one: one[0].at)
        return Duty(step, record, until, incident.known_at, clock)
    if step.due is None:
        return Duty(step, record, None, incident.opened_at)
    since = incident.known_at if step.due.since is Since.KNOWN else incident.opened_at
    return Duty(step, record, until_of(step.due, incident.known_at, incident.opened_at, hours), since)
