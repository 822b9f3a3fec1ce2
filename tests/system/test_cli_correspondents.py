"""What recipients can open, and passwords agreed with them, as an administrator types ``mailguard correspondents``."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system.relay import relay_settings
from tests.system.test_cli_policy import Done, Run, run

__all__ = ["run"]

ANDO, BABA, ONE = "ando@one.example.com", "baba@one.example.com", "@one.example.com"
PROMPT = re.compile("with them: |confirmation: ")
PASSWORD, ANOTHER = "Kumo7-Hashi-Mori", "Nishi3-Kaze-Umi"


@pytest.fixture
def config(tmp_path: Path) -> str:
    """The settings of an office; nothing has run there yet."""
    file = tmp_path / "mailguard.yaml"
    file.write_text(yaml.safe_dump(relay_settings(tmp_path, 9, policy={"folder": None, "set": "standard"})))
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def correspondents(run: Run, config: str) -> Run:
    """Runs ``mailguard correspondents WORDS`` in the office."""
    return lambda *words: run("correspondents", *words, "--config", config)


def shown(correspondents: Run, *addresses: str) -> list[dict[str, Any]]:
    """What ``show --json`` says."""
    done = correspondents("show", *addresses, "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def agreed(correspondents: Run, tmp_path: Path, whom: str, content: str | bytes) -> Done:
    """``agree`` with a password file of this content."""
    file = tmp_path / "agreed.password"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return correspondents("agree", whom, "--password-file", str(file))


def record(run: Run, config: str) -> list[tuple[str, dict[str, Any]]]:
    """The audit record: what was done, with its details."""
    lines = (json.loads(line) for line in run("audit", "export", "--config", config).stdout.splitlines())
    return [(one["event"]["action"], one["mailguard"]["details"]) for one in lines]


def data(tmp_path: Path) -> bytes:
    """All octets the office keeps but for its master key."""
    files = (file for file in (tmp_path / "data").rglob("*") if file.is_file() and file.name != "master.key")
    return b"".join(file.read_bytes() for file in files)


def test_show_of_a_fresh_office_says_that_nothing_is_known(correspondents: Run) -> None:
    """I am told so where nothing is on record, and of somebody nothing is known of."""
    assert "Nothing is on record of what anybody can open.\n" == correspondents("show").stdout
    assert f"{ANDO}\n  nothing is known\n" == correspondents("show", ANDO).stdout
    assert [] == shown(correspondents)


def test_note_is_shown_and_taken_back(correspondents: Run) -> None:
    """What I say of a partner, or of everybody at a firm, is shown until I take it back."""
    first = correspondents("note", "Ando@ONE.example.com", "--takes-zip", "--phone", "０９０－１２３４－５６７８")
    again = correspondents("note", ANDO, "--takes-zip")
    correspondents("note", ONE, "--refuses-zip", "--no-pdf", "--prefers", "to_sender")
    of_both = correspondents("show", ANDO, BABA).stdout
    one_gone = correspondents("unknow", ANDO, "--trait", "phone", "--trait", "prefers")
    rest_gone = correspondents("unknow", ANDO)
    nothing_left = correspondents("unknow", ANDO)

    assert ("noted\n", "this was noted already\n") == (first.stdout, again.stdout), first.stderr
    ando, _, baba = of_both.partition(f"{BABA}\n")
    for words in ("  takes encrypted archives (noted 2", "  telephone 09012345678 (noted 2"):
        assert words in ando
    for words in ("  takes no encrypted archives (noted 2", f", for all of {ONE})"):
        assert words in baba
    assert "  opens no PDF files with a password" in ando
    assert "  wants the password from the sender" in baba
    assert ["taken back\n", "taken back\n", "nothing of this was noted\n"] == [
        done.stdout for done in (one_gone, rest_gone, nothing_left)
    ]
    assert [ONE] == [one["address"] for one in shown(correspondents)]
    assert ["refuses_zip", "opens_pdf", "prefers"] == [one["trait"] for one in shown(correspondents, ANDO)[0]["known"]]


def test_note_of_a_channel_says_what_is_missing_for_it(correspondents: Run) -> None:
    """I learn at once that short messages need a number, and an agreed password an agreement."""
    without_number = correspondents("note", ANDO, "--prefers", "sms")
    with_number = correspondents("note", BABA, "--prefers", "sms", "--phone", "+81 90 1234 5678")
    without_password = correspondents("note", ONE, "--prefers", "agreed")

    assert "--phone" in without_number.stdout
    assert "noted\n" == with_number.stdout
    assert "mailguard correspondents agree" in without_password.stdout


WRONG = [
    pytest.param(("note", ANDO), 2, "say what to note", id="nothing to note"),
    pytest.param(("note", ANDO, "--prefers", "pigeon"), 2, "pigeon", id="no such channel"),
    pytest.param(("note", ANDO, "--phone", "extension 12"), 1, "not a telephone number", id="no number"),
    pytest.param(("note", "one.example.com", "--no-pdf"), 1, "neither a mail address nor", id="domain without @"),
    pytest.param(("show", "ando@"), 1, "neither a mail address nor", id="address without domain"),
    pytest.param(("unknow", ANDO, "--trait", "hair"), 2, "hair", id="no such trait"),
    pytest.param(("withdraw", ""), 1, "neither a mail address nor", id="nobody"),
    pytest.param(("agree", ANDO), 2, "--password-file", id="nobody to ask"),
    pytest.param(("agree", "ando", "--password-file", "-"), 1, "neither a mail address nor", id="agree with nobody"),
    pytest.param(("agree", ANDO, "--password-file", "none.txt"), 1, "none.txt", id="no file"),
    pytest.param(("agree", "@gmail.com", "--password-file", "-"), 1, "a mail provider", id="everybody at a provider"),
    pytest.param(("note", "@docomo.ne.jp", "--phone", "090-1234-5678"), 1, "a mail provider", id="phone of everybody"),
]


@pytest.mark.parametrize(("words", "status", "told"), WRONG)
def test_what_cannot_be_is_refused_and_changes_nothing(
    correspondents: Run, words: tuple[str, ...], status: int, told: str
) -> None:
    """A mistake of mine is named, and nothing is on record for it."""
    done = correspondents(*words)

    assert (status, True) == (done.returncode, told in done.stderr), done
    assert [] == shown(correspondents)


def test_agreed_password_is_kept_sealed_and_never_shown(
    run: Run, correspondents: Run, config: str, tmp_path: Path
) -> None:
    """I see with whom, since when and by whom a password is agreed; nobody finds the password itself anywhere."""
    done = agreed(correspondents, tmp_path, ONE, PASSWORD + "\r\n")
    (of_firm,), (of_person,) = shown(correspondents), shown(correspondents, BABA)
    told = correspondents("show", BABA)

    assert (0, "agreed\n") == (done.returncode, done.stdout), done.stderr
    assert (ONE, ONE, 0) == (of_firm["address"], of_firm["agreed"]["of"], of_firm["agreed"]["days"])
    assert of_firm["agreed"] == of_person["agreed"]
    assert f", 0 days ago, by {of_firm['agreed']['agreed_by']}, for all of {ONE}\n" in told.stdout
    (details,) = [details for action, details in record(run, config) if action == "correspondents.password_agreed"]
    assert {"people": 1, "is_replaced": False} == details
    assert PASSWORD not in told.stdout + done.stdout + done.stderr
    assert PASSWORD.encode() not in data(tmp_path)


POOR = [
    pytest.param("Kumo7\n", "Use at least 10 characters.", id="short"),
    pytest.param("Kumo7-Hashi 19850423", "six or more digits", id="birthday"),
    pytest.param(PASSWORD + "\n" + ANOTHER, "plain letters", id="two lines"),
    pytest.param(PASSWORD.encode("utf-16"), "plain letters", id="another encoding"),
    pytest.param("Kumo7-one-Example", "partner's name", id="the partner's name"),
    pytest.param(PASSWORD * 100, "at most 100 characters", id="a very long one"),
]


@pytest.mark.parametrize(("content", "told"), POOR)
def test_poor_password_is_refused_with_what_to_mend(
    correspondents: Run, tmp_path: Path, content: str | bytes, told: str
) -> None:
    """A password that can be guessed is not taken; I am told why, without seeing it again."""
    done = agreed(correspondents, tmp_path, "ando@example.net", content)

    assert (1, True) == (done.returncode, told in done.stderr), done
    assert "Kumo7" not in done.stdout + done.stderr
    assert [] == shown(correspondents)


def test_password_of_another_partner_or_of_before_is_refused(correspondents: Run, tmp_path: Path) -> None:
    """The same password is never used twice, also not after it was taken back."""
    agreed(correspondents, tmp_path, ANDO, PASSWORD)
    of_another = agreed(correspondents, tmp_path, "chiba@two.example.net", PASSWORD)
    replaced = agreed(correspondents, tmp_path, ANDO, ANOTHER)
    withdrawn, again = correspondents("withdraw", ANDO), correspondents("withdraw", ANDO)
    of_before = agreed(correspondents, tmp_path, ANDO, PASSWORD)

    assert [1, 0, 0, 0, 1] == [done.returncode for done in (of_another, replaced, withdrawn, again, of_before)]
    assert ["agreed on before" in done.stderr for done in (of_another, of_before)] == [True, True]
    assert "agreed; the password before is destroyed\n" == replaced.stdout
    assert ("the password is destroyed\n", "no password was agreed\n") == (withdrawn.stdout, again.stdout)
    assert [] == shown(correspondents)


def test_record_says_what_was_done_and_of_nobody(run: Run, correspondents: Run, config: str, tmp_path: Path) -> None:
    """Each change is on record with who made it, and the record names no partner, number or password."""
    correspondents("note", ANDO, "--refuses-zip", "--phone", "090-1234-5678")
    correspondents("note", ANDO, "--refuses-zip")
    agreed(correspondents, tmp_path, ANDO, PASSWORD)
    correspondents("withdraw", ANDO)
    correspondents("unknow", ANDO)
    correspondents("forget", ANDO)
    events = record(run, config)

    assert [
        ("correspondents.noted", {"people": 1, "traits": ["phone", "refuses_zip"]}),
        ("correspondents.password_agreed", {"people": 1, "is_replaced": False}),
        ("correspondents.password_withdrawn", {"people": 1}),
        ("correspondents.noted", {"people": 1, "traits": ["phone", "refuses_zip"], "is_taken_back": True}),
        ("correspondents.forgotten", {"people": 1}),
    ] == events
    told = json.dumps(events)
    assert not [word for word in ("ando", "one.example", "12345678", PASSWORD) if word in told]


def test_person_is_forgotten_with_what_was_noted_and_agreed(correspondents: Run, tmp_path: Path) -> None:
    """Whoever asks to be forgotten leaves no number, no ability and no password behind."""
    correspondents("note", ANDO, "--no-pdf", "--phone", "090-1234-5678")
    agreed(correspondents, tmp_path, ANDO, PASSWORD)
    done = correspondents("forget", ANDO)

    assert "forgotten\n" == done.stdout
    assert [] == shown(correspondents)
    assert b"09012345678" not in data(tmp_path)


def typed(config: str, *lines: str) -> tuple[int, str]:
    """``agree`` at a terminal where somebody answers with these lines; exit status and all that was on the screen."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "mailguard", "correspondents", "agree", ANDO, "--config", config]
    screen = ""
    waiting = list(lines)
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        while part := _read(ours):
            screen += part
            # Each prompt is answered once; what is typed before it is thrown away.
            if waiting and len(PROMPT.findall(screen)) > len(lines) - len(waiting):
                os.write(ours, f"{waiting.pop(0)}\n".encode())
        # A terminal that hangs up ends a program that still asks.
        os.close(ours)
        try:
            return process.wait(30), screen
        finally:
            process.kill()


