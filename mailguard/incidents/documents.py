"""Documents of incidents on record: versions that never change, who released one, and what was done with it.

What is written is sealed. A version is signed by releasing it: the record names who did, and the SHA-256 of its words.
A letter that was sent is a document of its own for each recipient, with the words that went out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from mailguard import audit
from mailguard.errors import NotAllowed, StaleState
from mailguard.incidents import document_queries as queries
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.model.audit import Actor, ActorKind, AuditAction, AuditEvent
from mailguard.model.documents import Addressee, Document, DocumentKind, Fill, Section
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.model.queue import QueueId
from mailguard.sealing import SecretBox
from mailguard.store import Transaction, Work
from mailguard.store.times import from_micros, from_micros_or_none, to_micros, to_micros_or_none

DOCUMENTS = "documents of incidents"
"""The purpose of the key that documents are sealed with."""
SECTION_MAX = 20_000
TITLE_MAX = 200
PEOPLE_MAX = 3_000


class Deed(StrEnum):
    """What was done with a document; an entry DOCUMENT names it as ``details["act"]``."""

    SAVED = "saved"
    RELEASED = "released"
    SENT = "sent"
    """As mails, one to each person; ``details["count"]`` of them."""
    OUTSIDE = "outside"
    """People did outside what it is for: filed, published, handed over, told. ``details["on"]``: the day."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version. ``document``: its name, the kind or the kind with whom it was sent to. ``queue_id``: the mail."""

    document: str
    number: int
    at: datetime
    actor: Actor
    body: Document
    digest: str
    released_by: str | None = None
    released_at: datetime | None = None
    queue_id: QueueId | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """How a document stands, without its words. ``released_at`` None: no version was released yet."""

    version: int
    at: datetime
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One deed. ``count``: mails; ``on``: the day people named, ``note`` what they wrote beside it."""

    deed: Deed
    at: datetime
    by: str
    version: int = 0
    count: int = 0
    on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class DocumentEvents:
    """What was done with each kind of document, oldest first."""

    of: Mapping[DocumentKind, tuple[Happened, ...]]

    def those(self, kind: DocumentKind, deed: Deed) -> tuple[Happened, ...]:
        """All of one deed."""
        return tuple(one for one in self.of.get(kind, ()) if one.deed is deed)


def document_events(entries: Iterable[Entry]) -> DocumentEvents:
    """What the timeline says of documents."""
    found: dict[DocumentKind, list[Happened]] = {}
    for one in entries:
        if one.kind is not EntryKind.DOCUMENT:
            continue
        details = one.details
        on = details.get("on")
        happened = Happened(
            Deed(str(details["act"])),
            one.at,
            one.actor.name,
            _number(details.get("version")),
            _number(details.get("count")),
            date.fromisoformat(on) if isinstance(on, str) else None,
            one.note,
        )
        found.setdefault(DocumentKind(str(details["document"])), []).append(happened)
    return DocumentEvents({kind: tuple(listed) for kind, listed in found.items()})


class DocumentRecords:
    """Reads and writes them. ``box``: of the purpose ``DOCUMENTS``."""

    def __init__(self, box: SecretBox) -> None:
        self._box = box

    def heads(self, reader: queries.Reader, incident_id: IncidentId) -> dict[DocumentKind, Head]:
        """How each document stands; those nobody has saved are left out."""
        kinds = set(DocumentKind)
        return {
            DocumentKind(row.document): Head(row.version, from_micros(row.at), from_micros_or_none(row.released_at))
            for row in queries.heads_of(reader, incident_id)
            if row.document in kinds
        }

    def versions(self, reader: queries.Reader, incident_id: IncidentId, document: str) -> list[Version]:
        """Every version, oldest first. Raises ``ContentDamaged``."""
        return [self._version(row) for row in queries.versions_of(reader, incident_id, document)]

    def sent(self, reader: queries.Reader, incident_id: IncidentId, kind: DocumentKind) -> list[Version]:
        """Every letter of a kind that was sent, or would have been in a drill."""
        return [self._version(row) for row in queries.versions_beginning(reader, incident_id, f"{kind.value}:")]

    def released(self, reader: queries.Reader, incident_id: IncidentId) -> list[tuple[str, int]]:
        """Every version that was released, letters among them: the document's name and the number."""
        return [(row.document, row.version) for row in queries.released_of(reader, incident_id)]

    def version(self, reader: queries.Reader, incident_id: IncidentId, document: str, number: int) -> Version:
        """One that is there. Raises ``ContentDamaged``."""
        return self._version(queries.one_version(reader, incident_id, document, number))

    def add(
        self,
        transaction: Transaction,
        incident_id: IncidentId,
        document: str,
        actor: Actor,
        body: Document,
        *,
        released_by: str | None = None,
        queue_id: QueueId | None = None,
    ) -> Version:
        """Put a new version on record; the step that says so is the caller's."""
        before = queries.versions_of(transaction, incident_id, document)
        number = before[-1].version + 1 if before else 1
        written = octets_of(body)
        released_at = None if released_by is None else transaction.now
        row = {
            "incident_id": incident_id,
            "document": document,
            "version": number,
            "at": to_micros(transaction.now),
            "actor_kind": actor.kind.value,
            "actor": actor.name,
            "body": self._box.seal(written, _name(incident_id, document, number)),
            "released_by": released_by,
            "released_at": to_micros_or_none(released_at),
            "queue_id": queue_id,
        }
        transaction.insert(queries.INSERT_VERSION, row)
        return Version(
            document,
            number,
            transaction.now,
            actor,
            body,
            sha256(written).hexdigest(),
            released_by,
            released_at,
            queue_id,
        )

    def _version(self, row: Row[Any]) -> Version:
        written = self._box.open(bytes(row.body), _name(row.incident_id, row.document, row.version))
        return Version(
            row.document,
            row.version,
            from_micros(row.at),
            Actor(ActorKind(row.actor_kind), row.actor),
            _read(written),
            sha256(written).hexdigest(),
            row.released_by,
            from_micros_or_none(row.released_at),
            row.queue_id,
        )


