"""Puts passwords on PDF and Office files in a process that may be killed: those files come from anywhere."""

from __future__ import annotations

from mailguard.config import LookingSettings
from mailguard.errors import WorkerKilled
from mailguard.model.protection import Mode
from mailguard.transform.containers.errors import CannotLock, WhyNot
from mailguard.transform.containers.locking import WORK, answer_of, request_of
from mailguard.workers.pool import Pool


class Locking:
    """One per node or command. Start it before it is asked; close it after."""

    def __init__(self, settings: LookingSettings) -> None:
        self._seconds = settings.seconds
        self._pool = Pool(WORK, workers=1, memory_bytes=settings.memory_mb * 1024 * 1024)

    async def start(self) -> None:
        """Raises ``LookingUnavailable``."""
        await self._pool.start()

    async def lock(self, mode: Mode, octets: bytes, password: str) -> bytes:
        """The file with its password. Raises ``CannotLock``, also where its process was killed; ``PoolClosed``."""
        try:
            return answer_of(await self._pool.run(request_of(mode, octets, password), self._seconds))
        except WorkerKilled as error:
            raise CannotLock(WhyNot.DAMAGED) from error

    async def close(self) -> None:
        """End the process. Twice is safe."""
        await self._pool.close()
