"""Until when something must be done, and when people are reminded of it. Pure; moments are aware UTC.

Days are counted as the law counts them: the day itself is day 1, and the last day counts to its end. Only what is
written in office days or office hours leaves out days on which the office is closed. Days of the law are Japan's, those
of steps the office's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from mailguard.policy.incident_plan import Due, Since
from mailguard.policy.law import LawClock, deadline_of
from mailguard.policy.lengths import Length, Unit
from mailguard.policy.office_hours import OfficeHours

JAPAN = ZoneInfo("Asia/Tokyo")
REMINDED_MIN = timedelta(minutes=30)
"""A time shorter than this has no reminder at its half: who was just told knows."""
BEFORE_THE_END = (3, 1)
"""So many days before a last day people are reminded."""
CLOSED_MAX_DAYS = 400
"""An office that is closed for longer is taken as one that never closes: a time must end."""
_PLAIN = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}


@dataclass(frozen=True, slots=True)
class Until:
    """When a time is over. ``day``: its last day, None where it is counted in hours.

    ``first``: the earliest day of a time of the law that is not exact, else None; ``extended``: the later reading of
    its last day, where it differs. ``at`` is the end of the plain ``day``, never of the later one.
    """

    at: datetime
    day: date | None = None
    first: date | None = None
    extended: date | None = None


def until_of(due: Due, known_at: datetime, opened_at: datetime, hours: OfficeHours) -> Until:
    """When the time of a step is over."""
    since = known_at if due.since is Since.KNOWN else opened_at
    return _until(due.length, since, hours)


def until_of_clock(clock: LawClock, known_at: datetime) -> Until:
    """When a clock of the law is over."""
    found = deadline_of(clock, known_at.astimezone(JAPAN).date())
    return Until(end_of(found.day, JAPAN), found.day, found.first, found.extended)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def reminders_of(until: Until, since: datetime, hours: OfficeHours) -> list[datetime]:
    """When people are reminded, in order; the last one says that the time is over.

    Days are told of in the morning, and before a weekend rather than on it.
    """
    if until.day is None:
        half = since + (until.at - since) / 2
        return [half, until.at] if until.at - since >= REMINDED_MIN else [until.at]
    half_day = (since + (until.at - since) / 2).astimezone(hours.zone).date()
    days = {half_day, *(until.day - timedelta(days=before) for before in BEFORE_THE_END)}
    if until.first is not None:
        # About so many days: both ends of it are told.
        days |= {until.first, until.day}
    told = {_morning(_open_day_until(one, hours), hours) for one in days}
    over = max(until.at, _morning(until.day + timedelta(days=1), hours))
    return [*sorted(one for one in told if since < one < until.at), over]


def next_reminder(moments: list[datetime], now: datetime) -> datetime:
    """The first that is still to come; the last one where all have passed."""
    return next((one for one in moments if one > now), moments[-1])


def following_reminder(moments: list[datetime], now: datetime) -> datetime | None:
    """The one after those that have passed by ``now``; None where the last one has."""
    return next((one for one in moments if one > now), None)


def _until(length: Length, since: datetime, hours: OfficeHours) -> Until:
    amount = length.amount
    match length.unit:
        case Unit.DAY:
            day = since.astimezone(hours.zone).date() + timedelta(days=int(amount) - 1)
            return Until(end_of(day, hours.zone), day)
        case Unit.OFFICE_DAY:
            day = _open_day(since.astimezone(hours.zone).date(), int(amount), hours)
            return Until(end_of(day, hours.zone), day)
        case Unit.OFFICE_HOUR:
            return Until(hours.after(since, amount * 3600).astimezone(UTC))
        case unit:
            return Until((since + timedelta(seconds=amount * _PLAIN[unit])).astimezone(UTC))


def _open_day(first: date, number: int, hours: OfficeHours) -> date:
    """The ``number``th day from ``first`` on on which the office is open."""
    last = first - timedelta(days=1)
    for _ in range(number):
        last = _next_open_day(last, hours)
    return last


def _next_open_day(day: date, hours: OfficeHours) -> date:
    candidates = _days(day, 1)
    return next((one for one in candidates if hours.is_open_day(one)), day + timedelta(days=1))


def _open_day_until(day: date, hours: OfficeHours) -> date:
    """The day itself, or the last one before it on which the office is open."""
    return next((one for one in [day, *_days(day, -1)] if hours.is_open_day(one)), day)


def _days(day: date, step: int) -> Iterator[date]:
    return (day + timedelta(days=step * number) for number in range(1, CLOSED_MAX_DAYS))


def _morning(day: date, hours: OfficeHours) -> datetime:
    return datetime.combine(day, hours.begins, hours.zone).astimezone(UTC)
