"""Dates of birth: western and Japanese years, eight digits, kanji numerals, English; only where a word says so.

The value is the date without 生 or 生まれ. A date counts when the calendar has it and a word for birth stands right
after it (生, 生まれ), before it (生年月日, DOB) with no other date's word nearer, or when it repeats, a line on, the
shape of one that did; an age or a sex beside it is weaker. Eras: Meiji 1868-1912, Taisho 1912-1926, Showa 1926-1989,
Heisei 1989-2019, Reiwa since 2019 (era law 元号法 and the orders under it); months are not held against the day an era
changed, people write 昭和64年3月 too. Era digits 1 to 5 before six digits are those of social insurance forms.
Birth years 1868 to 2030. Not found: a year or a month and day alone.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from itertools import product

from mailguard.inspection.ja.kanji_digits import kanji_number
from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.model.finding import Because, Evidence, Kind

_FIRST_YEAR, _LAST_YEAR = 1868, 2030
_ERAS = {
    "明": (1867, 45), "大": (1911, 15), "昭": (1925, 64), "平": (1988, 31), "令": (2018, 12),
    "m": (1867, 45), "t": (1911, 15), "s": (1925, 64), "h": (1988, 31), "r": (2018, 12),
    "1": (1867, 45), "2": (1911, 15), "3": (1925, 64), "4": (1988, 31), "5": (2018, 12),
}  # fmt: skip
"""For an era's first sign: the year before its first, and its last year."""
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}

_ERA = r"[明大昭平令MTSHRmtshr](?<![A-Za-z0-9][MTSHRmtshr])(?:[治正和成](?<=明治|大正|昭和|平成|令和))?"
_KANJI = "[〇○零一二三四五六七八九十]"
_MONTH = r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:[a-z]{1,6})?\.?"
_ASIDE = r"(?: ?\([^()\n]{2,9}\))?"
_WESTERN = re.compile(
    r"([12][890][0-9]\d(?<![\d.,/-]\d{4}))"
    rf"{_ASIDE}\s{{0,2}}(?:年{_ASIDE}\s{{0,2}}(\d{{1,2}})\s{{0,2}}月\s{{0,2}}(\d{{1,2}})(?:\s{{0,2}}日)?"
    r"|([-/.])\s?(\d{1,2})\s?\4\s?(\d{1,2}))(?![\d]|[-/.,]\d)"
)
_JAPANESE = re.compile(
    rf"({_ERA})[\s.]{{0,2}}(元|\d{{1,2}}){_ASIDE}\s{{0,2}}[年./-]{_ASIDE}\s{{0,2}}(\d{{1,2}})\s{{0,2}}[月./-]"
    r"\s{0,2}(\d{1,2})(?:\s{0,2}日)?(?![\d]|[-/.,]\d)"
)
_IN_KANJI = re.compile(
    rf"(?:([明大昭平令][治正和成]?)({_KANJI}{{1,3}}|元)|([一二][九八〇○零]{_KANJI}{{2}}))年"
    rf"({_KANJI}{{1,3}})月({_KANJI}{{1,3}})日"
)
_KANJI_YEARS = tuple(f"{digit}年" for digit in "〇○零一二三四五六七八九十元")
_DIGITS = re.compile(r"([MTSHR1-5])(?<![\dA-Za-z.,-].)(\d{6,7})(?![\d-])")
_ENGLISH = re.compile(
    rf"(?<![\d/])(\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]{{1,2}}{_MONTH},?[ -]{{1,2}}(1[89]\d\d|20[0-3]\d)(?!\d)"
    rf"|{_MONTH} ?(\d{{1,2}})(?:st|nd|rd|th)?(?:, ?| )(1[89]\d\d|20[0-3]\d)(?!\d)",
    re.IGNORECASE,
)
_ENGLISH_DIGITS = re.compile(r"(\d(?<![\d/.-].)\d?)([-/.])(\d{1,2})\2(1[89]\d\d|20[0-3]\d)(?![\d]|[-/.]\d)")

