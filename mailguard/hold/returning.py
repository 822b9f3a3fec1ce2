"""Giving a mail back to whoever answers for it, as a draft: the original attached to a mail of our own.

The original is octet for octet as it was accepted, as ``message/rfc822`` (RFC 2046 §5.2.1), or ``message/global``
(RFC 6532 §3.7) where it came with SMTPUTF8. Before it stand two fields for going on writing: ``Bcc`` with the
recipients that its header does not name, and ``X-Unsent``, by which Outlook opens it for editing. Those are the
sender's own recipients, and nobody else gets the mail: it goes to the owner, inside the office's domains, and nowhere
else.

The content is written as a stream, before the transaction that makes it a mail; what a crash leaves of it is swept.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from email.utils import format_datetime

from mailguard import audit
from mailguard.accounts.membership import Membership
from mailguard.config import NoticeSettings, OfficeSettings
from mailguard.errors import NotAllowed
from mailguard.hold.actions import cancel
from mailguard.hold.selection import Outcome
from mailguard.i18n import both, text
from mailguard.i18n.times import moment
from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS, Mailbox
from mailguard.mime.head import head_of
from mailguard.mime.message import fields_of
from mailguard.mime.own_mail import enclosing_mail, mailbox, one_line, pages, unstructured
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.queue import QueueId, Submission
from mailguard.spool import SealedContent, Spool
from mailguard.spool.own_mail import submit_written
from mailguard.spool.reports import is_own
from mailguard.store import Transaction

SUBJECT_MAX = 30
"""Characters of the original's subject that are repeated, as in notices."""
OVERHEAD_BYTES = 64 * 1024
"""More than our mail adds around the original: a thousand recipients in Bcc are less."""
FILE_NAME = "original.eml"

_ADDRESSES = frozenset(name.lower() for name in (*VISIBLE_FIELDS, *BCC_FIELDS))


@dataclass(frozen=True, slots=True)
class Returned:
    """What giving back did: the queue id of our mail, and what was cancelled with it (None where nothing was to be)."""

    mail: QueueId
    cancelled: Outcome | None


class Returning:
    """Gives mails back. One per process."""

    def __init__(
        self,
        spool: Spool,
        office: OfficeSettings,
        notices: NoticeSettings,
        message_bytes: int,
        zone: Callable[[], tzinfo],
    ) -> None:
        """``message_bytes``: the largest mail the office takes; ``zone``: the office's."""
        self._zone = zone
        self._spool = spool
        self._office = office
        self._notices = notices
        self._message_bytes = message_bytes
        self._members = Membership(office)

    async def give_back(self, queue_id: QueueId, actor: Actor, *, cancels: bool, reason: str = "") -> Returned:
        """Mail the original to its owner; with ``cancels`` take back what is held in the same transaction.

        Raises ``UnknownMail``, ``ContentDestroyed``, and ``NotAllowed`` for a mail of our own, one whose owner is
        outside, and one too large.
        """
        store = self._spool.store
        submission = (await store.read(lambda reader: self._spool.mail(reader, queue_id))).submission
        self._assure_possible(submission)
        frames = await store.read(lambda reader: self._spool.read_content(reader, submission.original_id))
        sealed = await asyncio.to_thread(self._written, submission, frames)

        def work(transaction: Transaction) -> Returned:
            cancelled = cancel(self._spool, queue_id, actor, reason)(transaction) if cancels else None
            owner, smtputf8 = submission.session.owner, submission.envelope.smtputf8
            ours = submit_written(self._spool, transaction, self._office, owner, sealed, smtputf8=smtputf8)
            details: dict[str, object] = {"mail": ours, "positions": list(cancelled.moved) if cancelled else []}
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.RETURNED, queue_id, details))
            return Returned(ours, cancelled)

        return await store.write(work)

    def _assure_possible(self, submission: Submission) -> None:
        if is_own(submission):
            raise NotAllowed("a mail of our own", public="A mail of mailguard's own cannot be given back")
        if not self._members.is_own(submission.session.owner):
            raise NotAllowed("an owner outside", public="This mail has no owner inside the office to give it back to")
        if original_size(submission) + OVERHEAD_BYTES > self._message_bytes:
            raise NotAllowed("too large to enclose", public="This mail is too large to be given back as a draft")

    def _written(self, submission: Submission, frames: Iterator[bytes]) -> SealedContent:
        """Our mail with the original in it, a frame at a time."""
        first = next(frames, b"")
        writer = self._spool.open_content()
        head = head_of(first)
        subject = next((field.text for field in fields_of(head) if field.name.lower() == "subject"), "")
        before, after = self._around(submission, subject)
        try:
            for piece in (before, _fields_for_drafts(submission, head), first):
                writer.write(piece)
            for frame in frames:
                writer.write(frame)
            writer.write(after)
            return writer.seal()
        except BaseException:
            writer.abandon()
            raise

    def _around(self, submission: Submission, subject: str) -> tuple[bytes, bytes]:
        office, notices, now = self._office, self._notices, self._spool.clock.now()
        sender = notices.sender or office.postmaster or f"mailguard@{office.hostname}"
        name = notices.name or office.name or text(office.language, "notice.from")
        shown = one_line(subject, SUBJECT_MAX) if notices.subject == "short" else ""
        key = "hold.draft.subject" if shown else "hold.draft.subject.neutral"
        fields = [
            ("Date", format_datetime(now.astimezone(self._zone()))),
            ("From", mailbox(Mailbox(sender, name))),
            ("To", mailbox(Mailbox(submission.session.owner, ""))),
            ("Subject", unstructured(text(office.language, key, subject=shown))),
            ("Message-ID", f"<draft.{secrets.token_hex(12)}@{office.hostname}>"),
            ("Auto-Submitted", "auto-generated"),
        ]
        at, zone = submission.accepted_at, self._zone()
        words = pages(
            text(language, "hold.draft.words", at=moment(at, zone, language), queue_id=submission.queue_id)
            for language in both(office.language)
        )
        kind = "message/global" if submission.envelope.smtputf8 else "message/rfc822"
        return enclosing_mail(fields, words, f"draft-{secrets.token_hex(16)}", kind, FILE_NAME)


def original_size(submission: Submission) -> int:
    """Octets of a mail as it was accepted."""
    return submission.size if submission.original is None else submission.original.size


def _fields_for_drafts(submission: Submission, head: bytes) -> bytes:
    """What stands before the original's own header."""
    named = {
        comparable(box.address)
        for field in fields_of(head)
        if field.name.lower() in _ADDRESSES
        for box in field.mailboxes
    }
    count = None if submission.original is None else submission.original.recipients
    hidden = []
    for path in submission.envelope.forward_paths[:count]:
        if comparable(path.address) not in named:
            hidden.append(path.address)
            named.add(comparable(path.address))
    boxes = [written for one in hidden if (written := _mailbox_or_none(one)) is not None]
    blind = "Bcc: " + ",\r\n ".join(boxes) + "\r\n" if boxes else ""
    return f"X-Unsent: 1\r\n{blind}".encode()


def _mailbox_or_none(address: str) -> str | None:
    """None for an address that no field can hold."""
    try:
        return mailbox(Mailbox(address, ""))
    except ValueError:
        return None
