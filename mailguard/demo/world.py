"""The made-up world behind the relay: one SMTP server that plays the office's real server and everybody beyond it.

It takes every mail but two kinds, and tells ``on_event`` what happened, when and to whom:

* to a local part in ``UNKNOWN_NAMES``: 550 5.1.1, always;
* to a local part in ``BUSY_NAMES``: 452 4.2.2, every first of two tries.

It remembers the last ``REMEMBERED`` mails: of each the header and a digest, and the content of small ones.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from hashlib import sha256

from aiosmtpd.smtp import SMTP, Envelope, Session

from mailguard.clock import Clock
from mailguard.demo.mailbox import Letter, letter_of
from mailguard.demo.protected import Notice, notice_of
from mailguard.demo.samples import ANSWERS, BUSY, UNKNOWN
from mailguard.mime.head import Head, head_of
from mailguard.model.address import local_part
from mailguard.submission.stock import silence_stock_log

REMEMBERED = 300
HEAD_MAX = 64 * 1024
CONTENT_MAX = 64 * 1024
UNKNOWN_NAMES = frozenset({local_part(UNKNOWN), "unknown"})
BUSY_NAMES = frozenset({local_part(BUSY), "busy"})
_UNKNOWN_REPLY = "550 5.1.1 No such mailbox here"
_BUSY_REPLY = "452 4.2.2 Mailbox full, try again later"
_ADDED = re.compile(rb"Received:.*?\r\n(?![ \t])", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail the world took. ``added``: the ``Received:`` line on top; ``digest``: SHA-256 of all below it.

    ``content``: all of it, empty above ``CONTENT_MAX`` octets; ``notice``: where it is protected or tells a password;
    ``letter``: what is read of it.
    """

    at: datetime
    sender: str
    recipients: tuple[str, ...]
    head: Head
    added: bytes
    digest: bytes
    content: bytes
    notice: Notice | None
    letter: Letter

    @property
    def subject(self) -> str:
        """The decoded Subject, as it came."""
        return self.head.first_text("Subject") or ""

    @property
    def answers_at(self) -> str:
        """Where its reader answers a question of the office by mail; "" where it asks none."""
        asked = parseaddr(self.head.first_text("Reply-To") or "")[1]
        name, _, domain = ANSWERS.partition("@")
        return asked if asked.startswith(f"{name}+") and asked.endswith(f"@{domain}") else ""

    def is_named(self, recipient: str) -> bool:
        """Whether everybody who got this mail can see that address in To or Cc."""
        seen = b" ".join(self.head.first(name) or b"" for name in ("To", "Cc"))
        return recipient.lower().encode() in seen.lower()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A recipient the world did not take, and its reply."""

    at: datetime
    sender: str
    recipient: str
    reply: str


Happening = Arrival | Refusal


class World:
    """The server. ``start`` before use; ``port`` is on 127.0.0.1."""

    def __init__(self, clock: Clock, on_event: Callable[[Happening], None]) -> None:
        self.arrivals: deque[Arrival] = deque(maxlen=REMEMBERED)
        self.refusals: deque[Refusal] = deque(maxlen=REMEMBERED)
        self.happenings: deque[Happening] = deque(maxlen=REMEMBERED)
        self.port = 0
        self._clock = clock
        self._on_event = on_event
        self._tried: set[str] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        silence_stock_log()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def mailbox(self, address: str) -> list[Arrival]:
        """What arrived for somebody, the newest first."""
        return [one for one in reversed(self.arrivals) if address in one.recipients]

    async def stop(self) -> None:
        """End. Connections of the relay are gone by then."""
        if self._server is not None:
            self._server.close()

    # What aiosmtpd calls: names and arguments are its own.

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse one recipient."""
        reply = self._reply_to(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Ok"
        refusal = Refusal(self._clock.now(), _sender(envelope), address, reply)
        self.refusals.append(refusal)
        self.happenings.append(refusal)
        self._on_event(refusal)
        return reply

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take the mail."""
        content = bytes(envelope.original_content or b"")
        added = _ADDED.match(content)
        line = added[0] if added else b""
        arrival = Arrival(
            self._clock.now(),
            _sender(envelope),
            tuple(envelope.rcpt_tos),
            Head(head_of(content)[:HEAD_MAX]),
            line,
            sha256(content[len(line) :]).digest(),
            content if len(content) <= CONTENT_MAX else b"",
            await asyncio.to_thread(notice_of, content),
            await asyncio.to_thread(letter_of, content),
        )
        self.arrivals.append(arrival)
        self.happenings.append(arrival)
        self._on_event(arrival)
        return "250 2.0.0 Ok"

    def _reply_to(self, address: str) -> str | None:
        name = local_part(address).lower()
        if name in UNKNOWN_NAMES:
            return _UNKNOWN_REPLY
        if name in BUSY_NAMES:
            if address not in self._tried:
                self._tried.add(address)
                return _BUSY_REPLY
            self._tried.discard(address)
        return None


def _sender(envelope: Envelope) -> str:
    """The reverse-path; aiosmtpd keeps the brackets of the null one."""
    said: str = envelope.mail_from or ""
    return "" if said == "<>" else said


class _Connection(SMTP):
    """aiosmtpd's server; lines of any length a person may send to the relay."""

    line_length_limit = 64 * 1024

    def __init__(self, world: World) -> None:
        super().__init__(
            world, enable_SMTPUTF8=True, hostname="world.example", ident="demonstration", data_size_limit=0
        )
