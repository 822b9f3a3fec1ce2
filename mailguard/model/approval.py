"""Who may approve a mail: what a rule asks for, and the people it comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ApproverKind(StrEnum):
    """By what somebody may approve. Values are stable: rules name them."""

    MANAGER = "manager"
    """The sender's manager."""
    COLLEAGUE = "colleague"
    """Anybody else of the sender's department."""
    NAMED = "named"
    """Somebody the rule names."""
    OFFICER = "officer"
    """The officer of the sender's department, or the security officer."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What a rule asks for: anybody ``by`` one of these kinds will do.

    ``persons`` are the addresses of ``NAMED``, in comparable form. ``count``: 2 for four eyes, two different people.
    ``own``: whether one of them may approve a mail of their own.
    """

    by: tuple[ApproverKind, ...]
    persons: tuple[str, ...] = ()
    count: Literal[1, 2] = 1
    own: bool = False

    def with_another(self, other: Approval) -> Approval:
        """What satisfies both: kinds and persons that both accept, the larger number, an own mail where both allow it.

        Where nobody satisfies both, an officer does: the office's highest word stands for any other.
        """
        persons = tuple(sorted({*self.persons} & {*other.persons}))
        shared = {*self.by} & {*other.by}
        if not persons:
            shared -= {ApproverKind.NAMED}
        by = tuple(sorted(shared)) or (ApproverKind.OFFICER,)
        named = persons if ApproverKind.NAMED in by else ()
        return Approval(by, named, max(self.count, other.count), self.own and other.own)


USUAL = Approval((ApproverKind.MANAGER, ApproverKind.OFFICER))
"""Where a mail needs an approver and no rule says more."""


class NoApprover(StrEnum):
    """Why a mail cannot be approved. The words for it are ``people.no_approver.*`` in the catalogues."""

    NO_APPROVER_NAMED = "no_approver_named"
    NO_MANAGER = "no_manager"
    NO_COLLEAGUE = "no_colleague"
    NO_OFFICER = "no_officer"
    APPROVER_DISABLED = "approver_disabled"
    ONLY_SENDER = "only_sender"
    TOO_FEW = "too_few"
    """Four eyes are asked for and there are two."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to be an approver: of which kind, and for whom a deputy speaks ("" in one's own name)."""

    kind: ApproverKind
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Approvers:
    """Who may approve one mail now, and by which ways. ``why_not`` is set where they are none, or too few."""

    ways: Mapping[str, tuple[Way, ...]]
    why_not: NoApprover | None = None

    @property
    def addresses(self) -> frozenset[str]:
        """Everybody who may."""
        return frozenset(self.ways)

    def way_of(self, address: str, *, has_second_factor: bool) -> Way | None:
        """The way they approve by, in their own name where they can; None where they may not.

        An officer's rights need a second factor, also in a deputy's hands (``model.people``).
        """
        open_ways = [
            way for way in self.ways.get(address, ()) if has_second_factor or way.kind is not ApproverKind.OFFICER
        ]
        return min(open_ways, key=lambda way: way.instead_of, default=None)
