"""``incident/documents.yaml`` as ``Templates``, with a complaint for every fault.

A document that the office's file names takes the place of the one that comes along, as a whole. The reports to the
authority keep the nine items of the law: their words may be others, none may be missing.
"""

from __future__ import annotations

import re
from typing import Any

from mailguard.config.places import Place
from mailguard.config.suggestion import did_you_mean
from mailguard.model.documents import ITEMS, REPORTS, DocumentKind
from mailguard.policy.reading import Reader
from mailguard.policy.templates import PLACES, SectionTemplate, Template, Templates, places_in

FILE_KEYS = ("documents",)
DOCUMENT_KEYS = ("title", "sections")
SECTION_KEYS = ("id", "heading", "text")
LANGUAGES = ("ja", "en")
_ID = re.compile(r"[a-z][a-z0-9-]{1,60}")


def read_templates(reader: Reader) -> Templates:
    """The documents of one file."""
    values = reader.known((), reader.values, FILE_KEYS)
    named = reader.known(("documents",), values.get("documents"), list(DocumentKind))
    return {DocumentKind(name): _template(reader, DocumentKind(name), value) for name, value in named.items()}


def merged_templates(shipped: Templates, own: Templates) -> Templates:
    """Both together."""
    return {**shipped, **own}


def _template(reader: Reader, kind: DocumentKind, value: object) -> Template:
    place: Place = ("documents", kind.value)
    values = reader.known(place, value, DOCUMENT_KEYS)
    sections = [
        _section(reader, at, one) for at, one in reader.entries((*place, "sections"), values.get("sections"))
    ]  # fmt: skip
    ids = [one.id for one in sections]
    if not sections:
        reader.complain((*place, "sections"), "is missing")
    for number, one in enumerate(ids):
        if one in ids[:number]:
            reader.complain((*place, "sections", number, "id"), f"is there twice: '{one}'")
    if kind in REPORTS and sections and tuple(ids) != ITEMS:
        reader.complain((*place, "sections"), f"must be the nine items of the law in their order: {', '.join(ITEMS)}")
    return Template(kind, _texts(reader, (*place, "title"), values.get("title")), tuple(sections))


def _section(reader: Reader, place: Place, value: object) -> SectionTemplate:
    values = reader.known(place, value, SECTION_KEYS)
    section_id = reader.text((*place, "id"), values.get("id"), required=True)
    if section_id and not _ID.fullmatch(section_id):
        reader.complain((*place, "id"), f"must be small letters, digits and hyphens (it is '{section_id}')")
    heading = values.get("heading")
    return SectionTemplate(
        section_id,
        {} if heading is None else _texts(reader, (*place, "heading"), heading),
        _texts(reader, (*place, "text"), values.get("text")),
    )


def _texts(reader: Reader, place: Place, value: Any) -> dict[str, str]:
    texts = reader.known(place, value, LANGUAGES)
    found = {name: reader.text((*place, name), texts.get(name), required=True).strip() for name in LANGUAGES}
    for language, words in found.items():
        for one in places_in(words):
            if one not in PLACES:
                near = did_you_mean(one, list(PLACES))
                reader.complain((*place, language), f"has a place that nothing fills: '{{{one}}}'{near}")
    return found
