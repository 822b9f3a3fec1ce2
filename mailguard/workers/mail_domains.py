"""Whether a domain takes mail at all: asked of the DNS once, remembered, and never waited for long.

A domain takes mail that has an MX other than the null MX (RFC 7505), or an address (RFC 5321 §5.1). "Nobody could say"
is an answer of its own: no mail is held or delayed because a name server is away, and ``is_down`` says that it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import dns.asyncresolver
import dns.exception
import dns.resolver
import structlog

from mailguard.clock import Clock
from mailguard.config import PolicySettings

REMEMBERED = 10_000
GOOD_SECONDS = 24 * 3600
BAD_SECONDS = 600
"""A domain that takes no mail may be mended within the hour."""
PAUSE_SECONDS = 60
"""After an outage so long nobody is asked: the next mail must not wait for it again."""

Lookup = Callable[[str], Awaitable[bool]]

log = structlog.get_logger()


class NoAnswer(Exception):
    """The DNS did not say."""


class MailDomains:
    """One per node."""

    def __init__(self, settings: PolicySettings, clock: Clock, lookup: Lookup | None = None) -> None:
        self._enabled = settings.check_domains
        self._seconds = settings.dns_seconds
        self._clock = clock
        self._lookup = lookup or _Resolver(settings).takes_mail
        self._known: dict[str, tuple[float, bool]] = {}
        self._pause_until = float("-inf")

    @property
    def is_down(self) -> bool:
        """Whether the DNS is not asked for a while because it did not answer."""
        return self._clock.monotonic() < self._pause_until

    async def cannot_receive(self, domains: Iterable[str]) -> dict[str, bool | None]:
        """By domain: True where it takes no mail, False where it does, None where nobody could say in time."""
        found: dict[str, bool | None] = {}
        asking: list[str] = []
        now = self._clock.monotonic()
        for domain in dict.fromkeys(domains):
            until, answer = self._known.get(domain, (float("-inf"), False))
            if now < until:
                found[domain] = answer
            else:
                found[domain] = None
                asking.append(domain)
        if asking and self._enabled and not self.is_down:
            await self._ask(asking, found)
        return found

    async def _ask(self, asking: list[str], found: dict[str, bool | None]) -> None:
        tasks = {asyncio.ensure_future(self._lookup(domain)): domain for domain in asking[:50]}
        done, late = await asyncio.wait(tasks, timeout=self._seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for task in done:
            if task.exception() is None:
                found[tasks[task]] = self._remember(tasks[task], not task.result())
        if all(found[domain] is None for domain in asking):
            self._pause_until = self._clock.monotonic() + PAUSE_SECONDS
            log.warning("dns_does_not_answer", domains=len(asking), pause_seconds=PAUSE_SECONDS)

    def _remember(self, domain: str, cannot: bool) -> bool:
        if len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known.pop(domain, None)
        self._known[domain] = (self._clock.monotonic() + (BAD_SECONDS if cannot else GOOD_SECONDS), cannot)
        return cannot


class _Resolver:
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
