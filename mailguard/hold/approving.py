"""Approvals: who said what about a mail that needs an approver, and what follows.

* What is said is about one judgement. An edit brings a new one and asks anew; who looked at the old one hears it.
* It is about all of a mail that waits for an approver: the same people then satisfy the rules of every recipient.
* Nobody counts twice, so four eyes are two people. With the last approval that is needed the mail is released, in the
  same transaction.
* A no ends the asking. The mail stays held, and is not the sender's to send: they see the reason and mend it, which
  asks anew, or cancel it. Left alone it is discarded at the end of its wait, which starts again with the no.
* Whoever said one thing may say the other as long as the mail is held; another one cannot overrule a no.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from typing import Any

from sqlalchemy import Row

from mailguard import audit
from mailguard.accounts.approvers import approvers_for, approving_way
from mailguard.errors import ContentDamaged, NotAllowed, StaleState
from mailguard.hold import approval_queries as queries
from mailguard.hold.actions import to_be_sent
from mailguard.hold.ends import Deadline
from mailguard.hold.grounds import grounds_of, treatment_of
from mailguard.hold.selection import Outcome, Selection, select
from mailguard.model.approval import Approval, Approvers, NoApprover, Way
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.people import Viewer
from mailguard.model.queue import Mover, QueueId, Recipient, State
from mailguard.model.verdict import AtEnd, Needs, Verdict
from mailguard.spool import Mail, Move, Spool, advance, lease
from mailguard.spool.moves import Step
from mailguard.store import Transaction, Work
from mailguard.store.times import from_micros, to_micros

NOTE_MAX = 1000
"""Characters of a reason."""
WAIT_AFTER_NO_SECONDS = 2 * 8 * 3600
"""In office hours, two days: how long a refused mail waits for its sender where its rule names no time."""

_PURPOSE = "approval"
_RELEASE: tuple[Step, ...] = ((State.CLEARED, Mover.PERSON),)


class Said(StrEnum):
    """What somebody said. Values are stable: they are on record."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said, when, and for whom ("" in their own name). ``note``: why not; None where it is gone."""

    person: str
    said: Said
    at: datetime
    instead_of: str = ""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """What a word for a mail did: how many more people are needed, and whom it was released for if none is."""

    missing: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a mail waits for: who may approve, what was said so far about this judgement, how many more are needed."""

    judgement: int
    approval: Approval
    approvers: Approvers
    opinions: tuple[Opinion, ...]
    missing: int

    @property
    def refusal(self) -> Opinion | None:
        """The no, where somebody said it."""
        return next((one for one in self.opinions if one.said is Said.NO), None)


class NotApproved(StrEnum):
    """Why a mail was not, or cannot be, approved, each with words of its own (``hold.not_approved.*``)."""

    REFUSED = "refused"
    NO_APPROVER = "no_approver"
    NO_MANAGER = "no_manager"
    APPROVER_DISABLED = "approver_disabled"
    TIME_OVER = "time_over"


_BY_ABSENCE = {
    NoApprover.NO_MANAGER: NotApproved.NO_MANAGER,
    NoApprover.APPROVER_DISABLED: NotApproved.APPROVER_DISABLED,
}


def approve(
    spool: Spool, queue_id: QueueId, viewer: Viewer, judgement: int, seen: Collection[int] | None = None
) -> Work[Approved]:
    """Say yes to a mail as it was judged; the last yes that is needed releases it. Safe to call twice. ``seen``: the
    positions that were looked at, None for all that wait.

    Raises ``NotAllowed`` for whoever may not, or where somebody said no; ``StaleState`` where the mail was changed
    since, or where somebody who was not seen waits as well: a cancellation was undone.
    """

    def work(transaction: Transaction) -> Approved:
        found = _waiting_ones(spool, transaction, queue_id)
        if not found.chosen:
            return Approved(0, found.outcome())
        if seen is not None and not set(found.positions).issubset(seen):
            raise StaleState("more waits than was looked at")
        way, wanted = _assure_may(spool, transaction, found, viewer, judgement)
        said = opinions_of(spool, transaction, queue_id, judgement)
        if any(one.said is Said.NO and one.person != viewer.address for one in said):
            raise NotAllowed("somebody said no", public="Somebody said no to this mail; it must be changed first")
        yes = {one.person for one in said if one.said is Said.YES}
        missing = max(0, wanted.count - len(yes | {viewer.address}))
        if missing and viewer.address in yes:
            return Approved(missing, Outcome(queue_id, (), found.left))
        opinion = Opinion(viewer.address, Said.YES, transaction.now, way.instead_of)
        _record(transaction, queue_id, judgement, said, opinion)
        actor = Actor(ActorKind.PERSON, viewer.address)
        event = _event(transaction, actor, AuditAction.APPROVED, found, judgement, way, missing=missing)
        if missing:
            _touch(transaction, found.chosen)
            audit.append(transaction, event)
            return Approved(missing, Outcome(queue_id, (), found.left))
        changes = {"due_at": transaction.now, "lease_owner": None, "shown_until": None}
        moves = [Move(one, _RELEASE, {**changes, "verdict": to_be_sent(one)}) for one in found.chosen]
        released: dict[str, object] = {
            "positions": found.positions,
            "reason": "",
            **grounds_of(spool, transaction, found.mail, found.chosen),
            **treatment_of([move.changes["verdict"] for move in moves]),
        }
        advance(transaction, moves, event, AuditEvent(transaction.now, actor, AuditAction.RELEASED, queue_id, released))
        return Approved(0, found.outcome())

    return work


def disapprove(
    spool: Spool,
    queue_id: QueueId,
    viewer: Viewer,
    judgement: int,
    note: str,
    deadline: Deadline,
    grace: timedelta,
) -> Work[Outcome]:
    """Say no, and why: it is not sent, and waits for its sender to mend or cancel it. Safe to call twice.

    Raises ``NotAllowed`` for whoever may not, or without a reason; ``StaleState`` where the mail was changed since.
    """
    words = note.strip()[:NOTE_MAX]

    def work(transaction: Transaction) -> Outcome:
        if not words:
            raise NotAllowed("no without a reason", public="Say why, so that the sender knows what to change")
        found = _waiting_ones(spool, transaction, queue_id)
        if not found.chosen:
            return found.outcome()
        way, _ = _assure_may(spool, transaction, found, viewer, judgement)
        said = opinions_of(spool, transaction, queue_id, judgement)
        sealed = spool.secret_box(_PURPOSE).seal(words.encode(), _name(queue_id, judgement, viewer.address))
        opinion = Opinion(viewer.address, Said.NO, transaction.now, way.instead_of)
        _record(transaction, queue_id, judgement, said, opinion, sealed)
        for recipient in found.chosen:
            verdict = _refused(recipient.verdict)
            shown = deadline(verdict, transaction.now)
            lease(transaction, recipient, verdict=verdict, shown_until=shown, due_at=shown + grace, lease_owner=None)
        actor = Actor(ActorKind.PERSON, viewer.address)
        audit.append(transaction, _event(transaction, actor, AuditAction.NOT_APPROVED, found, judgement, way))
        return found.outcome()

    return work


def opinions_of(spool: Spool, reader: queries.Reader, queue_id: QueueId, judgement: int) -> tuple[Opinion, ...]:
    """What people said about one judgement of a mail, oldest first."""
    return tuple(_opinion(spool, row) for row in queries.opinions(reader, queue_id, judgement))


def approvals_of(spool: Spool, reader: queries.Reader, queue_id: QueueId) -> tuple[Opinion, ...]:
    """What people said about a mail as it is now, oldest first."""
    recorded = spool.judgement(reader, queue_id)
    return () if recorded is None else opinions_of(spool, reader, queue_id, recorded.number)


def waiting_for(spool: Spool, reader: queries.Reader, mail: Mail, now: datetime) -> Waiting | None:
    """Whom a mail waits for; None where nothing of it waits for an approver."""
    wanted = wanted_by(mail.recipients)
    recorded = None if wanted is None else spool.judgement(reader, mail.submission.queue_id)
    if wanted is None or recorded is None:
        return None
    said = opinions_of(spool, reader, mail.submission.queue_id, recorded.number)
    missing = wanted.count - sum(one.said is Said.YES for one in said)
    approvers = approvers_for(reader, wanted, mail.submission.session.owner, now)
    return Waiting(recorded.number, wanted, approvers, said, max(0, missing))


def wanted_by(recipients: Sequence[Recipient]) -> Approval | None:
    """What satisfies the rules of everybody who waits for an approver; None where nobody does."""
    wanted = [one.verdict.approval for one in recipients if one.verdict is not None and _waits(one)]
    return reduce(Approval.with_another, wanted) if wanted else None


def said_until_the_end(spool: Spool, reader: queries.Reader, mail: Mail) -> tuple[Opinion, ...]:
    """What people said about a mail whose wait for an approver ended with its time; nothing about any other."""
    return approvals_of(spool, reader, mail.submission.queue_id) if any(map(_is_over, mail.recipients)) else ()


def why_not_approved(
    waiting: Waiting | None, until_the_end: Sequence[Opinion], recipients: Sequence[Recipient]
) -> NotApproved | None:
    """Why a mail is not going to be approved as things are, or was not; None where somebody still may, or nobody needs
    to. ``until_the_end``: of ``said_until_the_end``.
    """
    said = until_the_end if waiting is None else waiting.opinions
    if any(one.said is Said.NO for one in said):
        return NotApproved.REFUSED
    if waiting is not None and waiting.approvers.why_not is not None:
        return _BY_ABSENCE.get(waiting.approvers.why_not, NotApproved.NO_APPROVER)
    return NotApproved.TIME_OVER if any(map(_is_over, recipients)) else None


def forget_notes(transaction: Transaction, queue_ids: Sequence[QueueId]) -> None:
    """Forget why people said no, with the content of the mails."""
    queries.forget_notes(transaction, queue_ids)


def _waits(recipient: Recipient) -> bool:
    return recipient.state is State.HELD and recipient.verdict is not None and recipient.verdict.needs is Needs.APPROVER


def _is_over(recipient: Recipient) -> bool:
    verdict = recipient.verdict
    return recipient.state is State.EXPIRED and verdict is not None and verdict.needs is Needs.APPROVER


def _waiting_ones(spool: Spool, transaction: Transaction, queue_id: QueueId) -> Selection:
    return select(spool, transaction, queue_id, None, (State.HELD,)).only(_waits)


def _assure_may(
    spool: Spool, transaction: Transaction, found: Selection, viewer: Viewer, judgement: int
) -> tuple[Way, Approval]:
    recorded = spool.judgement(transaction, found.mail.submission.queue_id)
    if recorded is None or recorded.number != judgement:
        raise StaleState("another judgement")
    wanted = wanted_by(found.chosen)
    assert wanted is not None, "whoever is chosen waits for an approver"
    way = approving_way(transaction, wanted, viewer, found.mail.submission.session.owner, transaction.now)
    if way is None:
        raise NotAllowed("no approver of this mail", public="You are not among those who may approve this mail")
    return way, wanted


def _record(
    transaction: Transaction,
    queue_id: QueueId,
    judgement: int,
    said: Sequence[Opinion],
    opinion: Opinion,
    sealed: bytes | None = None,
) -> None:
    """Put on record what somebody says, for the first time or instead of what they said before."""
    before = next((one for one in said if one.person == opinion.person), None)
    at = to_micros(opinion.at)
    if before is None:
        row = {
            "queue_id": queue_id,
            "judgement": judgement,
            "person": opinion.person,
            "said": opinion.said.value,
            "at": at,
            "instead_of": opinion.instead_of,
            "note": sealed,
        }
        transaction.insert(queries.INSERT_OPINION, row)
        return
    parameters = {
        "in_queue_id": queue_id,
        "in_judgement": judgement,
        "in_person": opinion.person,
        "from_said": before.said.value,
        "to_said": opinion.said.value,
        "to_at": at,
        "to_instead_of": opinion.instead_of,
        "to_note": sealed,
    }
    transaction.update(queries.CHANGE_OPINION, parameters)


def _touch(transaction: Transaction, recipients: Sequence[Recipient]) -> None:
    """Change their revisions alone: of two people who approve at the same moment the second sees the first."""
    for recipient in recipients:
        lease(transaction, recipient)


def _refused(verdict: Verdict | None) -> Verdict:
    assert verdict is not None, "whoever waits for an approver has a verdict"
    if verdict.hold_seconds is None:
        verdict = replace(verdict, hold_seconds=WAIT_AFTER_NO_SECONDS, office_hours=True)
    return replace(verdict, at_end=AtEnd.DISCARD)


def _event(
    transaction: Transaction,
    actor: Actor,
    action: AuditAction,
    found: Selection,
    judgement: int,
    way: Way,
    **more: object,
) -> AuditEvent:
    details: dict[str, object] = {"positions": found.positions, "judgement": judgement, "as": way.kind.value, **more}
    if way.instead_of:
        details["instead_of"] = way.instead_of
    return AuditEvent(transaction.now, actor, action, found.mail.submission.queue_id, details)


def _opinion(spool: Spool, row: Row[Any]) -> Opinion:
    note = None
    if row.note is not None:
        try:
            name = _name(row.queue_id, row.judgement, row.person)
            note = spool.secret_box(_PURPOSE).open(bytes(row.note), name).decode()
        except ContentDamaged:
            note = None
    return Opinion(row.person, Said(row.said), from_micros(row.at), row.instead_of, note)


def _name(queue_id: QueueId, judgement: int, person: str) -> str:
    return f"{queue_id} {judgement} {person}"
