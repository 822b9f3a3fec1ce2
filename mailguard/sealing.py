"""Small secrets at rest: passwords of parcels, what a parcel holds, passwords agreed with partners.

AES-256-GCM under a key for this purpose alone, with a random nonce in front and the name of the row as associated data:
a secret copied to another row does not open. Deleting the row's octets is destroying the secret.

What must be found again without being readable is kept as a mark: HMAC-SHA-256 under a key derived from the same one.
"""

from __future__ import annotations

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailguard.errors import ContentDamaged

NONCE_BYTES = 12


class SecretBox:
    """Seals and opens. ``key``: 32 octets, derived from the master key for one purpose."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._marking = hmac.digest(key, b"mailguard marks", "sha256")

    def seal(self, secret: bytes, name: str) -> bytes:
        """The secret, encrypted and bound to ``name``."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """The secret. Raises ``ContentDamaged`` where it was altered, moved, or sealed under another key."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise ContentDamaged(f"the secret of {name} does not open with this key") from error

    def mark(self, value: bytes, name: str) -> bytes:
        """32 octets that are the same for the same value and ``name``, and tell nothing without the key."""
        return hmac.digest(self._marking, name.encode() + b"\0" + value, "sha256")
