"""The office's real server as far as sign-in goes: aiosmtpd on a real socket, with TLS and passwords a test sets."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class SignInServer:
    """Takes the passwords in ``people``; ``reply`` replaces the answer to every AUTH. Use as an async context.

    ``asked`` counts AUTH commands that came with a name and password.
    """

    def __init__(self, certificate: Path, key: Path, *, tls: str = "starttls") -> None:
        self.people: dict[str, str] = {}
        self.reply: str | None = None
        self.asked = 0
        self.port = 0
        self._tls = tls
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> SignInServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the port of last time if there was one."""
        self._server = await asyncio.get_running_loop().create_server(
            self._session, "127.0.0.1", self.port, ssl=self._context if self._tls == "implicit" else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be away: connections are refused."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _session(self) -> SMTP:
        return SMTP(
            _Nothing(),
            authenticator=self._authenticate,
            tls_context=self._context if self._tls == "starttls" else None,
            # aiosmtpd does not see TLS that stood before its first octet.
            auth_require_tls=self._tls == "starttls",
            hostname="mail.example.jp",
        )

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        self.asked += 1
        assert isinstance(data, LoginPassword)
        if self.reply is not None:
            return AuthResult(success=False, handled=False, message=self.reply)
        return AuthResult(success=self.people.get(data.login.decode()) == data.password.decode(), handled=False)


class _Nothing:
    """Takes no mail."""
