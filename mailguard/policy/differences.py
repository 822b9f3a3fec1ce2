"""What one state of the rules has over another, in the words of their sentences. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailguard.i18n import Language, text
from mailguard.i18n.times import day
from mailguard.policy.changes import Changes, NamedException
from mailguard.policy.rules import RuleSet
from mailguard.policy.sentences import RuleSentences, sentences_of, title_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: which rule, what of it, from what to what. ``rule`` is its id."""

    rule: str
    title: str
    what: str
    before: str
    after: str


def differences(files: RuleSet, old: Changes, new: Changes, language: Language) -> list[Difference]:
    """Everything that differs, in the order of the rules; exceptions at the end. Rules that are gone from the files
    are named by their id."""
    found: list[Difference] = []
    concerned = set(new.concerned(old))
    titles = {rule.id: title_of(rule, language) for rule in files.rules}
    files = replace(files, rules=tuple(rule for rule in files.rules if rule.id in concerned))
    for before, after in zip(
        sentences_of(files, old, language), sentences_of(files, new, language), strict=True
    ):  # fmt: skip
        found += _between(before, after)
    names = dict.fromkeys(one.name for one in (*old.exceptions, *new.exceptions))
    for name in names:
        first, second = _named(old, name), _named(new, name)
        either = second or first
        if either is not None and first != second:
            rule = either.rule
            what = text(language, "change.exception", name=name)
            shown = (_shown(first, language), _shown(second, language))
            found.append(Difference(rule, titles.get(rule, rule), what, *shown))
    return found


def _between(before: RuleSentences, after: RuleSentences) -> list[Difference]:
    then = {one.name: one for one in before.fields}
    now = {one.name: one for one in after.fields}
    return [
        Difference(after.rule, after.title, one.label, then[name].shown if name in then else "", one.shown)
        for name, one in now.items()
        if name not in then or then[name].value != one.value
    ]


def _named(changes: Changes, name: str) -> NamedException | None:
    return next((one for one in changes.exceptions if one.name == name), None)


def _shown(exception: NamedException | None, language: Language) -> str:
    if exception is None:
        return text(language, "change.none")
    everybody = text(language, "change.everybody")
    return text(
        language,
        "change.exception_text",
        senders=", ".join(exception.senders) or everybody,
        recipients=", ".join(exception.recipients) or everybody,
        until=day(exception.until, language),
        why=exception.why,
    )
