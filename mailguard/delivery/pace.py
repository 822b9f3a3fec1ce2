"""How hard a next hop is pressed: how many connections at one time, and how long a pause after a failure.

A failure halves the connections and doubles the pause; a success ends the pause and doubles the connections again. So a
server that is down costs one try a pause, and one that comes back is not flooded at once. Pure: times are the caller's.
"""

from __future__ import annotations

PAUSE_FIRST_SECONDS = 0.25
PAUSE_MAX_SECONDS = 30.0
"""So often a dead next hop is asked at most; mails meanwhile wait by their own schedule."""


class Pace:
    """One next hop's. ``allowed`` is how many connections there may be now, from 1 to ``most``."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.allowed = most
        self.failures = 0
        self._failed_at = 0.0
        self._pause_until = 0.0

    def failed(self, begun_at: float, now: float) -> None:
        """What was begun then has failed. Attempts that ran side by side count as one failure."""
        if self.failures and begun_at <= self._failed_at:
            return
        self.failures += 1
        self._failed_at = now
        self.allowed = max(1, self.allowed // 2)
        # The exponent is bounded so that years of failures do not make a number nobody can compute.
        self._pause_until = now + min(PAUSE_FIRST_SECONDS * 2 ** min(self.failures - 1, 20), PAUSE_MAX_SECONDS)

    def succeeded(self) -> None:
        """A connection was opened, or a mail was answered."""
        if self.failures or self.allowed < self.most:
            self.failures = 0
            self._pause_until = 0.0
            self.allowed = min(self.most, self.allowed * 2)

    def is_pausing(self, now: float) -> bool:
        """Whether no connection should be opened now."""
        return now < self._pause_until
