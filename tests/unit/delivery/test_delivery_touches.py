"""The private parts of aiosmtplib that delivery stands on: a new release that moves them fails here and says which."""

from __future__ import annotations

import asyncio
import inspect

import aiosmtplib
import pytest
from aiosmtplib.protocol import SMTPProtocol

from mailguard.delivery.link import Link


@pytest.mark.parametrize("name", ["_create_connection", "_on_connection_lost"])
def test_client_has_the_methods_we_override_or_call(name: str) -> None:
    """Opening a connection goes through our line."""
    assert callable(getattr(aiosmtplib.SMTP, name))


async def test_protocol_has_the_attributes_our_line_uses() -> None:
    """Flow control and TLS state are where we look for them."""
    protocol = SMTPProtocol(asyncio.get_running_loop())

    assert {"_paused", "_over_ssl", "_loop", "transport"} <= set(vars(protocol))
    assert inspect.iscoroutinefunction(protocol._drain_helper)


@pytest.mark.parametrize("name", ["execute_command", "read_response", "start_tls", "data_received", "eof_received"])
def test_line_replaces_every_way_to_read(name: str) -> None:
    """No reading of aiosmtplib's own is left that could drop or mispair a reply."""
    assert getattr(Link, name) is not getattr(SMTPProtocol, name)
    assert list(inspect.signature(getattr(SMTPProtocol, name)).parameters) == list(
        inspect.signature(getattr(Link, name)).parameters
    )
