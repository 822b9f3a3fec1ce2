"""This release's tables in memory, for what is only tried out. Nothing of it reaches a disk."""

from __future__ import annotations

from sqlalchemy import Connection, StaticPool, create_engine

from mailguard.store.incident_tables import METADATA


def memory_connection() -> Connection:
    """A connection to an empty database of its own; closing it ends the database. Commits are not needed."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    METADATA.create_all(engine)
    return engine.connect()
