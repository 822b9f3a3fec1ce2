"""The durable queue: what was answered 250, and where each recipient stands.

``accept`` returns only when content and rows are synced (invariant 1). Everything else that changes a mail is a work
for ``Store``; the works of people are in ``hold``, those of the service in ``workers``.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from mailguard import audit
from mailguard.clock import Clock
from mailguard.crash_points import crash_point
from mailguard.errors import ContentDamaged, ContentDestroyed, StorageUnavailable, UnknownMail
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt
from mailguard.model.envelope import Envelope, Session
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import QueueId, Recipient, RecipientKey, State, Submission
from mailguard.model.summary import Summary
from mailguard.model.verdict import Judgement
from mailguard.sealing import SecretBox
from mailguard.spool import content, queries, rows, summaries, traces
from mailguard.spool.content import ContentWriter, SealedContent
from mailguard.spool.ids import new_id
from mailguard.spool.keys import FINDINGS, MasterKey
from mailguard.spool.rows import RecordedJudgement, Tail
from mailguard.spool.traces import traces_of
from mailguard.store import Store, Transaction
from mailguard.store.times import to_micros

INSPECTION_LEASE = timedelta(seconds=60)
"""How long looking into a mail may take before somebody else looks."""

ROOM_CHECK_SECONDS = 1.0
"""How old the answer to "is there room on the disk" may be."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A submission with its recipients as they are now, and its content where that is small and at hand."""

    submission: Submission
    recipients: tuple[Recipient, ...]
    plain: bytes | None = None
    eight_bit: bool = True
    lesson: Lesson | None = None
    is_judged_here: bool = False
    """Whether ``lesson`` is known; otherwise it is on record with the judgement."""


class Handover(Protocol):
    """Takes just accepted mails straight on, so that nobody has to look for them."""

    def reserve(self, size: int) -> bool:
        """Whether there is room for a mail of ``size`` octets; if so it is kept until ``take`` or ``release``."""
        ...

    def take(self, mail: Mail) -> None:
        """A mail that is on disk and leased to this node."""
        ...

    def release(self, size: int) -> None:
        """The mail it was reserved for is not coming."""
        ...


