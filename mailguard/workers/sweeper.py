"""Destroys contents whose time is over, and collects what a crash left on disk.

Destroying means: the key goes, with the octets and the mail's summary, in one transaction with its record; then the
file; then the write-ahead log is emptied. What is in a backup cannot be opened any more. Orphans are files without a
living row: the row always goes before the file, and a file always comes before its row, so a young file may still get
one.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import structlog

from mailguard import audit
from mailguard.correspondents import forget_old_threads
from mailguard.hold.approving import forget_notes
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.parcels.passwords import Passwords
from mailguard.spool import Spool, queries
from mailguard.spool.content import content_path
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros
from mailguard.workers.rounds import rounds

ACTOR = Actor(ActorKind.WORKER, "sweeper")
EVERY = timedelta(hours=1)
THREAD_AGE = timedelta(days=400)
"""A year and some weeks: what comes once a year is answered on last year's mail."""
ORPHAN_AGE = timedelta(hours=36)
_BATCH = 200

log = structlog.get_logger()


class Sweeper:
    """One per node. Each of its steps may be repeated at any time."""

    def __init__(self, spool: Spool, retention: timedelta, passwords: Passwords | None = None) -> None:
        """``passwords``: those of protected mails, which end with their content."""
        self._spool = spool
        self._passwords = passwords
        self._retention = retention
        self.forget_ended: Work[int] | None = None
        """Removes what else is over: sessions, codes, counts; how many."""
        self.pruning: audit.Pruning | None = None
        """Removes old events of the record; None keeps them all."""

    async def run(self) -> None:
        """Sweep now and then every hour, for ever."""
        await rounds(self.sweep, EVERY.total_seconds(), "sweep_failed")

    async def sweep(self) -> None:
        """Every step once."""
        destroyed = await self.destroy_expired()
        orphans = await asyncio.to_thread(self.collect_orphans, ORPHAN_AGE)
        threads = await self._spool.store.write(self.forget_threads, is_brief=False)
        ended = 0
        if self.forget_ended is not None:
            ended = await self._spool.store.write(self.forget_ended, is_brief=False)
        pruned = await self.prune()
        if destroyed or orphans or threads or ended or pruned:
            log.info("swept", destroyed=destroyed, orphans=orphans, threads=threads, ended=ended, pruned=pruned)

    async def destroy_expired(self) -> int:
        """Destroy the contents of mails that ended longer ago than retention; how many."""
        total = 0
        while destroyed := await self._spool.store.write(self._destroy_batch, is_brief=False):
            for content_id, is_file in destroyed:
                if is_file:
                    await asyncio.to_thread(content_path(self._spool.folder, content_id).unlink, missing_ok=True)
            total += len(destroyed)
        if self._passwords is not None:
            total += await self._spool.store.write(self._passwords.destroy_outlived, is_brief=False)
        if total:
            await asyncio.to_thread(self._spool.store.checkpoint)
        return total

    def _destroy_batch(self, transaction: Transaction) -> list[tuple[str, bool]]:
        before = to_micros(transaction.now - self._retention)
        rows = queries.destroyable(transaction, before, _BATCH)
        if rows:
            destroyed = [row.content_id for row in rows]
            queries.destroy(transaction, destroyed, to_micros(transaction.now))
            # What came in has the id of its mail; with it goes what lists show of it, and what people wrote about it.
            queries.forget_summaries(transaction, destroyed)
            forget_notes(transaction, destroyed)
        for row in rows:
            event = AuditEvent(transaction.now, ACTOR, AuditAction.CONTENT_DESTROYED, row.content_id)
            audit.append(transaction, event)
        return [(row.content_id, row.is_file) for row in rows]

    async def prune(self) -> int:
        """Remove events of the record whose time is over; how many."""
        if self.pruning is None:
            return 0
        store, total = self._spool.store, 0
        await store.write(self.pruning.mark, is_brief=False)
        while removed := await store.write(self.pruning.remove_batch, is_brief=False):
            total += removed
        return total

    @staticmethod
    def forget_threads(transaction: Transaction) -> int:
        """Forget who stood on threads that nobody will go on with; how many mails of them."""
        return forget_old_threads(transaction, transaction.now - THREAD_AGE)

    def collect_orphans(self, older_than: timedelta) -> int:
        """Remove unfinished and rowless content files older than that; how many."""
        limit = time.time() - older_than.total_seconds()
        removed = 0
        for folder in self._spool.folder.iterdir():
            old = [entry for entry in folder.iterdir() if entry.stat().st_mtime < limit]
            living = set() if folder.name == "tmp" else self._living([entry.name for entry in old])
            for entry in old:
                if entry.name not in living:
                    entry.unlink(missing_ok=True)
                    removed += 1
        return removed

    def collect_unfinished(self) -> int:
        """Remove what was being received when the service last stopped; how many. For the start, before listening."""
        unfinished = list((self._spool.folder / "tmp").iterdir())
        for entry in unfinished:
            entry.unlink(missing_ok=True)
        return len(unfinished)

    def _living(self, names: list[str]) -> set[str]:
        return self._spool.store.read_now(lambda reader: queries.living(reader, names)) if names else set()
