"""Errors as programs read them: RFC 9457 with a stable ``code``, and words in English that reveal no cause.

``code`` is what a program decides by and does not change; ``title`` and ``detail`` are for whoever reads a log of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse, Response

from mailguard.i18n import CATALOGUES

MEDIA_TYPE = "application/problem+json"
INVALID_MAX = 20
"""Mistakes of a request that are named."""


class ApiProblem(Exception):
    """What a request cannot have, and why. ``more`` are members of the answer beyond those every problem has."""

    def __init__(
        self, status: int, code: str, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.more = more


def problem(
    status: int, code: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """The answer. Without ``detail`` the words are those of the code."""
    english = CATALOGUES["en"]
    words = detail or english.get(f"api.problem.{code}") or english.get(f"pages.error.{code}.what", "")
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code, "detail": words}
    return JSONResponse({**body, **more}, status, dict(headers or {}), media_type=MEDIA_TYPE)


def invalid(errors: Sequence[Mapping[str, Any]]) -> Response:
    """A request that is not as described: where, and what kind of mistake, without what was sent."""
    named = [{"at": ".".join(str(step) for step in one["loc"]), "kind": one["type"]} for one in errors[:INVALID_MAX]]
    return problem(422, "invalid", invalid=named)
