"""What of long lists stands on a mail's page at once: whoever and whatever needs a look, then a few of the others.

Nothing is left out: the others are behind one click, and a search finds them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailguard.hold.decision import DomainGroup, ShownRecipient
from mailguard.model.summary import Badge, SummaryFile

SHORT = 20
"""A list up to so long is shown whole."""
_RECIPIENTS, _GROUPS, _FILES = 10, 8, 10
_WORTH_A_LOOK = frozenset({Badge.SIMILAR, Badge.HEADER_DIFFERS})


@dataclass(frozen=True)
class GroupAtFirst:
    """Recipients of one domain, and those of them that are folded away."""

    domain: str
    is_outside: bool
    recipients: tuple[ShownRecipient, ...]
    folded: tuple[ShownRecipient, ...] = ()

    @property
    def count(self) -> int:
        """How many there are of it."""
        return len(self.recipients) + len(self.folded)


def at_first(groups: Sequence[DomainGroup]) -> tuple[list[GroupAtFirst], list[GroupAtFirst]]:
    """The groups a page begins with, and those behind a click; ``groups`` come with outsiders first."""
    if sum(len(one.recipients) for one in groups) <= SHORT:
        return [GroupAtFirst(one.domain, one.is_outside, one.recipients) for one in groups], []
    room = max(2, _RECIPIENTS // max(1, min(len(groups), _GROUPS)))
    made = [_folded(one, room) for one in sorted(groups, key=lambda one: (not one.is_outside, -_worth(one.recipients)))]
    return made[:_GROUPS], made[_GROUPS:]


def files_at_first(files: Sequence[SummaryFile]) -> tuple[list[SummaryFile], list[SummaryFile]]:
    """The files a page begins with, and those behind a click: many files in which nothing was found are not read."""
    ordered = sorted(files, key=_is_quiet)
    shown = max(_FILES, sum(not _is_quiet(one) for one in files))
    return (list(files), []) if len(files) <= shown else (ordered[:shown], ordered[shown:])


def _is_quiet(file: SummaryFile) -> bool:
    return not file.found and file.unreadable is None and not file.is_protected


def _folded(group: DomainGroup, room: int) -> GroupAtFirst:
    ordered = tuple(sorted(group.recipients, key=lambda one: -_worth([one])))
    shown = max(room, _worth(group.recipients))
    return GroupAtFirst(group.domain, group.is_outside, ordered[:shown], ordered[shown:])


def _worth(recipients: Iterable[ShownRecipient]) -> int:
    """How many of them carry a sign that something may be wrong."""
    return sum(bool(one.badges & _WORTH_A_LOOK) for one in recipients)
