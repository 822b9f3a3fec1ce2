"""Days and times as people read them: one shape in each language, in mails, files and sentences. Pages have the same.

Japanese: 2026年11月23日(月) 10:15. English: Mon 23 Nov 2026, 10:15. A zone is named where it is not Japan's.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from mailguard.i18n import Language, text

JAPAN = ZoneInfo("Asia/Tokyo")
"""Where an office is unless its rules say otherwise."""


def day(of: date, language: Language) -> str:
    """A day with its weekday and year."""
    return text(language, "time.day", **_parts(of, language))


def moment(at: datetime, zone: tzinfo, language: Language) -> str:
    """A time with its day and year, in that zone."""
    local = at.astimezone(zone)
    return text(language, "time.moment", day=day(local, language), clock=_clock(local)) + _zone(local)


def soon(at: datetime, zone: tzinfo, language: Language) -> str:
    """The same without year and zone: for what is at most some weeks away."""
    local = at.astimezone(zone)
    return text(
        language, "time.moment", day=text(language, "time.day.soon", **_parts(local, language)), clock=_clock(local)
    )


def _parts(of: date, language: Language) -> dict[str, object]:
    weekdays, months = text(language, "time.weekdays").split(), text(language, "time.months").split()
    return {"year": of.year, "month": months[of.month - 1], "day": of.day, "weekday": weekdays[of.weekday()]}


def _clock(local: datetime) -> str:
    return f"{local.hour}:{local.minute:02}"


def _zone(local: datetime) -> str:
    name = f"{local:%z}"
    return "" if name in ("", "+0900") else f" (UTC{name[:3]}:{name[3:5]})"
