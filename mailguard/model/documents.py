"""Documents of an incident: which there are, and one as it is written: sections of words under headings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

BLANK = {"ja": "（ここに書いてください）", "en": "(write here)"}
"""What stands where only people know what to say, by language."""


class DocumentKind(StrEnum):
    """What a document is, in the order in which officers need them."""

    DELETION_REQUEST = "deletion_request"
    """To each wrong recipient."""
    PROMPT_REPORT = "prompt_report"
    """To the authority, with what is known (速報)."""
    INTERNAL_REPORT = "internal_report"
    """To the 情報セキュリティ責任者."""
    PERSON_NOTICE = "person_notice"
    """To each person whose data it is about."""
    PUBLICATION = "publication"
    FINAL_REPORT = "final_report"
    """To the authority, with everything (確報)."""


REPORTS = frozenset({DocumentKind.PROMPT_REPORT, DocumentKind.FINAL_REPORT})
"""They have the nine items of the law, and are never sent from here."""
LETTERS = frozenset({DocumentKind.DELETION_REQUEST, DocumentKind.PERSON_NOTICE})
"""They go to people outside, one mail each."""
ITEMS = tuple(f"item-{number}" for number in range(1, 10))
"""The ids of a report's sections: the nine items, in the order of the rule (施行規則 第8条第1項)."""


class Fill(StrEnum):
    """Whether a section says what it has to."""

    FILLED = "filled"
    PENDING = "pending"
    """It says that nothing is known or decided yet; a first report may."""
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a document. ``is_pending``: its words say that the matter is still open."""

    id: str
    heading: str
    text: str
    is_pending: bool = False

    @property
    def fill(self) -> Fill:
        """Whether it says what it has to. A section without words may be left out, and is as good as blank."""
        if not self.text.strip() or any(one in self.text for one in BLANK.values()):
            return Fill.BLANK
        return Fill.PENDING if self.is_pending else Fill.FILLED


@dataclass(frozen=True, slots=True)
class Addressee:
    """Somebody a notice goes to. ``address`` "": by letter. ``data``: which of their data, "" for what all have."""

    name: str
    address: str
    data: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A document. ``title``: of a letter its subject. ``people``: whom a notice goes to, empty for other documents."""

    kind: DocumentKind
    language: str
    title: str
    sections: tuple[Section, ...]
    people: tuple[Addressee, ...] = ()

    def count(self, fill: Fill) -> int:
        """How many sections are so."""
        return sum(one.fill is fill for one in self.sections)

    def section(self, section_id: str) -> Section | None:
        """One of them by its id."""
        return next((one for one in self.sections if one.id == section_id), None)
