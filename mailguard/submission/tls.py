"""The relay's own certificate: loaded, and taken up anew when its files change, without a restart."""

from __future__ import annotations

import ssl
from pathlib import Path

import structlog

from mailguard.config import TlsSettings
from mailguard.errors import ConfigurationError

log = structlog.get_logger()

_MINIMUM = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}


class Certificates:
    """The TLS context for new handshakes. Connections that are encrypted already keep theirs."""

    def __init__(self, settings: TlsSettings) -> None:
        self._settings = settings
        self._context: ssl.SSLContext | None = None
        self._seen: tuple[tuple[int, int, int], ...] = ()

    @property
    def context(self) -> ssl.SSLContext:
        """The newest good context. Raises ``ConfigurationError`` where none was loaded."""
        if self._context is None:
            raise ConfigurationError(["tls.certificate: needed by a listener with TLS, and not loaded"])
        return self._context

    def load(self) -> None:
        """Read certificate and key. Raises ``ConfigurationError`` where they are missing, unreadable or do not fit."""
        certificate = self._settings.certificate
        if certificate is None:
            raise ConfigurationError(["tls.certificate: a listener with TLS needs one"])
        seen = self._signature()
        # A fresh context each time: a pair that does not fit must not leave the one in use half changed.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = _MINIMUM[self._settings.minimum]
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
        try:
            # An encrypted key would make OpenSSL ask on the terminal and the start hang; no password is its answer.
            context.load_cert_chain(certificate, self._settings.key, password=lambda: b"")
        except (OSError, ValueError) as error:
            raise ConfigurationError([f"tls.certificate: cannot be used ({type(error).__name__})"]) from error
        self._context, self._seen = context, seen

    def reload(self) -> bool:
        """Take up what the files hold now. False when that cannot be used; the context in use then stays."""
        try:
            self.load()
        except ConfigurationError as error:
            self._seen = self._signature()
            log.error("tls.reload_failed", complaints=error.complaints)
            return False
        log.info("tls.reloaded")
        return True

    def reload_if_changed(self) -> bool:
        """``reload`` where a file is another one than last time; whether a new context is in use."""
        return self._signature() != self._seen and self.reload()

    def _signature(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(_state(path) for path in (self._settings.certificate, self._settings.key) if path is not None)


def _state(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
