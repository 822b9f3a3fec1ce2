"""Learning from mail that was delivered, and forgetting.

Lessons are gathered over a whole batch of transactions and written once before its commit: some statements a batch, not
a mail. What is learned is addresses and names, never words of a mail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from mailguard.correspondents import queries
from mailguard.model.address import comparable, domain_of, local_part
from mailguard.model.knowledge import Lesson
from mailguard.policy.lookalike import spellings
from mailguard.policy.people import full_name
from mailguard.store import Transaction
from mailguard.store.times import to_micros

PARTS_MAX = 200
"""Parts of closing blocks that are remembered of one sender; a person has a handful."""

PEOPLE_MAX = 1000
"""Addresses of one mail that are remembered for its thread."""


def learn(transaction: Transaction, lesson: Lesson) -> None:
    """Remember a delivered mail. Written with the transaction, together with other lessons."""
    transaction.collect(learn_now, lesson)


def learn_now(transaction: Transaction, lessons: list[Lesson]) -> None:
    """Remember several delivered mails."""
    at = to_micros(transaction.now)
    _addresses(transaction, lessons, at)
    _domains(transaction, lessons)
    _names(transaction, lessons)
    _threads(transaction, lessons, at)
    _lists(transaction, lessons)
    _signatures(transaction, lessons, at)


BOOK = "|"
"""In place of a sender: the one mail of somebody who is known by an address book and was sent none."""


def note_people(transaction: Transaction, new: Mapping[str, str], renamed: Mapping[str, str]) -> None:
    """Remember names of an address book by address ("": none), as written and as a mail's are compared.

    Domains of ``new`` are remembered as well.
    """
    everybody = [*new.items(), *renamed.items()]
    lessons = [Lesson("", {address: full_name(name)}, (), (), None, "") for address, name in everybody]
    _domains(transaction, lessons[: len(new)])
    _names(transaction, lessons)
    queries.add(
        transaction,
        "correspondent_name",
        [{"name": f"{queries.OF_BOOK}{name}", "address": address} for address, name in everybody if name],
    )


def forget(transaction: Transaction, address: str) -> int:
    """Forget one person; how many rows that were. Safe to call for somebody unknown."""
    wanted = comparable(address)
    removed = queries.forget_address(transaction, wanted)
    removed += queries.forget_trait(transaction, wanted, None)
    removed += queries.forget_agreed(transaction, wanted, to_micros(transaction.now))
    if removed and not queries.has_correspondents_at(transaction, domain_of(wanted)):
        queries.forget_domain(transaction, domain_of(wanted))
    return removed


def forget_old_threads(transaction: Transaction, before: datetime) -> int:
    """Forget who stood on threads of long ago, and signatures nobody uses; how many mails that were."""
    queries.forget_parts(transaction, to_micros(before))
    return queries.forget_threads(transaction, to_micros(before))


def _addresses(transaction: Transaction, lessons: list[Lesson], at: int) -> None:
    mails = Counter(address for lesson in lessons for address in lesson.boxes)
    by_sender = Counter((address, lesson.sender) for lesson in lessons for address in lesson.boxes)
    if not mails:
        return
    there = queries.seen(transaction, mails).keys()
    queries.count_mails(transaction, {one: count for one, count in mails.items() if one in there}, at)
    queries.add(
        transaction,
        "correspondent",
        [
            {
                "address": one, "local_part": local_part(one), "domain": domain_of(one), "mails": count,
                "first_at": at, "last_at": at,
            }
            for one, count in mails.items()
            if one not in there
        ],
    )  # fmt: skip
    written = queries.known_senders(transaction, by_sender)
    queries.count_senders(transaction, {pair: count for pair, count in by_sender.items() if pair in written}, at)
    queries.add(
        transaction,
        "correspondence",
        [
            {"address": address, "sender": sender, "mails": count, "last_at": at}
            for (address, sender), count in by_sender.items()
            if (address, sender) not in written
        ],
    )


def _domains(transaction: Transaction, lessons: list[Lesson]) -> None:
    mails = Counter(domain for lesson in lessons for domain in {domain_of(one) for one in lesson.boxes} if domain)
    if not mails:
        return
    there = queries.mails_to_domains(transaction, mails).keys()
    queries.count_domains(transaction, {one: count for one, count in mails.items() if one in there})
    new = [one for one in mails if one not in there]
    queries.add(transaction, "known_domain", [{"domain": one, "mails": mails[one]} for one in new])
    queries.add(
        transaction,
        "domain_spelling",
        [{"spelling": spelling, "domain": one} for one in new for spelling in sorted(spellings(one))],
    )


def _names(transaction: Transaction, lessons: list[Lesson]) -> None:
    pairs = {(name, address) for lesson in lessons for address, name in lesson.boxes.items() if name}
    pairs |= {(lesson.greeting, address) for lesson in lessons if lesson.greeting for address in lesson.boxes}
    there = queries.known_names(transaction, pairs) if pairs else set()
    queries.add(
        transaction,
        "correspondent_name",
        [{"name": name, "address": address} for name, address in sorted(pairs - there)],
    )


def _threads(transaction: Transaction, lessons: list[Lesson], at: int) -> None:
    threads = {lesson.thread: lesson.people for lesson in lessons if lesson.thread is not None}
    there = queries.known_threads(transaction, threads) if threads else set()
    queries.add(
        transaction,
        "thread_mail",
        [
            {"message_key": key, "at": at, "people": " ".join(people[:PEOPLE_MAX])}
            for key, people in threads.items()
            if key not in there
        ],
    )


def _lists(transaction: Transaction, lessons: list[Lesson]) -> None:
    lists = {_list_key(lesson.visible): lesson.visible for lesson in lessons if len(lesson.visible) > 2}
    there = queries.known_lists(transaction, lists) if lists else set()
    queries.add(
        transaction,
        "shared_list",
        [
            {"address": address, "list_key": key}
            for key, members in lists.items()
            if key not in there
            for address in members
        ],
    )


def _signatures(transaction: Transaction, lessons: list[Lesson], at: int) -> None:
    counts: dict[str, Counter[bytes]] = {}
    for lesson in lessons:
        if lesson.sender and lesson.closing:
            counts.setdefault(lesson.sender, Counter()).update(set(lesson.closing))
    for sender, parts in counts.items():
        there = queries.signature_parts(transaction, sender)
        queries.count_parts(transaction, sender, {one: more for one, more in parts.items() if one in there}, at)
        new = [one for one in sorted(parts) if one not in there][: max(0, PARTS_MAX - len(there))]
        queries.add(
            transaction,
            "signature_part",
            [{"sender": sender, "part": one, "mails": parts[one], "last_at": at} for one in new],
        )


def _list_key(members: tuple[str, ...]) -> bytes:
    return sha256(" ".join(sorted(members)).encode()).digest()[:16]
