"""A rule as sentences for people, with its figures as fields that can be filled in anew. Pure.

A sentence is a list of parts, text or field, so that a page can make a form of it and a terminal a line. Each condition
word has a phrase in both catalogues (``rule.word.…``); a test names those that are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailguard.i18n import CATALOGUES, Language, text
from mailguard.model.approval import ApproverKind
from mailguard.model.verdict import Action, AtEnd, Needs
from mailguard.policy.changes import Changes, RuleState
from mailguard.policy.figures import (
    AT_END,
    BOUND_MAX,
    FRACTIONS,
    LEAST,
    MOST,
    NEEDS,
    WAIT,
    Clock,
    wait_of,
    with_figures,
)
from mailguard.policy.lengths import Unit
from mailguard.policy.rules import AppliesTo, Condition, Rule, RuleSet, Test
from mailguard.policy.words import Shape

STATE, AMOUNT, UNIT = "state", "wait.amount", "wait.unit"
AMOUNT_MAX = 100_000


class Control(StrEnum):
    """How a field is filled in."""

    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One value a field may have, and what people call it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """Something in a sentence that can be changed. ``name`` is unique over all rules: ``rule:path``.

    ``original``: the value by the file. ``least`` and ``most`` are those of NUMBER, ``choices`` those of CHOICE.
    ``label``: what it is, for those who do not see the sentence around it.
    """

    name: str
    label: str
    control: Control
    value: str
    original: str
    choices: tuple[Choice, ...] = ()
    least: float = 0
    most: float = 0
    whole: bool = True

    @property
    def shown(self) -> str:
        """The value as people read it."""
        return self._label_of(self.value)

    @property
    def original_shown(self) -> str:
        """The value by the file as people read it."""
        return self._label_of(self.original)

    @property
    def is_changed(self) -> bool:
        """Whether it differs from the file."""
        return self.value != self.original

    def _label_of(self, value: str) -> str:
        return next((one.label for one in self.choices if one.value == value), value)


Part = str | Field
Sentence = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RuleSentences:
    """One rule as people read it. ``state``: the field that says whether it counts."""

    rule: str
    title: str
    is_locked: bool
    state: Field
    sentences: tuple[Sentence, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every field, the state first."""
        return (self.state, *(part for one in self.sentences for part in one if isinstance(part, Field)))

    @property
    def plain(self) -> str:
        """All sentences as one text."""
        return "".join(part if isinstance(part, str) else part.shown for one in self.sentences for part in one)


def sentences_of(files: RuleSet, changes: Changes, language: Language) -> list[RuleSentences]:
    """All rules of a set with what was changed, in the order of the files; those that are off among them."""
    return [_Writer(files, changes, rule, language).written() for rule in files.rules]


def title_of(rule: Rule, language: Language) -> str:
    """What people call a rule."""
    return rule.title.get(language) or rule.title.get("ja") or rule.id


def field_name(rule: str, path: str) -> str:
    """What the field of a figure is called in a form."""
    return f"{rule}:{path}"


