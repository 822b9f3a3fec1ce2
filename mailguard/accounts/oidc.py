"""Signing in at another provider: OpenID Connect with the code flow, PKCE (RFC 7636, S256), state and nonce.

Whoever comes back is who the provider says, where it says that it has verified the address and the address is of an own
domain. ``email_verified`` says so; Microsoft's own claim for it is ``xms_edov``, which an administrator there has to
switch on. The way back counts in the browser that left, once, for ten minutes.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from mailguard.accounts.ceremonies import Ceremonies, Kind, new_token
from mailguard.accounts.factors import Factor, Proved
from mailguard.accounts.membership import Membership
from mailguard.clock import Clock
from mailguard.config import OidcSettings, Settings
from mailguard.errors import NotAllowed, SignInRefused
from mailguard.model.address import comparable
from mailguard.sealing import SecretBox
from mailguard.store import Store

if TYPE_CHECKING:
    from mailguard.accounts.oidc_provider import OidcProvider

LIFE = timedelta(minutes=10)
REDIRECT_PATH = "/sign-in/oidc"
CODE_MAX = 4096


@dataclass(frozen=True, slots=True)
class OidcBegun:
    """The ceremony's token for a cookie, and where to send the browser."""

    ceremony: str
    url: str


class OidcSignIn:
    """All providers of the settings. Nothing is asked of them before somebody wants to sign in there."""

    def __init__(self, store: Store, clock: Clock, box: SecretBox, settings: Settings) -> None:
        self._store = store
        self._ceremonies = Ceremonies(box)
        self._members = Membership(settings.office)
        base = settings.web.public_url.rstrip("/")
        self._redirect_uri = f"{base}{REDIRECT_PATH}"
        # Without a public address there is nowhere to come back to.
        self._providers = _providers(settings.sign_in.oidc, clock) if base else {}

    def providers(self) -> tuple[str, ...]:
        """Their names, as the settings have them."""
        return tuple(self._providers)

    async def begin(self, name: str) -> OidcBegun:
        """Leave for a provider.

        Raises ``NotAllowed`` for a name that is not in the settings, ``SignInUnavailable`` for a provider that is away.
        """
        provider = self._providers.get(name)
        if provider is None:
            raise NotAllowed("no such provider")
        endpoints = await provider.endpoints()
        token, state, nonce, verifier = new_token(), new_token(), new_token(), secrets.token_urlsafe(48)
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": provider.settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid email",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        kept = {"provider": name, "state": state, "nonce": nonce, "verifier": verifier}
        await self._store.write(lambda transaction: self._ceremonies.add(transaction, token, Kind.OIDC, "", kept, LIFE))
        joint = "&" if "?" in endpoints.authorization else "?"
        return OidcBegun(token, f"{endpoints.authorization}{joint}{urlencode(query)}")

    async def finish(self, ceremony: str, code: str, state: str, issuer: str = "") -> Proved:
        """Who came back. ``issuer``: the parameter ``iss`` where the provider gave one (RFC 9207).

        Raises ``SignInRefused`` for a way back that is not that of this browser, or that says nothing we believe, and
        ``SignInUnavailable`` where the provider is away. The ceremony is over in any case.
        """
        found = await self._store.write(lambda transaction: self._ceremonies.take(transaction, ceremony, Kind.OIDC))
        if found is None or not hmac.compare_digest(found.state["state"].encode(), state.encode("utf-8", "replace")):
            raise SignInRefused("the way back is not that of this browser")
        provider = self._providers.get(found.state["provider"])
        if provider is None or not code or len(code) > CODE_MAX:
            raise SignInRefused("no code, or a provider that is not asked any more")
        if issuer and issuer != provider.settings.issuer:
            raise SignInRefused("another provider answered")
        claims = await provider.identity(code, self._redirect_uri, found.state["verifier"], found.state["nonce"])
        factors = {Factor.OIDC, Factor.OIDC_SECOND} if provider.settings.second_factor else {Factor.OIDC}
        return Proved(self._address(claims), frozenset(factors))

    def _address(self, claims: dict[str, Any]) -> str:
        address = claims.get("email")
        if not isinstance(address, str) or not (claims.get("email_verified") is True or claims.get("xms_edov") is True):
            raise SignInRefused("the provider has not verified the address")
        name = comparable(address)
        if not self._members.is_mailbox(name):
            raise SignInRefused("the address is of no own domain")
        return name


def _providers(settings: list[OidcSettings], clock: Clock) -> dict[str, OidcProvider]:
    if not settings:
        return {}
    # Most offices have none, and a relay without one has no use for a client of HTTP and signed tokens.
    from mailguard.accounts.oidc_provider import OidcProvider

    return {one.name: OidcProvider(one, clock) for one in settings}
