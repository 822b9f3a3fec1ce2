"""Looking into the mails of an incident once more, to say whose data is in them. Off the way of mail.

The mails are read one by one in the process that reads live mail, until ``SECONDS_MAX`` are over; what is left then,
and what nobody can read any more, keeps the figures of the record. Names are sealed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mailguard import audit
from mailguard.clock import Clock
from mailguard.correspondents import signature_of
from mailguard.errors import ContentDamaged, ContentDestroyed, UnknownMail, WorkerKilled
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.judging.past_mail import occasion_of
from mailguard.judging.whose import together
from mailguard.mime.message import unstuffed
from mailguard.model.address import comparable
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.finding import People
from mailguard.model.incident import EntryKind, Incident, IncidentId
from mailguard.model.queue import QueueId
from mailguard.policy.facts import Occasion
from mailguard.spool import Spool
from mailguard.store import Transaction, Work

SECONDS_MAX = 120.0
NAMES_MAX = 5000
"""Names that are kept; of more there is only the count."""


class TellsPeople(Protocol):
    """Who says whose data is in a mail: ``workers.looking.Looking``."""

    async def people(self, octets: bytes, occasion: Occasion, learned: frozenset[bytes]) -> People:
        """Whose data is in it."""
        ...


@dataclass(frozen=True)
class Counted:
    """What was found. ``mails``: those that were looked into; ``left_out``: the others."""

    people: People = field(default_factory=People)
    mails: tuple[QueueId, ...] = ()
    left_out: tuple[QueueId, ...] = ()


class Counter:
    """Looks, and keeps what was found; one per node."""

    def __init__(self, spool: Spool, records: IncidentRecords, looks: TellsPeople, clock: Clock) -> None:
        self._spool = spool
        self._records = records
        self._looks = looks
        self._clock = clock

    async def look(self, mails: Sequence[QueueId]) -> Counted:
        """Whose data is in these mails, each person once. Raises ``LookingUnavailable``, ``PoolClosed``."""
        begun = self._clock.monotonic()
        found: dict[QueueId, People] = {}
        for queue_id in mails:
            if self._clock.monotonic() - begun >= SECONDS_MAX:
                break
            people = await self._people(queue_id)
            if people is not None:
                found[queue_id] = people
        left_out = tuple(one for one in mails if one not in found)
        return Counted(together(found.values()), tuple(found), left_out)

    def keep(self, incident_id: IncidentId, actor: Actor, counted: Counted) -> Work[Incident]:
        """Put on the timeline what was found. Raises ``UnknownIncident``."""
        people = counted.people
        named = [one for one in people.persons if one.name]
        details: dict[str, object] = {
            "mails": list(counted.mails),
            "left_out": list(counted.left_out),
            "persons": people.count,
            "kinds": dict(sorted(people.counts.items())),
            "unreadable": people.is_unreadable,
            "more": people.count > len(named[:NAMES_MAX]),
        }
        sealed: dict[str, object] = {"people": [[one.name, list(one.kinds)] for one in named[:NAMES_MAX]]}

        def work(transaction: Transaction) -> Incident:
            incident = self._records.incident(transaction, incident_id)
            step = Step(EntryKind.COUNTED, None, details, "", sealed if named else {})
            incident = self._records.change(transaction, incident, actor, [step])
            recorded: dict[str, object] = {"incident": incident_id, "entry": incident.revision, "persons": people.count}
            audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))
            return incident

        return work

    async def _people(self, queue_id: QueueId) -> People | None:
        """Of one mail, as it would have left; None where it cannot be looked into."""
        store = self._spool.store
        try:
            mail = await store.read(lambda reader: self._spool.mail(reader, queue_id))
            wire = b"".join([frame async for frame in self._spool.stream_content(mail.submission.content_id)])
            occasion = occasion_of(mail)
            learned = await store.read(lambda reader: signature_of(reader, comparable(occasion.reverse_path)))
            return await self._looks.people(unstuffed(wire), occasion, learned)
        except (ContentDamaged, ContentDestroyed, UnknownMail, WorkerKilled, ValueError):
            return None
