"""Opening the office's database by its settings: where it is, at which schema."""

from __future__ import annotations

from mailguard.clock import Clock
from mailguard.config import StorageSettings
from mailguard.store.engine import sqlite_url
from mailguard.store.group_commit import Store
from mailguard.store.schema import NEWEST, current, upgrade


def database_url(storage: StorageSettings) -> str:
    """Where the database is: the one that is named, else SQLite in the data directory."""
    return storage.database or sqlite_url(storage.directory)


def open_store(storage: StorageSettings, clock: Clock) -> Store:
    """The database, brought to this release's schema; makes the data directory where there is none.

    Raises ``SchemaMismatch``, ``StorageUnavailable``.
    """
    storage.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = database_url(storage)
    upgrade(url)
    return Store(url, clock)


def existing_store(storage: StorageSettings, clock: Clock) -> Store | None:
    """The database as it is, to look into it; None where there is none at this release's schema yet."""
    if not storage.database and not (storage.directory / "mailguard.db").exists():
        return None
    url = database_url(storage)
    return Store(url, clock) if current(url) == NEWEST else None
