"""When the office is there, and when a time counted in its hours is over. Pure; times are aware.

Holidays are those of Japanese law as ``jpholiday`` knows them, besides the days the office names itself: a hold for a
person must not end over a weekend in which nobody could have seen it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import jpholiday

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """``days`` are those of the week the office is open (Monday is 0); ``closed`` single days, month and day for those
    of every year. ``begins`` is before ``ends``, both on the same day."""

    days: frozenset[int] = frozenset(range(5))
    begins: time = time(8, 30)
    ends: time = time(17, 15)
    closed: frozenset[date] = frozenset()
    closed_yearly: frozenset[tuple[int, int]] = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
    japanese_holidays: bool = True
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Tokyo"))

    @property
    def day_seconds(self) -> int:
        """How long one office day is."""
        return _seconds(self.ends) - _seconds(self.begins)

    def is_open_day(self, day: date) -> bool:
        """Whether the office is open on a day."""
        if day.weekday() not in self.days or day in self.closed or (day.month, day.day) in self.closed_yearly:
            return False
        return not (self.japanese_holidays and jpholiday.is_holiday(day))

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there at that moment."""
        local = moment.astimezone(self.zone)
        return self.is_open_day(local.date()) and self.begins <= local.time() < self.ends

    def after(self, moment: datetime, seconds: float) -> datetime:
        """When so many seconds of office time have passed since ``moment``, in UTC terms of the same instant.

        Where the office is never open it is a plain length: a hold must end.
        """
        local = moment.astimezone(self.zone)
        day, left = local.date(), seconds
        for _ in range(_LONGEST_DAYS):
            if self.is_open_day(day):
                opens = max(datetime.combine(day, self.begins, self.zone), local)
                closes = datetime.combine(day, self.ends, self.zone)
                there = (closes - opens).total_seconds()
                if there > 0:
                    if left <= there:
                        return (opens + timedelta(seconds=left)).astimezone(moment.tzinfo)
                    left -= there
            day += timedelta(days=1)
        return moment + timedelta(seconds=seconds)


def _seconds(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
