"""Postfix's own load tools: smtp-source, which submits, and smtp-sink, which takes and forgets."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.system.waiting import answers, free_port, until

_SINK = "/usr/sbin/smtp-sink"
_SOURCE = "/usr/sbin/smtp-source"
_COUNTED = re.compile(rb"mesg=(\d+)")
_TAIL_BYTES = 256


def missing() -> str | None:
    """Why the tools cannot be used here; None where they can."""
    for tool in (_SINK, _SOURCE):
        if not Path(tool).exists():
            return f"{tool} is not installed (apt-get install postfix)"
    return None


class SmtpSink:
    """A next hop that takes every mail and counts it. ``options`` are smtp-sink's own, such as ``-r`` and a command."""

    def __init__(self, *options: str) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="mailguard-sink-"))
        # The counters are written at each mail; a file never makes the sink wait, as a full pipe would.
        self._counters = (self._folder / "counters").open("wb")
        as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [_SINK, "-4", "-c", *as_user, *options, f"inet:127.0.0.1:{self.port}", "1024"],
            stdout=self._counters,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: answers(self.port), f"smtp-sink at port {self.port}")

    @property
    def pid(self) -> int:
        """The sink's process."""
        return self._process.pid

    def count(self) -> int:
        """Mails taken since the start: final dots answered with 250."""
        path = self._folder / "counters"
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            found = _COUNTED.findall(file.read())
        return int(found[-1]) if found else 0

    def wait_for(self, mails: int, *, seconds: float) -> float:
        """Returns when ``mails`` were taken, with the monotonic time at which that was seen (to 20 ms)."""
        until(lambda: self.count() >= mails, f"mail number {mails} at the sink (has {self.count()})", seconds=seconds)
        return time.monotonic()

    def stop(self) -> None:
        """Ends the sink; calling it twice is safe."""
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(timeout=10)
        self._counters.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Load:
    """What smtp-source is to send. ``payload_bytes`` is without headers and comes out a few hundred octets larger."""

    mails: int
    payload_bytes: int
    connections: int
    keep_connections: bool
    sender: str = "scanner@office.example.jp"
    recipient: str = "partner@customer.example.com"

    def command(self, port: int) -> list[str]:
        """The command line that sends it to a loopback port."""
        return [
            _SOURCE,
            "-4",
            *(["-d"] if self.keep_connections else []),
            *("-s", str(self.connections)),
            *("-m", str(self.mails)),
            *("-l", str(self.payload_bytes)),
            *("-f", self.sender, "-t", self.recipient, "-M", "client.example.jp"),
            f"inet:127.0.0.1:{port}",
        ]


def send(load: Load, port: int, *, seconds: float) -> float:
    """Seconds until the last mail was answered 250. Raises AssertionError at the first answer that was no success."""
    started = time.monotonic()
    done = subprocess.run(load.command(port), capture_output=True, text=True, timeout=seconds, check=False)
    taken = time.monotonic() - started
    assert done.returncode == 0, done.stderr
    return taken
