"""Notes that somebody may have to be told of a mail, in the transaction of what happened to it.

Nothing is decided here: the note says "look at this mail", and whoever looks (``hold.notices``) sees what is the case
then. ``advance`` and ``lease`` make it wherever a person becomes needed, or a hold ends otherwise than by its time.
"""

from __future__ import annotations

from collections.abc import Collection

from mailguard.model.queue import Mover, QueueId, Recipient, State
from mailguard.model.verdict import Needs
from mailguard.spool import notice_queries
from mailguard.store import Transaction
from mailguard.store.times import to_micros


def look_at(transaction: Transaction, queue_id: QueueId) -> None:
    """Have it looked at whether somebody is to be told of the mail. Safe to call often."""
    transaction.collect(_carry_out, queue_id)


def concerns_people(before: Recipient, after: Recipient, movers: Collection[Mover] = ()) -> bool:
    """Whether a change may be one that people are told of: only of holds, and not of those that end by their time."""
    if before.state is State.HELD and after.state is not State.HELD:
        return Mover.PERSON in movers or after.state is State.EXPIRED or needs_person(before)
    if after.state is not State.HELD or not needs_person(after):
        return False
    # Held by now; or a lease, which counts where it moves the deadline, or whom it waits for.
    return before.state is not State.HELD or (before.shown_until, before.verdict) != (after.shown_until, after.verdict)


def needs_person(recipient: Recipient) -> bool:
    """Whether its verdict asks for a person, not for time."""
    return recipient.verdict is not None and recipient.verdict.needs is not Needs.TIMER


def _carry_out(transaction: Transaction, queue_ids: list[QueueId]) -> None:
    notice_queries.look_at(transaction, set(queue_ids), to_micros(transaction.now))
