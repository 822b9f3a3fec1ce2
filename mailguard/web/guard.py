"""What stands around every request, whatever answers it: headers, limits, where it came from, and a last net.

Guarantees, for every answer and every error: the security headers below; no page is stored by a browser or proxy, but
for static files under their content's hash; a body over the limit is refused with 413 before it is read to its end; a
request that would change something and was not made by one of our own pages is refused with 403 (below); HEAD is
answered as GET without its body. What nobody foresaw is logged by its class and answered with a page in words.

Where a request came from: browsers say so in ``Sec-Fetch-Site``; older ones and other programs say it in ``Origin``.
Without either it is refused. ``/api/`` takes no cookies, so that nobody can be made to send one there, and asks for
neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Network, IPv6Network, ip_address
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailguard.config.hosts import is_loopback

log = structlog.get_logger()

Networks = list[IPv4Network | IPv6Network]
Refuse = Callable[[Scope, int, str], Awaitable[Response]]
"""Makes the answer that refuses a request: scope, status, and the key of its words."""

BODY_MAX_BYTES = 1024 * 1024
API = "/api/"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
WITH_MAIL_FRAME = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
"""For a page that shows a mail's own page in a frame."""

_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), "
        "publickey-credentials-get=(self), publickey-credentials-create=(self)"
    ),
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
    "cache-control": "no-store",
}
_HSTS = "max-age=31536000"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """The outermost application. ``public_url`` is empty where the office has not named one."""

    def __init__(self, app: ASGIApp, refuse: Refuse, public_url: str, proxies: Networks, *, is_https: bool) -> None:
        self._app = app
        self._refuse = refuse
        self._origin = origin_of(public_url)
        self._host = urlsplit(public_url).netloc.lower()
        self._proxies = proxies
        self._headers = _HEADERS | ({"strict-transport-security": _HSTS} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            # No lifespan is asked for, and there are no websockets.
            return
        answer = _Answer(send, self._headers, is_head=scope["method"] == "HEAD")
        headers = Headers(scope=scope)
        scope = {**scope, "client": self._client(scope, headers), "request_id": secrets.token_hex(8)}
        if scope["method"] == "HEAD":
            scope["method"] = "GET"
        try:
            refusal = self._refusal(scope, headers)
            if refusal is not None:
                response = await self._refuse(scope, *refusal)
                await response(scope, receive, answer.send)
            else:
                await self._app(scope, _limited(receive), answer.send)
        except ClientDisconnect:
            return
        except Exception as error:
            log.error(
                "request_failed",
                request_id=scope["request_id"],
                route=route_of(scope),
                method=scope["method"],
                exc_info=error,
            )
            if not answer.is_begun:
                await Response(status_code=500)(scope, receive, answer.send)

    def _client(self, scope: Scope, headers: Headers) -> tuple[str, int] | None:
        """Who asks: what the last proxy that is ours says, reading from our side."""
        client: tuple[str, int] | None = scope.get("client")
        if client is None or not _is_among(client[0], self._proxies):
            return client
        for hop in reversed([part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]):
            try:
                address = str(ip_address(hop))
            except ValueError:
                return client
            client = (address, 0)
            if not _is_among(address, self._proxies):
                break
        return client

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        """Status and words where the request is not to be looked at; None where it is."""
        try:
            too_long = int(headers.get("content-length", "0")) > BODY_MAX_BYTES
        except ValueError:
            return 400, "bad_request"
        if too_long:
            return 413, "too_large"
        if not self._is_our_host(headers.get("host", "")):
            return 421, "other_host"
        is_ours = scope["method"] in _SAFE or scope["path"].startswith(API) or self._is_own_page(scope, headers)
        return None if is_ours else (403, "other_site")

    def _is_our_host(self, host: str) -> bool:
        """Whether the name is ours: another one is a page somewhere that had its name point here (DNS rebinding)."""
        return not self._host or host.lower() == self._host or is_loopback(_without_port(host))

    def _is_own_page(self, scope: Scope, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site == "same-origin"
        origin = headers.get("origin", "").lower()
        own = {self._origin, f"{scope['scheme']}://{headers.get('host', '').lower()}"} - {""}
        return origin in own


class _Answer:
    """Passes an answer on with the headers every answer has; of HEAD only its head."""

    def __init__(self, send: Send, headers: dict[str, str], *, is_head: bool) -> None:
        self._send = send
        self._headers = headers
        self._is_head = is_head
        self._is_ended = False
        self.is_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_begun = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers.setdefault(name, value)
        elif self._is_head:
            if not self._is_ended:
                self._is_ended = True
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
            if message.get("more_body"):
                # Whoever streams would do so for nobody.
                raise ClientDisconnect
            return
        await self._send(message)


def _limited(receive: Receive) -> Receive:
    received = 0

    async def limited() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > BODY_MAX_BYTES:
                raise HTTPException(413)
        return message

    return limited


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL as a browser writes them; "" for none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""


def route_of(scope: Scope) -> str:
    """The route's pattern, for logs: a path may hold a token. "" where no route answered."""
    return str(getattr(scope.get("route"), "path", ""))


def is_within(client: tuple[str, int] | None, networks: Networks) -> bool:
    """Whether the client is in one of the networks; a client without an address (a socket file) is in none."""
    return client is not None and _is_among(client[0], networks)


def _is_among(address: str, networks: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def _without_port(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
