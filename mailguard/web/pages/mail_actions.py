"""What people do with one mail. Each form asks whether they may, does one work, and goes back to the page.

Whoever was not first is told so on the page itself, which then shows how things stand.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import assert_never

from fastapi import APIRouter
from starlette.responses import Response

from mailguard import hold
from mailguard.errors import NotAllowed, StaleState
from mailguard.hold import administration
from mailguard.hold.actions import Recipients, Wish
from mailguard.hold.answering import NotAnswered, asked_of
from mailguard.hold.approving import Said, approve, disapprove
from mailguard.hold.fixes import Mending
from mailguard.hold.mending import Mend, NotMendable
from mailguard.hold.permission import MailAct, assure
from mailguard.hold.selection import Outcome
from mailguard.hold.undoing import restore
from mailguard.incidents import Opening
from mailguard.model.audit import Actor
from mailguard.model.extract import PartPath
from mailguard.model.queue import FINAL, QueueId
from mailguard.spool.reports import reporter_of
from mailguard.store import Work
from mailguard.web.approval_view import for_approver
from mailguard.web.choice import chosen_for, numbers
from mailguard.web.forms import Form, Mistake
from mailguard.web.incident_key import key_told_in
from mailguard.web.list_query import APPROVALS
from mailguard.web.one_mail import OpenedMail, opened
from mailguard.web.pages.mail import LONGER_MINUTES, shown
from mailguard.web.pages.mending import changed
from mailguard.web.parts import WebParts
from mailguard.web.release_form import (
    NotReleased,
    Released,
    answering,
    corrections_of,
    judgement_in,
    known_of,
    mistakes_of,
    release_answered,
)
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit, Visit

router = APIRouter()
_MAIL = "/mails/{queue_id}"
_NOTHING_WAITS = "nothing waits for an approver any more"
Deed = Callable[[], Awaitable[Response]]
Positions = frozenset[int] | None
Making = Callable[[WebParts, QueueId, Actor, str, Form, Positions], Work[Outcome]]


@router.post(f"{_MAIL}/send")
async def send(visit: SignedIn, queue_id: QueueId) -> Response:
    """Sends what is held, now or at a time; what asks for an answer is sent with that alone."""
    found, form = await opened(visit, queue_id), await visit.form()

    async def deed() -> Response:
        choice = chosen_for(MailAct.SEND, form, found)
        may_waive = MailAct.WAIVE in found.acts(choice.recipients)
        released = await release_answered(
            visit, found.decision, choice.recipients, form, visit.actor, may_waive=may_waive
        )
        match released:
            case Released(outcome, at):
                return said(visit, found.path, "sent" if at is None else "scheduled", outcome)
            case NotReleased():
                return await shown(visit, found, form=form, refused=released)
            case _:
                assert_never(released)

    return await in_time(visit, found.path, deed)


@router.post(f"{_MAIL}/cancel")
async def cancel(visit: SignedIn, queue_id: QueueId) -> Response:
    """Takes back what is held; for a while that can be undone."""
    return await _held(visit, queue_id, MailAct.CANCEL, "cancelled", cancelling)


@router.post(f"{_MAIL}/restore")
async def undo(visit: SignedIn, queue_id: QueueId) -> Response:
    """Holds again what was cancelled a moment ago."""
    found = await opened(visit, queue_id)
    assure(MailAct.RESTORE, found.acts())
    rules = visit.parts.hold_rules
    work = restore(visit.parts.spool, queue_id, visit.actor, rules.deadline, rules.grace)
    return await _written(visit, queue_id, "restored", work)


@router.post(f"{_MAIL}/extend")
async def extend(visit: SignedIn, queue_id: QueueId) -> Response:
    """Holds longer."""
    return await _held(visit, queue_id, MailAct.EXTEND, "extended", extending)


@router.post(f"{_MAIL}/stop")
async def stop(visit: SignedIn, queue_id: QueueId) -> Response:
    """Stops the clock: nothing is sent any more without somebody who decides."""
    return await _held(visit, queue_id, MailAct.EXTEND, "stopped", stopping)


@router.post(f"{_MAIL}/return")
async def return_draft(visit: SignedIn, queue_id: QueueId) -> Response:
    """Mails the original to its owner, to go on writing."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.RETURN_DRAFT, found.acts())

    async def deed() -> Response:
        returned = await visit.parts.returning.give_back(queue_id, visit.actor, cancels=form.has("cancels"))
        visit.parts.hint()
        key = "returned_cancelled" if returned.cancelled is not None and returned.cancelled.moved else "returned"
        return visit.go(_page(queue_id), "success", f"queue.page.done.{key}")

    try:
        return await in_time(visit, _page(queue_id), deed)
    except NotAllowed:
        return visit.go(_page(queue_id), "error", "queue.page.done.not_returned")


