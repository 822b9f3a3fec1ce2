"""One's own API tokens: made, shown once, and made invalid."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from mailguard.accounts.tokens import DAYS_MAX, EACH_MAX, NAME_MAX, rights_for_tokens
from mailguard.errors import AccountProblem, NotAllowed
from mailguard.model.people import Right
from mailguard.web import api
from mailguard.web.forms import Form, Mistake
from mailguard.web.pages.my_sign_in import Proved
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()

PAGE = "/my-tokens"
DAYS = (30, 90, 180, DAYS_MAX)


@router.get(PAGE)
async def my_tokens(visit: SignedIn) -> Response:
    """Those that count, and a form for another one."""
    return await _page(visit)


@router.post(PAGE)
async def make(visit: Proved) -> Response:
    """A new token, shown in this answer and never again."""
    form = await visit.form()
    days = form.text("days")
    chosen = {right for right in Right if right.value in form.texts("right")}
    mistakes = [] if form.text("name") else [Mistake("name", "api.tokens.nameless")]
    if days not in map(str, DAYS):
        mistakes.append(Mistake("days", "api.tokens.days.wrong"))
    if mistakes:
        return await _page(visit, form, mistakes)
    try:
        token = await visit.parts.sign_in.tokens.create(
            visit.viewer, form.text("name"), chosen, int(days), visit.actor
        )  # fmt: skip
    except NotAllowed:
        return await _page(visit, form, [Mistake("", "api.tokens.foreign")])
    except AccountProblem:
        return await _page(visit, form, [Mistake("", "api.tokens.many", {"count": EACH_MAX})])
    return visit.page("my_token.html", token=token)


@router.post(f"{PAGE}/{{token_id}}/revoke")
async def revoke(visit: SignedIn, token_id: str) -> Response:
    """A token counts no more."""
    if not await visit.parts.sign_in.tokens.revoke(token_id, visit.actor, visit.viewer.address):
        raise NotHere
    return visit.go(PAGE, "success", "api.tokens.revoked")


@router.get(f"{PAGE}/openapi.json")
async def description(_visit: SignedIn) -> Response:
    """The API described, for who is signed in."""
    return JSONResponse(api.document())


async def _page(visit: SignedInVisit, form: Form | None = None, mistakes: list[Mistake] | None = None) -> Response:
    return visit.page(
        "my_tokens.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        tokens=await visit.parts.sign_in.tokens.of_person(visit.viewer.address),
        rights=[right for right in Right if right in rights_for_tokens(visit.viewer)],
        chosen=[] if form is None else form.texts("right"),
        typed="" if form is None else form.text("name"),
        days=DAYS,
        wanted_days=str(DAYS[1]) if form is None else form.text("days"),
        name_max=NAME_MAX,
    )
