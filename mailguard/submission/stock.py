"""Every touch on aiosmtpd's own parts, and nothing else.

aiosmtpd 1.4.6 speaks the AUTH dialogue (PLAIN and LOGIN, initial responses, cancelling, base64) well, and that is
used as it is. Its per-connection set-up by introspection, its task and timer per connection, its command loop, DATA
reader, exception handling and logging are replaced (reliability: empty lines cost 80 times their size, a bare LF
ends a command, every exception is answered 500 with its text, senders and passwords are logged). STARTTLS goes through
the event loop's own ``start_tls``, which asyncio and uvloop both have, instead of asyncio's private SSL protocol.

``TOUCHES`` names what is relied on; a test looks at each, so that another release fails there and nowhere else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, Session

TOUCHES = (
    "SMTP.auth_PLAIN",
    "SMTP.auth_LOGIN",
    "SMTP.challenge_auth",
    "SMTP._authenticate",
    "SMTP.push",
    "SMTP.AuthLoginUsernameChallenge",
    "SMTP.AuthLoginPasswordChallenge",
    "SMTP.session",
    "SMTP._reader",
    "Session.peer",
    "AuthResult.success",
    "AuthResult.auth_data",
    "LoginPassword.login",
    "LoginPassword.password",
    "mail.log",
)


def silence_stock_log() -> None:
    """Nothing of ``mail.log`` is ever written: it holds commands, senders, recipients and AUTH exchanges."""
    stock = logging.getLogger("mail.log")
    stock.handlers.clear()
    stock.propagate = False
    stock.disabled = True
    if _say_nothing not in stock.filters:
        # A filter survives what clears ``disabled``, such as a logging configuration that names the logger.
        stock.addFilter(_say_nothing)


def _say_nothing(_record: logging.LogRecord) -> bool:
    return False


class _Lines:
    """What aiosmtpd's dialogue reads from, in place of its stream reader."""

    def __init__(self, next_line: Callable[[], Awaitable[bytes]]) -> None:
        self._next_line = next_line

    async def readline(self) -> bytes:
        return await self._next_line()


class StockSmtp(SMTP):
    """aiosmtpd's SMTP without its set-up: what is left is its AUTH dialogue. The rest is in the subclasses."""

    # What mail programs know; the stock texts end in a NUL.
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # SMTP.__init__ is left out on purpose: 0.3 ms of introspection a connection for tables that never change.
        self.loop = loop
        self.transport: Any = None
        self.session: Any = None
        self._reader: Any = None

    def __del__(self) -> None:
        """Nothing to clean up: the stock version looks for what only the stock set-up makes."""

    def _write_reply(self, reply: bytes) -> None:
        raise NotImplementedError

    async def _next_line(self) -> bytes:
        raise NotImplementedError

    async def push(self, status: str | bytes) -> None:
        """What aiosmtpd's dialogue says goes out like every other reply."""
        self._write_reply((status.encode("ascii") if isinstance(status, str) else status) + b"\r\n")

    def _authenticate(self, mechanism: str, auth_data: Any) -> AuthResult:
        # The stock call is synchronous; a password check is not. So the dialogue only brings what was said.
        return AuthResult(success=True, auth_data=auth_data)

    async def _ask_credentials(self, mechanism: str, initial: list[str]) -> tuple[bytes, bytes] | None:
        """User name and password as the client said them; None when the dialogue ended with a reply of its own."""
        self.session = Session(self.loop)
        self._reader = _Lines(self._next_line)
        dialogue = self.auth_PLAIN if mechanism == "PLAIN" else self.auth_LOGIN
        result = await dialogue(self, [mechanism, *initial])
        said = result.auth_data
        return (said.login, said.password) if result.success and isinstance(said, LoginPassword) else None
