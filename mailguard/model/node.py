"""What a node knows of itself, for whoever looks after it. No mail is in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HopState:
    """A server mail is handed to. ``is_down``: the last thing tried there failed."""

    name: str
    is_down: bool
    connections: int


@dataclass(frozen=True, slots=True)
class NodeState:
    """One node now. ``certificate_ends_at`` is None where it has no certificate or it cannot be read.

    ``free_bytes`` and ``reserve_bytes``: of the disk mail lies on; below the reserve no mail is taken.
    """

    version: str
    started_at: datetime
    hops: tuple[HopState, ...]
    free_bytes: int
    reserve_bytes: int
    has_certificate: bool
    certificate_ends_at: datetime | None
    looking_processes: int
    connections_now: int
