"""A workbook with one sheet, as small as Excel and the reader of the relay take it (ISO/IEC 29500, inline strings)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from zipfile import ZIP_DEFLATED, ZipFile

_NS = "http://schemas.openxmlformats.org"
_PACKAGE = f"{_NS}/package/2006"
_MAIN = f"{_NS}/spreadsheetml/2006/main"
_OFFICE = f"{_NS}/officeDocument/2006/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
"""The media type."""


def workbook(sheet: str, rows: Iterable[Sequence[str]]) -> bytes:
    """The file. ``sheet``: the name of its only sheet."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as package:
        for name, part in _parts(sheet, rows).items():
            package.writestr(name, _HEAD + part)
    return out.getvalue()


def _parts(sheet: str, rows: Iterable[Sequence[str]]) -> dict[str, str]:
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": _relations("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>',
    }


def _cell(value: str) -> str:
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def _relations(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )
