"""When a password travels, by which way, and how it is stopped.

It is told only of a parcel that the next hop took for that recipient, in the transaction that records this: a mail with
it is a submission of our own, so that a crash repeats or loses neither. Where the window must run first, that mail is
held (``password_window``), and is released, stopped and shown like any other held mail. A short message cannot share a
transaction with its gateway: it is begun at most once, and where nobody knows whether it went, the sender is told so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from itertools import groupby

from mailguard import audit
from mailguard.config import OfficeSettings, ProtectionSettings
from mailguard.correspondents import learn_reply
from mailguard.delivery.bounce import Bounce
from mailguard.errors import NotAllowed, UnknownMail
from mailguard.mime.heading import heading_in
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.delivery import Reply
from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.protection import Channel, PasswordState
from mailguard.model.queue import Mover, QueueId, Recipient, State, Submission
from mailguard.model.verdict import Judgement
from mailguard.parcels import queries
from mailguard.parcels.records import Records, Telling
from mailguard.parcels.returned import came_back
from mailguard.parcels.wording import Wording
from mailguard.policy.builtin import password_window
from mailguard.spool import Mail, Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.spool.own_mail import is_letter
from mailguard.spool.reports import LISTENER, is_own
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros
from mailguard.transform.passwords.channels import CHANNELS
from mailguard.transform.passwords.telling import PasswordMail, ShortMessage

ACTOR = Actor(ActorKind.WORKER, "passwords")
LOST_AFTER = timedelta(minutes=5)
"""When a short message that was begun, and of which nothing was heard, is taken for lost."""
_HOLD: tuple[Step, ...] = ((State.HELD, Mover.INSPECTOR),)
_CANCEL: dict[State, tuple[Step, ...]] = {
    State.HELD: ((State.CANCELLED, Mover.PERSON),),
    State.QUEUED: ((State.CANCELLED, Mover.ADMINISTRATOR),),
    State.DEFERRED: ((State.CANCELLED, Mover.ADMINISTRATOR),),
}
"""How a mail with a password is stopped that no next hop has: it is held, or waits for its first or another try."""
_OPEN = (PasswordState.PACKED, PasswordState.WAITING)
_OVER = (PasswordState.STOPPED, PasswordState.DESTROYED)
_NEVER = (State.BOUNCED, State.CANCELLED, State.EXPIRED, State.BLOCKED)
"""States of a recipient whom its parcel will not reach."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopping did. ``too_late``: positions whose password has gone. ``is_destroyed``: nobody has it now."""

    positions: tuple[int, ...]
    too_late: tuple[int, ...]
    is_destroyed: bool


def is_carrier(submission: Submission) -> bool:
    """Whether a mail of our own carries a password to a recipient. One to the sender has the null reverse-path."""
    return is_own(submission) and bool(submission.envelope.reverse_path) and not is_letter(submission)


