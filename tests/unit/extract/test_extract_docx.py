"""Word documents: everything somebody could read in them comes out, in order and with tables kept together."""

from __future__ import annotations

import io
import zipfile

import pytest

from mailguard.extract.files.docx import read
from mailguard.model.contents import Form, Obstacle, Sign
from tests.unit.extract.made_documents import W, docx, package, paragraph, reading


def run(text: str, properties: str = "") -> str:
    """A run."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def table(*rows: tuple[str, ...]) -> str:
    """A table of these rows."""
    cells = ("".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def box(text: str) -> str:
    """A text box as Word writes it: once for new programs and once more for old ones."""
    content = f"<w:txbxContent>{paragraph(text)}</w:txbxContent>"
    return (
        '<w:r><mc:AlternateContent xmlns:mc="m" xmlns:v="v" xmlns:wps="s"><mc:Choice><wps:txbx>'
        f"{content}</wps:txbx></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def test_document_with_a_table_gives_prose_table_prose_in_order() -> None:
    """A form stays a table, and what stands around it stays around it."""
    body = paragraph("申請書") + table(("氏名", "仮名 太郎"), ("住所", "東京都仮町1-2-3")) + paragraph("以上")
    pieces = reading(read, docx(body)).contents.pieces

    assert [(Form.PROSE, "申請書"), (Form.TABLE, "氏名\t仮名 太郎\n住所\t東京都仮町1-2-3"), (Form.PROSE, "以上")] == [
        (piece.form, piece.text) for piece in pieces
    ]


def test_table_inside_a_cell_is_read_too() -> None:
    """Nested tables lose nothing."""
    inner = table(("会員番号", "12-3456"), ("氏名", "仮名 花子"))
    found = reading(
        read, docx(f"<w:tbl><w:tr><w:tc>{paragraph('外')}{inner}</w:tc><w:tc>{paragraph('x')}</w:tc></w:tr></w:tbl>")
    )

    assert Form.TABLE is found.piece("会員番号\t12-3456").form
    assert "外\tx" in found.text()


def test_cell_that_spans_columns_keeps_the_next_one_in_its_column() -> None:
    """A value stays under its heading."""
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("姓名")}</w:tc><w:tc>{paragraph("電話")}</w:tc>'
    body = f"<w:tbl><w:tr>{wide}</w:tr></w:tbl>"

    assert "姓名\t\t電話" == reading(read, docx(body)).contents.pieces[0].text


@pytest.mark.parametrize(
    ("part", "tag", "section"),
    [
        ("word__header1_xml", "hdr", "header"),
        ("word__footer2_xml", "ftr", "footer"),
        ("word__footnotes_xml", "footnotes", "footnote"),
        ("word__endnotes_xml", "endnotes", "endnote"),
        ("word__comments_xml", "comments", "comment"),
    ],
    ids=["header", "footer", "footnote", "endnote", "comment"],
)
def test_part_beside_the_body_is_read_and_named(part: str, tag: str, section: str) -> None:
    """What stands in the margin is looked at like the rest."""
    made = docx(paragraph("本文"), **{part: f"<w:{tag} {W}>{paragraph('仮名 次郎')}</w:{tag}>"})

    assert "仮名 次郎" == reading(read, made).text(section)


def test_text_box_written_twice_comes_once() -> None:
    """A box for new and for old programs is one text, and does not tear its paragraph."""
    found = reading(read, docx(f"<w:p>{run('前')}{box('仮名 三郎')}{run('後')}</w:p>"))

    assert "前後" == found.text("")
    assert "仮名 三郎" == found.text("text box")


def test_tracked_change_gives_the_new_and_the_old_line() -> None:
    """A name that was replaced can still be read by the recipient, so both are found whole."""
    deleted = '<w:del w:id="1"><w:r><w:delText>旧名 一郎</w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2">{run("新名 二郎")}</w:ins>'
    found = reading(read, docx(f"<w:p>{run('氏名:')}{deleted}{inserted}</w:p>"))

    assert "氏名:新名 二郎" == found.text("")
    assert "氏名:旧名 一郎" == found.text("tracked changes")


def test_text_that_was_moved_stands_once_in_each_place() -> None:
    """Where it stood before is a tracked change."""
    found = reading(read, docx(f"<w:p><w:moveFrom>{run('移した文')}</w:moveFrom>{run('残り')}</w:p>"))

    assert "残り" == found.text("")
    assert "移した文残り" == found.text("tracked changes")


@pytest.mark.parametrize(
    ("properties", "styles"),
    [
        ("<w:vanish/>", ""),
        (
            '<w:rStyle w:val="h"/>',
            f'<w:styles {W}><w:style w:styleId="h"><w:rPr><w:vanish/></w:rPr></w:style></w:styles>',
        ),
    ],
    ids=["run", "style"],
)
def test_hidden_text_is_found_and_said_to_be_hidden(properties: str, styles: str) -> None:
    """Text that Word does not show leaves with the file all the same."""
    more = {"word__styles_xml": styles} if styles else {}
    found = reading(read, docx(f"<w:p>{run('公開')}{run('病名', properties)}</w:p>", **more))

    assert "公開" == found.text("")
    assert found.piece("病名").is_hidden
    assert Sign.HIDDEN_TEXT in found.contents.signs


def test_vanish_that_is_off_hides_nothing() -> None:
    """``w:vanish w:val="0"`` is ordinary text."""
    found = reading(read, docx(f"<w:p>{run('公開', '<w:vanish w:val=' + chr(34) + '0' + chr(34) + '/>')}</w:p>"))

    assert "公開" == found.text("")
    assert Sign.HIDDEN_TEXT not in found.contents.signs


def test_tab_stop_is_no_tab_and_a_tab_is() -> None:
    """The two elements of one name are told apart."""
    body = '<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>'

    assert "a\tb" == reading(read, docx(body)).text("")


def test_reading_above_a_name_does_not_tear_it() -> None:
    """A ruby is set apart from what it stands above."""
    ruby = f"<w:ruby><w:rt>{run('かめい')}</w:rt><w:rubyBase>{run('仮名')}</w:rubyBase></w:ruby>"
    found = reading(read, docx(f"<w:p><w:r>{ruby}</w:r>{run(' 太郎')}</w:p>"))

    assert "仮名 太郎" == found.text("")
    assert "かめい" == found.text("reading")


def test_links_alternative_texts_and_properties_are_read() -> None:
    """What shows only on pointing at it counts as well."""
    rels = (
        '<Relationships><Relationship Id="r1" Target="mailto:taro%40example.jp" TargetMode="External"/></Relationships>'
    )
    picture = (
        '<w:p><w:r><w:drawing><wp:docPr xmlns:wp="w" id="1" name="x" descr="仮名太郎の写真"/></w:drawing></w:r></w:p>'
    )
    made = docx(
        picture,
        **{
            "word___rels__document.xml.rels": rels,
            "docProps__core_xml": '<cp xmlns:dc="d"><dc:title>名簿</dc:title><dc:creator>作成者</dc:creator></cp>',
            "docProps__custom_xml": '<P xmlns:vt="v"><property name="担当"><vt:lpwstr>仮名</vt:lpwstr></property></P>',
        },
    )
    found = reading(read, made)

    assert "taro@example.jp" == found.text("links")
    assert "仮名太郎の写真" == found.text("alternative text")
    assert "title: 名簿\ncreator: 作成者\n担当: 仮名" == found.text("properties")


def test_embedded_workbook_and_imported_page_are_handed_on() -> None:
    """Files inside of the document are files."""
    made = docx(paragraph("本文"), **{"word__embeddings__b.xlsx": b"PK..", "word__afchunk1.htm": b"<p>x</p>"})

    assert {"attachment:made!b.xlsx": b"PK..", "attachment:made!afchunk1.htm": b"<p>x</p>"} == reading(read, made).files


def test_macros_raise_a_sign() -> None:
    """A document with macros says so."""
    assert Sign.MACROS in reading(read, docx(paragraph("a"), **{"word__vbaProject.bin": b"x"})).contents.signs


def test_document_of_pictures_only_is_a_picture() -> None:
    """A scan pasted into Word is nothing anybody here can read."""
    found = reading(read, docx("<w:p/>", **{"word__media__image1.png": b"x"}))

    assert {Obstacle.PICTURE} == found.obstacles


@pytest.mark.parametrize("encoding", ["utf-16", "shift_jis", "utf-8-sig"])
def test_part_in_another_encoding_is_read(encoding: str) -> None:
    """XML may be written in UTF-16 and others."""
    declared = {"utf-16": "UTF-16", "shift_jis": "Shift_JIS", "utf-8-sig": "UTF-8"}[encoding]
    document = f"<w:document {W}><w:body>{paragraph('仮名 ソ表')}</w:body></w:document>"
    text = f'<?xml version="1.0" encoding="{declared}"?>{document}'

    assert "仮名 ソ表" == reading(read, package({"word/document.xml": text.encode(encoding)})).text("")


def test_strict_namespace_and_other_prefixes_are_read() -> None:
    """Word's strict format, and writers with their own prefixes."""
    text = '<document xmlns="http://purl.oclc.org/ooxml/wordprocessingml/main"><p><r><t>仮名</t></r></p></document>'

    assert "仮名" == reading(read, package({"word/document.xml": text})).text("")


