"""Lists of mails: one's own, and for who may see it the office's or a department's, with the owner named.

What is looked for stands in the address of the page, so it is there again after an action and on the way back. What is
done to several mails at once leaves out those that need a look, and names them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard import hold
from mailguard.accounts.people import owners_in
from mailguard.errors import NotAllowed, StaleState, UnknownMail
from mailguard.hold.approval_queries import refused_among
from mailguard.hold.boxes import (
    PERIOD,
    Box,
    Count,
    ListedRow,
    Page,
    Scope,
    Span,
    counts_in,
    list_box,
    look,
)
from mailguard.hold.permission import MailAct
from mailguard.hold.search import Searched, search
from mailguard.model.address import comparable
from mailguard.model.people import Right
from mailguard.model.queue import QueueId
from mailguard.model.verdict import Action, Needs
from mailguard.web.forms import Form
from mailguard.web.list_query import OFFICE, OWN, Wanted, wanted_at, wanted_in, way_back
from mailguard.web.one_mail import OpenedMail, opened, zero_sentence
from mailguard.web.pages.mail import titles
from mailguard.web.pages.mail_actions import operation
from mailguard.web.release_form import NotReleased, is_asked, release_answered
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit, having

router = APIRouter()

BOXES = (Box.DECISION, Box.WAITING, Box.LEAVING, Box.SENT, Box.CANCELLED, Box.FAILED)
"""In the order of the chips."""
AT_ONCE_MAX = 200
"""Mails that one click does something to."""
NAMED_MAX = 20
"""Mails that were left out, by name."""
_REASONS = 3
_OPERATIONS = frozenset({"retried", "given_up", "taken_back"})

SeesMail = Annotated[SignedInVisit, Depends(having(Right.SEE_MAIL))]


@dataclass(frozen=True)
class Shown:
    """A list as it is shown. ``left_out``: mails that something was not done to, by name; ``refused``: those that an
    approver said no to.
    """

    counts: dict[Box, Count]
    page: Page
    left_out: tuple[tuple[QueueId, str], ...]
    refused: frozenset[QueueId]


@router.get(OWN)
async def mails(visit: SignedIn, version: str = "") -> Response:
    """One's own mails: what waits, and what became of the rest."""
    return await _list(visit, OWN, version)


@router.get(OFFICE)
async def office_mails(visit: SeesMail, version: str = "") -> Response:
    """The mails of others that somebody's role is for."""
    return await _list(visit, OFFICE, version)


@router.post(f"{OWN}/together")
async def together(visit: SignedIn) -> Response:
    """Sends or takes back what was ticked."""
    return await _together(visit, OWN, await visit.form())


@router.post(f"{OFFICE}/together")
async def office_together(visit: SeesMail) -> Response:
    """Takes back or operates what was ticked."""
    return await _together(visit, OFFICE, await visit.form())


async def _list(visit: SignedInVisit, path: str, version: str) -> Response:
    asked = wanted_in(visit.request.query_params.items())
    left = visit.request.query_params.get("left", "")
    left_out = [one for one in left.split(".")[:NAMED_MAX] if one.isascii() and one.isalnum()]
    wanted, shown = await visit.read(lambda reader: _shown(visit, reader, path, asked, left_out))
    is_new = hashlib.sha256(repr((wanted, shown, visit.awaited)).encode()).hexdigest()[:16]
    if visit.is_partial and version == is_new:
        return Response(status_code=204)
    return visit.page(
        "mails.html",
        block="list" if visit.is_partial else None,
        **_values(visit, path, wanted, shown),
        version=is_new,
    )


def _shown(
    visit: SignedInVisit, reader: Connection, path: str, wanted: Wanted, left_out: list[str]
) -> tuple[Wanted, Shown]:
    spool, now = visit.parts.spool, visit.parts.clock.now()
    scope, span = _scope(visit, reader, path), _span(visit, wanted) or Span.usual(now)
    looked = look(reader, scope, span)
    counts = counts_in(looked)
    named = tuple(_names(visit, reader, scope, left_out))
    if wanted.words or (wanted.is_search and wanted.box is None):
        boxes = None if wanted.box is None else frozenset({wanted.box})
        searched = Searched(wanted.words, boxes, span)
        page = search(spool, reader, scope, searched, now=now, after=wanted.after, looked=looked)
        return wanted, Shown(counts, page, named, _refused(reader, page))
    box = wanted.box or Box.DECISION
    if wanted.box is None and not counts[box].number and counts[Box.WAITING].number:
        box = Box.WAITING
    listing = list_box(spool, reader, scope, box, now=now, span=span, after=wanted.after, looked=looked)
    found = Shown(listing.counts, listing.page, named, _refused(reader, listing.page))
    return Wanted(box, "", wanted.since, wanted.until, wanted.after), found


def _refused(reader: Connection, page: Page) -> frozenset[QueueId]:
    """Those of a page's mails that wait for an approver's yes and got a no."""
    asked = [one.queue_id for one in page.rows if one.waiting is not None and one.waiting.needs is Needs.APPROVER]
    return refused_among(reader, asked)


