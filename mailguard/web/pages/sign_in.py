"""Signing in and out. Each way ends in ``admitted``: a session under a fresh token, and on to where one wanted to go.

Pages that a link or another server leads to only show a button; what it sends signs in. So a scanner that fetches a
mailed link uses nothing up.
"""

from __future__ import annotations

from typing import assert_never

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.accounts.factors import Proved
from mailguard.accounts.gate import Admitted, SecondStep
from mailguard.accounts.mailed_codes import DIGITS
from mailguard.accounts.oidc import REDIRECT_PATH
from mailguard.errors import CodeRefused, SignInDelayed, SignInRefused, SignInUnavailable, TooManyFailures
from mailguard.web import places
from mailguard.web.forms import Mistake
from mailguard.web.visit import Anyone, NotHere, Visit

router = APIRouter()

CODE = "/sign-in/code"
STEP = "/sign-in/step"
CEREMONY = "mailguard_ceremony"
"""The cookie of a sign-in under way."""
CEREMONY_SECONDS = 3600
FOLLOWING = "mailguard_next"
"""The cookie with where to go after a way over another provider."""
ADDRESS_SHOWN_MAX = 100


@router.get(places.SIGN_IN)
async def choose(visit: Anyone, next: str = "") -> Response:  # noqa: A002  its name in the URL
    """The ways to sign in."""
    return _choose(visit, places.safe_next(next))


@router.post(CODE)
async def ask_for_code(visit: Anyone) -> Response:
    """Has a code mailed, and shows where to type it. The answer is the same for every address."""
    form = await visit.form()
    following, address = places.safe_next(form.text("next")), form.text("address")
    if not visit.parts.sign_in.codes.is_on:
        raise NotHere
    if "@" not in address:
        return _choose(visit, following, address, [Mistake("address", "pages.sign_in.address.missing")])
    try:
        ceremony = await visit.parts.sign_in.codes.begin(address, visit.client_address, visit.language)
    except SignInDelayed as error:
        return _choose(visit, following, address, [delayed("address", error)])
    response = visit.go(
        places.with_next(CODE, following), "info", "pages.sign_in.code.sent", address=address[:ADDRESS_SHOWN_MAX]
    )
    visit.shell.cookies.put(response, CEREMONY, ceremony, CEREMONY_SECONDS)
    return response


@router.get(CODE)
async def code(visit: Anyone, next: str = "") -> Response:  # noqa: A002
    """Where the mailed code is typed."""
    if not ceremony_of(visit):
        return visit.go(places.with_next(places.SIGN_IN, next))
    return _code(visit, places.safe_next(next))


@router.post("/sign-in/code/check")
async def check_code(visit: Anyone) -> Response:
    """Signs in with the code that was typed."""
    form = await visit.form()
    following = places.safe_next(form.text("next"))
    try:
        proved = await visit.parts.sign_in.codes.finish(ceremony_of(visit), form.text("code"), visit.client_address)
    except CodeRefused as error:
        if error.tries_left:
            mistake = Mistake("code", "pages.sign_in.code.wrong", {"count": error.tries_left})
            return _code(visit, following, [mistake])
        return _begin_anew(visit, following, "pages.sign_in.code.over")
    return await _admitted_or_anew(visit, proved, following)


@router.get("/sign-in/link/{link}")
async def link(visit: Anyone, link: str) -> Response:
    """What the link in the mail with the code leads to. Changes nothing."""
    if not await visit.parts.sign_in.codes.link_is_open(link):
        return visit.page("sign_in_link.html", status=410, is_open=False)
    return visit.page("sign_in_link.html", is_open=True)


@router.post("/sign-in/link/{link}")
async def sign_in_by_link(visit: Anyone, link: str) -> Response:
    """Signs in whoever opened the link and pressed the button."""
    try:
        proved = await visit.parts.sign_in.codes.finish_link(link, ceremony_of(visit) or None)
    except CodeRefused:
        return visit.page("sign_in_link.html", status=410, is_open=False)
    return await _admitted_or_anew(visit, proved, places.HOME)


