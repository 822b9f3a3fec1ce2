"""Tables and lists, from a sheet or typed: a column says what stands below its name, a form what stands beside it."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailguard.inspection.detection import shipped
from mailguard.inspection.tables import headers_of, tables_of
from mailguard.inspection.text import Text, header_key
from mailguard.model.contents import Form, Piece
from mailguard.model.finding import Inspection, Kind
from tests.unit.inspection.inspecting_parts import MY_NUMBERS, body, counting, inspected, names, sheet, values

PEOPLE = (
    ("27-481936", "長谷川 美咲", "長野県松本市白樺町1丁目6番8号", "090-4127-0538", "昭和58年4月5日", MY_NUMBERS[0]),
    ("27-481950", "東海林 健太", "長野県伊那市西町2丁目3番4号", "080-6390-1742", "平成2年11月30日", MY_NUMBERS[1]),
    ("28-300714", "小林 直樹", "長野県上田市中央3丁目1番2号", "070-2815-9063", "昭和50年1月2日", MY_NUMBERS[2]),
    ("31-062285", "山田 栄子", "長野県飯田市本町4丁目5番6号", "090-7746-3120", "昭和55年6月7日", MY_NUMBERS[3]),
)
HEADER = ("会員番号", "氏名", "住所", "電話番号", "生年月日", "個人番号")
KINDS = (
    Kind.MEMBER_NUMBER, Kind.PERSON_NAME, Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER, Kind.BIRTH_DATE, Kind.MY_NUMBER,
)  # fmt: skip
NAMES = {"長谷川美咲", "東海林健太", "小林直樹", "山田栄子"}


def test_table_with_header_gives_every_cell_its_kind() -> None:
    """A roster in a workbook is read whole, and everybody in it is one person."""
    found = inspected(sheet(HEADER, *PEOPLE))

    assert dict.fromkeys(KINDS, 4) == found.counts
    assert (4, 4, 4) == (found.persons, found.persons_with_contact, found.listed_persons)


HEADERS = [
    pytest.param(("組合員氏名", "自宅住所", "携帯電話"), id="with words around"),
    pytest.param(("氏　名", "住 所", "電 話 番 号"), id="with blanks"),
    pytest.param(("【氏名】※必須", "■住所", "電話番号（必須）"), id="with marks"),
    pytest.param(("Name", "Address", "Phone"), id="English"),
    pytest.param(("お名前", "ご住所", "お電話番号"), id="polite"),
]


@pytest.mark.parametrize("header", HEADERS)
def test_table_is_known_by_what_its_columns_are_called(header: tuple[str, ...]) -> None:
    """Whatever an office calls its columns, with blanks, marks and words around, it is understood."""
    found = inspected(sheet(header, *(row[1:4] for row in PEOPLE)))

    assert {Kind.PERSON_NAME: 4, Kind.POSTAL_ADDRESS: 4, Kind.PHONE_NUMBER: 4} == found.counts


ABOVE = [
    pytest.param((("令和8年度 名簿",),), id="a title"),
    pytest.param((("令和8年度 名簿",), ("作成日 令和8年10月1日",), ()), id="a title and a date"),
    pytest.param((("あおば互助会", "", "", "", "", "部外秘"), ()), id="words at both ends"),
]


@pytest.mark.parametrize("above", ABOVE)
def test_table_header_is_found_below_titles(above: tuple[tuple[str, ...], ...]) -> None:
    """What stands above a table does not hide it."""
    assert NAMES == names((*above, HEADER, *PEOPLE))


TYPED = [
    pytest.param("\t", id="tabs"),
    pytest.param(",", id="commas"),
    pytest.param(" | ", id="bars"),
    pytest.param("    ", id="blanks"),
]


@pytest.mark.parametrize("separator", TYPED)
def test_table_typed_into_a_mail_is_read(separator: str) -> None:
    """A list typed or pasted into the text is read as one, whatever stands between its columns."""
    rows = "\n".join(separator.join(row) for row in (HEADER, *PEOPLE))
    found = inspected(body(f"安藤様\n\n一覧をお送りします。\n\n{rows}\n\nよろしくお願いいたします。\n"))

    assert {Kind.PERSON_NAME: 4, Kind.MY_NUMBER: 4, Kind.POSTAL_ADDRESS: 4, Kind.PHONE_NUMBER: 4} == {
        kind: found.counts.get(kind)
        for kind in (Kind.PERSON_NAME, Kind.MY_NUMBER, Kind.POSTAL_ADDRESS, Kind.PHONE_NUMBER)
    }


def test_table_of_surnames_and_given_names_gives_full_names() -> None:
    """Where surname and given name stand in two columns, they are one name; the reading is no second person."""
    rows = [("姓", "名", "フリガナ"), ("長谷川", "美咲", "ハセガワ ミサキ"), ("東海林", "健太", "ショウジ ケンタ")]

    assert {"長谷川美咲", "東海林健太"} == names(rows)


def test_table_of_readings_alone_names_people() -> None:
    """Names in kana alone, as banks want them, are people."""
    assert {"ハセガワミサキ", "ショウジケンタ"} == names(
        [("フリガナ", "金額"), ("ハセガワ ミサキ", "100"), ("ショウジ ケンタ", "200")]
    )


def test_table_without_header_is_known_by_its_content() -> None:
    """A list of names with birth dates needs no header."""
    found = inspected(sheet(*((str(number), row[1], row[4]) for number, row in enumerate(PEOPLE, 1))))

    assert {Kind.PERSON_NAME: 4, Kind.BIRTH_DATE: 4} == found.counts


def test_form_says_beside_what_it_holds() -> None:
    """A form with labels on the left is one person's."""
    rows = [
        ("氏名", "長谷川 美咲"),
        ("生年月日", "昭和58年4月5日"),
        ("住所", PEOPLE[0][2]),
        ("個人番号", MY_NUMBERS[0]),
    ]
    found = inspected(sheet(*rows))

    assert {Kind.PERSON_NAME: 1, Kind.BIRTH_DATE: 1, Kind.POSTAL_ADDRESS: 1, Kind.MY_NUMBER: 1} == found.counts
    assert 1 == found.persons


