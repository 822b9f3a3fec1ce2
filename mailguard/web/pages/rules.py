"""The office's rules as sentences: read, changed, tried out on the last thirty days, saved.

What somebody fills in is kept as their draft, so that going back loses nothing. It is saved once a dry run of exactly
that has ended: whoever changes a rule has seen what it would have stopped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import Response

from mailguard.errors import UnknownChange
from mailguard.i18n import Language, text
from mailguard.judging import policy_changes
from mailguard.judging.drafts import Draft, draft_of
from mailguard.judging.dry_run import DryRunReport
from mailguard.judging.policy_changes import SaveChange
from mailguard.judging.rule_record import DAYS, RuleRecord, rules_record
from mailguard.model.people import Right
from mailguard.policy.change_form import read_form
from mailguard.policy.changes import Changes, RuleState
from mailguard.policy.differences import Difference, differences
from mailguard.policy.lengths import Length
from mailguard.policy.rules import Rule
from mailguard.policy.sentences import RuleSentences, sentences_of, title_of
from mailguard.web.forms import Mistake
from mailguard.web.policy_pages import (
    NOTE_MAX,
    Author,
    Reader,
    may_change,
    mistakes_of,
    names_of,
    note_mistakes,
    put_in_force,
    saved,
)
from mailguard.web.visit import NotHere, SignedInVisit

router = APIRouter()

RULES, TRIAL = "/rules", "/rules/trial"
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


@dataclass(frozen=True)
class ShownRule:
    """A rule as the page has it. ``why``: what people whose mail it stops are told."""

    sentences: RuleSentences
    why: str
    record: RuleRecord
    is_changed: bool

    @property
    def state(self) -> RuleState:
        """Whether it counts."""
        return RuleState(self.sentences.state.value)


@router.get(RULES)
async def rules(visit: Reader) -> Response:
    """Every rule, in the order of the files."""
    return await _rules_page(visit, [], {})


@router.post(RULES)
async def fill_in(visit: Author) -> Response:
    """Keep what was filled in, and try it out."""
    form = await visit.form()
    drafts, now = visit.parts.drafts, visit.parts.policy.in_force
    typed = {name: form.text(name) for name in form.names() if ":" in name}
    seen = _number(form.text("seen"), now.number)
    base = now.changes if seen == now.number else await _changes_at(visit, seen)
    draft = drafts.of(visit.viewer.address)
    submitted = read_form(now.files, base if draft is None else draft.over(base), typed)
    if submitted.errors:
        return await _rules_page(visit, mistakes_of(submitted.errors), typed)
    fresh = draft_of(submitted.changes, base, seen)
    drafts.keep(visit.viewer.address, fresh)
    if not fresh.rules:
        return await _rules_page(visit, [Mistake("", "rules.page.nothing")], {})
    return _try_out(visit)


@router.get(TRIAL)
async def trial(visit: Author) -> Response:
    """How far the trial is, and what came out."""
    if visit.parts.drafts.of(visit.viewer.address) is None:
        return visit.go(RULES)
    return await _trial_page(visit)


@router.post(TRIAL)
async def try_again(visit: Author) -> Response:
    """Try the draft out, once more or after somebody else's trial."""
    return _try_out(visit)


@router.post(f"{TRIAL}/end")
async def end_trial(visit: Author) -> Response:
    """End the trial that goes on."""
    visit.parts.drafts.end_run()
    return visit.go(TRIAL, "info", "rules.page.trial.ended")


@router.post(f"{TRIAL}/save")
async def save(visit: Author) -> Response:
    """Have the draft count, where it was tried out over what counts now."""
    form = await visit.form()
    drafts, address = visit.parts.drafts, visit.viewer.address
    now, draft = visit.parts.policy.in_force, drafts.of(address)
    if draft is None:
        return visit.go(RULES, "info", "rules.page.no_draft")
    note = form.text("note")
    if not drafts.is_tried(address):
        return await _trial_page(visit, [Mistake("", "rules.page.untried")], note)
    mistakes = note_mistakes(note)
    if mistakes:
        return await _trial_page(visit, mistakes, note)
    work = SaveChange(draft.over(now.changes), visit.actor, note, now.number)
    number = await put_in_force(visit, work)
    if number is None:
        return visit.go(TRIAL, "warning", "rules.page.stale")
    drafts.drop(address)
    return saved(visit, RULES, number, "rules.page.saved")


@router.post(f"{RULES}/discard")
async def discard(visit: Author) -> Response:
    """Throw the draft away."""
    visit.parts.drafts.drop(visit.viewer.address)
    return visit.go(RULES, "success", "rules.page.discarded")


@router.post(f"{RULES}/tidy")
async def tidy(visit: Author) -> Response:
    """Take out of the changes what has no effect any more; no mail is treated differently."""
    now = visit.parts.policy.in_force
    if not now.misfits:
        return visit.go(RULES)
    note = text(visit.language, "rules.page.tidy.note")
    work = SaveChange(now.changes.without(now.misfits), visit.actor, note, now.number)
    return saved(visit, RULES, await put_in_force(visit, work), "rules.page.tidied")


