"""Paper for an evidence sheet: A4 pages of headings, paragraphs and tables, from foreign text made harmless.

Guarantees: no text of a mail is taken for markup; what cannot be seen or shown (control and direction characters, signs
the font lacks) is written as its number, ``[U+202E]``; a cell is never higher than a page; the same input and the same
fonts give the same octets. The reader needs no network and no program but a PDF reader.

A Japanese TrueType font found on this machine is embedded as a subset. Where there is none (reportlab cannot embed the
CFF outlines of Noto CJK or Hiragino), the standard Japanese fonts are named and each reader takes its own: exact to
read, not alike in shape everywhere.
"""

from __future__ import annotations

import io
import struct
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer

from mailguard.i18n import Language, text

FONTS = (
    Path("/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf"),
    Path("/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"),
    Path("/usr/share/fonts/ipa-gothic/ipag.ttf"),
    Path("/usr/share/fonts/truetype/takao-gothic/TakaoGothic.ttf"),
    Path("/usr/share/fonts/truetype/vlgothic/VL-Gothic-Regular.ttf"),
    Path("C:/Windows/Fonts/BIZ-UDGothicR.ttc"),
    Path("C:/Windows/Fonts/YuGothM.ttc"),
    Path("C:/Windows/Fonts/meiryo.ttc"),
    Path("C:/Windows/Fonts/msgothic.ttc"),
)
"""Where Japanese TrueType fonts usually are (Debian, Fedora, Windows); the first that is there is taken."""
TEXT_MAX = 240
"""Letters of a foreign text that are shown. The sheet as JSON has all of them."""
_MUST_HAVE = "あ漢カ、1a"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MARGIN = 18 * mm
_FRAME_PADDING = 6
_WIDTH = A4[0] - 2 * _MARGIN - 2 * _FRAME_PADDING
_LINE_COLOUR = colors.HexColor("#8a8a8a")
_HEAD_COLOUR = colors.HexColor("#e6ebf0")
_SPACES = str.maketrans("\t\r\n", "   ")


@dataclass(frozen=True, slots=True)
class Typeface:
    """Names of fonts in reportlab, and whether they can show a letter."""

    body: str
    heading: str
    has: Callable[[str], bool]


