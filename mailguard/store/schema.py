"""Bringing a database to this release's schema, and refusing one that belongs to another.

Migrations only go forward. The service upgrades an empty or older database at start and refuses a newer one: a release
that does not know a column must not write beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from mailguard.errors import SchemaMismatch, StorageUnavailable
from mailguard.store.engine import reader_engine, writer_engine

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0007"
"""The revision this release brings a database to; a test compares it with the migrations."""

_MIGRATIONS = Path(__file__).with_name("migrations")


def upgrade(url: str) -> str:
    """Bring the database at ``url`` to the newest revision, which is returned. Safe to call twice.

    Raises ``SchemaMismatch`` for a database of a newer release, ``StorageUnavailable`` when it does not answer.
    """
    present = current(url)
    if present == NEWEST:
        return NEWEST
    # Only here: every command looks at the schema, and loading Alembic takes longer than most of them.
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migrations()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present is not None and present not in known:
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
    return NEWEST


def migrations() -> Config:
    """Alembic's view of the migrations in this release."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def current(url: str) -> str | None:
    """The revision a database is at; None for an empty one. Raises ``StorageUnavailable``."""
    engine = reader_engine(url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
            return found
    except DBAPIError as error:
        raise StorageUnavailable(f"schema: {type(error.orig).__name__}: {error.orig}") from error
    finally:
        engine.dispose()
