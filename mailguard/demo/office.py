"""The made-up office on disk: its configuration, its certificate, and a command that knows where they are.

All of it lies in one folder that only its user may enter.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

import mailguard
from mailguard.config import Settings, load
from mailguard.demo.samples import ACCOUNT, DOMAIN, OFFICE, POSTMASTER

CONFIG = "mailguard.yaml"
COMMAND = "mailguard"
LOG = "relay.log"
TRUSTED = "trusted"
SUBMISSION = "submission"
MakeCertificate = Callable[[Path, Path, str], None]
"""Writes a certificate and its key for a host name."""


def furnish(
    folder: Path, next_hop_port: int, hold_minutes: float, retry_minutes: list[float], make_certificate: MakeCertificate
) -> Settings:
    """Write everything into ``folder``; the settings of the relay."""
    certificate, key = folder / "self-signed.pem", folder / "self-signed.key"
    make_certificate(certificate, key, "localhost")
    config = folder / CONFIG
    config.write_text(
        "# The demonstration's settings; they go away with it.\n"
        + yaml.safe_dump(
            _settings(folder, certificate, key, next_hop_port, hold_minutes, retry_minutes),
            allow_unicode=True,
            sort_keys=False,
        ),
        "utf-8",
    )
    config.chmod(0o600)
    (folder / COMMAND).write_text(_command(config), "utf-8")
    (folder / COMMAND).chmod(0o700)
    # What the environment says is meant for a real office.
    return load(config, {})


def forget_environment() -> None:
    """Nothing that is set for a real office reaches the demonstration, neither its data nor its master key."""
    for name in [name for name in os.environ if name.startswith("MAILGUARD_")]:
        del os.environ[name]


def _settings(
    folder: Path, certificate: Path, key: Path, next_hop_port: int, hold_minutes: float, retry_minutes: list[float]
) -> dict[str, Any]:
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
        "policy": {"check_domains": False},
        "hold": {"minutes": hold_minutes},
        "delivery": {
            "next_hop": {"host": here, "port": next_hop_port, "tls": "off"},
            "retry_minutes": retry_minutes,
        },
        "web": {"host": here, "port": 0},
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
