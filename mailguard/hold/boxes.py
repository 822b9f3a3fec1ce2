"""Lists of mail: boxes with counts, one page at a time, for one's own mailboxes or for the office.

A mail is in one box, that of its most urgent recipient. What waits is there whatever its age, next deadline first;
everything else lies within a period, newest first. A page goes on after a row, not after a number of rows: what moves
meanwhile makes no row come twice, and none is passed over that stays where it is.

Bounds: of one period ``LOOKED_AT`` mails are looked at for a page; a count that ends there, or at ``COUNTED_MAX``, says
so, and a page that ends there names where to go on.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from mailguard.errors import ContentDamaged
from mailguard.hold.zero import at_zero_of
from mailguard.model.address import comparable
from mailguard.model.queue import QueueId, State
from mailguard.model.summary import Summary
from mailguard.notify.occasions import Waiting
from mailguard.spool import Spool, box_queries
from mailguard.spool.box_queries import Period, PlacedMail, Reader
from mailguard.spool.ids import first_id, moment_of
from mailguard.spool.rows import verdict_of
from mailguard.store.times import from_micros, from_micros_or_none, to_micros

PERIOD = timedelta(days=30)
"""How far back lists go where nobody says otherwise."""
LOOKED_AT = 3000
COUNTED_MAX = 1000
PAGE_ROWS = 50
RECIPIENTS_SHOWN = 3
_NO_END = "~"
"""Sorts behind every queue id."""
_CLOCKS = timedelta(hours=1)
"""A queue id is of the moment a mail began to arrive, its row of when it was there, perhaps by another clock."""


class Box(StrEnum):
    """Where a mail is listed, the most urgent first."""

    DECISION = "decision"
    """Held, and a person is needed."""
    WAITING = "waiting"
    """Held until its time."""
    LEAVING = "leaving"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """Taken back, stopped by a rule, or not decided in time."""
    SENT = "sent"


_BOXES = {
    box_queries.HELD_FOR_A_PERSON: Box.DECISION,
    box_queries.HELD_BY_TIME: Box.WAITING,
    box_queries.ON_ITS_WAY: Box.LEAVING,
    box_queries.FAILED: Box.FAILED,
    box_queries.NOT_SENT: Box.CANCELLED,
    box_queries.SENT: Box.SENT,
}
OPEN = frozenset({Box.DECISION, Box.WAITING, Box.LEAVING})
"""Boxes of mail that is not done with."""
_BY_DEADLINE = frozenset({Box.DECISION, Box.WAITING})


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose mail: of these owners in comparable form, or with None everybody's."""

    owners: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Span:
    """When mails were accepted: from ``since`` on, before ``until`` (None: until now). ``keeps_open``: what is not done
    with counts whatever its age.
    """

    since: datetime
    until: datetime | None = None
    keeps_open: bool = True

    @classmethod
    def usual(cls, now: datetime) -> Span:
        """What lists show where nobody says otherwise."""
        return cls(now - PERIOD)


@dataclass(frozen=True, slots=True)
class Count:
    """How many; ``is_more``: at least so many."""

    number: int
    is_more: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """After which row a page goes on. ``deadline``: 0 where rows are not sorted by it."""

    deadline: int
    queue_id: QueueId

    def __str__(self) -> str:
        """For an address: read by ``mark_of``."""
        return f"{self.deadline}-{self.queue_id}" if self.deadline else self.queue_id


def mark_of(text: str) -> Mark | None:
    """The mark that was written so; None for anything else."""
    deadline, dash, queue_id = text.rpartition("-")
    if not queue_id.isalnum() or not queue_id.isascii() or len(queue_id) > 16:
        return None
    if not dash:
        return Mark(0, queue_id)
    return Mark(int(deadline), queue_id) if deadline.isascii() and deadline.isdigit() and len(deadline) < 20 else None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient in a list."""

    address: str
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One mail in a list. ``summary`` None: its content is gone, or nobody has looked at it yet.

    ``recipients``: the first ones, of ``recipient_count``; ``states``: how many are in which. ``waiting``: until when
    and for whom it is held, and what happens then; None where it is not. ``reasons``: ids of rules and reasons, the
    weightiest first.
    """

    queue_id: QueueId
    box: Box
    accepted_at: datetime
    owner: str
    sender: str
    source: str | None
    size: int
    recipients: tuple[Addressee, ...]
    recipient_count: int
    states: dict[State, int]
    waiting: Waiting | None
    reasons: tuple[str, ...]
    summary: Summary | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list. ``after``: where the next page goes on, None at the end. ``is_stopped``: it ended because so
    many mails were looked at, and there may be more further back, from ``stopped_at`` on.
    """

    rows: tuple[ListedRow, ...]
    after: Mark | None = None
    is_stopped: bool = False
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of one box, with what is in all of them."""

    counts: dict[Box, Count]
    page: Page


