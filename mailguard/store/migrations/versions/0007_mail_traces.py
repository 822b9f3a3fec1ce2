"""Traces of mails, by which those with the same fault are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table, and note after which mail traces begin; nothing that was there changes."""
    made = op.create_table(
        "mail_trace",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", "queue_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("mail_trace_by_mail", "mail_trace", ["queue_id"])
    submission = sa.table("submission", sa.column("queue_id", sa.Text()))
    newest = sa.func.max(submission.c.queue_id)
    begins = sa.select(sa.literal("s"), sa.literal(b"", sa.LargeBinary()), newest).having(newest.is_not(None))
    op.execute(made.insert().from_select(["kind", "digest", "queue_id"], begins))
