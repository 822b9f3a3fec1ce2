"""What is known about the people of one mail. A handful of lookups by key, however long the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from mailguard.correspondents import queries
from mailguard.correspondents.queries import Reader
from mailguard.model.address import domain_of, local_part
from mailguard.model.knowledge import Knowledge, Question
from mailguard.policy.lookalike import spellings
from mailguard.policy.suspicion import is_personal

NAMESAKES_MAX = 50
"""Known addresses that share a name with a new one, at most: enough to find one that was meant."""


def recall(reader: Reader, question: Question) -> Knowledge:
    """The answer to a question. Costs nothing to speak of where everybody is known."""
    addresses = list(question.outsiders)
    if not addresses and not question.threads:
        return Knowledge()
    by_office = queries.seen(reader, addresses)
    new = [one for one in addresses if not by_office.get(one)]
    domains = {domain_of(one) for one in addresses}
    by_domain = queries.mails_to_domains(reader, domains)
    unknown = [one for one in domains if one and one not in question.stated and by_domain.get(one, 0) < _FEW]
    thread = queries.thread_people(reader, question.threads) if question.threads else []
    namesakes = _namesakes(reader, new)
    named = set(addresses) if question.greeting or len(addresses) <= 3 else set()
    named.update(one for known in namesakes.values() for one in known)
    names = _grouped(queries.names_of(reader, named)) if named else {}
    return Knowledge(
        by_sender=queries.seen_by(reader, question.sender, addresses),
        by_office=by_office,
        by_domain=by_domain,
        resembling=_resembling(reader, unknown),
        same_local_part=namesakes,
        same_name=_same_names(reader, {one: question.outsiders[one] for one in new if question.outsiders[one]}),
        names={one: frozenset(name for name in found if "|" not in name) for one, found in names.items()},
        greeted=frozenset(address for _, address in queries.addresses_named(reader, [question.greeting], NAMESAKES_MAX))
        if question.greeting
        else frozenset(),
        circles=tuple(frozenset(people.split(" ")) for people in thread),
        is_known_list=len(question.visible) > 1 and queries.is_within_a_list(reader, question.visible),
    )


def called(reader: Reader, addresses: Collection[str]) -> dict[str, frozenset[str]]:
    """The names by which these addresses go, as learned or taken over; none where nothing is known."""
    names = _grouped(queries.names_of(reader, addresses))
    return {address: frozenset(name for name in found if "|" not in name) for address, found in names.items()}


def known_as(reader: Reader, addresses: Collection[str]) -> dict[str, str]:
    """What people call these: the name an address book has, else one that was learned; none where there is neither."""
    written: dict[str, str] = {}
    learned: dict[str, str] = {}
    for address, name in sorted(queries.names_of(reader, addresses)):
        if name.startswith(queries.OF_BOOK):
            written[address] = name.removeprefix(queries.OF_BOOK)
        elif "|" not in name:
            learned.setdefault(address, name)
    return learned | written


def belonging_to(reader: Reader, organisation: str, group_of: Callable[[str], str]) -> frozenset[str]:
    """Whose name this is, by the greetings of mail that was delivered: the one most mail went to, or several alike.

    ``organisation``: without its legal form and blanks. Nobody's where too little mail went to whoever goes by it: that
    may have been a slip. ``group_of``: whom an address counts with.
    """
    mails: Counter[str] = Counter()
    for address, count in (queries.greeted_as(reader, organisation) if organisation else {}).items():
        mails[group_of(address)] += count
    most = max(mails.values(), default=0)
    return frozenset(group for group, count in mails.items() if count == most) if most >= _FEW else frozenset()


SIGNED_OFTEN = 3
"""Mails whose closing block held a telephone or address, from which it is the sender's own."""


def signature_of(reader: Reader, sender: str) -> frozenset[bytes]:
    """Keyed hashes of what a sender signs with: contact data that stood in enough closing blocks."""
    parts = queries.signature_parts(reader, sender) if sender else {}
    return frozenset(part for part, mails in parts.items() if mails >= SIGNED_OFTEN)


_FEW = 3
"""Mails below which a domain may still be a slip."""


def _resembling(reader: Reader, domains: list[str]) -> dict[str, dict[str, int]]:
    asked: dict[str, set[str]] = {}
    for domain in domains:
        for spelling in spellings(domain):
            asked.setdefault(spelling, set()).add(domain)
    found: dict[str, dict[str, int]] = {}
    for spelling, known, mails in queries.spelt(reader, asked):
        for domain in asked[spelling]:
            if known != domain:
                found.setdefault(domain, {})[known] = mails
    return found


def _namesakes(reader: Reader, addresses: list[str]) -> dict[str, tuple[str, ...]]:
    asked: dict[str, list[str]] = {}
    for address in addresses:
        if is_personal(local_part(address)):
            asked.setdefault(local_part(address), []).append(address)
    found: dict[str, list[str]] = {}
    for known, local in queries.namesakes(reader, asked, NAMESAKES_MAX):
        for address in asked[local]:
            if known != address:
                found.setdefault(address, []).append(known)
    return {address: tuple(sorted(known)) for address, known in found.items()}


def _same_names(reader: Reader, named: dict[str, str]) -> dict[str, tuple[str, ...]]:
    if not named:
        return {}
    by_name: dict[str, list[str]] = {}
    for name, address in queries.addresses_named(reader, set(named.values()), NAMESAKES_MAX):
        by_name.setdefault(name, []).append(address)
    return {
        address: tuple(sorted(one for one in by_name.get(name, ()) if one != address))
        for address, name in named.items()
        if by_name.get(name)
    }


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for address, name in pairs:
        found.setdefault(address, set()).add(name)
    return found
