"""All tables. Times are epoch microseconds (see ``times``); a migration goes with every change here.

``recipient.due_at`` is when somebody must look at the row again, whatever its state: the inspector, a hold's timer,
the transformer, the deliverer, or, where ``lease_owner`` is set, the rescuer, because the lease ends then. NULL means
that nobody looks until a person acts. One partial index therefore finds all work, and final rows are not in it.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    text,
)

METADATA = MetaData()

content = Table(
    "content",
    METADATA,
    Column("content_id", Text, primary_key=True),
    Column("created_at", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("eight_bit", Boolean, nullable=False),
    Column("key_id", Text, nullable=False),
    # NULL once the content was destroyed.
    Column("wrapped_key", LargeBinary),
    # NULL where the content is a file, or was destroyed.
    Column("body", LargeBinary),
    Column("destroyed_at", BigInteger),
    # A variant that differs only at its start: the rest is the tail content's, from this octet of its wire form on.
    Column("tail_id", Text, ForeignKey("content.content_id")),
    Column("tail_from", BigInteger),
    Index(
        "content_by_tail",
        "tail_id",
        sqlite_where=text("tail_id IS NOT NULL"),
        postgresql_where=text("tail_id IS NOT NULL"),
    ),
)

submission = Table(
    "submission",
    METADATA,
    Column("queue_id", Text, primary_key=True),
    Column("accepted_at", BigInteger, nullable=False),
    Column("reverse_path", Text, nullable=False),
    Column("ret", Text),
    Column("envid", Text),
    Column("body", Text),
    Column("smtputf8", Boolean, nullable=False),
    Column("client_address", Text, nullable=False),
    Column("client_name", Text, nullable=False),
    Column("listener", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("connected_at", BigInteger, nullable=False),
    Column("account", Text),
    Column("source", Text),
    Column("tls", Text),
    Column("esmtp", Boolean, nullable=False),
    Column("content_id", Text, ForeignKey("content.content_id"), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("automatic", Boolean, nullable=False),
    Index(
        "submission_by_account",
        "account",
        "accepted_at",
        sqlite_where=text("account IS NOT NULL"),
        postgresql_where=text("account IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

recipient = Table(
    "recipient",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("notify", Text, nullable=False),
    Column("orcpt", Text),
    Column("state", Text, nullable=False),
    # Grows by one with every change; a change names the one it saw.
    Column("revision", Integer, nullable=False),
    Column("verdict", Text),
    Column("due_at", BigInteger),
    Column("lease_owner", Text),
    Column("shown_until", BigInteger),
    Column("variant_id", Text, ForeignKey("content.content_id")),
    Column("looks", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False),
    Column("expires_at", BigInteger),
    Column("delay_told", Boolean, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    # Invariant 2: nothing gets near the wire without a recorded verdict, not even by a mistake in code.
    CheckConstraint("verdict IS NOT NULL OR state IN ('accepted', 'held')", name="recipient_moves_on_with_a_verdict"),
    Index(
        "recipient_by_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "recipient_by_open_state",
        "state",
        "queue_id",
        sqlite_where=text("state IN ('held', 'deferred')"),
        postgresql_where=text("state IN ('held', 'deferred')"),
    ),
    sqlite_with_rowid=False,
)

delivery_attempt = Table(
    "delivery_attempt",
    METADATA,
    Column("queue_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("next_hop", Text, nullable=False),
    Column("tls", Text),
    Column("outcome", Text, nullable=False),
    Column("code", SmallInteger),
    Column("enhanced", Text),
    Column("reply", Text),
    sqlite_with_rowid=False,
)

audit_event = Table(
    "audit_event",
    METADATA,
    # On SQLite an integer key is the row's own number and needs no index beside the table.
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("queue_id", Text),
    # Canonical JSON: sorted keys, no blanks, UTF-8.
    Column("details", Text, nullable=False),
    # SHA-256 over the previous row's hash and this row's canonical form.
    Column("hash", LargeBinary, nullable=False),
    Index(
        "audit_event_by_mail",
        "queue_id",
        sqlite_where=text("queue_id IS NOT NULL"),
        postgresql_where=text("queue_id IS NOT NULL"),
    ),
)

account = Table(
    "account",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
)

account_grant = Table(
    "account_grant",
    METADATA,
    Column("account", Text, primary_key=True),
    # A mailbox, or "@domain".
    Column("address", Text, primary_key=True),
    Column("granted_at", BigInteger, nullable=False),
)

upstream_credential = Table(
    "upstream_credential",
    METADATA,
    Column("username", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("confirmed_at", BigInteger, nullable=False),
)

judgement = Table(
    "judgement",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    # From 1: an edit of a held mail is judged anew.
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("policy", Text, nullable=False),
    # JSON: reasons with their texts, facts, what was only observed, and what a delivery will teach.
    Column("explanations", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("observed", Text),
    Column("lesson", Text),
    sqlite_with_rowid=False,
)

correspondent = Table(
    "correspondent",
    METADATA,
    # Comparable form, as everywhere below.
    Column("address", Text, primary_key=True),
    Column("local_part", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("mails", Integer, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Index("correspondent_by_local_part", "local_part"),
    sqlite_with_rowid=False,
)

correspondence = Table(
    "correspondence",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("sender", Text, primary_key=True),
    Column("mails", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

correspondent_name = Table(
    "correspondent_name",
    METADATA,
    # A full name without blanks, or a greeting as "organisation|person".
    Column("name", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Index("correspondent_name_by_address", "address"),
    sqlite_with_rowid=False,
)

known_domain = Table(
    "known_domain",
    METADATA,
    Column("domain", Text, primary_key=True),
    Column("mails", Integer, nullable=False),
    sqlite_with_rowid=False,
)

domain_spelling = Table(
    "domain_spelling",
    METADATA,
    Column("spelling", Text, primary_key=True),
    Column("domain", Text, primary_key=True),
    sqlite_with_rowid=False,
)

thread_mail = Table(
    "thread_mail",
    METADATA,
    Column("message_key", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False),
    # Comparable addresses, separated by blanks.
    Column("people", Text, nullable=False),
    Index("thread_mail_by_time", "at"),
)

shared_list = Table(
    "shared_list",
    METADATA,
    Column("address", Text, primary_key=True),
    # A hash of the sorted members: the same list again is the same row.
    Column("list_key", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)
