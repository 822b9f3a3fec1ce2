"""A full disk, a locked database: mail is refused for a while, and nothing that was taken is lost."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.accounting import finished, settle
from tests.system.full_disk import fill
from tests.system.load import INTERNAL, Dialogue, Ledger, Refusal, submit_one
from tests.system.recorder import Recorder
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually

MEBIBYTE = 2**20
TO = (f"inside@{INTERNAL}",)


async def submit_or_refusal(relay: Relay, ledger: Ledger, name: str, size: int) -> Refusal | None:
    """Submits one mail on a fresh connection; the refusal where there was one."""
    dialogue = await Dialogue.open(relay.port())
    try:
        await submit_one(dialogue, ledger, f"{name}@office.example.jp", TO, (b"y" * 74 + b"\r\n") * size)
    except Refusal as refusal:
        return refusal
    finally:
        dialogue.close()
    return None


@pytest.mark.parametrize("reserve", [0, 8 * MEBIBYTE], ids=["to_the_last_octet", "at_the_reserve"])
async def test_full_disk_refuses_for_a_while_and_keeps_what_it_took(
    make_relay: MakeRelay, small_disk: Path, reserve: int
) -> None:
    """When the disk fills up clients are told to come back; every mail with a 250 arrives once there is room again."""
    ledger = Ledger()
    async with Recorder() as recorder:
        storage = {"directory": str(small_disk / "data"), "reserve_bytes": reserve, "inline_bytes": 65536}
        # Ready means that there is room for a mail of the largest size.
        relay = make_relay(recorder.port, storage=storage, limits={"message_bytes": MEBIBYTE})
        await relay.started()
        assert await submit_or_refusal(relay, ledger, "before", 1) is None
        await finished(relay)
        ballast = fill(small_disk)
        refusals = [await submit_or_refusal(relay, ledger, f"full-{size}", size) for size in (1, 200, 4000, 1, 200)]
        ballast.unlink()
        number = iter(range(10_000))

        async def taken_again() -> bool:
            return await submit_or_refusal(relay, ledger, f"after-{next(number)}", 200) is None

        await eventually(taken_again, "the relay to take mail again", seconds=120)
        await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger)
        assert await relay.stopped() == 0

    assert {refusal.line[:3] for refusal in refusals if refusal} <= {b"451", b"452"}
    assert any(refusals)
    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.duplicates == 0


async def test_full_disk_while_delivering_sends_nothing_twice(make_relay: MakeRelay, small_disk: Path) -> None:
    """Mail that waits when the disk fills up goes out once, whether or not the record could be written at once."""
    ledger = Ledger()
    async with Recorder() as recorder:
        storage = {"directory": str(small_disk / "data"), "reserve_bytes": 0}
        relay = make_relay(recorder.port, storage=storage, hold={"minutes": 60}, limits={"message_bytes": MEBIBYTE})
        await relay.started()
        outside = tuple(f"r{number}@customer.example.com" for number in range(20))
        dialogue = await Dialogue.open(relay.port())
        await submit_one(dialogue, ledger, "waiting@office.example.jp", outside, b"text")
        dialogue.close()
        queue_id = ledger.owed[0].queue_id
        await eventually(lambda: all(row.state == "held" for row in relay.rows()), "the mail to be held")
        assert await relay.stopped() == 0
        ballast = fill(small_disk)
        relay.launch()
        # It may refuse to start on a full disk, or start and wait; either way it must not send without a record.
        await asyncio.sleep(1.0)
        ballast.unlink()
        if relay.is_running:
            await relay.stopped()
        await relay.started()
        done = relay.command("hold", "release", queue_id)
        assert done.returncode == 0, done.stderr
        await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger, released=frozenset({queue_id}))
        assert await relay.stopped() == 0

    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.delivered == 20


async def test_locked_database_refuses_for_a_while_and_keeps_what_it_took(make_relay: MakeRelay) -> None:
    """Another program that keeps the database to itself delays mail; it neither loses nor doubles any."""
    ledger = Ledger()
    async with Recorder() as recorder:
        relay = make_relay(recorder.port)
        await relay.started()
        assert await submit_or_refusal(relay, ledger, "before", 1) is None
        with closing(sqlite3.connect(relay.database_file, isolation_level=None, timeout=10)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = [
                asyncio.create_task(submit_or_refusal(relay, ledger, f"locked-{number}", 1)) for number in range(3)
            ]
            refusals = await asyncio.gather(*locked)
            other.execute("ROLLBACK")
        await eventually(lambda: relay.health("readyz") == 200, "the relay to be ready again")
        assert await submit_or_refusal(relay, ledger, "after", 1) is None
        await finished(relay)
        settlement = settle(relay.rows(), recorder.copies(), ledger)
        assert await relay.stopped() == 0

    assert {b"451", b"452"} >= {refusal.line[:3] for refusal in refusals if refusal}
    assert all(refusals)
    assert settlement.lost == []
    assert settlement.wrong == []
    assert settlement.duplicates == 0
    assert settlement.owed == 2
