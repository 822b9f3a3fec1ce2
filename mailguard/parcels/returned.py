"""Which protected mails of ours a report of another server is about, and for whom they came back."""

from __future__ import annotations

from collections.abc import Iterable

from mailguard.delivery.bounce import Bounce
from mailguard.model.address import comparable
from mailguard.model.queue import QueueId, Recipient
from mailguard.parcels import queries
from mailguard.parcels.records import Records
from mailguard.spool import Spool


def came_back(spool: Spool, records: Records, reader: queries.Reader, bounce: Bounce) -> dict[QueueId, list[int]]:
    """Positions by mail; those without any are left out.

    A server behind the recipient's may know it by another address only. Where one recipient alone got the mail, it is
    the one that is meant; among several nobody is picked by guessing.
    """
    failed = {comparable(one) for one in bounce.failed}
    got = {
        one.queue_id: _with_parcel(spool, records, reader, one.queue_id)
        for one in records.parcels_called(reader, bounce.message_ids)
    }
    found = {
        queue_id: [entry.key.position for entry in entries if failed & _addresses(entry)]
        for queue_id, entries in got.items()
    }
    everybody = [entry for entries in got.values() for entry in entries]
    if len(everybody) == 1 and not any(found.values()):
        return {everybody[0].key.queue_id: [everybody[0].key.position]}
    return {queue_id: positions for queue_id, positions in found.items() if positions}


def _with_parcel(spool: Spool, records: Records, reader: queries.Reader, queue_id: QueueId) -> list[Recipient]:
    entries = spool.mail(reader, queue_id).recipients
    with_one = {one.position for one in records.tellings_at(reader, queue_id, _positions(entries))}
    return [entry for entry in entries if entry.key.position in with_one]


def _addresses(entry: Recipient) -> set[str]:
    """What a report may call a recipient: as we sent to it, and as the sender's program first named it (RFC 3461)."""
    named = (entry.path.orcpt or "").partition(";")[2]
    return {comparable(one) for one in (entry.path.address, named) if one}


def _positions(entries: Iterable[Recipient]) -> list[int]:
    return [entry.key.position for entry in entries]
