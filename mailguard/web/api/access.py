"""One request of a program: whose token it sent, and which mail it may see.

Only ``Authorization: Bearer`` counts; a cookie is not looked at, so that no browser can be made to send one here. A
token that is unknown, over or of somebody disabled is answered alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection

from mailguard.accounts.tokens import viewer_with
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.people import Right, Viewer
from mailguard.store import Work
from mailguard.web.api.problems import ApiProblem
from mailguard.web.one_mail import OpenedMail, read_one
from mailguard.web.parts import WebParts
from mailguard.web.visit import Shell

T = TypeVar("T")

_bearer = HTTPBearer(auto_error=False, description="A token made under 'API tokens' of the pages.")


@dataclass(frozen=True)
class ApiVisit:
    """A program's request. ``viewer`` has no more rights than the token names."""

    parts: WebParts
    viewer: Viewer

    @property
    def actor(self) -> Actor:
        """As whom its acts are recorded: the person whose token it is."""
        return Actor(ActorKind.PERSON, self.viewer.address)

    async def read(self, reading: Callable[[Connection], T]) -> T:
        """What ``reading`` finds."""
        return await self.parts.store.read(reading)

    async def mail(self, queue_id: str) -> OpenedMail:
        """The mail as it stands now. Raises ``NotHere`` where there is none that it may see."""
        return await self.read(lambda reader: read_one(self.parts, reader, self.viewer, queue_id))

    async def write(self, work: Work[T]) -> T:
        """The work's result, once it is on disk."""
        return await self.parts.store.write(work)


async def _visit(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> ApiVisit:
    shell: Shell = request.app.state.shell
    parts = shell.parts
    token = None if credentials is None else await parts.sign_in.tokens.of(credentials.credentials)
    if token is None:
        raise ApiProblem(401, "token", headers={"www-authenticate": "Bearer"})
    now = parts.clock.now()
    viewer = await parts.store.read(lambda reader: viewer_with(reader, token, now))
    return ApiVisit(parts, viewer)


Bearer = Annotated[ApiVisit, Depends(_visit)]


def office_wide(right: Right) -> Callable[[ApiVisit], Awaitable[ApiVisit]]:
    """A dependency: a token with the right over the whole office."""

    async def allowed(visit: Bearer) -> ApiVisit:
        if not visit.viewer.has(right):
            raise ApiProblem(403, "right_missing", right=right.value)
        return visit

    return allowed
