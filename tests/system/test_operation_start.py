"""Starting, stopping and reloading, as an administrator or systemd does it: clear words, exit status, nothing lost."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import sqlite3
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.next_hop import ScriptedNextHop, Stage, hang, wait
from tests.system.certificates import Certificates, make_certificates
from tests.system.load import Dialogue, Refusal, ServerGone
from tests.system.office_day import COLLEAGUE, PARTNER, SENDER, post, run, states
from tests.system.relay import MakeRelay, Relay
from tests.system.waiting import eventually

NOWHERE = 9
QUICK = {"drain_seconds": 1, "poll_seconds": 0.1}
SERVICE_EVENTS = "SELECT action FROM audit_event WHERE queue_id IS NULL AND action NOT LIKE 'audit.%' ORDER BY seq"
"""What the service and its rules did; the day's anchor is about the record itself."""


@pytest.fixture
async def hop() -> AsyncIterator[ScriptedNextHop]:
    async with ScriptedNextHop() as hop:
        yield hop


async def end(relay: Relay, *, seconds: float = 90.0) -> int:
    """The exit status, once the process has ended by itself."""
    await eventually(lambda: not relay.is_running, "the process to end", seconds=seconds)
    return relay.wait()


async def in_content(relay: Relay, recipient: str = COLLEAGUE) -> Dialogue:
    """A connection in the middle of a mail's content."""
    dialogue = await Dialogue.open(relay.port())
    for command, code in ((f"MAIL FROM:<{SENDER}>", b"250"), (f"RCPT TO:<{recipient}>", b"250"), ("DATA", b"354")):
        await dialogue.say(command.encode(), code)
    await dialogue.send(b"Subject: half\r\n\r\nfirst half\r\n")
    return dialogue


# -- starts that cannot be


def taken_port(settings: dict[str, Any], port: int) -> None:
    settings["listeners"][0]["port"] = port


def taken_web_port(settings: dict[str, Any], port: int) -> None:
    settings["web"]["port"] = port


def foreign_address(settings: dict[str, Any], port: int) -> None:
    settings["listeners"][0]["host"] = "192.0.2.1"


