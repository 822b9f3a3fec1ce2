"""What an incident is about: whose data, which kinds, who has it; and correcting what was computed.

Names are shown only to whoever may see them, after the look was put on record; before that they are masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import LookingUnavailable, NotAllowed, PoolClosed
from mailguard.i18n import CATALOGUES
from mailguard.incidents.correcting import COUNT_MAX, correct, mark_wrong, uncorrect
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.scope import KIND_MARK, PERSONS, WRONG, Named, Scope, ScopeRecipient, scope_of
from mailguard.model.address import comparable
from mailguard.model.finding import Kind
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.web.forms import Mistake
from mailguard.web.incident_look import may_look, record_look
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/scope"
LOOK = "people"
"""What is looked at, as the record names it."""
MASKED_SHOWN = 5
SHOWN_AT_FIRST = 10
PICK_FROM = 3
"""From so many outsiders on it can be less work to tick those who were wrong."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed into the form of corrections."""

    what: str = PERSONS
    value: str = ""
    reason: str = ""
    note: str = ""


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId, look: str = "", pick: str = "") -> Response:
    """The figures, each with where it comes from. ``pick`` "wrong": outsiders who were wrong are ticked."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE)
    may_see = IncidentAct.SEE_NAMES in view.acts and bool(look) and may_look(visit, view, LOOK, look)
    return _page(visit, view, shows_names=may_see, picks_wrong=pick == "wrong")


@router.post(f"{_PAGE}/count")
async def counted(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Has the mails looked into, to say whose data is in them."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    path = f"{view.path}/scope"
    counter = visit.parts.counter
    try:
        counting = scope_of(view.facts, view.entries).mails
        found = await counter.look([one for one in view.incident.queue_ids if one in counting])
    except (LookingUnavailable, PoolClosed):
        return visit.go(path, "error", "incidents.scope.count.down")
    if not found.mails:
        return visit.go(path, "warning", "incidents.scope.count.none")
    await visit.write(counter.keep(incident_id, visit.actor, found))
    visit.parts.hint()
    if found.left_out:
        return visit.go(
            path, "warning", "incidents.scope.count.part", persons=found.people.count, left=len(found.left_out)
        )
    return visit.go(path, "success", "incidents.scope.count.done", persons=found.people.count)


@router.post(f"{_PAGE}/names")
async def looked(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Puts on record who looks at the names, before they are shown."""
    view = await incident_view(visit, incident_id, IncidentAct.SEE)
    if IncidentAct.SEE_NAMES not in view.acts:
        raise NotAllowed("may not see names")
    people = scope_of(view.facts, view.entries).people
    word = await record_look(visit, view, LOOK, count=len(people))
    return visit.go(f"{view.path}/scope?look={word}#people")


