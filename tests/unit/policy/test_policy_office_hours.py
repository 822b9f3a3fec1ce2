"""When the office is there, and when a time counted in its hours is over."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.judging.examples import hits
from mailguard.policy.office_hours import OfficeHours
from tests.unit.policy.parts import ANDO, rule, ruled

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = OfficeHours()
"""Monday to Friday, 8:30 to 17:15, not on holidays, not from 29 December to 3 January."""


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment in Japan."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=TOKYO)


OPEN = [
    pytest.param(at("2026-11-24"), True, id="Tuesday"),
    pytest.param(at("2026-11-24", "08:30"), True, id="the first minute"),
    pytest.param(at("2026-11-24", "08:29"), False, id="the minute before"),
    pytest.param(at("2026-11-24", "17:14"), True, id="the last minute"),
    pytest.param(at("2026-11-24", "17:15"), False, id="the minute after"),
    pytest.param(at("2026-11-21"), False, id="Saturday"),
    pytest.param(at("2026-11-22"), False, id="Sunday"),
    pytest.param(at("2026-11-23"), False, id="Labour Thanksgiving Day"),
    pytest.param(at("2026-05-06"), False, id="a holiday in lieu"),
    pytest.param(at("2026-09-22"), False, id="a day between two holidays"),
    pytest.param(at("2026-03-20"), False, id="the spring equinox"),
    pytest.param(at("2026-12-28"), True, id="the last day of the year"),
    pytest.param(at("2026-12-29"), False, id="29 December"),
    pytest.param(at("2027-01-01"), False, id="New Year"),
    pytest.param(at("2027-01-03"), False, id="3 January"),
    pytest.param(at("2027-01-04"), True, id="the first day of the year"),
    pytest.param(datetime(2026, 11, 24, 1, tzinfo=UTC), True, id="the same in UTC"),
    pytest.param(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), True, id="the day before in UTC"),
    pytest.param(datetime(2026, 11, 20, 15, 0, tzinfo=UTC), False, id="Saturday in Japan, Friday in UTC"),
]


@pytest.mark.parametrize(("moment", "expected"), OPEN)
def test_office_is_there_in_its_hours(moment: datetime, expected: bool) -> None:
    """Weekends, Japanese holidays and the days around New Year count as closed, in the office's own time."""
    assert expected is OFFICE.is_open(moment)


DAY = 8 * 3600 + 45 * 60
AFTER = [
    pytest.param(at("2026-11-24", "10:00"), 3600, at("2026-11-24", "11:00"), id="the same day"),
    pytest.param(at("2026-11-24", "16:15"), 3600, at("2026-11-24", "17:15"), id="to the end of the day"),
    pytest.param(at("2026-11-24", "16:15"), 3601, at("2026-11-25", "08:30") + timedelta(seconds=1), id="over night"),
    pytest.param(at("2026-11-24", "06:00"), 3600, at("2026-11-24", "09:30"), id="from before the first minute"),
    pytest.param(at("2026-11-24", "20:00"), 3600, at("2026-11-25", "09:30"), id="from the evening"),
    pytest.param(at("2026-11-20", "17:00"), 1800, at("2026-11-24", "08:45"), id="over a long weekend"),
    pytest.param(at("2026-11-20", "10:00"), 2 * DAY, at("2026-11-25", "10:00"), id="two days over a long weekend"),
    pytest.param(at("2026-12-28", "17:00"), 1800, at("2027-01-04", "08:45"), id="over New Year"),
    pytest.param(at("2026-11-24", "10:00"), 0, at("2026-11-24", "10:00"), id="nothing"),
    pytest.param(at("2026-11-22", "10:00"), 0, at("2026-11-24", "08:30"), id="nothing, while closed"),
]


@pytest.mark.parametrize(("moment", "seconds", "expected"), AFTER)
def test_time_passes_only_while_the_office_is_there(moment: datetime, seconds: int, expected: datetime) -> None:
    """A hold for a person never ends over days on which nobody could have seen it."""
    assert expected == OFFICE.after(moment, seconds)
    assert expected == OFFICE.after(moment.astimezone(UTC), seconds)


def test_office_that_is_never_open_has_plain_hours() -> None:
    """A hold must end: where no day is an office day the time is simply counted."""
    never = OfficeHours(
        days=frozenset(range(7)), closed_yearly=frozenset((m, d) for m in range(1, 13) for d in range(32))
    )

    assert at("2026-11-24", "11:00") == never.after(at("2026-11-24", "10:00"), 3600)


CHANGED = [
    pytest.param(OfficeHours(days=frozenset({5})), at("2026-11-21"), at("2026-11-24"), id="Saturdays"),
    pytest.param(OfficeHours(japanese_holidays=False), at("2026-11-23"), at("2026-11-22"), id="open on holidays"),
    pytest.param(OfficeHours(closed=frozenset({date(2026, 11, 24)})), at("2026-11-25"), at("2026-11-24"), id="one day"),
    pytest.param(OfficeHours(closed_yearly=frozenset({(11, 24)})), at("2026-12-30"), at("2026-11-24"), id="each year"),
    pytest.param(OfficeHours(begins=time(13)), at("2026-11-24", "13:00"), at("2026-11-24", "12:59"), id="afternoons"),
    pytest.param(OfficeHours(zone=ZoneInfo("UTC")), at("2026-11-24", "20:00"), at("2026-11-24"), id="another zone"),
]


@pytest.mark.parametrize(("hours", "opened", "closed"), CHANGED)
def test_office_says_when_it_is_there(hours: OfficeHours, opened: datetime, closed: datetime) -> None:
    """Days, times, closed days, holidays and zone are the office's to choose."""
    assert (True, False) == (hours.is_open(opened), hours.is_open(closed))


MOMENTS = st.integers(0, 2 * 365 * 24 * 3600).map(
    lambda seconds: at("2026-01-01", "00:00") + timedelta(seconds=seconds)
)


@given(MOMENTS, st.integers(0, 20 * DAY), st.integers(0, 20 * DAY))
def test_office_time_adds_up(moment: datetime, first: int, second: int) -> None:
    """Time never runs back, ends while somebody is there, and two waits after each other are one of both."""
    ends = OFFICE.after(moment, first)

    assert ends >= moment
    assert OFFICE.is_open(ends - timedelta(seconds=first > 0))
    assert OFFICE.after(moment, first + second) == OFFICE.after(ends, second) or not second


@pytest.mark.parametrize(
    ("moment", "is_hit"),
    [("2026-11-24T10:00", False), ("2026-11-24T20:00", True), ("2026-11-22T10:00", True), ("2026-11-24T01:00Z", False)],
)
def test_example_s_time_is_the_office_s(moment: str, is_hit: bool) -> None:
    """The time of an example without a zone is meant in the office's, wherever the relay runs."""
    late = rule(scope={"hours": "outside_office"}, wait="1 office hour")

    assert is_hit is bool(hits({"to": [ANDO], "at": moment}, ruled(late)))
