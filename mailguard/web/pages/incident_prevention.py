"""What follows from an incident: a rule, a training, or why nothing does; proposals for rules from its mails."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from sqlalchemy import Connection
from starlette.responses import Response

from mailguard.i18n import CATALOGUES, text
from mailguard.incidents.facts import MailFact
from mailguard.incidents.lessons import Lesson, LessonKind, learned, lessons_of
from mailguard.incidents.opening import NOTE_MAX
from mailguard.incidents.permission import IncidentAct
from mailguard.incidents.rule_proposals import NAMED_MAX, Proposal, proposals, written_rule
from mailguard.incidents.scope import scope_of
from mailguard.judging.drafts import Draft
from mailguard.model.incident import IncidentId
from mailguard.policy.differences import Difference, differences
from mailguard.policy.sentences import title_of
from mailguard.web.forms import Mistake
from mailguard.web.incident_view import IncidentView, incident_view
from mailguard.web.pages.rules import TRIAL
from mailguard.web.policy_pages import may_change
from mailguard.web.visit import NotHere, SignedIn, SignedInVisit

router = APIRouter()

_PAGE = "/incidents/{incident_id}/prevention"


@dataclass(frozen=True)
class Shown:
    """A proposal as the page has it."""

    proposal: Proposal
    title: str
    changed: list[Difference]


@router.get(_PAGE)
async def shown(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Lessons so far, and what could be one."""
    return await _page(visit, await incident_view(visit, incident_id, IncidentAct.WORK))


@router.post(_PAGE)
async def noted(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Notes a lesson."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    form = await visit.form()
    note, rule = form.text("note"), form.text("rule")
    kind = next((one for one in LessonKind if one.value == form.text("lesson")), None)
    known = {one.id for one in visit.parts.policy.in_force.files.rules}
    mistakes = []
    if kind is None:
        mistakes.append(Mistake("lesson", "incidents.prevention.mistake.lesson"))
    if not note or len(note) > NOTE_MAX:
        key = "incidents.mistake.note.long" if note else "incidents.prevention.mistake.note"
        mistakes.append(Mistake("note", key, {"max": NOTE_MAX} if note else {}))
    if mistakes or kind is None:
        return await _page(visit, view, mistakes, note, "" if kind is None else kind.value)
    named = rule if kind is LessonKind.RULE and rule in known else ""
    await visit.write(learned(visit.parts.incidents, incident_id, visit.actor, kind, note, named))
    return visit.go(f"{view.path}/prevention", "success", "incidents.prevention.noted")


@router.post(f"{_PAGE}/draft")
async def drafted(visit: SignedIn, incident_id: IncidentId) -> Response:
    """Makes a proposal the person's draft of the rules, and tries it out."""
    view = await incident_view(visit, incident_id, IncidentAct.WORK)
    rule = (await visit.form()).text("rule")
    found = next((one for one in await _proposals(visit, view) if one.rule == rule), None)
    if found is None or not may_change(visit):
        raise NotHere
    drafts, address, now = visit.parts.drafts, visit.viewer.address, visit.parts.policy.in_force
    before = drafts.of(address)
    rules = {} if before is None else dict(before.rules)
    drafts.keep(address, Draft({**rules, found.rule: found.change}, now.number))
    drafts.try_out(address)
    return visit.go(TRIAL, "info", "incidents.prevention.drafted", incident_id=incident_id)


async def _proposals(visit: SignedInVisit, view: IncidentView) -> list[Proposal]:
    """For each mail of the incident, each rule once."""
    now, spool = visit.parts.policy.in_force, visit.parts.spool
    group_of = visit.parts.policy.rules.directory.people_group

    def read(reader: Connection) -> dict[str, set[str]]:
        judged = {one.queue_id: spool.judgement(reader, one.queue_id) for one in view.facts if one.queue_id}
        return {
            queue_id: {reason.reason for reason in one.explanations}
            | {reason for verdict in one.observed or () for reason in verdict.reasons}
            for queue_id, one in judged.items()
            if one is not None
        }

    spoke = await visit.read(read)
    found: dict[str, Proposal] = {}
    for fact in view.facts:
        for one in proposals(
            now.files, now.changes, spoke.get(fact.queue_id, set()), fact.summary, group_of
        ):  # fmt: skip
            found.setdefault(one.rule, one)
    return list(found.values())


def _wrong_addresses(view: IncidentView) -> list[str]:
    """Those outside who got it and should not have, of mails to few."""
    named = {fact.queue_id for fact in view.facts if _is_named(fact)}
    leaks = [one for one in scope_of(view.facts, view.entries).recipients if one.is_leak and one.is_outside]
    return list(dict.fromkeys(one.address for one in leaks if one.queue_id in named))[:NAMED_MAX]


def _own_rule(view: IncidentView, wrong: list[str]) -> str:
    """A rule about these addresses, for a file of the policy folder; "" for none."""
    name = f"incident-{view.incident.incident_id}"
    note: dict[str, str] = {
        language: text(language, "incidents.prevention.own.reason", incident_id=view.incident.incident_id)
        for language in CATALOGUES
    }
    return written_rule(name, wrong, note) if wrong else ""


def _is_named(fact: MailFact) -> bool:
    """Whether single addresses can be what was wrong: not of a mail to a crowd."""
    return len(fact.recipients) <= NAMED_MAX


async def _page(
    visit: SignedInVisit,
    view: IncidentView,
    mistakes: list[Mistake] | None = None,
    note: str = "",
    kind: str = "",
) -> Response:
    now = visit.parts.policy.in_force
    titles = {rule.id: title_of(rule, visit.language) for rule in now.files.rules}
    shown = [
        Shown(one, titles[one.rule], differences(now.files, now.changes, one.over(now.changes), visit.language))
        for one in await _proposals(visit, view)
    ]
    lessons: tuple[Lesson, ...] = lessons_of(view.entries)
    wrong = _wrong_addresses(view)
    return visit.page(
        "incident_prevention.html",
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        view=view,
        lessons=lessons,
        proposals=shown,
        own_addresses=wrong,
        own_rule=_own_rule(view, wrong),
        titles=titles,
        may_change=may_change(visit),
        kinds=list(LessonKind),
        kind=kind,
        note=note,
    )
