"""How pages write times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mailguard.web.showing import left

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
