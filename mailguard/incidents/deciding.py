"""Answering the questions of the law and deciding whether an incident is reported: an officer decides and signs.

A decision keeps the rules it rests on, word by word, whatever becomes of them later. Where something becomes known that
weighs more than what was decided on, the decision is overtaken: the clocks run again until somebody decides anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailguard import audit
from mailguard.errors import NotAllowed
from mailguard.incidents.facts import MailFact
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.triage import CHOICES, Question, Triage, known_day, triage_of
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.policy.law import Dated, Deadline, Law, Outcome, deadline_of
from mailguard.store import Transaction, Work

_WEIGHTS = list(Outcome)


@dataclass(frozen=True, slots=True)
class Kept:
    """A record of the law as a decision rests on it: its words and where they come from, as they were then."""

    id: str
    text: Mapping[str, str]
    source: str
    source_checked: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What an officer decided and signed. ``number``: its entry. ``is_reported``: it is to be reported.

    ``outcome``: what the questions had come to; ``law``: the version of the records; ``rules`` and ``clocks``: ids;
    ``kept``: the words of rules and exceptions.
    """

    number: int
    at: datetime
    by: str
    is_reported: bool
    outcome: Outcome
    law: str
    rules: tuple[str, ...]
    clocks: tuple[str, ...]
    kept: tuple[Kept, ...]
    note: str

    def is_overtaken_by(self, triage: Triage) -> bool:
        """Whether something is known by now that weighs more than what was decided on."""
        is_weightier = _WEIGHTS.index(triage.consequence.outcome) > _WEIGHTS.index(self.outcome)
        return is_weightier or any(one.id not in self.rules for one in triage.consequence.rules)


def decision_of(entries: Iterable[Entry]) -> Decision | None:
    """The last word of an officer; None where nobody has decided."""
    found = next((one for one in reversed(list(entries)) if one.kind is EntryKind.DECIDED), None)
    if found is None:
        return None
    kept = found.sealed.get("kept")
    return Decision(
        found.number,
        found.at,
        found.actor.name,
        bool(found.details.get("report")),
        Outcome(str(found.details.get("outcome", Outcome.DECIDE))),
        str(found.details.get("law", "")),
        _texts(found.details.get("rules")),
        _texts(found.details.get("clocks")),
        tuple(Kept(**one) for one in kept) if isinstance(kept, list) else (),
        found.note,
    )


def deadlines_of(
    incident: Incident, facts: Sequence[MailFact], entries: Iterable[Entry], law: Law
) -> tuple[Deadline, ...]:
    """Until when an incident must be reported, as it stands: of every rule that may apply, until an officer decided.

    Empty where an officer decided that it is not reported, as long as nothing has overtaken that.
    """
    entries = list(entries)
    triage = triage_of(incident, facts, entries, law)
    decision = decision_of(entries)
    now = {one.clock.id: one for one in triage.consequence.deadlines}
    if decision is None:
        return tuple(now.values())
    if not decision.is_overtaken_by(triage):
        now = {}
    if decision.is_reported:
        day = known_day(incident)
        decided = [one for one in law.clocks if one.id in decision.clocks and one.holds(day)]
        now = {one.id: deadline_of(one, day) for one in decided} | now
    return tuple(sorted(now.values(), key=lambda one: one.day))


def answer(
    records: IncidentRecords, incident_id: IncidentId, actor: Actor, answers: Mapping[Question, str], note: str = ""
) -> Work[tuple[Incident, int]]:
    """Answer questions; "" takes an answer back, so that the record's counts. What is so already changes nothing.

    The incident as it is then, and how many times moved by it. Raises ``UnknownIncident``; ``NotAllowed`` where it is
    closed, for a choice there is not, and a note that is too long.
    """
    written = note.strip()
    assure_note(written)
    if any(choice and choice not in CHOICES[question] for question, choice in answers.items()):
        raise NotAllowed("no such answer", public="There is no such answer")

    def work(transaction: Transaction) -> tuple[Incident, int]:
        incident = _open_incident(records, transaction, incident_id)
        said: dict[str, str] = {}
        for entry in records.entries(transaction, incident_id):
            given = entry.details.get("answers") if entry.kind is EntryKind.ANSWERED else None
            said |= given if isinstance(given, dict) else {}
        different = {one.value: choice for one, choice in answers.items() if choice != said.get(one.value, "")}
        if not different and not written:
            return incident, 0
        step = Step(EntryKind.ANSWERED, None, {"answers": different}, written)
        incident = records.change(transaction, incident, actor, [step])
        _record(transaction, actor, incident, {"answers": different})
        return with_moved(records, transaction, incident, actor)

    return work


def decide(
    records: IncidentRecords,
    incident_id: IncidentId,
    actor: Actor,
    triage: Triage,
    seen: int,
    note: str = "",
    *,
    is_reported: bool,
) -> Work[tuple[Incident, int]]:
    """Decide and sign, on the questions as they stood at revision ``seen``.

    The incident as it is then, and how many times moved by it. Raises ``UnknownIncident``; ``NotAllowed`` where it is
    closed or something changed since, for "not reported" without a note, and a note that is too long.
    """
    written = note.strip()
    assure_note(written)
    if not is_reported and not written:
        raise NotAllowed("no reason", public="Say why it need not be reported")
    consequence = triage.consequence
    kept = [_kept(one) for one in (*consequence.rules, *consequence.exceptions)]
    details: dict[str, object] = {
        "report": is_reported,
        "outcome": consequence.outcome.value,
        "law": triage.law.version,
        "office": None if triage.law.office is None else triage.law.office.value,
        "known_on": consequence.known_on.isoformat(),
        "rules": [one.id for one in consequence.rules],
        "clocks": [one.clock.id for one in consequence.deadlines],
    }

    def work(transaction: Transaction) -> tuple[Incident, int]:
        incident = _open_incident(records, transaction, incident_id)
        if incident.revision != seen:
            raise NotAllowed("changed since", public="Something became known meanwhile; look again before you decide")
        step = Step(EntryKind.DECIDED, None, details, written, {"kept": kept})
        incident = records.change(transaction, incident, actor, [step])
        _record(transaction, actor, incident, details)
        return with_moved(records, transaction, incident, actor)

    return work


def with_moved(
    records: IncidentRecords, transaction: Transaction, incident: Incident, actor: Actor
) -> tuple[Incident, int]:
    """Say on the timeline which times moved by what was just written; how many did."""
    moved = [] if records.dues is None or not incident.is_open else records.dues.moved(transaction, incident)
    if moved:
        incident = records.change(transaction, incident, actor, [Step(EntryKind.CHANGED, None, {"dues": moved})])
    return incident, len(moved)


def _open_incident(records: IncidentRecords, transaction: Transaction, incident_id: IncidentId) -> Incident:
    incident = records.incident(transaction, incident_id)
    if not incident.is_open:
        raise NotAllowed("incident is closed", public="It is closed; open it again first")
    return incident


def _record(transaction: Transaction, actor: Actor, after: Incident, details: Mapping[str, object]) -> None:
    recorded = {"incident": after.incident_id, "entry": after.revision, **details}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))


def _kept(one: Dated) -> dict[str, object]:
    return {
        "id": one.id,
        "text": dict(one.text),
        "source": one.source,
        "source_checked": one.source_checked.isoformat(),
        "is_verified": one.verified,
    }


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
