"""The page a notice's link opens: one mail, for whoever has the link, without signing in.

It shows no content and no password, and no other mail. Looking changes nothing, whoever or whatever looks; forms act,
and are recorded as the owner's deed "by link". Once the mail is decided about it shows what happened, and nothing else.
Who must answer a question, or wants to read the mail, signs in. The token stands in the path alone, is never logged,
and no page leads elsewhere with it (``Referrer-Policy``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import assert_never

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.accounts.people import person_of
from mailguard.errors import StaleState, UnknownMail
from mailguard.hold.decision import decision_of
from mailguard.hold.fixes import Mending
from mailguard.hold.mending import Mend, NotMendable
from mailguard.hold.permission import MailAct, allowed_by_link, assure
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.queue import Recipient
from mailguard.web import places
from mailguard.web.choice import Choice, chosen_in
from mailguard.web.forms import Form
from mailguard.web.one_mail import OneMail, rules_by_id
from mailguard.web.pages.mail import LONGER_MINUTES, values_of, why_not
from mailguard.web.pages.mail_actions import Making, cancelling, extending, in_time, mend_of, not_mended, said, stopping
from mailguard.web.release_form import NotReleased, Released, is_asked, release_answered
from mailguard.web.visit import Anyone, NotHere, Visit

router = APIRouter()
_LINK = "/m/{token}"
_TOKEN_MAX = 200
BY_LINK = "by link"
"""How it is recorded that somebody acted by a link; where from follows."""
MENDINGS = (Mending.TO_BCC, Mending.INDIVIDUALLY, Mending.REMOVE)
"""What whoever has a link may mend: who sees whom, and who gets it."""


@dataclass(frozen=True)
class LinkedMail(OneMail):
    """A mail before whoever has its link. ``owner``: whose decision it is."""

    owner: str

    def acts(self, recipients: tuple[Recipient, ...] | None = None) -> frozenset[MailAct]:
        """What the link allows with these held recipients; None: with all that are held."""
        return allowed_by_link([one.verdict for one in (self.held if recipients is None else recipients)])

    @property
    def actor(self) -> Actor:
        """As whom it is recorded."""
        return Actor(ActorKind.PERSON, self.owner)


@router.get(_LINK)
async def link(visit: Anyone, token: str, version: str = "") -> Response:
    """The mail as the link shows it."""
    found = await _linked(visit, token)
    if isinstance(found, Response):
        return found
    if visit.is_partial and version == found.version:
        return Response(status_code=204)
    acts = found.acts()
    return visit.page(
        "link.html",
        block="mail" if visit.is_partial else None,
        **values_of(visit, found),
        path=f"/m/{token}",
        acts=acts,
        owner=found.owner,
        why_not=why_not(found, acts, is_own=True),
        mendings=MENDINGS,
        minutes=LONGER_MINUTES,
        asks=is_asked(visit.parts, found.decision, found.held),
    )


@router.post(f"{_LINK}/send")
async def send(visit: Anyone, token: str) -> Response:
    """Sends what is held and asks no question."""

    async def deed(found: LinkedMail, form: Form, choice: Choice) -> Response:
        released = await release_answered(visit, found.decision, choice.recipients, _plain(visit, form), found.actor)
        match released:
            case Released(outcome):
                return said(visit, f"/m/{token}", "sent", outcome)
            case NotReleased():
                return visit.go(f"/m/{token}", "warning", "queue.page.link.answer")
            case _:
                assert_never(released)

    return await _acted(visit, token, MailAct.SEND, deed)


@router.post(f"{_LINK}/cancel")
async def cancel(visit: Anyone, token: str) -> Response:
    """Takes back what is held."""
    return await _held(visit, token, MailAct.CANCEL, "cancelled_by_link", cancelling)


@router.post(f"{_LINK}/extend")
async def extend(visit: Anyone, token: str) -> Response:
    """Holds longer."""
    return await _held(visit, token, MailAct.EXTEND, "extended", extending)


@router.post(f"{_LINK}/stop")
async def stop(visit: Anyone, token: str) -> Response:
    """Stops the clock."""
    return await _held(visit, token, MailAct.EXTEND, "stopped", stopping)


@router.post(f"{_LINK}/fix")
async def fix(visit: Anyone, token: str) -> Response:
    """Mends what a reason names, where it is about recipients alone."""

    async def deed(found: LinkedMail, form: Form, _choice: Choice) -> Response:
        if form.text("mending") not in MENDINGS:
            raise NotHere
        return await _mended(visit, token, found, mend_of(form))

    return await _acted(visit, token, MailAct.MEND_RECIPIENTS, deed)


@router.post(f"{_LINK}/remove")
async def remove(visit: Anyone, token: str) -> Response:
    """Takes those recipients off that were ticked."""

    async def deed(found: LinkedMail, _form: Form, choice: Choice) -> Response:
        if choice.positions is None:
            return visit.go(f"/m/{token}", "warning", "queue.page.link.remove.none")
        return await _mended(visit, token, found, Mend(remove=choice.positions))

    return await _acted(visit, token, MailAct.MEND_RECIPIENTS, deed)


async def _held(visit: Visit, token: str, act: MailAct, name: str, making: Making) -> Response:
    async def deed(found: LinkedMail, form: Form, choice: Choice) -> Response:
        reason = _reason(visit)
        work = making(visit.parts, found.queue_id, found.actor, reason, form, choice.positions)
        return said(visit, f"/m/{token}", name, await visit.write(work))

    return await _acted(visit, token, act, deed)


async def _acted(
    visit: Visit, token: str, act: MailAct, deed: Callable[[LinkedMail, Form, Choice], Awaitable[Response]]
) -> Response:
    """What the deed answers, once it is sure that the link allows it."""
    found = await _linked(visit, token)
    if isinstance(found, Response):
        return found
    form = await visit.form()

    async def do() -> Response:
        choice = chosen_in(form, found)
        if not choice.recipients:
            raise StaleState("nothing of it is held any more")
        assure(act, found.acts(choice.recipients))
        return await deed(found, form, choice)

    return await in_time(visit, f"/m/{token}", do)


async def _mended(visit: Visit, token: str, found: LinkedMail, mend: Mend) -> Response:
    try:
        await visit.parts.mender.mend(found.queue_id, replace(mend, reason=_reason(visit)), found.actor)
    except (NotMendable, StaleState) as error:
        return not_mended(visit, error, f"/m/{token}")
    return visit.go(f"/m/{token}", "success", "queue.page.done.mended")


async def _linked(visit: Visit, token: str) -> LinkedMail | Response:
    """The mail of a link, or the way to the sign-in where links alone do not do. Raises ``NotHere``."""
    parts = visit.parts
    known = await parts.sign_in.links.of(token) if token.isascii() and len(token) <= _TOKEN_MAX else None
    if known is None:
        raise NotHere
    if not parts.settings.sign_in.links:
        return visit.go(places.with_next(places.SIGN_IN, f"/mails/{known.queue_id}"))

    def reading(reader: Connection) -> LinkedMail:
        if person_of(reader, known.address).is_disabled:
            raise NotHere
        is_outside = parts.policy.rules.directory.is_outside
        decision = decision_of(parts.spool, reader, known.queue_id, rules_by_id(parts), is_outside)
        return LinkedMail(decision, parts.spool.mail(reader, known.queue_id), known.address)

    try:
        return await visit.read(reading)
    except UnknownMail as error:
        raise NotHere from error


def _reason(visit: Visit) -> str:
    return f"{BY_LINK} ({visit.client_address})"


def _plain(visit: Visit, form: Form) -> Form:
    """Of a form what a link may say: which judgement was looked at. Nothing is waived, and nothing is put off."""
    return Form([("judgement", form.text("judgement")), ("reason", _reason(visit))])
