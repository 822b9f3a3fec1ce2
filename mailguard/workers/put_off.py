"""What something is wrong with is put off, longer each time, and keeps nothing else waiting."""

from __future__ import annotations

from mailguard.clock import Clock

FIRST_SECONDS = 60.0
MAX_SECONDS = 3600.0
FORGOTTEN_AFTER = 1000
"""More are not kept in mind: then all are tried at once again."""


class PutOff:
    """In memory, by the clock that nobody sets: after a restart everything is tried again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, tuple[float, float]] = {}

    def now(self) -> list[str]:
        """What is not to be tried yet."""
        passed = self._clock.monotonic()
        return [name for name, (until, _) in self._until.items() if passed < until]

    def has(self, name: str) -> bool:
        """Whether this one is not to be tried yet."""
        return name in self._until and self._clock.monotonic() < self._until[name][0]

    def failed(self, name: str) -> float:
        """It could not be done; for how many seconds it is put off."""
        before = self._until.get(name)
        seconds = FIRST_SECONDS if before is None else min(MAX_SECONDS, before[1] * 2)
        if len(self._until) >= FORGOTTEN_AFTER:
            self._until.clear()
        self._until[name] = (self._clock.monotonic() + seconds, seconds)
        return seconds

    def done(self, name: str) -> None:
        """It was done; the next fault begins anew. Safe for what never failed."""
        self._until.pop(name, None)
