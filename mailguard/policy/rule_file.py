"""A file of rules as ``Rule`` values. Refuses contradictions: what could not be meant must not be loaded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import Any

from mailguard.config.places import Place
from mailguard.config.suggestion import did_you_mean
from mailguard.model.address import comparable
from mailguard.model.approval import USUAL, Approval, ApproverKind
from mailguard.model.protection import NO_WISH, Channel, Mode, Protection
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation
from mailguard.policy.directory import Directory
from mailguard.policy.lengths import NEVER, WAIT_MAX_SECONDS, length_of
from mailguard.policy.office_hours import OfficeHours
from mailguard.policy.patterns import Patterns, patterns
from mailguard.policy.reading import Reader
from mailguard.policy.rules import AppliesTo, Condition, Example, Hours, Rule, Scope, Test
from mailguard.policy.verdicts import FIGURES
from mailguard.policy.words import WORDS, Shape

FILE_KEYS = ("include", "observe", "rules")
RULE_KEYS = (
    "id", "title", "when", "unless", "scope", "applies_to", "action", "needs", "approval", "wait", "at_end",
    "obligations", "waiver", "protection", "quiet", "locked", "incident", "reason", "examples",
)  # fmt: skip
APPROVAL_KEYS = ("by", "persons", "count", "own")
PROTECTION_KEYS = ("mode", "channel", "attachments", "subject")
SCOPE_KEYS = ("senders", "departments", "recipients", "domains", "hours")
EXAMPLE_KEYS = ("hits", "misses")
LANGUAGES = ("ja", "en")
_PERSON = re.compile(r"[^@\s*]+@[^@\s*]+")
_ID = re.compile(r"[a-z][a-z0-9-]{1,60}")


@dataclass(frozen=True)
class RuleFile:
    """What a file says."""

    rules: list[Rule]
    include: list[str]
    observes: bool


def read_rules(reader: Reader, directory: Directory, hours: OfficeHours) -> RuleFile:
    """The rules of one file. ``hours``: the office's own, since they say how long an office day is."""
    values = reader.known((), reader.values, FILE_KEYS)
    entries = reader.entries(("rules",), values.get("rules"))
    rules = [_rule(reader, place, value, directory, hours) for place, value in entries]
    return RuleFile(
        [rule for rule in rules if rule is not None],
        list(reader.texts(("include",), values.get("include"))),
        reader.flag(("observe",), values.get("observe"), False),
    )


def _rule(reader: Reader, place: Place, value: object, directory: Directory, hours: OfficeHours) -> Rule | None:
    values = reader.known(place, value, RULE_KEYS)
    name = reader.text((*place, "id"), values.get("id"), required=True)
    if values.get("id") is not None and not _ID.fullmatch(name):
        reader.complain((*place, "id"), "must be small letters, digits and hyphens, such as many-outsiders")
    if values.get("action") is None:
        reader.complain((*place, "action"), "is missing: deliver, hold or block")
    action = Action(reader.choice((*place, "action"), values.get("action"), list(Action), "deliver"))
    needs = Needs(reader.choice((*place, "needs"), values.get("needs"), list(Needs), "timer"))
    at_end = AtEnd(reader.choice((*place, "at_end"), values.get("at_end"), list(AtEnd), "send"))
    seconds, office_hours = _wait(reader, (*place, "wait"), values.get("wait"), hours)
    obligations = frozenset(
        Obligation(reader.choice(at, one or "", list(Obligation), "hide_recipients"))
        for at, one in reader.entries((*place, "obligations"), values.get("obligations"))
    )
    waiver = values.get("waiver")
    rule = Rule(
        id=name,
        title=_texts(reader, (*place, "title"), values.get("title"), figures=False),
        when=_condition(reader, place, values),
        scope=_scope(reader, (*place, "scope"), values.get("scope"), directory),
        applies_to=AppliesTo(
            reader.choice((*place, "applies_to"), values.get("applies_to"), list(AppliesTo), "outside")
        ),
        action=action,
        needs=needs,
        wait_seconds=seconds,
        office_hours=office_hours,
        at_end=at_end,
        obligations=obligations,
        waiver=None
        if waiver in (None, "nobody")
        else Needs(
            reader.choice((*place, "waiver"), waiver, ["sender", "approver", "administrator", "nobody"], "sender")
        ),
        reason=_texts(reader, (*place, "reason"), values.get("reason"), figures=True),
        examples=_examples(reader, (*place, "examples"), values.get("examples")),
        place=reader.at(place),
        is_quiet=reader.flag((*place, "quiet"), values.get("quiet"), False),
        is_locked=reader.flag((*place, "locked"), values.get("locked"), False),
        opens_incident=values.get("incident") is not None
        and reader.choice((*place, "incident"), values["incident"], ["open"], "open") == "open",
        protection=_protection(reader, (*place, "protection"), values.get("protection")),
        approval=_approval(reader, (*place, "approval"), values.get("approval")),
    )
    _refuse_contradictions(reader, place, values, rule)
    return rule if _ID.fullmatch(name) else None