class Spool:
    """Mails in the store and their contents on disk. One per process; ``node`` names it in leases."""

    def __init__(
        self,
        store: Store,
        master: MasterKey,
        clock: Clock,
        folder: Path,
        *,
        node: str = "node",
        inline_bytes: int = 512 * 1024,
        reserve_bytes: int = 256 * 1024 * 1024,
        expire: timedelta = timedelta(days=5),
    ) -> None:
        self.store = store
        self.clock = clock
        self.node = node
        self.expire = expire
        self.folder = folder
        self.handover: Handover | None = None
        self._master = master
        store.record_key = master.derived(audit.PURPOSE)
        self.finding_key = master.derived(FINDINGS)
        self.trace_key = master.derived(traces.PURPOSE)
        self._summary_box = self.secret_box(summaries.PURPOSE)
        self.inline_bytes = inline_bytes
        self._reserve_bytes = reserve_bytes
        self._room = (-ROOM_CHECK_SECONDS, 0)
        content.prepare_folder(folder)

    def secret_box(self, purpose: str) -> SecretBox:
        """A box for small secrets of one purpose, under a key of its own."""
        return SecretBox(self._master.derived(purpose))

    @property
    def seals(self) -> audit.Seals:
        """Those on the audit record."""
        return audit.Seals(self._master.derived(audit.PURPOSE))

    def marking_key(self, purpose: str) -> bytes:
        """A key of its own, 32 octets, for keyed hashes of one purpose: what must be found again and not be read."""
        return self._master.derived(purpose)

    # -- taking mail in

    def has_room(self, size: int) -> bool:
        """Whether the disk has room for a mail of ``size`` octets and half as much again, above the reserve."""
        checked, free = self._room
        if self.clock.monotonic() - checked >= ROOM_CHECK_SECONDS:
            free = shutil.disk_usage(self.folder).free
            self._room = (self.clock.monotonic(), free)
        return free >= self._reserve_bytes + size + size // 2

    def open_content(self) -> ContentWriter:
        """A writer for a new content. Its id becomes the queue id of the mail it is accepted for."""
        return ContentWriter(self.folder, self._master, new_id(self.clock.now()), self.inline_bytes)

    async def accept(
        self, envelope: Envelope, session: Session, writer: ContentWriter, *, automatic: bool = False
    ) -> QueueId:
        """Take responsibility for a mail: its queue id, once content and rows are synced.

        Raises ``StorageUnavailable`` if they cannot be; then nothing was promised and nothing will be sent.
        """
        try:
            sealed = await asyncio.to_thread(writer.seal) if writer.is_file else writer.seal()
        except StorageUnavailable:
            writer.abandon()
            raise
        crash_point("after_content_sync")
        reserved = self.handover is not None and self.handover.reserve(sealed.size)
        actor = Actor(ActorKind.CLIENT, session.account or session.source or session.client_address)

        def work(transaction: Transaction) -> Mail:
            return self.insert(transaction, sealed, envelope, session, actor, automatic=automatic, leased=reserved)

        try:
            mail = await self.store.write(work)
        except BaseException:
            if reserved and self.handover is not None:
                self.handover.release(sealed.size)
            raise
        crash_point("after_accept_commit")
        if reserved and self.handover is not None:
            self.handover.take(mail)
        return sealed.content_id

    def seal(self, wire: bytes) -> SealedContent:
        """A small content of our own making, ready for ``insert``."""
        writer = self.open_content()
        writer.write(wire)
        return writer.seal()

    def insert(
        self,
        transaction: Transaction,
        sealed: SealedContent,
        envelope: Envelope,
        session: Session,
        actor: Actor,
        *,
        automatic: bool,
        leased: bool,
    ) -> Mail:
        """Add a submission to a transaction: content, rows and audit event. Its recipients are ``accepted``."""
        now = transaction.now
        submission = Submission(sealed.content_id, now, envelope, session, sealed.content_id, sealed.size, automatic)
        due_at, owner = (now + INSPECTION_LEASE, self.node) if leased else (now, None)
        recipients = tuple(
            Recipient(
                key=RecipientKey(submission.queue_id, position),
                path=path,
                state=State.ACCEPTED,
                revision=0,
                verdict=None,
                due_at=due_at,
                lease_owner=owner,
                shown_until=None,
                variant_id=None,
                looks=1 if leased else 0,
                attempts=0,
                doubts=0,
                expires_at=None,
                delay_told=False,
                changed_at=now,
            )
            for position, path in enumerate(envelope.forward_paths)
        )
        transaction.insert(queries.INSERT_CONTENT, rows.content_row(sealed, to_micros(now)))
        transaction.insert(queries.INSERT_SUBMISSION, rows.submission_row(submission))
        for recipient in recipients:
            transaction.insert(queries.INSERT_RECIPIENT, rows.recipient_row(recipient))
        audit.append(
            transaction,
            AuditEvent(
                now,
                actor,
                AuditAction.ACCEPTED,
                submission.queue_id,
                {"recipients": len(recipients), "size": sealed.size, "sha256": sealed.sha256.hex()},
            ),
        )
        return Mail(submission, recipients, sealed.plain, sealed.eight_bit)

    def insert_variant(self, transaction: Transaction, head: SealedContent, submission: Submission, start: int) -> None:
        """Add a variant of a mail: ``head``, and from octet ``start`` of the wire form on the content that counts."""
        tail = Tail(submission.content_id, start, submission.size - start)
        owner = None if submission.original is None else submission.original_id
        row = rows.content_row(head, to_micros(transaction.now), tail, owner)
        transaction.insert(queries.INSERT_CONTENT, row)

    def insert_protected(
        self, transaction: Transaction, tail: SealedContent, heads: Iterable[SealedContent], submission: Submission
    ) -> None:
        """Add variants of a mail that share nothing with what came in: ``tail``, and before it each of ``heads``."""
        created_at, owner = to_micros(transaction.now), submission.original_id
        transaction.insert(queries.INSERT_CONTENT, rows.content_row(tail, created_at, owner_id=owner))
        whole = Tail(tail.content_id, 0, tail.size)
        for head in heads:
            transaction.insert(queries.INSERT_CONTENT, rows.content_row(head, created_at, whole, owner))

    def insert_edit(self, transaction: Transaction, edited: SealedContent, submission: Submission) -> None:
        """Add a content that counts from now on instead of ``submission``'s; it is destroyed with what came in.

        Raises ``StaleState``, at the latest before the commit, where another edit was first.
        """
        row = rows.content_row(edited, to_micros(transaction.now), owner_id=submission.original_id)
        transaction.insert(queries.INSERT_CONTENT, row)
        # The submission's row refers to it.
        transaction.flush()
        transaction.update(queries.EDIT_SUBMISSION, rows.edit_parameters(submission, edited))

    def insert_recipient(self, transaction: Transaction, recipient: Recipient) -> None:
        """Add a recipient to a mail that is there."""
        transaction.insert(queries.INSERT_RECIPIENT, rows.recipient_row(recipient))

    def insert_judgement(
        self, transaction: Transaction, queue_id: QueueId, judgement: Judgement, lesson: Lesson | None, number: int = 1
    ) -> None:
        """Put a judgement on record, its summary sealed, with the traces of the mail as it is now."""
        row = rows.judgement_row(queue_id, number, judgement, lesson, to_micros(transaction.now))
        transaction.insert(queries.INSERT_JUDGEMENT, row)
        if judgement.summary is not None:
            sealed = self._summary_box.seal(summaries.written(judgement.summary), queue_id)
            transaction.insert(queries.INSERT_SUMMARY, {"queue_id": queue_id, "number": number, "sealed": sealed})
        if number > 1:
            # What an edit took away was not sent.
            queries.forget_traces(transaction, queue_id)
        for kind, digest in traces_of(judgement, self.trace_key):
            row = {"kind": kind.value, "digest": digest, "queue_id": queue_id}
            transaction.insert(queries.INSERT_TRACE, row)

    # -- looking

    def judgement(
        self, reader: queries.Reader, queue_id: QueueId, number: int | None = None
    ) -> RecordedJudgement | None:
        """A mail's newest judgement, or the one of that number; None where there is none."""
        if number is None:
            row = queries.last_judgement(reader, queue_id)
        else:
            row = queries.numbered_judgement(reader, queue_id, number)
        return None if row is None else rows.judgement_of(row)

    def summary_of(self, queue_id: QueueId, sealed: bytes | None) -> Summary | None:
        """A summary as its row holds it; None where there is none, or none any more. Raises ``ContentDamaged``."""
        return None if sealed is None else summaries.read(self._summary_box.open(bytes(sealed), queue_id))

    def texts_of(self, queue_id: QueueId, sealed: bytes | None) -> list[str]:
        """What a mail is found by, as its row holds it; empty where there is nothing. Raises ``ContentDamaged``."""
        return [] if sealed is None else summaries.texts_in(self._summary_box.open(bytes(sealed), queue_id))

    def summaries(self, reader: queries.Reader, queue_ids: Collection[QueueId]) -> dict[QueueId, Summary]:
        """The newest summaries of those mails that have one. Raises ``ContentDamaged``."""
        found: dict[QueueId, Summary] = {}
        for row in queries.newest_summaries(reader, queue_ids):
            if (summary := self.summary_of(row.queue_id, row.sealed)) is not None:
                found[row.queue_id] = summary
        return found

    def accepted_since(self, reader: queries.Reader, since: datetime) -> list[QueueId]:
        """Queue ids of mails accepted since then, oldest first."""
        return queries.accepted_since(reader, to_micros(since))

    async def content_size(self, content_id: str) -> int:
        """Octets of a content in wire form, a variant's tail included. Raises ``UnknownMail``."""
        row = await self.store.read(lambda connection: queries.content_by_id(connection, content_id))
        if row is None:
            raise UnknownMail(f"no content {content_id}")
        return int(row.size)

    async def sent_since(self, account: str, since: datetime) -> tuple[int, int]:
        """How many mails and recipients an account has had accepted since then."""
        return await self.store.read(lambda connection: queries.sent_since(connection, account, to_micros(since)))

    def mail(self, reader: queries.Reader, queue_id: QueueId) -> Mail:
        """A mail as it is now, without its content. Raises ``UnknownMail``."""
        row, entries = queries.mail_rows(reader, queue_id)
        if row is None:
            raise UnknownMail(f"no mail {queue_id}")
        recipients = tuple(rows.recipient_of(entry) for entry in entries)
        return Mail(rows.submission_of(row, recipients), recipients)

    def attempts(self, reader: queries.Reader, queue_id: QueueId) -> dict[int, list[DeliveryAttempt]]:
        """A mail's delivery attempts by recipient position, oldest first."""
        found: dict[int, list[DeliveryAttempt]] = {}
        for row in queries.attempt_rows(reader, queue_id):
            found.setdefault(row.position, []).append(rows.attempt_of(row))
        return found

    def held(self, reader: queries.Reader, *, after: QueueId = "", limit: int = 50) -> list[Mail]:
        """Mails with a held recipient, oldest first, after the queue id ``after``."""
        return self._mails(reader, queries.page_by_state(reader, (State.HELD,), after, limit))

    def on_its_way(self, reader: queries.Reader, *, after: QueueId = "", limit: int = 50) -> list[Mail]:
        """Mails with a recipient that is deferred or about to be moved by a worker, oldest first, after ``after``."""
        deferred = queries.page_by_state(reader, (State.DEFERRED,), after, limit)
        moving = queries.page_on_its_way(reader, after, limit)
        return self._mails(reader, sorted({*deferred, *moving})[:limit])

    def _mails(self, reader: queries.Reader, queue_ids: Iterable[QueueId]) -> list[Mail]:
        return [self.mail(reader, queue_id) for queue_id in queue_ids]

    def read_content(self, reader: queries.Reader, content_id: str) -> Iterator[bytes]:
        """A content's wire form, frame by frame. Raises ``ContentDestroyed``, ``ContentDamaged``, ``UnknownMail``."""
        row = queries.content_by_id(reader, content_id)
        if row is None:
            raise UnknownMail(f"no content {content_id}")
        if row.wrapped_key is None:
            raise ContentDestroyed(f"content {content_id} was destroyed")
        wrapped = bytes(row.wrapped_key)
        if row.body is not None:
            own = iter([content.open_inline(self._master, content_id, wrapped, bytes(row.body))])
        else:
            own = content.read_file(self.folder, self._master, content_id, wrapped)
        if row.tail_id is None:
            return own
        return itertools.chain(own, _from(self.read_content(reader, row.tail_id), row.tail_from))

    async def stream_content(self, content_id: str) -> AsyncIterator[bytes]:
        """A content's wire form, a frame at a time, read in a thread. Raises as ``read_content``."""
        frames = await self.store.read(lambda connection: self.read_content(connection, content_id))
        while (frame := await asyncio.to_thread(next, frames, None)) is not None:
            yield frame

    async def head(self, content_id: str) -> bytes:
        """The first frame of a content: enough for its header. Raises as ``read_content``."""
        async for frame in self.stream_content(content_id):
            return frame
        raise ContentDamaged(f"content {content_id} is empty")


def _from(frames: Iterator[bytes], start: int) -> Iterator[bytes]:
    """The octets of frames from ``start`` on."""
    for frame in frames:
        if start < len(frame):
            yield frame[start:]
        start = max(0, start - len(frame))
