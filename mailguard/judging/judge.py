"""From octets to verdicts, by the stages in their order: read, extract, look up, judge.

The lookup is the caller's: the inspector asks the office's database, a replay one of its own. Between ``looked_at`` and
``judge_mail`` nothing is kept but values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from mailguard.extract import read
from mailguard.extract.contents import contents_of
from mailguard.extract.walk import Limits
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection, shipped
from mailguard.inspection.inspecting import inspect, passwords_in
from mailguard.judging.summary import summary_of
from mailguard.mime.message import Message
from mailguard.model.contents import Contents, Obstacle
from mailguard.model.knowledge import Knowledge, Lesson
from mailguard.model.office_kinds import OfficeKinds
from mailguard.model.verdict import Judgement
from mailguard.policy.facts import Facts, Occasion, Situation, facts_of, lesson_of, situation_of
from mailguard.policy.rules import RuleSet
from mailguard.policy.verdicts import judge


@dataclass(frozen=True)
class Looking:
    """How a mail is looked into. ``key``: for hashes of values; ``learned``: of what the sender's signature holds."""

    limits: Limits | None = None
    detection: Detection | None = None
    key: bytes = b""
    learned: frozenset[bytes] = frozenset()


@dataclass(frozen=True)
class Judged:
    """A judgement with the facts it rests on, and what a delivery will teach."""

    judgement: Judgement
    facts: Facts
    lesson: Lesson


def looked_at(octets: bytes, occasion: Occasion, rules: RuleSet, looking: Looking | None = None) -> Situation:
    """The mail as read, with what personal data is in it. ``octets`` have CRLF lines and no dot-stuffing."""
    looking = looking or Looking()
    message = Message(octets)
    situation = situation_of(message, read(message), occasion, rules.directory)
    contents = opened_contents(message, looking.limits)
    about = circumstances_of(situation, rules, looking)
    return replace(
        situation, inspection=inspect(contents, about, looking.detection or detection_of(rules, looking.key))
    )


def opened_contents(message: Message, limits: Limits | None) -> Contents:
    """Everything somebody could read of a mail, with what the passwords that stand in it open."""
    contents = contents_of(message, limits)
    if any(one.why is Obstacle.ENCRYPTED for one in contents.unreadable) and (passwords := passwords_in(contents)):
        return contents_of(message, limits, passwords)
    return contents


def detection_of(rules: RuleSet, key: bytes = b"") -> Detection:
    """What the office looks with, with its own kinds. ``key``: the one its member list was made with."""
    return shipped() if rules.kinds == OfficeKinds() else _made(rules.kinds, key)


@lru_cache(maxsize=4)
def _made(kinds: OfficeKinds, key: bytes) -> Detection:
    return Detection(kinds, key)


def circumstances_of(situation: Situation, rules: RuleSet, looking: Looking) -> Circumstances:
    """Who writes to whom, for telling their own data from that of others."""
    people = situation.people
    return Circumstances(
        sender=people.author or people.sender,
        sender_name=people.author_name,
        recipients=tuple({**dict.fromkeys(people.envelope, ""), **people.visible, **people.bcc}.items()),
        own_domains=rules.directory.own,
        own_names=rules.directory.names,
        greeted_organisations=situation.greeting.organisations,
        greeted_persons=situation.greeting.persons,
        learned=looking.learned,
        key=looking.key,
    )


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
