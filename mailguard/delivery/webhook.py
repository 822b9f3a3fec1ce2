"""Hands a message to a chat channel over HTTP, and says whether it was taken.

Only the address an administrator wrote down is ever asked: nothing is redirected, proxies the environment names are not
used, and the connection goes to an address that was looked at first. A name that stands for this machine, a private or
a reserved network is refused, so that whoever controls a name cannot make the relay talk to what only it can reach; a
server of one's own is written down by its number. The address holds the channel's secret and is in no log line.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from mailguard.config.hosts import is_loopback, is_safe_url

SECONDS = 10.0
"""The whole of it: a channel that hangs keeps nothing but itself waiting."""

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses a host name stands for. Raises ``OSError``."""


class NotTaken(Exception):
    """The channel did not take it. The words name no address; trying again later is safe."""


async def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them. Raises ``OSError``."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def post(
    url: str, document: bytes, *, resolve: Resolve = addresses_of, context: ssl.SSLContext | None = None
) -> None:
    """Hand in a JSON document. Raises ``NotTaken``. ``context``: for tests with an authority of their own."""
    if not is_safe_url(url):
        raise NotTaken("not an https address")
    # Loaded with the first message: most offices have no channel.
    import httpx2

    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        async with asyncio.timeout(SECONDS):
            address = await _checked_address(host, port, resolve)
            await _send(parts.scheme, host, port, address, _target(url), document, context)
    except TimeoutError as error:
        raise NotTaken("no answer in time") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise NotTaken(type(error).__name__) from error


async def _checked_address(host: str, port: int, resolve: Resolve) -> str:
    """An address to connect to. What is written down as a number, or is this machine by its name, is meant."""
    if _is_number(host):
        return host
    found = await resolve(host, port)
    if not found:
        raise NotTaken("the name is not known")
    if not is_loopback(host) and not all(ip_address(one.partition("%")[0]).is_global for one in found):
        raise NotTaken("the name stands for a private address")
    return found[0]


async def _send(
    scheme: str, host: str, port: int, address: str, target: str, document: bytes, context: ssl.SSLContext | None
) -> None:
    import httpx2

    limits = httpx2.Timeout(SECONDS, connect=SECONDS / 3)
    verify = context if context is not None else True
    shown = f"[{address}]" if ":" in address else address
    name = f"[{host}]" if ":" in host else host
    async with (
        httpx2.AsyncClient(verify=verify, trust_env=False, follow_redirects=False, timeout=limits) as client,
        client.stream(
            "POST",
            f"{scheme}://{shown}:{port}{target}",
            headers={"Host": f"{name}:{port}", "Content-Type": "application/json; charset=utf-8"},
            content=document,
            # The certificate must be the name's, not the number's.
            extensions={"sni_hostname": host},
        ) as response,
    ):
        if not 200 <= response.status_code < 300:
            raise NotTaken(f"answer {response.status_code}")


def _target(url: str) -> str:
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