class Placed(NamedTuple):
    """Where a mail stands."""

    queue_id: QueueId
    box: Box
    deadline: int


@dataclass(frozen=True, slots=True)
class Looked:
    """Where mails stand. ``lowest``: the first queue id down to which a bound let us look, "" where none stopped us."""

    placed: tuple[Placed, ...]
    lowest: QueueId = ""


def list_box(
    spool: Spool,
    reader: Reader,
    scope: Scope,
    box: Box,
    *,
    now: datetime,
    span: Span | None = None,
    after: Mark | None = None,
    limit: int = PAGE_ROWS,
    looked: Looked | None = None,
) -> Listing:
    """One page of a box, with the counts of all boxes in the same moment. ``looked``: where the mails of the span
    stand, if that is known.
    """
    span = span or Span.usual(now)
    looked = looked or look(reader, scope, span)
    counts = counts_in(looked)
    if after is not None and box not in OPEN and looked.lowest and after.queue_id <= looked.lowest:
        # Further back than the counts go.
        looked = _looked_newest(reader, scope, span, after.queue_id)
    return Listing(counts, _page(spool, reader, looked, box, after, limit))


def counts_of(reader: Reader, scope: Scope, *, now: datetime, span: Span | None = None) -> dict[Box, Count]:
    """How many mails are in each box: exactly in those that are not done with, unless a period was named."""
    return counts_in(look(reader, scope, span or Span.usual(now)))


def look(reader: Reader, scope: Scope, span: Span, before: QueueId = "") -> Looked:
    """Where the mails of a span stand, and with ``keeps_open`` those that are not done with.

    ``before``: only those with a lower queue id, "" for all.
    """
    if scope.owners is not None and not scope.owners:
        return Looked(())
    looked = _looked_newest(reader, scope, span, before or _NO_END)
    if not span.keeps_open:
        return looked
    # Where no bound has left some out, only what is older than the period is missing.
    before = min(before or _NO_END, looked.lowest or first_id(span.since))
    older = _placed(box_queries.open_placed(reader, scope.owners, before))
    return Looked((*looked.placed, *(one for one in older if one.box in OPEN)), looked.lowest)


def _looked_newest(reader: Reader, scope: Scope, span: Span, before: QueueId) -> Looked:
    end = _NO_END if span.until is None else first_id(span.until)
    period = Period(first_id(span.since), min(end, before), to_micros(span.since - _CLOCKS))
    mails = box_queries.newest_mails(reader, scope.owners, period, LOOKED_AT + 1)
    lowest = ""
    if len(mails) > LOOKED_AT:
        mails.pop()
        lowest = mails[-1][0]
        period = replace(period, from_id=lowest)
    # Most mails are sent, and of those nothing more is read.
    unsent = {one.queue_id: one for one in _placed(box_queries.unsent_placed(reader, scope.owners, period))}
    placed = []
    for queue_id, is_ours in mails:
        one = unsent.get(queue_id) or Placed(queue_id, Box.SENT, box_queries.NO_DEADLINE)
        # What we wrote ourselves is nobody's mail, unless it waits.
        if not is_ours or one.box in _BY_DEADLINE:
            placed.append(one)
    return Looked(tuple(placed), lowest)


def _placed(rows: Iterable[PlacedMail]) -> tuple[Placed, ...]:
    return tuple([Placed(queue_id, _BOXES[place], deadline) for queue_id, place, deadline in rows])


