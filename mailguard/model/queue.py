"""The states of a recipient and the moves between them, as data.

State belongs to the recipient: one forward-path of one submission. ``TRANSITIONS`` is the whole truth about which
move exists and who makes it; the spool refuses every other one, and the diagram in ``ARCHITECTURE.md`` is rendered
from it. Words in brackets in the diagram are Postfix's names for the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailguard.model.envelope import Envelope, ForwardPath, Session
from mailguard.model.verdict import Verdict

QueueId = str
"""16 characters, sorted by time of acceptance, unique in the office; what the 250 names and people quote."""


class State(StrEnum):
    """Where a recipient stands. Each value says who moves it on."""

    ACCEPTED = "accepted"
    HELD = "held"
    CLEARED = "cleared"
    QUEUED = "queued"
    SENDING = "sending"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


FINAL = frozenset({State.DELIVERED, State.BOUNCED, State.BLOCKED, State.CANCELLED, State.EXPIRED})
"""States no worker moves on from; the mail's record stays, its content goes after retention. A person may undo a
cancellation for a while."""

POSTFIX_WORD = {
    State.ACCEPTED: "incoming",
    State.HELD: "hold",
    State.QUEUED: "active",
    State.SENDING: "active",
    State.DEFERRED: "deferred",
}


class Mover(StrEnum):
    """Who may make a move."""

    INSPECTOR = "inspector"
    PERSON = "person"
    TIMER = "timer"
    TRANSFORMER = "transformer"
    DELIVERER = "deliverer"
    RESCUER = "rescuer"
    ADMINISTRATOR = "administrator"


TRANSITIONS: dict[tuple[State, State], frozenset[Mover]] = {
    (State.ACCEPTED, State.HELD): frozenset({Mover.INSPECTOR, Mover.RESCUER}),
    (State.ACCEPTED, State.CLEARED): frozenset({Mover.INSPECTOR}),
    (State.ACCEPTED, State.BLOCKED): frozenset({Mover.INSPECTOR}),
    (State.HELD, State.CLEARED): frozenset({Mover.PERSON, Mover.TIMER}),
    (State.HELD, State.CANCELLED): frozenset({Mover.PERSON}),
    (State.HELD, State.EXPIRED): frozenset({Mover.TIMER}),
    (State.CLEARED, State.QUEUED): frozenset({Mover.TRANSFORMER}),
    (State.CLEARED, State.HELD): frozenset({Mover.TRANSFORMER, Mover.RESCUER}),
    (State.QUEUED, State.SENDING): frozenset({Mover.DELIVERER}),
    (State.QUEUED, State.CANCELLED): frozenset({Mover.ADMINISTRATOR}),
    (State.SENDING, State.DELIVERED): frozenset({Mover.DELIVERER}),
    (State.SENDING, State.DEFERRED): frozenset({Mover.DELIVERER, Mover.RESCUER}),
    (State.SENDING, State.BOUNCED): frozenset({Mover.DELIVERER}),
    (State.DEFERRED, State.SENDING): frozenset({Mover.DELIVERER}),
    (State.DEFERRED, State.BOUNCED): frozenset({Mover.DELIVERER, Mover.ADMINISTRATOR}),
    (State.DEFERRED, State.CANCELLED): frozenset({Mover.ADMINISTRATOR}),
    (State.CANCELLED, State.HELD): frozenset({Mover.PERSON}),
}
"""Every move there is, with who may make it."""


@dataclass(frozen=True, slots=True)
class RecipientKey:
    """One forward-path of one submission: the submission and the position in its envelope, from 0."""

    queue_id: QueueId
    position: int


@dataclass(frozen=True, slots=True)
class Original:
    """A mail as it was accepted, where it was edited since: its content, octets in wire form, number of recipients."""

    content_id: str
    size: int
    recipients: int


@dataclass(frozen=True, slots=True)
class Submission:
    """One mail that was answered 250, as the spool keeps it. Times are aware UTC; ``size`` is octets in wire form.

    ``content_id`` and ``size`` are of the content that counts: the edited one, once somebody edited the mail;
    ``original`` is then what came in, and None before. ``envelope`` names everybody there ever was, by position;
    ``withdrawn``: positions that were taken back when this was read.
    """

    queue_id: QueueId
    accepted_at: datetime
    envelope: Envelope
    session: Session
    content_id: str
    size: int
    automatic: bool = False
    original: Original | None = None
    withdrawn: frozenset[int] = frozenset()

    @property
    def original_id(self) -> str:
        """The content as it was accepted, whatever became of it since."""
        return self.content_id if self.original is None else self.original.content_id

    @property
    def counting(self) -> tuple[int, ...]:
        """Positions of the recipients the mail still is for, in order; all of them where every one was taken back."""
        everybody = tuple(range(len(self.envelope.forward_paths)))
        return tuple(one for one in everybody if one not in self.withdrawn) or everybody

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses of ``counting``."""
        return tuple(self.envelope.forward_paths[position].address for position in self.counting)

    @property
    def as_accepted(self) -> Submission:
        """The mail as it was answered 250, with everybody it was for then."""
        if self.original is None:
            return replace(self, withdrawn=frozenset())
        came = self.original
        envelope = replace(self.envelope, forward_paths=self.envelope.forward_paths[: came.recipients])
        return replace(
            self,
            envelope=envelope,
            content_id=came.content_id,
            size=came.size,
            original=None,
            withdrawn=frozenset(),
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where one recipient of a submission stands now.

    ``revision`` grows with every change, and a change names the one it saw. ``due_at``: when somebody looks at it
    again; None means nobody does until a person acts. ``lease_owner``: the node that works on it until ``due_at``.
    ``shown_until``: the deadline people are shown for a hold; ``due_at`` is a little later, so that the last click
    wins; a cancellation leaves it for whoever undoes it. ``variant_id``: the content that leaves, set from ``queued``
    on. ``looks``: inspections begun.
    ``attempts``: deliveries begun. ``doubts``: attempts whose outcome stayed unknown. ``expires_at``: when delivery
    is given up. ``delay_told``: whether the sender was told that it takes long.
    """

    key: RecipientKey
    path: ForwardPath
    state: State
    revision: int
    verdict: Verdict | None
    due_at: datetime | None
    lease_owner: str | None
    shown_until: datetime | None
    variant_id: str | None
    looks: int
    attempts: int
    doubts: int
    expires_at: datetime | None
    delay_told: bool
    changed_at: datetime
