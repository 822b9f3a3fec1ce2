"""Passkeys (WebAuthn level 3): a sign-in with a device and a finger or PIN, without typing even an address.

Every passkey is discoverable and verifies its user, so one is two factors. Challenges are ceremonies that count once.
Attestation is not asked for: which make of device a clerk has is not the relay's business. What the origin is comes
from ``web.public_url``; without it there are no passkeys.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mailguard import audit
from mailguard.accounts import second_factor_queries as queries
from mailguard.accounts import session_queries
from mailguard.accounts.ceremonies import Ceremonies, Kind, new_token
from mailguard.accounts.factors import Factor, Proved
from mailguard.config import Settings
from mailguard.errors import AccountProblem, NotAllowed, SignInRefused
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction
from mailguard.store.times import from_micros, from_micros_or_none, to_micros

if TYPE_CHECKING:
    from mailguard.accounts.relying_party import RelyingParty

LIFE = timedelta(minutes=5)
"""As long as browsers wait for a finger."""
EACH_MAX = 20
NAME_MAX = 60
RESPONSE_MAX = 65_536
"""Characters of what a browser answers; real ones have a tenth."""
_CHALLENGE_BYTES = 32


@dataclass(frozen=True, slots=True)
class PasskeyBegun:
    """The ceremony's token for a cookie, and the options for ``navigator.credentials`` as JSON."""

    ceremony: str
    options: str


