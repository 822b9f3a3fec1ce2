"""Mail on its way for programs of whoever runs the system: try again, give up, take back."""

from __future__ import annotations

from fastapi import APIRouter

from mailguard import hold
from mailguard.hold.permission import MailAct, assure
from mailguard.spool.reports import reporter_of
from mailguard.web.api.access import ApiVisit, Bearer
from mailguard.web.api.acting import meant
from mailguard.web.api.shown_mail import Done
from mailguard.web.api.wanted import WithReason
from mailguard.web.one_mail import OpenedMail

router = APIRouter(tags=["queue"])


@router.post("/mails/{queue_id}/retry", response_model=Done)
async def retry(visit: Bearer, queue_id: str, wanted: WithReason) -> Done:
    """Has what is queued or deferred tried again now."""
    one = await _for(visit, queue_id, wanted)
    work = hold.retry(visit.parts.spool, one.queue_id, visit.actor, wanted.reason, wanted.positions)
    done = Done.of(await visit.write(work))
    visit.parts.hint()
    return done


@router.post("/mails/{queue_id}/bounce", response_model=Done)
async def bounce(visit: Bearer, queue_id: str, wanted: WithReason) -> Done:
    """Gives up what is deferred, and tells the sender."""
    one = await _for(visit, queue_id, wanted)
    parts = visit.parts
    reporter = reporter_of(parts.settings.office, parts.policy.rules.hours.zone)
    work = hold.give_up(parts.spool, one.queue_id, visit.actor, wanted.reason, reporter, wanted.positions)
    done = Done.of(await visit.write(work))
    parts.hint()
    return done


@router.post("/mails/{queue_id}/take-back", response_model=Done)
async def take_back(visit: Bearer, queue_id: str, wanted: WithReason) -> Done:
    """Cancels what is queued or deferred; the sender is not told."""
    one = await _for(visit, queue_id, wanted)
    work = hold.take_back(visit.parts.spool, one.queue_id, visit.actor, wanted.reason, wanted.positions)
    return Done.of(await visit.write(work))


async def _for(visit: ApiVisit, queue_id: str, wanted: WithReason) -> OpenedMail:
    one = await visit.mail(queue_id)
    assure(MailAct.OPERATE, one.acts())
    meant(one, wanted.positions)
    return one
