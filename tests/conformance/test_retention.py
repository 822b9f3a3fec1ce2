"""The end of a mail's time: the key goes, then the octets; what is still needed stays."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from mailguard import audit
from mailguard.errors import ContentDestroyed
from mailguard.model.audit import AuditAction
from mailguard.model.queue import Mover, State
from mailguard.spool import Move, Spool, advance
from mailguard.spool.content import content_path
from mailguard.workers.sweeper import ORPHAN_AGE, Sweeper
from tests.conformance.test_spool import LARGE, SMALL, VERDICT, accept, content_of, event, recipients
from tests.fakes.clock import StandingClock

DAYS = timedelta(days=30)


async def end(spool: Spool, queue_id: str, *positions: int) -> None:
    """Block these recipients: a final state."""
    moves = [
        Move(entry, ((State.BLOCKED, Mover.INSPECTOR),), {"verdict": VERDICT})
        for entry in await recipients(spool, queue_id)
        if entry.key.position in positions
    ]
    await spool.store.write(lambda tx: advance(tx, moves, event(queue_id)))


@pytest.mark.parametrize("wire", [SMALL, LARGE], ids=["small", "file"])
async def test_content_is_destroyed_when_its_time_is_over(spool: Spool, clock: StandingClock, wire: bytes) -> None:
    """Thirty days after its end a mail's content is gone for good; that it was sent stays on record."""
    queue_id = await accept(spool, wire)
    await end(spool, queue_id, 0, 1)
    sweeper = Sweeper(spool, DAYS)
    clock.advance(timedelta(days=29).total_seconds())
    early = await sweeper.destroy_expired()
    still = await content_of(spool, queue_id)
    clock.advance(timedelta(days=2).total_seconds())
    destroyed = await sweeper.destroy_expired()
    events = await spool.store.read(lambda connection: audit.events_of(connection, queue_id))
    row = await spool.store.read(
        lambda c: c.execute(text("SELECT wrapped_key, body, size FROM content")).one()  # one mail, one row
    )

    assert (0, wire, 1) == (early, still, destroyed)
    with pytest.raises(ContentDestroyed):
        await content_of(spool, queue_id)
    assert (None, None, len(wire)) == tuple(row)
    assert not content_path(spool.folder, queue_id).exists()
    assert AuditAction.CONTENT_DESTROYED == events[-1].action
    assert 0 == await sweeper.destroy_expired()


async def test_key_is_nowhere_on_disk_after_the_sweep(spool: Spool, clock: StandingClock, tmp_path: Path) -> None:
    """Neither the database file nor its log keeps the key of a destroyed mail."""
    if not spool.store.url.startswith("sqlite"):
        pytest.skip("PostgreSQL keeps its files elsewhere")
    queue_id = await accept(spool)
    key = bytes(await spool.store.read(lambda c: c.execute(text("SELECT wrapped_key FROM content")).scalar_one()))
    before = [path.name for path in tmp_path.glob("mailguard.db*") if key in path.read_bytes()]
    await end(spool, queue_id, 0, 1)
    clock.advance(timedelta(days=31).total_seconds())
    await Sweeper(spool, DAYS).destroy_expired()
    after = [path.name for path in tmp_path.glob("mailguard.db*") if key in path.read_bytes()]

    assert before
    assert after == []


async def test_mail_with_an_open_recipient_is_kept(spool: Spool, clock: StandingClock) -> None:
    """While one recipient still waits, nothing of the mail is destroyed, however old it is."""
    queue_id = await accept(spool)
    await end(spool, queue_id, 0)
    clock.advance(timedelta(days=400).total_seconds())

    assert 0 == await Sweeper(spool, DAYS).destroy_expired()
    assert SMALL == await content_of(spool, queue_id)


async def test_orphans_go_when_they_are_old_and_nothing_else(spool: Spool) -> None:
    """What a crash left on the disk is removed after a day and a half; living and young files stay."""
    queue_id = await accept(spool, LARGE)
    living = content_path(spool.folder, queue_id)
    old, young, unfinished = living.parent / "OLD", living.parent / "YOUNG", spool.folder / "tmp" / "HALF"
    for path in (old, young, unfinished):
        path.write_bytes(b"x")
    past = time.time() - ORPHAN_AGE.total_seconds() - 60
    for path in (old, living):
        os.utime(path, (past, past))
    sweeper = Sweeper(spool, DAYS)
    removed = sweeper.collect_orphans(ORPHAN_AGE)
    unfinished_removed = sweeper.collect_unfinished()

    assert (1, 1) == (removed, unfinished_removed)
    assert [False, True, True, False] == [path.exists() for path in (old, young, living, unfinished)]
