"""Lists in files against those the mail is for: others among whom somebody it is for stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailguard.inspection.circumstances import Circumstances
from mailguard.model.contents import Form, Piece
from mailguard.model.finding import FileList
from tests.unit.inspection.inspecting_parts import ABOUT, body, inspected, sheet

SCHOOLS = (
    ("学校名", "加入者数"),
    ("さくら坂小学校", "12"),
    ("湖畔中学校", "20"),
    ("青葉小学校", "8"),
    ("白樺高等学校", "9"),
)
FIRMS = (("取引先", "金額"), ("株式会社みすず商事", "1"), ("有限会社あおば印刷", "2"), ("白樺観光株式会社", "3"))
PEOPLE = (("氏名", "申込"), ("長谷川 美咲", "有"), ("東海林 健太", "無"), ("小林 直樹", "有"), ("山田 栄子", "有"))
SCHOOL = replace(ABOUT, recipients=(("soumu@school.example.com", "さくら坂小学校"),))
GREETED = replace(ABOUT, recipients=(("soumu@school.example.com", ""),), greeted_organisations=("さくら坂小学校",))
TOWN = replace(ABOUT, greeted_organisations=("松本市立さくら坂小学校",))
MEMBER = replace(ABOUT, recipients=(("misaki@home.example.com", "長谷川 美咲"),))

FOUND = [
    pytest.param(SCHOOL, SCHOOLS, (3, 0), id="a school, by the name beside its address"),
    pytest.param(GREETED, SCHOOLS, (3, 0), id="a school, by the greeting"),
    pytest.param(TOWN, SCHOOLS, (3, 0), id="a school, with its town before it"),
    pytest.param(replace(ABOUT, greeted_organisations=("みすず商事株式会社",)), FIRMS, (2, 0), id="a firm"),
    pytest.param(MEMBER, PEOPLE, (0, 3), id="a person"),
]


@pytest.mark.parametrize(("about", "rows", "others"), FOUND)
def test_list_says_who_else_stands_in_it(
    about: Circumstances, rows: tuple[tuple[str, ...], ...], others: tuple[int, int]
) -> None:
    """I write to one school or member, and the workbook holds the rows of the others: I am told how many."""
    assert (FileList("attachment:a.xlsx", "Sheet1", *others, is_hidden=False),) == inspected(
        sheet(*rows), about=about
    ).lists


def test_list_in_a_hidden_sheet_is_told_as_such() -> None:
    """A hidden sheet with everybody's rows is the accident nobody sees."""
    text = "\n".join("\t".join(row) for row in SCHOOLS)
    (found,) = inspected(Piece("attachment:a.xlsx", text, Form.TABLE, "元データ", is_hidden=True), about=SCHOOL).lists

    assert ("元データ", 3, True) == (found.section, found.other_organisations, found.is_hidden)


NONE = [
    pytest.param(ABOUT, (sheet(*SCHOOLS),), id="a list without the one it is for"),
    pytest.param(SCHOOL, (sheet(*SCHOOLS[:3]),), id="two are no list"),
    pytest.param(SCHOOL, (sheet(*SCHOOLS[:2]),), id="its own row"),
    pytest.param(SCHOOL, (sheet(("品名", "数量"), ("用紙", "1"), ("封筒", "2"), ("糊", "3")),), id="goods"),
    pytest.param(SCHOOL, (body("\n".join("\t".join(row) for row in SCHOOLS)),), id="in the text"),
    pytest.param(SCHOOL, (), id="nothing attached"),
]


@pytest.mark.parametrize(("about", "pieces"), NONE)
def test_list_of_others_or_of_one_says_nothing(about: Circumstances, pieces: tuple[Piece, ...]) -> None:
    """A list of others may be what the mail is about; one row is the recipient's own."""
    assert () == inspected(*pieces, about=about).lists
