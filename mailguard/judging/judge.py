"""From a situation to verdicts: facts, and what the rules say of them.

The lookup is the caller's: the inspector asks the office's database, a replay one of its own. Between ``looked_at``
(``reading``) and ``judge_mail`` nothing is kept but values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailguard.judging.summary import summary_of
from mailguard.model.knowledge import Knowledge, Lesson
from mailguard.model.verdict import Judgement
from mailguard.policy.facts import Facts, Situation, facts_of, lesson_of
from mailguard.policy.rules import RuleSet
from mailguard.policy.verdicts import judge


@dataclass(frozen=True)
class Judged:
    """A judgement with the facts it rests on, and what a delivery will teach."""

    judgement: Judgement
    facts: Facts
    lesson: Lesson


def judge_mail(
    situation: Situation,
    knowledge: Knowledge,
    rules: RuleSet,
    cannot_receive: Mapping[str, bool | None] | None = None,
) -> Judged:
    """The judgement of a mail that was looked at."""
    facts = facts_of(situation, knowledge, rules.directory, cannot_receive)
    judgement = replace(judge(facts, rules), summary=summary_of(facts, rules.directory))
    return Judged(judgement, facts, lesson_of(facts, list_was_meant=not is_exposing(judgement, rules)))


def is_exposing(judgement: Judgement, rules: RuleSet) -> bool:
    """Whether a rule about who sees whom has hit."""
    exposing = {rule.id for rule in rules.rules if rule.is_exposure}
    verdicts = judgement.observed or judgement.verdicts
    return any(exposing.intersection(verdict.reasons) for verdict in verdicts)
