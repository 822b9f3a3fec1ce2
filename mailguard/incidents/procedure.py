"""The procedure on paper: every step with who, by when and what, and whom to call when the system is down. Pure."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailguard.i18n import Language, text
from mailguard.incidents.calling import Roster
from mailguard.model.incident import IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.policy.incident_plan import Contact, Contacts, Due, IncidentPlan, IncidentStep, own_step_of
from mailguard.policy.law import Law, LawClock
from mailguard.policy.law_words import spoken_day
from mailguard.policy.rules import RuleSet

_STYLE = (
    "body{font-family:'Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif;line-height:1.6;max-width:60rem;"
    "margin:1rem auto;padding:0 1rem}li{margin-bottom:.8rem;break-inside:avoid}table{border-collapse:collapse}"
    "td,th{border:1px solid;padding:.3rem .6rem;text-align:start;vertical-align:top}"
)


@dataclass(frozen=True, slots=True)
class PaperStep:
    """One step in words."""

    who: str
    due: str
    what: str
    done_when: str
    kinds: str
    note: str


@dataclass(frozen=True, slots=True)
class PaperPhase:
    """A part of the manual with its steps."""

    title: str
    steps: tuple[PaperStep, ...]


@dataclass(frozen=True, slots=True)
class PaperCall:
    """A line of the telephone list: who, and how they are reached; ``lines`` are finished words."""

    who: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Procedure:
    """The paper, in one language."""

    title: str
    made: str
    intro: str
    phases: tuple[PaperPhase, ...]
    tree: tuple[str, ...]
    inside: tuple[PaperCall, ...]
    outside: tuple[PaperCall, ...]
    sources: tuple[str, ...]


def procedure_of(
    rules: RuleSet, rosters: Mapping[Role, Roster], language: Language, office: str, now: datetime
) -> Procedure:
    """The paper, from the office's plan and whom it calls."""
    plan, law = rules.plan, rules.law
    steps = [*plan.in_use, *_of_clocks(plan, law)]
    phases = [
        PaperPhase(
            text(language, f"incidents.phase.{phase}"),
            tuple(_paper(one, law, language) for one in steps if one.phase is phase),
        )
        for phase in Phase
        if phase is not Phase.CLOSED
    ]
    today = spoken_day(now.astimezone(rules.hours.zone).date(), language)
    made = text(language, "incident.procedure.made", office=office, at=today)
    return Procedure(
        title=text(language, "incident.procedure.title"),
        made=made.strip(),
        intro=text(language, "incident.procedure.intro"),
        phases=tuple(phases),
        tree=tree_lines(plan.contacts, language),
        inside=tuple(
            PaperCall(text(language, f"people.role.{role}"), _people(rosters[role].people, language))
            for role in Role
            if role in rosters and (role is not Role.STAFF or rosters[role].people)
        ),
        outside=tuple(
            PaperCall(one.name.get(language, ""), _outside_lines(one.telephone, one.url, one.reference, language))
            for one in plan.contacts.outside
        ),
        sources=tuple(dict.fromkeys(_source(one, language) for one in law.clocks if one.valid_until is None)),
    )


def tree_lines(contacts: Contacts, language: Language) -> tuple[str, ...]:
    """Who calls whom, a line each."""
    names = {role.value: text(language, f"people.role.{role}") for role in Role}
    names |= {one.id: one.name.get(language, one.id) for one in contacts.outside}
    separator = text(language, "incident.procedure.separator")
    return tuple(
        text(
            language, "incident.contacts.tree.line",
            who=text(language, "incident.contacts.staff") if one.caller is Role.STAFF else names[one.caller.value],
            called=separator.join(names[name] for name in one.called),
        )
        for one in contacts.tree
    )  # fmt: skip


def length_words(due: Due, language: Language) -> str:
    """How long a step may take."""
    return text(language, f"incident.length.{due.length.unit}.{due.since}", amount=due.length.figure)


def clock_words(clock: LawClock, language: Language) -> str:
    """How long a clock of the law runs."""
    first, last = min(clock.days), max(clock.days)
    key = "incident.length.clock" if first == last else "incident.length.clock.range"
    name = clock.text.get(language, clock.id)
    return text(language, key, clock=name, days=last, **({} if first == last else {"first": first}))


