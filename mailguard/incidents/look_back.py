"""Looking back from an incident: other mails with the same fault, each with why it is one.

By traces (``spool.traces``), so it finds mails whose content is gone, also where that of the incident's own is. Bounds:
``LIKE_MAX`` of the newest mails for each trace, ``CANDIDATES_MAX`` in all, the most alike first; both are said. A mail
that nobody got and nobody will get is none. A rule or a domain that fits more than one in ``GENERAL_SHARE`` of them,
and more than ``GENERAL_LEAST``, makes none alike: it says something of the office, and nothing of the fault.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mailguard.incidents import look_back_queries as queries
from mailguard.model.address import comparable, domain_of
from mailguard.model.incident import Incident
from mailguard.model.queue import QueueId, State
from mailguard.spool import Spool
from mailguard.spool.ids import moment_of
from mailguard.spool.traces import CROWDS, Trace, mark
from mailguard.store.times import from_micros

LIKE_MAX = 300
CANDIDATES_MAX = 100
ADDRESSES_MAX = 20
"""Recipients that are looked for one by one. Of a mail to more, the list is what went wrong, and not each of them."""
GENERAL_LEAST, GENERAL_SHARE = 20, 20
"""A share, because fifty mails are half of what a small office sends and nothing to a large one; never more than
``LIKE_MAX``, since no more are looked at."""
CROWD_LEAST = 5
"""Outsiders from which a list in To and Cc is a similar situation, however large that of the incident was."""


class Likeness(StrEnum):
    """What is the same, the weightiest first."""

    LIST = "list"
    FILE = "file"
    ADDRESS = "address"
    RULE = "rule"
    CROWD = "crowd"
    DOMAIN = "domain"


_OF = {
    Trace.LIST: Likeness.LIST,
    Trace.FILE: Likeness.FILE,
    Trace.ADDRESS: Likeness.ADDRESS,
    Trace.RULE: Likeness.RULE,
    Trace.CROWD: Likeness.CROWD,
    Trace.DOMAIN: Likeness.DOMAIN,
}
_MAY_BE_GENERAL = frozenset({Trace.RULE, Trace.DOMAIN})
_WEIGHTS = {
    Likeness.LIST: 32, Likeness.FILE: 16, Likeness.ADDRESS: 8, Likeness.RULE: 4, Likeness.CROWD: 2, Likeness.DOMAIN: 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """One thing that is the same. ``what``: the address, domain or rule; "" where there is nothing to name."""

    likeness: Likeness
    what: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mail with perhaps the same fault. ``recipients``: how many; ``reached``: how many of them have it."""

    queue_id: QueueId
    at: datetime
    owner: str
    why: tuple[Why, ...]
    recipients: int
    reached: int


@dataclass(frozen=True, slots=True)
class LookBack:
    """What was found. ``since``: mails from before then were not looked at; None: all were. ``is_more``: there are more
    than are shown, or than were looked at. ``skipped``: recipients that were too many to be looked for one by one.
    ``general``: what fits so many mails that none is listed for it alone: more than ``general_from``.
    """

    candidates: tuple[Candidate, ...]
    likenesses: frozenset[Likeness]
    since: datetime | None
    is_more: bool
    skipped: int
    general: tuple[Why, ...] = ()
    general_from: int = GENERAL_LEAST


