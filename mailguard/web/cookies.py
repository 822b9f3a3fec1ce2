"""Our cookies: which, and with which marks.

Over HTTPS the session's is ``__Host-mailguard``: browsers take it only from this host, by HTTPS, for all paths. On
plain HTTP, which is for this machine only, browsers would refuse that name.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response


class Cookies:
    """Sets and reads them. All are HttpOnly, SameSite=Lax and for the whole host."""

    def __init__(self, *, is_https: bool) -> None:
        self._is_https = is_https
        self.session_name = "__Host-mailguard" if is_https else "mailguard"

    def session_of(self, request: Request) -> str:
        """The session's token; "" for none."""
        return request.cookies.get(self.session_name, "")

    def begin_session(self, response: Response, token: str) -> None:
        """Hand out a session; it ends with the browser at the latest."""
        self.put(response, self.session_name, token, None)

    def end_session(self, response: Response) -> None:
        """Take the session back."""
        self.forget(response, self.session_name)

    def put(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        """Set a cookie for so long; None: until the browser ends."""
        response.set_cookie(
            name, value, max_age=seconds, path="/", secure=self._is_https, httponly=True, samesite="lax"
        )

    def forget(self, response: Response, name: str) -> None:
        """Remove a cookie."""
        response.delete_cookie(name, path="/", secure=self._is_https, httponly=True, samesite="lax")
