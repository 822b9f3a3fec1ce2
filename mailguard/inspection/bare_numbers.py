"""Numbers that nothing calls so but their own digits and the person beside them.

People who know each other write ``堂園 寿々 700311448070`` or head a column 番号: what it is, the check digits, the
shape and the matter of the text say. A column counts when every one of its cells fits; in running text a number counts
right behind a name. One number of twelve digits alone passes a check too often (1 in 11) and needs a word of the
matter.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from mailguard.inspection.beside import BORN_BY, looks_born
from mailguard.inspection.check_digits import is_driver_license, is_luhn, is_my_number, is_seven_dr
from mailguard.inspection.digits import Number, is_amount, numbers_of
from mailguard.inspection.generic.credit_card import issuer
from mailguard.inspection.hits import PERSON, Hit
from mailguard.inspection.ja.driver_license import COMMISSIONS
from mailguard.inspection.labels import said_of
from mailguard.inspection.text import Text
from mailguard.model.finding import Because, Evidence, Kind

_BEHIND_NAME = 24
_SCORE = 0.75
_LENGTHS = (10, 12, 13, 14, 15, 16, 17, 18, 19)
_SEPARATORS = re.compile(r"[ .\u30fb-]")
_CARD = re.compile(r"[0-9]{13,19}")
_FOUR = re.compile(r"[0-9]{4}")
_TWELVE = re.compile(r"[0-9]{12}")
_PENSION = re.compile(r"[0-9]{4}-[0-9]{6}")
_RESIDENCE = re.compile(r"[A-Z]{2}[0-9]{8}[A-Z]{2}")
_PASSPORT = re.compile(r"[A-Z]{2}[0-9]{7}")
_TIME = re.compile(r"(?:19[5-9]|20[0-4])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d")
_BORN_CODE = re.compile(
    r"([SHTsht])(\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|((?:19|20)\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)
_ERAS = {"s": 1925, "h": 1988, "t": 1911}

_DRIVING = re.compile(r"運転|免許|ドライバ|レンタカー|送迎|車検|無事故|driver|rental car|licen[cs]e", re.IGNORECASE)
_TAX = re.compile(
    r"マイナ|年末調整|年調|源泉|扶養|支払調書|法定調書|社会保険|社保|雇用保険|資格取得|確定申告|入社|入職|採用|退職|個人番号"
    r"|番号(?:\d件|確認|届|が届|を届)|payroll|tax"
)
_PENSIONS = re.compile(r"年金|裁定請求|加給|pension", re.IGNORECASE)
_TRAVEL = re.compile(r"旅券|パスポート|渡航|搭乗|出国|入国|航空|査証|海外|passport|flight|visa", re.IGNORECASE)
_DATE = re.compile(
    r"[^\s\d]{0,8}[\s,、/:(]([SHTsht]\.?\d{1,2}[./-]\d{1,2}[./-]\d{1,2}|[SHT]\d{6}"
    r"|(?:昭和|平成|大正)\d{1,2}年\d{1,2}月\d{1,2}日|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|(?:19|20)\d{2}年\d{1,2}月\d{1,2}日)"
    r"(?![\d./-])[^\d\n]{0,6}"
)
_OTHER_DATE = re.compile(
    r"入社|入職|採用|入会|加入|取得|喪失|退|発行|交付|有効|期限|満了|更新|から|まで|[~〜]|付|現在|着任|異動|発令|就任|登録|受診|契約|出発|exp"
)
_RECORD = 60
_HARD = frozenset({
    Kind.MY_NUMBER, Kind.BASIC_PENSION_NUMBER, Kind.PASSPORT, Kind.RESIDENCE_CARD, Kind.DRIVER_LICENSE,
    Kind.HEALTH_INSURANCE,
})  # fmt: skip
_RECORDS = (".json", ".xml", ".yaml", ".yml", ".log")
_OF_STAFF = re.compile(
    r"salary|kyuu?yo|payroll|\bbase\b|\bdept|hire|my_?number|shain|employee|給与|職員|社員", re.IGNORECASE
)
_NUMBER_FIELD = re.compile(
    r"^[ \t{]{0,20}\"?(no|id|code|cd|number)\"?[ ]?[:=][ ]?\"?([A-Z]{1,3}-?\d{3,8}|\d{2,4}-\d{3,6})\"?[ ]?,?[ ]?$",
    re.IGNORECASE | re.MULTILINE,
)
_OF_COLLEAGUE = re.compile(
    r"[ ]?(?:養護教諭|助教諭|教諭|講師|事務職員|職員|社員|看護師|主事)[ ]?\(((?:[A-Z]{1,3}-?)?\d{3,4}-?\d{3,5})\)"
)
"""Behind the name of one who works there: his number in brackets."""
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d-?(?:0[1-9]|1[0-2])")

_KANA_NAME = re.compile(r"[\u30a1-\u30fa\u30fc]{2,10} [\u30a1-\u30fa\u30fc]{2,10}(?= )")
_GAP = re.compile(r"[ \t]?(?:様|さん|氏|先生|殿|くん|君)?[^0-9\n]{0,4}[\s(:、,・|/がはのでを=→]{0,12}")


def is_born(cell: str) -> bool:
    """Whether a cell holds a date of birth and nothing else, also as a code of an era or of eight digits."""
    if looks_born(cell):
        return True
    found = _BORN_CODE.fullmatch(cell)
    if found is None:
        return False
    year = int(found[3]) if found[3] else _ERAS[found[1].lower()] + int(found[2])
    return 1908 <= year <= BORN_BY


def kind_of_numbers(cells: Sequence[str], about: str) -> Kind | None:
    """What the numbers of a column of people are by their own digits; None where they could be anything.

    ``about``: words of the table and around it. One cell without a number may be the name of the column.
    """
    others = len(cells)
    cells = [cell for cell in cells if _FOUR.search(cell)]
    values = [_SEPARATORS.sub("", cell) for cell in cells]
    others -= len(cells)
    if not values or others > 1:
        return None
    if all(map(_is_card, values)) and (len(values) > 1 or values[0].startswith(("34", "37", "35", "5", "4", "6011"))):
        return Kind.CREDIT_CARD
    if all(map(_RESIDENCE.fullmatch, values)):
        return Kind.RESIDENCE_CARD
    if all(map(_TWELVE.fullmatch, values)):
        return _twelve(values, about)
    if all(map(_PASSPORT.fullmatch, values)) and _TRAVEL.search(about):
        return Kind.PASSPORT
    if all(_PENSION.fullmatch(cell) for cell in cells) and _PENSIONS.search(about):
        return Kind.BASIC_PENSION_NUMBER
    return None


def _is_card(digits: str) -> bool:
    return _CARD.fullmatch(digits) is not None and len(digits) > 13 and issuer(digits) is not None and is_luhn(digits)


def _twelve(values: Sequence[str], about: str) -> Kind | None:
    """A My Number, a licence, or None, of numbers of twelve digits that people have."""
    are_mine = all(map(is_my_number, values)) and not all(map(_TIME.fullmatch, values))
    are_licences = all(is_driver_license(value) and value[:2] in COMMISSIONS for value in values)
    is_many = len(set(values)) > 1
    if are_licences and _DRIVING.search(about) and not (are_mine and _TAX.search(about)):
        return Kind.DRIVER_LICENSE
    if are_mine and (is_many or _TAX.search(about)) and not all(map(is_seven_dr, values)):
        return Kind.MY_NUMBER
    return None


def bare_numbers(text: Text, hits: Sequence[Hit]) -> Iterator[Hit]:
    """What stands beside names and no label claims: numbers right behind one, dates and numbers of records."""
    yield from _behind_names(text, hits)
    names = [hit for hit in hits if hit.kind == PERSON]
    if not names:
        return
    yield from _born_on_line(text, names, hits)
    for name in names:
        found = _OF_COLLEAGUE.match(text.plain, name.end)
        if found is not None and not _YEAR_FIRST.match(found[1]):
            evidence = (Evidence(Because.SHAPE), Evidence(Because.NEAR_PERSON))
            value = found[1].replace("-", "")
            yield Hit(Kind.STAFF_NUMBER, *found.span(1), 0.6, "staff_number.beside_name", evidence, value)
    if text.piece.where.casefold().endswith(_RECORDS) and _OF_STAFF.search(text.plain):
        for found in _NUMBER_FIELD.finditer(text.plain):
            evidence = (Evidence(Because.LABEL, found[1]), Evidence(Because.NEAR_PERSON))
            value = found[2].replace("-", "")
            yield Hit(Kind.STAFF_NUMBER, *found.span(2), 0.6, "staff_number.record", evidence, value)


def _born_on_line(text: Text, names: Sequence[Hit], hits: Sequence[Hit]) -> Iterator[Hit]:
    """A date long ago between names and numbers that only one person has: people's records on a line."""
    plain = text.plain
    taken = {hit.start for hit in hits}
    starts = sorted(hit.start for hit in hits if hit.kind in _HARD)
    for name in names if starts else ():
        end = plain.find("\n", name.end, name.end + 2 * _RECORD)
        end = end if end >= 0 else name.end + 2 * _RECORD
        first = bisect_left(starts, name.end)
        if first == len(starts) or starts[first] >= end:
            continue
        for found in _DATE.finditer(plain, name.end, min(end, name.end + _RECORD)):
            if found.start(1) in taken or not is_born(found[1]) or _OTHER_DATE.search(found[0]):
                continue
            evidence = (Evidence(Because.CALENDAR), Evidence(Because.NEAR_PERSON))
            value = "".join(found[1].split()).replace("-", "")
            yield Hit(Kind.BIRTH_DATE, *found.span(1), 0.65, "birth_date.in_record", evidence, value)
            break


