"""Telling people that a time is about to end, or is over: once for each moment, with its record in one transaction.

All that is to be told of an incident at a moment is one mail for each person. When a time is over, deputies and
security officers hear of it too; afterwards nobody is written to again, and the pages go on showing it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from mailguard import audit
from mailguard.crash_points import crash_point
from mailguard.errors import UnknownIncident
from mailguard.hold.notices import Notices
from mailguard.incidents import due_queries
from mailguard.incidents.calling import may_look, responsible
from mailguard.incidents.deadlines import following_reminder
from mailguard.incidents.due_wording import DueLine, DueTold, due_words
from mailguard.incidents.duties import Duty
from mailguard.incidents.planning import ACTOR, Planner
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.model.audit import AuditAction, AuditEvent
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.notify.occasions import Kind
from mailguard.policy.rules import RuleSet
from mailguard.store import Transaction
from mailguard.store.times import from_micros, to_micros, to_micros_or_none

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Told:
    """Something to tell. ``is_over``: its time is."""

    duty: Duty
    is_over: bool


class Reminders:
    """Tells of what is due; one per node, safe beside another node's."""

    def __init__(
        self, records: IncidentRecords, planner: Planner, notices: Notices, rules: Callable[[], RuleSet]
    ) -> None:
        self._records = records
        self._planner = planner
        self._notices = notices
        self._rules = rules

    def remind(self, transaction: Transaction, incident_id: IncidentId) -> int:
        """Tell people what is to be told now of an incident; how many mails that were.

        Safe to call again: the second time there is nothing to tell. Raises ``StaleState``, at the latest before the
        commit, where another node told them or somebody changed the incident at this moment.
        """
        now = transaction.now
        try:
            incident = self._records.incident(transaction, incident_id)
        except UnknownIncident:
            return 0
        entries = self._records.entries(transaction, incident_id)
        duties = {one.what: one for one in self._planner.duties(transaction, incident, entries) if one.is_open}
        told: list[_Told] = []
        for row in due_queries.dues_of(transaction, [incident_id]):
            if row.remind_at is None or row.remind_at > to_micros(now):
                continue
            duty = duties.get(row.what) if incident.is_open else None
            following = None
            if duty is not None:
                following = following_reminder(duty.reminders(self._rules().hours), now)
                # Over is what the last moment says, and every one once the time has ended.
                told.append(_Told(duty, is_over=following is None or from_micros(row.due_at) <= now))
            parameters = {
                "in_incident_id": incident_id,
                "in_what": row.what,
                "from_remind_at": row.remind_at,
                "to_remind_at": to_micros_or_none(following),
                "to_told": row.told + 1,
            }
            transaction.update(due_queries.TOLD, parameters)
        return self._tell(transaction, incident, entries, told) if told else 0

    def _tell(self, transaction: Transaction, incident: Incident, entries: list[Entry], told: list[_Told]) -> int:
        by_person: dict[str, list[_Told]] = {}
        contacts = self._rules().plan.contacts
        for one in told:
            people = responsible(
                transaction, contacts, incident, entries, one.duty.step.role, transaction.now, is_over=one.is_over
            )
            for address in people:
                by_person.setdefault(address, []).append(one)
        written = [
            address
            for address, lines in sorted(by_person.items())
            if self._write(transaction, incident, address, lines)
        ]
        details: dict[str, object] = {
            "soon": [one.duty.what for one in told if not one.is_over],
            "over": [one.duty.what for one in told if one.is_over],
            "people": written,
        }
        after = self._records.change(transaction, incident, ACTOR, [Step(EntryKind.REMINDED, None, details)])
        recorded = {
            "incident": incident.incident_id,
            "entry": after.revision,
            **{name: details[name] for name in ("soon", "over")},
        }
        audit.append(
            transaction, AuditEvent(transaction.now, ACTOR, AuditAction.INCIDENT_CHANGED, None, recorded)
        )  # fmt: skip
        crash_point("before_reminder_commit")
        return len(written)

    def _write(self, transaction: Transaction, incident: Incident, address: str, lines: list[_Told]) -> bool:
        """Write to one person; whether that could be done. That one cannot be written to keeps nobody else waiting."""
        link = self._notices.link_to(f"/incidents/{incident.incident_id}/steps")
        said = DueTold(
            incident.incident_id,
            incident.kind,
            incident.is_drill,
            tuple(_line(one) for one in lines),
            link if may_look(transaction, incident, address) else "",
        )
        try:
            self._notices.write_to(transaction, Kind.INCIDENT, address, lambda reader: due_words(said, reader))
        except ValueError:
            log.error("notice_not_addressable", incident=incident.incident_id)
            return False
        return True


def _line(one: _Told) -> DueLine:
    until = one.duty.until
    assert until is not None, "only what has a time is told"
    return DueLine(
        one.duty.step.role, one.duty.step.text, until.at, until.day, until.first, until.extended, one.is_over
    )
