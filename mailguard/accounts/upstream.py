"""Whether the office's real server takes a name and password: AUTH tried there, over verified TLS.

Errors: ``SignInUnavailable`` for everything but a clear yes or no: not reachable, no TLS, no AUTH, "try later", or a
reply that is not about the password. The password is sent only after TLS stands, unless the settings say ``none``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from mailguard.config import UpstreamAuthSettings
from mailguard.errors import SignInUnavailable
from mailguard.model.address import comparable_domain

TRY_SECONDS = 20.0
"""For connection, TLS and AUTH together; a mail program waits for our answer meanwhile."""
AT_ONCE = 8
"""Connections at one time: real servers count them per client, and all of ours come from one."""
QUEUE_MAX = 64
_REFUSALS = frozenset({534, 535})
"""RFC 4954 §6: 535 credentials invalid, 534 these credentials need another way (an app password, most often)."""


class UpstreamServer:
    """The real server. ``hostname`` is what we call ourselves there."""

    def __init__(self, settings: UpstreamAuthSettings, hostname: str) -> None:
        self._settings = settings
        self._hostname = comparable_domain(hostname)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._under_way = 0
        self._context: ssl.SSLContext | None = None

    async def confirms(self, username: str, password: str) -> bool:
        """Whether the server takes them: True or False, and ``SignInUnavailable`` where it does not say."""
        return await self._asked(lambda client: _sign_in(client, username.encode(), password.encode()))

    async def check(self) -> None:
        """Whether the server could be asked: reachable, TLS verified, AUTH offered. Raises ``SignInUnavailable``."""
        await self._asked(_offers_sign_in)

    async def _asked(self, ask: Callable[[SMTP], Awaitable[bool]]) -> bool:
        if self._under_way >= AT_ONCE + QUEUE_MAX:
            raise SignInUnavailable("too many sign-ins wait for the real server")
        self._under_way += 1
        try:
            async with asyncio.timeout(TRY_SECONDS), self._gate:
                return await self._connected(ask)
        except TimeoutError as error:
            raise SignInUnavailable(f"the real server did not answer within {TRY_SECONDS:g} s") from error
        except (OSError, SMTPException, ValueError) as error:
            raise SignInUnavailable(f"the real server cannot be asked: {_why(error)}") from error
        finally:
            self._under_way -= 1

    async def _connected(self, ask: Callable[[SMTP], Awaitable[bool]]) -> bool:
        settings = self._settings
        client = SMTP(
            hostname=settings.host,
            port=settings.port,
            local_hostname=self._hostname,
            timeout=TRY_SECONDS,
            use_tls=settings.tls == "implicit",
            start_tls=False,
            tls_context=await self._tls_context(),
        )
        try:
            await client.connect()
            await client.ehlo()
            if settings.tls == "starttls":
                await client.starttls()
                await client.ehlo()
            return await ask(client)
        finally:
            client.close()

    async def _tls_context(self) -> ssl.SSLContext | None:
        if self._context is None and self._settings.tls != "none":
            authority = self._settings.ca_file
            self._context = await asyncio.to_thread(
                ssl.create_default_context, cafile=None if authority is None else str(authority)
            )
        return self._context


async def _offers_sign_in(client: SMTP) -> bool:
    if not {"plain", "login"} & set(client.server_auth_methods):
        raise SignInUnavailable("the real server offers neither AUTH PLAIN nor LOGIN")
    return True


async def _sign_in(client: SMTP, username: bytes, password: bytes) -> bool:
    await _offers_sign_in(client)
    try:
        if "plain" in client.server_auth_methods:
            await client.auth_plain(username, password)
        else:
            await client.auth_login(username, password)
    except SMTPAuthenticationError as error:
        if error.code in _REFUSALS:
            return False
        raise SignInUnavailable(f"the real server answers AUTH with {error.code}") from error
    return True


def _why(error: Exception) -> str:
    """What went wrong, without words that may repeat what was sent."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted ({cause.verify_message})"
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        cause = cause.__cause__
    return type(error).__name__
