"""Whether a port of ours is free, and if not, whether it is our own service that has it."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from dataclasses import dataclass

ANSWER_SECONDS = 5.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104  where to ask, not where to listen


@dataclass(frozen=True, slots=True)
class Port:
    """One address to listen on."""

    name: str
    host: str
    number: int
    is_tls: bool = False
    speaks_http: bool = False


async def look_at_port(port: Port) -> tuple[str, str]:
    """What is to be said about it and what to do; both empty where it is free, the second where it is ours."""
    if port.number == 0:
        return "any free port", ""
    try:
        _bind(port)
    except PermissionError:
        return (
            f"this user may not use port {port.number}",
            "the systemd unit allows it (CAP_NET_BIND_SERVICE); or be root",
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            return f"{port.host} port {port.number}: {error.strerror}", "is this address one of the machine's?"
        if await _is_ours(port):
            return f"{port.host} port {port.number}: mailguard answers there", ""
        return (
            f"{port.host} port {port.number} is taken by another program",
            f"find it: ss -ltnp 'sport = :{port.number}'",
        )
    return "", ""


def _bind(port: Port) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(
        port.host or None, port.number, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers bind: connections that have just ended do not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


async def _is_ours(port: Port) -> bool:
    context: ssl.SSLContext | None = None
    if port.is_tls:
        # Who answers is asked, not whether it can be trusted: that is the certificate's check.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            host = _ANYWHERE.get(port.host, port.host)
            reader, writer = await asyncio.open_connection(host, port.number, ssl=context)
            if port.speaks_http:
                writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
                return (await reader.readline()).startswith((b"HTTP/1.1 200", b"HTTP/1.1 503"))
            greeting = await reader.readline()
            writer.write(b"QUIT\r\n")
            return b"mailguard" in greeting
    except (OSError, TimeoutError):
        return False
    finally:
        if writer is not None:
            writer.close()
