"""Queue ids: sorted by time, easy to read out, never the same twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailguard.spool.ids import LENGTH, new_id
from mailguard.store.times import to_micros

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds


@given(MOMENTS)
def test_id_has_sixteen_letters_that_are_not_mistaken(moment: datetime) -> None:
    """An id can be read over the telephone: nothing in it looks like something else."""
    made = new_id(moment)

    assert 16 == LENGTH == len(made)
    assert set(made) <= set(ALPHABET)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_time(first: datetime, second: datetime) -> None:
    """A list sorted by id is sorted by acceptance."""
    earlier, later = sorted((first, second))
    if later - earlier >= MILLISECOND:
        assert new_id(earlier) < new_id(later)


@given(MOMENTS)
def test_id_tells_its_millisecond(moment: datetime) -> None:
    """The first ten letters are the time, so that an id found in an old note says when."""
    value = 0
    for letter in new_id(moment)[:10]:
        value = value * 32 + ALPHABET.index(letter)

    assert to_micros(moment) // 1000 == value


def test_ids_of_one_moment_differ() -> None:
    """Thousands of mails in the same millisecond get ids of their own."""
    assert 5000 == len({new_id(START) for _ in range(5000)})


def test_ids_spread_over_all_folders() -> None:
    """Files named by the end of an id spread over all 1024 folders."""
    assert 1000 < len({new_id(START)[-2:] for _ in range(10_000)})
