"""The made-up office on disk: its configuration, rules, certificate, and a command that knows where they are.

All of it lies in one folder that only its user may enter.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import mailguard
from mailguard.config import Settings, load
from mailguard.demo.people import COLLEAGUES
from mailguard.demo.samples import ACCOUNT, ANSWERS, CONTACT, DOMAIN, OFFICE, POSTMASTER
from mailguard.model.people import Role
from mailguard.policy.shipped import shipped_folder

CONFIG = "mailguard.yaml"
COMMAND = "mailguard"
LOG = "relay.log"
TRUSTED = "trusted"
SUBMISSION = "submission"
_RULES = """\
# The office's rules: those that come along, and one of its own.

include: [standard]

rules:
  - id: contracts-need-approval
    title: {ja: 契約書は承認を受ける, en: Contracts need approval}
    when: {file_name: 契約書}
    unless: {automatic: true}
    action: hold
    needs: approver
    approval: {by: [manager, officer]}
    wait: 2 office days
    at_end: discard
    reason:
      ja: "契約書を社外に送ります。上司か責任者の承認を受けてから送ります。"
      en: "A contract goes outside. It is sent once a superior or an officer has approved it."
    examples:
      hits:
        - {to: [tanaka@one.example.com], subject: 契約の件, attachments: [契約書.xlsx]}
      misses:
        - {to: [tanaka@one.example.com], subject: 契約の件, attachments: [案内.xlsx]}
"""
_RULE_SET = "mihon"
MakeCertificate = Callable[[Path, Path, str], None]
"""Writes a certificate and its key for a host name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where the world and the office's pages are, and how patient everybody is.

    ``notice_seconds``: how long after its hold somebody is told of a mail.
    """

    world_port: int
    web_port: int
    hold_minutes: float
    retry_minutes: list[float]
    notice_seconds: float


def furnish(folder: Path, circumstances: Circumstances, make_certificate: MakeCertificate) -> Settings:
    """Write everything into ``folder``; the settings of the relay."""
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    make_certificate(certificate, key, "localhost")
    rules = folder / "policies"
    shutil.copytree(shipped_folder(), rules)
    (rules / f"{_RULE_SET}.yaml").write_text(_RULES, "utf-8")
    (rules / "incident" / "contacts.yaml").write_text(_contacts(), "utf-8")
    config = folder / CONFIG
    config.write_text(
        "# The demonstration's settings; they go away with it.\n"
        + yaml.safe_dump(_settings(folder, certificate, key, circumstances), allow_unicode=True, sort_keys=False),
        "utf-8",
    )
    config.chmod(0o600)
    (folder / COMMAND).write_text(_command(config), "utf-8")
    (folder / COMMAND).chmod(0o700)
    # What the environment says is meant for a real office.
    return load(config, {})


def _contacts() -> str:
    """Whom this office calls when something went wrong: everybody with a role, at an extension of the house."""
    roles: dict[str, list[dict[str, str]]] = {}
    for number, one in enumerate(COLLEAGUES, 101):
        if one.role is not None:
            person = {"address": one.address, "name": one.name, "telephone": f"内線 {number}"}
            of_department = {"department": one.department} if one.role is Role.DEPARTMENT_OFFICER else {}
            roles.setdefault(one.role.value, []).append({**person, **of_department})
    return yaml.safe_dump({"roles": roles}, allow_unicode=True, sort_keys=False)


def pages_address(port: int) -> str:
    """Where the office's pages are."""
    return f"http://127.0.0.1:{port}"


def forget_environment() -> None:
    """Nothing that is set for a real office reaches the demonstration, neither its data nor its master key."""
    for name in [name for name in os.environ if name.startswith("MAILGUARD_")]:
        del os.environ[name]


def _settings(folder: Path, certificate: Path, key: Path, circumstances: Circumstances) -> dict[str, Any]:
    here = "127.0.0.1"
    return {
        "office": {
            "name": OFFICE, "domains": [DOMAIN], "hostname": f"relay.{DOMAIN}", "postmaster": POSTMASTER,
        },
        "listeners": [
            {"name": SUBMISSION, "host": here, "port": 0, "tls": "starttls"},
            {"name": TRUSTED, "host": here, "port": 0, "tls": "none", "auth": "none"},
        ],
        "sources": [
            {"name": "this-machine", "networks": [f"{here}/32"], "owner": ACCOUNT,
             "allowed_senders": [f"@{DOMAIN}", "<>"]},
        ],
        "tls": {"certificate": str(certificate), "key": str(key)},
        "storage": {"directory": str(folder / "data"), "reserve_bytes": 0},
        "limits": {"mails_per_hour": 10_000, "recipients_per_hour": 50_000},
        # Nothing of the demonstration asks anybody outside this machine.
        "policy": {"check_domains": False, "folder": str(folder / "policies"), "set": _RULE_SET},
        "hold": {"minutes": circumstances.hold_minutes},
        "protection": {"contact": CONTACT},
        "incidents": {"answer_address": ANSWERS},
        "delivery": {
            "next_hop": {"host": here, "port": circumstances.world_port, "tls": "off"},
            "retry_minutes": circumstances.retry_minutes,
        },
        "web": {
            "host": here, "port": circumstances.web_port, "public_url": pages_address(circumstances.web_port),
        },
        # All samples come at once; each is to be told of by itself.
        "notices": {"wait_seconds": circumstances.notice_seconds, "digest_after": 50},
        "service": {"drain_seconds": 3, "poll_seconds": 0.5},
    }  # fmt: skip


def _command(config: Path) -> str:
    """A script that is the real command line, from this very installation, with the demonstration's settings."""
    house = Path(mailguard.__file__).resolve().parents[1]
    python = sys.executable or "python3"
    return (
        "#!/bin/sh\n"
        "# mailguard with the demonstration's settings, whatever the environment says of a real office.\n"
        "unset $(env | sed -n 's/^\\(MAILGUARD_[A-Za-z0-9_]*\\)=.*/\\1/p')\n"
        f"export MAILGUARD_CONFIG={shlex.quote(str(config))}\n"
        f"export PYTHONPATH={shlex.quote(str(house))}\n"
        f'exec {shlex.quote(python)} -P -m mailguard "$@"\n'
    )
