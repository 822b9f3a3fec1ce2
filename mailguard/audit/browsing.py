"""Looking through the record from its newest event backwards: filtered, a page at a time, counted.

Bounds: where no mail is named, ``LOOKED_AT`` events are looked at for a page, and ``COUNTED_AT`` for counts; both say
where they ended. A page goes on before an event's number, so what is recorded meanwhile moves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailguard.audit import queries
from mailguard.audit.formats import COLUMNS, csv_line
from mailguard.audit.record import Entry, entries_after, event_of
from mailguard.mime.spreadsheet import BYTE_ORDER_MARK, line_of
from mailguard.model.audit import AuditAction
from mailguard.store.times import from_micros, to_micros

PAGE_ROWS = 50
LOOKED_AT = 200_000
COUNTED_AT = 200_000
EXPORTED_MAX = 20_000
_WINDOW = 10_000
_DISORDER = timedelta(hours=1)
"""Events are numbered when they are committed; their times may lie so far apart from that order."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; what is empty or None asks for nothing.

    ``person``: an address in comparable form: who acted, or whom it was about. ``since`` is included, ``until`` not.
    """

    queue_id: str = ""
    person: str = ""
    actions: frozenset[AuditAction] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Some events, the newest first. ``before``: where the next page goes on, None at the end. ``is_stopped``: it ended
    because so many events were looked at.
    """

    entries: tuple[Entry, ...]
    before: int | None = None
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How often what happened, from ``since`` on; that is later than was asked for where there is too much."""

    numbers: dict[AuditAction, int]
    since: datetime


def newest(reader: queries.Reader, wanted: Wanted, before: int | None = None, limit: int = PAGE_ROWS) -> RecordPage:
    """The newest events of those wanted, before a number."""
    low, high = _span(reader, wanted.since, wanted.until)
    high = high if before is None else min(high, before)
    conditions = _conditions(wanted)
    if wanted.queue_id:
        return _page_of(queries.newest_of_mail(reader, wanted.queue_id, low, high, conditions, limit + 1), limit)
    found: list[Entry] = []
    floor = max(low, high - LOOKED_AT)
    while high > floor and len(found) <= limit:
        start = max(floor, high - _WINDOW)
        rows = queries.newest_between(reader, start, high, conditions, limit + 1 - len(found))
        found += [Entry(row.seq, bytes(row.hash), event_of(row)) for row in rows]
        high = start
    if len(found) > limit:
        return RecordPage(tuple(found[:limit]), found[limit - 1].seq)
    is_stopped = floor > low
    return RecordPage(tuple(found), floor if is_stopped else None, is_stopped)


def counts_since(reader: queries.Reader, since: datetime, actions: Collection[AuditAction]) -> Counts:
    """How often each of the actions is on record since then, an entry for each."""
    low, high = _span(reader, since, None)
    start = max(low, high - COUNTED_AT)
    found = queries.counts_between(reader, start, high, to_micros(since), [one.value for one in actions])
    begun = queries.at_of(reader, start) if start > low else None
    later = since if begun is None else max(since, from_micros(begun))
    return Counts({one: found.get(one.value, 0) for one in actions}, later)


def export(reader: queries.Reader, wanted: Wanted) -> Iterator[str]:
    """Those wanted as lines of CSV for spreadsheets, the newest first, ``EXPORTED_MAX`` at most."""
    yield BYTE_ORDER_MARK + line_of(COLUMNS)
    left, before = EXPORTED_MAX, None
    while left > 0:
        page = newest(reader, wanted, before, min(left, 1000))
        yield from map(csv_line, page.entries)
        left -= len(page.entries)
        before = page.before
        if before is None:
            return


def between(connection: Connection, since: datetime | None, until: datetime | None) -> Iterator[Entry]:
    """Everything from one time on and before another (None: no bound), the oldest first, without any limit."""
    low, high = _span(connection, since, until)
    for entry in entries_after(connection, low - 1):
        if entry.seq >= high:
            return
        if (since is None or entry.event.at >= since) and (until is None or entry.event.at < until):
            yield entry


def _page_of(rows: list[queries.EventRow], limit: int) -> RecordPage:
    entries = tuple(Entry(row.seq, bytes(row.hash), event_of(row)) for row in rows[:limit])
    return RecordPage(entries, entries[-1].seq if len(rows) > limit else None)


def _conditions(wanted: Wanted) -> queries.Conditions:
    return queries.Conditions(
        person=wanted.person,
        mention=json.dumps(wanted.person, ensure_ascii=False) if wanted.person else "",
        actions=tuple(sorted(one.value for one in wanted.actions)),
        since=None if wanted.since is None else to_micros(wanted.since),
        until=None if wanted.until is None else to_micros(wanted.until),
    )


def _span(reader: queries.Reader, since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Numbers between which everything of a period lies, the last not included."""
    found = queries.ends(reader)
    if found is None:
        return 1, 1
    first, last = found[0].seq, found[1].seq + 1
    low = first if since is None else _first_after(reader, first, last, since - _DISORDER)
    high = last if until is None else _first_after(reader, first, last, until + _DISORDER)
    return low, max(low, high)


def _first_after(reader: queries.Reader, low: int, high: int, moment: datetime) -> int:
    """The number of the first event at or after a moment, by halving; ``high`` where there is none."""
    wanted = to_micros(moment)
    while low < high:
        middle = (low + high) // 2
        at = queries.at_of(reader, middle)
        if at is not None and at < wanted:
            low = middle + 1
        else:
            high = middle
    return low
