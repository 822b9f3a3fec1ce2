"""Changing a held mail: a form for everything that can be changed, what that would mean, and what it changed.

Nothing is changed before somebody has seen what it would mean: the form leads to a preview, whose button makes the same
edit that was looked at.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import ContentDestroyed, MailguardError, NotAllowed, StaleState
from mailguard.hold.mend_difference import Differences
from mailguard.hold.mend_history import changed_by_edit, done_by_edit
from mailguard.hold.mending import Mend, Note, NotMendable
from mailguard.hold.permission import MailAct, assure
from mailguard.model.protection import Channel, Mode
from mailguard.model.queue import QueueId
from mailguard.model.verdict import Needs, Obligation
from mailguard.web.forms import Mistake
from mailguard.web.mend_form import (
    MendEntries,
    blank,
    entries_of,
    has_wished,
    has_wished_exposure,
    mend_of,
    mistake_of,
    subject_of,
)
from mailguard.web.one_mail import OpenedMail, opened
from mailguard.web.pages.mail import kind_names, titles, values_of
from mailguard.web.parts import MendDone, MendPreview
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()
_NUMBER_MAX = 1_000_000


@router.get("/mails/{queue_id}/mend")
async def form(visit: SignedIn, queue_id: QueueId) -> Response:
    """Everything about the mail that can be changed."""
    one = await _mendable(visit, queue_id)
    if not one.held:
        return visit.go(one.path, "warning", "mending.page.moved_on")
    return _page(visit, one, blank(one))


@router.post("/mails/{queue_id}/mend")
async def mend(visit: SignedIn, queue_id: QueueId) -> Response:
    """What the edit would mean; and with ``do=apply`` the edit, and back to the mail."""
    one = await _mendable(visit, queue_id)
    sent = await visit.form()
    try:
        entries = entries_of(sent)
        wanted, mistakes = mend_of(entries, one)
        if mistakes:
            return _page(visit, one, entries, mistakes)
        if sent.text("do") == "apply":
            return changed(visit, one, await visit.parts.mender.mend(queue_id, wanted, visit.actor))
        if sent.text("do") == "edit":
            return _page(visit, one, entries)
        preview = await visit.parts.mender.preview(queue_id, wanted)
        return _page(visit, one, entries, preview=preview, wanted=wanted)
    except NotMendable as error:
        return _page(visit, one, entries, [mistake_of(error)])
    except StaleState:
        return visit.go(one.path, "warning", "mending.page.moved_on")
    except (NotAllowed, ContentDestroyed):
        raise
    except MailguardError:
        return _page(visit, one, entries, [Mistake("", "mending.page.failed")])


@router.get("/mails/{queue_id}/changed/{number}")
async def what_changed(visit: SignedIn, queue_id: QueueId, number: int) -> Response:
    """What an edit changed in how the mail is judged."""
    one = await opened(visit, queue_id)
    found = await changed_of(visit, one, number)
    if found is None:
        return visit.go(one.path)
    edits = await visit.read(lambda reader: done_by_edit(reader, one.queue_id, number))
    return visit.page("changed.html", one=one, differences=found, edits=edits, **values_of(visit, one))


def changed(visit: SignedInVisit, one: OpenedMail, done: MendDone) -> Response:
    """On to what an edit changed, with a sentence on what happens next."""
    path = f"{one.path}/changed/{done.outcome.number}"
    if Note.STILL_NAMED in done.notes:
        return visit.go(path, "warning", "mending.page.done.still_named")
    if done.outcome.blocked:
        return visit.go(path, "error", "mending.page.done.blocked")
    needs = done.differences.needs_after or Needs.TIMER
    return visit.go(path, "success", f"mending.page.done.{needs.value}")


async def changed_of(visit: SignedInVisit, one: OpenedMail, number: int) -> Differences | None:
    """What the edit with that judgement changed; None where there is none."""
    if not 1 < number < _NUMBER_MAX:
        return None
    spool, quiet = visit.parts.spool, visit.parts.policy.rules.quiet
    return await visit.read(lambda reader: changed_by_edit(spool, reader, one.queue_id, number, quiet))


async def _mendable(visit: SignedInVisit, queue_id: QueueId) -> OpenedMail:
    one = await opened(visit, queue_id)
    assure(MailAct.MEND, one.acts())
    return one


def _page(
    visit: SignedInVisit,
    one: OpenedMail,
    entries: MendEntries,
    mistakes: list[Mistake] | None = None,
    *,
    preview: MendPreview | None = None,
    wanted: Mend | None = None,
) -> Response:
    """The form as it is filled in, or the preview of what it asks."""
    protection = visit.parts.settings.protection
    channels = [Channel.TO_SENDER, Channel.SEPARATE_MAIL, Channel.AGREED]
    if protection.sms is not None:
        channels.insert(2, Channel.SMS)
    return visit.page(
        "mend.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        one=one,
        entries=entries,
        held=[each for each in one.decision.recipients if each.needs is not None],
        files=() if one.decision.summary is None else one.decision.summary.files,
        subject=subject_of(one),
        modes=list(Mode),
        channels=channels,
        is_exposure_wished=has_wished_exposure(one),
        is_protection_wished=has_wished(one, Obligation.PROTECT),
        preview=preview,
        wanted=wanted,
        **_words(visit, one),
    )


def _words(visit: SignedInVisit, one: OpenedMail) -> dict[str, Any]:
    return {"title_of": titles(visit), "kind_name": kind_names(visit.language, one.decision.summary)}