@router.post("/sign-in/passkey/options")
async def passkey_options(visit: Anyone) -> Response:
    """The challenge for the device, asked for by our script."""
    if not visit.parts.sign_in.passkeys.is_possible:
        raise NotHere
    begun = await visit.parts.sign_in.passkeys.begin_sign_in()
    response = Response(begun.options, media_type="application/json")
    visit.shell.cookies.put(response, CEREMONY, begun.ceremony, CEREMONY_SECONDS)
    return response


@router.post("/sign-in/passkey")
async def sign_in_by_passkey(visit: Anyone) -> Response:
    """Signs in with what the device answered."""
    form = await visit.form()
    following = places.safe_next(form.text("next"))
    try:
        proved = await visit.parts.sign_in.passkeys.finish_sign_in(ceremony_of(visit), form.raw("response"))
    except SignInRefused:
        return _begin_anew(visit, following, "pages.sign_in.passkey.refused")
    return await _admitted_or_anew(visit, proved, following)


@router.post("/sign-in/password")
async def sign_in_by_password(visit: Anyone) -> Response:
    """Signs in with the password for sending mail."""
    form = await visit.form()
    following, address = places.safe_next(form.text("next")), form.text("password_address")
    if not visit.parts.sign_in.gate.has_passwords:
        raise NotHere
    try:
        proved = await visit.parts.sign_in.gate.password(address, form.raw("password"), visit.client_address)
        return await admitted(visit, proved, following)
    except TooManyFailures as error:
        mistake = delayed("password", error)
    except SignInUnavailable:
        mistake = Mistake("password", "pages.sign_in.password.unavailable")
    except SignInRefused:
        mistake = Mistake("password", "pages.sign_in.password.wrong")
    return _choose(visit, following, address, [mistake])


@router.post("/sign-in/oidc/begin")
async def leave_for_provider(visit: Anyone) -> Response:
    """Shows the way to another provider; our script follows it by itself.

    A redirect would be refused by ``form-action 'self'``, which browsers apply to where a form is redirected to.
    """
    form = await visit.form()
    following, provider = places.safe_next(form.text("next")), form.text("provider")
    if provider not in visit.parts.sign_in.oidc.providers():
        raise NotHere
    try:
        begun = await visit.parts.sign_in.oidc.begin(provider)
    except SignInUnavailable:
        return _choose(visit, following, "", [Mistake("", "pages.sign_in.oidc.away", {"provider": provider})])
    response = visit.page("sign_in_leave.html", provider=provider, url=begun.url)
    visit.shell.cookies.put(response, CEREMONY, begun.ceremony, CEREMONY_SECONDS)
    visit.shell.cookies.put(response, FOLLOWING, following, CEREMONY_SECONDS)
    return response


@router.get(REDIRECT_PATH)
async def back_from_provider(visit: Anyone, code: str = "", state: str = "", iss: str = "") -> Response:
    """Where a provider sends the browser back to. Changes nothing: the page's form, sent by our script, does."""
    return visit.page("sign_in_back.html", code=code, state=state, iss=iss)


@router.post(REDIRECT_PATH)
async def sign_in_by_provider(visit: Anyone) -> Response:
    """Signs in whoever the provider says came back."""
    form = await visit.form()
    following = places.safe_next(visit.request.cookies.get(FOLLOWING, ""))
    try:
        proved = await visit.parts.sign_in.oidc.finish(
            ceremony_of(visit), form.text("code"), form.text("state"), form.text("iss")
        )
        response = await admitted(visit, proved, following)
    except SignInUnavailable:
        response = _begin_anew(visit, following, "pages.sign_in.oidc.gone")
    except SignInRefused:
        response = _begin_anew(visit, following, "pages.sign_in.oidc.refused")
    visit.shell.cookies.forget(response, FOLLOWING)
    return response


@router.get(STEP)
async def second_step(visit: Anyone, next: str = "") -> Response:  # noqa: A002
    """Where somebody who set up an authenticator app types its digits, before there is a session."""
    if not ceremony_of(visit):
        return visit.go(places.with_next(places.SIGN_IN, next))
    return _step(visit, places.safe_next(next))


