"""TLS on a connection that is open already, with what the client may have said before the handshake could begin.

With implicit TLS the client speaks first. Event loops begin to read once a connection is made, so its first octets may
be there before ``start_tls`` has the transport; they are given to the handshake as the transport would have done.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any


async def encrypted(
    loop: asyncio.AbstractEventLoop, transport: Any, protocol: asyncio.Protocol, context: ssl.SSLContext,
    heard: Callable[[], bytes], seconds: float,
) -> Any:  # fmt: skip
    """The encrypted transport; None where the line was cut just as the handshake ended.

    ``heard``: takes what ``protocol`` was given so far; asked once, when it can be given nothing more. Reading must be
    paused. Raises ``OSError`` (``ssl.SSLError`` is one) and ``TimeoutError``.
    """
    async with asyncio.timeout(seconds + 1):
        handshake = loop.create_task(
            loop.start_tls(transport, protocol, context, server_side=True, ssl_handshake_timeout=seconds)
        )
        # One turn of the loop, and the handshake has the transport. Until then octets may still come here, although
        # reading is paused: asyncio before 3.11.3 begins to read after connection_made whatever that said. What comes
        # later stands behind these: nothing is read between that turn and this one.
        await asyncio.sleep(0)
        if first := heard():
            _feed(transport, first)
        return await handshake


def _feed(transport: Any, heard: bytes) -> None:
    """Hand octets to the handshake's protocol (asyncio.BufferedProtocol)."""
    protocol = transport.get_protocol()
    view = memoryview(heard)
    while view and not transport.is_closing():
        buffer = protocol.get_buffer(len(view))
        length = min(len(buffer), len(view))
        buffer[:length] = view[:length]
        protocol.buffer_updated(length)
        view = view[length:]
