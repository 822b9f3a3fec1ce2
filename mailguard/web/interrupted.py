"""A form that came when its sender's session was over: nothing was done, and nothing that was typed is lost.

The page that answers holds the fields, and sends the same form again once they have signed in beside it. What is
secret, and files, must be given anew.
"""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from mailguard.web.visit import Visit, words_only

SECRET = frozenset({"password", "old", "new", "again", "code", "response"})
"""Fields for passwords, codes and answers of a device. A test looks for others."""


async def interrupted(request: Request, sign_in: str) -> Response:
    """The page. ``sign_in``: where to."""
    visit = words_only(request)
    # 403: a 401 would have to name a way to sign in that browsers know (RFC 9110 §15.5.2).
    return visit.page("interrupted.html", status=403, fields=await _kept(visit), sign_in=sign_in)


async def _kept(visit: Visit) -> list[tuple[str, str]] | None:
    """The fields that can be sent again; None where a file was among them, or a secret."""
    if not visit.request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None if visit.request.headers.get("content-type") else []
    form = await visit.form()
    names = form.names()
    return None if SECRET.intersection(names) else [(name, value) for name in names for value in form.texts(name)]
