"""The only place that asks what time it is.

``now`` is aware UTC. ``due_now`` is the time by which timers may fire: it follows ``now`` but never runs ahead of the
time that has really passed since it was first asked, so that a clock set forward releases nothing early. ``jump``
says by how much the wall clock has left the passed time.
"""

from __future__ import annotations

import time
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


class SystemClock:
    """The machine's clocks. Boot time counts what passed, so that a suspended machine wakes right."""

    def __init__(self) -> None:
        self._wall_start = datetime.now(UTC)
        self._passed_start = self._passed()

    @staticmethod
    def _passed() -> float:
        if hasattr(time, "CLOCK_BOOTTIME"):
            return time.clock_gettime(time.CLOCK_BOOTTIME)
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def due_now(self) -> datetime:
        wall = datetime.now(UTC)
        expected = self._wall_start + timedelta(seconds=self._passed() - self._passed_start)
        if abs((wall - expected).total_seconds()) <= JUMP_SECONDS:
            # Drift and small corrections are believed, and become the new start.
            self._wall_start, self._passed_start = wall, self._passed()
            return wall
        return min(wall, expected)

    def jump(self) -> timedelta:
        wall = datetime.now(UTC)
        expected = self._wall_start + timedelta(seconds=self._passed() - self._passed_start)
        off = wall - expected
        return off if abs(off.total_seconds()) > JUMP_SECONDS else timedelta(0)