class Paper:
    """Makes what stands on a sheet, and at last the PDF. Texts are plain; those of others go through ``shown``."""

    def __init__(self, language: Language, fonts: Sequence[Path] = FONTS, points: float = 9) -> None:
        """``points``: the size of sentences; tables and small print have their own."""
        self._language = language
        self._typeface = _typeface(fonts)
        base = ParagraphStyle(
            "body", fontName=self._typeface.body, fontSize=points, leading=points * 13 / 9, wordWrap="CJK"
        )  # fmt: skip
        self._body = base
        self._cell = ParagraphStyle("cell", base, fontSize=8, leading=11)
        self._small = ParagraphStyle("small", base, fontSize=7, leading=9.5, textColor=colors.HexColor("#333333"))
        self._number = ParagraphStyle("number", self._cell, alignment=TA_RIGHT, wordWrap=None)
        self._title = ParagraphStyle("title", base, fontName=self._typeface.heading, fontSize=16, leading=22)
        self._section = ParagraphStyle(
            "section", self._title, fontSize=11, leading=15, spaceBefore=10, spaceAfter=3, keepWithNext=1
        )

    def shown(self, foreign: str, limit: int = TEXT_MAX) -> str:
        """Somebody else's text as it may be printed: composed, on one line, cut, nothing invisible in it."""
        letters = unicodedata.normalize("NFC", foreign[: limit + 1].translate(_SPACES))
        kept, left = [], limit
        for letter in letters:
            printed = letter if self._can_show(letter) else f"[U+{ord(letter):04X}]"
            left -= len(printed)
            if left < 0:
                break
            kept.append(printed)
        if left >= 0 and len(foreign) <= limit:
            return "".join(kept)
        return "".join(kept) + text(self._language, "evidence.sheet.cut", length=f"{len(foreign):,}")

    def title(self, plain: str) -> Flowable:
        """The name of the sheet."""
        return Paragraph(escape(plain), self._title)

    def section(self, plain: str) -> Flowable:
        """A heading that stays with what follows."""
        return Paragraph(escape(plain), self._section)

    def paragraph(self, plain: str) -> Flowable:
        """Some sentences."""
        return Paragraph(escape(plain), self._body)

    def space(self) -> Flowable:
        """A little room."""
        return Spacer(1, 2 * mm)

    def facts(self, rows: Sequence[tuple[str, str]]) -> Flowable:
        """Labels with what they stand for, a line each."""
        cells = [[self._paragraph(label, self._cell), self._paragraph(value, self._cell)] for label, value in rows]
        style: list[tuple[Any, ...]] = [*_GRID, ("BACKGROUND", (0, 0), (0, -1), _HEAD_COLOUR)]
        return LongTable(cells, colWidths=[_WIDTH * 0.25, _WIDTH * 0.75], style=style)

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]], shares: Sequence[float]) -> Flowable:
        """A table; its head is on every page. ``shares``: of the width, together 1. The first column holds numbers.

        Lines of a cell after its first are printed small.
        """
        cells = [[self._paragraph(name, self._cell) for name in head]]
        cells += [[self._paragraph(row[0], self._number), *(self._lines(cell) for cell in row[1:])] for row in rows]
        style: list[tuple[Any, ...]] = [*_GRID, ("BACKGROUND", (0, 0), (-1, 0), _HEAD_COLOUR)]
        return LongTable(cells, colWidths=[_WIDTH * share for share in shares], style=style, repeatRows=1)

    def pdf(self, content: Callable[[], list[Flowable]], title: str, author: str, name: str) -> bytes:
        """The finished document. ``name`` stands at the foot of each page with the number of pages.

        ``content`` is asked twice, as what it gives is used up: the number of pages is known after the first time.
        """
        pages, _ = self._built(content(), title, author, partial(self._foot, name, 0))
        return self._built(content(), title, author, partial(self._foot, name, pages))[1]

    def _built(
        self, content: list[Flowable], title: str, author: str, foot: Callable[[Any, Any], None]
    ) -> tuple[int, bytes]:
        written = io.BytesIO()
        document = SimpleDocTemplate(
            written,
            pagesize=A4,
            leftMargin=_MARGIN, rightMargin=_MARGIN, topMargin=15 * mm, bottomMargin=18 * mm,
            title=title, author=author, creator="mailguard", lang=self._language,
            invariant=1,  # no date and no random identifier: the same sheet twice is the same file
        )  # fmt: skip
        document.build(content, onFirstPage=foot, onLaterPages=foot)
        return document.page, written.getvalue()

    def _foot(self, name: str, pages: int, canvas: Any, document: Any) -> None:
        canvas.setFont(self._typeface.body, 7)
        line = text(self._language, "evidence.sheet.page", parcel=name, page=document.page, pages=pages)
        canvas.drawRightString(A4[0] - _MARGIN - _FRAME_PADDING, 10 * mm, line)

    def _lines(self, cell: str) -> list[Flowable]:
        first, *others = cell.split("\n")
        return [self._paragraph(first, self._cell), *(self._paragraph(line, self._small) for line in others)]

    def _paragraph(self, plain: str, style: ParagraphStyle) -> Flowable:
        return Paragraph(escape(plain), style)

    def _can_show(self, letter: str) -> bool:
        return unicodedata.category(letter) not in _INVISIBLE and self._typeface.has(letter)


_GRID: tuple[tuple[Any, ...], ...] = (
    ("GRID", (0, 0), (-1, -1), 0.4, _LINE_COLOUR),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 3),
    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ("TOPPADDING", (0, 0), (-1, -1), 1.5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
)


def _typeface(fonts: Sequence[Path]) -> Typeface:
    for path in fonts:
        font = _embeddable(path)
        if font is not None:
            glyphs: Mapping[int, int] = font.face.charToGlyph
            return Typeface(font.fontName, font.fontName, partial(_has_glyph, glyphs))
    for name in ("HeiseiMin-W3", "HeiseiKakuGo-W5"):
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(name))
    return Typeface("HeiseiMin-W3", "HeiseiKakuGo-W5", _is_in_standard_fonts)


def _embeddable(path: Path) -> Any | None:
    """The font of a file, None where it is not there, is damaged, is not TrueType or is not Japanese.

    It is registered once: reportlab's list of fonts is the process's, and a sheet being drawn elsewhere looks there.
    """
    name = f"sheet-{path.as_posix()}"
    if name in pdfmetrics.getRegisteredFontNames():
        return pdfmetrics.getFont(name)
    try:
        font = TTFont(name, str(path))
    except (TTFError, OSError, ValueError, struct.error):
        return None
    if not all(ord(letter) in font.face.charToGlyph for letter in _MUST_HAVE):
        return None
    pdfmetrics.registerFont(font)
    return font


def _has_glyph(glyphs: Mapping[int, int], letter: str) -> bool:
    return ord(letter) in glyphs


def _is_in_standard_fonts(letter: str) -> bool:
    """Adobe-Japan1 as good as Python knows it. The old encoding of these fonts ends at U+FFFF and draws ¥ as \\."""
    if ord(letter) > 0xFFFF or letter == "\N{YEN SIGN}":
        return False
    for charset in ("cp932", "euc_jis_2004"):
        try:
            letter.encode(charset)
        except UnicodeEncodeError:
            continue
        return True
    return False
