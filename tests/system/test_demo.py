"""``sh deploy/demo.sh`` as a newcomer runs it: what it prints works, what is clicked happens, and nothing is left."""

from __future__ import annotations

import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from email.header import Header
from pathlib import Path

import pytest

from mailguard.demo.browsing import Browser
from mailguard.demo.page import HEADERS
from mailguard.demo.people import CLERK, COLLEAGUES, MANAGER, Colleague
from mailguard.demo.samples import PAUSED, STOPPED
from mailguard.i18n import text
from tests.system.demonstration import CHECKOUT, Demo, environment_for
from tests.system.waiting import answers, until

ROUND_SECONDS = 300
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
HOSTILE = "<b>bold</b> \x1b[31m"
QUEUE_ID = re.compile(r"\b[0-9A-Z]{16}\b")


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


@pytest.mark.timeout(2 * ROUND_SECONDS)
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
        assert 19 == one.output().count("  OK  ")
        assert "tanaka@aozora.example.com" in one.output()
        assert "All of it worked" in one.output()
        assert one.is_all_gone()


def test_demo_round_that_is_interrupted_says_so_and_fails(make_demo: type[Demo], tmp_path: Path) -> None:
    """A round that was not finished never looks like one that worked."""
    one = make_demo(tmp_path, "--smoke")
    until(lambda: "  OK  " in one.output(), "the first step", seconds=90)
    status = one.end(signal.SIGTERM)

    assert 1 == status
    assert f"It did not work: {text('en', 'demo.smoke.interrupted')}" in one.output()
    assert one.is_all_gone()


def test_demo_round_in_which_nothing_arrives_fails_with_the_reason(tmp_path: Path) -> None:
    """When the relay delivers nothing the round ends with status 1 and names what did not happen."""
    script = """
import asyncio, sys
from mailguard.cli.first_certificate import write_self_signed
from mailguard.demo.demonstration import Pace, standing
from mailguard.demo.smoke import Round
from mailguard.demo.terminal import Terminal

async def main():
    async with standing(Pace(1.0, [1.0], 1.0), write_self_signed, lambda happening: None) as demonstration:
        await demonstration.world.stop()
        return await Round(demonstration, Terminal("en"), wait_seconds=1).take()

sys.exit(0 if asyncio.run(main()) else 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=180, check=False, cwd=CHECKOUT,
        env=environment_for(tmp_path),
    )  # fmt: skip

    assert 1 == done.returncode, done.stderr
    assert text("en", "demo.smoke.signed_in") in done.stdout.splitlines()[-1]
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
    until(lambda: list(one.temporary.glob("mailguard-demo-*")), "the folder", seconds=120)
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
    # One of the mails is for colleagues as well, who had theirs before.
    assert {"cancelled"} <= demo.states(cancelled) <= {"cancelled", "delivered"}
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


def test_demo_shows_what_arrived_and_what_was_refused(demo: Demo) -> None:
    """The terminal says for whom, and why not."""
    until(lambda: "hanako@mihon.example.jp" in demo.output().partition("outside world")[2], "the bounce")
    happened = demo.output().partition("outside world")[2]

    assert re.search(r"took +taro@mihon\.example\.jp", happened)
    assert re.search(r"refused +tarou@mihon\.example\.jp +550", happened)
    assert re.search(r"refused +soumu@mihon\.example\.jp +452", happened)


# -- the desk


def signed_in(demo: Demo, person: Colleague) -> Browser:
    """The browser of somebody who signed in with what the desk shows."""
    browser, desk = Browser(f"http://127.0.0.1:{demo.web_port}"), Browser(f"http://127.0.0.1:{demo.port}")

    def codes() -> list[str]:
        seat = desk.open("/").partition(f'id="{person.key}"')[2].partition("</article>")[0]
        return re.findall(r'class="digits">(\d{4} \d{4})<', seat)

    before = len(codes())
    browser.open("/sign-in")
    browser.press("/sign-in/code", address=person.address)
    until(lambda: len(codes()) > before, "the code on the desk", seconds=120)
    browser.press("/sign-in/code/check", code=codes()[0])
    if person.role is not None:
        seat = desk.open("/").partition(f'id="{person.key}"')[2]
        digits = re.search(r'class="digits">(\d{6})<', seat)
        assert digits is not None
        browser.press("/sign-in/step", code=digits[1])
    return browser


def test_desk_shows_four_people_and_the_way_to_the_pages(demo: Demo) -> None:
    """Whoever opens the desk sees who works here, and where the office's pages are."""
    page = demo.ask("GET", "/")[2]

    assert f'href="http://127.0.0.1:{demo.web_port}/"' in page
    for person in COLLEAGUES:
        assert person.name in page
        assert person.address in page
        assert text("ja", f"demo.seat.{person.key}.what") in page
    # Telephones only where a role needs them.
    assert 3 == len(re.findall(r'class="digits">\d{6}<', page))


def test_desk_code_and_telephone_sign_somebody_in_with_their_rights(demo: Demo) -> None:
    """What the desk plays is enough to be each of the people, and no more than each of them may."""
    clerk, manager = signed_in(demo, CLERK), signed_in(demo, MANAGER)

    assert CLERK.name in clerk.open("/mails")
    assert "契約書" in manager.open("/approvals")
    assert "契約書" not in clerk.open("/approvals")


