"""Bank accounts: the account number, where a deposit, an account label, or bank and branch stand before it.

Of the post bank the 番号 is the finding and the 記号 (1, three digits, 0) its ground. An account whose holder is
clearly no person (カ), 株式会社, 互助会, ...) is given with a confidence below one half; so is a current account (当座)
without a holder, since those are businesses'. Whether an invoice speaks of the sender's own account is the
caller's affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailguard.inspection.digits import Number, is_amount, numbers_of
from mailguard.inspection.headers import headers
from mailguard.inspection.ja.account_holder import is_company_beside, person_beside
from mailguard.inspection.label_words import Topic
from mailguard.inspection.labels import Said, said_of
from mailguard.inspection.text import Candidate, Detector, Text, line_start
from mailguard.inspection.words import Words
from mailguard.model.finding import Because, Evidence, Kind

_POST_WORDS = Words(
    "ゆうちょ",
    "郵便局",
    "郵貯",
    "ゆうちょ銀行",
    "通帳",
    "貯金",
    "口座",
    "振込",
    "送金",
    "japan post bank",
    "jp bank",
    "yucho",
)
_INSURANCE_WORDS = Words("保険", "組合員証", "被保険者", "枝番", "資格確認書", "健保", "国保")
_POST = re.compile(
    r"(?:(?:通帳)?記[ \t]?号|kigo|symbol)?[ \t]*[:=()]?[ \t]*(?:\n[ \t]*)?"
    r"(?<![0-9-])(1[0-9]-?[0-9]{2}0)(?:[ ]?-[ ]?[0-9](?![0-9]))?[)]?[ \t\n、,・/|(-]{0,6}"
    r"((?:通帳|口座)?番[ \t]?号|bango|number|no\.?)?[ \t]*[:=()]?[ \t]*(?:\n[ \t]*)?([0-9]{2,8})(?![0-9]|-[0-9])",
    re.IGNORECASE,
)
_POST_SIGN = re.compile(r"1(?<![0-9-].)[0-9]-?[0-9]{2}0")
_BRANCH = re.compile(r"(?:支店|本店|出張所|営業部|支所|店番|店舗|本所|branch|代理店|中央店|営業所)", re.IGNORECASE)
_BANK = re.compile(
    r"銀行|信用金庫|信用組合|信金|信組|農協|農業協同組合|漁協|労働金庫|労金|ゆうちょ|JA|bank|信漁連|信連|"
    r"みずほ|三菱UFJ|三井住友|りそな|振込先|振込口座|口座|店番|支店",
    re.IGNORECASE,
)
_TO_NUMBER = re.compile(
    r"(?:預金|貯金|口座|の|番号|番|No|NO|no|number|account|deposit|a/c|num|ナンバー|type|種別|は|が|を|#|"
    r"\([^()\n]{0,10}\)|[ \t\"':：・/,、.)\]\u300d\u3011|=「【\[(\n-]){0,14}",
    re.IGNORECASE,
)
_SHAPES = {(7,), (3, 4), (3, 7), (4, 3, 7), (4, 7), (1, 7), (2, 5), (6,), (8,), (3, 6), (4, 3, 6), (4, 3, 1, 7)}
_KANA_RECORD = re.compile(
    r"[\u30a1-\u30fa\u30fc]{2}[ ]{1,10}(?:[0-9]{3} {1,10}[\u30a1-\u30fa\u30fc]{2,15} {1,10})?"
    r"[1249][ ]{1,4}([0-9]{7})[ ]{1,4}"
    r"(?=[\u30a1-\u30fa\u30fc]{2,10} [\u30a1-\u30fa\u30fc]{2})"
)
"""Bank, branch, deposit as a digit (全国銀行協会, 全銀フォーマット: 1 普通, 2 当座, 4 貯蓄, 9 その他), account and
holder of transfer records."""

_TRANSFER_RECORD = re.compile(
    r"^2[0-9]{4}[^0-9\n]{1,15}[0-9]{3}[^0-9\n]{1,15}(?:[0-9]{4}| {0,4})[1249]([0-9]{7})(?=[^0-9\n]{2})", re.MULTILINE
)
"""The same in columns of fixed width, as programs for transfers write it: record 2, bank, branch, deposit, account."""

_JOURNAL = re.compile("借方|貸方|仕訳|勘定科目|試算表|補助元帳")
_WITHIN = 40
_IN_CELL = re.compile(r"(?<![0-9])([0-9]{5,8})(?![0-9])(?!.*[0-9]{5})")
_POST_CELL = re.compile(r"(?<![0-9-])1[0-9]{3}0(?:-[0-9])?[ \-\u30fb/]{1,3}(?:番号)?[ :]?([0-9]{2,8})(?![0-9])")


def find(text: Text) -> Iterator[Candidate]:
    """The account numbers of a text."""
    plain = text.plain
    if "記号" in plain or "ゆうちょ" in plain or "郵便局" in plain:
        yield from _post_bank(text)
    for found in (*_KANA_RECORD.finditer(plain), *_TRANSFER_RECORD.finditer(plain)):
        grounds = (Evidence(Because.SHAPE), Evidence(Because.NEAR_PERSON))
        yield _candidate(text, *found.span(1), 0.7, "bank_account.kana_record", grounds)
    is_journal = _JOURNAL.search(plain) is not None
    for number in numbers_of(text, 7, 10, 14, 8, 6, 11, 15, 13, 9):
        if number.shape in _SHAPES or number.joint == "\t" or (number.is_wrapped and len(number.digits) == 7):
            yield from _judged(text, number, is_journal)


def cell(value: str) -> tuple[int, int] | None:
    """The account number in a cell, also behind bank, branch and deposit, or behind a 記号."""
    found = _POST_CELL.search(value) or _IN_CELL.search(value)
    return found.span(1) if found else None


def _post_bank(text: Text) -> Iterator[Candidate]:
    plain = text.plain
    if not _POST_SIGN.search(plain):
        return
    for found in _POST.finditer(plain):
        is_named = "記" in found[0] and found[2] is not None
        near = plain[max(0, found.start() - 80) : found.end() + 10]
        word = _POST_WORDS.search(near)
        if _INSURANCE_WORDS.search(near) and not word:
            continue
        if word is None and not (is_named and len(found[3]) >= 6):
            continue
        if found[2] is None and (
            ("記" not in found[0] and "ゆうちょ" not in near and "郵便局" not in near) or len(found[3]) < 5
        ):
            continue
        if is_amount(plain, *found.span(3)):
            continue
        grounds = (Evidence(Because.WORD_BEFORE, "記号", found.start(3) - found.end(1)), Evidence(Because.SHAPE))
        yield _candidate(text, *found.span(3), 0.96 if word else 0.7, "bank_account.post", grounds)


def _judged(text: Text, number: Number, is_journal: bool) -> Iterator[Candidate]:
    plain = text.plain
    start, end = number.start, number.end
    said = said_of(text, start, end)
    if is_amount(plain, start, end) and (said is None or said.topic != Topic.ACCOUNT or said.distance > 3):
        return
    last = number.shape[-1]
    value_start = end - last if last >= 6 and number.shape in _SHAPES and not number.is_wrapped else start
    score, rule = _score(plain, number, said, is_journal)
    if score:
        ground = said.evidence if said is not None and rule != "branch" else Evidence(Because.WORD_BEFORE, "支店")
        yield _candidate(text, value_start, end, score, f"bank_account.{rule}", (ground, Evidence(Because.SHAPE)))


def _score(plain: str, number: Number, said: Said | None, is_journal: bool) -> tuple[float, str]:
    """How sure, by the label before and what lies between; 0 where it is no account."""
    is_usual = number.shape[-1] == 7 or len(number.digits) == 7
    line = max(line_start(plain, number.start), number.start - _WITHIN)
    is_deposit = said is not None and said.topic == Topic.DEPOSIT
    if is_deposit and not _BANK.search(plain, line, number.start) and is_journal:
        # A journal names deposits as the sides of an entry, and the amount stands in the next cell.
        return 0.0, ""
    if said is not None and said.topic in {Topic.ACCOUNT, Topic.DEPOSIT} and not said.is_used:
        if said.because is Because.COLUMN:
            return (0.9 if is_usual else 0.75), "column"
        between = plain[number.start - said.distance : number.start] if said.because is Because.WORD_BEFORE else ""
        if _TO_NUMBER.fullmatch(between) and (is_usual or said.because is Because.WORD_BEFORE):
            is_strong = is_usual or "番号" in said.word or "no" in said.word.lower()
            return (0.95 if is_usual else 0.8 if is_strong else 0.6), "labelled"
    elif said is not None and said.topic == Topic.NOBODYS:
        return 0.0, ""
    before = plain[line : number.start]
    is_free = said is None or said.is_used or said.topic in {Topic.ACCOUNT, Topic.DEPOSIT}
    if is_free and number.shape in {(7,), (3, 7), (4, 3, 7)} and _BRANCH.search(before) and _BANK.search(before):
        return 0.75, "branch"
    return 0.0, ""


def _candidate(text: Text, start: int, end: int, score: float, rule: str, grounds: tuple[Evidence, ...]) -> Candidate:
    plain = text.plain
    if is_company_beside(plain, start, end):
        score, rule = min(score, 0.4), "bank_account.company"
    elif "当座" in plain[max(0, start - 16) : start] and not person_beside(plain, end):
        score, rule = min(score, 0.4), "bank_account.current"
    value = re.sub(r"[^0-9]", "", plain[start:end])
    return Candidate(Kind.BANK_ACCOUNT, start, end, score, rule, grounds, value)


_WHOSE = (
    "", "振込", "振込先", "給与", "給与振込", "受取", "受取人", "引落", "引落し", "送金", "送金先", "返金", "返金先",
    "指定", "登録", "支払", "支払先", "預金", "貯金", "本人", "職員", "社員", "従業員", "組合員", "会員", "申請者",
    "請求者", "受給者", "償還", "銀行", "金融機関", "ゆうちょ", "普通", "普通預金", "謝金", "講師", "保護者",
    "契約者", "名義人", "届出", "変更前", "変更後", "新", "旧", "公金受取",
)  # fmt: skip
_THINGS = (
    "口座番号", "口座no", "口座ナンバー", "口座番号7桁", "通帳番号", "預金番号", "貯金番号", "口座", "口座情報",
    "accountnumber", "accountno", "acctno", "a/cno", "acno", "acct", "bankaccount", "bankaccountnumber",
    "bankaccountno", "account#", "記号番号", "通帳記号番号", "口座記号番号", "番号口座", "口座番号番号", "account",
)  # fmt: skip

_HEADERS = headers(_THINGS, people=_WHOSE) | headers(
    ("振込先", "振込口座", "番号"), people=("ゆうちょ", "給付金", "通帳")
)

DETECTOR = Detector(Kind.BANK_ACCOUNT, find, _HEADERS, cell, priority=58)
