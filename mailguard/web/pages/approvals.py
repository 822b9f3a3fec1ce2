"""The list of what waits for somebody's approval. The approval itself is given on the page of each mail."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.hold.awaiting import awaiting
from mailguard.web.list_query import APPROVALS, way_back
from mailguard.web.one_mail import zero_sentence
from mailguard.web.visit import SignedIn

router = APIRouter()


@router.get("/approvals/number")
async def number(visit: SignedIn) -> Response:
    """How many there are, for the menu of a page that is open."""
    return visit.page("base.html", block="awaited")


@router.get("/approvals")
async def approvals(visit: SignedIn) -> Response:
    """What waits for one's approval, in one's own name or for somebody one stands in for."""
    parts, viewer, now = visit.parts, visit.viewer, visit.parts.clock.now()
    found = await visit.read(lambda reader: awaiting(parts.spool, reader, viewer, now))
    return visit.page(
        "approvals.html",
        block="list" if visit.is_partial else None,
        listed=found,
        way_back=way_back(APPROVALS),
        zero_of=lambda waiting: zero_sentence(visit, waiting),
    )
