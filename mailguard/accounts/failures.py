"""How many wrong passwords an account and a client address have had within the last minute.

A try is counted before the password is looked at and taken back when it turns out right, so that many tries at the same
moment are not each looked at. What is refused for an account's limit counts for the address too: otherwise guessing
would go on at full speed behind it. Counted in this process only.
"""

from __future__ import annotations

from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network

from mailguard.errors import TooManyFailures

WINDOW_SECONDS = 60.0
KEYS_MAX = 50_000
"""Accounts or addresses watched at one time; beyond it the one first seen is forgotten."""


class _Window:
    """Times of tries by key, over one minute."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: dict[str, deque[float]] = {}

    def is_full(self, key: str, now: float) -> bool:
        times = self._times.get(key)
        if times is None:
            return False
        while times and now - times[0] >= WINDOW_SECONDS:
            times.popleft()
        if not times:
            del self._times[key]
        return len(times) >= self._limit

    def add(self, key: str, now: float) -> None:
        if key not in self._times and len(self._times) >= KEYS_MAX:
            self._forget_one(now)
        self._times.setdefault(key, deque(maxlen=self._limit)).append(now)

    def take_back(self, key: str, at: float) -> None:
        times = self._times.get(key)
        if times is not None and at in times:
            times.remove(at)

    def _forget_one(self, now: float) -> None:
        for key in [key for key, times in self._times.items() if not times or now - times[-1] >= WINDOW_SECONDS]:
            del self._times[key]
        if len(self._times) >= KEYS_MAX:
            del self._times[next(iter(self._times))]


class Failures:
    """The two counts, against their limits per minute. Times are seconds of a monotonic clock."""

    def __init__(self, per_account: int, per_address: int) -> None:
        self._accounts = _Window(per_account)
        self._addresses = _Window(per_address)

    def check_address(self, client_address: str, now: float) -> None:
        """Raises ``TooManyFailures`` where the address has had its number."""
        if self._addresses.is_full(network_of(client_address), now):
            raise TooManyFailures("this address")

    def begin(self, account: str, client_address: str, now: float) -> None:
        """Count a try. Raises ``TooManyFailures`` where account or address have had their number."""
        self.check_address(client_address, now)
        self._addresses.add(network_of(client_address), now)
        if self._accounts.is_full(account, now):
            raise TooManyFailures("this account")
        self._accounts.add(account, now)

    def take_back(self, account: str, client_address: str, begun_at: float) -> None:
        """The try begun then was no failure."""
        self._accounts.take_back(account, begun_at)
        self._addresses.take_back(network_of(client_address), begun_at)


def network_of(client_address: str) -> str:
    """What one client can change at will is one: an IPv6 host has a whole /64 (RFC 4291 §2.5.1)."""
    try:
        address = ip_address(client_address)
    except ValueError:
        return client_address
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return client_address
