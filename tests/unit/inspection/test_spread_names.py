"""Names that blanks spread over a line, and names with a former surname in brackets, are those of one person."""

from __future__ import annotations

from mailguard.model.finding import Kind
from tests.unit.inspection.inspecting_parts import body, values


def test_names_spread_with_blanks_in_a_list_count() -> None:
    """Lists of people are often set to one width with blanks; three lines and more are a list."""
    text = (
        "お泊まりの方です。\n佐\u3000藤\u3000\u3000美\u3000咲\n"
        "東海林\u3000健\u3000太\n小\u3000林\u3000\u3000直\u3000樹\n"
    )
    assert values(body(text), Kind.PERSON_NAME) == {"佐藤美咲", "東海林健太", "小林直樹"}


def test_headings_spread_with_blanks_are_no_names() -> None:
    """A programme is set the same way."""
    text = (
        "式\u3000次\u3000第\n一\u3000\u3000開\u3000会\n二\u3000\u3000閉\u3000会\n"
        "三\u3000\u3000祝\u3000辞\n出\u3000席\u3000者\n"
    )
    assert values(body(text), Kind.PERSON_NAME) == set()


def test_a_former_surname_in_brackets_is_part_of_one_person() -> None:
    """伊藤（旧姓山田）恵子 is one person, under the name of today."""
    text = "次の方です。\n伊藤(旧姓山田)恵子様 電話090-5555-0123\n"
    assert values(body(text), Kind.PERSON_NAME) == {"伊藤恵子"}


def test_a_day_of_the_week_behind_a_date_is_no_given_name() -> None:
    """四月一日 is a surname too, but not before 月曜日."""
    assert values(body("四月一日 月曜日 090-5555-0123\n"), Kind.PERSON_NAME) == set()