@dataclass(frozen=True, slots=True)
class PasskeyEntry:
    """A passkey as its owner's list shows it. ``used_at`` is None for one never used."""

    passkey_id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class Passkeys:
    """Registers and verifies them. Addresses may be in any spelling."""

    def __init__(self, store: Store, box: SecretBox, settings: Settings) -> None:
        self._store = store
        self._box = box
        self._ceremonies = Ceremonies(box)
        url = urlsplit(settings.web.public_url)
        self._party: RelyingParty | None = None
        if "passkey" in settings.sign_in.methods and url.hostname:
            # Loaded where there are passkeys: its certificates and formats are a tenth of a relay's start.
            from mailguard.accounts.relying_party import RelyingParty

            origin = f"{url.scheme}://{url.netloc}".lower()
            self._party = RelyingParty(url.hostname, origin, settings.office.name or url.hostname)

    @property
    def is_possible(self) -> bool:
        """Whether the settings have this way in, and say where the pages are."""
        return self._party is not None

    async def begin_registration(self, address: str) -> PasskeyBegun:
        """Begin to add a passkey for whoever is signed in. Raises ``NotAllowed`` where there are none."""
        party = self._checked()
        name, token, challenge = comparable(address), new_token(), secrets.token_bytes(_CHALLENGE_BYTES)
        known = await self._store.read(lambda connection: queries.passkeys_of(connection, name))
        options = party.registration(name, self._handle(name), challenge, [bytes(row.credential_id) for row in known])
        await self._begin(token, Kind.PASSKEY_NEW, name, challenge)
        return PasskeyBegun(token, options)

    async def finish_registration(self, ceremony: str, address: str, response: str, name: str, actor: Actor) -> None:
        """Keep the passkey the browser made, under that name ("" gets one). ``response``: its answer as JSON.

        Raises ``SignInRefused`` where the answer is not right or came too late, ``AccountProblem`` where there are
        ``EACH_MAX`` already.
        """
        party = self._checked()
        owner = comparable(address)
        challenge = await self._challenge(ceremony, Kind.PASSKEY_NEW, owner)
        made = await asyncio.to_thread(party.verified_new, _parsed(response), challenge)
        label = " ".join(name.split())[:NAME_MAX] or "passkey"

        def work(transaction: Transaction) -> str:
            if queries.passkey_by_id(transaction, made.credential_id) is not None:
                return "known"
            if len(queries.passkeys_of(transaction, owner)) >= EACH_MAX:
                return "many"
            row = {
                "credential_id": made.credential_id,
                "address": owner,
                "public_key": made.credential_public_key,
                "sign_count": made.sign_count,
                "name": label,
                "created_at": to_micros(transaction.now),
                "used_at": None,
            }
            queries.add_passkey(transaction, row)
            _record(transaction, actor, owner, "passkey_added")
            return ""

        if problem := await self._store.write(work):
            raise AccountProblem(
                public="This passkey is there already" if problem == "known" else f"{EACH_MAX} passkeys are the most"
            )

    async def begin_sign_in(self) -> PasskeyBegun:
        """Begin a sign-in of whoever has a passkey. Raises ``NotAllowed`` where there are none."""
        party = self._checked()
        token, challenge = new_token(), secrets.token_bytes(_CHALLENGE_BYTES)
        options = party.authentication(challenge)
        await self._begin(token, Kind.PASSKEY_SIGN_IN, "", challenge)
        return PasskeyBegun(token, options)

    async def finish_sign_in(self, ceremony: str, response: str) -> Proved:
        """Whose passkey answered. Raises ``SignInRefused`` for whatever is not right; which of it is not said."""
        party = self._checked()
        challenge = await self._challenge(ceremony, Kind.PASSKEY_SIGN_IN, "")
        answer = _parsed(response)
        credential_id = _octets(answer.get("rawId"))
        row = await self._store.read(lambda connection: queries.passkey_by_id(connection, credential_id))
        if row is None:
            raise SignInRefused("no such passkey")
        inner = answer.get("response")
        handle = _octets(inner.get("userHandle")) if isinstance(inner, dict) and inner.get("userHandle") else None
        if handle is not None and handle != self._handle(row.address):
            raise SignInRefused("the passkey belongs to somebody else")
        sign_count = await asyncio.to_thread(
            party.verified_count, answer, challenge, bytes(row.public_key), row.sign_count
        )

        def work(transaction: Transaction) -> bool:
            if session_queries.is_disabled(transaction, row.address):
                return False
            return queries.use_passkey(transaction, credential_id, sign_count, to_micros(transaction.now)) == 1

        if not await self._store.write(work):
            raise SignInRefused("disabled, or another sign-in with the same count was first")
        return Proved(row.address, frozenset({Factor.PASSKEY}))

    async def of_person(self, address: str) -> list[PasskeyEntry]:
        """Somebody's passkeys, oldest first."""
        name = comparable(address)
        rows = await self._store.read(lambda connection: queries.passkeys_of(connection, name))
        return [
            PasskeyEntry(
                bytes(row.credential_id).hex(), row.name, from_micros(row.created_at), from_micros_or_none(row.used_at)
            )
            for row in rows
        ]

    async def rename(self, address: str, passkey_id: str, name: str) -> bool:
        """Another name for one of somebody's passkeys; False where it is not theirs or the name is empty."""
        owner, label, credential_id = comparable(address), " ".join(name.split())[:NAME_MAX], _from_hex(passkey_id)
        if not label or credential_id is None:
            return False
        return bool(
            await self._store.write(
                lambda transaction: queries.rename_passkey(transaction, credential_id, owner, label)
            )
        )

    async def remove(self, address: str, passkey_id: str, actor: Actor) -> bool:
        """One of somebody's passkeys counts no more; False where it is not theirs."""
        owner, credential_id = comparable(address), _from_hex(passkey_id)
        if credential_id is None:
            return False

        def work(transaction: Transaction) -> bool:
            if not queries.remove_passkey(transaction, credential_id, owner):
                return False
            _record(transaction, actor, owner, "passkey_removed")
            return True

        return await self._store.write(work)

    async def _begin(self, token: str, kind: Kind, name: str, challenge: bytes) -> None:
        state = {"challenge": challenge.hex()}
        await self._store.write(lambda transaction: self._ceremonies.add(transaction, token, kind, name, state, LIFE))

    async def _challenge(self, ceremony: str, kind: Kind, name: str) -> bytes:
        """What was asked in the ceremony, which is over now. Raises ``SignInRefused`` where it is not open."""
        found = await self._store.write(lambda transaction: self._ceremonies.take(transaction, ceremony, kind))
        if found is None or found.address != name:
            raise SignInRefused("no such ceremony")
        return bytes.fromhex(found.state["challenge"])

    def _checked(self) -> RelyingParty:
        if self._party is None:
            raise NotAllowed("there are no passkeys here")
        return self._party

    def _handle(self, name: str) -> bytes:
        """What a device keeps to tell persons apart (WebAuthn §14.6.1: nothing personal is in it)."""
        return self._box.mark(name.encode(), "passkey.handle")


def _parsed(response: str) -> dict[str, Any]:
    try:
        answer = json.loads(response) if len(response) <= RESPONSE_MAX else None
    except (ValueError, RecursionError) as error:
        raise SignInRefused("the browser's answer is no JSON") from error
    if not isinstance(answer, dict):
        raise SignInRefused("the browser's answer is not an object, or too long")
    return answer


def _octets(text: object) -> bytes:
    """What base64url says, as browsers write it: without padding. Raises ``SignInRefused``."""
    if not isinstance(text, str):
        raise SignInRefused("the browser's answer has no such octets")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise SignInRefused("the browser's answer has no such octets") from error


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _record(transaction: Transaction, actor: Actor, address: str, change: str) -> None:
    details: dict[str, object] = {"address": address, "change": change}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.SIGN_IN_METHOD_CHANGED, None, details))
