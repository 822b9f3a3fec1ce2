"""Delivers claimed recipients and records what the next hop said, recipient by recipient.

Before the final dot the attempt is committed as ``unknown``, provided the lease still covers the wait for the reply
(reliability: the last look). Whatever the reply means replaces it. Where no reply came, or the outcome cannot be
recorded before the lease ends, it stays ``unknown``: in doubt, and the rescuer goes on from there. A bounce's DSN is
submitted in the transaction that records the bounce.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from mailguard.config import DeliverySettings
from mailguard.correspondents import learn
from mailguard.crash_points import crash_point
from mailguard.delivery.next_hop import MailTransaction, NextHop, RecipientResult
from mailguard.delivery.routes import Routes
from mailguard.errors import ContentDamaged, MailguardError, StaleState, StorageUnavailable, UnknownMail
from mailguard.incidents.triggers import Triggers
from mailguard.mime.received import received_line
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt, Outcome
from mailguard.model.queue import Mover, Recipient, State
from mailguard.model.verdict import Obligation
from mailguard.parcels.passwords import Passwords, is_carrier
from mailguard.spool import Mail, Move, Spool, advance, lease, queries, rows
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work
from mailguard.workers.claims import DELIVERER
from mailguard.workers.learner import Learner
from mailguard.workers.reports import Decision, Reports
from mailguard.workers.rounds import all_ended

log = structlog.get_logger()

SIDE_BY_SIDE = 8
"""Transactions of one mail at one time: a mail with a variant for each of many must leave room for others."""

_RECORD_AGAIN_SECONDS = 0.5
_STEP: dict[State, tuple[Step, ...]] = {
    state: ((state, Mover.DELIVERER),) for state in (State.DELIVERED, State.DEFERRED, State.BOUNCED)
}
_ACTION = {
    State.DELIVERED: AuditAction.DELIVERED,
    State.DEFERRED: AuditAction.DEFERRED,
    State.BOUNCED: AuditAction.BOUNCED,
}


@dataclass
class DeliveryCounters:
    """Recipients since the start, for metrics."""

    delivered: int = 0
    deferred: int = 0
    bounced: int = 0
    in_doubt: int = 0


@dataclass
class _Attempt:
    """One transaction with a next hop, and what of it has been committed. ``recipients`` follow their revisions."""

    mail: Mail
    recipients: list[Recipient]
    next_hop: NextHop
    started_at: datetime
    begun: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What was committed: the recipients' new states in order, and whether reports to the sender wait."""

    states: list[State]
    has_reports: bool


