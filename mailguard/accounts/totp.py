"""One-time passwords from an app (RFC 6238: SHA-1, 6 digits, 30 s), and the recovery codes for a lost telephone.

The secret is sealed. It counts once a first code was typed, so that nobody is locked out by an app that did not take
it. A step counts once, one step of a clock that is off is forgiven, and wrong codes make wait. Ten recovery codes of 50
bits, each good once, are kept as keyed hashes.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from mailguard import audit
from mailguard.accounts import second_factor_queries as queries
from mailguard.accounts.factors import Factor
from mailguard.accounts.lockout import Counted, Lockout, Subject
from mailguard.errors import ContentDamaged, NotAllowed, SignInRefused
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.sealing import SecretBox
from mailguard.store import Store, Transaction
from mailguard.store.times import to_micros

STEP_SECONDS = 30
STEPS_OFF = 1
CODES = 10
CODE_LENGTH = 10
_CODE_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: none of i, l, o, u."""
_READ_AS = str.maketrans("ilo", "110")
_QUIET_ZONE = 4


@dataclass(frozen=True, slots=True, repr=False)
class TotpSetup:
    """What an app needs, to be shown once; ``svg`` is the QR code, free of style and script. Not shown by ``repr``."""

    secret: str
    uri: str
    svg: str


class Totp:
    """Sets up, checks and removes them. Addresses may be in any spelling."""

    def __init__(self, store: Store, box: SecretBox, lockout: Lockout, office_name: str) -> None:
        self._store = store
        self._box = box
        self._lockout = lockout
        self._issuer = office_name.replace(":", " ").strip() or "mailguard"

    async def begin(self, address: str) -> TotpSetup:
        """A new secret that counts once ``confirm`` was given a code; begun again, the one before is forgotten.

        Raises ``NotAllowed`` where one counts already: it must be removed first.
        """
        name, secret = comparable(address), pyotp.random_base32()
        sealed = self._box.seal(secret.encode(), _name(name))

        def work(transaction: Transaction) -> bool:
            row = queries.totp_of(transaction, name)
            if row is not None and row.confirmed_at is not None:
                return False
            queries.set_totp(transaction, name, sealed)
            return True

        if not await self._store.write(work):
            raise NotAllowed("one-time passwords are set up already")
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=self._issuer)
        return TotpSetup(secret, uri, _qr_code(uri))

    async def confirm(self, address: str, code: str, actor: Actor) -> tuple[str, ...]:
        """The secret begun counts from now on; the recovery codes, to be shown once.

        Raises ``SignInRefused`` for a wrong code, or where nothing was begun, and ``SignInDelayed``.
        """
        name, codes = comparable(address), _new_codes()
        subject = Subject(Counted.SECOND_FACTOR, name)
        await self._lockout.begin(subject)

        def work(transaction: Transaction) -> bool:
            row = queries.totp_of(transaction, name)
            if row is None or row.confirmed_at is not None or not self._use_step(transaction, name, code):
                return False
            queries.set_codes(transaction, name, [self._code_hash(name, one) for one in codes])
            _record(transaction, actor, name, "totp_added")
            return True

        if not await self._store.write(work):
            raise SignInRefused("the first one-time password is wrong")
        await self._lockout.succeeded(subject)
        return codes

    async def is_on(self, address: str) -> bool:
        """Whether somebody's one-time passwords count."""
        name = comparable(address)
        row = await self._store.read(lambda connection: queries.totp_of(connection, name))
        return row is not None and row.confirmed_at is not None

    async def check(self, address: str, code: str) -> Factor:
        """Which of the two the code is: ``TOTP`` or ``RECOVERY``. It is used up.

        Raises ``SignInRefused`` for a wrong one, ``SignInDelayed`` after many.
        """
        name, typed = comparable(address), _typed(code)
        subject = Subject(Counted.SECOND_FACTOR, name)
        await self._lockout.begin(subject)

        def work(transaction: Transaction) -> Factor | None:
            row = queries.totp_of(transaction, name)
            if row is None or row.confirmed_at is None:
                return None
            if self._use_step(transaction, name, typed):
                return Factor.TOTP
            if queries.use_code(transaction, name, self._code_hash(name, typed)):
                _record(transaction, Actor(ActorKind.PERSON, name), name, "recovery_code_used")
                return Factor.RECOVERY
            return None

        factor = await self._store.write(work)
        if factor is None:
            raise SignInRefused("the second factor is wrong")
        await self._lockout.succeeded(subject)
        return factor

    async def codes_left(self, address: str) -> int:
        """How many recovery codes somebody still has."""
        name = comparable(address)
        return await self._store.read(lambda connection: queries.count_codes(connection, name))

    async def new_recovery_codes(self, address: str, actor: Actor) -> tuple[str, ...]:
        """Ten fresh ones in place of those that are left, to be shown once. Raises ``NotAllowed`` without a secret."""
        name, codes = comparable(address), _new_codes()

        def work(transaction: Transaction) -> bool:
            row = queries.totp_of(transaction, name)
            if row is None or row.confirmed_at is None:
                return False
            queries.set_codes(transaction, name, [self._code_hash(name, one) for one in codes])
            _record(transaction, actor, name, "recovery_codes_made")
            return True

        if not await self._store.write(work):
            raise NotAllowed("there are no one-time passwords to recover")
        return codes

    async def remove(self, address: str, actor: Actor) -> bool:
        """No one-time passwords and recovery codes any more; False where there were none.

        Whoever calls it has seen to it that the person proved a second factor just now, or is an administrator.
        """
        name = comparable(address)

        def work(transaction: Transaction) -> bool:
            queries.set_codes(transaction, name, [])
            if not queries.remove_totp(transaction, name):
                return False
            _record(transaction, actor, name, "totp_removed")
            return True

        return await self._store.write(work)

    def _use_step(self, transaction: Transaction, name: str, code: str) -> bool:
        """Whether the code is that of a step near now which was not used before; it is used then."""
        row, typed = queries.totp_of(transaction, name), _typed(code)
        if row is None:
            return False
        try:
            secret = self._box.open(bytes(row.secret), _name(name)).decode()
        except ContentDamaged:
            return False
        otp, now = pyotp.TOTP(secret), _step(transaction.now)
        for step in range(now - STEPS_OFF, now + STEPS_OFF + 1):
            if hmac.compare_digest(otp.generate_otp(step).encode(), typed.encode()) and step > row.last_step:
                confirmed_at = row.confirmed_at or to_micros(transaction.now)
                return queries.use_step(transaction, name, step, confirmed_at) == 1
        return False

    def _code_hash(self, name: str, code: str) -> bytes:
        return self._box.mark(_typed(code).translate(_READ_AS).encode(), f"recovery.{name}")