def _refuse_contradictions(reader: Reader, place: Place, values: dict[str, Any], rule: Rule) -> None:
    holds = rule.action is Action.HOLD
    for key in ("needs", "wait", "at_end"):
        if key in values and not holds:
            reader.complain((*place, key), f"means nothing where the action is '{rule.action}'")
    if "approval" in values and not (holds and rule.needs is Needs.APPROVER):
        reader.complain((*place, "approval"), "means nothing without needs: approver")
    if rule.obligations and rule.action is Action.BLOCK:
        reader.complain((*place, "obligations"), "means nothing where the mail is blocked")
    if {Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY} <= rule.obligations:
        reader.complain(
            (*place, "obligations"), "wants recipients hidden and sent to one by one; sending one by one hides them"
        )
    if rule.protection != NO_WISH and Obligation.PROTECT not in rule.obligations:
        reader.complain((*place, "protection"), "means nothing without the obligation protect")
    if rule.waiver is not None and not rule.obligations:
        reader.complain((*place, "waiver"), "means nothing without obligations")
    if not holds:
        return
    if rule.needs is Needs.TIMER and rule.at_end is not AtEnd.SEND:
        reader.complain((*place, "at_end"), "must be send where only a timer is needed; name who is needed instead")
    if rule.needs is Needs.ADMINISTRATOR and rule.at_end is AtEnd.ESCALATE:
        reader.complain((*place, "at_end"), "cannot pass a mail up: nobody stands above the administrator")
    if rule.needs is not Needs.TIMER and rule.at_end is AtEnd.SEND and "at_end" not in values and rule.wait_seconds:
        reader.complain(
            (*place, "at_end"), "must say what becomes of the mail when nobody decides: send, escalate or discard"
        )
    if rule.needs is Needs.TIMER and values.get("wait") == NEVER:
        reader.complain((*place, "wait"), "is never: then nobody would ever send it; name who is needed")
    if rule.at_end is not AtEnd.SEND and rule.wait_seconds is None:
        reader.complain((*place, "wait"), "must say when it ends, such as 2 office days")


def _protection(reader: Reader, place: Place, value: object) -> Protection:
    values = reader.known(place, value, PROTECTION_KEYS)

    def chosen(name: str, choices: list[str]) -> str | None:
        wanted = values.get(name)
        return None if wanted is None else reader.choice((*place, name), wanted, choices, choices[0])

    mode, channel = chosen("mode", list(Mode)), chosen("channel", list(Channel))
    attachments = chosen("attachments", ["found", "all"])
    subject = _texts(reader, (*place, "subject"), values.get("subject"), figures=False)
    return Protection(
        None if mode is None else Mode(mode),
        None if channel is None else Channel(channel),
        None if attachments is None else attachments == "all",
        tuple(subject.items()),
    )


def _approval(reader: Reader, place: Place, value: object) -> Approval:
    """Who must approve; what is left out is the usual, and persons alone mean these persons."""
    if value is None:
        return USUAL
    values = reader.known(place, value, APPROVAL_KEYS)
    persons = tuple(sorted({comparable(one) for one in reader.texts((*place, "persons"), values.get("persons"))}))
    for person in persons:
        if not _PERSON.fullmatch(person):
            reader.complain((*place, "persons"), f"must be addresses of people (it is '{person}')")
    kinds = {
        ApproverKind(reader.choice((*place, "by"), one or "", list(ApproverKind), "manager"))
        for one in reader.texts((*place, "by"), values.get("by"))
    }
    if not kinds:
        kinds = {ApproverKind.NAMED} if persons else set(USUAL.by)
    if (ApproverKind.NAMED in kinds) is not bool(persons):
        reader.complain((*place, "persons"), "and 'named' in by belong together: name the persons who may approve")
    count = values.get("count", USUAL.count)
    if count not in (1, 2) or isinstance(count, bool):
        reader.complain((*place, "count"), "must be 1, or 2 for four eyes")
    elif count == 2 and kinds == {ApproverKind.NAMED} and len(persons) < 2:
        reader.complain((*place, "count"), "is 2, and only one person is named")
    own = reader.flag((*place, "own"), values.get("own"), USUAL.own)
    return Approval(tuple(sorted(kinds)), persons, 2 if count == 2 else 1, own)


def _wait(reader: Reader, place: Place, value: object, hours: OfficeHours) -> tuple[int | None, bool]:
    """Seconds and whether they are office hours; None: not given, or without end."""
    if value is None or value == NEVER:
        return None, False
    length = length_of(reader.text(place, value))
    if length is None:
        reader.complain(place, "must be a length such as 5 minutes, 4 office hours, 2 office days, or never")
        return None, False
    seconds = length.seconds(hours)
    if seconds is not None and seconds > WAIT_MAX_SECONDS:
        reader.complain(place, "must be at most 30 days")
    return seconds, length.is_office_time


def _texts(reader: Reader, place: Place, value: object, *, figures: bool) -> dict[str, str]:
    values = reader.known(place, value, LANGUAGES)
    texts = {}
    for language in LANGUAGES:
        at = (*place, language)
        text = reader.text(at, values.get(language), required=figures)
        if figures and text:
            _check_figures(reader, at, text)
        if text:
            texts[language] = text
    return texts


