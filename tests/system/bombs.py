"""Mails made to exhaust whoever reads them, a maker for each family. All are small as they arrive."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable

import py7zr

from tests.unit.extract.made_documents import W, cell, compound, docx, opendocument, page_text, paragraph, pdf, stream
from tests.unit.extract.made_documents import xlsx as sheet_rows

MEGA = 1_000_000
Make = Callable[[], bytes]


def mail(head: bytes, body: bytes) -> bytes:
    """A mail with these further header lines."""
    return b"Subject: x\r\nFrom: a@gojokai.example.jp\r\nMIME-Version: 1.0\r\n" + head + b"\r\n\r\n" + body


def text(words: str) -> bytes:
    """A mail of one text."""
    return mail(b"Content-Type: text/plain; charset=utf-8", words.encode())


def page(source: str) -> bytes:
    """A mail of one page."""
    return mail(b"Content-Type: text/html; charset=utf-8", source.encode())


def attached(octets: bytes, name: str = "a.bin") -> bytes:
    """A mail that is one file."""
    head = f"Content-Disposition: attachment; filename={name}\r\nContent-Transfer-Encoding: base64"
    return mail(head.encode(), base64.encodebytes(octets))


def office(octets: bytes) -> bytes:
    """An office file with the part by which programs know it."""
    made = io.BytesIO(octets)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return made.getvalue()


# -- archives


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, octets in files:
            archive.writestr(name, octets)
    return made.getvalue()


def nested_zip(levels: int, copies: int, bottom: int) -> bytes:
    """Zips of zips of zips, as in 42.zip."""
    octets = zipped(("a.txt", bytes(bottom)))
    for _ in range(levels):
        octets = zipped(*((f"{number}.zip", octets) for number in range(copies)))
    return octets


def overlapping_zip(count: int, kernel: int) -> bytes:
    """Entries that share one packed kernel, each quoting the header of the next as a stored block (Fifield 2019)."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"a" * kernel) + packed.flush()
    size = kernel
    listed: list[tuple[bytes, int, int]] = []
    for number in reversed(range(count)):
        name = f"{number}.txt".encode()
        header = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), size, len(name), 0) + name
        listed.append((name, len(body), size))
        if number:
            block = struct.pack("<BHH", 0, len(header), 0xFFFF ^ len(header)) + header
            body, size = block + body, size + len(header)
    made = header + body
    directory = b""
    at = len(made)
    for name, length, whole in listed:
        at = len(made) - length - 30 - len(name)
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, length, whole, len(name), 0, 0, 0, 0, 0, at
        ) + name  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), len(made), 0)
    return made + directory + end


def zip_of_one_place(count: int, kernel: int) -> bytes:
    """Entries that all lie at one place."""
    one = zipped(("a.txt", bytes(kernel)))
    start = one.index(b"PK\1\2")
    entry, local = one[start : one.index(b"PK\5\6")], one[:start]
    directory = entry * count
    return local + directory + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, len(directory), start, 0)


def zip_within_itself() -> bytes:
    """An entry that is the whole archive, headers and all: its place and size take in the directory."""
    name = b"r.zip"
    octets = bytearray(struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name)
    directory = struct.pack(
        "<4sHHHHHHIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 160, 160, len(name), 0, 0, 0, 0, 0, 0
    )
    start = len(octets)
    octets += directory + name
    octets += struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(directory) + len(name), start, 0)
    struct.pack_into("<II", octets, 18, len(octets), len(octets))
    # The data begins behind the local header and holds a directory whose one entry begins at the local header again.
    return bytes(octets) * 20


def seven_zip(octets: bytes) -> bytes:
    """A 7z of one file."""
    made = io.BytesIO()
    with py7zr.SevenZipFile(made, "w") as archive:
        archive.writestr(octets, "a.txt")
    return made.getvalue()


