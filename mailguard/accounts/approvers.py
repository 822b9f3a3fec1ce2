"""Who may approve a mail, and why nobody can where that is so.

* Nobody approves a mail of their own unless the rule says so. A shared mailbox's mail is everybody's who looks after
  it: which of them wrote it is not known.
* A deputy approves for somebody who may, for as long as that one is not disabled; there are no deputies of deputies,
  and a sender's own deputy does not approve in the sender's place.
* Four eyes are two people. A deputy and whom they stand in for are two.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from mailguard.accounts import people_queries as queries
from mailguard.accounts.people import delegates_of, departments_of, holders_of, person_of, persons_of
from mailguard.accounts.people_queries import Reader
from mailguard.model.address import comparable
from mailguard.model.approval import Approval, ApproverKind, Approvers, NoApprover, Way
from mailguard.model.people import Role, Viewer
from mailguard.store.times import to_micros


@dataclass(frozen=True, slots=True)
class _Sender:
    """Whose mail it is: ``authors`` may each have written it; the others are what is known of them."""

    owner: str
    authors: frozenset[str]
    managers: frozenset[str]
    departments: frozenset[str]


def approvers_for(reader: Reader, approval: Approval, owner: str, now: datetime) -> Approvers:
    """Who may approve a mail of ``owner`` (in any spelling) now. Several kinds add up.

    Where nobody can, ``why_not`` is the reason of the kind the rule names first.
    """
    sender = _sender(reader, owner)
    barred: frozenset[str] = frozenset() if approval.own else sender.authors
    ways: dict[str, tuple[Way, ...]] = {}
    reasons: list[NoApprover] = []
    for kind in dict.fromkeys(approval.by):
        found = _of_kind(reader, kind, approval, sender, barred, now)
        if isinstance(found, NoApprover):
            reasons.append(found)
            continue
        for address, way in found:
            ways[address] = (*ways.get(address, ()), way)
    if not ways:
        return Approvers({}, reasons[0] if reasons else NoApprover.NO_APPROVER_NAMED)
    return Approvers(ways, NoApprover.TOO_FEW if len(ways) < approval.count else None)


def may_approve(reader: Reader, approval: Approval, viewer: Viewer, owner: str, now: datetime) -> bool:
    """Whether somebody signed in may approve a mail of ``owner`` now. What they said before is not asked for."""
    return approving_way(reader, approval, viewer, owner, now) is not None


def approving_way(reader: Reader, approval: Approval, viewer: Viewer, owner: str, now: datetime) -> Way | None:
    """The way somebody signed in may approve by, with whom they speak for; None where they may not."""
    if viewer.person.is_disabled:
        return None
    found = approvers_for(reader, approval, owner, now)
    return found.way_of(viewer.address, has_second_factor=viewer.has_second_factor)


def _sender(reader: Reader, owner: str) -> _Sender:
    mailbox = person_of(reader, owner)
    delegates = persons_of(reader, delegates_of(reader, owner))
    managers = {mailbox.manager} if mailbox.manager else {one.manager for one in delegates.values()}
    return _Sender(
        mailbox.address,
        frozenset({mailbox.address, *delegates}),
        frozenset(managers - {""}),
        departments_of(reader, owner),
    )


def _of_kind(
    reader: Reader, kind: ApproverKind, approval: Approval, sender: _Sender, barred: frozenset[str], now: datetime
) -> list[tuple[str, Way]] | NoApprover:
    """The approvers of one kind, each with the way, or why there are none."""
    match kind:
        case ApproverKind.COLLEAGUE:
            members = queries.persons_of_departments(reader, sender.departments)
            others = {row.address for row in members if row.disabled_at is None} - barred - {sender.owner}
            return [(address, Way(kind)) for address in sorted(others)] or NoApprover.NO_COLLEAGUE
        case ApproverKind.MANAGER:
            wanted, none = sender.managers, NoApprover.NO_MANAGER
        case ApproverKind.NAMED:
            wanted, none = frozenset(map(comparable, approval.persons)), NoApprover.NO_APPROVER_NAMED
        case ApproverKind.OFFICER:
            officers = holders_of(reader, Role.DEPARTMENT_OFFICER, sender.departments)
            wanted = frozenset({*officers, *holders_of(reader, Role.SECURITY_OFFICER)})
            none = NoApprover.NO_OFFICER
        case _:
            assert_never(kind)
    return _with_deputies(reader, kind, wanted, barred, now) if wanted else none


def _with_deputies(
    reader: Reader, kind: ApproverKind, wanted: Collection[str], barred: frozenset[str], now: datetime
) -> list[tuple[str, Way]] | NoApprover:
    """Those of ``wanted`` who may, and who stands in for them; or why it is nobody. ``wanted`` is not empty."""
    enabled = {one.address for one in persons_of(reader, wanted).values() if not one.is_disabled}
    if not enabled:
        return NoApprover.APPROVER_DISABLED
    able = enabled - barred
    if not able:
        return NoApprover.ONLY_SENDER
    pairs = queries.standing_in(reader, able, to_micros(now))
    deputies = persons_of(reader, {stand_in for _, stand_in in pairs})
    return [(address, Way(kind)) for address in sorted(able)] + [
        (stand_in, Way(kind, instead_of=address))
        for address, stand_in in sorted(pairs)
        if stand_in not in barred and not deputies[stand_in].is_disabled
    ]