def as_text(paper: Procedure, language: Language) -> str:
    """As plain text."""
    lines = [paper.title, paper.made, "", paper.intro, "", text(language, "incident.procedure.known_at"), ""]
    number = 0
    for phase in paper.phases:
        lines += [f"== {phase.title} ==", ""]
        for one in phase.steps:
            number += 1
            lines.append(f"[ ] {number}. {one.what}")
            lines += [f"    {line}" for line in _facts(one, language)]
            lines += [f"    {text(language, 'incident.procedure.blank')}", ""]
    lines += [f"== {text(language, 'incident.contacts.title')} ==", "", *paper.tree, ""]
    for one_call in (*paper.inside, *paper.outside):
        lines += [one_call.who, *(f"    {line}" for line in one_call.lines)]
    return "\n".join([*lines, "", *paper.sources]) + "\n"


def as_html(paper: Procedure, language: Language) -> str:
    """As a page that stands by itself, for printing."""
    said = html.escape
    parts = [f"<h1>{said(paper.title)}</h1>", f"<p>{said(paper.made)}</p>", f"<p>{said(paper.intro)}</p>"]
    parts.append(f"<p>{said(text(language, 'incident.procedure.known_at'))}</p>")
    number = 1
    for phase in paper.phases:
        parts.append(f'<h2>{said(phase.title)}</h2><ol start="{number}">')
        number += len(phase.steps)
        for one in phase.steps:
            facts = "<br>".join(map(said, [*_facts(one, language), text(language, "incident.procedure.blank")]))
            parts.append(f"<li><b>{said(one.what)}</b><br>{facts}</li>")
        parts.append("</ol>")
    parts.append(f"<h2>{said(text(language, 'incident.contacts.title'))}</h2>")
    parts += [f"<p>{said(line)}</p>" for line in paper.tree]
    rows = [f"<tr><th>{said(one.who)}</th><td>{'<br>'.join(map(said, one.lines))}</td></tr>"
            for one in (*paper.inside, *paper.outside)]  # fmt: skip
    parts.append(f"<table>{''.join(rows)}</table>")
    parts += [f"<p><small>{said(line)}</small></p>" for line in paper.sources]
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{said(paper.title)}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _facts(one: PaperStep, language: Language) -> list[str]:
    pairs = (("who", one.who), ("due", one.due), ("done_when", one.done_when), ("for", one.kinds))
    return [f"{text(language, f'incident.procedure.{name}')}: {value}" for name, value in pairs if value] + (
        [one.note] if one.note else []
    )


def _paper(step: IncidentStep, law: Law, language: Language) -> PaperStep:
    separator = text(language, "incident.procedure.separator")
    kinds = separator.join(text(language, f"incidents.kind.{one}") for one in IncidentKind if one in step.kinds)
    clocks = [clock_words(one, language) for one in law.clocks if one.id in step.clocks]
    return PaperStep(
        who=text(language, f"people.role.{step.role}"),
        due=separator.join(clocks) if clocks else "" if step.due is None else length_words(step.due, language),
        what=step.text.get(language, ""),
        done_when=step.done_when.get(language, ""),
        kinds=kinds or text(language, "incident.procedure.for.all"),
        note="" if step.note is None else step.note.get(language, ""),
    )


def _source(clock: LawClock, language: Language) -> str:
    checked = spoken_day(clock.source_checked, language)
    said = text(language, "incident.procedure.help", source=clock.source, date=checked)
    return said if clock.verified else f"{said} ({text(language, 'incident.steps.unverified')})"


def _of_clocks(plan: IncidentPlan, law: Law) -> list[IncidentStep]:
    """Steps for clocks that no step in use ends."""
    named = {name for one in plan.in_use for name in one.clocks}
    return [own_step_of(one) for one in law.clocks if one.id not in named and one.valid_until is None]


def _people(people: Sequence[Contact], language: Language) -> tuple[str, ...]:
    if not people:
        return (text(language, "incident.contacts.nobody"),)
    lines = []
    for one in people:
        lines.append(_reached(one, language))
        if one.deputy is not None:
            lines.append(f"{text(language, 'incident.contacts.deputy')}: {_reached(one.deputy, language)}")
    return tuple(lines)


def _reached(one: Contact, language: Language) -> str:
    missing = text(language, "incident.contacts.missing")
    numbers = " / ".join(filter(None, (one.telephone, one.mobile))) or missing
    department = f" ({one.department})" if one.department else ""
    return f"{one.name or one.address}{department}  {text(language, 'incident.contacts.telephone')}: {numbers}"


def _outside_lines(telephone: str, url: str, reference: str, language: Language) -> tuple[str, ...]:
    missing = text(language, "incident.contacts.missing")
    lines = [f"{text(language, 'incident.contacts.telephone')}: {telephone or missing}"]
    if url:
        lines.append(url)
    if reference:
        lines.append(f"{text(language, 'incident.contacts.reference')}: {reference}")
    return tuple(lines)
