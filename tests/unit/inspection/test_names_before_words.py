"""Names in rows: what stands behind a name, after a blank, is the next value and rarely a part of an organisation."""

from __future__ import annotations

import pytest

from tests.unit.inspection.test_person_name import people

NEXT = (
    "山形県山形市松波2-8-1", "山口県下関市南部町1-1", "川崎市高津区溝口1-1-1", "町田市森野2-2-22", "港区芝公園1-5-25",
    "橋本市東家1-1-1", "村上市三之町1-1", "城陽市寺田東ノ口16", "湖南市中央1-1", "市川市八幡1-1-1", "区分 本人",
    "通勤手当 8,000円", "市民税 12,000", "店番 123", "保険証番号 123456", "保険料 9,600円", "証券番号 123-4567890",
    "銀行名 みやぎ銀行", "賞与 300,000円", "自動車保険 加入", "組合員証番号 778899", "生命保険 あり", "大学4年",
    "高校2年", "中学3年", "線維筋痛症", "橋本病", "流産", "病院受診", "屋号 あおば", "荘内銀行 普通 4081726",
    "食品アレルギー", "交通費 1,200円", "支部 仙台", "出版部",
)  # fmt: skip


@pytest.mark.parametrize("following", NEXT)
@pytest.mark.parametrize("name", ["今泉 香織", "契約者 今泉 香織", "1 今泉 香織", "今泉香織"])
def test_name_is_found_whatever_value_stands_behind_it(name: str, following: str) -> None:
    """In a list or a form the next column begins right behind the blank."""
    assert people(f"{name} {following}\n") == ["今泉香織"]


VALUES = ("記号 宮城教 番号 778899", "口座 宮城野 普通 4081726", "支店 青葉台 普通 4081726")


@pytest.mark.parametrize("said", VALUES)
def test_label_of_a_card_or_account_is_no_surname(said: str) -> None:
    """記号 and what stands behind it are on an insurance card, and nobody's name."""
    assert people(said) == []


ORGANISATIONS = (
    "山本太郎商店", "山本太郎 商店", "山本 太郎 商店", "高橋一郎 法律事務所", "高橋 一郎 会計事務所",
    "佐藤花子クリニック", "佐藤花子 クリニック", "田中 一郎 記念館", "田中 一郎 株式会社", "山田一郎(株)",
    "鈴木一郎 杯", "鈴木一郎杯少年野球大会", "渡辺 淳一 文学館", "渡辺淳一文学館",
)  # fmt: skip


@pytest.mark.parametrize("called", ORGANISATIONS)
def test_organisation_called_after_somebody_is_nobody(called: str) -> None:
    """A shop, an office or a museum bears its founder's name, with or without a blank."""
    assert people(f"{called}へお越しください。\n") == []
