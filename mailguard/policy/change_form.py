"""What a person filled in on the screen, read back as ``Changes``, with words for each field that is not right. Pure.

Whatever is left as the page showed it changes nothing, also where somebody else has changed the files meanwhile.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from mailguard.model.address import is_domain_name, is_mailbox
from mailguard.model.verdict import AtEnd, Needs
from mailguard.policy.changes import Changes, NamedException, RuleChange, RuleState
from mailguard.policy.figures import AT_END, LEAST, MOST, NEEDS, WAIT, Clock, figures_of, with_figures
from mailguard.policy.lengths import NEVER, WAIT_MAX_SECONDS, Length, Unit, length_of
from mailguard.policy.rules import Rule, RuleSet
from mailguard.policy.sentences import AMOUNT, STATE, UNIT, Control, Field, RuleSentences, field_name, sentences_of

EXCEPTION_DAYS_MAX = 366
NAME_MAX, WHY_MAX, PATTERNS_MAX, PATTERN_MAX = 80, 200, 100, 254


@dataclass(frozen=True)
class FieldError:
    """What is not right with a field: its ``name`` in the form, and a text of the catalogue with its values."""

    name: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Submitted:
    """What was filled in. Where there are ``errors``, ``changes`` leaves out what they are about."""

    changes: Changes
    errors: tuple[FieldError, ...]


@dataclass(frozen=True)
class ExceptionForm:
    """An exception as it was typed. ``senders`` and ``recipients``: addresses and domains, in lines or with commas."""

    name: str
    rule: str
    senders: str
    recipients: str
    until: str
    why: str


def read_form(files: RuleSet, changes: Changes, form: Mapping[str, str]) -> Submitted:
    """``changes`` with what a form says. Fields that are not in the form stay as they are.

    Names of fields are those of ``sentences_of``; one that is unknown is an error, so that a page that is out of date
    changes nothing unseen.
    """
    errors: list[FieldError] = []
    rules = {rule.id: rule for rule in files.rules}
    known: set[str] = set()
    for shown in sentences_of(files, changes, "en"):
        typed = {one.name: _plain(form[one.name]) for one in shown.fields if one.name in form}
        known |= typed.keys()
        if typed:
            change, faults = _Reading(rules[shown.rule], shown, changes.of(shown.rule), Clock.of(files)).read(typed)
            errors += faults
            changes = changes.with_rule(shown.rule, change)
    errors += [FieldError(name, "rule.error.unknown") for name in form if ":" in name and name not in known]
    return Submitted(changes, tuple(errors))


def read_exception(files: RuleSet, changes: Changes, form: ExceptionForm, today: date) -> Submitted:
    """``changes`` with an exception more. Field names of errors are those of ``ExceptionForm``."""
    errors: list[FieldError] = []

    def wrong(name: str, key: str, **values: object) -> None:
        errors.append(FieldError(name, f"exception.error.{key}", values))

    name, why = _plain(form.name), _plain(form.why)
    taken = {one.name for one in files.directory.exemptions} | {one.name for one in changes.exceptions}
    if not 0 < len(name) <= NAME_MAX:
        wrong("name", "name")
    elif name in taken:
        wrong("name", "taken")
    rule = next((one for one in files.rules if one.id == form.rule), None)
    if rule is None:
        wrong("rule", "rule")
    elif rule.is_locked:
        wrong("rule", "locked")
    senders, recipients = _patterns(form.senders), _patterns(form.recipients)
    for where, texts in (("senders", senders), ("recipients", recipients)):
        if not all(_is_pattern(text) for text in texts):
            wrong(where, "pattern")
        elif len(texts) > PATTERNS_MAX:
            wrong(where, "many")
    if not senders and not recipients:
        wrong("senders", "people")
    until = _until(form.until, today, wrong)
    if not 0 < len(why) <= WHY_MAX:
        wrong("why", "why")
    if errors or until is None:
        return Submitted(changes, tuple(errors))
    made = NamedException(name, form.rule, until, why, senders, recipients)
    return Submitted(changes.with_exception(made), ())


class _Wrong(Protocol):
    """Notes what is wrong with a field of an exception."""

    def __call__(self, name: str, key: str, **values: object) -> None: ...


class _Reading:
    """Reads what was typed for one rule."""

    def __init__(self, rule: Rule, shown: RuleSentences, change: RuleChange, clock: Clock) -> None:
        self._rule = rule
        self._shown = shown
        self._change = change
        self._clock = clock
        self._errors: list[FieldError] = []

    def read(self, typed: Mapping[str, str]) -> tuple[RuleChange, list[FieldError]]:
        """The rule's change as it is then, or as it was with errors."""
        touched = {
            one.name: value
            for one in self._shown.fields
            if (value := typed.get(one.name)) is not None and value != one.value
        }
        if not touched:
            return self._change, []
        if self._rule.is_locked:
            return self._change, [FieldError(name, "rule.error.locked") for name in touched]
        for one in self._shown.fields:
            if one.name in touched:
                self._check(one, touched[one.name], typed)
        if self._errors:
            return self._change, self._errors
        state = RuleState(touched.get(self._name(STATE), self._change.state.value))
        figures = self._figures(touched, typed)
        if self._errors:
            return self._change, self._errors
        _, unfit = with_figures(self._rule, figures, self._clock)
        if unfit:
            return self._change, [self._contradiction(path) for path in unfit]
        return RuleChange(state, figures), []

    def _name(self, path: str) -> str:
        return field_name(self._rule.id, path)

    def _wrong(self, name: str, key: str, **values: object) -> None:
        self._errors.append(FieldError(name, f"rule.error.{key}", values))

    def _check(self, one: Field, value: str, typed: Mapping[str, str]) -> None:
        """One field by itself."""
        if one.control is Control.CHOICE:
            if value not in [choice.value for choice in one.choices]:
                self._wrong(one.name, "choice")
            return
        if one.name == self._name(AMOUNT) and typed.get(self._name(UNIT)) == Unit.NEVER.value:
            return
        number = _number(value)
        if number is None:
            self._wrong(one.name, "number")
        elif one.whole and number != int(number):
            self._wrong(one.name, "whole")
        elif not one.least <= number <= one.most:
            self._wrong(one.name, "range", least=f"{one.least:g}", most=f"{one.most:.15g}")

    def _figures(self, touched: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
        """Every figure that differs from the file."""
        original = figures_of(self._rule, self._clock)
        # What does not fit the file any more has no effect, and goes with the next change.
        kept = {path: value for path, value in self._change.figures.items() if path in original}
        wanted = original | kept
        for path in original:
            if path.endswith((f".{LEAST}", f".{MOST}")) and (value := touched.get(self._name(path))) is not None:
                wanted[path] = f"{_number(value) or 0:.15g}"
            elif path in (NEEDS, AT_END):
                wanted[path] = touched.get(self._name(path), wanted[path])
        if touched.keys() & {self._name(AMOUNT), self._name(UNIT)}:
            wanted[WAIT] = self._wait(wanted[WAIT], typed)
        if wanted.get(NEEDS) == Needs.TIMER.value or wanted.get(WAIT) == NEVER:
            # A timer sends, and what has no end has none: nothing else can be meant.
            wanted[AT_END] = AtEnd.SEND.value
        figures = {path: value for path, value in wanted.items() if value != original[path]}
        is_new_person = NEEDS in figures and self._rule.needs is Needs.TIMER
        return figures | ({WAIT: wanted[WAIT]} if is_new_person else {})

    def _wait(self, now: str, typed: Mapping[str, str]) -> str:
        current = length_of(now) or Length(0, Unit.NEVER)
        unit = Unit(typed.get(self._name(UNIT), current.unit.value))
        if unit is Unit.NEVER:
            if typed.get(self._name(NEEDS), self._value(NEEDS)) == Needs.TIMER.value:
                self._wrong(self._name(UNIT), "wait")
            return NEVER
        amount = _number(typed.get(self._name(AMOUNT), current.figure))
        if not amount:
            self._wrong(self._name(AMOUNT), "wait")
            return now
        length = Length(amount, unit)
        if (length.seconds(self._clock.hours) or 0) > WAIT_MAX_SECONDS:
            self._wrong(self._name(AMOUNT), "long")
        return str(length)

    def _value(self, path: str) -> str:
        return next((one.value for one in self._shown.fields if one.name == self._name(path)), "")

    def _contradiction(self, path: str) -> FieldError:
        key = "at_end" if path == AT_END else "wait" if path == WAIT else "bounds"
        return FieldError(self._name(AMOUNT if path == WAIT else path), f"rule.error.{key}")


def _until(typed: str, today: date, wrong: _Wrong) -> date | None:
    try:
        until = date.fromisoformat(_plain(typed).replace("/", "-"))
    except ValueError:
        wrong("until", "until")
        return None
    last = today + timedelta(days=EXCEPTION_DAYS_MAX - 1)
    if until < today:
        wrong("until", "past")
    elif until > last:
        wrong("until", "far", day=last.isoformat())
    return until


def _patterns(typed: str) -> tuple[str, ...]:
    """Addresses and domains of a text, whatever stands between them."""
    plain = unicodedata.normalize("NFKC", typed).replace("、", ",")
    found = [one.strip() for line in plain.splitlines() for one in line.replace(";", ",").split(",")]
    return tuple(dict.fromkeys(one for one in found if one))


def _is_pattern(text: str) -> bool:
    if "*" not in text:
        return is_domain_name(text[1:]) if text.startswith("@") else is_mailbox(text)
    _, at, domain = text.rpartition("@")
    is_plain = len(text) <= PATTERN_MAX and not any(sign.isspace() or not sign.isprintable() for sign in text)
    # Everybody is no exception.
    return bool(at) and is_plain and any(sign.isalnum() for sign in domain) and domain.strip(".*") != ""


def _number(typed: str) -> float | None:
    try:
        number = float(typed)
    except ValueError:
        return None
    return number if typed.isascii() and number == number and abs(number) != float("inf") else None


def _plain(typed: str) -> str:
    """What was typed, with full-width signs as narrow ones and without what nobody sees."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign.isprintable()).strip()
