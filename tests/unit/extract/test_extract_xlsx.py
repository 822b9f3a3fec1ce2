"""Excel workbooks: sheets as tables with addresses, and everything kept beside the cells."""

from __future__ import annotations

import pytest

from mailguard.extract.files.xlsx import read
from mailguard.model.contents import Form, Obstacle, Sign
from tests.unit.extract.made_documents import A, S, cell, reading, xlsx


def styles(*formats: str | int) -> str:
    """A style sheet whose cell styles have these formats, by code or by id."""
    codes = "".join(
        f'<numFmt numFmtId="{200 + i}" formatCode="{code}"/>' for i, code in enumerate(formats) if isinstance(code, str)
    )
    kinds = "".join(f'<xf numFmtId="{code if isinstance(code, int) else 200 + i}"/>' for i, code in enumerate(formats))
    return f"<styleSheet {S}><numFmts>{codes}</numFmts><cellXfs>{kinds}</cellXfs></styleSheet>"


def test_sheet_becomes_a_table_that_knows_its_first_cell() -> None:
    """A finding can be told by its cell's address."""
    rows = f'<row r="3">{cell("B3", "氏名")}{cell("D3", "電話")}</row><row r="5">{cell("B5", "仮名 太郎")}</row>'
    piece = reading(read, xlsx(rows)).contents.pieces[0]

    assert "氏名\t\t電話\n\n仮名 太郎" == piece.text
    assert ("名簿", Form.TABLE, 3, 2) == (piece.section, piece.form, piece.first_row, piece.first_column)


def test_strings_shared_by_cells_come_without_their_readings() -> None:
    """The reading Excel keeps for a name is not glued to it; a line break in a cell is a blank."""
    strings = (
        f"<sst {S}><si><t>仮名 太郎</t><rPh><t>カメイ</t></rPh></si><si><r><t>東京</t></r><r><t>"
        f"都\n仮町</t></r></si></sst>"
    )
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>9</v></c></row>'

    assert "仮名 太郎\t東京都 仮町" == reading(read, xlsx(rows, sharedStrings_xml=strings)).contents.pieces[0].text


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        ("12345678", 0, "12345678"),
        ("123456789012.0", 0, "123456789012"),
        ("1.23456789018E11", 0, "123456789018"),
        ("3.5", 0, "3.5"),
        ("29471", 14, "1980/09/07"),
        ("29471", 57, "1980/09/07"),
        ("29471", "[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "1980/09/07"),
        ("29471.5", "yyyy/m/d h:mm", "1980/09/07 12:00"),
        ("0.5", 20, "12:00"),
        ("1234567", "00000000", "01234567"),
        ("12345678901", "0000-0000-0000", "0123-4567-8901"),
        ("29471", "#,##0;[Red]-#,##0", "29471"),
        ("29471", "General", "29471"),
    ],
    ids=str,
)
def test_number_comes_as_a_reader_of_the_sheet_sees_it(value: str, style: str | int, shown: str) -> None:
    """Whole numbers without a point, dates as dates, codes with their zeros."""
    rows = f'<row r="1"><c r="A1" s="0"><v>{value}</v></c></row>'

    assert shown == reading(read, xlsx(rows, styles_xml=styles(style))).contents.pieces[0].text


def test_error_is_blank_and_a_formula_shows_its_value() -> None:
    """Nothing is computed anew."""
    rows = (
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="str"><f>A1&amp;"x"</f><v>仮名</v></c>'
        '<c r="C1" t="b"><v>1</v></c><c r="D1" t="d"><v>1980-09-07T00:00:00</v></c></row>'
    )

    assert "仮名\tTRUE\t1980/09/07" in reading(read, xlsx(rows)).contents.pieces[0].text


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheet_is_read_and_said_to_be_hidden(state: str) -> None:
    """A list on a sheet nobody sees leaves as well."""
    found = reading(read, xlsx(f'<row r="1">{cell("A1", "仮名 太郎")}</row>', state=state))

    assert found.piece("仮名 太郎").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


