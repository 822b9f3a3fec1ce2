"""One's own sign-in: where one is signed in, the second factor, passkeys, password, language.

Whoever has a second factor must have proved it in this session before anything here is changed: otherwise a mailbox
somebody else reads would be enough to take it away. Secrets are shown once, in the answer to the form that made them.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from mailguard.accounts.factors import Factor
from mailguard.accounts.people_administration import Particulars, put_person
from mailguard.errors import AccountProblem, NotAllowed, PasswordTooWeak, SignInRefused, TooManyFailures
from mailguard.web import places
from mailguard.web.forms import Mistake
from mailguard.web.language import COOKIE as LANGUAGE
from mailguard.web.pages.second_factor import has_second_factor, strengthened
from mailguard.web.pages.sign_in import CEREMONY, CEREMONY_SECONDS, ceremony_of, delayed
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit, SignInNeeded

router = APIRouter()

PAGE = "/my-sign-in"


async def _proved(visit: SignedIn) -> SignedInVisit:
    """Somebody who may change how they sign in."""
    if not visit.session.has_second_factor and any(await has_second_factor(visit)):
        raise SignInNeeded(places.with_next(places.SECOND_FACTOR, PAGE))
    return visit


Proved = Annotated[SignedInVisit, Depends(_proved)]


@router.get(PAGE)
async def my_sign_in(visit: SignedIn) -> Response:
    """Everything at one glance."""
    return await _page(visit)


@router.post(f"{PAGE}/sessions/{{session_id}}/end")
async def end_session(visit: SignedIn, session_id: str) -> Response:
    """Signs another browser out."""
    if not await visit.parts.sign_in.sessions.revoke(session_id, visit.actor, visit.viewer.address):
        raise NotHere
    return visit.go(PAGE, "success", "pages.mine.session.ended")


@router.post(f"{PAGE}/sessions/end-others")
async def end_other_sessions(visit: SignedIn) -> Response:
    """Signs all other browsers out."""
    count = await visit.parts.sign_in.sessions.end_all(visit.viewer.address, visit.actor, visit.token)
    return visit.go(PAGE, "success", "pages.mine.sessions.ended", count=count)


@router.post(f"{PAGE}/app")
async def begin_app(visit: Proved) -> Response:
    """A new secret for an authenticator app, shown in this answer and never again."""
    try:
        setup = await visit.parts.sign_in.totp.begin(visit.viewer.address)
    except NotAllowed:
        return visit.go(PAGE, "info", "pages.mine.app.is_on")
    return visit.page("my_app.html", setup=setup)


@router.post(f"{PAGE}/app/confirm")
async def confirm_app(visit: Proved) -> Response:
    """The first digits of the app: from now on it counts. Shows the recovery codes, once."""
    form = await visit.form()
    try:
        codes = await visit.parts.sign_in.totp.confirm(visit.viewer.address, form.text("code"), visit.actor)
    except TooManyFailures as error:
        return visit.page("my_app.html", status=422, setup=None, mistakes=[delayed("code", error)])
    except SignInRefused:
        mistakes = [Mistake("code", "pages.mine.app.wrong")]
        return visit.page("my_app.html", status=422, setup=None, mistakes=mistakes)
    return await strengthened(visit, Factor.TOTP, visit.page("my_codes.html", codes=codes))


@router.post(f"{PAGE}/app/codes")
async def new_codes(visit: Proved) -> Response:
    """Fresh recovery codes in place of those that are left; shown once."""
    try:
        codes = await visit.parts.sign_in.totp.new_recovery_codes(visit.viewer.address, visit.actor)
    except NotAllowed as error:
        raise NotHere from error
    return visit.page("my_codes.html", codes=codes)


@router.post(f"{PAGE}/app/remove")
async def remove_app(visit: Proved) -> Response:
    """No authenticator app any more."""
    await visit.parts.sign_in.totp.remove(visit.viewer.address, visit.actor)
    return visit.go(PAGE, "success", "pages.mine.app.removed")


@router.post(f"{PAGE}/passkeys/options")
async def passkey_options(visit: Proved) -> Response:
    """The challenge for a new passkey, asked for by our script."""
    if not visit.parts.sign_in.passkeys.is_possible:
        raise NotHere
    begun = await visit.parts.sign_in.passkeys.begin_registration(visit.viewer.address)
    response = Response(begun.options, media_type="application/json")
    visit.shell.cookies.put(response, CEREMONY, begun.ceremony, CEREMONY_SECONDS)
    return response


@router.post(f"{PAGE}/passkeys")
async def add_passkey(visit: Proved) -> Response:
    """Keeps the passkey the device made."""
    form = await visit.form()
    if not visit.parts.sign_in.passkeys.is_possible:
        raise NotHere
    try:
        await visit.parts.sign_in.passkeys.finish_registration(
            ceremony_of(visit), visit.viewer.address, form.raw("response"), form.text("name"), visit.actor
        )
    except (SignInRefused, AccountProblem):
        return visit.go(PAGE, "error", "pages.mine.passkey.refused")
    response = visit.go(PAGE, "success", "pages.mine.passkey.added")
    visit.shell.cookies.forget(response, CEREMONY)
    return response


@router.post(f"{PAGE}/passkeys/{{passkey_id}}/rename")
async def rename_passkey(visit: SignedIn, passkey_id: str) -> Response:
    """Another name for a passkey."""
    form = await visit.form()
    if not form.text("name"):
        return await _page(visit, [Mistake(f"name-{passkey_id}", "pages.mine.passkey.nameless")])
    if not await visit.parts.sign_in.passkeys.rename(visit.viewer.address, passkey_id, form.text("name")):
        raise NotHere
    return visit.go(PAGE, "success", "pages.mine.passkey.renamed")


@router.post(f"{PAGE}/passkeys/{{passkey_id}}/remove")
async def remove_passkey(visit: Proved, passkey_id: str) -> Response:
    """A passkey counts no more."""
    if not await visit.parts.sign_in.passkeys.remove(visit.viewer.address, passkey_id, visit.actor):
        raise NotHere
    return visit.go(PAGE, "success", "pages.mine.passkey.removed")


@router.post(f"{PAGE}/password")
async def change_password(visit: Proved) -> Response:
    """Another password; all other browsers are signed out."""
    form = await visit.form()
    if form.raw("new") != form.raw("again"):
        return await _page(visit, [Mistake("again", "pages.mine.password.differs")])
    if not form.raw("old"):
        return await _page(visit, [Mistake("old", "pages.mine.password.old_wrong")])
    try:
        await visit.parts.sign_in.own_password.change(
            visit.viewer.address,
            form.raw("new"),
            visit.client_address,
            old=form.raw("old"),
            except_token=visit.token,
        )
    except NotAllowed as error:
        raise NotHere from error
    except TooManyFailures as error:
        return await _page(visit, [delayed("old", error)])
    except SignInRefused:
        return await _page(visit, [Mistake("old", "pages.mine.password.old_wrong")])
    except PasswordTooWeak as error:
        return await _page(visit, [Mistake("new", f"sign_in.weakness.{error.weakness}")])
    return visit.go(PAGE, "success", "pages.mine.password.changed")


@router.post(f"{PAGE}/language")
async def change_language(visit: SignedIn) -> Response:
    """The language of pages and of the mails we write to them, wherever they sign in."""
    form = await visit.form()
    if form.text("language") not in ("ja", "en"):
        raise NotHere
    particulars = Particulars(language=form.text("language"))
    await visit.write(put_person(visit.parts.settings.office, visit.viewer.address, particulars, visit.actor))
    response = visit.go(PAGE, "success", "pages.mine.language.changed")
    # What was chosen for this browser only would go before it.
    visit.shell.cookies.forget(response, LANGUAGE)
    return response


async def _page(visit: SignedInVisit, mistakes: list[Mistake] | None = None) -> Response:
    ways, address = visit.parts.sign_in, visit.viewer.address
    has_app, _ = await has_second_factor(visit)
    return visit.page(
        "my_sign_in.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        session=visit.session,
        sessions=await ways.sessions.of_person(address),
        has_app=has_app,
        codes_left=await ways.totp.codes_left(address) if has_app else 0,
        passkeys=await ways.passkeys.of_person(address),
        has_passkeys=ways.passkeys.is_possible,
        has_password=await ways.own_password.has_one(address),
        has_role=bool(visit.viewer.person.grants),
    )
