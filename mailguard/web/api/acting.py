"""What programs do with mail: what the pages do, by the same works and the same answers.

Every act is guarded by the state it expects, so doing it again changes nothing and says so in ``moved``; giving back a
draft is the exception: each call mails one more. An act that may not be done with all recipients that are meant is not
done with any.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TypeVar

from fastapi import APIRouter

from mailguard import hold
from mailguard.errors import StaleState
from mailguard.hold import Outcome
from mailguard.hold.answering import NotAnswered, Unanswered, asked_of, when_answered
from mailguard.hold.mending import NotMendable
from mailguard.hold.permission import MailAct, assure
from mailguard.incidents import Opening
from mailguard.model.queue import Recipient
from mailguard.store import Transaction, Work
from mailguard.web.api.access import ApiVisit, Bearer
from mailguard.web.api.problems import ApiProblem
from mailguard.web.api.shown_mail import ApprovedNow, Changed, Done, Drafted, Questions, Reported
from mailguard.web.api.wanted import (
    Approve,
    Disapprove,
    Extend,
    Meant,
    Mend,
    ReportMistake,
    ReturnDraft,
    Schedule,
    Send,
    WithReason,
)
from mailguard.web.approval_view import for_approver
from mailguard.web.one_mail import OpenedMail
from mailguard.web.release_form import known_of

router = APIRouter(tags=["acts"])

T = TypeVar("T")


@router.post("/mails/{queue_id}/send", response_model=Done)
async def send(visit: Bearer, queue_id: str, wanted: Send) -> Done:
    """Sends what is held, now. Where ``questions`` of the mail ask something, ``answers`` must say it."""
    one = await visit.mail(queue_id)
    recipients = _to_send(one, wanted)
    work = hold.release(visit.parts.spool, one.queue_id, visit.actor, wanted.reason, wanted.positions, _wish(wanted))
    done = Done.of(await _released(visit, one, wanted, recipients, work))
    visit.parts.hint()
    return done


@router.post("/mails/{queue_id}/schedule", response_model=Done)
async def schedule(visit: Bearer, queue_id: str, wanted: Schedule) -> Done:
    """Sends what is held at a time. Until then it can be cancelled, changed, or given another time."""
    one = await visit.mail(queue_id)
    recipients = _to_send(one, wanted)
    parts = visit.parts
    work = hold.release_at(
        parts.spool, one.queue_id, visit.actor, wanted.reason, wanted.at, parts.hold_rules.grace, wanted.positions,
        _wish(wanted),
    )  # fmt: skip
    return Done.of(await _released(visit, one, wanted, recipients, work))


@router.post("/mails/{queue_id}/cancel", response_model=Done)
async def cancel(visit: Bearer, queue_id: str, wanted: WithReason) -> Done:
    """Takes back what is held. It can be restored for a while."""
    one = await _for(visit, queue_id, MailAct.CANCEL, wanted.positions)
    work = hold.cancel(visit.parts.spool, one.queue_id, visit.actor, wanted.reason, wanted.positions)
    return Done.of(await visit.write(work))


@router.post("/mails/{queue_id}/restore", response_model=Done)
async def restore(visit: Bearer, queue_id: str, wanted: Meant) -> Done:
    """Holds again what was cancelled a short while ago."""
    one = await _for(visit, queue_id, MailAct.RESTORE, wanted.positions)
    rules = visit.parts.hold_rules
    work = hold.restore(visit.parts.spool, one.queue_id, visit.actor, rules.deadline, rules.grace, wanted.positions)
    return Done.of(await visit.write(work))


@router.post("/mails/{queue_id}/extend", response_model=Done)
async def extend(visit: Bearer, queue_id: str, wanted: Extend) -> Done:
    """Holds longer, or until a person decides."""
    one = await _for(visit, queue_id, MailAct.EXTEND, wanted.positions)
    by = None if wanted.seconds is None else timedelta(seconds=wanted.seconds)
    grace = visit.parts.hold_rules.grace
    work = hold.extend(visit.parts.spool, one.queue_id, visit.actor, wanted.reason, by, grace, wanted.positions)
    return Done.of(await visit.write(work))


@router.post("/mails/{queue_id}/mend", response_model=Changed)
async def mend(visit: Bearer, queue_id: str, wanted: Mend, *, preview: bool = False) -> Changed:
    """Changes a held mail and has it judged anew. ``preview``: only says what that would change."""
    one = await _for(visit, queue_id, MailAct.MEND, None)
    try:
        if preview:
            shown = await visit.parts.mender.preview(one.queue_id, wanted.as_mend())
            return Changed.of(shown.differences, shown.notes, is_preview=True)
        done = await visit.parts.mender.mend(one.queue_id, wanted.as_mend(), visit.actor)
    except NotMendable as error:
        raise ApiProblem(422, f"not_mendable.{error.why.value}", error.public) from error
    visit.parts.hint()
    changed = Changed.of(done.differences, done.notes, is_preview=False)
    outcome = done.outcome
    changes = {"judgement": outcome.number, "removed": list(outcome.removed), "added": list(outcome.added)}
    return changed.model_copy(update=changes)


@router.post("/mails/{queue_id}/return-draft", response_model=Drafted)
async def return_draft(visit: Bearer, queue_id: str, wanted: ReturnDraft) -> Drafted:
    """Mails the original to its owner, to go on writing; with ``cancels`` takes back what is held as well."""
    one = await _for(visit, queue_id, MailAct.RETURN_DRAFT, None)
    returned = await visit.parts.returning.give_back(
        one.queue_id, visit.actor, cancels=wanted.cancels, reason=wanted.reason
    )
    visit.parts.hint()
    cancelled = None if returned.cancelled is None else Done.of(returned.cancelled)
    return Drafted(mail=returned.mail, cancelled=cancelled)


@router.post("/mails/{queue_id}/approve", response_model=ApprovedNow)
async def approve(visit: Bearer, queue_id: str, wanted: Approve) -> ApprovedNow:
    """Says yes to a mail as it was judged, with the answers it asks for. The last yes that is needed sends it."""
    one = await _for(visit, queue_id, MailAct.APPROVE, None)
    seen = [recipient.key.position for recipient in one.held]
    work = hold.approve(visit.parts.spool, one.queue_id, visit.viewer, wanted.judgement, seen)
    approved = await _answering(visit, one, wanted, for_approver(one), work)
    visit.parts.hint()
    outcome = Done.of(approved.outcome)
    return ApprovedNow(queue_id=outcome.queue_id, moved=outcome.moved, left=outcome.left, missing=approved.missing)


@router.post("/mails/{queue_id}/disapprove", response_model=Done)
async def disapprove(visit: Bearer, queue_id: str, wanted: Disapprove) -> Done:
    """Says no, and why. The mail waits for its sender to change or cancel it."""
    one = await _for(visit, queue_id, MailAct.APPROVE, None)
    rules = visit.parts.hold_rules
    work = hold.disapprove(
        visit.parts.spool, one.queue_id, visit.viewer, wanted.judgement, wanted.note, rules.deadline, rules.grace
    )
    done = Done.of(await visit.write(work))
    visit.parts.hint()
    return done


@router.post("/mails/{queue_id}/report-mistake", response_model=Reported)
async def report(visit: Bearer, queue_id: str, said: ReportMistake | None = None) -> Reported:
    """Opens an incident: what can still be stopped is stopped, and the officers are told. Not of mail that stayed."""
    one = await _for(visit, queue_id, MailAct.REPORT_MISTAKE, None)
    if not one.decision.is_reportable:
        raise ApiProblem(409, "not_sent")
    opening = Opening(key_told=None if said is None else said.key_told)
    opened = await visit.write(visit.parts.openings.open_for_mail(one.queue_id, visit.actor, opening))
    visit.parts.hint()
    return Reported(incident=opened.incident_id, is_new=opened.is_new)


def meant(one: OpenedMail, positions: Collection[int] | None) -> tuple[Recipient, ...]:
    """The held recipients among these; None: all. Raises ``ApiProblem`` for a position the mail does not have."""
    if positions is not None and set(positions) - {recipient.key.position for recipient in one.mail.recipients}:
        raise ApiProblem(422, "no_such_recipient")
    return tuple(held for held in one.held if positions is None or held.key.position in positions)


async def _for(visit: ApiVisit, queue_id: str, act: MailAct, positions: Collection[int] | None) -> OpenedMail:
    """The mail, where the act may be done with what is meant."""
    one = await visit.mail(queue_id)
    assure(act, one.acts(meant(one, positions) or None))
    return one


def _to_send(one: OpenedMail, wanted: Send) -> tuple[Recipient, ...]:
    """The held recipients that are to be released; where none is held any more nobody needs to be allowed to."""
    recipients = meant(one, wanted.positions)
    if recipients:
        acts = one.acts(recipients)
        assure(MailAct.SEND, acts)
        if wanted.wish is not None and (wanted.wish.in_clear or wanted.wish.recipients is hold.Recipients.AS_THEY_ARE):
            assure(MailAct.WAIVE, acts)
    return recipients


async def _released(
    visit: ApiVisit, one: OpenedMail, wanted: Send, recipients: tuple[Recipient, ...], work: Work[Outcome]
) -> Outcome:
    seen = {one.key.position for one in recipients}

    def released(transaction: Transaction) -> Outcome:
        outcome = work(transaction)
        if not seen.issuperset(outcome.moved):
            # Somebody undid a cancellation meanwhile: of that recipient nothing was asked.
            raise StaleState("more is held than was looked at")
        return outcome

    return await _answering(visit, one, wanted, recipients, released)


async def _answering(
    visit: ApiVisit, one: OpenedMail, wanted: Send | Approve, recipients: tuple[Recipient, ...], work: Work[T]
) -> T:
    """Does the work where what is asked about these recipients was answered, else says what is asked."""
    directory = visit.parts.policy.rules.directory
    checked = when_answered(
        work, visit.parts.spool, one.queue_id, wanted.judgement, recipients, wanted.answers.as_answers(),
        visit.actor, directory.is_outside, directory.people_group,
    )  # fmt: skip
    try:
        return await visit.write(checked)
    except NotAnswered as error:
        asked = asked_of(recipients, known_of(visit.parts, one.decision))
        questions = Questions.of(asked).model_dump(mode="json")
        wrong = _amiss(error.unanswered)
        raise ApiProblem(422, "not_answered", error.public, questions=questions, wrong=wrong) from error


def _amiss(unanswered: Unanswered) -> dict[str, list[int]]:
    """What is wrong with answers: positions nothing was chosen for, those where the other address was, and which of
    the typed ones, counted from 0, name nobody this mail goes to, are empty, or name one who was named before.
    """
    return {
        "open": [one.position for one in unanswered.open],
        "other_chosen": [one.position for one in unanswered.other],
        "typed_wrong": list(unanswered.typed),
        "typed_empty": list(unanswered.empty),
        "typed_repeated": list(unanswered.repeated),
    }


def _wish(wanted: Send) -> hold.Wish | None:
    return None if wanted.wish is None else wanted.wish.as_wish()