@pytest.mark.parametrize(
    ("rows", "sheet"),
    [
        (f'<row r="1" hidden="1">{cell("A1", "仮名")}</row>', ""),
        (f'<row r="1">{cell("A1", "仮名")}</row>', '<cols><col min="1" max="1" hidden="1"/></cols>{}'),
        (f'<row r="1">{cell("A1", "仮名")}</row>', '<cols><col min="1" max="1" width="0"/></cols>{}'),
    ],
    ids=["row", "column", "column of no width"],
)
def test_hidden_row_or_column_stays_in_its_table_and_raises_the_sign(rows: str, sheet: str) -> None:
    """A person's data is kept in one row."""
    found = reading(read, xlsx(rows, sheet=sheet))

    assert not found.piece("仮名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_ordinary_sheet_raises_no_sign() -> None:
    """What everybody sees is not hidden."""
    found = reading(read, xlsx(f'<row r="1" ht="18">{cell("A1", "a")}</row>', sheet='<cols><col width="9"/></cols>{}'))

    assert frozenset() == found.contents.signs


def test_everything_beside_the_cells_is_read() -> None:
    """Comments, headers, lists to choose from, text boxes, constants with names, charts."""
    sheet = (
        '{}<dataValidations><dataValidation prompt="部署を選ぶ"><formula1>"仮名太郎,仮名花子"</formula1>'
        "</dataValidation>"
        "</dataValidations><headerFooter><oddHeader>&amp;L取扱注意&amp;R仮名部長</oddHeader></headerFooter>"
    )
    found = reading(
        read,
        xlsx(
            f'<row r="1">{cell("A1", "a")}</row>',
            sheet=sheet,
            comments1_xml=f"<comments {S}><commentList><comment ref='A1'><text><r><t>糖尿</t></r><r><t>"
            f"病</t></r></text>"
            "</comment></commentList>"
            "</comments>",
            threadedComments__threadedComment1_xml="<T><threadedComment><text>返信です</text></threadedComment></T>",
            drawings__drawing1_xml=f"<d {A}><txBody><a:p><a:r><a:t>図形の文字</a:t></a:r></a:p></txBody></d>",
            charts__chart1_xml="<c><ser><tx><v>手当</v></tx><cat><pt><v>"
            "仮名</v></pt></cat><val><pt><v>5.0</v></pt></val>"
            "</ser></c>",
        ),
    )

    assert "糖尿病\n返信です" == found.text("comment")
    assert {"仮名太郎", "仮名花子", "部署を選ぶ", "取扱注意", "仮名部長"} <= set(found.text("名簿").split("\n"))
    assert "図形の文字" == found.text("text box")
    assert "\t手当\n仮名\t5" == found.text("chart")


def test_pivot_table_gives_back_the_rows_it_was_made_from() -> None:
    """The source of a pivot table stays in the file when its sheet is deleted."""
    definition = (
        f'<pivotCacheDefinition {S}><cacheFields><cacheField name="氏名"><sharedItems><s v="仮名 太郎"/><s '
        f'v="仮名 花子"/>'
        '</sharedItems></cacheField><cacheField name="給与"><sharedItems/></cacheField></cacheFields>'
        "</pivotCacheDefinition>"
    )
    records = (
        f'<pivotCacheRecords {S}><r><x v="1"/><n v="250000"/></r><r><x v="0"/><n v="1.0"/></r></pivotCacheRecords>'
    )
    made = xlsx("", pivotCache__pivotCacheDefinition1_xml=definition, pivotCache__pivotCacheRecords1_xml=records)
    found = reading(read, made)

    assert "氏名\t給与\n仮名 花子\t250000\n仮名 太郎\t1" == found.text("pivot cache")
    assert found.piece("仮名 花子").is_hidden


def test_cells_kept_of_another_workbook_are_read() -> None:
    """A formula that looks something up carries the list it looks into."""
    link = (
        f"<externalLink {S}><sheetDataSet><sheetData><row r='1'><cell r='A1'><v>仮名 太郎</v></cell>"
        f"</row></sheetData></sheetDataSet></externalLink>"
    )

    assert "仮名 太郎" == reading(read, xlsx("", externalLinks__externalLink1_xml=link)).text("other workbook")


def test_cells_in_opposite_corners_cost_nothing() -> None:
    """A sheet is no larger than what stands in it, whatever it claims."""
    rows = f'<row r="1">{cell("A1", "左上")}</row><row r="1048576">{cell("XFD1048576", "右下")}</row>'
    found = reading(read, xlsx(rows, sheet='<dimension ref="A1:XFD1048576"/>{}'))

    assert [(1, 1, "左上"), (1048576, 16384, "右下")] == [
        (piece.first_row, piece.first_column, piece.text) for piece in found.contents.pieces if piece.form is Form.TABLE
    ]


def test_sheet_that_breaks_off_gives_the_rows_before() -> None:
    """What was read stays read, and the file is called damaged."""
    found = reading(read, xlsx(f'<row r="1">{cell("A1", "仮名 太郎")}</row><row r="2"><c r="A2" t="inlineStr"><is><t'))

    assert "仮名 太郎" in found.text("名簿")
    assert {Obstacle.DAMAGED} == found.obstacles


def test_link_of_a_cell_that_fills_in_a_form_is_read() -> None:
    """The address behind the cell carries what it fills in."""
    link = (
        '<Relationships><Relationship Id="rId1" TargetMode="External" '
        'Target="https://example.com/f?mynumber=392718460552&amp;x=1"/><Relationship Id="rId2" '
        'TargetMode="External" Target="mailto:kamei%40example.com"/></Relationships>'
    )
    found = reading(read, xlsx("", **{"worksheets___rels__sheet1.xml.rels": link}))

    assert "mynumber: 392718460552\nkamei@example.com" == found.text("links")


def test_password_of_a_connection_is_read() -> None:
    """Excel saves it with the workbook where its user wished so."""
    connection = "Provider=SQLOLEDB;User ID=kamei;Password=Hana-7kQ2;Data Source=db.example.com"
    text = f'<connections {S}><connection id="1"><dbPr connection="{connection}"/></connection></connections>'

    assert "Password=Hana-7kQ2" in reading(read, xlsx("", connections_xml=text)).text("names")


def test_connection_without_a_password_says_nothing() -> None:
    """Where the data comes from is no data of a person."""
    text = f'<connections {S}><connection id="1"><dbPr connection="Provider=x;Source=db"/></connection></connections>'

    assert "" == reading(read, xlsx("", connections_xml=text)).text("names")
