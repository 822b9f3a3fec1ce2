"""Telephone numbers as Japanese offices write them: hyphens, brackets, blanks, dots, +81, kanji numerals, broken lines.

Shapes follow the numbering plan of the Ministry of Internal Affairs and Communications (電気通信番号計画, 2019, with
060 for mobiles): eleven digits for mobiles and IP telephones, ten for land lines, whose exchange never begins with 0
or 1. ``phonenumbers`` (Google's libphonenumber) decides where the shape alone does not; a number grouped the Japanese
way or standing after a telephone word need not exist. Numbers of organisations are given too: the evidence then holds
one of ``ORGANISATION_WORDS``, and the caller decides.
Not found: a number without an area code and without a telephone word before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import phonenumbers

from mailguard.inspection.ja.kanji_digits import KANJI_DIGIT, KANJI_ZERO, kanji_digits_to_ascii
from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.inspection.words import Words, label_evidence
from mailguard.model.finding import Because, Evidence, Kind

PHONE_WORDS = Words(
    "電話", "電話番号", "TEL", "でんわ", "テル", "携帯", "携帯電話", "携帯番号", "ケータイ", "けいたい", "スマホ",
    "スマートフォン", "連絡先", "連絡番号", "自宅", "実家", "固定電話", "家電", "日中", "夜間", "緊急", "PHS",
    "phone", "mobile", "cell", "telephone", "☎", "☏", "📞", "📱", "📲",
)  # fmt: skip
"""Words that say that a telephone number follows."""

ORGANISATION_WORDS = Words(
    "代表", "大代表", "(代)", "直通", "内線", "FAX", "ファックス", "ファクス", "ファクシミリ", "問合せ", "問い合わせ",
    "問合わせ", "会場", "受付", "窓口", "事務局", "本社", "本店", "支店", "支社", "支部", "営業所", "本部", "会館",
    "ホテル", "旅館", "コールセンター", "サポート", "ヘルプデスク", "フリーダイヤル", "フリーコール", "ナビダイヤル",
    "お客様相談", "相談室", "相談センター", "所在地", "株式会社", "有限会社", "(株)", "(有)", "法人", "協会",
    "センター", "役所", "役場", "県庁", "市役所", "営業部", "総務部", "総務課", "担当課", "会社", "勤務先", "office",
    "fax", "reception", "toll-free", "toll free", "helpdesk", "hotline", "extension", "ext.",
)  # fmt: skip
"""Words beside a number that say that an organisation answers it."""

_PRIVATE = frozenset(
    {"携帯", "携帯電話", "携帯番号", "ケータイ", "スマホ", "自宅", "実家", "家電", "緊急", "日中", "夜間"}
)
_LABEL_ONLY_MAX = 10

_BEHIND = Words("代表", "大代表", "(代)", "直通", "内線", "会社", "勤務先", "受付", "事務局", "ext.", "extension")

_GAP = (
    r"(?:[ ]?\n[> ]{0,4}-|[ ]?-[ ]?\n[> ]{0,4}"
    r"|[ ]{0,2}[-.()\u2010-\u2015\u2212\u30fc\u2500\u301c~][-() ]{0,2}|[ ]{1,2})"
)
_NUMBER = re.compile(rf"(0(?<!\d0)[1-9]\d{{0,9}})(?:({_GAP})(\d{{1,8}})(?:({_GAP})(\d{{1,8}}))?)?(?!\d)")
_COUNTRY_IN_BRACKETS = re.compile(r"\(\+? ?81\)")
_JAPAN_ABROAD = re.compile(
    rf"\(?(?:\+[ ]?81|(?<![\d-])(?:0081|010-81|81(?=-)))\)?(?:{_GAP})?(?:\(0\)[ -]?|0)?"
    rf"([1-9]\d{{0,9}})(?:({_GAP})(\d{{1,8}})(?:({_GAP})(\d{{1,8}}))?)?(?!\d)"
)
_ABROAD = re.compile(r"\+(?![ ]?81)[1-9](?:[ .()-]{0,2}\d){7,13}(?!\d)")
_KANJI = re.compile(
    rf"(?<!{KANJI_DIGIT}){KANJI_ZERO}{KANJI_DIGIT}{{1,4}}"
    rf"(?:[-()\u2010-\u2015\u2212\u30fc\u2500\u4e00の・ ]{{0,3}}{KANJI_DIGIT}){{5,9}}(?!{KANJI_DIGIT})"
)
_CUT = re.compile(r"0(?<![\d-]0)(?:[\d-]{0,10}\d)?[ ]?\n[> ]{0,4}\d[\d-]{0,11}(?![\d-])")
_WHOLE = re.compile(r"0\d{1,4}-\d{1,4}-\d{4}")
_FULL_LINE = 24
"""Characters of a line that a program may have cut."""
_WITHOUT_AREA = re.compile(r"[2-9](?<![\d-].)\d{1,3}-\d{4}(?![\d-])")
_LABEL_BEFORE = re.compile(
    r"(?:電話|TEL|でんわ|携帯|自宅|連絡先|実家|phone)(?:番号)?[ :.は)\]】/]{0,4}\Z", re.IGNORECASE
)
_YEAR_AND_MONTH = re.compile(r"(?:19|20)\d\d-(?:0\d|1[0-2])")
_MOBILE = re.compile(r"0[6-9]0[1-9]\d{7}|050[1-9]\d{7}")
_FREE = re.compile(r"0120\d{6}|0800\d{7}")
_SHARED_COST = re.compile(r"0570\d{6}|0180\d{6}|0990\d{6}")
_LAND_LINE = re.compile(r"0(?![5-9]0|120|570|180|990)[1-9]\d{8}")
_BLANKS = re.compile(r"[ .\u30fc]+")
_BEFORE_MAX = 40

_OTHER_NUMBER = re.compile(
    r"(?:伝票|送り状|送状|追跡|貨物|荷物|注文|受注|発注|予約|確認|ロット|シリアル|製造|製品|商品|品番|型番|型式"
    r"|品目|JAN|ISBN|ISSN|IMEI|SKU"
    r"|契約|証券|請求|見積|納品|会議|ミーティング|ウェビナー|meeting|webinar|zoom|teams|パスコード|口座|会員|職員"
    r"|社員|組合員|従業員|学籍"
    r"|管理|受付|整理|受験|文書|決裁|稟議|郵便|〒|法人|登録|記号|顧客|お客様|申込|申請|お?問い?合わ?せ|案件"
    r"|チケット|ticket|order|invoice"
    r"|serial|tracking|account|version|ver|個人|保険者|被保険者|年金|免許|図書|蔵書|機器|資産|端末|工事|物件|部品"
    r"|カタログ|取引|承認|伝言"
    r"|通番|事件|議案|規格|識別|ユーザー?|user|customer|reference|ref|case)"
    r"[^\s0-9、。,]{0,4}?(?:番号|番|No\.?|コード|code|ID|number|#)"
    r"|(?:ロット|シリアル|JAN|ISBN|ISSN|IMEI|SKU|型番|品番|型式|S/N|P/N|品目|〒|txid|trace|epoch|UUID|ID|lot"
    r"|serial|passcode)",
    re.IGNORECASE,
)
_OTHER_ENDS = frozenset("号番式目〒ドトルン、,・/") | frozenset("OEDRNUPTSKCoedrnuptskc#.Zz")
_ONLY_NUMBERS = re.compile(r"[\s:.#は=第「『(\[<A-Z\-]{0,8}(?:[\dA-Z-]{4,16} ?[,、・/] ?){0,4}", re.ASCII)
_URL_TAIL = re.compile(
    r"(?:https?://|ftp://|www\.)[!-~]{0,200}$|[A-Za-z0-9_%][=&?#_%]$|[!-~]{1,40}/[A-Za-z0-9]{1,40}[=/]$"
)
_LETTERS_BEFORE = re.compile(r"[A-Za-z]{1,12}$")
_TELEPHONE_LETTERS = frozenset({"tel", "fax", "phone", "mobile", "cell", "t", "f", "m", "telfax", "ph", "mob", "hp"})
_MADE_OF = re.compile(r"\d{3,}")


def _is_valid(digits: str) -> bool:
    """Whether libphonenumber knows a block of numbers with this one in it. Takes national digits with the leading 0."""
    return phonenumbers.is_valid_number(phonenumbers.PhoneNumber(81, int(digits)))


def _can_be_number(digits: str, groups: list[str]) -> bool:
    """Whether digits have a telephone number's length and prefix, whatever stands around them."""
    if not 10 <= len(digits) <= 11 or (len(groups) == 3 and len(groups[2]) < 3):
        return False
    return bool(_MOBILE.fullmatch(digits) or _LAND_LINE.fullmatch(digits) or _service_word(digits))


