"""What account commands open: the database alone, beside a running service or before its first start."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mailguard.clock import SystemClock
from mailguard.config import load
from mailguard.logs import configure_for_commands
from mailguard.model.audit import Actor, ActorKind
from mailguard.store import Store
from mailguard.store.engine import sqlite_url
from mailguard.store.schema import upgrade


@contextmanager
def opened_store(config: Path | None) -> Iterator[Store]:
    """The office's database at this release's schema.

    Raises ``ConfigurationError``, ``SchemaMismatch``, ``StorageUnavailable``. The command line turns them into exit
    statuses.
    """
    configure_for_commands()
    storage = load(config).storage
    storage.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = storage.database or sqlite_url(storage.directory)
    upgrade(url)
    store = Store(url, SystemClock())
    try:
        yield store
    finally:
        store.close()


def administrator() -> Actor:
    """Who runs the command, for the record: the person behind sudo where there is one."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        name = f"uid {os.getuid()}"
    return Actor(ActorKind.PERSON, name)
