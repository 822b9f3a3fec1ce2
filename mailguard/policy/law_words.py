"""A consequence in words for people, with the source beside every rule, and that it is help and no advice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailguard.i18n import CATALOGUES, Language, text, times
from mailguard.policy.law import Consequence, Dated, Deadline, Exposure


@dataclass(frozen=True, slots=True)
class CitedRule:
    """A rule as it is shown: what it says, where from and when checked, and marks such as 要再確認."""

    text: str
    source: str
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsequenceWords:
    """A consequence as it is shown. Every list is in the order of the page."""

    seen: tuple[str, ...]
    outcome: str
    because: tuple[str, ...]
    rules: tuple[CitedRule, ...]
    deadlines: tuple[str, ...]
    clocks: tuple[CitedRule, ...]
    help: str


def words_of(
    consequence: Consequence, language: Language, today: date, labels: Mapping[str, str] | None = None
) -> ConsequenceWords:
    """The words. ``labels``: what the office calls its own kinds; ``today`` decides what must be checked again."""
    return ConsequenceWords(
        seen=tuple(_seen(consequence.exposure, language, labels or {})),
        outcome=text(language, f"law.outcome.{consequence.outcome.value}"),
        because=tuple(
            text(
                language,
                f"law.because.{one.because.value}",
                **({} if one.rule is None else {"rule": said(one.rule, language)}),
            )
            for one in consequence.grounds
        ),
        rules=tuple(cited(one, language, today) for one in (*consequence.rules, *consequence.exceptions)),
        deadlines=tuple(until_words(one, language) for one in consequence.deadlines),
        clocks=tuple(cited(one.clock, language, today) for one in consequence.deadlines),
        help=text(language, "law.help"),
    )


def said(record: Dated, language: Language) -> str:
    """What a record says."""
    return record.text.get(language) or record.text.get("ja") or record.id


def spoken_day(day: date, language: Language) -> str:
    """A day with its weekday."""
    return times.day(day, language)


def until_words(deadline: Deadline, language: Language) -> str:
    """Until when, by both readings where they differ."""
    what, day = said(deadline.clock, language), spoken_day(deadline.day, language)
    if deadline.first is not None:
        return text(language, "law.deadline.range", what=what, first=spoken_day(deadline.first, language), day=day)
    if deadline.extended is None:
        return text(language, "law.deadline", what=what, day=day)
    return text(language, "law.deadline.extended", what=what, day=day, extended=spoken_day(deadline.extended, language))


def cited(record: Dated, language: Language, today: date) -> CitedRule:
    """A record with its source. ``today`` decides whether it must be checked again."""
    marks = [] if record.verified else [text(language, "law.unverified")]
    if record.is_stale(today):
        marks.append(text(language, "law.stale"))
    checked = spoken_day(record.source_checked, language)
    source = text(language, "law.source", source=record.source, date=checked)
    return CitedRule(said(record, language), source, tuple(marks))


def _seen(exposure: Exposure, language: Language, labels: Mapping[str, str]) -> list[str]:
    found = []
    if exposure.clear:
        found.append(text(language, "law.who.clear", count=exposure.clear))
    if exposure.protected:
        found.append(text(language, "law.who.protected", count=exposure.protected))
    if not found:
        found.append(text(language, "law.who.nobody"))
    names = CATALOGUES[language]
    kinds = [
        text(language, "law.what.item", kind=names.get(f"kind.{kind}", labels.get(kind, kind)), count=count)
        for kind, count in exposure.counts.items()
        if count
    ]
    separator = "、" if language == "ja" else ", "
    found.append(
        text(language, "law.what", kinds=separator.join(kinds)) if kinds else text(language, "law.what.nothing")
    )
    if exposure.is_unreadable:
        found.append(text(language, "law.what.unreadable"))
    if exposure.persons:
        found.append(text(language, "law.persons", count=exposure.persons))
    elif kinds:
        found.append(text(language, "law.persons.unknown"))
    return found
