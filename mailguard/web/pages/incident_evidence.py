"""The evidence of an incident: what was noted, whether it is still so, and taking it out for a third party."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from mailguard.errors import NotAllowed
from mailguard.incidents.bundle import PURPOSE_MAX, Bundler, exported, written
from mailguard.incidents.evidence import Mark, compare
from mailguard.incidents.permission import IncidentAct
from mailguard.model.incident import EntryKind, IncidentId
from mailguard.web.forms import Mistake
from mailguard.web.incident_view import IncidentView, evidence, incident_view
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/evidence"


@dataclass(frozen=True, slots=True)
class Export:
    """One time that the evidence was taken out. ``digest``: what names the bundle."""

    at: datetime
    who: str
    purpose: str
    digest: str


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId) -> Response:
    """What was noted, and who took it out."""
    return _page(visit, await incident_view(visit, incident_id, IncidentAct.SEE))


@router.post(f"{_PAGE}/check")
async def checked(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Compares everything with what was noted, and says what came out; nothing is written."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    found = await asyncio.to_thread(compare, visit.parts.spool, view.entries)
    changed = sum(one.mark is Mark.CHANGED for one in found)
    gone = sum(one.mark is Mark.DESTROYED for one in found)
    path = f"{view.path}/evidence"
    if changed:
        return visit.go(path, "error", "incidents.evidence.check.changed", count=changed)
    if gone:
        return visit.go(path, "warning", "incidents.evidence.check.gone", count=gone)
    return visit.go(path, "success", "incidents.evidence.check.same", count=len(found))


@router.post(f"{_PAGE}/export")
async def taken_out(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Puts on record who takes the evidence out and why, and then gives it away."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    if IncidentAct.DECIDE not in view.acts:
        raise NotAllowed("may not export")
    purpose = (await visit.form()).text("purpose")
    if not purpose or len(purpose) > PURPOSE_MAX:
        mistake = Mistake("purpose", "incidents.evidence.mistake.purpose", {"max": PURPOSE_MAX})
        return _page(visit, view, [mistake], purpose)
    parts = visit.parts
    zone = parts.policy.rules.hours.zone
    bundler = Bundler(parts.spool, parts.incidents, parts.documents, parts.settings.office.name, zone)
    now = parts.clock.now()
    bundle = await asyncio.to_thread(bundler.prepare, incident_id, visit.actor, purpose, now)
    await visit.write(exported(parts.incidents, bundle, visit.actor, purpose))
    response = StreamingResponse(written(bundle), media_type="application/zip")
    response.headers["content-disposition"] = f'attachment; filename="{bundle.file_name}"'
    return response


def _page(
    visit: SignedInVisit, view: IncidentView, mistakes: list[Mistake] | None = None, purpose: str = ""
) -> Response:
    exports = [
        Export(one.at, view.name_of(one.actor.name), one.note, str(one.details.get("manifest_sha256", "")))
        for one in reversed(view.entries)
        if one.kind is EntryKind.EXPORTED
    ]
    return visit.page(
        "incident_evidence.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        noted=evidence(view, visit.language),
        exports=exports,
        may_export=IncidentAct.DECIDE in view.acts,
        purpose=purpose,
    )
