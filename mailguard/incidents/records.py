"""Incidents as they are on record, and the rows they are kept in. What people wrote is sealed.

Every change adds entries, and the newest entry's number is the incident's revision: nothing changes without a step on
the timeline, and two who change the same at once are told (``StaleState``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row

from mailguard.errors import UnknownIncident
from mailguard.incidents import queries
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.incident import Cause, Entry, EntryKind, Incident, IncidentId, IncidentKind, Phase
from mailguard.model.queue import QueueId
from mailguard.sealing import SecretBox
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros, to_micros_or_none

INCIDENTS = "what is written about incidents"
"""The purpose of the key that notes are sealed with."""


@dataclass(frozen=True, slots=True)
class Step:
    """An entry that is about to be written: everything but its number and time.

    ``sealed``: JSON values that may name people.
    """

    kind: EntryKind
    queue_id: QueueId | None = None
    details: dict[str, object] = field(default_factory=dict)
    note: str = ""
    sealed: dict[str, object] = field(default_factory=dict)


class Dues(Protocol):
    """Keeps the times of incidents: ``planning.Planner``."""

    def moved(self, transaction: Transaction, incident: Incident) -> list[object]:
        """Which times change where an incident becomes this."""
        ...

    def sync(self, transaction: Transaction, incident_ids: Collection[IncidentId]) -> None:
        """Have what is kept say what is due now."""
        ...


RECKONED_FROM = frozenset({"kind", "cause", "known_at"})
"""What the times follow from; an entry that changes it says which times moved."""


class IncidentRecords:
    """Reads and writes them. ``box`` seals what people wrote. ``dues``: what keeps the times; None: nobody does."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box
        self.dues: Dues | None = None

    # -- writing

    def insert(self, transaction: Transaction, incident: Incident) -> None:
        """Put a new incident on record, with its mails and without entries."""
        row = {
            "incident_id": incident.incident_id,
            "kind": incident.kind.value,
            "cause": incident.cause.value,
            "phase": incident.phase.value,
            "severity": incident.severity,
            "department": incident.department,
            "opened_by": incident.opened_by,
            "opened_at": to_micros(incident.opened_at),
            "known_at": to_micros(incident.known_at),
            "is_drill": incident.is_drill,
            "revision": incident.revision,
            "closed_at": None,
        }
        transaction.insert(queries.INSERT_INCIDENT, row)
        for number, queue_id in enumerate(incident.queue_ids, 1):
            mail = {"queue_id": queue_id, "incident_id": incident.incident_id, "number": number, "look_at": None}
            transaction.insert(queries.INSERT_MAIL, mail)
        # Its entries name it.
        transaction.flush()

    @staticmethod
    def add_mails(transaction: Transaction, incident: Incident, queue_ids: Sequence[QueueId]) -> Incident:
        """Make mails part of it that are not yet; the step that says so is the caller's."""
        for number, queue_id in enumerate(queue_ids, len(incident.queue_ids) + 1):
            mail = {"queue_id": queue_id, "incident_id": incident.incident_id, "number": number, "look_at": None}
            transaction.insert(queries.INSERT_MAIL, mail)
        transaction.flush()
        return replace(incident, queue_ids=(*incident.queue_ids, *queue_ids))

    def change(
        self, transaction: Transaction, incident: Incident, actor: Actor, steps: Sequence[Step], **changes: Any
    ) -> Incident:
        """New values with the steps that say so, at least one; the incident as it is then.

        Raises ``StaleState``, at the latest before the commit, where somebody else was first.
        """
        assert steps, "nothing changes without a step"
        after = replace(incident, revision=incident.revision + len(steps), **changes)
        if self.dues is not None:
            # What is closed has no times: none of them moved.
            is_reckoned = after.is_open and RECKONED_FROM & changes.keys()
            if is_reckoned and (moved := self.dues.moved(transaction, after)):
                *others, last = steps
                steps = [*others, replace(last, details={**last.details, "dues": moved})]
            # Once, before the commit, however many changes the transaction makes.
            transaction.collect(self.dues.sync, incident.incident_id)
        parameters = {
            "in_incident_id": incident.incident_id,
            "from_revision": incident.revision,
            "to_revision": after.revision,
            "to_kind": after.kind.value,
            "to_cause": after.cause.value,
            "to_phase": after.phase.value,
            "to_severity": after.severity,
            "to_known_at": to_micros(after.known_at),
            "to_closed_at": None if after.is_open else to_micros_or_none(transaction.now),
        }
        transaction.update(queries.UPDATE_INCIDENT, parameters)
        for number, step in enumerate(steps, incident.revision + 1):
            transaction.insert(
                queries.INSERT_ENTRY, self._row(transaction.now, incident.incident_id, number, actor, step)
            )
        # The next change of the same transaction must see this one.
        transaction.flush()
        return after

    @staticmethod
    def look_again(transaction: Transaction, incident_id: IncidentId, queue_id: QueueId, at: datetime | None) -> None:
        """Have it looked at ``at`` whether something of a mail can be stopped; None: no more."""
        parameters = {"in_queue_id": queue_id, "in_incident_id": incident_id, "to_look_at": to_micros_or_none(at)}
        transaction.update(queries.LOOKED_AT, parameters)

    # -- reading

    def incident(self, reader: queries.Reader, incident_id: IncidentId) -> Incident:
        """Raises ``UnknownIncident``."""
        row = queries.incident_by_id(reader, incident_id)
        if row is None:
            raise UnknownIncident(f"no incident {incident_id}")
        return _with_mails(reader, [row])[0]

    @staticmethod
    def of_mail(reader: queries.Reader, queue_id: QueueId) -> list[Incident]:
        """The incidents a mail is part of, the newest first."""
        return _with_mails(reader, queries.incidents_of_mail(reader, queue_id))

    @staticmethod
    def page(
        reader: queries.Reader, departments: Collection[str] | None = None, before: str = "", limit: int = 50
    ) -> list[Incident]:
        """Incidents of departments (None: all), the newest first, before an id ("" for the newest)."""
        return _with_mails(reader, queries.page(reader, departments, before or "~", limit))

    def entries(self, reader: queries.Reader, incident_id: IncidentId) -> list[Entry]:
        """Everything that was done, oldest first. Raises ``ContentDamaged``."""
        return [self._entry(row) for row in queries.entries_of(reader, incident_id)]

    def _row(self, at: datetime, incident_id: IncidentId, number: int, actor: Actor, step: Step) -> dict[str, object]:
        note = self._box.seal(step.note.encode(), _note_name(incident_id, number)) if step.note else None
        written = _json(step.sealed).encode() if step.sealed else b""
        sealed = self._box.seal(written, _sealed_name(incident_id, number)) if written else None
        return {
            "incident_id": incident_id,
            "number": number,
            "at": to_micros(at),
            "actor_kind": actor.kind.value,
            "actor": actor.name,
            "kind": step.kind.value,
            "queue_id": step.queue_id,
            "details": _json(step.details),
            "note": note,
            "sealed": sealed,
        }

    def _entry(self, row: Row[Any]) -> Entry:
        note = self._opened(row.note, _note_name(row.incident_id, row.number))
        sealed = json.loads(self._opened(row.sealed, _sealed_name(row.incident_id, row.number)) or "{}")
        actor = Actor(ActorKind(row.actor_kind), row.actor)
        kind, details = EntryKind(row.kind), json.loads(row.details)
        return Entry(row.number, from_micros(row.at), actor, kind, row.queue_id, details, note, sealed)

    def _opened(self, sealed: bytes | None, name: str) -> str:
        return "" if sealed is None else self._box.open(bytes(sealed), name).decode()


def _with_mails(reader: queries.Reader, rows: Iterable[Row[Any]]) -> list[Incident]:
    listed = list(rows)
    mails: dict[str, list[QueueId]] = {}
    for row in queries.mails_of(reader, [one.incident_id for one in listed]):
        mails.setdefault(row.incident_id, []).append(row.queue_id)
    return [_incident(row, tuple(mails.get(row.incident_id, ()))) for row in listed]


def _incident(row: Row[Any], queue_ids: tuple[QueueId, ...]) -> Incident:
    return Incident(
        row.incident_id,
        IncidentKind(row.kind),
        Cause(row.cause),
        Phase(row.phase),
        row.severity,
        row.department,
        row.opened_by,
        from_micros(row.opened_at),
        from_micros(row.known_at),
        bool(row.is_drill),
        row.revision,
        queue_ids,
    )


def _note_name(incident_id: IncidentId, number: int) -> str:
    return f"incident {incident_id} entry {number}"


def _sealed_name(incident_id: IncidentId, number: int) -> str:
    return f"incident {incident_id} entry {number} values"


def _json(values: dict[str, object]) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
