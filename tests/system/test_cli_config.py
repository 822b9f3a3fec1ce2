"""``mailguard config`` and what all commands have in common, as a person runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
GOOD = {
    "office": {"domains": ["example.jp"], "hostname": "relay.example.jp"},
    "listeners": [{"name": "trusted", "host": "127.0.0.1", "port": 2525, "tls": "none", "auth": "none"}],
    "sources": [
        {
            "name": "scanner",
            "networks": ["192.0.2.64/28"],
            "owner": "soumu@example.jp",
            "allowed_senders": ["@example.jp"],
        }
    ],
    "storage": {"database": "postgresql+psycopg://relay:hidden-one@db.example.jp/mail?password=hidden-two"},
    "delivery": {
        "next_hop": {"host": "smtp.example.jp", "auth": "plain", "username": "relay", "password": "hidden-three"},
        "routes": [{"host": "a.example", "domains": ["partner.example"], "auth": "plain", "username": "relay",
                    "password": "hidden-four"}],
    },
}  # fmt: skip


def mailguard(*words: str, given: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    """Runs the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mailguard", *words],
        capture_output=True,
        text=True,
        input=given,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT), "NO_COLOR": "1"} | environ,
    )


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "mailguard.yaml"
    path.write_text(yaml.safe_dump(GOOD, sort_keys=False))
    path.chmod(0o600)
    return path


def test_config_check_good_file_says_so(config: Path) -> None:
    """A good configuration ends with status 0."""
    done = mailguard("config", "check", "--config", str(config))

    assert (0, f"{config}: good\n", "") == (done.returncode, done.stdout, done.stderr)


def test_config_check_wrong_file_names_line_and_ends_with_2(config: Path) -> None:
    """A mistake is on standard error with file and line, and the status is 2."""
    config.write_text("offices:\n" + config.read_text())

    done = mailguard("config", "check", "--config", str(config))

    assert 2 == done.returncode
    assert f"{config}:1: offices is unknown; did you mean 'office'?\n" == done.stderr


def test_config_check_json_is_for_programs(config: Path) -> None:
    """A deployment script reads complaints and advice as JSON, with the same status."""
    good = mailguard("config", "check", "--json", "--config", str(config), MAILGUARD_WEB__HOST="192.0.2.1")
    wrong = mailguard("config", "check", "--json", "--config", str(config), MAILGUARD_WEB__PORT="x")

    assert (0, True, 1) == (good.returncode, json.loads(good.stdout)["good"], len(json.loads(good.stdout)["advice"]))
    assert (2, ["MAILGUARD_WEB__PORT: web.port must be a whole number (it is 'x')"]) == (
        wrong.returncode,
        json.loads(wrong.stdout)["complaints"],
    )


def test_config_is_found_by_the_environment(config: Path) -> None:
    """MAILGUARD_CONFIG stands in for --config."""
    assert 0 == mailguard("config", "check", MAILGUARD_CONFIG=str(config)).returncode


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["yaml", "json"])
def test_config_show_hides_every_secret(config: Path, form: list[str]) -> None:
    """What is in force can be shown to a colleague: no password is in it, wherever it was given."""
    done = mailguard("config", "show", "--config", str(config), *form, MAILGUARD_HOLD__MINUTES="7")

    values = yaml.safe_load(done.stdout)
    assert 7 == values["hold"]["minutes"]
    assert "hidden" not in done.stdout
    assert "postgresql+psycopg://relay:***@db.example.jp/mail?***" == values["storage"]["database"]
    assert "(set, not shown)" == values["delivery"]["routes"][0]["password"]


def test_config_schema_describes_every_section() -> None:
    """An editor can complete the settings without a configuration being there."""
    schema = json.loads(mailguard("config", "schema").stdout)

    assert {"office", "listeners", "delivery", "hold"} <= set(schema["properties"])
    assert False is schema["additionalProperties"]


@pytest.mark.parametrize(
    "words", [["confg"], ["config", "chek"], ["config", "check", "--nope"], ["config", "check", "x"]]
)
def test_usage_mistake_ends_with_2(words: list[str]) -> None:
    """A mistyped command ends with 2 and a word about what there is."""
    done = mailguard(*words)

    assert 2 == done.returncode
    assert done.stderr


def test_version_is_printed() -> None:
    """--version says which release runs."""
    from mailguard import __version__

    assert f"mailguard {__version__}\n" == mailguard("--version").stdout


def test_help_loads_nothing_heavy() -> None:
    """--help answers at once, because databases and servers are only loaded by the commands that need them."""
    code = (
        "import sys, mailguard.cli\n"
        "status = mailguard.cli.run(['--help'])\n"
        "heavy = {'sqlalchemy', 'fastapi', 'cryptography', 'aiosmtpd', 'argon2', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(status or ', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False, cwd=CHECKOUT
    )

    assert (0, "") == (done.returncode, done.stderr)
