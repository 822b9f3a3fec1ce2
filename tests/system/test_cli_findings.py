"""``mailguard inspect``, ``scan`` and the commands for an office's own kinds, as an administrator types them."""

from __future__ import annotations

import io
import json
import os
import zipfile
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.system.relay import OWN_DOMAIN, relay_settings
from tests.system.test_cli_policy import Done, Run, mail, run

__all__ = ["run"]

MY_NUMBER, SPACED = "392718460552", "3927 1846 0552"
ROSTER = f"氏名,電話番号,個人番号\n長谷川 美咲,090-4127-0538,{MY_NUMBER}\n東海林 健太,080-6390-1742,718304629159\n"
BODY = (
    "株式会社パートナー\n安藤様\n\nいつもお世話になっております。\n\n次の方をお願いします。\n\n"
    f"氏名：長谷川 美咲\n住所：長野県松本市白樺町1丁目6番8号\n個人番号：{SPACED}\n\nよろしくお願いいたします。\n\n"
    "--\nあおば互助会 総務課 田上 弘\n〒380-0899 長野県長野市みすず台2丁目14番3号\nTEL 026-555-0110\n"
)
VALUES = (
    MY_NUMBER,
    SPACED,
    "718304629159",
    "090-4127-0538",
    "080-6390-1742",
    "長谷川",
    "東海林",
    "白樺町",
    "026-555-0110",
)