def file_as_directory(settings: dict[str, Any], port: int) -> None:
    Path(settings["storage"]["directory"]).write_text("in the way")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(taken_port, ["cannot listen", "{port}", "in use"], id="listener's port taken"),
        pytest.param(taken_web_port, ["cannot listen", "{port}", "in use"], id="web port taken"),
        pytest.param(foreign_address, ["cannot listen", "192.0.2.1"], id="not this machine's address"),
        pytest.param(file_as_directory, ["data", "exists"], id="data directory is a file"),
    ],
)
async def test_start_that_cannot_be_says_why_and_exits_1(
    make_relay: MakeRelay, spoil: Callable[[dict[str, Any], int], None], words: list[str]
) -> None:
    """Where the relay cannot start, the last line says in words what is in the way; no traceback; exit status 1."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        relay = make_relay(NOWHERE)
        spoil(relay.settings, port)
        relay.config_file.write_text(yaml.safe_dump(relay.settings))
        relay.launch()
        status = await end(relay)
    log = relay.log()

    assert (1, False) == (status, "Traceback" in log), log
    last = log.strip().splitlines()[-1].lower()
    for word in words:
        assert word.format(port=port) in last, log


async def test_start_with_a_taken_port_leaves_the_record_right(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """A start that failed is on record with its end, and the next start works and delivers what waits."""
    relay = make_relay(hop.port)
    await relay.started()
    assert await relay.stopped() == 0
    good = relay.config_file.read_text()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken_port(relay.settings, other.getsockname()[1])
        relay.config_file.write_text(yaml.safe_dump(relay.settings))
        relay.launch()
        status = await end(relay)
    relay.config_file.write_text(good)
    await relay.started()
    await post(relay, COLLEAGUE)
    await hop.until(lambda: hop.mails)
    assert await relay.stopped() == 0
    actions = [row[0] for row in relay.look(SERVICE_EVENTS)]

    assert (1, ["service.started", "policy.loaded", "service.stopped"] * 3) == (status, actions)


async def test_start_with_bad_settings_exits_2_and_names_the_lines(make_relay: MakeRelay) -> None:
    """Each complaint names file and line; nothing is made on disk."""
    relay = make_relay(NOWHERE)
    relay.config_file.write_text("office:\n  domians: [example.jp]\nhold:\n  minutes: soon\n")
    relay.launch()
    status = await end(relay)
    log = relay.log()

    assert (2, False) == (status, "Traceback" in log)
    for where in (f"{relay.config_file}:2", f"{relay.config_file}:4"):
        assert where in log
    assert not relay.data.exists()


async def test_start_without_settings_exits_2(make_relay: MakeRelay) -> None:
    """A mistyped file name is said as such."""
    relay = make_relay(NOWHERE)
    relay.config_file.unlink()
    relay.launch()

    assert (2, True) == (await end(relay), str(relay.config_file) in relay.log())
    assert "Traceback" not in relay.log()


async def test_second_start_on_the_same_data_is_refused(make_relay: MakeRelay, tmp_path: Path) -> None:
    """Two relays never share a data directory: the second says so and ends; the first goes on undisturbed."""
    first = make_relay(NOWHERE)
    await first.started()
    second = make_relay(NOWHERE)
    second.settings["storage"]["directory"] = str(first.data)
    second.config_file.write_text(yaml.safe_dump(second.settings))
    second.launch()
    status = await end(second)

    assert (2, True) == (status, "another mailguard serves this data directory" in second.log())
    assert ("Traceback" in second.log(), await asyncio.to_thread(first.health, "readyz")) == (False, 200)
    assert first.stop() == 0


# -- stopping


async def test_stop_while_a_mail_is_handed_in_takes_it(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """SIGTERM in the middle of my mail: I may finish it and get my 250; it is delivered, now or at the next start."""
    relay = make_relay(hop.port)
    await relay.started()
    dialogue = await in_content(relay)
    idle = await Dialogue.open(relay.port())
    relay.signal(signal.SIGTERM)
    said_to_idle = await idle.reply()
    await dialogue.send(b"second half\r\n.\r\n")
    reply = await dialogue.reply()
    status = await end(relay)
    dialogue.close()
    idle.close()
    await relay.started()
    await hop.until(lambda: hop.mails)
    assert await relay.stopped() == 0

    assert (b"421", b"250", 0) == (said_to_idle[:3], reply[:3], status)
    assert [b"first half\r\nsecond half\r\n"] == [mail.content.partition(b"\r\n\r\n")[2] for mail in hop.mails]


async def test_stop_while_a_client_never_ends_its_mail_is_within_the_limit(make_relay: MakeRelay) -> None:
    """A program that hangs in the middle of a mail does not keep the relay from stopping: nothing was promised."""
    relay = make_relay(NOWHERE, service=QUICK)
    await relay.started()
    dialogue = await in_content(relay)
    began = time.monotonic()
    relay.signal(signal.SIGTERM)
    status = await end(relay)
    took = time.monotonic() - began
    with pytest.raises((ServerGone, Refusal)):
        await dialogue.say(b".", b"250")
    dialogue.close()

    assert (0, []) == (status, relay.rows())
    assert took < 10


async def test_stop_while_a_mail_is_delivered_waits_for_the_reply(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """SIGTERM while the next hop thinks about a mail: its reply is waited for and recorded; one copy."""
    answer = asyncio.Event()
    hop.on(Stage.DOT, wait(answer))
    relay = make_relay(hop.port)
    await relay.started()
    queue_id = await post(relay, COLLEAGUE)
    await hop.until(lambda: hop.reached(Stage.DOT))
    relay.signal(signal.SIGTERM)
    await eventually(lambda: relay.open_port() is None or not _listens(relay), "the relay to take no more mail")
    answer.set()

    assert (0, ["delivered"], 1) == (await end(relay), states(relay, queue_id), len(hop.mails))


async def test_stop_while_the_next_hop_hangs_is_within_the_limit(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """A next hop that never answers does not keep the relay from stopping; the next start delivers the mail."""
    hop.on(Stage.DOT, hang(), times=1)
    relay = make_relay(hop.port, service=QUICK)
    await relay.started()
    queue_id = await post(relay, COLLEAGUE)
    await hop.until(lambda: hop.reached(Stage.DOT))
    began = time.monotonic()
    relay.signal(signal.SIGTERM)
    status = await end(relay)
    took = time.monotonic() - began
    between = states(relay, queue_id)
    await relay.started()
    await eventually(lambda: states(relay, queue_id) == ["delivered"], "the mail to be delivered after all")
    doubts = [row.doubts for row in relay.rows()]
    assert await relay.stopped() == 0

    assert (0, ["sending"], 1, [1]) == (status, between, len(hop.mails), doubts)
    assert took < 10


async def test_stop_by_ctrl_c_is_a_stop(make_relay: MakeRelay) -> None:
    """Ctrl-C ends the relay as SIGTERM does."""
    relay = make_relay(NOWHERE)
    await relay.started()
    held = await post(relay, PARTNER)
    relay.signal(signal.SIGINT)

    assert 0 == await end(relay)
    assert held in (await run(relay, "audit", "export")).stdout


def _listens(relay: Relay) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", relay.port())) == 0


# -- a renewed certificate


def shown_certificate(port: int) -> bytes:
    """The certificate a listener with implicit TLS shows now."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as plain,
        context.wrap_socket(plain) as secure,
    ):
        found = secure.getpeercert(binary_form=True)
    assert found is not None
    return found