_HINTS = (
    "生年",
    "生 年",
    "生  年",
    "生   年",
    "生ま",
    "生れ",
    "産まれ",
    "うまれ",
    "誕生",
    "日生",
    "出生",
    "日 生",
    "年齢",
    "歳",
    "才",
    "男",
    "女",
    "性別",
)
_BORN_BEHIND_DIGIT = re.compile(r"生(?<=[\d)][生])|生(?<=\d 生)")
_HINTS_ENGLISH = ("birth", "born", "dob", "d.o.b")
_BORN_AFTER = re.compile(
    r"[ ]?\(?[ ]?(?:生まれ|生れ|産まれ|うまれ|誕生(?!会)|出生|生(?![年命活徒物産協涯前花])|born\b)"
)
_BESIDE = re.compile(
    r"[\s,、・/(]{0,3}(?:(?:満|当時|現在)?[ ]?\d{1,3}[ ]?[歳才]|(?:男|女)(?:性|子)?(?![一-龥ぁ-ん])"
    r"|[MF](?![A-Za-z])|(?:age|aged) \d)"
)
_BESIDE_BEFORE = re.compile(r"(?:(?:男|女)(?:性|子)?|\d{1,3}[ ]?[歳才])[\s,、・/)]{1,3}(?:[ ]?\()?$")
_BIRTH_BEFORE = re.compile(
    r"生 {0,3}年 {0,3}月 {0,3}日|生年(?:月)?|誕生日(?!会)|誕生年月日"
    r"|誕生(?!日?会)|出生年月日|出生日|出生(?!届)|生まれ|生れ"
    r"|date[ _]of[ _]birth"
    r"|birth ?date|birth ?day|birth_date|\bbirth\b"
    r"|\bborn(?: on)?|\bd\.?o\.?b\b\.?",
    re.IGNORECASE,
)
_OTHER_BEFORE = re.compile(
    r"(?:年度|発行|作成|期限|期日|締め?切り?|採用|入会|入社|入職|加入|取得|退職|退会|喪失|施行|現在|予定|有効|開催"
    r"|日時|更新|交付|支払|支給|受診|発生"
    r"|提出|登録|変更|卒業|入学|修了|就任|任期|改定|認定|申請|申込|受付|予約|納期|納品|請求|発送|到着|処理|届出"
    r"|異動|発令|死亡|逝去|結婚|婚姻"
    r"|離婚|出産予定|予防|接種|検査|診断|初診|手術|入院|退院|実施|記入|掲載|回答|契約|満了|開始|終了|基準|送信"
    r"|受信|日付|宿泊|利用|研修|期間|年 ?月 ?日(?<!生年月日)(?<!生 年 月 日)"
    r")(?![者人])"
    r"|date of (?:issue|expiry|hire)|\bexp\b|expir|issued?|valid|hired?|joined|deadline|due|sent|updated|from|until",
    re.IGNORECASE,
)
_SIX_DIGITS = re.compile(
    r"(?:生年月日|誕生日|出生日|\bdob|birth_?(?:day|date)?)[\"']?[ \t]?(?:\([^()\n]{1,12}\))?[ \t]?[:=][ \t]?[\"']?"
    r"(?=(\d\d)(\d\d)(\d\d)(?!\d))",
    re.IGNORECASE,
)
"""Year, month and day of an era that another field names."""
_BLANKS = re.compile(r"[\s-]+")
_HAS_SIX = re.compile(r"[:=][ \t]?[\"']?\d{6}(?!\d)")
_OTHER_DATE = re.compile(r"\d[年/.]\s?\d{1,2}[月/.]")
_DEADLINE = re.compile(
    r"[ ]?(?:\([月火水木金土日]\))?(?:[~〜]|まで|迄|以降|以前|現在|時点|に?開催|締|必着|頃|から|付|より|に(?!生))"
)
_DIRECT_GAP = re.compile(
    r"[\s:：は=|,、・/>\-)\]】」]{0,8}(?:[(（\[](?:西暦|和暦|年月日|[^()\d\n]{1,8})[)\]]|西暦"
    r"|和暦)?[\s:：は=|>\-「(]{0,6}(?:is |on )?"
)
_BEFORE_MAX = 60
_SERIES_MAX = 240
_SERIES_YEAR_END = 2024


def _born(year: int | None, month: int | None, day: int | None) -> tuple[int, int, int] | None:
    """The date as year, month, day; None where the calendar has no such day or nobody is born in that year."""
    if year is None or month is None or day is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        return None
    return year, month, day


def _era_year(era: str, year: str) -> int | None:
    """The western year of an era's year; None where the era has none of that number."""
    before, last = _ERAS[era[0].casefold()]
    number = kanji_number(year)
    return before + number if number is not None and 1 <= number <= last else None


def _of_western(found: re.Match[str]) -> tuple[int, int, int] | None:
    month, day = (found[2], found[3]) if found[2] else (found[5], found[6])
    return _born(int(found[1]), int(month), int(day))


