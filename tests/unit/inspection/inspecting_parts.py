"""What tests of whole inspections share: pieces of a mail, who writes to whom, and what counts and does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailguard.extract.walk import table_text
from mailguard.inspection.circumstances import Circumstances
from mailguard.inspection.detection import Detection
from mailguard.inspection.inspecting import inspect, look
from mailguard.model.contents import Contents, Form, Piece
from mailguard.model.finding import Inspection, Kind, Suppression

KEY = b"k" * 32
MY_NUMBERS = ("392718460552", "718304629159", "526081374947", "864150927379", "247930615868")
"""Their check digits are right (総務省令第85号 第5条)."""

HOSTILE_SECONDS_MAX = 15.0
"""Of the processor, for one text made to annoy: a second here, minutes where the cost grows with the square."""

ABOUT = Circumstances(
    sender="tanoue@gojokai.example.jp",
    sender_name="田上 弘",
    recipients=(("ando@partner.example.com", "安藤 真由美"),),
    own_domains=frozenset({"gojokai.example.jp"}),
    own_names=("あおば互助会",),
    key=KEY,
)


def body(text: str) -> Piece:
    """What a mail says."""
    return Piece("body", text)


def sheet(*rows: Sequence[str], where: str = "attachment:a.xlsx", section: str = "Sheet1") -> Piece:
    """A table in an attached file."""
    return Piece(where, table_text(rows), Form.TABLE, section)


def inspected(*pieces: Piece, about: Circumstances = ABOUT, detection: Detection | None = None) -> Inspection:
    """What is found in a mail of these pieces."""
    return inspect(Contents(pieces), about, detection)


def counting(piece: Piece, about: Circumstances = ABOUT, detection: Detection | None = None) -> set[tuple[str, str]]:
    """Kind and value of everything that counts in one piece."""
    return {(hit.kind, hit.value) for hit in look(piece, about, detection).hits if hit.suppressed is None}


def values(piece: Piece, kind: str, about: Circumstances = ABOUT) -> set[str]:
    """The values of one kind that count."""
    return {value for found, value in counting(piece, about) if found == kind}


def marks(piece: Piece, kind: str, about: Circumstances = ABOUT) -> dict[str, Suppression | None]:
    """Why each value of one kind does not count; None where it does."""
    return {hit.value: hit.suppressed for hit in look(piece, about).hits if hit.kind == kind}


def names(rows: Iterable[Sequence[str]], where: str = "attachment:a.xlsx") -> set[str]:
    """The people a table names."""
    return values(sheet(*rows, where=where), Kind.PERSON_NAME)
