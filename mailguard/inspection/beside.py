"""Birth dates that nothing calls so but their place: in brackets behind a name, or in a column beside names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mailguard.inspection.hits import PERSON, Hit
from mailguard.inspection.text import Text, line_end
from mailguard.model.finding import Because, Evidence, Kind

BORN_BY = 2018
"""Years after which a date beside a name is rather of something that happened: a list of new-born children says so."""

LIVING_SINCE = 1908
"""Years of birth before which nobody an office deals with is alive."""

_SCORE = 0.7
_DATE = (
    r"(?:(?:昭和|平成|令和|大正|昭|平|令|大|[SHRTshrt])\s?\.?\s?(?:\d{1,2}|元)\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?"
    r"|(?:19|20)\d{2}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?)"
)
_AFTER_NAME = re.compile(
    rf"(?:\s?(?:様|さん|氏|くん|ちゃん))?\s?(?:\([^()\n]{{1,20}}\)\s?)?[(\[]\s?({_DATE})\s?(?:生|生まれ)?\s?[)\],、]"
)
_ANY_DATE = re.compile(rf"[\s,、/]({_DATE})(?=[\s,、/(]|$)")
_HEADING = re.compile(r"生\s?年\s?月\s?日|誕生日|\bDOB\b")
HEADED = 4000
"""Characters below a heading in which it counts."""

_WHOLE = re.compile(rf"{_DATE}\s?(?:生|生まれ)?")
_ERA_STARTS = {"昭": 1925, "平": 1988, "令": 2018, "大": 1911, "s": 1925, "h": 1988, "r": 2018, "t": 1911}

_WESTERN = re.compile(r"\s*((?:19|20)\d{2})")
_ERA = re.compile(r"\s*([昭平令大shrtSHRT])[和成正]?\s?\.?\s?(\d{1,2}|元)")
_BEFORE_1900 = re.compile(r"1[0-8]\d{2}")


@lru_cache(maxsize=1024)
def birth_year(date: str) -> int | None:
    """The western year of a written date, None where it cannot be told."""
    western = _WESTERN.match(date)
    if western:
        return int(western[1])
    era = _ERA.match(date)
    if era is None:
        return None
    return _ERA_STARTS[era[1].lower()] + (1 if era[2] == "元" else int(era[2]))


def is_historic(date: str) -> bool:
    """Whether somebody born then has died long ago."""
    if date.startswith(("明治", "慶応", "安政", "文久", "元治", "嘉永")) or _BEFORE_1900.match(date):
        return True
    year = birth_year(date)
    return year is not None and year < LIVING_SINCE


def looks_born(cell: str) -> bool:
    """Whether a cell holds nothing but a date that is long enough ago."""
    found = _WHOLE.fullmatch(cell.strip())
    year = birth_year(cell) if found else None
    return year is not None and 1900 <= year <= BORN_BY


_OF_CHILD = re.compile(
    r"(?:被扶養者|扶養親族|扶養者|[長次二三四]男|[長次二三四]女|子(?:ども|供)?|お子(?:様|さん)?|園児|児童|乳児|新生児|患児|孫)"
    r"(?:名|氏名)?[\s:は(・|]{0,6}\Z"
)
"""Before a name: whoever it is may be born yesterday."""


def _looks_born(text: Text, hit: Hit, date: str) -> bool:
    """Whether a date beside a name is one of birth, by its year and by who is named."""
    if looks_born(date):
        return True
    year = birth_year(date)
    return year is not None and year > BORN_BY and _OF_CHILD.search(text.before(hit.start, 16)) is not None


def born_beside(text: Text, hits: list[Hit]) -> Iterator[Hit]:
    """Dates in brackets right behind a name, and on a name's line below a heading that speaks of birth dates."""
    plain = text.plain
    taken = {hit.start for hit in hits}
    heading = _HEADING.search(plain)
    for hit in hits:
        if hit.kind != PERSON:
            continue
        found = _AFTER_NAME.match(plain, hit.end, hit.end + 60)
        if found is None and heading is not None and heading.end() < hit.start < heading.end() + HEADED:
            found = _ANY_DATE.search(plain, hit.end, min(hit.end + 60, line_end(plain, hit.end)))
        if found is None or found.start(1) in taken or not _looks_born(text, hit, found[1]):
            continue
        evidence = (Evidence(Because.CALENDAR), Evidence(Because.NEAR_PERSON))
        value = "".join(found[1].split()).replace("-", "")
        yield Hit(Kind.BIRTH_DATE, found.start(1), found.end(1), _SCORE, "birth_date.beside_name", evidence, value)
