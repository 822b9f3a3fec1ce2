"""Opening the office's spool by its settings."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from mailguard.clock import Clock
from mailguard.config import Settings, StorageSettings
from mailguard.spool.keys import MasterKey, load_master_key
from mailguard.spool.spool import Spool
from mailguard.store import Store


def open_spool(settings: Settings, store: Store, clock: Clock) -> Spool:
    """The spool on an open store. Raises ``ConfigurationError`` where the master key cannot be used."""
    storage = settings.storage
    master = master_key_of(storage)
    return Spool(
        store,
        master,
        clock,
        storage.directory / "content",
        node=socket.gethostname(),
        inline_bytes=storage.inline_bytes,
        reserve_bytes=storage.reserve_bytes,
        expire=timedelta(hours=settings.delivery.expire_hours),
    )


def master_key_of(storage: StorageSettings) -> MasterKey:
    """The office's master key, made where there is none yet. Raises ``ConfigurationError``."""
    return load_master_key(storage.master_key_file or storage.directory / "master.key", dict(os.environ))
