"""What a person earns: pay, allowances, bonus and fees as amounts, by the nearest word for money.

The nearest money word decides: 基本給 makes the amount behind it pay, 掛金, 給付金, 貸付, 保険金, 税 or 請求 make it
something else. What mutual-aid associations and insurers pay out (給付金, 見舞金, 傷病手当金, 年金) is no pay. Wages in
job advertisements stay below 0.5. Whether a person stands near is for the caller to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from mailguard.inspection.text import Candidate, Detector, Text, header_key
from mailguard.model.finding import Because, Evidence, Kind

_PAY = (
    "給与", "給料", "月給", "年俸", "年収", "月収", "日給", "時給", "週給", "基本給", "本給", "本俸", "俸給",
    "手取り", "手取", "差引支給", "総支給", "支給総額", "支給合計", "課税支給", "賞与", "ボーナス", "一時金(?!給付)",
    "期末手当", "勤勉手当", "期末勤勉手当", "通勤手当", "住居手当", "住宅手当", "扶養手当", "家族手当", "地域手当",
    "残業手当", "残業代", "時間外手当", "時間外勤務手当", "超過勤務手当", "超勤手当", "休日手当", "深夜手当",
    "管理職手当", "役職手当", "職務手当", "資格手当", "特殊勤務手当", "夜勤手当", "皆勤手当", "教職調整額",
    "調整手当", "特別手当", "退職手当", "退職金", "標準報酬", "報酬月額", "報酬額", "報酬", "役員報酬", "講師料",
    "講師謝金", "謝金", "謝礼金", "謝礼", "謝礼額", "講演料", "原稿料", "執筆料", "出演料", "監修料", "翻訳料",
    "通訳料", "顧問料", "手間賃", "賃金", "日当", "給与収入", "給与所得", "所定内", "号俸", "号給", "年間所得",
    "支払金額", "月額支給", "支給月額", "現給", "額面", "昇給", "インセンティブ", "歩合", "指導料", "審査料(?!金)",
)  # fmt: skip
_PAY_ENGLISH = (
    r"salary", r"salaries", r"wages?", r"bonus(?:es)?", r"base pay", r"net pay", r"gross pay", r"take-home(?: pay)?",
    r"annual income", r"monthly income", r"honorari(?:um|a)", r"remuneration", r"stipend", r"compensation",
    r"payroll", r"hourly rate", r"lecture fee", r"speaker fee", r"overtime pay", r"earnings",
)  # fmt: skip
_NOT_PAY = (
    "保険料", "掛金", "掛け金", "会費", "参加費", "受講料", "料金", "代金", "価格", "単価", "請求", "見積", "税額",
    "源泉", "所得税", "住民税", "市民税", "消費税", "給付", "手当金", "児童手当", "育児休業手当", "介護休業手当",
    "年金", "貸付", "借入", "返済", "残高", "保険金", "弔慰金", "見舞金", "祝金", "祝い金", "祝品", "還付", "補助",
    "助成", "控除", "天引", "積立", "償還", "利息", "利子", "限度額", "定価", "宿泊", "交通費", "旅費", "実費",
    "負担", "入金額", "未納", "納付", "納入", "購入", "費用", "経費", "予算", "決算", "売上", "寄付", "寄附", "募金",
    "預金", "貯金", "出資", "元金", "手数料", "送料", "小計", "値引", "割引", "商品", "品代", "家賃",
    "敷金", "賃料", "診療", "医療費", "薬代", "入院", "自己負担", "窓口", "示談", "慰謝料", "賠償", "損害", "学費",
    "授業料", "奨学金", "保証金", "解約", "満期", "配当", "契約", "基金", "資産", "弁当", "昼食", "懇親会", "定員",
    "来場", "部数", "給付金", "退職給付", "退職共済", "共済金", "発注", "受注", "注文", "支援金", "協力金", "賞金",
    "懸賞", "賞品", "参加者", "人口", "給与計算", "給与システム", "給与明細(?=用|発送|印刷)", "ソフト", "傷病手当",
    "出産手当", "休業手当", "災害", "葬祭", "埋葬", "移送", "高額療養", "療養費",
)  # fmt: skip
_NOT_PAY_ENGLISH = (r"premium", r"price", r"invoice", r"loan", r"tax", r"deduction", r"benefit", r"total", r"subtotal",
                    r"cost", r"balance", r"pension", r"fare", r"refund", r"deposit")  # fmt: skip


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_IS_PAY = re.compile(f"{_alternatives(_PAY)}|" + rf"\b(?:{_alternatives(_PAY_ENGLISH)})\b", re.IGNORECASE)
_FIRST = "".join(sorted({word[0] for word in (*_PAY, *_NOT_PAY)}))
_FIRST_ENGLISH = "".join(sorted({word[0] + word[0].upper() for word in (*_PAY_ENGLISH, *_NOT_PAY_ENGLISH)}))
_MONEY_WORD = re.compile(
    rf"(?=[{_FIRST}]|\b[{_FIRST_ENGLISH}])(?:"  # lets most places fail at once
    f"(?P<no>{_alternatives(_NOT_PAY)}|" + rf"\b(?:{_alternatives(_NOT_PAY_ENGLISH)})\b)"
    f"|(?P<pay>{_alternatives(_PAY)}|" + rf"\b(?:{_alternatives(_PAY_ENGLISH)})\b))",
    re.IGNORECASE,
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{1,9})"
_AMOUNT = re.compile(
    r"(?<![\d.,A-Za-z-])(?:"
    rf"(?P<sign>[¥\\][ ]?{_NUMBER}(?:-|円)?)"
    r"|(?P<wan>\d{1,4}(?:,\d{3})?(?:\.\d{1,2})?[ ]?万[ ]?(?:\d千(?:\d{1,3})?|\d,\d{3}|\d{1,4})?[ ]?円?)"
    r"|(?P<kanji>[一二三四五六七八九十百千]{1,7}万[一二三四五六七八九十百千〇]{0,7}円)"
    rf"|(?P<yen>{_NUMBER}[ ]?(?:千)?円)"
    rf"|(?P<foreign>(?:JPY|yen)[ ]?{_NUMBER}|{_NUMBER}[ ]?(?:JPY|yen)\b)"
    r"|(?P<plain>\d{1,3}(?:,\d{3}){1,2}|\d{5,8}))"
    r"(?![\d]|,\d|\.\d|[-/]\d|[ ]?(?:人|名|件|年|時|部|個|校|歳|枚|番|号|ポイント|pt))",
    re.IGNORECASE,
)
_AMOUNT_BEGINS = re.compile(r"[¥\\\d一二三四五六七八九十百千JjYy](?<![\d.,A-Za-z-].)")
"""Where an amount may begin; the whole pattern would be tried at every place of a text."""

_HAS_AMOUNT = re.compile(r"[円万¥\\](?:(?<=[\d千 一二三四五六七八九十百].)|(?<=[¥\\]))|,(?<=\d,)\d{3}|JPY|\d{5}")
_PAY_HINTS = (
    "給", "俸", "年収", "月収", "賞与", "ボーナス", "手当", "手取", "報酬", "謝", "残業代", "日当", "賃金", "退職金",
    "所得", "支払金額", "額面", "歩合", "インセンティブ", "手間賃", "所定内", "講師料", "講演料", "原稿料", "執筆料",
    "出演料", "監修料", "翻訳料", "通訳料", "顧問料", "指導料", "審査料", "調整額", "支給",
    "未払", "評価", "査定", "は月", "が月", "に月", "、月", "は年", "が年",
)  # fmt: skip
_PAY_HINTS_ENGLISH = (
    "salar",
    "wage",
    "bonus",
    " pay",
    "income",
    "honorari",
    "remunerat",
    "stipend",
    "compensat",
    "fee",
    "earning",
    "base",
    "gross",
    "pay",
    "kyu",
    "shoyo",
    "shouyo",
    "teate",
)
_DIRECT = re.compile(
    r"(?:月額|年額|日額|総額|支給額|金額|額|単価|計|合計|見込み?"
    r"|予定)?(?:[ ]?\([^()\n]{1,12}\))?[\s:：はがを=|,、・金約\-—…]{0,8}(?:is |of |was )?"
)
_ADVERTISEMENT = re.compile(r"募集|求人|採用情報|応募資格|勤務地|アルバイト募集|急募|最低賃金|平均|モデル年収|相場")
_BEFORE_MAX = 48
_KEY = re.compile(
    r"(?:^|[\n{,])[ \t]{0,8}[\"']?((?:base|basic|gross|net|monthly|annual|hourly|total)?"
    r"_?(?:pay|salary|wages?|bonus)(?:_?amount)?"
    r"|base|gross|net|kihon_?kyuu?|kyuu?yo|kyuuryou?|shouyo|shoyo|teate|houshuu?|nenshuu?|gesshuu?)"
    r"[\"']?[ ]?[:=][ ]?[\"']?$",
    re.IGNORECASE,
)
"""Names of fields in records of programs, also in romanised Japanese."""

_SUM_LABEL = re.compile(r"(?:^|\n)[ \t・■●○◆*]{0,6}(未払い?|支払い?|支給|振込|送金)?(?:金)?額[ \t:=]{1,8}金?\Z")
"""At the begin of a line: how much, whatever for."""

_FEES = re.compile(
    r"(?:講師|指導|審査|執筆|講演|出演|助言者)の?(?:謝礼|謝金|料|報酬)|未払い?の?(?:賃金|給与|残業代)|給与振込"
)
_UNPAID_WORK = re.compile("労働|賃金|残業|解雇|給与")

_RATED = re.compile("評価|査定|ランク")
_PAID_BY = re.compile(r"[^\n。]{0,8}(?:会費|掛|[費料税]|負担|保険|返済|積立|寄[付附]|家賃|納入|請求|控除|年金|給付)")
"""Behind an amount: what somebody pays, or gets from an insurance."""

_BY_MONTH = re.compile(
    r"(?:さん|様|氏|先生|殿|君|くん)(?:に)?[はがもの、]{0,2}[ ]?(?:手取り?)?(月額?|年額?|日額|時間)[ ]?$"
)
"""Behind a person: so much a month."""

_AFTER_PAY = re.compile(
    r"[ \t]{0,4}(?:[SA-E][+-]?|[1-5])[ ]?(?:評価|査定|ランク)"
    r"|[ ]?\(?(?:の|を|が|は)?(?:支給|昇給|手取り?|給与|謝金|謝礼|報酬|賞与|ボーナス|月給|年収|年俸|時給|基本給"
    r"|per month|a month|per year|a year|/月|/年)"
)


def _nearest(text: Text, start: int) -> tuple[re.Match[str], str] | None:
    """The last money word before an amount in its sentence, with what lies between."""
    window = text.before(start, _BEFORE_MAX)
    sentence = max(window.rfind("。"), window.rfind("!"), window.rfind("?"))
    words = list(_MONEY_WORD.finditer(window, sentence + 1))
    return (words[-1], window[words[-1].end() :]) if words else None


def _by_matter(text: Text, start: int) -> tuple[float, Evidence, str] | None:
    """The sum of a letter that is about a lecturer's fee, or about wages that were not paid."""
    label = _SUM_LABEL.search(text.plain, max(0, start - 24), start)
    if label is None:
        return None
    matter = _UNPAID_WORK if (label[1] or "").startswith("未払") else _FEES
    about = matter.search(text.plain, max(0, start - 600), start)
    return None if about is None else (0.7, Evidence(Because.WORD_IN_TEXT, about[0]), "salary.by_matter")


