"""Hands short messages with passwords to the office's gateway, when their window is over.

Each is begun in a commit of its own before the gateway hears of it, and never begun again: whatever happens then, no
recipient gets two, and where nobody knows whether it went, the sender is told (``parcels.passwords``). No more are
begun than are sent at once, so that each has its answer before it would be taken for lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from mailguard.crash_points import crash_point
from mailguard.delivery.sms_gateway import SmsResult
from mailguard.errors import StaleState, StorageUnavailable
from mailguard.model.short_message import ShortMessage
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import Telling
from mailguard.store import Store
from mailguard.workers.rounds import all_ended, rounds

Send = Callable[[ShortMessage], Awaitable[SmsResult]]

AT_ONCE = 4
"""Short messages handed in side by side: a gateway that hangs keeps a few waiting, and none beyond its time."""
_RECORD_AGAIN_SECONDS = 0.5

log = structlog.get_logger()


class Teller:
    """Run one per node; two nodes never begin the same message."""

    def __init__(self, store: Store, passwords: Passwords, send: Send, poll_seconds: float) -> None:
        self._store = store
        self._passwords = passwords
        self._send = send
        self._poll = poll_seconds
        self.hint: Callable[[], None] = _nothing

    async def run(self) -> None:
        """Look for ever. A failure is logged and the next look comes after the poll interval."""
        await rounds(self._look_through, self._poll, "passwords_not_told")

    async def _look_through(self) -> None:
        while await self.look():
            pass

    async def look(self) -> int:
        """Send what is due; how many that was."""
        try:
            begun = await self._store.write(lambda transaction: self._passwords.due_messages(transaction, AT_ONCE))
        except StaleState:
            # Somebody stopped or rerouted one at this moment; the next look sees it as it is.
            return 0
        # What goes wrong with one is not to keep another from its answer.
        await all_ended((self._tell(*one) for one in begun), "passwords_not_told")
        return len(begun)

    async def _tell(self, telling: Telling, message: ShortMessage) -> None:
        crash_point("after_short_message_begun")
        result = await self._send(message)
        crash_point("before_short_message_recorded")
        is_taken = result is SmsResult.ACCEPTED
        record = self._passwords.message_taken if is_taken else self._passwords.message_not_taken
        while True:
            try:
                await self._store.write(lambda transaction: record(transaction, telling))
                break
            except StorageUnavailable as error:
                # Only we know what became of it: were it taken for lost, the sender would tell it a second time.
                log.error("short_message_not_recorded_yet", queue_id=telling.queue_id, cause=str(error))
                await asyncio.sleep(_RECORD_AGAIN_SECONDS)
        log.info("short_message", queue_id=telling.queue_id, result=result.value)
        if not is_taken:
            self.hint()


def _nothing() -> None:
    """Nobody waits for a hint."""
