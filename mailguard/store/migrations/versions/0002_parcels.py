"""Parcels, how their passwords travel, and what recipients can open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the tables of protection; nothing that was there changes."""
    # In words, because Alembic adds a reference as a constraint afterwards, which SQLite cannot.
    op.execute("ALTER TABLE content ADD COLUMN owner_id TEXT REFERENCES content (content_id)")
    op.create_table(
        "parcel",
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("content_id", sa.Text(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("manifest_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("message_key", sa.LargeBinary(), nullable=True),
        sa.Column("destroyed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["content_id"], ["content.content_id"]),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("parcel_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("parcel_by_mail", "parcel", ["queue_id"])
    op.create_index(
        "parcel_by_message",
        "parcel",
        ["message_key"],
        sqlite_where=sa.text("message_key IS NOT NULL"),
        postgresql_where=sa.text("message_key IS NOT NULL"),
    )
    op.create_table(
        "parcel_recipient",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parcel_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.parcel_id"]),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.ForeignKeyConstraint(["told_by"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("queue_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_index("parcel_recipient_by_parcel", "parcel_recipient", ["parcel_id"])
    for name, column in (("due", "due_at"), ("mail_that_tells", "told_by")):
        op.create_index(
            f"parcel_recipient_by_{name}",
            "parcel_recipient",
            [column],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "correspondent_trait",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("trait", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", "trait"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "agreed_password",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("agreed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("address", "fingerprint"),
        sqlite_with_rowid=False,
    )
    op.create_index("agreed_password_by_fingerprint", "agreed_password", ["fingerprint"])