def _check_figures(reader: Reader, place: Place, text: str) -> None:
    try:
        fields = [one for one in Formatter().parse(text) if one[1] is not None]
    except ValueError:
        reader.complain(place, "has a brace without its partner; write {{ for a brace")
        return
    for _, name, form, conversion in fields:
        if name not in FIGURES:
            near = did_you_mean(name or "", list(FIGURES))
            reader.complain(place, f"has an unknown figure in braces: {name}{near}")
        elif form or conversion:
            # How a figure is shown could fail only when a mail is judged.
            reader.complain(place, f"must have the figure {name} alone between its braces")


# -- conditions


def _condition(reader: Reader, place: Place, values: dict[str, Any]) -> Condition:
    when = _tests(reader, (*place, "when"), values.get("when"))
    unless = _alternatives(reader, (*place, "unless"), values.get("unless"))
    return Condition(when.tests, when.any_of, (*when.none_of, *unless))


def _tests(reader: Reader, place: Place, value: object) -> Condition:
    if value is None:
        return Condition()
    values = reader.known(place, value, (*WORDS, "any", "none"))
    tests = [_test(reader, (*place, name), name, wanted) for name, wanted in values.items() if name in WORDS]
    if "any" in values and not values["any"]:
        reader.complain((*place, "any"), "has no value")
    return Condition(
        tuple(test for test in tests if test is not None),
        _alternatives(reader, (*place, "any"), values.get("any")),
        _alternatives(reader, (*place, "none"), values.get("none")),
    )


def _alternatives(reader: Reader, place: Place, value: object) -> tuple[Condition, ...]:
    entries = [(place, value)] if isinstance(value, dict) else list(reader.entries(place, value))
    for at, entry in entries:
        if not entry:
            reader.complain(at, "is empty, which holds for every mail")
    return tuple(_tests(reader, at, entry) for at, entry in entries)


def _test(reader: Reader, place: Place, name: str, value: object) -> Test | None:
    word = WORDS[name]
    if value is None or value in ([], {}):
        reader.complain(place, "has no value")
        return None
    match word.shape:
        case Shape.FLAG:
            return Test(word, accepted=(reader.flag(place, value, True),))
        case Shape.NUMBER:
            return _bounds(reader, place, name, value)
        case Shape.CHOICE | Shape.CHOICES:
            wanted = value if isinstance(value, list) else [value]
            choices = word.choices if name != "finds" else (*word.choices, *sorted(reader.own_kinds))
            return Test(word, accepted=tuple(reader.choice(place, one or "", choices, choices[0]) for one in wanted))
        case Shape.ADDRESS:
            return Test(word, patterns=reader.patterns(place, value))
        case Shape.TEXT:
            texts = reader.texts(place, value)
            if not all(text.strip() for text in texts):
                reader.complain(place, "has an empty text, which stands in every mail")
            return Test(word, accepted=texts)


def _bounds(reader: Reader, place: Place, name: str, value: object) -> Test | None:
    word = WORDS[name]
    if isinstance(value, dict):
        values = reader.known(place, value, ("at_least", "at_most"))
        least, most = (
            None if values.get(key) is None else reader.number((*place, key), values[key])
            for key in ("at_least", "at_most")
        )
        if least is not None and most is not None and least > most:
            reader.complain(place, "can never be: at_least is more than at_most")
        return Test(word, least=least, most=most)
    least = reader.number(place, value)
    return None if least is None else Test(word, least=least)


def _scope(reader: Reader, place: Place, value: object, directory: Directory) -> Scope:
    values = reader.known(place, value, SCOPE_KEYS)
    departments = reader.texts((*place, "departments"), values.get("departments"))
    for name in departments:
        if name not in directory.departments:
            near = did_you_mean(name, list(directory.departments))
            reader.complain((*place, "departments"), f"names a department that is not in office.yaml: '{name}'{near}")
    hours = values.get("hours")
    return Scope(
        reader.patterns((*place, "senders"), values.get("senders")),
        departments,
        _recipients(reader, place, values),
        None if hours is None else Hours(reader.choice((*place, "hours"), hours, list(Hours), "office")),
    )


def _recipients(reader: Reader, place: Place, values: dict[str, Any]) -> Patterns:
    """``recipients`` and ``domains`` together: a domain means everybody in it and below it."""
    named = reader.patterns((*place, "recipients"), values.get("recipients"))
    whole = [f"@{name.removeprefix('@')}" for name in reader.texts((*place, "domains"), values.get("domains"))]
    return patterns((*named.texts, *whole))


def _examples(reader: Reader, place: Place, value: object) -> tuple[Example, ...]:
    values = reader.known(place, value, EXAMPLE_KEYS)
    found = []
    for key in EXAMPLE_KEYS:
        entries = list(reader.entries((*place, key), values.get(key)))
        if not entries:
            reader.complain((*place, key) if values else place, f"needs at least one mail that {key} the rule")
        for at, entry in entries:
            if not isinstance(entry, dict):
                reader.complain(at, "must be a section that describes a mail")
                continue
            found.append(Example(entry, key == "hits", reader.at(at)))
    return tuple(found)
