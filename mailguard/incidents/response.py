"""The first response to a mail that went wrong: stop what has not gone, and say honestly what has.

Nothing is called stopped that the next hop may have: a recipient that is being sent is left and named, and looked at
again when that attempt is over; so is one of whom an earlier attempt stayed without an answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from mailguard.errors import UnknownMail
from mailguard.hold import cancel
from mailguard.hold.administration import take_back
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.delivery import DeliveryAttempt, Outcome
from mailguard.model.protection import Channel, PasswordState
from mailguard.model.queue import FINAL, Mover, QueueId, Recipient, State
from mailguard.parcels.passwords import Passwords
from mailguard.parcels.records import Records, Telling
from mailguard.policy.builtin import TAKEN_BACK
from mailguard.spool import Mail, Move, Spool, advance
from mailguard.spool.moves import Step
from mailguard.store import Transaction

REASON = "incident"
"""What stands as the reason beside everything that an incident stops."""
LOOK_AGAIN = timedelta(seconds=5)
_IN_WORK = (State.ACCEPTED, State.CLEARED)
# A worker has it in hand; it finds it gone (``StaleState``), as where another node took it over.
_OUT_OF_HAND: tuple[Step, ...] = ((State.HELD, Mover.RESCUER), (State.CANCELLED, Mover.PERSON))


@dataclass(frozen=True, slots=True)
class Response:
    """What was done about one mail, by positions.

    ``stopped``: now, and certainly not sent. ``sending``: being sent at this moment, or perhaps sent. ``gone``: taken
    by the next hop. ``returned``: refused before, and came back. Of parcels: ``passwords_stopped``;
    ``passwords_told`` to recipients; ``with_sender``: the sender has them. ``is_destroyed``: nobody has a password now.
    ``is_over``: nothing is left that may yet be stopped.
    """

    stopped: tuple[int, ...]
    sending: tuple[int, ...]
    gone: tuple[int, ...]
    passwords_stopped: tuple[int, ...] = ()
    passwords_told: tuple[int, ...] = ()
    with_sender: tuple[int, ...] = ()
    is_destroyed: bool = False
    is_over: bool = True
    returned: tuple[int, ...] = ()

    @property
    def did_something(self) -> bool:
        """Whether anything was stopped."""
        return bool(self.stopped or self.passwords_stopped)

    def details(self) -> dict[str, object]:
        """As it goes on record."""
        return {
            "stopped": list(self.stopped),
            "sending": list(self.sending),
            "gone": list(self.gone),
            "returned": list(self.returned),
            "passwords_stopped": list(self.passwords_stopped),
            "passwords_told": list(self.passwords_told),
            "with_sender": list(self.with_sender),
            "is_destroyed": self.is_destroyed,
        }


class Responder:
    """Stops mails and their passwords, each within the caller's transaction. Every one may be called again."""

    def __init__(self, spool: Spool, passwords: Passwords, records: Records) -> None:
        self._spool = spool
        self._passwords = passwords
        self._records = records

    def respond(self, transaction: Transaction, queue_id: QueueId, actor: Actor) -> Response:
        """Stop what can be stopped of a mail and of its passwords. Raises ``UnknownMail``."""
        moved = self._stop(transaction, queue_id, actor)
        carriers, told_before = self._stop_carriers(transaction, queue_id, actor)
        try:
            stopped = self._passwords.stop(queue_id, actor, REASON)(transaction)
            self._passwords.tell_no_other_way(queue_id, actor, REASON)(transaction)
        except UnknownMail:
            # It was not protected.
            stopped = None
        mail = self._spool.mail(transaction, queue_id)
        attempts = self._spool.attempts(transaction, queue_id)
        left = {one.key.position: one.state for one in mail.recipients if one.state is not State.DELIVERED}
        doubtful = {one for one in left if is_doubtful(attempts.get(one, ()))}
        sending = {one for one, state in left.items() if state is State.SENDING}
        returned = {one for one, state in left.items() if state is State.BOUNCED}
        silenced = set[int]() if stopped is None else {*stopped.positions} - told_before
        late = set[int]() if stopped is None else {*stopped.too_late} | told_before
        with_sender = {one.position for one in self._with_sender(transaction, mail) if one.position in late}
        return Response(
            stopped=tuple(sorted(set(moved) - doubtful)),
            sending=tuple(sorted(sending | doubtful)),
            gone=tuple(one.key.position for one in mail.recipients if one.state is State.DELIVERED),
            passwords_stopped=tuple(sorted(silenced)),
            passwords_told=tuple(sorted(late - with_sender)),
            with_sender=tuple(sorted(with_sender)),
            is_destroyed=stopped is not None and stopped.is_destroyed and not told_before,
            is_over=all(one.state in FINAL for one in mail.recipients) and not carriers,
            returned=tuple(sorted(returned - doubtful)),
        )

    def is_key_with_sender(self, transaction: Transaction, queue_id: QueueId) -> bool:
        """Whether a password of this mail was given to its sender, to be told. Raises ``UnknownMail``."""
        return bool(self._with_sender(transaction, self._spool.mail(transaction, queue_id)))

    def _with_sender(self, transaction: Transaction, mail: Mail) -> list[Telling]:
        everybody = [one.key.position for one in mail.recipients]
        told = self._records.tellings_at(transaction, mail.submission.queue_id, everybody)
        return [one for one in told if one.channel is Channel.TO_SENDER and one.state is PasswordState.TOLD]

    def _stop(self, transaction: Transaction, queue_id: QueueId, actor: Actor) -> list[int]:
        """Cancel every recipient that is not being sent; the positions."""
        caught = self._stop_in_work(transaction, queue_id, actor)
        positions = _positions_in(self._spool.mail(transaction, queue_id), (State.HELD,))
        held = cancel(self._spool, queue_id, actor, REASON, positions)(transaction) if positions else None
        waiting = take_back(self._spool, queue_id, actor, REASON)(transaction)
        transaction.flush()
        return [*caught, *(() if held is None else held.moved), *waiting.moved]

    def _stop_in_work(self, transaction: Transaction, queue_id: QueueId, actor: Actor) -> list[int]:
        """Cancel recipients that a worker has in hand, or is to take up next; the positions."""
        mail = self._spool.mail(transaction, queue_id)
        caught = [one for one in mail.recipients if one.state in _IN_WORK or _is_unjudged(one)]
        if caught:
            moves = [Move(one, _steps_of(one), {"verdict": one.verdict or TAKEN_BACK}) for one in caught]
            details: dict[str, object] = {"positions": [one.key.position for one in caught], "reason": REASON}
            advance(transaction, moves, AuditEvent(transaction.now, actor, AuditAction.CANCELLED, queue_id, details))
            transaction.flush()
        return [one.key.position for one in caught]

    def _stop_carriers(self, transaction: Transaction, queue_id: QueueId, actor: Actor) -> tuple[bool, set[int]]:
        """Stop mails with a password on their way to a recipient, held ones apart, which stopping the password ends.

        Whether one may yet be stopped, and the positions whose password may be there.
        """
        everybody = [one.key.position for one in self._spool.mail(transaction, queue_id).recipients]
        is_left, told = False, set[int]()
        for one in self._records.tellings_at(transaction, queue_id, everybody):
            if not _has_carrier(one):
                continue
            assert one.told_by is not None
            self._stop_in_work(transaction, one.told_by, actor)
            take_back(self._spool, one.told_by, actor, REASON)(transaction)
            transaction.flush()
            carrier = self._spool.mail(transaction, one.told_by).recipients[0]
            is_doubtful_one = is_doubtful(self._spool.attempts(transaction, one.told_by).get(0, ()))
            if carrier.state is State.SENDING or is_doubtful_one:
                told.add(one.position)
            is_left |= carrier.state not in FINAL and carrier.state is not State.HELD
        return is_left, told


def is_doubtful(attempts: Collection[DeliveryAttempt]) -> bool:
    """Whether the next hop may have taken it without our hearing so."""
    return any(one.outcome is Outcome.UNKNOWN for one in attempts)


def _is_unjudged(one: Recipient) -> bool:
    return one.state is State.HELD and one.verdict is None


def _steps_of(one: Recipient) -> tuple[Step, ...]:
    return _OUT_OF_HAND[1:] if one.state is State.HELD else _OUT_OF_HAND


def _positions_in(mail: Mail, states: tuple[State, ...]) -> list[int]:
    return [one.key.position for one in mail.recipients if one.state in states]


def _has_carrier(one: Telling) -> bool:
    is_out = one.state in (PasswordState.WAITING, PasswordState.TOLD)
    return one.channel is Channel.SEPARATE_MAIL and is_out and one.told_by is not None
