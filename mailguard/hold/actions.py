"""Release, cancel and extend, as works.

The deadline people are shown ends ``hold.grace_seconds`` before the timer may release (invariant 6): a cancel that
reaches the database before the timer does always wins, and one that was clicked before the shown deadline does so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import assert_never

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.hold.grounds import grounds_of, treatment_of
from mailguard.hold.selection import Outcome, Selection, select
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.protection import NO_WISH, Protection
from mailguard.model.queue import Mover, QueueId, Recipient, State
from mailguard.model.verdict import Action, Obligation, Verdict
from mailguard.spool import Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.spool.reports import is_own
from mailguard.store import Transaction, Work

_LONGEST_EXTENSION = timedelta(days=30)
_HELD = (State.HELD,)
EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})


class Recipients(StrEnum):
    """How a person wants outsiders to see each other, whatever the rules propose."""

    AS_THEY_ARE = "as-they-are"
    HIDDEN = "hidden"
    INDIVIDUAL = "individual"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants beyond what the rules demand; None and the defaults: as the rules demand.

    ``recipients``: how outsiders see each other. ``protection``: how the mail is protected; ``protects`` says that it
    is to be, ``in_clear`` that it is not.
    """

    recipients: Recipients | None = None
    protection: Protection = NO_WISH
    protects: bool = False
    in_clear: bool = False

    @property
    def wants_protection(self) -> bool:
        """Whether the mail is to be protected, whatever the rules demand."""
        return self.protects or self.protection != NO_WISH


def release(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    positions: Collection[int] | None = None,
    wish: Wish | None = None,
) -> Work[Outcome]:
    """Send what is held, now. Recipients that are not held any more are left as they are; safe to call twice.

    Raises ``NotAllowed`` where the rules let nobody send it as it is wished.
    """

    assure_reason(reason, wish)
    action = AuditAction.RELEASED
    return _act(
        spool, queue_id, actor, reason, positions, State.CLEARED, action, lambda one: to_be_sent(one, wish), wish
    )


def cancel(
    spool: Spool, queue_id: QueueId, actor: Actor, reason: str, positions: Collection[int] | None = None
) -> Work[Outcome]:
    """Take back what is held. Recipients that have left are named in the outcome; safe to call twice."""
    return _act(spool, queue_id, actor, reason, positions, State.CANCELLED, AuditAction.CANCELLED)


def extend(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    by: timedelta | None,
    grace: timedelta,
    positions: Collection[int] | None = None,
) -> Work[Outcome]:
    """Hold longer by a length of time, or with ``by`` None until a person decides (the timer is stopped).

    Where a person must decide by verdict, a length changes nothing: it would start a timer that sends the mail
    (invariant 2). Raises ``NotAllowed`` for a length that is not positive or over 30 days.
    """
    if by is not None and not timedelta(0) < by <= _LONGEST_EXTENSION:
        raise NotAllowed(f"extension by {by}", public="Hold longer by more than nothing and at most 30 days")

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _HELD)
        if by is not None:
            found = found.only(_may_have_timer)
        for recipient in found.chosen:
            if by is None:
                lease(transaction, recipient, due_at=None, shown_until=None)
            else:
                shown = max(recipient.shown_until or transaction.now, transaction.now) + by
                lease(transaction, recipient, due_at=shown + grace, shown_until=shown)
        if found.chosen:
            details: dict[str, object] = {
                "positions": found.positions,
                "reason": reason,
                "seconds": None if by is None else int(by.total_seconds()),
            }
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.EXTENDED, queue_id, details))
        return found.outcome()

    return work


def _may_have_timer(recipient: Recipient) -> bool:
    return recipient.verdict is not None and recipient.verdict.hold_seconds is not None


def assure_reason(reason: str, wish: Wish | None) -> None:
    """Raises ``NotAllowed`` where somebody wants a mail to leave in clear and does not say why."""
    if wish is not None and wish.in_clear and not reason.strip():
        raise NotAllowed("in clear without a reason", public="Say why it may leave in clear (--reason)")


def to_be_sent(recipient: Recipient, wish: Wish | None = None) -> Verdict | None:
    """The verdict a held recipient is released with. Raises ``NotAllowed`` where the rules let nobody send it so."""
    verdict = recipient.verdict
    if verdict is not None and verdict.action is Action.BLOCK:
        # An edit may make of a hold what the rules let nobody send.
        raise NotAllowed("the rules block it", public="By the office's rules this mail may not be sent as it is")
    return verdict if verdict is None or wish is None else as_wished(verdict, wish)


