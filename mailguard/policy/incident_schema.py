"""JSON Schemas (2020-12) of the files in ``incident/``, made of the names and words that their loaders know.

What only several entries or files together show (an id that is there twice, a clock that law.yaml lacks, whom to call)
no schema says; the loaders do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mailguard.model.documents import ITEMS, REPORTS, DocumentKind
from mailguard.model.incident import Cause, EntryKind, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.policy import template_file
from mailguard.policy.incident_file import (
    CALL_KEYS,
    CONTACT_KEYS,
    CONTACTS_KEYS,
    DEPUTY_KEYS,
    LANGUAGES,
    OUTSIDE_KEYS,
    STEP_KEYS,
    STEPS_KEYS,
)
from mailguard.policy.incident_plan import Since

_ID = {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,60}$"}
_TEXT = {"anyOf": [{"type": "string"}, {"type": "number"}]}
"""Telephone and contract numbers may be written as they are."""
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "array", "items": _TEXT}]}
_ADDRESS = {"type": "string", "pattern": "@"}
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_DUE = {"type": "string", "pattern": r"^\d{1,7}(\.\d{1,3})? ((office )?(minute|hour)|(office )?day)s?$"}
_WORDS = {"$ref": "#/$defs/words"}
_DEFS = {
    "words": {
        "type": "object",
        "additionalProperties": False,
        "required": list(LANGUAGES),
        "properties": dict.fromkeys(LANGUAGES, _TEXT),
    }
}


def steps_schema() -> dict[str, Any]:
    """Of ``incident/steps.yaml``, as JSON values."""
    step = {
        "id": _ID,
        "phase": {"enum": [one for one in Phase if one is not Phase.CLOSED]},
        "role": {"enum": list(Role)},
        "due": _DUE,
        "since": {"enum": list(Since)},
        "clocks": _TEXTS,
        "kinds": _list({"enum": list(IncidentKind)}),
        "causes": _list({"enum": list(Cause)}),
        "done_by": _list({"enum": list(EntryKind)}),
        "text": _WORDS,
        "done_when": _WORDS,
        "note": _WORDS,
        "source": _TEXT,
    }
    parts = {
        "source_checked": _DAY,
        "verified": {"type": "boolean"},
        "off": _TEXTS,
        "steps": _list(_section(STEP_KEYS, step, ("id", "phase", "role", "text", "done_when"))),
    }
    return _file("mailguard: steps of an incident", STEPS_KEYS, parts)


def contacts_schema() -> dict[str, Any]:
    """Of ``incident/contacts.yaml``, as JSON values."""
    person: dict[str, Any] = {**dict.fromkeys(DEPUTY_KEYS, _TEXT), "address": _ADDRESS}
    contact = {**person, "department": _TEXT, "deputy": _section(DEPUTY_KEYS, person, ("address",))}
    outside = {
        **dict.fromkeys(OUTSIDE_KEYS, _TEXT),
        "id": _ID,
        "name": _WORDS,
        "url": {"type": "string", "pattern": "^(https?://.*)?$"},
        "note": _WORDS,
    }
    roles = _list(_section(CONTACT_KEYS, contact, ("address",)))
    parts = {
        "roles": _section(list(Role), dict.fromkeys(Role, roles)),
        "outside": _list(_section(OUTSIDE_KEYS, outside, ("id", "name"))),
        "tree": _list(_section(CALL_KEYS, {"who": {"enum": list(Role)}, "calls": _list({"type": "string"})})),
    }
    return _file("mailguard: whom to call", CONTACTS_KEYS, parts)


def documents_schema() -> dict[str, Any]:
    """Of ``incident/documents.yaml``, as JSON values."""
    parts = {"id": _ID, "heading": _WORDS, "text": _WORDS}
    sections = {**_list(_section(template_file.SECTION_KEYS, parts, ("id", "text"))), "minItems": 1}

    def document(kind: DocumentKind) -> dict[str, Any]:
        # The reports keep the items of the law; which they are the loader says.
        least = {"minItems": len(ITEMS)} if kind in REPORTS else {}
        kept = {"title": _WORDS, "sections": {**sections, **least}}
        return _section(template_file.DOCUMENT_KEYS, kept, template_file.DOCUMENT_KEYS)

    kinds = {kind.value: document(kind) for kind in DocumentKind}
    return _file("mailguard: documents", template_file.FILE_KEYS, {"documents": _section(list(kinds), kinds)})


SCHEMAS = {"steps": steps_schema, "contacts": contacts_schema, "documents": documents_schema}
"""By the name of the file, without its ending."""


def _file(title: str, keys: Collection[str], parts: Mapping[str, Any]) -> dict[str, Any]:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return {**head, **_section(keys, parts), "$defs": _DEFS}


def _section(keys: Collection[str], parts: Mapping[str, Any], required: Collection[str] = ()) -> dict[str, Any]:
    """``keys``: those the loader knows; one without a part is a fault of ours, and ends in a ``KeyError``."""
    found: dict[str, Any] = {"type": "object", "additionalProperties": False}
    found["properties"] = {str(one): parts[one] for one in keys}
    return {**found, "required": list(required)} if required else found


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
