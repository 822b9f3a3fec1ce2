"""Reads one Japanese address: prefecture, municipality, street (Kyoto), quarter, number.

Places are looked up in the gazetteer. What is not there is read by its shape: a municipality that nobody knows after a
known prefecture, or a quarter that nobody knows after a municipality, as long as it looks like a name and a number
follows. Every attempt looks a bounded number of characters ahead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from mailguard.inspection.ja.address_number import GAP, HouseNumber, house_number
from mailguard.inspection.ja.gazetteer import fold, gazetteer, kanji_number, towns_of

_NAME = "[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]"
_GAP = re.compile(GAP)
_NUMBERED_TOWN = re.compile(rf"{GAP}[0-9]{{1,2}}条")
_PLACE_END = re.compile("[都道府県市区町村郡]")
_NAME_BEFORE = re.compile("[\u3005-\u3007\u30a1-\u30fa\u30fc\u3400-\u9fff]")

_UNKNOWN_MUNICIPALITY = re.compile(
    rf"{_NAME}{{1,6}}?郡{_NAME}{{1,6}}?[町村]|{_NAME}{{1,6}}?市(?:{_NAME}{{1,4}}?区)?|{_NAME}{{1,4}}?区|{_NAME}{{1,6}}?[町村]"
)
_INVENTED_WARD = re.compile(rf"{GAP}{_NAME}{{1,3}}?区")
_INVENTED = re.compile(
    rf"(?:{_NAME}{{1,4}}[都道府県][ \t]{{0,2}})?(?:{_NAME}{{1,6}}市|{_NAME}{{1,5}}郡{_NAME}{{1,6}}[町村])"
)
_RUN_BEFORE = re.compile(rf"(?:^|[^\w]|[0-9]|住所は)((?:{_NAME}|[ \t](?={_NAME}{{1,7}}$)){{2,12}})$")
_LABEL_START = re.compile(
    r"(?:(?:現|新|旧|御|ご)?(?:住所|自宅|実家)|(?:転居|引っ?越し?|送付|送り|郵送|届け)先|お?住まい)は?(?=[^0-9]{2})"
)
"""Written in one with the name of a city behind it."""
_BROKEN = re.compile(r" ?\n[ >]{0,3}(?=\S)")
_TOWN_RUN = re.compile(rf"{_NAME}{{1,14}}(?:{GAP}{_NAME}{{1,10}})?")
_NUMBER_START = re.compile("[0-9〇一二三四五六七八九十百千第甲乙丙丁イロハニホ無番]")
_FULL_NUMBER = re.compile("[0-9]-[0-9]+-[0-9]|番|丁目")
_NUMERALS = re.compile("[0-9]{1,2}(?![0-9])")
# Kyoto: "so and so street, up / down / east / west of", before the quarter.
_KYOTO = re.compile(
    rf"{GAP}(?:{_NAME}|[0-9]){{2,22}}?(?:上が?[るルり]|下が?[るルり]|[東西]入[るルり]?|[東西]へ入[るル])(?:{GAP}[0-9二三四五]丁目)?"
    rf"(?:{GAP}(?:{_NAME}){{1,12}}?(?:上が?[るルり]|下が?[るルり]|[東西]入[るルり]?))?"
)
_NO_TOWN = re.compile(
    r"を|では|には|とは|から|まで|より|など|です|ます|した|して|する|され|ある|いる|について|による|において|における|への|での"
    r"|との|なった|という|人口|面積|条例|規則|規程|要綱|要領|予算|議会|選挙|国道|[県市]道|電話|携帯|令和|平成|昭和\Z|大正\Z|西暦|年度"
    r"|[市町村区]長|知事|[市県町村区都府]立|\A(?:立|庁|営|[長議民税]\Z)|バス\Z|役所|役場|県庁|市内|代表者|合計|総数|氏名|名前|担当|参加|定員|会費|時間|日時"
    r"|期間|金額|番号|郵便|得点|優勝|年齢|生年月|生まれ|[支本]部\Z|支店|営業所|事務所|センター|大学|高校|中学|小学|学校|病院"
    r"|会議室|教室|ホテル|さん|様|殿|在住|出身|全域|地域|地方|世帯|基準|法第|附則|別表|午[前後]|土曜|日曜|月曜|火曜|水曜|木曜|金曜"
)
_PARTICLE_END = re.compile(r"(?:[ではにをへともやが約計全各満内間他外第]|以[上下外内])\Z")
_PARTICLE_START = re.compile("[のはでにをとがもやへ]|内|下の|全")
_HIRAGANA = re.compile("[\u3041-\u3096]+")


class Quarter(Enum):
    """What is known of the quarter: in the list, in the list with more behind it, not in the list, left out."""

    KNOWN = auto()
    PARTLY_KNOWN = auto()
    UNKNOWN = auto()
    NONE = auto()


@dataclass(frozen=True, slots=True)
class Address:
    """What was read between ``start`` and ``end``. ``number``: None where the address has none."""

    start: int
    end: int
    has_prefecture: bool
    has_municipality: bool
    is_known: bool
    quarter: Quarter
    number: HouseNumber | None


@dataclass(frozen=True, slots=True)
class _Rest:
    """What follows the municipality."""

    end: int
    quarter: Quarter
    number: HouseNumber | None


def place_ends(plain: str) -> Iterator[int]:
    """Every place behind a character that ends the name of a prefecture or municipality."""
    for found in _PLACE_END.finditer(plain):
        yield found.end()


def read_address(plain: str, end: int) -> Address | None:
    """The address whose prefecture or municipality ends at a place; None where no such name ends there.

    Without a prefecture, a name that several municipalities bear or that is very short needs a known quarter.
    """
    places = gazetteer()
    from_ = max(0, end - places.longest)
    window = fold(plain[from_:end])
    for at in range(max(0, len(window) - 2)):
        name = window[at:]
        if name in places.prefectures:
            return _from_prefecture(plain, from_ + at, end, name)
        if name in places.municipalities or name in places.counties:
            return _from_municipality(plain, from_ + at, end)
    if window[-2:] in places.municipalities:
        return _from_municipality(plain, end - 2, end)
    is_possible = window.endswith("市") or (window.endswith(("町", "村")) and "郡" in window)
    return _invented(plain, end) if is_possible else None


def after_label(plain: str, start: int) -> Address | None:
    """The quarter and number that stand at a place where an address was announced; None without a number."""
    rest = _rest(plain, start, frozenset())
    if rest is None or rest.number is None or not rest.number.is_strong or rest.quarter is Quarter.NONE:
        return None
    begin = _gap_end(plain, start)
    return Address(begin, rest.end, False, False, False, rest.quarter, rest.number)


def _from_prefecture(plain: str, start: int, end: int, prefecture: str) -> Address | None:
    best: Address | None = None
    for stop, name in _municipalities_at(plain, end, prefecture):
        rest = _rest(plain, stop, towns_of(name, prefecture), name, is_sure=True)
        if rest is not None and rest.number is not None:
            return Address(start, rest.end, True, True, True, rest.quarter, rest.number)
        if best is None:
            quarter = rest.quarter if rest else Quarter.NONE
            best = Address(start, rest.end if rest else stop, True, True, True, quarter, None)
    if best is not None:
        return best
    at = _gap_end(plain, end)
    unknown = _UNKNOWN_MUNICIPALITY.match(plain, at)
    if unknown is None or _PARTICLE_START.match(plain, at) or _NO_TOWN.search(unknown[0]):
        return None
    rest = _rest(plain, unknown.end(), towns_of(fold(unknown[0])), is_sure=True)
    if rest is None or rest.number is None:
        return None
    return Address(start, rest.end, True, True, False, rest.quarter, rest.number)


def _from_municipality(plain: str, start: int, end: int) -> Address | None:
    is_apart = start == 0 or _NAME_BEFORE.match(plain, start - 1) is None
    is_apart = is_apart or _short_prefecture(plain, start, fold(plain[start:end])) > 0
    if end - start <= 2 and not is_apart:
        return None
    weak: Address | None = None
    for stop, name in _municipalities_at(plain, start, ""):
        short = _short_prefecture(plain, start, name)
        rest = _rest(plain, stop, towns_of(name), name, is_sure=short > 0)
        if rest is None:
            continue
        address = Address(start - short, rest.end, short > 0, True, True, rest.quarter, rest.number)
        if rest.number is not None:
            is_vague = len(gazetteer().municipalities[name]) > 1 and not name.endswith("市")
            if rest.quarter is Quarter.UNKNOWN and (is_vague or len(name) <= 2) and not is_apart:
                return None
            return address
        weak = weak or address
    return weak


def _short_prefecture(plain: str, start: int, name: str) -> int:
    """How many characters before a municipality are its prefecture without the last character; 0 for none."""
    for place in gazetteer().municipalities.get(name, ()):
        short = place.prefecture[:-1]
        before = plain[max(0, start - len(short) - 1) : start]
        if before.endswith(short) and (len(before) == len(short) or not _NAME_BEFORE.match(before)):
            return len(short)
    return 0


def _municipalities_at(plain: str, start: int, prefecture: str) -> Iterator[tuple[int, str]]:
    """The known municipalities that stand at a place, longest first: where each ends, and its folded name."""
    places = gazetteer()
    at = _gap_end(plain, start)
    window = fold(plain[at : at + places.longest + 4])
    broken = _BROKEN.search(window, 1)
    if broken is not None:
        window = window[: broken.start()] + window[broken.end() :]
    for length_read in range(min(len(window), places.longest), 1, -1):
        name = window[:length_read]
        length = length_read + (len(broken[0]) if broken and length_read > broken.start() else 0)
        if name in places.counties:
            next_ = _gap_end(plain, at + length)
            if next_ > at + length and (village := _part_at(plain, next_, name)):
                yield next_ + village, name + fold(plain[next_ : next_ + village])
            continue
        known = places.municipalities.get(name)
        if known is None or (prefecture and all(place.prefecture != prefecture for place in known)):
            continue
        next_ = _gap_end(plain, at + length)
        if next_ > at + length and name.endswith("市") and (ward := _part_at(plain, next_, name)):
            yield next_ + ward, name + fold(plain[next_ : next_ + ward])
        yield at + length, name


def _part_at(plain: str, start: int, whole: str) -> int:
    """How long the ward of a city, or village of a county, is that stands at a place; 0 where none does."""
    places = gazetteer()
    window = fold(plain[start : start + 7])
    for length in range(len(window), 1, -1):
        if whole + window[:length] in places.municipalities:
            return length
    return 0


def _invented(plain: str, end: int) -> Address | None:
    """An address in a city or county nobody knows: only where a line starts, after a mark, a blank or a label."""
    run = _RUN_BEFORE.search(plain, max(0, end - 16), end)
    if run is None:
        return None
    name = run[1].lstrip()
    if label := _LABEL_START.match(name):
        name = name[label.end() :]
    if not _INVENTED.fullmatch(name):
        name = name.split()[-1]  # what stands before the blank is a label or a name
        if not _INVENTED.fullmatch(name):
            return None
    if _NO_TOWN.search(name) or _PARTICLE_START.match(name) or re.search("[はでにをへがも]", name):
        return None
    ward = _INVENTED_WARD.match(plain, end)
    rest = _rest(plain, ward.end() if ward else end, frozenset(), is_sure=True)
    if rest is None or rest.number is None or not rest.number.is_strong:
        return None
    return Address(end - len(name), rest.end, False, True, False, rest.quarter, rest.number)


def _gap_end(plain: str, start: int) -> int:
    gap = _GAP.match(plain, start)
    return start if gap is None else gap.end()


def _rest(plain: str, start: int, towns: frozenset[str], name: str = "", *, is_sure: bool = False) -> _Rest | None:
    """Quarter and number behind a municipality; the quarter alone where it is known; None where nothing follows.

    ``is_sure``: the municipality is beyond doubt, so that a number may follow it without a quarter.
    """
    if name.startswith("京都市") and (street := _KYOTO.match(plain, start)):
        inner = _quarter(plain, street.end(), towns)
        if inner is not None:
            return inner
    rest = _quarter(plain, start, towns)
    if rest is not None and rest.number is not None:
        return rest
    if is_sure or name.endswith(("町", "村")) or _NUMBERED_TOWN.match(plain, start, start + 12):
        number = _number_after(plain, start)
        if number is not None and (number.is_strong or name.endswith(("町", "村"))):
            return _Rest(number.end, Quarter.NONE, number)
    return rest


def _quarter(plain: str, start: int, towns: frozenset[str]) -> _Rest | None:
    at = _gap_end(plain, start)
    known, rest = _known_quarter(plain, at, towns) if towns else (None, None)
    if rest is not None:
        return rest
    if known is not None and (rest := _unknown_quarter(plain, known, Quarter.PARTLY_KNOWN)) is not None:
        return rest
    if (rest := _unknown_quarter(plain, at, Quarter.UNKNOWN)) is not None:
        return rest
    return None if known is None else _Rest(known, Quarter.KNOWN, None)


def _known_quarter(plain: str, start: int, towns: frozenset[str]) -> tuple[int | None, _Rest | None]:
    """Where the longest known quarter ends (None: there is none), and quarter and number where both stand there."""
    window = fold(plain[start : start + 18])
    longest: int | None = None
    for written, shorter in _writings(window):
        skip = 2 if written.startswith("大字") else 1 if written.startswith("字") else 0
        for length in range(min(16, len(written) - skip), 0, -1):
            if written[skip : skip + length] in towns and length > shorter[0]:
                end = start + skip + length - shorter[1]
                if (number := _number_after(plain, end)) is not None:
                    return end, _Rest(number.end, Quarter.KNOWN, number)
                longest = longest or end
    return longest, None


def _writings(window: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """The window as it is, and with its first digits in kanji: (how much must match, by how much it has grown)."""
    yield window, (0, 0)
    digits = _NUMERALS.search(window, 0, 8)
    if digits is not None and digits[0][0] != "0" and digits.end() < len(window) and window[digits.end()] not in "-丁":
        kanji = kanji_number(int(digits[0]))
        grown = window[: digits.start()] + kanji + window[digits.end() :]
        yield grown, (digits.start() + len(kanji), len(kanji) - len(digits[0]))


def _unknown_quarter(plain: str, start: int, quarter: Quarter) -> _Rest | None:
    """A name of a quarter that is in no list, with the number behind it."""
    run = _TOWN_RUN.match(plain, start)
    if run is None:
        return None
    for place in _NUMBER_START.finditer(plain, start + 1, run.end()):
        number = house_number(plain, place.start(), apart=plain[place.start() - 1].isspace())
        if number is not None and number.is_strong and _is_town(plain[start : place.start()]):
            return _Rest(number.end, quarter, number)
    if not _is_town(run[0]):
        return None
    number = _number_after(plain, run.end())
    if number is None:
        return None
    # A cell or line of its own between two others may be a name and a class: only a full number makes it a quarter.
    is_alone = start > 0 and plain[start - 1] in "\t\n" and plain[run.end() : run.end() + 1] in ("\t", "\n", "\r")
    if is_alone and not _FULL_NUMBER.search(plain, run.end(), number.end):
        return None
    return _Rest(number.end, quarter, number)


def _number_after(plain: str, start: int) -> HouseNumber | None:
    """The number at a place, behind blanks or a line break; on the next line or in the next cell only a sure one."""
    at = _gap_end(plain, start)
    number = house_number(plain, at, apart=at > start)
    if number is None or (not number.is_strong and at > start and re.search(r"[\n\t]|  ", plain[start:at])):
        return None
    return number


def _is_town(written: str) -> bool:
    """Whether something may be the name of a quarter, and not a piece of a sentence."""
    town = "".join(written.split())
    if not town or _NO_TOWN.search(town):
        return False
    if _HIRAGANA.fullmatch(town):
        return 2 <= len(town) <= 6
    return not _PARTICLE_END.search(town) and not _PARTICLE_START.match(town)
