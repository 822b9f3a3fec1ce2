"""A clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


class StandingClock:
    """Wall and passed time in the test's hand; ``set_wall`` moves only the wall clock, as an administrator does."""

    def __init__(self, start: datetime = START) -> None:
        self._wall = start
        self._passed = 0.0
        self._off = timedelta(0)

    def now(self) -> datetime:
        return self._wall

    def due_now(self) -> datetime:
        return min(self._wall, self._wall - self._off)

    def monotonic(self) -> float:
        return self._passed

    def jump(self) -> timedelta:
        return self._off

    def advance(self, seconds: float) -> None:
        """Let this much time pass."""
        self._passed += seconds
        self._wall += timedelta(seconds=seconds)

    def set_wall(self, moment: datetime) -> None:
        """Set the wall clock; no time passes."""
        self._off += moment - self._wall
        self._wall = moment
