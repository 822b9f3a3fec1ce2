"""What people read when something is not as it should be: what happened, and what they can do. Never a cause.

Programs that asked below ``/api/`` get it as ``web.api.problems`` says. A script that asked for a part of a page is
sent to the sign-in page as a whole.
"""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from mailguard.errors import ContentDestroyed, MailguardError, NotAllowed, StaleState, UnknownMail
from mailguard.web.api.problems import ApiProblem, invalid, problem
from mailguard.web.guard import API
from mailguard.web.interrupted import interrupted
from mailguard.web.visit import SignInNeeded, words_only

WORDS = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_here",
    405: "method",
    409: "stale",
    410: "gone",
    413: "too_large",
    422: "bad_request",
    429: "too_often",
    500: "unexpected",
    503: "unavailable",
}


class Errors:
    """The application's answers to errors."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def register(self) -> None:
        """Have the application use them."""
        app = self._app
        app.add_exception_handler(HTTPException, _http)
        app.add_exception_handler(RequestValidationError, _invalid)
        app.add_exception_handler(SignInNeeded, _sign_in_needed)
        app.add_exception_handler(MailguardError, _ours)
        app.add_exception_handler(ApiProblem, _api_problem)
        app.add_exception_handler(Exception, _unexpected)

    async def refuse(self, scope: Scope, status: int, words: str) -> Response:
        """The answer of the guard."""
        return answer(Request({**scope, "app": self._app}), status, words)


def answer(
    request: Request, status: int, words: str = "", headers: dict[str, str] | None = None, told: str = ""
) -> Response:
    """The page, or the JSON, for a status; ``words`` where they are others than the status has.

    ``told``: what a program is told instead of them, as ``MailguardError.public``.
    """
    key = words or WORDS.get(status, "bad_request" if status < 500 else "unexpected")
    if request.url.path.startswith(API):
        return problem(status, key, told, headers)
    visit = words_only(request)
    page = visit.page("error.html", status=status, key=key, status_code=status, reference=_reference(request))
    page.headers.update(headers or {})
    return page


def _reference(request: Request) -> str:
    """By which an administrator finds it in the log."""
    return str(request.scope.get("request_id", ""))


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    page = _page_of(request) if error.status_code == 405 and request.method == "GET" else ""
    if page:
        return RedirectResponse(page, 303)
    return answer(request, error.status_code, headers=dict(error.headers or {}))


def _page_of(request: Request) -> str:
    """The page around a path that only takes forms, for a browser that opens it again: a tab that is restored, or the
    language switched where a form came back with mistakes; "" for none.
    """
    path = request.url.path
    while not path.startswith(API) and (path := path.rpartition("/")[0]):
        asked = {**request.scope, "path": path}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            return path
    return ""


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return invalid(error.errors()) if request.url.path.startswith(API) else answer(request, 422)


async def _api_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiProblem)
    return problem(error.status, error.code, error.detail, error.headers, **error.more)


async def _sign_in_needed(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"hx-redirect": error.path})
    if request.method == "POST" and error.is_nobody:
        return await interrupted(request, error.path)
    return RedirectResponse(error.path, 303)


async def _ours(request: Request, error: Exception) -> Response:
    match error:
        case UnknownMail():
            return answer(request, 404)
        case StaleState():
            return answer(request, 409, told=error.public)
        case NotAllowed():
            return answer(request, 403, told=error.public)
        case ContentDestroyed():
            return answer(request, 410, told=error.public)
        case MailguardError(temporary=True):
            return answer(request, 503, told=error.public)
        case _:
            raise error


async def _unexpected(request: Request, _error: Exception) -> Response:
    return answer(request, 500)
