"""Which recipients of a mail an action means, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from mailguard.errors import NotAllowed
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.spool import Mail, Spool
from mailguard.store import Transaction


@dataclass(frozen=True)
class Outcome:
    """What an action did: the positions it moved, and those it found in another state, with that state."""

    queue_id: QueueId
    moved: tuple[int, ...]
    left: dict[int, State]


@dataclass(frozen=True)
class Selection:
    """A mail, its recipients that are meant and in a state the action is for, and the others that were meant."""

    mail: Mail
    chosen: list[Recipient]
    left: dict[int, State]

    @property
    def positions(self) -> list[int]:
        """The positions of the chosen recipients."""
        return [recipient.key.position for recipient in self.chosen]

    def only(self, fits: Callable[[Recipient], bool]) -> Selection:
        """The selection without the chosen recipients that do not fit; those are left as they are."""
        misfits = {entry.key.position: entry.state for entry in self.chosen if not fits(entry)}
        return Selection(self.mail, [entry for entry in self.chosen if fits(entry)], self.left | misfits)

    def outcome(self) -> Outcome:
        """The outcome once the chosen recipients are moved."""
        return Outcome(self.mail.submission.queue_id, tuple(self.positions), self.left)


def select(
    spool: Spool,
    transaction: Transaction,
    queue_id: QueueId,
    positions: Collection[int] | None,
    states: Collection[State],
) -> Selection:
    """The recipients of a mail at ``positions`` (None: all), told apart by ``states``.

    Raises ``UnknownMail``; ``NotAllowed`` for a position the mail does not have.
    """
    mail = spool.mail(transaction, queue_id)
    if positions is not None and (unknown := set(positions) - {entry.key.position for entry in mail.recipients}):
        raise NotAllowed(
            f"no recipient {sorted(unknown)} in {queue_id}", public="This mail has no recipient with that number"
        )
    meant = [entry for entry in mail.recipients if positions is None or entry.key.position in positions]
    return Selection(
        mail,
        [entry for entry in meant if entry.state in states],
        {entry.key.position: entry.state for entry in meant if entry.state not in states},
    )
