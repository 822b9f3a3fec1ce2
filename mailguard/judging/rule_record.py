"""What became of mail that rules stopped, rule by rule, as far as the audit record tells it.

A mail counts for every rule that led to its first verdict, and once for what became of it: edited by a person, else
taken back or discarded, else sent by a person as it was, else sent by time; else nothing has become of it yet, or it
was blocked. Only the newest ``EVENTS_MAX`` events are asked; the result says since when that is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from mailguard import audit
from mailguard.audit.queries import Reader
from mailguard.model.audit import AuditAction, AuditEvent

DAYS = 30
EVENTS_MAX = 20_000

_ENDS = {
    AuditAction.RELEASED: "as_is",
    AuditAction.CANCELLED: "cancelled",
    AuditAction.EXPIRED: "cancelled",
    AuditAction.RELEASED_BY_TIMER: "by_time",
    AuditAction.RESTORED: "",
}
_ASKED = frozenset({*_ENDS, AuditAction.JUDGED, AuditAction.CHANGED})


@dataclass
class RuleRecord:
    """Mails one rule stopped, and what became of them: each is counted once among the others at most."""

    stopped: int = 0
    as_is: int = 0
    cancelled: int = 0
    mended: int = 0
    by_time: int = 0


@dataclass(frozen=True)
class RulesRecord:
    """By rule; rules that stopped nothing are not there. ``since``: from when on all events were asked."""

    rules: dict[str, RuleRecord]
    since: datetime

    def of(self, rule: str) -> RuleRecord:
        """That of one rule."""
        return self.rules.get(rule, RuleRecord())


def rules_record(reader: Reader, since: datetime) -> RulesRecord:
    """The record from ``since`` on, or from later on where there is too much."""
    page = audit.newest(reader, audit.Wanted(actions=_ASKED, since=since), limit=EVENTS_MAX)
    events = [one.event for one in reversed(page.entries)]
    begun = events[0].at if page.before is not None and events else since
    return RulesRecord(_counted(events), begun)


@dataclass
class _Fate:
    rules: frozenset[str]
    is_mended: bool = False
    ends: list[str] = field(default_factory=list)

    @property
    def word(self) -> str:
        """Which count of a ``RuleRecord``; "" for none."""
        return "mended" if self.is_mended else self.ends[-1] if self.ends else ""


def _counted(events: Iterable[AuditEvent]) -> dict[str, RuleRecord]:
    fates: dict[str, _Fate] = {}
    for event in events:
        if event.queue_id is None:
            continue
        fate = fates.get(event.queue_id)
        if fate is None:
            if event.action is AuditAction.JUDGED and ("hold" in event.details or "block" in event.details):
                fates[event.queue_id] = _Fate(_names(event))
        elif event.action is AuditAction.CHANGED:
            fate.is_mended = True
        elif event.action in _ENDS:
            fate.ends.append(_ENDS[event.action])
    found: defaultdict[str, RuleRecord] = defaultdict(RuleRecord)
    for fate in fates.values():
        for name in fate.rules:
            record = found[name]
            record.stopped += 1
            if fate.word:
                setattr(record, fate.word, getattr(record, fate.word) + 1)
    return dict(found)


def _names(event: AuditEvent) -> frozenset[str]:
    rules = event.details.get("rules")
    return frozenset(map(str, rules)) if isinstance(rules, list) else frozenset()
