"""What a newcomer is told: where the page is, and commands that work when they are copied as they stand."""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from mailguard.demo.office import COMMAND, CONFIG, LOG
from mailguard.demo.samples import ACCOUNT, DOMAIN
from mailguard.demo.terminal import Terminal

OUTSIDER = "someone@customer.example.com"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where everything is. ``held``: queue ids of held mails to name in examples, maybe none."""

    folder: Path
    desk_port: int
    web_port: int
    trusted_port: int
    submission_port: int
    password: str
    hold_minutes: float
    held: tuple[str, ...]


def page_address(port: int) -> str:
    """What to open in a browser."""
    return f"http://127.0.0.1:{port}/"


def plain_swaks(port: int) -> str:
    """Sends one mail by the trusted port, without a password."""
    return (
        f"swaks --server 127.0.0.1:{port} --from {ACCOUNT} \\\n"
        f'    --to {OUTSIDER} --h-Subject "A mail of my own"'
    )  # fmt: skip


def account_swaks(port: int, password: str) -> str:
    """Sends one mail as the account, over STARTTLS; swaks does not mind a self-signed certificate."""
    return (
        f"swaks --server 127.0.0.1:{port} --tls --auth PLAIN \\\n"
        f"    --auth-user {ACCOUNT} \\\n"
        f"    --auth-password {password} \\\n"
        f"    --from {ACCOUNT} --to {OUTSIDER}"
    )


def tell(terminal: Terminal, where: Whereabouts) -> None:
    """All of it."""
    mailguard = _command(where.folder)
    minutes = f"{where.hold_minutes:g}"
    first, second = [*where.held[:2], "QUEUE-ID", "QUEUE-ID"][:2]
    terminal.line()
    terminal.say("demo.guide.ready", minutes=minutes)
    terminal.line()
    terminal.say("demo.guide.page")
    _commands(terminal, page_address(where.desk_port))
    terminal.say("demo.guide.pages", account=ACCOUNT)
    _commands(terminal, page_address(where.web_port))
    if os.environ.get("SSH_CONNECTION"):
        terminal.say("demo.guide.from_afar")
        tunnels = " \\\n    ".join(f"-L {port}:127.0.0.1:{port}" for port in (where.desk_port, where.web_port))
        _commands(terminal, f"ssh {tunnels} {os.uname().nodename}")
    terminal.say("demo.guide.hold")
    _commands(
        terminal,
        f"{mailguard} hold list",
        f"{mailguard} hold release {first}",
        f"{mailguard} hold cancel {second}",
    )
    terminal.say("demo.guide.parcels")
    _commands(terminal, f"{mailguard} parcel list")
    terminal.say("demo.guide.installed")
    _commands(terminal, f"mailguard hold list --config {shlex.quote(str(where.folder / CONFIG))}")
    terminal.say("demo.guide.swaks_plain")
    _commands(terminal, plain_swaks(where.trusted_port))
    terminal.say("demo.guide.swaks_account", account=ACCOUNT)
    _commands(terminal, account_swaks(where.submission_port, where.password))
    if shutil.which("swaks") is None:
        terminal.say("demo.guide.swaks_missing")
        _commands(terminal, "apt-get install swaks libnet-ssleay-perl")
    terminal.say("demo.guide.refused", domain=DOMAIN)
    terminal.say("demo.guide.folder", folder=where.folder, log=LOG)
    terminal.line()
    terminal.say("demo.guide.below")


def _command(folder: Path) -> str:
    # Where temporary folders may not hold programs, the shell is asked to read it.
    reader = "sh " if os.statvfs(folder).f_flag & os.ST_NOEXEC else ""
    return reader + shlex.quote(str(folder / COMMAND))


def _commands(terminal: Terminal, *commands: str) -> None:
    terminal.line()
    for command in commands:
        for line in command.splitlines():
            terminal.line(f"  {line}")
    terminal.line()
