"""The event loop never waits for the database, also while another process holds SQLite's lock."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from mailguard.errors import StorageUnavailable
from mailguard.store import Store, Transaction
from mailguard.store.engine import sqlite_url
from mailguard.store.schema import upgrade
from tests.fakes.clock import StandingClock

LOCKED_SECONDS = 1.0
TURN_SECONDS_MAX = 2.5


def touch(transaction: Transaction) -> str:
    """A work that needs the lock and changes nothing."""
    transaction.flush()
    return "done"


async def test_event_loop_goes_on_while_another_process_holds_the_lock(tmp_path: Path) -> None:
    """A command or a backup that writes for a second delays mail by a second; everybody else is served meanwhile.

    The collector of garbage finalises statements of the waiting connection: that must not make it wait as well.
    """
    upgrade(sqlite_url(tmp_path))
    store = Store(sqlite_url(tmp_path), StandingClock())
    store.start()
    await store.write(touch)
    # What all the other tests have left is not what is looked for, and takes long to search through.
    gc.freeze()
    with closing(sqlite3.connect(tmp_path / "mailguard.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waiting = store.submit(touch)
        longest = 0.0
        last = time.monotonic()
        until = last + LOCKED_SECONDS
        while last < until:
            await asyncio.sleep(0.01)
            gc.collect()
            now = time.monotonic()
            longest, last = max(longest, now - last), now
        was_done = waiting.done()
        other.execute("ROLLBACK")
    gc.unfreeze()
    result = await asyncio.wait_for(waiting, 2)
    await store.stop()

    assert (False, "done") == (was_done, result)
    assert longest < TURN_SECONDS_MAX


@pytest.mark.slow
async def test_lock_that_is_never_let_go_is_an_error_after_some_seconds(tmp_path: Path) -> None:
    """Who keeps the database for himself makes us say "later" to our clients, not wait for ever; then all is well."""
    upgrade(sqlite_url(tmp_path))
    store = Store(sqlite_url(tmp_path), StandingClock())
    store.start()
    with closing(sqlite3.connect(tmp_path / "mailguard.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(StorageUnavailable):
            await asyncio.wait_for(store.write(touch), 20)
        took = time.monotonic() - began
        other.execute("ROLLBACK")
    result = await store.write(touch)
    await store.stop()

    assert (True, "done") == (4 < took < 10, result)
