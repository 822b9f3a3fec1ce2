"""Waiting for something outside to become true, always with an end.

Real processes give no event to await, so a condition is looked at every few milliseconds. A test says what it waits
for in words, and reads them in the failure.
"""

from __future__ import annotations

import asyncio
import inspect
import socket
import time
from collections.abc import Callable
from typing import TypeVar

LOOK_SECONDS = 0.02
"""Between two looks: short against every time-out, long against what a look costs."""

Seen = TypeVar("Seen")


class StillWaiting(AssertionError):
    """What was waited for did not come in time."""


def until(condition: Callable[[], Seen], what: str, *, seconds: float = 90.0) -> Seen:
    """The first true value of ``condition``, looked at again and again; raises ``StillWaiting`` after ``seconds``.

    Blocks its thread: for set-up outside an event loop. A condition that itself raises ``StillWaiting`` ends the wait.
    """
    give_up_at = time.monotonic() + seconds
    while not (seen := condition()):
        if time.monotonic() > give_up_at:
            raise StillWaiting(f"after {seconds} s still waiting for {what}")
        time.sleep(LOOK_SECONDS)
    return seen


async def eventually(condition: Callable[[], object], what: str, *, seconds: float = 90.0) -> None:
    """Returns when ``condition`` is true; as ``until``, inside an event loop. It may be a coroutine function."""
    give_up_at = time.monotonic() + seconds
    while True:
        seen = condition()
        if inspect.isawaitable(seen):
            seen = await seen
        if seen:
            return
        if time.monotonic() > give_up_at:
            raise StillWaiting(f"after {seconds} s still waiting for {what}")
        await asyncio.sleep(LOOK_SECONDS)


def free_port() -> int:
    """A TCP port on loopback that nobody listened to a moment ago; for programs that cannot be given port 0."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def answers(port: int) -> bool:
    """Whether something accepts connections at this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0
