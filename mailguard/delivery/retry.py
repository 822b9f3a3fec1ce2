"""When to try again, when to give up, and what an outcome means for the recipient. Pure: time and chance come in.

RFC 5321 §4.5.4.1: retries after growing pauses, given up after some days. A lost reply (``UNKNOWN``) is tried again a
few times with the same octets and Message-ID, because a second copy can be seen and a lost mail cannot; then a person
decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from mailguard.config import DeliverySettings
from mailguard.model.delivery import Outcome
from mailguard.model.queue import State

JITTER_SHARE = 0.1
"""By how much of itself a pause may grow, so that mails that failed together do not come back together."""


@dataclass(frozen=True, slots=True)
class Next:
    """Where a recipient goes after an attempt.

    ``due_at`` is None for final states, and for ``deferred`` where only a person's word moves it on. ``expired``: given
    up for its age, so the last reply was a temporary one.
    """

    state: State
    due_at: datetime | None
    doubts: int
    expired: bool = False


class RetrySchedule:
    """The office's settings as answers."""

    def __init__(self, settings: DeliverySettings) -> None:
        self._waits = tuple(timedelta(minutes=minutes) for minutes in settings.retry_minutes)
        self._asks = settings.on_doubt == "ask"
        self._doubts_max = settings.doubts
        self._delay_notice = timedelta(hours=settings.delay_notice_hours)

    def wait_after(self, attempts: int, jitter: float = 0.0) -> timedelta:
        """The pause after so many attempts (from 1). ``jitter`` from 0 to 1 lengthens it a little."""
        wait = self._waits[min(max(attempts, 1), len(self._waits)) - 1]
        return wait * (1 + JITTER_SHARE * jitter)

    def resends_after(self, doubts: int) -> bool:
        """Whether a recipient is tried again by itself when so many attempts stayed in doubt."""
        return not self._asks and doubts < self._doubts_max

    def wants_delay_notice(self, accepted_at: datetime, now: datetime, *, told: bool) -> bool:
        """Whether the sender should now be told that it takes long."""
        return bool(self._delay_notice) and not told and now - accepted_at >= self._delay_notice

    def after(
        self,
        outcome: Outcome,
        *,
        attempts: int,
        doubts: int,
        now: datetime,
        expires_at: datetime | None,
        jitter: float = 0.0,
    ) -> Next:
        """What follows. ``attempts`` counts this one, ``doubts`` those before; ``expires_at`` None means never."""
        over = expires_at is not None and now >= expires_at
        due_at = now + self.wait_after(attempts, jitter)
        if expires_at is not None and not over:
            # A last try when the time is up, rather than giving up early.
            due_at = min(due_at, expires_at)
        match outcome:
            case Outcome.DELIVERED:
                return Next(State.DELIVERED, None, doubts)
            case Outcome.BOUNCED:
                return Next(State.BOUNCED, None, doubts)
            case Outcome.UNKNOWN:
                doubts += 1
                # In doubt at the end: "it failed" might be untrue, so nobody is told that by a machine.
                return Next(State.DEFERRED, due_at if self.resends_after(doubts) and not over else None, doubts)
            case Outcome.DEFERRED:
                if over:
                    return Next(State.BOUNCED, None, doubts, expired=True)
                return Next(State.DEFERRED, due_at, doubts)
        assert_never(outcome)
