"""A syslog server over TLS on loopback that takes frames with their length (RFC 5425), in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from types import TracebackType

from tests.system.certificates import Certificates


class SyslogServer:
    """``messages``: what has arrived, in order. ``hangs_up_after``: so many messages, and it ends each connection."""

    def __init__(
        self, certificates: Certificates, *, asks_for_certificate: bool = False, hangs_up_after: int | None = None
    ) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificates.certificate, certificates.key)
        if asks_for_certificate:
            self._context.verify_mode = ssl.CERT_REQUIRED
            self._context.load_verify_locations(certificates.authority)
        self.hangs_up_after = hangs_up_after
        self.messages: list[str] = []
        self.connections = 0
        self._arrived = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> SyslogServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing alone does not end an accept that waits.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(10)

    def wait_for(self, count: int) -> list[str]:
        """The messages, once so many have arrived; those that are there after ten seconds."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self.messages) >= count, 10)
            return list(self.messages)

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(plain,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError), self._context.wrap_socket(plain, server_side=True) as link:
            stream, taken = link.makefile("rb"), 0
            while self.hangs_up_after is None or taken < self.hangs_up_after:
                length = b""
                while not length.endswith(b" "):
                    octet = stream.read(1)
                    if not octet:
                        return
                    length += octet
                message = stream.read(int(length)).decode()
                taken += 1
                with self._arrived:
                    self.messages.append(message)
                    self._arrived.notify_all()
