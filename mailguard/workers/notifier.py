"""Looks for mails that somebody is to be told of, and writes what is to be said (``hold.notices``).

Each mail is a transaction of its own, guarded by what was seen. A mail that cannot be looked at is put off, longer each
time, and keeps no other one waiting.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from mailguard.clock import Clock
from mailguard.crash_points import crash_point
from mailguard.errors import StaleState
from mailguard.hold.notices import Notices
from mailguard.store import Store
from mailguard.workers.put_off import PutOff
from mailguard.workers.rounds import rounds

Announce = Callable[[str], None]
"""Takes note of something a chat channel is told of: "hold" or "approval"."""

log = structlog.get_logger()


class Notifier:
    """Run one per node; two nodes never write the same."""

    def __init__(self, store: Store, notices: Notices, clock: Clock, poll_seconds: float, announce: Announce) -> None:
        self._store = store
        self._notices = notices
        self._clock = clock
        self._poll = poll_seconds
        self._announce = announce
        self._put_off = PutOff(clock)
        self.hint: Callable[[], None] = _nothing

    async def run(self) -> None:
        """Look for ever. A failure is logged and the next look comes after the poll interval."""
        await rounds(self.look, self._poll, "notices_not_looked_for")

    async def look(self) -> int:
        """Write what is due; how many mails that was."""
        due_by = self._clock.due_now()
        mails = 0
        for queue_id in await self._store.read(lambda reader: self._notices.due(reader, due_by)):
            mails += await self._tried(queue_id, self._attend)
        for address in await self._store.read(lambda reader: self._notices.lists_due(reader, due_by)):
            mails += await self._tried(address, self._write_list)
        if mails:
            log.info("notices_written", mails=mails)
            self.hint()
        return mails

    async def _tried(self, what: str, work: Callable[[str], Awaitable[int]]) -> int:
        if self._put_off.has(what):
            return 0
        try:
            mails = await work(what)
        except StaleState:
            # Something happened to it at this moment; the next look sees it as it is.
            return 0
        except Exception as error:
            log.error("notice_not_written", error=type(error).__name__, again_seconds=self._put_off.failed(what))
            return 0
        self._put_off.done(what)
        return mails

    async def _attend(self, queue_id: str) -> int:
        attended = await self._store.write(lambda transaction: self._notices.attend(transaction, queue_id))
        crash_point("after_notice_commit")
        if attended.asks_owner:
            self._announce("hold")
        if attended.asks_approvers:
            self._announce("approval")
        return attended.mails

    async def _write_list(self, address: str) -> int:
        return int(await self._store.write(lambda transaction: self._notices.write_list(transaction, address)))


def _nothing() -> None:
    """Nobody waits for a hint."""
