"""PDF files: the text of every page, annotations, forms, bookmarks, properties and attached files, read by PDFium.

A text layer that is not shown (under a scan) is text like any other. A page that shows something but has no text, or
hardly any on a picture of the page, or text whose letters have no meaning, makes the file a picture, said once. A file
with only an owner's password opens for everybody, and is read. PDFium runs in native code that cannot be stopped inside
of a page: streams are measured before, and the time is looked at between pages.

Follows ISO 32000-1 §7.3.8 (streams), §7.6 (encryption), §7.11.4 (embedded files), §12.5 (annotations), §12.7 (forms).
"""

from __future__ import annotations

import ctypes
import html
import re
import zlib
from collections.abc import Callable
from functools import partial

import pypdfium2
import pypdfium2.raw as pdfium

from mailguard.extract.files.pdf_forms import draws_without_end
from mailguard.extract.walk import Damaged, File, OverLimit, Walk
from mailguard.model.contents import Obstacle, Piece

_PAGES_AT_MOST = 3_000
_STREAM = re.compile(rb"stream\r?\n")
_IMAGE = re.compile(rb"/Subtype\s{0,9}/Image")
_OBJECTS_AT_MOST = 2_000_000
_ANNOTATIONS_AT_MOST = 5_000
_BOOKMARKS_AT_MOST = 5_000
_PATHS_OF_A_PICTURE = 30
_FEW, _LITTLE = 20, 200
_BARE_SHARE, _SHARE = 1 / 3, 0.5
"""Letters of a page that say hardly anything, or little; the share of it that pictures then cover. A page number or a
stamp of the scanner is the one, a heading above a pasted list the other; logos and photographs in the text are less."""

_MEANINGLESS = re.compile(r"[\ufffd\ufffe\uffff\ue000-\uf8ff\x00-\x08\x0e-\x1f]")
_PACKETS_AT_MOST = 20
_XMP_AT_MOST = 256 * 1024
_WORDED = re.compile(r">([^<>\x00-\x1f]{2,2000})</")
_PARTS_AT_MOST = 5_000
_TEXT_AT_MOST = 1_000_000


def read(file: File, walk: Walk) -> None:
    """Give all text of the file to the walk."""
    _measure_streams(file.octets, walk)
    if draws_without_end(file.octets):
        walk.cannot(file.where, Obstacle.TOO_DEEP)
        return
    document = _opened(file, walk)
    if document is None:
        walk.cannot(file.where, Obstacle.ENCRYPTED)
        return
    try:
        _Reader(document, file, walk).read()
    finally:
        document.close()


def _measure_streams(octets: bytes, walk: Walk) -> None:
    """Pay for what the deflated streams unpack to, before PDFium does it without a bound. Pictures are never unpacked.

    A stream that is deflated twice is followed once more; a stream in an encrypted file measures as nothing.
    """
    end_before = 0
    for found in _STREAM.finditer(octets):
        start = found.end()
        if start < end_before or octets[start - 20 : start].find(b"endstream") >= 0:
            continue
        if octets[start : start + 1] not in (b"\x78", b"\x58", b"\x48", b"\x38", b"\x68", b"\x28", b"\x18", b"\x08"):
            continue
        head = octets[max(0, start - 600) : start]
        if _IMAGE.search(head[head.rfind(b" obj") :]):
            continue
        end_before = start + _measure(memoryview(octets)[start:], walk, rounds=2)


def _measure(packed: memoryview, walk: Walk, rounds: int) -> int:
    """How many packed octets the stream is."""
    inflate = zlib.decompressobj()
    came = read = 0
    first = b""
    try:
        while not inflate.eof and read < len(packed):
            portion = packed[read : read + 65_536]
            read += len(portion)
            rest: bytes | memoryview = portion
            while rest and not inflate.eof:
                chunk = inflate.decompress(rest, 1 << 20)
                rest = inflate.unconsumed_tail
                came += len(chunk)
                walk.spend(len(chunk))
                if came > walk.limits.ratio_from and came > walk.limits.ratio * max(1, read):
                    raise OverLimit(Obstacle.TOO_LARGE)
                if rounds > 1 and len(first) < 4_000_000 and (first or chunk[:1] == b"\x78"):
                    first += chunk
    except zlib.error:
        return 0
    if first:
        _measure(memoryview(first), walk, rounds - 1)
    return read - len(inflate.unused_data)


def _opened(file: File, walk: Walk) -> pypdfium2.PdfDocument | None:
    """The document, None where no password of the walk opens it. Raises ``Damaged``."""
    for password in (None, *walk.passwords):
        try:
            return pypdfium2.PdfDocument(file.octets, password=password)
        except pypdfium2.PdfiumError as refused:
            if refused.err_code not in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
                raise Damaged from None
    return None


