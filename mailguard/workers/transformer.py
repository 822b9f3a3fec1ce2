"""Makes the variants that verdicts ask for, once: retries send the same octets.

``cleared`` recipients whose verdict has obligations come here, leased. Where others must be hidden, each gets a header
block of its own over the content that came in; what must be protected is made by ``Protector``. All variants of a mail,
and the moves, are one commit. Where it cannot be done nobody gets the mail as it came: those recipients are held for a
person (invariant 3).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from mailguard.crash_points import crash_point
from mailguard.errors import LookingUnavailable, PoolClosed, StaleState, StorageUnavailable
from mailguard.judging.active import ActivePolicy
from mailguard.judging.showing import hidden_heads, showing_of
from mailguard.mime.head import head_of
from mailguard.mime.message import unstuffed
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation, Reason, Verdict
from mailguard.spool import Mail, Move, SealedContent, Spool, advance
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work
from mailguard.transform import NotPossible
from mailguard.workers.claims import CLAIM, QUEUE, TRANSFORMER, begun, claim_changes, queue_changes, queued
from mailguard.workers.protector import Protector

Make = Callable[[Mail, bytes], Awaitable[Work[list[Recipient]]]]
"""From a mail and its wire form to the work that queues its recipients."""

_HOLD: tuple[Step, ...] = ((State.HELD, Mover.TRANSFORMER),)
_NEEDS = list(Needs)

log = structlog.get_logger()


class Transformer:
    """One per node; safe to use for many mails at the same time."""

    def __init__(
        self, spool: Spool, policy: ActivePolicy, lease: timedelta, protector: Protector | None = None
    ) -> None:
        """``protector`` None: what must be protected is held."""
        self._spool = spool
        self._policy = policy
        self._lease = lease
        self._protector = protector
        self._one_at_a_time = asyncio.Semaphore(1)

    async def prepare(self, mail: Mail) -> list[Recipient]:
        """Queue and claim ``mail.recipients``, all ``cleared`` and leased; those that are ``sending`` then.

        Recipients whose variant cannot be made are held; a mail that cannot be read now is tried later.
        """
        async with self._one_at_a_time:
            wire = mail.plain
            if wire is None:
                wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
            protected = [entry for entry in mail.recipients if _must_be_protected(entry)]
            others = [entry for entry in mail.recipients if not _must_be_protected(entry)]
            going: list[Recipient] = []
            for entries, make in ((others, self._with_heads), (protected, self._protected)):
                if entries:
                    going += await self._made(replace(mail, recipients=tuple(entries)), wire, make)
            return going

    async def _made(self, mail: Mail, wire: bytes, make: Make) -> list[Recipient]:
        """Make what these recipients get, or hold all of them."""
        queue_id = mail.submission.queue_id
        try:
            work = await make(mail, wire)
        except (PoolClosed, LookingUnavailable, StorageUnavailable):
            # Nothing is wrong with the mail: it is leased, and is tried again when the lease ends.
            raise
        except NotPossible as error:
            log.warning("variant_not_possible", queue_id=queue_id, cause=str(error))
            work = self._held(mail, error.reason, error.details)
        except Exception as error:
            # A fault in changing holds, as one in looking does (invariant 2).
            log.exception("variant_failed", queue_id=queue_id, error=type(error).__name__)
            work = self._held(mail, Reason.NOT_PREPARED)
        crash_point("before_queued_commit")
        going = await self._spool.store.write(work)
        crash_point("after_queued_commit")
        return going

    async def _with_heads(self, mail: Mail, wire: bytes) -> Work[list[Recipient]]:
        heads = await asyncio.to_thread(self._heads, wire, mail)
        sealed = {head: self._spool.seal(head) for head in dict.fromkeys(heads)}
        return self._queued(mail, heads, sealed, len(head_of(wire)))

    async def _protected(self, mail: Mail, wire: bytes) -> Work[list[Recipient]]:
        if self._protector is None:
            raise NotPossible("nothing here can protect it")
        protector = self._protector
        prepared = await protector.prepare(mail, wire, list(mail.recipients))

        def work(transaction: Transaction) -> list[Recipient]:
            events = protector.insert(transaction, mail, prepared)
            crash_point("after_parcel_inserted")
            variants = [prepared.heads[entry.key.position].content_id for entry in mail.recipients]
            return self._advanced(transaction, mail, variants, events)

        return work

    def _heads(self, wire: bytes, mail: Mail) -> list[bytes]:
        """A header block for each recipient. Raises ``NotPossible`` where the rest of the mail would tell as well."""
        wanted = [(entry.path.address, showing_of(entry.verdict)) for entry in mail.recipients]
        return hidden_heads(unstuffed(wire), wanted, mail.submission.addresses, self._policy.rules.directory)

    def _queued(
        self, mail: Mail, heads: list[bytes], sealed: dict[bytes, SealedContent], start: int
    ) -> Work[list[Recipient]]:
        def work(transaction: Transaction) -> list[Recipient]:
            for variant in sealed.values():
                self._spool.insert_variant(transaction, variant, mail.submission, start)
            return self._advanced(transaction, mail, [sealed[head].content_id for head in heads], [])

        return work

    def _advanced(
        self, transaction: Transaction, mail: Mail, variants: list[str], events: list[AuditEvent]
    ) -> list[Recipient]:
        """Queue and claim the recipients, each with its variant."""
        now = transaction.now
        ours = self._ours(transaction, mail)
        moves = [
            Move(
                entry,
                (*QUEUE, *CLAIM),
                {
                    **queue_changes(mail.submission, entry.verdict, now, self._spool.expire, variant_id),
                    **claim_changes(entry, now, self._lease, self._spool.node),
                    "verdict": _without_phone(entry.verdict),
                },
            )
            for entry, variant_id in zip(ours, variants, strict=True)
        ]
        return advance(transaction, moves, *events, queued(now, moves), begun(now, moves))

    def _held(self, mail: Mail, reason: Reason, more: dict[str, object] | None = None) -> Work[list[Recipient]]:
        def work(transaction: Transaction) -> list[Recipient]:
            held_unprepared(transaction, self._ours(transaction, mail), reason, more)
            return []

        return work

    def _ours(self, transaction: Transaction, mail: Mail) -> list[Recipient]:
        """The recipients as they are now: making may take longer than their lease, which the timekeeper then makes
        longer. Raises ``StaleState`` where somebody else was there first.
        """
        now = {entry.key: entry for entry in self._spool.mail(transaction, mail.submission.queue_id).recipients}
        ours = [now[entry.key] for entry in mail.recipients]
        if any(entry.state is not State.CLEARED or entry.lease_owner != self._spool.node for entry in ours):
            raise StaleState("a recipient is not cleared here any more")
        return ours


def held_unprepared(
    transaction: Transaction, recipients: Sequence[Recipient], reason: Reason, more: dict[str, object] | None = None
) -> None:
    """Hold ``cleared`` recipients of one mail for a person, without a timer. ``reason``: why nothing could be made;
    ``more`` goes on record with it.
    """
    nobody_looks: dict[str, object] = {"due_at": None, "lease_owner": None, "shown_until": None, "looks": 0}
    moves = [
        Move(entry, _HOLD, {"verdict": _for_a_person(entry.verdict, reason), **nobody_looks}) for entry in recipients
    ]
    positions = [entry.key.position for entry in recipients]
    details: dict[str, object] = {"positions": positions, "reason": reason.value, **(more or {})}
    queue_id = recipients[0].key.queue_id
    advance(transaction, moves, AuditEvent(transaction.now, TRANSFORMER, AuditAction.NOT_PREPARED, queue_id, details))


def _without_phone(verdict: Verdict | None) -> Verdict | None:
    """The verdict as it stays on record: where the password goes by short message is kept sealed, with the parcel."""
    if verdict is None or not verdict.protection.phone:
        return verdict
    return replace(verdict, protection=replace(verdict.protection, phone=""))


def _must_be_protected(entry: Recipient) -> bool:
    return entry.verdict is not None and Obligation.PROTECT in entry.verdict.obligations


def _for_a_person(verdict: Verdict | None, reason: Reason) -> Verdict:
    assert verdict is not None, "cleared recipients have a verdict"
    reasons = (reason.value, *(one for one in verdict.reasons if one != reason))
    needs = max(verdict.needs, Needs.SENDER, key=_NEEDS.index)
    return replace(verdict, action=Action.HOLD, reasons=reasons, needs=needs, hold_seconds=None, at_end=AtEnd.DISCARD)
