"""Whether what somebody typed is a name of whom the mail goes to, by what the office knows of them.

Names count where they belong to the address or its organisation by mail that was delivered before, or by what the
office noted; never because this mail greets somebody so: a mail to the wrong address greets the right firm. For the
same reason a firm's name beside an address counts for nothing where it is known to be another organisation's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from mailguard.correspondents import belonging_to, called
from mailguard.hold.danger import TypeOrganisation, domain_words, parts_of, plain
from mailguard.model.address import comparable
from mailguard.model.queue import Recipient
from mailguard.policy.greeting import organisation_name
from mailguard.spool.box_queries import Reader

_WORDS_MAX = 4
"""Words of one answer that are looked up; a firm and a person have no more."""


def knowing(
    reader: Reader,
    organisations: Sequence[TypeOrganisation],
    typed: Iterable[str],
    recipients: Sequence[Recipient],
    group_of: Callable[[str], str],
) -> tuple[TypeOrganisation, ...]:
    """What is asked, where what was typed counts by all that is known of names."""
    if not organisations:
        return ()
    addresses = {one.key.position: comparable(one.path.address) for one in recipients}
    own = called(reader, addresses.values())
    owners = {one: _owners(reader, one, group_of) for one in dict.fromkeys(typed) if plain(one)}
    return tuple(_knowing(one, addresses, own, owners) for one in organisations)


def _knowing(
    one: TypeOrganisation,
    addresses: dict[int, str],
    own: dict[str, frozenset[str]],
    owners: dict[str, frozenset[str]],
) -> TypeOrganisation:
    names = {name for position in one.positions for name in own.get(addresses.get(position, ""), ())}
    accepted = one.accepted | {plain(part) for name in names for part in parts_of(name)}
    for answer, groups in owners.items():
        if one.group in groups:
            accepted |= {plain(answer)}
        elif groups and not one.is_person:
            accepted -= {plain(answer)} - domain_words(one.group)
    return replace(one, accepted=accepted)


def _owners(reader: Reader, answer: str, group_of: Callable[[str], str]) -> frozenset[str]:
    """The organisations that go by a name in the answer; none where none is known."""
    words = [answer, *sorted(parts_of(answer))][:_WORDS_MAX]
    names = {name for word in words for name in (plain(word), organisation_name(plain(word)).casefold()) if name}
    found: frozenset[str] = frozenset()
    for name in sorted(names):
        found |= belonging_to(reader, name, group_of)
    return found
