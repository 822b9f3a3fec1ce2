"""A private Postfix in a directory of its own: as next hop, as sending client, and as the relay to measure against.

Nothing of the machine's own Postfix is touched: configuration, queue, data and log lie in one temporary directory,
services are not chrooted and listen on loopback only. Needs root, because Postfix changes users; ``missing()`` says so.
Everything a hop adds or changes on its own account is switched off, so that arrivals can be compared octet for octet.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.system.waiting import answers, free_port, until

_POSTFIX = "/usr/sbin/postfix"

_MASTER = """\
127.0.0.1:{port} inet n - n - {smtpd_processes} smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""

_MAIN = {
    "compatibility_level": "3.6",
    "myhostname": "postfix.example.net",
    "mydestination": "",
    "mynetworks": "127.0.0.0/8",
    "inet_protocols": "ipv4",
    "inet_interfaces": "127.0.0.1",
    "disable_dns_lookups": "yes",
    "smtp_dns_support_level": "disabled",
    "smtp_host_lookup": "native",
    "smtpd_peername_lookup": "no",
    "alias_maps": "",
    "alias_database": "",
    "biff": "no",
    "append_dot_mydomain": "no",
    "message_size_limit": "104857600",
    "mailbox_size_limit": "0",
    "virtual_mailbox_limit": "0",
    # Mail passes as it came: no header added, dropped or rewritten but the trace lines.
    "local_header_rewrite_clients": "",
    "message_drop_headers": "",
    "swap_bangpath": "no",
    "allow_percent_hack": "no",
    "allow_min_user": "yes",
    "smtpd_relay_restrictions": "permit_mynetworks, reject",
    "smtpd_recipient_limit": "2000",
    "virtual_recipient_limit": "1",
    "virtual_destination_recipient_limit": "1",
}

_BUSY = {
    # Concurrency and anvil limits meant for the open internet would measure themselves.
    "smtpd_client_connection_count_limit": "0",
    "smtpd_client_connection_rate_limit": "0",
    "smtpd_client_message_rate_limit": "0",
    "smtpd_client_recipient_rate_limit": "0",
    "in_flow_delay": "0",
}


def missing() -> str | None:
    """Why a private Postfix cannot run here, in words for a skipped test; None where it can."""
    if os.geteuid() != 0:
        return "Postfix changes users and can only be started by root"
    if not Path(_POSTFIX).exists():
        return "Postfix is not installed (apt-get install postfix)"
    return None


@dataclass(frozen=True, slots=True)
class Arrived:
    """One mail in one mailbox. ``content`` has CRLF line ends and none of the lines this Postfix added itself."""

    reverse_path: str
    recipient: str
    received_here: bytes
    content: bytes


