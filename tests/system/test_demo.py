"""``sh deploy/demo.sh`` as a newcomer runs it: what it prints works, what is clicked happens, and nothing is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import smtplib
import sqlite3
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from contextlib import ExitStack, closing
from email.header import Header
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mailguard.demo.page import HEADERS
from mailguard.i18n import text
from tests.system.waiting import answers, until

CHECKOUT = Path(__file__).resolve().parents[2]
ROUND_SECONDS = 60
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
QUEUE_ID = re.compile(r"\b[0-9A-Z]{16}\b")


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
        until(lambda: last in self.output() or self.process.poll() is not None, "the guide", seconds=30)
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
            ["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False, cwd="/", env=environment
        )

    @property
    def port(self) -> int:
        """Where the page is."""
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.output())
        assert found is not None
        return int(found[1])

    @property
    def trusted_port(self) -> int:
        """Where mail is taken without a password."""
        found = re.search(r"127\.0\.0\.1:(\d+)", self.command("swaks", "--h-Subject"))
        assert found is not None
        return int(found[1])

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of the page's answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
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
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
            return database.execute("SELECT queue_id, state FROM recipient").fetchall()

    def send(self, subject: str) -> str:
        """Hand over a mail to an outsider; its queue id. ``subject`` is the field as written."""
        mail = f"From: <hanako@mihon.example.jp>\r\nTo: <a@customer.example>\r\nSubject: {subject}\r\n\r\nbody\r\n"
        with smtplib.SMTP("127.0.0.1", self.trusted_port, timeout=10) as client:
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
        return self.process.wait(timeout=30)

    def close(self) -> None:
        """Whatever is left ends now."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One that runs for all tests that end nothing, with time to look at what it holds."""
    running = Demo(tmp_path_factory.mktemp("demo"), "--hold-minutes", "30")
    try:
        yield running.ready()
    finally:
        running.close()


@pytest.fixture
def make_demo(tmp_path: Path) -> Iterator[type[Demo]]:
    """Starts demonstrations of one test; they are ended with it."""
    made: list[Demo] = []

    class Made(Demo):
        def __init__(self, folder: Path, *options: str, **more: str) -> None:
            super().__init__(folder, *options, **more)
            made.append(self)

    yield Made
    for one in made:
        one.close()


# -- one round without a person


def test_demo_two_rounds_at_once_on_poor_terminals_work_and_leave_nothing(
    make_demo: type[Demo], tmp_path: Path
) -> None:
    """--smoke does its round beside another one, whatever the terminal can show, and its end says so."""
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    rounds = [
        make_demo(folders[0], "--smoke", LC_ALL="C"),
        make_demo(folders[1], "--smoke", LANG="ja_JP.UTF-8", PYTHONIOENCODING="ascii"),
    ]
    statuses = [one.process.wait(timeout=ROUND_SECONDS) for one in rounds]

    assert [0, 0] == statuses, "\n".join(one.output() for one in rounds)
    for one in rounds:
        assert 12 == one.output().count("  OK  ")
        assert "tanaka@aozora.example.com" in one.output()
        assert "All of it worked" in one.output()
        assert one.is_all_gone()


def test_demo_round_that_is_interrupted_says_so_and_fails(make_demo: type[Demo], tmp_path: Path) -> None:
    """A round that was not finished never looks like one that worked."""
    one = make_demo(tmp_path, "--smoke")
    until(lambda: "  OK  " in one.output(), "the first step")
    status = one.end(signal.SIGTERM)

    assert 1 == status
    assert f"It did not work: {text('en', 'demo.smoke.interrupted')}" in one.output()
    assert one.is_all_gone()


