"""One data directory, one process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from mailguard.errors import ConfigurationError


class DataLock:
    """Held from its making until ``close``, or the end of the process. Raises ``ConfigurationError`` where another
    process has it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise ConfigurationError([f"{directory}: another mailguard serves this data directory"]) from error
        self._descriptor: int | None = descriptor

    def close(self) -> None:
        """Let go of it. Twice is safe."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