def test_two_tables_below_each_other_are_read_each_by_its_header() -> None:
    """A second table on the same sheet has a header of its own."""
    first = [("氏名", "電話番号"), *((row[1], row[3]) for row in PEOPLE[:2])]
    second = [("電話番号", "氏名"), *((row[3], row[1]) for row in PEOPLE[2:])]

    assert NAMES == names([*first, (), ("その他",), *second])


OFFICE = [
    pytest.param(
        ("学校名", "電話番号"), (("青葉小学校", "0263-55-0111"), ("湖畔中学校", "0263-55-0112")), id="schools"
    ),
    pytest.param(
        ("会社名", "本社住所"), (("株式会社あおば", PEOPLE[0][2]), ("株式会社みすず", PEOPLE[1][2])), id="firms"
    ),
    pytest.param(("品名", "数量", "金額"), (("用紙", "10", "5,000"), ("封筒", "200", "3,000")), id="goods"),
    pytest.param(("会員番号", "氏名"), (("", ""), ("", "")), id="blank form"),
]


@pytest.mark.parametrize(("header", "rows"), OFFICE)
def test_table_of_organisations_or_goods_counts_nothing(header: tuple[str, ...], rows: tuple[tuple[str, ...]]) -> None:
    """A list of schools, firms or goods is no list of people."""
    assert set() == counting(sheet(header, *rows))


def test_amounts_are_pay_where_the_table_is_about_pay() -> None:
    """The same column is somebody's pay on a payroll and a price on a list of goods."""
    people = [
        (row[1], amount) for row, amount in zip(PEOPLE, ("234,300", "198,000", "305,100", "277,800"), strict=True)
    ]

    assert 4 == inspected(sheet(("給与支給明細",), ("氏名", "支給額"), *people)).counts.get(Kind.SALARY)
    assert Kind.SALARY not in inspected(sheet(("互助会給付金",), ("氏名", "金額"), *people)).counts


def test_place_is_a_cell_as_the_workbook_shows_it() -> None:
    """A finding says sheet and cell, so that I find it in the workbook."""
    piece = Piece(
        "attachment:a.xlsx", "氏名\t\t個人番号\n長谷川 美咲\t\t" + MY_NUMBERS[0], Form.TABLE, "名簿", first_row=5,
        first_column=26,
    )  # fmt: skip
    at = {one.kind: one.at for one in inspected(piece).findings}

    assert {Kind.PERSON_NAME: ("名簿!Z6",), Kind.MY_NUMBER: ("名簿!AB6",)} == at