def _of_japanese(found: re.Match[str]) -> tuple[int, int, int] | None:
    return _born(_era_year(found[1], found[2]), int(found[3]), int(found[4]))


def _of_kanji(found: re.Match[str]) -> tuple[int, int, int] | None:
    year = _era_year(found[1], found[2]) if found[1] else kanji_number(found[3])
    return _born(year, kanji_number(found[4]), kanji_number(found[5]))


def _of_digits(found: re.Match[str]) -> tuple[int, int, int] | None:
    sign, rest = found[1], found[2]
    if len(rest) == 6:
        return _born(_era_year(sign, rest[:2]), int(rest[2:4]), int(rest[4:]))
    return _born(int(sign + rest[:3]), int(rest[3:5]), int(rest[5:])) if sign in "12" else None


def _of_english(found: re.Match[str]) -> tuple[int, int, int] | None:
    day, month, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    return _born(int(year), _MONTHS[month[:3].casefold()], int(day))


def _of_english_digits(found: re.Match[str]) -> tuple[int, int, int] | None:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    return _born(year, first, second) or _born(year, second, first)


_SHAPES = (
    ("western", _WESTERN, _of_western),
    ("era", _JAPANESE, _of_japanese),
    ("kanji", _IN_KANJI, _of_kanji),
    ("digits", _DIGITS, _of_digits),
    ("english", _ENGLISH, _of_english),
    ("english_digits", _ENGLISH_DIGITS, _of_english_digits),
)


def normal_form(plain: str) -> str:
    """What dates count as: as typed, without blanks and hyphens."""
    return _BLANKS.sub("", plain)


def _last(pattern: re.Pattern[str], window: str) -> re.Match[str] | None:
    """The last place of a window that fits; None where none does."""
    every = list(pattern.finditer(window))
    return every[-1] if every else None


def _label_before(text: Text, start: int, end: int) -> tuple[float, Evidence] | None:
    """How sure the words before make it, with the word; None where none is for birth, or another date's is nearer."""
    window = text.before(start, _BEFORE_MAX)
    birth = _last(_BIRTH_BEFORE, window)
    if birth is None:
        return None
    gap = window[birth.end() :]
    evidence = Evidence(Because.WORD_BEFORE, birth[0], len(gap))
    if _DIRECT_GAP.fullmatch(gap):
        return 0.97, evidence
    if "。" in gap or "を" in gap or _OTHER_BEFORE.search(gap) or _OTHER_DATE.search(gap):
        return None
    if _DEADLINE.match(text.after(end, 8)):
        return None
    return 0.75, evidence


def _judged(text: Text, start: int, end: int) -> tuple[float, tuple[Evidence, ...], str] | None:
    """Confidence, evidence and rule of a date by what stands around it; None where nothing says birth."""
    calendar = Evidence(Because.CALENDAR)
    after = text.after(end, 12)
    if born := _BORN_AFTER.match(after):
        return 0.97, (Evidence(Because.WORD_AFTER, born[0].strip(" (")), calendar), "birth_date.born"
    if label := _label_before(text, start, end):
        return label[0], (label[1], calendar), "birth_date.labelled"
    before = text.before(start, 24)
    beside = _BESIDE.match(after)
    beside_before = _BESIDE_BEFORE.search(before)
    if (beside or beside_before) and not _DEADLINE.match(after) and not _OTHER_BEFORE.search(before):
        word = "歳" if "歳" in (beside or beside_before or [""])[0] else "男・女"
        because = Because.WORD_AFTER if beside else Because.WORD_BEFORE
        return 0.7, (Evidence(because, word), calendar), "birth_date.beside"
    return None


