"""Incidents: what was stopped and what to do, for whoever reported one; facts, timeline and work, for officers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.errors import NotAllowed
from mailguard.incidents import Change, KeyTold, Opening, add_note, change, correct_known_at, say_key
from mailguard.incidents.facts import Fate, Guard
from mailguard.incidents.lessons import lessons_of
from mailguard.incidents.next_due import NextDue, next_dues
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.scope import scope_of
from mailguard.incidents.working import SEVERITY_MAX
from mailguard.model.incident import Cause, Incident, IncidentId, IncidentKind, Phase
from mailguard.model.people import Right
from mailguard.model.queue import QueueId
from mailguard.web.forms import Mistake
from mailguard.web.incident_closing import LeftOpen, left_open
from mailguard.web.incident_glance import glance_at
from mailguard.web.incident_key import key_asked, key_told_in
from mailguard.web.incident_mails import NAMED_MAX, ids_in, seen_mails
from mailguard.web.incident_view import (
    IncidentView,
    acts_of,
    consequence_words,
    evidence,
    incident_view,
    timeline,
)
from mailguard.web.pages.mail import kind_names
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit, having, holds

router = APIRouter()

PAGE_ROWS = 50
SHOWN_AT_FIRST = 10
NAMED = 5
"""Recipients that the sender's page names at once: those to telephone first."""
_CHANGED = ("kind", "cause", "phase", "severity")

E = TypeVar("E", bound=StrEnum)
Handling = Annotated[SignedInVisit, Depends(having(Right.HANDLE_CASE))]


@dataclass(frozen=True, slots=True)
class Row:
    """One incident of the list. ``persons`` None: not known, or not about a mail. ``due`` None: nothing has a time."""

    incident: Incident
    persons: int | None
    due: NextDue | None


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was filled in to report something."""

    kind: IncidentKind = IncidentKind.LOSS
    note: str = ""
    known_at: str = ""
    mails: str = ""
    told: KeyTold | None = None


@router.get("/incidents")
async def incidents(visit: Handling, before: str = "") -> Response:
    """Those somebody is to work on, the newest first."""
    departments = visit.viewer.departments(Right.HANDLE_CASE)
    records = visit.parts.incidents

    def read(reader: Connection) -> tuple[list[Row], str]:
        page = records.page(reader, departments, before[:20], PAGE_ROWS + 1)
        shown = page[:PAGE_ROWS]
        seen = [one for one in shown if IncidentAct.SEE in acts_of(visit.parts, reader, visit.viewer, one)]
        wanted = [queue_id for one in seen for queue_id in one.queue_ids]
        summaries = visit.parts.spool.summaries(reader, wanted)
        dues = next_dues(reader, [one.incident_id for one in seen], visit.parts.policy.rules, visit.parts.clock.now())
        rows = []
        for one in seen:
            known = [summaries[queue_id].persons for queue_id in one.queue_ids if queue_id in summaries]
            rows.append(Row(one, sum(known) if known else None, dues.get(one.incident_id)))
        return rows, shown[-1].incident_id if len(page) > PAGE_ROWS else ""

    rows, following = await visit.read(read)
    sees_report = visit.viewer.has(Right.HANDLE_CASE)
    return visit.page("incidents.html", rows=rows, following=following, sees_report=sees_report)


@router.get("/incidents/open")
async def open_by_hand(visit: SignedIn) -> Response:
    """Where anybody reports an accident outside mail."""
    return _open_form(visit)


@router.post("/incidents/open")
async def opened_by_hand(visit: SignedIn) -> Response:
    """Opens it; the officers hear at once. Officers may name mails, which are stopped as far as they can be."""
    form = await visit.form()
    typed = _Typed(
        _one_of(IncidentKind, form.text("kind")) or IncidentKind.OTHER,
        form.text("note"),
        form.text("known_at"),
        form.text("mails") if _names_mails(visit) else "",
        key_told_in(form) if _names_mails(visit) else None,
    )
    mails, known_at = ids_in(typed.mails)[:NAMED_MAX], _moment(typed.known_at, visit.parts.policy.rules.hours.zone)
    mistakes = _note_mistakes("note", typed.note, "incidents.mistake.open_note", is_needed=not mails)
    if typed.known_at and (known_at is None or known_at > visit.parts.clock.now()):
        mistakes.append(Mistake("known_at", "incidents.mistake.known_at"))
    if typed.mails and not mails:
        mistakes.append(Mistake("mails", "incidents.look_back.mistake.numbers"))
    seen = await visit.read(lambda reader: seen_mails(visit.parts.spool, reader, visit.viewer, mails))
    if unknown := [one for one in mails if one not in seen]:
        mistakes.append(Mistake("mails", "incidents.look_back.mistake.unknown", {"queue_id": unknown[0]}))
    if mistakes:
        return _open_form(visit, typed, mistakes)
    opening = Opening(
        typed.kind, note=typed.note, known_at=known_at, is_drill=form.has("drill"), key_told=typed.told
    )  # fmt: skip
    opened = await visit.write(visit.parts.openings.open(visit.actor, opening, mails))
    visit.parts.hint()
    path = f"/incidents/{opened.incident_id}"
    # The page of whoever only reports begins with these words.
    return visit.go(path, "success", "incidents.open.done") if _names_mails(visit) else visit.go(path)


@router.get("/incidents/from/{queue_id}")
async def incident_of_mail(visit: SignedIn, queue_id: QueueId) -> Response:
    """What was done about a mail that was reported, for whoever reported it."""
    if not (queue_id.isascii() and queue_id.isalnum()):
        raise NotHere
    found = await visit.read(lambda reader: visit.parts.incidents.of_mail(reader, queue_id))
    newest = next((one for one in found if one.is_open), found[0] if found else None)
    if newest is None:
        raise NotHere
    return _result(visit, await incident_view(visit, newest.incident_id, IncidentAct.SEE_SHORT))


@router.get("/incidents/{incident_id}")
async def incident(visit: SignedIn, incident_id: IncidentId) -> Response:
    """The whole of it for officers; in short for whoever reported it."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_SHORT)
    return _whole(visit, view) if IncidentAct.SEE in view.acts else _result(visit, view)


