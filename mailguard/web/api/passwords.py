"""Passwords of protected mail for programs: shown to whose mail it is alone, stopped, let go, sent another way."""

from __future__ import annotations

from fastapi import APIRouter

from mailguard.hold.permission import MailAct, assure
from mailguard.parcels.listing import parcels_of_mail
from mailguard.web.api.access import ApiVisit, Bearer
from mailguard.web.api.acting import meant
from mailguard.web.api.shown_mail import Password, PasswordsMoved
from mailguard.web.api.wanted import Meant, Reroute, WithReason
from mailguard.web.one_mail import OpenedMail
from mailguard.web.visit import NotHere

router = APIRouter(tags=["passwords"])


@router.post("/mails/{queue_id}/parcels/{parcel_id}/show-password", response_model=Password)
async def show(visit: Bearer, queue_id: str, parcel_id: str) -> Password:
    """The password of a parcel. That it was shown, and to whom, goes on record."""
    one = await _for(visit, queue_id, MailAct.SHOW_PASSWORD)
    parts = visit.parts
    found = await visit.read(lambda reader: parcels_of_mail(parts.spool, parts.records, reader, one.queue_id))
    if parcel_id not in {listed.parcel.parcel_id for listed in found}:
        raise NotHere
    return Password(password=await visit.write(parts.passwords.show(parcel_id, visit.actor)))


@router.post("/mails/{queue_id}/passwords/stop", response_model=PasswordsMoved)
async def stop(visit: Bearer, queue_id: str, wanted: WithReason) -> PasswordsMoved:
    """Tells nobody any more, where it has not gone yet."""
    one = await _for(visit, queue_id, MailAct.STOP_PASSWORD)
    meant(one, wanted.positions)
    work = visit.parts.passwords.stop(one.queue_id, visit.actor, wanted.reason, wanted.positions)
    stopped = await visit.write(work)
    return PasswordsMoved(
        positions=list(stopped.positions), too_late=list(stopped.too_late), is_destroyed=stopped.is_destroyed
    )


@router.post("/mails/{queue_id}/passwords/release", response_model=PasswordsMoved)
async def release(visit: Bearer, queue_id: str, wanted: Meant) -> PasswordsMoved:
    """Ends the wait of short messages now. A password that waits in a mail is a held mail, and is sent as such."""
    one = await _for(visit, queue_id, MailAct.SHOW_PASSWORD)
    meant(one, wanted.positions)
    positions = await visit.write(visit.parts.passwords.release(one.queue_id, visit.actor, wanted.positions))
    visit.parts.hint()
    return PasswordsMoved(positions=positions)


@router.post("/mails/{queue_id}/passwords/reroute", response_model=PasswordsMoved)
async def reroute(visit: Bearer, queue_id: str, wanted: Reroute) -> PasswordsMoved:
    """Sends passwords that have not gone another way."""
    one = await _for(visit, queue_id, MailAct.SHOW_PASSWORD)
    meant(one, wanted.positions)
    work = visit.parts.passwords.reroute(one.queue_id, visit.actor, wanted.channel, wanted.phone, wanted.positions)
    positions = await visit.write(work)
    visit.parts.hint()
    return PasswordsMoved(positions=positions)


async def _for(visit: ApiVisit, queue_id: str, act: MailAct) -> OpenedMail:
    one = await visit.mail(queue_id)
    assure(act, one.acts())
    return one
