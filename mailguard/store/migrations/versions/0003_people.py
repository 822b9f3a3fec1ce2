"""People, sign-in, what is said to them, approvals, edits and changes of the rules: the tables of the web queue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add what the web queue needs; nothing that was there changes."""
    # In words, because Alembic adds a reference as a constraint afterwards, which SQLite cannot.
    op.execute("ALTER TABLE submission ADD COLUMN edited_id TEXT REFERENCES content (content_id)")
    op.add_column("submission", sa.Column("edited_size", sa.BigInteger(), nullable=True))
    _lists()
    _people()
    _sign_in()
    _mail()


def _lists() -> None:
    """What lists are read by."""
    op.create_table(
        "summary",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("queue_id", "number"),
    )
    op.create_index("submission_by_owner", "submission", ["owner", "accepted_at", "queue_id", "listener"])
    op.drop_index("recipient_by_due", "recipient")
    due, stopped = "due_at IS NOT NULL", "state IN ('held', 'deferred', 'bounced', 'cancelled', 'expired', 'blocked')"
    op.create_index(
        "recipient_by_due",
        "recipient",
        ["due_at", "state"],
        sqlite_where=sa.text(due),
        postgresql_where=sa.text(due),
    )
    op.create_index(
        "recipient_not_sent",
        "recipient",
        ["queue_id"],
        sqlite_where=sa.text(stopped),
        postgresql_where=sa.text(stopped),
    )


def _people() -> None:
    """Who is in the office, who stands in for whom, and which devices send."""
    op.create_table(
        "person",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("manager", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("address"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person_role",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address", "role", "department"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deputy",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "deputy", "from_at"),
        sqlite_with_rowid=False,
    )
    op.create_index("deputy_by_deputy", "deputy", ["deputy"])
    op.create_table(
        "delegate",
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", "person"),
        sqlite_with_rowid=False,
    )
    op.create_index("delegate_by_person", "delegate", ["person"])
    op.create_table(
        "device",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("networks", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("allowed_senders", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
        sqlite_with_rowid=False,
    )


def _sign_in() -> None:
    """How they prove who they are."""
    op.create_table(
        "web_session",
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("factors", sa.Text(), nullable=False),
        sa.Column("client_address", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("web_session_by_address", "web_session", ["address"])
    op.create_index("web_session_by_end", "web_session", ["expires_at"])
    op.create_table(
        "ceremony",
        sa.Column("ceremony_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ceremony_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("ceremony_by_address", "ceremony", ["address"])
    op.create_index("ceremony_by_end", "ceremony", ["expires_at"])
    op.create_table(
        "totp",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recovery_code",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("address", "code_hash"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "passkey",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("credential_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("passkey_by_address", "passkey", ["address"])
    op.create_table(
        "sign_in_failure",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("api_token_by_address", "api_token", ["address"])


def _mail() -> None:
    """Links, approvals and notices about a mail, and changes of the rules."""
    op.create_table(
        "mail_link",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("mail_link_by_mail", "mail_link", ["queue_id"])
    op.create_table(
        "approval",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("judgement", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("instead_of", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("queue_id", "judgement", "person"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "notice",
        sa.Column("queue_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("told_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["queue_id"], ["submission.queue_id"]),
        sa.ForeignKeyConstraint(["told_by"], ["submission.queue_id"]),
        sa.PrimaryKeyConstraint("queue_id", "kind", "address", "round"),
        sqlite_with_rowid=False,
    )
    op.create_index("notice_by_address", "notice", ["address", "written_at"])
    op.create_index(
        "notice_by_due",
        "notice",
        ["due_at"],
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "policy_change",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reverts_to", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
