"""Files that try to carry a My Number past the reader: in odd corners, under false names, packed twice."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import py7zr
import pyzipper

from tests.unit.extract.evasions_in_text import DIGITS, LABEL, LINE, ROSTER, mail, part, plain
from tests.unit.extract.made_documents import (
    A,
    P,
    W,
    cell,
    compound,
    opendocument,
    package,
    page_text,
    paragraph,
    stream,
    xlsx,
)
from tests.unit.extract.made_documents import docx as word
from tests.unit.extract.made_documents import pdf as portable

CSV = ROSTER.encode()
HELLO = paragraph("hello")
SIGNED = bytes.fromhex("2a864886f70d010702")
DATA = bytes.fromhex("2a864886f70d010701")
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"


def named(octets: bytes | str, name: str, kind: str = "application/octet-stream") -> Callable[[], bytes]:
    """A mail with this file."""
    content = octets.encode() if isinstance(octets, str) else octets
    if name.endswith(("docx", "xlsx", "pptx")):
        content = complete(content)
    return lambda: part(content, name, kind)


def complete(octets: bytes) -> bytes:
    """An office file with the part by which programs know it (ECMA-376-2 \u00a76.2)."""
    made = io.BytesIO(octets)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return made.getvalue()


def zipped(*files: tuple[str, bytes], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, octets in files:
            archive.writestr(name, octets)
        archive.comment = comment
    return made.getvalue()


def tarred(octets: bytes, name: str = "a.csv", fields: dict[str, str] | None = None) -> bytes:
    """A tar of one file; ``fields`` go into its extended header."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(octets)
        entry.pax_headers = fields or {}
        archive.addfile(entry, io.BytesIO(octets))
    return made.getvalue()


def seven_zipped(octets: bytes) -> bytes:
    """A 7z of one file."""
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as archive:
        archive.writestr(octets, "a.csv")
    return made.getvalue()


