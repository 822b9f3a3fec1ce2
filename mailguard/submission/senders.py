"""Which network may send without signing in, and as whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from mailguard.config import SourceSettings
from mailguard.model.address import NULL_REVERSE_PATH, comparable, comparable_domain, domain_of


@dataclass(frozen=True, slots=True)
class Source:
    """A device or system in a trusted network: who answers for it, and the senders it may use."""

    name: str
    owner: str
    addresses: frozenset[str]
    domains: frozenset[str]

    def may_send_as(self, reverse_path: str) -> bool:
        """Whether the configuration allows this sender; the null reverse-path only where ``<>`` is listed."""
        return comparable(reverse_path) in self.addresses or domain_of(reverse_path) in self.domains


class Sources:
    """All trusted networks; the longest matching one decides alone, whatever wider ones would allow.

    ``edition`` grows with each ``take_up``: whoever keeps what ``find`` said asks again then.
    """

    def __init__(self, settings: Sequence[SourceSettings]) -> None:
        self.edition = 0
        self._networks: list[tuple[IPv4Network | IPv6Network, Source]] = []
        self.take_up(settings)

    def take_up(self, settings: Sequence[SourceSettings]) -> None:
        """Let these count from now on, and no others."""
        networks: list[tuple[IPv4Network | IPv6Network, Source]] = []
        for section in settings:
            source = _source(section)
            networks += [(network, source) for network in section.networks]
        self._networks = sorted(networks, key=lambda entry: entry[0].prefixlen, reverse=True)
        self.edition += 1

    def find(self, client_address: str) -> Source | None:
        """The source this client address belongs to, or None."""
        try:
            address = ip_address(client_address)
        except ValueError:
            return None
        for network, source in self._networks:
            if address in network:
                return source
        return None


def plain_address(host: str) -> str:
    """A peer's address as text: without zone, and an IPv4 address that came through an IPv6 socket as IPv4."""
    text = host.partition("%")[0]
    if "." in text and ":" in text:
        address: IPv4Address | IPv6Address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
    return text


def _source(section: SourceSettings) -> Source:
    addresses: set[str] = set()
    domains: set[str] = set()
    for allowed in section.allowed_senders:
        if allowed == "<>":
            addresses.add(NULL_REVERSE_PATH)
        elif allowed.startswith("@"):
            domains.add(comparable_domain(allowed[1:]))
        else:
            addresses.add(comparable(allowed))
    return Source(section.name, comparable(section.owner), frozenset(addresses), frozenset(domains))
