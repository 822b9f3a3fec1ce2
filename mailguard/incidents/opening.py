"""Opening an incident: what can be stopped is stopped, evidence is kept, officers hear of it; one transaction.

Whoever reports the same mail again gets the incident that is open for it, and what can be stopped by then is stopped.
A drill stops nothing and is never taken for the real thing, nor the real thing for a drill.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

import structlog

from mailguard import audit
from mailguard.accounts.people import departments_of, person_of
from mailguard.errors import NotAllowed
from mailguard.hold.notices import Notices
from mailguard.incidents import queries
from mailguard.incidents.evidence import frozen
from mailguard.incidents.keys import KeyTold, key_steps
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.response import LOOK_AGAIN, Responder, Response
from mailguard.incidents.telling import officers_for, told_words
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.incident import Cause, EntryKind, Incident, IncidentId, IncidentKind, Phase
from mailguard.model.people import Person
from mailguard.model.queue import QueueId
from mailguard.notify.occasions import Kind
from mailguard.spool import Spool
from mailguard.store import Transaction, Work

ACTOR = Actor(ActorKind.WORKER, "incidents")
NOTE_MAX = 10_000
"""Characters of a note."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Opening:
    """What whoever opens an incident says. ``known_at`` None: now. ``key_told``: whether the password the sender got
    was told to whom the mails went, None where nobody says. ``why``: what opened it where nobody did, for the
    record."""

    kind: IncidentKind = IncidentKind.MISDIRECTED
    cause: Cause = Cause.UNKNOWN
    note: str = ""
    known_at: datetime | None = None
    is_drill: bool = False
    key_told: KeyTold | None = None
    why: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening did. ``is_new``: there was none before. ``responses``: by mail; empty for a drill."""

    incident_id: IncidentId
    is_new: bool
    responses: dict[QueueId, Response]


class Openings:
    """Opens incidents; one per node."""

    def __init__(
        self,
        spool: Spool,
        responder: Responder,
        records: IncidentRecords,
        notices: Notices,
        zone: Callable[[], tzinfo],
    ) -> None:
        """``zone``: the office's, for the year in an incident's number."""
        self._spool = spool
        self._responder = responder
        self._records = records
        self._notices = notices
        self._zone = zone

    def open_for_mail(self, queue_id: QueueId, actor: Actor, opening: Opening | None = None) -> Work[Opened]:
        """As ``open``, for one mail."""
        return self.open(actor, opening or Opening(), (queue_id,))

    def open(self, actor: Actor, opening: Opening, queue_ids: Sequence[QueueId] = ()) -> Work[Opened]:
        """Open an incident about mails, or about something outside mail. Safe to call again for the same mails.

        Raises ``UnknownMail``; ``NotAllowed`` for a time to come, a note that is too long, or, without a mail, none.
        """

        def work(transaction: Transaction) -> Opened:
            self._assure(transaction, opening, queue_ids)
            queries.lock_opening(transaction)
            before = self._open_one(transaction, queue_ids, is_drill=opening.is_drill)
            if before is not None:
                return self._again(transaction, before, actor, opening, queue_ids)
            return self._anew(transaction, actor, opening, queue_ids)

        return work

    def look_again(self, transaction: Transaction, incident_id: IncidentId, queue_id: QueueId) -> Response | None:
        """Stop of a mail what was being sent before and can be stopped now; None where nobody works on it any more.

        Raises ``StaleState``, at the latest before the commit, where something else happened at this moment.
        """
        incident = self._records.incident(transaction, incident_id)
        if not incident.is_open or incident.is_drill:
            self._records.look_again(transaction, incident_id, queue_id, None)
            return None
        response = self._responder.respond(transaction, queue_id, ACTOR)
        if response.did_something:
            step = Step(EntryKind.STOPPED, queue_id, response.details())
            self._records.change(transaction, incident, ACTOR, [step])
            details = {"incident": incident_id, **response.details()}
            event = AuditEvent(transaction.now, ACTOR, AuditAction.MISTAKE_REPORTED, queue_id, details)
            audit.append(transaction, event)
        self._plan(transaction, incident_id, queue_id, response)
        return response

    def add(
        self, incident_id: IncidentId, queue_ids: Sequence[QueueId], actor: Actor, note: str = ""
    ) -> Work[dict[QueueId, Response]]:
        """Make more mails part of an incident: what can be stopped of them is stopped, evidence is kept; by mail.

        Those that are part of it already are left out. A drill stops nothing. Raises ``UnknownIncident``,
        ``UnknownMail``; ``NotAllowed`` where it is closed.
        """
        assure_note(note)

        def work(transaction: Transaction) -> dict[QueueId, Response]:
            incident = self._records.incident(transaction, incident_id)
            if not incident.is_open:
                raise NotAllowed("closed", public="Open the incident again first")
            incident, evidence = self._join(transaction, incident, queue_ids, actor, note)
            return self._respond(transaction, incident, actor, evidence)

        return work

    def _join(
        self, transaction: Transaction, incident: Incident, queue_ids: Sequence[QueueId], actor: Actor, note: str = ""
    ) -> tuple[Incident, dict[QueueId, dict[str, object]]]:
        """Make mails part of it that are not: the incident as it is then, and what was kept of each new one."""
        new = [one for one in dict.fromkeys(queue_ids) if one not in incident.queue_ids]
        if not new:
            return incident, {}
        for queue_id in new:
            self._spool.mail(transaction, queue_id)
        evidence = {queue_id: frozen(transaction, queue_id) for queue_id in new}
        steps = [Step(EntryKind.MAILS_ADDED, None, {"mails": list(new)}, note.strip())]
        steps += [Step(EntryKind.FROZEN, queue_id, dict(found)) for queue_id, found in evidence.items()]
        incident = self._records.add_mails(transaction, incident, new)
        incident = self._records.change(transaction, incident, actor, steps)
        details: dict[str, object] = {"incident": incident.incident_id, "entry": incident.revision, "mails": list(new)}
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, details))
        return incident, evidence

    def _assure(self, transaction: Transaction, opening: Opening, queue_ids: Sequence[QueueId]) -> None:
        for queue_id in queue_ids:
            self._spool.mail(transaction, queue_id)
        if not queue_ids and not opening.note.strip():
            raise NotAllowed("nothing said", public="Say in a few words what happened")
        assure_note(opening.note)
        assure_past(opening.known_at, transaction.now)

    def _open_one(self, transaction: Transaction, queue_ids: Sequence[QueueId], *, is_drill: bool) -> Incident | None:
        """The incident that is open already for one of these mails; of the first of them that has one."""
        found = [one for queue_id in queue_ids for one in self._records.of_mail(transaction, queue_id)]
        return next((one for one in found if one.is_open and one.is_drill == is_drill), None)

    def _anew(self, transaction: Transaction, actor: Actor, opening: Opening, queue_ids: Sequence[QueueId]) -> Opened:
        now = transaction.now
        incident = Incident(
            self._next_id(transaction), opening.kind, opening.cause, Phase.FIRST_RESPONSE, "",
            self._department(transaction, actor, queue_ids), _name_of(actor), now,
            opening.known_at or now, opening.is_drill, 0, tuple(dict.fromkeys(queue_ids)),
        )  # fmt: skip
        self._records.insert(transaction, incident)
        # As it was before anything is done about it.
        evidence = {queue_id: frozen(transaction, queue_id) for queue_id in incident.queue_ids}
        details: dict[str, object] = {"incident": incident.incident_id, "kind": incident.kind.value, **opening.why}
        details["drill"] = incident.is_drill
        opened = AuditEvent(now, actor, AuditAction.INCIDENT_OPENED, None, {**details, "mails": list(queue_ids)})
        audit.append(transaction, opened)
        said: dict[str, object] = {"kind": incident.kind.value, "cause": incident.cause.value, **opening.why}
        said["known_at"] = incident.known_at.isoformat()
        steps = [Step(EntryKind.OPENED, None, said, opening.note.strip())]
        steps += [Step(EntryKind.FROZEN, queue_id, dict(found)) for queue_id, found in evidence.items()]
        steps += key_steps(opening.key_told, self._asked(transaction, incident.queue_ids))
        incident = self._records.change(transaction, incident, actor, steps)
        responses = self._respond(transaction, incident, actor, evidence)
        incident = self._records.incident(transaction, incident.incident_id)
        self._tell(transaction, incident, actor, responses)
        return Opened(incident.incident_id, True, responses)

    def _again(
        self,
        transaction: Transaction,
        incident: Incident,
        actor: Actor,
        opening: Opening,
        queue_ids: Sequence[QueueId],
    ) -> Opened:
        steps = [Step(EntryKind.REPORTED_AGAIN, queue_ids[0], {}, opening.note.strip())]
        steps += key_steps(opening.key_told, self._asked(transaction, queue_ids))
        incident = self._records.change(transaction, incident, actor, steps)
        incident = self._known_earlier(transaction, incident, actor, opening)
        incident, evidence = self._join(transaction, incident, queue_ids, actor)
        # Those it is about already come first, so that what could not be stopped before is tried again.
        before: dict[QueueId, dict[str, object]] = {one: {} for one in incident.queue_ids if one not in evidence}
        responses = self._respond(transaction, incident, actor, {**before, **evidence})
        return Opened(incident.incident_id, False, responses)

    def _known_earlier(self, transaction: Transaction, incident: Incident, actor: Actor, opening: Opening) -> Incident:
        """The law's clocks run from when anybody knew: whoever comes second may have known first."""
        known_at = opening.known_at
        if known_at is None or known_at >= incident.known_at:
            return incident
        details: dict[str, object] = {"known_at": [incident.known_at.isoformat(), known_at.isoformat()]}
        step = Step(EntryKind.KNOWN_AT, None, details, opening.note.strip())
        incident = self._records.change(transaction, incident, actor, [step], known_at=known_at)
        recorded = {"incident": incident.incident_id, "entry": incident.revision, **details}
        audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))
        return incident

    def _asked(self, transaction: Transaction, queue_ids: Sequence[QueueId]) -> list[QueueId]:
        """Those of these mails whose password lies with the sender: of others there is nothing to say."""
        return [one for one in queue_ids if self._responder.is_key_with_sender(transaction, one)]

    def _respond(
        self, transaction: Transaction, incident: Incident, actor: Actor, evidence: dict[QueueId, dict[str, object]]
    ) -> dict[QueueId, Response]:
        """Stop every mail of it, each with its step and its record."""
        responses: dict[QueueId, Response] = {}
        for queue_id, found in evidence.items():
            details: dict[str, object] = {"incident": incident.incident_id, **found}
            if not incident.is_drill:
                response = responses[queue_id] = self._responder.respond(transaction, queue_id, actor)
                details |= response.details()
                step = Step(EntryKind.STOPPED, queue_id, response.details())
                incident = self._records.change(transaction, incident, actor, [step])
                self._plan(transaction, incident.incident_id, queue_id, response)
                event = AuditEvent(transaction.now, actor, AuditAction.MISTAKE_REPORTED, queue_id, details)
                audit.append(transaction, event)
        return responses

    def _plan(self, transaction: Transaction, incident_id: IncidentId, queue_id: QueueId, response: Response) -> None:
        at = None if response.is_over else transaction.now + LOOK_AGAIN
        self._records.look_again(transaction, incident_id, queue_id, at)

    def _tell(
        self, transaction: Transaction, incident: Incident, actor: Actor, responses: dict[QueueId, Response]
    ) -> None:
        """A notice to every officer, at the same time. That one cannot be written to keeps no incident from opening."""
        told = []
        link = self._notices.link_to(f"/incidents/{incident.incident_id}")
        by = Person("") if actor.kind is ActorKind.WORKER else person_of(transaction, actor.name)
        for address in sorted(officers_for(transaction, incident) - {comparable(actor.name)}):
            try:
                said = told_words(incident, by, tuple(responses.values()), link)
                self._notices.write_to(transaction, Kind.INCIDENT, address, said)
            except ValueError:
                log.error("notice_not_addressable", incident=incident.incident_id)
                continue
            told.append(address)
        step = Step(EntryKind.TOLD, None, {"people": told})
        self._records.change(transaction, incident, ACTOR, [step])

    def _next_id(self, transaction: Transaction) -> IncidentId:
        year = transaction.now.astimezone(self._zone()).year
        newest = queries.newest_id(transaction, f"{year:04}-", f"{year + 1:04}-")
        return f"{year:04}-{1 if newest is None else int(newest.partition('-')[2]) + 1:04}"

    def _department(self, transaction: Transaction, actor: Actor, queue_ids: Sequence[QueueId]) -> str:
        """Of whoever opens it where the first mail is their department's, else that of the mail; "" for none."""
        own = person_of(transaction, actor.name).department
        if not queue_ids:
            return own
        owner = self._spool.mail(transaction, queue_ids[0]).submission.session.owner
        departments = departments_of(transaction, owner)
        return own if own in departments else min(departments, default="")


def _name_of(actor: Actor) -> str:
    """An address so that its owner is found by it; what is none, such as a worker's name, as it is."""
    return comparable(actor.name) if "@" in actor.name else actor.name


def assure_note(note: str) -> None:
    """Raises ``NotAllowed`` for one that is too long."""
    if len(note) > NOTE_MAX:
        raise NotAllowed("note too long", public=f"A note may have {NOTE_MAX} characters")


def assure_past(moment: datetime | None, now: datetime) -> None:
    """Raises ``NotAllowed`` for a time nobody can have known at yet."""
    if moment is not None and moment > now:
        raise NotAllowed("known in the future", public="The time when it became known cannot be in the future")
