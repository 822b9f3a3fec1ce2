"""Correcting what was computed of an incident: how many people, which kinds, who was not to get it. As works.

A correction counts whatever the record says, until it is taken back; who made it and why stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.answers import Wrong
from mailguard.incidents.deciding import with_moved
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.scope import KIND_MARK, PERSONS, WRONG
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import EntryKind, Incident, IncidentId
from mailguard.model.queue import QueueId
from mailguard.store import Transaction, Work

COUNT_MAX = 100_000_000
_WHAT = re.compile(rf"{PERSONS}|{KIND_MARK}[a-z0-9_.-]{{1,64}}")


def correct(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, what: str, value: int | None, reason: str
) -> Work[tuple[Incident, int]]:
    """Correct a figure: ``PERSONS`` (None: nobody knows), or ``KIND_MARK`` and a kind (0: it is not in it).

    The incident as it is then, and how many times moved by it. Raises ``UnknownIncident``; ``NotAllowed`` where it is
    closed, for no such figure, and without a reason.
    """
    if not _WHAT.fullmatch(what) or (value is None and what != PERSONS):
        raise NotAllowed("no such figure", public="There is no such figure")
    if value is not None and not 0 <= value <= COUNT_MAX:
        raise NotAllowed("no such count", public="This cannot be a number of people or findings")
    return _write(
        records, incident_id, actor, Step(EntryKind.CORRECTED, None, {"what": what}, _reason(reason), {"value": value})
    )


def uncorrect(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, what: str, reason: str
) -> Work[tuple[Incident, int]]:
    """Take a correction back, so that the record's figure counts again. As ``correct``."""
    if not _WHAT.fullmatch(what) and what != WRONG:
        raise NotAllowed("no such figure", public="There is no such figure")
    step = Step(EntryKind.CORRECTED, None, {"what": what, "is_undone": True}, _reason(reason))
    return _write(records, incident_id, actor, step)


def mark_wrong(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, wrong: Collection[Wrong],
    mails: Collection[QueueId], note: str = "",
) -> Work[tuple[Incident, int]]:  # fmt: skip
    """Say who was not to get it, of all recipients of ``mails``. As ``correct``; the tick is reason enough."""
    written = note.strip()
    assure_note(written)
    if any(queue_id not in mails for queue_id, _ in wrong):
        raise NotAllowed("another mail", public="This mail is not part of the incident")
    marked = [[queue_id, position] for queue_id, position in sorted(set(wrong))]
    details: dict[str, object] = {"what": WRONG, "wrong": marked, "mails": sorted(set(mails))}
    return _write(records, incident_id, actor, Step(EntryKind.CORRECTED, None, details, written))


def _write(records: IncidentRecords, incident_id: IncidentId, actor: Actor, step: Step) -> Work[tuple[Incident, int]]:
    def work(transaction: Transaction) -> tuple[Incident, int]:
        incident = records.incident(transaction, incident_id)
        if not incident.is_open:
            raise NotAllowed("incident is closed", public="It is closed; open it again first")
        incident = records.change(transaction, incident, actor, [step])
        recorded: dict[str, object] = {
            "incident": incident_id,
            "entry": incident.revision,
            "what": step.details["what"],
        }
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))
        return with_moved(records, transaction, incident, actor)

    return work


def _reason(reason: str) -> str:
    written = reason.strip()
    if not written:
        raise NotAllowed("no reason", public="Say why it is another")
    assure_note(written)
    return written
