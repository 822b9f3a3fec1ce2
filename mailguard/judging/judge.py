"""From octets to verdicts, by the stages in their order: read, extract, look up, judge.

The lookup is the caller's: the inspector asks the office's database, a replay one of its own. Between ``looked_at`` and
``judge_mail`` nothing is kept but values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailguard.extract import read
from mailguard.mime.message import Message
from mailguard.model.knowledge import Knowledge, Lesson
from mailguard.model.verdict import Judgement
from mailguard.policy.facts import Facts, Occasion, Situation, facts_of, lesson_of, situation_of
from mailguard.policy.rules import RuleSet
from mailguard.policy.verdicts import judge


@dataclass(frozen=True)
class Judged:
    """A judgement with the facts it rests on, and what a delivery will teach."""

    judgement: Judgement
    facts: Facts
    lesson: Lesson


def looked_at(octets: bytes, occasion: Occasion, rules: RuleSet) -> Situation:
    """The mail as read. ``octets`` have CRLF lines and no dot-stuffing."""
    message = Message(octets)
    return situation_of(message, read(message), occasion, rules.directory)


def judge_mail(
    situation: Situation,
    knowledge: Knowledge,
    rules: RuleSet,
    cannot_receive: Mapping[str, bool | None] | None = None,
) -> Judged:
    """The judgement of a mail that was looked at."""
    facts = facts_of(situation, knowledge, rules.directory, cannot_receive)
    judgement = judge(facts, rules)
    return Judged(judgement, facts, lesson_of(facts, list_was_meant=not is_exposing(judgement, rules)))


def is_exposing(judgement: Judgement, rules: RuleSet) -> bool:
    """Whether a rule about who sees whom has hit."""
    exposing = {rule.id for rule in rules.rules if rule.is_exposure}
    verdicts = judgement.observed or judgement.verdicts
    return any(exposing.intersection(verdict.reasons) for verdict in verdicts)