def save(
    records: IncidentRecords, documents: DocumentRecords, incident_id: IncidentId, actor: Actor, body: Document
) -> Work[Version]:
    """Keep a new version; one with the same words as the newest is that one. Raises ``UnknownIncident``."""
    assure_body(body)

    def work(transaction: Transaction) -> Version:
        incident = records.incident(transaction, incident_id)
        before = documents.versions(transaction, incident_id, body.kind.value)
        if before and before[-1].body == body:
            return before[-1]
        version = documents.add(transaction, incident_id, body.kind.value, actor, body)
        fills = {one.value: body.count(one) for one in Fill}
        details = _details(body.kind, Deed.SAVED, version=version.number, fills=fills)
        put_down(records, transaction, incident, actor, details)
        return version

    return work


def release(
    records: IncidentRecords,
    documents: DocumentRecords,
    incident_id: IncidentId,
    actor: Actor,
    kind: DocumentKind,
    number: int,
) -> Work[Version]:
    """Sign the newest version. Safe to call twice.

    Raises ``UnknownIncident``; ``StaleState`` where there is a newer one; ``NotAllowed`` where something is blank.
    """

    def work(transaction: Transaction) -> Version:
        return sign(records, documents, transaction, incident_id, actor, kind, number)

    return work


def sign(
    records: IncidentRecords,
    documents: DocumentRecords,
    transaction: Transaction,
    incident_id: IncidentId,
    actor: Actor,
    kind: DocumentKind,
    number: int,
) -> Version:
    """As ``release``, within a transaction."""
    incident = records.incident(transaction, incident_id)
    version = next(reversed(documents.versions(transaction, incident_id, kind.value)), None)
    if version is None or version.number != number:
        raise StaleState("another version is the newest", public="There is a newer version; look at it first")
    if version.body.count(Fill.BLANK):
        raise NotAllowed("blank sections", public="Something is still to be written")
    if version.released_at is not None:
        return version
    key = {"in_incident_id": incident_id, "in_document": kind.value, "in_version": number}
    values = {"to_released_by": actor.name, "to_released_at": to_micros(transaction.now)}
    transaction.update(queries.RELEASE_VERSION, key | values)
    details = _details(kind, Deed.RELEASED, version=number, sha256=version.digest)
    put_down(records, transaction, incident, actor, details)
    return version


def done_outside(
    records: IncidentRecords,
    incident_id: IncidentId,
    actor: Actor,
    kind: DocumentKind,
    on: date,
    note: str,
    today: date,
) -> Work[Incident]:
    """Note that people did what a document is for. ``today``: in Japan. Raises ``NotAllowed`` for a day to come, or
    without a note that says where or how.
    """
    written = note.strip()
    assure_note(written)
    if on > today:
        raise NotAllowed("a day to come", public="The day cannot be in the future")
    if not written:
        raise NotAllowed("empty note", public="Say where or how")

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, incident_id)
        return put_down(records, transaction, incident, actor, _details(kind, Deed.OUTSIDE, on=on.isoformat()), written)

    return work


def assure_seen(
    records: IncidentRecords, transaction: Transaction, incident_id: IncidentId, kind: DocumentKind, seen: int
) -> None:
    """Raises ``StaleState`` where letters of a kind were sent more often than whoever releases them has seen: two who
    press at the same moment, or one who presses twice, send them once.
    """
    sent = document_events(records.entries(transaction, incident_id)).those(kind, Deed.SENT)
    if len(sent) != seen:
        raise StaleState("letters were sent meanwhile", public="They were sent meanwhile; look again first")


def put_down(
    records: IncidentRecords,
    transaction: Transaction,
    incident: Incident,
    actor: Actor,
    details: dict[str, object],
    note: str = "",
) -> Incident:
    """An entry DOCUMENT with its audit event."""
    after = records.change(transaction, incident, actor, [Step(EntryKind.DOCUMENT, None, details, note)])
    recorded = {"incident": incident.incident_id, "entry": after.revision, **details}
    audit.append(transaction, AuditEvent(transaction.now, actor, AuditAction.INCIDENT_CHANGED, None, recorded))
    return after


def assure_body(body: Document) -> None:
    """Raises ``NotAllowed`` for what is too long."""
    is_long = any(len(one.text) > SECTION_MAX or len(one.heading) > TITLE_MAX for one in body.sections)
    if is_long or len(body.title) > TITLE_MAX or len(body.people) > PEOPLE_MAX:
        raise NotAllowed("document too long", public="A part of the document is too long")


def _details(kind: DocumentKind, deed: Deed, **more: object) -> dict[str, object]:
    return {"document": kind.value, "act": deed.value, **more}


def octets_of(body: Document) -> bytes:
    """A document as it is kept, and as the SHA-256 on record is of: JSON, in UTF-8."""
    values = {
        "kind": body.kind.value,
        "language": body.language,
        "title": body.title,
        "sections": [[one.id, one.heading, one.text, one.is_pending] for one in body.sections],
        "people": [[one.name, one.address, one.data] for one in body.people],
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _read(written: bytes) -> Document:
    values = json.loads(written)
    return Document(
        DocumentKind(values["kind"]),
        values["language"],
        values["title"],
        tuple(Section(*one) for one in values["sections"]),
        tuple(Addressee(*one) for one in values["people"]),
    )


def _name(incident_id: IncidentId, document: str, number: int) -> str:
    return f"incident {incident_id} document {document} version {number}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
