"""``/events``: a stream that says "something changed" to an open page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from mailguard.web.hub import Hub
from mailguard.web.visit import EVENTS, Anyone

STREAM_SECONDS = 600.0
"""Then the browser connects again and must still be signed in."""


def router_of(hub: Hub) -> APIRouter:
    """The route, told by ``hub``."""
    router = APIRouter()

    @router.get(EVENTS)
    async def events(visit: Anyone) -> Response:
        if visit.session is None:
            # No redirect: what asks is a script, and a sign-in page is no stream. 204 tells it to stop asking.
            return Response(status_code=204)
        if hub.is_full:
            return Response(status_code=503, headers={"retry-after": "60"})
        # A proxy that gathers an answer before it passes it on would keep the hint until it is worth nothing.
        headers = {"x-accel-buffering": "no"}
        return StreamingResponse(hub.stream(STREAM_SECONDS), media_type="text/event-stream", headers=headers)

    return router
