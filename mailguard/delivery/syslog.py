"""Hands messages to a syslog server: RFC 5424 in frames with their length (RFC 5425 §4.3), over TLS or a local socket.

Syslog has no reply. Taken is what the other side's TCP has acknowledged without hanging up right after: what was only
written would be lost with the connection, and is handed in again. So a message may come twice, which its number tells;
a server that dies later without storing loses what it took. Everything here blocks for some seconds: call it in a
thread.
"""

from __future__ import annotations

import contextlib
import fcntl
import select
import socket
import ssl
import struct
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from mailguard.config import SyslogSettings

SECONDS = 10.0
"""Connecting, writing a batch, and the wait until it is taken, each."""
_LOOK_SECONDS = 0.02
MESSAGE_ID_MAX = 32
_VERDICT_SECONDS = 1.0
_SETTLED_SECONDS = 0.1
"""A server that cannot go on hangs up at once; what it took without reading it is not taken."""
_FACILITY = 13
"""Log audit (RFC 5424 §6.2.1)."""


class NotTaken(Exception):
    """It cannot be known that the server took it all; handing in the same again is right. The words name no server."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``severity``: 0 (worst) to 7 (RFC 5424 §6.2.1); ``message_id``: what kind it is, printable ASCII."""

    at: datetime
    severity: int
    hostname: str
    message_id: str
    text: str

    def frame(self) -> bytes:
        """As it is on the wire. The text is UTF-8 without the mark RFC 5424 §6.4 wants before it: readers of CEF look
        for its first word there.
        """
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        kind = self.message_id[:MESSAGE_ID_MAX]
        head = f"<{_FACILITY * 8 + self.severity}>1 {at} {self.hostname or '-'} mailguard - {kind or '-'} - "
        octets = (head + self.text).encode()
        return b"%d %s" % (len(octets), octets)


class SyslogLink:
    """One connection at a time, opened when there is something to hand in. For one thread."""

    def __init__(self, settings: SyslogSettings) -> None:
        self._settings = settings
        self._socket: socket.socket | None = None

    def hand_in(self, messages: Sequence[Message]) -> None:
        """Returns when the server has taken all of them. Raises ``NotTaken``; some may have arrived then."""
        try:
            link = self._open()
            _hear(link, 0)
            link.settimeout(SECONDS)
            link.sendall(b"".join(one.frame() for one in messages))
            self._await_taken(link)
        except (OSError, ValueError) as error:
            self.close()
            raise NotTaken(_cause(error)) from error
        except NotTaken:
            self.close()
            raise

    def close(self) -> None:
        """Hang up. Safe to call twice."""
        link, self._socket = self._socket, None
        if link is not None:
            with contextlib.suppress(OSError):
                link.close()

    def _open(self) -> socket.socket:
        if self._socket is not None:
            return self._socket
        settings = self._settings
        plain = socket.create_connection((settings.host, settings.port), SECONDS)
        try:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            context = client_context(settings)
            if context is None:
                self._socket = plain
                return plain
            link = self._socket = context.wrap_socket(plain, server_hostname=settings.host)
        except BaseException:
            plain.close()
            raise
        # In TLS 1.3 a server that refuses our certificate says so only after its own handshake is over.
        _hear(link, _VERDICT_SECONDS)
        return link

    def _await_taken(self, link: socket.socket) -> None:
        for _ in range(round(SECONDS / _LOOK_SECONDS)):
            if not _unacknowledged(link):
                # A connection that was reset has nothing left to send either.
                while _hear(link, _SETTLED_SECONDS):
                    continue
                return
            time.sleep(_LOOK_SECONDS)
        raise NotTaken("not acknowledged in time")


def client_context(settings: SyslogSettings) -> ssl.SSLContext | None:
    """Whom we believe and who we are; None without TLS. Raises ``OSError`` where a file cannot be used."""
    if settings.tls == "off":
        return None
    cafile = None if settings.ca_file is None else str(settings.ca_file)
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.certificate is not None:
        context.load_cert_chain(settings.certificate, settings.key, password=lambda: b"")
    return context


def _unacknowledged(link: socket.socket) -> int:
    """Octets that wait in the kernel or are on their way (tcp(7): SIOCOUTQ, which is TIOCOUTQ)."""
    answer = fcntl.ioctl(link.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    found: int = struct.unpack("i", answer)[0]
    return found


def _hear(link: socket.socket, seconds: float) -> bool:
    """Whether the other side says something within so long: tickets of TLS, which are read over.

    Raises ``NotTaken`` where it hangs up, ``OSError`` where it resets the connection or refuses us.
    """
    has_said, _, _ = select.select([link], [], [], seconds)
    link.settimeout(0)
    try:
        while link.recv(4096):
            continue
    except (BlockingIOError, ssl.SSLWantReadError):
        return bool(has_said)
    raise NotTaken("the server hung up")


def _cause(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"certificate: {error.verify_message}"
    return type(error).__name__
