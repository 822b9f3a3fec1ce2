"""Looks again at mails of open incidents of which something was being sent when it was to be stopped.

An attempt that was under way ends in its own time; what it did not deliver is stopped then, before it is tried again.
"""

from __future__ import annotations

import structlog

from mailguard.clock import Clock
from mailguard.errors import StaleState, StorageUnavailable
from mailguard.incidents import Openings, queries
from mailguard.store import Store
from mailguard.store.times import to_micros
from mailguard.workers.rounds import rounds

_BATCH = 50

log = structlog.get_logger()


class IncidentFollower:
    """Run one per node; two nodes never stop the same twice."""

    def __init__(self, store: Store, openings: Openings, clock: Clock, poll_seconds: float) -> None:
        self._store = store
        self._openings = openings
        self._clock = clock
        self._poll = poll_seconds

    async def run(self) -> None:
        """Look for ever. A failure is logged and the next look comes after the poll interval."""
        await rounds(self.look, self._poll, "incidents_not_followed")

    async def look(self) -> int:
        """Stop what can be stopped now; of how many mails something was."""
        now = to_micros(self._clock.now())
        rows = await self._store.read(lambda reader: queries.to_look_at(reader, now, _BATCH))
        stopped = 0
        for row in rows:
            try:
                response = await self._store.write(
                    lambda transaction, row=row: self._openings.look_again(  # type: ignore[misc]
                        transaction, row.incident_id, row.queue_id
                    )
                )
            except StaleState:
                # It moved at this moment; the next look sees it as it is.
                continue
            except StorageUnavailable:
                raise
            except Exception as error:
                # What is wrong with one keeps no other from being stopped.
                log.error("incident_mail_not_stopped", queue_id=row.queue_id, error=type(error).__name__)
                continue
            stopped += response is not None and response.did_something
        if stopped:
            log.info("incident_mails_stopped", mails=stopped)
        return stopped