def put(certificates: Certificates, folder: Path) -> None:
    shutil.copy(certificates.certificate, folder / "server.pem")
    shutil.copy(certificates.key, folder / "server.key")


async def test_hangup_takes_up_a_renewed_certificate(
    make_relay: MakeRelay, hop: ScriptedNextHop, certificates: Certificates, tmp_path: Path
) -> None:
    """After SIGHUP new connections see the new certificate; one in the middle of a mail goes on; no bad one is used."""
    served, renewed = tmp_path / "served", tmp_path / "renewed"
    served.mkdir()
    renewed.mkdir()
    put(certificates, served)
    listeners = [
        {"name": "trusted", "host": "127.0.0.1", "port": 0, "tls": "none", "auth": "none"},
        {"name": "submissions", "host": "127.0.0.1", "port": 0, "tls": "implicit", "auth": "none"},
    ]
    tls = {"certificate": str(served / "server.pem"), "key": str(served / "server.key")}
    relay = make_relay(hop.port, listeners=listeners, tls=tls)
    await relay.started()
    port = relay.port("submissions")
    before = await asyncio.to_thread(shown_certificate, port)
    dialogue = await in_content(relay)
    put(make_certificates(renewed), served)
    relay.signal(signal.SIGHUP)
    await eventually(lambda: any(relay.events("tls.reloaded")), "the new certificate to be taken up")
    after = await asyncio.to_thread(shown_certificate, port)
    (served / "server.pem").write_text("no certificate")
    relay.signal(signal.SIGHUP)
    await eventually(lambda: any(relay.events("tls.reload_failed")), "the bad certificate to be refused")
    still = await asyncio.to_thread(shown_certificate, port)
    await dialogue.send(b".\r\n")
    reply = await dialogue.reply()
    dialogue.close()
    assert await relay.stopped() == 0

    assert before != after
    assert (after, b"250") == (still, reply[:3])


async def test_systemd_is_told_when_mail_is_taken(make_relay: MakeRelay, tmp_path: Path) -> None:
    """sd_notify: READY=1 once the relay takes mail, STOPPING=1 when it ends."""
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(str(path))
        supervisor.settimeout(120)
        relay = make_relay(NOWHERE)
        relay.launch(NOTIFY_SOCKET=str(path))
        first = await asyncio.to_thread(supervisor.recv, 100)
        relay.signal(signal.SIGTERM)
        second = await asyncio.to_thread(supervisor.recv, 100)
        status = await end(relay)

    assert (b"READY=1", b"STOPPING=1", 0) == (first, second, status)


# -- what nobody foresaw


@pytest.mark.slow
async def test_part_that_stumbles_over_the_unforeseen_goes_on(make_relay: MakeRelay, hop: ScriptedNextHop) -> None:
    """A damaged row ends what reads it: that is in the log, and once the row is right it goes on without a restart."""
    relay = make_relay(next_hop_port=hop.port)
    await relay.started()

    def write(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(relay.database_file, timeout=30)) as database, database:
            database.execute(statement, values)

    write("INSERT INTO device VALUES ('scanner', '[\"10.', ?, '[]', 0, NULL)", SENDER)
    await eventually(lambda: list(relay.events("part_failed")), "the damage to be seen")
    write("UPDATE device SET networks = '[\"10.1.2.3/32\"]'")
    await eventually(lambda: list(relay.events("devices_taken_up")), "the device to be taken up")

    assert {"devices"} == {str(one["part"]) for one in relay.events("part_failed")}
    assert 0 == await relay.stopped()