@router.post(f"{_PAGE}/wrong")
async def marked(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Says who was not to get it: outsiders but those ticked as meant, and insiders ticked as wrong; where wrong ones
    are picked, everybody ticked as wrong."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    note, picks_wrong = form.text("note"), form.text("pick") == "wrong"
    meant, wrong = set(form.texts("meant")), set(form.texts("wrong"))
    mistakes = []
    if len(note) > NOTE_MAX:
        mistakes.append(Mistake("note", "incidents.mistake.note.long", {"max": NOTE_MAX}))
    last = _last_marks(view)
    is_theirs = last is not None and last.actor.name != visit.actor.name
    if is_theirs and form.has("marked") and form.text("marked") != _marked(view):
        # All of them are said at once: what somebody has not seen they would take back.
        mistakes.append(Mistake("recipients-title", "incidents.scope.mistake.marked"))
    elif picks_wrong and not wrong:
        # A form sent too early would say that nothing leaked.
        mistakes.append(Mistake("recipients-title", "incidents.scope.mistake.wrong"))
    if mistakes:
        return _page(visit, view, mistakes, Typed(note=note), picks_wrong=picks_wrong)
    recipients = scope_of(view.facts, view.entries).recipients
    chosen = [
        one.wrong for one in recipients if (tick_of(one) in wrong if picks_wrong else _is_wrong(one, meant, wrong))
    ]
    work = mark_wrong(
        visit.parts.incidents, incident_id, visit.actor, chosen, [one.queue_id for one in view.facts], note
    )  # fmt: skip
    return _gone(visit, view, await visit.write(work), "incidents.scope.wrong.done")


@router.post(f"{_PAGE}/correct")
async def corrected(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Corrects a figure with a reason, or has the record's count again."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    if IncidentAct.DECIDE not in view.acts:
        raise NotAllowed("may not correct")
    form = await visit.form()
    typed = Typed(form.text("what"), form.text("value"), form.text("reason"))
    is_undone = form.has("undo")
    if mistakes := _mistakes(typed, is_undone=is_undone):
        return _page(visit, view, mistakes, typed)
    records = visit.parts.incidents
    if is_undone:
        work = uncorrect(records, incident_id, visit.actor, typed.what, typed.reason)
    else:
        value = int(typed.value) if typed.value else None
        work = correct(records, incident_id, visit.actor, typed.what, value, typed.reason)
    return _gone(visit, view, await visit.write(work), "incidents.scope.correct.done")


def tick_of(one: ScopeRecipient) -> str:
    """What a recipient is called in the form."""
    return f"{one.queue_id}:{one.position}"


def _last_marks(view: IncidentView) -> Entry | None:
    """The last time somebody said who was not to get it."""
    said = [one for one in view.entries if one.kind is EntryKind.CORRECTED and one.details.get("what") == WRONG]
    return said[-1] if said else None


def _marked(view: IncidentView) -> str:
    """What a form says that it has seen: the number of those marks, "" for none."""
    last = _last_marks(view)
    return "" if last is None else str(last.number)


def _is_wrong(one: ScopeRecipient, meant: set[str], wrong: set[str]) -> bool:
    return tick_of(one) not in meant if one.is_outside else tick_of(one) in wrong


def _gone(visit: SignedInVisit, view: IncidentView, done: tuple[Incident, int], key: str) -> Response:
    """Back to the page; it says when times of the law moved."""
    visit.parts.hint()
    if done[1]:
        return visit.go(f"{view.path}/scope", "warning", "incidents.triage.moved", count=done[1])
    return visit.go(f"{view.path}/scope", "success", key)


def _mistakes(typed: Typed, *, is_undone: bool) -> list[Mistake]:
    found = []
    is_number = re.fullmatch("[0-9]{1,12}", typed.value) is not None and int(typed.value) <= COUNT_MAX
    if not is_undone and not is_number and not (typed.what == PERSONS and not typed.value):
        found.append(Mistake("value", "incidents.scope.mistake.value"))
    if not typed.reason or len(typed.reason) > NOTE_MAX:
        found.append(Mistake("reason", "incidents.scope.mistake.reason"))
    return found


def _page(
    visit: SignedInVisit,
    view: IncidentView,
    mistakes: list[Mistake] | None = None,
    typed: Typed | None = None,
    *,
    shows_names: bool = False,
    picks_wrong: bool = False,
) -> Response:
    scope = scope_of(view.facts, view.entries)
    names, labels = CATALOGUES[visit.language], scope.labels
    return visit.page(
        "incident_scope.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        scope=scope,
        people=scope.people if shows_names else _masked(scope.people),
        shows_names=shows_names,
        kind_name=lambda kind: labels.get(kind) or names.get(f"kind.{kind}", kind),
        figures=_figures(scope),
        outsiders=[one for one in scope.recipients if one.is_outside],
        insiders=[one for one in scope.recipients if not one.is_outside],
        tick_of=tick_of,
        marked=_marked(view),
        picks_wrong=picks_wrong,
        pick_from=PICK_FROM,
        people_in=_people_in,
        subjects=_subjects(view),
        shown_at_first=SHOWN_AT_FIRST,
        may_count=bool(view.incident.queue_ids) and IncidentAct.WORK in view.acts and view.incident.is_open,
        may_mark=IncidentAct.WORK in view.acts and view.incident.is_open,
        may_correct=IncidentAct.DECIDE in view.acts and view.incident.is_open,
        typed=typed or Typed(),
    )


def _people_in(recipients: Sequence[ScopeRecipient]) -> int:
    """How many they are: whoever got two mails is one."""
    return len({comparable(one.address) for one in recipients})


def _subjects(view: IncidentView) -> dict[str, str]:
    """The subject of each mail, by which its recipients are told apart; nothing where there is one mail alone."""
    if len(view.facts) < 2:
        return {}
    return {one.queue_id: "" if one.summary is None else one.summary.subject for one in view.facts}


def _masked(people: Sequence[Named]) -> list[Named]:
    """The first of them, so that somebody who knows them recognises them and nobody else can read them."""
    return [Named(f"{one.name[:1]}***", one.kinds) for one in people[:MASKED_SHOWN]]


def _figures(scope: Scope) -> list[tuple[str, str]]:
    """What can be corrected, with the kind it is about ("" for the number of people): what is there first."""
    there = [one.kind for one in (*scope.kinds, *scope.ruled_out)]
    kinds = dict.fromkeys([*there, *(one.value for one in Kind)])
    return [(PERSONS, ""), *((f"{KIND_MARK}{kind}", kind) for kind in kinds)]
