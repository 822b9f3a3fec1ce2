"""A device with passkeys, in software: makes ES256 keys, counts, and answers as ``navigator.credentials`` does."""

from __future__ import annotations

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class _Credential:
    credential_id: bytes
    key: ec.EllipticCurvePrivateKey
    handle: bytes
    rp_id: str
    count: int = 0


@dataclass
class Authenticator:
    """One device. ``origin``: the page it believes to be on; ``verifies``: whether it asks for finger or PIN;
    ``counts``: whether it counts its uses at all.
    """

    origin: str
    verifies: bool = True
    counts: bool = True
    credentials: list[_Credential] = field(default_factory=list)

    def create(self, options: str) -> str:
        """The answer to options for a new passkey, as JSON."""
        asked = json.loads(options)
        made = _Credential(
            os.urandom(32), ec.generate_private_key(ec.SECP256R1()), _octets(asked["user"]["id"]), asked["rp"]["id"]
        )
        self.credentials.append(made)
        numbers = made.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(made.credential_id).to_bytes(2, "big") + made.credential_id + public
        data = self._data(made, _HAS_CREDENTIAL) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": _text(self._client_data("webauthn.create", asked["challenge"])),
            "attestationObject": _text(attestation),
            "transports": ["internal"],
        }
        return self._answer(made, response)

    def get(self, options: str, which: int = -1) -> str:
        """The answer to options for a sign-in with one of its passkeys, as JSON."""
        asked, used = json.loads(options), self.credentials[which]
        used.count += self.counts
        data, client_data = self._data(used, 0), self._client_data("webauthn.get", asked["challenge"])
        signature = used.key.sign(data + sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": _text(client_data),
            "authenticatorData": _text(data),
            "signature": _text(signature),
            "userHandle": _text(used.handle),
        }
        return self._answer(used, response)

    def _data(self, credential: _Credential, more: int) -> bytes:
        flags = _PRESENT | (_VERIFIED if self.verifies else 0) | more
        return sha256(credential.rp_id.encode()).digest() + bytes([flags]) + credential.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _answer(self, credential: _Credential, response: dict[str, Any]) -> str:
        name = _text(credential.credential_id)
        answer = {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(answer)


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
