"""What columns and forms are called that nobody wrote a list of, and what only looks like a value below them."""

from __future__ import annotations

import pytest

from mailguard.model.contents import Piece
from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import inspected, sheet

PAID = [
    pytest.param(
        sheet(("職員番号", "氏名", "夜勤手当"), ("N-30288", "満留 咲", "48,000"), ("N-30301", "井料 智", "36000")),
        2, id="an allowance of its own name",
    ),
    pytest.param(
        sheet(("氏名", "月額"), ("山田 栄子", "210,000"), ("小林 直樹", "198,500"), section="非常勤給与"),
        2, id="so much a month, on a sheet of pay",
    ),
    pytest.param(
        sheet(("氏名", "月額"), ("山田 栄子", "2,100"), ("小林 直樹", "1,980"), section="駐輪場"),
        0, id="so much a month for a place",
    ),
    pytest.param(
        sheet(("氏名", "児童手当"), ("山田 栄子", "10,000"), ("小林 直樹", "15,000")), 0, id="what a town pays",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("table", "count"), PAID)
def test_column_of_an_allowance_is_pay_unless_an_insurance_pays_it(table: Piece, count: int) -> None:
    """Pay is known by whatever allowance it is; what parents or the sick get is none."""
    assert inspected(table).counts.get(Kind.SALARY, 0) == count


def test_lecturers_in_a_table_of_their_fees_are_its_people() -> None:
    """講師 over 氏名 makes nobody an office holder where the table says what he gets, and into which account."""
    found = inspected(
        sheet(
            ("学校法人みどり学園 謝金一覧",),
            ("講師", "", "支払"),
            ("氏名", "住所", "謝金額", "口座"),
            ("山田 栄子", "長野県飯田市本町4丁目5番6号", "66822", "つばめ 本店 普通 1903847"),
            ("小林 直樹", "長野県上田市中央3丁目1番2号", "111370", "羽衣 駅前 普通 2281904"),
        )
    )

    assert (2, 2, 2) == tuple(found.counts.get(kind) for kind in (Kind.PERSON_NAME, Kind.POSTAL_ADDRESS, Kind.SALARY))


NOBODY = [
    pytest.param(
        sheet(("お名前", ""), ("電話番号", ""), ("相談内容", "離婚・相続・労働・借金・その他")), id="a blank form",
    ),
    pytest.param(
        sheet(("氏名", "", "生年月日", "昭・平・令 年 月 日"), ("住所", "", "電話"), ("個人番号", "□□□□", "口座")),
        id="labels below labels",
    ),
    pytest.param(
        sheet(("旅券番号 Passport No.", "TK0000000 (example)"), ("氏名 Name", "")), id="an example of how to write it",
    ),
    pytest.param(
        sheet(("会計管理者", "監査委員事務局長"), ("上下水道局長", "上下水道局次長")), id="offices",
    ),
]  # fmt: skip


@pytest.mark.parametrize("form", NOBODY)
def test_form_with_nothing_filled_in_has_nobody_in_it(form: Piece) -> None:
    """A blank form is sent around with labels, choices and examples; none of them is a person or his number."""
    found = inspected(form)

    assert ({}, 0) == (dict(found.counts), found.persons)


def test_label_that_is_an_address_names_no_other_address() -> None:
    """Beside 字鳥越222番地 a column says how somebody comes to work; a car is no place."""
    found = inspected(
        sheet(
            ("教職員番号", "氏名", "住所", "経路"),
            ("412-0660", "山田 栄子", "長野県飯田市本町4丁目5番6号", "バス"),
            ("412-0661", "小林 直樹", "みなさと市字鳥越222番地", "自家用車"),
        )
    )

    assert found.counts[Kind.POSTAL_ADDRESS] == 2


def test_column_called_by_an_abbreviation_holds_pension_numbers() -> None:
    """基礎年番 is how a program that has room for four characters calls them."""
    found = inspected(
        sheet(
            ("連番", "カナ", "基礎年番", "誕生日"),
            ("1", "サタケ ユウキ", "4483107725", "3520812"),
            ("2", "タルミ キヨシ", "4485330187", "3491130"),
        )
    )

    assert found.counts[Kind.BASIC_PENSION_NUMBER] == 2


def test_illness_in_a_form_is_no_name() -> None:
    """In a form for a host family a row says what the pupil suffers from; it stands where others have names."""
    found = inspected(
        sheet(
            ("Student", "Chinen Haruto", "DOB", "May 3, 2008"),
            ("Mother", "Chinen Sachiko", "Tel", "+81 90-5551-8804"),
            ("Health", "asthma, daily inhaler", "Diet", "no shrimp"),
        )
    )

    assert (2, True) == (found.counts[Kind.PERSON_NAME], Kind.SPECIAL_CARE in found.counts)