@router.post("/incidents/{incident_id}/note")
async def noted(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Adds a note to the timeline."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    note = (await visit.form()).text("note")
    if mistakes := _note_mistakes("note", note, "incidents.mistake.note"):
        return _whole(visit, view, mistakes, note=note)
    await visit.write(add_note(visit.parts.incidents, incident_id, visit.actor, note))
    return visit.go(view.path, "success", "incidents.done.noted")


@router.post("/incidents/{incident_id}/key")
async def key_said(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Says whether the password the sender got was told; whoever reported it, whose mail it is, and officers may."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE_SHORT)
    form = await visit.form()
    said, note, key = key_told_in(form), form.text("key_note"), key_asked(view, visit.viewer)
    if key is None:
        raise NotAllowed("not theirs to say")
    mistakes = [] if said is not None else [Mistake("told", "incidents.key.mistake")]
    mistakes += _note_mistakes("key_note", note, "incidents.mistake.reason", is_needed=key.needs_reason)
    if mistakes or said is None:
        return _whole(visit, view, mistakes) if IncidentAct.SEE in view.acts else _result(visit, view, mistakes)
    work = say_key(
        visit.parts.incidents, incident_id, visit.actor, said, key.mails, note, is_officer=key.needs_reason
    )  # fmt: skip
    await visit.write(work)
    visit.parts.hint()
    return visit.go(view.path, "success", "incidents.key.saved")


@router.post("/incidents/{incident_id}/change")
async def changed(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Says what it is and where it stands; only who may close it closes it or opens it again."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    chosen = {name: form.text(name) for name in _CHANGED if form.is_chosen(name)}
    wanted = Change(
        _one_of(IncidentKind, chosen.get("kind", "")),
        _one_of(Cause, chosen.get("cause", "")),
        _one_of(Phase, chosen.get("phase", "")),
        chosen.get("severity"),
    )
    note, before = form.text("change_note"), view.incident
    is_ending = wanted.phase is not None and before.is_open != (wanted.phase is not Phase.CLOSED)
    if is_ending and IncidentAct.CLOSE not in view.acts:
        raise NotAllowed("may not close")
    mistakes = _note_mistakes("change_note", note, "incidents.mistake.change_note", is_needed=is_ending)
    left = await left_open(visit, view) if is_ending and before.is_open else []
    if left and not form.has("leaves_open"):
        mistakes.insert(0, Mistake("leaves_open", "incidents.closing.mistake", {"count": len(left)}))
    if is_ending and before.is_open and not lessons_of(view.entries):
        mistakes.insert(0, Mistake("phase", "incidents.prevention.mistake.closing"))
    if wanted.severity is not None and len(wanted.severity) > SEVERITY_MAX:
        mistakes.insert(0, Mistake("severity", "incidents.mistake.severity", {"max": SEVERITY_MAX}))
    if mistakes:
        return _whole(visit, view, mistakes, left, change_note=note, **chosen)
    work = change(visit.parts.incidents, incident_id, visit.actor, wanted, note, [one.what for one in left])
    await visit.write(work)
    return visit.go(view.path, "success", "incidents.done.changed")


@router.post("/incidents/{incident_id}/known-at")
async def corrected(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Corrects since when it was known."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    reason = form.text("reason")
    known_at = _moment(form.text("known_at"), visit.parts.policy.rules.hours.zone)
    mistakes = _note_mistakes("reason", reason, "incidents.mistake.reason")
    if known_at is None or known_at > visit.parts.clock.now():
        mistakes.insert(0, Mistake("known_at", "incidents.mistake.known_at"))
    if mistakes or known_at is None:
        return _whole(visit, view, mistakes, reason=reason)
    await visit.write(correct_known_at(visit.parts.incidents, incident_id, visit.actor, known_at, reason))
    return visit.go(view.path, "success", "incidents.done.changed")


def _names_mails(visit: SignedInVisit) -> bool:
    return holds(visit.viewer, Right.HANDLE_CASE)


def _open_form(
    visit: SignedInVisit, typed: _Typed | None = None, mistakes: list[Mistake] | None = None
) -> Response:  # fmt: skip
    names_mails = _names_mails(visit)
    return visit.page(
        "incident_open.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        kinds=[one for one in IncidentKind if names_mails or one is not IncidentKind.MISDIRECTED],
        typed=typed or _Typed(),
        names_mails=names_mails,
    )


def _result(visit: SignedInVisit, view: IncidentView, mistakes: list[Mistake] | None = None) -> Response:
    reached = [one for one in scope_of(view.facts, view.entries).recipients if one.has_it]
    return visit.page(
        "incident_result.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        key=key_asked(view, visit.viewer),
        stopped=sum(len(fact.those(Fate.STOPPED)) for fact in view.facts),
        silenced=sum(one.guard is Guard.SEALED for one in reached),
        reached=reached,
        is_perhaps=any(one.fate is Fate.PERHAPS for one in reached),
        returned=sum(len(fact.those(Fate.RETURNED)) for fact in view.facts),
        open_count=sum(len(fact.those(Fate.OPEN)) for fact in view.facts),
        named=NAMED,
        officer_names=[one.name or one.address for one in view.officers],
    )


def _whole(
    visit: SignedInVisit,
    view: IncidentView,
    mistakes: list[Mistake] | None = None,
    left: list[LeftOpen] | None = None,
    **typed: str,
) -> Response:
    zone = visit.parts.policy.rules.hours.zone
    summary = next((fact.summary for fact in view.facts if fact.summary is not None), None)
    law = consequence_words(visit.parts, view, visit.language)
    stands = {name: str(getattr(view.incident, name)) for name in _CHANGED}
    return visit.page(
        "incident.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        key=key_asked(view, visit.viewer),
        guards={one.wrong: one.guard for one in scope_of(view.facts, view.entries).recipients},
        glance=glance_at(view, visit.language, kind_names(visit.language, summary)),
        law=law[0],
        counted_from=law[1],
        timeline=timeline(view, visit.language, zone, visit.parts.policy.rules.plan),
        evidence=evidence(view, visit.language),
        kind_name=kind_names(visit.language, summary),
        kinds=list(IncidentKind),
        causes=list(Cause),
        phases=[one for one in Phase if _may_choose(view, one)],
        known_local=f"{view.incident.known_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        shown_at_first=SHOWN_AT_FIRST,
        left=left or [],
        typed={"note": "", "change_note": "", "reason": "", **stands, **typed},
    )


def _may_choose(view: IncidentView, phase: Phase) -> bool:
    is_ending = view.incident.is_open != (phase is not Phase.CLOSED)
    return not is_ending or IncidentAct.CLOSE in view.acts


def _note_mistakes(field: str, note: str, key: str, *, is_needed: bool = True) -> list[Mistake]:
    if len(note) > NOTE_MAX:
        return [Mistake(field, "incidents.mistake.note.long", {"max": NOTE_MAX})]
    return [Mistake(field, key)] if is_needed and not note else []


def _one_of(kinds: Callable[[str], E], word: str) -> E | None:
    try:
        return kinds(word)
    except ValueError:
        return None


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    """A day and time as browsers send it, in the office's time; None for anything else."""
    try:
        found = datetime.fromisoformat(typed[:16])
    except ValueError:
        return None
    return found.replace(tzinfo=zone)
