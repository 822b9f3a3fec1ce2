"""Steps and contacts: what comes along is whole, an office changes what it wants, and every fault is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mailguard.model.incident import Cause, IncidentKind, Phase
from mailguard.model.people import Role
from mailguard.policy.directory import Directory
from mailguard.policy.incident_plan import IncidentPlan
from mailguard.policy.loading import load_policy
from mailguard.policy.shipped import shipped_folder
from tests.unit.policy.parts import RULE, complaints, load

STEPS, CONTACTS = "incident/steps", "incident/contacts"
STEP = """\
  - id: call-bank
    phase: report
    role: administrator
    due: 3 office days
    kinds: [misdirected]
    text: {ja: 銀行に電話する, en: Call the bank}
    done_when: {ja: 電話した, en: It was called}
"""
PEOPLE = """\
roles:
  security_officer:
    - address: ciso@office.example.jp
      telephone: "100"
      deputy: {address: CISO@office.example.jp, telephone: "101"}
"""


def shipped() -> IncidentPlan:
    """What comes along."""
    return load_policy(shipped_folder(), "standard", Directory(), 5.0, date(2026, 11, 27)).rules.plan


@pytest.mark.parametrize("kind", IncidentKind)
def test_shipped_plan_has_every_phase_for_every_kind(kind: IncidentKind) -> None:
    """Whatever happened, there is something to do in each part of the manual, beginning with telling the officers."""
    steps = [one for one in shipped().in_use if one.is_for(kind, Cause.UNKNOWN)]
    phases = {one.phase for one in steps}

    assert {Phase.FIRST_RESPONSE, Phase.REPORT, Phase.INVESTIGATION, Phase.PREVENTION} <= phases
    assert "report-at-once" == steps[0].id
    assert all(one.due or one.clocks for one in steps)


def test_shipped_plan_keeps_the_order_of_the_manual() -> None:
    """Steps stand phase by phase, and each says where it comes from."""
    order = [one.phase for one in shipped().steps]

    assert sorted(order, key=list(Phase).index) == order
    assert all("マニュアル P" in one.source for one in shipped().steps)


def test_office_replaces_adds_and_switches_off_steps(tmp_path: Path) -> None:
    """A step of the office's takes the place of the one with its name; what it leaves out is still there."""
    own = STEP.replace("call-bank", "tell-persons") + STEP
    plan = load(tmp_path, {"mine": RULE, STEPS: f"off: [publish]\nsteps:\n{own}"}).rules.plan
    ids = [one.id for one in plan.steps]

    assert [*(one.id for one in shipped().steps), "call-bank"] == ids
    assert Role.ADMINISTRATOR is plan.steps[ids.index("tell-persons")].role
    assert "publish" not in [one.id for one in plan.in_use]


def test_folder_without_the_files_has_what_comes_along(tmp_path: Path) -> None:
    """An office whose folder is older than this release has the steps all the same."""
    assert shipped() == load(tmp_path, {"mine": RULE}).rules.plan


def test_office_names_its_people_and_keeps_the_authorities(tmp_path: Path) -> None:
    """Who is named for a role counts; the authorities stay, with the telephone the office adds; advice is given."""
    outside = "outside:\n  - {id: police, name: {ja: 見本署, en: Example station}, telephone: '110'}\n"
    loaded = load(tmp_path, {"mine": RULE, CONTACTS: PEOPLE + outside})
    contacts = loaded.rules.plan.contacts
    police = next(one for one in contacts.outside if one.id == "police")

    assert ["ciso@office.example.jp"] == [one.address for one in contacts.of(Role.SECURITY_OFFICER)]
    assert () == contacts.of(Role.ADMINISTRATOR)
    assert ("110", len(shipped().contacts.outside)) == (police.telephone, len(contacts.outside))
    assert shipped().contacts.tree == contacts.tree
    assert any("is the same person" in one for one in loaded.advice), loaded.advice


FAULTS = [
    pytest.param(STEPS, f"steps:\n{STEP}{STEP}", "steps.yaml:9: steps, entry 2, id is there twice", id="twice"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("3 office days", "soon"), "steps.yaml:5:", id="a word for a time"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("3 office", "0.5"), "must be whole days", id="half a day"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("3 office", "9999"), "at most 400 days", id="for ever"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("report", "closed"), "steps.yaml:3:", id="no phase to work in"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("administrator", "boss"), "steps.yaml:4:", id="a role"),
    pytest.param(STEPS, "steps:\n" + STEP.replace(", en: Call the bank", ""), "steps.yaml:7:", id="a language"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("misdirected", "fire"), "steps.yaml:6:", id="a kind"),
    pytest.param(STEPS, "steps:\n" + STEP.replace("due: 3 office days", "clocks: [appi.promt]"),
                 "names no clock of law.yaml: 'appi.promt'", id="a clock"),
    pytest.param(STEPS, "steps:\n" + STEP + "    clocks: [appi.prompt]\n", "cannot stand beside", id="two times"),
    pytest.param(STEPS, "off: [publsh]", "steps.yaml:1: off, entry 1 names no step: 'publsh'", id="an unknown step"),
    pytest.param(CONTACTS, "roles: {boss: []}", "contacts.yaml:1:", id="a role of contacts"),
    pytest.param(CONTACTS, "roles: {staff: [{address: nobody}]}", "must be an address", id="no address"),
    pytest.param(CONTACTS, "tree: [{who: staff, calls: [fireman]}]", "tree, entry 1, calls", id="whom to call"),
    pytest.param(CONTACTS, "outside: [{id: x-y, name: {ja: あ, en: a}, url: 'javascript:1'}]", "https://", id="a link"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "sentence"), FAULTS)
def test_fault_in_the_files_is_named(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    """Whoever mends the file reads where and what."""
    found = complaints(tmp_path, {"mine": RULE, name: text})

    assert any(sentence in line for line in found), found
