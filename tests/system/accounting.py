"""Settling up after a disturbance: what clients were promised, what the relay says, what the next hop took.

The relay's promise (design, invariants 1 and 11): each mail with a 250 is delivered, or held, or cancelled as it should
be; a second copy only where the record says that the outcome of an attempt was in doubt.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.system.load import EXTERNAL, Ledger
from tests.system.relay import RecipientRow, Relay
from tests.system.waiting import eventually


@dataclass(slots=True)
class Settlement:
    """The differences, in words: ``lost`` and ``wrong`` must be empty.

    ``duplicates`` are extra copies inside the declared window.
    """

    owed: int = 0
    delivered: int = 0
    held: int = 0
    cancelled: int = 0
    duplicates: int = 0
    unanswered: int = 0
    unanswered_kept: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.owed} mails with a 250: {self.delivered} recipients delivered, {self.held} held,"
            f" {self.cancelled} cancelled; lost {len(self.lost)}; duplicates in the declared window {self.duplicates};"
            f" mails without an answer {self.unanswered}, kept all the same {self.unanswered_kept}"
        )


async def finished(relay: Relay, *, seconds: float = 240.0) -> None:
    """Waits until nothing is left to do but for people."""
    await eventually(
        lambda: not relay.unfinished(), "the relay to have delivered everything that is not held", seconds=seconds
    )


def settle(
    recipients: list[RecipientRow],
    copies: Counter[tuple[str, str]],
    ledger: Ledger,
    *,
    external: str = "held",
    cancelled: frozenset[str] = frozenset(),
    released: frozenset[str] = frozenset(),
) -> Settlement:
    """Compares the three. ``external`` is the state that outside recipients of untouched mails should be in.

    ``copies`` is what the next hop took, by queue id and address. ``cancelled`` and ``released`` are the queue ids a
    person acted on. Meaningful when the relay has ``finished``.
    """
    result = Settlement(owed=len(ledger.owed), unanswered=len(ledger.unanswered))
    rows = {(row.queue_id, row.address): row for row in recipients}
    for owed in ledger.owed:
        for address in owed.recipients:
            if (owed.queue_id, address) not in rows:
                result.lost.append(f"{owed.queue_id} {address}: got a 250 and is not in the database")
    known = {owed.queue_id for owed in ledger.owed}
    result.unanswered_kept = len({queue_id for queue_id, _ in rows} - known)
    for (queue_id, address), row in rows.items():
        expected = "delivered"
        if address.endswith("@" + EXTERNAL):
            expected = external
            if queue_id in cancelled:
                expected = "cancelled"
            elif queue_id in released:
                expected = "delivered"
        _compare(result, row, expected, copies[(queue_id, address)])
    for key in copies.keys() - rows.keys():
        result.wrong.append(f"{key}: the next hop has it and the database does not")
    return result


def _compare(result: Settlement, row: RecipientRow, expected: str, copies: int) -> None:
    name = f"{row.queue_id} {row.address}"
    if row.state != expected:
        result.wrong.append(f"{name}: is {row.state} and should be {expected}")
    if row.state == "delivered":
        result.delivered += 1
        result.duplicates += max(0, copies - 1)
        if copies == 0:
            result.lost.append(f"{name}: called delivered and never arrived")
        elif copies - 1 > row.doubts:
            result.wrong.append(f"{name}: arrived {copies} times with {row.doubts} doubts on record")
    else:
        result.held += row.state == "held"
        result.cancelled += row.state == "cancelled"
        if copies:
            result.wrong.append(f"{name}: is {row.state} and arrived {copies} times")
