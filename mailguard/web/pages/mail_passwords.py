"""The passwords of a protected mail: seeing one, telling it now or another way, and stopping it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mailguard import hold
from mailguard.correspondents import phone_number
from mailguard.errors import NotAllowed
from mailguard.hold.permission import MailAct, assure
from mailguard.model.protection import Channel
from mailguard.model.queue import QueueId
from mailguard.parcels.listing import parcels_of_mail
from mailguard.parcels.passwords import Stopped
from mailguard.store import Transaction
from mailguard.web.choice import numbers
from mailguard.web.one_mail import opened
from mailguard.web.pages.mail import shown, told
from mailguard.web.pages.mail_actions import in_time
from mailguard.web.visit import NotHere, SignedIn

router = APIRouter()
_PASSWORDS = "/mails/{queue_id}/passwords"
_REASON = "stopped on the page"


@router.post(f"{_PASSWORDS}/show")
async def show(visit: SignedIn, queue_id: QueueId) -> Response:
    """The mail's page with the password on it; that somebody saw it is on record before."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.SHOW_PASSWORD, found.acts())
    parts, wanted = visit.parts, form.text("parcel")
    listed = await visit.read(lambda reader: parcels_of_mail(parts.spool, parts.records, reader, queue_id))
    if wanted not in {one.parcel.parcel_id for one in listed}:
        raise NotHere
    password = await visit.write(parts.passwords.show(wanted, visit.actor))
    again = await opened(visit, queue_id)
    return await shown(visit, again, told=None if password is None else told(wanted, password, visit.language))


@router.post(f"{_PASSWORDS}/release")
async def release(visit: SignedIn, queue_id: QueueId) -> Response:
    """Ends the window now: what waits is told at once."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.SHOW_PASSWORD, found.acts())
    parts, actor, positions = visit.parts, visit.actor, numbers(form.texts("position"))

    def work(transaction: Transaction) -> bool:
        is_any = bool(parts.passwords.release(queue_id, actor, positions)(transaction))
        for listed in parcels_of_mail(parts.spool, parts.records, transaction, queue_id):
            for member in listed.members:
                carrier = member.telling.told_by
                if carrier is not None and member.telling.position in positions:
                    is_any |= bool(hold.release(parts.spool, carrier, actor, "")(transaction).moved)
        return is_any

    async def deed() -> Response:
        is_any = await visit.write(work)
        parts.hint()
        key = "password_released" if is_any else "late"
        return visit.go(f"{found.path}#passwords", "success" if is_any else "warning", f"queue.page.done.{key}")

    return await in_time(visit, found.path, deed)


@router.post(f"{_PASSWORDS}/stop")
async def stop(visit: SignedIn, queue_id: QueueId) -> Response:
    """Tells nobody any more what has not been told."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.STOP_PASSWORD, found.acts())
    positions = numbers(form.texts("position"))

    async def deed() -> Response:
        stopped: Stopped = await visit.write(
            visit.parts.passwords.stop(queue_id, visit.actor, _REASON, positions or None)
        )
        page = f"{found.path}#passwords"
        if stopped.too_late:
            return visit.go(page, "warning", "queue.page.done.password_too_late")
        if not stopped.positions:
            # Stopped before, perhaps by somebody else: it was never told.
            return visit.go(page, "warning", "queue.page.done.late")
        return visit.go(page, "success", "queue.page.done.password_stopped")

    return await in_time(visit, found.path, deed)


@router.post(f"{_PASSWORDS}/reroute")
async def reroute(visit: SignedIn, queue_id: QueueId) -> Response:
    """Another way for what has not been told."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.SHOW_PASSWORD, found.acts())
    positions, typed = numbers(form.texts("position")), form.text("phone")

    async def deed() -> Response:
        try:
            channel = Channel(form.text("channel"))
            phone = phone_number(typed) if typed and channel is Channel.SMS else ""
            work = visit.parts.passwords.reroute(queue_id, visit.actor, channel, phone, positions or None)
            changed = await visit.write(work)
        except (NotAllowed, ValueError):
            return visit.go(f"{found.path}#passwords", "error", "queue.page.done.password_not_rerouted")
        key = "password_rerouted" if changed else "late"
        return visit.go(f"{found.path}#passwords", "success" if changed else "warning", f"queue.page.done.{key}")

    return await in_time(visit, found.path, deed)