def shows_a_value(done: Done) -> list[str]:
    """Values that stand in what a command wrote."""
    return [value for value in VALUES if value in done.stdout + done.stderr]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of an office: a roster, an archive with one, minutes, a scan, a damaged file."""
    files = tmp_path / "files"
    (files / "deep").mkdir(parents=True)
    (files / "名簿.csv").write_bytes(ROSTER.encode("cp932"))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("inner.csv", ROSTER)
    (files / "deep" / "old.zip").write_bytes(made.getvalue())
    (files / "議事録.txt").write_text("本日の議題は予算です。", "utf-8")
    (files / "broken.docx").write_bytes(b"PK\3\4 broken")
    return files


def test_inspect_shows_what_was_found_and_why(run: Run, tmp_path: Path) -> None:
    """For one mail I see what is in it, where, how sure and on what grounds; no value is written out."""
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body=BODY).as_bytes())
    done = run("inspect", "one.eml")

    assert 0 == done.returncode, done.stderr
    for words in (
        "must not leave in clear",
        "body (line 10)",
        "3************2",
        "people: 1",
        "must-not-leave-in-clear",
    ):
        assert words in done.stdout, done.stdout
    assert "does not count" not in done.stdout
    assert [] == shows_a_value(done)


def test_inspect_all_shows_what_does_not_count(run: Run, tmp_path: Path) -> None:
    """With --all I also see what was left out, and why, so that I can trust what is not stopped."""
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body=BODY).as_bytes())
    done = run("inspect", "one.eml", "--all")

    assert "does not count:" in done.stdout
    assert "signature" in done.stdout.partition("does not count:")[2]
    assert [] == shows_a_value(done)


def test_inspect_json_tells_findings_masked(run: Run, tmp_path: Path) -> None:
    """A program gets kinds, counts, places, grounds and what was suppressed, and no value either."""
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body=BODY).as_bytes())
    done = run("inspect", "one.eml", "--json")
    value = json.loads(done.stdout)
    kinds = {(one["kind"], one["where"], one["count"]) for one in value["findings"]}

    assert {("my_number", "body", 1), ("person_name", "body", 1), ("postal_address", "body", 1)} == kinds
    assert (True, 1) == (value["must_protect"], value["persons"])
    assert [] == shows_a_value(done)


def test_inspect_of_a_plain_mail_shows_nothing(run: Run, tmp_path: Path) -> None:
    """An ordinary mail has no table of findings, and waits as mail to outsiders does."""
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body="明日10時に伺います。").as_bytes())
    done = run("inspect", "one.eml")

    assert (0, False, False) == (done.returncode, "people:" in done.stdout, "must not leave" in done.stdout)


def test_scan_finds_personal_data_in_a_folder(run: Run, folder: Path) -> None:
    """I see which files of a folder hold personal data, those in archives too, and which nobody could look into."""
    done = run("scan", str(folder))

    assert 0 == done.returncode, done.stderr
    assert "4 files: 2 with personal data, 1 not wholly looked into" in done.stdout
    for words in ("名簿.csv", "old.zip!inner.csv", "broken.docx", "not looked into"):
        assert words in done.stdout, done.stdout
    assert "議事録.txt" not in done.stdout
    assert [] == shows_a_value(done)


def test_scan_json_is_a_line_for_each_file(run: Run, folder: Path) -> None:
    """A program gets a line for every file, clean ones too."""
    done = run("scan", str(folder), "--json")
    found = {Path(line["file"]).name: line for line in map(json.loads, done.stdout.splitlines())}

    assert {"名簿.csv": True, "old.zip": True, "議事録.txt": False, "broken.docx": False} == {
        name: line["must_protect"] for name, line in found.items()
    }
    assert [{"where": "attachment:broken.docx", "why": "damaged"}] == found["broken.docx"]["unreadable"]
    assert 2 == found["名簿.csv"]["persons"]
    assert [] == shows_a_value(done)


def test_scan_leaves_files_as_they_are(run: Run, folder: Path) -> None:
    """Scanning reads only."""
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}
    run("scan", str(folder))

    assert before == {
        path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()
    }


SLOW = "\n".join(
    f"{number} 長野県松本市白樺町{number}丁目6番8号 長谷川 美咲 090-4127-{number % 10000:04}"
    for number in range(150_000)
)
"""So many people that looking takes some ten seconds."""


def bounded(folder: Path, **looking: float) -> str:
    """A settings file with these bounds for whoever looks into mail."""
    config = folder / "mailguard.yaml"
    config.write_text(yaml.safe_dump(relay_settings(folder, 9, looking=looking)))
    config.chmod(0o600)
    return str(config)


def lines_of(done: Done) -> dict[str, dict[str, Any]]:
    """The lines of a scan by the names of their files."""
    return {Path(line["file"]).name: line for line in map(json.loads, done.stdout.splitlines())}


OVER = [
    pytest.param({"seconds": 2.0}, SLOW, "too_long", id="time"),
    pytest.param({"memory_mb": 64}, "1 2\n" * 15_000_000, "too_large", id="memory"),
]


@pytest.mark.parametrize(("bounds", "content", "why"), OVER)
def test_scan_goes_on_after_a_file_over_the_bounds(
    run: Run, folder: Path, tmp_path: Path, bounds: dict[str, float], content: str, why: str
) -> None:
    """A file that would take for ever, or all memory, is named as not looked into, and the others are looked into."""
    (folder / "0.txt").write_text(content)
    done = run("scan", str(folder), "--json", "--config", bounded(tmp_path, **bounds))
    found = lines_of(done)

    assert 0 == done.returncode, done.stderr
    assert {"where": "attachment:0.txt", "why": why} in found["0.txt"]["unreadable"]
    assert 2 == found["名簿.csv"]["persons"]


def test_inspect_goes_on_after_a_mail_over_the_bounds(run: Run, tmp_path: Path) -> None:
    """A mail that would take for ever is held as the relay would hold it, and the next one is looked into."""
    (tmp_path / "slow.eml").write_bytes(mail(["ando@one.example.com"], body=SLOW).as_bytes())
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body=BODY).as_bytes())
    config = bounded(tmp_path, seconds=2.0)
    done = run("inspect", "slow.eml", "one.eml", "--json", "--config", config)
    slow, other = map(json.loads, done.stdout.splitlines())

    assert 0 == done.returncode, done.stderr
    assert [{"where": "body", "why": "too_long"}] == slow["unreadable"]
    assert ("hold", "administrator") == (
        slow["verdict"]["action"],
        slow["verdict"]["recipients"][0]["needs"],
    )
    assert other["must_protect"]


@pytest.mark.parametrize(
    ("command", "status", "words"),
    [
        pytest.param("scan", 2, "/dev/zero: is neither a file nor a folder", id="scan"),
        pytest.param("inspect", 1, "/dev/zero: cannot be read (is no file and no folder)", id="inspect"),
    ],
)
def test_device_is_refused_without_being_read(run: Run, command: str, status: int, words: str) -> None:
    """A device that never ends is said to be no file; nothing is read of it."""
    done = run(command, "/dev/zero")

    assert (status, True) == (done.returncode, words in done.stderr)


def test_file_above_the_size_limit_is_not_read(run: Run, folder: Path) -> None:
    """A file larger than any mail is named as too large at once."""
    with (folder / "0.bin").open("wb") as file:
        file.truncate(2**40)
    done = run("scan", str(folder), "--json")

    assert [{"where": "attachment:0.bin", "why": "too_large"}] == lines_of(done)["0.bin"]["unreadable"]


def test_mail_above_the_size_limit_is_not_read(run: Run, tmp_path: Path) -> None:
    """A mail larger than the relay takes is not looked into, and I am told."""
    with (tmp_path / "large.eml").open("wb") as file:
        file.truncate(2**40)
    done = run("inspect", "large.eml")

    assert (1, True) == (done.returncode, "large.eml: cannot be read (larger than" in done.stderr)


def test_scan_goes_on_where_something_is_closed(run: Run, folder: Path, tmp_path: Path) -> None:
    """What I may not read is named, everything else is looked into, and the exit status tells."""
    shut = tmp_path / "shut"
    (shut / "in").mkdir(parents=True)
    (shut / "a.txt").write_text("x")
    (folder / "deep").chmod(0)
    (folder / "broken.docx").chmod(0)
    shut.chmod(0)
    if os.access(shut, os.R_OK):
        pytest.skip("this user may read everything")
    try:
        done = run("scan", str(shut / "a.txt"), str(folder), "--json")
        shown = run("scan", str(shut / "a.txt"), str(folder))
    finally:
        shut.chmod(0o700)
        (folder / "deep").chmod(0o700)
    found = lines_of(done)

    assert (1, 1) == (done.returncode, shown.returncode)
    assert {"a.txt", "deep", "broken.docx"} == {name for name, line in found.items() if "error" in line}
    assert 2 == found["名簿.csv"]["persons"]
    assert "3 could not be opened" in shown.stdout
    assert "deep: cannot be read" in shown.stderr


def test_scan_says_what_it_passes_over(run: Run, folder: Path) -> None:
    """Links and pipes in a folder are not followed, and counted, so that I know."""
    (folder / "link.csv").symlink_to(folder / "名簿.csv")
    os.mkfifo(folder / "pipe")
    found, shown = lines_of(run("scan", str(folder), "--json")), run("scan", str(folder))

    assert ("link", "no_file") == (found["link.csv"]["passed_over"], found["pipe"]["passed_over"])
    assert (0, True) == (shown.returncode, "2 links and devices passed over" in shown.stdout)


def test_scan_of_a_name_that_is_no_utf8_writes_utf8(run: Run, folder: Path) -> None:
    """Every line is UTF-8 JSON, whatever octets a file is named by."""
    (folder / os.fsdecode(b"\xff\xfe.csv")).write_bytes(ROSTER.encode("cp932"))
    done, shown = run("scan", str(folder), "--json"), run("scan", str(folder))

    assert 2 == lines_of(done)[r"\xff\xfe.csv"]["persons"]
    for one in (done, shown):
        assert one.stdout.encode("utf-8")
        assert r"\xff" in one.stdout


def test_scan_of_a_path_that_is_not_there_is_refused(run: Run, folder: Path) -> None:
    """A mistyped path is said to be wrong, not to be free of personal data."""
    done = run("scan", str(folder), "nowhere")

    assert (2, True) == (done.returncode, "nowhere: is not there" in done.stderr)


# -- an office's own kinds

KINDS = """
kinds:
  - id: union_number
    label: 組合員番号
    pattern: 'QX-?[0-9]{4}'
    context: {words: [組合員番号, 組合員証], required: true}
    columns: [組合員番号]
