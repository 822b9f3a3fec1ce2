"""Looks for what is due: holds whose time is over, retries, work nobody took straight on, leases that ended.

It sleeps until the next due time, a hint, or the poll interval, whichever comes first; the poll alone is enough. Timers
fire by ``clock.due_now``, so that a clock set forward releases nothing early, and never before the database's time, so
that a node whose clock is fast does not either. Every mail is taken up in one guarded transaction: two nodes, or a
person and the timer, never both get it. A mail that something is wrong with is put off, and keeps no other one waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from mailguard.clock import Clock
from mailguard.crash_points import crash_point
from mailguard.errors import MailguardError, StaleState, StorageUnavailable
from mailguard.hold import HoldEnds
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.model.verdict import Reason
from mailguard.policy.builtin import STOPPED_LOOKING
from mailguard.spool import Mail, Move, Spool, advance, lease, queries
from mailguard.spool.spool import INSPECTION_LEASE
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros
from mailguard.workers.claims import CLAIM, QUEUE, begun, claim_changes, is_as_it_came, queue_changes, queued
from mailguard.workers.conveyor import Conveyor
from mailguard.workers.put_off import PutOff
from mailguard.workers.rescuer import Rescuer, held_by_rescuer
from mailguard.workers.transformer import held_unprepared

LOOKS_MAX = 30
"""Looks begun and never ended, after which a mail waits for a person; making variants counts as looking. What looks in
files is another process, so that a mail hardly ends this one; a relay that was stopped while mail waited to be looked
at has begun a look each time."""

PAGE = 500
ACTOR = Actor(ActorKind.WORKER, "timekeeper")

log = structlog.get_logger()


@dataclass(frozen=True)
class TakenUp:
    """What a mail's due recipients were leased for."""

    to_inspect: Mail | None
    to_deliver: Mail | None
    """Those that are ``sending``, and those that are ``cleared`` and need a variant first."""
    recipients: int
    """How many were due; 0 where somebody else was there first, or where the database's clock says "not yet"."""


