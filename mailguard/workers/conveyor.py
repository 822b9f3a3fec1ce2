"""Takes just accepted mail straight from the spool through inspector and deliverer, inside limits.

It saves looking for work that was there a moment ago; it promises nothing. What does not fit, and what a crash leaves,
is found by the timekeeper in the database.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog

from mailguard.delivery.bounce import Bounce
from mailguard.errors import MailguardError, PoolClosed, StaleState
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import QueueId, Recipient, RecipientKey, State
from mailguard.model.verdict import Judgement
from mailguard.spool import Mail, Spool
from mailguard.workers.deliverer import Deliverer
from mailguard.workers.inspector import Inspector
from mailguard.workers.rounds import all_ended
from mailguard.workers.transformer import Transformer

log = structlog.get_logger()

MAILS_MAX = 4000
"""Mails under way at one time. A mail that has to be read again costs three times as much as one that is still at hand,
so a burst of small ones is kept; ``BYTES_MAX`` bounds what they take."""

BYTES_MAX = 64 * 1024 * 1024
"""Octets of their contents."""


class Conveyor:
    """The spool's ``Handover``. ``free`` is how many more mails may be under way."""

    def __init__(self, spool: Spool, inspector: Inspector, transformer: Transformer, deliverer: Deliverer) -> None:
        self._spool = spool
        self._inspector = inspector
        self._transformer = transformer
        self._deliverer = deliverer
        self._mails = 0
        self._bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True
        self._inspecting: set[str] = set()
        self._preparing: set[RecipientKey] = set()

    def is_inspecting(self, queue_id: str) -> bool:
        """Whether a mail waits for its look, or is looked at, here. May be asked from any thread."""
        return queue_id in self._inspecting

    def is_preparing(self, key: RecipientKey) -> bool:
        """Whether a recipient waits for its variant, or gets it, here. May be asked from any thread."""
        return key in self._preparing

    @property
    def free(self) -> int:
        """How many more mails may be taken on; 0 once it is closing."""
        return max(0, MAILS_MAX - self._mails) if self._open else 0

    def reserve(self, size: int) -> bool:
        held = min(size, self._spool.inline_bytes)
        if not self._open or self._mails >= MAILS_MAX or self._bytes + held > BYTES_MAX:
            return False
        self._mails += 1
        self._bytes += held
        return True

    def release(self, size: int) -> None:
        self._mails -= 1
        self._bytes -= min(size, self._spool.inline_bytes)

    def take(self, mail: Mail) -> None:
        self._start(self.inspect(mail), mail)

    def take_leased(self, mail: Mail, *, accepted: bool) -> None:
        """A mail the timekeeper leased: ``accepted`` ones to the inspector, others to transformer and deliverer."""
        size = mail.submission.size
        self._mails += 1
        self._bytes += min(size, self._spool.inline_bytes)
        self._start(self.inspect(mail) if accepted else self._go_on(mail), mail)

    async def inspect(self, mail: Mail) -> None:
        """Judge a mail, record the verdicts, and deliver what may go at once."""
        queue_id = mail.submission.queue_id
        self._inspecting.add(queue_id)
        try:
            judgement, lesson = await self._inspector.judge(mail)
            bounce = await self._inspector.report_in(mail)
            claimed = await self._record(mail, judgement, lesson, bounce)
        finally:
            self._inspecting.discard(queue_id)
        if claimed:
            await self._go_on(replace(mail, recipients=tuple(claimed), lesson=lesson, is_judged_here=True))

    async def _record(
        self, mail: Mail, judgement: Judgement, lesson: Lesson | None, bounce: Bounce | None
    ) -> list[Recipient]:
        """Record the verdicts of all that are still ours; raises ``StaleState`` where somebody else was there first."""
        while True:
            work = self._inspector.record(mail, judgement, lesson, at_once=self._open, bounce=bounce)
            try:
                return await self._spool.store.write(work)
            except StaleState:
                # A look may take longer than its lease, which the timekeeper then makes longer: a new revision.
                ours = await self._still_ours(mail.submission.queue_id)
                if not ours or ours == mail.recipients:
                    raise
                mail = replace(mail, recipients=ours)

    async def _still_ours(self, queue_id: QueueId) -> tuple[Recipient, ...]:
        now = await self._spool.store.read(lambda connection: self._spool.mail(connection, queue_id))
        return tuple(
            entry for entry in now.recipients if entry.state is State.ACCEPTED and entry.lease_owner == self._spool.node
        )

    async def _go_on(self, mail: Mail) -> None:
        """Deliver what is claimed; first make the variants of what is only cleared."""
        sending = tuple(entry for entry in mail.recipients if entry.state is State.SENDING)
        cleared = tuple(entry for entry in mail.recipients if entry.state is State.CLEARED)
        works = [self._deliverer.deliver(replace(mail, recipients=sending))] if sending else []
        if cleared:
            # Beside each other: a parcel takes seconds, for which colleagues need not wait.
            works.append(self._prepare(replace(mail, recipients=cleared)))
        await all_ended(works, "mail_left_for_later", queue_id=mail.submission.queue_id)

    async def _prepare(self, mail: Mail) -> None:
        keys = {entry.key for entry in mail.recipients}
        self._preparing |= keys
        try:
            sending = await self._transformer.prepare(mail)
        finally:
            self._preparing -= keys
        if sending:
            await self._deliverer.deliver(replace(mail, recipients=tuple(sending)))

    async def close(self, seconds: float) -> int:
        """Start nothing new and wait for what is under way; how many mails were still under way at the end.

        Those are in the database and go on at the next start.
        """
        self._open = False
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        left = len(self._tasks)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return left

    def _start(self, work: object, mail: Mail) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        size = mail.submission.size
        queue_id = mail.submission.queue_id

        def done(ended: asyncio.Task[None]) -> None:
            self._tasks.discard(ended)
            self.release(size)
            if not ended.cancelled() and (error := ended.exception()) is not None and not isinstance(error, PoolClosed):
                # The lease ends and the timekeeper finds the mail again; nothing is lost and nothing goes out early.
                # Another node that was there first is no fault.
                tell = log.info if isinstance(error, StaleState) else log.error
                tell("mail_left_for_later", queue_id=queue_id, error=type(error).__name__, exc_info=_unexpected(error))

        task.add_done_callback(done)


def _unexpected(error: BaseException) -> BaseException | None:
    return None if isinstance(error, MailguardError) else error
