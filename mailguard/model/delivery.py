"""What one attempt towards the next hop was told, and what that means for a recipient."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply. ``enhanced`` is the RFC 3463 status ("5.1.1") or empty; ``text`` is the server's, unwrapped.

    ``code`` is 0 where there was no reply (connection refused, line cut, time-out) and ``text`` is then our own words.
    """

    code: int
    enhanced: str
    text: str

    @property
    def is_positive(self) -> bool:
        """Whether the server took it (2xx)."""
        return 200 <= self.code < 300

    @property
    def is_permanent(self) -> bool:
        """Whether the server refused it for good (5xx). Everything that is neither is temporary."""
        return 500 <= self.code < 600


class Outcome(StrEnum):
    """How an attempt ended for one recipient.

    ``UNKNOWN`` is written before the final dot and replaced by what the reply means; where it stays, the next hop
    may or may not have taken the mail ("in doubt").
    """

    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    BOUNCED = "bounced"


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One attempt for one recipient; ``next_hop`` is "host:port" and ``number`` counts from 1."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    next_hop: str
    outcome: Outcome
    reply: Reply | None
    tls: str | None = None
