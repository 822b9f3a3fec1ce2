"""How long something waits, as an office writes it: ``5 minutes``, ``4 office hours``, ``2 office days``, ``never``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from mailguard.policy.office_hours import OfficeHours

NEVER = "never"
WAIT_MAX_SECONDS = 30 * 24 * 3600
_WAIT = re.compile(r"(\d{1,7}(?:\.\d{1,3})?) (office )?(second|minute|hour|day)s?")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class Unit(StrEnum):
    """What a length is counted in."""

    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    OFFICE_HOUR = "office_hour"
    OFFICE_DAY = "office_day"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Length:
    """An amount of a unit. NEVER has no amount."""

    amount: float
    unit: Unit

    def __str__(self) -> str:
        if self.unit is Unit.NEVER:
            return NEVER
        return f"{self.figure} {self.unit.value.replace('_', ' ')}{'' if self.amount == 1 else 's'}"

    @property
    def figure(self) -> str:
        """The amount as it is written, "" for NEVER."""
        return "" if self.unit is Unit.NEVER else f"{self.amount:.3f}".rstrip("0").rstrip(".")

    @property
    def is_office_time(self) -> bool:
        """Whether only time in which the office is there counts."""
        return self.unit in (Unit.OFFICE_HOUR, Unit.OFFICE_DAY)

    def seconds(self, hours: OfficeHours) -> int | None:
        """In seconds; None where it never ends. ``hours`` say how long an office day is."""
        if self.unit is Unit.NEVER:
            return None
        if self.unit is Unit.OFFICE_DAY:
            return round(self.amount * hours.day_seconds)
        return round(self.amount * _SECONDS[self.unit.value.removeprefix("office_")])


def length_of(text: str) -> Length | None:
    """A length as it is written, None where it is none. Office minutes are hours in parts."""
    if text.strip() == NEVER:
        return Length(0, Unit.NEVER)
    found = _WAIT.fullmatch(text.strip())
    if found is None:
        return None
    amount, unit = float(found[1]), found[3]
    if not found[2]:
        return Length(amount, Unit(unit))
    if unit == "day":
        return Length(amount, Unit.OFFICE_DAY)
    return Length(amount * _SECONDS[unit] / 3600, Unit.OFFICE_HOUR)


def spoken_length(seconds: int | None, is_office_time: bool, hours: OfficeHours) -> Length:
    """Seconds in the largest unit that fits them without a remainder."""
    if seconds is None:
        return Length(0, Unit.NEVER)
    if is_office_time:
        if seconds % hours.day_seconds == 0 and seconds:
            return Length(seconds // hours.day_seconds, Unit.OFFICE_DAY)
        return Length(seconds / 3600, Unit.OFFICE_HOUR)
    for unit in (Unit.DAY, Unit.HOUR, Unit.MINUTE):
        if seconds % _SECONDS[unit.value] == 0 and seconds:
            return Length(seconds // _SECONDS[unit.value], unit)
    return Length(seconds, Unit.SECOND)
