"""The submission server (RFC 6409): listeners, the sweep that ends what takes too long, certificates, stopping.

``start`` and ``stop`` are called once each, in that order, on the same event loop.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import structlog

from mailguard.clock import Clock
from mailguard.config import LimitSettings, ListenerSettings, OfficeSettings, SourceSettings, TlsSettings
from mailguard.errors import AddressUnavailable
from mailguard.submission.contracts import Acceptor, AnswerAddresses, Authenticator
from mailguard.submission.conversation import Conversation
from mailguard.submission.counters import Counters
from mailguard.submission.gate import BytesInFlight, ConnectionGate
from mailguard.submission.senders import Sources
from mailguard.submission.shared import Listener, Pacing, Shared
from mailguard.submission.stock import silence_stock_log
from mailguard.submission.tls import Certificates
from mailguard.submission.usage import HourlyUsage

log = structlog.get_logger()

BACKLOG = 1024
"""Connections the kernel may hold while the loop is busy; it cuts this to ``net.core.somaxconn``."""
ACCEPT_SECONDS = 10.0
FORGET_SECONDS = 600.0
"""How often accounts that send nothing are dropped from memory."""


class SubmissionServer:
    """Takes mail from the office's programs and devices and hands it to the acceptor."""

    def __init__(
        self,
        *,
        office: OfficeSettings,
        listeners: Sequence[ListenerSettings],
        sources: Sequence[SourceSettings],
        tls: TlsSettings,
        limits: LimitSettings,
        acceptor: Acceptor,
        authenticator: Authenticator,
        clock: Clock,
        pacing: Pacing | None = None,
        answers: AnswerAddresses | None = None,
    ) -> None:
        self.counters = Counters()
        self.addresses: dict[str, tuple[str, int]] = {}
        self._office = office
        self._listeners = listeners
        self._limits = limits
        self._acceptor = acceptor
        self._authenticator = authenticator
        self._clock = clock
        self._pacing = pacing or Pacing()
        self._answers = answers
        self._sources = Sources(sources)
        self._certificates = Certificates(tls)
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._shared: Shared | None = None

    async def start(self) -> None:
        """Listen. Afterwards ``addresses`` holds each listener's host and port.

        Raises ``ConfigurationError`` for a certificate that is needed and cannot be used, ``AddressUnavailable`` for a
        taken port.
        """
        silence_stock_log()
        if any(listener.tls != "none" for listener in self._listeners):
            self._certificates.load()
        self._shared = shared = self._make_shared()
        try:
            for settings in self._listeners:
                await self._listen(Listener(settings, shared))
        except BaseException:
            for server in self._servers:
                server.close()
            raise
        self._tasks = [
            asyncio.create_task(_forever(self._pacing.sweep, self._sweep)),
            asyncio.create_task(_forever(self._pacing.certificate_watch, self._watch_certificates)),
            asyncio.create_task(_forever(FORGET_SECONDS, self._forget)),
        ]

    async def stop(self, drain_seconds: float) -> int:
        """Take no more connections, let running mails finish for so long, cut what remains; returns how many were cut.

        A mail that is being accepted is waited for ``ACCEPT_SECONDS`` longer: it may be on disk, and without its
        250 the client sends it again.
        """
        shared = self._shared
        if shared is None:
            return 0
        shared.draining = True
        for server in self._servers:
            server.close()
        for connection in list(shared.connections):
            connection.drain()
        try:
            async with asyncio.timeout(drain_seconds):
                if shared.connections:
                    await shared.all_gone.wait()
        except TimeoutError:
            pass
        remaining = list(shared.connections)
        if shared.accepting:
            await asyncio.wait(shared.accepting, timeout=ACCEPT_SECONDS)
        for connection in remaining:
            connection.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if remaining:
            log.warning("submission.connections_cut", count=len(remaining))
        return len(remaining)

    def reload(self) -> bool:
        """Take up the certificate files as they are now; False where they cannot be used and the old ones stay."""
        return self._certificates.reload()

    def take_up_sources(self, sources: Sequence[SourceSettings]) -> None:
        """Let these send without signing in, and no others, from the next mail of each connection on."""
        self._sources.take_up(sources)

    async def _listen(self, listener: Listener) -> None:
        settings = listener.settings
        try:
            server = await asyncio.get_running_loop().create_server(
                lambda: Conversation(listener), settings.host, settings.port, backlog=BACKLOG, reuse_address=True
            )
        except OSError as error:
            where = f"listener {settings.name} at {settings.host}:{settings.port}"
            raise AddressUnavailable(f"{where}: {os.strerror(error.errno or 0)}") from error
        self._servers.append(server)
        host, port = server.sockets[0].getsockname()[:2]
        self.addresses[settings.name] = (host, port)
        log.info("submission.listening", listener=settings.name, host=host, port=port, tls=settings.tls)

    def _make_shared(self) -> Shared:
        return Shared(
            office=self._office,
            limits=self._limits,
            pacing=self._pacing,
            acceptor=self._acceptor,
            authenticator=self._authenticator,
            clock=self._clock,
            counters=self.counters,
            sources=self._sources,
            certificates=self._certificates,
            gate=ConnectionGate(self._limits, self.counters),
            flight=BytesInFlight(self._limits.bytes_in_flight, self.counters),
            usage=HourlyUsage(self._limits, self._acceptor, self._clock),
            loop=asyncio.get_running_loop(),
            now=self._clock.monotonic(),
            answers=self._answers,
        )

    async def _sweep(self) -> None:
        assert self._shared is not None
        self._shared.now = now = self._clock.monotonic()
        for connection in list(self._shared.connections):
            connection.look(now)

    async def _watch_certificates(self) -> None:
        if any(listener.tls != "none" for listener in self._listeners):
            await asyncio.to_thread(self._certificates.reload_if_changed)

    async def _forget(self) -> None:
        assert self._shared is not None
        self._shared.usage.forget_idle()


async def _forever(seconds: float, act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await act()
        except Exception as error:
            # One bad round must not end the time limits of all connections.
            log.error("submission.round_failed", round=act.__name__, error=type(error).__name__)
