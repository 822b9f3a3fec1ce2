"""What the page of a mail shows about its approval: who said what, who is asked, and why nobody will approve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard.accounts.people import persons_of
from mailguard.hold.approving import NotApproved, Opinion, Said, Waiting
from mailguard.hold.permission import MailAct
from mailguard.model.approval import ApproverKind, NoApprover, Way
from mailguard.model.queue import Recipient
from mailguard.model.verdict import Needs
from mailguard.web.forms import Form
from mailguard.web.one_mail import OpenedMail
from mailguard.web.release_form import NotReleased, ReleaseView, release_view
from mailguard.web.visit import Visit

_KINDS = (ApproverKind.MANAGER, ApproverKind.NAMED, ApproverKind.COLLEAGUE, ApproverKind.OFFICER)
ASKED_MAX = 5
"""People who are named; in a large department anybody may, and a list of all says no more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One who may approve. ``name``: theirs, "" where none is on record; ``way``: as what, and for whom."""

    address: str
    name: str
    way: Way


@dataclass(frozen=True)
class ApprovalView:
    """``waiting`` None: nothing waits for an approver any more. ``why_not``: why it will not be approved, None where
    somebody may still do so; ``opinions``: what was said of it; ``nobody``: the more exact reason where nobody can.
    ``mine``: what the viewer said; ``instead_of``: for whom they would speak, "" in their own name. ``release``: what a
    yes answers, None where it is not theirs to approve. ``asked``: whose yes would count, for whose mail it is, the
    first of them; ``asked_more``: how many others.
    """

    waiting: Waiting | None
    why_not: NotApproved | None
    opinions: tuple[Opinion, ...]
    nobody: NoApprover | None
    mine: Opinion | None
    instead_of: str
    release: ReleaseView | None
    asked: tuple[Asked, ...] = ()
    asked_more: int = 0


def approval_view_of(
    visit: Visit,
    one: OpenedMail,
    form: Form | None = None,
    refused: NotReleased | None = None,
    asked: Sequence[Asked] = (),
) -> ApprovalView | None:
    """What is shown; None where no approval has to do with this mail as it is. ``asked``: as ``asked_for`` found."""
    waiting = one.approval
    why_not = one.why_not_approved
    if waiting is None:
        return None if why_not is None else ApprovalView(None, why_not, one.until_the_end, None, None, "", None)
    wanting = for_approver(one)
    way = waiting.approvers.way_of(one.viewer.address, has_second_factor=one.viewer.has_second_factor)
    # Where somebody else said no, a yes does not count: the mail is changed first.
    is_open = all(each.said is not Said.NO or each.person == one.viewer.address for each in waiting.opinions)
    may = is_open and MailAct.APPROVE in one.acts(wanting)
    corrections = None if refused is None else refused.corrections
    return ApprovalView(
        waiting,
        why_not,
        waiting.opinions,
        waiting.approvers.why_not,
        next((each for each in waiting.opinions if each.person == one.viewer.address), None),
        "" if way is None else way.instead_of,
        release_view(visit, one.decision, wanting, may_waive=False, form=form, corrections=corrections)
        if may
        else None,
        tuple(asked[:ASKED_MAX]),
        max(0, len(asked) - ASKED_MAX),
    )


def asked_for(reader: Connection, one: OpenedMail) -> list[Asked]:
    """Whose yes is waited for, nearest to the sender first; nobody where it is not theirs to know."""
    if one.approval is None or not one.is_own:
        return []
    said = {each.person for each in one.approval.opinions}
    ways = {address: min(ways, key=_nearness) for address, ways in one.approval.approvers.ways.items() if ways}
    people = persons_of(reader, ways.keys())
    names = {address: people[address].name if address in people else "" for address in ways}
    found = [Asked(address, names[address], way) for address, way in ways.items() if address not in said]
    return sorted(found, key=lambda each: (_nearness(each.way), each.name, each.address))


def _nearness(way: Way) -> tuple[int, bool]:
    return _KINDS.index(way.kind), bool(way.instead_of)


def for_approver(one: OpenedMail) -> tuple[Recipient, ...]:
    """The held recipients that wait for an approver."""
    return tuple(each for each in one.held if each.verdict is not None and each.verdict.needs is Needs.APPROVER)
