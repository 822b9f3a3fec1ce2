"""Mails that wait for somebody's approval, for the list of that person.

Of all that waits in the office ``LOOKED_AT`` mails are looked at, the next deadline first, and fewer for a mere count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mailguard.accounts.approvers import approvers_for
from mailguard.hold.approving import Opinion, Said, approvals_of, wanted_by
from mailguard.hold.boxes import Box, ListedRow, Placed, rows_of
from mailguard.model.approval import Approval, Approvers
from mailguard.model.people import Viewer
from mailguard.model.queue import QueueId
from mailguard.spool import Spool, box_queries
from mailguard.spool.box_queries import Reader

LOOKED_AT = 500
COUNTED_AT = 50


@dataclass(frozen=True, slots=True)
class Awaited:
    """One mail. ``instead_of``: for whom they would approve it, "" in their own name; ``opinions``: what others said;
    ``missing``: how many more people are needed.
    """

    row: ListedRow
    instead_of: str
    opinions: tuple[Opinion, ...]
    missing: int


def awaiting(spool: Spool, reader: Reader, viewer: Viewer, now: datetime) -> tuple[Awaited, ...]:
    """What waits for this person's word, the next deadline first. What they said yes to, and what somebody said no to,
    does not.
    """
    found = list(_each(spool, reader, viewer, now, LOOKED_AT))
    rows: dict[QueueId, ListedRow] = {row.queue_id: row for row in rows_of(spool, reader, [one[0] for one in found])}
    return tuple(
        Awaited(rows[placed.queue_id], instead_of, opinions, missing)
        for placed, instead_of, opinions, missing in found
        if placed.queue_id in rows
    )


def count_awaiting(spool: Spool, reader: Reader, viewer: Viewer, now: datetime) -> int:
    """How many mails wait for this person's word, of the next ``COUNTED_AT`` of the office: it stands on every page."""
    return sum(1 for _ in _each(spool, reader, viewer, now, COUNTED_AT))


def _each(
    spool: Spool, reader: Reader, viewer: Viewer, now: datetime, most: int
) -> Iterator[tuple[Placed, str, tuple[Opinion, ...], int]]:
    """What waits: the mail with its deadline, instead of whom, what others said, how many are missing."""
    known: dict[tuple[Approval, str], Approvers] = {}
    for waiting in box_queries.waiting_for_approver(reader, most):
        queue_id = waiting.queue_id
        mail = spool.mail(reader, queue_id)
        wanted = wanted_by(mail.recipients)
        if wanted is None:
            continue
        key = (wanted, mail.submission.session.owner)
        if key not in known:
            known[key] = approvers_for(reader, *key, now)
        way = known[key].way_of(viewer.address, has_second_factor=viewer.has_second_factor)
        if way is None or viewer.person.is_disabled:
            continue
        opinions = approvals_of(spool, reader, queue_id)
        if any(one.said is Said.NO or one.person == viewer.address for one in opinions):
            continue
        missing = max(0, wanted.count - len(opinions))
        yield Placed(queue_id, Box.DECISION, waiting.deadline), way.instead_of, opinions, missing
