"""Whether an address is a mailbox of the office, by its domain."""

from __future__ import annotations

from mailguard.config import OfficeSettings
from mailguard.model.address import comparable_domain, domain_of, is_mailbox, is_within


class Membership:
    """The office's domains, ready to be asked."""

    def __init__(self, office: OfficeSettings) -> None:
        self._domains = frozenset(comparable_domain(domain) for domain in office.domains)
        self._include_subdomains = office.include_subdomains

    def is_mailbox(self, name: str) -> bool:
        """Whether a comparable address is a mailbox of an own domain; whether anybody reads it is not known."""
        return is_mailbox(name) and self.is_own(name)

    def is_own(self, name: str) -> bool:
        """Whether the domain of an address is the office's."""
        domain = domain_of(name)
        return is_within(domain, self._domains) if self._include_subdomains else domain in self._domains
