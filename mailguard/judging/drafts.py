"""Changes of the rules that somebody is still thinking about: what they filled in, and what a dry run says of it.

A draft is kept for the person until it is saved, thrown away, or the service ends, so that neither the back button nor
another page loses it. It holds only the rules its author touched: whatever others save meanwhile stays as they saved
it. A trial counts for exactly these changes over exactly the rules that are in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mailguard.judging.active import ActivePolicy
from mailguard.judging.dry_run import DryRun, DryRuns, DryRunState
from mailguard.policy.changes import Changes, RuleChange, apply

DRAFTS_MAX = 100
"""People who change rules are few; past that the oldest draft is forgotten."""


@dataclass(frozen=True)
class Draft:
    """What one person wants of the rules they touched. ``seen``: the number of the change they saw when they did."""

    rules: Mapping[str, RuleChange]
    seen: int

    def over(self, changes: Changes) -> Changes:
        """``changes`` with those of the draft in place of what they say of the same rules."""
        for name, change in self.rules.items():
            changes = changes.with_rule(name, change)
        return changes


def draft_of(changes: Changes, base: Changes, seen: int) -> Draft:
    """The draft that makes ``changes`` of ``base``, exceptions aside."""
    names = {*changes.rules, *base.rules}
    return Draft({name: changes.of(name) for name in sorted(names) if changes.of(name) != base.of(name)}, seen)


@dataclass
class _Kept:
    draft: Draft
    run: DryRun | None = None
    tried: tuple[str, str] = ("", "")
    """Versions of the rules before and after that ``run`` compares."""


class Drafts:
    """Everybody's drafts on this node, by their address."""

    def __init__(self, policy: ActivePolicy, runs: DryRuns) -> None:
        self._policy = policy
        self._runs = runs
        self._kept: dict[str, _Kept] = {}

    def of(self, author: str) -> Draft | None:
        """Somebody's draft; None where they have none."""
        kept = self._kept.get(author)
        return None if kept is None else kept.draft

    def keep(self, author: str, draft: Draft) -> None:
        """Put a draft in place of the one they had; one that changes nothing is none."""
        kept = self._kept.pop(author, None)
        if not draft.rules:
            return
        self._kept[author] = _Kept(draft) if kept is None else _Kept(draft, kept.run, kept.tried)
        while len(self._kept) > DRAFTS_MAX:
            del self._kept[next(iter(self._kept))]

    def drop(self, author: str) -> None:
        """Forget somebody's draft. Twice is safe."""
        self._kept.pop(author, None)

    def try_out(self, author: str) -> bool:
        """Begin the dry run of their draft; False where another one runs, or they have no draft."""
        kept = self._kept.get(author)
        if kept is None:
            return False
        now = self._policy.in_force
        after = apply(now.files, kept.draft.over(now.changes)).rules
        run = self._runs.start(now.rules, after, author)
        if run.version != after.version or run.by != author:
            return False
        kept.run, kept.tried = run, (now.rules.version, after.version)
        return True

    def trial(self, author: str) -> DryRun | None:
        """The dry run of exactly their draft over the rules in force; None where there is none, or none any more."""
        kept = self._kept.get(author)
        if kept is None or kept.run is None:
            return None
        return kept.run if kept.tried == self._versions(kept.draft) else None

    def is_tried(self, author: str) -> bool:
        """Whether a finished trial says what their draft would do."""
        run = self.trial(author)
        return run is not None and run.state is DryRunState.DONE

    def other_run(self, author: str) -> DryRun | None:
        """A dry run that goes on and is not the one of their draft, or None."""
        newest = self._runs.newest
        is_other = newest is not None and newest.state is DryRunState.RUNNING and newest is not self.trial(author)
        return newest if is_other else None

    def end_run(self) -> None:
        """End the dry run that goes on, whoever began it; nothing where none does."""
        self._runs.cancel()

    def _versions(self, draft: Draft) -> tuple[str, str]:
        now = self._policy.in_force
        return now.rules.version, apply(now.files, draft.over(now.changes)).rules.version
