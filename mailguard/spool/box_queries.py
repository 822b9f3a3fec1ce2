"""Statements for lists of mail: where each mail stands, and what a page shows of it.

A mail stands where the most urgent of its recipients does; ``PLACES`` says in what order. Reports of our own are no
mail of anybody's list; a mail with a password, which waits, is.

States stand in the statements as they are, not as parameters: a partial index is used only where the database can see
that what is asked for is part of it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    SelectBase,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    union,
)

from mailguard.model.queue import State
from mailguard.spool.reports import LISTENER
from mailguard.store import Transaction
from mailguard.store.tables import judgement, recipient, submission, summary

Reader = Connection | Transaction

HELD_FOR_A_PERSON, HELD_BY_TIME, ON_ITS_WAY, FAILED, NOT_SENT, SENT = range(6)
"""Where a mail stands, the most urgent first."""

NO_DEADLINE = (1 << 62) - 1
"""Later than every deadline: held without one."""


def _state(one: State) -> ColumnElement[bool]:
    return recipient.c.state == literal_column(f"'{one.value}'")


def _any_of(*states: State) -> ColumnElement[bool]:
    return recipient.c.state.in_([literal_column(f"'{one.value}'") for one in states])


_BY_TIME = and_(
    # The text of a verdict has no blanks, and quotation marks inside of its strings are escaped.
    recipient.c.verdict.like(literal_column('\'%"needs":"timer"%\'')),
    recipient.c.due_at.is_not(None),
)
_PLACE = case(
    (and_(_state(State.HELD), _BY_TIME), literal_column(str(HELD_BY_TIME))),
    (_state(State.HELD), literal_column(str(HELD_FOR_A_PERSON))),
    (_any_of(State.DELIVERED), literal_column(str(SENT))),
    (_any_of(State.BOUNCED), literal_column(str(FAILED))),
    (_any_of(State.CANCELLED, State.EXPIRED, State.BLOCKED), literal_column(str(NOT_SENT))),
    else_=literal_column(str(ON_ITS_WAY)),
)
_DEADLINE = case(
    (_state(State.HELD), func.coalesce(recipient.c.shown_until, literal_column(str(NO_DEADLINE)))),
    else_=literal_column(str(NO_DEADLINE)),
)


def _as_text(rows: Select[Any]) -> Select[tuple[str]]:
    """The rows as lines of one text, read by ``_lines``, of values without blanks.

    A thread that reads gives way at each row, and beside a relay at work it gets its turn back late: a thousand rows
    are a thousand turns.
    """
    found = rows.subquery()
    values: list[ColumnElement[str]] = [cast(one, Text) for one in found.c]
    line = reduce(lambda left, right: left.concat(literal_column("' '")).concat(right), values)
    return select(func.aggregate_strings(line, "\n"))


def _lines(reader: Reader, statement: Select[tuple[str]], values: dict[str, Any]) -> list[list[str]]:
    text: str | None = reader.execute(statement, values).scalar()  # type: ignore[assignment]
    return [line.split(" ") for line in text.split("\n")] if text else []


def _placed(ids: SelectBase) -> Select[tuple[str]]:
    """For each of the mails: queue_id, place, deadline."""
    placed = select(recipient.c.queue_id, func.min(_PLACE).label("place"), func.min(_DEADLINE).label("deadline"))
    return _as_text(placed.where(recipient.c.queue_id.in_(ids)).group_by(recipient.c.queue_id))


class PlacedMail(NamedTuple):
    """Where a mail stands. ``deadline``: in microseconds, or ``NO_DEADLINE``."""

    queue_id: str
    place: int
    deadline: int


def _read_placed(reader: Reader, statement: Select[tuple[str]], values: dict[str, Any]) -> list[PlacedMail]:
    return [PlacedMail(one, int(place), int(deadline)) for one, place, deadline in _lines(reader, statement, values)]


_OWNERS: BindParameter[Any] = bindparam("owners", expanding=True)
_OF_OWNERS = and_(submission.c.owner.in_(_OWNERS), submission.c.accepted_at >= bindparam("since"))
# As an expression where an index on the column would be the longer way: all mail they ever had, or all of a period.
_AND_OF_OWNERS = func.coalesce(submission.c.owner, literal_column("''")).in_(_OWNERS)
_ALSO_ID = func.coalesce(submission.c.queue_id, literal_column("''"))
_IS_OURS = submission.c.listener == literal_column(f"'{LISTENER}'")
_OF_MAIL = submission.c.queue_id == recipient.c.queue_id


@dataclass(frozen=True, slots=True)
class Period:
    """Mails from one queue id on, before another. ``since``: the time of the first, in microseconds."""

    from_id: str
    before_id: str
    since: int


def _in_period(queue_id: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(queue_id >= bindparam("from_id"), queue_id < bindparam("before_id"))


_OURS = "ours"
_WHOSE = case((_IS_OURS, literal_column(f"'{_OURS}'")), else_=literal_column("'theirs'")).label("whose")
_NEWEST = select(submission.c.queue_id, _WHOSE).limit(bindparam("most"))
_NEWEST_OF = _as_text(_NEWEST.where(_OF_OWNERS, _in_period(_ALSO_ID)).order_by(_ALSO_ID.desc()))
_NEWEST_OF_ALL = _as_text(_NEWEST.where(_in_period(submission.c.queue_id)).order_by(submission.c.queue_id.desc()))


def _rows(reader: Reader, statement: Select[Any], values: dict[str, Any]) -> list[Row[Any]]:
    rows: list[Row[Any]] = list(reader.execute(statement, values).all())  # fetched one by one they cost twice as much
    return rows


def newest_mails(reader: Reader, owners: Collection[str] | None, period: Period, most: int) -> list[tuple[str, bool]]:
    """The newest mails of a period, newest first: queue id, whether we wrote it ourselves.

    Of some owners (submission_by_owner); None: of everybody (primary key).
    """
    values: dict[str, Any] = {"from_id": period.from_id, "before_id": period.before_id, "most": most}
    statement = _NEWEST_OF_ALL
    if owners is not None:
        statement, values = _NEWEST_OF, {**values, "owners": list(owners), "since": period.since}
    # Sorted again: what gathers lines need not keep their order.
    return sorted(((one, whose == _OURS) for one, whose in _lines(reader, statement, values)), reverse=True)


_STOPPED = _any_of(State.HELD, State.DEFERRED, State.BOUNCED, State.CANCELLED, State.EXPIRED, State.BLOCKED)
# Without a period: with one, SQLite would read all recipients of it instead of those that are due.
_MOVING = and_(
    recipient.c.due_at > literal_column("0"), _any_of(State.ACCEPTED, State.CLEARED, State.QUEUED, State.SENDING)
)
_UNSENT_OF = _placed(
    union(
        select(recipient.c.queue_id).join(submission, _OF_MAIL).where(_OF_OWNERS, _in_period(_ALSO_ID), _STOPPED),
        select(recipient.c.queue_id).join(submission, _OF_MAIL).where(_MOVING, _AND_OF_OWNERS),
    )
)
_UNSENT_OF_ALL = _placed(
    union(
        select(recipient.c.queue_id).where(_in_period(recipient.c.queue_id), _STOPPED),
        select(recipient.c.queue_id).where(_MOVING),
    )
)


def unsent_placed(reader: Reader, owners: Collection[str] | None, period: Period) -> list[PlacedMail]:
    """Where the mails of a period stand that are not delivered to all, in no order; what is on its way also of other
    times.

    Of some owners (submission_by_owner, recipient_not_sent or on SQLite the primary key, recipient_by_due); None: of
    everybody (recipient_not_sent, recipient_by_due); then by primary key.
    """
    values: dict[str, Any] = {"from_id": period.from_id, "before_id": period.before_id}
    if owners is None:
        return _read_placed(reader, _UNSENT_OF_ALL, values)
    return _read_placed(reader, _UNSENT_OF, {**values, "owners": list(owners), "since": period.since})


_BEFORE = recipient.c.queue_id < bindparam("before_id")
_OPEN_IDS = union(
    select(recipient.c.queue_id).where(_state(State.HELD), _any_of(State.HELD, State.DEFERRED), _BEFORE),
    select(recipient.c.queue_id)
    .join(submission, _OF_MAIL)
    .where(_state(State.DEFERRED), _any_of(State.HELD, State.DEFERRED), _BEFORE, ~_IS_OURS),
    select(recipient.c.queue_id)
    .join(submission, _OF_MAIL)
    .where(_MOVING, bindparam("before_id") > _ALSO_ID, ~_IS_OURS),
)
_OPEN_OF_ALL = _placed(_OPEN_IDS)
_OPEN_OF = _placed(select(submission.c.queue_id).where(submission.c.queue_id.in_(_OPEN_IDS), _AND_OF_OWNERS))


def open_placed(reader: Reader, owners: Collection[str] | None, before_id: str) -> list[PlacedMail]:
    """Where mails stand that are not done with, from before a queue id, in no order (recipient_by_open_state,
    recipient_by_due, then primary keys).
    """
    if owners is None:
        return _read_placed(reader, _OPEN_OF_ALL, {"before_id": before_id})
    return _read_placed(reader, _OPEN_OF, {"before_id": before_id, "owners": list(owners)})


_FOR_APPROVER = (
    select(recipient.c.queue_id, func.min(_DEADLINE).label("deadline"))
    .where(
        _state(State.HELD),
        _any_of(State.HELD, State.DEFERRED),
        recipient.c.verdict.like(literal_column('\'%"needs":"approver"%\'')),
    )
    .group_by(recipient.c.queue_id)
    .order_by(literal_column("deadline"), recipient.c.queue_id)
    .limit(bindparam("most"))
)


def waiting_for_approver(reader: Reader, most: int) -> list[Row[Any]]:
    """Mails of which something waits for an approver, the next deadline first: queue_id, deadline
    (recipient_by_open_state).
    """
    return _rows(reader, _FOR_APPROVER, {"most": most})


_IDS: BindParameter[Any] = bindparam("queue_ids", expanding=True)
_LATER_JUDGEMENT, _LATER_SUMMARY = judgement.alias(), summary.alias()
_NEWEST_SUMMARY = and_(
    summary.c.queue_id == submission.c.queue_id,
    ~select(_LATER_SUMMARY.c.number)
    .where(_LATER_SUMMARY.c.queue_id == summary.c.queue_id, _LATER_SUMMARY.c.number > summary.c.number)
    .exists(),
)
_HEADS = (
    select(
        submission.c.queue_id,
        submission.c.accepted_at,
        submission.c.owner,
        submission.c.reverse_path,
        submission.c.size,
        submission.c.source,
        judgement.c.explanations,
        summary.c.sealed,
    )
    .select_from(submission)
    .outerjoin(
        judgement,
        and_(
            judgement.c.queue_id == submission.c.queue_id,
            ~select(_LATER_JUDGEMENT.c.number)
            .where(_LATER_JUDGEMENT.c.queue_id == judgement.c.queue_id, _LATER_JUDGEMENT.c.number > judgement.c.number)
            .exists(),
        ),
    )
    .outerjoin(summary, _NEWEST_SUMMARY)
    .where(submission.c.queue_id.in_(_IDS))
)


def heads(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """What a page shows of mails beside their recipients, with what the newest judgement says to people and the newest
    summary, each None where there is none (primary keys).
    """
    return _rows(reader, _HEADS, {"queue_ids": list(queue_ids)}) if queue_ids else []


_FIRST = (
    select(recipient.c.queue_id, recipient.c.position, recipient.c.address, recipient.c.state)
    .where(recipient.c.queue_id.in_(_IDS), recipient.c.position < bindparam("most"))
    .order_by(recipient.c.queue_id, recipient.c.position)
)


def first_recipients(reader: Reader, queue_ids: Collection[str], most: int) -> list[Row[Any]]:
    """The first recipients of mails, by position: queue_id, position, address, state (primary key)."""
    return _rows(reader, _FIRST, {"queue_ids": list(queue_ids), "most": most}) if queue_ids else []


_COUNTED = _as_text(
    select(recipient.c.queue_id, recipient.c.state, func.count().label("total"))
    .where(recipient.c.queue_id.in_(_IDS))
    .group_by(recipient.c.queue_id, recipient.c.state)
)


def states_counted(reader: Reader, queue_ids: Collection[str]) -> dict[str, dict[State, int]]:
    """How many recipients of each mail are in which state (primary key)."""
    found: dict[str, dict[State, int]] = {}
    if queue_ids:
        for queue_id, state, total in _lines(reader, _COUNTED, {"queue_ids": list(queue_ids)}):
            found.setdefault(queue_id, {})[State(state)] = int(total)
    return found


_HOLDS = (
    select(recipient.c.queue_id, recipient.c.verdict, recipient.c.shown_until)
    .where(recipient.c.queue_id.in_(_IDS), _state(State.HELD))
    .distinct()
)


def holds(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """The different holds of mails: queue_id, verdict, shown_until (primary key)."""
    return _rows(reader, _HOLDS, {"queue_ids": list(queue_ids)}) if queue_ids else []


_SEARCHED = (
    select(submission.c.queue_id, submission.c.reverse_path, summary.c.sealed)
    .select_from(submission)
    .outerjoin(summary, _NEWEST_SUMMARY)
    .where(submission.c.queue_id.in_(_IDS))
)


def searched(reader: Reader, queue_ids: Collection[str]) -> list[Row[Any]]:
    """What mails are found by, in no order: queue_id, reverse_path, sealed, which is None where there is no summary
    (primary keys).
    """
    return _rows(reader, _SEARCHED, {"queue_ids": list(queue_ids)}) if queue_ids else []
