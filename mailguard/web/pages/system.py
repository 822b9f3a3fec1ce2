"""How the system is: what is wrong with what to do about it, queues, next hops, disk, rules, sign-ins. No mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard import audit
from mailguard.accounts.people import staffing
from mailguard.model.audit import AuditAction
from mailguard.model.node import NodeState
from mailguard.model.people import Right
from mailguard.model.queue import State
from mailguard.spool.queries import counts_by_state
from mailguard.web.health import Health
from mailguard.web.visit import SignedInVisit, having

router = APIRouter()

PAGE = "/office/system"
DAYS = 7
CERTIFICATE_DAYS = 21
"""So long before a certificate ends it is time to renew it."""
TROUBLES = (
    AuditAction.NOT_PREPARED,
    AuditAction.BOUNCED,
    AuditAction.IN_DOUBT,
    AuditAction.RESCUED,
    AuditAction.PASSWORD_NOT_TAKEN,
    AuditAction.POLICY_REFUSED,
)
SIGN_INS = (AuditAction.SIGNED_IN, AuditAction.SIGN_IN_FAILED, AuditAction.SIGN_IN_METHOD_CHANGED)
_KNOWN = frozenset({"database", "disk", "clock", "looking", "dns"})
_STATES = (State.HELD, State.ACCEPTED, State.CLEARED, State.QUEUED, State.SENDING, State.DEFERRED)

Seeing = Annotated[SignedInVisit, Depends(having(Right.SEE_SYSTEM))]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that needs somebody: ``key`` and ``key``.next are its words. ``is_stop``: no mail is taken."""

    key: str
    values: dict[str, str | int]
    is_stop: bool = False


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
        troubles=list(troubles_of(health, node, now)),
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


def troubles_of(health: Health, node: NodeState, now: datetime) -> Iterator[Trouble]:
    """What is wrong, the worst first."""
    down = {hop.name for hop in node.hops if hop.is_down}
    for part, word in health.parts.items():
        if word != "ok":
            yield _trouble(part, word, is_stop=True)
    for part, word in health.degraded.items():
        if part in down:
            yield Trouble("system.page.trouble.hop", {"name": part})
        else:
            yield _trouble(part, word)
    ends_at = node.certificate_ends_at
    if node.has_certificate and ends_at is None:
        yield Trouble("system.page.trouble.certificate_unreadable", {})
    elif ends_at is not None and ends_at - now < timedelta(days=CERTIFICATE_DAYS):
        yield Trouble("system.page.trouble.certificate", {"days": max(0, (ends_at - now).days)})


def _trouble(part: str, word: str, *, is_stop: bool = False) -> Trouble:
    if part in _KNOWN:
        return Trouble(f"system.page.trouble.{part}", {}, is_stop)
    return Trouble("system.page.trouble.other", {"part": part, "word": word}, is_stop)