def sparse_tar() -> bytes:
    """A tar whose one file is a hole of eight gigabytes (GNU's old form)."""
    entry = tarfile.TarInfo("a.txt")
    entry.type = tarfile.GNUTYPE_SPARSE
    header = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    header[386:410] = b"%011o\0%011o\0" % (8 * 10**9 % 8**11, 1)
    header[483:495] = b"%011o\0" % (8 * 10**9 % 8**11)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def deep_tar(levels: int) -> bytes:
    """Tars in tars."""
    octets = b"x" * 100
    for _ in range(levels):
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            entry = tarfile.TarInfo("a.tar")
            entry.size = len(octets)
            archive.addfile(entry, io.BytesIO(octets))
        octets = gzip.compress(made.getvalue(), 1)
    return octets


# -- documents


def entities(levels: int) -> str:
    """Entities of entities (billion laughs)."""
    declared = "<!ENTITY a0 'haha'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, levels))
    return f"<!DOCTYPE d [{declared}]><w:document {W}><w:p><w:r><w:t>&a{levels - 1};</w:t></w:r></w:p></w:document>"


def word(document: str) -> bytes:
    """A Word document with this first part."""
    return office(docx(paragraph("x"), word__document_xml=document))


def one_string_everywhere(length: int) -> bytes:
    """A string that a hundred thousand cells share."""
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 100_001))
    return office(sheet_rows(cells, sharedStrings_xml=f"<sst><si><t>{'x' * length}</t></si></sst>"))


def far_cells() -> bytes:
    """A sheet that claims to be as large as one can be, with cells in its corners."""
    rows = "".join(f'<row r="{n}">{cell(f"A{n}", "x")}{cell(f"XFD{n}", "y")}</row>' for n in range(1, 3000))
    return office(sheet_rows(rows, sheet='<dimension ref="A1:XFD1048576"/>{}'))


def repeated_cells() -> bytes:
    """A table of OpenDocument with 17 billion equal cells."""
    one = '<table:table-cell table:number-columns-repeated="16384"><text:p>x y</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="1048576">{one}</table:table-row>'
    return opendocument(f"<table:table>{row * 500}</table:table>", "spreadsheet")


def pdf_of_one_page(count: int) -> bytes:
    """One page that the file names so often."""
    return pdf([page_text("hello")]).replace(
        b"/Kids [4 0 R] /Count 1", b"/Kids [" + b"4 0 R " * count + b"] /Count %d" % count
    )


def pdf_with_circles() -> bytes:
    """Pages that are their own parents, bookmarks that follow themselves, a table of objects that precedes itself."""
    made = pdf([page_text("hello")], catalog="/Outlines 6 0 R /AcroForm << /Fields [6 0 R] >>", more=[
        b"<< /First 6 0 R /Last 6 0 R /Next 6 0 R /Kids [6 0 R] /Parent 6 0 R /Title (x) /Extends 6 0 R >>",
    ])  # fmt: skip
    made = made.replace(b"/Kids [4 0 R] /Count 1", b"/Kids [4 0 R 2 0 R] /Count 99999999")
    place = made.rindex(b"xref\n0")
    return made.replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Prev %d >>" % place)


def ole_with_circles() -> bytes:
    """A compound file whose sectors and directory run in circles."""
    made = bytearray(compound({"WordDocument": bytes(9000), "1Table": bytes(9000)}))
    for at in range(512, 1024, 4):
        struct.pack_into("<I", made, at, 1)
    return bytes(made)


def ole_with_circular_directory() -> bytes:
    """A compound file whose directory entries are each other's children."""
    made = bytearray(compound({"Workbook": bytes(5000), "b": bytes(5000), "c": bytes(5000)}))
    for entry in range(1024, 1024 + 4 * 128, 128):
        struct.pack_into("<III", made, entry + 68, 1, 2, 0)
    return bytes(made)


