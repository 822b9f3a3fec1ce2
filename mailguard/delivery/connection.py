"""Opens connections to one next hop: connect, greeting, EHLO, STARTTLS, EHLO, AUTH; all of it by aiosmtplib.

Whatever goes wrong here is temporary for every mail: it says something about the next hop or our settings for it, and a
mail must not bounce because the relay's own login broke. Where TLS is required nothing but EHLO and STARTTLS is ever
said in clear, and where it is offered but fails there is no way back to a clear connection.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from typing import cast

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPConnectResponseError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
)

from mailguard.config import NextHopSettings
from mailguard.delivery.credentials import Credentials, NoCredentials
from mailguard.delivery.link import Link
from mailguard.delivery.replies import no_reply, reply_of
from mailguard.delivery.trust import client_context, is_pinned
from mailguard.errors import MailguardError
from mailguard.model.address import comparable_domain
from mailguard.model.delivery import Reply

_COMMAND_UNKNOWN = frozenset({500, 501, 502, 503, 504, 550})


class NotOpened(MailguardError):
    """There is no connection to the next hop. ``reply`` is what it said, or our words for what happened."""

    public = "The next mail server cannot be reached right now"

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.text)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server says it can do. ``size_max`` is octets, None where it names no limit (RFC 1870 §3)."""

    pipelining: bool = False
    eight_bit_mime: bool = False
    smtputf8: bool = False
    dsn: bool = False
    size: bool = False
    size_max: int | None = None

    @classmethod
    def of(cls, extensions: dict[str, str]) -> Offer:
        """From EHLO keywords in lower case with their parameters."""
        size = extensions.get("size", "").strip()
        size_max = int(size) if size.isascii() and size.isdigit() and len(size) <= 20 else 0
        return cls(
            pipelining="pipelining" in extensions,
            eight_bit_mime="8bitmime" in extensions,
            smtputf8="smtputf8" in extensions,
            dsn="dsn" in extensions,
            size="size" in extensions,
            size_max=size_max or None,
        )