def _try_out(visit: SignedInVisit) -> Response:
    visit.parts.drafts.try_out(visit.viewer.address)
    return visit.go(TRIAL)


async def _changes_at(visit: SignedInVisit, number: int) -> Changes:
    try:
        return (await visit.read(lambda reader: policy_changes.change(reader, number))).changes
    except UnknownChange:
        raise NotHere from None


def _number(typed: str, otherwise: int) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else otherwise


# -- pages


async def _rules_page(visit: SignedInVisit, mistakes: list[Mistake], typed: Mapping[str, str]) -> Response:
    now = visit.parts.policy.in_force
    since = visit.parts.clock.now() - timedelta(days=DAYS)
    record = await visit.read(lambda reader: rules_record(reader, since))
    is_author = may_change(visit)
    draft = visit.parts.drafts.of(visit.viewer.address) if is_author else None
    changes = now.changes if draft is None else draft.over(now.changes)
    by_id = {rule.id: rule for rule in now.files.rules}
    shown = [
        ShownRule(
            one,
            _why(by_id[one.rule], visit.language),
            record.of(one.rule),
            draft is not None and one.rule in draft.rules,
        )
        for one in sentences_of(now.files, changes, visit.language)
    ]
    titles = {rule.id: title_of(rule, visit.language) for rule in now.files.rules}
    return visit.page(
        "rules.html",
        status=422 if mistakes else 200,
        mistakes=mistakes,
        rules=shown,
        typed=typed,
        titles=titles,
        now_in_force=now,
        is_author=is_author,
        draft=draft,
        since=record.since,
        is_whole=record.since == since,
        counts={state: sum(one.state is state for one in shown) for state in RuleState},
    )


async def _trial_page(visit: SignedInVisit, mistakes: list[Mistake] | None = None, note: str = "") -> Response:
    drafts, address = visit.parts.drafts, visit.viewer.address
    now, draft = visit.parts.policy.in_force, drafts.of(address)
    assert draft is not None, "who has no draft is not shown one"
    run = drafts.trial(address)
    report = None if run is None else run.report
    overtaken = await _overtaken(visit, draft)
    return visit.page(
        "rule_trial.html",
        block="trial" if visit.is_partial else None,
        status=422 if mistakes else 200,
        mistakes=mistakes or [],
        run=run,
        other_run=drafts.other_run(address),
        report=report,
        titles={rule.id: title_of(rule, visit.language) for rule in now.files.rules},
        changed=differences(now.files, now.changes, draft.over(now.changes), visit.language),
        overtaken=overtaken,
        note=note,
        note_max=NOTE_MAX,
        length_words=lambda length: _length(length, visit.language),
        **await _people_and_mails(visit, report),
    )


@dataclass(frozen=True)
class Overtaken:
    """What somebody else has saved since the draft's author looked."""

    change: policy_changes.PolicyChange
    name: str
    changed: list[Difference]


async def _overtaken(visit: SignedInVisit, draft: Draft) -> Overtaken | None:
    now = visit.parts.policy.in_force
    if draft.seen == now.number or now.number == 0:
        return None
    change = await visit.read(lambda reader: policy_changes.change(reader, now.number))
    before = await _changes_at(visit, draft.seen)
    names = await names_of(visit, [change.author])
    return Overtaken(
        change, names[change.author], differences(now.files, before, now.changes, visit.language)
    )  # fmt: skip


async def _people_and_mails(visit: SignedInVisit, report: DryRunReport | None) -> dict[str, object]:
    """Whose mail, and which: for those who may see it. People stand in the order of their names: this is no ranking."""
    if report is None or not visit.viewer.has(Right.SEE_MAIL):
        return {"names": {}, "subjects": {}, "persons": [], "over_budget": [], "sees_mail": False}
    names = await names_of(visit, [one.name for one in report.persons])
    ids = [one.queue_id for one in report.examples]
    summaries = await visit.read(lambda reader: visit.parts.spool.summaries(reader, ids))
    return {
        "names": names,
        "subjects": {one: summary.subject for one, summary in summaries.items()},
        "persons": sorted(report.persons, key=lambda one: (names[one.name], one.name)),
        "over_budget": sorted(report.over_budget, key=lambda one: (names.get(one[0], one[0]), one[1])),
        "sees_mail": True,
    }


def _length(length: Length, language: Language) -> str:
    """A length as a sentence of that language has it."""
    return str(length) if language == "en" else f"{length.figure}{text(language, f'rule.unit.{length.unit.value}')}"


def _why(rule: Rule, language: Language) -> str:
    """What the rule says to people, with a blank for what it fills in from a mail."""
    words = rule.reason.get(language) or rule.reason.get("ja") or ""
    return _PLACEHOLDER.sub("○" if language == "ja" else "…", words)