def tnef(octets: bytes) -> bytes:
    """A winmail.dat with one file."""
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for name, data in ((0x00069002, bytes(14)), (0x00018010, b"winmail.dat\0"), (0x0006800F, octets)):
        made += struct.pack("<BII", 2, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    return made


def nested_tnef(levels: int) -> bytes:
    """A winmail.dat in a winmail.dat."""
    octets = b"x"
    for _ in range(levels):
        octets = tnef(octets)
    return octets


def lying_tnef() -> bytes:
    """A winmail.dat whose lengths and counts are as large as they can be."""
    properties = struct.pack("<IHHI", 0xFFFFFFFF, 0x101E, 0x3001, 0xFFFFFFFF) * 2000
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for name, data in ((0x00069003, properties), (0x00069005, properties), (0x00069004, properties)):
        made += struct.pack("<BII", 1, name, len(data)) + data + b"\0\0"
    return made + struct.pack("<BII", 1, 0x0002800C, 0xFFFFFFFF) + b"x" * 100


# -- structure


def deep_mime(levels: int) -> bytes:
    """Multiparts in multiparts."""
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(levels))
    return b"Subject: x\r\n" + head + b"\r\nx"


def deep_mails(levels: int) -> bytes:
    """Mails in mails."""
    return b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" * levels + b"x"


def many_parts(count: int) -> bytes:
    """A multipart with so many parts."""
    return mail(b"Content-Type: multipart/mixed; boundary=b", b"--b\r\n\r\nx\r\n" * count + b"--b--")


def many_boundaries() -> bytes:
    """A header that names thousands of boundaries, all of which are there."""
    said = b";\r\n ".join(b"boundary=b%d" % n for n in range(3000))
    return mail(b"Content-Type: multipart/mixed; " + said, b"".join(b"--b%d\r\n\r\nx\r\n" % n for n in range(3000)))


