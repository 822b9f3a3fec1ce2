"""Other mails with the same fault: found from an incident, and made part of it by an officer."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.accounts.people import persons_of
from mailguard.incidents.look_back import Candidate, Likeness, LookBack, look_back
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.model.incident import IncidentId
from mailguard.model.summary import Summary
from mailguard.policy.sentences import title_of
from mailguard.web.forms import Mistake
from mailguard.web.incident_mails import NAMED_MAX, ids_in, owners_seen, seen_mails
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/look-back"


@dataclass(frozen=True)
class Shown:
    """A candidate as the page has it. ``summary`` None: its content was deleted in its time.

    ``why``: what is the same, with what is to be named of it; what follows from another of them is left out.
    """

    mail: Candidate
    why: dict[Likeness, list[str]]
    summary: Summary | None
    sender: str


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Mails like those of the incident, the most alike first."""
    return await _page(visit, await incident_view(visit, incident_id, IncidentAct.WORK))


@router.post(_PAGE)
async def added(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Makes the chosen ones part of the incident: what can be stopped is stopped, evidence is kept."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    typed, note = form.text("numbers"), form.text("note")
    wanted = list(dict.fromkeys([*form.texts("mail"), *ids_in(typed)]))[:NAMED_MAX]
    if len(note) > NOTE_MAX:
        return await _page(visit, view, [Mistake("note", "incidents.mistake.note.long", {"max": NOTE_MAX})], typed)
    seen = await visit.read(lambda reader: seen_mails(visit.parts.spool, reader, visit.viewer, wanted))
    if typed and not ids_in(typed):
        return await _page(visit, view, [Mistake("numbers", "incidents.look_back.mistake.numbers")], typed, note)
    if not wanted:
        return await _page(visit, view, [Mistake("mails", "incidents.look_back.mistake.none")], typed, note)
    if unknown := [one for one in wanted if one not in seen]:
        mistake = Mistake("numbers", "incidents.look_back.mistake.unknown", {"queue_id": unknown[0]})
        return await _page(visit, view, [mistake], typed, note)
    responses = await visit.write(visit.parts.openings.add(incident_id, wanted, visit.actor, note))
    visit.parts.hint()
    if view.incident.is_drill:
        return visit.go(f"{view.path}/look-back", "success", "incidents.look_back.added.drill", count=len(wanted))
    stopped = sum(len(one.stopped) for one in responses.values())
    gone = sum(len({*one.gone, *one.sending}) for one in responses.values())
    return visit.go(
        f"{view.path}/look-back", "success", "incidents.look_back.added",
        count=len(wanted), stopped=stopped, gone=gone,
    )  # fmt: skip


async def _page(
    visit: SignedInVisit,
    view: IncidentView,
    mistakes: list[Mistake] | None = None,
    numbers: str = "",
    note: str = "",
) -> Response:
    parts = visit.parts

    def read(reader: Connection) -> tuple[LookBack, list[Shown], bool]:
        owners = owners_seen(reader, visit.viewer)
        found = look_back(parts.spool, reader, view.incident, owners, parts.policy.rules.quiet)
        summaries = parts.spool.summaries(reader, [one.queue_id for one in found.candidates])
        people = persons_of(reader, {one.owner for one in found.candidates})
        shown = [
            Shown(one, _told(one), summaries.get(one.queue_id), people[one.owner].name or one.owner)
            for one in found.candidates
        ]
        return found, shown, owners is not None

    found, candidates, is_partial = await visit.read(read)
    titles = {rule.id: title_of(rule, visit.language) for rule in parts.policy.in_force.files.rules}
    return visit.page(
        "incident_look_back.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        found=found,
        candidates=candidates,
        is_partial=is_partial,
        titles=titles,
        numbers=numbers,
        note=note,
    )


def _told(mail: Candidate) -> dict[Likeness, list[str]]:
    found: dict[Likeness, list[str]] = {}
    for one in mail.why:
        found.setdefault(one.likeness, []).extend([one.what] if one.what else [])
    if Likeness.LIST in found:
        found.pop(Likeness.ADDRESS, None)
        found.pop(Likeness.CROWD, None)
    if {Likeness.LIST, Likeness.ADDRESS} & found.keys():
        found.pop(Likeness.DOMAIN, None)
    return found
