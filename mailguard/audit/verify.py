"""Check the record: any change, gap, swap, insertion or cut end is found, and where.

Four things vouch for it, each for what the one before cannot. The chain: an event that was changed does not fit its
hash. Anchors: whoever computes the chain anew does not hit their hashes. The sealed head: a cut end. The file of
anchors: a database that was put back or made anew as a whole. The last three need the key (``Seals``); without it the
chain alone is checked.

Where the database is a restored backup, the file knows more than it; that is reported like a cut end, which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from mailguard.audit import anchor_queries, queries
from mailguard.audit.anchors import Anchor, AnchorFile, NotAnAnchor, anchors_of
from mailguard.audit.chain import GENESIS, canonical, link
from mailguard.audit.seals import Seals, is_same

_CATCHING_UP = 5
"""So often it is gone on to the end of a record that grows while it is checked."""


@dataclass(frozen=True)
class Break:
    """A place where the record is not what was written. ``seq`` is the first event that does not fit, 0 where it is no
    event's fault. ``after`` and ``before``: when the anchors around it were set; None where there is none.
    """

    seq: int
    what: str
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """What a check saw: ``events`` checked, ``head`` the last good hash in hex, ``broken`` the first break, None where
    all fits.

    ``breaks``: all of them, at most one of each kind. ``anchors``: that hold; ``anchored_at``: the newest's time, None
    for none. ``kept_since``: older events were removed then, because their time was over, None where all are kept.
    """

    events: int
    head: str
    broken: Break | None
    breaks: tuple[Break, ...] = ()
    anchors: int = 0
    anchored_at: datetime | None = None
    kept_since: datetime | None = None


def verify(
    connection: Connection,
    head: bytes | None = None,
    seals: Seals | None = None,
    file: AnchorFile | None = None,
) -> Checked:
    """Walk the whole record. ``head``: a hash that an earlier check gave, which must still be in it."""
    anchors = anchors_of(connection)
    good = [one for one in anchors if seals is None or one.is_sealed(seals)]
    removed = [one for one in good if one.removed_at is not None and (seals is None or one.is_removal_sealed(seals))]
    walk = _Walk(connection, good, removed[-1] if removed else None, head)
    walk.whole()
    breaks = [walk.broken] if walk.broken is not None else []
    if seals is not None:
        breaks += _first(_anchor_breaks(anchors, seals))
        if walk.broken is None:
            breaks += _first(_head_breaks(connection, seals, walk, has_anchors=bool(anchors)))
        if file is not None:
            breaks += _first(_file_breaks(file, anchors, seals))
    placed = tuple(_between(one, good) for one in breaks)
    return Checked(
        events=walk.events,
        head=walk.hash.hex(),
        broken=placed[0] if placed else None,
        breaks=placed,
        anchors=len(good),
        anchored_at=good[-1].at if good else None,
        kept_since=removed[-1].at if removed else None,
    )


class _Walk:
    """Along the chain up to its first break. ``hash`` and ``seq``: of the last event that fits; ``events``: so many."""

    def __init__(
        self, connection: Connection, anchors: Sequence[Anchor], removed: Anchor | None, head: bytes | None
    ) -> None:
        self.hash, self.seq = (GENESIS, 0) if removed is None else (removed.hash, removed.seq)
        self.events = 0
        self.broken: Break | None = None
        self._connection = connection
        self._anchors = {one.seq: one for one in anchors if one.seq > self.seq}
        self._head = head
        self._is_head_seen = head is None or head == self.hash
        self._anchored = (self.seq, self.hash, self.events)

    def whole(self) -> None:
        """Everything there is, and that nothing is missing at its end."""
        self.go_on()
        last = max(self._anchors, default=0)
        if self.broken is None and last > self.seq:
            self.broken = Break(self.seq + 1, f"events {self.seq + 1} to {last} are missing")
        elif self.broken is None and not self._is_head_seen:
            self.broken = Break(self.seq + 1, "the given head is not in the record")

    def go_on(self) -> None:
        """What came since, or the first break."""
        for row in queries.all_events(self._connection, self.seq):
            if row.seq != self.seq + 1:
                self.broken = Break(self.seq + 1, f"event {self.seq + 1} is missing")
                return
            octets = canonical(row.seq, row.at, row.actor_kind, row.actor, row.action, row.queue_id, row.details)
            found = link(self.hash, octets)
            if found != bytes(row.hash):
                self.broken = Break(row.seq, f"event {row.seq} was changed")
                return
            anchor = self._anchors.get(row.seq)
            if anchor is not None and anchor.hash != found:
                self.seq, self.hash, self.events = self._anchored
                self.broken = Break(self.seq + 1, f"events {self.seq + 1} to {row.seq} were written anew")
                return
            self.seq, self.hash = row.seq, found
            self.events += 1
            self._is_head_seen = self._is_head_seen or found == self._head
            if anchor is not None:
                self._anchored = (self.seq, self.hash, self.events)


def _anchor_breaks(anchors: Sequence[Anchor], seals: Seals) -> Iterator[Break]:
    for number, one in enumerate(anchors, 1):
        if one.number != number:
            yield Break(0, f"anchor {number} is missing")
            return
        if not one.is_sealed(seals):
            yield Break(0, f"anchor {number} was changed, or the one before it")
        if one.removed_at is not None and not one.is_removal_sealed(seals):
            yield Break(0, f"that events were removed up to anchor {number} was not noted by mailguard")


def _head_breaks(connection: Connection, seals: Seals, walk: _Walk, *, has_anchors: bool) -> Iterator[Break]:
    row = anchor_queries.head(connection)
    for _ in range(_CATCHING_UP):
        if row is None or row.seq <= walk.seq:
            break
        # Somebody added to it meanwhile, or its end was cut.
        walked = walk.seq
        walk.go_on()
        if walk.seq == walked:
            yield Break(walked + 1, f"events {walked + 1} to {row.seq} are missing")
            return
        row = anchor_queries.head(connection)
    if row is None:
        # A record of an older release, to which nothing was added yet, has none.
        if has_anchors:
            yield Break(walk.seq, "the seal of the newest event is gone")
        return
    digest = walk.hash if row.seq == walk.seq else queries.hash_of(connection, row.seq) or b""
    if not is_same(seals.head(row.seq, digest), bytes(row.mac)):
        yield Break(row.seq, f"the seal of event {row.seq} does not fit: it was changed, or events before it")
    elif row.seq < walk.seq:
        yield Break(row.seq + 1, f"events from {row.seq + 1} on were not added by mailguard")


def _file_breaks(file: AnchorFile, anchors: Sequence[Anchor], seals: Seals) -> Iterator[Break]:
    name = file.path.name
    try:
        written = file.read()
    except NotAnAnchor as error:
        yield Break(0, f"{name}, line {error.line}: was changed")
        return
    if written is None:
        if anchors:
            yield Break(0, f"{name} is gone")
        return
    known = {one.number: one for one in anchors}
    for line, one in enumerate(written, 1):
        if one.number != line or not one.is_sealed(seals):
            yield Break(0, f"{name}, line {line}: was changed, or lines before it are missing")
            return
        if one.number not in known:
            yield Break(one.seq, f"{name} has an anchor at event {one.seq} that the database has not; was it put back?")
            return
        if not known[one.number].same_as(one):
            yield Break(one.seq, f"{name}, line {line}: is not anchor {one.number} of the database")
            return
    for one in anchors[len(written) :]:
        yield Break(0, f"anchor {one.number} is not in {name}")


def _first(breaks: Iterator[Break]) -> list[Break]:
    found = next(breaks, None)
    return [] if found is None else [found]


def _between(found: Break, anchors: Sequence[Anchor]) -> Break:
    """With the times of the anchors around it."""
    if not found.seq:
        return found
    after = [one.at for one in anchors if one.seq < found.seq]
    before = [one.at for one in anchors if one.seq >= found.seq]
    return replace(found, after=after[-1] if after else None, before=before[0] if before else None)