def normal_form(plain: str) -> str:
    """What amounts count as: without blanks, commas and signs for yen."""
    return re.sub(r"[\s,¥\\円-]|JPY|yen", "", plain, flags=re.IGNORECASE)


def _judged(text: Text, start: int, end: int, is_plain: bool) -> tuple[float, Evidence, str] | None:
    """Confidence, evidence and rule of an amount; None where it is no pay."""
    nearest = _nearest(text, start)
    if nearest is not None and nearest[0]["pay"]:
        word, gap = nearest
        evidence = Evidence(Because.WORD_BEFORE, word[0], len(gap))
        if _DIRECT.fullmatch(gap):
            return 0.9, evidence, "salary.labelled"
        if is_plain or gap.startswith(("から", "より")):
            return None
        return (0.8 if len(gap) <= 12 and "\n" not in gap else 0.6), evidence, "salary.near"
    if nearest is None and not is_plain and (after := _AFTER_PAY.match(text.plain, end, end + 16)):
        word_after = _IS_PAY.search(after[0]) or _RATED.search(after[0])
        if word_after is not None:
            return 0.6, Evidence(Because.WORD_AFTER, word_after[0]), "salary.near"
    if nearest is None and not is_plain and (month := _BY_MONTH.search(text.before(start, 16))):
        if _PAID_BY.match(text.after(end, 16)):
            return None
        return 0.6, Evidence(Because.WORD_BEFORE, month[1]), "salary.by_month"
    return None


