"""The demonstration as a newcomer starts it, for tests: what it prints, its desk, and its database read-only."""

from __future__ import annotations

import os
import re
import signal
import smtplib
import sqlite3
import subprocess
import sysconfig
import venv
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from mailguard.i18n import text
from tests.system.waiting import until

CHECKOUT = Path(__file__).resolve().parents[2]


def environment_for(folder: Path, **more: str) -> dict[str, str]:
    """What the script runs with: an environment as it sets one up, without mailguard; temporary files aside.

    The packages are those of the environment that runs the tests. Its ``.pth`` files, which would bring mailguard, are
    not read from there.
    """
    made, temporary = folder / "venv", folder / "tmp"
    venv.create(made, symlinks=True)
    temporary.mkdir()
    (packages,) = made.glob("lib/python*/site-packages")
    (packages / "packages.pth").write_text(sysconfig.get_path("platlib") + "\n")
    lock = (CHECKOUT / "requirements.lock").read_text().partition("# -- building")[0]
    (made / "demo.lock").write_text(lock)
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MAILGUARD_", "LC_", "LANG"))}
    return plain | {"MAILGUARD_VENV": str(made), "TMPDIR": str(temporary), "LANG": "C"} | more


class Demo:
    """The running demonstration; ``commands`` are those it printed, as they stand."""

    def __init__(self, folder: Path, *options: str, **more: str) -> None:
        self.environment = environment_for(folder, **more)
        self.temporary = folder / "tmp"
        self._output = folder / "output"
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                ["sh", str(CHECKOUT / "deploy" / "demo.sh"), *options],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", env=self.environment,
                start_new_session=True,
            )  # fmt: skip

    def output(self) -> str:
        """All that it said so far."""
        return self._output.read_text("utf-8")

    def ready(self) -> Demo:
        """Returns when all of the guide was printed."""
        last = text("en", "demo.guide.below")
        until(lambda: last in self.output() or self.process.poll() is not None, "the guide", seconds=90)
        assert last in self.output(), self.output()
        return self

    @property
    def folder(self) -> Path:
        """Its temporary folder."""
        (found,) = self.temporary.iterdir()
        return found

    @property
    def commands(self) -> list[str]:
        """Every command of the guide; lines that end in a backslash go on."""
        guide = self.output().partition(text("en", "demo.guide.below"))[0].replace("\\\n", "\\\n  ")
        joined = re.sub(r"\\\n\s+", "\\\\\n", guide)
        found = re.findall(r"^  ((?:[^\n]*\\\n)*[^\n]+)$", joined, re.MULTILINE)
        return [one for one in found if not one.startswith("http") and one != str(self.folder)]

    def command(self, *words: str) -> str:
        """The one printed command that holds all these words."""
        (found,) = [one for one in self.commands if all(word in one for word in words)]
        return found

    def type_in(self, command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """What a shell says to a command that is pasted into it, in another folder and environment."""
        environment = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C"} | more
        return subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, timeout=180, check=False, cwd="/", env=environment
        )

    @property
    def port(self) -> int:
        """Where the desk is."""
        return self._ports()[0]

    @property
    def web_port(self) -> int:
        """Where the office's pages are."""
        return self._ports()[1]

    def _ports(self) -> tuple[int, int]:
        desk, web = re.findall(r"^  http://127\.0\.0\.1:(\d+)/$", self.output(), re.MULTILINE)
        return int(desk), int(web)

    @property
    def trusted_port(self) -> int:
        """Where mail is taken without a password."""
        found = re.search(r"127\.0\.0\.1:(\d+)", self.command("swaks", "--h-Subject"))
        assert found is not None
        return int(found[1])

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of the page's answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def held(self) -> set[str]:
        """Queue ids of held mail."""
        return {queue_id for queue_id, state in self._rows() if state == "held"}

    def states(self, queue_id: str) -> set[str]:
        """Where a mail's recipients stand."""
        return {state for one, state in self._rows() if one == queue_id}

    def _rows(self) -> list[tuple[str, str]]:
        """Every recipient in the database as committed now, read as accounting does: without asking anybody."""
        (path,) = (self.folder / "data").glob("*.db")
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as database:
            return database.execute("SELECT queue_id, state FROM recipient").fetchall()

    def send(self, subject: str) -> str:
        """Hand over a mail to an outsider; its queue id. ``subject`` is the field as written."""
        mail = f"From: <hanako@mihon.example.jp>\r\nTo: <a@customer.example>\r\nSubject: {subject}\r\n\r\nbody\r\n"
        with smtplib.SMTP("127.0.0.1", self.trusted_port, timeout=60) as client:
            client.ehlo()
            client.mail("hanako@mihon.example.jp")
            client.rcpt("a@customer.example")
            code, reply = client.data(mail)
        assert code == 250, reply
        queue_id = reply.decode().split()[-1]
        until(lambda: self.states(queue_id) == {"held"}, "the mail to be held")
        return queue_id

    def is_all_gone(self) -> bool:
        """Whether neither a process nor a file of it is left."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return not list(self.temporary.iterdir())
        return False

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """What Ctrl-C does in a terminal: the signal to everything; the exit status."""
        os.killpg(self.process.pid, number)
        return self.process.wait(timeout=120)

    def close(self) -> None:
        """Whatever is left ends now."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