class _Reader:
    """One open document."""

    def __init__(self, document: pypdfium2.PdfDocument, file: File, walk: Walk) -> None:
        self._document = document
        self._file = file
        self._walk = walk
        self._is_picture = False
        self._fields: dict[str, None] = {}

    def read(self) -> None:
        """Pages first, then what stands beside them."""
        document, walk, where = self._document, self._walk, self._file.where
        try:
            if document.get_formtype() != pdfium.FORMTYPE_NONE:
                document.init_forms()
        except pypdfium2.PdfiumError:
            pass
        count = len(document)
        for index in range(min(count, _PAGES_AT_MOST)):
            walk.check_time()
            try:
                self._read_page(index)
            except pypdfium2.PdfiumError:
                walk.cannot(where, Obstacle.DAMAGED)
        if count > _PAGES_AT_MOST:
            walk.cannot(where, Obstacle.TOO_LARGE)
        if count == 0:
            walk.cannot(where, Obstacle.DAMAGED)
        if self._is_picture:
            walk.cannot(where, Obstacle.PICTURE)
        walk.add(Piece(where, "\n".join(self._fields), section="form"))
        self._read_properties()
        self._read_metadata()
        self._read_form_packets()
        self._read_attachments()

    def _read_metadata(self) -> None:
        """Descriptions in XMP packets, which stand in the file unpacked so that any program finds them (ISO 16684-1).

        Every page and picture may have a packet; the first ones say the most.
        """
        octets = self._file.octets
        found: dict[str, None] = {}
        at = -1
        for _ in range(_PACKETS_AT_MOST):
            at = octets.find(b"<x:xmpmeta", at + 1)
            if at < 0:
                break
            end = octets.find(b"</x:xmpmeta>", at, at + _XMP_AT_MOST)
            packet = octets[at : end if end >= 0 else at + _XMP_AT_MOST].decode("utf-8", "replace")
            for one in _WORDED.finditer(packet):
                found[html.unescape(one[1]).strip()] = None
        text = "\n".join(line for line in found if not line.isascii())
        self._walk.add(Piece(self._file.where, text, section="properties"))

    def _read_page(self, index: int) -> None:
        page = self._document[index]
        try:
            layer = page.get_textpage()
            try:
                text = layer.get_text_range() if layer.count_chars() > 0 else ""
            finally:
                layer.close()
            text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufffe", "-").replace("\x02", "-")
            self._walk.add(Piece(self._file.where, text, section=f"page {index + 1}"))
            if not self._is_picture:
                self._is_picture = _is_picture(page, text)
            self._read_annotations(page, index)
        finally:
            page.close()

    def _read_annotations(self, page: pypdfium2.PdfPage, index: int) -> None:
        lines: dict[str, None] = {}
        form = self._document.formenv
        for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), _ANNOTATIONS_AT_MOST)):
            annotation = pdfium.FPDFPage_GetAnnot(page, number)
            if not annotation:
                continue
            try:
                for key in (b"Contents", b"T", b"Subj", b"RC"):
                    is_author = key == b"T" and pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET
                    if key != b"T" or is_author:
                        lines[_annotation_text(annotation, key)] = None
                if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_WIDGET:
                    self._read_field(form, annotation)
                elif pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_LINK:
                    lines[self._link(annotation)] = None
            finally:
                pdfium.FPDFPage_CloseAnnot(annotation)
        text = "\n".join(line for line in lines if line)
        self._walk.add(Piece(self._file.where, text, section=f"page {index + 1} annotations"))

    def _read_field(self, form: pypdfium2.PdfFormEnv | None, annotation: pdfium.FPDF_ANNOTATION) -> None:
        """A line "name: value" for each filled field."""
        value = _annotation_text(annotation, b"V")
        name = _annotation_text(annotation, b"TU") or _annotation_text(annotation, b"T")
        if form is not None:
            value = _wide(lambda b, n: pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, b, n)) or value
            name = (
                _wide(lambda b, n: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, annotation, b, n))
                or _wide(lambda b, n: pdfium.FPDFAnnot_GetFormFieldName(form, annotation, b, n))
                or name
            )
        if value and value not in ("Off", "Yes"):
            self._fields[f"{name}: {value}"] = None

    def _link(self, annotation: pdfium.FPDF_ANNOTATION) -> str:
        link = pdfium.FPDFAnnot_GetLink(annotation)
        action = pdfium.FPDFLink_GetAction(link) if link else None
        if not action:
            return ""
        size = pdfium.FPDFAction_GetURIPath(self._document, action, None, 0)
        if not 0 < size < 4_096:
            return ""
        buffer = ctypes.create_string_buffer(size)
        pdfium.FPDFAction_GetURIPath(self._document, action, buffer, size)
        target = buffer.raw[: size - 1].decode("utf-8", "replace")
        return target[7:] if target.lower().startswith("mailto:") else ""

    def _read_properties(self) -> None:
        lines = [f"{key}: {value}" for key, value in self._document.get_metadata_dict(skip_empty=True).items()
                 if key not in ("CreationDate", "ModDate", "Producer", "Creator", "Trapped")]  # fmt: skip
        self._walk.add(Piece(self._file.where, "\n".join(lines), section="properties"))
        titles: list[str] = []
        try:
            for bookmark in self._document.get_toc(max_depth=10):
                titles.append(bookmark.get_title())
                if len(titles) >= _BOOKMARKS_AT_MOST:
                    break
        except pypdfium2.PdfiumError:
            pass
        self._walk.add(Piece(self._file.where, "\n".join(titles), section="bookmarks"))

    def _read_form_packets(self) -> None:
        """What was filled into a form of the XFA kind: the text in its XML."""
        for index in range(min(max(0, pdfium.FPDF_GetXFAPacketCount(self._document)), 100)):
            octets = _octets(partial(pdfium.FPDF_GetXFAPacketContent, self._document, index))
            if b"datasets" in octets[:400]:
                words = re.sub(r"<[^<>]*>", "\n", octets.decode("utf-8", "replace"))
                text = "\n".join(line.strip() for line in words.split("\n") if line.strip())
                self._walk.add(Piece(self._file.where, text, section="form"))

    def _read_attachments(self) -> None:
        for index in range(min(self._document.count_attachments(), self._walk.limits.files + 1)):
            attachment = self._document.get_attachment(index)
            name = attachment.get_name() or "attachment"
            try:
                octets = bytes(attachment.get_data())
            except pypdfium2.PdfiumError:
                self._walk.cannot(f"{self._file.where}!{name}", Obstacle.DAMAGED)
                continue
            self._walk.spend(len(octets))
            self._walk.file(name, octets, f"{self._file.where}!{name}", self._file.depth + 1)


