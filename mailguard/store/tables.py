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
    # The content of the mail this one was made for, where it is neither: it is destroyed with that.
    Column("owner_id", Text, ForeignKey("content.content_id")),
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
    # The content and size that count since a person edited the mail; NULL where nobody did. ``content_id`` stays what
    # came in.
    Column("edited_id", Text, ForeignKey("content.content_id")),
    Column("edited_size", BigInteger),
    # The last two, so that nothing else is read of mails that are only counted.
    Index("submission_by_owner", "owner", "accepted_at", "queue_id", "listener"),
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
        # So that lists find what is on its way among what only waits.
        "state",
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
    # Everything that is neither on its way nor sent: what lists tell apart within a period.
    Index(
        "recipient_not_sent",
        "queue_id",
        sqlite_where=text("state IN ('held', 'deferred', 'bounced', 'cancelled', 'expired', 'blocked')"),
        postgresql_where=text("state IN ('held', 'deferred', 'bounced', 'cancelled', 'expired', 'blocked')"),
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

# What lists and decision pages show of a judged mail: subject, names, files, the first words. Gone with the content.
# By itself, and with row numbers on SQLite: rows so large would make the tree of their key as deep as a list is long.
summary = Table(
    "summary",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    # The judgement's.
    Column("number", Integer, primary_key=True),
    # Sealed JSON.
    Column("sealed", LargeBinary, nullable=False),
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
    # A full name without blanks, a greeting as "organisation|person", or "|" and a name as an address book has it.
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

signature_part = Table(
    "signature_part",
    METADATA,
    Column("sender", Text, primary_key=True),
    # A keyed hash of one telephone, address or mailbox in the sender's closing block.
    Column("part", LargeBinary, primary_key=True),
    Column("mails", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

shared_list = Table(
    "shared_list",
    METADATA,
    Column("address", Text, primary_key=True),
    # A hash of the sorted members: the same list again is the same row.
    Column("list_key", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

parcel = Table(
    "parcel",
    METADATA,
    Column("parcel_id", Text, primary_key=True),
    Column("queue_id", Text, ForeignKey("submission.queue_id"), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("mode", Text, nullable=False),
    # The content its recipients' variants end in.
    Column("content_id", Text, ForeignKey("content.content_id"), nullable=False),
    # Sealed, apart from every content's key; NULL once destroyed.
    Column("password", LargeBinary),
    # Sealed JSON: what is inside. Its hash stands in the audit record.
    Column("manifest", LargeBinary, nullable=False),
    Column("manifest_sha256", LargeBinary, nullable=False),
    # A keyed hash of the Message-ID, by which reports of other servers are matched; NULL where the mail has none.
    Column("message_key", LargeBinary),
    Column("destroyed_at", BigInteger),
    Index("parcel_by_mail", "queue_id"),
    Index(
        "parcel_by_message",
        "message_key",
        sqlite_where=text("message_key IS NOT NULL"),
        postgresql_where=text("message_key IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

parcel_recipient = Table(
    "parcel_recipient",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("parcel_id", Text, ForeignKey("parcel.parcel_id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Grows by one with every change; a change names the one it saw.
    Column("revision", Integer, nullable=False),
    # When a short message is due, or is taken for lost; NULL where nobody looks.
    Column("due_at", BigInteger),
    # Sealed: where a short message goes.
    Column("phone", LargeBinary),
    # The mail that carries the password, to the recipient or to the sender.
    Column("told_by", Text, ForeignKey("submission.queue_id")),
    Column("changed_at", BigInteger, nullable=False),
    Index("parcel_recipient_by_parcel", "parcel_id"),
    Index(
        "parcel_recipient_by_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "parcel_recipient_by_mail_that_tells",
        "told_by",
        sqlite_where=text("told_by IS NOT NULL"),
        postgresql_where=text("told_by IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

correspondent_trait = Table(
    "correspondent_trait",
    METADATA,
    # An address in comparable form, or "@domain".
    Column("address", Text, primary_key=True),
    Column("trait", Text, primary_key=True),
    Column("value", Text, nullable=False),
    # "reply" (what a server said) or "person" (what somebody here said), which a reply does not change.
    Column("source", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

agreed_password = Table(
    "agreed_password",
    METADATA,
    Column("address", Text, primary_key=True),
    # Sealed; NULL once withdrawn, so that it is known not to be used again.
    Column("password", LargeBinary),
    # A keyed hash: the same password for another partner, or again, is refused.
    Column("fingerprint", LargeBinary, primary_key=True),
    Column("agreed_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("agreed_by", Text, nullable=False),
    Index("agreed_password_by_fingerprint", "fingerprint"),
    sqlite_with_rowid=False,
)
