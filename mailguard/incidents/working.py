"""Working on an incident, as works: notes, what it is, where it stands, since when it was known."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.keys import KeyTold, KeyWord, key_words
from mailguard.incidents.lessons import assure_lesson
from mailguard.incidents.opening import assure_note, assure_past
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import Cause, EntryKind, Incident, IncidentId, IncidentKind, Phase
from mailguard.model.queue import QueueId
from mailguard.store import Transaction, Work

SEVERITY_MAX = 100


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be different; None: as it is."""

    kind: IncidentKind | None = None
    cause: Cause | None = None
    phase: Phase | None = None
    severity: str | None = None


def add_note(records: IncidentRecords, incident_id: IncidentId, actor: Actor, note: str) -> Work[Incident]:
    """Add what somebody wrote to the timeline. Raises ``UnknownIncident``; ``NotAllowed`` for an empty or long one."""
    written = note.strip()
    if not written:
        raise NotAllowed("empty note", public="Write something first")
    assure_note(written)

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        after = records.change(transaction, incident, actor, [Step(EntryKind.NOTED, note=written)])
        _record(transaction, AuditAction.INCIDENT_NOTED, actor, after, {})
        return after

    return work


def change(
    records: IncidentRecords,
    incident_id: IncidentId,
    actor: Actor,
    changed: Change,
    note: str = "",
    left_open: Sequence[str] = (),
) -> Work[Incident]:
    """Say what it is or where it stands. What is so already changes nothing; nothing at all is safe.

    ``left_open``: what whoever closes it knows to be still undone, by the names of duties, for the record. Raises
    ``UnknownIncident``; ``NotAllowed`` where it is closed or opened again without a note, or closed without a lesson.
    """
    written = note.strip()
    assure_note(written)
    if changed.severity is not None and len(changed.severity) > SEVERITY_MAX:
        raise NotAllowed("severity too long", public=f"A severity may have {SEVERITY_MAX} characters")

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        wanted = {"kind": changed.kind, "cause": changed.cause, "phase": changed.phase, "severity": changed.severity}
        different = {
            name: value for name, value in wanted.items() if value is not None and value != getattr(incident, name)
        }
        if not different:
            return incident
        is_ending = changed.phase is not None and incident.is_open != (changed.phase is not Phase.CLOSED)
        if is_ending and not written:
            raise NotAllowed("no note", public="Say why in a note")
        if is_ending and incident.is_open:
            assure_lesson(records.entries(transaction, incident_id))
        # The severity is words of a person: it stands in the row, not in the record.
        details: dict[str, object] = {
            name: [str(getattr(incident, name)), str(value)] for name, value in different.items() if name != "severity"
        }
        if is_ending and left_open:
            details["left_open"] = list(left_open)
        if "severity" in different:
            details["severity"] = True
        after = records.change(
            transaction, incident, actor, [Step(EntryKind.CHANGED, None, details, written)], **different
        )
        _record(transaction, AuditAction.INCIDENT_CHANGED, actor, after, details)
        return after

    return work


def correct_known_at(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, known_at: datetime, reason: str
) -> Work[Incident]:
    """Correct since when anybody of the office knew; the clocks of the law run from there.

    Raises ``UnknownIncident``; ``NotAllowed`` for a time to come, or without a reason.
    """
    written = reason.strip()
    if not written:
        raise NotAllowed("no reason", public="Say why the time is another")
    assure_note(written)

    def work(transaction: Transaction) -> Incident:
        assure_past(known_at, transaction.now)
        incident = records.incident(transaction, incident_id)
        if known_at == incident.known_at:
            return incident
        details: dict[str, object] = {"known_at": [incident.known_at.isoformat(), known_at.isoformat()]}
        step = Step(EntryKind.KNOWN_AT, None, details, written)
        after = records.change(transaction, incident, actor, [step], known_at=known_at)
        _record(transaction, AuditAction.INCIDENT_CHANGED, actor, after, details)
        return after

    return work


def _record(
    transaction: Transaction, action: AuditAction, actor: Actor, after: Incident, details: dict[str, object]
) -> None:
    recorded = {"incident": after.incident_id, "entry": after.revision, **details}
    audit.append(transaction, AuditEvent(transaction.now, actor, action, None, recorded))


def say_key(
    records: IncidentRecords,
    incident_id: IncidentId,
    actor: Actor,
    said: KeyTold,
    mails: Collection[QueueId],
    note: str = "",
    *,
    is_officer: bool = False,
) -> Work[Incident]:
    """Say it of these mails of an incident, now or instead of what was said before; what is so already stays as it is.

    ``mails``: of a sender their own; ``is_officer``: an officer's word, which no sender changes, with the reason in
    ``note``. Raises ``UnknownIncident``; ``NotAllowed`` where it is closed, an officer has spoken of all of these or
    gives no reason, and for a note that is too long.
    """
    written = note.strip()
    assure_note(written)
    if is_officer and not written:
        raise NotAllowed("no reason", public="Give the reason")

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        if not incident.is_open:
            raise NotAllowed("incident is closed", public="It is closed; open it again first")
        before = key_words(records.entries(transaction, incident_id))
        asked = [one for one in incident.queue_ids if one in mails]
        free = [one for one in asked if is_officer or one not in before or not before[one].is_officers]
        if not free:
            raise NotAllowed("not theirs to say", public="An officer has decided this")
        new = [one for one in free if before.get(one) != KeyWord(said, is_officer)]
        if not new:
            return incident
        details: dict[str, object] = {"told": said.value, "officer": is_officer}
        steps = [Step(EntryKind.KEY_TOLD, one, details, written) for one in new]
        after = records.change(transaction, incident, actor, steps)
        _record(transaction, AuditAction.INCIDENT_CHANGED, actor, after, details)
        return after

    return work
