"""Postal addresses, from the prefecture (or the municipality, where that is left out) to the number.

Reads the municipality from the gazetteer, then the longest known quarter or an unknown one, then the number in every
usual form; buildings are left out. An unknown quarter is found at a lower confidence, for lists of quarters are
never complete. A municipality with a quarter but without a number counts only where a label says that an address
follows. Addresses of organisations are found like any other: ``ORGANISATION_WORDS`` tells who writes them.

Known limits: villages of the past without a prefecture before them need a label or a postal code; a number that stands
in another cell or more than one line below is not joined.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from mailguard.inspection.ja import romaji_address
from mailguard.inspection.ja.address_number import house_number
from mailguard.inspection.ja.address_place import Address, Quarter, after_label, place_ends, read_address
from mailguard.inspection.ja.gazetteer import is_business_code
from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.inspection.words import Words
from mailguard.model.finding import Because, Evidence, Kind

__all__ = ["ADDRESS_WORDS", "DETECTOR", "ORGANISATION_WORDS", "is_business_code"]

_OWNERS = (
    "", "自宅", "現", "新", "旧", "本人", "会員", "組合員", "職員", "社員", "従業員", "加入者", "受診者",
    "利用者", "申込者", "申請者", "請求者", "届出者", "契約者", "被保険者", "保護者", "送付先", "配送先",
    "発送先", "送り先", "届け先", "お届け先", "納品先", "連絡先", "帰省先", "居住地", "実家", "登録",
    "郵送先", "転居先", "転居前", "転居後", "変更前", "変更後", "受取人", "世帯主", "患者", "顧客", "お客様",
    "ご", "御", "届出", "住民票", "緊急連絡先", "児童", "生徒", "教職員", "本籍地",
)  # fmt: skip
_OTHER_LABELS = (
    "自宅", "ご自宅", "居所", "現居所", "居住地", "現住地", "本籍", "本籍地", "送付先", "送り先", "発送先",
    "配送先", "お届け先", "届け先", "届先", "送付先住所", "郵送先", "転居先", "引越先", "実家", "帰省先",
    "住居地", "住まい", "お住まい", "滞在先",
    "住居", "居住所", "住所または居所", "住所又は居所", "Address", "Home address", "Residence", "Home",
)  # fmt: skip
_PARTS = (
    "都道府県", "市区町村", "町名番地", "市町村", "町名", "番地", "丁目番地", "町域", "町域番地", "番地等",
    "都道府県名", "市区郡", "郡市区", "郡市区町村", "以降の住所", "それ以降の住所", "町村名番地",
    "市区町村番地",
)  # fmt: skip

ADDRESS_WORDS = Words(*{f"{owner}住所" for owner in _OWNERS}, *_OTHER_LABELS)
"""What stands before somebody's address."""

ORGANISATION_WORDS = Words(
    "会場", "開催場所", "場所", "所在地", "所在", "本社", "本店", "本部", "本校", "本院", "支社", "支店",
    "支部", "営業所", "事業所", "事務所", "事務局", "工場", "出張所", "店舗", "勤務地", "勤務先", "ホテル",
    "旅館", "会館", "会議室", "ホール", "センター", "プラザ", "スタジアム", "体育館", "公民館", "図書館",
    "美術館", "博物館", "劇場", "株式会社", "有限会社", "合同会社", "(株)", "(有)", "法人", "財団", "社団",
    "協同組合", "協会", "連盟", "連合会", "商工会", "大学", "高校", "高等学校", "中学校",
    "小学校", "学校", "学園", "幼稚園", "保育園", "病院", "医院", "クリニック", "診療所", "薬局", "市役所",
    "区役所", "町役場", "村役場", "役場", "県庁", "都庁", "府庁", "道庁", "警察署", "消防署", "税務署",
    "年金事務所", "労働基準監督署", "ハローワーク", "郵便局", "銀行", "信用金庫", "裁判所", "教育委員会",
    "御中", "本館", "別館", "アクセス", "最寄り駅", "弊社", "当社", "貴社", "当館", "当会", "大使館",
    "研究所", "営業部", "Inc.", "Co., Ltd.", "Ltd.", "Corporation", "Hotel", "University", "Head office",
    "Venue",
)  # fmt: skip
"""Words that say whose address this is when it is no person's: the place of an event, a firm, a school, an office."""

