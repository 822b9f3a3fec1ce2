"""The tables about incidents: what they are, which mails they are about, and what was done.

As in ``tables``. An open incident keeps the contents of its mails (``spool.queries``).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from mailguard.store.audit_tables import METADATA

__all__ = ["METADATA"]

incident = Table(
    "incident",
    METADATA,
    # Year and number: "2026-0007".
    Column("incident_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("phase", Text, nullable=False),
    # Empty until somebody says.
    Column("severity", Text, nullable=False),
    # Empty where it is not known.
    Column("department", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("known_at", BigInteger, nullable=False),
    Column("is_drill", Boolean, nullable=False),
    # Grows with every change, which names the one it saw; also the number of its newest entry.
    Column("revision", Integer, nullable=False),
    # NULL while there is work on it.
    Column("closed_at", BigInteger),
    sqlite_with_rowid=False,
)

incident_mail = Table(
    "incident_mail",
    METADATA,
    Column("queue_id", Text, ForeignKey("submission.queue_id"), primary_key=True),
    Column("incident_id", Text, ForeignKey("incident.incident_id"), primary_key=True),
    # From 1, in the order they were added.
    Column("number", Integer, nullable=False),
    # When to look whether something that was being sent can be stopped now; NULL where nothing was, or none is left.
    Column("look_at", BigInteger),
    Index("incident_mail_by_incident", "incident_id"),
    Index(
        "incident_mail_by_look",
        "look_at",
        sqlite_where=text("look_at IS NOT NULL"),
        postgresql_where=text("look_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

incident_entry = Table(
    "incident_entry",
    METADATA,
    Column("incident_id", Text, ForeignKey("incident.incident_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("queue_id", Text, ForeignKey("submission.queue_id")),
    # Canonical JSON.
    Column("details", Text, nullable=False),
    # Sealed: what a person wrote; NULL where nobody wrote anything.
    Column("note", LargeBinary),
    # Sealed canonical JSON of values that may name people; NULL for none.
    Column("sealed", LargeBinary),
    sqlite_with_rowid=False,
)

mail_trace = Table(
    "mail_trace",
    METADATA,
    # What is remembered of a mail, one letter (``spool.traces``); "s": traces begin after this mail.
    Column("kind", Text, primary_key=True),
    # Keyed: the table alone tells nothing.
    Column("digest", LargeBinary, primary_key=True),
    Column("queue_id", Text, primary_key=True),
    # Those of one mail; ids grow with time, so it is written at its end.
    Index("mail_trace_by_mail", "queue_id"),
    sqlite_with_rowid=False,
)

incident_due = Table(
    "incident_due",
    METADATA,
    Column("incident_id", Text, ForeignKey("incident.incident_id"), primary_key=True),
    # A step of the plan or a clock of the law: "step:…", "clock:…".
    Column("what", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    # When somebody must be told next; NULL where nobody is any more.
    Column("remind_at", BigInteger),
    # How often people were told.
    Column("told", Integer, nullable=False),
    Index(
        "incident_due_by_reminder",
        "remind_at",
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

incident_document = Table(
    "incident_document",
    METADATA,
    Column("incident_id", Text, ForeignKey("incident.incident_id"), primary_key=True),
    # Which document it is: its kind, and for whom where there is one for each person: "prompt_report", "deletion:…".
    Column("document", Text, primary_key=True),
    # From 1; a version is never changed.
    Column("version", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    # Sealed canonical JSON: the sections with their words.
    Column("body", LargeBinary, nullable=False),
    # Who released it and when; NULL until somebody did.
    Column("released_by", Text),
    Column("released_at", BigInteger),
    # The mail it was sent as; NULL where it was not sent from here.
    Column("queue_id", Text, ForeignKey("submission.queue_id")),
    sqlite_with_rowid=False,
)

incident_request = Table(
    "incident_request",
    METADATA,
    # SHA-256 of the token in the link and in the answer address.
    Column("token_hash", LargeBinary, primary_key=True),
    Column("incident_id", Text, ForeignKey("incident.incident_id"), nullable=False),
    # The recipient of the mail that went wrong.
    Column("queue_id", Text, ForeignKey("submission.queue_id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    # The mail that asked; NULL for a drill, which asks nobody.
    Column("sent_as", Text, ForeignKey("submission.queue_id")),
    # The newest answer; empty until there is one.
    Column("answer", Text, nullable=False),
    Column("answered_at", BigInteger),
    Index("incident_request_by_incident", "incident_id"),
    Index("incident_request_by_sent", "sent_as"),
    sqlite_with_rowid=False,
)
