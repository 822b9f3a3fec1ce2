"""Pay: which amounts are what somebody earns, and which are other money."""

from __future__ import annotations

import pytest

from mailguard.inspection.ja.salary import DETECTOR
from mailguard.inspection.text import header_key
from tests.unit.inspection.contact_parts import cell_of, found

PAY = [
    pytest.param("基本給　234,300円", ["234,300円"], id="base pay"),
    pytest.param("標準報酬月額：360,000円", ["360,000円"], id="standard monthly pay"),
    pytest.param("講師謝金として30,000円", ["30,000円"], id="fee"),
    pytest.param("手取り25万円", ["25万円"], id="ten thousands"),
    pytest.param("給与 月額 30万5千円", ["30万5千円"], id="ten thousands and thousands"),
    pytest.param("謝礼として金三十万円", ["三十万円"], id="kanji"),
    pytest.param("期末手当 ¥428,400", ["¥428,400"], id="yen sign"),
    pytest.param("山田さんの給与は\n234,300円です", ["234,300円"], id="broken line"),
    pytest.param("Salary: JPY 350,000", ["JPY 350,000"], id="English"),
    pytest.param("30,000円の謝金", ["30,000円"], id="word behind"),
    pytest.param("給与：山田 234,300円、鈴木 314,400円", ["234,300円", "314,400円"], id="two people"),
]
OTHER_MONEY = [
    "傷病手当金 85,000円", "給付金 85,000円 は4月25日に振り込まれます。", "貸付残高 12,480,000円",
    "年金額 年 782,400円", "保険料 月額 1,240円", "源泉徴収税額 8,729円", "給与から 5,000円を控除",
    "給与天引 5,000円", "ご請求金額：￥1,254,000-", "参加費は3,000円", "賞与：0円", "会費 3,000円",
    "時給1,200円のアルバイト募集", "給与明細は総務課へ。電話 048-555-1234", "賞与 12,000人",
    "育児休業手当金 150,000円", "退職給付金 1,200,000円",
]  # fmt: skip


@pytest.mark.parametrize(("raw", "amounts"), PAY)
def test_pay_is_found_by_the_word_nearest_to_it(raw: str, amounts: list[str]) -> None:
    """What somebody earns is found in the spellings of pay slips and letters."""
    assert found(DETECTOR, raw) == amounts


@pytest.mark.parametrize("raw", OTHER_MONEY)
def test_other_money_is_no_pay(raw: str) -> None:
    """Benefits, loans, premiums, taxes, prices and advertised wages are not somebody's pay."""
    assert found(DETECTOR, raw) == []


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("85500", "85500"),
        ("401,400円", "401,400円"),
        ("¥85,500", "¥85,500"),
        ("30万", "30万"),
        ("0", None),
        ("-", None),
        ("氏名", None),
    ],
)
def test_cell_of_a_pay_column_is_read(cell: str, written: str | None) -> None:
    """Cells below such a header are its amounts."""
    assert cell_of(DETECTOR, cell) == written


@pytest.mark.parametrize(
    "header",
    ["基本給", "支払金額", "支払金額（円）", "給与月額", "賞与額", "差引支給額", "講師謝金", "Salary", "時間外手当"],
)
def test_header_of_a_pay_column_is_known(header: str) -> None:
    """Columns are recognised under the names offices give them."""
    assert header_key(header.replace("（", "(").replace("）", ")")) in DETECTOR.headers


@pytest.mark.parametrize("header", ["給付金", "保険料", "請求金額", "単価", "掛金", "源泉徴収税額"])
def test_header_of_other_money_is_not_a_pay_column(header: str) -> None:
    """Columns of other money are not columns of pay."""
    assert header_key(header) not in DETECTOR.headers
