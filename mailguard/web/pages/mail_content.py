"""Reading what stands in a mail. One's own is simply read; others' only with a purpose, which goes on record first.

The page in HTML has an address of its own, for the frame it is shown in. For somebody else's mail that address holds
a word that counts for some minutes, for this reader and this mail: who has no purpose on record has none.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from mailguard import audit
from mailguard.errors import ContentDamaged
from mailguard.hold.permission import MailAct
from mailguard.i18n import text
from mailguard.mime.message import unstuffed
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.queue import QueueId
from mailguard.store import Transaction
from mailguard.web.approval_view import for_approver
from mailguard.web.forms import Mistake
from mailguard.web.guard import WITH_MAIL_FRAME
from mailguard.web.mail_content import FRAME_POLICY, fields_of_mail, file_at, page_of, reading_of
from mailguard.web.one_mail import OpenedMail, opened
from mailguard.web.pages.mail_actions import path_of
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()
_MAIL = "/mails/{queue_id}"
PURPOSE_MAX = 300
GRANTED_FOR = timedelta(minutes=15)
_GRANT = "reading of mail"
VIEWS = ("text", "page", "header")


@dataclass(frozen=True)
class Grant:
    """That somebody may read a mail that is not theirs: why, and the word for it."""

    purpose: str
    word: str


@router.get(f"{_MAIL}/content")
async def content(visit: SignedIn, queue_id: QueueId, view: str = "text", reading: str = "") -> Response:
    """The mail's text, page or header; the question for a purpose where it is somebody else's."""
    found = await _readable(visit, queue_id)
    grant = _grant(visit, found, reading)
    if grant is None:
        return _asked(visit, found, is_over=bool(reading))
    view = view if view in VIEWS else "text"
    octets = await octets_of(visit, found)
    response = visit.page(
        "mail_content.html",
        mail=found,
        subject="" if found.decision.summary is None else found.decision.summary.subject,
        view=view,
        views=VIEWS,
        reading=await asyncio.to_thread(reading_of, octets),
        fields=fields_of_mail(octets) if view == "header" else (),
        files=() if found.decision.summary is None else found.decision.summary.files,
        word=grant.word,
        is_own=found.is_own,
        may_download=MailAct.DOWNLOAD in found.acts(),
    )
    response.headers["content-security-policy"] = WITH_MAIL_FRAME
    return response


@router.post(f"{_MAIL}/content")
async def ask_to_read(visit: SignedIn, queue_id: QueueId) -> Response:
    """Puts on record who reads somebody else's mail and why, before it is shown."""
    found, form = await _readable(visit, queue_id), await visit.form()
    purpose = form.text("purpose")[:PURPOSE_MAX]
    if found.is_own:
        return visit.go(f"{found.path}/content")
    if not purpose:
        return _asked(visit, found, mistakes=[Mistake("purpose", "queue.page.purpose.missing")])
    await _recorded(visit, found, {"purpose": purpose})
    return visit.go(f"{found.path}/content?reading={_word(visit, found, purpose)}")


@router.get(f"{_MAIL}/page")
async def page(visit: SignedIn, queue_id: QueueId, reading: str = "") -> Response:
    """The HTML body, cleaned, for a frame that loads and runs nothing."""
    found = await _readable(visit, queue_id)
    if _grant(visit, found, reading) is None:
        raise NotHere
    cleaned = await asyncio.to_thread(page_of, await octets_of(visit, found))
    return HTMLResponse(cleaned, headers={"content-security-policy": FRAME_POLICY})


@router.get(f"{_MAIL}/files/{{path}}")
async def save_own(visit: SignedIn, queue_id: QueueId, path: str) -> Response:
    """One of the files of one's own mail."""
    found = await _readable(visit, queue_id)
    if not found.is_own:
        raise NotHere
    return await _file(visit, found, path)


@router.post(f"{_MAIL}/files/{{path}}")
async def save_others(visit: SignedIn, queue_id: QueueId, path: str) -> Response:
    """A file of somebody else's mail, for the purpose that was given; it goes on record."""
    found, form = await _readable(visit, queue_id), await visit.form()
    grant = _grant(visit, found, form.text("reading"))
    if MailAct.DOWNLOAD not in found.acts():
        raise NotHere
    if grant is None:
        return _asked(visit, found, is_over=True)
    response = await _file(visit, found, path)
    if not found.is_own:
        await _recorded(visit, found, {"purpose": grant.purpose, "part": path})
    return response


async def octets_of(visit: SignedInVisit, found: OpenedMail) -> bytes:
    """The mail as it would leave now. Raises ``ContentDestroyed``."""
    spool, content_id = visit.parts.spool, found.decision.submission.content_id
    return unstuffed(b"".join([frame async for frame in spool.stream_content(content_id)]))


def _asked(
    visit: SignedInVisit, found: OpenedMail, *, is_over: bool = False, mistakes: list[Mistake] | None = None
) -> Response:
    """The question for a purpose. Whoever is asked to approve the mail need not think of words for it."""
    is_approver = MailAct.APPROVE in found.acts(for_approver(found))
    purpose = text(visit.language, "queue.page.purpose.approval") if is_approver and not mistakes else ""
    return visit.page(
        "mail_purpose.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        mail=found,
        is_over=is_over,
        purpose=purpose,
    )


async def _readable(visit: SignedInVisit, queue_id: QueueId) -> OpenedMail:
    found = await opened(visit, queue_id)
    if MailAct.READ_CONTENT not in found.acts():
        raise NotHere
    return found


async def _file(visit: SignedInVisit, found: OpenedMail, path: str) -> Response:
    place, octets = path_of(path), await octets_of(visit, found)
    kept = None if place is None else await asyncio.to_thread(file_at, octets, place)
    if kept is None:
        raise NotHere
    name, body = kept
    # RFC 6266 §4.3; whatever it is, no browser shows it here.
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(body, media_type="application/octet-stream", headers={"content-disposition": disposition})


async def _recorded(visit: SignedInVisit, found: OpenedMail, details: dict[str, object]) -> None:
    def work(transaction: Transaction) -> None:
        event = AuditEvent(transaction.now, visit.actor, AuditAction.CONTENT_READ, found.queue_id, details)
        audit.append(transaction, event)

    await visit.write(work)


def _grant(visit: SignedInVisit, found: OpenedMail, word: str) -> Grant | None:
    """Why they may read it now; None where a purpose is asked for first."""
    if found.is_own:
        return Grant("", "")
    try:
        sealed = base64.urlsafe_b64decode(word)
        until, purpose = json.loads(visit.parts.spool.secret_box(_GRANT).open(sealed, _name(visit, found)))
    except (ContentDamaged, ValueError, binascii.Error):
        return None
    return Grant(purpose, word) if datetime.fromisoformat(until) > visit.parts.clock.now() else None


def _word(visit: SignedInVisit, found: OpenedMail, purpose: str) -> str:
    until = visit.parts.clock.now() + GRANTED_FOR
    told = json.dumps([until.isoformat(), purpose]).encode()
    return base64.urlsafe_b64encode(visit.parts.spool.secret_box(_GRANT).seal(told, _name(visit, found))).decode()


def _name(visit: SignedInVisit, found: OpenedMail) -> str:
    return f"{found.queue_id} {visit.viewer.address}"
