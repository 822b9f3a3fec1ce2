"""``mailguard person`` as an administrator types it, and its CSV as a spreadsheet gives it back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system.relay import relay_settings
from tests.system.test_cli_policy import Done, Run, run

__all__ = ["run"]

TANAKA, SATO, SOUMU = "tanaka@example.jp", "sato@example.jp", "soumu@example.jp"
HEAD = "address,name,department,manager,roles,delegates"


@pytest.fixture
def config(tmp_path: Path) -> str:
    """The settings of an office; nothing has run there yet."""
    office = {"domains": ["example.jp"]}
    settings = relay_settings(tmp_path, 9, office=office, policy={"folder": None, "set": "standard"})
    file = tmp_path / "mailguard.yaml"
    file.write_text(yaml.safe_dump(settings))
    file.chmod(0o600)
    return str(file)


@pytest.fixture
def person(run: Run, config: str) -> Run:
    """Runs ``mailguard person WORDS`` in the office."""
    return lambda *words: run("person", *words, "--config", config)


def listed(person: Run) -> list[dict[str, Any]]:
    """What ``list --json`` says."""
    done = person("list", "--json")
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def imported(person: Run, tmp_path: Path, content: str | bytes) -> Done:
    """``import`` of a file with this content."""
    file = tmp_path / "people.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return person("import", str(file))


def changes(run: Run, config: str) -> list[str]:
    """The audit record: what was changed about people, in order."""
    lines = run("audit", "export", "--config", config).stdout.splitlines()
    events = [one for one in map(json.loads, lines) if one["event"]["action"] == "person.changed"]
    return [one["mailguard"]["details"]["change"] for one in events]


def test_list_of_a_fresh_office_says_how_to_begin(person: Run) -> None:
    """I am told how people get on record."""
    assert "Nobody is on record; 'mailguard person put ADDRESS' adds one.\n" == person("list").stdout
    assert [] == listed(person)


def test_person_is_put_shown_and_changed(person: Run) -> None:
    """What I enter is what I am shown; saying it twice changes nothing."""
    words = ("put", "Tanaka@EXAMPLE.jp", "--name", "田中", "--department", "営業", "--manager", SATO)
    first, again = person(*words), person(*words)
    person("grant", TANAKA, "department_officer", "--department", "営業")
    person("delegate", SOUMU, TANAKA)
    person("deputy", TANAKA, SATO, "--from", "2999-04-01", "--until", "2999-04-03")
    shown, found = person("show", TANAKA), json.loads(person("show", TANAKA, "--json").stdout)

    assert ["on record", "nothing to change"] == [done.stdout.split(": ")[1].strip() for done in (first, again)]
    assert [
        f"{TANAKA}  田中  営業  manager {SATO}  department_officer of 営業",
        f"  looks after {SOUMU}",
        f"  {SATO} stands in from 2999-04-01 to 2999-04-03",
    ] == shown.stdout.splitlines()
    assert {"role": "department_officer", "department": "営業"} == found["roles"][0]
    assert ([SOUMU], [SATO]) == (found["mailboxes"], [one["deputy"] for one in found["deputies"]])
    assert [TANAKA] == json.loads(person("show", SOUMU, "--json").stdout)["delegates"]


def test_everything_is_taken_back(person: Run) -> None:
    """Each thing I gave can be taken, once."""
    person("grant", SATO, "administrator")
    for words in (("grant", TANAKA, "administrator"), ("delegate", SOUMU, TANAKA), ("disable", TANAKA)):
        assert person(*words).returncode == 0
    person("deputy", TANAKA, SATO, "--until", "2999-01-01")
    back = [
        ("enable", TANAKA),
        ("revoke", TANAKA, "administrator"),
        ("delegate", SOUMU, TANAKA, "--remove"),
    ]

    assert [0, 0, 0] == [person(*words).returncode for words in back]
    assert [": was not disabled", ": was not administrator", f": did not look after {SOUMU}"] == [
        person(*words).stdout.strip().removeprefix(TANAKA) for words in back
    ]
    assert f"{SATO}: did not stand in for {TANAKA}\n" == person("deputy", TANAKA, SATO, "--remove").stdout


WRONG = [
    pytest.param(("put", "tanaka@example.com"), 1, "not an address of this office", id="not our domain"),
    pytest.param(("put", "tanaka"), 1, "not a mail address", id="no address"),
    pytest.param(("grant", TANAKA, "king"), 2, "king", id="no such role"),
    pytest.param(("grant", TANAKA, "staff"), 1, "Everybody is staff", id="staff"),
    pytest.param(("grant", TANAKA, "department_officer"), 1, "needs a department", id="no department"),
    pytest.param(("deputy", TANAKA, SATO), 2, "--until", id="no end"),
    pytest.param(("deputy", TANAKA, SATO, "--until", "soon"), 2, "soon", id="no date"),
    pytest.param(("deputy", TANAKA, SATO, "--until", "2020-01-01"), 1, "end after it begins", id="over"),
    pytest.param(("deputy", TANAKA, TANAKA, "--until", "2999-01-01"), 1, "their own deputy", id="oneself"),
    pytest.param(("import", "none.csv"), 1, "none.csv", id="no file"),
]


@pytest.mark.parametrize(("words", "status", "told"), WRONG)
def test_what_cannot_be_is_refused_and_changes_nothing(
    person: Run, words: tuple[str, ...], status: int, told: str
) -> None:
    """A mistake of mine is named, and nobody is on record for it."""
    done = person(*words)

    assert (status, True) == (done.returncode, told in done.stderr), done
    assert [] == listed(person)


def test_last_administrator_stays(person: Run) -> None:
    """I cannot take away the role that I need to give it back."""
    person("grant", SATO, "administrator")

    revoked, disabled = person("revoke", SATO, "administrator"), person("disable", SATO)

    assert [1, 1] == [revoked.returncode, disabled.returncode]
    assert "last system administrator" in revoked.stderr
    assert [("administrator", False)] == [(one["roles"][0]["role"], one["disabled"]) for one in listed(person)]


def test_export_is_read_back_as_the_same(run: Run, person: Run, config: str, tmp_path: Path) -> None:
    """A spreadsheet reads what I export, runs nothing of it, and the same file back changes nothing."""
    person("put", TANAKA, "--name", "=HYPERLINK(0)", "--department", "-営業", "--manager", SATO)
    person("grant", TANAKA, "department_officer", "--department", "-営業")
    person("grant", SATO, "administrator")
    person("delegate", SOUMU, TANAKA)
    person("delegate", SOUMU, SATO)
    exported = person("export").stdout
    before, record = listed(person), changes(run, config)
    back = imported(person, tmp_path, exported)

    assert [
        f"\ufeff{HEAD}",
        f"{SATO},,,,administrator,",
        f"{SOUMU},,,,,{SATO};{TANAKA}",
        f"{TANAKA},'=HYPERLINK(0),'-営業,{SATO},department_officer:-営業,",
    ] == exported.splitlines()
    assert (0, "3 people read, 0 of them new or changed\n") == (back.returncode, back.stdout), back.stderr
    assert (before, record) == (listed(person), changes(run, config))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_import_takes_what_japanese_spreadsheets_write(person: Run, tmp_path: Path, encoding: str) -> None:
    """Names arrive as they were typed, whichever way my spreadsheet saved them; columns may be in any order."""
    text = f"Name,Address,Department\r\n佐藤 花子,SATO@example.jp,総務部\r\n,,\r\n田中,{TANAKA}\r\n"

    done = imported(person, tmp_path, text.encode(encoding))

    assert "2 people read, 2 of them new or changed\n" == done.stdout, done.stderr
    assert [("佐藤 花子", "総務部"), ("田中", "")] == [(one["name"], one["department"]) for one in listed(person)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16"])
def test_import_takes_japanese_headings_and_roles(person: Run, tmp_path: Path, encoding: str) -> None:
    """A sheet that was made in Japanese needs no translating before it counts."""
    text = (
        "氏名,メール アドレス,部署,上司のメールアドレス,役割,担当者\r\n"
        f"佐藤 花子,{SATO},総務部,{TANAKA},情報セキュリティ部門責任者：総務部；システム管理者,\r\n"
        f"事務局,{SOUMU},,,,{SATO}、{TANAKA}\r\n"
    )

    done = imported(person, tmp_path, text.encode(encoding))

    assert "2 people read, 2 of them new or changed\n" == done.stdout, done.stderr
    assert {SATO: ("佐藤 花子", "総務部", 2), SOUMU: ("事務局", "", 0), TANAKA: ("", "", 0)} == {
        one["address"]: (one["name"], one["department"], len(one["roles"])) for one in listed(person)
    }
    assert [SATO, TANAKA] == json.loads(person("show", SOUMU, "--json").stdout)["delegates"]


def test_import_changes_what_its_columns_say_and_nothing_else(person: Run, tmp_path: Path) -> None:
    """An empty cell takes away, a column that is not there stays; the administrator is replaced in one go."""
    imported(person, tmp_path, f"{HEAD}\n{SATO},佐藤,総務,,administrator,\n{SOUMU},,,,,{SATO}\n")

    done = imported(person, tmp_path, f"address,roles,department\n{SATO},,\n{TANAKA},administrator,営業\n")

    assert "2 people read, 2 of them new or changed\n" == done.stdout, done.stderr
    found = {one["address"]: (one["name"], one["department"], len(one["roles"])) for one in listed(person)}
    assert {SATO: ("佐藤", "", 0), SOUMU: ("", "", 0), TANAKA: ("", "営業", 1)} == found
    assert [SATO] == json.loads(person("show", SOUMU, "--json").stdout)["delegates"]


def test_import_with_bad_lines_names_each_and_changes_nothing(
    run: Run, person: Run, config: str, tmp_path: Path
) -> None:
    """I mend a long file in one go: every wrong line is told with its number, and no half of it counts."""
    lines = [
        HEAD, f"{TANAKA},田中,営業,,,", "sato@example.com,,,,,", f"{SATO},,,,king,", "\x1b[31mabe,,,,,",
        f"{TANAKA},again,,,,", f"mori@example.jp,,,,department_officer,{SATO}", f"{SOUMU},,,,,,one more",
    ]  # fmt: skip
    done = imported(person, tmp_path, "\n".join(lines))

    told = done.stderr.splitlines()
    assert (1, ["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "nothing was changed"]) == (
        done.returncode, [line.split(":")[0] for line in told],
    )  # fmt: skip
    assert "\x1b" not in done.stderr
    assert ([], []) == (listed(person), changes(run, config))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("", "no heading 'address'", id="empty"),
        pytest.param("name\n田中\n", "no heading 'address'", id="no addresses"),
        pytest.param("address,fax\n", "not known: fax", id="unknown column"),
        pytest.param("address,name,name\n", "name twice", id="column twice"),
        pytest.param('address\n"open', "cannot be read as CSV", id="open quote"),
        pytest.param(b"PK\x03\x04" + bytes(range(256)) * 4, "line 1", id="a spreadsheet itself"),
    ],
)
def test_import_of_another_kind_of_file_is_refused(
    person: Run, tmp_path: Path, content: str | bytes, told: str
) -> None:
    """A wrong file is told as such, and nothing is changed."""
    done = imported(person, tmp_path, content)

    assert (1, True) == (done.returncode, told in done.stderr), done
    assert [] == listed(person)


def test_import_that_would_leave_nobody_in_charge_is_refused_as_a_whole(person: Run, tmp_path: Path) -> None:
    """A file cannot lock the office out, and then nothing of it counts."""
    person("grant", SATO, "administrator")

    done = imported(person, tmp_path, f"address,roles\n{TANAKA},\n{SATO},\n")

    assert (1, True) == (done.returncode, "last system administrator" in done.stderr)
    assert [SATO] == [one["address"] for one in listed(person)]