# As the header of a column these may stand over names or telephone numbers.
_ONLY_LABELS = frozenset(
    {
        "自宅", "ご自宅", "実家", "送付先", "送り先", "発送先", "配送先", "お届け先", "届け先", "届先", "郵送先",
        "Home", "Residence",
    }
)  # fmt: skip
_HEADERS = frozenset(
    {
        honorific + word + part
        for honorific in ("", "ご", "御")
        for word in (*(ADDRESS_WORDS.words - _ONLY_LABELS), *_PARTS)
        for part in ("", "1", "2", "3", "上段", "下段", "漢字", "全角")
    }
    | {"addr", "address1", "address2", "street", "city", "prefecture", "state"}
)

_WORD = "|".join(map(re.escape, sorted(ADDRESS_WORDS.words, key=len, reverse=True)))
_POSTAL_CODE = r"(?:[\u3012\u3036]|郵便番号)?[ :]{0,2}(?<![0-9-])[0-9]{3}-?[0-9]{4}(?![0-9-])"
_LABEL = re.compile(
    rf"({_WORD}|住[ \t]{{1,4}}所)[ \t]{{0,3}}(?:\([^()\n]{{0,12}}\))?[ \t]{{0,3}}[】\])〕》>:=→は|,]?"
    rf"[ \t:=]{{0,4}}\n?[ \t]{{0,4}}(?:{_POSTAL_CODE})?[ \t,]{{0,4}}\n?[ \t]{{0,4}}$",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(住[ \t]{0,4}所|住居地?|居住地|自宅|居所|本籍地?|送付先|送り先|届け?先|転居先|実家)(?:\([^()\n]{0,12}\))?"
    r"(?:[ \t]{0,3}[】\])〕:=→][ \t:=]{0,4}|[ \t]{1,6}|は|[ \t]{0,3}\n[ \t]{0,4})"
    rf"(?:{_POSTAL_CODE}[ \t]{{0,4}}\n?[ \t]{{0,4}})?"
)
_LABEL_NEAR = re.compile("住[ \t]{0,4}所|自宅|居所|本籍|居住|先|実家")
_POSTAL = re.compile(rf"{_POSTAL_CODE}[ \t,)]{{0,4}}\n?[ \t]{{0,4}}$")
_BEFORE_CELL = re.compile(rf"[\s(\u3012]{{0,6}}(?:{_POSTAL_CODE})?[\s),]{{0,6}}")
_DROPPED = re.compile(r"[\s>\-\u2010-\u2015\u2212]")
_DIGIT = re.compile(r"[1-9]|[一二三四五六七八九十百](?:丁目|番|条|[-\u2010-\u2015\u2212\u30fcのノ])")
_NUMBER_WITHIN = 56

_LATER_DIGIT = re.compile(r"(?<=[-番の目])[0-9]|(?<=[-番の目][0-9])[0-9]|(?<=[-番の目][0-9]{2})[0-9]")
"""Digits of the numbers behind the first one."""

_PLACE_CELL = re.compile("[\u3005-\u3007\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u9fff ]{2,24}")
_NO_ADDRESS = re.compile(
    "同上|^なし|無し|不明|未定|非公開|省略|該当|変更|確認|右記|左記|別紙|同じ|住所|マンション|ハイツ|コーポ|アパート|号室|ビル|メゾン"
    "|レジデンス|ハイム|ヴィラ|パーク|タワー|寮|宿舎|社宅"
    r"|(?:職員|市営|県営|町営|村営|都営|公営|公務員)住宅|官舎|公舎|様方|荘[ 0-9]|[0-9]号?室"
)

_CONFIDENCE = {Quarter.KNOWN: 0.92, Quarter.PARTLY_KNOWN: 0.85, Quarter.UNKNOWN: 0.75, Quarter.NONE: 0.7}
_GROUND = {
    Quarter.KNOWN: Because.KNOWN_PLACE,
    Quarter.PARTLY_KNOWN: Because.KNOWN_PLACE,
    Quarter.UNKNOWN: Because.UNKNOWN_PLACE,
    Quarter.NONE: Because.KNOWN_PLACE,
}


def find(text: Text) -> Iterator[Candidate]:
    """The addresses of a text, Japanese and romaji; no two overlap but for a romaji one within a Japanese one."""
    plain = text.plain
    starts: list[int] = []
    done = 0
    for end in place_ends(plain):
        if end <= done:
            continue
        if not _DIGIT.search(plain, end, end + _NUMBER_WITHIN) and not _LABEL_NEAR.search(plain, max(0, end - 40), end):
            continue
        address = read_address(plain, end)
        if address is None or address.start < done:
            continue
        done = address.end
        starts.append(address.start)
        yield _judged(plain, address)
    yield from _labelled_only(plain, starts)
    for start, stop in romaji_address.spans(plain):
        label = _label(plain, start, start)
        yield _candidate(plain, start, stop, 0.9 if label else 0.8, "romaji", label)


