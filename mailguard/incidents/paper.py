"""A document of an incident as a file: plain text, Word (OOXML), PDF.

Guarantees: the same document is the same octets each time; nothing of it is taken for markup; signs that cannot be seen
are left out of Word and text, and shown as numbers in the PDF. Word files hold nothing but paragraphs.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never
from xml.sax.saxutils import escape

from reportlab.platypus import Flowable, PageBreak

from mailguard.i18n import Language
from mailguard.incidents.document_text import as_text, plain
from mailguard.model.documents import Document
from mailguard.parcels.sheet_paper import Paper

_STAMP = (1980, 1, 1, 0, 0, 0)
"""No date of its own, so that the same words are the same file."""
_LINE_MAX = 20_000
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"/>'
    "</Relationships>"
)
_STYLES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>'
    '<w:rFonts w:ascii="Yu Mincho" w:hAnsi="Yu Mincho" w:eastAsia="游明朝" w:cs="Times New Roman"/><w:sz w:val="21"/>'
    '<w:lang w:val="{language}" w:eastAsia="ja-JP"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
    '<w:spacing w:after="60" w:line="320" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:spacing w:after="240"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:keepNext/><w:spacing w:before="200" w:after="60"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:sz w:val="23"/></w:rPr></w:style></w:styles>'
)


class Format(StrEnum):
    """What a document can be taken out as; the value is the ending of its name."""

    TEXT = "txt"
    WORD = "docx"
    PDF = "pdf"


MEDIA = {
    Format.TEXT: "text/plain; charset=utf-8",
    Format.WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


def as_file(document: Document, wanted: Format, name: str, office: str) -> bytes:
    """The document as a file. ``name``: what stands at the foot of a page."""
    match wanted:
        case Format.TEXT:
            # Notepad takes a file without the mark for CP932 on old machines.
            return b"\xef\xbb\xbf" + as_text(document).replace("\n", "\r\n").encode()
        case Format.WORD:
            return as_word(document)
        case Format.PDF:
            return as_pdf(document, name, office)
        case _:
            assert_never(wanted)


def as_word(document: Document) -> bytes:
    """The document as a Word file."""
    paragraphs = [_paragraph(document.title, "Title")]
    for one in document.sections:
        if one.heading:
            paragraphs.append(_paragraph(one.heading, "Heading1"))
        paragraphs += [_paragraph(line) for line in one.text.split("\n")]
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1418" w:right="1418" w:bottom="1418" w:left="1418" w:header="720" w:footer="720" '
        'w:gutter="0"/></w:sectPr>'
    )
    written = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{_W}"><w:body>{"".join(paragraphs)}{page}</w:body></w:document>'
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(kind="officeDocument", target="word/document.xml"),
        "word/document.xml": written,
        "word/styles.xml": _STYLES.format(language="ja-JP" if document.language == "ja" else "en-GB"),
        "word/_rels/document.xml.rels": _RELATIONS.format(kind="styles", target="styles.xml"),
    }
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content.encode(), zipfile.ZIP_DEFLATED)
    return octets.getvalue()


def as_pdf(document: Document, name: str, office: str) -> bytes:
    """The document as a PDF, A4."""
    return as_letters([document], name, office)


def as_letters(documents: Sequence[Document], name: str, office: str) -> bytes:
    """Documents of one kind as one PDF, A4, each on a page of its own; at least one."""
    language: Language = "en" if documents[0].language == "en" else "ja"
    paper = Paper(language, points=10.5)

    def content() -> list[Flowable]:
        return [one for document in documents for one in (*pages(document), PageBreak())][:-1]

    def pages(document: Document) -> list[Flowable]:
        made = [paper.title(paper.shown(document.title)), paper.space()]
        for one in document.sections:
            if one.heading:
                made.append(paper.section(paper.shown(one.heading)))
            made += [
                paper.paragraph(paper.shown(line, _LINE_MAX)) if line.strip() else paper.space()
                for line in one.text.split("\n")
            ]
        return made

    return paper.pdf(content, paper.shown(documents[0].title), paper.shown(office), paper.shown(name))


def _paragraph(line: str, style: str = "") -> str:
    marked = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{marked}<w:r><w:t xml:space="preserve">{escape(plain(line))}</w:t></w:r></w:p>'
