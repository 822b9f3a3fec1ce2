"""Rosters and their rows as offices type them: who stands in them, and which of it is only a header."""

from __future__ import annotations

import pytest

from mailguard.model.finding import Kind
from mailguard.policy.personal_data import must_protect
from tests.unit.inspection.inspecting_parts import body, counting, inspected, names, sheet, values


@pytest.mark.parametrize("remark", ["妊娠中", "入院中", "育児休業", "電話", "住所変更", "退職者"])
def test_row_whose_remark_is_also_called_like_a_column_is_no_header(remark: str) -> None:
    """A word in the remarks makes no header of a row of people, and those below it are found by their column."""
    rows = (
        ("所属", "氏名", "年齢", "備考"),
        ("総務", "南澤 和代", "52", ""),
        ("福祉", "油井 美咲", "29", remark),
        ("保健", "ホアン ティハー", "38", ""),
    )

    assert names(rows) == {"南澤和代", "油井美咲", "ホアンティハー"}


def test_people_from_abroad_in_a_column_of_names_are_no_readings() -> None:
    """A name in katakana alone in its row is somebody, not how the one above is read."""
    rows = (
        ("ID", "氏名", "生年月日"),
        ("1", "中条 美和", "1981.07.15"),
        ("2", "ウッド ジェニファー", "1990.11.02"),
    )

    found = inspected(sheet(*rows))

    assert (found.persons, found.counts[Kind.BIRTH_DATE]) == (2, 2)


def test_reading_in_a_column_of_names_beside_the_written_one_is_no_second_person() -> None:
    """Written and read, in two columns that are both called names, one member is one person."""
    rows = (("氏名", "お名前", "生年月日"), ("中条 美和", "チュウジョウ ミワ", "1981.07.15"))

    assert inspected(sheet(*rows)).persons == 1


def test_columns_divided_by_strokes_are_a_table() -> None:
    """Numbers of insured people below 番号 / 氏名 are seen as if I had drawn a table."""
    text = "健康保険組合様\n\n記号 305\n番号 / 氏名\n1127 / 樋口 昌平\n2045 / 江原 理央\n3310 / 油井 美咲\n"

    assert values(body(text), Kind.HEALTH_INSURANCE) == {"1127", "2045", "3310"}


@pytest.mark.parametrize(
    "text", ["9:00 / 受付\n10:00 / 開会\n11:00 / 講演\n", "A案 / 100円\nB案 / 120円\nC案 / 90円\n"]
)
def test_lines_with_strokes_about_things_are_nobody(text: str) -> None:
    """A programme or prices divided by strokes hold nothing of anybody."""
    assert set() == counting(body(f"田中様\n\n{text}"))


def test_numbers_of_a_family_that_differ_in_the_branch_are_found() -> None:
    """On an insurance card each member of a family has two digits more behind the number of the insured."""
    rows = "1127  樋口 昌平\n1127-01  樋口 さゆり\n2045-00  江原 理央\n"
    text = f"健康保険組合様\n\n記号 305\n番号  氏名\n{rows}"

    assert values(body(text), Kind.HEALTH_INSURANCE) == {"1127", "2045"}


SAID = [
    pytest.param("応募者の羽生田 勝は、うつ病で通院しています。", "羽生田勝", id="a role before a short name"),
    pytest.param("久保寺さん、下の名前は 恵一さん。会員番号は 0045128 です。", "恵一", id="a sentence about a name"),
    pytest.param("名前は 久保寺 恵一、糖尿病で通院中です。", "久保寺恵一", id="a sentence that gives a name"),
]


@pytest.mark.parametrize(("sentence", "name"), SAID)
def test_name_behind_a_word_for_it_in_a_sentence_is_read_without_the_particle(sentence: str, name: str) -> None:
    """What I call somebody in a sentence is the name, and no letter more or less."""
    assert values(body(f"人事ご担当者様\n\n{sentence}\n"), Kind.PERSON_NAME) == {name}


@pytest.mark.parametrize("label", ["ご本人　　　", "本　人　　", "対象者　　　"])
def test_person_whom_a_form_at_the_top_of_a_letter_is_about_is_not_greeted(label: str) -> None:
    """A form that calls its person 様 in the first lines is about that person."""
    text = f"年金機構 御中\n\nお電話の件です。\n{label}赤穂　静枝　様\n生年月日　　昭和41年7月9日\n"

    assert must_protect(inspected(body(text)))
