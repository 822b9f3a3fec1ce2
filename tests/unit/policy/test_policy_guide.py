"""The guides name every word there is, and none that is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from mailguard.judging.examples import KEYS as EXAMPLE_WORDS
from mailguard.model.verdict import Action, AtEnd, Needs, Obligation
from mailguard.policy.incident_file import STEP_KEYS
from mailguard.policy.law import Bond, Circumstance, LegalForm, Matter, Safeguard
from mailguard.policy.law_file import DATED_KEYS, LAW_KEYS
from mailguard.policy.law_file import RULE_KEYS as LAW_RULE_KEYS
from mailguard.policy.office_file import EXCEPTION_KEYS, HOURS_KEYS, OFFICE_KEYS
from mailguard.policy.rule_file import RULE_KEYS, SCOPE_KEYS
from mailguard.policy.rules import AppliesTo, Hours
from mailguard.policy.verdicts import FIGURES
from mailguard.policy.words import WORDS

POLICIES = Path(__file__).resolve().parents[3] / "policies"
NAMES = ("README.md", "README.ja.md")
GUIDES = [pytest.param(POLICIES / name, id=name) for name in NAMES]


def tables(guide: Path) -> dict[str, list[str]]:
    """For each heading: the first cells of its tables, without their marks."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in guide.read_text().splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif cell := re.match(r"\| `([a-z_]+)` \|", line):
            found.setdefault(heading, []).append(cell[1])
    return found


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_has_every_condition_word_once(guide: Path) -> None:
    """Whoever writes a rule finds every word in a table, and no word that mailguard does not know."""
    words = [word for found in list(tables(guide).values())[2:6] for word in found]

    assert sorted(WORDS) == sorted(words)


@pytest.mark.parametrize("guide", GUIDES)
def test_guide_has_every_key_and_choice(guide: Path) -> None:
    """The keys of rules and of the office file, their choices, figures and example words all stand in the guide."""
    text = guide.read_text()
    rule, obligations, *_, office, law, steps = tables(guide).values()
    choices = [*Action, *Needs, *AtEnd, *AppliesTo, *Hours, *SCOPE_KEYS, *HOURS_KEYS, *EXCEPTION_KEYS]
    choices += [*LegalForm, *Circumstance, *Matter, *Safeguard, *Bond, *LAW_KEYS]
    choices += [choice for word in WORDS.values() for choice in word.choices]

    assert sorted(RULE_KEYS) == sorted(rule)
    assert sorted(Obligation) == sorted(obligations)
    assert sorted(OFFICE_KEYS) == sorted(office)
    assert sorted(set(LAW_RULE_KEYS) - set(DATED_KEYS)) == sorted(law)
    assert sorted(STEP_KEYS) == sorted(steps)
    assert [] == [word for word in choices if f"`{word}`" not in text]
    assert [] == [figure for figure in FIGURES if f"`{{{figure}}}`" not in text]
    assert [] == [word for word in EXAMPLE_WORDS if f"`{word}`" not in text]


def test_guides_in_both_languages_show_the_same_examples() -> None:
    """The commands and files an office copies are the same in both languages, but for names and notes."""
    shown = [re.findall(r"```(?:yaml|sh)\n(.*?)```", (POLICIES / name).read_text(), re.DOTALL) for name in NAMES]
    commands = [[line.partition("#")[0].strip() for block in blocks for line in block.splitlines()
                 if line.startswith(("mailguard", "systemctl"))] for blocks in shown]  # fmt: skip

    assert commands[0] == commands[1]
    assert len(shown[0]) == len(shown[1])
    for block in (block for blocks in shown for block in blocks if "rules:" in block or "exceptions:" in block):
        assert isinstance(yaml.safe_load(block), dict)
