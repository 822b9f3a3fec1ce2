"""Past mail judged once more: what rules would have stopped, whom, how often.

Mails are taken in the order of their dates, and each is learned as if it had been delivered, so that "for the first
time" means what it meant then. With a second set every mail is judged by both on the same history.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from mailguard.errors import ConfigurationError
from mailguard.judging.history import TrialHistory
from mailguard.judging.judge import Judged, judge_mail
from mailguard.judging.manifest import TrialMail, occasion_of
from mailguard.judging.outcome import Outcome, outcome_of
from mailguard.judging.sources import Place, read_mail, without_bcc
from mailguard.mime.message import Message
from mailguard.policy.directory import Directory
from mailguard.policy.facts import Occasion, Situation
from mailguard.policy.rules import RuleSet

Look = Callable[[bytes, Occasion, RuleSet], Situation]
"""Reads a mail as rules see it: ``reading.looked_at``."""

_BUDGET = re.compile(r"(\d+(?:\.\d+)?)/person/week")


@dataclass(frozen=True, slots=True)
class PastMail:
    """One mail with the envelope it had. ``name`` finds it again: a file, or a queue id."""

    name: str
    octets: bytes
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class ReplayedMail:
    """One mail's outcome; ``other`` is the second set's, or None."""

    name: str
    at: datetime
    person: str
    outsiders: int
    visible_outsiders: int
    outcome: Outcome
    other: Outcome | None

    @property
    def week(self) -> date:
        """The Monday of its week."""
        day = self.at.date()
        return day - timedelta(days=day.weekday())

    @property
    def differs(self) -> bool:
        """Whether the two sets decide differently."""
        return self.other is not None and self.other != self.outcome

    @property
    def difference(self) -> tuple[str, str]:
        """What the two sets do, in words that differ where they do; twice the same where there is no second set."""
        other = self.other or self.outcome
        is_plain = (self.outcome.word, self.outcome.is_protected) != (other.word, other.is_protected)
        return (self.outcome.word, other.word) if is_plain else (self.outcome.all_words, other.all_words)


@dataclass
class Replay:
    """All of it. ``sets``: names with versions. ``learned``: lines of CSV. ``budget``: stops a person and week."""

    sets: list[str]
    mails: list[ReplayedMail] = field(default_factory=list)
    skipped: int = 0
    learned: list[str] = field(default_factory=list)
    budget: float | None = None
    titles: dict[str, str] = field(default_factory=dict)
    """The rules' titles in Japanese, by id."""

    @property
    def stops(self) -> list[ReplayedMail]:
        """Mails a person would have been needed for."""
        return [mail for mail in self.mails if mail.outcome.is_stop]

    @property
    def differing(self) -> list[ReplayedMail]:
        """Mails the two sets decide differently."""
        return [mail for mail in self.mails if mail.differs]

    def by_person_and_week(self) -> dict[tuple[str, date], int]:
        """Stops."""
        return dict(Counter((mail.person, mail.week) for mail in self.stops))

    def by_week(self) -> dict[date, tuple[int, int, int]]:
        """For every week from the first to the last: mails, pauses by timer, stops."""
        weeks = [mail.week for mail in self.mails]
        found: dict[date, tuple[int, int, int]] = {}
        if weeks:
            week = min(weeks)
            while week <= max(weeks):
                found[week] = (0, 0, 0)
                week += timedelta(days=7)
        for mail in self.mails:
            count, pauses, stops = found[mail.week]
            found[mail.week] = (count + 1, pauses + mail.outcome.is_pause, stops + mail.outcome.is_stop)
        return found

    def by_rule(self) -> dict[str, tuple[int, int]]:
        """For each rule that hit: mails it hit, and stops among them."""
        hits = Counter(rule for mail in self.mails for rule in mail.outcome.rules)
        stops = Counter(rule for mail in self.stops for rule in mail.outcome.rules)
        return {rule: (count, stops[rule]) for rule, count in hits.most_common()}

    def stops_per_person_and_week(self) -> float:
        """The mean over everybody who wrote and every week of the time."""
        people = {mail.person for mail in self.mails}
        return len(self.stops) / max(1, len(people) * len(self.by_week()))

    def over_budget(self) -> list[tuple[str, date, int]]:
        """Persons and weeks with more stops than the budget, the most first."""
        if self.budget is None:
            return []
        over = [(who, week, count) for (who, week), count in self.by_person_and_week().items() if count > self.budget]
        return sorted(over, key=lambda one: (-one[2], one[1], one[0]))


