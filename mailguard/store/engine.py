"""Opening a database the way its promises need it.

SQLite: WAL with ``synchronous=FULL`` (NORMAL does not sync each commit, and a 250 is a promise), writers begin with
``BEGIN IMMEDIATE`` (a deferred transaction that turns into a writer fails with "locked" at once instead of waiting),
readers are ``query_only``. PostgreSQL: psycopg 3, ``synchronous_commit=on`` whatever the server's default.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, QueuePool, create_engine, event

BUSY_SECONDS = 5.0
"""How long a writer waits for another process that writes to the same SQLite file."""

CHECKPOINT_PAGES = 8000
"""Pages in the write-ahead log until they are moved into the file: 32 MB, some thousand mails a time."""


def sqlite_url(directory: Path) -> str:
    """The URL of the SQLite database in a data directory."""
    return f"sqlite:///{directory / 'mailguard.db'}"


def writer_engine(url: str) -> Engine:
    """An engine for the one thread (or command) that writes."""
    return _engine(url, writes=True)


def reader_engine(url: str) -> Engine:
    """An engine for screens and lists; on SQLite it cannot write."""
    return _engine(url, writes=False)


def _engine(url: str, *, writes: bool) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(
            url,
            poolclass=QueuePool,
            pool_size=1 if writes else 4,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 5, "options": "-c synchronous_commit=on -c lock_timeout=10000"},
        )
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else 4,
        max_overflow=0 if writes else 8,
        connect_args={"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite(writes))
    # The dialect's own hook, not the event of that name: a statement through the event costs as much as ten inserts.
    engine.dialect.do_begin = _begin("BEGIN IMMEDIATE" if writes else "BEGIN")  # type: ignore[assignment, method-assign]
    return engine


def _prepare_sqlite(writes: bool) -> Callable[[Any, Any], None]:
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        if writes:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
            # Freed pages are overwritten, so that a destroyed key does not stay behind in the file.
            cursor.execute("PRAGMA secure_delete=ON")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-16000")
        cursor.close()

    return prepare


def _begin(statement: str) -> Callable[[Any], None]:
    def begin(connection: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()

    return begin
