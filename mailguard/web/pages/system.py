"""How the system is: what is wrong with what to do about it, queues, next hops, disk, rules, sign-ins. No mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard import audit
from mailguard.accounts.people import staffing
from mailguard.model.audit import AuditAction
from mailguard.model.people import Right
from mailguard.model.queue import State
from mailguard.notify.troubles import troubles_of
from mailguard.spool.queries import counts_by_state
from mailguard.web.visit import SignedInVisit, having

router = APIRouter()

PAGE = "/office/system"
DAYS = 7
TROUBLES = (
    AuditAction.NOT_PREPARED,
    AuditAction.BOUNCED,
    AuditAction.IN_DOUBT,
    AuditAction.RESCUED,
    AuditAction.PASSWORD_NOT_TAKEN,
    AuditAction.POLICY_REFUSED,
)
SIGN_INS = (AuditAction.SIGNED_IN, AuditAction.SIGN_IN_FAILED, AuditAction.SIGN_IN_METHOD_CHANGED)
_STATES = (State.HELD, State.ACCEPTED, State.CLEARED, State.QUEUED, State.SENDING, State.DEFERRED)

Seeing = Annotated[SignedInVisit, Depends(having(Right.SEE_SYSTEM))]


@router.get(PAGE)
async def system(visit: Seeing) -> Response:
    """Everything at one glance."""
    now = visit.parts.clock.now()
    health, node = await visit.parts.check(), visit.parts.node()
    states = await visit.read(counts_by_state)
    staff = await visit.read(lambda reader: staffing(reader, now))
    counted = await visit.read(
        lambda reader: audit.counts_since(reader, now - timedelta(days=DAYS), (*TROUBLES, *SIGN_INS))
    )
    return visit.page(
        "system.html",
        troubles=list(troubles_of(health.parts, health.degraded, node, now)),
        is_ready=health.is_ready,
        node=node,
        states=[(state, states.get(state.value, 0)) for state in _STATES],
        rules=visit.parts.policy.rules,
        number=visit.parts.policy.in_force.number,
        misfits=len(visit.parts.policy.in_force.misfits),
        staff=staff,
        failed=[(one, counted.numbers[one]) for one in TROUBLES],
        sign_ins=[(one, counted.numbers[one]) for one in SIGN_INS],
        since=counted.since,
        webhooks=len(visit.parts.settings.notices.webhooks),
    )