def _service_word(digits: str) -> str:
    """The word for a number everybody calls a firm by; "" for all others."""
    if _FREE.fullmatch(digits):
        return "フリーダイヤル"
    return "ナビダイヤル" if _SHARED_COST.fullmatch(digits) else ""


def _confidence(groups: list[str], gaps: list[str], is_labelled: bool) -> float:
    """How sure these groups of digits are a telephone number by themselves; 0.0 where they are none."""
    digits = "".join(groups)
    if _MOBILE.fullmatch(digits):
        if len(groups) == 3 and [len(group) for group in groups] not in ([3, 4, 4], [4, 3, 4]):
            return 0.6 if is_labelled else 0.0
        return 0.97 if is_labelled else 0.9 if gaps else 0.75
    if _service_word(digits):
        return 0.9 if is_labelled or gaps else 0.0
    if not _LAND_LINE.fullmatch(digits):
        return 0.0
    if len(groups) == 3:
        return _land_line_confidence(groups, gaps, is_labelled)
    if is_labelled:
        return 0.85
    is_plain_city = len(groups) == 2 and (groups[0] in ("03", "06") or len(groups[1]) == 4) and "-" in gaps[0]
    return 0.7 if is_plain_city and _is_valid(digits) else 0.0


def _land_line_confidence(groups: list[str], gaps: list[str], is_labelled: bool) -> float:
    """The same for an area code, an exchange and a number; the exchange begins with 2 to 9."""
    area, exchange, number = groups
    if len(number) != 4 or not 2 <= len(area) <= 5 or exchange[0] in "01":
        return 0.85 if is_labelled and len(number) == 4 and 2 <= len(area) <= 5 and exchange[0] == "1" else 0.0
    if is_labelled:
        return 0.97
    if all(_BLANKS.fullmatch(gap) for gap in gaps):
        return 0.7 if _is_valid("".join(groups)) else 0.0
    return 0.9 if _is_valid("".join(groups)) else 0.75


