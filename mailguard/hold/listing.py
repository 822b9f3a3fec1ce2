"""What is held, for people to look at: one page at a time, with the subject read from the sealed content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard import audit
from mailguard.errors import ContentDamaged, ContentDestroyed
from mailguard.mime.head import header_text
from mailguard.model.audit import AuditEvent
from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.queue import QueueId, Recipient, State, Submission
from mailguard.spool import Spool


@dataclass(frozen=True)
class HeldMail:
    """A mail as a list shows it. ``subject`` is None where the content cannot be read any more, "" where it is empty.

    ``attempts`` and ``events`` are filled by ``show`` only.
    """

    submission: Submission
    recipients: tuple[Recipient, ...]
    subject: str | None
    attempts: dict[int, list[DeliveryAttempt]]
    events: list[AuditEvent]


def list_held(spool: Spool, connection: Connection, *, after: QueueId = "", limit: int = 50) -> list[HeldMail]:
    """Mails with a held recipient, oldest first, after the queue id ``after``."""
    return [
        HeldMail(mail.submission, mail.recipients, subject_of(spool, connection, mail.submission), {}, [])
        for mail in spool.page(connection, (State.HELD,), after=after, limit=limit)
    ]


def show(spool: Spool, connection: Connection, queue_id: QueueId) -> HeldMail:
    """One mail with everything that happened to it. Raises ``UnknownMail``."""
    mail = spool.mail(connection, queue_id)
    return HeldMail(
        mail.submission,
        mail.recipients,
        subject_of(spool, connection, mail.submission),
        spool.attempts(connection, queue_id),
        audit.events_of(connection, queue_id),
    )


def subject_of(spool: Spool, connection: Connection, submission: Submission) -> str | None:
    """The decoded Subject; None where the content is gone or damaged."""
    try:
        first = next(spool.read_content(connection, submission.content_id), b"")
    except (ContentDamaged, ContentDestroyed):
        return None
    return header_text(first, b"subject") or ""