def counts_in(looked: Looked) -> dict[Box, Count]:
    """How many of those mails are in each box."""
    numbers = Counter([one.box for one in looked.placed])
    found = {}
    for box in Box:
        number = numbers[box]
        is_cut = box not in OPEN and (bool(looked.lowest) or number > COUNTED_MAX)
        found[box] = Count(min(number, COUNTED_MAX), is_cut) if is_cut else Count(number)
    return found


def _page(spool: Spool, reader: Reader, looked: Looked, box: Box, after: Mark | None, limit: int) -> Page:
    chosen = [one for one in looked.placed if one.box is box]
    if box in _BY_DEADLINE:
        chosen.sort(key=_deadline_mark)
        chosen = [one for one in chosen if after is None or _deadline_mark(one) > after]
        shown, rest = chosen[:limit], chosen[limit:]
        return Page(rows_of(spool, reader, shown), _deadline_mark(shown[-1]) if rest else None)
    chosen.sort(key=lambda one: one.queue_id, reverse=True)
    chosen = [one for one in chosen if after is None or one.queue_id < after.queue_id]
    shown, rest = chosen[:limit], chosen[limit:]
    rows = rows_of(spool, reader, shown)
    if rest:
        return Page(rows, Mark(0, shown[-1].queue_id))
    if looked.lowest and box not in OPEN:
        return Page(rows, Mark(0, looked.lowest), is_stopped=True, stopped_at=moment_of(looked.lowest))
    return Page(rows)


def _deadline_mark(one: Placed) -> Mark:
    return Mark(one.deadline, one.queue_id)


def rows_of(spool: Spool, reader: Reader, placed: Sequence[Placed]) -> tuple[ListedRow, ...]:
    """The rows of mails, in the same order. A mail that is gone has none."""
    ids = [one.queue_id for one in placed]
    parts = _Parts(spool, reader, ids)
    return tuple(parts.row(one) for one in placed if one.queue_id in parts.heads)


class _Parts:
    """Everything the rows of one page are made of, each read by one statement."""

    def __init__(self, spool: Spool, reader: Reader, ids: Collection[QueueId]) -> None:
        self._spool = spool
        self.heads = {row.queue_id: row for row in box_queries.heads(reader, ids)}
        self._recipients = _by_mail(box_queries.first_recipients(reader, ids, RECIPIENTS_SHOWN))
        self._states = box_queries.states_counted(reader, ids)
        self._holds = _by_mail(box_queries.holds(reader, ids))

    def row(self, placed: Placed) -> ListedRow:
        queue_id = placed.queue_id
        head = self.heads[queue_id]
        accepted_at = from_micros(head.accepted_at)
        summary = opened_summary(self._spool, queue_id, head.sealed)
        names = {} if summary is None else {comparable(one.address): one.name for one in summary.recipients}
        states = self._states.get(queue_id, {})
        held = [
            (None if row.verdict is None else verdict_of(row.verdict), from_micros_or_none(row.shown_until))
            for row in self._holds.get(queue_id, ())
        ]
        return ListedRow(
            queue_id=queue_id,
            box=placed.box,
            accepted_at=accepted_at,
            owner=head.owner,
            sender=head.reverse_path,
            source=head.source,
            size=head.size,
            recipients=tuple(
                Addressee(row.address, names.get(comparable(row.address), ""), State(row.state))
                for row in self._recipients.get(queue_id, ())
            ),
            recipient_count=sum(states.values()),
            states=states,
            waiting=at_zero_of(held, accepted_at),
            reasons=() if head.explanations is None else reasons_of(head.explanations),
            summary=summary,
        )


def opened_summary(spool: Spool, queue_id: QueueId, sealed: bytes | None) -> Summary | None:
    """A mail's summary; None where there is none. One that does not open is as one that is gone: a list goes on."""
    try:
        return spool.summary_of(queue_id, sealed)
    except ContentDamaged:
        return None


def reasons_of(explanations: str) -> tuple[str, ...]:
    """The ids of what led to a verdict, the weightiest first, each once."""
    return tuple(dict.fromkeys(one["reason"] for one in json.loads(explanations)))


def _by_mail(rows: Iterable[Any]) -> dict[QueueId, list[Any]]:
    found: dict[QueueId, list[Any]] = {}
    for row in rows:
        found.setdefault(row.queue_id, []).append(row)
    return found
