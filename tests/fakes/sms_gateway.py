"""An office's gateway for short messages: a real HTTP(S) server on loopback that does what a test tells it."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from types import TracebackType


class Behaviour(Enum):
    """What it does once it has read a whole request."""

    ANSWER = auto()
    HANG = auto()
    CUT = auto()
    HALF = auto()
    """It writes the status line and headers, promises a body, and goes away."""


@dataclass
class Taken:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class SmsGateway:
    """Use as an async context. ``status`` and ``headers`` make up the answer; ``taken`` is what came."""

    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: Behaviour = Behaviour.ANSWER
    may_answer: asyncio.Event | None = None
    """What an answer waits for; None: nothing."""
    certificate: Path | None = None
    key: Path | None = None
    taken: list[Taken] = field(default_factory=list)
    url: str = ""
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def __aenter__(self) -> SmsGateway:
        context = None
        if self.certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.certificate, self.key)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"{'http' if context is None else 'https'}://127.0.0.1:{port}/messages"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._open:
            writer.transport.abort()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            self.taken.append(await _request(reader))
            if self.may_answer is not None:
                await self.may_answer.wait()
            match self.behaviour:
                case Behaviour.HANG:
                    await reader.read()
                case Behaviour.CUT:
                    writer.transport.abort()
                case Behaviour.HALF:
                    writer.write(self._head(100))
                    await writer.drain()
                case Behaviour.ANSWER:
                    writer.write(self._head(2) + b"{}")
                    await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # a client that does not like our certificate leaves like this
        finally:
            writer.close()

    def _head(self, length: int) -> bytes:
        fields = {"Content-Length": str(length), "Connection": "close", **self.headers}
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{name}: {value}" for name, value in fields.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def _request(reader: asyncio.StreamReader) -> Taken:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii")
    line, *fields = head.removesuffix("\r\n\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (one.partition(":") for one in fields)}
    return Taken(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
