"""uvicorn as a part of the service: it shares the event loop, and signals stay ours."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from mailguard.errors import AddressUnavailable

GRACE_SECONDS = 3
Tls = Callable[[], ssl.SSLContext]


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn would raise SIGTERM again and cut the drain short."""
        yield


class WebServer:
    """Serves one application on one address. ``start`` returns once it listens.

    ``tls``: gives the context for a new connection, asked at each one so that a renewed certificate counts at once;
    None: plain HTTP. ``before_stop`` is called when the end begins, to end streams that would wait for nothing.
    Making one takes the address; raises ``AddressUnavailable``, and whatever ``tls`` raises.
    """

    def __init__(
        self, app: ASGIApp, host: str, port: int, tls: Tls | None = None, before_stop: Callable[[], None] | None = None
    ) -> None:
        self._host = host
        self._before_stop = before_stop
        self._socket = _bind(host, port)
        self._server = _Server(
            uvicorn.Config(
                app,
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
