"""Bringing a database to this release's schema, and refusing one that belongs to another.

Migrations only go forward. The service upgrades an empty or older database at start and refuses a newer one: a release
that does not know a column must not write beside it.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from mailguard.errors import SchemaMismatch, StorageUnavailable
from mailguard.store.engine import writer_engine

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(url: str) -> str:
    """Bring the database at ``url`` to the newest revision, which is returned. Safe to call twice.

    Raises ``SchemaMismatch`` for a database of a newer release, ``StorageUnavailable`` when it does not answer.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head()
    assert newest is not None
    present = current(url)
    if present == newest:
        return newest
    if present is not None and present not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaMismatch(f"the database is at revision {present}, which this release does not know")
    engine = writer_engine(url)
    try:
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise StorageUnavailable(f"schema: {type(error.orig).__name__}: {error.orig}") from error
    finally:
        engine.dispose()
    return newest


def newest() -> str:
    """The revision this release brings a database to."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    assert head is not None
    return head


def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one. Raises ``StorageUnavailable``."""
    engine = writer_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise StorageUnavailable(f"schema: {type(error.orig).__name__}: {error.orig}") from error
    finally:
        engine.dispose()
