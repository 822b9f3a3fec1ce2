"""The work on incidents: what is due, documents, and what wrong recipients were asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables and a column; nothing that was there changes."""
    op.add_column("incident_entry", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.create_table(
        "incident_due",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("remind_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.incident_id"]),
        sa.PrimaryKeyConstraint("incident_id", "what"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "incident_due_by_reminder",
        "incident_due",
        ["remind_at"],
        sqlite_where=sa.text("remind_at IS NOT NULL"),
        postgresql_where=sa.text("remind_at IS NOT NULL"),
    )
    op.create_table(
        "incident_document",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("queue_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.incident_id"]),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("incident_id", "document", "version"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident_request",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_as", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.incident_id"]),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.ForeignKeyConstraint(["sent_as"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("incident_request_by_incident", "incident_request", ["incident_id"])
    op.create_index("incident_request_by_sent", "incident_request", ["sent_as"])
