"""What a sender signs with is learned from mail that was delivered, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mailguard.correspondents import forget, forget_old_threads, learn, signature_of
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.inspecting import inspect
from mailguard.model.contents import Contents, Piece
from mailguard.model.finding import Kind
from mailguard.model.knowledge import Lesson
from mailguard.store import Store, Transaction
from tests.fakes.clock import StandingClock

ME, OTHER = "tanoue@office.example.jp", "makabe@office.example.jp"
KEY = b"k" * 32
SIGNATURE = "--\nあおば互助会 総務課 田上 弘\n〒380-0899 長野県長野市みすず台2丁目14番3号\nTEL 026-555-0110\n"
LETTER = f"安藤様\n\n資料をお送りします。よろしくお願いいたします。\n\n{SIGNATURE}"
CALL = "ご連絡先です。\n\n住所：長野県長野市みすず台2丁目14番3号\n"
MEMBER = "\n氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n電話：090-4127-0538\n個人番号：3927 1846 0552\n"
ABOUT = Circumstances(sender=ME, sender_name="田上 弘", own_domains=frozenset({"office.example.jp"}), key=KEY)


def closing_of(text: str) -> tuple[bytes, ...]:
    """What a mail of this text teaches."""
    return inspect(Contents((Piece("body", text),)), ABOUT).closing


def lesson(*parts: bytes, sender: str = ME) -> Lesson:
    """A delivered mail whose closing block held these parts."""
    return Lesson(sender, {"ando@one.example.com": ""}, (), (), None, "", parts)


async def learned(store: Store, times: int, *parts: bytes, sender: str = ME) -> None:
    """As deliveries do it, each in a work of its own."""
    for _ in range(times):
        await store.write(lambda transaction: learn(transaction, lesson(*parts, sender=sender)))


async def known(store: Store, sender: str = ME) -> frozenset[bytes]:
    return await store.read(lambda connection: signature_of(connection, sender))


TIMES = [pytest.param(2, False, id="two mails"), pytest.param(3, True, id="three mails")]


@pytest.mark.parametrize(("times", "expected"), TIMES)
async def test_three_mails_teach_a_signature_and_two_do_not(store: Store, times: int, expected: bool) -> None:
    """What stands below three of my mails is mine; twice may be chance."""
    parts = closing_of(LETTER)
    await learned(store, times, *parts)
    found = await known(store)
    counts = inspect(Contents((Piece("body", CALL),)), replace(ABOUT, learned=found)).counts

    assert (2, expected) == (len(set(parts)), found == frozenset(parts))
    assert (not expected) == (Kind.POSTAL_ADDRESS in counts)


async def test_mails_delivered_together_teach_as_well(store: Store) -> None:
    """Three mails of one batch count as three; one mail that reaches many counts as one."""
    parts = closing_of(LETTER)

    def work(transaction: Transaction) -> None:
        for _ in range(3):
            learn(transaction, lesson(*parts, *parts))

    await store.write(work)
    once = lesson(*parts, *parts, sender=OTHER)
    await store.write(lambda transaction: learn(transaction, once))

    assert (frozenset(parts), frozenset()) == (await known(store), await known(store, OTHER))


async def test_signature_is_of_its_sender_alone(store: Store) -> None:
    """My colleague's mail is not judged by what I sign with."""
    await learned(store, 3, *closing_of(LETTER))

    assert frozenset() == await known(store, OTHER)
    assert frozenset() == await known(store, "")


async def test_member_below_a_signature_is_never_learned(store: Store) -> None:
    """A member's data that stood below my signature a hundred times is a member's."""
    for _ in range(5):
        await learned(store, 1, *closing_of(LETTER + MEMBER))
    await learned(store, 3, *closing_of(LETTER))
    found = await known(store)
    counts = inspect(Contents((Piece("body", LETTER + MEMBER),)), replace(ABOUT, learned=found)).counts

    assert {Kind.MY_NUMBER, Kind.PHONE_NUMBER, Kind.POSTAL_ADDRESS, Kind.PERSON_NAME} <= counts.keys()


async def test_hard_kind_is_never_taken_for_a_signature(store: Store) -> None:
    """Even if a hash of a My Number had been learned, the number counts."""
    text = Contents((Piece("body", f"{LETTER}個人番号 3927 1846 0552\n"),))
    keys = [key for one in inspect(text, ABOUT).findings for key in one.keys]
    await learned(store, 3, *keys)

    assert Kind.MY_NUMBER in inspect(text, replace(ABOUT, learned=await known(store))).counts


async def test_signature_of_one_who_is_forgotten_is_forgotten(store: Store) -> None:
    """When a colleague leaves and is forgotten, so is what she signed with."""
    await learned(store, 3, *closing_of(LETTER))
    removed = await store.write(lambda transaction: forget(transaction, ME.upper()))

    assert (True, frozenset()) == (removed > 0, await known(store))


async def test_signature_nobody_uses_any_more_is_forgotten(store: Store, clock: StandingClock) -> None:
    """An old telephone number is no longer mine after a year; the one I still sign with is."""
    old, new = closing_of(LETTER)[:1], closing_of(LETTER)[1:2]
    await learned(store, 3, *old, *new)
    clock.advance(400 * 86400)
    await learned(store, 1, *new)
    await store.write(lambda transaction: forget_old_threads(transaction, transaction.now - timedelta(days=365)))

    assert frozenset(new) == await known(store)


async def test_parts_of_a_signature_are_bounded(store: Store) -> None:
    """A program that closes each mail with another number fills nothing up."""
    for start in range(0, 1000, 50):
        await learned(store, 1, *(number.to_bytes(16, "big") for number in range(start, start + 50)))
    rows = await store.read(
        lambda connection: len(list(connection.exec_driver_sql("SELECT part FROM signature_part")))  # one sender
    )

    assert 200 == rows


async def test_what_is_learned_holds_no_value(store: Store) -> None:
    """Nobody can read telephone numbers or addresses from what is learned."""
    await learned(store, 3, *closing_of(LETTER))
    rows = await store.read(
        lambda connection: [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM signature_part")]  # all
    )

    assert 2 == len(rows)
    assert not [value for value in ("026-555-0110", "0265550110", "みすず台") if value in repr(rows)]
