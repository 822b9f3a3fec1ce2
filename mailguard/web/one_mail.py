"""One mail before somebody who is signed in: what its page shows, and what they may do with it.

A mail they may not see is answered as one that is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailguard.accounts.people import departments_of
from mailguard.hold.approving import NotApproved, Opinion, Waiting, said_until_the_end, waiting_for, why_not_approved
from mailguard.hold.danger import is_dangerous
from mailguard.hold.decision import Decision, decision_of
from mailguard.hold.permission import MailAct, MailFacts, allowed
from mailguard.model.address import comparable
from mailguard.model.people import Right, Viewer
from mailguard.model.queue import QueueId, Recipient, State
from mailguard.notify.occasions import Waiting as Held
from mailguard.notify.wording import Reader, at_zero
from mailguard.policy.rules import Rule
from mailguard.spool import Mail
from mailguard.spool.reports import is_own
from mailguard.web.parts import WebParts
from mailguard.web.visit import NotHere, SignedInVisit, Visit

_ID_MAX = 64


@dataclass(frozen=True)
class OneMail:
    """A mail as its page shows it, whoever looks."""

    decision: Decision
    mail: Mail

    @property
    def queue_id(self) -> QueueId:
        """What the mail is called."""
        return self.decision.queue_id

    @property
    def path(self) -> str:
        """Where its page is."""
        return f"/mails/{self.queue_id}"

    @property
    def held(self) -> tuple[Recipient, ...]:
        """The recipients that are held, in order."""
        return tuple(one for one in self.mail.recipients if one.state is State.HELD)

    @property
    def version(self) -> str:
        """Another one whenever the page would show something else of its state."""
        parts = [f"{one.key.position}.{one.revision}" for one in self.mail.recipients]
        told = " ".join((str(self.decision.judgement), str(len(self.decision.timeline)), *parts))
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def is_danger(self, positions: Collection[int] | None = None) -> bool:
        """Whether any of these held recipients (None: of all) is one that is released by an answer alone."""
        facts = self.decision.facts
        return any(is_dangerous(one, facts) for one in self.held if positions is None or one.key.position in positions)


@dataclass(frozen=True)
class OpenedMail(OneMail):
    """A mail before a viewer. ``facts``: one for each department its owner is of; ``approval``: what it waits for, None
    where nothing of it waits for an approver; ``until_the_end``: what was said of one that waits no longer.
    """

    viewer: Viewer
    facts: tuple[MailFacts, ...]
    approval: Waiting | None
    until_the_end: tuple[Opinion, ...] = ()

    @property
    def why_not_approved(self) -> NotApproved | None:
        """Why it is not going to be approved, or was not; None where somebody still may, or nobody needs to."""
        return why_not_approved(self.approval, self.until_the_end, self.mail.recipients)

    @property
    def is_own(self) -> bool:
        """Whether it is theirs to decide about: their own, or of a mailbox they look after."""
        return any(self.viewer.owns(one.owner) for one in self.facts)

    def acts(self, recipients: Sequence[Recipient] | None = None) -> frozenset[MailAct]:
        """What they may do with all of these recipients; None: with all that are held, or all where none is."""
        meant = (self.held or self.mail.recipients) if recipients is None else recipients
        verdicts = [one.verdict for one in meant]
        return frozenset[MailAct]().union(*(allowed(self.viewer, one, verdicts) for one in self.facts))

    def those_for(self, act: MailAct) -> tuple[Recipient, ...]:
        """The held recipients with which they may do something: what cannot be done with all is done with some."""
        return tuple(one for one in self.held if act in self.acts([one]))


async def opened(visit: SignedInVisit, queue_id: str) -> OpenedMail:
    """The mail as it stands now. Raises ``NotHere`` where there is none that they may see."""
    return await visit.read(lambda reader: read_one(visit.parts, reader, visit.viewer, queue_id))


def read_one(parts: WebParts, reader: Connection, viewer: Viewer, queue_id: str) -> OpenedMail:
    """As ``opened``."""
    if not (queue_id.isascii() and queue_id.isalnum() and len(queue_id) <= _ID_MAX):
        # A database may not even take it as a text.
        raise NotHere
    mail = parts.spool.mail(reader, queue_id)
    approval = waiting_for(parts.spool, reader, mail, parts.clock.now())
    is_approver = approval is not None and _is_among(approval, viewer)
    owner = comparable(mail.submission.session.owner)
    departments = sorted(departments_of(reader, owner)) or [""]
    is_ours = is_own(mail.submission)
    facts = tuple(MailFacts(owner, one, is_approver, is_ours) for one in departments)
    directory = parts.policy.rules.directory
    decision = decision_of(parts.spool, reader, queue_id, rules_by_id(parts), directory.is_outside)
    said = said_until_the_end(parts.spool, reader, mail)
    found = OpenedMail(decision, mail, viewer, facts, approval, said)
    if MailAct.SEE not in found.acts():
        raise NotHere
    return found


def zero_sentence(visit: Visit, waiting: Held) -> str:
    """What happens at the end of a hold, in the words of the notice about it."""
    parts = visit.parts
    zone = parts.policy.rules.hours.zone
    return at_zero(waiting, Reader(visit.language, zone, parts.clock.now(), "", shows_subject=True))


def rules_by_id(parts: WebParts) -> Mapping[str, Rule]:
    """The rules in force."""
    return {rule.id: rule for rule in parts.policy.rules.rules}


def _is_among(approval: Waiting, viewer: Viewer) -> bool:
    way = approval.approvers.way_of(viewer.address, has_second_factor=viewer.has_second_factor)
    return way is not None and viewer.reaches(Right.APPROVE)