BOMBS: dict[str, Make] = {
    "zip 1:1000": lambda: attached(zipped(("a.txt", bytes(200 * MEGA)))),
    "zip of zips of zips": lambda: attached(nested_zip(4, 16, 4 * MEGA)),
    "zip with a shared kernel": lambda: attached(overlapping_zip(250, 20 * MEGA)),
    "zip with one place": lambda: attached(zip_of_one_place(1000, 5 * MEGA)),
    "zip within itself": lambda: attached(zip_within_itself()),
    "zip a hundred deep": lambda: attached(nested_zip(100, 1, 10)),
    "zip of 100,000 entries": lambda: attached(zip_of_one_place(60_000, 10)),
    "gzip 1:1000": lambda: attached(gzip.compress(bytes(200 * MEGA), 1)),
    "gzip in gzip in gzip": lambda: attached(gzip.compress(gzip.compress(gzip.compress(bytes(300 * MEGA), 1)))),
    "bzip2": lambda: attached(bz2.compress(bytes(45 * MEGA))),
    "xz": lambda: attached(lzma.compress(bytes(100 * MEGA), preset=0)),
    "7z": lambda: attached(seven_zip(bytes(100 * MEGA))),
    "sparse tar": lambda: attached(sparse_tar()),
    "tars in tars": lambda: attached(deep_tar(60)),
    "entities in entities": lambda: attached(word(entities(12)), "a.docx"),
    "one entity many times": lambda: attached(word(
        f"<!DOCTYPE d [<!ENTITY a '{'x' * 100_000}'>]><w:document {W}><w:t>{'&a;' * 100_000}</w:t></w:document>"
    ), "a.docx"),
    "entities in an XML file": lambda: attached(entities(12).encode(), "a.xml"),
    "elements in elements": lambda: attached(word("<a>" * MEGA), "a.docx"),
    "one string in 100,000 cells": lambda: attached(one_string_everywhere(100_000), "a.xlsx"),
    "one shorter string in 100,000 cells": lambda: attached(one_string_everywhere(900), "a.xlsx"),
    "sheet as large as can be": lambda: attached(far_cells(), "a.xlsx"),
    "repeated cells": lambda: attached(repeated_cells(), "a.ods"),
    "pdf of 10,000 pages": lambda: attached(pdf([stream(b" ")] * 10_000), "a.pdf"),
    "pdf of one page a million times": lambda: attached(pdf_of_one_page(MEGA), "a.pdf"),
    "pdf in circles": lambda: attached(pdf_with_circles(), "a.pdf"),
    "pdf stream": lambda: attached(
        pdf([stream(zlib.compress(b" " * 50 * MEGA, 9), "/Filter /FlateDecode")]), "a.pdf"),
    "pdf stream of runs": lambda: attached(
        pdf([stream(zlib.compress(b"\x81 " * 2 * MEGA, 9), "/Filter [/FlateDecode /RunLengthDecode]")]), "a.pdf"),
    "rtf groups": lambda: attached(b"{\\rtf1" + b"{" * MEGA, "a.rtf"),
    "rtf octets": lambda: attached(b"{\\rtf1 " + b"\\bin99999999999 x" * 10_000 + b"}", "a.rtf"),
    "elements of a page": lambda: page("<div>" * 300_000 + "x"),
    "tables of a page": lambda: page("<table><tr><td>" * 20_000 + "x"),
    "attributes of a page": lambda: page("<p " + " ".join(f'a{n}="x"' for n in range(100_000)) + ">x"),
    "spans of a page": lambda: page("<table>" + '<tr><td rowspan="1000" colspan="1000">x' * 5000),
    "open tags": lambda: page("<a " * 300_000),
    "open remarks": lambda: page("<!--" * 300_000),
    "open quotation marks": lambda: page('<a b="' * 200_000),
    "entities of a page": lambda: page("&#" * 400_000),
    "style sheet": lambda: page("<style>" + ".a,.b,.c{color:" * 50_000 + "</style><p class='a b c'>x"),
    "script": lambda: page("<script>" + "\"\\'`" * 200_000 + "</script>x"),
    "pages within pages": lambda: page("<iframe srcdoc=\"&lt;iframe srcdoc='x'&gt;\">" * 20_000),
    "parts in parts": lambda: deep_mime(1000),
    "mails in mails": lambda: deep_mails(1000),
    "100,000 parts": lambda: many_parts(100_000),
    "3,000 boundaries": many_boundaries,
    "header of 1 MB": lambda: mail(b"X-A: " + b"x" * MEGA, b"x"),
    "100,000 header lines": lambda: mail(b"\r\n".join(b"X-A: x" for _ in range(100_000)), b"x"),
    "header of encoded words": lambda: mail(b"Comments: " + b"=?utf-8?B?" * 80_000, b"x"),
    "header of parameters": lambda: mail(
        b"Content-Type: text/plain" + b"".join(b'; a*%d*="x' % n for n in range(40_000)), b"x"),
    "line of 2,000,000 signs": lambda: text("x" * 2 * MEGA),
    "base64 of nothing but padding": lambda: mail(b"Content-Transfer-Encoding: base64", b"A=" * 2 * MEGA),
    "base64 with junk": lambda: mail(b"Content-Transfer-Encoding: base64", b"!A" * 2 * MEGA),
    "quoted-printable of signs": lambda: mail(b"Content-Transfer-Encoding: quoted-printable", b"=" * 3 * MEGA),
    "uuencoded blocks": lambda: text("begin 644 a\n#86)C\n" * 50_000),
    "calendar": lambda: mail(b"Content-Type: text/calendar", b"BEGIN:VEVENT\r\nA;B=\"" + b";\"" * 200_000),
    "json": lambda: attached(b"[" * MEGA, "a.json"),
    "json strings": lambda: attached(b'{"a":"' + b"[" * MEGA + b'"}', "a.json"),
    "csv of quotation marks": lambda: attached(b'"a","b\n' * 200_000, "a.csv"),
    "winmail.dat a hundred deep": lambda: attached(nested_tnef(100), "winmail.dat"),
    "winmail.dat that lies": lambda: attached(lying_tnef(), "winmail.dat"),
    "compound file in circles": lambda: attached(ole_with_circles(), "a.doc"),
    "compound directory in circles": lambda: attached(ole_with_circular_directory(), "a.xls"),
}  # fmt: skip
"""A mail for each family."""

