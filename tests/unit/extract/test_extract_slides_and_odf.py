"""Presentations and OpenDocument files of every kind."""

from __future__ import annotations

import pytest

from mailguard.extract.files import odf, pptx
from mailguard.model.contents import Form, Obstacle, Sign
from tests.unit.extract.made_documents import A, P, R, opendocument, package, reading


def shape(text: str) -> str:
    """A shape with one line."""
    return f"<p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"


def slide(content: str, show: str = "1") -> str:
    """A slide."""
    return f'<p:sld {P} {A} {R} show="{show}"><p:cSld><p:spTree>{content}</p:spTree></p:cSld></p:sld>'


def test_slides_come_in_the_order_they_are_shown() -> None:
    """Slide numbers are those of the screen, not those of the file's parts."""
    made = package(
        {
            "ppt/presentation.xml": f'<p:presentation {P} {R}><p:sldIdLst><p:sldId id="256" r:id="r2"/>'
            '<p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": '<R><Relationship Id="r1" Target="slides/slide1.xml"/>'
            '<Relationship Id="r2" Target="/ppt/slides/slide2.xml"/></R>',
            "ppt/slides/slide1.xml": slide(shape("後")),
            "ppt/slides/slide2.xml": slide(f"<p:grpSp>{shape('先')}</p:grpSp>"),
        }
    )

    assert [("slide 1", "先"), ("slide 2", "後")] == [
        (piece.section, piece.text) for piece in reading(pptx.read, made).contents.pieces
    ]


def test_notes_comments_tables_and_diagrams_of_slides_are_read() -> None:
    """The speaker's notes leave with the slides."""
    table = "<a:tbl><a:tr>" + "".join(
        f"<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>" for text in ("氏名", "仮名 太郎")
    )
    made = package(
        {
            "ppt/slides/slide1.xml": slide(f"<p:graphicFrame>{table}</a:tr></a:tbl></p:graphicFrame>"),
            "ppt/slides/_rels/slide1.xml.rels": '<R><Relationship Id="a" Target="../notesSlides/notesSlide7.xml"/></R>',
            "ppt/notesSlides/notesSlide7.xml": f"<p:notes {P} {A}>{shape('連絡先 090')}</p:notes>",
            "ppt/comments/comment1.xml": f"<p:cmLst {P}><p:cm><p:text>指摘</p:text></p:cm></p:cmLst>",
            "ppt/diagrams/data1.xml": f"<d {A}><a:p><a:r><a:t>組織図</a:t></a:r></a:p></d>",
        }
    )
    found = reading(pptx.read, made)

    assert (Form.TABLE, "氏名\t仮名 太郎") == (found.piece("氏名").form, found.text("slide 1"))
    assert "連絡先 090" == found.text("slide 1 notes")
    assert "指摘" == found.text("comment")
    assert "組織図" == found.text("text box")


def test_slide_that_is_not_shown_is_hidden() -> None:
    """A hidden slide is read, and said to be hidden."""
    found = reading(pptx.read, package({"ppt/slides/slide1.xml": slide(shape("仮名"), show="0")}))

    assert found.piece("仮名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_text_document_gives_paragraphs_tables_notes_and_headers() -> None:
    """An .odt is read like a .docx."""
    content = (
        "<text:p>前<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>脚注</text:p>"
        "</text:note-body></text:note>後<text:s text:c='2'/>。</text:p><table:table><table:table-row><table:table-cell>"
        "<text:p>氏名</text:p></table:table-cell><table:table-cell><text:p>仮名</text:p><text:p>太郎</text:p>"
        "</table:table-cell></table:table-row></table:table><text:p>終<office:annotation><dc:creator>係</dc:creator>"
        "<text:p>注釈</text:p></office:annotation></text:p>"
    )
    styles = (
        '<office:document-styles xmlns:office="o" xmlns:text="t" xmlns:style="s"><style:master-page><style:header>'
        "<text:p>受付番号</text:p></style:header></style:master-page></office:document-styles>"
    )
    found = reading(odf.read, opendocument(content, styles_xml=styles))

    assert "前後  。" in found.text("")
    assert "氏名\t仮名 太郎" == found.piece("氏名").text
    assert Form.TABLE is found.piece("氏名").form
    assert ("脚注", "注釈", "受付番号") == (found.text("footnote"), found.text("comment"), found.text("header"))


def test_text_deleted_with_changes_recorded_is_read() -> None:
    """What LibreOffice keeps of deleted text leaves with the file."""
    content = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>旧姓 仮名</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>新しい文</text:p>"
    )
    found = reading(odf.read, opendocument(content))

    assert "旧姓 仮名" == found.text("tracked changes")
    assert "新しい文" == found.text("")


