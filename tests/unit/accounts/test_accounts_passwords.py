"""Which passwords are good enough, and what hashing them costs."""

from __future__ import annotations

import asyncio
import statistics
import time

import pytest
from argon2 import PasswordHasher

from mailguard.accounts.new_password import Weakness, weakness_of
from mailguard.accounts.passwords import AT_ONCE, QUEUE_MAX, Passwords, generated_password
from mailguard.config import OfficeSettings
from mailguard.errors import SignInUnavailable
from mailguard.i18n import CATALOGUES

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


OFFICE = OfficeSettings(name="Example Law", domains=["example.jp"])


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        pytest.param("Kx7!qLm", Weakness.TOO_SHORT, id="short"),
        pytest.param("kumonosuki", Weakness.TOO_FEW_KINDS, id="ten of one kind"),
        pytest.param("やかんと正午の川を渡るあひる", Weakness.TOO_FEW_KINDS, id="fourteen kana"),
        pytest.param("aaaaaaaaaaaaaaaaaaaa", Weakness.TOO_FEW_DIFFERENT, id="one letter"),
        pytest.param("xTanaka-2026-yz", Weakness.HOLDS_NAME, id="own name"),
        pytest.param("we are example law!", Weakness.HOLDS_NAME, id="office's name, written otherwise"),
        pytest.param("kettle examplelaw noon", Weakness.HOLDS_NAME, id="office's name"),
        pytest.param("Password-2026", Weakness.WELL_KNOWN_ROW, id="the word"),
        pytest.param("Qwertyuiop123!", Weakness.WELL_KNOWN_ROW, id="keyboard"),
        pytest.param("0987654321-Ab", Weakness.WELL_KNOWN_ROW, id="backwards"),
        pytest.param("Manchester2026!", Weakness.KNOWN, id="known word and a year"),
        pytest.param("basketballbasketball", Weakness.KNOWN, id="known word twice"),
        pytest.param("1qaz2wsx3edc4rfv", Weakness.KNOWN, id="known as it is"),
        pytest.param("tea kettle\tnoon river", Weakness.CONTROL_CHARACTER, id="tab"),
        pytest.param("tea kettle " * 30, Weakness.TOO_LONG, id="endless"),
        pytest.param("tea kettle noon " * 9, None, id="long sentence"),
        pytest.param("Kx7!qLm2vR", None, id="ten, mixed"),
        pytest.param("teakettlenoonriver", None, id="long, one kind"),
        pytest.param("川を渡るあひると正午のやかんの歌", None, id="sixteen kana and kanji"),
    ],
)
def test_weakness_says_what_is_missing(password: str, expected: Weakness | None) -> None:
    """A password is ten or more mixed characters, or fifteen of any kind, and nothing that is guessed first."""
    found = weakness_of(password, "tanaka@example.jp", OFFICE, is_only_factor=False)

    assert expected == found


def test_weakness_alone_asks_for_fifteen() -> None:
    """A password with nothing beside it needs fifteen characters, however mixed it is."""
    found = [
        weakness_of(one, "tanaka@example.jp", OFFICE, is_only_factor=True) for one in ("Kx7!qLm2vR", "Kx7!qLm2vR-u4Wb")
    ]

    assert [Weakness.TOO_SHORT_ALONE, None] == found


@pytest.mark.parametrize("weakness", list(Weakness), ids=str)
def test_weakness_has_words_in_both_languages(weakness: Weakness) -> None:
    """Whatever is wrong with a password is said in Japanese and English."""
    key = f"sign_in.weakness.{weakness}"

    assert all(key in catalogue for catalogue in CATALOGUES.values())


def test_generated_password_is_good_and_new() -> None:
    """A made-up password passes our own check, and is another one each time."""
    made = {generated_password() for _ in range(200)}

    assert 200 == len(made)
    assert {None} == {weakness_of(password, "tanaka@example.jp", OFFICE, is_only_factor=True) for password in made}


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