def _judged(plain: str, address: Address) -> Candidate:
    """How sure an address is, and why."""
    label = _label(plain, address.start, address.start)
    evidence = [Evidence(_GROUND[address.quarter] if address.is_known else Because.UNKNOWN_PLACE), *label]
    number = address.number
    if number is None:
        confidence = 0.6 if label else 0.35
        return _candidate(plain, address.start, address.end, confidence, "no_number", evidence)
    confidence = _CONFIDENCE[address.quarter] if address.is_known else 0.7
    rule = "known" if address.is_known and address.quarter is Quarter.KNOWN else "unknown_quarter"
    if not address.has_prefecture and address.quarter is not Quarter.KNOWN:
        confidence -= 0.1
    if not number.is_strong:
        confidence -= 0.1 if address.has_prefecture else 0.2
    if number.is_block:
        confidence = min(confidence, 0.45 if number.is_prose else 0.75)
    if _POSTAL.search(plain, max(0, address.start - 18), address.start):
        confidence = min(0.95, max(confidence, 0.75) + 0.05)
        evidence.append(Evidence(Because.POSTAL_CODE))
    if label:
        confidence = max(confidence, 0.9) + 0.03
    return _candidate(plain, address.start, address.end, confidence, rule, evidence)


def _labelled_only(plain: str, starts: Sequence[int]) -> Iterator[Candidate]:
    """Addresses that leave out the municipality, where a label announces them."""
    if not any(word in plain for word in ("住", "自宅", "先", "居所", "本籍", "実家")):
        return
    for label in _LABELLED.finditer(plain):
        at = bisect_left(starts, label.end())
        if at < len(starts) and starts[at] < label.end() + 24:
            continue
        address = after_label(plain, label.end())
        if address is not None:
            evidence = (Evidence(Because.LABEL, "".join(label[1].split())), Evidence(Because.UNKNOWN_PLACE))
            yield _candidate(plain, address.start, address.end, 0.7, "labelled", evidence)


def _label(plain: str, start: int, end: int) -> tuple[Evidence, ...]:
    """The label that ends right before a place (or before one between two places), as evidence."""
    found = _LABEL.search(plain, max(0, start - 36), max(0, end))
    if found is None:
        return ()
    word = found[1] if found[1].isascii() else "".join(found[1].split())
    return (Evidence(Because.LABEL, word),)


def _candidate(plain: str, start: int, end: int, confidence: float, rule: str, why: Iterable[Evidence]) -> Candidate:
    value = _DROPPED.sub("", plain[start:end])
    return Candidate(Kind.POSTAL_ADDRESS, start, end, round(confidence, 2), f"postal_address.{rule}", tuple(why), value)


def cell(value: str) -> tuple[int, int] | None:
    """The address inside a cell of a column of addresses, or a part of one: a prefecture, a quarter with its number.

    None for a cell that holds only a building, a remark, or nothing.
    """
    first = _BEFORE_CELL.match(value)
    start = first.end() if first else 0
    stop = len(value.rstrip())
    if start >= stop:
        return None
    return _in_cell(_LATER_DIGIT.sub("1", value), start, stop)


@lru_cache(maxsize=4096)
def _in_cell(value: str, start: int, stop: int) -> tuple[int, int] | None:
    """The same for a cell whose later numbers are all ones: how many digits they have matters, not which."""
    known: tuple[int, int] | None = None
    for end in place_ends(value):
        address = read_address(value, end)
        if address is not None and (address.number is not None or address.end >= stop):
            return address.start, address.end
        if address is not None and known is None:
            known = address.start, address.end
    for span in romaji_address.spans(value):
        return span
    if _NO_ADDRESS.search(value):
        return known
    if (partial := after_label(value, start)) is not None:
        return partial.start, partial.end
    if (number := house_number(value, start, apart=True)) is not None and number.is_strong:
        return start, number.end
    return (start, stop) if _PLACE_CELL.fullmatch(value, start, stop) else known


DETECTOR = Detector(
    kind=Kind.POSTAL_ADDRESS,
    find=find,
    headers=frozenset(header_key(header) for header in _HEADERS),
    cell=cell,
    priority=20,
)