def _new_codes() -> tuple[str, ...]:
    """Ten of them, in two groups of five."""
    letters = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    return tuple(f"{one[:5]}-{one[5:]}" for one in letters)


def _typed(code: str) -> str:
    """What was meant: without blanks and hyphens, wide letters as plain ones, at most as long as any code."""
    plain = unicodedata.normalize("NFKC", code[:100]).lower()
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())[: CODE_LENGTH + 1]


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP_SECONDS


def _qr_code(uri: str) -> str:
    """As SVG that needs no style: dark squares as one path, on a light ground, whatever colours the page has."""
    rows = [list(row) for row in segno.make(uri, error="m", micro=False).matrix]
    size = len(rows) + 2 * _QUIET_ZONE
    squares = "".join(
        f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="qr-code" viewBox="0 0 {size} {size}" aria-hidden="true" '
        f'shape-rendering="crispEdges"><rect class="qr-light" width="{size}" height="{size}" fill="#ffffff"/>'
        f'<path class="qr-dark" d="{squares}" fill="#000000"/></svg>'
    )


def _name(address: str) -> str:
    return f"totp.{address}"


def _record(transaction: Transaction, actor: Actor, address: str, change: str) -> None:
    details: dict[str, object] = {"address": address, "change": change}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.SIGN_IN_METHOD_CHANGED, None, details))
