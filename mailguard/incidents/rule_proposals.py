"""What rules could see the like of a mail that went wrong: changes of those there are, and a rule of its own. Pure.

A proposal is a beginning: a dry run on the last mails shows what it would stop before anybody saves it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from mailguard.model.address import comparable
from mailguard.model.summary import Badge, Field, Summary
from mailguard.model.verdict import Action, Needs
from mailguard.policy.changes import Changes, RuleChange, RuleState
from mailguard.policy.figures import AT_END, LEAST, NEEDS, Clock, figures_of, with_figures
from mailguard.policy.rules import Rule, RuleSet

NAMED_MAX = 5
_VISIBLE = frozenset({Field.TO, Field.CC})
_LEAST_VISIBLE = 2
_SHARPER = {Needs.TIMER: Needs.SENDER, Needs.SENDER: Needs.APPROVER}


@dataclass(frozen=True)
class Proposal:
    """A change of one rule. ``change``: what then differs from its file."""

    rule: str
    change: RuleChange

    def over(self, changes: Changes) -> Changes:
        """The changes with this one."""
        return changes.with_rule(self.rule, self.change)


def proposals(
    files: RuleSet,
    changes: Changes,
    spoke: Collection[str],
    summary: Summary | None,
    group_of: Callable[[str], str],
) -> list[Proposal]:
    """For a mail: rules that spoke are made to count, or to ask somebody more; bounds that it stayed under are lowered.

    ``spoke``: the rules that had something to say about it; ``group_of``: whom an address counts with.
    """
    counts = visible_counts(summary, group_of)
    clock = Clock.of(files)
    found = []
    for rule in files.rules:
        change = changes.of(rule.id)
        if rule.is_locked or rule.is_quiet:
            # What lets every mail wait a little would have to stop every mail.
            continue
        proposed = _sharper(rule, change, clock) if rule.id in spoke else _lower(rule, change, counts, clock)
        if proposed is not None and proposed != change:
            found.append(Proposal(rule.id, proposed))
    return found


def visible_counts(summary: Summary | None, group_of: Callable[[str], str]) -> dict[str, int]:
    """What the words about visible outsiders count of a mail, by word."""
    if summary is None:
        return {}
    outsiders = [
        one for one in summary.recipients if one.field in _VISIBLE and Badge.OUTSIDE in one.badges
    ]  # fmt: skip
    return {
        "visible_outsiders": len({comparable(one.address) for one in outsiders}),
        "visible_groups": len({group_of(comparable(one.address)) for one in outsiders}),
        "visible_private": len({comparable(one.address) for one in outsiders if Badge.FREEMAIL in one.badges}),
    }


def written_rule(name: str, addresses: Iterable[str], note: Mapping[str, str]) -> str:
    """A rule of its own about some addresses, with examples, for a file of the policy folder. ``note``: why, by
    language.
    """
    listed = ", ".join(json.dumps(comparable(one), ensure_ascii=False) for one in addresses)
    reason = "\n".join(f"      {one}: {json.dumps(words, ensure_ascii=False)}" for one, words in note.items())
    return (
        f"rules:\n"
        f"  - id: {name}\n"
        f"    when: {{address: [{listed}]}}\n"
        f"    action: hold\n"
        f"    needs: sender\n"
        f"    wait: 2 office days\n"
        f"    at_end: discard\n"
        f"    reason:\n{reason}\n"
        f"    examples:\n"
        f"      hits:\n"
        f"        - to: [{listed}]\n"
        f"      misses:\n"
        f"        - to: [somebody@one.example.com]\n"
    )


def _sharper(rule: Rule, change: RuleChange, clock: Clock) -> RuleChange | None:
    """It counts where it only observed; else it asks somebody more."""
    if change.state is not RuleState.ACTIVE:
        return RuleChange(RuleState.ACTIVE, change.figures)
    now = Needs(change.figures.get(NEEDS, rule.needs.value))
    if rule.action is not Action.HOLD or now not in _SHARPER:
        return None
    figures = {**change.figures, NEEDS: _SHARPER[now].value}
    if now is Needs.TIMER:
        # What a timer sends, a person who forgets must not.
        figures[AT_END] = "discard"
    return _fitting(rule, change, figures, clock)


def _lower(rule: Rule, change: RuleChange, counts: Mapping[str, int], clock: Clock) -> RuleChange | None:
    """Its bounds on visible outsiders go down to what the mail had, and it counts."""
    figures = dict(change.figures)
    for path, value in (figures_of(rule, clock) | dict(change.figures)).items():
        word, _, end = path.rpartition(".")
        count = counts.get(word.rpartition(".")[2], 0)
        is_negated = path.startswith("none.") or ".none." in path
        if end == LEAST and not is_negated and _LEAST_VISIBLE <= count < float(value):
            figures[path] = str(count)
    return None if figures == dict(change.figures) else _fitting(rule, change, figures, clock)


def _fitting(rule: Rule, change: RuleChange, figures: Mapping[str, str], clock: Clock) -> RuleChange | None:
    original = figures_of(rule, clock)
    different = {path: value for path, value in figures.items() if original.get(path) != value}
    return None if with_figures(rule, different, clock)[1] else RuleChange(RuleState.ACTIVE, different)
