"""Whether a database is whole, as far as it can tell itself."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailguard.errors import StorageUnavailable
from mailguard.store.engine import reader_engine

REPORTED_MAX = 10


def damage(url: str) -> list[str]:
    """What SQLite's integrity check finds, at most ten lines; nothing for a whole database, and for PostgreSQL,
    which has no such check. Reads every page: seconds for each gigabyte. Raises ``StorageUnavailable``."""
    if not url.startswith("sqlite"):
        return []
    engine = reader_engine(url)
    try:
        with engine.connect() as connection:
            found = connection.execute(text(f"PRAGMA integrity_check({REPORTED_MAX})")).scalars().all()
    except DBAPIError as error:
        raise StorageUnavailable(f"integrity: {type(error.orig).__name__}: {error.orig}") from error
    finally:
        engine.dispose()
    return [] if list(found) == ["ok"] else [str(line) for line in found]
