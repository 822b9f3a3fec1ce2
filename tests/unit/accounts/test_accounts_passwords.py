"""Which passwords are good enough, and what hashing them costs."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest
from argon2 import PasswordHasher

from mailguard.accounts.passwords import AT_ONCE, QUEUE_MAX, Passwords, generated_password, weakness
from mailguard.errors import SignInUnavailable

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        pytest.param("Kx7!qLm", "it needs at least 10 characters", id="short"),
        pytest.param("kumonosuki", "below 15 characters it needs 3 of: small letters, capital letters, digits, others",
                     id="ten of one kind"),
        pytest.param("aaaaaaaaaaaaaaaaaaaa", "it repeats too few different characters", id="one letter"),
        pytest.param("xTanaka-2026-yz", "it contains the account's own name", id="own name"),
        pytest.param("Password-2026", "it is little more than a well-known row of characters (passwo...)",
                     id="the word"),
        pytest.param("Qwertyuiop123!", "it is little more than a well-known row of characters (qwerty...)",
                     id="keyboard"),
        pytest.param("0987654321-Ab", "it is little more than a well-known row of characters (123456...)",
                     id="backwards"),
        pytest.param("tea kettle\tnoon river", "it contains a control character", id="tab"),
        pytest.param("Kx7!qLm2vR", None, id="ten, mixed"),
        pytest.param("teakettlenoonriver", None, id="long, one kind"),
        pytest.param("やかんと正午の川を渡るあひる", "below 15 characters it needs 3 of:"
                     " small letters, capital letters, digits, others", id="fourteen kana"),
    ],
)  # fmt: skip
def test_weakness_says_what_is_missing(password: str, expected: str | None) -> None:
    """A password is ten or more mixed characters, or fifteen of any kind, and nothing everybody tries first."""
    assert expected == weakness(password, "tanaka@example.jp")


def test_generated_password_is_good_and_new() -> None:
    """A made-up password passes our own check, and is another one each time."""
    made = {generated_password() for _ in range(200)}

    assert 200 == len(made)
    assert {None} == {weakness(password, "tanaka@example.jp") for password in made}


def test_hash_defaults_follow_argon2id() -> None:
    """Passwords are stored as argon2id with the library's defaults."""
    stored = Passwords().hashed_now("teakettlenoonriver")

    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_matches_same_password_typed_on_another_keyboard() -> None:
    """A password with が matches whether the keyboard sends one character or two."""
    passwords = Passwords(CHEAP)

    assert await passwords.matches(passwords.hashed_now("\u304b\u3099kusei"), "\u304ckusei")


async def test_matches_unreadable_hash_is_no_match() -> None:
    """A damaged row lets nobody in and breaks nothing."""
    assert not await Passwords(CHEAP).matches("damaged", "teakettlenoonriver")


async def test_queue_full_says_later() -> None:
    """A flood of sign-ins is told to come back instead of taking all memory."""
    passwords = Passwords(CHEAP)

    results = await asyncio.gather(
        *[passwords.hashed("teakettlenoonriver") for _ in range(AT_ONCE + QUEUE_MAX + 5)], return_exceptions=True
    )

    assert 5 == sum(isinstance(result, SignInUnavailable) for result in results)


@pytest.mark.slow
async def test_unknown_user_costs_as_much_as_a_known_one() -> None:
    """Time does not tell which accounts there are (medians of 30 each, within a quarter on a shared machine)."""
    passwords = Passwords(PasswordHasher(time_cost=2, memory_cost=16384, parallelism=1))
    stored = passwords.hashed_now("teakettlenoonriver")
    known, unknown = [], []
    for _ in range(30):
        began = time.perf_counter()
        await passwords.matches(stored, "guess")
        between = time.perf_counter()
        await passwords.match_nothing("guess")
        known.append(between - began)
        unknown.append(time.perf_counter() - between)

    assert pytest.approx(1, rel=0.25) == statistics.median(unknown) / statistics.median(known)