def parse_budget(text: str) -> float:
    """Stops a person and week of ``3/person/week``. Raises ``ConfigurationError``."""
    found = _BUDGET.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ConfigurationError([f"--budget must read like 3/person/week (it is '{text}')"])
    return float(found[1])


def past_mails(places: Iterable[Place], directory: Directory) -> Iterator[PastMail | None]:
    """Mails from files, read one at a time; None for one that did not come from the office."""
    for place in places:
        octets = read_mail(place)
        occasion = occasion_of(TrialMail(place.name, place.path), octets, place.at)
        sender = occasion.reverse_path
        if directory.own and sender and directory.is_outside(sender):
            yield None
        else:
            yield PastMail(place.name, without_bcc(octets), occasion)


def senders_domain(places: Iterable[Place]) -> str:
    """The domain most mails come from: what is own where nobody said so."""
    found: Counter[str] = Counter()
    for place in places:
        message = Message(read_mail(place))
        for box in (box for one in message.all("From") for box in one.mailboxes):
            found[box.address.rpartition("@")[2].lower()] += 1
    return found.most_common(1)[0][0] if found else ""


def run_replay(
    mails: Iterable[PastMail | None],
    rules: RuleSet,
    other: RuleSet | None,
    look: Look,
    export: Callable[[TrialHistory], list[str]],
    progress: Callable[[], None],
    budget: float | None = None,
) -> Replay:
    """Judge the mails in order."""
    titles = {rule.id: rule.title.get("ja", rule.id) for one in (rules, other) if one for rule in one.rules}
    result = Replay([f"{one.name} {one.version}" for one in (rules, other) if one], budget=budget, titles=titles)
    history = TrialHistory()
    try:
        for mail in mails:
            progress()
            if mail is None:
                result.skipped += 1
                continue
            result.mails.append(_replayed(mail, rules, other, look, history))
        result.learned = export(history)
    finally:
        history.close()
    return result


def replayed(
    mail: PastMail, situation: Situation, rules: RuleSet, other: RuleSet | None, history: TrialHistory
) -> ReplayedMail:
    """One mail that was looked at, judged by both sets on the same history, and learned.

    ``situation``: as ``rules`` see it. Exceptions may differ between the sets; whom the office knows may not.
    """
    knowledge = history.recall(situation.question)
    judged = judge_mail(situation, knowledge, rules)
    second = None if other is None else outcome_of(judge_mail(situation, knowledge, other), other)
    return _noted(mail, judged, outcome_of(judged, rules), second, rules, history)


def _replayed(mail: PastMail, rules: RuleSet, other: RuleSet | None, look: Look, history: TrialHistory) -> ReplayedMail:
    situation = look(mail.octets, mail.occasion, rules)
    if other is None or sees_alike(rules, other):
        return replayed(mail, situation, rules, other, history)
    knowledge = history.recall(situation.question)
    judged = judge_mail(situation, knowledge, rules)
    second = outcome_of(judge_mail(look(mail.octets, mail.occasion, other), knowledge, other), other)
    return _noted(mail, judged, outcome_of(judged, rules), second, rules, history)


def sees_alike(rules: RuleSet, other: RuleSet) -> bool:
    """Whether two sets read a mail in the same way, whatever they make of it."""
    first, second = (replace(one.directory, exemptions=()) for one in (rules, other))
    return first == second


def _noted(
    mail: PastMail, judged: Judged, first: Outcome, second: Outcome | None, rules: RuleSet, history: TrialHistory
) -> ReplayedMail:
    history.learn([judged.lesson], mail.occasion.at)
    people = judged.facts.situation.people
    at = mail.occasion.at
    return ReplayedMail(
        name=mail.name,
        at=(at if at.year > 1 else datetime(1970, 1, 1, tzinfo=UTC)).astimezone(rules.hours.zone),
        person=people.author or people.sender or "<>",
        outsiders=len(people.outsiders),
        visible_outsiders=len(people.visible_outsiders),
        outcome=first,
        other=second,
    )
