"""Times in tables are whole microseconds, and come back as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailguard.store.times import from_micros, from_micros_or_none, to_micros, to_micros_or_none

JAPAN = timezone(timedelta(hours=9))


@given(st.datetimes(timezones=st.sampled_from([UTC, JAPAN])))
def test_time_comes_back_exactly(moment: datetime) -> None:
    """Not one microsecond of a deadline is lost, however far away it is."""
    assert moment == from_micros(to_micros(moment))
    assert UTC == from_micros(to_micros(moment)).tzinfo


@given(st.integers(to_micros(datetime.min.replace(tzinfo=UTC)), to_micros(datetime.max.replace(tzinfo=UTC))))
def test_number_comes_back_exactly(micros: int) -> None:
    """What the database holds is what is written again."""
    assert micros == to_micros(from_micros(micros))


@given(st.lists(st.datetimes(timezones=st.sampled_from([UTC, JAPAN])), min_size=2))
def test_numbers_sort_as_times_do(moments: list[datetime]) -> None:
    """What is due first comes first, whatever zone it was written in."""
    assert [to_micros(moment) for moment in sorted(moments)] == sorted(to_micros(moment) for moment in moments)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(1970, 1, 1, 9, tzinfo=JAPAN), 0),
        (datetime(2026, 11, 2, 9, 0, 0, 1, tzinfo=UTC), 1_793_610_000_000_001),
        (datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC), -1),
    ],
    ids=["epoch", "epoch in Japan", "a microsecond past nine", "before the epoch"],
)
def test_number_is_microseconds_since_the_epoch(moment: datetime, expected: int) -> None:
    """Anybody who reads the database can read its times."""
    assert expected == to_micros(moment)


def test_none_stays_none() -> None:
    """No deadline is not a deadline in 1970."""
    moment = datetime(2026, 11, 2, tzinfo=UTC)

    assert (None, None) == (to_micros_or_none(None), from_micros_or_none(None))
    assert moment == from_micros_or_none(to_micros_or_none(moment))


def test_time_without_zone_is_refused() -> None:
    """A time that does not say where it is cannot get into the database."""
    with pytest.raises(TypeError):
        to_micros(datetime(2026, 11, 2))  # noqa: DTZ001  # what is refused
