"""Incidents, the mails they are about, and what was done."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables; nothing that was there changes."""
    op.create_table(
        "incident",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("known_at", sa.BigInteger(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("incident_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident_mail",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.incident_id"]),
        sa.PrimaryKeyConstraint("queue_id", "incident_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("incident_mail_by_incident", "incident_mail", ["incident_id"])
    op.create_index(
        "incident_mail_by_look",
        "incident_mail",
        ["look_at"],
        sqlite_where=sa.text("look_at IS NOT NULL"),
        postgresql_where=sa.text("look_at IS NOT NULL"),
    )
    op.create_table(
        "incident_entry",
        sa.Column("incident_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["incident_id"], ["incident.incident_id"]),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("incident_id", "number"),
        sqlite_with_rowid=False,
    )
