"""The API described as OpenAPI, for whoever holds a token or is signed in: what an office can do is its own affair."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI

from mailguard import __version__


def described(routers: tuple[APIRouter, ...], prefix: str) -> dict[str, Any]:
    """The document of these routers."""
    app = FastAPI(title="mailguard", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        app.include_router(router, prefix=prefix)
    document = app.openapi()
    document["components"]["schemas"]["Problem"] = _PROBLEM
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"] |= _ERRORS
    return document


_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457. `code` is stable; `detail` is for people and reveals no cause.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {name: {"type": "string"} for name in ("type", "title", "code", "detail")}
    | {"status": {"type": "integer"}},
}
_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_ERRORS = {
    status: {"description": words, "content": _CONTENT}
    for status, words in {
        "400": "The request cannot be read.",
        "401": "No token that counts.",
        "403": "Not allowed with this token, to this person, or by the office's rules.",
        "404": "Unknown, or of somebody else.",
        "409": "The mail has moved on; look at it again.",
        "410": "The content of the mail was deleted when its time was over.",
        "413": "Too large.",
        "422": "Not as described here, or not possible with this mail.",
        "503": "Please try again in a few minutes.",
    }.items()
}