class Postfix:
    """One running instance. ``stop`` ends every process of it and removes its directory; calling it twice is safe."""

    def __init__(self, settings: dict[str, str], *, smtpd_processes: int = 100) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="mailguard-postfix-"))
        # Its daemons change to an unprivileged user and must still reach their own directory.
        self.directory.chmod(0o755)
        self.port = free_port()
        self._running = False
        self._write(settings, smtpd_processes)

    def _write(self, settings: dict[str, str], smtpd_processes: int) -> None:
        config = self.directory / "config"
        config.mkdir()
        (self.directory / "queue").mkdir()
        data = self.directory / "data"
        data.mkdir()
        shutil.chown(data, "postfix")
        main = _MAIN | {
            "queue_directory": str(self.directory / "queue"),
            "data_directory": str(data),
            "command_directory": "/usr/sbin",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "maillog_file": str(self.directory / "maillog"),
            "maillog_file_prefixes": str(self.directory),
        }
        main |= _BUSY | settings
        text = "".join(f"{key} = {value}\n" for key, value in main.items())
        (config / "main.cf").write_text(text)
        (config / "master.cf").write_text(_MASTER.format(port=self.port, smtpd_processes=smtpd_processes))

    def _command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [_POSTFIX, "-c", str(self.directory / "config"), *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def start(self) -> None:
        """Listens at ``port`` when this returns; raises AssertionError with Postfix's own words where it does not."""
        done = self._command("start")
        assert done.returncode == 0, done.stderr + self.log()
        self._running = True
        until(lambda: answers(self.port), f"Postfix at port {self.port}")

    def stop(self) -> None:
        """Ends the instance and deletes what it kept."""
        if self._running:
            master = psutil.Process(self.master_pid)
            family = [*master.children(recursive=True), master]
            self._command("stop")
            self._running = False
            # Services end on their own when the master's pipe closes; what does not is ended by its id.
            for process in psutil.wait_procs(family, timeout=15)[1]:
                process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def master_pid(self) -> int:
        """The process every other one of the instance descends from."""
        return int((self.directory / "queue" / "pid" / "master.pid").read_text())

    def log(self) -> str:
        """What it wrote to its log so far."""
        path = self.directory / "maillog"
        return path.read_text(errors="replace") if path.exists() else ""

    def queue_is_empty(self) -> bool:
        """Whether no mail is left in any of its queues."""
        folders = ("maildrop", "incoming", "active", "deferred")
        return not any(path.is_file() for folder in folders for path in (self.directory / "queue" / folder).rglob("*"))


class PostfixNextHop(Postfix):
    """An office's real server: takes everything from loopback and puts each recipient's copy into a maildir."""

    def __init__(self, settings: dict[str, str] | None = None) -> None:
        owner = pwd.getpwnam("nobody")
        super().__init__(
            {
                "default_transport": "virtual",
                "relay_transport": "virtual",
                "local_transport": "virtual",
                "virtual_mailbox_base": "/",
                "virtual_minimum_uid": "1",
                "virtual_uid_maps": f"static:{owner.pw_uid}",
                "virtual_gid_maps": f"static:{owner.pw_gid}",
                "smtputf8_enable": "yes",
            }
            | (settings or {})
        )
        boxes = self.directory / "boxes"
        boxes.mkdir()
        os.chown(boxes, owner.pw_uid, owner.pw_gid)
        with (self.directory / "config" / "main.cf").open("a") as main:
            main.write(f"virtual_mailbox_maps = static:{boxes}/all/\n")

    def arrived(self) -> list[Arrived]:
        """Everything delivered since ``forget``, one entry a recipient, in no particular order."""
        folder = self.directory / "boxes" / "all" / "new"
        return [_read_arrived(path) for path in folder.iterdir()] if folder.exists() else []

    def forget(self) -> None:
        """Empties the mailbox."""
        folder = self.directory / "boxes" / "all" / "new"
        for path in list(folder.iterdir()) if folder.exists() else []:
            path.unlink()


def _read_arrived(path: Path) -> Arrived:
    """A maildir file, with what virtual(8) and smtpd(8) put on top taken off again.

    virtual(8) writes Return-Path, X-Original-To and Delivered-To; smtpd(8) one Received with folded lines. Maildirs
    have LF line ends: a CRLF mail without bare LF comes back octet for octet.
    """
    content = path.read_bytes().replace(b"\n", b"\r\n")
    added: dict[str, str] = {}
    for name in (b"Return-Path: ", b"X-Original-To: ", b"Delivered-To: "):
        line, _, content = content.partition(b"\r\n")
        assert line.startswith(name), line
        added[name.decode().rstrip(": ")] = line.removeprefix(name).decode()
    end = 0
    while True:
        end = content.index(b"\r\n", end) + 2
        if content[end : end + 1] not in (b" ", b"\t"):
            break
    received, content = content[:end], content[end:]
    assert received.startswith(b"Received: "), received
    reverse_path = added["Return-Path"].removeprefix("<").removesuffix(">")
    return Arrived(reverse_path, added["X-Original-To"], received, content)


class PostfixClient(Postfix):
    """A business system's own Postfix that sends everything on to the relay at ``relay_port``."""

    def __init__(self, relay_port: int, settings: dict[str, str] | None = None) -> None:
        super().__init__(
            {"relayhost": f"[127.0.0.1]:{relay_port}", "smtp_tls_security_level": "none"} | (settings or {})
        )
