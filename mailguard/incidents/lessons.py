"""What follows from an incident, so that it does not happen again. Without a lesson an incident is not closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.store import Transaction, Work

RULE_MAX = 61


class LessonKind(StrEnum):
    """What follows."""

    RULE = "rule"
    """A rule will see the like."""
    TRAINING = "training"
    NONE = "none"
    """Nothing; the note says why."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One of them. ``rule``: its id, "" where it is another kind, or no rule was named."""

    at: datetime
    actor: Actor
    kind: LessonKind
    note: str
    rule: str = ""


def lessons_of(entries: Iterable[Entry]) -> tuple[Lesson, ...]:
    """Those of an incident, oldest first."""
    return tuple(
        Lesson(one.at, one.actor, LessonKind(str(one.details["lesson"])), one.note, str(one.details.get("rule", "")))
        for one in entries
        if one.kind is EntryKind.LESSON
    )


def learned(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, kind: LessonKind, note: str, rule: str = ""
) -> Work[Incident]:
    """Note what follows. Raises ``UnknownIncident``; ``NotAllowed`` without words, or with too many."""
    written = note.strip()
    if not written:
        raise NotAllowed("no words", public="Say what follows from it, or why nothing does")
    assure_note(written)
    if len(rule) > RULE_MAX:
        raise NotAllowed("no rule", public="There is no such rule")

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        details: dict[str, object] = {"lesson": kind.value, **({"rule": rule} if rule else {})}
        after = records.change(transaction, incident, actor, [Step(EntryKind.LESSON, None, details, written)])
        recorded = {"incident": incident_id, "entry": after.revision, **details}
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))
        return after

    return work


def assure_lesson(entries: Iterable[Entry]) -> None:
    """Raises ``NotAllowed`` where nobody has said what follows."""
    if not lessons_of(entries):
        raise NotAllowed(
            "no lesson", public="Say first what follows from it: a rule, a training, or why nothing does"
        )  # fmt: skip
