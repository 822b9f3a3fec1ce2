"""Every statement about correspondents. Lookups for one mail go by a key or index; none grows with the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from mailguard.store import Transaction
from mailguard.store.tables import (
    correspondence,
    correspondent,
    correspondent_name,
    domain_spelling,
    known_domain,
    shared_list,
    thread_mail,
)

Reader = Connection | Transaction
IN_MAX = 500
"""Values in one IN (...): both databases take more, but plans get no better."""

_SEEN = select(correspondent.c.address, correspondent.c.mails).where(
    correspondent.c.address.in_(bindparam("values", expanding=True))
)
_SEEN_BY = select(correspondence.c.address, correspondence.c.mails).where(
    correspondence.c.address.in_(bindparam("values", expanding=True)), correspondence.c.sender == bindparam("sender")
)
_DOMAINS = select(known_domain.c.domain, known_domain.c.mails).where(
    known_domain.c.domain.in_(bindparam("values", expanding=True))
)
_SPELT = (
    select(domain_spelling.c.spelling, domain_spelling.c.domain, known_domain.c.mails)
    .join(known_domain, known_domain.c.domain == domain_spelling.c.domain)
    .where(domain_spelling.c.spelling.in_(bindparam("values", expanding=True)))
    .distinct()
)
_NAMESAKES = (
    select(correspondent.c.address, correspondent.c.local_part)
    .where(correspondent.c.local_part.in_(bindparam("values", expanding=True)), correspondent.c.mails > 0)
    .limit(bindparam("limit"))
)
_BY_NAME = (
    select(correspondent_name.c.name, correspondent_name.c.address)
    .where(correspondent_name.c.name.in_(bindparam("values", expanding=True)))
    .limit(bindparam("limit"))
)
_NAMES = select(correspondent_name.c.address, correspondent_name.c.name).where(
    correspondent_name.c.address.in_(bindparam("values", expanding=True))
)
_THREADS = select(thread_mail.c.people).where(thread_mail.c.message_key.in_(bindparam("values", expanding=True)))
_LISTS = (
    select(shared_list.c.list_key, func.count().label("members"))
    .where(shared_list.c.address.in_(bindparam("values", expanding=True)))
    .group_by(shared_list.c.list_key)
)
_ALL = (
    select(correspondent.c.address, correspondent.c.mails, correspondent.c.first_at, correspondent.c.last_at)
    .where(correspondent.c.address > bindparam("after"))
    .order_by(correspondent.c.address)
    .limit(bindparam("limit"))
)


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    ordered = list(values)
    for start in range(0, len(ordered), IN_MAX):
        yield ordered[start : start + IN_MAX]


def _rows(reader: Reader, statement: Any, values: Collection[Any], **more: Any) -> Iterator[Row[Any]]:
    for chunk in _chunks(values):
        yield from reader.execute(statement, {"values": chunk, **more})


def seen(reader: Reader, addresses: Collection[str]) -> dict[str, int]:
    """Mails by address (primary key)."""
    return {row.address: row.mails for row in _rows(reader, _SEEN, addresses)}


def seen_by(reader: Reader, sender: str, addresses: Collection[str]) -> dict[str, int]:
    """Mails of one sender by address (primary key)."""
    return {row.address: row.mails for row in _rows(reader, _SEEN_BY, addresses, sender=sender)}


def mails_to_domains(reader: Reader, domains: Collection[str]) -> dict[str, int]:
    """Mails by domain (primary key)."""
    return {row.domain: row.mails for row in _rows(reader, _DOMAINS, domains)}


def spelt(reader: Reader, spellings: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """Known domains that have one of these spellings: spelling, domain, mails (primary key)."""
    return ((row.spelling, row.domain, row.mails) for row in _rows(reader, _SPELT, spellings))


def namesakes(reader: Reader, local_parts: Collection[str], limit: int) -> Iterator[tuple[str, str]]:
    """Known addresses with one of these local parts: address, local part (correspondent_by_local_part)."""
    return ((row.address, row.local_part) for row in _rows(reader, _NAMESAKES, local_parts, limit=limit))


def addresses_named(reader: Reader, names: Collection[str], limit: int) -> Iterator[tuple[str, str]]:
    """Addresses that go by one of these names: name, address (primary key)."""
    return ((row.name, row.address) for row in _rows(reader, _BY_NAME, names, limit=limit))


def names_of(reader: Reader, addresses: Collection[str]) -> Iterator[tuple[str, str]]:
    """Names by which these addresses go: address, name (correspondent_name_by_address)."""
    return ((row.address, row.name) for row in _rows(reader, _NAMES, addresses))


def thread_people(reader: Reader, keys: Sequence[bytes]) -> list[str]:
    """Who stood on the mails of a thread, a text of addresses for each that is known (primary key)."""
    return [row.people for row in _rows(reader, _THREADS, keys)]


def is_within_a_list(reader: Reader, addresses: Collection[str]) -> bool:
    """Whether all of these stood on one list (primary key)."""
    counts: dict[bytes, int] = {}
    for row in _rows(reader, _LISTS, addresses):
        counts[bytes(row.list_key)] = counts.get(bytes(row.list_key), 0) + row.members
    return any(members == len(addresses) for members in counts.values())


def page(reader: Reader, after: str, limit: int) -> list[Row[Any]]:
    """Correspondents in order of address, after ``after``: address, mails, first_at, last_at (primary key)."""
    return list(reader.execute(_ALL, {"after": after, "limit": limit}))


# -- writes


def add(transaction: Transaction, table: str, rows: list[Mapping[str, Any]]) -> None:
    """Insert rows of one of this package's tables."""
    if rows:
        transaction.execute(insert(_TABLES[table]), rows)