def test_document_without_its_directory_is_read_and_called_damaged() -> None:
    """A file cut off at its end: what is there is looked at, and the mail is held."""
    made = docx(paragraph("仮名 太郎"))
    found = reading(read, made[: made.rindex(b"PK\x01\x02")])

    assert "仮名 太郎" == found.text("")
    assert {Obstacle.DAMAGED} == found.obstacles


def test_document_cut_off_inside_of_a_part_gives_what_came_before() -> None:
    """The beginning of the text is read even so."""
    body = "".join(paragraph(f"行{number}と{number * 7919}") for number in range(3000))
    made = docx(body)
    found = reading(read, made[: len(made) // 2])

    assert "行100と" in found.text()
    assert {Obstacle.DAMAGED} == found.obstacles


def test_encrypted_entry_is_said_to_be_encrypted() -> None:
    """A zip password on a document keeps us out as well."""
    made = bytearray(docx(paragraph("a")))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        made[made.index(magic) + offset] |= 1

    assert Obstacle.ENCRYPTED in reading(read, bytes(made)).obstacles


def test_two_parts_of_one_name_are_both_read() -> None:
    """Which of them a program shows is not ours to guess."""
    with pytest.warns(UserWarning, match="Duplicate"):
        made = _twice()
    found = reading(read, made)

    assert "一つ目" in found.text()
    assert "二つ目" in found.text()
    assert Sign.AMBIGUOUS in found.contents.signs


def _twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for text in ("一つ目", "二つ目"):
            made.writestr("word/document.xml", f"<w:document {W}>{paragraph(text)}</w:document>")
    return out.getvalue()


def test_entry_without_a_name_keeps_the_others_readable() -> None:
    """A broken directory does not end the reading."""
    made = docx(paragraph("仮名 太郎"), **{"@name": b"rest"}).replace(b"@name", b"\0name")

    assert "仮名 太郎" in reading(read, made).text()


@pytest.mark.parametrize("octets", [b"", b"PK", b"PK\x03\x04" + b"\0" * 40, b"not a zip at all"], ids=range(4))
def test_octets_that_are_no_document_are_damaged(octets: bytes) -> None:
    """Nonsense is a result."""
    assert {Obstacle.DAMAGED} == reading(read, octets).obstacles