dictionaries: []
members:
"""


@pytest.fixture
def kinds(run: Run, tmp_path: Path) -> Path:
    """A policy folder of one's own, with a number of the office's own."""
    assert 0 == run("policy", "copy", "mine").returncode
    (tmp_path / "mine" / "kinds.yaml").write_text(KINDS, "utf-8")
    return tmp_path / "mine" / "kinds.yaml"


def test_try_kind_shows_what_it_would_find(run: Run, kinds: Path, tmp_path: Path) -> None:
    """I try my own number on texts of mine before it is used: which lines, how sure, and why."""
    (tmp_path / "text.txt").write_text(
        "ご連絡です。\n組合員番号 ＱＸ－４８１９ の方\n\n在庫の件\n品番 QX-5520 の在庫\n", "utf-8"
    )
    (tmp_path / "list.csv").write_bytes("組合員番号,数\nQX-6631,1\nQX-7742,2\n".encode("cp932"))
    done = run("policy", "try-kind", "union_number", "text.txt", "list.csv", "--folder", "mine")
    found = json.loads(
        run("policy", "try-kind", "union_number", "text.txt", "list.csv", "--folder", "mine", "--json").stdout
    )["found"]

    assert 0 == done.returncode, done.stderr
    assert {("text.txt", 2), ("list.csv", 2), ("list.csv", 3)} == {
        (Path(one["file"]).name, one["line"]) for one in found if one["counts"]
    }
    assert "text.txt:2:" in done.stdout
    assert "組合員番号" in done.stdout
    assert not [value for value in ("4819", "6631", "7742") if value in done.stdout]


def test_try_kind_that_finds_nothing_fails(run: Run, kinds: Path, tmp_path: Path) -> None:
    """Where my pattern fits nothing, the command says so by its exit status."""
    (tmp_path / "text.txt").write_text("ご連絡です。\n", "utf-8")

    assert 1 == run("policy", "try-kind", "union_number", "text.txt", "--folder", "mine").returncode


def test_try_kind_of_another_name_says_what_there_is(run: Run, kinds: Path, tmp_path: Path) -> None:
    """A mistyped name is answered with the one that may have been meant."""
    (tmp_path / "text.txt").write_text("ご連絡です。\n", "utf-8")
    done = run("policy", "try-kind", "union_numbr", "text.txt", "--folder", "mine")

    assert (2, True) == (done.returncode, "union_number" in done.stderr)


def test_inspect_and_scan_find_the_offices_own_kind(run: Run, kinds: Path, tmp_path: Path) -> None:
    """What I added is found in mail and in files, without any other setting than my folder."""
    config = tmp_path / "mailguard.yaml"
    config.write_text(
        yaml.safe_dump(relay_settings(tmp_path, 9, policy={"folder": str(kinds.parent), "set": "standard"}))
    )
    config.chmod(0o600)
    (tmp_path / "a.txt").write_text("組合員番号 QX-4819\n", "utf-8")
    (tmp_path / "one.eml").write_bytes(mail(["ando@one.example.com"], body="組合員番号 QX-4819 の方です。").as_bytes())
    scanned = json.loads(run("scan", "a.txt", "--json", "--config", str(config)).stdout)
    inspected = json.loads(run("inspect", "one.eml", "--json", "--config", str(config)).stdout)

    assert ["union_number"] == [one["kind"] for one in scanned["findings"]]
    assert "union_number" in {one["kind"] for one in inspected["findings"]}


def test_members_become_hashes_that_are_found(run: Run, kinds: Path, tmp_path: Path) -> None:
    """My member list becomes hashes nobody can read; whoever is on it is found, in a mail that says nothing of it."""
    config = tmp_path / "mailguard.yaml"
    settings = relay_settings(tmp_path, 9, policy={"folder": str(kinds.parent), "set": "standard"})
    config.write_text(yaml.safe_dump(settings))
    config.chmod(0o600)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "master.key").write_text(b64encode(bytes(range(32))).decode())
    (tmp_path / "data" / "master.key").chmod(0o600)
    table = tmp_path / "members.csv"
    table.write_bytes("会員番号,氏名\n88123,早乙女 弥栄子\n".encode("cp932"))
    made = run("policy", "members", str(table), str(kinds.parent / "members.txt"), "--config", str(config))
    assert 0 == made.returncode, made.stderr
    kinds.write_text(KINDS.replace("members:", "members: {file: members.txt}"), "utf-8")
    (tmp_path / "a.txt").write_text("早乙女弥栄子さんの件、了解です。88123 をご確認ください。\n", "utf-8")
    done = run("scan", "a.txt", "--json", "--config", str(config))
    assert 0 == done.returncode, done.stderr
    scanned = json.loads(done.stdout)
    written = (kinds.parent / "members.txt").read_text()

    assert "2 hashes" in made.stdout
    assert not [value for value in ("88123", "早乙女", "弥栄子") if value in written]
    assert {"person_name", "member_number"} == {one["kind"] for one in scanned["findings"]}


def test_members_without_a_key_are_refused(run: Run, tmp_path: Path) -> None:
    """Before the relay has a key there is nothing to hash with: the command says what to do first."""
    (tmp_path / "members.csv").write_text("氏名\n早乙女 弥栄子\n", "utf-8")
    done = run("policy", "members", "members.csv", "members.txt")

    assert (2, False) == (done.returncode, (tmp_path / "members.txt").exists())
    assert "master key" in done.stderr


def test_own_domain_mail_is_inspected_as_such(run: Run, tmp_path: Path) -> None:
    """A mail to colleagues holds the same data and is delivered."""
    (tmp_path / "one.eml").write_bytes(mail([f"soumu@{OWN_DOMAIN}"], body=BODY).as_bytes())
    value = json.loads(run("inspect", "one.eml", "--json").stdout)

    assert ("deliver", False) == (value["verdict"]["action"], value["must_protect"])
