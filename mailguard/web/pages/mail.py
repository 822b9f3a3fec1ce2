"""The page on which one mail is decided about, and shown afterwards. It changes nothing; ``mail_actions`` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from mailguard import audit
from mailguard.hold.permission import MailAct
from mailguard.hold.undoing import undoable_until
from mailguard.i18n import CATALOGUES, Language
from mailguard.model.protection import Channel, PasswordState
from mailguard.model.queue import FINAL, QueueId, Recipient, State
from mailguard.model.summary import Badge, Found, Summary
from mailguard.model.verdict import Action, Needs
from mailguard.parcels.listing import ListedParcel, parcels_of_mail
from mailguard.transform.passwords.spelling import spelled
from mailguard.web.approval_view import approval_view_of, asked_for
from mailguard.web.at_first import SHORT, at_first, files_at_first
from mailguard.web.forms import Form, Mistake
from mailguard.web.incident_key import key_said
from mailguard.web.one_mail import OneMail, OpenedMail, opened, zero_sentence
from mailguard.web.release_form import NotReleased, release_view_of
from mailguard.web.sending_plan import sending_plan
from mailguard.web.visit import SignedIn, SignedInVisit, Visit

router = APIRouter()

LONGER_MINUTES = (10, 30, 60, 24 * 60)
"""How much longer a mail can be held with one click."""
_ON_ITS_WAY = frozenset({State.ACCEPTED, State.CLEARED, State.QUEUED, State.SENDING, State.DEFERRED})


@dataclass(frozen=True)
class Told:
    """A password somebody asked to see, how it is read out, and who gets it."""

    parcel_id: str
    password: str
    spelling: tuple[str, ...]


@router.get("/mails/{queue_id}")
async def mail(visit: SignedIn, queue_id: QueueId, version: str = "") -> Response:
    """The mail as it is now; nothing where the part that is asked for is the one that is there already."""
    found = await opened(visit, queue_id)
    if visit.is_partial and version == found.version:
        return Response(status_code=204)
    return await shown(visit, found)


async def shown(
    visit: SignedInVisit,
    found: OpenedMail,
    *,
    told: Told | None = None,
    form: Form | None = None,
    refused: NotReleased | None = None,
    mistakes: list[Mistake] | None = None,
) -> Response:
    """The page of a mail. ``told``: with the password of one of its parcels; ``mistakes``: in the ``form`` that was
    sent, or ``refused``: why that released nothing.
    """
    mistakes = mistakes or (refused.mistakes if refused is not None else [])
    is_approval = form is not None and form.has("said")
    approving, releasing = ((form, refused), (None, None)) if is_approval else ((None, None), (form, refused))
    acts = found.acts()
    parcels: list[ListedParcel] = []
    if MailAct.SHOW_PASSWORD in acts or MailAct.STOP_PASSWORD in acts:
        parts = visit.parts
        parcels = await visit.read(lambda reader: parcels_of_mail(parts.spool, parts.records, reader, found.queue_id))
    key = await visit.read(lambda reader: key_said(visit.parts.incidents, reader, found.queue_id))
    return visit.page(
        "mail.html",
        block="mail" if visit.is_partial else None,
        status=422 if mistakes else 200,
        mistakes=mistakes,
        **values_of(visit, found),
        acts=acts,
        is_own=found.is_own,
        parcels=parcels,
        key=key,
        told=told,
        channels=[one for one in Channel if one is not Channel.AGREED and _is_possible(visit, one)],
        why_not=why_not(found, acts, is_own=found.is_own),
        minutes=LONGER_MINUTES,
        release=release_view_of(visit, found, *releasing),
        approval=approval_view_of(visit, found, *approving, await visit.read(lambda one: asked_for(one, found))),
        undoable_until=None if State.CANCELLED not in found.decision.states else await _undoable_until(visit, found),
    )


async def _undoable_until(visit: Visit, one: OneMail) -> datetime | None:
    """Until when what was cancelled of it can be held again; None where that is over."""
    events = await visit.read(lambda reader: audit.events_of(reader, one.queue_id))
    times = [undoable_until(entry, events) for entry in one.mail.recipients]
    now = visit.parts.clock.now()
    return max((at for at in times if at is not None and at > now), default=None)


def values_of(visit: Visit, one: OneMail) -> dict[str, Any]:
    """What the pieces of ``mail_parts.html`` show."""
    decision = one.decision
    waiting = decision.waiting
    states = decision.states
    return {
        "mail": one,
        "decision": decision,
        "summary": decision.summary,
        "subject": "" if decision.summary is None else decision.summary.subject,
        "retried_at": min((at for at in _next_tries(one.mail.recipients)), default=None),
        "plan": sending_plan(decision, Channel(visit.parts.settings.protection.channel), visit.language),
        "zero": None if waiting is None else zero_sentence(visit, waiting),
        "is_held": State.HELD in states,
        "is_open": bool(states.keys() - FINAL),
        "counts": _counts(states),
        "is_many": len(one.mail.recipients) > SHORT,
        "groups": at_first(decision.groups),
        "listed_files": files_at_first(() if decision.summary is None else decision.summary.files),
        "title_of": titles(visit),
        "kind_name": kind_names(visit.language, decision.summary),
        "found_in": _found_in(decision.summary),
        "sign_of": _signs,
        "password_states": PasswordState,
    }


def _next_tries(recipients: Iterable[Recipient]) -> Iterator[datetime]:
    """When those that could not be delivered so far are tried again."""
    return (one.due_at for one in recipients if one.state is State.DEFERRED and one.due_at is not None)


def titles(visit: Visit) -> Callable[[str], str]:
    """The short title of a rule or reason by its id; "" where there is none any more."""
    rules = {rule.id: rule.title for rule in visit.parts.policy.rules.rules}

    def title(reason: str) -> str:
        words: Mapping[str, str] = rules.get(reason, {})
        return words.get(visit.language) or CATALOGUES[visit.language].get(f"queue.reason.title.{reason}", "")

    return title


def kind_names(language: Language, summary: Summary | None) -> Callable[[str], str]:
    """What a kind of personal data is called."""
    labels = {} if summary is None else summary.labels

    def name(kind: str) -> str:
        return labels.get(kind) or CATALOGUES[language].get(f"kind.{kind}", kind)

    return name


def why_not(found: OneMail, acts: frozenset[MailAct], *, is_own: bool) -> str:
    """The key of why what is held cannot simply be sent by who is looking; "" where it can."""
    held = found.held
    if not held:
        return ""
    if any(one.verdict is not None and one.verdict.action is Action.BLOCK for one in held):
        return "blocked"
    if MailAct.SEND in acts:
        return ""
    if not is_own:
        return "others"
    needs = {Needs.ADMINISTRATOR if one.verdict is None else one.verdict.needs for one in held}
    return "administrator" if Needs.ADMINISTRATOR in needs else "approver"


def told(parcel_id: str, password: str, language: Language) -> Told:
    """A password as the panel shows it."""
    return Told(parcel_id, password, tuple(spelled(password, language)))


def _is_possible(visit: Visit, channel: Channel) -> bool:
    return channel is not Channel.SMS or visit.parts.settings.protection.sms is not None


def _counts(states: Mapping[State, int]) -> dict[str, int]:
    """How many recipients are where, in the few words people are told."""
    return {
        "held": states.get(State.HELD, 0),
        "leaving": sum(states.get(one, 0) for one in _ON_ITS_WAY),
        "sent": states.get(State.DELIVERED, 0),
        "failed": states.get(State.BOUNCED, 0),
        "stopped": sum(states.get(one, 0) for one in (State.CANCELLED, State.EXPIRED, State.BLOCKED)),
    }


def _found_in(summary: Summary | None) -> list[tuple[str, tuple[Found, ...]]]:
    """What was found outside of files, by the key of the place."""
    if summary is None:
        return []
    places = (
        ("subject", summary.found_in_subject),
        ("body", summary.found_in_body),
        ("elsewhere", summary.found_elsewhere),
    )
    return [(place, found) for place, found in places if found]


_TONES = {
    Badge.FIRST_TIME: "care",
    Badge.SIMILAR: "stop",
    Badge.FREEMAIL: "care",
    Badge.LIST: "info",
    Badge.ENVELOPE_ONLY: "info",
    Badge.HEADER_DIFFERS: "stop",
}


def _signs(badges: frozenset[Badge]) -> list[tuple[str, str]]:
    """The badges of a recipient with their tone, in one order. Inside and outside stand at its group."""
    return [(badge.value, _TONES[badge]) for badge in Badge if badge in badges and badge in _TONES]
