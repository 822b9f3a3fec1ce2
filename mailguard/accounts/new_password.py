"""Which new passwords are good enough, and changing one's own.

15 characters where a password stands alone, of any kind (NIST SP 800-63B rev. 4 §3.1.1.2, 2025-08: no composition
rules); 10 beside a second factor. Below 15 three kinds of characters are asked for (manual 1-4, 複雑に): the only
composition rule, for those who choose the shorter one. Never one that many people use, alone or with a year behind it,
nor one made of the address or the office's name. Nobody must change a password because time passed.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib.resources import files

from sqlalchemy import Connection

from mailguard.accounts import administration, queries, second_factor_queries
from mailguard.accounts.bearer import hash_of
from mailguard.accounts.lockout import Counted, Lockout, Subject
from mailguard.accounts.passwords import Passwords
from mailguard.accounts.sessions import end_sessions
from mailguard.config import OfficeSettings
from mailguard.errors import NotAllowed, PasswordTooWeak, SignInRefused
from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.audit import Actor, ActorKind
from mailguard.store import Store, Transaction

LONG_ENOUGH = 15
"""Characters from which a password may stand alone, and needs no mixture."""
MIXED_LENGTH = 10
"""Characters from which a mixed one is good enough beside a second factor."""
LENGTH_MAX = 256
KINDS_MIN = 3
DISTINCT_MIN = 6
_NAME_LENGTH = 4
"""Letters of a name from which it counts where it stands within a password."""
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "passwordpassword")
_RUN_LENGTH = 6
_CORE_LENGTH = 6
"""Letters of a known word from which it is refused with figures and signs around it."""
_AROUND_MAX = 8
_AROUND = re.compile(r"^[\W\d_]*|[\W\d_]*$")


class Weakness(StrEnum):
    """Why a password is not good enough. Its text: ``sign_in.weakness.`` and the value."""

    TOO_SHORT_ALONE = "too_short_alone"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    TOO_FEW_KINDS = "too_few_kinds"
    TOO_FEW_DIFFERENT = "too_few_different"
    HOLDS_NAME = "holds_name"
    WELL_KNOWN_ROW = "well_known_row"
    KNOWN = "known"


def weakness_of(password: str, address: str, office: OfficeSettings, *, is_only_factor: bool) -> Weakness | None:
    """Why a password is not good enough for this person; None where it is."""
    plain = unicodedata.normalize("NFC", password)
    kinds = sum(any(test(letter) for letter in plain) for test in (str.islower, str.isupper, str.isdigit, _is_other))
    checks: tuple[tuple[Weakness, Callable[[], bool]], ...] = (
        (Weakness.TOO_SHORT, lambda: len(plain) < MIXED_LENGTH),
        (Weakness.TOO_SHORT_ALONE, lambda: is_only_factor and len(plain) < LONG_ENOUGH),
        (Weakness.TOO_LONG, lambda: len(plain) > LENGTH_MAX),
        (Weakness.CONTROL_CHARACTER, lambda: any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in plain)),
        (Weakness.TOO_FEW_KINDS, lambda: len(plain) < LONG_ENOUGH and kinds < KINDS_MIN),
        (Weakness.TOO_FEW_DIFFERENT, lambda: len(set(plain)) < DISTINCT_MIN),
        (Weakness.HOLDS_NAME, lambda: _holds_name(_folded(plain), address, office)),
        (Weakness.WELL_KNOWN_ROW, lambda: _is_row(_folded(plain))),
        (Weakness.KNOWN, lambda: _is_known(_folded(plain))),
    )
    return next((weakness for weakness, is_weak in checks if is_weak()), None)


class OwnPassword:
    """Changes a person's local password. One that the real server or the directory keeps is changed there."""

    def __init__(self, store: Store, passwords: Passwords, lockout: Lockout, office: OfficeSettings) -> None:
        self._store = store
        self._passwords = passwords
        self._lockout = lockout
        self._office = office

    async def has_one(self, address: str) -> bool:
        """Whether this person's password is kept here."""
        name = comparable(address)
        row = await self._store.read(lambda connection: queries.account_by_address(connection, name))
        return row is not None and row.disabled_at is None

    async def change(
        self,
        address: str,
        new: str,
        client_address: str,
        *,
        old: str | None = None,
        has_fresh_factor: bool = False,
        except_token: str | None = None,
    ) -> None:
        """Another password; all other sessions of the person end, but that of ``except_token``.

        ``has_fresh_factor``: the person proved a second factor just now, and need not know ``old``. Raises
        ``NotAllowed`` without either or where no password is kept here, ``SignInRefused`` for a wrong old one,
        ``SignInDelayed`` after many, ``PasswordTooWeak`` for a new one that is not good enough.
        """
        name = comparable(address)
        stored, is_only_factor = await self._store.read(lambda connection: _kept(connection, name))
        if stored is None or not (has_fresh_factor or old):
            raise NotAllowed("no local password, or nothing proved")
        if not has_fresh_factor:
            await self._check_old(name, stored, old or "", client_address)
        weakness = weakness_of(new, name, self._office, is_only_factor=is_only_factor)
        if weakness is not None:
            raise PasswordTooWeak(weakness.value)
        actor, but = Actor(ActorKind.PERSON, name), hash_of(except_token) if except_token else b""
        set_password = administration.set_password(name, await self._passwords.hashed(new), actor)

        def work(transaction: Transaction) -> None:
            set_password(transaction)
            end_sessions(transaction, name, actor, but)

        await self._store.write(work)

    async def _check_old(self, name: str, stored: str, old: str, client_address: str) -> None:
        subjects = Subject(Counted.ACCOUNT, name), Subject(Counted.CLIENT, client_address)
        await self._lockout.begin(*subjects)
        if not await self._passwords.matches(stored, old):
            raise SignInRefused("the old password is wrong")
        await self._lockout.succeeded(*subjects)


def _kept(connection: Connection, name: str) -> tuple[str | None, bool]:
    """The stored hash, and whether nothing stands beside it."""
    row = queries.account_by_address(connection, name)
    totp = second_factor_queries.totp_of(connection, name)
    has_more = (totp is not None and totp.confirmed_at is not None) or bool(
        second_factor_queries.passkeys_of(connection, name)
    )
    return None if row is None or row.disabled_at is not None else row.password_hash, not has_more


def _folded(password: str) -> str:
    return unicodedata.normalize("NFKC", password).lower()


def _holds_name(folded: str, address: str, office: OfficeSettings) -> bool:
    names = {local_part(address).lower(), domain_of(address).partition(".")[0], _folded(office.name).replace(" ", "")}
    packed = "".join(folded.split())
    return any(len(name) >= _NAME_LENGTH and name in packed for name in names)


def _is_row(folded: str) -> bool:
    for run in _RUNS:
        for start in range(len(run) - _RUN_LENGTH + 1):
            piece = run[start : start + _RUN_LENGTH]
            rest = folded.replace(piece, "").replace(piece[::-1], "")
            if rest != folded and len(rest) < MIXED_LENGTH:
                return True
    return False


def _is_known(folded: str) -> bool:
    """Whether it is a known one, the same one twice, or one with figures and signs around it."""
    known = _known_passwords()
    half = folded[: len(folded) // 2]
    if folded in known or (half * 2 == folded and half in known):
        return True
    core = _AROUND.sub("", folded)
    return len(core) >= _CORE_LENGTH and len(folded) - len(core) <= _AROUND_MAX and core in known


@cache
def _known_passwords() -> frozenset[str]:
    packed = files("mailguard.accounts").joinpath("data/known_passwords.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


def _is_other(letter: str) -> bool:
    return not letter.isalnum()
