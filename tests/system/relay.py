"""The real relay as a process of its own, with generated settings and data in a temporary directory.

It can be ended in every way a machine ends it, and started again on the same data. What it knows is read the way an
operator reads it (command line, logs, health page) and, for accounting, from its database, read-only.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.system.waiting import StillWaiting, eventually, until

CHECKOUT = Path(__file__).resolve().parents[2]
OWN_DOMAIN = "gojokai.example.jp"
START_SECONDS = 120.0
RULES = Path(__file__).with_name("rules")
"""Rules for tests that are not about rules."""


def relay_settings(directory: Path, next_hop_port: int, **sections: Any) -> dict[str, Any]:
    """Settings for one relay on loopback that trusts every program there; ``sections`` are merged over them.

    The retries are a fraction of a second, because a test waits for them; the hold is off, because most tests are not
    about it. A section that is given as a list replaces the whole list.
    """
    settings: dict[str, Any] = {
        "office": {"name": "Example Office", "domains": [OWN_DOMAIN], "hostname": "relay.example.jp"},
        "listeners": [{"name": "trusted", "host": "127.0.0.1", "port": 0, "tls": "none", "auth": "none"}],
        "sources": [
            {
                "name": "loopback",
                "networks": ["127.0.0.0/8"],
                "owner": f"system@{OWN_DOMAIN}",
                "allowed_senders": [f"@{OWN_DOMAIN}", "<>"],
            }
        ],
        "storage": {"directory": str(directory / "data"), "reserve_bytes": 0},
        "hold": {"minutes": 0, "grace_seconds": 0},
        "policy": {"check_domains": False, "folder": str(RULES), "set": "pause"},
        "delivery": {
            "next_hop": {"host": "127.0.0.1", "port": next_hop_port, "tls": "off"},
            "retry_minutes": [0.005],
            "lease_seconds": 5,
        },
        "limits": {"connections_per_address": 500},
        "web": {"host": "127.0.0.1", "port": 0},
        # Later than any test lasts: a test that counts mails is not about notices, and one about them says so.
        "notices": {"wait_seconds": 3600},
        "service": {"poll_seconds": 0.1, "drain_seconds": 20},
    }
    for name, section in sections.items():
        settings[name] = settings.get(name, {}) | section if isinstance(section, dict) else section
    return settings


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """Where one recipient stands, as the database says."""

    queue_id: str
    position: int
    address: str
    state: str
    attempts: int
    doubts: int


class Relay:
    """``mailguard serve`` under test: start, end and start again as wished; ``close`` leaves nothing behind."""

    def __init__(self, settings: dict[str, Any], directory: Path, *, command: list[str] | None = None) -> None:
        self.directory = directory
        self.settings = settings
        self.config_file = directory / "mailguard.yaml"
        self.log_file = directory / "relay.log"
        self.data = Path(settings["storage"]["directory"])
        self._command = command or [sys.executable, "-m", "mailguard"]
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._ports: dict[str, int] = {}
        self._write_config()

    def _write_config(self) -> None:
        self.config_file.write_text(yaml.safe_dump(self.settings, allow_unicode=True))
        self.config_file.chmod(0o600)

    def _environment(self, extra: dict[str, str]) -> dict[str, str]:
        # The checkout goes first, so that what runs is what is tested, wherever the tests were started.
        return os.environ | {"PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1"} | extra

    # ---- life and death ----

    def launch(self, *, prefix: list[str] | None = None, **environment: str) -> None:
        """Starts the process and returns at once. ``prefix`` is a program to run it under, such as strace."""
        assert not self.is_running, "the relay runs already"
        self._ports = {}
        self._log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [*(prefix or []), *self._command, "serve", "--config", str(self.config_file)],
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=self._environment(environment),
            )

    def start(self, *, prefix: list[str] | None = None, **environment: str) -> None:
        """Starts the process and returns when it takes mail. Blocks; for use outside an event loop."""
        self.launch(prefix=prefix, **environment)
        until(self._looks_ready, "the relay to be ready", seconds=START_SECONDS)

    async def started(self, *, prefix: list[str] | None = None, **environment: str) -> None:
        """As ``start``, inside an event loop."""
        self.launch(prefix=prefix, **environment)
        await eventually(self._looks_ready, "the relay to be ready", seconds=START_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's id, also after its end."""
        assert self._process is not None
        return self._process.pid

    def _looks_ready(self) -> bool:
        if not self.is_running:
            raise StillWaiting(f"the relay ended while starting:\n{self.log()[-4000:]}")
        self._read_ports()
        return "web" in self._ports and self.health("readyz") == 200

    def _read_ports(self) -> None:
        for line in self.events("listening"):
            self._ports[str(line["listener"])] = int(line["port"])

    def port(self, listener: str = "trusted") -> int:
        """Where this listener really listens."""
        return self._ports[listener]

    def open_port(self, listener: str = "trusted") -> int | None:
        """As ``port``; None while the relay is not running or has not said where it listens."""
        return self._ports.get(listener) if self.is_running else None

    def health(self, page: str) -> int:
        """The status of ``/healthz`` or ``/readyz``; 0 where nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._ports['web']}/{page}", timeout=5) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code
        except (OSError, TimeoutError):
            return 0

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal; nothing happens where the process has ended."""
        if self._process is not None:
            self._process.send_signal(number)

    def wait(self, *, seconds: float = 120.0) -> int:
        """The exit status, when it has ended. Negative: the signal that ended it."""
        assert self._process is not None
        return self._process.wait(timeout=seconds)

    def kill(self) -> None:
        """``kill -9``, and gone when this returns."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self, *, seconds: float = 120.0) -> int:
        """SIGTERM, and the exit status."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds=seconds)

    async def stopped(self, *, seconds: float = 120.0) -> int:
        """As ``stop``, inside an event loop that may be serving the relay's next hop."""
        return await asyncio.to_thread(self.stop, seconds=seconds)

    def close(self) -> None:
        """Ends the process whatever its state; calling it twice is safe."""
        if self.is_running:
            self.kill()

    # ---- what an operator sees ----

    def log(self) -> str:
        """What was logged since the last start."""
        if not self.log_file.exists():
            return ""
        with self.log_file.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace")

    def events(self, word: str) -> Iterator[dict[str, Any]]:
        """The log lines since the last start that carry this event word."""
        for line in self.log().splitlines():
            if f'"{word}"' not in line:
                continue
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if found.get("event") == word:
                yield found

    def command(self, *words: str, seconds: float = 120.0, given: str = "") -> subprocess.CompletedProcess[str]:
        """Runs ``mailguard WORDS --config FILE`` beside the relay. ``given`` is typed into it."""
        return subprocess.run(
            [*self._command, *words, "--config", str(self.config_file)],
            capture_output=True,
            text=True,
            input=given,
            timeout=seconds,
            check=False,
            cwd=self.directory,
            env=self._environment({}),
        )

    def ask(self, *words: str) -> Any:
        """The JSON that ``mailguard WORDS --json`` prints; raises AssertionError where it fails."""
        done = self.command(*words, "--json")
        assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
        text = done.stdout.strip()
        try:
            return json.loads(text)
        except ValueError:
            return [json.loads(line) for line in text.splitlines()]

    def add_account(self, address: str, password: str) -> None:
        """Adds a local account, as an administrator does; before the start or while the relay runs."""
        done = self.command("account", "add", address, "--password-stdin", given=f"{password}\n")
        assert done.returncode == 0, f"account add: {done.stderr}{done.stdout}"

    # ---- accounting ----

    def rows(self) -> list[RecipientRow]:
        """Every recipient in the SQLite database, as committed at this moment."""
        query = "SELECT queue_id, position, address, state, attempts, doubts FROM recipient ORDER BY queue_id, position"
        return [RecipientRow(*row) for row in self.look(query)]

    def look(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Reads the SQLite database as it stands, without write access and without stopping anybody."""
        path = self.database_file
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute(query, values).fetchall()

    @property
    def database_file(self) -> Path:
        """The SQLite database."""
        found = sorted(self.data.glob("*.db"))
        assert len(found) == 1, found
        return found[0]

    def unfinished(self) -> list[RecipientRow]:
        """Recipients that still wait for something other than a person: held ones are not among them."""
        final = {"delivered", "bounced", "blocked", "cancelled", "expired", "held"}
        return [row for row in self.rows() if row.state not in final]


MakeRelay = Callable[..., Relay]
"""``make_relay(next_hop_port, **sections)``: a relay, not yet started, that the fixture ends."""


def takes_connections(port: int) -> bool:
    """Whether a server greets at this loopback port within a second."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
            return probe.recv(64).startswith(b"220")
    except OSError:
        return False


def temporary_directory() -> Path:
    """A directory for one relay outside pytest's care, for commands such as the benches; the caller deletes it."""
    return Path(tempfile.mkdtemp(prefix="mailguard-relay-"))
