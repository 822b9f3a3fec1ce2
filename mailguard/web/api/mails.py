"""Mails for programs: lists, one mail, its parcels. Nothing here changes anything."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlalchemy import Connection

from mailguard.accounts.people import owners_in
from mailguard.hold.answering import asked_of
from mailguard.hold.boxes import PAGE_ROWS, PERIOD, Box, Mark, Scope, Span, list_box, mark_of
from mailguard.hold.permission import MailAct, assure
from mailguard.hold.search import WORDS_MAX, Searched, search
from mailguard.model.people import Right, Viewer
from mailguard.parcels.listing import parcels_of_mail
from mailguard.web.api.access import ApiVisit, Bearer
from mailguard.web.api.problems import ApiProblem
from mailguard.web.api.shown_mail import Mail, Mails, Parcel, Parcels
from mailguard.web.release_form import known_of

router = APIRouter(tags=["mails"])

BACK_MAX = timedelta(days=3660)


class Whose(StrEnum):
    """Whose mails are listed."""

    MINE = "mine"
    OFFICE = "office"


@router.get("/mails", response_model=Mails)
async def mails(
    visit: Bearer,
    box: Box | None = None,
    whose: Whose = Whose.MINE,
    words: Annotated[str, Query(alias="search", max_length=WORDS_MAX)] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    after: Annotated[str, Query(max_length=40)] = "",
    limit: Annotated[int, Query(ge=1, le=PAGE_ROWS)] = PAGE_ROWS,
) -> Mails:
    """A page of a box (``decision`` unless another is named), or with ``search`` of what was found, newest first.

    Without ``since`` what is not done with counts whatever its age, and everything else of the last 30 days.
    ``whose=office``: all that the token's right to see others' mail is for.
    """
    mark = None if not after else mark_of(after)
    if after and mark is None:
        raise ApiProblem(422, "invalid", invalid=[{"at": "query.after", "kind": "mark"}])
    span = _span(visit, since, until)
    scope = await visit.read(lambda reader: _scope(reader, visit.viewer, whose))
    return await visit.read(lambda reader: _page(visit, reader, scope, box, words, span, mark, limit))


@router.get("/mails/{queue_id}", response_model=Mail)
async def mail(visit: Bearer, queue_id: str) -> Mail:
    """One mail: its state, reasons, recipients and what was found, without its words."""
    one = await visit.mail(queue_id)
    return Mail.of(one, asked_of(one.held, known_of(visit.parts, one.decision)))


@router.get("/mails/{queue_id}/parcels", response_model=Parcels)
async def parcels(visit: Bearer, queue_id: str) -> Parcels:
    """The protected contents of a mail, and where their passwords are."""
    one = await visit.mail(queue_id)
    assure(MailAct.STOP_PASSWORD, one.acts())
    parts = visit.parts
    found = await visit.read(lambda reader: parcels_of_mail(parts.spool, parts.records, reader, one.queue_id))
    return Parcels(parcels=[Parcel.of(parcel) for parcel in found])


def _span(visit: ApiVisit, since: AwareDatetime | None, until: AwareDatetime | None) -> Span | None:
    """None: what lists show where nobody says otherwise."""
    if since is None and until is None:
        return None
    now = visit.parts.clock.now()
    earliest = now - BACK_MAX
    end = None if until is None else min(max(until, earliest), now + timedelta(days=1))
    begin = (end or now) - PERIOD if since is None else min(max(since, earliest), now)
    return Span(begin, end, keeps_open=False)


def _scope(reader: Connection, viewer: Viewer, whose: Whose) -> Scope:
    if whose is Whose.MINE:
        return Scope(viewer.mailboxes)
    departments = viewer.departments(Right.SEE_MAIL)
    if departments is None:
        return Scope(None)
    if not departments:
        raise ApiProblem(403, "right_missing", right=Right.SEE_MAIL.value)
    return Scope(owners_in(reader, departments))


def _page(
    visit: ApiVisit,
    reader: Connection,
    scope: Scope,
    box: Box | None,
    words: str,
    span: Span | None,
    after: Mark | None,
    limit: int,
) -> Mails:
    spool, now = visit.parts.spool, visit.parts.clock.now()
    if words.strip():
        wanted = Searched(words, None if box is None else frozenset({box}), span)
        page = search(spool, reader, scope, wanted, now=now, after=after, limit=limit)
        return Mails.of(page.rows, page.after, page.stopped_at, None)
    listing = list_box(spool, reader, scope, box or Box.DECISION, now=now, span=span, after=after, limit=limit)
    return Mails.of(listing.page.rows, listing.page.after, listing.page.stopped_at, listing.counts)