def _stands_alone(text: Text, start: int, end: int, is_grouped: bool) -> bool:
    """Whether the characters around leave it a number of its own, not a piece of an address, a code or a longer one."""
    plain = text.plain
    if end < len(plain) and (
        (plain[end].isascii() and plain[end].isalnum())
        or plain[end] == "_"
        or (plain[end] in "-." and plain[end + 1 : end + 2].isalnum() and plain[end + 1 : end + 2].isascii())
    ):
        return False
    if start == 0:
        return True
    last = plain[start - 1]
    if last.isdigit() or (last in "-." and start > 1 and plain[start - 2].isdigit()):
        return False
    if last == " " and not is_grouped and start > 1 and plain[start - 2].isdigit():
        return False
    head = plain[max(0, start - 240) : start]
    head = head[max(head.rfind(" "), head.rfind("\n"), head.rfind("\t")) + 1 :]
    if _URL_TAIL.search(head):
        return False
    letters = _LETTERS_BEFORE.search(head)
    if letters is None and last in "-_" and start > 1 and plain[start - 2].isascii():
        letters = _LETTERS_BEFORE.search(head[:-1])
    return letters is None or letters[0].casefold() in _TELEPHONE_LETTERS


def _is_other_number(text: Text, start: int, label_distance: int | None) -> bool:
    """Whether a word of another kind of number stands right before, nearer than any telephone word."""
    window = text.before(start, _BEFORE_MAX)
    rest = window.rstrip(" :.#は=第「『([<-\n\t")
    if not rest or (not rest[-1].isdigit() and rest[-1] not in _OTHER_ENDS):
        return False
    for other in _OTHER_NUMBER.finditer(window):
        gap = len(window) - other.end()
        if label_distance is not None and label_distance <= gap:
            continue
        if _ONLY_NUMBERS.fullmatch(window, other.end()):
            return True
    return False


