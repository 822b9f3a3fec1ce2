"""Hands a short message to the office's gateway over HTTP, once, and says what became of it.

Guarantees: a message is sent at most once by a call, and nothing is repeated or redirected here; a redirect would carry
the password to an address nobody has set. It is sent over TLS with a verified certificate, or to this machine. Number,
password and words are in no log line and in no exception. The whole of it ends within ``settings.seconds``.

A gateway that answers 2xx has taken the message; what it writes beside that is not read. Proxies that the environment
names are not used.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import structlog

from mailguard.config.hosts import is_safe_url
from mailguard.config.settings import SmsSettings
from mailguard.config.sms_template import HEADER_NAME, HEADER_VALUE, content_type_of, filled, kind_of
from mailguard.model.short_message import ShortMessage

log = structlog.get_logger()

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_PERHAPS_TAKEN = frozenset({408, 502, 504})
"""Refusals that only say that somebody behind the gateway did not answer (RFC 9110 §15.5.9, §15.6.3, §15.6.5)."""


class SmsResult(StrEnum):
    """What became of a short message."""

    ACCEPTED = "accepted"
    """The gateway took it."""
    REFUSED = "refused"
    """It was certainly not sent: the gateway said no, or was not asked."""
    UNKNOWN = "unknown"
    """It may have been sent; it must not be sent again."""


class _Unfit(Exception):
    """The request cannot be made of these settings and this message; the words name no value."""


async def send(message: ShortMessage, settings: SmsSettings, token: str | None) -> SmsResult:
    """Hand it in. ``token``: sent as ``Authorization: Bearer``, None: the headers say what is needed."""
    # Loaded with the first message: most offices have no gateway.
    import httpx2

    began = asyncio.Event()

    async def watch(event: str, _details: Mapping[str, Any]) -> None:
        # From the first octet of the request on, a gateway may act on it whatever becomes of the answer.
        if event.endswith(".send_request_headers.started"):
            began.set()

    status = 0
    try:
        request = _request(message, settings, token)
        context = await asyncio.to_thread(_context, settings)
        # TCP and TLS get a third of the time each: cancelled inside of a handshake, httpcore2 leaves its socket open.
        limits = httpx2.Timeout(settings.seconds, connect=settings.seconds / 3)
        async with asyncio.timeout(settings.seconds):
            # A connection of its own: on one kept from before, a lost answer cannot be told from a closed line.
            async with (
                httpx2.AsyncClient(verify=context, trust_env=False, follow_redirects=False, timeout=limits) as client,
                client.stream(**request, extensions={"trace": watch}) as response,
            ):
                status = response.status_code
                result = _meaning(status)
    except _Unfit as error:
        log.error("short_message_unfit", reason=str(error))
        return SmsResult.REFUSED
    except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, OSError) as error:
        result = SmsResult.UNKNOWN if began.is_set() else SmsResult.REFUSED
        if status:
            # The answer was there; only its end was not.
            result = _meaning(status)
        log.warning("short_message_gateway_failed", reason=type(error).__name__, result=result.value)
        return result
    if result is SmsResult.ACCEPTED:
        log.info("short_message_handed_in", status=status)
    else:
        log.warning("short_message_not_taken", status=status, result=result.value)
    return result


async def reach(settings: SmsSettings) -> str:
    """Open a connection and close it again; nothing is asked of the gateway. The version of TLS; empty: none is used.

    Raises ``OSError`` (``ssl.SSLError`` among them) and ``TimeoutError``.
    """
    parts = urlsplit(settings.url)
    context = await asyncio.to_thread(_context, settings) if parts.scheme == "https" else None
    port = parts.port or (80 if context is None else 443)
    async with asyncio.timeout(settings.seconds):
        _, writer = await asyncio.open_connection(parts.hostname, port, ssl=context)
    try:
        secured: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
        return "" if secured is None else secured.version() or ""
    finally:
        writer.close()


def _meaning(status: int) -> SmsResult:
    if 200 <= status < 300:
        return SmsResult.ACCEPTED
    return SmsResult.UNKNOWN if status in _PERHAPS_TAKEN else SmsResult.REFUSED


def _request(message: ShortMessage, settings: SmsSettings, token: str | None) -> dict[str, Any]:
    """Arguments of the request. Raises ``_Unfit``."""
    if not is_safe_url(settings.url):
        raise _Unfit("the gateway's address is neither https nor on this machine")
    values = {"phone": message.phone, "password": message.password, "office": message.office, "text": message.text}
    if any(_CONTROL.search(value) for value in values.values()):
        raise _Unfit("a value holds a control character")
    content_type = content_type_of(settings.headers, settings.body)
    headers = {name: filled(value, values) for name, value in settings.headers.items()}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = content_type
    if token is not None:
        headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        headers["Authorization"] = f"Bearer {token}"
    if not all(HEADER_NAME.fullmatch(name) and HEADER_VALUE.fullmatch(value) for name, value in headers.items()):
        raise _Unfit("a header field would hold something else than printable ASCII")
    body = filled(settings.body, values, kind_of(content_type))
    return {"method": settings.method, "url": settings.url, "headers": headers, "content": body.encode("utf-8")}


def _context(settings: SmsSettings) -> ssl.SSLContext:
    """Reads certificate files. Raises ``OSError`` where they cannot be used."""
    context = ssl.create_default_context(cafile=None if settings.ca_file is None else str(settings.ca_file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