def as_wished(verdict: Verdict, wish: Wish) -> Verdict:
    """The verdict with what a person wishes. Raises ``NotAllowed`` where the rules let nobody wish it."""
    if wish.recipients is not None:
        verdict = _with_recipients(verdict, wish.recipients)
    if wish.in_clear:
        return _in_clear(verdict)
    if wish.wants_protection:
        # A person may always ask for more than the rules do.
        wanted = frozenset({Obligation.PROTECT})
        return replace(
            verdict,
            obligations=verdict.obligations | wanted,
            protection=wish.protection.over(verdict.protection),
            wished=verdict.wished | wanted,
        )
    return verdict


def _in_clear(verdict: Verdict) -> Verdict:
    if Obligation.PROTECT not in verdict.obligations:
        return verdict
    if verdict.waiver is None:
        raise NotAllowed(
            "the rules let nobody waive", public="By the office's rules this mail may only leave protected"
        )
    return replace(
        verdict,
        obligations=verdict.obligations - {Obligation.PROTECT},
        is_waived=True,
        wished=verdict.wished - {Obligation.PROTECT},
    )


def recorded_wish(wish: Wish | None) -> dict[str, object]:
    """What goes on record of a wish: never a telephone or words."""
    found: dict[str, object] = {}
    if wish is None:
        return found
    if wish.recipients is not None:
        found["recipients"] = wish.recipients.value
    if wish.in_clear:
        found["protection"] = "none"
    elif wish.wants_protection:
        mode, channel = wish.protection.mode, wish.protection.channel
        found["protection"] = "auto" if mode is None else mode.value
        if channel is not None:
            found["channel"] = channel.value
    return found


def _with_recipients(verdict: Verdict, recipients: Recipients) -> Verdict:
    """The verdict with a person's word about who sees whom."""
    others = verdict.obligations - EXPOSURE
    wished = verdict.wished - EXPOSURE
    match recipients:
        case Recipients.HIDDEN:
            wanted = frozenset({Obligation.HIDE_RECIPIENTS})
            return replace(verdict, obligations=others | wanted, wished=wished | wanted)
        case Recipients.INDIVIDUAL:
            wanted = frozenset({Obligation.SEND_INDIVIDUALLY})
            return replace(verdict, obligations=others | wanted, wished=wished | wanted)
        case Recipients.AS_THEY_ARE:
            if verdict.obligations & EXPOSURE and verdict.waiver is None:
                raise NotAllowed(
                    "the rules let nobody waive", public="By the office's rules this mail may not be sent as it is"
                )
            is_waived = bool(verdict.obligations & EXPOSURE)
            return replace(verdict, obligations=others, is_waived=is_waived, wished=wished)
        case _:
            assert_never(recipients)


def assure_possible(found: Selection, wish: Wish) -> None:
    """Raises ``NotAllowed`` for a wish that would do what nobody means."""
    if is_own(found.mail.submission) and wish != Wish():
        raise NotAllowed("a mail of our own", public="A mail with a password is sent as it is, or stopped")
    if wish.protection.phone and len(found.chosen) > 1:
        raise NotAllowed(
            "one number for several", public="A telephone number is for one recipient: name it (--recipients)"
        )


def _as_judged(recipient: Recipient) -> Verdict | None:
    return recipient.verdict


def _act(
    spool: Spool,
    queue_id: QueueId,
    actor: Actor,
    reason: str,
    positions: Collection[int] | None,
    to: State,
    action: AuditAction,
    verdict_of: Callable[[Recipient], Verdict | None] = _as_judged,
    wish: Wish | None = None,
) -> Work[Outcome]:
    steps: tuple[Step, ...] = ((to, Mover.PERSON),)

    def work(transaction: Transaction) -> Outcome:
        found = select(spool, transaction, queue_id, positions, _HELD)
        if wish is not None:
            assure_possible(found, wish)
        if found.chosen:
            changes: dict[str, object] = {"due_at": transaction.now, "lease_owner": None}
            if to is State.CLEARED:
                changes["shown_until"] = None
            moves = [
                Move(recipient, steps, {**changes, "verdict": verdict_of(recipient)}) for recipient in found.chosen
            ]
            details: dict[str, object] = {
                "positions": found.positions,
                "reason": reason,
                **recorded_wish(wish),
                **grounds_of(spool, transaction, found.mail, found.chosen),
            }
            if to is State.CLEARED:
                details |= treatment_of([move.changes["verdict"] for move in moves])
            advance(transaction, moves, AuditEvent(transaction.now, actor, action, queue_id, details))
        return found.outcome()

    return work