def test_place_in_text_is_a_line() -> None:
    """In text it says the line."""
    (finding,) = inspected(body(f"ご連絡です。\n\n個人番号は {MY_NUMBERS[0]} です。\n")).findings

    assert ("line 3",) == finding.at


# -- whatever the order


ORDERS = st.permutations(range(len(PEOPLE)))


def figures(found: Inspection) -> tuple[object, ...]:
    """All counts of an inspection."""
    return found.counts, found.persons, found.named_persons, found.persons_with_contact, found.listed_persons


@settings(max_examples=24)
@given(ORDERS)
def test_order_of_rows_changes_no_count(order: list[int]) -> None:
    """Sorting a list otherwise changes nothing of what is said about it."""
    expected = figures(inspected(sheet(HEADER, *PEOPLE)))

    assert expected == figures(inspected(sheet(HEADER, *(PEOPLE[number] for number in order))))


@settings(max_examples=24)
@given(st.permutations(range(len(HEADER))))
def test_order_of_columns_changes_no_count(order: list[int]) -> None:
    """Nor does the order of its columns."""
    rows = [tuple(row[number] for number in order) for row in (HEADER, *PEOPLE)]

    assert figures(inspected(sheet(HEADER, *PEOPLE))) == figures(inspected(sheet(*rows)))


def test_rows_twice_are_the_same_people() -> None:
    """A list pasted twice, or in text and file, is about as many people as once."""
    once = inspected(sheet(HEADER, *PEOPLE))
    rows = "\n".join("\t".join(row) for row in (HEADER, *PEOPLE))
    twice = inspected(sheet(HEADER, *PEOPLE, *PEOPLE), body(f"一覧です。\n\n{rows}\n"))

    assert (once.counts, once.persons) == (twice.counts, twice.persons)


CELL = st.one_of(st.text(st.characters(exclude_characters="\n"), max_size=12), st.sampled_from([*HEADER, *PEOPLE[0]]))


@settings(max_examples=60)
@given(st.lists(st.lists(CELL, max_size=6), max_size=8), st.booleans())
def test_any_table_is_inspected(rows: list[list[str]], is_sheet: bool) -> None:
    """Whatever stands in a table, looking into it ends with an answer, and places lie inside the text."""
    text = "\n".join("\t".join(row) for row in rows)
    found = inspected(Piece("attachment:a", text, Form.TABLE if is_sheet else Form.PROSE))

    assert all(one.count >= 1 and one.at for one in found.findings)


def test_cells_start_where_they_stand() -> None:
    """Each cell is known by its text, its place and its column, empty ones left out."""
    plain = "\t a \tb\n\n c\t\td \n"
    lines = plain.split("\n")
    starts = [0, 7, 8, 14]
    (table,) = tables_of(Text(Piece("attachment:a", plain, Form.TABLE), plain), lines, starts)

    assert [[("a", 1), ("b", 2)], [], [("c", 0), ("d", 2)], []] == [
        [(cell.text, cell.column) for cell in row] for row in table.rows
    ]
    assert all(plain.startswith(cell.text, cell.start) for row in table.rows for cell in row)


def test_header_of_two_lines_is_one() -> None:
    """Where a header has two lines, both say what the columns are."""
    plain = "氏名\t住所\n\t\t電話番号\t生年月日\n長谷川 美咲\t松本市\t090-4127-0538"
    lines = plain.split("\n")
    (table,) = tables_of(Text(Piece("attachment:a", plain, Form.TABLE), plain), lines, [0, 6, 18])
    roles = {column: role for header in headers_of(table, shipped().columns.role_of, str.isdigit)
             for column, role in header.roles.items()}  # fmt: skip

    assert {0, 1, 2, 3} == roles.keys()


def test_header_key_is_the_name_of_a_column_alone() -> None:
    """Blanks, marks and brackets say nothing about a column."""
    assert header_key("【氏　名】(必須)") == header_key("氏名") == header_key("■ 氏 名：")


def test_many_rows_take_time_in_proportion() -> None:
    """A roster of 2,000 people is read whole."""
    random_ = random.Random(4)
    rows = [(f"{random_.randrange(10**5, 10**6)}-{number:04}", *PEOPLE[number % 4][1:3]) for number in range(2000)]
    found = inspected(sheet(HEADER[:3], *rows))

    assert (4, 4) == (found.persons, found.counts[Kind.POSTAL_ADDRESS])
    assert NAMES == values(sheet(HEADER[:3], *rows[:50]), Kind.PERSON_NAME)
