"""Finding mails in lists: by address, name, subject, file name, queue id or Message-ID, within a period.

What is searched is compared without width and case. The words are sealed, so a search opens the summaries of a period
one after the other, newest first; it stops at ``OPENED_MAX`` and says down to when it has looked.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from mailguard.errors import ContentDamaged
from mailguard.hold.boxes import (
    PAGE_ROWS,
    Box,
    Looked,
    Mark,
    Page,
    Placed,
    Scope,
    Span,
    look,
    rows_of,
)
from mailguard.model.queue import QueueId
from mailguard.spool import Spool, box_queries
from mailguard.spool.box_queries import Reader
from mailguard.spool.ids import moment_of

OPENED_MAX = 3000
"""Summaries that one search opens."""
WORDS_MAX = 200
"""Characters of what is searched for that count."""
_TAKEN = 200
"""Mails whose summaries are read at a time, so that a search that finds soon reads few."""


@dataclass(frozen=True, slots=True)
class Searched:
    """What is looked for. ``words``: each of them must stand in the mail's addresses, names, subject, files or ids;
    "" finds all. ``boxes``: in which, None: in all.
    """

    words: str
    boxes: frozenset[Box] | None = None
    span: Span | None = None


def search(
    spool: Spool,
    reader: Reader,
    scope: Scope,
    wanted: Searched,
    *,
    now: datetime,
    after: Mark | None = None,
    limit: int = PAGE_ROWS,
    looked: Looked | None = None,
) -> Page:
    """One page of what was found, newest first. ``looked``: where the mails of the span stand, if that is known."""
    span = wanted.span or Span.usual(now)
    needles = needles_of(wanted.words)
    if looked is None or after is not None:
        looked = look(reader, scope, span, before="" if after is None else after.queue_id)
    candidates = sorted(
        (one for one in looked.placed if wanted.boxes is None or one.box in wanted.boxes),
        key=lambda one: one.queue_id,
        reverse=True,
    )
    found: list[Placed] = []
    for number, one in enumerate(_matching(spool, reader, candidates[:OPENED_MAX], needles)):
        if number == limit:
            return Page(rows_of(spool, reader, found), Mark(0, found[-1].queue_id))
        found.append(one)
    rows = rows_of(spool, reader, found)
    stopped = candidates[OPENED_MAX - 1].queue_id if len(candidates) > OPENED_MAX else looked.lowest
    if not stopped:
        return Page(rows)
    return Page(rows, Mark(0, stopped), is_stopped=True, stopped_at=moment_of(stopped))


def needles_of(words: str) -> tuple[str, ...]:
    """What must stand in a mail, one text a word, as ``folded`` ones."""
    return tuple(folded(words[:WORDS_MAX]).split())


def folded(text: str) -> str:
    """A text as it is compared: without width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _matching(spool: Spool, reader: Reader, candidates: list[Placed], needles: Collection[str]) -> Iterator[Placed]:
    if not needles:
        yield from candidates
        return
    for start in range(0, len(candidates), _TAKEN):
        taken = candidates[start : start + _TAKEN]
        ids = [one.queue_id for one in taken]
        rows = {row.queue_id: row for row in box_queries.searched(reader, ids)}
        for one in taken:
            row = rows.get(one.queue_id)
            if row is None:
                continue
            text = folded("\n".join((one.queue_id, row.reverse_path, *_texts(spool, one.queue_id, row.sealed))))
            if all(needle in text for needle in needles):
                yield one


def _texts(spool: Spool, queue_id: QueueId, sealed: bytes | None) -> list[str]:
    """What a mail is found by beside its id and sender; one that does not open is found by those alone."""
    try:
        return spool.texts_of(queue_id, sealed)
    except ContentDamaged:
        return []
