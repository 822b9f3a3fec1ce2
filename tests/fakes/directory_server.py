"""A directory as far as binding goes (RFC 4511): simple binds and STARTTLS on a real socket, passwords a test sets."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from types import TracebackType

_BIND, _UNBIND, _EXTENDED = 0x60, 0x42, 0x77
_BIND_ANSWER, _EXTENDED_ANSWER = 0x61, 0x78
_START_TLS = b"1.3.6.1.4.1.1466.20037"


class DirectoryServer:
    """Takes the passwords in ``people`` (by bind name); ``code`` replaces the result of every bind.

    An empty password is an anonymous success, as real directories answer. ``names`` are those that were bound with.
    """

    def __init__(self, certificate: Path, key: Path, *, is_tls: bool = True) -> None:
        self.people: dict[str, str] = {}
        self.code: int | None = None
        self.names: list[str] = []
        self.port = 0
        self.has_tls = False
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._is_tls = is_tls
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> DirectoryServer:
        context = self._context if self._is_tls else None
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                message = await _element(reader)
                number, rest = _split(message[1])
                operation, _ = _split(rest)
                if operation[0] == _UNBIND:
                    break
                if operation[0] == _EXTENDED:
                    writer.write(_result(number[1], _EXTENDED_ANSWER, 0))
                    await writer.drain()
                    await writer.start_tls(self._context)
                    self.has_tls = True
                    continue
                assert operation[0] == _BIND
                writer.write(_result(number[1], _BIND_ANSWER, self._bound(operation[1])))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def _bound(self, content: bytes) -> int:
        _, rest = _split(content)
        name, rest = _split(rest)
        password, _ = _split(rest)
        self.names.append(name[1].decode())
        if self.code is not None:
            return self.code
        if not password[1]:
            return 0
        return 0 if self.people.get(name[1].decode()) == password[1].decode() else 49


async def _element(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    tag, first = await reader.readexactly(2)
    length = first if first < 0x80 else int.from_bytes(await reader.readexactly(first & 0x7F), "big")
    return tag, await reader.readexactly(length)


def _split(octets: bytes) -> tuple[tuple[int, bytes], bytes]:
    """The first element, as tag and content, and what comes after it."""
    length, start = octets[1], 2
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(octets[2:start], "big")
    return (octets[0], octets[start : start + length]), octets[start + length :]


def _result(number: bytes, operation: int, code: int) -> bytes:
    said = bytes([0x0A, 1, code, 0x04, 0, 0x04, 0])
    inner = bytes([0x02, len(number)]) + number + bytes([operation, len(said)]) + said
    return bytes([0x30, len(inner)]) + inner
