"""``mailguard policy``, ``inspect`` and ``correspondents`` as an administrator types them."""

from __future__ import annotations

import csv
import json
import logging
import mailbox
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import pytest
import structlog
import yaml

from mailguard import cli
from tests.system.relay import OWN_DOMAIN, relay_settings

SENDER = f"tanoue@{OWN_DOMAIN}"
PEOPLE = ["haha@gmail.com", "chichi@docomo.ne.jp", "ani@icloud.com", "ane@gmail.com"]
MONDAY = datetime(2026, 10, 5, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """What a command left: exit status and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs ``mailguard WORDS`` in an empty folder, without settings unless a test gives some.

    In this process, because a dozen commands a test would otherwise start Python a dozen times. What a command sets up
    for logging is taken back: its streams are this test's.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MAILGUARD_CONFIG", str(tmp_path / "none.yaml"))
    before, handlers = structlog.get_config(), list(logging.getLogger().handlers)

    def command(*words: str) -> Done:
        status = cli.run(list(words))
        written = capsys.readouterr()
        return Done(status, written.out, written.err)

    yield command
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def mail(
    to: list[str], *, at: datetime = MONDAY, subject: str = "案内", body: str = "ご案内です。", sender: str = SENDER,
    **fields: str,
) -> EmailMessage:  # fmt: skip
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    for name, value in fields.items():
        message[name] = value
    message.set_content(body)
    return message


def past(folder: Path) -> None:
    """Two weeks of one clerk: an accident in each, ordinary mail, and a received one in the same folder."""
    mails = [
        mail(["ando@one.example.com"], at=MONDAY),
        mail(PEOPLE, at=MONDAY + timedelta(days=1)),
        mail(["ando@one.example.com"], at=MONDAY + timedelta(days=2), Bcc=", ".join(PEOPLE)),
        mail(PEOPLE[:3], at=MONDAY + timedelta(days=8)),
        mail(["x@one-example.com", "ando@one.example.com"], at=MONDAY + timedelta(days=9)),
        mail([SENDER], at=MONDAY, sender="ando@one.example.com"),
    ]
    for number, one in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(one.as_bytes())


def test_check_and_test_say_that_the_shipped_sets_are_good(run: Run) -> None:
    """What comes along can be used as it is: every set loads, and every example comes out right."""
    for name in ("standard", "strict", "observe"):
        checked, tried = run("policy", "check", "--set", name, "--json"), run("policy", "test", "--set", name)

        assert (0, 0) == (checked.returncode, tried.returncode), checked.stderr + tried.stderr
        assert json.loads(checked.stdout)["good"]
        assert tried.stdout.endswith("0 wrong\n")


def test_check_names_file_and_line_of_everything_wrong(run: Run, tmp_path: Path) -> None:
    """I see all my mistakes at once, each with its place, and what I may have meant."""
    run("policy", "copy", str(tmp_path / "mine"))
    file = tmp_path / "mine" / "slips.yaml"
    text = (
        file.read_text().replace("visible_groups: 5", "visible_grups: 5", 1).replace("needs: sender", "needs: boss", 1)
    )
    file.write_text(text)
    done = run("policy", "check", "--folder", "mine")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if "grups" in line or "boss" in line]

    assert 2 == done.returncode
    for number, words in zip(lines, ("did you mean 'visible_groups'", "sender, approver"), strict=True):
        assert any(f"slips.yaml:{number}:" in line and words in line for line in done.stderr.splitlines()), done.stderr


def test_example_that_comes_out_wrong_is_named(run: Run, tmp_path: Path) -> None:
    """When I change a figure, the rule's own examples tell me that it no longer does what it says."""
    run("policy", "copy", "mine")
    file = tmp_path / "mine" / "slips.yaml"
    file.write_text(file.read_text().replace("visible_private: 3", "visible_private: 30", 1))
    done = run("policy", "test", "--folder", "mine")

    assert 1 == done.returncode
    assert "outsiders-see-each-other: this mail is not hit by its rule" in done.stderr


def test_copy_never_overwrites(run: Run, tmp_path: Path) -> None:
    """A folder that is there already is not touched."""
    (tmp_path / "mine").mkdir()
    done = run("policy", "copy", "mine")

    assert (2, []) == (done.returncode, list((tmp_path / "mine").iterdir()))


def test_explain_says_which_test_decided(run: Run, tmp_path: Path) -> None:
    """For one mail I see which rule hit, with the figure, and why the others did not."""
    (tmp_path / "one.eml").write_bytes(mail(PEOPLE).as_bytes())
    done = run("policy", "explain", "one.eml")
    traced = json.loads(run("policy", "explain", "one.eml", "--json").stdout)

    assert 0 == done.returncode, done.stderr
    assert "+ outsiders-see-each-other: visible_private is 4 (at least 3)" in done.stdout
    assert "- missing-attachment: missing_attachment is false" in done.stdout
    assert "4名それぞれに、ほかの3名のアドレスが見えます" in done.stdout
    assert ["hold"] * 4 == [one["verdict"]["action"] for one in traced["recipients"]]


def test_inspect_answers_a_line_of_json_for_each_mail(run: Run, tmp_path: Path) -> None:
    """A program gives a manifest and gets an answer a line, in order, the earlier mails being the history."""
    (tmp_path / "a.eml").write_bytes(mail(["yamada.taro@firm.example.com"]).as_bytes())
    (tmp_path / "b.eml").write_bytes(mail(["yamada.taro@freemail.example.net", *PEOPLE]).as_bytes())
    lines = [
        {"file": "a.eml", "envelope_rcpt": ["yamada.taro@firm.example.com"], "own_domains": [OWN_DOMAIN]},
        {"file": "b.eml", "envelope_from": SENDER, "own_domains": [OWN_DOMAIN],
         "freemail_domains": ["freemail.example.net"]},
        {"file": "missing.eml"},
    ]  # fmt: skip
    (tmp_path / "manifest.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    done = run("inspect", "--manifest", "manifest.jsonl", "--json")
    first, second, third = [json.loads(line) for line in done.stdout.splitlines()]

    assert 1 == done.returncode
    assert (["yamada.taro@firm.example.com"], 1, False, []) == tuple(
        first[key] for key in ("external_recipients", "visible_external_count", "cc_should_be_bcc", "other_flags")
    )
    assert (5, True, ["autocomplete_suspect"]) == tuple(
        second[key] for key in ("visible_external_count", "cc_should_be_bcc", "other_flags")
    )
    assert ("hold", "missing.eml") == (second["verdict"]["action"], third["file"])


MANIFESTS = [
    pytest.param("nonsense", "1: this line is no JSON object", id="no JSON"),
    pytest.param('{"file": 3}', '1: needs a "file"', id="no file"),
    pytest.param('{"file": "a", "own_domains": "x"}', "must be a list", id="text for a list"),
]


@pytest.mark.parametrize(("line", "complaint"), MANIFESTS)
def test_inspect_names_the_line_of_a_bad_manifest(run: Run, tmp_path: Path, line: str, complaint: str) -> None:
    """A manifest with a mistake is refused with file and line."""
    (tmp_path / "manifest.jsonl").write_text(line)
    done = run("inspect", "--manifest", "manifest.jsonl", "--json")

    assert (2, True) == (done.returncode, complaint in done.stderr)


def test_replay_counts_stops_and_keeps_to_a_budget(run: Run, tmp_path: Path) -> None:
    """I see how often each of us would have been stopped; where that is more than agreed, the command fails."""
    (tmp_path / "past").mkdir()
    past(tmp_path / "past")
    done = run(
        "policy", "replay", "past", "--own", OWN_DOMAIN, "--against", "observe", "--json",
        "--html", "r.html", "--csv", "r.csv", "--learned", "l.csv", "--budget", "0/person/week",
    )  # fmt: skip
    result = json.loads(done.stdout)
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    page = (tmp_path / "r.html").read_text()

    assert 1 == done.returncode
    assert (5, 1, 3) == (result["mails"], result["skipped"], result["stops"])
    assert {"2026-10-05": 1, "2026-10-12": 2} == {one["week"]: one["stops"] for one in result["persons"]}
    assert {"mails": 2, "stops": 2} == result["rules"]["outsiders-see-each-other"]
    assert ["0", "1", "0", "1", "1"] == [row["stop"] for row in rows]
    assert "ando@one.example.com" in (tmp_path / "l.csv").read_text("utf-8-sig")
    assert ("<svg" in page, "http" in page.replace("http-equiv", "")) == (True, False)
    assert "over the budget" in done.stderr


def test_replay_reads_mbox_and_maildir_alike(run: Run, tmp_path: Path) -> None:
    """Whatever my mail program keeps sent mail in, the result is the same."""
    (tmp_path / "eml").mkdir()
    past(tmp_path / "eml")
    box, folder = mailbox.mbox(tmp_path / "Sent"), mailbox.Maildir(tmp_path / "Maildir")
    for file in sorted((tmp_path / "eml").iterdir()):
        box.add(file.read_bytes().replace(b"\r\n", b"\n"))
        folder.add(file.read_bytes())
    box.close()
    found = []
    for name in ("eml", "Sent", "Maildir"):
        result = json.loads(run("policy", "replay", name, "--own", OWN_DOMAIN, "--json").stdout)
        found.append((result["mails"], result["stops"], result["rules"], result["weeks"]))

    assert [found[0]] * 3 == found


def test_replay_of_a_changed_figure_shows_what_differs(run: Run, tmp_path: Path) -> None:
    """I raise the threshold in my copy and see exactly which mail would no longer be stopped."""
    (tmp_path / "past").mkdir()
    past(tmp_path / "past")
    run("policy", "copy", "mine")
    file = tmp_path / "mine" / "slips.yaml"
    file.write_text(file.read_text().replace("visible_private: 3", "visible_private: 4", 1))
    done = run("policy", "replay", "past", "--own", OWN_DOMAIN, "--against-folder", "mine", "--json")

    assert [{"mail": "3.eml", "first": "hold (sender)", "second": "hold (timer)"}] == json.loads(done.stdout)[
        "differing"
    ]


def test_correspondents_are_taken_over_written_out_and_forgotten(run: Run, tmp_path: Path) -> None:
    """An address book goes in, everything comes out as CSV, and one person can be forgotten; each act is on record."""
    config = tmp_path / "mailguard.yaml"
    config.write_text(yaml.safe_dump(relay_settings(tmp_path, 9)))
    config.chmod(0o600)
    (tmp_path / "book.csv").write_bytes(
        "氏名,メール\n安藤 真由美,ando@one.example.com\n馬場,baba@two.example.net\n".encode("cp932")
    )
    at = ("--config", str(config))
    taken = run("correspondents", "import", "book.csv", *at)
    before = run("correspondents", "export", *at).stdout
    forgotten = run("correspondents", "forget", "ando@one.example.com", *at)
    after = run("correspondents", "export", *at).stdout
    record = run("audit", "export", *at).stdout

    assert "2 people found, 2 of them new\n" == taken.stdout, taken.stderr
    assert ["ando@one.example.com,安藤 真由美", "baba@two.example.net,馬場"] == [
        line.rpartition(",")[0].rpartition(",")[0] for line in before.splitlines()[1:]
    ]
    assert (0, False) == (forgotten.returncode, "ando" in after)
    assert ("correspondents.forgotten" in record, "ando" in record) == (True, False)
