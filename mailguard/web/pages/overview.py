"""The first page of whoever has a role: what waits for them, and the rooms they may go to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard import audit
from mailguard.accounts.people import owners_in
from mailguard.hold.boxes import Box, Count, Scope, counts_of
from mailguard.incidents import due_queries
from mailguard.incidents.next_due import NextDue, next_dues
from mailguard.incidents.permission import IncidentAct
from mailguard.judging import policy_changes
from mailguard.model.audit import AuditAction
from mailguard.model.incident import Incident
from mailguard.model.people import Right, Viewer
from mailguard.notify.troubles import Trouble, troubles_of
from mailguard.web.incident_view import acts_of
from mailguard.web.visit import SignedInVisit, having, holds

router = APIRouter()

PAGE = "/office"
DAYS = 30
NEAR_MISSES = (
    AuditAction.CANCELLED,
    AuditAction.CHANGED,
    AuditAction.RETURNED,
    AuditAction.NOT_APPROVED,
    AuditAction.EXPIRED,
    AuditAction.PARCEL_MADE,
    AuditAction.MISTAKE_REPORTED,
    AuditAction.CONTENT_READ,
)
"""What was caught, mended or protected before it left, what was not, and who looked at others' mail."""
CHANGES_SHOWN = 3
CASES_SHOWN = 10

Holding = Annotated[SignedInVisit, Depends(having(Right.SEE_MAIL))]


@dataclass(frozen=True, slots=True)
class Room:
    """A place somebody may go to; ``key`` and ``key``.what are its words."""

    path: str
    key: str
    icon: str
    right: Right


ROOMS = (
    Room("/office/mails", "console.room.mails", "inbox", Right.SEE_MAIL),
    Room("/rules", "console.room.rules", "shield", Right.SEE_POLICY),
    Room("/office/people", "console.room.people", "users", Right.MANAGE_PEOPLE),
    Room("/office/accounts", "console.room.accounts", "key-round", Right.MANAGE_PEOPLE),
    Room("/office/devices", "console.room.devices", "send", Right.MANAGE_DEVICES),
    Room("/office/correspondents", "console.room.correspondents", "building-2", Right.MANAGE_CORRESPONDENTS),
    Room("/office/system", "console.room.system", "settings", Right.SEE_SYSTEM),
    Room("/office/audit", "console.room.audit", "file-text", Right.SEE_AUDIT),
)


@dataclass(frozen=True, slots=True)
class Case:
    """An open incident with what must be done first; ``due`` None: nothing has a time."""

    incident: Incident
    due: NextDue | None


@router.get(PAGE)
async def overview(visit: Holding) -> Response:
    """What waits, figures of the last days, and the rooms."""
    viewer, now = visit.viewer, visit.parts.clock.now()
    waiting = await visit.read(lambda reader: _waiting(reader, viewer, visit))
    cases = await visit.read(lambda reader: _cases(reader, visit)) if holds(viewer, Right.HANDLE_CASE) else None
    figures = changes = None
    if holds(viewer, Right.CLOSE_CASE):
        since = now - timedelta(days=DAYS)
        figures = await visit.read(lambda reader: audit.counts_since(reader, since, NEAR_MISSES))
        changes = await visit.read(lambda reader: policy_changes.history(reader, limit=CHANGES_SHOWN))
    troubles: list[Trouble] | None = None
    if holds(viewer, Right.SEE_SYSTEM):
        health = await visit.parts.check()
        troubles = list(troubles_of(health.parts, health.degraded, visit.parts.node(), now))
    return visit.page(
        "overview.html",
        waiting=waiting,
        approvals=visit.awaited if visit.awaited or holds(viewer, Right.APPROVE) else None,
        cases=cases,
        decision=Box.DECISION,
        failed=Box.FAILED,
        figures=figures,
        near_misses=NEAR_MISSES,
        changes=changes,
        troubles=troubles,
        rooms=[room for room in ROOMS if holds(viewer, room.right)],
    )


def _waiting(reader: Connection, viewer: Viewer, visit: SignedInVisit) -> dict[Box, Count]:
    departments = viewer.departments(Right.SEE_MAIL)
    owners = None if departments is None else owners_in(reader, departments)
    return counts_of(reader, Scope(owners), now=visit.parts.clock.now())


def _cases(reader: Connection, visit: SignedInVisit) -> list[Case]:
    """The open incidents they work on, the next time first."""
    parts, viewer = visit.parts, visit.viewer
    ids = due_queries.open_by_due(reader, viewer.departments(Right.HANDLE_CASE), CASES_SHOWN)
    found = [parts.incidents.incident(reader, one) for one in ids]
    seen = [one for one in found if IncidentAct.SEE in acts_of(parts, reader, viewer, one)]
    dues = next_dues(reader, [one.incident_id for one in seen], parts.policy.rules, parts.clock.now())
    return [Case(one, dues.get(one.incident_id)) for one in seen]
