"""The gate of the web pages: passwords with a growing wait, the second step, and the session at the end.

Every way in ends in ``admit``: it asks for a one-time password where the person has set one up and proved only one
thing, and opens the session otherwise. Whatever is wrong, the answer is the same: an unknown address, a wrong password,
a disabled person and a device's account get ``SignInRefused`` after the same work.

A local account decides about its address alone; any other own mailbox is asked of the directory where there is one, or
else of the real server (``sign_in``). Known limit: how long an answer takes tells whether an address is looked up here
or in the directory, not whether it exists there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from mailguard import audit
from mailguard.accounts import queries, session_queries
from mailguard.accounts.bearer import hash_of
from mailguard.accounts.ceremonies import Ceremonies, Kind, new_token
from mailguard.accounts.ceremony_queries import remove_ceremony
from mailguard.accounts.factors import Factor, Proved, factors_of, proves_two, stored
from mailguard.accounts.ldap_directory import LdapDirectory
from mailguard.accounts.lockout import Counted, Lockout, Subject
from mailguard.accounts.membership import Membership
from mailguard.accounts.sessions import Sessions
from mailguard.accounts.sign_in import PASSWORD_MAX, Accounts
from mailguard.accounts.totp import Totp
from mailguard.config import Settings
from mailguard.errors import CodeRefused, NotAllowed, SignInRefused, SignInUnavailable, TooManyFailures
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction

log = structlog.get_logger()

STEP_LIFE = timedelta(minutes=10)
TRIES_MAX = 5


@dataclass(frozen=True, slots=True)
class Admitted:
    """Signed in. ``token`` is what the session's cookie holds."""

    token: str


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A one-time password or a recovery code is needed. ``ceremony`` is what the ceremony's cookie holds."""

    ceremony: str


class Gate:
    """Lets people in. For one event loop."""

    def __init__(
        self,
        store: Store,
        box: SecretBox,
        settings: Settings,
        accounts: Accounts,
        sessions: Sessions,
        totp: Totp,
        lockout: Lockout,
    ) -> None:
        self._store = store
        self._ceremonies = Ceremonies(box)
        self._accounts = accounts
        self._sessions = sessions
        self._totp = totp
        self._lockout = lockout
        self._members = Membership(settings.office)
        self._directory = None if settings.sign_in.ldap is None else LdapDirectory(settings.sign_in.ldap)
        self._has_passwords = "password" in settings.sign_in.methods

    @property
    def has_passwords(self) -> bool:
        """Whether the settings have this way in."""
        return self._has_passwords

    async def password(self, address: str, password: str, client_address: str) -> Proved:
        """Whose password it is.

        Raises ``SignInRefused``, ``SignInDelayed`` after many failures, ``SignInUnavailable`` where the real server or
        the directory cannot be asked, ``NotAllowed`` where passwords are no way in.
        """
        if not self._has_passwords:
            raise NotAllowed("passwords are no way in here")
        name = comparable(address.strip())
        subjects = Subject(Counted.ACCOUNT, name), Subject(Counted.CLIENT, client_address)
        await self._lockout.begin(*subjects)
        try:
            is_right = await self._is_right(address, name, password, client_address)
        except (SignInUnavailable, TooManyFailures):
            # Nothing was compared.
            await self._lockout.take_back(*subjects)
            raise
        if not is_right:
            await self._record_failure(name, client_address, Factor.PASSWORD)
            raise SignInRefused
        await self._lockout.succeeded(*subjects)
        return Proved(name, frozenset({Factor.PASSWORD}))

    async def admit(
        self, proved: Proved, client_address: str, client: str, replaces: str | None = None
    ) -> Admitted | SecondStep:
        """Go on after any first proof. ``client``: what the browser calls itself; ``replaces``: its session so far.

        Raises ``SignInRefused`` for somebody who is disabled.
        """
        if await self._store.read(lambda connection: session_queries.is_disabled(connection, proved.address)):
            await self._record_failure(proved.address, client_address, *proved.factors)
            raise SignInRefused("disabled")
        if not proves_two(proved.factors) and await self._totp.is_on(proved.address):
            token, state = new_token(), {"factors": stored(proved.factors)}
            await self._store.write(
                lambda transaction: self._ceremonies.add(
                    transaction, token, Kind.SECOND_STEP, proved.address, state, STEP_LIFE
                )
            )
            return SecondStep(token)
        return Admitted(await self._sessions.open(proved.address, proved.factors, client_address, client, replaces))

    async def second(
        self, ceremony: str, code: str, client_address: str, client: str, replaces: str | None = None
    ) -> Admitted:
        """Go on with a one-time password or a recovery code.

        Raises ``CodeRefused`` with the tries that are left (none: begin anew), ``SignInDelayed`` after many.
        """
        begun = await self._store.write(
            lambda transaction: self._ceremonies.try_once(transaction, ceremony, Kind.SECOND_STEP, TRIES_MAX)
        )
        if begun is None:
            raise CodeRefused
        try:
            factor = await self._totp.check(begun.address, code)
        except SignInRefused as error:
            await self._record_failure(begun.address, client_address, Factor.TOTP)
            raise CodeRefused(TRIES_MAX - begun.tries) from error
        if not await self._store.write(lambda transaction: remove_ceremony(transaction, hash_of(ceremony))):
            raise CodeRefused
        factors = factors_of(begun.state["factors"]) | {factor}
        return Admitted(await self._sessions.open(begun.address, factors, client_address, client, replaces))

    async def _is_right(self, address: str, name: str, password: str, client_address: str) -> bool:
        if self._directory is not None and self._members.is_mailbox(name):
            row = await self._store.read(lambda connection: queries.account_by_address(connection, name))
            if row is None:
                return len(password) <= PASSWORD_MAX and await self._directory.confirms(name, password)
        try:
            account = await self._accounts.authenticate(address, password, client_address)
        except SignInRefused:
            return False
        # An account that somebody else answers for is a device's: its password stands in a copier.
        return comparable(account.owner) == account.address

    async def _record_failure(self, name: str, client_address: str, *factors: Factor) -> None:
        """On record; a name only where it can be a mailbox, because people type passwords into the wrong field."""
        shown = name if self._members.is_mailbox(name) else ""
        log.info("sign_in_failed", client=client_address, factors=stored(factors))

        def work(transaction: Transaction) -> None:
            details: dict[str, object] = {"address": shown, "client": client_address, "factors": stored(factors)}
            actor = Actor(ActorKind.CLIENT, shown)
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.SIGN_IN_FAILED, None, details))

        await self._store.write(work)
