"""How the relay is: health for programs and people, and the numbers for metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from mailguard.clock import Clock
from mailguard.delivery.routes import Routes
from mailguard.errors import MailguardError
from mailguard.spool import Spool, queries
from mailguard.store import Store, Transaction
from mailguard.submission import SubmissionServer
from mailguard.web import Health, Reading
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.forwarder import Forwarder
from mailguard.workers.looking import Looking
from mailguard.workers.mail_domains import MailDomains
from mailguard.workers.watcher import Standstill

_GAUGES = {"connections_now", "bytes_in_flight"}
_COUNTER_MEANINGS = {
    "connections_now": "Open connections of mail programs.",
    "connections_total": "Connections of mail programs.",
    "connections_refused": "Connections refused for a limit.",
    "accepted": "Mails answered 250.",
    "recipients_accepted": "Recipients of mails answered 250.",
    "refused_temporary": "Replies 4yz.",
    "refused_permanent": "Replies 5yz.",
    "bytes_received": "Octets of content received.",
    "bytes_in_flight": "Octets of content being received.",
    "sign_ins": "Successful sign-ins.",
    "sign_ins_refused": "Refused sign-ins.",
    "handshakes_failed": "TLS handshakes that failed.",
    "cut_slow": "Connections cut because they were too slow.",
    "unexpected_errors": "Errors nobody foresaw.",
}


class Condition:
    """Asks the parts; changes nothing."""

    def __init__(
        self,
        *,
        clock: Clock,
        store: Store,
        spool: Spool,
        message_bytes: int,
        routes: Routes,
        deliverer: Deliverer,
        submission: SubmissionServer,
        looking: Looking,
        domains: MailDomains,
        forwarder: Forwarder | None,
    ) -> None:
        self._clock = clock
        self._store = store
        self._spool = spool
        self._message_bytes = message_bytes
        self._routes = routes
        self._deliverer = deliverer
        self._submission = submission
        self._looking = looking
        self._domains = domains
        self._forwarder = forwarder
        self._standstill = Standstill(clock)

    async def check(self) -> Health:
        """Whether mail can be taken (database writes, disk has room), and whether it leaves."""
        parts = {"database": "ok", "disk": "ok"}
        is_standing = False
        try:
            async with asyncio.timeout(5):
                await self._store.write(_touch)
            async with asyncio.timeout(5):
                is_standing = await self._standstill.look(self._store)
        except (MailguardError, TimeoutError):
            parts["database"] = "does not take writes"
        if not self._spool.has_room(self._message_bytes):
            parts["disk"] = "not enough room"
        degraded = {hop.name: "does not take mail" for hop in self._routes.next_hops if hop.is_down}
        if is_standing:
            degraded["queue"] = "work that is due is not done"
        if self._clock.jump():
            degraded["clock"] = "was set; timers wait"
        if self._looking.is_down:
            degraded["looking"] = "no process to look into mail; mail waits"
        if self._domains.is_down:
            degraded["dns"] = "does not answer; domains of new addresses are not checked"
        if self._forwarder is not None and self._forwarder.is_down:
            degraded["syslog"] = "does not take the record; it waits"
        return Health(parts, degraded)

    async def readings(self) -> Iterable[Reading]:
        """The numbers for metrics."""
        states = await self._store.read(queries.counts_by_state)
        counters = self._submission.counters
        delivery = self._deliverer.counters
        return [
            *[
                Reading("recipients", "Recipients that somebody will look at again.", count, False, (("state", state),))
                for state, count in sorted(states.items())
            ],
            *[
                Reading(f"submission_{name}", meaning, getattr(counters, name), name not in _GAUGES)
                for name, meaning in _COUNTER_MEANINGS.items()
            ],
            *[
                Reading("delivery_results", "Recipients by result.", getattr(delivery, name), True, (("result", name),))
                for name in ("delivered", "deferred", "bounced", "in_doubt")
            ],
        ]

    async def is_well(self) -> bool:
        """Whether mail is taken and leaves; a domain nobody could ask the DNS about is no trouble of that kind, nor is
        a record that waits to be forwarded.
        """
        health = await self.check()
        return health.is_ready and not health.degraded.keys() - {"dns", "syslog"}


def _touch(transaction: Transaction) -> None:
    """A work that only opens and commits a transaction."""
    transaction.flush()
