"""Whether an incident must be reported: questions with what the record answers, what follows, and the decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import NotAllowed
from mailguard.i18n import CATALOGUES, Language, text
from mailguard.incidents.deadlines import JAPAN
from mailguard.incidents.deciding import Decision, answer, deadlines_of, decide, decision_of
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.triage import CHOICES, Asked, Question, Triage, triage_of
from mailguard.model.incident import IncidentId
from mailguard.policy.law_words import CitedRule, cited, spoken_day, words_of
from mailguard.web.forms import Mistake
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.visit import SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/triage"


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that may be given. ``value`` "": as the record says, or nobody's answer yet."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as the page has it. ``known``: what the record says, "" for nothing; ``answer``: what counts."""

    asked: Asked
    words: str
    hint: str
    known: str
    answer: str
    choices: tuple[Choice, ...]

    @property
    def name(self) -> str:
        """What it is called in the form."""
        return self.asked.question.value


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId) -> Response:
    """What it seems to be, what is still to be answered, and what was decided."""
    return _page(visit, await incident_view(visit, incident_id, IncidentAct.SEE))


@router.post(_PAGE)
async def answered(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Takes the answers that were changed; it says when times of the law moved by them."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    note = form.text("note")
    if len(note) > NOTE_MAX:
        return _page(visit, view, [Mistake("note", "incidents.mistake.note.long", {"max": NOTE_MAX})])
    asked = [one.question for one in _triage(visit, view).asked if not one.is_fixed]
    given = {one: form.text(one.value) for one in asked if form.is_chosen(one.value)}
    work = answer(visit.parts.incidents, incident_id, visit.actor, given, note)
    _, moved = await visit.write(work)
    visit.parts.hint()
    path = f"{view.path}/triage"
    if moved:
        return visit.go(path, "warning", "incidents.triage.moved", count=moved)
    return visit.go(path, "success", "incidents.triage.answered")


@router.post(f"{_PAGE}/decide")
async def decided(visit: SignedIn, incident_id: IncidentId) -> Response:
    """An officer decides and signs, on what they have seen."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    if IncidentAct.DECIDE not in view.acts:
        raise NotAllowed("may not decide")
    form = await visit.form()
    note, is_reported = form.text("why"), form.text("report") == "yes"
    mistakes = []
    if len(note) > NOTE_MAX:
        mistakes.append(Mistake("why", "incidents.mistake.note.long", {"max": NOTE_MAX}))
    elif form.text("report") not in ("yes", "no"):
        mistakes.append(Mistake("report", "incidents.triage.mistake.report"))
    elif not is_reported and not note:
        mistakes.append(Mistake("why", "incidents.triage.mistake.why"))
    elif form.text("seen") != str(view.incident.revision):
        mistakes.append(Mistake("report", "incidents.triage.mistake.changed"))
    if mistakes:
        return _page(visit, view, mistakes, note)
    work = decide(
        visit.parts.incidents, incident_id, visit.actor, _triage(visit, view), view.incident.revision, note,
        is_reported=is_reported,
    )  # fmt: skip
    await visit.write(work)
    visit.parts.hint()
    return visit.go(f"{view.path}/triage", "success", "incidents.triage.decided")


def _triage(visit: SignedInVisit, view: IncidentView) -> Triage:
    return triage_of(view.incident, view.facts, view.entries, visit.parts.policy.rules.law)


def _page(
    visit: SignedInVisit, view: IncidentView, mistakes: list[Mistake] | None = None, why: str = ""
) -> Response:  # fmt: skip
    language, law = visit.language, visit.parts.policy.rules.law
    triage = _triage(visit, view)
    deadlines = deadlines_of(view.incident, view.facts, view.entries, law)
    today = visit.parts.clock.now().astimezone(JAPAN).date()
    questions = [_shown(one, language) for one in triage.asked]
    decision = decision_of(view.entries)
    return visit.page(
        "incident_triage.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        words=words_of(replace(triage.consequence, deadlines=deadlines), language, today),
        notes=[cited(one, language, today) for one in triage.notes],
        authority=law.authority,
        counted_from=spoken_day(triage.consequence.known_on, language),
        open=[one for one in questions if one.asked.is_open],
        answered=[one for one in questions if not one.asked.is_open],
        decision=decision,
        kept=[] if decision is None else _kept(decision, language),
        is_overtaken=decision is not None and decision.is_overtaken_by(triage),
        may_answer=IncidentAct.WORK in view.acts and view.incident.is_open,
        may_decide=IncidentAct.DECIDE in view.acts and view.incident.is_open,
        why=why,
    )


def _shown(one: Asked, language: Language) -> ShownQuestion:
    name = one.question.value
    known = ""
    if one.known is not None:
        reason = text(language, f"incidents.triage.known.{name}.{one.known.why}", **one.known.figures)
        known = text(
            language, "incidents.triage.known", answer=_word(one.question, one.known.choice, language), why=reason
        )
    nothing = text(language, "incidents.triage.by_record" if one.known else "incidents.triage.none")
    choices = [Choice("", nothing, not one.said)]
    choices += [Choice(it, _word(one.question, it, language), it == one.said) for it in CHOICES[one.question]]
    hint = CATALOGUES[language].get(f"incidents.triage.ask.{name}.hint", "")
    words = text(language, f"incidents.triage.ask.{name}")
    return ShownQuestion(one, words, hint, known, _word(one.question, one.choice, language), tuple(choices))


def _word(question: Question, choice: str, language: Language) -> str:
    """An answer in words: of its question, or those of every yes and no."""
    names = CATALOGUES[language]
    own = names.get(f"incidents.triage.choice.{question.value}.{choice}")
    return own or names[f"incidents.triage.choice.{choice}"]


def _kept(decision: Decision, language: Language) -> list[CitedRule]:
    """The rules a decision rests on, as they were then."""
    found = []
    for one in decision.kept:
        checked = spoken_day(date.fromisoformat(one.source_checked), language)
        source = text(language, "law.source", source=one.source, date=checked)
        marks = () if one.is_verified else (text(language, "law.unverified"),)
        found.append(CitedRule(one.text.get(language) or one.id, source, marks))
    return found
