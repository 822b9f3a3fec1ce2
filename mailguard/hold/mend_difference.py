"""What an edit changes in how a mail is judged, as values for a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailguard.model.verdict import Action, Explanation, Needs, Verdict

_NEEDS = list(Needs)


@dataclass(frozen=True, slots=True)
class FindingChange:
    """Values of one kind in one place, before and after: 0 where there were or are none."""

    kind: str
    where: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Differences:
    """What is different. Reasons are those of rules; one that says the same of fewer or more recipients is in neither.

    ``reworded``: reasons that stay and say something else now, with other figures for instance. ``needs_before`` and
    ``needs_after``: who decides, the strictest of all recipients; None where nobody is held. ``is_blocked``: by the
    office's rules the mail may not be sent to somebody as it would be then.
    """

    gone: tuple[Explanation, ...]
    new: tuple[Explanation, ...]
    reworded: tuple[tuple[Explanation, Explanation], ...]
    findings: tuple[FindingChange, ...]
    needs_before: Needs | None
    needs_after: Needs | None
    is_blocked: bool

    @property
    def is_better(self) -> bool:
        """Whether there is less to mind than before, and nothing more. A new reason is no more where it asks for less:
        a mail that waits for its sender no longer waits as any other.
        """
        before, after = _weight(self.needs_before), _weight(self.needs_after)
        is_more = self.is_blocked or after > before or any(one.after > one.before for one in self.findings)
        if is_more or (self.new and after == before):
            return False
        return bool(self.gone or self.findings)


@dataclass(frozen=True)
class Judged:
    """One side of a comparison: what rules said, findings by kind and place, and the verdicts of who is held."""

    explanations: tuple[Explanation, ...]
    facts: Mapping[str, object]
    verdicts: tuple[Verdict, ...]


def differences(before: Judged, after: Judged, quiet: frozenset[str] = frozenset()) -> Differences:
    """What changed from one judgement to the next.

    ``quiet``: reasons that are told only where there is no other (``policy.rules.RuleSet.quiet``). They hold on behind
    another one, so beside it they are neither gone nor new.
    """
    said_before, said_after = _by_reason(before.explanations), _by_reason(after.explanations)
    both = [reason for reason in said_before if reason in said_after]
    return Differences(
        gone=_only_in(said_before, said_after, quiet),
        new=_only_in(said_after, said_before, quiet),
        reworded=tuple(
            (said_before[reason], said_after[reason])
            for reason in both
            if said_before[reason].texts != said_after[reason].texts
        ),
        findings=_finding_changes(_counts(before.facts), _counts(after.facts)),
        needs_before=_strictest(before.verdicts),
        needs_after=_strictest(after.verdicts),
        is_blocked=any(one.action is Action.BLOCK for one in after.verdicts),
    )


def _only_in(
    said: Mapping[str, Explanation], other: Mapping[str, Explanation], quiet: frozenset[str]
) -> tuple[Explanation, ...]:
    return tuple(one for reason, one in said.items() if reason not in other and not (other and reason in quiet))


def _weight(needs: Needs | None) -> int:
    return -1 if needs is None else _NEEDS.index(needs)


def _by_reason(explanations: Iterable[Explanation]) -> dict[str, Explanation]:
    """The first explanation of each reason: its figures may differ from recipient to recipient."""
    found: dict[str, Explanation] = {}
    for one in explanations:
        found.setdefault(one.reason, one)
    return found


def _counts(facts: Mapping[str, object]) -> dict[tuple[str, str], int]:
    """Counts of what was found and not suppressed, by kind and place, as they are on record."""
    found: dict[tuple[str, str], int] = {}
    findings = facts.get("findings")
    for one in findings if isinstance(findings, list) else []:
        if not one.get("suppressed"):
            key = (str(one["kind"]), str(one["where"]))
            found[key] = found.get(key, 0) + int(one["count"])
    return found


def _finding_changes(
    before: Mapping[tuple[str, str], int], after: Mapping[tuple[str, str], int]
) -> tuple[FindingChange, ...]:
    keys = dict.fromkeys((*before, *after))
    changes = (FindingChange(kind, where, before.get((kind, where), 0), after.get((kind, where), 0))
               for kind, where in keys)  # fmt: skip
    return tuple(one for one in changes if one.before != one.after)


def _strictest(verdicts: Iterable[Verdict]) -> Needs | None:
    return max((one.needs for one in verdicts if one.action is not Action.DELIVER), key=_NEEDS.index, default=None)
