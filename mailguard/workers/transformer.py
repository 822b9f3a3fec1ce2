"""Makes the variants that verdicts ask for, once: retries send the same octets.

``cleared`` recipients whose verdict has obligations come here, leased. Each gets a header block of its own over the
content that came in; all variants of a mail, and the moves, are one commit. Where it cannot be done nobody gets the
mail as it came: those recipients are held for a person (invariant 3).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from mailguard.extract.classes import seal_of
from mailguard.judging.active import ActivePolicy
from mailguard.mime.addresses import BCC_FIELDS, VISIBLE_FIELDS
from mailguard.mime.head import head_of
from mailguard.mime.message import Message, unstuffed
from mailguard.model.address import comparable
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.extract import Seal
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation, Reason, Verdict
from mailguard.spool import Mail, Move, SealedContent, Spool, advance
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work
from mailguard.transform import Mode, NotPossible, heads_for, still_shows
from mailguard.workers.claims import CLAIM, QUEUE, TRANSFORMER, begun, claim_changes, queue_changes, queued

_HOLD: tuple[Step, ...] = ((State.HELD, Mover.TRANSFORMER),)
_NEEDS = list(Needs)

log = structlog.get_logger()


class Transformer:
    """One per node; safe to use for many mails at the same time."""

    def __init__(self, spool: Spool, policy: ActivePolicy, lease: timedelta) -> None:
        self._spool = spool
        self._policy = policy
        self._lease = lease
        self._one_at_a_time = asyncio.Semaphore(1)

    async def prepare(self, mail: Mail) -> list[Recipient]:
        """Queue and claim ``mail.recipients``, all ``cleared`` and leased; those that are ``sending`` then.

        Recipients whose variant cannot be made are held; a mail that cannot be read now is tried later.
        """
        async with self._one_at_a_time:
            wire = mail.plain
            if wire is None:
                wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
            try:
                heads = await asyncio.to_thread(self._heads, wire, mail)
            except NotPossible as error:
                log.warning("variant_not_possible", queue_id=mail.submission.queue_id, cause=str(error))
                await self._spool.store.write(self._held(mail))
                return []
            except Exception as error:
                # A fault in changing holds, as one in looking does (invariant 2).
                log.exception("variant_failed", queue_id=mail.submission.queue_id, error=type(error).__name__)
                await self._spool.store.write(self._held(mail))
                return []
            start = len(head_of(wire))
            del wire
            sealed = {head: self._spool.seal(head) for head in dict.fromkeys(heads)}
        return await self._spool.store.write(self._queued(mail, heads, sealed, start))

    def _heads(self, wire: bytes, mail: Mail) -> list[bytes]:
        """A header block for each recipient. Raises ``NotPossible`` where the rest of the mail would tell as well."""
        directory = self._policy.rules.directory
        wanted = [(entry.path.address, _mode(entry.verdict)) for entry in mail.recipients]
        everybody = [path.address for path in mail.submission.envelope.forward_paths]
        octets = unstuffed(wire)
        message = Message(octets)
        if seal_of(message) is not Seal.NONE:
            # Invariant 4, whoever released it: as it is, where the rules allow that, or not at all.
            raise NotPossible("a signed or encrypted mail is never rewritten")
        heads = heads_for(head_of(octets), wanted, everybody, directory.is_outside)
        if all(mode is Mode.BCC_ONLY for _, mode in wanted):
            # What the sender wrote about somebody does not tell that this somebody got a copy.
            return heads
        fields = message.all(*VISIBLE_FIELDS, *BCC_FIELDS)
        shown = {comparable(box.address) for field in fields for box in field.mailboxes}
        hidden = {one for one in shown if "@" in one and directory.is_outside(one)}
        if hidden and _rest_shows(message, hidden):
            raise NotPossible("the content names a hidden recipient")
        return heads

    def _queued(
        self, mail: Mail, heads: list[bytes], sealed: dict[bytes, SealedContent], start: int
    ) -> Work[list[Recipient]]:
        def work(transaction: Transaction) -> list[Recipient]:
            now = transaction.now
            for variant in sealed.values():
                self._spool.insert_variant(transaction, variant, mail.submission, start)
            moves = [
                Move(
                    entry,
                    (*QUEUE, *CLAIM),
                    {
                        **queue_changes(
                            mail.submission, entry.verdict, now, self._spool.expire, sealed[head].content_id
                        ),
                        **claim_changes(entry, now, self._lease, self._spool.node),
                    },
                )
                for entry, head in zip(mail.recipients, heads, strict=True)
            ]
            return advance(transaction, moves, queued(now, moves), begun(now, moves))

        return work

    def _held(self, mail: Mail) -> Work[None]:
        def work(transaction: Transaction) -> None:
            moves = [
                Move(
                    entry,
                    _HOLD,
                    {"verdict": _for_a_person(entry.verdict), "due_at": None, "lease_owner": None, "shown_until": None},
                )
                for entry in mail.recipients
            ]
            details: dict[str, object] = {"positions": [entry.key.position for entry in mail.recipients]}
            event = AuditEvent(
                transaction.now, TRANSFORMER, AuditAction.NOT_PREPARED, mail.submission.queue_id, details
            )
            advance(transaction, moves, event)

        return work


def _mode(verdict: Verdict | None) -> Mode:
    """How the recipients are hidden for somebody. Raises ``NotPossible`` for what nobody here can do."""
    assert verdict is not None, "cleared recipients have a verdict"
    if Obligation.PROTECT in verdict.obligations:
        raise NotPossible("nothing here can protect it")
    if Obligation.SEND_INDIVIDUALLY in verdict.obligations:
        return Mode.INDIVIDUAL
    return Mode.HIDE if Obligation.HIDE_RECIPIENTS in verdict.obligations else Mode.BCC_ONLY


def _for_a_person(verdict: Verdict | None) -> Verdict:
    assert verdict is not None, "cleared recipients have a verdict"
    reasons = (Reason.NOT_PREPARED.value, *(one for one in verdict.reasons if one != Reason.NOT_PREPARED))
    needs = max(verdict.needs, Needs.SENDER, key=_NEEDS.index)
    return replace(verdict, action=Action.HOLD, reasons=reasons, needs=needs, hold_seconds=None, at_end=AtEnd.DISCARD)


def _rest_shows(message: Message, hidden: set[str]) -> bool:
    """Whether anything below the header names a hidden address: octets as they are, and every part decoded."""
    if still_shows(message.octets[message.head_end :].decode("latin-1"), hidden):
        return True
    for part in message.root.walk():
        if part.children or part.content_type.partition("/")[0] in ("image", "audio", "video"):
            continue
        is_written_otherwise = part.encoding in ("base64", "quoted-printable") or part.content_type == "text/html"
        if is_written_otherwise and still_shows(message.text(part), hidden):
            return True
    return False
