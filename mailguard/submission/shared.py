"""What all connections have in common, made once and passed in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailguard.clock import Clock
from mailguard.config import LimitSettings, ListenerSettings, OfficeSettings
from mailguard.submission.contracts import Acceptor, AnswerAddresses, Authenticator
from mailguard.submission.counters import Counters
from mailguard.submission.gate import BytesInFlight, ConnectionGate
from mailguard.submission.senders import Sources
from mailguard.submission.tls import Certificates
from mailguard.submission.usage import HourlyUsage

if TYPE_CHECKING:
    from mailguard.submission.wire import Wire


@dataclass(frozen=True, slots=True)
class Pacing:
    """How long the server waits for what, in seconds. Not settings: only tests have reason to change them."""

    sign_in_delay: float = 1.0
    """After the first refused sign-in of a connection; doubles each time."""
    sign_in_delay_max: float = 16.0
    sign_ins_refused: int = 5
    """So many, and the connection ends."""
    error_delay: float = 1.0
    """Before each further error once half of ``limits.errors`` are made."""
    room_wait: float = 5.0
    """How long DATA waits for octets in flight to become fewer before it is refused."""
    handshake: float = 30.0
    linger: float = 5.0
    """How long a connection that was told 421 may take to go away; what it still sends is dropped."""
    progress_window: float = 60.0
    """Over how long ``data_min_bytes_per_second`` is measured."""
    sweep: float = 0.25
    """How often connections are looked at; the fineness of all time limits."""
    certificate_watch: float = 30.0
    stock_commands: int = 100
    """NOOP, RSET, VRFY and the like between two mails (Postfix: smtpd_junk_command_limit, 100)."""
    idle_commands: int = 10_000
    """Commands of any kind, beyond ``limits.recipients``, between two mails."""


@dataclass(slots=True)
class Shared:
    """The parts behind every listener. ``now`` is the monotonic time of the last sweep, exact to ``pacing.sweep``."""

    office: OfficeSettings
    limits: LimitSettings
    pacing: Pacing
    acceptor: Acceptor
    authenticator: Authenticator
    clock: Clock
    counters: Counters
    sources: Sources
    certificates: Certificates
    gate: ConnectionGate
    flight: BytesInFlight
    usage: HourlyUsage
    loop: asyncio.AbstractEventLoop
    now: float
    answers: AnswerAddresses | None = None
    draining: bool = False
    connections: set[Wire] = field(default_factory=set)
    all_gone: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the last connection has gone while draining."""
    accepting: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def postmaster(self) -> str:
        """Where mail to the bare ``<postmaster>`` goes (RFC 5321 §4.5.1); empty where nobody is named."""
        if self.office.postmaster:
            return self.office.postmaster
        return f"postmaster@{self.office.domains[0]}" if self.office.domains else ""


class Listener:
    """One listener's settings with the replies that never change."""

    __slots__ = ("ehlo_clear", "ehlo_encrypted", "greeting", "hello", "settings", "shared")

    def __init__(self, settings: ListenerSettings, shared: Shared) -> None:
        self.settings = settings
        self.shared = shared
        name = shared.office.hostname
        self.greeting = f"220 {name} ESMTP mailguard\r\n".encode("ascii")
        self.hello = f"250 {name}\r\n".encode("ascii")
        self.ehlo_clear = self._ehlo(encrypted=False)
        self.ehlo_encrypted = self._ehlo(encrypted=True)

    def offers_sign_in(self, *, encrypted: bool) -> bool:
        """Whether AUTH may be used on a connection as it is now."""
        return self.settings.auth != "none" and (encrypted or self.settings.auth_without_tls)

    def _ehlo(self, *, encrypted: bool) -> bytes:
        keywords = [
            self.shared.office.hostname,
            "PIPELINING",
            f"SIZE {self.shared.limits.message_bytes}",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "DSN",
        ]
        if self.settings.tls == "starttls" and not encrypted:
            keywords.append("STARTTLS")
        if self.offers_sign_in(encrypted=encrypted):
            keywords.append("AUTH PLAIN LOGIN")
        keywords.append("HELP")
        lines = [f"250-{keyword}\r\n" for keyword in keywords[:-1]]
        return "".join([*lines, f"250 {keywords[-1]}\r\n"]).encode("ascii")
