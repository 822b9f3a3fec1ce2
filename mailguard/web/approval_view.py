"""What the page of a mail shows about its approval: who said what, who is asked, and why nobody will approve it."""

from __future__ import annotations

from dataclasses import dataclass

from mailguard.hold.approving import NotApproved, Opinion, Waiting
from mailguard.hold.permission import MailAct
from mailguard.model.approval import NoApprover
from mailguard.model.queue import Recipient
from mailguard.model.verdict import Needs
from mailguard.web.forms import Form
from mailguard.web.one_mail import OpenedMail
from mailguard.web.release_form import NotReleased, ReleaseView, release_view
from mailguard.web.visit import Visit


@dataclass(frozen=True)
class ApprovalView:
    """``waiting`` None: nothing waits for an approver any more. ``why_not``: why it will not be approved, None where
    somebody may still do so; ``opinions``: what was said of it; ``nobody``: the more exact reason where nobody can.
    ``mine``: what the viewer said; ``instead_of``: for whom they would speak, "" in their own name. ``release``: what a
    yes answers, None where it is not theirs to approve.
    """

    waiting: Waiting | None
    why_not: NotApproved | None
    opinions: tuple[Opinion, ...]
    nobody: NoApprover | None
    mine: Opinion | None
    instead_of: str
    release: ReleaseView | None


def approval_view_of(
    visit: Visit, one: OpenedMail, form: Form | None = None, refused: NotReleased | None = None
) -> ApprovalView | None:
    """What is shown; None where no approval has to do with this mail as it is."""
    waiting = one.approval
    why_not = one.why_not_approved
    if waiting is None:
        return None if why_not is None else ApprovalView(None, why_not, one.until_the_end, None, None, "", None)
    wanting = for_approver(one)
    way = waiting.approvers.way_of(one.viewer.address, has_second_factor=one.viewer.has_second_factor)
    may = MailAct.APPROVE in one.acts(wanting)
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
    )


def for_approver(one: OpenedMail) -> tuple[Recipient, ...]:
    """The held recipients that wait for an approver."""
    return tuple(each for each in one.held if each.verdict is not None and each.verdict.needs is Needs.APPROVER)
