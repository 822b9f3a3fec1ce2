"""The master key, and the keys of contents wrapped by it.

The master key is 32 octets, in a file (base64, mode 0600, made at first start) or in ``MAILGUARD_MASTER_KEY``. It never
enters the database. Whoever has a backup of the data but not this key can read nothing; whoever loses it neither.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailguard.errors import ConfigurationError, ContentDamaged

ENVIRONMENT_NAME = "MAILGUARD_MASTER_KEY"
KEY_BYTES = 32
FINDINGS = "findings"
"""The purpose of the key for hashes of values that were found."""
_NONCE_BYTES = 12


class MasterKey:
    """Wraps and unwraps content keys. ``key_id`` names the key without revealing it."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ConfigurationError([f"the master key has {len(secret)} octets instead of {KEY_BYTES}"])
        self._secret = secret
        self._cipher = AESGCM(secret)
        self.key_id = sha256(b"mailguard master key id" + secret).hexdigest()[:16]

    def derived(self, purpose: str) -> bytes:
        """Another key of 32 octets, for one purpose; it tells nothing of this one (RFC 5869, expand with HMAC)."""
        return hmac.digest(self._secret, f"mailguard {purpose}\x01".encode(), "sha256")

    def wrap(self, key: bytes, content_id: str) -> bytes:
        """A content's key, encrypted and bound to its content (AES-256-GCM, random nonce in front)."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, content_id.encode())

    def unwrap(self, wrapped: bytes, content_id: str) -> bytes:
        """The content's key. Raises ``ContentDamaged`` if it was altered, or wrapped by another master key."""
        try:
            return self._cipher.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], content_id.encode())
        except (InvalidTag, ValueError) as error:
            raise ContentDamaged(f"key of content {content_id} does not open with this master key") from error


def load_master_key(path: Path, environ: dict[str, str]) -> MasterKey:
    """The office's master key, made at ``path`` when there is none yet.

    Raises ``ConfigurationError`` if the file can be read by others or holds no key.
    """
    given = environ.get(ENVIRONMENT_NAME)
    if given:
        return MasterKey(_decode(given, ENVIRONMENT_NAME))
    try:
        return MasterKey(_create(path))
    except FileExistsError:
        pass
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise ConfigurationError([f"{path}: mode is {mode:04o}; others must not read the master key (chmod 600)"])
    return MasterKey(_decode(path.read_bytes(), str(path)))


def _create(path: Path) -> bytes:
    """Make the key file whole or not at all: written and synced beside its place, then linked there."""
    if path.exists():
        raise FileExistsError(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = os.urandom(KEY_BYTES)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, base64.b64encode(secret) + b"\n")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(beside, path)
    finally:
        beside.unlink()
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
    return secret


def _decode(text: str | bytes, where: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigurationError([f"{where}: not a master key (base64 of {KEY_BYTES} octets)"]) from error
