"""Somebody who has signed in, and what they may send as."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.model.address import NULL_REVERSE_PATH, comparable, comparable_domain, domain_of


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in account. ``owner`` is the mailbox of the person who answers for its mail.

    ``grants`` are further addresses it may send as, each comparable: a mailbox, or ``@domain`` for all of a domain
    (not of the domains below it).
    """

    address: str
    owner: str
    grants: frozenset[str] = frozenset()

    def may_send_as(self, reverse_path: str) -> bool:
        """Whether the address is its own or granted to it. The null reverse-path belongs to nobody."""
        if reverse_path == NULL_REVERSE_PATH:
            return False
        wanted = comparable(reverse_path)
        return wanted == comparable(self.address) or wanted in self.grants or f"@{domain_of(wanted)}" in self.grants


def comparable_grant(text: str) -> str:
    """A grant so that two spellings of the same are equal: a mailbox, or ``@domain``."""
    return f"@{comparable_domain(text[1:])}" if text.startswith("@") else comparable(text)