@dataclass(slots=True, eq=False)
class Connection:
    """An open, signed-in connection.

    ``used`` counts transactions that ended; ``needs_reset``: the last one was left open at the server.
    """

    link: Link
    offer: Offer
    tls: str | None
    used: int = 0
    needs_reset: bool = False
    idle_since: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether nothing has been heard against it yet."""
        return self.link.fault is None


class _Client(SMTP):
    """aiosmtplib's client on our line, with a time-out of its own for connecting.

    Touches ``_create_connection`` and ``_on_connection_lost``; a test names both.
    """

    def __init__(self, settings: NextHopSettings, hostname: str, context: ssl.SSLContext | None) -> None:
        implicit = settings.tls == "implicit"
        super().__init__(
            hostname=settings.host,
            port=settings.port,
            local_hostname=hostname,
            timeout=settings.command_seconds,
            use_tls=implicit,
            start_tls=False,
            tls_context=context,
        )
        self._settings = settings
        self.link: Link | None = None

    async def _create_connection(self, timeout: float | None) -> SMTPResponse:
        settings = self._settings
        loop = asyncio.get_running_loop()
        context = self.tls_context if self.use_tls else None
        try:
            async with asyncio.timeout(settings.connect_seconds):
                transport, link = await loop.create_connection(
                    lambda: Link(loop, self._on_connection_lost),
                    settings.host,
                    settings.port,
                    ssl=context,
                    server_hostname=settings.host if context is not None else None,
                    ssl_handshake_timeout=settings.connect_seconds if context is not None else None,
                )
        except TimeoutError as error:
            raise SMTPConnectError(f"no connection within {settings.connect_seconds:g} s") from error
        self.protocol, self.transport, self.link = link, transport, link
        if context is not None:
            self.check_pin()
        greeting = await link.read_response(timeout=settings.command_seconds)
        if greeting.code != 220:
            raise SMTPConnectResponseError(greeting.code, greeting.message)
        return greeting

    async def upgrade(self) -> None:
        """STARTTLS, and the certificate compared with the pinned one."""
        await self.starttls(timeout=self._settings.connect_seconds)
        self.check_pin()

    def check_pin(self) -> None:
        """Raises ``NotOpened`` where the server shows another certificate than the pinned one."""
        found = self.get_transport_info("ssl_object")
        shown = found.getpeercert(binary_form=True) if found is not None else None
        if not is_pinned(self._settings, shown):
            raise NotOpened(no_reply("the next hop shows another certificate than the one in the settings", "4.7.5"))


class Opener:
    """Opens connections to one server. ``hostname`` is what we call ourselves."""

    def __init__(self, settings: NextHopSettings, hostname: str) -> None:
        self._settings = settings
        self._hostname = comparable_domain(hostname)
        self._credentials = Credentials(settings)
        self._context: ssl.SSLContext | None = None

    async def open(self) -> Connection:
        """A fresh connection, ready for MAIL. Raises ``NotOpened``, and then nothing is left open."""
        client: _Client | None = None
        try:
            client = _Client(self._settings, self._hostname, await self._tls_context())
            await client.connect()
            await self._greet(client)
            await self._sign_in(client)
            assert client.link is not None
            if client.link.fault is not None:
                raise NotOpened(no_reply(client.link.fault))
            connection = Connection(client.link, Offer.of(client.esmtp_extensions), _tls_version(client))
        except BaseException as error:
            if client is not None and client.link is not None:
                client.link.break_off("not opened")
            if isinstance(error, NotOpened) or not isinstance(error, Exception):
                raise
            raise NotOpened(_reason(error)) from error
        return connection

    async def _tls_context(self) -> ssl.SSLContext | None:
        if self._context is None and self._settings.tls != "off":
            self._context = await asyncio.to_thread(client_context, self._settings)
        return self._context

    async def _greet(self, client: _Client) -> None:
        settings = self._settings
        try:
            await client.ehlo()
        except SMTPHeloError as error:
            # RFC 5321 §4.1.4: an old server may know only HELO; then there is no TLS and no AUTH either.
            wants_more = settings.tls == "required" or settings.auth != "none"
            if error.code not in _COMMAND_UNKNOWN or wants_more or not client.is_connected:
                raise
            await client.helo()
            return
        if settings.tls in ("off", "implicit"):
            return
        if client.supports_extension("starttls"):
            await client.upgrade()
            await client.ehlo()
        elif settings.tls == "required":
            raise NotOpened(no_reply("the next hop does not offer STARTTLS, which the settings require", "4.7.4"))

    async def _sign_in(self, client: _Client) -> None:
        settings = self._settings
        if settings.auth == "none":
            return
        if _tls_version(client) is None and settings.tls != "off":
            raise NotOpened(no_reply("the next hop offers no TLS, so the relay does not sign in there", "4.7.4"))
        if settings.auth not in client.server_auth_methods:
            raise NotOpened(no_reply(f"the next hop does not offer AUTH {settings.auth.upper()}", "4.7.4"))
        secret = await self._credentials.secret()
        match settings.auth:
            case "plain":
                await client.auth_plain(settings.username, secret)
            case "login":
                await client.auth_login(settings.username, secret)
            case "xoauth2":
                try:
                    await client.auth_xoauth2(settings.username, secret)
                except SMTPAuthenticationError:
                    # Expired, most often. Once more with another token, where there is another one.
                    renewed = await self._credentials.secret(refused=secret)
                    if renewed == secret or not client.is_connected:
                        raise
                    await client.auth_xoauth2(settings.username, renewed)


def _tls_version(client: _Client) -> str | None:
    if not client.is_connected:
        return None
    found = client.get_transport_info("ssl_object")
    return None if found is None else cast("str", found.version())


def _reason(error: Exception) -> Reply:
    """What to keep of an error on the way to an open connection; our own words never hold a secret."""
    match error:
        case SMTPResponseException():
            return reply_of((error.code, error.message.encode()))
        case NoCredentials():
            return no_reply(f"the relay cannot sign in: {error}", "4.7.0")
        case ssl.SSLCertVerificationError():
            return no_reply(f"the next hop's certificate is not trusted: {error.verify_message}", "4.7.5")
        case ssl.SSLError():
            return no_reply(f"TLS failed: {error.reason or type(error).__name__}", "4.7.5")
        case SMTPException():
            return no_reply(str(error.message))
        case OSError():
            return no_reply(f"no connection: {error.strerror or type(error).__name__}", "4.4.1")
        case _:
            return no_reply(f"no connection: {type(error).__name__}", "4.3.0")
