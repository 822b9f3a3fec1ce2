"""The form of a document: its words to fields and back, and what was changed of the draft."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailguard.model.documents import Addressee, Document, DocumentKind
from mailguard.web.forms import Form

_SEPARATORS = ("\t", ",", "、", "，")
_FIELDS = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """What is other than in the draft in one section. ``lines``: each with "+", "-" or " " before it."""

    heading: str
    lines: tuple[tuple[str, str], ...]


def document_in(form: Form, shown: Document) -> Document:
    """What somebody made of the document that was shown; a field that is not there leaves its part."""
    sections = [
        replace(one, text=text, is_pending=one.is_pending and text == one.text)
        for one in shown.sections
        for text in [_lines_of(form, f"section-{one.id}", one.text)]
    ]
    people = people_in(form.raw("people")) if shown.kind is DocumentKind.PERSON_NOTICE else ()
    return replace(shown, title=form.text("title") or shown.title, sections=tuple(sections), people=people)


def people_in(typed: str) -> tuple[Addressee, ...]:
    """A line each: name, address, and which data; as a sheet is pasted, or with commas between."""
    found = []
    for line in typed.replace("\0", "").splitlines():
        separator = next((one for one in _SEPARATORS if one in line), None)
        words = [line] if separator is None else line.split(separator, _FIELDS - 1)
        name, address, data = ([one.strip() for one in words] + [""] * _FIELDS)[:_FIELDS]
        if "@" in name and not address:
            name, address = "", name
        if name or address:
            found.append(Addressee(name, address, data))
    return tuple(found)


def people_lines(people: Sequence[Addressee]) -> str:
    """As they are typed."""
    lines = [(one.name, one.address, one.data) if one.name else (one.address, "", one.data) for one in people]
    return "\n".join(", ".join(line).rstrip(", ") for line in lines)


def differences(draft: Document, written: Document) -> list[Difference]:
    """What was changed of the draft, section by section; empty where nothing was."""
    found = []
    if draft.title != written.title:
        found.append(Difference("", (("-", draft.title), ("+", written.title))))
    before = {one.id: one for one in draft.sections}
    for one in written.sections:
        old = before[one.id].text.split("\n") if one.id in before else []
        new = one.text.split("\n")
        if old != new:
            lines = [(line[0], line[2:]) for line in difflib.ndiff(old, new) if line[0] in "+- "]
            found.append(Difference(one.heading, tuple(lines)))
    return found


def _lines_of(form: Form, name: str, before: str) -> str:
    if not form.has(name):
        return before
    return form.text(name).replace("\r\n", "\n")
