"""Releasing a mail by a form: when, how, and the answers that a dangerous one asks for.

Everything that releases held mail for a person goes through ``release_answered``, so that the question cannot be gone
around: the page, the page of a link, the list, programs.

Fields: ``judgement``, the one that was looked at; ``choice-<position>``, the address that is right;
``organisation``, once for each that is asked for; ``when`` ("now", "later") with ``at``; ``clear`` with ``reason``;
``phone``. Only ``judgement`` and the answers must be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from mailguard import hold
from mailguard.correspondents import phone_number
from mailguard.errors import NotAllowed, StaleState
from mailguard.hold import Outcome, Wish
from mailguard.hold.answering import (
    Acquainted,
    Answers,
    Asked,
    NotAnswered,
    Unanswered,
    acquainted,
    asked_of,
    unanswered,
    when_answered,
    with_names,
)
from mailguard.hold.decision import Decision
from mailguard.hold.exposure import exposure_of
from mailguard.hold.permission import MailAct
from mailguard.hold.scheduling import AHEAD_MAX
from mailguard.i18n import Language
from mailguard.model.audit import Actor
from mailguard.model.protection import Channel, Protection
from mailguard.model.queue import Recipient
from mailguard.model.verdict import Obligation
from mailguard.policy.law import consequence_of
from mailguard.policy.law_words import ConsequenceWords, words_of
from mailguard.store import Work
from mailguard.web.forms import Form, Mistake
from mailguard.web.one_mail import OpenedMail
from mailguard.web.parts import WebParts
from mailguard.web.visit import Visit

T = TypeVar("T")
_JAPAN = ZoneInfo("Asia/Tokyo")
REASON_MAX = 500
ORGANISATIONS_MAX = 10
"""More are never asked for."""


@dataclass(frozen=True)
class ReleaseView:
    """What the parts of a page about releasing show (``mail_release.html``, ``mail_send_options.html``).

    ``consequence`` None: a routine mail, or one with nobody's data. ``is_sent``: this form was sent, and is shown again
    for its mistakes. ``typed`` and ``chosen``: what was answered before, to stand there again;
    ``corrections``: where the other address was said to be right, that address by position.
    """

    path: str
    judgement: int
    seen: str
    recipients: tuple[Recipient, ...]
    asked: Asked
    consequence: ConsequenceWords | None
    may_waive: bool
    is_protected: bool
    wants_phone: bool
    latest: datetime
    values: Mapping[str, str]
    is_sent: bool = False
    typed: tuple[str, ...] = ()
    chosen: Mapping[int, str] | None = None
    corrections: Mapping[int, str] | None = None

    @property
    def is_danger(self) -> bool:
        """Whether an answer is asked for."""
        return bool(self.asked)


@dataclass(frozen=True)
class Released:
    """What a release did. ``at``: when it will leave, None for now."""

    outcome: Outcome
    at: datetime | None = None


@dataclass(frozen=True)
class NotReleased:
    """Why a form releases nothing: ``mistakes`` for the page, 422. ``corrections`` as in ``ReleaseView``."""

    mistakes: list[Mistake]
    corrections: Mapping[int, str]


async def release_answered(
    visit: Visit,
    decision: Decision,
    recipients: Sequence[Recipient],
    form: Form,
    actor: Actor,
    *,
    may_waive: bool = False,
) -> Released | NotReleased:
    """Releases these recipients by a form. Whoever calls it has made sure that the actor may; ``may_waive``: also
    without the protection the rules want.

    Raises ``NotAllowed`` where it may not be sent as wished, ``StaleState`` where it moved on.
    """
    if form.has("clear") and not may_waive:
        raise NotAllowed("may not waive")
    at, wish, mistakes = _how(visit, form)
    answers, group_of = answers_of(form), visit.parts.policy.rules.directory.people_group
    asked = asked_of(recipients, known_of(visit.parts, decision))
    asked = await visit.read(lambda reader: with_names(reader, asked, answers, recipients, group_of))
    mistakes = mistakes_of(unanswered(asked, answers), asked) + mistakes
    if mistakes:
        return NotReleased(mistakes, corrections_of(unanswered(asked, answers)))
    parts, queue_id, reason = visit.parts, decision.queue_id, form.text("reason")[:REASON_MAX]
    positions = [one.key.position for one in recipients]
    work: Work[Outcome]
    if at is None:
        work = hold.release(parts.spool, queue_id, actor, reason, positions, wish)
    else:
        work = hold.release_at(parts.spool, queue_id, actor, reason, at, parts.hold_rules.grace, positions, wish)
    try:
        outcome = await visit.write(answering(parts, decision, recipients, form, actor, work))
    except NotAnswered as error:
        return NotReleased(mistakes_of(error.unanswered, asked), corrections_of(error.unanswered))
    if at is None:
        parts.hint()
    return Released(outcome, at)


def answering(
    parts: WebParts, decision: Decision, recipients: Sequence[Recipient], form: Form, actor: Actor, work: Work[T]
) -> Work[T]:
    """``work``, which releases these recipients, where the form answers what is asked about them."""
    directory = parts.policy.rules.directory
    return when_answered(
        work, parts.spool, decision.queue_id, judgement_in(form), recipients, answers_of(form), actor,
        directory.is_outside, directory.people_group,
    )  # fmt: skip


def release_view(
    visit: Visit,
    decision: Decision,
    recipients: Sequence[Recipient],
    *,
    may_waive: bool,
    form: Form | None = None,
    corrections: Mapping[int, str] | None = None,
) -> ReleaseView:
    """What the page shows about releasing these recipients; ``form``: what was sent, where it is shown again."""
    parts = visit.parts
    asked = asked_of(recipients, known_of(parts, decision))
    protected = [one for one in recipients if one.verdict and Obligation.PROTECT in one.verdict.obligations]
    is_waivable = any(one.verdict is not None and one.verdict.obligations for one in recipients)
    return ReleaseView(
        path=f"/mails/{decision.queue_id}",
        judgement=decision.judgement,
        seen=decision.submission.content_id,
        recipients=tuple(recipients),
        asked=asked,
        consequence=consequence_for(parts, decision, recipients, visit.language) if asked else None,
        may_waive=may_waive and is_waivable and bool(protected),
        is_protected=bool(protected),
        wants_phone=len(protected) == len(recipients) == 1 and _channel(protected[0], parts) is Channel.SMS,
        latest=parts.clock.now() + AHEAD_MAX,
        values={name: "" if form is None else form.text(name) for name in ("when", "at", "clear", "reason", "phone")},
        is_sent=form is not None,
        typed=() if form is None else answers_of(form).typed,
        chosen={} if form is None else answers_of(form).chosen,
        corrections=corrections or {},
    )


def release_view_of(
    visit: Visit, one: OpenedMail, form: Form | None = None, refused: NotReleased | None = None
) -> ReleaseView | None:
    """The same for what they may send of a mail; None where that is nothing."""
    recipients = one.those_for(MailAct.SEND)
    if not recipients:
        return None
    may_waive = MailAct.WAIVE in one.acts(recipients)
    corrections = None if refused is None else refused.corrections
    return release_view(visit, one.decision, recipients, may_waive=may_waive, form=form, corrections=corrections)


def is_asked(parts: WebParts, decision: Decision, recipients: Sequence[Recipient]) -> bool:
    """Whether releasing these asks for an answer: a list leaves such mail to its own page."""
    return bool(asked_of(recipients, known_of(parts, decision)))


def consequence_for(
    parts: WebParts, decision: Decision, recipients: Sequence[Recipient], language: Language
) -> ConsequenceWords | None:
    """Who would see what, and what it would mean if that were a mistake; None where nothing in it is anybody's data."""
    rules, summary = parts.policy.rules, decision.summary
    usual = Channel(parts.settings.protection.channel)
    exposure = exposure_of(recipients, summary, usual, rules.directory.is_outside, rules.directory.people_group)
    if not (exposure.counts or exposure.persons or exposure.visible or exposure.is_unreadable):
        return None
    today = parts.clock.now().astimezone(_JAPAN).date()
    labels = {} if summary is None else summary.labels
    return words_of(consequence_of(exposure, rules.law, today), language, today, labels)