def _organisation_evidence(text: Text, start: int, end: int, digits: str, label: str = "") -> Iterator[Evidence]:
    """A word beside the number that says that an organisation answers it; none before a word for a private one."""
    if service := _service_word(digits):
        yield Evidence(Because.SHAPE, service)
        return
    near = None if label in _PRIVATE else ORGANISATION_WORDS.before(text, start, 24)
    if near is not None:
        between = text.before(start, near.distance)
        _, is_above, line = between.rpartition("\n")
        is_near = not is_above or not line.strip() or (len(line) <= _LABEL_ONLY_MAX and PHONE_WORDS.search(line))
        if is_near and not _MADE_OF.search(between):
            yield Evidence(Because.WORD_BEFORE, near.word, near.distance)
            return
    after = _BEHIND.after(text, end, 6)
    if after is not None and after.distance <= 2:
        yield Evidence(Because.WORD_AFTER, after.word, after.distance)


def _candidate(text: Text, start: int, end: int, groups: list[str], gaps: list[str]) -> Candidate | None:
    """The candidate these groups of digits are in their surroundings; None where they are no telephone number."""
    if not _can_be_number("".join(groups), groups) or not _stands_alone(text, start, end, len(groups) > 1):
        return None
    label = PHONE_WORDS.before(text, start, 24)
    is_labelled = label is not None and not _MADE_OF.search(text.before(start, label.distance))
    if label is None and (fax := ORGANISATION_WORDS.before(text, start, 8)) and fax.word.casefold() in ("fax", "代表"):
        label, is_labelled = fax, True
    confidence = _confidence(groups, gaps, is_labelled)
    if not confidence or _is_other_number(text, start, None if label is None else label.distance):
        return None
    digits = "".join(groups)
    evidence = [*(label_evidence(label) if is_labelled else ()), Evidence(Because.GROUPED if gaps else Because.SHAPE)]
    evidence += _organisation_evidence(text, start, end, digits, label.word if label and is_labelled else "")
    rule = "phone_number.labelled" if is_labelled else "phone_number.grouped" if gaps else "phone_number.shape"
    return Candidate(Kind.PHONE_NUMBER, start, end, confidence, rule, tuple(evidence), digits)


def _in_japan(text: Text, pattern: re.Pattern[str], is_abroad: bool) -> Iterator[Candidate]:
    """Numbers of Japan: of up to three groups the longest run that is one."""
    plain, position = text.plain, 0
    while found := pattern.search(plain, position):
        groups = [group for group in (found[1], found[3], found[5]) if group]
        gaps = [gap for gap in (found[2], found[4]) if gap]
        ends = [found.end(1), found.end(3), found.end(5)]
        position = found.end(1)
        for most in range(len(groups), 0, -1):
            taken = groups[:most]
            if is_abroad:
                taken = ["0" + taken[0], *taken[1:]]
            if most < len(groups) and "-" in gaps[most - 1] and "\n" not in gaps[most - 1]:
                continue
            start, end = _with_bracket(plain, found.start(), gaps[: most - 1]), ends[most - 1]
            candidate = _candidate(text, start, end, taken, gaps[: most - 1] or ["+"] * is_abroad)
            if candidate is not None:
                yield candidate
                position = candidate.end
                break


