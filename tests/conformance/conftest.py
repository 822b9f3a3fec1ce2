"""One store on SQLite and the same on PostgreSQL: whatever is promised here is promised on both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailguard.spool import MasterKey, Spool
from mailguard.store import Store
from mailguard.store.engine import sqlite_url
from mailguard.store.schema import upgrade
from tests.fakes.clock import StandingClock


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database at this release's schema."""
    found: str = sqlite_url(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    upgrade(found)
    return found


@pytest.fixture
def clock() -> StandingClock:
    """The clock of everything in the test."""
    return StandingClock()


@pytest.fixture
async def store(url: str, clock: StandingClock) -> AsyncIterator[Store]:
    """The database, open, with the test's clock."""
    store = Store(url, clock, use_database_time=False)
    store.start()
    yield store
    await store.stop()


@pytest.fixture
def spool(store: Store, clock: StandingClock, tmp_path: Path) -> Spool:
    """A spool on the store, with its contents in a folder of the test's own."""
    return Spool(store, MasterKey(bytes(range(32))), clock, tmp_path / "content", reserve_bytes=0)
