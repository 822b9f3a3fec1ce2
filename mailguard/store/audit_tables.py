"""The tables beside the record of who did what: what vouches for it, and how far others have got it.

As in ``tables``. The record itself is ``tables.audit_event``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, Table, Text

from mailguard.store.people_tables import METADATA

__all__ = ["METADATA"]

audit_anchor = Table(
    "audit_anchor",
    METADATA,
    # From 1, without gaps; about one a day.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    # The newest event then, and how many there were since the anchor before.
    Column("seq", BigInteger, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    # HMAC-SHA-256 over all of this and the anchor before, under a key that is not in the database.
    Column("mac", LargeBinary, nullable=False),
    # When the events up to this one were removed because their time was over, sealed in the same way; else NULL.
    Column("removed_at", BigInteger),
    Column("removed_mac", LargeBinary),
    sqlite_with_rowid=False,
)

# One row, written with every event: where the record stands, sealed, so that a cut tail shows.
audit_head = Table(
    "audit_head",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Who gets the record as it grows, and the number of the last event they have taken.
audit_forwarded = Table(
    "audit_forwarded",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    # Which node forwards it, and until when no other one does.
    Column("node", Text, nullable=False),
    Column("claimed_until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
