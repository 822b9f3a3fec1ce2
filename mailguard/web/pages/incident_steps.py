"""Working through the steps of an incident, whom to call, and the procedure for printing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.errors import NotAllowed
from mailguard.incidents.calling import CALLED, Roster, roster_of
from mailguard.incidents.duties import Duty, next_duty
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.procedure import procedure_of, tree_lines
from mailguard.incidents.steps import StepState, set_step
from mailguard.model.address import comparable
from mailguard.model.incident import IncidentId, Phase
from mailguard.model.people import Role
from mailguard.policy.law_words import spoken_day
from mailguard.web.forms import Mistake
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()


class Act(StrEnum):
    """What somebody does with a step; the buttons of its form."""

    DONE = "done"
    NOT_NEEDED = "not_needed"
    OPEN = "open"
    NOTE = "note"


_STATES = {Act.DONE: StepState.DONE, Act.NOT_NEEDED: StepState.NOT_NEEDED, Act.OPEN: StepState.OPEN, Act.NOTE: None}


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """A phase with its steps: overdue ones first, what is done last."""

    phase: Phase
    duties: tuple[Duty, ...]
    done: int


@router.get("/incidents/contacts")
async def contacts(visit: SignedIn) -> Response:
    """Who calls whom; for everybody, because anybody may be the one who notices."""
    plan = visit.parts.policy.rules.plan
    rosters = await visit.read(lambda reader: _rosters(visit, reader))
    return visit.page(
        "incident_contacts.html",
        rosters=[one for one in rosters.values() if one.people or one.role is not Role.STAFF],
        outside=plan.contacts.outside,
        tree=tree_lines(plan.contacts, visit.language),
        same=comparable,
    )


@router.get("/incidents/procedure")
async def procedure(visit: SignedIn) -> Response:
    """Every step on paper."""
    rosters = await visit.read(lambda reader: _rosters(visit, reader))
    office = visit.parts.settings.office.name
    paper = procedure_of(visit.parts.policy.rules, rosters, visit.language, office, visit.parts.clock.now())
    return visit.page("incident_procedure.html", paper=paper)


@router.get("/incidents/{incident_id}/steps")
async def steps(visit: SignedIn, incident_id: IncidentId) -> Response:
    """What is to be done, by whom and until when."""
    return await _shown(visit, await incident_view(visit, incident_id, IncidentAct.SEE))


@router.post("/incidents/{incident_id}/steps")
async def stepped(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Says where a step stands, or writes a note to it."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    name, note = form.text("step"), form.text("note")
    duty = next((one for one in await _duties(visit, view) if one.step.id == name), None)
    if duty is None:
        raise NotHere
    try:
        act = Act(form.text("act"))
    except ValueError:
        raise NotAllowed("no such act") from None
    if mistakes := _mistakes(act, name, note):
        return await _shown(visit, view, mistakes, name, note)
    await visit.write(set_step(visit.parts.incidents, incident_id, visit.actor, duty.step, _STATES[act], note))
    visit.parts.hint()
    return visit.go(f"{view.path}/steps", "success", f"incident.steps.flash.{act}")


async def _shown(
    visit: SignedInVisit,
    view: IncidentView,
    mistakes: list[Mistake] | None = None,
    typed_for: str = "",
    typed: str = "",
) -> Response:
    duties = await _duties(visit, view)
    now = visit.parts.clock.now()
    rosters = await visit.read(lambda reader: _rosters(visit, reader, view.incident.department))
    return visit.page(
        "incident_steps.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        phases=_phases(visit, duties),
        next=next_duty(duties) if view.incident.is_open else None,
        overdue=[one for one in duties if one.is_overdue(now)] if view.incident.is_open else [],
        names={role: [one.name or one.address for one in roster.people] for role, roster in rosters.items()},
        language_day=lambda day: spoken_day(day, visit.language),
        typed_for=typed_for,
        typed=typed,
    )


async def _duties(visit: SignedInVisit, view: IncidentView) -> tuple[Duty, ...]:
    return await visit.read(lambda reader: visit.parts.planner.duties(reader, view.incident, view.entries))


def _phases(visit: SignedInVisit, duties: Sequence[Duty]) -> list[PhaseShown]:
    now = visit.parts.clock.now()
    found = []
    for phase in Phase:
        of_phase = [one for one in duties if one.step.phase is phase]
        shown = sorted(of_phase, key=lambda one: (not one.is_overdue(now), not one.is_open))
        if shown:
            found.append(PhaseShown(phase, tuple(shown), sum(not one.is_open for one in shown)))
    return found


def _rosters(visit: SignedInVisit, reader: Connection, department: str = "") -> dict[Role, Roster]:
    contacts_named, now = visit.parts.policy.rules.plan.contacts, visit.parts.clock.now()
    return {role: roster_of(reader, contacts_named, role, now, department) for role in (*CALLED, Role.STAFF)}


def _mistakes(act: Act, name: str, note: str) -> list[Mistake]:
    field = f"note-{name}"
    if len(note) > NOTE_MAX:
        return [Mistake(field, "incident.steps.mistake.long", {"max": NOTE_MAX})]
    if act in (Act.NOTE, Act.NOT_NEEDED) and not note:
        return [Mistake(field, f"incident.steps.mistake.{act}")]
    return []
