"""What a person is offered beside a reason, so that it is mended with one click. Pure.

A reason is a rule's, so what mends it follows from what the rule asks and wants, never from its name. Where the rule is
not in force any more, its wishes are those that the verdict kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailguard.model.address import comparable
from mailguard.model.extract import PartPath
from mailguard.model.queue import Recipient, State
from mailguard.model.summary import Summary, SummaryFile
from mailguard.model.verdict import Explanation, Obligation
from mailguard.policy.rules import Rule
from mailguard.policy.words import WORDS

_EXPOSURE = frozenset({Obligation.HIDE_RECIPIENTS, Obligation.SEND_INDIVIDUALLY})
_OF_FEW = 3
"""Recipients up to which a reason is about each of them; taking more off is no mending but another mail."""


class Mending(StrEnum):
    """What can be done. The words are texts ``queue.fix.<value>``."""

    TO_BCC = "to_bcc"
    INDIVIDUALLY = "individually"
    REMOVE = "remove"
    DROP_FILE = "drop_file"
    PROTECT = "protect"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True)
class Fix:
    """One offer. ``positions``: which recipients it is about; ``address``: the right one, for ``CORRECT``;
    ``files``: those to take out, for ``DROP_FILE``.
    """

    mending: Mending
    positions: tuple[int, ...] = ()
    address: str = ""
    files: tuple[PartPath, ...] = ()


def fixes_for(
    reason: Explanation, held: Sequence[Recipient], summary: Summary | None, rule: Rule | None
) -> tuple[Fix, ...]:
    """What mends a reason, the safest first. Only recipients that are still held can be mended."""
    concerned = [one for one in held if one.state is State.HELD and one.key.position in reason.positions]
    if not concerned:
        return ()
    wanted = _wanted(concerned, rule)
    found: list[Fix] = []
    if wanted & _EXPOSURE:
        found += [Fix(Mending.TO_BCC), Fix(Mending.INDIVIDUALLY)]
    if Obligation.PROTECT in wanted:
        found.append(Fix(Mending.PROTECT, tuple(one.key.position for one in concerned)))
        found += _without(summary, [one for one in _files(summary) if one.found])
    if rule is not None and any(test.word is WORDS["unreadable"] for test in rule.when.every_test()):
        found += _without(summary, [one for one in _files(summary) if one.unreadable is not None])
    if found:
        return tuple(found)
    found += _corrections(reason, concerned, summary)
    all_held = [one for one in held if one.state is State.HELD]
    if len(concerned) <= _OF_FEW and len(concerned) < len(all_held):
        found += [Fix(Mending.REMOVE, (one.key.position,)) for one in concerned]
    return tuple(found)


def _wanted(concerned: Sequence[Recipient], rule: Rule | None) -> frozenset[Obligation]:
    if rule is not None:
        return rule.obligations
    return frozenset[Obligation]().union(*(one.verdict.obligations for one in concerned if one.verdict is not None))


def _files(summary: Summary | None) -> Collection[SummaryFile]:
    return () if summary is None else summary.files


def _without(summary: Summary | None, files: Sequence[SummaryFile]) -> list[Fix]:
    return [Fix(Mending.DROP_FILE, files=(one.path,)) for one in files] if summary is not None else []


def _corrections(reason: Explanation, concerned: Sequence[Recipient], summary: Summary | None) -> list[Fix]:
    """Another address, where the reason itself names it or its domain."""
    if summary is None:
        return []
    suggested = {comparable(one.address): one.suggested for one in summary.recipients if one.suggested}
    told = "\n".join(reason.texts.values())
    found = []
    for one in concerned:
        address = suggested.get(comparable(one.path.address), "")
        if address and address.rpartition("@")[2] in told:
            found.append(Fix(Mending.CORRECT, (one.key.position,), address))
    return found
