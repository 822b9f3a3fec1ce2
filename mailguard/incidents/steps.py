"""Working through the steps of the plan: what was done, what was not needed, by whom and when. From the timeline.

A step is done because somebody says so, or because the timeline shows it (``IncidentStep.done_by``). Whoever opens it
again has the last word until something new happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.policy.incident_plan import IncidentStep
from mailguard.store import Transaction, Work


class StepState(StrEnum):
    """Where a step stands."""

    OPEN = "open"
    DONE = "done"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class StepNote:
    """What somebody wrote about a step, with what they did then; ``state`` None: nothing but the note."""

    at: datetime
    actor: Actor
    state: StepState | None
    note: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """Where a step stands. ``by`` and ``at``: who brought it there and when, None while nobody did anything."""

    state: StepState = StepState.OPEN
    by: Actor | None = None
    at: datetime | None = None
    notes: tuple[StepNote, ...] = ()


UNTOUCHED = StepRecord()


def steps_of(entries: Iterable[Entry], steps: Sequence[IncidentStep]) -> Mapping[str, StepRecord]:
    """Where each step stands, by id; what nobody touched is left out."""
    found: dict[str, StepRecord] = {}
    for one in entries:
        if one.kind is EntryKind.STEP:
            _take(found, one)
            continue
        if one.kind is EntryKind.TOLD and not one.details.get("people"):
            # Nobody could be told.
            continue
        for step in steps:
            before = found.get(step.id, UNTOUCHED)
            if one.kind in step.done_by and before.state is StepState.OPEN:
                found[step.id] = replace(before, state=StepState.DONE, by=one.actor, at=one.at)
    return found


def set_step(
    records: IncidentRecords,
    incident_id: IncidentId,
    actor: Actor,
    step: IncidentStep,
    state: StepState | None,
    note: str = "",
) -> Work[Incident]:
    """Say where a step stands, or with ``state`` None write a note to it. What is so already changes nothing.

    Raises ``UnknownIncident``; ``NotAllowed`` where the incident is closed, for an empty note without a state, one that
    is too long, and for "not needed" without a reason.
    """
    written = note.strip()
    assure_note(written)
    if state is None and not written:
        raise NotAllowed("empty note", public="Write something first")
    if state is StepState.NOT_NEEDED and not written:
        raise NotAllowed("no reason", public="Say why it is not needed")

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        if not incident.is_open:
            raise NotAllowed("incident is closed", public="It is closed; open it again first")
        now = steps_of(records.entries(transaction, incident_id), [step]).get(step.id, UNTOUCHED)
        if state is now.state and not written:
            return incident
        details: dict[str, object] = {"step": step.id, "state": None if state is None else state.value}
        after = records.change(transaction, incident, actor, [Step(EntryKind.STEP, None, details, written)])
        recorded = {"incident": incident_id, "entry": after.revision, **details}
        audit.append(
            transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded)
        )  # fmt: skip
        return after

    return work


def _take(found: dict[str, StepRecord], one: Entry) -> None:
    name, word = str(one.details.get("step", "")), one.details.get("state")
    before = found.get(name, UNTOUCHED)
    state = None if word is None else StepState(str(word))
    notes = (*before.notes, StepNote(one.at, one.actor, state, one.note)) if one.note else before.notes
    if state is None:
        found[name] = replace(before, notes=notes)
    else:
        found[name] = StepRecord(state, one.actor, one.at, notes)
