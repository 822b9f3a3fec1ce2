"""How values stand on a page: times with weekday and clock, counts with their thousands, foreign text made harmless.

What comes from a mail may hold characters that turn a line around, hide, or look like nothing. They are shown as
visible marks such as ⟦U+202E⟧, so that a name reads as what it is. All results are markup that is safe on a page.
"""

from __future__ import annotations

import math
import unicodedata
from datetime import date, datetime, timedelta, tzinfo
from functools import cache, lru_cache

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup, escape

from mailguard.i18n import CATALOGUES, Language, filled

_PATTERNS: dict[Language, str] = {"ja": "y年M月d日(EEE) H:mm", "en": "EEE d MMM y, H:mm"}
_DAYS: dict[Language, str] = {"ja": "y年M月d日(EEE)", "en": "EEE d MMM y"}
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode without a picture of their own, among them everything that changes the direction (UAX #9)."""
_BLANKS = frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3164\u115f\u1160\u2800"
)
"""Look like a blank and are none: names with them pass for others."""


_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
"""Most name themselves after others as well, so the order counts; so it does below: Android names Linux."""
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


def text(language: Language, key: str, **values: object) -> Markup:
    """The catalogue's text with its values, escaped and with what cannot be seen made visible.

    Raises ``KeyError``: a fault in a template.
    """
    # A page has hundreds of texts, and the format of ``Markup`` takes several times as long. Numbers keep their form.
    safe = {name: value if type(value) is int else _value(value) for name, value in values.items()}
    return Markup(filled(_escaped(language, key), safe))  # noqa: S704  # words and values are escaped


def _value(value: object) -> Markup:
    return mark(value, keeps_lines=True) if type(value) is str else escape(value)


@cache
def _escaped(language: Language, key: str) -> str:
    return str(escape(CATALOGUES[language][key]))


def when(moment: datetime, zone: tzinfo, language: Language) -> Markup:
    """Date, weekday and clock in the office's time: 2026年11月23日(月) 10:15."""
    words = _clock(moment.replace(second=0, microsecond=0), zone, language)
    return Markup(f'<time datetime="{moment.isoformat(timespec="seconds")}">{words}</time>')  # noqa: S704  # both escaped


@lru_cache(maxsize=4096)
def _clock(minute: datetime, zone: tzinfo, language: Language) -> Markup:
    # A list has a hundred times and is drawn again every half minute; a pattern takes a fiftieth of a millisecond.
    return escape(format_datetime(minute, _PATTERNS[language], tzinfo=zone, locale=language))


def day(moment: date, language: Language) -> Markup:
    """Date and weekday: 2026年11月23日(月)."""
    return Markup('<time datetime="{}">{}</time>').format(
        moment.isoformat(), format_date(moment, _DAYS[language], locale=language)
    )


def ago(moment: datetime, now: datetime, language: Language) -> Markup:
    """How long ago, or how far ahead: 3分前."""
    words = format_timedelta(moment - now or timedelta(seconds=-1), add_direction=True, locale=language)
    return escape(words.replace(" ", "") if language == "ja" else words)


def days_until(last_day: date, today: date, language: Language) -> Markup:
    """How far away a last day is, in days of the calendar, whatever the hour: 明日, 2日後."""
    days = (last_day - today).days
    if days in (0, 1):
        return text(language, "pages.day.tomorrow" if days else "pages.day.today")
    # Days alone: nobody plans a report by "in a month".
    words = format_timedelta(
        last_day - today, granularity="day", threshold=math.inf, add_direction=True, locale=language
    )  # fmt: skip
    return escape(words.replace(" ", "") if language == "ja" else words)


DAYS_FROM_HOURS = 48
"""From here on nobody counts in hours."""


def left(moment: datetime, now: datetime, language: Language) -> Markup:
    """How long until then, as the script of the page goes on saying it: あと 2分47秒."""
    seconds = max(0, math.ceil((moment - now).total_seconds()))
    hours, minutes = divmod(seconds // 60, 60)
    if hours >= DAYS_FROM_HOURS:
        return text(language, "pages.left.days", d=hours // 24, h=hours % 24)
    if seconds >= 3600:
        return text(language, "pages.left.hours", h=hours, m=minutes)
    if seconds >= 60:
        return text(language, "pages.left.minutes", m=minutes, s=seconds % 60)
    return text(language, "pages.left.seconds", s=seconds) if seconds else text(language, "pages.left.over")


def count(number: int, language: Language) -> Markup:
    """The number with its thousands: 1,234."""
    return escape(format_decimal(number, locale=language))


def mark(value: str, *, keeps_lines: bool = False) -> Markup:
    """Foreign text with what cannot be seen made visible. ``keeps_lines``: line ends and tabs are meant."""
    if value.isprintable() and _BLANKS.isdisjoint(value):
        return escape(value)
    kept = "\n\t" if keeps_lines else ""
    return Markup("").join(_sign(sign, kept) for sign in value)


def address(value: str) -> Markup:
    """A mail address that may break after its @; beside a domain that is not ASCII its real name in the DNS."""
    local, at, domain = value.rpartition("@")
    shown = Markup(f"{mark(local)}@<wbr>{mark(domain)}") if at else mark(value)  # noqa: S704  # both are escaped
    real = _punycode(domain) if at else None
    return shown if real is None else shown + Markup(' <span class="punycode">({})</span>').format(real)


def device(client: str, language: Language) -> Markup:
    """What somebody would call the browser that names itself ``client``: Chrome (Windows)."""
    browser = next((name for sign, name in _BROWSERS if sign in client), None)
    system = next((name for sign, name in _SYSTEMS if sign in client), None)
    if browser is None and system is None:
        return text(language, "pages.mine.session.unknown")
    return escape(f"{browser} ({system})" if browser and system else browser or system)


def _sign(sign: str, kept: str) -> str | Markup:
    if sign in kept:
        return sign
    if sign in _BLANKS or unicodedata.category(sign) in _HIDDEN:
        return Markup('<span class="mark">⟦U+{:04X}⟧</span>').format(ord(sign))
    return sign


def _punycode(domain: str) -> str | None:
    if domain.isascii():
        return None
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return None
