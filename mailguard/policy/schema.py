"""The JSON Schema (2020-12) of a rule file, made of the vocabulary itself so that it cannot lag behind it."""

from __future__ import annotations

from typing import Any

from mailguard.model.approval import ApproverKind
from mailguard.model.protection import Channel, Mode
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation
from mailguard.policy.rule_file import EXAMPLE_KEYS, LANGUAGES, SCOPE_KEYS
from mailguard.policy.rules import AppliesTo, Hours
from mailguard.policy.words import WORDS, Shape, Word

_TEXT = {"type": "string"}
_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SOME_TEXTS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_KIND = {"enum": list(ApproverKind)}
_ALTERNATIVE = {"allOf": [{"$ref": "#/$defs/condition"}], "minProperties": 1}
_ALTERNATIVES = {"type": "array", "items": _ALTERNATIVE}


def rule_file_schema() -> dict[str, Any]:
    """The schema as JSON values."""
    words = {name: _word(word) for name, word in WORDS.items()}
    condition = {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **words,
            "any": {"anyOf": [_ALTERNATIVE, {**_ALTERNATIVES, "minItems": 1}]},
            "none": {"$ref": "#/$defs/conditions"},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "mailguard rules",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "include": _TEXTS,
            "observe": {"type": "boolean"},
            "rules": {"type": "array", "items": {"$ref": "#/$defs/rule"}},
        },
        "$defs": {
            "condition": condition,
            "conditions": {"anyOf": [_ALTERNATIVE, _ALTERNATIVES]},
            "texts": {
                "type": "object",
                "additionalProperties": False,
                "properties": dict.fromkeys(LANGUAGES, _TEXT),
            },
            "rule": _rule(),
        },
    }


def _rule() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "action", "reason", "examples"],
        "properties": {
            "id": {"type": "string", "pattern": "^[a-z][a-z0-9-]{1,60}$"},
            "title": {"$ref": "#/$defs/texts"},
            "when": {"$ref": "#/$defs/condition"},
            "unless": {"$ref": "#/$defs/conditions"},
            "scope": {
                "type": "object",
                "additionalProperties": False,
                "properties": {**dict.fromkeys(SCOPE_KEYS, _TEXTS), "hours": {"enum": list(Hours)}},
            },
            "applies_to": {"enum": list(AppliesTo)},
            "action": {"enum": list(Action)},
            "needs": {"enum": list(Needs)},
            "approval": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "by": {"anyOf": [_KIND, {"type": "array", "items": _KIND, "minItems": 1}]},
                    "persons": _SOME_TEXTS,
                    "count": {"enum": [1, 2]},
                    "own": {"type": "boolean"},
                },
            },
            "wait": {"type": "string"},
            "at_end": {"enum": list(AtEnd)},
            "obligations": {"type": "array", "items": {"enum": list(Obligation)}},
            "waiver": {"enum": ["nobody", *[one for one in Needs if one is not Needs.TIMER]]},
            "protection": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "mode": {"enum": list(Mode)},
                    "channel": {"enum": list(Channel)},
                    "attachments": {"enum": ["found", "all"]},
                    "subject": {"$ref": "#/$defs/texts"},
                },
            },
            "quiet": {"type": "boolean"},
            "locked": {"type": "boolean"},
            "incident": {"enum": ["open"]},
            "reason": {"allOf": [{"$ref": "#/$defs/texts"}], "required": list(LANGUAGES)},
            "examples": {
                "type": "object",
                "additionalProperties": False,
                "required": list(EXAMPLE_KEYS),
                "properties": {
                    key: {"type": "array", "minItems": 1, "items": {"type": "object"}} for key in EXAMPLE_KEYS
                },
            },
        },
    }


def _word(word: Word) -> dict[str, Any]:
    match word.shape:
        case Shape.FLAG:
            return {"type": "boolean"}
        case Shape.NUMBER:
            bounds = {"at_least": {"type": "number"}, "at_most": {"type": "number"}}
            section = {"type": "object", "additionalProperties": False, "properties": bounds, "minProperties": 1}
            return {"anyOf": [{"type": "number"}, section]}
        case Shape.CHOICE | Shape.CHOICES:
            one = {"enum": list(word.choices)}
            return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
        case Shape.TEXT | Shape.ADDRESS:
            return _SOME_TEXTS