class Timekeeper:
    """Finds due work and passes it on. Run one per node."""

    def __init__(
        self,
        spool: Spool,
        conveyor: Conveyor,
        rescuer: Rescuer,
        ends: HoldEnds,
        clock: Clock,
        lease_for: timedelta,
        poll_seconds: float,
    ) -> None:
        self._spool = spool
        self._conveyor = conveyor
        self._rescuer = rescuer
        self._ends = ends
        self._clock = clock
        self._lease = lease_for
        self._poll = poll_seconds
        self._put_off = PutOff(clock)
        self._hint = asyncio.Event()
        self._jumped = False

    def hint(self) -> None:
        """Look now: something became due."""
        self._hint.set()

    async def run(self) -> None:
        """Look for ever. A failure is logged and the next look comes after the poll interval."""
        while True:
            self._hint.clear()
            try:
                wait = await self._until_next(is_stuck=not await self.look())
            except MailguardError as error:
                log.error("look_failed", cause=str(error))
                wait = self._poll
            except Exception:
                log.exception("look_failed")
                wait = self._poll
            # Not wait_for: before Python 3.12 it forgets a cancellation that comes with the hint, and this never ends.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._hint.wait()

    async def look(self) -> int:
        """Take up what is due now, as far as there is room; how many mails that was."""
        self._watch_clock()
        taken = put_off = 0
        while free := self._conveyor.free:
            due_by = self._clock.due_now()
            rows = await self._spool.store.read(
                lambda reader: queries.due(reader, to_micros(due_by), PAGE, self._put_off.now())  # noqa: B023
            )
            queue_ids = list(dict.fromkeys(row.queue_id for row in rows))[:free]
            if not queue_ids:
                break
            results = await asyncio.gather(
                *(self._take_up(queue_id, due_by) for queue_id in queue_ids), return_exceptions=True
            )
            done = sum(result is True for result in results)
            before = put_off
            for queue_id, result in zip(queue_ids, results, strict=True):
                if isinstance(result, BaseException) and not isinstance(result, StaleState):
                    put_off += self._not_taken(queue_id, result)
                else:
                    self._put_off.done(queue_id)
            taken += done
            # Behind those that are put off now, others may wait that the page had no room for; not without end, though.
            if not done and not before < put_off < PAGE:
                break
        return taken

    def _not_taken(self, queue_id: QueueId, error: BaseException) -> bool:
        """Whether the mail is put off."""
        # Where the database does not answer, the mail is not at fault.
        again = 0.0 if isinstance(error, StorageUnavailable) else self._put_off.failed(queue_id)
        log.error("take_up_failed", queue_id=queue_id, error=type(error).__name__, cause=error, again_seconds=again)
        return again > 0

    async def _take_up(self, queue_id: str, due_by: datetime) -> bool:
        taken = await self._spool.store.write(lambda transaction: self.take_up(transaction, queue_id, due_by))
        if taken.to_inspect is not None:
            self._conveyor.take_leased(taken.to_inspect, accepted=True)
        if taken.to_deliver is not None:
            self._conveyor.take_leased(taken.to_deliver, accepted=False)
        return taken.recipients > 0

    def take_up(self, transaction: Transaction, queue_id: str, due_by: datetime) -> TakenUp:
        """Move a mail's due recipients on by one look; lease those that a worker is to go on with."""
        mail = self._spool.mail(transaction, queue_id)
        now = transaction.now
        due_by = min(due_by, now)
        due = [entry for entry in mail.recipients if entry.due_at is not None and entry.due_at <= due_by]
        by_state: dict[State, list[Recipient]] = {}
        for entry in due:
            by_state.setdefault(entry.state, []).append(entry)
        to_inspect = self._to_inspect(transaction, queue_id, by_state.get(State.ACCEPTED, []))
        cleared = by_state.get(State.CLEARED, []) + self._ends.end_due(
            transaction, mail, by_state.get(State.HELD, []), ACTOR
        )
        to_prepare = self._to_prepare(transaction, [entry for entry in cleared if not is_as_it_came(entry.verdict)])
        moves = [
            Move(
                entry,
                (*QUEUE, *CLAIM),
                {
                    **queue_changes(mail.submission, entry.verdict, now, self._spool.expire),
                    **claim_changes(entry, now, self._lease, self._spool.node),
                },
            )
            for entry in cleared
            if is_as_it_came(entry.verdict)
        ]
        if moves:
            crash_point("before_queued_commit")
        fresh = list(moves)
        moves += [
            Move(entry, CLAIM, claim_changes(entry, now, self._lease, self._spool.node))
            for entry in by_state.get(State.QUEUED, []) + by_state.get(State.DEFERRED, [])
        ]
        claimed: list[Recipient] = []
        if moves:
            events = [queued(now, fresh)] if fresh else []
            claimed = advance(transaction, moves, *events, begun(now, moves))
        self._rescuer.rescue(transaction, queue_id, by_state.get(State.SENDING, []))
        return TakenUp(_part(mail, to_inspect), _part(mail, claimed + to_prepare), len(due))

    def _to_inspect(self, transaction: Transaction, queue_id: str, accepted: list[Recipient]) -> list[Recipient]:
        until = transaction.now + INSPECTION_LEASE
        if self._conveyor.is_inspecting(queue_id):
            # It waits for its turn on this node: looking takes longer than accepting, and a second look would too.
            for entry in accepted:
                lease(transaction, entry, lease_owner=self._spool.node, due_at=until)
            return []
        stopped = [entry for entry in accepted if entry.looks >= LOOKS_MAX]
        if stopped:
            held_by_rescuer(transaction, stopped, STOPPED_LOOKING)
        return [
            lease(
                transaction,
                entry,
                looks=entry.looks + 1,
                lease_owner=self._spool.node,
                due_at=until,
            )
            for entry in accepted
            if entry.looks < LOOKS_MAX
        ]

    def _to_prepare(self, transaction: Transaction, cleared: list[Recipient]) -> list[Recipient]:
        """Lease those whose variants are to be made; what ended the relay so often is held for a person."""
        due_at = transaction.now + self._lease
        fresh = []
        for entry in cleared:
            if self._conveyor.is_preparing(entry.key):
                # A large parcel, or many before it: a second one would only come later.
                lease(transaction, entry, lease_owner=self._spool.node, due_at=due_at)
            else:
                fresh.append(entry)
        stopped = [entry for entry in fresh if entry.looks >= LOOKS_MAX]
        if stopped:
            held_unprepared(transaction, stopped, Reason.NOT_PREPARED)
        return [
            lease(transaction, entry, looks=entry.looks + 1, lease_owner=self._spool.node, due_at=due_at)
            for entry in fresh
            if entry.looks < LOOKS_MAX
        ]

    async def _until_next(self, *, is_stuck: bool) -> float:
        """Seconds to sleep: until the next due time, but never longer than the poll interval.

        ``is_stuck``: the last look could take up nothing, so what is due already is left for the next poll.
        """
        moment = await self._spool.store.read(queries.next_due)
        if moment is None or not self._conveyor.free:
            return self._poll
        ahead = (from_micros(moment) - self._clock.due_now()).total_seconds()
        if ahead <= 0 and is_stuck:
            return self._poll
        return min(self._poll, max(ahead, 0.01))

    def _watch_clock(self) -> None:
        jump = self._clock.jump()
        if bool(jump) != self._jumped:
            self._jumped = bool(jump)
            if jump:
                log.error("clock_was_set", seconds=round(jump.total_seconds()))
            else:
                log.info("clock_agrees_again")


def _part(mail: Mail, recipients: list[Recipient]) -> Mail | None:
    return Mail(mail.submission, tuple(recipients)) if recipients else None