def _with_bracket(plain: str, start: int, gaps: list[str]) -> int:
    """Where the number begins: with the bracket around its area or country code, if one closes right behind it."""
    if plain[start] == "(":
        return start if _COUNTRY_IN_BRACKETS.match(plain, start) else start + 1
    return (
        start - 1 if gaps and ")" in gaps[0][:2] and "(" not in gaps[0] and plain[start - 1 : start] == "(" else start
    )


def _in_kanji(text: Text) -> Iterator[Candidate]:
    """Numbers written in kanji numerals."""
    for found in _KANJI.finditer(text.plain):
        groups = re.findall(r"\d+", kanji_digits_to_ascii(found[0]))
        if candidate := _candidate(text, found.start(), found.end(), groups, ["-"] * (len(groups) - 1)):
            yield candidate


def _cut_by_line_end(text: Text) -> Iterator[Candidate]:
    """Numbers with hyphens that a program cut where its line was full, between two digits."""
    for found in _CUT.finditer(text.plain):
        whole = _WHOLE.fullmatch(re.sub(r"[\s>]", "", found[0]))
        cut = text.plain.find("\n", found.start(), found.end())
        if whole is None or cut - text.plain.rfind("\n", max(0, cut - 200), cut) <= _FULL_LINE:
            continue
        if candidate := _candidate(text, *found.span(), whole[0].split("-"), ["-", "-"]):
            yield candidate


def _of_other_countries(text: Text) -> Iterator[Candidate]:
    """Numbers with a + and another country's code, where libphonenumber takes them or a word stands before."""
    for found in _ABROAD.finditer(text.plain):
        digits = "+" + "".join(character for character in found[0] if character.isdigit())
        label = PHONE_WORDS.before(text, found.start(), 24)
        try:
            number = phonenumbers.parse(digits)
        except phonenumbers.NumberParseException:
            continue
        if not _stands_alone(text, found.start(), found.end(), is_grouped=True):
            continue
        if phonenumbers.is_valid_number(number) or (label and phonenumbers.is_possible_number(number)):
            evidence = (*label_evidence(label), Evidence(Because.VALID_NUMBER))
            yield Candidate(
                Kind.PHONE_NUMBER, found.start(), found.end(), 0.85, "phone_number.abroad", evidence, digits
            )


def _without_area(text: Text) -> Iterator[Candidate]:
    """Exchange and number after a telephone word, as neighbours write them."""
    for found in _WITHOUT_AREA.finditer(text.plain):
        start, end = found.span()
        if not _LABEL_BEFORE.search(text.plain, max(0, start - 12), start) or _YEAR_AND_MONTH.match(found[0]):
            continue
        label = PHONE_WORDS.before(text, start, 16)
        evidence = (*label_evidence(label), *_organisation_evidence(text, start, end, ""))
        digits = found[0].replace("-", "")
        yield Candidate(Kind.PHONE_NUMBER, start, end, 0.6, "phone_number.without_area", evidence, digits)


def find(text: Text) -> Iterator[Candidate]:
    """All telephone numbers of a text."""
    yield from _in_japan(text, _NUMBER, is_abroad=False)
    if "81" in text.plain:
        yield from _in_japan(text, _JAPAN_ABROAD, is_abroad=True)
    if "+" in text.plain:
        yield from _of_other_countries(text)
    if any(zero in text.plain for zero in "〇○零"):
        yield from _in_kanji(text)
    if "\n" in text.plain:
        yield from _cut_by_line_end(text)
    yield from _without_area(text)


