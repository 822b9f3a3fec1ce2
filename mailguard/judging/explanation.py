"""Why a mail got its verdict: every rule, test by test, for each recipient."""

from __future__ import annotations

from typing import Any

from mailguard.judging.flags import flags_of, further_flags_of
from mailguard.judging.judge import Judged
from mailguard.judging.manifest import one_verdict
from mailguard.policy.facts import Facts, RecipientFacts
from mailguard.policy.rules import Condition, Rule, RuleSet, Test
from mailguard.policy.verdicts import exempted, recorded
from mailguard.policy.words import WORDS, Shape

SHOWN = 5
"""Addresses of a group that are written out."""


def trace(judged: Judged, rules: RuleSet) -> dict[str, Any]:
    """Everything, as JSON values. Texts of the mail are not in it."""
    facts = judged.facts
    verdicts = judged.judgement.observed or judged.judgement.verdicts
    return {
        "policy": {"set": rules.name, "version": rules.version, "observes": rules.observes},
        "facts": recorded(facts),
        "words": {
            name: word.get(facts, facts.recipients[0])
            for name, word in WORDS.items()
            if not word.of_recipient and word.shape is not Shape.TEXT and facts.recipients
        },
        "flags": [*flags_of(facts), *further_flags_of(facts)],
        "recipients": [
            {
                "address": recipient.address,
                "verdict": one_verdict(verdict),
                "words": {name: word.get(facts, recipient) for name, word in WORDS.items() if word.of_recipient},
                "rules": [_rule(rule, facts, recipient, rules) for rule in rules.rules],
            }
            for recipient, verdict in zip(facts.recipients, verdicts, strict=True)
        ],
        "reasons": [
            {"rule": one.reason, "positions": list(one.positions), **one.texts} for one in judged.judgement.explanations
        ],
    }


def as_text(judged: Judged, rules: RuleSet) -> str:
    """The same for a person: recipients that fared alike together, rules that hit first."""
    found = trace(judged, rules)
    lines = [f"Rules: {rules.name}, version {rules.version}{' (only observes)' if rules.observes else ''}", "Facts:"]
    lines += [f"  {name}: {_shown(value)}" for name, value in found["words"].items() if value not in (False, 0, "", ())]
    for addresses, recipient in _alike(found["recipients"]):
        verdict = recipient["verdict"]
        waits = f", needs {verdict['needs']}" if "needs" in verdict else ""
        more = f" and {len(addresses) - SHOWN} more" if len(addresses) > SHOWN else ""
        lines += ["", f"{', '.join(addresses[:SHOWN])}{more}: {verdict['action']}{waits}"]
        lines.append("  " + ", ".join(name for name, value in recipient["words"].items() if value is True))
        for rule in sorted(recipient["rules"], key=lambda one: not one["hits"]):
            if rule["hits"]:
                lines.append(f"  + {rule['rule']}: {rule['because']}")
            elif rule["exception"]:
                lines.append(f"  - {rule['rule']}: the exception '{rule['exception']}'")
            else:
                lines.append(f"  - {rule['rule']}: {rule['because']}")
    for reason in found["reasons"]:
        lines += ["", *(reason[language] for language in ("ja", "en") if language in reason)]
    return "\n".join(lines)


def _alike(recipients: list[dict[str, Any]]) -> list[tuple[list[str], dict[str, Any]]]:
    """Recipients that fared alike, each group with one of them to show."""
    groups: dict[str, tuple[list[str], dict[str, Any]]] = {}
    for recipient in recipients:
        words = {name: value for name, value in recipient["words"].items() if name != "address"}
        key = repr((recipient["verdict"], words, recipient["rules"]))
        groups.setdefault(key, ([], recipient))[0].append(recipient["address"])
    return list(groups.values())


def _rule(rule: Rule, facts: Facts, recipient: RecipientFacts, rules: RuleSet) -> dict[str, Any]:
    applies = rule.applies(facts, recipient, rules.directory, rules.hours)
    holds = rule.when.holds(facts, recipient)
    exception = exempted(rule, facts, recipient, rules) if applies and holds else None
    if not applies:
        because = f"is for {rule.applies_to.value} recipients in its scope"
    else:
        because = _because(rule.when, facts, recipient, holds=holds)
    return {
        "rule": rule.id,
        "place": rule.place,
        "hits": applies and holds and exception is None,
        "exception": exception,
        "because": because,
    }


def _because(condition: Condition, facts: Facts, recipient: RecipientFacts, *, holds: bool) -> str:
    """The tests that decided it, with what was found."""
    if holds:
        return ", ".join(_said(test, facts, recipient) for test in _holding(condition, facts, recipient)) or "always"
    missing = [_said(test, facts, recipient) for test in condition.tests if not test.holds(facts, recipient)]
    if missing:
        return ", ".join(missing)
    for one in condition.none_of:
        if one.holds(facts, recipient):
            return "not, because " + ", ".join(_said(test, facts, recipient) for test in one.every_test())
    return " and ".join(_said(test, facts, recipient) for one in condition.any_of for test in one.tests)


def _holding(condition: Condition, facts: Facts, recipient: RecipientFacts) -> list[Test]:
    found = list(condition.tests)
    for one in condition.any_of:
        if one.holds(facts, recipient):
            found += one.tests
    return found


def _said(test: Test, facts: Facts, recipient: RecipientFacts) -> str:
    """A test with the fact: never words of the mail."""
    if test.word.shape is Shape.TEXT:
        return f"{test.word.name} {'has' if test.holds(facts, recipient) else 'has none of'} the words"
    value = _shown(test.word.get(facts, recipient))
    wanted = ""
    if test.least is not None:
        wanted = f" (at least {test.least:g})"
    if test.most is not None:
        wanted += f" (at most {test.most:g})"
    return f"{test.word.name} is {value}{wanted}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, int | float) else str(value)