def sheet(rows: str, style: str = "ta1") -> str:
    """A sheet of an .ods."""
    return f'<table:table table:name="名簿" table:style-name="{style}">{rows}</table:table>'


def test_spreadsheet_gives_dates_numbers_and_addresses() -> None:
    """Values come as in the other spreadsheets; repeated empty cells keep the columns."""
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row><table:table-row>'
        '<table:table-cell/><table:table-cell office:value-type="date" office:date-value="1980-09-07">'
        "<text:p>昭和</text:p>"
        '</table:table-cell><table:table-cell table:number-columns-repeated="2"/><table:table-cell '
        'office:value-type="float" office:value="1234567"><text:p>01234567</text:p></table:table-cell>'
        "<table:table-cell "
        'office:value-type="float" office:value="250000"><text:p>250,000円</text:p></table:table-cell>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-'
        'repeated="16384"/>'
        "</table:table-row>"
    )
    pieces = reading(odf.read, opendocument(sheet(rows), "spreadsheet")).contents.pieces

    assert [("1980/09/07\t\t\t01234567\t250000", 3, 2, "名簿")] == [
        (piece.text, piece.first_row, piece.first_column, piece.section) for piece in pieces[:-1]
    ]
    assert "sheet name" == pieces[-1].section


@pytest.mark.parametrize(
    ("style", "row"),
    [("hidden", ""), ("ta1", 'table:visibility="collapse"')],
    ids=["sheet", "row"],
)
def test_hidden_sheet_or_row_raises_the_sign(style: str, row: str) -> None:
    """Hidden rows of an .ods are read."""
    styles = (
        '<style:style style:name="hidden" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    rows = f"<table:table-row {row}><table:table-cell><text:p>仮名</text:p></table:table-cell></table:table-row>"
    found = reading(odf.read, opendocument(sheet(rows, style), "spreadsheet", styles))

    assert (style == "hidden") is found.piece("仮名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_slides_of_impress_with_notes_and_a_hidden_one() -> None:
    """An .odp is read like a .pptx."""
    styles = (
        '<style:style style:name="d2" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>'
    )
    content = (
        "<draw:page draw:style-name='d1'><draw:frame><draw:text-box><text:p>一枚目</text:p>"
        "</draw:text-box></draw:frame>"
        "<presentation:notes><draw:frame><draw:text-box><text:p>話す事</text:p></draw:text-box></draw:frame>"
        "</presentation:notes></draw:page><draw:page draw:style-name='d2'><draw:frame><draw:text-box>"
        "<text:p>二枚目</text:p>"
        "</draw:text-box></draw:frame></draw:page>"
    )
    found = reading(odf.read, opendocument(content, "presentation", styles))

    assert "一枚目" in found.text("slide 1")
    assert "話す事" in found.text()
    assert found.piece("二枚目").is_hidden


def test_encrypted_opendocument_is_said_to_be_encrypted() -> None:
    """A password keeps us out; the file's names say so."""
    manifest = (
        '<m:manifest xmlns:m="m"><m:file-entry m:full-path="content.xml"><m:encryption-data/>'
        "</m:file-entry></m:manifest>"
    )
    found = reading(odf.read, opendocument("<text:p>x</text:p>", "text", "", **{"META-INF__manifest_xml": manifest}))

    assert {Obstacle.ENCRYPTED} == found.obstacles
    assert () == found.contents.pieces


def test_embedded_object_and_properties_of_opendocument_are_read() -> None:
    """A table embedded in a text is read in place; an object of another program is a file."""
    inner = (
        '<office:document-content xmlns:office="o" xmlns:text="t"><office:body><text:p>埋め込み</text:p></office:body>'
        "</office:document-content>"
    )
    meta = (
        '<m xmlns:dc="d" xmlns:meta="e"><dc:title>名簿</dc:title><meta:user-defined meta:name="担当">'
        "仮名</meta:user-defined></m>"
    )
    parts: dict[str, str | bytes] = {"meta_xml": meta, "Object 1__content_xml": inner, "Object 2": b"objekt"}
    made = opendocument("<text:p>x</text:p>", "text", "", **parts)
    found = reading(odf.read, made)

    assert "埋め込み" in found.text("")
    assert "title: 名簿\n担当: 仮名" == found.text("properties")
    assert {"attachment:made!Object 2": b"objekt"} == found.files


def test_names_that_a_spreadsheet_defines_are_read() -> None:
    """A name may hold a constant that no cell shows."""
    names = (
        "<table:named-expressions><table:named-expression table:name='memo' table:expression='\"仮名 太郎\"'/>"
        "<table:named-range table:name='range1' table:cell-range-address='$a.$A$1'/></table:named-expressions>"
    )
    found = reading(odf.read, opendocument(sheet("") + names, "spreadsheet"))

    assert 'memo "仮名 太郎"' == found.text("beside the text")
