"""Parts that look again and again, and works beside each other: what goes wrong is known, and the rest goes on."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from mailguard.errors import StorageUnavailable
from mailguard.workers.rounds import all_ended, kept_running, rounds


async def test_faults_of_two_things_at_once_are_both_known() -> None:
    """The first is raised, the other is in the log, and what is well is done to its end."""
    done: list[str] = []

    async def fails(error: Exception) -> None:
        raise error

    async def is_well() -> None:
        await asyncio.sleep(0)
        done.append("well")

    with capture_logs() as logged, pytest.raises(ZeroDivisionError):
        await all_ended([fails(ZeroDivisionError()), fails(KeyError("a")), is_well()], "failed", queue_id="1")

    assert ["well"] == done
    assert [("failed", "KeyError", "1")] == [(one["event"], one["error"], one["queue_id"]) for one in logged]


async def test_part_goes_on_after_what_is_expected_and_after_what_is_not() -> None:
    """A database that is away, and a fault that nobody foresaw: both are in the log, and the third look is done."""
    looks = 0
    is_done = asyncio.Event()

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            raise StorageUnavailable("away")
        if looks == 2:
            raise LookupError
        is_done.set()

    with capture_logs() as logged:
        part = asyncio.create_task(kept_running("looker", lambda: rounds(look, 0, "not_looked"), 0))
        async with asyncio.timeout(30):
            await is_done.wait()
        part.cancel()
        await asyncio.wait([part])

    assert ["not_looked", "part_failed"] == [one["event"] for one in logged]
    assert part.cancelled()


async def test_part_that_has_nothing_to_do_ends() -> None:
    """A part that returns is not begun again."""
    begun = 0

    async def run() -> None:
        nonlocal begun
        begun += 1

    await kept_running("idle", run, 0)

    assert begun == 1
