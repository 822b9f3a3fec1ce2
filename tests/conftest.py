"""What every test may ask for: a PostgreSQL database of its own, where a server is given."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from mailguard.store.schema import upgrade
from tests.databases import empty, postgres_database

POSTGRES_VARIABLE = "MAILGUARD_TEST_POSTGRES"
"""SQLAlchemy URL of a PostgreSQL server where databases may be created (postgresql+psycopg://user@host:port/postgres)."""


# A check says something of the change it runs on: the same examples each time, and none that fails because a machine is
# slow. `--hypothesis-profile search` looks for new ones.
settings.register_profile("search", deadline=None)
settings.register_profile("check", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("check")


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of the server."""
    server = os.environ.get(POSTGRES_VARIABLE)
    if not server:
        pytest.skip(f"no PostgreSQL given in {POSTGRES_VARIABLE}")
    return server


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of this test's own, dropped afterwards."""
    with postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_kept(postgres_server: str) -> Iterator[str]:
    """The URL of a database at this release's schema that the tests of this run use one after the other."""
    with postgres_database(postgres_server) as url:
        upgrade(url)
        yield url


@pytest.fixture
def postgres_office(postgres_kept: str) -> str:
    """The URL of a database at this release's schema with nothing in it. What is left of the test before is cut off."""
    empty(postgres_kept)
    return postgres_kept
