"""What another provider says: its discovery document, its keys, the identity in exchange for a code.

OpenID Connect Core 1.0 and Discovery 1.0. Everything is fetched over https (plain http only on loopback), without
following redirects, with a time limit and at most ``ANSWER_MAX`` octets. An ID token counts only with a signature by
one of the provider's own keys and an algorithm of ``ALGORITHMS``, and with the issuer, audience, nonce and time that it
must have. Errors: ``SignInUnavailable`` where the provider does not answer as it should, ``SignInRefused`` where its
token does not hold.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from mailguard.clock import Clock
from mailguard.config import OidcSettings
from mailguard.errors import SignInRefused, SignInUnavailable

ALGORITHMS = ["RS256", "PS256", "ES256"]
"""Signatures with a key of the provider's; none by a shared secret, and never ``none`` (RFC 8725 §3.1)."""
ANSWER_MAX = 262_144
ASK_SECONDS = 10.0
KEEP_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 60.0
"""A token with an unknown key makes the keys be fetched again, not more often than this."""
LEEWAY_SECONDS = 60
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the discovery document says. ``posts_secret``: the secret goes in the body, not in a header."""

    authorization: str
    token: str
    keys: str
    posts_secret: bool


class OidcProvider:
    """One provider of the settings."""

    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        self.settings = settings
        self._clock = clock
        self._issuer = settings.issuer
        self._endpoints: Endpoints | None = None
        self._keys: KeySet | None = None
        self._known_at = self._keys_at = float("-inf")
        self._context: ssl.SSLContext | None = None

    async def endpoints(self) -> Endpoints:
        """Where to send people and codes; asked once an hour."""
        now = self._clock.monotonic()
        if self._endpoints is None or now - self._known_at > KEEP_SECONDS:
            found = await self._asked("GET", f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            self._endpoints, self._known_at = self._read_endpoints(found), now
        return self._endpoints

    async def identity(self, code: str, redirect_uri: str, verifier: str, nonce: str) -> dict[str, Any]:
        """The claims of whoever the code stands for."""
        endpoints = await self.endpoints()
        answer = await self._exchanged(endpoints, code, redirect_uri, verifier)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused("the provider's answer has no ID token")
        return await self._claims(endpoints, token, nonce)

    async def _exchanged(self, endpoints: Endpoints, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        secret = await self._secret()
        if secret and not endpoints.posts_secret:
            # RFC 6749 §2.3.1: both are form-encoded before they are joined.
            pair = f"{quote(self.settings.client_id, safe='')}:{quote(secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        else:
            fields["client_id"] = self.settings.client_id
            if secret:
                fields["client_secret"] = secret
        return await self._asked("POST", endpoints.token, fields, headers)

    async def _claims(self, endpoints: Endpoints, token: str, nonce: str) -> dict[str, Any]:
        keys = await self._provider_keys(endpoints)
        try:
            decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            # The provider may sign with a key it did not have an hour ago.
            fresh = await self._provider_keys(endpoints, again=True)
            try:
                decoded = jwt.decode(token, fresh, algorithms=ALGORITHMS)
            except (JoseError, ValueError) as error:
                raise SignInRefused(f"the ID token's signature does not hold: {type(error).__name__}") from error
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self.settings.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(decoded.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise SignInRefused(f"the ID token does not hold: {error}") from error
        claims = decoded.claims
        # Core §3.1.3.7: a token for several is ours only if it says that we asked for it.
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.settings.client_id:
            raise SignInRefused("the ID token was made for somebody else")
        return dict(claims)

    async def _provider_keys(self, endpoints: Endpoints, *, again: bool = False) -> KeySet:
        now = self._clock.monotonic()
        age = now - self._keys_at
        if self._keys is None or age > KEEP_SECONDS or (again and age > KEYS_AGAIN_SECONDS):
            found = await self._asked("GET", endpoints.keys)
            try:
                keys = [key for key in found["keys"] if key.get("kty") in {"RSA", "EC"} and key.get("use") != "enc"]
                self._keys, self._keys_at = KeySet.import_key_set({"keys": keys}), now
            except (JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
                raise SignInUnavailable("the provider's keys cannot be read") from error
        return self._keys

    def _read_endpoints(self, found: dict[str, Any]) -> Endpoints:
        if found.get("issuer") != self._issuer:
            # Discovery §4.3: otherwise one provider could speak for another.
            raise SignInUnavailable("the provider calls itself otherwise than the settings do")
        addresses = [found.get(key) for key in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(address, str) and is_secure(address) for address in addresses):
            raise SignInUnavailable("the provider names an address that is missing or not https")
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        authorization, token, keys = (str(address) for address in addresses)
        return Endpoints(authorization, token, keys, "client_secret_basic" not in methods)

    async def _secret(self) -> str:
        settings = self.settings
        if settings.client_secret is not None:
            return settings.client_secret.get_secret_value()
        if settings.client_secret_file is None:
            return ""
        try:
            return (await asyncio.to_thread(settings.client_secret_file.read_text, "utf-8")).strip()
        except (OSError, ValueError) as error:
            raise SignInUnavailable("client_secret_file cannot be read") from error

    async def _asked(
        self, method: str, address: str, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object an address answers with."""
        if not is_secure(address):
            raise SignInUnavailable("the provider's address is not https")
        try:
            async with (
                asyncio.timeout(ASK_SECONDS),
                httpx2.AsyncClient(
                    verify=await self._tls_context(), follow_redirects=False, trust_env=False, timeout=ASK_SECONDS
                ) as client,
                client.stream(
                    method, address, data=fields, headers={"Accept": "application/json", **(headers or {})}
                ) as answer,
            ):
                if answer.status_code in {400, 401} and method == "POST":
                    raise SignInRefused(f"the provider does not take the code ({answer.status_code})")
                if answer.status_code != 200:
                    raise SignInUnavailable(f"the provider answers {answer.status_code}")
                octets = b""
                async for piece in answer.aiter_bytes():
                    octets += piece
                    if len(octets) > ANSWER_MAX:
                        raise SignInUnavailable("the provider's answer is too long")
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            raise SignInUnavailable(f"the provider cannot be asked: {type(error).__name__}") from error
        return _object(octets)

    async def _tls_context(self) -> ssl.SSLContext:
        if self._context is None:
            authority = self.settings.ca_file
            self._context = await asyncio.to_thread(
                ssl.create_default_context, cafile=None if authority is None else str(authority)
            )
        return self._context


def is_secure(address: str) -> bool:
    """Whether an address may be asked: https, or this machine itself."""
    try:
        url = urlsplit(address)
    except ValueError:
        return False
    return bool(url.hostname) and (url.scheme == "https" or (url.scheme == "http" and url.hostname in _LOOPBACK))


def _object(octets: bytes) -> dict[str, Any]:
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise SignInUnavailable("the provider's answer is no JSON") from error
    if not isinstance(found, dict):
        raise SignInUnavailable("the provider's answer is no object")
    return found
