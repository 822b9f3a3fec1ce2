"""One request of somebody: who they are, which language they read, and how they are answered.

A route takes a ``Visit`` by one of these: ``Anyone``; ``SignedIn``, which sends others to the sign-in page and back;
``Depends(having(Right.X))``, which answers everybody without that right as if the page were not there, and sends those
whose role has it to the second factor where this session proved only one thing.

A visit by GET or HEAD cannot write: ``write`` is refused there, so a page that only shows cannot change anything, who
or whatever fetches it (link scanners do). An id that is unknown and one that is somebody else's are answered alike:
raise ``NotHere``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from sqlalchemy import Connection
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from mailguard.accounts.sessions import SessionInfo
from mailguard.hold.awaiting import count_awaiting
from mailguard.i18n import Language
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Right, Viewer
from mailguard.sealing import SecretBox
from mailguard.store import Work
from mailguard.web import flashes, places
from mailguard.web.cookies import Cookies
from mailguard.web.flashes import Flash, Level
from mailguard.web.forms import Form
from mailguard.web.language import language_of
from mailguard.web.list_query import Back, back_in
from mailguard.web.navigation import navigation_of
from mailguard.web.parts import WebParts
from mailguard.web.rendering import Renderer

T = TypeVar("T")
EVENTS = "/events"
FIELDS_MAX = 2000
"""Fields of a form: a mail may have a thousand recipients, each with a box to tick."""


class NotHere(HTTPException):
    """There is no such page for this person: unknown, somebody else's, or of a role they do not have."""

    def __init__(self) -> None:
        super().__init__(404)


class SignInNeeded(Exception):
    """Somebody who is not signed in, or with too little proved, asked for a page that needs it. ``is_nobody``: there
    is no session, perhaps any more.
    """

    def __init__(self, path: str, *, is_nobody: bool = False) -> None:
        super().__init__(path)
        self.path = path
        self.is_nobody = is_nobody


@dataclass(frozen=True)
class Shell:
    """What is made once for all requests."""

    parts: WebParts
    renderer: Renderer
    cookies: Cookies
    flash_box: SecretBox


@dataclass(frozen=True)
class Visit:
    """A request. ``session`` and ``viewer`` are None for somebody who is not signed in."""

    request: Request
    shell: Shell
    language: Language
    session: SessionInfo | None = None
    viewer: Viewer | None = None

    @property
    def parts(self) -> WebParts:
        """The parts of the service."""
        return self.shell.parts

    @property
    def client_address(self) -> str:
        """Where the request came from; "" where that is not known."""
        return "" if self.request.client is None else self.request.client.host

    @property
    def token(self) -> str:
        """The session's word in this browser's cookie; "" for none."""
        return self.shell.cookies.session_of(self.request)

    @property
    def is_partial(self) -> bool:
        """Whether a part of a page is asked for, by htmx."""
        return self.request.headers.get("hx-request") == "true"

    async def read(self, reading: Callable[[Connection], T]) -> T:
        """What ``reading`` finds."""
        return await self.parts.store.read(reading)

    async def write(self, work: Work[T]) -> T:
        """The work's result, once it is on disk. Only where the request may change something."""
        assert self.request.method not in {"GET", "HEAD"}, "a page that is only looked at changes nothing"
        return await self.parts.store.write(work)

    async def form(self) -> Form:
        """The fields of the form that was sent."""
        sent = await self.request.form(max_files=0, max_fields=FIELDS_MAX)
        pairs = [(name, value) for name, value in sent.multi_items() if not isinstance(value, UploadFile)]
        return Form(pairs)

    async def upload(self, name: str) -> bytes:
        """The octets of the one file a form sent under that name; none where there is none."""
        async with self.request.form(max_files=1, max_fields=FIELDS_MAX) as sent:
            found = sent.get(name)
            return await found.read() if isinstance(found, UploadFile) else b""

    def page(self, name: str, *, block: str | None = None, status: int = 200, **values: Any) -> HTMLResponse:
        """The page of a template, or one block of it. What every page has (below) need not be given."""
        given = self.request.cookies.get(flashes.COOKIE, "") if block is None else ""
        shown = {**self._surroundings(given), **values}
        response = HTMLResponse(self.shell.renderer.render(name, shown, block), status)
        response.headers["content-language"] = self.language
        response.headers["vary"] = "Cookie, Accept-Language, HX-Request"
        if given:
            self.shell.cookies.forget(response, flashes.COOKIE)
        return response

    def go(self, path: str, level: Level | None = None, key: str = "", **values: str | int) -> RedirectResponse:
        """To another page after an action (303), which says ``key`` on top where a ``level`` is given. Pages of a mail
        keep the way back.
        """
        response = RedirectResponse(self.back.kept_in(path), 303)
        if level is not None:
            word = flashes.sealed(Flash(level, key, values), self.shell.flash_box)
            self.shell.cookies.put(response, flashes.COOKIE, word, flashes.KEEP_SECONDS)
        return response

    @property
    def back(self) -> Back:
        """The list somebody came to this mail from; their own mails for any other page."""
        return back_in(self.request.query_params.get("back", ""))

    def _surroundings(self, flash: str) -> dict[str, Any]:
        path = self.request.url.path
        asked = f"{path}?{self.request.url.query}" if self.request.url.query else path
        return {
            "language": self.language,
            "office": self.parts.settings.office,
            "viewer": self.viewer,
            "navigation": navigation_of(self.viewer, path),
            "approvals_wanted": self.awaited if isinstance(self, SignedInVisit) else 0,
            "flash": flashes.opened(flash, self.shell.flash_box) if flash else None,
            "here": asked,
            "is_answer": self.request.method == "POST",
            "back": self.back,
            "mistakes": [],
        }


