"""What the pages can do, for programs: JSON under ``/api/v1``, by bearer tokens alone (``accounts.tokens``).

A program acts for the person whose token it has, on their own mail, and beyond it with the rights the token names as
long as they are the person's. Acts are the works behind the pages, with the same permissions and the same questions
before a dangerous release. A mail that is not to be seen is not there (404). Errors: ``problems``.
"""

from functools import cache
from typing import Any

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from mailguard.web.api import acting, mails, office, passwords, queue
from mailguard.web.api.access import Bearer
from mailguard.web.api.description import described

PREFIX = "/api/v1"

_ROUTERS = (mails.router, acting.router, passwords.router, queue.router, office.router)

_description = APIRouter()


@cache
def document() -> dict[str, Any]:
    """The API as OpenAPI."""
    return described(_ROUTERS, PREFIX)


@_description.get("/openapi.json", include_in_schema=False)
async def _describe(_visit: Bearer) -> Response:
    return JSONResponse(document())


def router() -> APIRouter:
    """Every route of the API."""
    whole = APIRouter(prefix=PREFIX)
    for one in (*_ROUTERS, _description):
        whole.include_router(one)
    return whole


__all__ = ["PREFIX", "document", "router"]