@router.post(f"{_MAIL}/fix")
async def fix(visit: SignedIn, queue_id: QueueId) -> Response:
    """Mends with one click what a reason names."""
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.MEND, found.acts())
    try:
        return changed(visit, found, await visit.parts.mender.mend(queue_id, mend_of(form), visit.actor))
    except (NotMendable, StaleState) as error:
        return not_mended(visit, error, found.path)


@router.post(f"{_MAIL}/approval")
async def say(visit: SignedIn, queue_id: QueueId) -> Response:
    """Says yes or no to a mail that waits for an approver."""
    found, form = await opened(visit, queue_id), await visit.form()

    async def deed() -> Response:
        wanting = for_approver(found)
        if not wanting:
            raise StaleState(_NOTHING_WAITS)
        assure(MailAct.APPROVE, found.acts(wanting))
        return await (_approved if form.text("said") == Said.YES else _refused)(visit, found, form)

    return await in_time(visit, found.path, deed)


async def _approved(visit: SignedInVisit, found: OpenedMail, form: Form) -> Response:
    parts, wanting = visit.parts, for_approver(found)
    seen = [one.key.position for one in wanting]
    yes = approve(parts.spool, found.queue_id, visit.viewer, judgement_in(form), seen)
    try:
        approved = await visit.write(answering(parts, found.decision, wanting, form, visit.actor, yes))
    except NotAnswered as error:
        asked = asked_of(wanting, known_of(parts, found.decision))
        amiss = mistakes_of(error.unanswered, asked, "approve-")
        refused = NotReleased(amiss, corrections_of(error.unanswered))
        return await shown(visit, found, form=form, refused=refused)
    if not (approved.missing or approved.outcome.moved):
        raise StaleState(_NOTHING_WAITS)
    parts.hint()
    page = await _afterwards(visit, found)
    if approved.missing:
        return visit.go(page, "success", "queue.page.done.approved_more", count=approved.missing)
    return visit.go(page, "success", "queue.page.done.approved")


async def _refused(visit: SignedInVisit, found: OpenedMail, form: Form) -> Response:
    note, rules = form.text("note"), visit.parts.hold_rules
    if not note:
        return await shown(visit, found, mistakes=[Mistake("note", "queue.page.note.missing")])
    judgement = judgement_in(form)
    refused = await visit.write(
        disapprove(visit.parts.spool, found.queue_id, visit.viewer, judgement, note, rules.deadline, rules.grace)
    )
    if not refused.moved:
        raise StaleState(_NOTHING_WAITS)
    return visit.go(await _afterwards(visit, found), "success", "queue.page.done.not_approved")


async def _afterwards(visit: SignedInVisit, found: OpenedMail) -> str:
    """The mail's page where it is still theirs to see; an approver who has said a word may see it no more."""
    try:
        return (await opened(visit, found.queue_id)).path
    except NotHere:
        return visit.back.path if visit.back.query else APPROVALS


@router.post(f"{_MAIL}/mistake")
async def mistake(visit: SignedIn, queue_id: QueueId) -> Response:
    """Opens an incident: what can still be stopped is stopped, and the officers are told.

    Of what has not left there is nothing to report: the page says so, and how to take it back.
    """
    found = await opened(visit, queue_id)
    assure(MailAct.REPORT_MISTAKE, found.acts())
    if not found.decision.is_reportable:
        key = "held" if found.held else "gone" if not found.decision.states.keys() - FINAL else "soon"
        return visit.go(found.path, "warning", f"queue.page.mistake.not_sent.{key}")
    opening = Opening(key_told=key_told_in(await visit.form()))
    await visit.write(visit.parts.openings.open_for_mail(queue_id, visit.actor, opening))
    visit.parts.hint()
    return visit.go(f"/incidents/from/{queue_id}")


@router.post(f"{_MAIL}/retry")
async def retry(visit: SignedIn, queue_id: QueueId) -> Response:
    """Tries again now what waits for its next try."""
    return await _operated(visit, queue_id, "retried")


@router.post(f"{_MAIL}/give-up")
async def give_up(visit: SignedIn, queue_id: QueueId) -> Response:
    """Gives up what could not be delivered so far; the sender gets a report."""
    return await _operated(visit, queue_id, "given_up")


@router.post(f"{_MAIL}/take-back")
async def take_back(visit: SignedIn, queue_id: QueueId) -> Response:
    """Takes back what is on its way and has not gone."""
    return await _operated(visit, queue_id, "taken_back")


async def _operated(visit: SignedInVisit, queue_id: QueueId, deed: str) -> Response:
    found, form = await opened(visit, queue_id), await visit.form()
    assure(MailAct.OPERATE, found.acts())
    work = operation(visit.parts, queue_id, deed, visit.actor, form.text("reason"))
    return await _written(visit, queue_id, deed, work)


