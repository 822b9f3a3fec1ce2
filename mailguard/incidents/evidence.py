"""What a mail was when its incident was opened, as hashes: whoever looks later can tell whether something changed.

The octets themselves stay where they are for as long as the incident is open (``spool.queries.destroyable``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from mailguard import audit
from mailguard.audit.chain import GENESIS, canonical, link
from mailguard.errors import ContentDamaged, ContentDestroyed, UnknownMail
from mailguard.incidents import evidence_queries, queries
from mailguard.model.incident import Entry, EntryKind
from mailguard.model.queue import QueueId
from mailguard.spool import Spool


class Mark(StrEnum):
    """What became of something that was noted."""

    SAME = "same"
    DESTROYED = "destroyed"
    """Its time was over: the key is gone."""
    CHANGED = "changed"
    """It is not what was noted, cannot be read, or is not there."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One content (``is_content``) or the record of one mail, as it is now beside what was noted. ``noted``: a hash."""

    queue_id: QueueId
    is_content: bool
    noted: str
    mark: Mark


def frozen(reader: queries.Reader, queue_id: QueueId) -> dict[str, object]:
    """SHA-256 of the mail as it came in and as it counts since an edit, and where its record stands.

    ``contents``: [id, hexadecimal SHA-256 of the wire form, octets]; ``events``: how many, the newest one's number and
    hash, and those of the whole record.
    """
    events = audit.entries_of(reader, [queue_id])
    whole = audit.ends(reader)
    return {
        "contents": [
            [row.content_id, bytes(row.sha256).hex(), row.size] for row in queries.contents_of(reader, queue_id)
        ],
        "events": len(events),
        "last_event": None if not events else [events[-1].seq, events[-1].hash.hex()],
        "record_head": None if whole is None else [whole.last_seq, whole.last_hash.hex()],
    }


def compare(spool: Spool, entries: Sequence[Entry]) -> list[Compared]:
    """Everything that was noted beside what is there now; reads every mail whole, so it is for threads and commands."""
    found: list[Compared] = []
    done: set[QueueId] = set()
    for one in entries:
        if one.kind is not EntryKind.FROZEN or one.queue_id is None or one.queue_id in done:
            continue
        done.add(one.queue_id)
        contents = one.details.get("contents")
        for content_id, noted, _ in contents if isinstance(contents, list) else ():
            found.append(Compared(one.queue_id, True, str(noted), _content_mark(spool, str(content_id), str(noted))))
        last = one.details.get("last_event")
        if isinstance(last, list):
            is_same = _is_same_record(spool, one.queue_id, int(last[0]), str(last[1]), one.details.get("events"))
            mark = Mark.SAME if is_same else Mark.CHANGED
            found.append(Compared(one.queue_id, False, str(last[1]), mark))
    return found


def _content_mark(spool: Spool, content_id: str, noted: str) -> Mark:
    digest = sha256()
    try:
        for frame in spool.store.read_now(lambda reader: spool.read_content(reader, content_id)):
            digest.update(frame)
    except ContentDestroyed:
        return Mark.DESTROYED
    except (ContentDamaged, UnknownMail):
        return Mark.CHANGED
    return Mark.SAME if digest.hexdigest() == noted else Mark.CHANGED


def _is_same_record(spool: Spool, queue_id: QueueId, last: int, noted: str, events: object) -> bool:
    """Whether every event up to the newest of then is there, each by its hash and the one before it."""
    after, count, newest = 0, 0, ""
    while rows := spool.store.read_now(
        lambda reader, after=after: evidence_queries.events_of_mail(reader, queue_id, after, last)  # type: ignore[misc]
    ):
        before = spool.store.read_now(
            lambda reader, rows=rows: evidence_queries.hashes_at(reader, [row.seq - 1 for row in rows])  # type: ignore[misc]
        )
        if not all(_is_linked(row, before) for row in rows):
            return False
        count, after, newest = count + len(rows), rows[-1].seq, bytes(rows[-1].hash).hex()
    return count == events and newest == noted


def _is_linked(row: Any, before: dict[int, bytes]) -> bool:
    previous = GENESIS if row.seq == 1 else before.get(row.seq - 1)
    event = canonical(row.seq, row.at, row.actor_kind, row.actor, row.action, row.queue_id, row.details)
    # Where the event before it was forgotten in its time, its own hash is all there is.
    return previous is None or link(previous, event) == bytes(row.hash)