def _amounts(plain: str) -> Iterator[re.Match[str]]:
    """All amounts of a text in order, none inside another."""
    done = 0
    for sign in _AMOUNT_BEGINS.finditer(plain):
        if sign.start() >= done and (found := _AMOUNT.match(plain, sign.start())):
            done = found.end()
            yield found


def find(text: Text) -> Iterator[Candidate]:
    """All amounts of a text that a word makes somebody's pay."""
    plain = text.plain
    if not _HAS_AMOUNT.search(plain):
        return
    if not any(hint in plain for hint in _PAY_HINTS) and not any(hint in text.small for hint in _PAY_HINTS_ENGLISH):
        return
    is_advertisement = _ADVERTISEMENT.search(plain) is not None
    for found in _amounts(plain):
        start, end = found.span()
        if not any("1" <= digit <= "9" or digit in "一二三四五六七八九十百千" for digit in found[0]):
            continue
        judged = _judged(text, start, end, found.lastgroup == "plain")
        judged = judged or _by_matter(text, start)
        if judged is None and (key := _KEY.search(plain, max(0, start - 40), start)):
            judged = 0.6, Evidence(Because.LABEL, key[1]), "salary.key"
        if judged is None:
            continue
        confidence, evidence, rule = judged
        if is_advertisement and _ADVERTISEMENT.search(text.before(start, 80) + text.after(end, 40)):
            confidence = 0.4
        yield Candidate(Kind.SALARY, start, end, confidence, rule, (evidence,), normal_form(found[0]))


