"""Documents made to exhaust whoever opens them: each ends soon, in bounded memory, and in a result."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import pytest

from mailguard.extract.files import docx, odf, pptx, xlsx
from mailguard.extract.walk import File, Walk
from mailguard.model.contents import Obstacle
from tests.effort import effort
from tests.unit.extract.made_documents import W, cell, opendocument, package, paragraph, reading
from tests.unit.extract.made_documents import docx as made_docx
from tests.unit.extract.made_documents import xlsx as made_xlsx

SECONDS = 20.0
"""Ten times what the slowest one takes while its memory is watched."""

OCTETS = 150_000_000

LAUGHS = (
    "<!DOCTYPE d [<!ENTITY a0 'haha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + f"]><w:document {W}><w:body><w:p><w:r><w:t>&a11;</w:t></w:r></w:p></w:body></w:document>"
)
QUADRATIC = (
    f"<!DOCTYPE d [<!ENTITY a '{'x' * 100_000}'>]><w:document {W}><w:body><w:p><w:r><w:t>{'&a;' * 100_000}</w:t></w:r>"
    "</w:p></w:body></w:document>"
)
OUTSIDE = (
    f"<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><w:document {W}><w:body><w:p><w:r><w:t>&a;</w:t></w:r>"
    "</w:p></w:body></w:document>"
)
PARAMETER = (
    f"<!DOCTYPE d [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'> %p;]><w:document {W}><w:body>"
    f"{paragraph('x')}</w:body></w:document>"
)


def word(document: str) -> bytes:
    """A Word document with this main part."""
    return package({"word/document.xml": document})


CELL = '<table:table-cell table:number-columns-repeated="16384"><text:p>繰り返し</text:p></table:table-cell>'
ROW = f'<table:table-row table:number-rows-repeated="1048576">{CELL}</table:table-row>'
CORNERS = "".join(f'<row r="{n}">{cell(f"A{n}", "x")}{cell(f"XFD{n}", "y")}</row>' for n in range(1, 5001))


@pytest.mark.parametrize(
    ("read", "make", "expected"),
    [
        (docx.read, lambda: word(LAUGHS), {Obstacle.DAMAGED}),
        (docx.read, lambda: word(QUADRATIC), {Obstacle.DAMAGED}),
        (docx.read, lambda: word(OUTSIDE), {Obstacle.DAMAGED}),
        (docx.read, lambda: word(PARAMETER), {Obstacle.DAMAGED}),
        (docx.read, lambda: word("<a>" * 1_000_000), {Obstacle.DAMAGED}),
        (pptx.read, lambda: package({"ppt/slides/slide1.xml": "<a>" * 1_000_000}), {Obstacle.DAMAGED}),
        (docx.read, lambda: word("<w:document " + "x" * 30_000_000), {Obstacle.TOO_LARGE}),
        (docx.read, lambda: made_docx(paragraph("x" * 40_000_000)), {Obstacle.TOO_LARGE}),
        (docx.read, lambda: made_docx(paragraph("a"), word__embeddings__a_bin="\0" * 40_000_000), {Obstacle.TOO_LARGE}),
        (xlsx.read, lambda: made_xlsx(CORNERS, sheet='<dimension ref="A1:XFD1048576"/>{}'), set()),
        (xlsx.read, lambda: made_xlsx('<row r="1">' + "<c><v>1</v></c>" * 200_000 + "</row>"), set()),
        (odf.read, lambda: opendocument(f"<table:table>{ROW}</table:table>", "spreadsheet"), set()),
        (odf.read, lambda: opendocument(f"<table:table>{ROW * 3000}</table:table>", "spreadsheet"), set()),
        (odf.read, lambda: opendocument(f"<table:table>{ROW}</table:table>", "text"), set()),
    ],
    ids=[
        "entities in entities", "one entity many times", "entity of a file", "entity of a server", "nested elements",
        "nested elements in a slide", "one endless tag", "zip that grows", "embedded file that grows", "far columns",
        "endless row", "repeated cells", "repeated cells in many rows", "repeated cells of a text",
    ],
)  # fmt: skip
def test_bomb_ends_soon_and_small(
    read: Callable[[File, Walk], None], make: Callable[[], bytes], expected: set[Obstacle]
) -> None:
    """Whoever sends it harms nobody else's mail."""
    octets = make()
    tracemalloc.start()
    found, seconds = effort(lambda: reading(read, octets))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert expected == found.obstacles
    assert SECONDS > seconds
    assert OCTETS > peak
    assert "root:" not in found.text()
