"""The JSON Schemas of the files in ``incident/`` say what their loaders say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailguard.config.document import read_document
from mailguard.policy.incident_schema import SCHEMAS
from mailguard.policy.shipped import shipped_folder
from tests.unit.policy.parts import RULE, complaints
from tests.unit.policy.test_policy_incident import STEP
from tests.unit.policy.test_policy_schema import faults

FILES: dict[str, dict[str, Any]] = {name: json.loads(json.dumps(make())) for name, make in SCHEMAS.items()}
PERSON = "{address: a@office.example.jp, telephone: 110, deputy: {address: b@office.example.jp}}"
WORDS = "{ja: あ, en: a}"


def of(name: str, text: str) -> list[str]:
    """The faults of a file by its schema."""
    return faults(read_document(text).values, FILES[name], "", FILES[name])


@pytest.mark.parametrize("name", FILES)
def test_shipped_incident_file_fits_its_schema(name: str) -> None:
    """An editor finds nothing wrong in the files that come with mailguard."""
    assert [] == of(name, (shipped_folder() / f"incident/{name}.yaml").read_text())


BOTH = [
    pytest.param("steps", f"verified: true\noff: [publish]\nsteps:\n{STEP}", True, id="a step"),
    pytest.param("steps", f"steps:\n{STEP}    clocks: [appi.prompt]\n".replace("    due: 3 office days\n", ""), True,
                 id="a clock"),
    pytest.param("steps", f"source_checked: soon\nsteps:\n{STEP}", False, id="no day"),
    pytest.param("steps", f"steps:\n{STEP}".replace("3 office days", "soon"), False, id="a word for a time"),
    pytest.param("steps", f"steps:\n{STEP}".replace("3 office days", "3 seconds"), False, id="seconds"),
    pytest.param("steps", f"steps:\n{STEP}".replace("report", "closed"), False, id="no phase to work in"),
    pytest.param("steps", f"steps:\n{STEP}".replace("administrator", "boss"), False, id="a role"),
    pytest.param("steps", f"steps:\n{STEP}".replace(", en: Call the bank", ""), False, id="a language"),
    pytest.param("steps", f"steps:\n{STEP}".replace("[misdirected]", "misdirected"), False, id="no list"),
    pytest.param("steps", f"steps:\n{STEP}".replace("misdirected", "fire"), False, id="a kind"),
    pytest.param("steps", f"steps:\n{STEP}".replace("done_when", "done"), False, id="a key"),
    pytest.param("steps", f"steps:\n{STEP}".replace("call-bank", "Call"), False, id="an id"),
    pytest.param("contacts", f"roles: {{staff: [{PERSON}]}}", True, id="a person"),
    pytest.param("contacts", f"outside: [{{id: bank, name: {WORDS}, url: 'https://bank.example'}}]", True, id="a bank"),
    pytest.param("contacts", "tree: [{who: staff, calls: [security_officer, ppc]}]", True, id="a tree"),
    pytest.param("contacts", f"roles: {{boss: [{PERSON}]}}", False, id="a role of contacts"),
    pytest.param("contacts", "roles: {staff: [{address: nobody}]}", False, id="no address"),
    pytest.param("contacts", "roles: {staff: [{name: 名}]}", False, id="nobody"),
    pytest.param("contacts", f"outside: [{{id: x-y, name: {WORDS}, url: 'javascript:1'}}]", False, id="a link"),
    pytest.param("contacts", "outside: [{id: x-y, name: 名}]", False, id="one name"),
    pytest.param("documents", f"documents: {{publication: {{title: {WORDS}, sections: [{{id: one, text: {WORDS}}}]}}}}",
                 True, id="a document"),
    pytest.param("documents", f"documents: {{letter: {{title: {WORDS}}}}}", False, id="a kind of document"),
    pytest.param("documents", f"documents: {{publication: {{title: {WORDS}, sections: []}}}}", False, id="no section"),
    pytest.param("documents", f"documents: {{prompt_report: {{title: {WORDS}, sections: [{{id: item-1, text: {WORDS}}}]"
                 "}}", False, id="a report of one item"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "is_good"), BOTH)
def test_incident_schema_and_loader_say_the_same(tmp_path: Path, name: str, text: str, is_good: bool) -> None:
    """What the editor accepts is loaded, and what it marks is refused, with the file and its line."""
    file = f"incident/{name}"
    found = complaints(tmp_path, {"mine": RULE, file: text})

    assert is_good is (of(name, text) == []), of(name, text)
    assert is_good is (found == []), found
    assert all(f"{file}.yaml:" in one for one in found)
