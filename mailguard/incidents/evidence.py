"""What a mail was when its incident was opened, as hashes: whoever looks later can tell whether something changed.

The octets themselves stay where they are for as long as the incident is open (``spool.queries.destroyable``).
"""

from __future__ import annotations

from mailguard import audit
from mailguard.incidents import queries
from mailguard.model.queue import QueueId


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
