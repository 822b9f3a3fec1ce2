"""uvicorn as a part of the service: it shares the event loop, and signals stay ours.

Guarantees that a connection whose request is not whole in time is ended, so that clients that send an octet now and
then, or nothing at all, do not use up the connections of the relay. How long an answer takes is not limited.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator

import h11
import structlog
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailguard.errors import AddressUnavailable

log = structlog.get_logger()

GRACE_SECONDS = 3
REQUEST_SECONDS = 60.0
"""For a request with its form: a megabyte, which is the most a form may be, over a poor mobile line."""
Tls = Callable[[], ssl.SSLContext]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn would raise SIGTERM again and cut the drain short."""
        yield


class _InTime(H11Protocol):
    """Ends the connection where a request is not whole so many seconds after it, or the connection, began."""

    seconds = REQUEST_SECONDS
    _ending: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._begin()

    def data_received(self, data: bytes) -> None:
        if self._ending is None:
            self._begin()
        super().data_received(data)
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        super().connection_lost(exc)

    def _begin(self) -> None:
        self._ending = self.loop.call_later(self.seconds, self._give_up)

    def _end(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _give_up(self) -> None:
        log.info("request_given_up", client=self.client[0] if self.client else "")
        self.transport.abort()


def _in_time(request_seconds: float) -> type[asyncio.Protocol]:
    class InTime(_InTime):
        seconds = request_seconds

    return InTime


class WebServer:
    """Serves one application on one address. ``start`` returns once it listens.

    ``tls``: gives the context for a new connection, asked at each one so that a renewed certificate counts at once;
    None: plain HTTP. ``before_stop`` is called when the end begins, to end streams that would wait for nothing.
    ``request_seconds``: how long a request may take to come in. Making one takes the address; raises
    ``AddressUnavailable``, and whatever ``tls`` raises.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        tls: Tls | None = None,
        before_stop: Callable[[], None] | None = None,
        *,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._host = host
        self._before_stop = before_stop
        self._socket = _bind(host, port)
        self._server = _Server(
            uvicorn.Config(
                app,
                http=_in_time(request_seconds),
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
                # Whose word counts about the client's address is the guard's to decide.
                proxy_headers=False,
                ssl_context_factory=None if tls is None else _renewed(tls),
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port it listens on."""
        return self._host, self._socket.getsockname()[1]

    async def start(self) -> None:
        """Begin to answer."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise OSError("the web server ended at its start")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End; requests under way get a few seconds."""
        if self._before_stop is not None:
            self._before_stop()
        self._server.should_exit = True
        if self._task is not None:
            await self._task


def _renewed(tls: Tls) -> Callable[..., ssl.SSLContext]:
    """For uvicorn: a context that hands each connection over to the newest one, with or without a server name."""
    first = tls()

    def take_newest(connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext) -> None:
        connection.context = tls()

    first.sni_callback = take_newest
    return lambda *_: first


def _bind(host: str, port: int) -> socket.socket:
    bound: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        if bound is not None:
            bound.close()
        raise AddressUnavailable(f"web at {host}:{port}: {error.strerror}") from error
    return bound
