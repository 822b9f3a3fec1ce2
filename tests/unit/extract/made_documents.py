"""Documents made by hand for the tests: packages of XML, compound files, PDF, and what reading them gives."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

from mailguard.extract.walk import Damaged, File, Limits, OverLimit, Walk
from mailguard.model.contents import Contents, Obstacle, Piece

WHERE = "attachment:made"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


class Reading:
    """What a reader gave for one file; ``files``: what it handed on, by place."""

    def __init__(self, contents: Contents, files: dict[str, bytes], over: Obstacle | None) -> None:
        self.contents = contents
        self.files = files
        self.over = over

    def text(self, section: str | None = None) -> str:
        """All pieces, or those of one section."""
        return "\n".join(p.text for p in self.contents.pieces if section is None or p.section == section)

    def piece(self, words: str) -> Piece:
        """The piece that holds these words."""
        return next(piece for piece in self.contents.pieces if words in piece.text)

    @property
    def obstacles(self) -> set[Obstacle]:
        """Everything that was not read, the end of the walk included."""
        found = {unreadable.why for unreadable in self.contents.unreadable}
        return found | ({self.over} if self.over else set())


def reading(read: Callable[[File, Walk], None], octets: bytes, limits: Limits | None = None) -> Reading:
    """What this reader gives for these octets."""
    files: dict[str, bytes] = {}
    walk = Walk(lambda file, _: files.__setitem__(file.where, file.octets), limits)
    over = None
    try:
        read(File("made", octets, WHERE), walk)
    except Damaged:
        walk.cannot(WHERE, Obstacle.DAMAGED)
    except OverLimit as limit:
        over = limit.obstacle
    return Reading(walk.contents(), files, over)


def package(parts: dict[str, str | bytes]) -> bytes:
    """A zip with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def docx(body: str, **more: str | bytes) -> bytes:
    """A Word document with this body; further parts with ``__`` for ``/`` and ``_`` for the point before xml."""
    parts: dict[str, str | bytes] = {
        "word/document.xml": f"<w:document {W} {A} {R}><w:body>{body}</w:body></w:document>"
    }
    for name, content in more.items():
        parts[name.replace("__", "/").replace("_xml", ".xml")] = content
    return package(parts)


def paragraph(text: str) -> str:
    """A paragraph of one run."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def xlsx(rows: str, *, sheet: str = "", state: str = "visible", **more: str | bytes) -> bytes:
    """A workbook of one sheet: its rows, what stands around them (``sheet`` with ``{}``), further parts."""
    data = f"<sheetData>{rows}</sheetData>"
    around = (sheet or "{}").replace("{}", data)
    parts: dict[str, str | bytes] = {
        "xl/workbook.xml": (
            f'<workbook {S} {R}><sheets><sheet name="\u540d\u7c3f" sheetId="1" state="{state}" r:id="rId1"/>'
            "</sheets></workbook>"
        ),
        "xl/_rels/workbook.xml.rels": (
            '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": f"<worksheet {S}>{around}</worksheet>",
    }
    for name, content in more.items():
        parts["xl/" + name.replace("__", "/").replace("_xml", ".xml")] = content
    return package(parts)


def cell(reference: str, text: str) -> str:
    """A cell with its text in it."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def opendocument(content: str, kind: str = "text", styles: str = "", **more: str | bytes) -> bytes:
    """An OpenDocument of this kind (text, spreadsheet, presentation)."""
    parts: dict[str, str | bytes] = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}",
        "content.xml": (
            f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:{kind}>{content}</office:{kind}></office:body></office:document-content>"
        ),
    }
    for name, text in more.items():
        parts[name.replace("__", "/").replace("_xml", ".xml")] = text
    return package(parts)


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of version 3 with these streams in its root, each filled up to 4,096 octets ([MS-CFB] §2)."""
    sector, end, fat_sector = 512, 0xFFFFFFFE, 0xFFFFFFFD
    names = list(streams)
    bodies = [streams[name].ljust(4096, b"\0") for name in names]
    directory_sectors = (len(names) + 1 + 3) // 4
    data = [-(-len(body) // sector) for body in bodies]
    fat_sectors = 1
    while (fat_sectors + directory_sectors + sum(data)) * 4 > fat_sectors * sector:
        fat_sectors += 1
    fat = [fat_sector] * fat_sectors
    fat += [len(fat) + 1 + i for i in range(directory_sectors - 1)] + [end]
    starts = []
    for count in data:
        starts.append(len(fat))
        fat += [len(fat) + 1 + i for i in range(count - 1)] + [end]
    fat += [0xFFFFFFFF] * (fat_sectors * sector // 4 - len(fat))
    entries = [_directory("Root Entry", 5, 0xFFFFFFFF, 1 if names else 0xFFFFFFFF, end, 0)]
    for number, name in enumerate(names, 1):
        right = number + 1 if number < len(names) else 0xFFFFFFFF
        entries.append(_directory(name, 2, right, 0xFFFFFFFF, starts[number - 1], len(bodies[number - 1])))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0,
                                                                          fat_sectors, fat_sectors, 0)  # fmt: skip
    header += struct.pack("<IIIII", 4096, end, 0, end, 0)
    header += struct.pack("<109I", *range(fat_sectors), *[0xFFFFFFFF] * (109 - fat_sectors))
    out = header + struct.pack(f"<{len(fat)}I", *fat)
    out += b"".join(entries).ljust(directory_sectors * sector, b"\0")
    return out + b"".join(body.ljust(-(-len(body) // sector) * sector, b"\0") for body in bodies)


def _directory(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    return (
        wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, right, child)
        + bytes(36) + struct.pack("<IQ", start, size)
    )  # fmt: skip


def pdf(pages: list[bytes], *, resources: str = "", more: list[bytes] | None = None, catalog: str = "") -> bytes:
    """A PDF with these page contents: catalog, pages, font, then page and content by turns, then ``more``."""
    first = 4
    kids = " ".join(f"{first + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, content in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {first + 2 * number + 1} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> {resources} >> "
            f"/Annots [{_annotations(pages, more)}] >>".encode()
        )
        objects.append(content)
    objects += more or []
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()
    return bytes(out)


def _annotations(pages: list[bytes], more: list[bytes] | None) -> str:
    """References to those further objects that are annotations."""
    start = 4 + 2 * len(pages)
    return " ".join(f"{start + i} 0 R" for i, body in enumerate(more or []) if b"/Annot" in body)


def stream(content: bytes, entries: str = "") -> bytes:
    """A stream object."""
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def page_text(text: str) -> bytes:
    """Content of a page with one line of ASCII."""
    return stream(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