class _Writer:
    """Writes one rule in one language."""

    def __init__(self, files: RuleSet, changes: Changes, rule: Rule, language: Language) -> None:
        change = changes.of(rule.id)
        self._clock = Clock.of(files)
        self._original = rule
        self._rule = rule if rule.is_locked else with_figures(rule, change.figures, self._clock)[0]
        self._state = RuleState.ACTIVE if rule.is_locked else change.state
        self._kinds = {kind.kind: kind.label for kind in files.kinds.kinds}
        self._kinds |= {one.kind: one.label for one in files.kinds.dictionaries}
        self._language: Language = language

    def written(self) -> RuleSentences:
        rule = self._rule
        when = self._sentence(
            "rule.when", where=self._where(), condition=self._condition(rule.when, "") or [self._say("rule.always")]
        )
        sentences = [when, *self._effect(), *self._approved(), *self._excluded(rule.when), *self._obliged()]
        if rule.opens_incident:
            sentences.append([self._say("rule.incident")])
        return RuleSentences(
            rule.id,
            title_of(rule, self._language),
            rule.is_locked,
            self._choice(STATE, self._say("rule.state"), self._state.value, "active", list(RuleState), "rule.state"),
            tuple(tuple(_joined(one)) for one in sentences),
        )

    # -- words

    def _say(self, key: str, **values: object) -> str:
        return text(self._language, key, **values)

    def _sentence(self, key: str, **parts: Sequence[Part]) -> list[Part]:
        """A text of the catalogue with lists of parts in its placeholders."""
        found: list[Part] = []
        for piece in CATALOGUES[self._language][key].split("{"):
            name, closed, rest = piece.partition("}")
            found += [*parts[name], rest] if closed else [piece]
        return found

    def _list(self, items: Sequence[Sequence[Part]], key: str) -> list[Part]:
        """Items with the catalogue's words between them."""
        found: list[Part] = []
        for number, item in enumerate(items):
            found += [*([self._say(key)] if number else []), *item]
        return found

    def _names(self, labels: Iterable[str]) -> list[Part]:
        return self._list([[self._say("rule.quoted", word=label)] for label in labels], "rule.or_word")

    # -- conditions

    def _where(self) -> list[Part]:
        """To whom, from whom and when the rule applies."""
        scope, applies = self._rule.scope, self._rule.applies_to
        found: list[Part] = [] if applies is AppliesTo.EVERYBODY else [self._say(f"rule.applies.{applies.value}")]
        for name, values in (
            ("senders", scope.senders.texts),
            ("departments", scope.departments),
            ("recipients", scope.recipients.texts),
        ):
            if values:
                found += self._sentence(f"rule.scope.{name}", values=self._names(values))
        return found + ([] if scope.hours is None else [self._say(f"rule.hours.{scope.hours.value}")])

    def _condition(self, condition: Condition, prefix: str) -> list[Part]:
        """What must hold, without what must not; [] where nothing must."""
        tests = [self._test(test, f"{prefix}{test.word.name}") for test in condition.tests]
        if condition.any_of:
            ways = self._alternatives(condition.any_of, f"{prefix}any.")
            stands_alone = not tests and not (prefix and condition.none_of)
            tests.append(
                ways if stands_alone or len(condition.any_of) == 1 else self._sentence("rule.group", inner=ways)
            )
        if prefix and condition.none_of:
            ways = self._alternatives(condition.none_of, f"{prefix}none.")
            tests.append(self._sentence("rule.not", inner=ways))
        return self._list(tests, "rule.and")

    def _alternatives(self, conditions: Sequence[Condition], prefix: str) -> list[Part]:
        ways: list[Sequence[Part]] = []
        for number, one in enumerate(conditions):
            inner = self._condition(one, f"{prefix}{number}.")
            is_plain = len(one.tests) + len(one.any_of) + len(one.none_of) < 2 or len(conditions) == 1
            ways.append(inner if is_plain else self._sentence("rule.group", inner=inner))
        return self._list(ways, "rule.or")

    def _excluded(self, condition: Condition) -> list[list[Part]]:
        if not condition.none_of:
            return []
        return [self._sentence("rule.except", inner=self._alternatives(condition.none_of, "none."))]

    def _test(self, test: Test, path: str) -> list[Part]:
        word = test.word
        key = f"rule.word.{word.name}"
        match word.shape:
            case Shape.FLAG:
                return [self._say(f"{key}.{'yes' if test.accepted == (True,) else 'no'}")]
            case Shape.NUMBER:
                return self._sentence(key, bounds=self._bounds(test, path))
            case Shape.CHOICE | Shape.CHOICES:
                labels = [self._label(word.name, str(one)) for one in test.accepted]
                return self._sentence(key, values=self._names(labels))
            case Shape.TEXT:
                return self._sentence(key, values=self._names(map(str, test.accepted)))
            case Shape.ADDRESS:
                return self._sentence(key, values=self._names(test.patterns.texts))

    def _label(self, word: str, value: str) -> str:
        if word == "finds":
            return CATALOGUES[self._language].get(f"kind.{value}") or self._kinds.get(value, value)
        return self._say(f"rule.choice.{word}.{value}")

    def _bounds(self, test: Test, path: str) -> list[Part]:
        name = test.word.name
        counter = self._say(f"rule.counter.{name}")
        label = self._say(f"rule.word.{name}", bounds="…")
        original = {
            f"{at}.{end}": bound
            for at, one in _tests(self._original.when, "")
            for end, bound in ((LEAST, one.least), (MOST, one.most))
        }
        fields: dict[str, list[Part]] = {"counter": [counter]}
        for end, bound in ((LEAST, test.least), (MOST, test.most)):
            if bound is not None:
                base = original[f"{path}.{end}"]
                fields[end] = [
                    Field(
                        field_name(self._rule.id, f"{path}.{end}"), self._say(f"rule.bound.{end}.label", word=label),
                        Control.NUMBER, f"{bound:.15g}", "" if base is None else f"{base:.15g}",
                        most=BOUND_MAX, whole=name not in FRACTIONS,
                    )
                ]  # fmt: skip
        which = "both" if len(fields) == 3 else LEAST if LEAST in fields else MOST
        return self._sentence(f"rule.bound.{which}", **fields)

    # -- what is done

    def _effect(self) -> list[list[Part]]:
        rule = self._rule
        match rule.action:
            case Action.DELIVER | Action.BLOCK:
                return [[self._say(f"rule.action.{rule.action.value}")]]
            case Action.HOLD:
                pass
        needs = self._choice(
            NEEDS, self._say("rule.needs"), rule.needs.value, self._original.needs.value, list(Needs), "rule.needs"
        )
        length, original = wait_of(rule, self._clock), wait_of(self._original, self._clock)
        amount = Field(
            field_name(rule.id, AMOUNT), self._say("rule.wait"), Control.NUMBER,
            length.figure, original.figure, most=AMOUNT_MAX, whole=False,
        )  # fmt: skip
        unit = self._choice(
            UNIT, self._say("rule.unit"), length.unit.value, original.unit.value, list(Unit), "rule.unit"
        )
        end = self._choice(
            AT_END, self._say("rule.at_end"), rule.at_end.value, self._original.at_end.value, list(AtEnd), "rule.at_end"
        )
        how = "timer" if rule.needs is Needs.TIMER else "never" if length.unit is Unit.NEVER else "person"
        return [
            self._sentence("rule.action.hold", needs=[needs]),
            self._sentence(f"rule.wait.{how}", amount=[amount], unit=[unit], end=[end]),
        ]

    def _approved(self) -> list[list[Part]]:
        """Who may approve, where somebody must."""
        rule, approval = self._rule, self._rule.approval
        if rule.action is not Action.HOLD or rule.needs is not Needs.APPROVER:
            return []
        who: list[list[Part]] = [
            self._names(approval.persons) if kind is ApproverKind.NAMED else [self._say(f"rule.approver.{kind.value}")]
            for kind in approval.by
        ]
        found = [self._sentence("rule.approval", who=self._list(who, "rule.or_word"))]
        if approval.count > 1:
            found.append([self._say("rule.approval.two")])
        return [*found, [self._say("rule.approval.own" if approval.own else "rule.approval.others")]]

    def _obliged(self) -> list[list[Part]]:
        rule = self._rule
        if not rule.obligations:
            return []
        wanted = [[self._say(f"rule.obligation.{one.value}")] for one in sorted(rule.obligations)]
        found = [self._sentence("rule.obligations", inner=self._list(wanted, "rule.and_word"))]
        waiver = "nobody" if rule.waiver is None else rule.waiver.value
        return [*found, [self._say(f"rule.waiver.{waiver}")]]

    def _choice(
        self, path: str, label: str, value: str, original: str, values: Sequence[StrEnum], key: str
    ) -> Field:  # fmt: skip
        choices = tuple(Choice(one.value, self._say(f"{key}.{one.value}")) for one in values)
        return Field(field_name(self._rule.id, path), label, Control.CHOICE, value, original, choices)


def _tests(condition: Condition, prefix: str) -> Iterable[tuple[str, Test]]:
    for test in condition.tests:
        yield f"{prefix}{test.word.name}", test
    for group, inner in (("any", condition.any_of), ("none", condition.none_of)):
        for number, one in enumerate(inner):
            yield from _tests(one, f"{prefix}{group}.{number}.")


def _joined(parts: Iterable[Part]) -> Iterable[Part]:
    """Texts beside each other as one."""
    waiting = ""
    for part in parts:
        if isinstance(part, str):
            waiting += part
            continue
        if waiting:
            yield waiting
        waiting = ""
        yield part
    if waiting:
        yield waiting


__all__ = [
    "AMOUNT",
    "STATE",
    "UNIT",
    "WAIT",
    "Choice",
    "Control",
    "Field",
    "RuleSentences",
    "field_name",
    "sentences_of",
    "title_of",
]
