"""The JSON Schema that editors check rule files with says what the loader says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mailguard.config.document import read_document
from mailguard.policy.loading import sets_in
from mailguard.policy.rule_file import FILE_KEYS, RULE_KEYS, SCOPE_KEYS
from mailguard.policy.schema import rule_file_schema
from mailguard.policy.shipped import shipped_folder
from mailguard.policy.words import WORDS
from tests.unit.policy.parts import RULE, complaints

SCHEMA: dict[str, Any] = json.loads(json.dumps(rule_file_schema()))
KEYWORDS = {
    "$schema", "$defs", "$ref", "title", "type", "properties", "additionalProperties", "required", "items", "minItems",
    "minProperties", "enum", "pattern", "anyOf", "allOf",
}  # fmt: skip
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float),
}  # fmt: skip


def faults(value: object, schema: Mapping[str, Any], place: str = "", whole: Mapping[str, Any] = SCHEMA) -> list[str]:
    """Where a value is not as the schema says (JSON Schema 2020-12, as much of it as ours uses).

    ``whole``: where definitions stand.
    """
    assert set(schema) <= KEYWORDS, set(schema) - KEYWORDS
    if "$ref" in schema:
        return faults(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], place, whole)
    found: list[str] = []
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, TYPES[kind]) or (kind == "number" and isinstance(value, bool))):
        return [f"{place} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place} is none of {schema['enum']}")
    if "pattern" in schema and not re.search(schema["pattern"], str(value)):
        found.append(f"{place} does not fit {schema['pattern']}")
    if "anyOf" in schema and all(faults(value, one, place, whole) for one in schema["anyOf"]):
        found.append(f"{place} fits none of several")
    for one in schema.get("allOf", ()):
        found += faults(value, one, place, whole)
    if isinstance(value, list):
        found += [f"{place} has too few entries"] * (len(value) < schema.get("minItems", 0))
        for number, entry in enumerate(value):
            found += faults(entry, schema.get("items", {}), f"{place}[{number}]", whole)
    if isinstance(value, dict):
        known = schema.get("properties", {})
        found += [f"{place} is empty"] * (len(value) < schema.get("minProperties", 0))
        found += [f"{place}.{key} is missing" for key in schema.get("required", ()) if key not in value]
        if schema.get("additionalProperties") is False:
            found += [f"{place}.{key} is unknown" for key in value if key not in known]
        for key, inner in value.items():
            found += faults(inner, known.get(key, {}), f"{place}.{key}", whole)
    return found


def of(text: str) -> list[str]:
    """The faults of a file."""
    return faults(read_document(text).values, SCHEMA)


@pytest.mark.parametrize("name", sets_in(shipped_folder()))
def test_shipped_set_fits_the_schema(name: str) -> None:
    """An editor finds nothing wrong in the files that come with mailguard."""
    assert [] == of((shipped_folder() / f"{name}.yaml").read_text())


def test_schema_names_every_key_and_word() -> None:
    """An editor offers every key of a file, a rule and a scope, and every condition word."""
    rule = SCHEMA["$defs"]["rule"]["properties"]

    assert set(FILE_KEYS) == set(SCHEMA["properties"])
    assert set(RULE_KEYS) == set(rule)
    assert set(SCOPE_KEYS) == set(rule["scope"]["properties"])
    assert {*WORDS, "any", "none"} == set(SCHEMA["$defs"]["condition"]["properties"])


WHEN = "when: {outside: true}"
BOTH = [
    pytest.param(RULE, True, id="the rule"),
    pytest.param(f"observe: true\n{RULE}", True, id="observing"),
    pytest.param(RULE.replace(WHEN, "when: {visible_groups: {at_least: 2, at_most: 9}}"), True, id="bounds"),
    pytest.param(RULE.replace(WHEN, "when: {kind: [dsn, mdn], subject: a, file_name: [b, c]}"), True, id="lists"),
    pytest.param(RULE.replace(WHEN, "when: {any: {reply: true}, none: [{reply: true}, {forward: true}]}"), True,
                 id="alternatives"),
    pytest.param(RULE.replace(WHEN, "unless: {reply: true}\n    scope: {senders: '*', hours: office}"), True,
                 id="scope"),
    pytest.param(RULE.replace("hold", "hold\n    needs: sender\n    wait: 1 hour\n    at_end: send\n    quiet: true"),
                 True, id="a hold"),
    pytest.param(RULE.replace("hold", "deliver\n    obligations: [protect]\n    waiver: nobody"), True, id="waiver"),
    pytest.param(RULE.replace("hold", "hold\n    needs: approver\n    approval: {by: officer, count: 2}"), True,
                 id="approval"),
    pytest.param(RULE.replace("hold", "hold\n    needs: approver\n    approval: {by: [boss]}"), False, id="approver"),
    pytest.param(RULE.replace("hold", "hold\n    needs: approver\n    approval: {count: 0}"), False, id="no approval"),
    pytest.param(RULE.replace("hold", "hald"), False, id="action"),
    pytest.param(RULE.replace("action", "acton"), False, id="key"),
    pytest.param(RULE.replace("a-rule", "A rule"), False, id="id"),
    pytest.param(RULE.replace("- id: a-rule", "- quiet: true"), False, id="no id"),
    pytest.param(RULE.replace("outside", "outsid"), False, id="word"),
    pytest.param(RULE.replace(WHEN, "when: {outside: 1}"), False, id="flag"),
    pytest.param(RULE.replace(WHEN, "when: {visible_groups: true}"), False, id="number"),
    pytest.param(RULE.replace(WHEN, "when: {visible_groups: {least: 1}}"), False, id="bound"),
    pytest.param(RULE.replace(WHEN, "when: {kind: letter}"), False, id="choice"),
    pytest.param(RULE.replace(WHEN, "when: {relation: }"), False, id="no value"),
    pytest.param(RULE.replace(WHEN, "when: {subject: []}"), False, id="an empty list"),
    pytest.param(RULE.replace(WHEN, "when: {kind: []}"), False, id="an empty list of choices"),
    pytest.param(RULE.replace(WHEN, "when: {visible_groups: {}}"), False, id="empty bounds"),
    pytest.param(RULE.replace(WHEN, "when: {any: []}"), False, id="any of nothing"),
    pytest.param(RULE.replace(WHEN, "when: {none: [{}]}"), False, id="none of everything"),
    pytest.param(RULE.replace(", en: reason", ""), False, id="a language"),
    pytest.param(RULE.replace("[{to: [b@OWN]}]", "[]"), False, id="no example"),
    pytest.param(RULE.replace("action: hold", "waiver: timer"), False, id="waived by a timer"),
    pytest.param(RULE.replace("action: hold", "scope: {hours: night}"), False, id="hours"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "is_good"), BOTH)
def test_schema_and_loader_say_the_same(tmp_path: Path, text: str, is_good: bool) -> None:
    """What the editor accepts is loaded, and what it marks is refused."""
    assert is_good is (of(text) == []), of(text)
    assert is_good is (complaints(tmp_path, {"mine": text, "slips": ""}) == [])
