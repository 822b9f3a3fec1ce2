"""What was changed on the screen, as an administrator sees and takes it back on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mailguard import cli
from mailguard.clock import SystemClock
from mailguard.config import load
from mailguard.judging.policy_changes import SaveChange
from mailguard.model.audit import Actor, ActorKind
from mailguard.policy.changes import Changes, RuleChange, RuleState
from mailguard.store import open_store
from tests.system.relay import relay_settings

OFFICER = Actor(ActorKind.PERSON, "officer@office.example.jp")
RULE = "outsiders-see-each-other"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Settings of an office with the standard rules, in which two things were changed on the screen."""
    path = tmp_path / "mailguard.yaml"
    path.write_text(yaml.safe_dump(relay_settings(tmp_path, 9, policy={"folder": None, "set": "standard"})))
    path.chmod(0o600)
    store = open_store(load(path).storage, SystemClock())
    try:
        tuned = RuleChange(RuleState.ACTIVE, {"any.0.visible_groups.least": "9"})
        store.write_now(SaveChange(Changes({RULE: tuned}), OFFICER, "fewer questions", 0))
        gone = {RULE: tuned, "gone": RuleChange(RuleState.OFF), "empty-subject": RuleChange(RuleState.OFF)}
        store.write_now(SaveChange(Changes(gone), OFFICER, "no subject", 1))
    finally:
        store.close()
    return path


@pytest.fixture
def run(config: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``mailguard policy WORDS`` for that office."""

    def command(*words: str) -> tuple[int, str, str]:
        status = cli.run(["policy", *words, "--config", str(config)])
        written = capsys.readouterr()
        return status, written.out, written.err

    return command


def test_history_says_who_changed_what_and_revert_takes_it_back(run: Run) -> None:
    """Each change stands there with its author, its note and what it changed; going back is one command."""
    _, text, _ = run("history")
    status, said, _ = run("revert", "1", "--note", "as in October")
    newest = json.loads(run("history", "--json")[1])[0]

    assert "fewer questions" in text
    assert "ToとCcに社外の団体や個人が…いる(この数から): 5 -> 9" in text
    assert (0, "change 3: as after change 1\n") == (status, said)
    assert (3, 1, "as in October", ["empty-subject", "gone"]) == (
        newest["number"], newest["reverts_to"], newest["note"], newest["rules"],
    )  # fmt: skip


def test_check_and_test_take_the_screen_into_account(run: Run) -> None:
    """The rules that are checked are those in force; what has no effect and what examples no longer show is advice."""
    checked, text, advice = run("check")
    rules = json.loads(run("check", "--json")[1])
    status, tried, said = run("test")
    run("revert", "0", "--note", "as the files say")
    plain = json.loads(run("check", "--json")[1])

    assert (0, 0) == (checked, status)
    assert "with change 2 of the screen" in text
    assert 'screen: The rule "gone" is gone' in advice
    assert "empty-subject" not in rules["rules"]
    assert f"{RULE}: with the figures of the screen this mail is not hit by its rule (only advice)" in said
    assert tried.endswith(" 0 wrong\n")
    assert "empty-subject" in plain["rules"]
    assert rules["version"] != plain["version"]


def test_revert_to_a_number_that_is_not_there_changes_nothing(run: Run) -> None:
    """A slip of the finger is refused."""
    status, _, said = run("revert", "7", "--note", "?")

    assert status != 0
    assert "no such change" in said
    assert 2 == len(json.loads(run("history", "--json")[1]))
