"""Databases at this release's schema for tests: made once a run, copied for each test."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from mailguard.store.engine import sqlite_url
from mailguard.store.incident_tables import METADATA
from mailguard.store.schema import upgrade


def sqlite_database(folder: Path) -> str:
    """The URL of an empty SQLite database in ``folder``."""
    shutil.copyfile(_sqlite_original(), folder / _sqlite_original().name)
    return sqlite_url(folder)


@lru_cache(maxsize=1)
def _sqlite_original() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="mailguard-test-"))
    upgrade(sqlite_url(folder))
    return Path(sqlite_url(folder).removeprefix("sqlite:///"))


@contextmanager
def postgres_database(server: str) -> Iterator[str]:
    """The URL of a database of one's own at ``server``, dropped afterwards."""
    url = make_url(server)
    name = f"mailguard_test_{uuid.uuid4().hex[:16]}"
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE \"{name}\" TEMPLATE template0 ENCODING 'UTF8'"))
        yield url.set(database=name).render_as_string(hide_password=False)
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    finally:
        engine.dispose()


def empty(url: str) -> None:
    """End whatever still uses a PostgreSQL database, and forget all rows. Making a database anew takes far longer."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(others))
            for table in reversed(METADATA.sorted_tables):
                connection.execute(table.delete())
    finally:
        engine.dispose()