class Deliverer:
    """Carries mails to their next hops. One per node; safe to use for many mails at the same time."""

    def __init__(
        self,
        spool: Spool,
        routes: Routes,
        settings: DeliverySettings,
        reports: Reports,
        learner: Learner,
        hostname: str,
        passwords: Passwords | None = None,
    ) -> None:
        """``passwords``: those of protected mails, where any are made."""
        self._spool = spool
        self._routes = routes
        self._settings = settings
        self._reports = reports
        self._learner = learner
        self._hostname = hostname
        self._passwords = passwords
        self._lease = timedelta(seconds=settings.lease_seconds)
        self.counters = DeliveryCounters()
        self.triggers: Triggers | None = None
        """What opens an incident where a mail comes back, where anything does."""

    async def deliver(self, mail: Mail) -> None:
        """Try to deliver ``mail.recipients``, all of them ``sending`` and leased to this node; records the outcome."""
        attempts = [
            _Attempt(mail, [mail.recipients[index] for index in indexes], hop, self._spool.clock.now())
            for hop, group in self._routes.group([recipient.path for recipient in mail.recipients])
            for indexes in _by_variant(mail, group)
        ]
        if len(attempts) == 1:
            await self._attempt(attempts[0])
            return
        turn = asyncio.Semaphore(SIDE_BY_SIDE)

        async def in_turn(attempt: _Attempt) -> None:
            async with turn:
                await self._attempt(attempt)

        await all_ended(map(in_turn, attempts), "attempt_failed", queue_id=mail.submission.queue_id)

    async def _attempt(self, attempt: _Attempt) -> None:
        results = await attempt.next_hop.deliver(
            await self._transaction(attempt), lambda accepted: self._last_look(attempt, accepted)
        )
        crash_point("before_delivered_commit")
        await self._record(attempt, results)

    async def _transaction(self, attempt: _Attempt) -> MailTransaction:
        mail = attempt.mail
        submission, envelope = mail.submission, mail.submission.envelope
        variant_id = attempt.recipients[0].variant_id
        assert variant_id is not None, "queued recipients have a variant"
        is_as_it_came = variant_id == submission.content_id
        at_hand = mail.plain if is_as_it_came else None
        return MailTransaction(
            queue_id=submission.queue_id,
            reverse_path=envelope.reverse_path,
            recipients=tuple([recipient.path for recipient in attempt.recipients]),
            ret=envelope.ret,
            envid=envelope.envid,
            body=envelope.body,
            smtputf8=envelope.smtputf8,
            prefix=received_line(
                submission.session, envelope, self._hostname, submission.queue_id, submission.accepted_at
            ),
            content=at_hand if at_hand is not None else lambda: self._spool.stream_content(variant_id),
            size=submission.size if is_as_it_came else await self._spool.content_size(variant_id),
            eight_bit=mail.eight_bit,
        )

    # -- before the dot

    async def _last_look(self, attempt: _Attempt, accepted: tuple[int, ...]) -> bool:
        """Commit the attempt as ``unknown`` if the lease still covers the wait for the reply; whether it does."""
        chosen = [attempt.recipients[index] for index in accepted]

        def work(transaction: Transaction) -> list[Recipient]:
            return [self._begin(transaction, attempt, recipient) for recipient in chosen]

        try:
            renewed = await self._spool.store.write(work)
        except (StaleState, StorageUnavailable) as error:
            log.warning("attempt_stopped_before_dot", queue_id=attempt.mail.submission.queue_id, cause=str(error))
            return False
        for index, recipient in zip(accepted, renewed, strict=True):
            attempt.recipients[index] = recipient
            attempt.begun.add(index)
        return True

    def _begin(self, transaction: Transaction, attempt: _Attempt, recipient: Recipient) -> Recipient:
        now = transaction.now
        wait = timedelta(seconds=attempt.next_hop.settings.data_seconds + 60)
        assert recipient.due_at is not None, "leased recipients have an end of lease"
        if now >= recipient.due_at:
            raise StaleState("the lease is over")
        if now + wait > recipient.due_at:
            recipient = lease(transaction, recipient, due_at=now + max(wait, self._lease))
        row = DeliveryAttempt(
            recipient.attempts, attempt.started_at, None, attempt.next_hop.name, Outcome.UNKNOWN, None
        )
        transaction.insert(queries.INSERT_ATTEMPT, rows.attempt_row(recipient.key, row))
        return recipient

    # -- after the reply

    async def _record(self, attempt: _Attempt, results: Sequence[RecipientResult]) -> None:
        """Commit the outcome; tries again while the database is away and the lease lasts. What the other server said
        stands, whatever goes wrong in what follows from it: without it the mail would be sent again.
        """
        queue_id = attempt.mail.submission.queue_id
        head = await self._reports.head(attempt.mail, results)
        work, is_alone = self._outcome(attempt, results, head), False
        while True:
            try:
                recorded = await self._spool.store.write(work)
            except StorageUnavailable as error:
                log.error("outcome_not_recorded_yet", queue_id=queue_id, cause=str(error))
                ends = min(recipient.due_at for recipient in attempt.recipients if recipient.due_at is not None)
                if self._spool.clock.now() >= ends:
                    return
                await asyncio.sleep(_RECORD_AGAIN_SECONDS)
                continue
            except StaleState:
                log.error("outcome_came_too_late", queue_id=queue_id)
                return
            except Exception as error:
                if is_alone:
                    raise
                log.error("outcome_recorded_alone", queue_id=queue_id, error=type(error).__name__, exc_info=error)
                work, is_alone = self._outcome(attempt, results, head, is_alone=True), True
                continue
            crash_point("after_delivered_commit")
            self._count(queue_id, attempt, recorded.states, results)
            if recorded.has_reports:
                self._reports.hint()
            await self._teach(attempt, recorded.states)
            return

    async def _teach(self, attempt: _Attempt, states: list[State]) -> None:
        """Let the office remember whom mail reached. A lesson that is lost costs a question later, never a mail."""
        pairs = zip(attempt.recipients, states, strict=True)
        reached = [recipient for recipient, state in pairs if state is State.DELIVERED]
        try:
            lesson = await self._learner.lesson_of(attempt.mail, reached)
            if lesson is not None:
                await self._spool.store.write(lambda transaction: learn(transaction, lesson))
        except MailguardError as error:
            log.warning("lesson_lost", queue_id=attempt.mail.submission.queue_id, cause=str(error))

    def _outcome(
        self, attempt: _Attempt, results: Sequence[RecipientResult], head: bytes, *, is_alone: bool = False
    ) -> Work[_Recorded]:
        """``is_alone``: no password is told and no incident opened; people still can."""

        def work(transaction: Transaction) -> _Recorded:
            by_state: dict[State, list[Decision]] = {}
            decisions: list[Decision] = []
            for index, (recipient, result) in enumerate(zip(attempt.recipients, results, strict=True)):
                self._end_attempt(transaction, attempt, index, recipient, result)
                decision = self._reports.decide(attempt.mail, recipient, result, transaction.now)
                by_state.setdefault(decision.state, []).append(decision)
                decisions.append(decision)
            for state, alike in by_state.items():
                moves = [Move(decision.recipient, _STEP[state], decision.changes) for decision in alike]
                advance(transaction, moves, self._event(transaction, attempt, state, alike))
            has_reports = self._reports.submit(transaction, attempt.mail, head, decisions)
            if not is_alone:
                has_reports |= self._tell_passwords(transaction, attempt.mail, by_state)
                has_reports |= self._open_incident(transaction, attempt.mail, by_state)
            crash_point("after_password_written")
            return _Recorded([decision.state for decision in decisions], has_reports)

        return work

    def _open_incident(self, transaction: Transaction, mail: Mail, by_state: dict[State, list[Decision]]) -> bool:
        """Whether notices wait because a mail that came back opened an incident."""
        refused = [one for one in by_state.get(State.BOUNCED, []) if not one.following.expired]
        if self.triggers is None or not refused or is_carrier(mail.submission):
            return False
        positions = [one.recipient.key.position for one in refused]
        return self.triggers.came_back(transaction, mail.submission.queue_id, positions)

    def _tell_passwords(self, transaction: Transaction, mail: Mail, by_state: dict[State, list[Decision]]) -> bool:
        """What an outcome means for the passwords of protected mails; whether a mail of our own waits."""
        if self._passwords is None:
            return False
        if is_carrier(mail.submission):
            # Refused, in doubt, or put off until its time was over.
            is_lost = State.BOUNCED in by_state
            return is_lost and self._passwords.carrier_failed(transaction, mail.submission.queue_id)
        delivered, bounced = (
            [one for one in by_state.get(state, []) if _is_protected(one.recipient)]
            for state in (State.DELIVERED, State.BOUNCED)
        )
        try:
            for one in bounced:
                self._passwords.refused(transaction, one.recipient, one.result.reply)
            if delivered:
                return self._passwords.delivered(transaction, mail.submission, [one.recipient for one in delivered])
        except (ContentDamaged, UnknownMail, ValueError) as error:
            # The outcome must stand; the password is not told, and can still be shown or rerouted.
            log.error("password_not_told", queue_id=mail.submission.queue_id, error=type(error).__name__)
        return False

    @staticmethod
    def _event(transaction: Transaction, attempt: _Attempt, state: State, decisions: list[Decision]) -> AuditEvent:
        details: dict[str, object] = {
            "positions": [decision.recipient.key.position for decision in decisions],
            "codes": [decision.result.reply.code for decision in decisions],
            "next_hop": attempt.next_hop.name,
        }
        doubts = [one.recipient.key.position for one in decisions if one.result.outcome is Outcome.UNKNOWN]
        if doubts:
            details["in_doubt"] = doubts
        return AuditEvent(transaction.now, DELIVERER, _ACTION[state], attempt.mail.submission.queue_id, details)

    @staticmethod
    def _end_attempt(
        transaction: Transaction, attempt: _Attempt, index: int, recipient: Recipient, result: RecipientResult
    ) -> None:
        ended = DeliveryAttempt(
            number=recipient.attempts,
            started_at=attempt.started_at,
            ended_at=transaction.now,
            next_hop=result.next_hop,
            outcome=result.outcome,
            reply=result.reply,
            tls=result.tls,
        )
        if index not in attempt.begun:
            transaction.insert(queries.INSERT_ATTEMPT, rows.attempt_row(recipient.key, ended))
        else:
            transaction.update(queries.END_ATTEMPT, rows.end_parameters(recipient.key, ended))

    def _count(self, queue_id: str, attempt: _Attempt, states: list[State], results: Sequence[RecipientResult]) -> None:
        delivered = states.count(State.DELIVERED)
        deferred = states.count(State.DEFERRED)
        bounced = states.count(State.BOUNCED)
        in_doubt = sum(result.outcome is Outcome.UNKNOWN for result in results)
        self.counters.delivered += delivered
        self.counters.deferred += deferred
        self.counters.bounced += bounced
        self.counters.in_doubt += in_doubt
        log.info(
            "attempt_ended",
            queue_id=queue_id,
            next_hop=attempt.next_hop.name,
            delivered=delivered,
            deferred=deferred,
            bounced=bounced,
            in_doubt=in_doubt,
            codes=sorted({result.reply.code for result in results}),
        )


def _by_variant(mail: Mail, indexes: Sequence[int]) -> list[list[int]]:
    """The recipients that get the same octets, together."""
    groups: dict[str | None, list[int]] = {}
    for index in indexes:
        groups.setdefault(mail.recipients[index].variant_id, []).append(index)
    return list(groups.values())


def _is_protected(recipient: Recipient) -> bool:
    return recipient.verdict is not None and Obligation.PROTECT in recipient.verdict.obligations
