"""Times in tables: whole microseconds since 1970-01-01 UTC, the same number on every database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """An aware time as microseconds since the epoch, exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC time of a stored number, exactly."""
    return _EPOCH + timedelta(microseconds=micros)


def to_micros_or_none(moment: datetime | None) -> int | None:
    """``to_micros`` that lets None through."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def from_micros_or_none(micros: int | None) -> datetime | None:
    """``from_micros`` that lets None through."""
    return None if micros is None else _EPOCH + timedelta(microseconds=micros)