_CELL = re.compile(
    r"(?<!\d)(?:\(?\+?81\)?[ -]?(?:\(0\))?[ -]?)?\(?0?[1-9]\d{0,4}(?:[-.() ]{1,3}\d{1,8}){0,2}(?!\d)"
    r"|(?<!\d)\d{9,11}(?!\d)"
)
_LOCAL = re.compile(r"[2-9]\d{1,3}-\d{4}")
_NO_DIGIT = re.compile("[^0-9]+")
_LOST_ZERO = re.compile(r"[6-9]0[1-9]\d{7}|50[1-9]\d{7}|[1-9]\d{8}|120\d{6}")


def normal_form(plain: str) -> str:
    """What numbers count as: the digits with the leading 0, with + and country code only for other countries."""
    digits = _NO_DIGIT.sub("", kanji_digits_to_ascii(plain))
    if "+" in plain and not digits.startswith("81"):
        return "+" + digits
    if digits.startswith(("81", "0081")) and len(digits) >= 11:
        return "0" + digits.removeprefix("00")[2:].lstrip("0")
    return "0" + digits if _LOST_ZERO.fullmatch(digits) else digits


def cell(plain: str) -> tuple[int, int] | None:
    """The number in a cell of a telephone column, also one without its leading 0 or without an area code."""
    for found in _CELL.finditer(plain):
        digits = normal_form(found[0])
        if _MOBILE.fullmatch(digits) or _LAND_LINE.fullmatch(digits) or _service_word(digits):
            return found.span()
        if _LOCAL.fullmatch(found[0]):
            return found.span()
    found_kanji = _KANJI.search(plain)
    if found_kanji is not None:
        return found_kanji.span()
    abroad = _ABROAD.search(plain)
    return None if abroad is None else abroad.span()


def _headers() -> frozenset[str]:
    """Names of columns: whose, which telephone, and the word for it."""
    owners = (
        "", "本人", "自宅", "実家", "会員", "職員", "組合員", "保護者", "生徒", "児童", "父", "母", "申込者",
        "代表者", "緊急", "緊急時", "日中", "送付先", "配送先", "届け先", "お届け先", "届先", "帰省先", "利用者",
        "受診者", "参加者", "受講者", "契約者", "加入者", "新", "旧", "変更後", "変更前", "配偶者", "被扶養者",
        "講師", "担当者", "お客様", "顧客", "ご連絡先", "連絡先", "個人", "登録",
    )  # fmt: skip
    things = (
        "電話", "電話番号", "tel", "tel番号", "telno", "℡", "携帯", "携帯電話", "携帯電話番号", "携帯番号", "携帯tel",
        "ケータイ", "固定電話", "固定電話番号", "自宅電話", "自宅電話番号", "自宅tel", "連絡先", "連絡先電話",
        "連絡先電話番号", "連絡先tel", "連絡先携帯", "電話連絡先", "緊急連絡先", "スマホ", "スマートフォン", "phone",
        "mobile", "電話no", "携帯no", "電話携帯", "電話自宅", "電話番号携帯", "電話番号自宅", "電話番号固定",
        "電話番号日中", "tel携帯", "tel自宅", "連絡先番号",
    )  # fmt: skip
    ends = ("", "1", "2", "①", "②", "ハイフンなし", "ハイフンあり", "半角", "日中")
    english = (
        "telephone", "telephonenumber", "phonenumber", "phoneno", "mobilephone", "mobilenumber", "mobileno", "cell",
        "cellphone", "cellnumber", "homephone", "hometel", "contactnumber", "emergencycontact", "mobiletel",
        "telmobile", "contactno", "emergencyphone", "phone1", "phone2", "tel1", "tel2",
    )  # fmt: skip
    japanese = (header_key(owner + thing + end) for owner, thing, end in product(owners, things, ends))
    with_no = (header_key(owner + "の" + thing) for owner, thing in product(owners[1:], things))
    return frozenset((*japanese, *with_no, *english))


DETECTOR = Detector(Kind.PHONE_NUMBER, find, _headers(), cell, priority=40, normal=normal_form)
