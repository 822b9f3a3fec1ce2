"""Whose an account is, by what stands beside its number: a person, or what is clearly none.

Bank transfers abbreviate legal forms in kana before or behind the name: カ), (カ, ユ), ザイ), シャ), イ)
(全国銀行協会, 法人略語).
"""

from __future__ import annotations

import re

from mailguard.inspection.text import line_end

_ABBREVIATED = (
    r"(?:カ|ユ|ド|メ|シ|イ|ザイ|シャ|シヤ|ガク|フク|シュウ|シユウ|ドク|ソウ|ホゴ|トクヒ|ノウキョウ|ギョキョウ|"
    r"ギヨキヨウ|コクレン|ロウム|キョウクミ|キヨウクミ|"
    r"セイキョウ|セイキヨウ|ギョレン|ケイザイレン|シャキョウ|シヤキヨウ|レンゴウカイ|ショク|ゴウシ|ゴウメイ)"
)
_FORMS = (
    r"株式会社|\(株\)|有限会社|\(有\)|合同会社|合資会社|合名会社|財団法人|社団法人|\(一財\)|\(一社\)|\(公財\)|"
    r"\(公社\)|医療法人|\(医\)|学校法人|\(学\)|"
    r"社会福祉法人|\(福\)|宗教法人|独立行政法人|NPO法人|特定非営利|協同組合|共済組合|健康保険組合|組合連合会|"
    r"互助会|互助組合|協会|連合会|連盟|同窓会|後援会|PTA|"
    r"実行委員会|事務局|会計|商会|商店|工業(?!団地|高|大)|製作所|事務所|会館|ホテル|病院|学園|大学|学校|市役所|町役場|財団|"
    r"法人|会計管理者|クミアイ|ゴジヨカイ|ゴジョカイ|"
    r"キヨウカイ|キョウカイ|レンゴウカイ|シヨウテン|ショウテン|ガツコウ|ガッコウ|カイケイ|Inc\.?|Co\.|Ltd|Corp|"
    r"LLC|K\.K\.|Association|Foundation"
)
_ABBREVIATION = re.compile(
    rf"(?<![\u30a1-\u30fa\u30fc]){_ABBREVIATED}[)]|[(]{_ABBREVIATED}(?:[)]|(?![\u30a1-\u30fa\u30fc]))"
)
_FORM = re.compile(_FORMS)
_HOLDER_LABEL = re.compile(
    r"(?:口座)?名義(?:人)?(?:\(?(?:カナ|フリガナ)\)?)?|受取人(?:名)?|預金者(?:名)?|加入者名|holder|"
    r"account name|beneficiary|payee|name",
    re.IGNORECASE,
)
_BANKS = re.compile(
    r"(?:株式会社|\(株\))?[\u4e00-\u9fff\u3041-\u30ffA-Za-z]{0,12}(?:銀行|信用金庫|信用組合|労働金庫|"
    r"農業協同組合|農協|信金|信組)(?:株式会社)?"
)
_BRANCHES = re.compile(r"[\u4e00-\u9fff\u3041-\u30ffA-Za-z]{1,12}(?:支店|出張所|支所|営業部)")
_KANA_LINE = re.compile(r"[ \t]{0,40}[(（]?[\u30a1-\u30fa\u30fc(){} ・.]{4,40}[ \t\r]*$", re.MULTILINE)
_PERSON = re.compile(
    r"[\u30a1-\u30fa\u30fc]{2,8}[ \t][\u30a1-\u30fa\u30fc]{2,8}|"
    r"[\u4e00-\u9fff]{1,4}[ \t][\u4e00-\u9fff\u3041-\u30ff]{1,4}|[A-Z]{2,12} [A-Z]{2,12}"
)
_BESIDE = 48
_LINES_AFTER = 3
_CELLS_MIN = 2


def is_company_beside(plain: str, start: int, end: int) -> bool:
    """The holder named beside a number is clearly no person."""
    return any(
        _ABBREVIATION.search(holder) or _FORM.search(holder) for holder in (*_after(plain, end), *_before(plain, start))
    )


def person_beside(plain: str, end: int) -> bool:
    """The holder named behind a number looks like a person."""
    return any(_PERSON.search(holder) for holder in _after(plain, end))


def _after(plain: str, end: int) -> list[str]:
    """The rest of the line, and of the lines below those that name the holder."""
    stop = line_end(plain, end)
    rest = plain[end : min(stop, end + _BESIDE)]
    holders = [re.split(r"[。;]|[0-9]{6}", rest)[0]]
    for _ in range(0 if _is_row(plain, end) else _LINES_AFTER):
        if stop >= len(plain):
            break
        begin, stop = stop + 1, line_end(plain, stop + 1)
        line = plain[begin : min(stop, begin + 80)]
        if label := _HOLDER_LABEL.search(line):
            holders.append(line[label.end() :])
            break
        if len(holders) == 1 and (not rest.strip() or len(rest) < 4) and _KANA_LINE.match(line):
            holders.append(line)
            break
        if not line.strip():
            break
    return holders


def _before(plain: str, start: int) -> list[str]:
    """What stands before on the line, without the bank; and lines above that name the holder."""
    begin = plain.rfind("\n", max(0, start - 200), start) + 1 or max(0, start - 200)
    holders = [_BRANCHES.sub("", _BANKS.sub("", plain[max(begin, start - 60) : start]))]
    for _ in range(0 if _is_row(plain, start) else _LINES_AFTER):
        if begin < 2:
            break
        stop = begin - 1
        begin = plain.rfind("\n", max(0, stop - 200), stop) + 1 or max(0, stop - 200)
        line = plain[begin:stop][:120]
        if label := _HOLDER_LABEL.search(line):
            holders.append(line[label.end() :])
            break
        if not line.strip():
            break
    return holders


def _is_row(plain: str, at: int) -> bool:
    """The place stands in a row of many cells, which names its holder itself."""
    near = plain[max(0, at - 60) : at]
    row = near[near.rfind("\n") + 1 :]
    return row.count(",") + row.count("\t") + row.count("|") > _CELLS_MIN