def _values(visit: SignedInVisit, path: str, wanted: Wanted, shown: Shown) -> dict[str, Any]:
    title = titles(visit)

    def reasons(row: ListedRow) -> list[str]:
        return list(dict.fromkeys(words for one in row.reasons if (words := title(one))))[:_REASONS]

    def zero(row: ListedRow) -> str:
        return "" if row.waiting is None else zero_sentence(visit, row.waiting)

    viewer = visit.viewer
    is_office = path == OFFICE
    return {
        "path": path,
        "is_office": is_office,
        "wanted": wanted,
        "way_back": way_back(path, wanted),
        "boxes": [(box, shown.counts[box]) for box in BOXES],
        "page": shown.page,
        "left_out": shown.left_out,
        "refused": shown.refused,
        "reasons_of": reasons,
        "zero_of": zero,
        "may_operate": is_office and viewer.departments(Right.OPERATE_QUEUE) != frozenset(),
        "may_cancel": not is_office or viewer.departments(Right.CANCEL) != frozenset(),
        "days": PERIOD.days,
        "retention_days": round(visit.parts.settings.storage.retention_days),
    }


def _scope(visit: SignedInVisit, reader: Connection, path: str) -> Scope:
    if path == OWN:
        return Scope(visit.viewer.mailboxes)
    departments = visit.viewer.departments(Right.SEE_MAIL)
    return Scope(None if departments is None else owners_in(reader, departments))


def _span(visit: SignedInVisit, wanted: Wanted) -> Span | None:
    if wanted.since is None and wanted.until is None:
        return None
    zone, now = visit.parts.policy.rules.hours.zone, visit.parts.clock.now()
    until = None if wanted.until is None else datetime.combine(wanted.until, time(), zone) + timedelta(days=1)
    since = (until or now) - PERIOD if wanted.since is None else datetime.combine(wanted.since, time(), zone)
    return Span(since, until, keeps_open=False)


def _names(visit: SignedInVisit, reader: Connection, scope: Scope, ids: list[str]) -> Iterable[tuple[QueueId, str]]:
    """Subjects of mails within the scope; others are passed over."""
    spool = visit.parts.spool
    summaries = spool.summaries(reader, ids) if ids else {}
    for queue_id in ids:
        try:
            owner = spool.mail(reader, queue_id).submission.session.owner
        except UnknownMail:
            continue
        if scope.owners is None or comparable(owner) in scope.owners:
            yield queue_id, summaries[queue_id].subject if queue_id in summaries else ""


# -- several at once


async def _together(visit: SignedInVisit, path: str, form: Form) -> Response:
    back = wanted_at(form.text("back"))
    ids = list(dict.fromkeys(form.texts("id")))[:AT_ONCE_MAX]
    do = _deed(path, form.text("do"), form.text("reason"))
    if not ids or do is None:
        return visit.go(path + back.here(), "warning", "queue.page.together.none")
    done, left_out = 0, []
    for queue_id in ids:
        try:
            found = await opened(visit, queue_id)
            is_done = await do(visit, found)
        except (NotHere, UnknownMail):
            continue
        except (NotAllowed, StaleState):
            is_done = False
        if is_done:
            done += 1
        else:
            left_out.append(queue_id)
    if done:
        visit.parts.hint()
    after = back.here(left=".".join(left_out[:NAMED_MAX]))
    key = f"queue.page.together.{form.text('do')}" if done else "queue.page.together.nothing"
    return visit.go(path + after, "success" if done else "warning", key, count=done)


def _deed(path: str, name: str, reason: str) -> Callable[[SignedInVisit, OpenedMail], Any] | None:
    """What is done to one mail; whether there was something to do. None for a name that is none here."""
    if name == "send" and path == OWN:
        return _send
    if name == "cancel":
        return _cancel
    if name not in _OPERATIONS or path != OFFICE:
        return None

    async def operate(visit: SignedInVisit, found: OpenedMail) -> bool:
        if MailAct.OPERATE not in found.acts():
            return False
        outcome = await visit.write(operation(visit.parts, found.queue_id, name, visit.actor, reason))
        return bool(outcome.moved)

    return operate


async def _send(visit: SignedInVisit, found: OpenedMail) -> bool:
    """Sends a mail that nobody needs to look at."""
    if not needs_no_look(visit, found):
        return False
    form = Form([("judgement", str(found.decision.judgement))])
    released = await release_answered(visit, found.decision, found.held, form, visit.actor)
    return not isinstance(released, NotReleased) and bool(released.outcome.moved)


async def _cancel(visit: SignedInVisit, found: OpenedMail) -> bool:
    if not found.held or MailAct.CANCEL not in found.acts():
        return False
    outcome = await visit.write(hold.cancel(visit.parts.spool, found.queue_id, visit.actor, ""))
    return bool(outcome.moved)


def needs_no_look(visit: SignedInVisit, found: OpenedMail) -> bool:
    """Whether all of it would go by its time alone, and they may send it now."""
    held = found.held
    is_routine = all(
        one.verdict is not None
        and one.verdict.action is not Action.BLOCK
        and one.verdict.needs is Needs.TIMER
        and one.due_at is not None
        for one in held
    )
    is_theirs = MailAct.SEND in found.acts()
    return bool(held) and is_routine and is_theirs and not is_asked(visit.parts, found.decision, held)
