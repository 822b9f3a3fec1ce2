"""Until when something must be done: no day is ever wrong, whatever the zone, the holiday and the end of the year.

The second computation here uses neither the calendar nor the zone arithmetic of the first: holidays are worked out from
the law's own words, days are walked one by one, and Japan is nine hours ahead.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import floor
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.incidents.deadlines import Until, next_reminder, reminders_of, until_of, until_of_clock
from mailguard.policy.incident_plan import Due, Since
from mailguard.policy.law import LawClock
from mailguard.policy.lengths import Length, Unit
from mailguard.policy.office_hours import OfficeHours

EXAMPLES = 1_000
ZONES = ["Asia/Tokyo", "UTC", "America/New_York", "Pacific/Kiritimati", "Australia/Lord_Howe", "Pacific/Pago_Pago"]
FIXED = {(1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23)}
MONDAYS = {(1, 2), (7, 3), (9, 3), (10, 2)}
"""Month and number of the Monday."""
NEW_YEAR = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}

MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
NEAR_NEW_YEAR = st.builds(
    lambda year, hours: datetime(year, 12, 20, tzinfo=UTC) + timedelta(hours=hours),
    st.integers(2023, 2034),
    st.integers(0, 20 * 24),
)
WHEN = st.one_of(MOMENTS, NEAR_NEW_YEAR)


def named(day: date) -> bool:
    """A holiday by name (国民の祝日に関する法律 第2条); the equinoxes by the formula of the almanac."""
    if (day.month, day.day) in FIXED:
        return True
    if day.weekday() == 0 and (day.month, (day.day + 6) // 7) in MONDAYS:
        return True
    since = day.year - 1980
    leaps = floor(since / 4)
    spring, autumn = floor(20.8431 + 0.242194 * since - leaps), floor(23.2488 + 0.242194 * since - leaps)
    return (day.month, day.day) in {(3, spring), (9, autumn)}


@cache
def holiday(day: date) -> bool:
    """Named, in lieu of a Sunday, or between two that are named (第3条)."""
    one = timedelta(days=1)
    if named(day):
        return True
    before = day - one
    while named(before):
        if before.weekday() == 6:
            return True
        before -= one
    return day.weekday() != 6 and named(day - one) and named(day + one)


def rests(day: date) -> bool:
    """Whether public offices are closed."""
    return day.weekday() in (5, 6) or holiday(day) or (day.month, day.day) in NEW_YEAR


def shut(day: date, hours: OfficeHours) -> bool:
    """Whether this office is."""
    is_closed = day in hours.closed or (day.month, day.day) in hours.closed_yearly
    return day.weekday() not in hours.days or is_closed or (hours.japanese_holidays and holiday(day))


def ends_with(at: datetime, day: date, zone: ZoneInfo) -> bool:
    """Whether a moment is the first one after a day there."""
    second = timedelta(seconds=1)
    return at.astimezone(zone).date() > day and (at - second).astimezone(zone).date() == day


@settings(max_examples=EXAMPLES)
@given(WHEN, st.lists(st.integers(1, 90), min_size=1, max_size=2, unique=True), st.booleans())
def test_clock_of_the_law_ends_on_its_day_in_japan(known_at: datetime, days: list[int], moves: bool) -> None:
    """The day of knowing in Japan is day 1; the plain last day counts, and a later reading is never the only one."""
    day_one = (known_at + timedelta(hours=9)).date()
    last = later = date.fromordinal(day_one.toordinal() + max(days) - 1)
    while moves and rests(later):
        later = date.fromordinal(later.toordinal() + 1)
    midnight_in_japan = datetime.combine(last, time(15), UTC)
    clock = LawClock("x", {}, "", last, last, days=tuple(days), moves=moves)
    first = date.fromordinal(day_one.toordinal() + min(days) - 1) if len(days) > 1 else None

    assert Until(midnight_in_japan, last, first, later if later != last else None) == until_of_clock(clock, known_at)


@st.composite
def offices(draw: st.DrawFn) -> OfficeHours:
    """Offices open on some days of the week, with days of their own."""
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    closed = draw(st.frozensets(st.dates(date(2023, 1, 1), date(2035, 12, 31)), max_size=3))
    yearly = draw(st.sampled_from([frozenset(), frozenset(NEW_YEAR)]))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return OfficeHours(days, closed=closed, closed_yearly=yearly, japanese_holidays=draw(st.booleans()), zone=zone)


@settings(max_examples=EXAMPLES)
@given(WHEN, st.integers(1, 30), st.sampled_from([Unit.DAY, Unit.OFFICE_DAY, Unit.HOUR, Unit.MINUTE]), offices())
def test_step_ends_on_its_day_in_the_office(known_at: datetime, amount: int, unit: Unit, hours: OfficeHours) -> None:
    """Days begin with the day itself and end with the day; office days alone leave out days the office is closed."""
    found = until_of(Due(Length(amount, unit)), known_at, known_at - timedelta(days=3), hours)
    if unit in (Unit.HOUR, Unit.MINUTE):
        assert found.at.timestamp() - known_at.timestamp() == amount * (3600 if unit is Unit.HOUR else 60)
        assert found.day is None
        return
    day, left = known_at.astimezone(hours.zone).date(), amount
    while True:
        left -= not (unit is Unit.OFFICE_DAY and shut(day, hours))
        if left == 0:
            break
        day = date.fromordinal(day.toordinal() + 1)

    assert day == found.day
    assert ends_with(found.at, day, hours.zone)


@settings(max_examples=100)
@given(WHEN, st.integers(1, 60), offices())
def test_reminders_come_in_order_before_the_end_and_once_after(since: datetime, days: int, hours: OfficeHours) -> None:
    """Nobody is reminded before there is anything to do, and the last one says that it is over, never earlier."""
    until = until_of(Due(Length(days, Unit.DAY)), since, since, hours)
    found = reminders_of(until, since, hours)

    assert sorted(set(found)) == found
    assert all(since < one < until.at for one in found[:-1])
    assert timedelta(0) <= found[-1] - until.at <= timedelta(days=1)
    assert found[0] == next_reminder(found, since)
    assert found[-1] == next_reminder(found, found[-1] + timedelta(days=9))


JST = ZoneInfo("Asia/Tokyo")
OFFICE = OfficeHours()


def at(text: str) -> datetime:
    """A moment in Japan."""
    return datetime.fromisoformat(text).replace(tzinfo=JST)


def test_prompt_report_is_told_on_day_three_and_five() -> None:
    """Known on a Tuesday: the mornings of day 3 and day 5, and day 5 is a Saturday, so on the Friday before it."""
    clock = LawClock("p", {}, "", date(2026, 1, 1), date(2026, 1, 1), days=(3, 5))
    known = at("2026-11-24T10:00")
    until = until_of_clock(clock, known)

    assert (date(2026, 11, 28), date(2026, 11, 26)) == (until.day, until.first)
    wanted = [at("2026-11-25T08:30"), at("2026-11-26T08:30"), at("2026-11-27T08:30"), at("2026-11-29T08:30")]
    assert wanted == reminders_of(until, known, OFFICE)


def test_full_report_is_told_at_half_time_three_days_and_one_day_before() -> None:
    """Thirty days from 1 December end on 30 December, and nobody is there from the 29th on."""
    clock = LawClock("f", {}, "", date(2026, 1, 1), date(2026, 1, 1), days=(30,), moves=True)
    known = at("2026-12-01T10:00")
    until = until_of_clock(clock, known)

    assert (date(2026, 12, 30), date(2027, 1, 4)) == (until.day, until.extended)
    wanted = [at("2026-12-16T08:30"), at("2026-12-25T08:30"), at("2026-12-28T08:30"), at("2026-12-31T08:30")]
    assert wanted == reminders_of(until, known, OFFICE)


@pytest.mark.parametrize(
    ("due", "wanted"),
    [
        pytest.param(Due(Length(15, Unit.MINUTE), Since.OPENED), ["2026-11-27T17:15"], id="a quarter of an hour"),
        pytest.param(Due(Length(2, Unit.HOUR), Since.OPENED), ["2026-11-27T18:00", "2026-11-27T19:00"], id="two hours"),
    ],
)
def test_short_time_is_told_at_its_half_and_end(due: Due, wanted: list[str]) -> None:
    """In the first hours every minute counts, also in the evening."""
    opened = at("2026-11-27T17:00")
    until = until_of(due, opened, opened, OFFICE)

    assert [at(one) for one in wanted] == reminders_of(until, opened, OFFICE)


def test_office_hours_of_a_step_leave_out_the_weekend() -> None:
    """Four office hours from Friday 16:15 are over on Monday morning."""
    opened = at("2026-11-27T16:15")

    assert Until(at("2026-11-30T11:30")) == until_of(Due(Length(4, Unit.OFFICE_HOUR)), opened, opened, OFFICE)
