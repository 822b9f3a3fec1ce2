"""Whether a domain takes mail at all: asked of the DNS once, remembered, and never waited for long.

A domain takes mail that has an MX other than the null MX (RFC 7505), or an address (RFC 5321 §5.1). "Nobody could say"
is an answer of its own: no mail is held or delayed because a name server is away, and ``is_down`` says that it is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

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


class MailDomains:
    """One per node."""

    def __init__(self, settings: PolicySettings, clock: Clock, lookup: Lookup | None = None) -> None:
        self._seconds = settings.dns_seconds
        self._clock = clock
        self._lookup = (lookup or _asked_of(settings)) if settings.check_domains else None
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
        if asking and self._lookup is not None and not self.is_down:
            await self._ask(self._lookup, asking, found)
        return found

    async def _ask(self, lookup: Lookup, asking: list[str], found: dict[str, bool | None]) -> None:
        tasks = {asyncio.ensure_future(lookup(domain)): domain for domain in asking[:50]}
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


def _asked_of(settings: PolicySettings) -> Lookup:
    # Loaded where the settings want the DNS to be asked.
    from mailguard.workers.resolver import Resolver

    return Resolver(settings).takes_mail