async def _held(visit: SignedInVisit, queue_id: QueueId, act: MailAct, deed: str, making: Making) -> Response:
    """Does something to those held recipients that were ticked."""
    found, form = await opened(visit, queue_id), await visit.form()

    async def write() -> Response:
        choice = chosen_for(act, form, found)
        work = making(visit.parts, queue_id, visit.actor, "", form, choice.positions)
        return said(visit, found.path, deed, await visit.write(work))

    return await in_time(visit, found.path, write)


def cancelling(
    parts: WebParts, queue_id: QueueId, actor: Actor, reason: str, _form: Form, positions: Positions
) -> Work[Outcome]:
    """The work that takes back what is held."""
    return hold.cancel(parts.spool, queue_id, actor, reason, positions)


def extending(
    parts: WebParts, queue_id: QueueId, actor: Actor, reason: str, form: Form, positions: Positions
) -> Work[Outcome]:
    """The work that holds longer by the minutes that were chosen."""
    chosen = min(numbers([form.text("minutes")]), default=0)
    by = timedelta(minutes=chosen if chosen in LONGER_MINUTES else LONGER_MINUTES[0])
    return hold.extend(parts.spool, queue_id, actor, reason, by, parts.hold_rules.grace, positions)


def stopping(
    parts: WebParts, queue_id: QueueId, actor: Actor, reason: str, _form: Form, positions: Positions
) -> Work[Outcome]:
    """The work that stops the clock."""
    return hold.extend(parts.spool, queue_id, actor, reason, None, parts.hold_rules.grace, positions)


def operation(parts: WebParts, queue_id: QueueId, deed: str, actor: Actor, reason: str) -> Work[Outcome]:
    """What whoever operates the queue does to a mail on its way: ``retried``, ``given_up`` or ``taken_back``."""
    match deed:
        case "retried":
            return administration.retry(parts.spool, queue_id, actor, reason)
        case "given_up":
            reporter = reporter_of(parts.settings.office, parts.policy.rules.hours.zone)
            return administration.give_up(parts.spool, queue_id, actor, reason, reporter)
        case _:
            return administration.take_back(parts.spool, queue_id, actor, reason)


def mend_of(form: Form) -> Mend:
    """The edit behind the button beside a reason."""
    at = numbers(form.texts("at"))
    match form.text("mending"):
        case Mending.TO_BCC:
            return Mend(outsiders_to_bcc=True)
        case Mending.INDIVIDUALLY:
            return Mend(wish=Wish(recipients=Recipients.INDIVIDUAL))
        case Mending.REMOVE:
            return Mend(remove=at)
        case Mending.DROP_FILE:
            files = frozenset(path for one in form.texts("file") if (path := path_of(one)) is not None)
            return Mend(drop_files=files, seen=form.text("seen"))
        case Mending.PROTECT:
            return Mend(wish=Wish(protects=True))
        case Mending.CORRECT:
            return Mend(correct=dict.fromkeys(at, form.text("address")))
        case _:
            return Mend()


def path_of(text: str) -> PartPath | None:
    """The path of a part as links and forms write it; None for anything else."""
    pieces = text.split(".")
    if len(pieces) > 20 or not all(one.isascii() and one.isdigit() and len(one) < 6 for one in pieces):
        return None
    return tuple(map(int, pieces))


def not_mended(visit: Visit, error: NotMendable | StaleState, page: str) -> Response:
    """Back to the page, which says why nothing was changed."""
    if isinstance(error, NotMendable):
        return visit.go(page, "error", f"mending.refused.{error.why.value}")
    return visit.go(page, "warning", "queue.page.done.late")


async def _written(visit: SignedInVisit, queue_id: QueueId, deed: str, work: Work[Outcome]) -> Response:
    async def write() -> Response:
        return said(visit, _page(queue_id), deed, await visit.write(work))

    return await in_time(visit, _page(queue_id), write)


async def in_time(visit: Visit, page: str, deed: Deed) -> Response:
    """What the deed answers; back to ``page``, which says so, where somebody else or the clock was first."""
    try:
        return await deed()
    except StaleState:
        return visit.go(page, "warning", "queue.page.done.late")


def said(visit: Visit, page: str, deed: str, outcome: Outcome) -> Response:
    """Back to the page, which says for how many recipients something was done."""
    if not outcome.moved:
        return visit.go(page, "warning", "queue.page.done.late")
    visit.parts.hint()
    return visit.go(page, "success", f"queue.page.done.{deed}", count=len(outcome.moved))


def _page(queue_id: QueueId) -> str:
    return f"/mails/{queue_id}"
