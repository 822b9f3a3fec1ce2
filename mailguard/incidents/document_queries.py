"""Every statement about the documents of incidents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from mailguard.store import GatheredInsert, GuardedUpdate, Transaction
from mailguard.store.incident_tables import incident_document

Reader = Connection | Transaction

INSERT_VERSION = GatheredInsert(insert(incident_document))
RELEASE_VERSION = GuardedUpdate(
    update(incident_document)
    .where(
        incident_document.c.incident_id == bindparam("in_incident_id"),
        incident_document.c.document == bindparam("in_document"),
        incident_document.c.version == bindparam("in_version"),
        incident_document.c.released_at.is_(None),
    )
    .values(released_by=bindparam("to_released_by"), released_at=bindparam("to_released_at"))
)
"""Say once who released a version (primary key); its words are never changed."""

_OF_DOCUMENT = (
    select(incident_document)
    .where(
        incident_document.c.incident_id == bindparam("incident_id"),
        incident_document.c.document == bindparam("document"),
    )
    .order_by(incident_document.c.version)
)


def versions_of(reader: Reader, incident_id: str, document: str) -> list[Row[Any]]:
    """Every version of a document, oldest first (primary key)."""
    return list(reader.execute(_OF_DOCUMENT, {"incident_id": incident_id, "document": document}))


_BEGINNING = (
    select(incident_document)
    .where(
        incident_document.c.incident_id == bindparam("incident_id"),
        incident_document.c.document >= bindparam("first"),
        incident_document.c.document < bindparam("end"),
    )
    .order_by(incident_document.c.document, incident_document.c.version)
)


def versions_beginning(reader: Reader, incident_id: str, prefix: str) -> list[Row[Any]]:
    """Every version of the documents whose names begin so; ``prefix`` ends with a colon (primary key)."""
    values = {"incident_id": incident_id, "first": prefix, "end": f"{prefix[:-1]};"}
    return list(reader.execute(_BEGINNING, values))


_RELEASED = (
    select(incident_document.c.document, incident_document.c.version)
    .where(incident_document.c.incident_id == bindparam("incident_id"), incident_document.c.released_at.is_not(None))
    .order_by(incident_document.c.document, incident_document.c.version)
)
_ONE = select(incident_document).where(
    incident_document.c.incident_id == bindparam("incident_id"),
    incident_document.c.document == bindparam("document"),
    incident_document.c.version == bindparam("version"),
)


def released_of(reader: Reader, incident_id: str) -> list[Row[Any]]:
    """Which versions of which documents were released: document, version (primary key)."""
    return list(reader.execute(_RELEASED, {"incident_id": incident_id}))


def one_version(reader: Reader, incident_id: str, document: str, version: int) -> Row[Any]:
    """A version that is there (primary key)."""
    return reader.execute(_ONE, {"incident_id": incident_id, "document": document, "version": version}).one()


_HEADS = (
    select(
        incident_document.c.document,
        func.max(incident_document.c.version).label("version"),
        func.max(incident_document.c.at).label("at"),
        func.max(incident_document.c.released_at).label("released_at"),
    )
    .where(incident_document.c.incident_id == bindparam("incident_id"))
    .group_by(incident_document.c.document)
)


def heads_of(reader: Reader, incident_id: str) -> list[Row[Any]]:
    """Each document of an incident with its newest version and when one was last released (primary key)."""
    return list(reader.execute(_HEADS, {"incident_id": incident_id}))