@router.post(STEP)
async def check_second_step(visit: Anyone) -> Response:
    """Signs in with a one-time password or a recovery code beside what was proved before."""
    form = await visit.form()
    following = places.safe_next(form.text("next"))
    client = visit.request.headers.get("user-agent", "")
    try:
        admission = await visit.parts.sign_in.gate.second(
            ceremony_of(visit), form.text("code"), visit.client_address, client, visit.token or None
        )
    except TooManyFailures as error:
        return _step(visit, following, [delayed("code", error)])
    except CodeRefused as error:
        if error.tries_left:
            return _step(visit, following, [Mistake("code", "pages.sign_in.second.wrong")])
        return _begin_anew(visit, following, "pages.sign_in.second.over")
    except SignInRefused:
        return _begin_anew(visit, following, "pages.sign_in.refused")
    return _signed_in(visit, admission.token, following)


@router.post("/sign-out")
async def sign_out(visit: Anyone) -> Response:
    """Ends this browser's session, whether it still counts or not."""
    if visit.token:
        await visit.parts.sign_in.sessions.end(visit.token)
    response = visit.go(places.SIGN_IN, "success", "pages.signed_out")
    visit.shell.cookies.end_session(response)
    return response


async def admitted(visit: Visit, proved: Proved, following: str) -> Response:
    """Lets in whoever proved something, or asks for the second step where they have set one up.

    Raises ``SignInRefused`` for somebody who is disabled.
    """
    client = visit.request.headers.get("user-agent", "")
    admission = await visit.parts.sign_in.gate.admit(proved, visit.client_address, client, visit.token or None)
    match admission:
        case Admitted():
            return _signed_in(visit, admission.token, following)
        case SecondStep():
            response = visit.go(places.with_next(STEP, following))
            visit.shell.cookies.put(response, CEREMONY, admission.ceremony, CEREMONY_SECONDS)
            return response
        case _:
            assert_never(admission)


async def _admitted_or_anew(visit: Visit, proved: Proved, following: str) -> Response:
    try:
        return await admitted(visit, proved, following)
    except SignInRefused:
        return _begin_anew(visit, following, "pages.sign_in.refused")


def _signed_in(visit: Visit, token: str, following: str) -> Response:
    response = visit.go(following)
    visit.shell.cookies.begin_session(response, token)
    visit.shell.cookies.forget(response, CEREMONY)
    return response


def ceremony_of(visit: Visit) -> str:
    """The word of the sign-in under way in this browser; "" for none."""
    return visit.request.cookies.get(CEREMONY, "")


def _choose(visit: Visit, following: str, address: str = "", mistakes: list[Mistake] | None = None) -> Response:
    ways = visit.parts.sign_in
    return visit.page(
        "sign_in.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        following=following,
        address=address,
        has_codes=ways.codes.is_on,
        has_passwords=ways.gate.has_passwords,
        has_passkeys=ways.passkeys.is_possible,
        providers=ways.oidc.providers(),
    )


def _code(visit: Visit, following: str, mistakes: list[Mistake] | None = None) -> Response:
    minutes = int(visit.parts.settings.sign_in.code_minutes) or 1
    return visit.page(
        "sign_in_code.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        following=following,
        digits=DIGITS,
        minutes=minutes,
    )


def _begin_anew(visit: Visit, following: str, key: str) -> Response:
    response = visit.go(places.with_next(places.SIGN_IN, following), "error", key)
    visit.shell.cookies.forget(response, CEREMONY)
    return response


def _step(visit: Visit, following: str, mistakes: list[Mistake] | None = None) -> Response:
    status = 422 if mistakes else 200
    return visit.page("sign_in_step.html", status=status, mistakes=mistakes or [], following=following)


def delayed(field: str, error: TooManyFailures) -> Mistake:
    """What to say to somebody who must wait."""
    seconds = error.seconds if isinstance(error, SignInDelayed) else 60
    return Mistake(field, "pages.sign_in.delayed", {"seconds": seconds})
