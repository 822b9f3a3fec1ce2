"""Whom the office knows: its own domains and those of others, its people, lists and named exceptions.

Made once from ``office.yaml`` and the settings; every question is answered without I/O. Domains are comparable ones,
addresses comparable ones (``model.address``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from mailguard.model.address import comparable, comparable_domain, domain_of, is_within, local_part
from mailguard.policy.lookalike import spellings
from mailguard.policy.organisations import organisation_of
from mailguard.policy.patterns import Patterns

_ROUTE = re.compile(r'[@%!"\\\s]')
"""What a server may read as a way on to another host (RFC 1123 §5.2.16, RFC 5321 appendix C), or read in two ways."""
_HOST_NAME = re.compile(r"[a-z0-9_.-]+")


class Relation(StrEnum):
    """What an address is to the office."""

    OWN = "own"
    GROUP = "group"
    PARTNER = "partner"
    FREEMAIL = "freemail"
    CARRIER = "carrier"
    OTHER = "other"


OUTSIDE = frozenset({Relation.PARTNER, Relation.FREEMAIL, Relation.CARRIER, Relation.OTHER})
PRIVATE = frozenset({Relation.FREEMAIL, Relation.CARRIER})
"""Relations where each address is a person of its own."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A named exception to a rule. Empty patterns mean everybody; it no longer holds after ``until``."""

    name: str
    rule: str
    until: date
    senders: Patterns
    recipients: Patterns


@dataclass(frozen=True)
class Directory:
    """Who is who. ``lists`` holds the members of lists and shared mailboxes, ``departments`` those of departments."""

    own: frozenset[str] = frozenset()
    with_subdomains: bool = False
    group: frozenset[str] = frozenset()
    partners: frozenset[str] = frozenset()
    freemail: frozenset[str] = frozenset()
    carriers: frozenset[str] = frozenset()
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)
    departments: dict[str, Patterns] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()
    names: tuple[str, ...] = ()
    """What the office calls itself, for comparing with names in greetings and files."""

    def relation(self, address: str) -> Relation:
        """What an address is; anything unusual is not own."""
        domain = domain_of(address)
        if self._is_plain(address, domain):
            if domain in self.own or (self.with_subdomains and is_within(domain, self.own)):
                return Relation.OWN
            if is_within(domain, self.group):
                return Relation.GROUP
        if is_within(domain, self.carriers):
            return Relation.CARRIER
        if is_within(domain, self.freemail):
            return Relation.FREEMAIL
        if is_within(domain, self.partners):
            return Relation.PARTNER
        return Relation.OTHER

    def is_outside(self, address: str) -> bool:
        """Whether an address lies outside the office and its group, or is a list with somebody behind it who does."""
        members = self.lists.get(comparable(address), ()) if self.lists else ()
        return self.relation(address) in OUTSIDE or any(self.relation(one) in OUTSIDE for one in members)

    def people_group(self, address: str) -> str:
        """Whom an address counts with: its organisation, or at a free-mail or carrier provider itself alone."""
        if self.relation(address) in PRIVATE:
            return comparable(address)
        return organisation_of(domain_of(address))

    @cached_property
    def stated_domains(self) -> frozenset[str]:
        """Every domain the office has named or that everybody knows."""
        return self.own | self.group | self.partners | self.freemail | self.carriers

    def stated_like(self, domain: str) -> set[str]:
        """Stated domains that share a spelling with this one; found by equality, whatever their number."""
        found = (self._stated_spellings.get(spelling, ()) for spelling in spellings(domain))
        return {one for group in found for one in group if one != domain}

    @cached_property
    def _stated_spellings(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for domain in self.stated_domains:
            for spelling in spellings(domain):
                found[spelling] = (*found.get(spelling, ()), domain)
        return found

    @staticmethod
    def _is_plain(address: str, domain: str) -> bool:
        if _HOST_NAME.fullmatch(domain) is None:
            return False
        return _ROUTE.search(unicodedata.normalize("NFKC", local_part(address))) is None


def domains(names: Iterable[str]) -> frozenset[str]:
    """Names of domains as they are compared; a leading ``@`` or ``*.`` is allowed."""
    return frozenset(comparable_domain(name.removeprefix("@").removeprefix("*.")) for name in names)
