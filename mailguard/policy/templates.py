"""What documents of an incident are written from: headings, and words with places for facts. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mailguard.model.documents import DocumentKind

PLACES = (
    "office", "department", "incident", "today", "known_at", "sent_at", "sender", "subject_line", "mistake", "accident",
    "contact", "summary", "data", "own_data", "persons", "cause", "harm", "notified", "published", "prevention",
    "other", "scope", "stopped", "law", "questions", "blank",
)  # fmt: skip
"""What may stand in braces in a text; README.md of ``policies/`` says what each becomes."""
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True, slots=True)
class SectionTemplate:
    """One part. ``heading`` and ``text``: by language; a heading may be ""."""

    id: str
    heading: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Template:
    """One document. ``title``: by language."""

    kind: DocumentKind
    title: Mapping[str, str]
    sections: tuple[SectionTemplate, ...]


Templates = Mapping[DocumentKind, Template]


def places_in(text: str) -> list[str]:
    """What stands in braces in a text, in order."""
    return _PLACE.findall(text)


def filled(text: str, facts: Mapping[str, str]) -> str:
    """A text with its places filled; a line of which nothing is left is gone. What is put in is not looked into."""
    lines = [(line, _PLACE.sub(lambda found: facts.get(found[1], found[0]), line)) for line in text.split("\n")]
    return "\n".join(after for before, after in lines if after.strip() or not before.strip()).strip()
