"""A next hop that takes everything and keeps it: what arrived, in which order, how often."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from dataclasses import dataclass

_QUEUE_ID = re.compile(rb"\bid ([0-9A-HJKMNP-TV-Z]{16})\b")
_MESSAGE_ID = re.compile(rb"^Message-ID: <([^>]*)>", re.MULTILINE | re.IGNORECASE)
IDLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail transaction that was answered 250 after the dot.

    ``queue_id`` is the one in the relay's ``Received:`` line (RFC 5321 §4.4, ID clause), ``digest`` is of the body.
    """

    queue_id: str
    message_id: str
    reverse_path: str
    recipients: tuple[str, ...]
    digest: str


class Recorder:
    """An SMTP server on a free loopback port that remembers what it took; it lives as long as the block around it."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Recorder:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**20)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def copies(self) -> Counter[tuple[str, str]]:
        """How often each recipient of each mail arrived, by queue id and address."""
        return Counter((mail.queue_id, recipient) for mail in self.taken for recipient in mail.recipients)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            writer.write(b"220 recorder.example.net ESMTP\r\n")
            await self._talk(reader, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the relay was killed or hung up: nothing to keep
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reverse_path = ""
        recipients: list[str] = []
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                line = await reader.readline()
            verb = line[:4].upper()
            if not line or verb == b"QUIT":
                writer.write(b"221 2.0.0 Bye\r\n" if line else b"")
                return
            if verb == b"DATA":
                writer.write(b"354 Go on\r\n")
                content = await self._content(reader)
                self.taken.append(_taken(content, reverse_path, recipients))
                writer.write(b"250 2.0.0 Ok\r\n")
                recipients = []
                continue
            if verb == b"EHLO":
                writer.write(b"250-recorder.example.net\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
                continue
            address = line.partition(b"<")[2].partition(b">")[0].decode()
            if verb == b"MAIL":
                reverse_path, recipients = address, []
            elif verb == b"RCPT":
                recipients.append(address)
            writer.write(b"250 2.0.0 Ok\r\n")

    async def _content(self, reader: asyncio.StreamReader) -> bytes:
        lines: list[bytes] = []
        while True:
            async with asyncio.timeout(IDLE_SECONDS):
                line = await reader.readuntil(b"\r\n")
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b".") if line.startswith(b".") else line)


def _taken(content: bytes, reverse_path: str, recipients: list[str]) -> Taken:
    head, _, body = content.partition(b"\r\n\r\n")
    found, queue_id = _MESSAGE_ID.search(head), _QUEUE_ID.search(head)
    return Taken(
        queue_id.group(1).decode() if queue_id else "",
        found.group(1).decode() if found else "",
        reverse_path,
        tuple(recipients),
        hashlib.sha256(body).hexdigest(),
    )
