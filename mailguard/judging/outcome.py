"""What a set of rules would have done with a mail, as trials compare it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mailguard.judging.judge import Judged
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation, Reason, Verdict
from mailguard.policy.lengths import Length, Unit, spoken_length
from mailguard.policy.rules import RuleSet

_ACTIONS = list(Action)
_NEEDS = list(Needs)
_ENDS = list(AtEnd)


class EndKind(StrEnum):
    """What becomes of a hold nobody attends to; WAIT: nothing, ever."""

    SEND = "send"
    ESCALATE = "escalate"
    DISCARD = "discard"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class HoldEnd:
    """How a hold ends where nobody attends to it."""

    needs: Needs
    kind: EndKind
    length: Length

    def __str__(self) -> str:
        """In a word or two, as reports show it."""
        return self.kind.value if self.kind is EndKind.WAIT else f"{self.kind.value} after {self.length}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a set of rules would have done with a mail: the strictest verdict of its recipients, all rules that hit.

    Equal are those a person would find equal, whatever rules led there. ``is_protected``: whether part of it would have
    left as a file with a password. ``ends``: of the holds of all its recipients, each once, the strictest first.
    """

    action: Action
    needs: Needs
    rules: tuple[str, ...] = field(compare=False)
    is_protected: bool = False
    ends: tuple[HoldEnd, ...] = ()

    @property
    def is_stop(self) -> bool:
        """Whether a person would have been needed."""
        return self.action is Action.BLOCK or (self.action is Action.HOLD and self.needs is not Needs.TIMER)

    @property
    def is_pause(self) -> bool:
        """Whether it would only have waited."""
        return self.action is Action.HOLD and not self.is_stop

    @property
    def kinds(self) -> frozenset[EndKind]:
        """What may become of it at the end of its time."""
        return frozenset(one.kind for one in self.ends)

    @property
    def word(self) -> str:
        """The outcome in a word or two, as reports show it."""
        return f"{self.action.value} ({self.needs.value})" if self.action is Action.HOLD else self.action.value

    @property
    def all_words(self) -> str:
        """The outcome with how its holds end, and whether it is protected."""
        return ", ".join([self.word, *map(str, self.ends), *(["protected"] if self.is_protected else [])])


def outcome_of(judged: Judged, rules: RuleSet) -> Outcome:
    """What ``rules`` made of the mail."""
    judgement = judged.judgement
    # Of a set that only observes, what it would have done; of a single rule that does, that it hit.
    verdicts = judgement.observed if rules.observes and judgement.observed is not None else judgement.verdicts
    strictest = max(verdicts, key=_weight, default=None)
    builtin = {reason.value for reason in Reason}
    hit = judgement.observed or judgement.verdicts
    names = tuple(dict.fromkeys(one for verdict in hit for one in verdict.reasons if one not in builtin))
    if strictest is None:
        return Outcome(Action.DELIVER, Needs.TIMER, names)
    is_protected = any(
        Obligation.PROTECT in verdict.obligations and verdict.action is not Action.BLOCK for verdict in verdicts
    )
    held = sorted((one for one in verdicts if one.action is Action.HOLD), key=_severity, reverse=True)
    ends = tuple(dict.fromkeys(_end(one, rules) for one in held))
    return Outcome(strictest.action, strictest.needs, names, is_protected, ends)


def _end(verdict: Verdict, rules: RuleSet) -> HoldEnd:
    length = spoken_length(verdict.hold_seconds, verdict.office_hours, rules.hours)
    kind = EndKind.WAIT if length.unit is Unit.NEVER else EndKind(verdict.at_end.value)
    return HoldEnd(verdict.needs, kind, length)


def _weight(verdict: Verdict) -> tuple[int, int]:
    return _ACTIONS.index(verdict.action), _NEEDS.index(verdict.needs)


def _severity(verdict: Verdict) -> tuple[int, bool, int, bool, int]:
    # Whatever order the recipients stand in, the same holds give the same outcome.
    seconds = verdict.hold_seconds
    return (
        _NEEDS.index(verdict.needs), seconds is None, _ENDS.index(verdict.at_end), verdict.office_hours, seconds or 0,
    )  # fmt: skip
