"""Mails for people to look at: one page at a time, with the subject read from the sealed content."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard import audit
from mailguard.errors import ContentDamaged, ContentDestroyed
from mailguard.mime.head import Head, head_of
from mailguard.model.audit import AuditEvent
from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.queue import QueueId, Recipient, Submission
from mailguard.model.summary import Summary
from mailguard.spool import Mail, Spool
from mailguard.spool.rows import RecordedJudgement


@dataclass(frozen=True)
class ListedMail:
    """A mail as a list shows it. ``subject`` is None where the content cannot be read any more, "" where it is empty.

    ``attempts``, ``events``, ``judgement`` and ``summary`` are filled by ``show`` only.
    """

    submission: Submission
    recipients: tuple[Recipient, ...]
    subject: str | None
    attempts: dict[int, list[DeliveryAttempt]]
    events: list[AuditEvent]
    judgement: RecordedJudgement | None = None
    summary: Summary | None = None


def list_held(spool: Spool, connection: Connection, *, after: QueueId = "", limit: int = 50) -> list[ListedMail]:
    """Mails with a held recipient, oldest first, after the queue id ``after``."""
    return [_listed(spool, connection, mail) for mail in spool.held(connection, after=after, limit=limit)]


def list_queue(spool: Spool, connection: Connection, *, after: QueueId = "", limit: int = 50) -> list[ListedMail]:
    """Mails on their way to a next hop, oldest first, after the queue id ``after``."""
    return [_listed(spool, connection, mail) for mail in spool.on_its_way(connection, after=after, limit=limit)]


def show(spool: Spool, connection: Connection, queue_id: QueueId) -> ListedMail:
    """One mail with everything that happened to it. Raises ``UnknownMail``."""
    mail = spool.mail(connection, queue_id)
    return ListedMail(
        mail.submission,
        mail.recipients,
        subject_of(spool, connection, mail.submission),
        spool.attempts(connection, queue_id),
        audit.events_of(connection, queue_id),
        spool.judgement(connection, queue_id),
        spool.summaries(connection, [queue_id]).get(queue_id),
    )


def _listed(spool: Spool, connection: Connection, mail: Mail) -> ListedMail:
    return ListedMail(mail.submission, mail.recipients, subject_of(spool, connection, mail.submission), {}, [])


def subject_of(spool: Spool, connection: Connection, submission: Submission) -> str | None:
    """The decoded Subject; None where the content is gone or damaged."""
    try:
        first = next(spool.read_content(connection, submission.content_id), b"")
    except (ContentDamaged, ContentDestroyed):
        return None
    return Head(head_of(first)).first_text("Subject") or ""
