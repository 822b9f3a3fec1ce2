"""An office with its pages on SQLite, for what pages promise whatever the database is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mailguard.spool import MasterKey, Spool
from mailguard.store import Store
from tests.conformance.web_office import WebOffice
from tests.databases import sqlite_database
from tests.fakes.clock import StandingClock


@pytest.fixture
def clock() -> StandingClock:
    """The clock of everything in the test."""
    return StandingClock()


@pytest.fixture
async def spool(clock: StandingClock, tmp_path: Path) -> AsyncIterator[Spool]:
    """A spool on an empty database."""
    store = Store(sqlite_database(tmp_path), clock)
    store.start()
    yield Spool(store, MasterKey(bytes(range(32))), clock, tmp_path / "content", reserve_bytes=0)
    await store.stop()


@pytest.fixture
async def web_office(spool: Spool, clock: StandingClock) -> AsyncIterator[WebOffice]:
    """An office with its pages."""
    office = WebOffice(spool.store, spool, clock)
    yield office
    office.close()