def _is_picture(page: pypdfium2.PdfPage, text: str) -> bool:
    """Whether the page shows more than its text says."""
    letters = len("".join(text.split()))
    meaningless = len(_MEANINGLESS.findall(text))
    if letters > 5 and meaningless * 3 > letters:
        return True
    if letters - meaningless > _LITTLE:
        return False
    is_bare = letters - meaningless <= _FEW
    paths = 0
    covered = 0.0
    width, height = page.get_size()
    for seen, part in enumerate(page.get_objects(max_depth=4)):
        if part.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = part.get_bounds()
            # A scanner may cut a page into strips.
            covered += max(0.0, right - left) * max(0.0, top - bottom)
            if letters == 0 or (is_bare and covered > width * height * _BARE_SHARE):
                return True
        elif not is_bare and part.type == pdfium.FPDF_PAGEOBJ_TEXT and _is_layer(part):
            return False
        paths += part.type == pdfium.FPDF_PAGEOBJ_PATH
        if (letters == 0 and paths > _PATHS_OF_A_PICTURE) or (is_bare and seen > _PARTS_AT_MOST):
            return True
        if seen > _PARTS_AT_MOST:
            break
    return bool(covered > width * height * _SHARE)


def _is_layer(part: pypdfium2.PdfObject) -> bool:
    """Whether it is text that is not shown: what a copier has read of the picture above it (ISO 32000-1 §9.3.6)."""
    return int(pdfium.FPDFTextObj_GetTextRenderMode(part)) == int(pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)


def _wide(call: Callable[[object, int], int]) -> str:
    """A string of PDFium's in UTF-16LE, asked for its size first."""
    size = call(None, 0)
    if not 2 < size <= _TEXT_AT_MOST:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    call(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace").strip("\0")


def _annotation_text(annotation: pdfium.FPDF_ANNOTATION, key: bytes) -> str:
    return _wide(lambda buffer, size: pdfium.FPDFAnnot_GetStringValue(annotation, key, buffer, size))


def _octets(call: Callable[[object, int, object], int]) -> bytes:
    size = ctypes.c_ulong()
    if not call(None, 0, ctypes.byref(size)) or not 0 < size.value < 50_000_000:
        return b""
    buffer = ctypes.create_string_buffer(size.value)
    call(buffer, size.value, ctypes.byref(size))
    return buffer.raw
