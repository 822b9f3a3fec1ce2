"""An illness said once, and below or behind it the people who have it."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, inspected

ANNOUNCED = [
    pytest.param("次の職員はうつ病で休職しています。\n佐久間 徹(総務課)\n米田 早苗(給付課)\n", id="a sentence"),
    pytest.param(
        "健康診断の結果、要精密検査の方は次のとおりです。\n総務課 佐久間 徹\n給付課 米田 早苗\n", id="departments"
    ),
    pytest.param("がんで休職中の職員は以下の2名です。\n・佐久間 徹\n・米田 早苗\n", id="marks"),
    pytest.param("糖尿病:佐久間 徹、米田 早苗\n", id="behind a colon"),
    pytest.param("要精密検査:\n1 佐久間 徹\n2 米田 早苗\n", id="below a colon"),
    pytest.param("下記の組合員が精神疾患により療養中です。\n\n佐久間 徹\n米田 早苗\n", id="a blank line between"),
]


@pytest.mark.parametrize("said", ANNOUNCED)
def test_illness_said_of_a_list_belongs_to_everybody_on_it(said: str) -> None:
    """Whoever writes so tells as much of each as if it stood behind each name."""
    found = inspected(body(f"産業医 先生\n\n{said}"))

    assert found.counts.get(Kind.SPECIAL_CARE, 0) >= 1
    assert (2, 2) == (found.counts.get(Kind.PERSON_NAME), found.persons)


SUBJECTS = [
    pytest.param("糖尿病の方は次のとおりお申し込みください。\n担当 佐久間 徹\n", id="how to apply"),
    pytest.param("糖尿病外来:佐久間 徹 医師\nうつ病:米田 早苗 先生\n", id="doctors"),
    pytest.param("うつ病予防の講師は次のとおりです。\n佐久間 徹 先生\n米田 早苗 先生\n", id="lecturers"),
    pytest.param("要精密検査:\n受診券をお持ちください。\n", id="no names"),
    pytest.param("次の資料は高血圧についてです。\n担当は佐久間 徹です。\n", id="papers"),
]


@pytest.mark.parametrize("said", SUBJECTS)
def test_illness_as_a_subject_is_nobodys(said: str) -> None:
    """A course, a consultation and its doctors are no data of patients."""
    assert Kind.SPECIAL_CARE not in inspected(body(f"ご担当者様\n\n{said}")).counts


def test_illness_or_crime_of_an_example_is_nobodys() -> None:
    """A case of the books is about 甲野 太郎, whom nobody knows."""
    said = "ご担当者様\n\n最高裁令和5年7月11日判決(被告人 甲野 太郎)の要旨をお送りします。\n"

    assert not inspected(body(said)).counts


MEMBERS = [
    pytest.param("組合員 早川 健(30871)、大学生 鈴木 美咲、高校生 佐藤 翔太の3名です。\n", 3, id="member and students"),
    pytest.param(
        "職員組合 早川 健、大学 鈴木 美咲、高校 佐藤 翔太の3名が伺います。\n", 0, id="people of organisations"
    ),
]


@pytest.mark.parametrize(("said", "count"), MEMBERS)
def test_member_is_not_somebody_of_the_association(said: str, count: int) -> None:
    """組合員 is whom the association is for; 組合 before a name is where somebody works."""
    assert inspected(body(f"ご担当者様\n\n対象は{said}")).counts.get(Kind.PERSON_NAME, 0) == count
