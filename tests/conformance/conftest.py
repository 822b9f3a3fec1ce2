"""One store on SQLite and the same on PostgreSQL: whatever is promised here is promised on both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from mailguard import audit
from mailguard.i18n import CATALOGUES
from mailguard.model.protection import Channel
from mailguard.spool import MasterKey, Spool
from mailguard.store import Store
from tests.conformance.hold_parts import MakeNode, Node
from tests.conformance.parcel_parts import MakeProtecting, ProtectingNode
from tests.conformance.web_office import WebOffice
from tests.databases import sqlite_database
from tests.fakes.clock import StandingClock
from tests.fakes.next_hop import ScriptedNextHop

WORDS = CATALOGUES["ja"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database at this release's schema."""
    if request.param == "sqlite":
        return sqlite_database(tmp_path)
    found: str = request.getfixturevalue("postgres_office")
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
    # Whatever a test put on record, the page of the record must have words for.
    recorded = await store.read(lambda reader: {name for _, _, one in audit.all_events(reader) for name in one.details})
    await store.stop()
    assert [] == sorted(name for name in recorded if f"audit.detail.{name}" not in WORDS)


@pytest.fixture
def spool(store: Store, clock: StandingClock, tmp_path: Path) -> Spool:
    """A spool on the store, with its contents in a folder of the test's own."""
    return Spool(store, MasterKey(bytes(range(32))), clock, tmp_path / "content", reserve_bytes=0)


@pytest.fixture
async def make_node(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[MakeNode]:
    """Makes nodes on the store, towards a port; they are stopped at the end."""
    made: list[Node] = []

    def make(port: int, **values: Any) -> Node:
        made.append(Node(store, clock, tmp_path / "content", port, **values))
        return made[-1]

    yield make
    for node in made:
        await node.stop()


@pytest.fixture
async def make_protecting(store: Store, clock: StandingClock, tmp_path: Path) -> AsyncIterator[MakeProtecting]:
    """Makes nodes that protect what people send, towards a port; they are stopped at the end."""
    made: list[ProtectingNode] = []

    def make(port: int, *channels: Channel, **values: Any) -> ProtectingNode:
        made.append(ProtectingNode(store, clock, tmp_path / "content", port, *channels, **values))
        return made[-1]

    yield make
    for node in made:
        await node.stop()


@pytest.fixture
async def web_office(store: Store, spool: Spool, clock: StandingClock) -> AsyncIterator[WebOffice]:
    """An office with its pages."""
    office = WebOffice(store, spool, clock)
    yield office
    office.close()


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    """A next hop that takes everything until a test tells it otherwise."""
    async with ScriptedNextHop() as hop:
        yield hop