def _behind_names(text: Text, hits: Sequence[Hit]) -> Iterator[Hit]:
    """Numbers right behind a name: cards, My Numbers, licences, pension numbers."""
    numbers = [number for number in numbers_of(text, *_LENGTHS) if _is_whole(number)]
    if not numbers:
        return
    taken = sorted((hit.start, hit.end) for hit in hits if hit.kind != Kind.SPECIAL_CARE)
    beside = [
        number
        for number in numbers
        if not _is_taken(number, taken) and not is_amount(text.plain, number.start, number.end)
    ]
    if not beside:
        return
    names = {hit.end for hit in hits if hit.kind == PERSON}
    names.update(found.end() for found in _KANA_NAME.finditer(text.plain))
    ends = sorted(names)
    beside = [number for number in beside if _is_unsaid(text, number)]
    named = [number for number in beside if _is_behind(text, ends, number)]
    twelve = [number for number in beside if len(number.digits) == 12]
    is_named = any(len(number.digits) == 12 for number in named)
    kind = _twelve([number.digits for number in twelve], text.plain) if is_named else None
    # Where one has a name, those of its kind are somebody's too.
    beside = sorted({*named, *(twelve if kind is not None else ())}, key=lambda number: number.start)
    for number in beside:
        if len(number.digits) == 12:
            found = kind
        elif len(number.digits) == 10:
            is_pension = number.shape == (4, 6) and number.joint == "-" and _PENSIONS.search(text.plain)
            found = Kind.BASIC_PENSION_NUMBER if is_pension else None
        else:
            found = Kind.CREDIT_CARD if _is_card(number.digits) else None
        if found is not None:
            evidence = (Evidence(Because.SHAPE), Evidence(Because.NEAR_PERSON))
            yield Hit(found, number.start, number.end, _SCORE, f"{found}.beside_name", evidence, number.digits)


def _is_whole(number: Number) -> bool:
    return number.joint != "\t" and len(number.shape) <= 5


def _is_taken(number: Number, taken: list[tuple[int, int]]) -> bool:
    at = bisect_left(taken, (number.end, 0))
    return at > 0 and taken[at - 1][1] > number.start


def _is_behind(text: Text, ends: list[int], number: Number) -> bool:
    """Whether a name ends right before it, with at most a title, a bracket or a particle between."""
    at = bisect_left(ends, number.start + 1) - 1
    if at < 0 or number.start - ends[at] > _BEHIND_NAME:
        return False
    return _GAP.fullmatch(text.plain, ends[at], number.start) is not None


def _is_unsaid(text: Text, number: Number) -> bool:
    said = said_of(text, number.start, number.end)
    if said is None or said.is_used:
        return True
    if said.because is Because.WORD_AFTER:
        return False
    # A sentence above is no name of a column.
    label_end = number.start - said.distance
    line_end = text.plain.find("\n", label_end, number.start)
    return line_end >= 0 and text.plain[label_end:line_end].rstrip().endswith(("。", "す", ":"))
