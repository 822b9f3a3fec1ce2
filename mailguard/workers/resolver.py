"""The DNS as it is asked whether a domain takes mail."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.resolver

from mailguard.config import PolicySettings


class NoAnswer(Exception):
    """The DNS did not say."""


class Resolver:
    """dnspython, made at the first question: reading the system's settings is no work for a constructor."""

    def __init__(self, settings: PolicySettings) -> None:
        self._settings = settings
        self._made: dns.asyncresolver.Resolver | None = None

    async def takes_mail(self, domain: str) -> bool:
        """Raises ``NoAnswer``."""
        try:
            for kind in ("MX", "A", "AAAA"):
                answer = await self._ask(domain, kind)
                if kind == "MX" and answer:
                    return any(str(exchange) != "." for exchange in answer)
                if answer:
                    return True
        except dns.resolver.NXDOMAIN:
            return False
        except (dns.exception.DNSException, OSError, UnicodeError) as error:
            raise NoAnswer(type(error).__name__) from error
        return False

    async def _ask(self, domain: str, kind: str) -> list[str]:
        try:
            answer = await self._resolver().resolve(f"{domain}.", kind, lifetime=self._settings.dns_seconds)
        except dns.resolver.NoAnswer:
            return []
        return [str(one.exchange) if kind == "MX" else str(one) for one in answer]

    def _resolver(self) -> dns.asyncresolver.Resolver:
        if self._made is None:
            servers = self._settings.dns_servers
            self._made = dns.asyncresolver.Resolver(configure=not servers)
            if servers:
                self._made.nameservers = [str(server) for server in servers]
            self._made.port = self._settings.dns_port
            self._made.lifetime = self._settings.dns_seconds
        return self._made
