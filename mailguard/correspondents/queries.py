"""Every statement about correspondents. Lookups for one mail go by a key or index; none grows with the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, union, update
from sqlalchemy.dialects import postgresql, sqlite

from mailguard.model.protection import TraitSource
from mailguard.store import Transaction
from mailguard.store.tables import (
    agreed_password,
    correspondence,
    correspondent,
    correspondent_name,
    correspondent_trait,
    domain_spelling,
    known_domain,
    shared_list,
    signature_part,
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
_HISTORIES = select(
    correspondent.c.address, correspondent.c.mails, correspondent.c.first_at, correspondent.c.last_at
).where(correspondent.c.address.in_(bindparam("values", expanding=True)))

FORGOTTEN = ""
"""Whose passwords are those that were agreed with somebody who was forgotten since."""

_TRAITS = select(correspondent_trait).where(correspondent_trait.c.address.in_(bindparam("values", expanding=True)))
_PAGE = (
    select(correspondent_trait)
    .where(
        correspondent_trait.c.address.in_(
            select(correspondent_trait.c.address)
            .where(correspondent_trait.c.address > bindparam("after"))
            .distinct()
            .order_by(correspondent_trait.c.address)
            .limit(bindparam("limit"))
        )
    )
    .order_by(correspondent_trait.c.address, correspondent_trait.c.trait)
)
_AGREED = (
    select(agreed_password)
    .where(agreed_password.c.address.in_(bindparam("values", expanding=True)), agreed_password.c.password.is_not(None))
    .order_by(agreed_password.c.agreed_at)
)
_ALL_AGREED = (
    select(agreed_password)
    .where(agreed_password.c.password.is_not(None))
    .order_by(agreed_password.c.address, agreed_password.c.agreed_at)
)
_USED = select(agreed_password.c.address).where(agreed_password.c.fingerprint == bindparam("fingerprint")).limit(1)


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


def greeted_as(reader: Reader, organisation: str) -> dict[str, int]:
    """Mails by address of those that were greeted as people of this organisation, in any case; a scan of the names."""
    start = correspondent_name.c.name.istartswith(f"{organisation}|", autoescape=True)
    statement = (
        select(correspondent.c.address, correspondent.c.mails)
        .join(correspondent_name, correspondent_name.c.address == correspondent.c.address)
        .where(start)
        .distinct()
    )
    return {row.address: row.mails for row in reader.execute(statement)}


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


def signature_parts(reader: Reader, sender: str) -> dict[bytes, int]:
    """Mails by part of one sender's closing blocks (primary key)."""
    statement = select(signature_part.c.part, signature_part.c.mails).where(signature_part.c.sender == sender)
    return {bytes(row.part): row.mails for row in reader.execute(statement)}


def page(reader: Reader, after: str, limit: int) -> list[Row[Any]]:
    """Correspondents in order of address, after ``after``: address, mails, first_at, last_at (primary key)."""
    return list(reader.execute(_ALL, {"after": after, "limit": limit}))


def found(reader: Reader, search: str, after: str, limit: int) -> list[str]:
    """The next addresses and domains after one of whom anything is known, in their order (primary keys).

    ``search``: what stands in the address or in a name of theirs; a scan of as many as it takes.
    """
    name = correspondent_name.c.name
    named = select(correspondent_name.c.address).where(
        or_(name.contains("".join(search.split()), autoescape=True), name.icontains(search, autoescape=True))
    )
    parts = []
    for column in (correspondent.c.address, correspondent_trait.c.address, agreed_password.c.address):
        statement = select(column.label("address")).where(column > after)
        if column.table is agreed_password:
            statement = statement.where(agreed_password.c.password.is_not(None))
        if search:
            statement = statement.where(or_(column.contains(search.lower(), autoescape=True), column.in_(named)))
        part = statement.distinct().order_by(column).limit(limit).subquery()
        parts.append(select(part.c.address))
    everybody = union(*parts).subquery()
    return list(reader.execute(select(everybody.c.address).order_by(everybody.c.address).limit(limit)).scalars())


def histories(reader: Reader, addresses: Collection[str]) -> list[Row[Any]]:
    """address, mails, first_at, last_at of known correspondents among these (primary key)."""
    return list(_rows(reader, _HISTORIES, addresses))


# -- writes


OF_BOOK = "|"
"""In front of a name that is kept as an address book has it. What is learned from mail never begins so."""


def forget_book_names(transaction: Transaction, addresses: Collection[str]) -> None:
    """Delete the names address books gave to these (correspondent_name_by_address)."""
    statement = delete(correspondent_name).where(
        correspondent_name.c.address == bindparam("in_address"), correspondent_name.c.name.startswith(OF_BOOK)
    )
    if addresses:
        transaction.execute(statement, [{"in_address": one} for one in addresses])


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


