"""Health and care insurance: the 番号 of the insured, and the 保険者番号 with its check digit. 記号, 枝番 only support.

The 番号 has one to ten digits and no check, so it counts behind a label of its own (組合員証番号, 被保険者番号), or
as 番号 behind a 記号 where the text is about insurance and not about the post bank, which writes 記号 and 番号 as well.
A 保険者番号 with a wrong check digit is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.check_digits import is_insurer_number
from mailguard.inspection.digits import is_amount, may_end, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import labels_between, said_of, word_in
from mailguard.inspection.text import Candidate, Detector, Text
from mailguard.inspection.words import Words
from mailguard.model.finding import Because, Evidence, Kind

_ABOUT = Words(
    "保険", "組合員証", "被保険者", "資格確認書", "公立", "共済", "健保", "国保", "資格情報", "加入者証", "被扶養者",
    "協会けんぽ", "健康保険", "資格取得", "資格喪失", "枝番", "任意継続", "insurance", "insured", "受診", "医療証",
)  # fmt: skip
_ABOUT_POST = Words("ゆうちょ", "郵便局", "郵貯", "通帳", "貯金", "口座", "振込", "振替", "銀行", "送金")
_HINT = re.compile("保険|組合員|健保|国保|資格確認|資格情報|加入者|被扶養者|高齢受給|任継|記号|nsur|NSUR")
_GAP = r"[ \t\u3000]*(?:\n[ \t]*)?"
_SYMBOL = r"(?!番)[0-9A-Za-z\u3041-\u309f\u30a1-\u30fa\u30fc\u4e00-\u9fff\u3005-]{1,10}"
_PAIR = re.compile(
    rf"記{_GAP}号[ \t]*[::=]?{_GAP}({_SYMBOL})[ \t\n、,・/|-]{{0,4}}(?:被保険者等?)?(?:番{_GAP}号|"
    rf"No\.?)[ \t]*[::=]?{_GAP}(?:第[ ]?)?"
    r"([0-9]{1,10})(?![0-9])"
)
_TOGETHER = re.compile(
    r"(?:記号[ ]?[・/,、と-]?(?:及び|および)?[ ]?番号)[ \t]*[::=は)\]]{0,2}[ \t]*\n?[ \t]*"
    r"([0-9\u4e00-\u9fff\u3041-\u30fa]{1,8})[ \t]*[-・/ ーの][ \t]*([0-9]{1,8})(?![0-9])"
)
_LEXICON = re.compile(
    r"公立[\u4e00-\u9fff]{2,4}(?:[支本]部)?[ \t・-]{0,3}(?:番号|第)?[ \t::]{0,2}([0-9]{2,8})(?![0-9年月])"
)
_DIRECT = re.compile(
    r"[\])\u3011\u300d\u300f>.]?[ \t]*(?:[((][^()\n]{0,12}[)）])?[ \t]*"
    r"(?:は、?|が、?|[::=]|\||\t|[ \t]?の?番号[::は]?|を)?[ \t]*(?:\n[ \t]*)?"
    r"(?:記号[ \t:]*[^\s\d]{0,6}[ \t]*[0-9]{0,8}[ \t・,、-]{0,3}番号[ \t:]*|"
    r"公立[\u4e00-\u9fff]{2,4}[ \t・-]{1,3})?(?:第|No\.?)?[ \t]*"
    r"([0-9]{1,10}(?!-[0-9])|[0-9]{2,3}-[0-9]{5,8}(?!-)|[0-9]{4}[ -][0-9]{4}(?:[ -][0-9]{2})?)(?![0-9])"
)
_WITH_SYMBOL = re.compile(
    r"[ \t]*[::=は)\]\u3011\u300d]?[ \t]*\n?[ \t]*([0-9]{2,8})[ \t]*[-・ー/ ][ \t]*([0-9]{1,8})(?![0-9-])"
)
_POST_SYMBOL = re.compile(r"1[0-9]{3}0")
_CARE_WORDS = re.compile(
    "資格照会|資格確認|被保険者証|組合員証|保険証|健保|国保|国民健康保険|レセプト|限度額適用|高額療養|診療分|受診分"
)
_NUMBERED = re.compile(
    r"(?<![一-鿿ぁ-ヿー々A-Za-z])番[ \t]?号[ \t]?(?:は|が|[:=(「])?"
    r"[ \t]{0,4}((?:[0-9]{2,4}-)?[0-9]{4,8})(?![0-9-])(?![ ]?の?(?:窓口|番窓|案内|札|お部屋))"
)
_NUMBERED_NEAR = 8
_ABOUT_WINDOW = 80
_MIN_DIRECT = 3
_LABELLED_LENGTHS = (6, 7, 8, 10)
_IN_CELL = re.compile(
    r"(?:^|[^0-9])((?:[0-9]{2,3}-(?=[0-9]{6,8}(?:[^0-9]|$)))?[0-9]{1,10})"
    r"(?:(?<=[0-9]{3})-0[0-9])?[ ]*(?:\(?枝番\)?[ ]*[0-9]{1,2}|[ ]?\([0-9]{2}\))?\s*号?\s*$"
)


def find(text: Text) -> Iterator[Candidate]:
    """The insured's and the insurers' numbers of a text."""
    plain = text.plain
    yield from _insurers(text)
    if "番号" in plain and (about := _CARE_WORDS.search(plain)):
        yield from _numbered(text, about[0])
    if ("記" in plain and "番" in plain) or "公立" in plain:
        yield from _behind_symbols(text)
    if _HINT.search(plain) and (word_in(text, Topic.INSURED) or word_in(text, Topic.CARE)):
        yield from _labelled(text)


def cell(value: str) -> tuple[int, int] | None:
    """The 番号 in a cell: the last digits of it, behind a 記号 if one stands there."""
    found = _IN_CELL.search(value)
    return found.span(1) if found and found[1].strip("0-") else None


def _insurers(text: Text) -> Iterator[Candidate]:
    if "保険者" not in text.plain and "nsurer" not in text.plain:
        return
    for number in numbers_of(text, 8, 6):
        said = said_of(text, number.start, number.end)
        if said is None or said.topic != Topic.INSURER or said.is_used:
            continue
        if is_insurer_number(number.digits):
            grounds = (Evidence(Because.CHECK_DIGIT), said.evidence)
            yield Candidate(
                Kind.HEALTH_INSURANCE,
                number.start,
                number.end,
                0.97,
                "health_insurance.insurer",
                grounds,
                number.digits,
            )


def _behind_symbols(text: Text) -> Iterator[Candidate]:
    """番号 behind a 記号: "記号 公立埼玉 番号 1048576", "記号・番号 公立長野-894170", "公立東京 2205817"."""
    plain = text.plain
    for pattern, rule in ((_PAIR, "pair"), (_TOGETHER, "pair"), (_LEXICON, "symbol")):
        for found in pattern.finditer(plain):
            start, end = found.span(found.lastindex or 1)
            symbol = found[1] if found.lastindex == 2 else "公立"
            about = _about(text, found.start(), end, symbol)
            if about is None or is_amount(plain, start, end) or not may_end(plain, end):
                continue
            score = 0.95 if rule == "pair" else 0.85
            yield _insured(plain, start, end, score, f"health_insurance.{rule}", Evidence(Because.WORD_IN_TEXT, about))


def _numbered(text: Text, about: str) -> Iterator[Candidate]:
    """番号 alone, in a text that asks about insurance or copies a card."""
    plain = text.plain
    for found in _NUMBERED.finditer(plain):
        start, end = found.span(1)
        near = plain[max(0, start - _ABOUT_WINDOW) : end + _ABOUT_WINDOW]
        if _ABOUT_POST.search(near) or is_amount(plain, start, end) or not may_end(plain, end):
            continue
        said = said_of(text, start, end)
        if said is None or said.topic in {Topic.INSURED, Topic.CARE} or said.is_used or said.distance > _NUMBERED_NEAR:
            yield _insured(plain, start, end, 0.6, "health_insurance.numbered", Evidence(Because.WORD_IN_TEXT, about))


def _about(text: Text, start: int, end: int, symbol: str) -> str | None:
    """The word that shows a 記号 and 番号 to be an insurance's; None for the post bank's and where nothing shows it."""
    if symbol.startswith("公立"):
        return "公立"
    near = text.plain[max(0, start - _ABOUT_WINDOW) : end + 20]
    post, about = _ABOUT_POST.search(near), _ABOUT.search(near)
    if _POST_SYMBOL.fullmatch(symbol) and (post or not about):
        return None
    return about or (None if post else _ABOUT.search(text.plain))


def _labelled(text: Text) -> Iterator[Candidate]:
    plain = text.plain
    for number in numbers_of(text, 6, 7, 8, 9, 10, 11):
        said = said_of(text, number.start, number.end)
        if said is None or said.topic not in {Topic.INSURED, Topic.CARE} or said.word in _WEAK or said.is_used:
            continue
        is_above = "\n" in plain[number.start - said.distance : number.start]
        if said.because is Because.WORD_BEFORE and not is_above:
            continue
        # Under 記号 番号 a row begins with the one and goes on with the other.
        is_pair = number.joint == " " and len(number.shape) == 2 and "記号" in said.word
        start = number.end - number.shape[-1] if is_pair else number.start
        if (is_pair or len(number.digits) in _LABELLED_LENGTHS) and not is_amount(plain, start, number.end):
            yield _insured(plain, start, number.end, 0.9, "health_insurance.labelled", said.evidence)
    for label in labels_between(text, 0, len(plain)):
        if label.topic not in {Topic.INSURED, Topic.CARE}:
            continue
        is_weak = label.word in _WEAK
        pair = _WITH_SYMBOL.match(plain, label.end) if "記号" in label.word and not is_weak else None
        found = pair or _DIRECT.match(plain, label.end)
        if found is None:
            continue
        start, end = found.span(found.lastindex or 1)
        digits = re.sub(r"[ -]", "", plain[start:end])
        if (len(digits) < _MIN_DIRECT and pair is None) or is_amount(plain, start, end) or not may_end(plain, end):
            continue
        if "記号" in label.word and _about(text, label.start, end, found[1]) is None:
            continue
        ground = Evidence(Because.WORD_BEFORE, label.word, start - label.end)
        yield _insured(plain, start, end, 0.75 if is_weak else 0.95, "health_insurance.labelled", ground)


def _insured(plain: str, start: int, end: int, score: float, rule: str, ground: Evidence) -> Candidate:
    digits = re.sub(r"[ -]", "", plain[start:end])
    return Candidate(Kind.HEALTH_INSURANCE, start, end, score, rule, (ground, Evidence(Because.SHAPE)), digits)


_WEAK = frozenset({
    "被保険者証", "保険証", "健康保険証", "組合員証", "加入者証", "資格確認書", "資格情報のお知らせ",
    "組合員被扶養者証", "遠隔地被扶養者証", "介護保険証", "介護保険被保険者証", "被保険者証記号",
})  # fmt: skip
"""Labels that name the card and not its number."""

_CARDS = (
    "被保険者", "被保険者証", "保険証", "健康保険証", "健康保険", "健康保険被保険者", "健康保険被保険者証", "健保",
    "組合員証", "組合員証等", "組合員等", "共済組合員証", "加入者証", "資格確認書", "国民健康保険", "国保",
    "被扶養者証", "組合員被扶養者証", "介護保険", "介護保険被保険者", "介護保険被保険者証", "介護被保険者",
    "介護保険証", "後期高齢者医療被保険者", "高齢受給者証", "任意継続被保険者", "任継", "保険", "healthinsurance",
    "insurance", "insured", "insurancecard", "healthinsurancecard",
)  # fmt: skip
_ENDS = ("番号", "no", "ナンバー", "の番号", "number", "記号番号", "記号・番号", "等記号番号", "の記号番号", "id")
_INSURED_HEADERS = headers(
    _CARDS,
    _ENDS,
    people=("", "職員", "組合員", "本人", "従業員", "社員", "被扶養者", "利用者", "患者", "受診者", "生徒", "児童"),
)
_INSURER_HEADERS = headers(
    ("保険者番号", "保険者no", "保険者コード", "insurernumber", "insurerno", "保険者番号8桁"),
    people=("", "組合", "医療", "健康保険"),
)

DETECTOR = Detector(Kind.HEALTH_INSURANCE, find, _INSURED_HEADERS | _INSURER_HEADERS, cell, priority=50)
