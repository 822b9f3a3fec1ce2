"""The way in, and the language."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.web import places
from mailguard.web.language import COOKIE, KEEP_SECONDS
from mailguard.web.visit import Anyone, SignedIn

router = APIRouter()


@router.get("/")
async def home(visit: SignedIn) -> Response:
    """To the page somebody works on: their own mail, or what their role looks after."""
    return visit.go("/office" if visit.viewer.person.grants else "/mails")


@router.post("/language")
async def choose_language(visit: Anyone) -> Response:
    """Another language, kept in this browser; the same page again."""
    form = await visit.form()
    response = visit.go(places.safe_next(form.text("next"), from_anywhere=True))
    chosen = form.text("language")
    if chosen in ("ja", "en"):
        visit.shell.cookies.put(response, COOKIE, chosen, KEEP_SECONDS)
    return response