def locked(octets: bytes, password: str, name: str = "a.csv") -> bytes:
    """A zip with a password."""
    made = io.BytesIO()
    with pyzipper.AESZipFile(made, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(password.encode())
        archive.writestr(name, octets)
    return made.getvalue()


def tnef(*attributes: tuple[int, int, bytes]) -> bytes:
    """A winmail.dat (MS-OXTNEF)."""
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for level, name, data in attributes:
        made += struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return made


def winmail(octets: bytes, name: str = "a.csv") -> bytes:
    """A winmail.dat with one file."""
    return tnef((2, 0x00069002, bytes(14)), (2, 0x00018010, name.encode() + b"\0"), (2, 0x0006800F, octets))


def der(tag: int, *content: bytes) -> bytes:
    """A DER value."""
    inner = b"".join(content)
    length = len(inner)
    size = bytes([length]) if length < 128 else b"\x83" + length.to_bytes(3, "big")
    return bytes([tag]) + size + inner


def signed(octets: bytes) -> bytes:
    """An opaque signature without a signer (RFC 5652 §5)."""
    inner = der(0x30, der(6, DATA), der(0xA0, der(4, octets)))
    return der(0x30, der(6, SIGNED), der(0xA0, der(0x30, der(2, b"\1"), der(0x31), inner, der(0x31))))


def opaque(octets: bytes) -> bytes:
    """A mail that is an opaque signature around an entity."""
    return mail(
        "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
        "Content-Transfer-Encoding: base64",
        base64.encodebytes(signed(octets)),
    )


def moved_main() -> bytes:
    """A Word document whose first part is elsewhere than usual; the usual one is harmless."""
    relation = (
        f'<Relationships><Relationship Id="r" Type="{RELATIONS}/officeDocument" Target="word/real/a.xml"/>'
        "</Relationships>"
    )
    return word(
        HELLO,
        _rels___rels=relation,
        word__real__a_xml=f"<w:document {W}><w:body>{paragraph(LINE)}</w:body></w:document>",
    )


def moved_sheet() -> bytes:
    """A workbook with a sheet in a folder of its own."""
    more = f'<sheet name="x" sheetId="2" state="veryHidden" {_R}:id="rId2" xmlns:{_R}="{RELATIONS}"/>'
    return package(
        {
            "xl/workbook.xml": f'<workbook xmlns:{_R}="{RELATIONS}"><sheets>'
            f'<sheet name="a" sheetId="1" {_R}:id="rId1"/>{more}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
            '<Relationship Id="rId2" Target="/xl/other/x.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>",
            "xl/other/x.xml": f'<worksheet><sheetData><row r="1">{cell("A1", LABEL)}{cell("B1", DIGITS)}</row>'
            "</sheetData></worksheet>",
        }
    )


_R = "r"


def slides(**more: str | bytes) -> bytes:
    """A presentation with one empty slide."""
    parts: dict[str, str | bytes] = {"ppt/slides/slide1.xml": f"<p:sld {P} {A}><p:cSld/></p:sld>"}
    for name, content in more.items():
        parts[name.replace("__", "/").replace("_xml", ".xml")] = content
    return package(parts)


def shape(text: str) -> str:
    """A text box of a slide."""
    return f"<p:cSld {P} {A}><p:sp><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp></p:cSld>"


def wide(text: str) -> str:
    """A string of a PDF in UTF-16."""
    return f"<FEFF{text.encode('utf-16-be').hex()}>"


def attached_to_pdf() -> bytes:
    """A PDF with a file in it."""
    return portable(
        [page_text("hello")],
        catalog="/Names << /EmbeddedFiles << /Names [(a.csv) "
        "<< /Type /Filespec /F (a.csv) /EF << /F 6 0 R >> >>] >> >>",
        more=[stream(CSV, "/Type /EmbeddedFile")],
    )


def emf(text: str) -> bytes:
    """A picture of Windows that draws a text (MS-EMF §2.3.5.8)."""
    words = text.encode("utf-16-le")
    words += b"\0" * (-len(words) % 4)
    record = struct.pack("<II", 84, 76 + len(words)) + bytes(36 - 8) + struct.pack("<iiIIIiiiiI", 0, 0, len(text), 76,
                                                                                   0, 0, 0, 0, 0, 76)  # fmt: skip
    header = struct.pack("<II", 1, 88) + bytes(32) + b" EMF" + bytes(44)
    return header + record.ljust(76, b"\0") + words + struct.pack("<IIIII", 14, 20, 0, 0, 20)


def gif_and_zip() -> bytes:
    """A picture that is a zip as well."""
    return b"GIF89a" + bytes(40) + zipped(("a.csv", CSV))


def escaped(text: str) -> str:
    """JSON escapes for every sign."""
    return "".join(f"\\u{ord(sign):04x}" for sign in text)


TEXT_FILES: dict[str, Callable[[], bytes]] = {
    **{
        f"csv in {charset}": named(ROSTER.encode(charset), "a.csv")
        for charset in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp932", "euc_jp", "iso2022_jp", "utf-8-sig")
    },
    "csv with sep line": named(f"sep=^\r\n{ROSTER.replace(',', '^')}", "a.csv"),
    "csv with odd separator": named(ROSTER.replace(",", "\x1f"), "a.csv"),
    "csv with formula cells": named(f'{LABEL}\r\n="{DIGITS}"\r\n', "a.csv"),
    "csv with exponent": named(f"{LABEL}\r\n5.27394618207E+11\r\n", "a.csv"),
    "csv without name": named(CSV, ""),
    "csv called exe": named(CSV, "a.exe"),
    "csv called png": named(CSV, "a.png", "image/png"),
    "csv called jpg, not attached": lambda: mail(
        'Content-Type: image/jpeg; name="a.jpg"\r\nContent-Disposition: inline', ROSTER
    ),
    "csv called zip": named(CSV, "a.zip", "application/zip"),
    "double extension": named(CSV, "a.csv.pdf"),
    "file name": named(b"x", f"{LINE}.txt"),
    "file name in a zip": named(zipped((f"{LINE}/a.txt", b"x")), "a.zip"),
    "file name with reversal": named(b"x", f"{LABEL}_{DIGITS}\u202efdp.exe"),
    "json": named(json.dumps({LABEL: DIGITS}), "a.json"),
    "json escapes": named(f'{{"{escaped(LABEL)}": "{escaped(DIGITS)}"}}', "a.json"),
    "json in json": named(json.dumps({"a": json.dumps({LABEL: DIGITS})}), "a.json"),
    "json escapes in a text": named(f"a = '{escaped(LINE)}'", "a.txt"),
    "json with a number": named(f'{{"{LABEL}": {DIGITS}}}', "a.json"),
    "json lines": named(f'{{"{LABEL}": "{DIGITS}"}}\n{{"{LABEL}": "{DIGITS}"}}\n', "a.jsonl"),
    "json with a fault": named(f'{{"{LABEL}": "{DIGITS}",}}', "a.json"),
    "xml escapes": named(
        f"<?xml version='1.0'?><a>{''.join(f'&#{ord(sign)};' for sign in LINE)}</a>", "a.xml"
    ),
    "xml attribute": named(f"<?xml version='1.0'?><a b='{LINE}'/>", "a.xml"),
    "xml cdata": named(f"<?xml version='1.0'?><a><![CDATA[{LINE}]]></a>", "a.xml"),
    "xml entity": named(f"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x '{LINE}'>]><a>&x;</a>", "a.xml"),
    "xml element name": named(f"<?xml version='1.0'?><a><{LABEL}>{DIGITS}</{LABEL}></a>", "a.xml"),
    "xml in UTF-16": named(f"<?xml version='1.0'?><a>{LINE}</a>".encode("utf-16"), "a.xml"),
    "svg": named(f"<svg xmlns='http://www.w3.org/2000/svg'><text>{LINE}</text></svg>", "a.svg", "image/svg+xml"),
    "svg of tspans": named(
        f"<svg><text>{LABEL} {''.join(f'<tspan>{digit}</tspan>' for digit in DIGITS)}</text></svg>", "a.svg"
    ),
    "svg compressed": named(gzip.compress(f"<svg><text>{LINE}</text></svg>".encode()), "a.svgz"),
    "page": named(f"<html><p>{LINE}</p></html>", "a.html", "text/html"),
    "page with a script": named(f"<html><script>document.write('{LINE}')</script></html>", "a.html"),
    "page with data in a script": named(
        f'<html><script>var rows = [{{"{escaped(LABEL)}": "{DIGITS}"}}]</script></html>', "a.html"
    ),
    "page saved as one file": named(
        b"From: x\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Content-Location: https://example.com/\r\n\r\n<p>" + LINE.encode(), "a.mht",
    ),
    "calendar file": named(f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{LABEL}\r\n  {DIGITS}\r\nEND:VEVENT", "a.ics"),
    "card": named(f"BEGIN:VCARD\r\nVERSION:4.0\r\nNOTE:{LABEL}\\n{DIGITS}\r\nEND:VCARD", "a.vcf"),
    "rich text": named(
        "{\\rtf1\\ansi " + "".join(f"\\u{ord(sign)}?" for sign in LINE) + "}", "a.rtf"
    ),
    "rich text with junk between": named(
        "{\\rtf1\\ansi " + "".join(f"\\u{ord(sign)}?" for sign in LABEL) + " " + "{\\b0}".join(DIGITS) + "}", "a.doc"
    ),
    "rich text hidden": named(
        "{\\rtf1\\ansi\\v " + "".join(f"\\u{ord(sign)}?" for sign in LINE) + "}", "a.rtf"
    ),
    "mail": named(plain(LINE), "a.eml", "message/rfc822"),
    "mailbox": named(b"From a@example.com Mon Jan  1 00:00:00 2024\r\n" + plain("x") + b"\r\n\r\n"
                     b"From a@example.com Mon Jan  1 00:00:00 2024\r\n" + plain(LINE), "a.mbox"),
    "text with a NUL": named(LINE.replace(" ", "\0 ").encode(), "a.txt"),
    "text behind octets": named(bytes(range(128, 256)) * 40 + LINE.encode(), "a.bin"),
    "base64 in a file": named(base64.encodebytes(CSV * 4), "a.txt"),
}  # fmt: skip
"""The line or the list in files of text."""

DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "docx runs": named(
        word("<w:p>" + "".join(f"<w:r><w:t>{sign}</w:t></w:r>" for sign in LABEL + DIGITS) + "</w:p>"), "a.docx"
    ),
    "docx hidden": named(word(f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{LINE}</w:t></w:r></w:p>"), "a.docx"),
    "docx white": named(
        word(f'<w:p><w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>{LINE}</w:t></w:r></w:p>'), "a.docx"
    ),
    "docx deleted": named(word(f"<w:p><w:del><w:r><w:delText>{LINE}</w:delText></w:r></w:del></w:p>"), "a.docx"),
    "docx cells": named(
        word(f"<w:tbl><w:tr>{''.join(f'<w:tc>{paragraph(one)}</w:tc>' for one in (LABEL, *DIGITS))}</w:tr></w:tbl>"),
        "a.docx",
    ),
    "docx fields": named(word(f"<w:p><w:r><w:instrText>QUOTE {LINE}</w:instrText></w:r></w:p>"), "a.docx"),
    "docx field that is shown": named(word(f'<w:p><w:fldSimple w:instr="QUOTE {LINE}"/></w:p>'), "a.docx"),
    "docx alternative text": named(
        word(f'<w:p><w:r><w:drawing><docPr descr="{LINE}"/></w:drawing></w:r></w:p>'), "a.docx"
    ),
    "docx properties": named(
        word(HELLO, docProps__core_xml=f"<cp xmlns:dc='d'><dc:description>{LINE}</dc:description></cp>"), "a.docx"
    ),
    "docx own properties": named(
        word(HELLO, docProps__custom_xml=f"<p><property name='{LABEL}'><lpwstr>{DIGITS}</lpwstr></property></p>"),
        "a.docx",
    ),
    "docx document variable": named(
        word(HELLO, word__settings_xml=f"<w:settings {W}><w:docVar w:name='a' w:val='{LINE}'/></w:settings>"),
        "a.docx",
    ),
    "docx bound data": named(word(HELLO, customXml__item1_xml=f"<a><b>{LINE}</b></a>"), "a.docx"),
    "docx moved first part": named(moved_main(), "a.docx"),
    "docx unknown part": named(word(HELLO, word__secret_xml=f"<w:x {W}><w:t>{LINE}</w:t></w:x>"), "a.docx"),
    "docx numbering": named(
        word(HELLO, word__numbering_xml=f"<w:numbering {W}><w:lvl><w:lvlText w:val='{LINE}'/></w:lvl></w:numbering>"),
        "a.docx",
    ),
    "docx picture that is a list": named(word(HELLO, **{"word/media/image1.png": CSV}), "a.docx"),
    "docx picture that is a zip": named(word(HELLO, **{"word/media/image1.png": zipped(("a.csv", CSV))}), "a.docx"),
    "docx font that is a list": named(word(HELLO, **{"word/fonts/font1.odttf": CSV}), "a.docx"),
    "docx settings of a printer that are a list": named(
        word(HELLO, **{"word/printerSettings1.bin": zipped(("a.csv", CSV))}), "a.docx"
    ),
    "docx drawing of vectors": named(
        word(HELLO, **{"word/media/image1.svg": f"<svg><text>{LINE}</text></svg>"}), "a.docx"
    ),
    "docx picture of Windows": named(word(HELLO, **{"word/media/image1.emf": emf(LINE)}), "a.docx"),
    "docx imported page": named(word(HELLO, **{"word/afchunk.html": f"<html>{LINE}</html>"}), "a.docx"),
    "docx stranger": named(word(HELLO, **{"a.csv": CSV}), "a.docx"),
    "xlsx very hidden": named(
        xlsx(f'<row r="1">{cell("A1", LABEL)}{cell("B1", DIGITS)}</row>', state="veryHidden"), "a.xlsx"
    ),
    "xlsx far away": named(xlsx(f'<row r="900000">{cell("XFA900000", LINE)}</row>'), "a.xlsx"),
    "xlsx digits in cells": named(
        xlsx('<row r="1">' + "".join(cell(f"{chr(65 + n)}1", one) for n, one in enumerate([LABEL, *DIGITS]))
             + "</row>"),
        "a.xlsx",
    ),
    "xlsx number": named(
        xlsx(f'<row r="1">{cell("A1", LABEL)}</row><row r="2"><c r="A2"><v>{DIGITS}</v></c></row>'), "a.xlsx"
    ),
    "xlsx number with exponent": named(
        xlsx(f'<row r="1">{cell("A1", LABEL)}</row><row r="2"><c r="A2"><v>5.27394618207E11</v></c></row>'), "a.xlsx"
    ),
    "xlsx formula only": named(xlsx(f'<row r="1"><c r="A1"><f>"{LINE}"</f></c></row>'), "a.xlsx"),
    "xlsx defined name": named(package({
        "xl/workbook.xml": f"<workbook><definedName name='a'>\"{LINE}\"</definedName></workbook>",
        "xl/worksheets/sheet1.xml": "<worksheet/>"}), "a.xlsx"),
    "xlsx comment": named(
        xlsx("", comments1_xml=f"<comments><comment ref='A1'><text><t>{LINE}</t></text></comment></comments>"),
        "a.xlsx",
    ),
    "xlsx pivot": named(
        xlsx("", pivotCache__pivotCacheDefinition1_xml=f"<d><cacheFields><cacheField name='{LABEL}'><sharedItems>"
             f"<s v='{DIGITS}'/></sharedItems></cacheField></cacheFields></d>"),
        "a.xlsx",
    ),
    "xlsx validation list": named(
        xlsx("", sheet='{}<dataValidation type="list"><formula1>"' + LINE + '"</formula1></dataValidation>'), "a.xlsx"
    ),
    "xlsx header": named(
        xlsx("", sheet="{}<headerFooter><oddHeader>&amp;L" + LINE + "</oddHeader></headerFooter>"), "a.xlsx"
    ),
    "xlsx moved sheet": named(moved_sheet(), "a.xlsx"),
    "pptx notes": named(slides(ppt__notesSlides__notesSlide1_xml=f"<n>{shape(LINE)}</n>"), "a.pptx"),
    "pptx master": named(slides(ppt__slideMasters__slideMaster1_xml=f"<n>{shape(LINE)}</n>"), "a.pptx"),
    "pptx layout": named(slides(ppt__slideLayouts__slideLayout1_xml=f"<n>{shape(LINE)}</n>"), "a.pptx"),
    "pptx alternative text": named(
        slides(ppt__slides__slide2_xml=f"<p:sld {P}><p:cNvPr descr='{LINE}'/></p:sld>"), "a.pptx"
    ),
    "odt": named(opendocument(f"<text:p>{LABEL} {'<text:span/>'.join(DIGITS)}</text:p>"), "a.odt"),
    "ods hidden": named(
        opendocument('<table:table><table:table-row table:visibility="collapse"><table:table-cell>'
                     f"<text:p>{LINE}</text:p></table:table-cell></table:table-row></table:table>", "spreadsheet"),
        "a.ods",
    ),
    "odt picture that is a list": named(opendocument("<text:p>a</text:p>", **{"Pictures/a.png": ROSTER}), "a.odt"),
    "pdf properties": named(
        portable([page_text("hello")], more=[f"<< /Title {wide(LINE)} >>".encode()]).replace(
            b"/Root 1 0 R", b"/Root 1 0 R /Info 6 0 R"
        ), "a.pdf",
    ),
    "pdf annotation": named(
        portable([page_text("hello")], more=[
            f"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents {wide(LINE)} >>".encode()]),
        "a.pdf",
    ),
    "pdf attachment": named(attached_to_pdf(), "a.pdf"),
    "pdf bookmark": named(
        portable([page_text("hello")], catalog="/Outlines 6 0 R", more=[
            b"<< /Type /Outlines /First 7 0 R /Last 7 0 R >>", f"<< /Title {wide(LINE)} /Parent 6 0 R >>".encode()]),
        "a.pdf",
    ),
    "pdf metadata stream": named(
        portable([page_text("hello")], catalog="/Metadata 6 0 R", more=[
            stream(f"<x:xmpmeta xmlns:x='x'><dc:description>{LINE}</dc:description></x:xmpmeta>".encode(),
                   "/Type /Metadata /Subtype /XML")]),
        "a.pdf",
    ),
    "pdf digits drawn one by one": named(
        portable([stream(b"BT /F1 12 Tf 72 720 Td (My Number:) Tj " + b"".join(
            f"{60 if n == 0 else 7} 0 Td ({digit}) Tj ".encode() for n, digit in enumerate(DIGITS)) + b" ET")]),
        "a.pdf",
    ),
    "pdf and then a zip": named(portable([page_text("hello")]) + zipped(("a.csv", CSV)), "a.pdf"),
    "pdf behind junk": named(b"x" * 500 + portable([page_text("My Number " + DIGITS)]), "a.pdf"),
    "pdf behind a mark": named(b"\xff\xfe" + portable([page_text("My Number " + DIGITS)]), "a.pdf"),
    "ole stream": named(compound({"secret": LINE.encode("utf-16-le").ljust(4096, b"\0")}), "a.dat"),
    "ole stream that is a zip": named(compound({"secret": zipped(("a.csv", CSV)).ljust(4096, b"\0")}), "a.dat"),
}  # fmt: skip
"""The line in odd corners of documents."""

ARCHIVES: dict[str, Callable[[], bytes]] = {
    "zip": named(zipped(("a.csv", CSV)), "a.zip"),
    "zip in zip in zip": named(zipped(("b.zip", zipped(("c.zip", zipped(("a.csv", CSV)))))), "a.zip"),
    "zip comment": named(zipped(("a.txt", b"x"), comment=LINE.encode()), "a.zip"),
    "zip behind a picture": named(PNG + zipped(("a.csv", CSV)), "a.png", "image/png"),
    "zip behind a text": named(b"hello\r\n" * 200 + zipped(("a.csv", CSV)), "a.txt"),
    "picture and zip": named(gif_and_zip(), "a.gif", "image/gif"),
    "zip called jpg": named(zipped(("a.csv", CSV)), "a.jpg", "image/jpeg"),
    "text behind a zip": named(zipped(("a.txt", b"x")) + CSV, "a.zip"),
    "zip without directory": named(zipped(("a.csv", CSV))[:-90], "a.zip"),
    "zip password in the mail": lambda: mail(
        "Content-Type: multipart/mixed; boundary=b",
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        "\u30d1\u30b9\u30ef\u30fc\u30c9\uff1aTk8-mq2Z\r\n--b\r\n".encode()
        + b"Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(locked(CSV, "Tk8-mq2Z")) + b"--b--",
    ),
    "zip with a name that is locked": named(locked(b"x", "a", f"{LINE}.txt"), "a.zip"),
    "tar": named(tarred(CSV), "a.tar"),
    "gzip": named(gzip.compress(CSV), "a.gz"),
    "gzip twice": named(gzip.compress(gzip.compress(CSV)), "a.gz"),
    "gzip of two": named(gzip.compress(b"x") + gzip.compress(CSV), "a.gz"),
    "gzip name": named(b"\x1f\x8b\x08\x08" + bytes(6) + LINE.encode() + b"\0" + gzip.compress(b"x")[10:], "a.gz"),
    "bzip2": named(bz2.compress(CSV), "a.bz2"),
    "xz": named(lzma.compress(CSV), "a.xz"),
    "lzma alone": named(lzma.compress(CSV, lzma.FORMAT_ALONE), "a.lzma"),
    "zlib alone": named(zlib.compress(CSV), "a.z"),
    "7z": named(seven_zipped(CSV), "a.7z"),
    "winmail in winmail": named(winmail(winmail(CSV), "winmail.dat"), "winmail.dat", "application/ms-tnef"),
    "winmail without a name": named(winmail(CSV), "x.dat"),
    "signature in a signature": lambda: opaque(
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(signed(b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + LINE.encode()))
    ),
    "signature of a bare text": lambda: opaque(LINE.encode()),
    "signature called encrypted": lambda: opaque(b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + LINE.encode())
    .replace(b"signed-data", b"enveloped-data"),
    "file that is a signature": named(signed(CSV), "a.csv.p7m"),
}  # fmt: skip
"""The list in archives and wrappers."""