class Passwords:
    """One per node; each method adds to the caller's transaction, or makes a work."""

    def __init__(
        self,
        spool: Spool,
        records: Records,
        settings: ProtectionSettings,
        office: OfficeSettings,
        grace: timedelta,
        zone: Callable[[], tzinfo],
        is_outside: Callable[[str], bool],
    ) -> None:
        """``grace``: more than people are shown; ``zone``: the office's, in which mails say times. ``is_outside``: to
        which senders no password goes.
        """
        self._spool = spool
        self._records = records
        self._settings = settings
        self._office = office
        self._grace = grace
        self._window = timedelta(minutes=settings.window_minutes)
        self._wording = Wording(spool, records, settings, office, zone, is_outside)

    # -- the parcel's way

    def delivered(self, transaction: Transaction, submission: Submission, recipients: Sequence[Recipient]) -> bool:
        """The next hop took the parcel for these. Tell, or let the window begin; whether a mail was written."""
        tellings = self._records.tellings_at(
            transaction, submission.queue_id, [entry.key.position for entry in recipients]
        )
        packed = [one for one in tellings if one.state is PasswordState.PACKED]
        has_mail = False
        for parcel_id, group in groupby(sorted(packed, key=lambda one: one.parcel_id), lambda one: one.parcel_id):
            # Whoever else is about to tell of the same parcel waits; what is read from here on is as it is.
            queries.lock_parcel(transaction, parcel_id)
            fresh = {one.position: one for one in self._records.tellings(transaction, parcel_id)}
            due = [fresh[one.position] for one in group if fresh[one.position].state is PasswordState.PACKED]
            has_mail |= self._tell(transaction, submission, due, list(fresh.values()))
        return has_mail

    def refused(self, transaction: Transaction, recipient: Recipient, reply: Reply) -> None:
        """The next hop refused the parcel for good: learn what the recipient's server does not take."""
        for one in self._records.tellings_at(transaction, recipient.key.queue_id, [recipient.key.position]):
            mode = self._records.parcel(transaction, one.parcel_id).mode
            learn_reply(transaction, recipient.path.address, mode, reply, one.queue_id, one.position)

    def _tell(
        self, transaction: Transaction, submission: Submission, due: list[Telling], members: list[Telling]
    ) -> bool:
        has_mail = False
        to_sender = [one for one in due if one.channel is Channel.TO_SENDER]
        if to_sender:
            has_mail |= self._tell_sender(transaction, submission, to_sender, members)
        for one in due:
            match one.channel:
                case Channel.SEPARATE_MAIL:
                    self._hold_mail(transaction, submission, one)
                    has_mail = True
                case Channel.SMS:
                    self._records.change(
                        transaction, one, state=PasswordState.WAITING, due_at=transaction.now + self._window
                    )
                    self._record(transaction, AuditAction.PASSWORD_WAITING, [one])
                case Channel.AGREED:
                    self._records.change(transaction, one, state=PasswordState.TOLD)
                    self._record(transaction, AuditAction.PASSWORD_TOLD, [one], channel=one.channel.value)
                case Channel.TO_SENDER:
                    pass
        return has_mail

    def _tell_sender(
        self,
        transaction: Transaction,
        submission: Submission,
        due: list[Telling],
        members: list[Telling],
        *,
        failed: Channel | None = None,
    ) -> bool:
        """One mail for all of a parcel who are told by the sender: with the first of them, for the rest as well.

        ``failed``: another way was tried for these, which then get a mail of their own.
        """
        told = next((one.told_by for one in members if one.channel is Channel.TO_SENDER and one.told_by), None)
        has_mail = told is None or failed is not None
        if has_mail:
            same = due if failed is not None else self._who_may_open(transaction, submission, members)
            told = self._write(transaction, submission, same, Channel.TO_SENDER, failed=failed)
        if told is None:
            return False
        changes = {"state": PasswordState.TOLD, "told_by": told, "channel": Channel.TO_SENDER, "due_at": None}
        changed = [self._records.change(transaction, one, **changes) for one in due]
        self._record(transaction, AuditAction.PASSWORD_TOLD, changed, channel=Channel.TO_SENDER.value)
        return has_mail

    def _who_may_open(self, transaction: Transaction, submission: Submission, members: list[Telling]) -> list[Telling]:
        """Whom the sender is to tell. Not whom the parcel never reached, nor whose password was stopped."""
        entries = self._spool.mail(transaction, submission.queue_id).recipients
        never = {entry.key.position for entry in entries if entry.state in _NEVER}
        return [
            one
            for one in members
            if one.channel is Channel.TO_SENDER and one.state not in _OVER and one.position not in never
        ]

    def _hold_mail(self, transaction: Transaction, submission: Submission, one: Telling) -> None:
        told = self._write(transaction, submission, [one], Channel.SEPARATE_MAIL)
        if told is None:
            return
        after = self._records.change(transaction, one, state=PasswordState.WAITING, told_by=told)
        self._record(transaction, AuditAction.PASSWORD_WAITING, [after])

    # -- what people do

    def release(self, queue_id: QueueId, actor: Actor, positions: Collection[int] | None = None) -> Work[list[int]]:
        """End the window of short messages now, and try mails again that were put off; the positions. (Mails that wait
        for the end of their window are released as held mail.)
        """

        def work(transaction: Transaction) -> list[int]:
            waiting = [one for one in self._of(transaction, queue_id, positions) if one.state is PasswordState.WAITING]
            chosen = [one for one in waiting if one.channel is Channel.SMS]
            for one in chosen:
                self._records.change(transaction, one, due_at=transaction.now)
            if chosen:
                self._record(transaction, AuditAction.RELEASED, chosen, actor)
            again = [one for one in waiting if one.told_by and self._is_tried_again(transaction, one.told_by, actor)]
            return sorted(one.position for one in (*chosen, *again))

        return work

    def stop(
        self, queue_id: QueueId, actor: Actor, reason: str, positions: Collection[int] | None = None
    ) -> Work[Stopped]:
        """Tell nobody any more. A parcel nobody can open then has its password destroyed. Safe to call twice."""

        def work(transaction: Transaction) -> Stopped:
            chosen = self._of(transaction, queue_id, positions)
            stopped, late = self._stopped(transaction, chosen, actor)
            is_destroyed = False
            if stopped:
                self._record(transaction, AuditAction.PASSWORD_STOPPED, stopped, actor, reason=reason)
            for parcel_id in {one.parcel_id for one in stopped}:
                transaction.flush()
                left = self._records.tellings(transaction, parcel_id)
                if all(one.state is PasswordState.STOPPED for one in left):
                    is_destroyed |= self._forget(transaction, parcel_id, queue_id, actor)
            return Stopped(tuple(one.position for one in stopped), tuple(one.position for one in late), is_destroyed)

        return work

    def tell_no_other_way(self, queue_id: QueueId, actor: Actor, reason: str) -> Work[None]:
        """Destroy passwords that are being told at this moment: where that fails, the sender is not asked to instead.

        Safe to call twice. Raises ``UnknownMail`` for a mail without a parcel.
        """

        def work(transaction: Transaction) -> None:
            transaction.flush()
            found = self._of(transaction, queue_id, None)
            for parcel_id in sorted({one.parcel_id for one in found if self._is_under_way(transaction, one)}):
                self._forget(transaction, parcel_id, queue_id, actor, reason)

        return work

    def reroute(
        self, queue_id: QueueId, actor: Actor, channel: Channel, phone: str, positions: Collection[int] | None = None
    ) -> Work[list[int]]:
        """Another way for passwords that have not gone; the positions. Raises ``NotAllowed`` where the way is none."""

        def work(transaction: Transaction) -> list[int]:
            if channel is Channel.AGREED or (channel is Channel.SMS and (self._settings.sms is None or not phone)):
                raise NotAllowed(f"channel {channel}", public="This way of telling the password is not possible here")
            submission = self._spool.mail(transaction, queue_id).submission
            chosen = [one for one in self._of(transaction, queue_id, positions) if one.channel is not Channel.AGREED]
            stopped, _ = self._stopped(transaction, chosen, actor, to=PasswordState.PACKED)
            transaction.flush()
            waiting = {one.position for one in chosen if one.state is PasswordState.WAITING}
            fresh = self._records.tellings_at(transaction, queue_id, [one.position for one in stopped])
            changed = [
                self._records.change(transaction, one, channel=channel, phone=phone, told_by=None) for one in fresh
            ]
            if changed:
                self._record(transaction, AuditAction.PASSWORD_REROUTED, changed, actor, channel=channel.value)
            transaction.flush()
            for parcel_id in sorted({one.parcel_id for one in changed}):
                members = self._records.tellings(transaction, parcel_id)
                due = [one for one in members if one.position in waiting]
                self._tell(transaction, submission, due, members)
            return [one.position for one in changed]

        return work

    def bounced_report(self, transaction: Transaction, bounce: Bounce, actor: Actor = ACTOR) -> dict[QueueId, Stopped]:
        """A server reported that mails came back: of our protected ones, what has not gone stays."""
        found = came_back(self._spool, self._records, transaction, bounce)
        return {queue_id: self.bounced(transaction, queue_id, at, actor) for queue_id, at in found.items()}

    def bounced(
        self, transaction: Transaction, queue_id: QueueId, positions: Collection[int], actor: Actor = ACTOR
    ) -> Stopped:
        """The parcel came back for these after it had been taken. What has not gone stays."""
        chosen = self._of(transaction, queue_id, positions)
        stopped, late = self._stopped(transaction, chosen, actor)
        if chosen:
            self._record(transaction, AuditAction.PARCEL_BOUNCED_LATER, chosen, actor)
        return Stopped(tuple(one.position for one in stopped), tuple(one.position for one in late), is_destroyed=False)

    def show(self, parcel_id: str, actor: Actor) -> Work[str | None]:
        """The password of a parcel, for a person; None once it was destroyed. It goes on record who saw it."""

        def work(transaction: Transaction) -> str | None:
            parcel = self._records.parcel(transaction, parcel_id)
            password = self._records.password(transaction, parcel_id)
            if password is not None:
                details: dict[str, object] = {"parcel": parcel_id}
                event = AuditEvent(transaction.now, actor, AuditAction.PASSWORD_SHOWN, parcel.queue_id, details)
                audit.append(transaction, event)
            return password

        return work

    def destroy(self, parcel_id: str, actor: Actor, reason: str) -> Work[Stopped]:
        """Destroy the password of a parcel for good, and stop what has not gone. Safe to call twice."""

        def work(transaction: Transaction) -> Stopped:
            parcel = self._records.parcel(transaction, parcel_id)
            queries.lock_parcel(transaction, parcel_id)
            members = self._records.tellings(transaction, parcel_id)
            stopped, late = self._stopped(transaction, members, actor)
            if stopped:
                self._record(transaction, AuditAction.PASSWORD_STOPPED, stopped, actor, reason=reason)
            is_destroyed = self._forget(transaction, parcel_id, parcel.queue_id, actor, reason)
            return Stopped(tuple(one.position for one in stopped), tuple(one.position for one in late), is_destroyed)

        return work

    def destroy_outlived(self, transaction: Transaction, limit: int = 200) -> int:
        """Destroy the passwords of parcels whose content is gone; how many."""
        rows = queries.outlived(transaction, limit)
        for row in rows:
            self._forget(transaction, row.parcel_id, row.queue_id, ACTOR)
        return len(rows)

    # -- short messages

    def due_messages(self, transaction: Transaction, limit: int = 20) -> list[tuple[Telling, ShortMessage]]:
        """Begin the short messages that are due: each is handed out once and never again."""
        begun: list[tuple[Telling, ShortMessage]] = []
        for row in queries.due(transaction, to_micros(transaction.now), limit):
            queries.lock_parcel(transaction, row.parcel_id)
            (one,) = self._records.tellings_at(transaction, row.queue_id, [row.position])
            if one.due_at is None or one.due_at > transaction.now:
                continue
            submission = self._spool.mail(transaction, one.queue_id).submission
            if one.state is PasswordState.SENDING:
                # Begun, and the relay ended before it heard: perhaps it went, perhaps not.
                self._to_sender_instead(transaction, submission, one)
                continue
            message = self._message(transaction, submission, one)
            if message is None:
                self._to_sender_instead(transaction, submission, one)
                continue
            after = self._records.change(
                transaction, one, state=PasswordState.SENDING, due_at=transaction.now + LOST_AFTER
            )
            self._record(transaction, AuditAction.PASSWORD_BEGUN, [after])
            begun.append((after, message))
        return begun

    def message_taken(self, transaction: Transaction, one: Telling) -> None:
        """The gateway took a short message."""
        self._records.change(transaction, one, state=PasswordState.TOLD, due_at=None)
        self._record(transaction, AuditAction.PASSWORD_TOLD, [one], channel=one.channel.value)

    def message_not_taken(self, transaction: Transaction, one: Telling) -> None:
        """The gateway refused it, or nobody knows: the sender tells the password instead, and hears why."""
        self._record(transaction, AuditAction.PASSWORD_NOT_TAKEN, [one])
        self._to_sender_instead(transaction, self._spool.mail(transaction, one.queue_id).submission, one)

    def carrier_failed(self, transaction: Transaction, carrier: QueueId) -> bool:
        """The mail with a password was refused, or nobody knows whether it arrived: the sender tells it instead.

        Such a mail is never sent twice; whether a mail to the sender was written.
        """
        has_mail = False
        for row in queries.told_by(transaction, carrier):
            queries.lock_parcel(transaction, row.parcel_id)
            (one,) = self._records.tellings_at(transaction, row.queue_id, [row.position])
            if one.state is PasswordState.WAITING and one.told_by == carrier:
                submission = self._spool.mail(transaction, one.queue_id).submission
                self._record(transaction, AuditAction.PASSWORD_NOT_TAKEN, [one])
                has_mail |= self._tell_sender_instead(transaction, submission, one, Channel.SEPARATE_MAIL)
        return has_mail

    def _to_sender_instead(self, transaction: Transaction, submission: Submission, one: Telling) -> None:
        queries.lock_parcel(transaction, one.parcel_id)
        self._tell_sender_instead(transaction, submission, one, Channel.SMS)

    def _tell_sender_instead(
        self, transaction: Transaction, submission: Submission, one: Telling, failed: Channel
    ) -> bool:
        has_mail = self._tell_sender(transaction, submission, [one], [one], failed=failed)
        if not has_mail:
            # There is none any more; without this it would be due, or on its way, for ever.
            self._records.change(transaction, one, state=PasswordState.DESTROYED, due_at=None)
        return has_mail

    # -- writing

    def _message(self, transaction: Transaction, submission: Submission, one: Telling) -> ShortMessage | None:
        words = self._wording.of(transaction, submission, [one])
        told = None if words is None else CHANNELS[Channel.SMS].tell(words)
        return told if isinstance(told, ShortMessage) else None

    def _write(
        self,
        transaction: Transaction,
        submission: Submission,
        tellings: list[Telling],
        channel: Channel,
        *,
        failed: Channel | None = None,
    ) -> QueueId | None:
        """Add the mail that tells; its queue id, None where there is nothing to tell any more."""
        words = self._wording.of(transaction, submission, tellings, failed=failed)
        told = None if words is None else CHANNELS[channel].tell(words)
        if not isinstance(told, PasswordMail):
            return None
        mail = self._insert(transaction, told)
        if CHANNELS[channel].waits:
            self._hold(transaction, mail, told.octets)
        return mail.submission.queue_id

    def _insert(self, transaction: Transaction, told: PasswordMail) -> Mail:
        envelope = Envelope(
            told.sender,
            (ForwardPath(told.to),),
            smtputf8=not (told.sender.isascii() and told.to.isascii()),
        )
        session = Session(
            client_address="",
            client_name=self._office.hostname,
            listener=LISTENER,
            owner=told.sender or self._office.postmaster,
            connected_at=transaction.now,
        )
        sealed = self._spool.seal(told.octets)
        mail = self._spool.insert(transaction, sealed, envelope, session, ACTOR, automatic=True, leased=False)
        # The rows must be there before others name or change them.
        transaction.flush()
        return mail

    def _hold(self, transaction: Transaction, mail: Mail, octets: bytes) -> None:
        """Let the window run."""
        verdict = password_window(round(self._window.total_seconds()))
        summary = heading_in(octets, [path.address for path in mail.submission.envelope.forward_paths])
        judgement = Judgement((verdict,), (), summary=summary)
        self._spool.insert_judgement(transaction, mail.submission.queue_id, judgement, None)
        shown = transaction.now + self._window
        changes = {"verdict": verdict, "shown_until": shown, "due_at": shown + self._grace, "lease_owner": None}
        event = AuditEvent(
            transaction.now, ACTOR, AuditAction.JUDGED, mail.submission.queue_id, {"rules": list(verdict.reasons)}
        )
        advance(transaction, [Move(entry, _HOLD, changes) for entry in mail.recipients], event)

    # -- bookkeeping

    def _of(self, transaction: Transaction, queue_id: QueueId, positions: Collection[int] | None) -> list[Telling]:
        """Raises ``UnknownMail`` for a mail without a parcel."""
        found = [
            one
            for row in queries.parcels_of(transaction, queue_id)
            if queries.lock_parcel(transaction, row.parcel_id) is not None
            for one in self._records.tellings(transaction, row.parcel_id)
        ]
        if not found:
            raise UnknownMail(f"mail {queue_id} has no parcel")
        return [one for one in found if positions is None or one.position in positions]

    def _stopped(
        self,
        transaction: Transaction,
        chosen: list[Telling],
        actor: Actor,
        *,
        to: PasswordState = PasswordState.STOPPED,
    ) -> tuple[list[Telling], list[Telling]]:
        """Stop what has not gone; what was stopped, and what was too late."""
        stopped: list[Telling] = []
        late: list[Telling] = []
        for one in chosen:
            if one.state in _OVER:
                continue
            if one.state not in _OPEN or not self._carrier_is_stopped(transaction, one, actor):
                late.append(one)
                continue
            self._records.change(transaction, one, state=to, due_at=None)
            stopped.append(one)
        return stopped, late

    def _is_under_way(self, transaction: Transaction, one: Telling) -> bool:
        if one.state is not PasswordState.WAITING or one.told_by is None:
            return one.state is PasswordState.SENDING
        return any(entry.state is State.SENDING for entry in self._spool.mail(transaction, one.told_by).recipients)

    def _is_tried_again(self, transaction: Transaction, carrier: QueueId, actor: Actor) -> bool:
        put_off = [one for one in self._spool.mail(transaction, carrier).recipients if one.state is State.DEFERRED]
        for entry in put_off:
            lease(transaction, entry, due_at=transaction.now, lease_owner=None)
            event = AuditEvent(transaction.now, actor, AuditAction.RETRIED, carrier, {"positions": [0]})
            audit.append(transaction, event)
        return bool(put_off)

    def _carrier_is_stopped(self, transaction: Transaction, one: Telling, actor: Actor) -> bool:
        """Whether the mail that would tell it is gone: it had not left and is cancelled, or there is none."""
        if one.state is not PasswordState.WAITING or one.told_by is None:
            return True
        mail = self._spool.mail(transaction, one.told_by)
        waiting = [entry for entry in mail.recipients if entry.state in _CANCEL and not entry.doubts]
        if not waiting:
            return all(entry.state in (State.CANCELLED, State.EXPIRED) for entry in mail.recipients)
        event = AuditEvent(transaction.now, actor, AuditAction.CANCELLED, one.told_by, {"positions": [0]})
        changes = {"due_at": None, "lease_owner": None, "shown_until": None}
        advance(transaction, [Move(entry, _CANCEL[entry.state], changes) for entry in waiting], event)
        return True

    def _forget(
        self, transaction: Transaction, parcel_id: str, queue_id: QueueId, actor: Actor, reason: str = ""
    ) -> bool:
        is_forgotten = queries.forget_password(transaction, parcel_id, to_micros(transaction.now))
        if is_forgotten:
            details: dict[str, object] = {"parcel": parcel_id}
            if reason:
                details["reason"] = reason
            audit.append(
                transaction, AuditEvent(transaction.now, actor, AuditAction.PASSWORD_DESTROYED, queue_id, details)
            )
        return is_forgotten

    @staticmethod
    def _record(
        transaction: Transaction,
        action: AuditAction,
        tellings: Sequence[Telling],
        actor: Actor = ACTOR,
        **more: object,
    ) -> None:
        details: dict[str, object] = {
            "parcels": sorted({one.parcel_id for one in tellings}),
            "positions": sorted(one.position for one in tellings),
            **more,
        }
        if mails := sorted({one.told_by for one in tellings if one.told_by}):
            details["mails"] = mails
        audit.append(transaction, AuditEvent(transaction.now, actor, action, tellings[0].queue_id, details))
