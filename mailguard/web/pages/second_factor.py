"""A second proof for a session that has only one: before pages about other people's mail and about settings."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.accounts.factors import Factor
from mailguard.errors import SignInRefused, TooManyFailures
from mailguard.web import places
from mailguard.web.forms import Mistake
from mailguard.web.pages.sign_in import delayed
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()


@router.get(places.SECOND_FACTOR)
async def second_factor(visit: SignedIn, next: str = "") -> Response:  # noqa: A002  its name in the URL
    """Where it is proved, or where one is told how to set it up."""
    return await _page(visit, places.safe_next(next))


@router.post(places.SECOND_FACTOR)
async def check_second_factor(visit: SignedIn) -> Response:
    """Takes a one-time password or a recovery code; the session goes on under a fresh token."""
    form = await visit.form()
    following = places.safe_next(form.text("next"))
    try:
        factor = await visit.parts.sign_in.totp.check(visit.viewer.address, form.text("code"))
    except TooManyFailures as error:
        return await _page(visit, following, [delayed("code", error)])
    except SignInRefused:
        return await _page(visit, following, [Mistake("code", "pages.sign_in.second.wrong")])
    return await strengthened(visit, factor, visit.go(following))


async def strengthened(visit: SignedInVisit, factor: Factor, response: Response) -> Response:
    """``response`` with the session's new token, after one more factor was proved."""
    token = await visit.parts.sign_in.sessions.strengthen(visit.token, factor)
    visit.shell.cookies.begin_session(response, token)
    return response


async def has_second_factor(visit: SignedInVisit) -> tuple[bool, bool]:
    """Whether they have set up an authenticator app, and whether they have a passkey."""
    ways, address = visit.parts.sign_in, visit.viewer.address
    has_passkey = ways.passkeys.is_possible and bool(await ways.passkeys.of_person(address))
    return await ways.totp.is_on(address), has_passkey


async def _page(visit: SignedInVisit, following: str, mistakes: list[Mistake] | None = None) -> Response:
    has_app, has_passkeys = await has_second_factor(visit)
    return visit.page(
        "second_factor.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        following=following,
        has_app=has_app,
        has_passkeys=has_passkeys,
    )
