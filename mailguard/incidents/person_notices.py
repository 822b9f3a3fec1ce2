"""Telling the persons whose data it is about, each by a letter of their own that a person released."""

from __future__ import annotations

from collections.abc import Collection

from mailguard.errors import NotAllowed
from mailguard.incidents.deletion import Deletions
from mailguard.incidents.documents import Deed, DocumentRecords, assure_seen, put_down, sign
from mailguard.incidents.letters import Desk, addressed
from mailguard.incidents.records import IncidentRecords
from mailguard.mime.addresses import Mailbox
from mailguard.model.audit import Actor
from mailguard.model.documents import DocumentKind
from mailguard.model.incident import IncidentId
from mailguard.store import Transaction, Work

KIND = DocumentKind.PERSON_NOTICE


def send_notices(
    records: IncidentRecords,
    documents: DocumentRecords,
    letters: Deletions,
    hostname: str,
    incident_id: IncidentId,
    actor: Actor,
    version: int,
    chosen: Collection[int],
    seen: int = 0,
) -> Work[int]:
    """Sign this version of the notice and send it to those of its people at these places (from 0); how many.

    In a drill they are on record and not sent. ``seen``: how often notices were sent, as the actor saw it. Raises
    ``UnknownIncident``; ``StaleState`` where there is a newer version or they were sent meanwhile; ``NotAllowed``
    where nobody with an address is chosen, something is blank, or the incident is closed.
    """

    def work(transaction: Transaction) -> int:
        incident = records.incident(transaction, incident_id)
        assure_seen(records, transaction, incident_id, KIND, seen)
        released = sign(records, documents, transaction, incident_id, actor, KIND, version)
        people = [one for at, one in enumerate(released.body.people) if at in chosen and one.address]
        if not people or not incident.is_open:
            raise NotAllowed("nobody to tell", public="Choose at least one person with a mail address")
        owner = ""
        if incident.queue_ids:
            owner = letters.owner_of(transaction, incident.queue_ids[0])
        author = letters.author(owner, actor)
        number = len(documents.sent(transaction, incident_id, KIND))
        for person in people:
            number += 1
            letter = addressed(released.body, person)
            sent_as = None
            if not incident.is_drill:
                desk = Desk(author, "", author.address, hostname)
                sent_as = letters.send(transaction, letter, Mailbox(person.address, person.name), desk, actor)
            key = f"{KIND.value}:{number:06}"
            documents.add(transaction, incident_id, key, actor, letter, released_by=actor.name, queue_id=sent_as)
        details: dict[str, object] = {
            "document": KIND.value, "act": Deed.SENT.value, "version": version, "count": len(people),
            "drill": incident.is_drill,
        }  # fmt: skip
        put_down(records, transaction, records.incident(transaction, incident_id), actor, details)
        return len(people)

    return work