def known_of(parts: WebParts, decision: Decision) -> Acquainted:
    """What is known of the mail for asking."""
    directory = parts.policy.rules.directory
    return acquainted(decision.facts, decision.summary, directory.is_outside, directory.people_group)


def answers_of(form: Form) -> Answers:
    """The answers in a form."""
    chosen = {}
    for name in form.names():
        start, dash, number = name.partition("-")
        if start == "choice" and dash and number.isascii() and number.isdigit() and len(number) < 6:
            chosen[int(number)] = form.text(name)
    return Answers(chosen, tuple(form.texts("organisation")[:ORGANISATIONS_MAX]))


def judgement_in(form: Form) -> int:
    """The number of the judgement that was looked at. Raises ``StaleState`` for none."""
    return whole_number(form.text("judgement"))


def whole_number(typed: str) -> int:
    """A number that one of our own forms holds. Raises ``StaleState``: the form is not ours, or not of now."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9):
        raise StaleState("no number of a judgement")
    return int(typed)


def mistakes_of(amiss: Unanswered, asked: Asked, begin: str = "") -> list[Mistake]:
    """What is wrong with answers, in words that do not give them away. ``begin``: of the ids of the form's fields."""
    kind = "person" if asked.is_about_people else "organisation"
    typed = [
        *((number, f"{kind}.wrong", "wrong") for number in amiss.typed),
        *((number, "open", "open") for number in amiss.empty),
        *((number, "open", "repeated") for number in amiss.repeated),
    ]
    return [
        *(Mistake(f"{begin}choice-{one.position}", "mending.page.choice.open") for one in amiss.open),
        *(Mistake(f"{begin}choice-{one.position}", "mending.page.choice.other") for one in amiss.other),
        *(
            Mistake(f"{begin}organisation-{number}", f"mending.page.typed.{alone}")
            if asked.typed == 1
            else Mistake(f"{begin}organisation-{number}", f"mending.page.typed.several.{one}", {"number": number + 1})
            for number, alone, one in sorted(typed)
        ),
    ]


