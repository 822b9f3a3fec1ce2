"""How much may come in at one time: connections in all and per address, and octets being received."""

from __future__ import annotations

import asyncio
from collections import deque

from mailguard.config import LimitSettings
from mailguard.submission import replies
from mailguard.submission.counters import Counters


class ConnectionGate:
    """Counts connections. Every ``enter`` that returned None needs one ``leave``."""

    def __init__(self, limits: LimitSettings, counters: Counters) -> None:
        self._limits = limits
        self._counters = counters
        self._per_address: dict[str, int] = {}

    def enter(self, client_address: str) -> bytes | None:
        """Let a connection in; or the 421 it gets instead."""
        here = self._per_address.get(client_address, 0)
        if self._counters.connections_now >= self._limits.connections:
            self._counters.connections_refused += 1
            return replies.CLOSING_FULL
        if here >= self._limits.connections_per_address:
            self._counters.connections_refused += 1
            return replies.CLOSING_FULL_ADDRESS
        self._per_address[client_address] = here + 1
        self._counters.connections_now += 1
        self._counters.connections_total += 1
        return None

    def leave(self, client_address: str) -> None:
        """A connection has ended."""
        left = self._per_address[client_address] - 1
        if left:
            self._per_address[client_address] = left
        else:
            del self._per_address[client_address]
        self._counters.connections_now -= 1


class BytesInFlight:
    """Octets of contents that were received and are not yet accepted or forgotten, up to ``limit``.

    What a client declares with SIZE= is looked at when it begins, but only what it sent is counted: otherwise a client
    that declares much and sends nothing would shut everybody else out.
    """

    def __init__(self, limit: int, counters: Counters) -> None:
        self._limit = limit
        self._counters = counters
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def has_room(self, size: int) -> bool:
        """Whether so many octets more would fit. A single mail always fits when nothing else is in flight."""
        now = self._counters.bytes_in_flight
        return now + size <= self._limit or (now == 0 and not self._waiting)

    def enter(self, size: int) -> bool:
        """Count octets that have arrived; False when that is too much. Either way they count until ``leave``."""
        self._counters.bytes_in_flight += size
        self._counters.bytes_received += size
        return self._counters.bytes_in_flight <= self._limit or self._counters.bytes_in_flight == size

    def leave(self, size: int) -> None:
        """Octets that are accepted or forgotten; whoever waits for room is let in, in order."""
        self._counters.bytes_in_flight -= size
        while self._waiting:
            wanted, future = self._waiting[0]
            if not future.done():
                if self._counters.bytes_in_flight + wanted > self._limit and self._counters.bytes_in_flight:
                    return
                future.set_result(None)
            self._waiting.popleft()

    async def wait_for_room(self, size: int, seconds: float) -> bool:
        """Whether room for so many octets came up within that time."""
        if self.has_room(size):
            return True
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((size, future))
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        return True