def test_desk_notice_link_opens_its_mail(demo: Demo) -> None:
    """A link in a mailbox is the real one: it shows the mail without signing in."""
    page = demo.ask("GET", "/")[2]
    found = re.search(r'href="http://127\.0\.0\.1:\d+(/m/[^"]+)"', page)
    assert found is not None
    shown = Browser(f"http://127.0.0.1:{demo.web_port}").open(found[1])

    assert CLERK.address in shown.replace("<wbr>", "")


def test_desk_mail_with_personal_data_sent_is_shown_as_protected(demo: Demo) -> None:
    """What left with a password is marked on desk and terminal, with what its reader sees first."""
    subject = "招待状の宛名をお願いします"
    clerk = signed_in(demo, CLERK)
    found = re.search(rf'href="(/mails/\w+)[^"]*">{subject}', clerk.open("/mails"))
    assert found is not None
    clerk.open(found[1])
    clerk.press(f"{found[1]}/send", organisation="insatsu")
    until(lambda: f"【パスワード】{subject}"[:11] in demo.output(), "the mail with the password", seconds=120)
    arrived = demo.ask("GET", "/")[2].partition('id="arrived"')[2]
    entries = [entry for entry in arrived.split("<li><h3>") if subject in entry]

    assert re.search(rf"took +yoshida@insatsu\.example\.net +\[protected\] {subject[:3]}", demo.output())
    assert "| This mail is protected. Please open the attached file to read it." in demo.output()
    assert any("パスワードで保護して送りました" in one and text("ja", "cover.intro") in one for one in entries)
    assert any("hanako@<wbr>mihon.example.jp" in one and "電話で伝えてください" in one for one in entries)
    assert "高橋" not in arrived


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_desk_looked_at_changes_nothing(demo: Demo, method: str) -> None:
    """A link scanner or a preview that visits every address sends nothing (invariant 7)."""
    before = demo.held()
    paths = ["/", "/?done=samples", "/?still", "/samples", "/style.css"]
    statuses = {path: demo.ask(method, path, SAME_ORIGIN)[0] for path in paths}

    assert before == demo.held()
    assert {200} == {statuses[path] for path in paths if path != "/samples"}
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
def test_desk_click_from_elsewhere_is_refused(demo: Demo, headers: dict[str, str]) -> None:
    """A page of somebody else cannot press the button."""
    before = demo.held()
    said = {name: value.format(port=demo.port) for name, value in headers.items()}

    assert 403 == demo.ask("POST", "/samples", said)[0]
    assert before == demo.held()


def test_desk_under_another_name_shows_nothing(demo: Demo) -> None:
    """A foreign site that points its name to this machine cannot read the desk."""
    status, _, body = demo.ask("GET", "/", {"Host": f"attacker.example:{demo.port}"})

    assert 403 == status
    assert CLERK.address not in body


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/style.css", 200), ("GET", "/nothing", 404),
        ("POST", "/samples", 403), ("POST", "/", 403),
    ],
)  # fmt: skip
def test_desk_every_answer_has_the_strict_headers(demo: Demo, method: str, path: str, expected: int) -> None:
    """No answer may be framed, sniffed, stored or run a script."""
    status, headers, body = demo.ask(method, path)

    assert expected == status
    assert dict(HEADERS) == {name: headers.get(name.lower()) for name in HEADERS}
    assert "unsafe" not in headers["content-security-policy"]
    assert not re.search(r"<script|\son\w+=|style=|<style", body)


def test_desk_and_terminal_show_a_hostile_subject_as_letters(demo: Demo) -> None:
    """A subject cannot become part of the page, turn its words round or repaint the terminal."""
    hostile = Header("<img src=x onerror=alert(1)>\"'\x1b[2J\u202egnp", "utf-8", maxlinelen=900).encode()
    mail = f"From: <hanako@mihon.example.jp>\r\nTo: <{CLERK.address}>\r\nSubject: {hostile}\r\n\r\n{HOSTILE}\r\n"
    with smtplib.SMTP("127.0.0.1", demo.trusted_port, timeout=10) as client:
        client.sendmail("hanako@mihon.example.jp", [CLERK.address], mail)
    until(lambda: "onerror" in demo.output(), "the mail to arrive", seconds=120)
    _, _, page = demo.ask("GET", "/?still")

    # As somebody's mail, and as what arrived.
    assert 2 <= page.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;\ufffd[2J\ufffdgnp")
    assert "&lt;b&gt;" in page
    assert "<img" not in page
    assert "<b>" not in page
    assert "\x1b" not in page + demo.output()


def test_desk_renews_itself_until_told_to_stand_still(demo: Demo) -> None:
    """New mail comes without a script; whoever needs time can stop that, and a message goes away by itself."""
    renewing, still, message = (demo.ask("GET", path)[2] for path in ("/", "/?still", "/?done=samples"))

    assert '<meta http-equiv="refresh" content="3">' in renewing
    assert "http-equiv" not in still
    assert '<meta http-equiv="refresh" content="8;url=/">' in message
    assert text("ja", "demo.done.samples") in message


def test_desk_button_sends_the_samples_again(demo: Demo) -> None:
    """Whoever came late has something to hold again."""
    before = demo.held()
    status, headers, _ = demo.ask("POST", "/samples", SAME_ORIGIN)

    assert (303, "/?done=samples") == (status, headers["location"])
    until(lambda: len(demo.held()) == len(before) + len(PAUSED | STOPPED), "as many more held mails", seconds=120)
