"""Looks for times of open incidents that are about to end or are over, and has people told (``incidents.reminding``).

Where the office's plan, calendar or rules changed, the times of all open incidents are reckoned anew first.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog

from mailguard.clock import Clock
from mailguard.crash_points import crash_point
from mailguard.errors import StaleState, StorageUnavailable
from mailguard.incidents import due_queries
from mailguard.incidents.planning import Planner
from mailguard.incidents.reminding import Reminders
from mailguard.model.incident import IncidentId
from mailguard.store import Store, Transaction
from mailguard.store.times import to_micros
from mailguard.workers.rounds import rounds

_BATCH = 50

log = structlog.get_logger()


class IncidentReminder:
    """Run one per node; two nodes never tell the same twice. ``hint``: called after mails were written."""

    def __init__(
        self,
        store: Store,
        planner: Planner,
        reminders: Reminders,
        clock: Clock,
        poll_seconds: float,
        version: Callable[[], str],
    ) -> None:
        """``version``: of the office's rules, with which the times were reckoned."""
        self._store = store
        self._planner = planner
        self._reminders = reminders
        self._clock = clock
        self._poll = poll_seconds
        self._version = version
        self._reckoned = ""
        self.hint: Callable[[], None] = _nothing

    async def run(self) -> None:
        """Look for ever. A failure is logged and the next look comes after the poll interval."""
        await rounds(self.look, self._poll, "incidents_not_reminded")

    async def look(self) -> int:
        """Tell what is to be told now; how many mails that were."""
        version = self._version()
        if version != self._reckoned:
            await self._reckon()
            self._reckoned = version
        now = to_micros(self._clock.now())
        mails = 0
        for incident_id in await self._store.read(lambda reader: due_queries.to_remind(reader, now, _BATCH)):
            mails += await self._tried(lambda transaction, one=incident_id: self._reminders.remind(transaction, one))  # type: ignore[misc]
            crash_point("after_reminder_commit")
        if mails:
            log.info("incidents_reminded", mails=mails)
            self.hint()
        return mails

    async def _reckon(self) -> None:
        after: IncidentId = ""
        while True:
            found = await self._store.read(lambda reader, after=after: due_queries.open_after(reader, after, _BATCH))  # type: ignore[misc]
            for incident_id in found:
                await self._tried(lambda transaction, one=incident_id: self._planner.refresh(transaction, one))  # type: ignore[misc]
            if len(found) < _BATCH:
                return
            after = found[-1]

    async def _tried(self, work: Callable[[Transaction], int]) -> int:
        """Do it for one incident; what is wrong with it keeps no other one waiting."""
        try:
            return int(await self._store.write(work))
        except StaleState:
            # It changed at this moment; the next look sees it as it is.
            return 0
        except StorageUnavailable:
            raise
        except Exception as error:
            log.error("incident_not_reminded", error=type(error).__name__)
            return 0


def _nothing() -> None:
    """Nobody waits for a hint."""
