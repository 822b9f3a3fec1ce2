"""Forwards the record of who did what to a syslog server, each event once it is committed, in order.

Mail never waits for it: it reads what is committed, in batches, and where the server is away the record waits in the
database, where it is anyway. How far the server has taken it stands there too, so that the next start goes on after the
last event; of several nodes on one database one forwards, and another one takes over when that is gone for a while.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import islice

import structlog

from mailguard import audit
from mailguard.audit.forwarding import SYSLOG, claim, is_waiting, taken
from mailguard.audit.meaning import meaning_of
from mailguard.delivery.syslog import Message, NotTaken, SyslogLink
from mailguard.errors import MailguardError
from mailguard.store import Store

BATCH = 500
CLAIM = timedelta(seconds=60)
"""Longer than handing in a batch may take."""
RETRY_SECONDS = (1.0, 5.0, 15.0, 60.0)

log = structlog.get_logger()


class Forwarder:
    """One per node. ``node``: its name; ``poll_seconds``: how often new events are looked for."""

    def __init__(self, store: Store, link: SyslogLink, origin: audit.Origin, node: str, poll_seconds: float) -> None:
        self._store = store
        self._link = link
        self._origin = origin
        self._node = node
        self._poll = poll_seconds
        self._failures = 0

    @property
    def is_down(self) -> bool:
        """Whether the server did not take the last batch."""
        return self._failures > 0

    async def run(self) -> None:
        """Forward for ever."""
        try:
            while True:
                wait = await self._turn()
                await asyncio.sleep(wait)
        finally:
            self._link.close()

    async def _turn(self) -> float:
        """One batch; how long to wait until the next."""
        try:
            forwarded = await self.forward()
        except (NotTaken, MailguardError) as error:
            wait = RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS) - 1)]
            self._failures += 1
            log.warning("record_not_forwarded", error=type(error).__name__, cause=str(error), tries=self._failures)
            return wait
        if forwarded and self._failures:
            log.info("record_forwarded_again")
        if forwarded:
            self._failures = 0
        return 0 if forwarded == BATCH else self._poll

    async def forward(self) -> int:
        """Hand in what was not taken yet, one batch at most; how many events. Raises ``NotTaken``."""
        if not await self._store.read(is_waiting):
            return 0
        since = await self._store.write(lambda transaction: claim(transaction, SYSLOG, self._node, CLAIM))
        if since is None:
            return 0
        entries = await self._store.read(lambda reader: list(islice(audit.entries_after(reader, since), BATCH)))
        if not entries:
            return 0
        await asyncio.to_thread(self._link.hand_in, [self._message(one) for one in entries])
        last = entries[-1].seq
        await self._store.write(lambda transaction: taken(transaction, SYSLOG, self._node, last, CLAIM))
        return len(entries)

    def _message(self, entry: audit.Entry) -> Message:
        severity = meaning_of(entry.event).severity
        level = 4 if severity >= 8 else 5 if severity >= 5 else 6
        event = entry.event
        text = audit.cef_line(entry, self._origin)
        return Message(event.at, level, self._origin.hostname, event.action.value, text)