@dataclass(frozen=True)
class SignedInVisit(Visit):
    """A request of somebody who is signed in."""

    session: SessionInfo
    viewer: Viewer
    awaited: int = 0
    """Mails that wait for their approval, on pages that are looked at."""

    @property
    def actor(self) -> Actor:
        """As whom their acts are recorded."""
        return Actor(ActorKind.PERSON, self.viewer.address)


async def _anyone(request: Request) -> Visit:
    shell: Shell = request.app.state.shell
    token = shell.cookies.session_of(request)
    is_background = "x-background" in request.headers or request.url.path == EVENTS
    found = await shell.parts.sign_in.sessions.viewer_of(token, is_background=is_background) if token else None
    session, viewer = (None, None) if found is None else found
    language = language_of(
        request, shell.parts.settings.office.language, "" if viewer is None else viewer.person.language
    )
    if session is None or viewer is None:
        return Visit(request, shell, language)
    return SignedInVisit(request, shell, language, session, viewer)


Anyone = Annotated[Visit, Depends(_anyone)]


async def _signed_in(visit: Anyone) -> SignedInVisit:
    if not isinstance(visit, SignedInVisit):
        raise SignInNeeded(places.with_next(places.SIGN_IN, _asked(visit.request)), is_nobody=True)
    if visit.request.method != "GET" or visit.request.url.path == EVENTS:
        return visit
    parts, viewer, now = visit.parts, visit.viewer, visit.parts.clock.now()
    awaited = await visit.read(lambda reader: count_awaiting(parts.spool, reader, viewer, now))
    return replace(visit, awaited=awaited)


SignedIn = Annotated[SignedInVisit, Depends(_signed_in)]


def having(*rights: Right) -> Callable[[SignedInVisit], Awaitable[SignedInVisit]]:
    """A dependency: somebody with one of the rights, over the whole office or a department."""

    async def allowed(visit: SignedIn) -> SignedInVisit:
        if any(holds(visit.viewer, right) for right in rights):
            return visit
        if any(holds(replace(visit.viewer, has_second_factor=True), right) for right in rights):
            raise SignInNeeded(places.with_next(places.SECOND_FACTOR, _asked(visit.request)))
        raise NotHere

    return allowed


def holds(viewer: Viewer, right: Right) -> bool:
    """Whether they have the right over anything at all."""
    return viewer.departments(right) != frozenset()


def _asked(request: Request) -> str:
    """Where to go back to: a form that was sent is not sent again, and a part of a page is no place by itself."""
    if request.method != "GET":
        return places.HOME
    around = request.headers.get("hx-current-url", "")
    if around:
        return places.path_in(around)
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def words_only(request: Request) -> Visit:
    """A visit for a page about an error: it asks the store nothing, because that may be what failed."""
    shell: Shell = request.app.state.shell
    return Visit(request, shell, language_of(request, shell.parts.settings.office.language))
