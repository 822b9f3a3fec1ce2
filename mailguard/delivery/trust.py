"""Whom we believe to be the next hop: TLS settings to contexts, and the pinned certificate.

TLS 1.2 at least, always (RFC 8996). ``opportunistic`` believes anybody: it protects against listening, not against a
meddler, and is there for servers without a usable certificate. The others verify before a word is said.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl

from mailguard.config import NextHopSettings


def client_context(settings: NextHopSettings) -> ssl.SSLContext | None:
    """The context for this server, None for ``off``. Reads certificate files: call it in a thread.

    Raises ``OSError`` (``ssl.SSLError`` is one) where the CA file cannot be used.
    """
    if settings.tls == "off":
        return None
    if settings.tls == "opportunistic" or settings.fingerprint_sha256 is not None:
        # A pinned certificate is compared after the handshake, by ``is_pinned``: its names and dates add nothing.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        cafile = None if settings.ca_file is None else str(settings.ca_file)
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=cafile)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def is_pinned(settings: NextHopSettings, certificate: bytes | None) -> bool:
    """Whether the certificate (DER) is the pinned one; True where none is pinned or nothing is verified."""
    if settings.fingerprint_sha256 is None or settings.tls == "opportunistic":
        return True
    wanted = settings.fingerprint_sha256.replace(":", "").strip().lower()
    return certificate is not None and hmac.compare_digest(wanted, hashlib.sha256(certificate).hexdigest())
