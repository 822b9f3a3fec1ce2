"""個人番号 (マイナンバー): 12 digits with a right check digit, called so, or many of them in one column.

One in eleven numbers of 12 digits passes the check, and parcels are numbered in the same 4-4-4: a number that nothing
calls a My Number stays below the line. Also in kanji numerals, in boxes of one digit each, over line breaks, and behind
a label with any signs between its digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailguard.inspection.check_digits import is_my_number, is_seven_dr
from mailguard.inspection.digits import Number, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import Said, is_of_other, labels_between, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.model.finding import Because, Evidence, Kind

_CHECKED = Evidence(Because.CHECK_DIGIT)
_SIGNS = "〇零○一二三四五六七八九壱弐参肆伍陸漆捌玖"
_KANJI = re.compile(f"[{_SIGNS}](?:[-ー・ ]?[{_SIGNS}]){{11}}(?![{_SIGNS}十百千万])")
_AS_DIGITS = str.maketrans(_SIGNS, "000123456789123456789")
_SCATTERED = re.compile(r"[0-9OoIl](?:[^0-9A-Za-z\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]{0,4}[0-9OoIl]){11}(?![0-9])")
_SCATTERED_WITHIN = 120
_LOOKS_LIKE = str.maketrans("OoIl", "0011")
_DIGITS_MIN = 9
"""So many of the twelve are digits and no letters that look like them."""
_TIME = re.compile(r"(?:19[5-9]|20[0-4])\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d")
_SERIES_MIN = 3
_CHANCE_MIN = 8
"""Different numbers that are not all right by chance (11 to the minus 8), whatever they are called."""
_IN_CELL = re.compile(r"(?<![0-9])[0-9]{4}(?:[ \-.\u30fb]?[0-9]{4}){2}(?![0-9])|(?<![0-9])[0-9]{11}(?=(?:\.0)?\s*$)")


def find(text: Text) -> Iterator[Candidate]:
    """The My Numbers of a text; unlabelled ones with a confidence below one half."""
    unsaid: list[tuple[Number, Said | None]] = []
    called_other: list[Number] = []
    for number in numbers_of(text, 12):
        said = said_of(text, number.start, number.end)
        if said is not None and (said.topic == Topic.MY_NUMBER or said.word == "法人番号"):
            if is_my_number(number.digits):
                yield _candidate(number, 0.98, "my_number.labelled", said.evidence)
        elif said is not None and said.topic == Topic.PENSION and is_my_number(number.digits):
            # 個人番号[基礎年金番号]: forms ask for either, and that of a pension has ten digits.
            yield _candidate(number, 0.9, "my_number.labelled", said.evidence)
        elif not is_of_other(said, Topic.MY_NUMBER):
            unsaid.append((number, said))
        else:
            called_other.append(number)
    if len({number.digits for number in called_other}) >= _CHANCE_MIN:
        yield from _too_right(called_other)
    if unsaid:
        yield from _unsaid(text, [number for number, _ in unsaid])
    if word_in(text, Topic.MY_NUMBER):
        yield from _scattered(text)
        if _KANJI.search(text.plain):
            yield from _in_kanji(text)


def cell(value: str) -> tuple[int, int] | None:
    """The My Number in a cell; a cell that is a figure may have lost one leading zero."""
    for found in _IN_CELL.finditer(value):
        if is_my_number(re.sub(r"[^0-9]", "", found[0]).zfill(12)):
            return found.span()
    return None


def _unsaid(text: Text, numbers: list[Number]) -> Iterator[Candidate]:
    word = word_in(text, Topic.MY_NUMBER)
    series = _in_series(text.plain, numbers)
    for number in numbers:
        if not is_my_number(number.digits):
            continue
        is_time = bool(_TIME.fullmatch(number.digits)) and not number.is_grouped
        if number in series:
            yield _candidate(number, 0.95, "my_number.series", Evidence(Because.SERIES))
        elif is_time or (number.is_wrapped and not number.is_cut_wide):
            continue
        elif word is not None:
            score = 0.75 if is_seven_dr(number.digits) or number.is_wrapped else 0.9
            yield _candidate(number, score, "my_number.in_text", Evidence(Because.WORD_IN_TEXT, word))
        else:
            score = 0.2 if is_seven_dr(number.digits) or not number.is_grouped else 0.4
            yield _candidate(number, score, "my_number.bare", Evidence(Because.SHAPE))


def _in_series(plain: str, numbers: Iterable[Number]) -> set[Number]:
    """Numbers that stand in a column or list of at least three, of which every one passes (chance 1 in 1,331).

    Not where all of them also pass the check of parcel companies.
    """
    columns: dict[str, list[Number]] = {}
    for number in numbers:
        if not number.is_wrapped:
            line = plain[plain.rfind("\n", max(0, number.start - 500), number.start) + 1 : number.start]
            column = f"\t{line.count(chr(9))}" if "\t" in line else f",{line.count(',')}" if "," in line else ""
            columns.setdefault(f"{column}{number.shape}", []).append(number)
    series: set[Number] = set()
    for listed in columns.values():
        values = {number.digits for number in listed}
        if len(values) >= _SERIES_MIN and all(map(is_my_number, values)) and not all(map(is_seven_dr, values)):
            series.update(number for number in listed if not _TIME.fullmatch(number.digits))
    return series


def _scattered(text: Text) -> Iterator[Candidate]:
    """Behind a label: twelve digits with other signs between them, or with letters that look like digits."""
    plain = text.plain
    known = {number.start for number in numbers_of(text, 12)}
    for label in labels_between(text, 0, len(plain)):
        if label.topic != Topic.MY_NUMBER:
            continue
        found = _SCATTERED.search(plain, label.end, label.end + _SCATTERED_WITHIN)
        if found is None or found.start() in known or len(re.findall("[0-9]", found[0])) < _DIGITS_MIN:
            continue
        digits = re.sub(r"[^0-9]", "", found[0].translate(_LOOKS_LIKE))
        said = said_of(text, *found.span())
        if is_my_number(digits) and (said is None or said.topic == Topic.MY_NUMBER):
            ground = Evidence(Because.WORD_BEFORE, label.word, found.start() - label.end)
            yield Candidate(Kind.MY_NUMBER, *found.span(), 0.85, "my_number.scattered", (_CHECKED, ground), digits)


def _too_right(numbers: list[Number]) -> Iterator[Candidate]:
    """Numbers that are called something else, and all have the check digit of a My Number."""
    digits = [number.digits for number in numbers]
    if all(map(is_my_number, digits)) and not all(map(is_seven_dr, digits)):
        for number in numbers:
            yield _candidate(number, 0.8, "my_number.series", Evidence(Because.SERIES))


def _in_kanji(text: Text) -> Iterator[Candidate]:
    for found in _KANJI.finditer(text.plain):
        digits = re.sub(r"[^0-9]", "", found[0].translate(_AS_DIGITS))
        if is_my_number(digits):
            said = said_of(text, *found.span())
            if said is not None and said.topic == Topic.MY_NUMBER:
                evidence = (_CHECKED, said.evidence)
                yield Candidate(Kind.MY_NUMBER, *found.span(), 0.95, "my_number.kanji", evidence, digits)


def _candidate(number: Number, score: float, rule: str, ground: Evidence) -> Candidate:
    grounds = (_CHECKED, ground, Evidence(Because.GROUPED)) if number.is_grouped else (_CHECKED, ground)
    return Candidate(Kind.MY_NUMBER, number.start, number.end, score, rule, grounds, number.digits)


_THINGS = (
    "個人番号", "マイナンバー", "マイナンバー番号", "個人番号マイナンバー", "マイナンバー個人番号", "mynumber",
    "myno", "マイno", "individualnumber", "マイナンバーno", "個人番号12桁", "マイナンバー12桁", "マイナ番号",
    "個人no", "個人番号カード番号", "共通番号", "社会保障税番号", "個人番号または法人番号", "個人番号又は法人番号",
    "法人番号または個人番号", "番号確認", "マイナンバーカード番号",
)  # fmt: skip

DETECTOR = Detector(Kind.MY_NUMBER, find, headers(_THINGS), cell, priority=90)
