"""The only writer of a recipient's state.

``advance`` checks every step against ``TRANSITIONS``, names the state and revision it saw, and takes the audit event
that is committed with it: there is no move without a record. Zero rows hit means somebody else was there first and
raises ``StaleState``; nothing of the work is then kept. What may concern people is noted beside it (``notices``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from mailguard import audit
from mailguard.model.audit import AuditEvent
from mailguard.model.queue import FINAL, TRANSITIONS, Mover, Recipient, State
from mailguard.spool import queries, rows
from mailguard.spool.notices import concerns_people, look_at
from mailguard.store import Transaction

Step = tuple[State, Mover]


class ForbiddenMove(AssertionError):
    """A move that is not in the table, or not by this mover: a fault in our code, never a user's."""


@dataclass(frozen=True, slots=True)
class Move:
    """One recipient's way: the value that was seen, the steps to take in this transaction, and the other new values."""

    recipient: Recipient
    steps: tuple[Step, ...]
    changes: dict[str, Any]


def advance(transaction: Transaction, moves: Iterable[Move], event: AuditEvent, *more: AuditEvent) -> list[Recipient]:
    """Carry out the moves and record them with the events; the recipients as they are then, in the same order.

    A final state clears lease and due time. Raises ``ForbiddenMove``; ``StaleState`` by the end of the transaction.
    """
    arrived = []
    for move in moves:
        before = move.recipient
        state = _end_of(before.state, move.steps)
        changes = move.changes
        if state in FINAL:
            changes = {**changes, "due_at": None, "lease_owner": None}
        after = replace(before, state=state, revision=before.revision + 1, changed_at=transaction.now, **changes)
        transaction.update(queries.UPDATE_RECIPIENT, rows.update_parameters(before, after))
        if concerns_people(before, after, [mover for _, mover in move.steps]):
            look_at(transaction, before.key.queue_id)
        arrived.append(after)
    for recorded in (event, *more):
        audit.append(transaction, recorded)
    return arrived


def lease(transaction: Transaction, recipient: Recipient, **changes: Any) -> Recipient:
    """Change what is not the state (lease, due time, hold length, counters), guarded in the same way.

    It takes no audit event: a lease is no act. Whoever changes a deadline for a person appends one beside it.
    """
    after = replace(recipient, revision=recipient.revision + 1, changed_at=transaction.now, **changes)
    transaction.update(queries.UPDATE_RECIPIENT, rows.update_parameters(recipient, after))
    if concerns_people(recipient, after):
        look_at(transaction, recipient.key.queue_id)
    return after


@lru_cache(maxsize=256)
def _end_of(state: State, steps: tuple[Step, ...]) -> State:
    for to, mover in steps:
        if mover not in TRANSITIONS.get((state, to), frozenset()):
            raise ForbiddenMove(f"{mover.value} may not move {state.value} to {to.value}")
        state = to
    return state