def corrections_of(amiss: Unanswered) -> dict[int, str]:
    """The addresses that are right instead, by position."""
    return {one.position: one.known for one in amiss.other}


def _how(visit: Visit, form: Form) -> tuple[datetime | None, Wish | None, list[Mistake]]:
    """When and how it is to be sent; None and None: now, as the rules want it."""
    mistakes: list[Mistake] = []
    at, in_clear, phone = None, form.has("clear"), ""
    if form.text("when") == "later":
        at = _moment(form.text("at"), visit.parts.policy.rules.hours.zone)
        now = visit.parts.clock.now()
        if at is None or not now < at <= now + AHEAD_MAX:
            mistakes.append(Mistake("at", "mending.page.at.wrong"))
    if in_clear and not form.text("reason"):
        mistakes.append(Mistake("reason", "mending.page.clear.reason.missing"))
    if form.text("phone") and not in_clear:
        try:
            phone = phone_number(form.text("phone"))
        except NotAllowed:
            mistakes.append(Mistake("phone", "mending.page.phone.wrong"))
    wish = Wish(protection=Protection(phone=phone), in_clear=in_clear) if phone or in_clear else None
    return at, wish, mistakes


def _moment(typed: str, zone: ZoneInfo) -> datetime | None:
    """A day and time as browsers send it, in the office's time; None for anything else."""
    try:
        found = datetime.strptime(typed[:16], "%Y-%m-%dT%H:%M")  # noqa: DTZ007  the zone comes next
    except ValueError:
        return None
    return found.replace(tzinfo=zone)


def _channel(one: Recipient, parts: WebParts) -> Channel:
    wanted = None if one.verdict is None else one.verdict.protection.channel
    return wanted or Channel(parts.settings.protection.channel)
