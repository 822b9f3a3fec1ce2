"""``mailguard setup``: from an empty machine to a relay that could start."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from mailguard.accounts.new_password import weakness_of
from mailguard.config import OfficeSettings, load
from tests.system.certificates import make_certificates
from tests.system.test_cli_config import mailguard


def options(folder: Path, **changes: str) -> list[str]:
    given = {
        "config": str(folder / "etc" / "mailguard.yaml"),
        "data": str(folder / "data"),
        "domain": "example.jp",
        "next-hop": "smtp.example.jp",
    } | changes
    return ["setup", "--yes", *[word for name, value in given.items() for word in (f"--{name}", value)]]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_setup_makes_everything_with_tight_modes(tmp_path: Path) -> None:
    """One command makes configuration, data folder, certificate and first account, none of it for others to read."""
    done = mailguard(*options(tmp_path, account="tanaka@example.jp"))

    etc, data = tmp_path / "etc", tmp_path / "data"
    assert (0, "") == (done.returncode, done.stderr)
    assert [0o600, 0o600, 0o700, 0o600] == [
        mode(etc / "mailguard.yaml"), mode(etc / "self-signed.key"), mode(data), mode(data / "master.key")
    ]  # fmt: skip
    settings = load(etc / "mailguard.yaml", {})
    assert ("mailguard.example.jp", "smtp.example.jp", 587, "required") == (
        settings.office.hostname, settings.delivery.next_hop.host, settings.delivery.next_hop.port,
        settings.delivery.next_hop.tls,
    )  # fmt: skip
    listed = mailguard("account", "list", "--json", "--config", str(etc / "mailguard.yaml"))
    assert ["tanaka@example.jp"] == [entry["address"] for entry in json.loads(listed.stdout)]


def test_setup_says_what_is_next_and_what_is_wrong_with_the_certificate(tmp_path: Path) -> None:
    """I am told that mail programs will complain, what to copy, and how to go on; a made-up password is shown once."""
    said = mailguard(*options(tmp_path, account="tanaka@example.jp")).stdout

    assert all(
        word in said for word in ("self-signed", "complain", "master.key", "mailguard doctor", "mailguard serve")
    )
    password = said.split("Password:")[1].split()[0]
    assert weakness_of(password, "tanaka@example.jp", OfficeSettings(), is_only_factor=True) is None


def test_setup_never_touches_what_is_there(tmp_path: Path) -> None:
    """Run twice by mistake, it changes nothing."""
    mailguard(*options(tmp_path))
    before = {path: path.read_bytes() for path in (tmp_path / "etc").iterdir()}

    done = mailguard(*options(tmp_path, domain="example.net"))

    assert 1 == done.returncode
    assert "is there already" in done.stderr
    assert before == {path: path.read_bytes() for path in (tmp_path / "etc").iterdir()}


@pytest.mark.parametrize(
    ("changes", "status", "expected"),
    [
        pytest.param({"domain": "example"}, 2, "office.domains, entry 1 must be a domain", id="no domain"),
        pytest.param({"next-hop-tls": "of"}, 2, "did you mean 'off'?", id="TLS word"),
        pytest.param({"certificate": "/nowhere.pem", "key": "/nowhere.key"}, 2, "is not there", id="certificate"),
        pytest.param({"certificate": "/nowhere.pem"}, 2, "--certificate and --key go together", id="no key"),
    ],
)
def test_setup_wrong_answer_leaves_nothing(tmp_path: Path, changes: dict[str, str], status: int, expected: str) -> None:
    """An answer that makes no configuration is told as such, and nothing half stays behind."""
    done = mailguard(*options(tmp_path, **changes))

    assert status == done.returncode
    assert expected in done.stderr
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


def test_setup_names_the_first_administrator_and_the_security_officer(tmp_path: Path) -> None:
    """Whose the first account is may run the system; nobody else gets a password or a role nobody asked for."""
    done = mailguard(*options(tmp_path, account="Tanaka@example.jp", **{"security-officer": "mori@example.jp"}))
    listed = mailguard("person", "list", "--json", "--config", str(tmp_path / "etc" / "mailguard.yaml"))

    assert [("mori@example.jp", "security_officer"), ("tanaka@example.jp", "administrator")] == [
        (one["address"], role["role"]) for one in json.loads(listed.stdout) for role in one["roles"]
    ]
    assert 1 == done.stdout.count("Password:")
    assert "mailguard person" not in done.stdout


def test_setup_without_people_says_how_to_name_them(tmp_path: Path) -> None:
    """Nobody is administrator by default, and I am told how somebody becomes it."""
    done = mailguard(*options(tmp_path))
    listed = mailguard("person", "list", "--json", "--config", str(tmp_path / "etc" / "mailguard.yaml"))

    assert [] == json.loads(listed.stdout)
    for role in ("administrator", "security_officer"):
        assert f"mailguard person grant ADDRESS {role} " in done.stdout


@pytest.mark.parametrize("option", ["account", "security-officer"])
def test_setup_role_for_an_address_outside_leaves_nothing(tmp_path: Path, option: str) -> None:
    """Only people of the office get its roles, and a slip is told before anything is written."""
    done = mailguard(*options(tmp_path, **{option: "tanaka@example.com"}))

    assert (1, True) == (done.returncode, "not an address of this office" in done.stderr)
    assert [] == list(tmp_path.iterdir())


def test_setup_weak_password_leaves_nothing(tmp_path: Path) -> None:
    """A weak first password is refused before anything is written."""
    done = mailguard(*options(tmp_path, account="tanaka@example.jp"), "--password-stdin", given="short\n")

    assert (1, "this password is too weak. It is too short: it needs 10 characters or more.\n") == (
        done.returncode,
        done.stderr,
    )
    assert [] == list(tmp_path.iterdir())


def test_setup_without_answers_says_which_option(tmp_path: Path) -> None:
    """In a script, what is missing is named as an option."""
    done = mailguard("setup", "--yes", "--config", str(tmp_path / "x.yaml"))

    assert (2, "--domain is needed\n") == (done.returncode, done.stderr)


def test_setup_takes_a_certificate_that_is_there(tmp_path: Path) -> None:
    """Who has a certificate gets no other one."""
    made = make_certificates(tmp_path)

    done = mailguard(*options(tmp_path, certificate=str(made.certificate), key=str(made.key)))

    assert 0 == done.returncode
    assert "self-signed" not in done.stdout
    assert ["mailguard.yaml"] == [path.name for path in (tmp_path / "etc").iterdir()]


# -- accounts


@pytest.fixture
def config(tmp_path: Path) -> str:
    assert 0 == mailguard(*options(tmp_path)).returncode
    return str(tmp_path / "etc" / "mailguard.yaml")


def test_account_commands_do_what_they_say(config: str) -> None:
    """Accounts are added, stopped and given a shared address from the command line, and the list shows it."""
    steps = [
        (["add", "scanner@example.jp", "--owner", "soumu@example.jp", "--password-stdin"], "teakettlenoonriver\n"),
        (["passwd", "scanner@example.jp", "--password-stdin"], "another kettle at noon\n"),
        (["grant", "scanner@example.jp", "info@example.jp"], ""),
        (["disable", "scanner@example.jp"], ""),
    ]
    statuses = [mailguard("account", *words, "--config", config, given=given).returncode for words, given in steps]

    listed = json.loads(mailguard("account", "list", "--json", "--config", config).stdout)
    assert [0, 0, 0, 0] == statuses
    assert ("soumu@example.jp", ["info@example.jp"], True) == (
        listed[0]["owner"], listed[0]["grants"], listed[0]["disabled_at"] is not None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "given", "status", "expected"),
    [
        pytest.param(["add", "tanaka@example.jp", "--password-stdin"], "tanaka-tanaka-1\n", 1, "too weak", id="weak"),
        pytest.param(["add", "tanaka@example.jp"], "", 2, "--password-stdin", id="nobody to ask"),
        pytest.param(["add", "tanaka@example.jp", "--password", "x"], "", 2, "No such option", id="as an argument"),
        pytest.param(
            ["add", "tanaka", "--password-stdin"], "teakettlenoonriver\n", 1, "not a mail address", id="no address"
        ),
        pytest.param(["disable", "tanaka@example.jp"], "", 1, "There is no account tanaka@example.jp", id="unknown"),
    ],
)
def test_account_mistake_changes_nothing(config: str, words: list[str], given: str, status: int, expected: str) -> None:
    """What cannot be done ends with its status and the reason, and no account appears."""
    done = mailguard("account", *words, "--config", config, given=given)

    assert status == done.returncode
    assert expected in done.stderr
    assert [] == json.loads(mailguard("account", "list", "--json", "--config", config).stdout)
