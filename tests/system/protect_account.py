"""Settling up after a disturbance of protected mail: what leaked, who got which parcel how often, who got a password.

The relay's promise: nothing of what was protected leaves in clear; a second copy only where the relay died between the
next hop's 250 and its own commit, and then with the same octets; each password is written once to each whom it is for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from tests.fakes.next_hop import ScriptedNextHop
from tests.system.opened import opened, parcels, readable
from tests.system.protected import COLLEAGUE, HIDDEN, SENDER, parcels_on_record, passwords_in
from tests.system.relay import Relay

_QUEUE_ID = re.compile(rb"\bid ([0-9A-HJKMNP-TV-Z]{16})\b")
INSIDE = (SENDER, COLLEAGUE)


@dataclass
class Account:
    """``parcels`` and ``passwords``: copies as the next hop took them, by queue id and recipient. The queue id of a
    mail with a password is its own; ``words`` are the passwords in it.
    """

    leaks: list[str] = field(default_factory=list)
    parcels: dict[tuple[str, str], list[bytes]] = field(default_factory=lambda: defaultdict(list))
    passwords: dict[tuple[str, str], list[bytes]] = field(default_factory=lambda: defaultdict(list))

    @property
    def differing(self) -> list[tuple[str, str]]:
        """Mails of which somebody got two copies that are not the same."""
        both = (*self.parcels.items(), *self.passwords.items())
        return [key for key, copies in both if len(set(copies)) > 1]

    def told(self, word: str | None, address: str) -> list[str]:
        """The mails of our own in which somebody got this password; more than one: it was told twice."""
        assert word is not None
        return [
            queue_id
            for (queue_id, whom), copies in self.passwords.items()
            if whom == address and word in passwords_in(copies[0])
        ]


def account_of(hop: ScriptedNextHop) -> Account:
    """Everything that ever reached the next hop, contents that broke off among it."""
    found = Account()
    for begun in hop.unfinished:
        found.leaks += _leaks(begun.addresses, begun.raw)
    for one in hop.mails:
        found.leaks += _leaks(one.addresses, one.content)
        queue_id = _QUEUE_ID.search(one.content)
        assert queue_id is not None
        for address in one.addresses:
            key = (queue_id[1].decode(), address)
            if parcels(one.content):
                found.parcels[key].append(one.content)
            elif passwords_in(one.content):
                found.passwords[key].append(one.content)
    return found


def _leaks(addresses: tuple[str, ...], octets: bytes) -> list[str]:
    """What somebody outside could read; colleagues get the mail as it is."""
    if set(addresses) <= set(INSIDE):
        return []
    shown = readable(octets)
    return [value for value in HIDDEN if value in shown]


def opens_with(copy: bytes, word: str | None) -> dict[str, bytes]:
    """What is in the one parcel of a mail."""
    assert word is not None
    ((name, octets),) = parcels(copy)
    return opened(name, octets, word)


def check(
    relay: Relay,
    hop: ScriptedNextHop,
    queue_id: str,
    recipients: tuple[str, ...],
    *,
    told: tuple[str, ...],
    parcel_copies: int = 1,
    password_copies: int = 1,
) -> None:
    """Settle one mail for good. ``told``: who got the password by mail; ``..._copies``: at most so many of each."""
    found = account_of(hop)
    assert [] == found.leaks
    assert [] == found.differing
    listed = parcels_on_record(relay, queue_id)
    assert listed
    for one, word in listed:
        for member in one.members:
            address = recipients[member.telling.position]
            copies = found.parcels[queue_id, address]
            assert 1 <= len(copies) <= parcel_copies
            assert opens_with(copies[0], word)
        for address in told:
            (carrier,) = found.told(word, address)
            assert len(found.passwords[carrier, address]) <= password_copies
    everybody = {address for _, address in found.passwords}
    assert everybody <= set(told)
