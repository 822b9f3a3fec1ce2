"""Which next hop a recipient goes to: routes by domain, the most specific wins, everything else to the first server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from mailguard.config import DeliverySettings, RouteSettings
from mailguard.delivery.next_hop import NextHop
from mailguard.model.address import comparable_domain, domain_of
from mailguard.model.envelope import ForwardPath


class Routes:
    """All configured next hops. ``example.com`` is that domain alone, ``.example.com`` everything below it."""

    def __init__(self, settings: DeliverySettings, hostname: str) -> None:
        self.default = NextHop(settings.next_hop, hostname)
        self.next_hops: tuple[NextHop, ...] = (self.default,)
        self._exact: dict[str, NextHop] = {}
        self._below: dict[str, NextHop] = {}
        for route in settings.routes:
            self._add(route, hostname)

    def _add(self, route: RouteSettings, hostname: str) -> None:
        hop = NextHop(route, hostname)
        self.next_hops += (hop,)
        for domain in route.domains:
            name = domain.strip()
            # The first route that names a domain keeps it.
            if name.startswith("."):
                self._below.setdefault(comparable_domain(name[1:]), hop)
            else:
                self._exact.setdefault(comparable_domain(name), hop)

    def of(self, address: str) -> NextHop:
        """The next hop for an address."""
        if not self._exact and not self._below:
            return self.default
        domain = domain_of(address)
        if domain in self._exact:
            return self._exact[domain]
        while domain:
            domain = domain.partition(".")[2]
            if domain in self._below:
                return self._below[domain]
        return self.default

    def group(self, paths: Sequence[ForwardPath]) -> list[tuple[NextHop, list[int]]]:
        """Positions that go in one transaction, each once, in order: same next hop, at most its recipients a mail."""
        by_hop: dict[NextHop, list[int]] = {}
        for position, path in enumerate(paths):
            by_hop.setdefault(self.of(path.address), []).append(position)
        groups: list[tuple[NextHop, list[int]]] = []
        for hop, positions in by_hop.items():
            most = hop.settings.recipients_per_mail
            groups += [(hop, positions[start : start + most]) for start in range(0, len(positions), most)]
        return groups

    async def close(self) -> None:
        """Close every connection. May be called twice."""
        await asyncio.gather(*(hop.close() for hop in self.next_hops))
