"""Numbers of a spreadsheet as text: whole numbers without a point, dates as yyyy/mm/dd, padded codes with their zeros.

Follows ECMA-376 part 1 §18.8.30 (number formats; ids 14-22, 27-36, 45-47 and 50-58 are dates and times, the Japanese
ones among them) and §18.17.4 (serial dates; the 1900 system has a 29th of February 1900 that never was).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

_DATE_IDS = frozenset((*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)))
_TIME_IDS = frozenset((18, 19, 20, 21, 32, 33, 45, 46, 47))
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_PADDED = re.compile(r'^0[0\-\\" /]{2,30}$')
_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_LAST_DAY = 2_958_465  # 9999-12-31

DATE = "date"
TIME = "time"


def style_of(identifier: int, code: str = "") -> str:
    """``DATE``, ``TIME``, the format itself where it pads with zeros, or "" for any other number format."""
    if identifier in _DATE_IDS:
        return DATE
    if identifier in _TIME_IDS:
        return TIME
    if not code:
        return ""
    if _PADDED.match(code):
        return code.replace("\\", "").replace('"', "")
    bare = _LITERALS.sub("", code.split(";", 1)[0]).lower()
    if re.search(r"[ydeg]", bare) and not re.search(r"[#?]|general|0\.0", bare):
        return DATE
    if re.search(r"m", bare) and not re.search(r"[hs#?0]|general", bare):
        return DATE
    if re.search(r"[hs]", bare) and not re.search(r"[#?]|general", bare):
        return TIME
    return ""


def number_text(text: str, style: str = "", *, from_1904: bool = False) -> str:
    """The number as a reader of the sheet sees it, as far as it matters; ``text`` itself where it is no number."""
    if not style and len(text) < 16 and text.isdigit():
        return text
    try:
        number = float(text)
    except ValueError:
        return text
    if style == DATE and 0 <= number <= _LAST_DAY:
        return date_text(number, from_1904=from_1904)
    if style == TIME and 0 <= number <= _LAST_DAY:
        return _clock(number)
    if abs(number) >= 1e17 or number != number or number != int(number):
        return text
    whole = str(int(number))
    if style and style not in (DATE, TIME) and number >= 0:
        return _padded(whole, style)
    return whole


@lru_cache(maxsize=4096)
def date_text(number: float, *, from_1904: bool = False) -> str:
    """A serial day as yyyy/mm/dd, with the time of day where there is one."""
    days = int(number)
    if not from_1904 and days < 60:
        days += 1  # before the day that never was
    try:
        day = (_EPOCH_1904 if from_1904 else _EPOCH_1900) + timedelta(days)
    except OverflowError:
        return str(number)
    text = f"{day.year:04}/{day.month:02}/{day.day:02}"
    clock = _clock(number) if number != int(number) else ""
    return f"{text} {clock}" if clock and clock != "00:00" else text


def _clock(number: float) -> str:
    minutes = round(number % 1 * 1440) % 1440
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _padded(digits: str, style: str) -> str:
    places = style.count("0")
    if len(digits) >= places:
        return digits
    padded = iter(digits.rjust(places, "0"))
    return "".join(next(padded) if sign == "0" else sign for sign in style)
