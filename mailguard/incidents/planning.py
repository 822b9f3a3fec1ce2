"""Keeps the times of an incident with it: whatever changes it, they are reckoned anew in that transaction.

A row is there exactly as long as something is open and has a time; a closed incident has none. A time that moved is
told of anew; one that stayed keeps what was told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from mailguard.errors import UnknownIncident
from mailguard.incidents import due_queries
from mailguard.incidents.deadlines import next_reminder
from mailguard.incidents.duties import Duty, duties_of
from mailguard.incidents.queries import Reader
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.running import LawClocks
from mailguard.model.audit import Actor, ActorKind
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.policy.rules import RuleSet
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros

ACTOR = Actor(ActorKind.WORKER, "incidents")


class Planner:
    """Reckons times; one per node. Making it has ``records`` keep times from then on."""

    def __init__(self, records: IncidentRecords, clocks: LawClocks, rules: Callable[[], RuleSet]) -> None:
        self._records = records
        self._clocks = clocks
        self._rules = rules
        records.dues = self

    def duties(self, reader: Reader, incident: Incident, entries: Sequence[Entry]) -> tuple[Duty, ...]:
        """What is to be done about an incident, as it stands."""
        rules = self._rules()
        running = self._clocks.running(reader, incident, entries)
        return duties_of(incident, entries, rules.plan, running, rules.hours)

    def moved(self, transaction: Transaction, incident: Incident) -> list[object]:
        """What changes where an incident becomes this: [what, time before, time after], None for none."""
        entries = self._records.entries(transaction, incident.incident_id)
        before = {row.what: from_micros(row.due_at) for row in due_queries.dues_of(transaction, [incident.incident_id])}
        after = {one.what: at for one, at in _timed(self._open_duties(transaction, incident, entries))}
        return [
            [what, _written(before.get(what)), _written(after.get(what))]
            for what in dict.fromkeys([*before, *after])
            if before.get(what) != after.get(what)
        ]

    def sync(self, transaction: Transaction, incident_ids: Collection[IncidentId]) -> None:
        """Have the rows of incidents say what is due of them now. Safe to call again."""
        for incident_id in dict.fromkeys(incident_ids):
            try:
                incident = self._records.incident(transaction, incident_id)
            except UnknownIncident:
                continue
            entries = self._records.entries(transaction, incident_id)
            self._write(transaction, incident_id, self._open_duties(transaction, incident, entries))

    def refresh(self, transaction: Transaction, incident_id: IncidentId) -> bool:
        """Reckon anew because the office's plan, calendar or rules changed; whether anything moved.

        Raises ``StaleState``, at the latest before the commit, where somebody changed the incident at this moment.
        """
        incident = self._records.incident(transaction, incident_id)
        moved = self.moved(transaction, incident)
        if moved:
            self._records.change(transaction, incident, ACTOR, [Step(EntryKind.CHANGED, None, {"dues": moved})])
        return bool(moved)

    def _open_duties(self, reader: Reader, incident: Incident, entries: Sequence[Entry]) -> list[Duty]:
        if not incident.is_open:
            return []
        return [one for one in self.duties(reader, incident, entries) if one.is_open]

    def _write(self, transaction: Transaction, incident_id: IncidentId, duties: list[Duty]) -> None:
        rows: dict[str, Row[Any]] = {row.what: row for row in due_queries.dues_of(transaction, [incident_id])}
        hours, now = self._rules().hours, transaction.now
        for duty, due_at in _timed(duties):
            row = rows.pop(duty.what, None)
            if row is not None and row.due_at == to_micros(due_at):
                continue
            remind_at = to_micros(next_reminder(duty.reminders(hours), now))
            if row is None:
                transaction.insert(
                    due_queries.INSERT_DUE,
                    {"incident_id": incident_id, "what": duty.what, "due_at": to_micros(due_at),
                     "remind_at": remind_at, "told": 0},
                )  # fmt: skip
                continue
            transaction.update(
                due_queries.MOVED,
                {"in_incident_id": incident_id, "in_what": duty.what, "from_due_at": row.due_at,
                 "to_due_at": to_micros(due_at), "to_remind_at": remind_at, "to_told": 0},
            )  # fmt: skip
        for what in rows:
            due_queries.forget(transaction, incident_id, what)


def _timed(duties: Iterable[Duty]) -> list[tuple[Duty, datetime]]:
    return [(one, one.until.at) for one in duties if one.until is not None]


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
