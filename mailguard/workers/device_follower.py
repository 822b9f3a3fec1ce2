"""Keeps the submission server's networks those of the settings file and of the devices on record.

A change made on this node counts at once (``refresh``), one made elsewhere after the next look. While the database does
not answer, what counted last counts on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from mailguard.accounts.devices import Device, devices_of, sources_of
from mailguard.config import SourceSettings
from mailguard.store import Store
from mailguard.workers.rounds import rounds

log = structlog.get_logger()


class DeviceFollower:
    """``fixed``: the sources of the settings file. ``take_up``: given everything that counts, when it changed."""

    def __init__(
        self,
        store: Store,
        fixed: Sequence[SourceSettings],
        take_up: Callable[[Sequence[SourceSettings]], None],
        poll_seconds: float,
    ) -> None:
        self._store = store
        self._fixed = fixed
        self._take_up = take_up
        self._poll_seconds = poll_seconds
        self._devices: list[Device] = []

    async def refresh(self) -> None:
        """Let what is on record now count. Raises ``StorageUnavailable``."""
        devices = await self._store.read(devices_of)
        if devices != self._devices:
            self._devices = devices
            self._take_up([*self._fixed, *sources_of(devices)])
            log.info("devices_taken_up", devices=len(devices))

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        await rounds(self.refresh, self._poll_seconds, "devices_not_followed")