def look_back(
    spool: Spool,
    reader: queries.Reader,
    incident: Incident,
    owners: Collection[str] | None = None,
    quiet: Collection[str] = (),
) -> LookBack:
    """Mails like those of an incident, its own left out. ``owners``: of these alone, in comparable form; None: all.

    ``quiet``: rules that only let mail wait, by which nothing is alike.
    """
    wanted, skipped = _wanted(spool, reader, incident.queue_ids)
    for rule in quiet:
        wanted.pop(mark(spool.trace_key, Trace.RULE, rule), None)
    own = set(incident.queue_ids)
    found: dict[QueueId, dict[Why, None]] = {}
    general: list[Why] = []
    is_more = False
    general_from = max(GENERAL_LEAST, queries.searched(reader, LIKE_MAX * GENERAL_SHARE) // GENERAL_SHARE)
    for (kind, digest), what in sorted(wanted.items(), key=lambda one: one[0][0] in _MAY_BE_GENERAL):
        why = Why(_OF[kind], what)
        mails = queries.mails_like(reader, kind.value, digest, LIKE_MAX + len(own) + 1)
        others = [one for one in mails if one not in own]
        if kind in _MAY_BE_GENERAL and len(others) > general_from:
            general.append(why)
            others = [one for one in others if one in found]
        is_more |= len(others) > LIKE_MAX
        for one in others[:LIKE_MAX]:
            found.setdefault(one, {})[why] = None
    placed = {row.queue_id: row for row in queries.submissions(reader, list(found))}
    chosen = [one for one in found if owners is None or comparable(placed[one].owner) in owners]
    chosen.sort(key=lambda one: (sum(_WEIGHTS[why] for why in {why.likeness for why in found[one]}), one), reverse=True)
    is_more |= len(chosen) > CANDIDATES_MAX
    chosen = chosen[:CANDIDATES_MAX]
    states: dict[QueueId, list[State]] = {}
    for row in queries.recipients(reader, chosen):
        states.setdefault(row.queue_id, []).append(State(row.state))
    begins = queries.begin_after(reader)
    return LookBack(
        tuple(_candidate(placed[one], list(found[one]), states[one]) for one in chosen),
        frozenset(_OF[kind] for kind, _ in wanted),
        None if begins is None else moment_of(begins),
        is_more,
        skipped,
        tuple(general),
        general_from,
    )


def _wanted(
    spool: Spool, reader: queries.Reader, queue_ids: Sequence[QueueId]
) -> tuple[dict[tuple[Trace, bytes], str], int]:
    """The traces to look for with what each stands for, and how many recipients are left out."""
    there = {(Trace(row.kind), bytes(row.digest)) for row in queries.traces_of(reader, queue_ids)}
    named = _named(spool, reader, queue_ids)
    is_many = sum(kind is Trace.ADDRESS for kind, _ in there) > ADDRESSES_MAX
    wanted: dict[tuple[Trace, bytes], str] = {}
    skipped = 0
    for kind, digest in sorted(there):
        if kind is Trace.MESSAGE:
            continue
        if is_many and kind in (Trace.ADDRESS, Trace.DOMAIN):
            skipped += kind is Trace.ADDRESS
            continue
        wanted[kind, digest] = named.get((kind, digest), "")
    crowds = {mark(spool.trace_key, Trace.CROWD, str(least)): least for least in CROWDS}
    if any(one in crowds for one in there):
        least = min([CROWD_LEAST, *(crowds[one] for one in there if one in crowds)])
        wanted |= {one: "" for one, size in crowds.items() if size >= least}
    return wanted, skipped


def _named(spool: Spool, reader: queries.Reader, queue_ids: Sequence[QueueId]) -> dict[tuple[Trace, bytes], str]:
    """What traces of these mails stand for, as far as their rows say."""
    key = spool.trace_key
    found: dict[tuple[Trace, bytes], str] = {}
    for row in queries.recipients(reader, queue_ids):
        address = comparable(row.address)
        found[mark(key, Trace.ADDRESS, address)] = address
        found[mark(key, Trace.DOMAIN, domain_of(address))] = domain_of(address)
    for queue_id in queue_ids:
        judged = spool.judgement(reader, queue_id)
        for one in judged.explanations if judged is not None else ():
            found[mark(key, Trace.RULE, one.reason)] = one.reason
    return found


def _candidate(row: queries.SubmissionRow, why: list[Why], states: list[State]) -> Candidate:
    order = list(Likeness)
    why.sort(key=lambda one: (order.index(one.likeness), one.what))
    reached = sum(one in (State.DELIVERED, State.SENDING) for one in states)
    return Candidate(
        row.queue_id, from_micros(row.accepted_at), comparable(row.owner), tuple(why), len(states), reached
    )
