"""The end of a Japanese address: block, house and lot numbers in all the ways they are written.

Act on Indication of Residential Addresses (1962): block (chome), *banchi* or *ban*, *go*. Beside it lot numbers with
*ko*, *otsu* or *i*, *ro*, *ha* before them, Hokkaido's *jo* and *sen*, Iwate's *chiwari*, Fukui's *go* before *banchi*,
and everything joined by hyphens.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DASH = r"[-\u2010-\u2015\u2212\u30fc\u2500\u2501]"
GAP = r"(?:[ \t\r]{0,3}\n[ \t>]{0,6}|[ \t]{0,3})"
"""What may lie between two parts of an address: blanks, and one line break."""

_KANJI = "〇零一二三四五六七八九十百千"
_FIRST = rf"(?:[1-9][0-9]{{0,4}}(?![0-9])|[{_KANJI}]{{1,7}})"
_NEXT = rf"(?:[0-9]{{1,5}}(?![0-9])|[{_KANJI}]{{1,7}})"
_LOT = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥イロハニホヘトチリヌルヲワカ"
_JOIN = (
    rf"(?: ?{DASH}[ ]?(?:\n[ >]{{0,4}})?"
    rf"|丁目?{DASH}?{GAP}"
    rf"|番地?(?:{DASH}|の|ノ|之)?"
    rf"|番地?{GAP}(?={_NEXT}(?:号(?!室)|番))"
    rf"|番[町丁]{GAP}"
    r"|の|ノ|之"
    rf"|条(?:通り?|[東西南北]{{1,2}})?{GAP}|線[東西南北]?|[東西南北](?={_NEXT}(?:丁目|{DASH}))"
    rf"|地割(?:第)?|字|区(?={_NEXT}番)|号(?:の|ノ|{DASH}|(?={_NEXT}番地)))[{_LOT}]?"
)
_END = rf"(?:丁目|番地の?先?|番地|番|号|丁(?!目)|条(?=通|$|\s)|線|地割)?(?:[甲乙丙イロハ](?![{_LOT}\u30a1-\u30fa]))?"

NUMBER = rf"(?:第(?=[0-9]+地割)|無番地|番外地|[{_LOT}](?:部|の|ノ|{DASH})?)?{_FIRST}(?:{_JOIN}{_NEXT}){{0,7}}{_END}"
_NUMBER = re.compile(NUMBER)

_UNITS = re.compile(r"丁目|番|号|地割|条|線|[0-9一二三四五六七八九十]丁")
_DASHED = re.compile(DASH)
_ROOM_AFTER = re.compile("[室棟館階](?!町)|F(?![A-Za-z])")
_ROOM = re.compile(rf"(?:{DASH}|の|番地?|号)[0-9]{{1,5}}号?$")
_BARE_KANJI = re.compile(rf"[{_KANJI}]+")
_BLOCK_ONLY = re.compile(rf"(?:[0-9]+|[{_KANJI}]+)丁目")
_PROSE_AFTER_BLOCK = re.compile(
    r" ?(?:に|で|の(?![0-9])|から|まで|を|へ|と|は|が|も|や|付近|交差点|地区|自治会|町内会|、)"
)
# What turns a bare number into an amount, a date or a rank; the exceptions begin names of buildings (Nihon Seimei ...).
_COUNTER = re.compile(
    r" ?(?:日(?![本立土交産通清])|万(?!代)|[年月時分秒人名件円億千百回個社校点歳才倍位次戸]"
    r"|[本組冊枚票期度級章項節階室棟列席着対週泊食%℃]"
    r"|[ヶケかカヵ]月|箇|[ヶケかカヵ]所|世帯|つ|号線|(?:[kcm]?m|kg|g|t|ha|[GMK]B|F|L|l)(?![A-Za-z])"
    r"|[./:](?!(?<=/)0[0-9]{1,4}-)[0-9]|,[0-9]{3}(?![0-9-]))"
)
_NOT_A_HOUSE = re.compile(r"[線車機店目](?!町)|人気|勝負|手")
_DATE = re.compile(r"(?:19|20)[0-9]{2}-(?:0?[1-9]|1[0-2])-(?:[0-2]?[0-9]|3[01])$")
_POSTAL = re.compile(r"[0-9]{3}-[0-9]{4}$")
_TELEPHONE = re.compile(r"[0-9]{2,4}-[0-9]{2,4}-[0-9]{3,5}$")


@dataclass(frozen=True, slots=True)
class HouseNumber:
    """A number that was read. ``is_strong``: units or hyphens say what it is. ``is_block``: only a block (chome)."""

    end: int
    is_strong: bool
    is_block: bool = False
    is_prose: bool = False


def house_number(plain: str, start: int, *, apart: bool) -> HouseNumber | None:
    """The number that stands at a place; None where what stands there is none. ``apart``: blanks lie before it."""
    found = _NUMBER.match(plain, start)
    if found is None:
        return None
    end, written = found.end(), found[0]
    if _ROOM_AFTER.match(plain, end) and (room := _ROOM.search(written)):
        end, written = end - len(room[0]), written[: room.start()]
        return HouseNumber(end, True) if written else None
    if _BARE_KANJI.fullmatch(written):
        return None
    if _UNITS.search(written):
        return _with_units(plain, end, written)
    hyphens = len(_DASHED.findall(written))
    if hyphens < 2 and _COUNTER.match(plain, end):
        return None
    if hyphens:
        if _POSTAL.match(written) and apart:
            return None
        if apart and (_DATE.match(written) or _TELEPHONE.match(written)):
            return None
    return HouseNumber(end, is_strong=not written.isdigit())


def _with_units(plain: str, end: int, written: str) -> HouseNumber | None:
    if _NOT_A_HOUSE.match(plain, end) or plain.startswith(("項", "章", "節", "回", "期", "町"), end):
        return None
    is_block = _BLOCK_ONLY.fullmatch(written) is not None
    is_prose = _PROSE_AFTER_BLOCK.match(plain, end) is not None
    return HouseNumber(end, True, is_block, is_prose)
