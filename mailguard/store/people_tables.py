"""The tables about people: who they are, how they sign in, what they are told, what they approved and changed.

As in ``tables``; kept apart because nothing on the way of a mail needs them.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from mailguard.store.tables import METADATA

__all__ = ["METADATA"]

person = Table(
    "person",
    METADATA,
    # Addresses here and below are in comparable form.
    Column("address", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("department", Text, nullable=False),
    # An address, or empty.
    Column("manager", Text, nullable=False),
    # "ja", "en", or empty for the office's.
    Column("language", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    sqlite_with_rowid=False,
)

person_role = Table(
    "person_role",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("role", Text, primary_key=True),
    # Empty: for the whole office.
    Column("department", Text, primary_key=True),
    Column("granted_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

deputy = Table(
    "deputy",
    METADATA,
    Column("person", Text, primary_key=True),
    Column("deputy", Text, primary_key=True),
    Column("from_at", BigInteger, primary_key=True),
    Column("until_at", BigInteger, nullable=False),
    Index("deputy_by_deputy", "deputy"),
    sqlite_with_rowid=False,
)

delegate = Table(
    "delegate",
    METADATA,
    # A shared mailbox, a group sender or a device's address, and who looks after its mail.
    Column("mailbox", Text, primary_key=True),
    Column("person", Text, primary_key=True),
    Index("delegate_by_person", "person"),
    sqlite_with_rowid=False,
)

device = Table(
    "device",
    METADATA,
    Column("name", Text, primary_key=True),
    # JSON lists of networks and of addresses or @domains.
    Column("networks", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("allowed_senders", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("disabled_at", BigInteger),
    sqlite_with_rowid=False,
)

web_session = Table(
    "web_session",
    METADATA,
    # SHA-256 of what the cookie holds.
    Column("session_hash", LargeBinary, primary_key=True),
    Column("address", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    # What was proved, separated by blanks: "mailbox", "password", "totp", "passkey", "oidc".
    Column("factors", Text, nullable=False),
    Column("client_address", Text, nullable=False),
    Column("client", Text, nullable=False),
    Index("web_session_by_address", "address"),
    Index("web_session_by_end", "expires_at"),
    sqlite_with_rowid=False,
)

ceremony = Table(
    "ceremony",
    METADATA,
    # A sign-in under way: a code that was mailed, a passkey's challenge, a way to another provider and back.
    Column("ceremony_hash", LargeBinary, primary_key=True),
    Column("kind", Text, nullable=False),
    # Empty where it is not known yet who signs in.
    Column("address", Text, nullable=False),
    # Sealed JSON of its kind.
    Column("state", LargeBinary, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("ceremony_by_end", "expires_at"),
    Index("ceremony_by_address", "address"),
    sqlite_with_rowid=False,
)

totp = Table(
    "totp",
    METADATA,
    Column("address", Text, primary_key=True),
    # Sealed.
    Column("secret", LargeBinary, nullable=False),
    # NULL until a first code was typed.
    Column("confirmed_at", BigInteger),
    # The last time step used: a code counts once (RFC 6238 §5.2).
    Column("last_step", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

recovery_code = Table(
    "recovery_code",
    METADATA,
    Column("address", Text, primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
    sqlite_with_rowid=False,
)

passkey = Table(
    "passkey",
    METADATA,
    Column("credential_id", LargeBinary, primary_key=True),
    Column("address", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("passkey_by_address", "address"),
    sqlite_with_rowid=False,
)

sign_in_failure = Table(
    "sign_in_failure",
    METADATA,
    # A keyed hash of an account's or a client's address.
    Column("subject", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

api_token = Table(
    "api_token",
    METADATA,
    # SHA-256.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("address", Text, nullable=False),
    Column("name", Text, nullable=False),
    # Rights beyond one's own mail, separated by blanks.
    Column("rights", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
    Index("api_token_by_address", "address"),
    sqlite_with_rowid=False,
)

mail_link = Table(
    "mail_link",
    METADATA,
    # SHA-256 of the token in a notice's link.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("queue_id", Text, ForeignKey("submission.queue_id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Index("mail_link_by_mail", "queue_id"),
    sqlite_with_rowid=False,
)

approval = Table(
    "approval",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    # The judgement it is about: an edit asks anew.
    Column("judgement", Integer, primary_key=True),
    Column("person", Text, primary_key=True),
    Column("said", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    # For whom a deputy spoke; empty otherwise.
    Column("instead_of", Text, nullable=False),
    # Sealed: why not.
    Column("note", LargeBinary),
    sqlite_with_rowid=False,
)

notice = Table(
    "notice",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    # Grows when the same is to be said again.
    Column("round", Integer, primary_key=True),
    # When it is to be written; NULL once it was, or is not needed any more.
    Column("due_at", BigInteger),
    Column("written_at", BigInteger),
    # The mail that said it.
    Column("told_by", Text, ForeignKey("submission.queue_id")),
    Index(
        "notice_by_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("notice_by_address", "address", "written_at"),
    sqlite_with_rowid=False,
)

policy_change = Table(
    "policy_change",
    METADATA,
    # From 1; the newest one counts, over what the files say.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("author", Text, nullable=False),
    # Canonical JSON: everything changed from the files, not only what this change changed.
    Column("document", Text, nullable=False),
    Column("note", Text, nullable=False),
    # The change this one goes back to; NULL where it is a new one.
    Column("reverts_to", Integer),
    sqlite_with_rowid=False,
)