_CELL = re.compile(
    r"\s*((?:[¥\\][ ]?)?(?:\d{1,3}(?:,\d{3})+|\d{3,9}|\d{1,4}(?:\.\d+)?[ ]?万)(?:\.0+)?[ ]?(?:円|-)?)\s*"
)


def cell(plain: str) -> tuple[int, int] | None:
    """The amount in a cell of a column of pay."""
    found = _CELL.fullmatch(plain)
    return None if found is None or not found[1].strip("¥\\0,.-円 ") else found.span(1)


def _headers() -> frozenset[str]:
    """Names of columns: the word for pay with the word for an amount."""
    words = (
        "給与", "給料", "月給", "年俸", "年収", "月収", "日給", "時給", "基本給", "本給", "本俸", "俸給", "手取り",
        "手取", "差引支給", "総支給", "賞与", "ボーナス", "夏季賞与", "冬季賞与", "夏期賞与", "冬期賞与", "期末手当",
        "勤勉手当", "期末勤勉手当", "通勤手当", "住居手当", "住宅手当", "扶養手当", "家族手当", "地域手当",
        "残業手当", "残業代", "時間外手当", "時間外勤務手当", "超過勤務手当", "管理職手当", "役職手当", "職務手当",
        "資格手当", "諸手当", "手当計", "退職手当", "退職金", "標準報酬", "標準報酬月額", "改定後標準報酬月額",
        "従前標準報酬月額", "標準賞与", "報酬", "報酬月額", "役員報酬", "講師料", "講師謝金", "謝金", "謝礼",
        "謝礼金", "講演料", "原稿料", "執筆料", "出演料", "日当", "賃金", "給与収入", "給与所得", "支払", "給料月額",
        "給与月額", "課税支給", "支給合計", "総支給", "支給総額", "報酬料金", "給与支給", "賞与支給", "現給",
        "新給与", "旧給与", "改定後給与", "改定前給与", "年間給与", "昇給", "教職調整", "月例給与", "特別手当",
        "夏のボーナス", "冬のボーナス",
    )  # fmt: skip
    ends = (
        "",
        "額",
        "金額",
        "総額",
        "支給額",
        "月額",
        "年額",
        "計",
        "合計",
        "合計額",
        "支払額",
        "予定額",
        "見込額",
        "実績",
    )
    units = ("", "円", "千円", "万円", "税込", "税抜", "税引前", "年間", "月額", "課税", "非課税")
    english = (
        "salary", "base salary", "monthly salary", "annual salary", "wage", "hourly wage", "bonus", "net pay",
        "gross pay", "base pay", "annual income", "honorarium", "remuneration", "pay", "take home pay", "salary(JPY)",
        "compensation",
    )  # fmt: skip
    japanese = (header_key(word + end + unit) for word, end, unit in product(words, ends, units))
    return frozenset((*japanese, *(header_key(name) for name in english))) - {
        header_key("支払" + end + unit)
        for end, unit in product(("", "計", "合計", "予定額", "月額", "年額", "実績"), units)
    }


DETECTOR = Detector(Kind.SALARY, find, _headers(), cell, priority=15, normal=normal_form)