def find(text: Text) -> Iterator[Candidate]:
    """All dates of birth of a text."""
    plain = text.plain
    lowered = plain.casefold()
    is_english = any(hint in lowered for hint in _HINTS_ENGLISH)
    if not is_english and not any(hint in plain for hint in _HINTS) and not _BORN_BEHIND_DIGIT.search(plain):
        return
    for six in _SIX_DIGITS.finditer(plain) if _HAS_SIX.search(plain) else ():
        if _born(1900 + int(six[1]), int(six[2]), int(six[3])):
            evidence = (Evidence(Because.WORD_BEFORE, six[0].strip(" :=\"'")[:20]), Evidence(Because.CALENDAR))
            value = plain[six.start(1) : six.end(3)]
            yield Candidate(Kind.BIRTH_DATE, six.start(1), six.end(3), 0.85, "birth_date.six_digits", evidence, value)
    for shape, pattern, date_of in _SHAPES:
        if shape == "kanji" and not any(year in plain for year in _KANJI_YEARS):
            continue
        if shape == "english" and not any(month in lowered for month in _MONTHS):
            continue
        last_end, last_date = -_SERIES_MAX, None
        for found in pattern.finditer(plain):
            date = date_of(found)
            if date is None:
                continue
            start, end = found.span()
            judged = _judged(text, start, end)
            is_next = start - last_end < _SERIES_MAX and "\n" in plain[last_end:start] and date[0] < _SERIES_YEAR_END
            if judged is None and is_next and not _OTHER_BEFORE.search(text.before(start, 16)):
                judged = 0.65, (Evidence(Because.SERIES), Evidence(Because.CALENDAR)), "birth_date.series"
            if judged is None or (date == last_date and start - last_end < 16 and "\n" not in plain[last_end:start]):
                continue
            last_end, last_date = end, date
            yield Candidate(Kind.BIRTH_DATE, start, end, judged[0], judged[2], judged[1], normal_form(found[0]))


_SHORT_YEAR = re.compile(r"'?(\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?![\d])|(?<!\d)(\d\d)(\d\d)(\d\d)(?!\d)")
_CODE_WITH_HYPHEN = re.compile(r"([1-5MTSHRmtshr])-(\d\d)(\d\d)(\d\d)")
_SERIAL = re.compile(r"([1-9]\d{0,4})(?:\.0{1,6})?")
_SERIAL_MAX = 60_000


def _short_year_day(found: re.Match[str]) -> bool:
    year, month, day = (int(part) for part in found.groups() if part is not None)
    return _born(2000 + year if year < 30 else 1900 + year, month, day) is not None


def cell(plain: str) -> tuple[int, int] | None:
    """The date in a cell of a column of birth dates, also with two digits of the year or as a sheet's day number."""
    stripped = plain.strip()
    offset = plain.find(stripped) if stripped else 0
    if not 1 <= len(stripped) <= 60:
        return None
    for _, pattern, date_of in _SHAPES:
        found = pattern.search(stripped)
        if found is not None and date_of(found) is not None:
            return offset + found.start(), offset + found.end()
    code = _CODE_WITH_HYPHEN.fullmatch(stripped)
    if code is not None and _born(_era_year(code[1], code[2]), int(code[3]), int(code[4])) is not None:
        return offset, offset + code.end()
    short = _SHORT_YEAR.match(stripped)
    if short is not None and _short_year_day(short):
        return offset, offset + short.end()
    serial = _SERIAL.fullmatch(stripped)
    if serial is not None and int(serial[1]) <= _SERIAL_MAX:
        return offset, offset + serial.end(1)
    return None


def _headers() -> frozenset[str]:
    """Names of columns: whose and the word for the date."""
    owners = (
        "", "本人", "会員", "組合員", "職員", "社員", "従業員", "被扶養者", "配偶者", "子", "子ども", "お子様",
        "児童", "生徒", "園児", "学生", "受診者", "被保険者", "加入者", "申込者", "利用者", "対象者", "患者",
        "保護者", "参加者", "受講者", "契約者", "扶養親族", "家族", "妻", "夫", "父", "母", "宿泊者", "講師",
        "代表者", "請求者", "世帯主", "被共済者", "受取人", "ご本人", "旅行者",
    )  # fmt: skip
    things = (
        "生年月日", "誕生日", "誕生年月日", "お誕生日", "出生日", "出生年月日", "生まれ", "生まれた日",
        "生年月日年齢", "生年", "生年月日西暦", "生年月日和暦", "生年月日元号", "西暦生年月日", "和暦生年月日",
        "生年月日yyyymmdd", "生年月日8桁", "生年月日半角", "生年月日数字8桁", "誕生日西暦", "生年月日満年齢",
        "生年月日性別",
    )  # fmt: skip
    english = (
        "dob", "date of birth", "birth date", "birthday", "birth", "birthdate(yyyy/mm/dd)", "date of birth(yyyy/mm/dd)",
        "date of birth(dd/mm/yyyy)", "date of birth (mm/dd/yyyy)", "born", "生年月日 date of birth", "生年月日dob",
    )  # fmt: skip
    japanese = (header_key(owner + joint + thing) for owner, joint, thing in product(owners, ("", "の"), things))
    return frozenset((*japanese, *(header_key(name) for name in english)))


DETECTOR = Detector(Kind.BIRTH_DATE, find, _headers(), cell, priority=35, normal=normal_form)