def test_demo_round_in_which_nothing_arrives_fails_with_the_reason(tmp_path: Path) -> None:
    """When the relay delivers nothing the round ends with status 1 and names what did not happen."""
    script = """
import asyncio, sys
from mailguard.cli.first_certificate import write_self_signed
from mailguard.demo.demonstration import standing
from mailguard.demo.smoke import Round
from mailguard.demo.terminal import Terminal

async def main():
    async with standing(1, [1.0], write_self_signed, lambda happening: None) as demonstration:
        await demonstration.world.stop()
        return await Round(demonstration, Terminal("en"), wait_seconds=1).take()

sys.exit(0 if asyncio.run(main()) else 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=CHECKOUT,
        env=environment_for(tmp_path),
    )  # fmt: skip

    assert 1 == done.returncode, done.stderr
    assert text("en", "demo.smoke.at_once") in done.stdout.splitlines()[-1]
    assert not list((tmp_path / "tmp").iterdir())


# -- the end


@pytest.mark.parametrize(
    ("number", "is_somebody_connected"),
    [
        pytest.param(signal.SIGINT, True, id="ctrl-c-while-somebody-is-connected"),
        pytest.param(signal.SIGTERM, False, id="kill"),
        pytest.param(signal.SIGHUP, False, id="terminal-closed"),
    ],
)
def test_demo_ended_by_a_signal_leaves_no_process_and_no_folder(
    make_demo: type[Demo], tmp_path: Path, number: signal.Signals, is_somebody_connected: bool
) -> None:
    """Ctrl-C, kill and a closed terminal end it cleanly."""
    one = make_demo(tmp_path).ready()
    ports = [one.port, one.trusted_port]
    with ExitStack() as stack:
        if is_somebody_connected:
            client = stack.enter_context(closing(smtplib.SMTP("127.0.0.1", one.trusted_port, timeout=10)))
            client.ehlo()
        status = one.end(number)

    assert 0 == status, one.output()
    assert "Traceback" not in one.output()
    assert one.output().endswith(text("en", "demo.log.ended") + "\n")
    assert one.is_all_gone()
    assert not any(answers(port) for port in ports)


def test_demo_ended_while_it_starts_leaves_nothing(make_demo: type[Demo], tmp_path: Path) -> None:
    """Whoever changes their mind at once has nothing to clear away."""
    one = make_demo(tmp_path)
    until(lambda: list(one.temporary.glob("mailguard-demo-*")), "the folder")
    status = one.end()

    assert 0 == status, one.output()
    assert "Traceback" not in one.output()
    assert one.is_all_gone()


# -- what is printed


def test_demo_lines_fit_a_terminal(demo: Demo) -> None:
    """Nothing wraps on 80 columns but what holds the path of the folder."""
    lines = [line for line in demo.output().splitlines() if str(demo.folder) not in line]

    assert [] == [line for line in lines if len(line) > 80]


def test_demo_printed_hold_commands_work_as_they_stand(demo: Demo) -> None:
    """Listing, releasing and cancelling by copying the lines does what they say, whatever is set for a real office."""
    misleading = {"MAILGUARD_CONFIG": "/nowhere.yaml", "MAILGUARD_STORAGE__DIRECTORY": "/nowhere"}
    release, cancel = demo.command("hold release"), demo.command("hold cancel")
    released, cancelled = release.split()[-1], cancel.split()[-1]
    listed = demo.type_in(demo.command("hold list", f"{demo.folder}/mailguard "), **misleading)
    done = [demo.type_in(command, **misleading) for command in (release, cancel)]

    assert {released, cancelled} <= set(QUEUE_ID.findall(listed.stdout)), listed.stderr
    assert [0, 0] == [one.returncode for one in done], [one.stderr for one in done]
    until(lambda: demo.states(released) == {"delivered"}, "the released mail to arrive")
    assert {"cancelled"} == demo.states(cancelled)
    assert not {released, cancelled} & demo.held()


def test_demo_printed_command_of_an_installed_mailguard_works(demo: Demo, tmp_path: Path) -> None:
    """The line with --config is the one to use later."""
    program = tmp_path / "mailguard"
    program.write_text(f'#!/bin/sh\nPYTHONPATH="{CHECKOUT}" exec "{sys.executable}" -P -m mailguard "$@"\n')
    program.chmod(0o755)
    listed = demo.type_in(demo.command("hold list --config"), PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert demo.held() == set(QUEUE_ID.findall(listed.stdout)), listed.stderr


@pytest.mark.parametrize("words", [("--h-Subject",), ("--auth PLAIN", "--tls")], ids=["trusted", "signed-in"])
def test_demo_printed_swaks_commands_send_a_mail_that_is_held(demo: Demo, words: tuple[str, ...]) -> None:
    """Whoever copies them has sent a mail and sees it waiting."""
    if shutil.which("swaks") is None:
        pytest.skip("swaks is not installed")
    if "--tls" in words and subprocess.run(["perl", "-MNet::SSLeay", "-e", "1"], check=False).returncode:
        pytest.skip("libnet-ssleay-perl is not installed")
    before = demo.held()
    sent = demo.type_in(demo.command("swaks", *words))
    found = re.search(r"queued as (\w+)", sent.stdout)

    assert 0 == sent.returncode, sent.stdout + sent.stderr
    assert found is not None
    until(lambda: demo.held() - before == {found[1]}, "the mail to be held")
    assert found[1] in demo.ask("GET", "/")[2]


def test_demo_shows_what_arrived_and_what_was_refused(demo: Demo) -> None:
    """The terminal says for whom, and why not."""
    until(lambda: "hanako@mihon.example.jp" in demo.output().partition("outside world")[2], "the bounce")
    happened = demo.output().partition("outside world")[2]

    assert re.search(r"took +taro@mihon\.example\.jp", happened)
    assert re.search(r"refused +tarou@mihon\.example\.jp +550", happened)
    assert re.search(r"refused +soumu@mihon\.example\.jp +452", happened)


# -- the page


def test_page_clicked_cancel_takes_the_mail_back_and_says_so(demo: Demo) -> None:
    """取り消す means it: the mail is cancelled, a second click finds nothing left to do."""
    queue_id = demo.send("wrong attachment")
    first, headers, _ = demo.ask("POST", f"/mails/{queue_id}/cancel", SAME_ORIGIN)
    second, again, _ = demo.ask("POST", f"/mails/{queue_id}/release", SAME_ORIGIN)
    _, _, shown = demo.ask("GET", headers["location"])

    assert (303, "/?done=cancelled") == (first, headers["location"])
    assert (303, "/?done=late") == (second, again["location"])
    assert {"cancelled"} == demo.states(queue_id)
    assert text("ja", "demo.done.cancelled") in shown
    assert f"/mails/{queue_id}/cancel" not in shown


def test_page_clicked_release_sends_the_mail_at_once(demo: Demo) -> None:
    """今すぐ送信する does not wait for the timer."""
    queue_id = demo.send("urgent offer")
    host = f"127.0.0.1:{demo.port}"
    status, headers, _ = demo.ask("POST", f"/mails/{queue_id}/release", {"Origin": f"http://{host}"})

    assert (303, "/?done=released") == (status, headers["location"])
    until(lambda: "urgent offer" in demo.output().partition("outside world")[2], "the mail to arrive")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_page_looked_at_changes_nothing(demo: Demo, method: str) -> None:
    """A link scanner or a preview that visits every address sends and cancels nothing (invariant 7)."""
    queue_id = demo.send("still here")
    before = demo.held()
    paths = ["/", "/?done=cancelled", "/?still", "/samples", "/style.css", f"/mails/{queue_id}/cancel"]
    statuses = {path: demo.ask(method, path, SAME_ORIGIN)[0] for path in [*paths, f"/mails/{queue_id}/release"]}

    assert before == demo.held()
    assert {200} == {statuses[path] for path in ("/", "/?done=cancelled", "/?still", "/style.css")}
    assert 405 == statuses["/samples"]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="says-nothing"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, id="another-site"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, id="another-port"),
        pytest.param({"Sec-Fetch-Site": "none"}, id="typed-in"),
        pytest.param({"Origin": "https://attacker.example"}, id="another-origin"),
        pytest.param({"Origin": "null"}, id="hidden-origin"),
        pytest.param({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:{port}"}, id="they-disagree"),
        pytest.param({"Sec-Fetch-Site": "same-origin", "Host": "attacker.example:{port}"}, id="another-name"),
        pytest.param({"Origin": "http://attacker.example", "Host": "attacker.example"}, id="name-pointed-here"),
    ],
)
def test_page_click_from_elsewhere_is_refused(demo: Demo, headers: dict[str, str]) -> None:
    """A page of somebody else cannot press the buttons."""
    queue_id = demo.send("not yours")
    said = {name: value.format(port=demo.port) for name, value in headers.items()}
    answers_ = {action: demo.ask("POST", f"/mails/{queue_id}/{action}", said)[0] for action in ("cancel", "release")}

    assert {"cancel": 403, "release": 403} == answers_
    assert 403 == demo.ask("POST", "/samples", said)[0]
    assert {"held"} == demo.states(queue_id)


def test_page_under_another_name_shows_nothing(demo: Demo) -> None:
    """A foreign site that points its name to this machine cannot read the page."""
    queue_id = demo.send("private")
    status, _, body = demo.ask("GET", "/", {"Host": f"attacker.example:{demo.port}"})

    assert 403 == status
    assert queue_id not in body


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/style.css", 200), ("GET", "/nothing", 404),
        ("POST", "/samples", 403), ("POST", "/", 403),
    ],
)  # fmt: skip
def test_page_every_answer_has_the_strict_headers(demo: Demo, method: str, path: str, expected: int) -> None:
    """No answer may be framed, sniffed, stored or run a script."""
    status, headers, body = demo.ask(method, path)

    assert expected == status
    assert dict(HEADERS) == {name: headers.get(name.lower()) for name in HEADERS}
    assert "unsafe" not in headers["content-security-policy"]
    assert not re.search(r"<script|\son\w+=|style=|<style", body)


def test_page_unknown_mail_is_not_found(demo: Demo) -> None:
    """A click on a mail that is not there changes nothing and says so."""
    status, _, body = demo.ask("POST", "/mails/0000000000000000/cancel", SAME_ORIGIN)

    assert 404 == status
    assert text("ja", "demo.refused.unknown") in body


def test_page_and_terminal_show_a_hostile_subject_as_letters(demo: Demo) -> None:
    """A subject cannot become part of the page, turn its words round or repaint the terminal."""
    hostile = Header("<img src=x onerror=alert(1)>\"'\x1b[2J\u202egnp", "utf-8", maxlinelen=900).encode()
    queue_id = demo.send(hostile)
    _, _, body = demo.ask("GET", "/")
    assert 303 == demo.ask("POST", f"/mails/{queue_id}/release", SAME_ORIGIN)[0]
    until(lambda: "onerror" in demo.output(), "the mail to arrive")
    _, _, arrived = demo.ask("GET", "/")

    for page in (body, arrived):
        assert "&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;\ufffd[2J\ufffdgnp" in page
        assert "<img" not in page
    assert "\x1b" not in body + arrived + demo.output()


def test_page_renews_itself_until_told_to_stand_still(demo: Demo) -> None:
    """The countdown moves without a script; whoever needs time can stop it, and a message goes away by itself."""
    renewing, still, message = (demo.ask("GET", path)[2] for path in ("/", "/?still", "/?done=released"))

    assert '<meta http-equiv="refresh" content="3">' in renewing
    assert "http-equiv" not in still
    assert '<meta http-equiv="refresh" content="8;url=/">' in message
    assert text("ja", "demo.done.released") in message


def test_page_button_sends_the_samples_again(demo: Demo) -> None:
    """Whoever came late has something to hold again."""
    before = demo.held()
    status, headers, _ = demo.ask("POST", "/samples", SAME_ORIGIN)

    assert (303, "/?done=samples") == (status, headers["location"])
    until(lambda: len(demo.held()) == len(before) + 4, "four more held mails")
