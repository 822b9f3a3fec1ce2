"""The evidence of an incident as one file that a third party can check: mails, their record, the timeline, what was
released, a list.

Guarantees: everything is read and hashed before anything is given away, so that the list stands in the record
(``INCIDENT_EXPORTED``, with the list's SHA-256) before the first octet leaves; what is read a second time and is not
the same ends the file in the middle. Memory holds one frame of a mail at a time. What cannot be read any more is named
with what is known of it.

The order of files is part of the list. ``bundle_check`` checks a bundle without the database.
"""

from __future__ import annotations

import heapq
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from hashlib import sha256
from typing import Any

from sqlalchemy import Row

from mailguard import audit
from mailguard.audit import queries as audit_queries
from mailguard.errors import ContentDamaged, ContentDestroyed, NotAllowed, UnknownMail
from mailguard.i18n import text
from mailguard.incidents import evidence_queries as queries
from mailguard.incidents.bundle_text import sums_of, written_list
from mailguard.incidents.document_text import as_text
from mailguard.incidents.documents import DocumentRecords, Version, octets_of
from mailguard.incidents.opening import assure_note
from mailguard.incidents.records import IncidentRecords, Step
from mailguard.incidents.wire_form import without_stuffing
from mailguard.model.audit import Actor, AuditAction, AuditEvent
from mailguard.model.incident import Entry, EntryKind, Incident, IncidentId
from mailguard.model.queue import QueueId
from mailguard.spool import Spool
from mailguard.store import Transaction, Work
from mailguard.store.times import to_micros

FORMAT = "mailguard evidence bundle 1"
LIST, LIST_TEXT, SUMS, GUIDE = "manifest.json", "manifest.txt", "SHA256SUMS", "README.txt"
RECORD, TIMELINE = "record.jsonl", "timeline.jsonl"
PURPOSE_MAX = 300
_CHUNK = 64 * 1024

Source = Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class BundleFile:
    """One file of a bundle. ``source`` gives its octets anew each time; ``facts``: what the list says of it."""

    name: str
    source: Source
    sha256: str
    size: int
    facts: dict[str, object]


