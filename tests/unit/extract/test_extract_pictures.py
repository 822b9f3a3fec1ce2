"""Pictures that may show a list are told of wherever they stand; logos, stamps and icons bother nobody."""

from __future__ import annotations

import base64
import random
import struct
from collections.abc import Callable

import pytest

from mailguard.extract.contents import contents_of
from mailguard.extract.files import docx, odf, pdf, pptx, xlsx
from mailguard.extract.picture_size import may_show_a_list, size_of
from mailguard.extract.walk import File, Walk
from mailguard.mime.message import Message
from mailguard.model.contents import Obstacle, Unreadable
from tests.unit.extract import made_documents as made
from tests.unit.extract.made_documents import A, P, cell, paragraph, reading


def png(width: int, height: int, octets: int) -> bytes:
    """A PNG as far as its size is read."""
    head = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)
    return (head + random.Random(1).randbytes(octets))[:octets]


def jpeg(width: int, height: int, octets: int) -> bytes:
    """A JPEG with a segment before its frame."""
    head = b"\xff\xd8\xff\xe1\x00\x10" + bytes(14) + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width)
    return head.ljust(octets, b"\0")


SIZES = [
    pytest.param(png(640, 480, 24), (640, 480), id="PNG"),
    pytest.param(jpeg(640, 480, 40), (640, 480), id="JPEG"),
    pytest.param(b"GIF89a" + struct.pack("<HH", 640, 480), (640, 480), id="GIF"),
    pytest.param(b"BM" + bytes(12) + struct.pack("<Iii", 40, 640, -480), (640, 480), id="BMP, upside down"),
    pytest.param(
        b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 640, 480), (640, 480), id="WebP"
    ),
    pytest.param(
        b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x7f\x02\x00\xdf\x01\x00", (640, 480), id="WebP, extended"
    ),
    pytest.param(b"\xff\xd8" + b"\xff" * 100, None, id="JPEG without a frame"),
    pytest.param(b"\xff\xd8\xff\xe1\x00\x00\xff", None, id="JPEG, cut"),
    pytest.param(b"\x89PNG\r\n\x1a\n", None, id="PNG, cut"),
    pytest.param(b"no picture", None, id="none"),
]  # fmt: skip


@pytest.mark.parametrize(("octets", "size"), SIZES)
def test_size_of_a_picture_is_read_from_its_head(octets: bytes, size: tuple[int, int] | None) -> None:
    """Nothing is unpacked for it, and nothing broken raises."""
    assert size == size_of(octets)


LARGE = [
    pytest.param(png(800, 400, 20_000), id="screenshot of a list"),
    pytest.param(jpeg(1200, 900, 80_000), id="photograph"),
    pytest.param(png(1000, 1000, 60_000), id="large square"),
    pytest.param(jpeg(900, 600, 9_300), id="a page of few letters"),
    pytest.param(b"\xff\xd8\xff\xe0" + bytes(40_000), id="size unknown, many octets"),
]
SMALL = [
    pytest.param(png(180, 60, 12_000), id="logo"),
    pytest.param(png(1200, 180, 40_000), id="banner"),
    pytest.param(png(400, 400, 30_000), id="stamp"),
    pytest.param(png(1600, 1000, 3_000), id="empty ground"),
    pytest.param(png(1500, 400, 8_000), id="logo for print"),
    pytest.param(b"\xff\xd8\xff\xe0" + bytes(20_000), id="size unknown, few octets"),
]


@pytest.mark.parametrize("octets", LARGE)
def test_picture_on_which_a_list_can_be_read_is_large(octets: bytes) -> None:
    """It has room for lines of letters."""
    assert may_show_a_list(octets)


@pytest.mark.parametrize("octets", SMALL)
def test_logo_stamp_or_ground_is_not_large(octets: bytes) -> None:
    """What offices put on their paper is no list."""
    assert not may_show_a_list(octets)


PICTURE, LOGO = png(800, 400, 20_000), png(200, 80, 12_000)


def address(octets: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(octets).decode()}"


