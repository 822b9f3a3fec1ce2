"""The schema of an office's database: brought forward, never back, and the one the code knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from mailguard.errors import SchemaMismatch, StorageUnavailable
from mailguard.store import schema
from mailguard.store.engine import writer_engine
from mailguard.store.incident_tables import METADATA
from mailguard.store.schema import NEWEST, current, migrations, upgrade


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    found: str = f"sqlite:///{tmp_path / 'office.db'}"
    return found if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


def test_newest_revision_is_the_last_migration() -> None:
    """No migration is left out at the start of the service."""
    assert ScriptDirectory.from_config(migrations()).get_current_head() == NEWEST


def test_upgrade_makes_the_tables_the_code_knows(empty_url: str) -> None:
    """The migrations lead to exactly the tables the statements are for; a second time changes nothing."""
    before = current(empty_url)
    upgrade(empty_url)
    upgrade(empty_url)
    engine = writer_engine(empty_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)
    engine.dispose()

    assert before is None
    assert current(empty_url) == NEWEST
    assert differences == []


def test_upgrade_database_of_a_newer_release_is_refused_and_stays(empty_url: str) -> None:
    """A release that does not know a table must not write beside it."""
    upgrade(empty_url)
    engine = writer_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(SchemaMismatch):
        upgrade(empty_url)
    assert current(empty_url) == "9999"


def test_current_database_that_is_none_is_said(tmp_path: Path) -> None:
    """A file that is no database is named as such, not overwritten."""
    file = tmp_path / "office.db"
    file.write_bytes(b"no database at all, " * 100)

    with pytest.raises(StorageUnavailable):
        schema.upgrade(f"sqlite:///{file}")
    assert file.read_bytes().startswith(b"no database")
