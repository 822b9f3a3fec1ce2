"""uvicorn as a part of the service: it shares the event loop, and signals stay ours."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from fastapi import FastAPI

from mailguard.errors import AddressUnavailable

GRACE_SECONDS = 3


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn would raise SIGTERM again and cut the drain short."""
        yield


class WebServer:
    """Serves one application on one address. ``start`` returns once it listens.

    Making one takes the address; raises ``AddressUnavailable``.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._host = host
        self._socket = _bind(host, port)
        self._server = _Server(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
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
        self._server.should_exit = True
        if self._task is not None:
            await self._task


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