PAGES = {
    "img": '<p>ご覧ください</p><img src="{}">',
    "SVG": '<svg><image href="{}"/></svg>',
    "SVG, old": '<svg><image xlink:href="{}"/></svg>',
    "style": "<div style=\"background:url('{}')\">x</div>",
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_large_picture_written_into_a_page_is_told_of_and_a_small_one_is_not(page: str) -> None:
    """A screenshot that a program put into the page itself is a picture like one attached."""
    head = b"Subject: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    found = [contents_of(Message(head + page.format(address(one)).encode())).unreadable for one in (PICTURE, LOGO)]

    assert [(Unreadable("attachment:image", Obstacle.PICTURE),), ()] == found


def test_drawing_attached_with_a_large_picture_in_it_is_told_of() -> None:
    """An SVG is text, and the picture inside of it is not."""
    drawing = f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="{address(PICTURE)}"/></svg>'
    mail = (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: image/svg+xml\r\n"
        f'Content-Disposition: attachment; filename="a.svg"\r\n\r\n{drawing}\r\n--b--\r\n'
    )

    assert (Unreadable("attachment:a.svg!image", Obstacle.PICTURE),) == contents_of(Message(mail.encode())).unreadable


def word(text: str, picture: bytes) -> bytes:
    return made.docx(paragraph(text), **{"word__media__image1.png": picture})


def sheet(text: str, picture: bytes) -> bytes:
    return made.xlsx(
        f'<row r="1">{cell("A1", text)}</row>', sheet="{}", state="visible", **{"media__image1.png": picture}
    )


def slides(text: str, picture: bytes) -> bytes:
    slide = f"<p:sld {P} {A}><p:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sld>"
    return made.package({"ppt/slides/slide1.xml": slide, "ppt/media/image1.png": picture})


def open_text(text: str, picture: bytes) -> bytes:
    return made.opendocument(f"<text:p>{text}</text:p>", "text", "", **{"Pictures__1.png": picture})


KINDS = [
    pytest.param(docx.read, word, id="docx"),
    pytest.param(xlsx.read, sheet, id="xlsx"),
    pytest.param(pptx.read, slides, id="pptx"),
    pytest.param(odf.read, open_text, id="odt"),
]
Read = Callable[[File, Walk], None]


@pytest.mark.parametrize(("read", "make"), KINDS)
def test_document_with_a_heading_and_a_screenshot_is_a_picture(read: Read, make: Callable[[str, bytes], bytes]) -> None:
    """The list was pasted as a picture: a few words above it do not make the document readable."""
    assert {Obstacle.PICTURE} == reading(read, make("名簿です", PICTURE)).obstacles


@pytest.mark.parametrize(("text", "picture"), [("名簿です", LOGO), ("本文です。" * 60, PICTURE)], ids=["logo", "text"])
@pytest.mark.parametrize(("read", "make"), KINDS)
def test_document_with_a_logo_or_with_text_bothers_nobody(
    read: Read, make: Callable[[str, bytes], bytes], text: str, picture: bytes
) -> None:
    """A letterhead, or a picture in a text, is no reason to stop a mail."""
    assert set() == reading(read, make(text, picture)).obstacles


def test_picture_of_a_template_is_no_picture_of_the_slides() -> None:
    """What lies behind every slide says nothing."""
    link = '<Relationships><Relationship Id="r1" Target="../media/image{}.png"/></Relationships>'
    parts: dict[str, str | bytes] = {
        "ppt/slides/slide1.xml": f"<p:sld {P} {A}><a:p><a:r><a:t>表紙</a:t></a:r></a:p></p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": link.format(2),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": link.format(1),
        "ppt/media/image1.png": PICTURE,
        "ppt/media/image2.png": LOGO,
    }

    assert set() == reading(pptx.read, made.package(parts)).obstacles


IMAGE = made.stream(b"\0" * 3, "/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceRGB "
                    "/BitsPerComponent 8")  # fmt: skip
SHEETS = [
    pytest.param("595 0 0 500 0 100", 90, {Obstacle.PICTURE}, id="large picture, few words"),
    pytest.param("595 0 0 500 0 100", 400, set(), id="large picture, text"),
    pytest.param("150 0 0 80 0 700", 90, set(), id="logo, few words"),
]


@pytest.mark.parametrize(("place", "letters", "expected"), SHEETS)
def test_page_that_is_mostly_a_picture_with_few_words_is_a_picture(
    place: str, letters: int, expected: set[Obstacle]
) -> None:
    """A list pasted below a heading and a sender's name, printed to PDF."""
    words = f"BT /F1 6 Tf 10 780 Td ({'word ' * (letters // 4)}) Tj ET"
    content = made.stream(f"q {place} cm /I Do Q {words}".replace(" cm", " cm").encode())

    found = reading(pdf.read, made.pdf([content], resources="/XObject << /I 6 0 R >>", more=[IMAGE]))

    assert expected == found.obstacles


def test_page_of_strips_is_a_picture() -> None:
    """Scanners cut a page into strips, each of them small."""
    strips = " ".join(f"q 595 0 0 60 0 {60 * n} cm /I Do Q" for n in range(10))
    content = made.stream(f"{strips} BT /F1 8 Tf 10 800 Td (Scanned by the office, page one of one) Tj ET".encode())

    assert {Obstacle.PICTURE} == reading(
        pdf.read, made.pdf([content], resources="/XObject << /I 6 0 R >>", more=[IMAGE])
    ).obstacles
