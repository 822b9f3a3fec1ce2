"""The office's own mail as it is on record, for judging it once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from mailguard.errors import MailguardError
from mailguard.judging.replay import PastMail
from mailguard.mime.message import unstuffed
from mailguard.model.queue import QueueId
from mailguard.policy.facts import Occasion
from mailguard.spool import Mail, Spool
from mailguard.spool.reports import LISTENER


def occasion_of(mail: Mail) -> Occasion:
    """What surrounds a mail; whoever was taken back is no part of it."""
    submission = mail.submission
    return Occasion(
        reverse_path=submission.envelope.reverse_path,
        forward_paths=submission.addresses,
        at=submission.accepted_at,
        source=submission.session.source,
        is_automatic=submission.automatic,
        size=submission.size,
    )


def accepted_since(spool: Spool, since: datetime) -> list[QueueId]:
    """Mails accepted since then, oldest first."""
    return spool.store.read_now(lambda connection: spool.accepted_since(connection, since))


def past_mail(spool: Spool, queue_id: QueueId) -> PastMail | None:
    """One mail as it came in, with its content; None for what the relay itself has written, and where that is gone.

    Whom a person took off and what a person edited since is there: that is what rules are to notice.
    """
    try:
        mail = spool.store.read_now(lambda connection: spool.mail(connection, queue_id))
        mail = replace(mail, submission=mail.submission.as_accepted)
        if mail.submission.session.listener == LISTENER:
            return None
        wire = spool.store.read_now(
            lambda connection: b"".join(spool.read_content(connection, mail.submission.content_id))
        )
    except MailguardError:
        return None
    return PastMail(queue_id, unstuffed(wire), occasion_of(mail))
