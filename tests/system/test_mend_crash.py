"""The relay ends at the worst moments of an edit: the mail is as it was, or as it was edited, and never in between."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from mailguard.hold.mending import Mend
from mailguard.model.audit import AuditAction
from mailguard.model.queue import State
from mailguard.store import Store
from mailguard.store.engine import sqlite_url
from mailguard.store.schema import upgrade
from mailguard.workers.sweeper import Sweeper
from tests.conformance.hold_parts import NOWHERE, SATO, SENDER, A, B, Node
from tests.fakes.clock import StandingClock

CRASHED = 77
WIRE = f"From: {SENDER}\r\nTo: {A}, {B}\r\nSubject: x\r\n\r\nhello\r\n".encode()


async def edited(folder: Path) -> None:
    """What the process that dies does: a mail comes, is held, and is edited. Called by ``__main__`` below."""
    clock = StandingClock()
    store = Store(sqlite_url(folder), clock, use_database_time=False)
    store.start()
    node = Node(store, clock, folder / "content", NOWHERE)
    node.spool.inline_bytes = 10
    queue_id = await node.held(A, B, wire=WIRE)
    await node.mender.mend(queue_id, Mend(frozenset({1})), SATO)


@pytest.mark.parametrize(("point", "counts"), [("after_edited_content_sync", False), ("after_edit_commit", True)])
async def test_crash_during_an_edit_leaves_the_mail_before_or_after_it(
    tmp_path: Path, point: str, counts: bool
) -> None:
    """Before the commit nothing happened but octets nobody owns, which are swept; after it the edit counts."""
    upgrade(sqlite_url(tmp_path))
    command = [sys.executable, "-m", "tests.system.test_mend_crash", str(tmp_path)]
    died = await asyncio.to_thread(
        subprocess.run, command, env={**os.environ, "MG_CRASH_AT": point}, capture_output=True, check=False
    )
    assert CRASHED == died.returncode, died.stderr.decode()
    clock = StandingClock()
    store = Store(sqlite_url(tmp_path), clock, use_database_time=False)
    store.start()
    node = Node(store, clock, tmp_path / "content", NOWHERE)
    (queue_id,) = await node.accepted_ids()
    swept = Sweeper(node.spool, timedelta(days=30)).collect_orphans(timedelta(0))
    submission = (await node.mail(queue_id)).submission
    content = b"".join([frame async for frame in node.spool.stream_content(submission.content_id)])
    states = await node.states(queue_id)
    changes = await node.record(queue_id, AuditAction.CHANGED)
    await node.stop()
    await store.stop()

    assert [State.HELD, State.CANCELLED if counts else State.HELD] == states
    assert (WIRE.replace(f", {B}".encode(), b"") if counts else WIRE) == content
    assert (int(counts), int(not counts)) == (len(changes), swept)


if __name__ == "__main__":
    asyncio.run(edited(Path(sys.argv[1])))
