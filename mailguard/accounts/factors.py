"""What a sign-in has proved, and when that counts as two different things.

Two proofs are two factors only where one stolen thing does not give both. A mailed code and a password are not: in most
offices the password opens the mailbox. A passkey is two by itself: the device, and the finger or PIN it asks for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Factor(StrEnum):
    """One thing that was proved. Values are stored with the session."""

    MAILBOX = "mailbox"
    PASSWORD = "password"  # noqa: S105 - a word for it
    OIDC = "oidc"
    OIDC_SECOND = "oidc_second"
    """The other provider asks for a second factor itself, as the settings say."""
    TOTP = "totp"
    RECOVERY = "recovery"
    PASSKEY = "passkey"


SECOND = frozenset({Factor.TOTP, Factor.RECOVERY})
"""What only ever stands beside a first one."""


@dataclass(frozen=True, slots=True)
class Proved:
    """Whose mailbox it is (comparable), and what was proved of it just now. No session yet."""

    address: str
    factors: frozenset[Factor]


def proves_two(factors: Iterable[Factor]) -> bool:
    """Whether these are two different things."""
    proved = frozenset(factors)
    return bool(proved & {Factor.PASSKEY, Factor.OIDC_SECOND}) or bool(proved & SECOND and proved - SECOND)


def factors_of(text: str) -> frozenset[Factor]:
    """Factors as they are stored; words of another release are left out."""
    return frozenset(factor for factor in Factor if factor.value in text.split())


def stored(factors: Iterable[Factor]) -> str:
    """Factors in one line, the same for the same ones."""
    return " ".join(sorted(factors))
