"""What a contract or a rule calls its clauses and parties is nobody's name."""

from __future__ import annotations

import pytest

from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected, sheet

HEADINGS = ("内容", "目的", "期間", "定義", "名称", "義務", "見出し", "本文", "摘要", "総則", "解除", "細則", "変更点")
MARKS = ("条", "条項", "項", "号", "章", "節", "款", "甲", "乙", "丙", "第1条", "第一条", "第二章", "第3項", "附則")
SENTENCES = (
    "甲は乙に棚の設置を委託する。",
    "乙は善良な管理者の注意をもって業務を行う",
    "甲及び乙は秘密を守る",
    "甲は乙に支払う",
    "乙が甲に納める",
    "第4条 甲乙協議のうえ定める",
    "丙は乙の債務を保証する",
)
PARTIES = [
    sheet(("甲", "乙"), ("委託者", "受託者"), ("第1項", "甲は乙に支払う")),
    sheet(("甲（委託者）", "乙（受託者）"), ("設置を委託する", "乙は設置を行う")),
    sheet(("区分", "氏名"), ("甲", "甲は乙に支払う"), ("乙", "乙は甲に納める")),
    body("委託者（甲）\n受託者（乙）\n甲 乙\n印 印\n"),
    body("第1条 （目的）\n甲 は、乙 に対し、次の業務を委託する。\n第2条 内容\n第3条 期間\n"),
]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("heading", HEADINGS)
def test_heading_of_clauses_is_nobody(mark: str, heading: str) -> None:
    """A contract with 条 over 内容 is no list of people, as a table, as typed, or in a sentence."""
    pieces = [
        sheet((mark, heading), *((f"第{number}条", sentence) for number, sentence in enumerate(SENTENCES, 1))),
        body(f"{mark} {heading}\n第1条 {SENTENCES[0]}\n"),
        body(f"{mark}\t{heading}\n第1条\t{SENTENCES[0]}\n第2条\t{SENTENCES[1]}\n"),
    ]

    assert [0] * 3 == [inspected(piece).counts.get(Kind.PERSON_NAME, 0) for piece in pieces]


@pytest.mark.parametrize("piece", PARTIES)
def test_parties_of_a_contract_are_nobody(piece: Piece) -> None:
    """甲 and 乙 stand for somebody and name nobody."""
    assert 0 == inspected(piece).counts.get(Kind.PERSON_NAME, 0)


@pytest.mark.parametrize(
    "piece",
    [
        body("委託者（甲） 住所 長野県飯田市本町4丁目5番6号 氏名 山田 栄子\n受託者（乙） 氏名 小林 直樹\n"),
        sheet(("条", "署名者氏名"), ("第1条", "山田 栄子"), ("第2条", "小林 直樹")),
        sheet(("氏名", "電話"), ("甲 美咲", "090-1234-5678"), ("条 健太", "080-9876-5432")),
    ],
)
def test_people_of_a_contract_are_still_found(piece: Piece) -> None:
    """Who signs is named, also where the surname is one that clauses have as well."""
    assert 2 == inspected(piece).counts.get(Kind.PERSON_NAME, 0)