def count_mails(transaction: Transaction, counts: dict[str, int], at: int) -> None:
    """Add to the mails of known correspondents (primary key)."""
    statement = (
        update(correspondent)
        .where(correspondent.c.address == bindparam("in_address"))
        .values(mails=correspondent.c.mails + bindparam("more"), last_at=bindparam("at"))
    )
    if counts:
        transaction.execute(statement, [{"in_address": one, "more": more, "at": at} for one, more in counts.items()])


def count_senders(transaction: Transaction, counts: dict[tuple[str, str], int], at: int) -> None:
    """Add to the mails of (address, sender) that are known (primary key)."""
    statement = (
        update(correspondence)
        .where(correspondence.c.address == bindparam("in_address"), correspondence.c.sender == bindparam("in_sender"))
        .values(mails=correspondence.c.mails + bindparam("more"), last_at=bindparam("at"))
    )
    if counts:
        transaction.execute(
            statement,
            [{"in_address": address, "in_sender": sender, "more": more, "at": at}
             for (address, sender), more in counts.items()],
        )  # fmt: skip


def count_domains(transaction: Transaction, counts: dict[str, int]) -> None:
    """Add to the mails of known domains (primary key)."""
    statement = (
        update(known_domain)
        .where(known_domain.c.domain == bindparam("in_domain"))
        .values(mails=known_domain.c.mails + bindparam("more"))
    )
    if counts:
        transaction.execute(statement, [{"in_domain": one, "more": more} for one, more in counts.items()])


def known_names(reader: Reader, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (name, address) that are there (correspondent_name_by_address)."""
    wanted = set(pairs)
    return {(name, address) for address, name in names_of(reader, {address for _, address in wanted})} & wanted


def known_threads(reader: Reader, keys: Collection[bytes]) -> set[bytes]:
    """Those message keys that are there (primary key)."""
    statement = select(thread_mail.c.message_key).where(
        thread_mail.c.message_key.in_(bindparam("values", expanding=True))
    )
    return {bytes(row.message_key) for row in _rows(reader, statement, keys)}


def known_lists(reader: Reader, keys: Collection[bytes]) -> set[bytes]:
    """Those list keys that are there."""
    statement = select(shared_list.c.list_key).where(shared_list.c.list_key.in_(bindparam("values", expanding=True)))
    return {bytes(row.list_key) for row in _rows(reader, statement.distinct(), keys)}


def known_senders(reader: Reader, pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those (address, sender) that are there (primary key)."""
    wanted = set(pairs)
    statement = select(correspondence.c.address, correspondence.c.sender).where(
        correspondence.c.address.in_(bindparam("values", expanding=True)),
        correspondence.c.sender.in_(bindparam("senders", expanding=True)),
    )
    senders = sorted({sender for _, sender in wanted})
    found = {
        (row.address, row.sender)
        for row in _rows(reader, statement, {address for address, _ in wanted}, senders=senders)
    }
    return found & wanted


def forget_address(transaction: Transaction, address: str) -> int:
    """Delete everything about one address; how many rows that were."""
    removed = 0
    for table in (correspondent, correspondence, correspondent_name, shared_list):
        removed += transaction.execute(delete(table).where(table.c.address == address)).rowcount
    mention = thread_mail.c.people.contains(address, autoescape=True)
    for row in transaction.execute(select(thread_mail.c.message_key, thread_mail.c.people).where(mention)).all():
        left = [one for one in row.people.split(" ") if one != address]
        if len(left) == len(row.people.split(" ")):
            continue
        transaction.execute(
            update(thread_mail).where(thread_mail.c.message_key == row.message_key).values(people=" ".join(left))
        )
        removed += 1
    return removed


def has_correspondents_at(reader: Reader, domain: str) -> bool:
    """Whether anybody at a domain is known."""
    statement = select(correspondent.c.address).where(correspondent.c.domain == domain).limit(1)
    return reader.execute(statement).first() is not None


def forget_domain(transaction: Transaction, domain: str) -> None:
    """Delete a domain and its spellings (primary key, and a scan)."""
    transaction.execute(delete(known_domain).where(known_domain.c.domain == domain))
    transaction.execute(delete(domain_spelling).where(domain_spelling.c.domain == domain))


def forget_threads(transaction: Transaction, before: int) -> int:
    """Delete what is remembered of threads older than ``before`` (thread_mail_by_time)."""
    return transaction.execute(delete(thread_mail).where(thread_mail.c.at < before)).rowcount


_TABLES = {
    table.name: table
    for table in (
        correspondent, correspondence, correspondent_name, known_domain, domain_spelling, thread_mail, shared_list,
    )
}  # fmt: skip
