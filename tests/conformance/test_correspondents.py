"""What the office learns about addresses, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import csv
from datetime import timedelta

import pytest

from mailguard.correspondents import (
    Taken,
    book_in,
    export,
    forget,
    forget_old_threads,
    import_entries,
    learn,
    recall,
)
from mailguard.correspondents.overview import acquaintances, acquaintances_of
from mailguard.model.knowledge import Knowledge, Lesson, Question
from mailguard.policy.facts import thread_key
from mailguard.store import Store
from tests.fakes.clock import StandingClock

ME, OTHER = "tanoue@office.example.jp", "makabe@office.example.jp"
A, B, C = "ando.mayumi@one.example.com", "baba@two.example.net", "chiba@gmail.com"
KEY = thread_key(b"<first@office.example.jp>")


def lesson(*people: str, sender: str = ME, name: str = "", **values: object) -> Lesson:
    """A mail that reached these people."""
    given = {"people": (sender, *people), "visible": (), "thread": None, "greeting": ""} | values
    return Lesson(sender, dict.fromkeys(people, name), **given)  # type: ignore[arg-type]


async def learned(store: Store, *lessons: Lesson) -> None:
    """As deliveries do it, each in a work of its own."""
    for one in lessons:
        await store.write(lambda transaction, one=one: learn(transaction, one))  # type: ignore[misc]


async def known(
    store: Store, *people: str, sender: str = ME, name: str = "", threads: tuple[bytes, ...] = (), greeting: str = "",
    visible: tuple[str, ...] = (), stated: frozenset[str] = frozenset(),
) -> Knowledge:  # fmt: skip
    """What is known about a mail to these people."""
    question = Question(sender, dict.fromkeys(people, name), frozenset(visible), threads, greeting, stated)
    return await store.read(lambda connection: recall(connection, question))


async def test_nothing_is_known_at_first(store: Store) -> None:
    """In a fresh office everybody is new, and nothing is wrong with that."""
    found = await known(store, A, B, threads=(KEY,))

    assert ({}, {}, (), False) == (found.by_office, found.resembling, found.circles, found.is_known_list)


async def test_mails_are_counted_by_sender_and_office(store: Store) -> None:
    """Whom a colleague writes to is not new to the office, but new to me."""
    await learned(store, lesson(A), lesson(A, B), lesson(A, sender=OTHER))
    mine, others = await known(store, A, B), await known(store, A, B, sender=OTHER)

    assert ({A: 3, B: 1}, {A: 2, B: 1}) == (mine.by_office, mine.by_sender)
    assert ({A: 1}, {"one.example.com": 3, "two.example.net": 1}) == (others.by_sender, others.by_domain)


async def test_many_lessons_of_one_batch_are_all_learned(store: Store) -> None:
    """A thousand mails that are delivered at the same time teach a thousand things."""

    lessons = [lesson(f"p{number}@firm{number % 7}.example.com", A) for number in range(1000)]
    await asyncio.gather(*(store.write(lambda transaction, one=one: learn(transaction, one)) for one in lessons))  # type: ignore[misc]
    found = await known(store, A, "p999@firm5.example.com")

    assert {A: 1000, "p999@firm5.example.com": 1} == found.by_office
    assert 143 == found.by_domain["firm5.example.com"]


async def test_known_domain_is_found_under_a_slip(store: Store) -> None:
    """A domain that differs by a slip from a known one is found with it, and how well that one is known."""
    await learned(store, *[lesson("fujimaki@chikuma-hotel.example.com")] * 4)
    found = await known(
        store, "x@chikuma-hote1.example.com", "y@chikuma-hotl.example.com", "z@chikuma-hotel.example.org"
    )

    assert {
        domain: {"chikuma-hotel.example.com": 4}
        for domain in ("chikuma-hote1.example.com", "chikuma-hotl.example.com", "chikuma-hotel.example.org")
    } == found.resembling


async def test_same_person_elsewhere_is_found_by_name_and_local_part(store: Store) -> None:
    """The person I always write to is found when another address of the same name is completed."""
    await learned(store, lesson(A, name="安藤真由美"), lesson("info@one.example.com"))
    by_local = await known(store, "ando.mayumi@gmail.com", "info@two.example.net")
    by_name = await known(store, "mayu@gmail.com", name="安藤真由美")

    assert {"ando.mayumi@gmail.com": (A,)} == by_local.same_local_part
    assert {"mayu@gmail.com": (A,)} == by_name.same_name


async def test_greeting_is_remembered_with_whom_it_greeted(store: Store) -> None:
    """Whom 「しらかば印刷 太田様」 greets is known once it has been written."""
    await learned(store, lesson(A, greeting="しらかば印刷|太田"))
    found = await known(store, B, greeting="しらかば印刷|太田")

    assert (frozenset({A}), {}) == (found.greeted, found.names)


async def test_thread_knows_everybody_who_stood_on_it(store: Store) -> None:
    """An answer in a thread knows who has been on it, from all its earlier mails."""
    second = thread_key(b"<second@office.example.jp>")
    await learned(store, lesson(A, B, thread=KEY), lesson(C, thread=second))

    circles = (await known(store, A, threads=(KEY, second))).circles

    assert {frozenset({ME, A, B}), frozenset({ME, C})} == set(circles)
    assert () == (await known(store, A, threads=(thread_key(b"<other>"),))).circles


LISTS = [
    pytest.param((A, B, C), True, id="the same list"),
    pytest.param((A, C), True, id="part of it"),
    pytest.param((A, B, C, "dan@three.example.org"), False, id="somebody more"),
]


@pytest.mark.parametrize(("visible", "expected"), LISTS)
async def test_shared_list_is_known_to_those_who_stood_on_it(
    store: Store, visible: tuple[str, ...], expected: bool
) -> None:
    """People who have seen each other on one list may see each other again; somebody new may not be put among them."""
    await learned(store, lesson(A, B, C, visible=(A, B, C)), lesson(A, "dan@three.example.org"))

    assert expected is (await known(store, *visible, visible=visible)).is_known_list


async def test_person_is_forgotten_everywhere(store: Store) -> None:
    """Whoever asks to be forgotten is: counts, names, lists, threads, and the domain if nobody else is there."""
    await learned(store, lesson(A, B, C, name="安藤真由美", visible=(A, B, C), thread=KEY))
    removed = await store.write(lambda transaction: forget(transaction, A.upper()))
    again = await store.write(lambda transaction: forget(transaction, A))
    found = await known(store, A, B, threads=(KEY,), visible=(A, B, C))

    assert (True, 0) == (removed > 0, again)
    assert ({B: 1}, {"two.example.net": 1}) == (found.by_office, found.by_domain)
    assert ((frozenset({ME, B, C}),), False) == (found.circles, found.is_known_list)
    assert {} == (await known(store, "x@one-example.com", "y@one.example.org")).resembling


async def test_old_threads_are_forgotten(store: Store, clock: StandingClock) -> None:
    """Who stood on a thread two years ago is no longer kept."""
    await learned(store, lesson(A, thread=KEY))
    clock.advance(400 * 86400)
    removed = await store.write(
        lambda transaction: forget_old_threads(transaction, transaction.now - timedelta(days=365))
    )

    assert 1 == removed
    assert () == (await known(store, A, threads=(KEY,))).circles


CSV = "氏名,メールアドレス\r\n安藤 真由美,ando.mayumi@one.example.com\r\n,x@two.example.net\r\n名前だけ,\r\n"
SPLIT = "姓,名,電話,メール\n安藤,真由美,026-555-0100,ando.mayumi@one.example.com\n"
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:安藤 真由美\nEMAIL;TYPE=WORK:Ando.Mayumi@one.example.com\nEND:VCARD\n"
BOOKS = [
    pytest.param(CSV.encode("cp932"), [A, "x@two.example.net"], id="CSV of Excel"),
    pytest.param(CSV.encode("utf-8-sig"), [A, "x@two.example.net"], id="CSV, UTF-8"),
    pytest.param(SPLIT.encode(), [A], id="surname and given name apart"),
    pytest.param(CARD.encode(), [A], id="vCard"),
    pytest.param(b"\xff\xfe\x00nonsense,\x00", [], id="nonsense"),
]


@pytest.mark.parametrize(("octets", "expected"), BOOKS)
async def test_address_book_makes_people_known(store: Store, octets: bytes, expected: list[str]) -> None:
    """With our address book taken over, the first mail to a partner is no mail to a stranger; twice does no harm."""
    book = book_in(octets)
    first = await store.write(lambda transaction: import_entries(transaction, book))
    second = await store.write(lambda transaction: import_entries(transaction, book))
    found = await known(store, A, "new@gmail.com", name="安藤真由美")

    assert (expected, Taken(len(expected), 0), Taken(0, 0)) == ([one.address for one in book.entries], first, second)
    if A in expected and "真由美" in decoded(octets):
        assert (1, {}, (A,)) == (found.by_office[A], found.by_sender, found.same_name["new@gmail.com"])


def decoded(octets: bytes) -> str:
    return next((octets.decode(name) for name in ("utf-8", "cp932") if _fits(octets, name)), "")


def _fits(octets: bytes, name: str) -> bool:
    try:
        octets.decode(name)
    except UnicodeDecodeError:
        return False
    return True


async def test_export_can_be_taken_over_again_and_starts_no_formula(store: Store) -> None:
    """What is written out opens in a spreadsheet without running anything, and another office can take it over."""
    await learned(store, lesson(A, name="安藤真由美"), lesson("=cmd@one.example.com"))
    lines = await store.read(lambda connection: list(export(connection)))
    rows = list(csv.reader(lines))

    assert ["\ufeffaddress", "name", "mails", "last"] == rows[0]
    assert {("'=cmd@one.example.com", ""), (A, "安藤真由美")} == {(row[0], row[1]) for row in rows[1:]}
    assert {"=cmd@one.example.com", A} == {entry.address for entry in book_in("".join(lines).encode()).entries}


async def exported(store: Store) -> str:
    return "".join(await store.read(lambda connection: list(export(connection))))


async def taken(store: Store, octets: bytes) -> Taken:
    book = book_in(octets)
    return await store.write(lambda transaction: import_entries(transaction, book))


async def test_nobody_was_written_to_by_being_taken_over(store: Store, clock: StandingClock) -> None:
    """Whoever is only in our address book has no mail on record; the first one that is sent counts as one."""
    await taken(store, CSV.encode())
    [before] = await store.read(lambda reader: acquaintances_of(reader, [A]))
    await learned(store, lesson(A))
    [after] = await store.read(lambda reader: acquaintances_of(reader, [A]))

    assert (0, "安藤 真由美", clock.now()) == (before.mails, before.name, before.first_at)
    assert (1, "安藤 真由美") == (after.mails, after.name)


async def test_book_read_again_brings_other_names_and_nothing_else(store: Store) -> None:
    """I correct names in the spreadsheet and read it in: they are other than before, and mails stay counted."""
    await learned(store, lesson(A, name="安藤真由美"))
    renamed = await taken(store, f"address,name\n{A},Mayumi Ando\n".encode())
    again = await taken(store, f"address,name\n{A},Mayumi Ando\n".encode())
    emptied = await taken(store, f"address,name\n{A},\n".encode())
    [one] = await store.read(lambda reader: acquaintances_of(reader, [A]))
    [found] = await store.read(lambda reader: acquaintances(reader, "mayumi ando"))

    assert [Taken(0, 1), Taken(0, 0), Taken(0, 0)] == [renamed, again, emptied]
    assert ("Mayumi Ando", 1, A) == (one.name, one.mails, found.address)


async def test_forgotten_person_leaves_no_name_of_a_book(store: Store) -> None:
    """Forgetting somebody forgets what the address book called them."""
    await taken(store, f"address,name\n{A},Mayumi Ando\n".encode())
    await store.write(lambda transaction: forget(transaction, A))

    assert [] == await store.read(lambda reader: acquaintances(reader, "Mayumi"))


async def test_what_is_written_out_is_read_back_as_the_same(store: Store, clock: StandingClock) -> None:
    """After a loss the file brings back everything that stands in it: names, how many mails, and when the last was."""
    await learned(store, lesson(A, name="安藤真由美"))
    clock.advance(86400)
    await learned(store, lesson(A), lesson("=cmd@one.example.com"))
    await taken(store, f"address,name\n{B},\"'Mary | O'Hara, Ltd.\"\nx@two.example.net,=sum\n".encode())
    written = await exported(store)
    for address in (A, B, "x@two.example.net", "=cmd@one.example.com"):
        await store.write(lambda transaction, address=address: forget(transaction, address))  # type: ignore[misc]
    nobody = await exported(store)
    clock.advance(86400)
    await taken(store, written.encode())

    assert (1, 5) == (len(nobody.splitlines()), len(written.splitlines()))
    assert written == await exported(store)
