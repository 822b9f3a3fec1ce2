"""Japanese addresses in roman letters: "1-2-3 Jingumae, Shibuya-ku, Tokyo" and "Tokyo-to, Shibuya-ku, Jingumae 1-2-3".

One of the places must say that it is Japanese: by its ending (-ku, -shi, -cho, Ward, City ...) or as a prefecture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAMES = (
    "hokkaido aomori iwate miyagi akita yamagata fukushima ibaraki tochigi gunma gumma saitama chiba tokyo kanagawa"
    " niigata toyama ishikawa fukui yamanashi nagano gifu shizuoka aichi mie shiga kyoto osaka hyogo nara wakayama"
    " tottori shimane okayama hiroshima yamaguchi tokushima kagawa ehime kochi fukuoka saga nagasaki kumamoto oita"
    " miyazaki kagoshima okinawa t\u014dky\u014d \u014dsaka ky\u014dto hy\u014dgo k\u014dchi \u014dita hokkaid\u014d"
)
_PREFECTURES = frozenset(_NAMES.split())
_ENDINGS = frozenset({"ku", "shi", "gun", "machi", "cho", "ch\u014d", "mura", "son", "ken", "fu", "to"})
_LATIN = re.compile(r"[A-Z\u014c][A-Za-z\u014c\u014d\u016a\u016b'\u2019-]{2,40}")
_KIND_OF_PLACE = re.compile(r" (?:Ward|City|Prefecture|Pref|WARD|CITY|PREFECTURE)(?![A-Za-z])")
_WORD = r"[A-Z\u014c][A-Za-z\u014d\u016b\u014c\u016a'\u2019]{1,20}"
_PLACE = rf"{_WORD}(?:-{_WORD}|-[a-z\u014d]{{2,7}}| (?:Ward|City|Prefecture|Pref|WARD|CITY)\b){{0,3}}"
_NUMBER = (
    r"(?:[1-9][0-9]{0,4}(?:-[0-9]{1,4}){1,4}"
    r"|[1-9][0-9]?[- ]?ch[o\u014d]me[, ]{0,2}[1-9][0-9]{0,3}(?:[- ](?:ban[- ]?)?[0-9]{1,4}){0,3}(?:-g[o\u014d])?"
    r"|[1-9][0-9]{0,4}(?:-banchi)?)"
)
_SEPARATOR = r"(?:[ ]?,[ ]{0,2}|[ ]{1,2}|,?[ ]?\n[ ]{0,4})"
_NUMBER_FIRST = re.compile(rf"(?<![\w.,-]){_NUMBER}{_SEPARATOR}{_PLACE}(?:{_SEPARATOR}{_PLACE}){{0,5}}")
_PLACE_FIRST = re.compile(rf"(?<![\w.-]){_PLACE}(?:{_SEPARATOR}{_PLACE}){{0,5}}{_SEPARATOR}{_NUMBER}(?![\w-])")
_NO_NUMBER = re.compile(r"[0-9]{3}-[0-9]{4}(?![0-9-])|(?:19|20)[0-9]{2}-[0-9]{1,4}(?:-[0-9]{1,2})?(?![0-9-])")
_HYPHENED = re.compile(r"[0-9]-[0-9]|ch[o\u014d]me|banchi", re.IGNORECASE)
_THREE_PARTS = re.compile(r"[0-9]-[0-9]+-[0-9]")
_DIGIT = re.compile("[1-9]")
_AROUND = 110


@dataclass(frozen=True, slots=True)
class _Mark:
    """A place that says it is Japanese. ``is_named``: by its ending, not only for being a prefecture."""

    start: int
    end: int
    is_named: bool


def _marks(plain: str, start: int, end: int) -> Iterator[_Mark]:
    for word in _LATIN.finditer(plain, start, end):
        name, _, ending = word[0].lower().partition("-")
        kind = _KIND_OF_PLACE.match(plain, word.end(), end)
        if kind is not None:
            yield _Mark(word.start(), kind.end(), True)
        elif ending.rpartition("-")[2] in _ENDINGS:
            yield _Mark(word.start(), word.end(), True)
        elif name in _PREFECTURES:
            yield _Mark(word.start(), word.end(), False)


def spans(plain: str) -> Iterator[tuple[int, int]]:
    """Where the romaji addresses of a text begin and end, number and places, without postal code and country."""
    done = 0
    for mark in _marks(plain, 0, len(plain)):
        if mark.start < done:
            continue
        from_, to = max(done, mark.start - _AROUND), mark.end + _AROUND
        if _DIGIT.search(plain, from_, to) is None:
            continue
        for pattern in (_NUMBER_FIRST, _PLACE_FIRST):
            found = next((one for one in pattern.finditer(plain, from_, to) if one.end() >= mark.end), None)
            if found is None or found.start() > mark.start:
                continue
            marks = list(_marks(plain, found.start(), found.end()))
            if not _is_address(found, marks):
                continue
            # Behind the last place that says it is one stand a country, a name, the next sentence.
            done = marks[-1].end if pattern is _NUMBER_FIRST else found.end()
            yield found.start(), done
            break


def _is_address(found: re.Match[str], marks: list[_Mark]) -> bool:
    """Whether number and places are an address: not a date, a score or a postal code beside the name of a town."""
    if not marks or _NO_NUMBER.search(found[0]):
        return False
    named = sum(mark.is_named for mark in marks)
    if _HYPHENED.search(found[0]) is None:
        return named >= 2
    if named:
        return True
    return _THREE_PARTS.search(found[0]) is not None and len(re.findall(_WORD, found[0])) >= 2
