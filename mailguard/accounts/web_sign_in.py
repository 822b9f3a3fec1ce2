"""Everything the pages need to know who stands before them, made of the settings in one go."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.accounts import ceremonies, lockout, tokens
from mailguard.accounts.gate import Gate
from mailguard.accounts.links import MailLinks
from mailguard.accounts.lockout import Lockout
from mailguard.accounts.mailed_codes import MailedCodes, OfficeZone, Post
from mailguard.accounts.new_password import OwnPassword
from mailguard.accounts.oidc import OidcSignIn
from mailguard.accounts.passkeys import Passkeys
from mailguard.accounts.sessions import Sessions
from mailguard.accounts.sign_in import Accounts
from mailguard.accounts.tokens import ApiTokens
from mailguard.accounts.totp import Totp
from mailguard.clock import Clock
from mailguard.config import Settings
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction

SIGN_IN = "sign_in"
"""The purpose of the key that everything here is sealed with."""


@dataclass(frozen=True, slots=True)
class WebSignIn:
    """The parts. One per node."""

    sessions: Sessions
    gate: Gate
    codes: MailedCodes
    oidc: OidcSignIn
    passkeys: Passkeys
    totp: Totp
    own_password: OwnPassword
    tokens: ApiTokens
    links: MailLinks
    lockout: Lockout

    def forget_ended(self, transaction: Transaction) -> int:
        """Work for the sweeper: remove sessions, ceremonies, tokens and counts whose time is over; how many."""
        return (
            self.sessions.forget_ended(transaction)
            + ceremonies.forget_ended(transaction)
            + tokens.forget_ended(transaction)
            + lockout.forget_ended(transaction)
        )

    async def close(self) -> None:
        """Wait for what is under way."""
        await self.codes.close()


def open_web_sign_in(
    settings: Settings, store: Store, clock: Clock, box: SecretBox, accounts: Accounts, post: Post, zone: OfficeZone
) -> WebSignIn:
    """The parts, made of the settings. ``box``: for the purpose ``SIGN_IN``; ``post`` marks its mail as being that;
    ``zone``: of the times it tells.
    """
    counted = Lockout(store, clock, box)
    sessions = Sessions(store, clock, settings.sign_in)
    totp = Totp(store, box, counted, settings.office.name)
    return WebSignIn(
        sessions=sessions,
        gate=Gate(store, box, settings, accounts, sessions, totp, counted),
        codes=MailedCodes(store, clock, box, settings, counted, post, zone),
        oidc=OidcSignIn(store, clock, box, settings),
        passkeys=Passkeys(store, box, settings),
        totp=totp,
        own_password=OwnPassword(store, accounts.passwords, counted, settings.office),
        tokens=ApiTokens(store, clock),
        links=MailLinks(store),
        lockout=counted,
    )
