"""How pages write times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailguard.web.showing import days_until, left

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passing", "words"),
    [
        (timedelta(seconds=-1), "まもなく"),
        (timedelta(seconds=9.2), "あと 10秒"),
        (timedelta(seconds=167), "あと 2分47秒"),
        (timedelta(hours=47, minutes=59), "あと 47時間59分"),
        (timedelta(hours=48), "あと 2日0時間"),
        (timedelta(hours=95, minutes=59), "あと 3日23時間"),
    ],
)
def test_time_left_is_said_in_the_unit_people_count_in(passing: timedelta, words: str) -> None:
    """Nobody has to turn ninety-five hours into days."""
    assert words == left(NOW + passing, NOW, "ja")


@pytest.mark.parametrize(
    ("last_day", "ja", "en"),
    [
        (date(2026, 11, 28), "今日", "today"),
        (date(2026, 11, 29), "明日", "tomorrow"),
        (date(2026, 11, 30), "2日後", "in 2 days"),
        (date(2026, 12, 27), "29日後", "in 29 days"),
        (date(2027, 1, 4), "37日後", "in 37 days"),
        (date(2026, 11, 27), "1日前", "1 day ago"),
    ],
)
def test_days_until_a_last_day_are_those_of_the_calendar(last_day: date, ja: str, en: str) -> None:
    """A time that ends with Monday is two days away on Saturday, at whatever hour somebody looks."""
    today = date(2026, 11, 28)

    assert (ja, en) == (days_until(last_day, today, "ja"), days_until(last_day, today, "en"))
