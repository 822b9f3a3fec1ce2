"""Edits held mail for people: makes the edit, has it judged as any mail is, and puts it on record.

The look takes its time, and nothing is locked meanwhile: what happens to the mail in between (its timer ends, a
colleague cancels) makes the edit stale. New content is on disk before the transaction that names it; a crash between
them leaves an orphan for the sweeper, and the mail as it was. A fault in looking refuses the edit: the mail stays held
as it was, by the verdict it had.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

import structlog

from mailguard.crash_points import crash_point
from mailguard.errors import MailguardError, StaleState, StorageUnavailable
from mailguard.hold.mend_difference import Differences, Judged, differences
from mailguard.hold.mend_record import HoldRules, MendOutcome, held_verdict, record_mend
from mailguard.hold.mending import Mend, Mended, Note, prepare
from mailguard.judging.active import ActivePolicy
from mailguard.judging.summary import named_as_before
from mailguard.mime.message import stuffed, unstuffed
from mailguard.model.audit import Actor
from mailguard.model.knowledge import Lesson
from mailguard.model.queue import Original, QueueId, State
from mailguard.model.verdict import Judgement
from mailguard.spool import Mail, SealedContent, Spool
from mailguard.workers.inspector import Judge

AT_ONCE = 4
"""Edits under way at a time: whole contents are in memory, and one that takes long must not keep others waiting."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Preview:
    """What an edit would change. ``notes``: what the person should know of it."""

    differences: Differences
    notes: frozenset[Note]


@dataclass(frozen=True)
class Done:
    """An edit that counts, and what it changed."""

    outcome: MendOutcome
    differences: Differences
    notes: frozenset[Note]


@dataclass(frozen=True)
class _Looked:
    """An edit that was made and judged, and not put on record. ``mail``: as it was; ``wire``: its new content."""

    mail: Mail
    mended: Mended
    wire: bytes | None
    judgement: Judgement
    lesson: Lesson | None
    preview: Preview


class Mender:
    """One per node; safe to use for many mails at the same time."""

    def __init__(self, spool: Spool, policy: ActivePolicy, judge: Judge, rules: HoldRules) -> None:
        """``rules.routine_seconds`` is what a routine mail is held for; all else comes with the verdict."""
        self._spool = spool
        self._policy = policy
        self._judge = judge
        self._rules = rules
        self._turn = asyncio.Semaphore(AT_ONCE)

    async def preview(self, queue_id: QueueId, mend: Mend) -> Preview:
        """What the edit would change; nothing is written. Raises as ``mend``."""
        async with self._turn:
            return (await self._looked(queue_id, mend)).preview

    async def mend(self, queue_id: QueueId, mend: Mend, actor: Actor) -> Done:
        """Make the edit count. Whoever calls it has made sure that the actor may.

        Raises ``UnknownMail``, ``NotMendable``, ``StaleState`` where the mail moved on, ``ContentDestroyed``, and
        whatever goes wrong in looking or writing; nothing is changed then.
        """
        async with self._turn:
            looked = await self._looked(queue_id, mend)
            content = None if looked.wire is None else await self._sealed(looked.wire)
            crash_point("after_edited_content_sync")
            work = record_mend(
                self._spool,
                looked.mail,
                mend,
                looked.mended,
                looked.judgement,
                looked.lesson,
                content,
                actor,
                self._rules,
            )
            outcome = await self._spool.store.write(work)
            crash_point("after_edit_commit")
        log.info(
            "mended", queue_id=queue_id, removed=len(outcome.removed), added=len(outcome.added),
            held=len(outcome.held), blocked=len(outcome.blocked),
        )  # fmt: skip
        return Done(outcome, looked.preview.differences, looked.preview.notes)

    async def _looked(self, queue_id: QueueId, mend: Mend) -> _Looked:
        mail = await self._spool.store.read(lambda reader: self._spool.mail(reader, queue_id))
        if not any(entry.state is State.HELD for entry in mail.recipients):
            raise StaleState("nobody is held any more")
        wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
        is_outside = self._policy.rules.directory.is_outside
        mended = await asyncio.to_thread(lambda: prepare(mail, mend, unstuffed(wire), is_outside))
        new_wire = None if mended.octets is None else stuffed(mended.octets)
        edited = _as_edited(mail, mended, wire if new_wire is None else new_wire)
        try:
            judgement, lesson = await self._judge(edited)
        except MailguardError:
            raise
        except Exception as error:
            log.exception("judge_failed", queue_id=queue_id, error=type(error).__name__)
            raise MailguardError("the edited mail could not be judged") from error
        judgement = await self._with_names(queue_id, judgement)
        preview = await self._compared(mail, mend, mended, judgement)
        return _Looked(mail, mended, new_wire, judgement, lesson, preview)

    async def _with_names(self, queue_id: QueueId, judgement: Judgement) -> Judgement:
        """With the names people knew the recipients by: no field of the edited mail shows who was moved to Bcc."""
        found = await self._spool.store.read(lambda reader: self._spool.summaries(reader, [queue_id]))
        before, summary = found.get(queue_id), judgement.summary
        if before is None or summary is None:
            return judgement
        return replace(judgement, summary=named_as_before(summary, before))

    async def _compared(self, mail: Mail, mend: Mend, mended: Mended, judgement: Judgement) -> Preview:
        queue_id = mail.submission.queue_id
        recorded = await self._spool.store.read(lambda reader: self._spool.judgement(reader, queue_id))
        held = [entry for entry in mail.recipients if entry.state is State.HELD]
        staying = [entry for entry in held if entry.key.position not in mended.withdrawn]
        coming = range(len(mail.recipients), len(mail.recipients) + len(mended.added))
        before = {entry.key.position: entry.verdict for entry in staying} | dict.fromkeys(coming)
        verdicts = tuple(
            held_verdict(judgement.verdicts[position], old, mend.wish, self._rules.routine_seconds)
            for position, old in before.items()
        )
        found = differences(
            Judged(
                () if recorded is None else recorded.explanations,
                {} if recorded is None else recorded.facts,
                tuple(entry.verdict for entry in held if entry.verdict is not None),
            ),
            Judged(judgement.explanations, judgement.facts, verdicts),
            self._policy.rules.quiet,
        )
        return Preview(found, mended.notes | ({Note.BLOCKED} if found.is_blocked else frozenset()))

    async def _sealed(self, wire: bytes) -> SealedContent:
        """The content on disk, or ready to go into the database. Raises ``StorageUnavailable``."""
        if not self._spool.has_room(len(wire)):
            raise StorageUnavailable("not enough room for an edited mail")

        def sealed() -> SealedContent:
            writer = self._spool.open_content()
            try:
                writer.write(wire)
                return writer.seal()
            except BaseException:
                writer.abandon()
                raise

        return await asyncio.to_thread(sealed)


def _as_edited(mail: Mail, mended: Mended, wire: bytes) -> Mail:
    """The mail as it will be, for the judge: with its content at hand."""
    submission = mail.submission
    envelope = submission.envelope
    came = Original(submission.content_id, submission.size, len(envelope.forward_paths))
    return Mail(
        replace(
            submission,
            envelope=replace(envelope, forward_paths=(*envelope.forward_paths, *mended.added)),
            size=len(wire),
            original=submission.original or came,
            withdrawn=submission.withdrawn | mended.withdrawn,
        ),
        mail.recipients,
        wire,
    )