LONG = 120_000
RUNS: dict[str, str] = {
    "noughts": "0" * LONG,
    "digits": "0123456789" * (LONG // 10),
    "digits and hyphens": "1-" * (LONG // 2),
    "digits and blanks": "1234 " * (LONG // 5),
    "digits and dots": "1." * (LONG // 2),
    "digits on lines": "12345\n" * (LONG // 6),
    "digits in cells": "1\t" * (LONG // 2),
    "kanji digits": "\u4e00" * LONG,
    "brackets": "(03)" * (LONG // 4),
    "open brackets": "(" * LONG,
    "full width": "\uff10\u30fc" * (LONG // 2),
    "marks": "1\u3099" * (LONG // 2),
    "no width": "1\u200b" * (LONG // 2),
    "backwards": "\u202e12" * (LONG // 3),
    "hiragana": "\u3042" * LONG,
    "katakana": "\u30a2" * LONG,
    "half-width katakana": "\uff71\uff9e" * (LONG // 2),
    "kanji": "\u5c71\u7530" * (LONG // 2),
    "surname and title": "\u5c71\u7530\u69d8" * (LONG // 3),
    "prefectures": "\u6771\u4eac\u90fd" * (LONG // 3),
    "towns": "\u753a\u6751\u5e02\u533a" * (LONG // 4),
    "house numbers": "1\u4e01\u76ee2\u756a3\u53f7" * (LONG // 7),
    "postal marks": "\u3012" * LONG,
    "eras": "\u662d\u548c58\u5e74" * (LONG // 5),
    "dates": "1990/1/" * (LONG // 7),
    "born": "\u751f\u5e74\u6708\u65e5" * (LONG // 4),
    "my number": "\u500b\u4eba\u756a\u53f7" * (LONG // 4),
    "my number and digits": "\u500b\u4eba\u756a\u53f712345678901 " * (LONG // 16),
    "accounts": "\u53e3\u5ea7\u756a\u53f7\uff1a" * (LONG // 5),
    "post bank": "\u8a18\u53f7 11150 " * (LONG // 9),
    "insurance": "\u8a18\u53f7\u756a\u53f7" * (LONG // 4),
    "pay": "\u7d66\u4e0e1,000," * (LONG // 8),
    "commas": "1,000," * (LONG // 6),
    "passwords": "\u30d1\u30b9\u30ef\u30fc\u30c9\uff1a" * (LONG // 6),
    "password in letters": "password: aB3$" * (LONG // 14),
    "at signs": "a@" * (LONG // 2),
    "dots of a domain": "a@b." * (LONG // 4),
    "letters": "a" * LONG,
    "capitals": "Aa " * (LONG // 3),
    "passports": "TK1234567" * (LONG // 9),
    "links": "http://" * (LONG // 7),
    "illnesses": "\u3046\u3064\u75c5" * (LONG // 3),
    "quotation": "> " * (LONG // 2),
    "quotation at lines": ">\n" * (LONG // 2),
    "header lines": "From: a\n" * (LONG // 8),
    "rules": "-" * LONG,
    "rules on lines": "--\n" * (LONG // 3),
    "blanks": " " * LONG,
    "tabs": "\t" * LONG,
    "empty lines": "\n" * LONG,
    "bars": "|" * LONG,
    "colons": "\uff1a" * LONG,
    "separators": "a,b\tc|d;" * (LONG // 8),
}
"""Long runs, at least one for each detector and layer."""