@dataclass(frozen=True)
class Bundle:
    """A bundle that is ready to be written: everything was read and hashed. ``digest``: SHA-256 of its list;
    ``at``: in the office's zone.
    """

    incident_id: IncidentId
    files: tuple[BundleFile, ...]
    manifest: dict[str, object]
    at: datetime

    @property
    def octets_of_list(self) -> bytes:
        """The list as it stands in the bundle."""
        return (json.dumps(self.manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()

    @property
    def digest(self) -> str:
        """What names this bundle: hexadecimal SHA-256 of its list."""
        return sha256(self.octets_of_list).hexdigest()

    @property
    def file_name(self) -> str:
        """What it is called, in plain ASCII: with the day and time on the office's clock. The list has the offset."""
        return f"incident-{self.incident_id}-{self.at:%Y%m%d-%H%M%S}.zip"


class Bundler:
    """Makes bundles of incidents; for threads and commands, never for the event loop."""

    def __init__(
        self, spool: Spool, records: IncidentRecords, documents: DocumentRecords, office: str, zone: tzinfo
    ) -> None:
        """``office``: what it is called; ``zone``: its own, in which people read times."""
        self._spool = spool
        self._records = records
        self._documents = documents
        self._office = office
        self._zone = zone

    def prepare(self, incident_id: IncidentId, actor: Actor, purpose: str, now: datetime) -> Bundle:
        """Read and hash everything. Raises ``UnknownIncident``; ``NotAllowed`` without a purpose."""
        purpose = purpose.strip()
        if not purpose or len(purpose) > PURPOSE_MAX:
            raise NotAllowed("no purpose", public=f"Say what the evidence is for, in {PURPOSE_MAX} characters at most")
        store = self._spool.store
        incident = store.read_now(lambda reader: self._records.incident(reader, incident_id))
        entries = store.read_now(lambda reader: self._records.entries(reader, incident_id))
        head = store.read_now(audit.ends)
        last = 0 if head is None else head.last_seq
        first = store.read_now(lambda reader: first_seq_at(reader, incident.opened_at))
        frozen = frozen_contents(entries)
        files, missing = [], []
        for queue_id in incident.queue_ids:
            found, lost = self._mail(queue_id, frozen)
            files += found
            missing += lost
        found, lost = self._released(incident_id)
        files += found
        missing += lost
        files.append(_measured(RECORD, lambda: self._record(incident, first, last), {"what": "record"}))
        files.append(_measured(TIMELINE, lambda: _lines(map(_entry, entries)), {"what": "timeline"}))
        files.append(_measured(GUIDE, lambda: iter([_guide()]), {"what": "guide"}))
        manifest: dict[str, object] = {
            "format": FORMAT,
            "office": self._office,
            "incident": incident_id,
            "kind": incident.kind.value,
            "cause": incident.cause.value,
            "is_drill": incident.is_drill,
            "opened_at": incident.opened_at.astimezone(self._zone).isoformat(),
            "known_at": incident.known_at.astimezone(self._zone).isoformat(),
            "exported_at": now.astimezone(self._zone).isoformat(timespec="seconds"),
            "exported_by": actor.name,
            "purpose": purpose,
            "entries": len(entries),
            "record_head": None if head is None else {"seq": head.last_seq, "hash": head.last_hash.hex()},
            "files": [{"name": one.name, "size": one.size, "sha256": one.sha256, **one.facts} for one in files],
            "missing": missing,
        }
        return Bundle(incident_id, tuple(files), manifest, now.astimezone(self._zone))

    def _mail(
        self, queue_id: QueueId, frozen: dict[str, str]
    ) -> tuple[list[BundleFile], list[dict[str, object]]]:  # fmt: skip
        """What there is of one mail, and what there is no more."""
        store = self._spool.store
        row = store.read_now(lambda reader: queries.contents_of_mail(reader, queue_id))
        if row is None:
            raise UnknownMail(f"no mail {queue_id}")
        variants: dict[str, list[int]] = {}
        for one in store.read_now(lambda reader: queries.variants_of_mail(reader, queue_id)):
            variants.setdefault(one.variant_id, []).append(one.position)
        wanted = [("as_received", row.content_id)] + ([("as_edited", row.edited_id)] if row.edited_id else [])
        known = {content_id for _, content_id in wanted}
        wanted += [("as_sent", one) for one in sorted(variants) if one not in known]
        files, missing = [], []
        for number, (what, content_id) in enumerate(wanted):
            name = f"mails/{queue_id}/{what.replace('_', '-')}{f'-{number}' if what == 'as_sent' else ''}.eml"
            facts: dict[str, object] = {"what": what, "queue_id": queue_id, "content": content_id}
            facts["sent_to_positions"] = variants.get(content_id, [])
            if content_id in frozen:
                facts["frozen_wire_sha256"] = frozen[content_id]
            try:
                wire = sha256()
                for frame in self._wire(content_id):
                    wire.update(frame)
                facts["wire_sha256"] = wire.hexdigest()
                files.append(_measured(name, self._plain(content_id), facts))
            except (ContentDestroyed, ContentDamaged, UnknownMail) as error:
                why = "destroyed" if isinstance(error, ContentDestroyed) else "damaged"
                missing.append({"name": name, "why": why, **facts})
        return files, missing

    def _released(self, incident_id: IncidentId) -> tuple[list[BundleFile], list[dict[str, object]]]:
        """Versions of documents that somebody released, letters among them: to be read, and as they were hashed."""
        released = self._spool.store.read_now(lambda reader: self._documents.released(reader, incident_id))
        files, missing = [], []
        for name, number in released:
            place = f"documents/{name.replace(':', '-')}-version-{number}"
            facts: dict[str, object] = {"what": "released", "document": name, "version": number}

            version = partial(self._version, incident_id, name, number)
            try:
                signed = version()
            except ContentDamaged:
                missing.append({"name": f"{place}.json", "why": "damaged", **facts})
                continue
            facts |= {"released_by": signed.released_by, "queue_id": signed.queue_id}
            facts["released_at"] = None if signed.released_at is None else signed.released_at.isoformat()
            files.append(_measured(f"{place}.json", partial(_octets, version), facts))
            files.append(_measured(f"{place}.txt", partial(_words, version), facts))
        return files, missing

    def _version(self, incident_id: IncidentId, name: str, number: int) -> Version:
        return self._spool.store.read_now(lambda reader: self._documents.version(reader, incident_id, name, number))

    def _plain(self, content_id: str) -> Source:
        return lambda: without_stuffing(self._wire(content_id))

    def _wire(self, content_id: str) -> Iterator[bytes]:
        spool = self._spool
        return spool.store.read_now(lambda reader: spool.read_content(reader, content_id))

    def _record(self, incident: Incident, first: int, last: int) -> Iterator[bytes]:
        """The events of its mails and of itself, oldest first, each with the hash before it."""
        streams = [self._events_of_mail(one, last) for one in incident.queue_ids]
        streams.append(self._events_of_incident(incident.incident_id, first, last))
        merged = heapq.merge(*streams, key=lambda row: row.seq)
        batch: list[Row[Any]] = []
        for row in merged:
            batch.append(row)
            if len(batch) == queries.PAGE:
                yield from self._proved(batch)
                batch = []
        yield from self._proved(batch)

    def _events_of_mail(self, queue_id: QueueId, last: int) -> Iterator[Row[Any]]:
        after = 0
        while rows := self._spool.store.read_now(
            lambda reader, after=after: queries.events_of_mail(reader, queue_id, after, last)  # type: ignore[misc]
        ):
            yield from rows
            after = rows[-1].seq

    def _events_of_incident(self, incident_id: IncidentId, first: int, last: int) -> Iterator[Row[Any]]:
        found = self._spool.store.read_now(
            lambda reader: list(queries.events_of_incident(reader, incident_id, first, last))
        )
        yield from found

    def _proved(self, rows: list[Row[Any]]) -> Iterator[bytes]:
        before = self._spool.store.read_now(
            lambda reader: queries.hashes_at(reader, [row.seq - 1 for row in rows if row.seq > 1])
        )
        yield from _lines(_event(row, before.get(row.seq - 1)) for row in rows)


def exported(records: IncidentRecords, bundle: Bundle, actor: Actor, purpose: str) -> Work[Incident]:
    """Put on record who takes the evidence out, for what, and the list's hash; before anything is given away."""
    assure_note(purpose)

    def work(transaction: Transaction) -> Incident:
        incident = records.incident(transaction, bundle.incident_id)
        details: dict[str, object] = {"manifest_sha256": bundle.digest, "files": len(bundle.files)}
        step = Step(EntryKind.EXPORTED, None, details, purpose.strip())
        after = records.change(transaction, incident, actor, [step])
        recorded = {"incident": bundle.incident_id, "entry": after.revision, **details, "purpose": purpose.strip()}
        event = AuditEvent(transaction.now, actor, AuditAction.INCIDENT_EXPORTED, None, recorded)
        audit.append(transaction, event)
        return after

    return work


def written(bundle: Bundle) -> Iterator[bytes]:
    """The ZIP file, chunk by chunk. Raises ``ContentDamaged`` where something is not what was hashed."""
    sink = _Sink()
    listed = bundle.octets_of_list
    texts = {LIST: listed, LIST_TEXT: written_list(json.loads(listed)), SUMS: sums_of(json.loads(listed), listed)}
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in texts.items():
            archive.writestr(_info(name, bundle.at, len(octets)), octets)
        for one in bundle.files:
            digest = sha256()
            with archive.open(_info(one.name, bundle.at, one.size), "w") as entry:
                for chunk in one.source():
                    digest.update(chunk)
                    entry.write(chunk)
                    yield sink.taken()
            if digest.hexdigest() != one.sha256:
                raise ContentDamaged(f"{one.name} changed while the bundle was written")
    yield sink.taken()


class _Sink(io.RawIOBase):
    """Takes what an archive writes until somebody fetches it."""

    def __init__(self) -> None:
        super().__init__()
        self._octets = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, octets: Any) -> int:
        self._octets += octets
        return len(octets)

    def taken(self) -> bytes:
        found = bytes(self._octets)
        self._octets.clear()
        return found


def first_seq_at(reader: queries.Reader, moment: datetime) -> int:
    """The number of the first event at or after a moment, by halving; 1 where nothing is on record."""
    found = audit.ends(reader)
    if found is None:
        return 1
    low, high = found.first_seq, found.last_seq + 1
    wanted = to_micros(moment)
    while low < high:
        middle = (low + high) // 2
        at = audit_queries.at_of(reader, middle)
        if at is not None and at < wanted:
            low = middle + 1
        else:
            high = middle
    return low


def frozen_contents(entries: list[Entry]) -> dict[str, str]:
    """The hash of each content as it was noted first, by content."""
    found: dict[str, str] = {}
    for one in entries:
        contents = one.details.get("contents") if one.kind is EntryKind.FROZEN else None
        for values in contents if isinstance(contents, list) else ():
            found.setdefault(str(values[0]), str(values[1]))
    return found


def _measured(name: str, source: Source, facts: dict[str, object]) -> BundleFile:
    digest, size = sha256(), 0
    for chunk in source():
        digest.update(chunk)
        size += len(chunk)
    return BundleFile(name, source, digest.hexdigest(), size, facts)


def _octets(version: Callable[[], Version]) -> Iterator[bytes]:
    yield octets_of(version().body)


def _words(version: Callable[[], Version]) -> Iterator[bytes]:
    yield as_text(version().body).encode()


def _info(name: str, at: datetime, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, at.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.file_size = size
    return info


def _lines(values: Iterator[dict[str, object]]) -> Iterator[bytes]:
    waiting = bytearray()
    for one in values:
        waiting += json.dumps(one, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        if len(waiting) > _CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _event(row: Row[Any], before: bytes | None) -> dict[str, object]:
    """``details`` stands there as it was hashed: as text."""
    return {
        "seq": row.seq,
        "at": row.at,
        "actor_kind": row.actor_kind,
        "actor": row.actor,
        "action": row.action,
        "queue_id": row.queue_id,
        "details": row.details,
        "previous": None if before is None else before.hex(),
        "hash": bytes(row.hash).hex(),
    }


def _entry(one: Entry) -> dict[str, object]:
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "actor_kind": one.actor.kind.value,
        "actor": one.actor.name,
        "kind": one.kind.value,
        "queue_id": one.queue_id,
        "details": dict(one.details),
        "note": one.note,
        "sealed": dict(one.sealed),
    }


def _guide() -> bytes:
    return "\n".join((text("ja", "bundle.guide"), "-" * 70, text("en", "bundle.guide"), "")).encode()