def _read(terminal: int) -> str:
    """What comes next; "" at the end, or where nothing comes for half a minute."""
    if not select.select([terminal], [], [], 30)[0]:
        return ""
    try:
        return os.read(terminal, 1024).decode()
    except OSError:  # Linux says so at the end of a terminal nobody holds any more.
        return ""


def test_password_is_asked_twice_without_an_echo(correspondents: Run, config: str) -> None:
    """Nobody who looks over my shoulder sees the password, and a slip of mine is found before it counts."""
    status, screen = typed(config, PASSWORD, ANOTHER, ANOTHER, ANOTHER)

    assert (0, True, True) == (status, "agreed" in screen, "do not match" in screen), screen
    assert (PASSWORD in screen, ANOTHER in screen) == (False, False)
    assert [ANDO] == [one["address"] for one in shown(correspondents)]


def test_password_comes_from_standard_input(correspondents: Run, config: str) -> None:
    """A password manager hands the password over without a file."""
    words = [sys.executable, "-m", "mailguard", "correspondents", "agree", ANDO, "--password-file", "-"]
    done = subprocess.run([*words, "--config", config], input=PASSWORD.encode(), capture_output=True, check=False)

    assert (0, b"agreed\n") == (done.returncode, done.stdout), done.stderr
    assert [ANDO] == [one["address"] for one in shown(correspondents)]
