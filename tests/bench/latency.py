"""How long a client waits for the 250: a plain asyncio client that times each final dot.

smtp-source says only how long everything took. This one keeps its connections, sends the next mail when the last was
answered, and measures from the moment the dot has gone to the kernel until the reply is read.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

REPLY_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds from the dot to the 250."""

    p50: float
    p99: float
    count: int


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def _reply(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(REPLY_SECONDS):
        while True:
            line = await reader.readline()
            if not line:
                raise ConnectionError("the server closed the connection")
            if line[3:4] != b"-":
                return line


async def _expect(reader: asyncio.StreamReader, code: bytes) -> None:
    line = await _reply(reader)
    if not line.startswith(code):
        raise ConnectionError(f"expected {code.decode()}, got {line.decode(errors='replace').strip()}")


async def _client(port: int, content: bytes, mails: int, sender: str, recipient: str) -> list[float]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.transport.set_write_buffer_limits(0)  # drain() then means: all of it is with the kernel
    waits = []
    try:
        await _expect(reader, b"220")
        writer.write(b"EHLO client.example.jp\r\n")
        await _expect(reader, b"250")
        for _ in range(mails):
            for command in (f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>"):
                writer.write(command.encode() + b"\r\n")
                await _expect(reader, b"250")
            writer.write(b"DATA\r\n")
            await _expect(reader, b"354")
            writer.write(content)
            await writer.drain()
            sent_at = time.perf_counter()
            writer.write(b".\r\n")
            await writer.drain()
            await _expect(reader, b"250")
            waits.append((time.perf_counter() - sent_at) * 1000)
        writer.write(b"QUIT\r\n")
        await _expect(reader, b"221")
    finally:
        writer.close()
    return waits


def content_of(payload_bytes: int) -> bytes:
    """A mail of about this size in lines of 76 octets, wire form without the final dot."""
    header = b"From: scanner@office.example.jp\r\nTo: partner@customer.example.com\r\nSubject: bench\r\n\r\n"
    line = b"X" * 74 + b"\r\n"
    return header + line * (payload_bytes // len(line))


async def measured_waits(
    port: int, *, payload_bytes: int, connections: int, mails: int, sender: str, recipient: str
) -> Waits:
    """Sends ``mails`` over ``connections`` connections in all and says how long the replies took."""
    content = content_of(payload_bytes)
    each = max(1, mails // connections)
    async with asyncio.TaskGroup() as group:
        clients = [group.create_task(_client(port, content, each, sender, recipient)) for _ in range(connections)]
    ordered = sorted(wait for client in clients for wait in client.result())
    return Waits(_percentile(ordered, 0.5), _percentile(ordered, 0.99), len(ordered))
