"""What the tests of delivery hand in: mails, the last look, a next hop with short time-outs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from mailguard.config import NextHopSettings
from mailguard.delivery.next_hop import NextHop
from mailguard.delivery.transaction import Content, MailTransaction
from mailguard.model.envelope import ForwardPath
from tests.fakes.next_hop import ScriptedNextHop

SENDER = "sato@office.example.jp"
A, B, C = "ando@customer.example.com", "baba@customer.example.com", "chiba@customer.example.com"
PREFIX = b"Received: from pc.example.jp ([192.0.2.7])\r\n\tby relay.example.jp with ESMTPSA\r\n\tid 0; now\r\n"
CONTENT = b"From: sato@office.example.jp\r\nSubject: test\r\n\r\n..a line that begins with a dot\r\nend\r\n"


def make_mail(*addresses: str | ForwardPath, content: Content = CONTENT, **values: Any) -> MailTransaction:
    """A mail to ``addresses`` (one where none is given)."""
    paths = tuple([ForwardPath(entry) if isinstance(entry, str) else entry for entry in addresses or (A,)])
    values.setdefault("size", len(content) if isinstance(content, bytes) else 0)
    values.setdefault("reverse_path", SENDER)
    return MailTransaction("0123456789ABCDEF", recipients=paths, prefix=PREFIX, content=content, **values)


@dataclass
class LastLook:
    """A last look that says ``answer`` and remembers what it was asked; ``first`` runs before the answer."""

    answer: bool = True
    asked: list[tuple[int, ...]] = field(default_factory=list)
    first: Callable[[], Any] | None = None

    async def __call__(self, positions: tuple[int, ...]) -> bool:
        self.asked.append(positions)
        if self.first is not None:
            await self.first()
        return self.answer


def settings_for(port: int, **values: Any) -> NextHopSettings:
    """Towards loopback, in clear, with time-outs a test can wait for; ``values`` win."""
    usual = {"tls": "off", "connect_seconds": 10, "command_seconds": 10, "data_seconds": 10}
    return NextHopSettings(host="127.0.0.1", port=port, **(usual | values))


@asynccontextmanager
async def sending_to(hop: ScriptedNextHop, *, idle_seconds: float = 30.0, **values: Any) -> AsyncIterator[NextHop]:
    """A ``NextHop`` for the scripted server, closed at the end."""
    sender = NextHop(settings_for(hop.port, **values), "relay.example.jp", idle_seconds=idle_seconds)
    try:
        yield sender
    finally:
        await sender.close()
