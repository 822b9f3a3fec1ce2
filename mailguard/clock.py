"""The only place that asks what time it is.

``now`` is aware UTC. ``due_now`` is the time by which timers may fire: it follows ``now`` but never runs ahead of the
time that has really passed since it was first asked, so that a clock set forward releases nothing early. ``jump``
says by how much the wall clock has left the passed time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

JUMP_SECONDS = 60.0
"""A wall clock further than this from the time that passed has been set, not drifted (reliability: one minute)."""


class Clock(Protocol):
    """Wall and passed time. Tests bring one that stands still until it is moved."""

    def now(self) -> datetime:
        """The wall clock, aware UTC."""
        ...

    def due_now(self) -> datetime:
        """The time by which a timer may fire, aware UTC; never ahead of the time that has passed."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow, for lengths of time."""
        ...

    def jump(self) -> timedelta:
        """How far the wall clock has left the passed time; zero while it only drifts."""
        ...


def _wall() -> datetime:
    return datetime.now(UTC)


def _boot_seconds() -> float:
    """Seconds since the machine came up, those asleep among them, so that a suspended machine wakes right."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SystemClock:
    """The machine's clocks: ``wall`` tells aware UTC, ``passed`` the seconds that really passed."""

    def __init__(self, wall: Callable[[], datetime] = _wall, passed: Callable[[], float] = _boot_seconds) -> None:
        self._wall = wall
        self._passed = passed
        self._wall_start = wall()
        self._passed_start = passed()

    def now(self) -> datetime:
        return self._wall()

    def monotonic(self) -> float:
        return time.monotonic()

    def due_now(self) -> datetime:
        wall = self._wall()
        expected = self._expected()
        if abs((wall - expected).total_seconds()) <= JUMP_SECONDS:
            # Drift and small corrections are believed, and become the new start.
            self._wall_start, self._passed_start = wall, self._passed()
            return wall
        return min(wall, expected)

    def jump(self) -> timedelta:
        off = self._wall() - self._expected()
        return off if abs(off.total_seconds()) > JUMP_SECONDS else timedelta(0)

    def _expected(self) -> datetime:
        return self._wall_start + timedelta(seconds=self._passed() - self._passed_start)
