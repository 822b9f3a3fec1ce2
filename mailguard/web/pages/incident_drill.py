"""Where officers begin a drill: a made-up situation, or the facts of a real mail, of which nothing is stopped."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.i18n import text
from mailguard.incidents import Opening
from mailguard.incidents.drills import SITUATIONS, opening_of, situation_of
from mailguard.model.people import Right
from mailguard.web.forms import Mistake
from mailguard.web.incident_mails import ids_in, seen_mails
from mailguard.web.visit import SignedInVisit, having

router = APIRouter()

PAGE = "/incidents/drill"

Handling = Annotated[SignedInVisit, Depends(having(Right.HANDLE_CASE))]


@router.get(PAGE)
async def shown(visit: Handling) -> Response:
    """The situations to choose from."""
    return _page(visit)


@router.post(PAGE)
async def begun(visit: Handling) -> Response:
    """Opens the drill; officers are told, as of a real incident."""
    form = await visit.form()
    situation, typed = situation_of(form.text("situation")), form.text("mail")
    if situation is not None:
        work = visit.parts.openings.open(visit.actor, opening_of(situation, visit.language))
    else:
        mails = ids_in(typed)[:1]
        if not mails:
            return _page(visit, [Mistake("situation", "incidents.drill.mistake.none")], typed)
        if not await visit.read(lambda reader: seen_mails(visit.parts.spool, reader, visit.viewer, mails)):
            mistake = Mistake("mail", "incidents.look_back.mistake.unknown", {"queue_id": mails[0]})
            return _page(visit, [mistake], typed)
        note = text(visit.language, "incidents.drill.real.note")
        work = visit.parts.openings.open(visit.actor, Opening(note=note, is_drill=True), mails)
    opened = await visit.write(work)
    visit.parts.hint()
    return visit.go(f"/incidents/{opened.incident_id}", "success", "incidents.drill.begun")


def _page(visit: SignedInVisit, mistakes: list[Mistake] | None = None, mail: str = "") -> Response:
    return visit.page(
        "incident_drill.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        situations=[one.name for one in SITUATIONS],
        mail=mail,
    )