def count_parts(transaction: Transaction, sender: str, counts: dict[bytes, int], at: int) -> None:
    """Add to the mails of known parts of one sender's closing block (primary key)."""
    statement = (
        update(signature_part)
        .where(signature_part.c.sender == sender, signature_part.c.part == bindparam("in_part"))
        .values(mails=signature_part.c.mails + bindparam("more"), last_at=bindparam("at"))
    )
    if counts:
        transaction.execute(statement, [{"in_part": one, "more": more, "at": at} for one, more in counts.items()])


def forget_parts(transaction: Transaction, before: int) -> int:
    """Delete parts of closing blocks last seen before ``before`` (a scan)."""
    return transaction.execute(delete(signature_part).where(signature_part.c.last_at < before)).rowcount


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
    removed = transaction.execute(delete(signature_part).where(signature_part.c.sender == address)).rowcount
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


# -- what they can open, and passwords agreed with them


def traits(reader: Reader, addresses: Collection[str]) -> list[Row[Any]]:
    """What is noted of these addresses and domains (primary key)."""
    return list(_rows(reader, _TRAITS, addresses))


def page_of_traits(reader: Reader, after: str, limit: int) -> list[Row[Any]]:
    """All that is noted of the next ``limit`` addresses after one, in their order (primary key)."""
    return list(reader.execute(_PAGE, {"after": after, "limit": limit}))


def put_trait(transaction: Transaction, row: dict[str, Any], *, is_final: bool) -> bool:
    """Note one in place of what was noted; whether that changed anything (primary key).

    ``is_final``: also in place of a person's word. Two who write at the same time both succeed, so that nobody's
    transaction is lost for it.
    """
    # The same words to both databases, but for SQLAlchemy not one construct.
    statement: Any = (postgresql if transaction.is_postgresql else sqlite).insert(correspondent_trait).values(row)
    old, new = correspondent_trait.c, statement.excluded
    is_replaced = or_(old.value != new.value, old.source != new.source)
    changed = statement.on_conflict_do_update(
        index_elements=[old.address, old.trait],
        set_={"value": new.value, "source": new.source, "changed_at": new.changed_at},
        where=is_replaced if is_final else is_replaced & (old.source != TraitSource.PERSON.value),
    )
    return transaction.execute(changed.returning(old.address)).first() is not None


def forget_trait(transaction: Transaction, address: str, name: str | None) -> int:
    """Forget one, or with None all of an address; how many (primary key)."""
    statement = delete(correspondent_trait).where(correspondent_trait.c.address == address)
    if name is not None:
        statement = statement.where(correspondent_trait.c.trait == name)
    return transaction.execute(statement).rowcount


def agreed(reader: Reader, addresses: Collection[str]) -> list[Row[Any]]:
    """Passwords in force for these addresses and domains, the newest last (primary key)."""
    return list(_rows(reader, _AGREED, addresses))


def all_agreed(reader: Reader) -> list[Row[Any]]:
    """All passwords in force, by address; there are as many as an office has partners."""
    return list(reader.execute(_ALL_AGREED))


def is_used(reader: Reader, fingerprint: bytes) -> bool:
    """Whether a password was ever agreed with anybody (agreed_password_by_fingerprint)."""
    return reader.execute(_USED, {"fingerprint": fingerprint}).first() is not None


def insert_agreed(transaction: Transaction, row: dict[str, Any]) -> None:
    """Keep a new one."""
    transaction.execute(insert(agreed_password), row)


def end_agreed(transaction: Transaction, address: str, at: int) -> int:
    """Destroy what is in force; how many there were (primary key)."""
    statement = (
        update(agreed_password)
        .where(agreed_password.c.address == address, agreed_password.c.password.is_not(None))
        .values(password=None, ended_at=at)
    )
    return transaction.execute(statement).rowcount


def forget_agreed(transaction: Transaction, address: str, at: int) -> int:
    """Destroy what was agreed with an address, and forget with whom; how many rows (primary key).

    The keyed hashes stay, nobody's now: such a password is not to come back.
    """
    removed = end_agreed(transaction, address, at)
    statement = update(agreed_password).where(agreed_password.c.address == address).values(address=FORGOTTEN)
    return max(removed, transaction.execute(statement).rowcount)


_TABLES = {
    table.name: table
    for table in (
        correspondent, correspondence, correspondent_name, known_domain, domain_spelling, thread_mail, shared_list,
        signature_part,
    )
}  # fmt: skip
