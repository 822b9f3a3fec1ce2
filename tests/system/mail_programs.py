"""Mail programs as people run them: swaks, curl, msmtp, s-nail and Python's smtplib, each signing in under TLS.

Every one returns only when it was told 250 for the mail, and raises AssertionError with its own words where not. What a
program does to the mail on its own account (curl and msmtp send the file as it is; swaks and s-nail write their own
headers) is its business: the tests compare what the relay was given with what arrived by a mark in the body.
"""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.system.certificates import Certificates

PROGRAM_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in."""

    address: str
    password: str


@dataclass(frozen=True, slots=True)
class Submitting:
    """One mail on its way from a program into a listener; ``implicit_tls`` is port 465's way, else STARTTLS."""

    port: int
    implicit_tls: bool
    account: Account
    recipient: str
    mark: str
    certificates: Certificates
    folder: Path

    @property
    def text(self) -> str:
        """The mail, for programs that are handed one."""
        return (
            f"From: <{self.account.address}>\nTo: <{self.recipient}>\nSubject: from a mail program\n"
            f"Message-ID: <{self.mark}@office.example.jp>\n\n{self.mark}\n.\n..\nend\n"
        )


def _run(words: list[str], *, given: str = "", environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        words, input=given, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False, env=environment
    )
    assert done.returncode == 0, f"{words[0]}: {done.stdout}{done.stderr}"


def swaks(mail: Submitting) -> None:
    """swaks writes its own small mail; the mark is its body."""
    _run(
        [
            *("swaks", "--server", "127.0.0.1", "--port", str(mail.port)),
            "--tlsc" if mail.implicit_tls else "--tls",
            *("--tls-verify", "--tls-ca-path", str(mail.certificates.authority)),
            *("--auth", "LOGIN", "--auth-user", mail.account.address, "--auth-password", mail.account.password),
            *("--from", mail.account.address, "--to", mail.recipient, "--body", mail.mark),
            *("--helo", "client.example.jp", "--timeout", "20"),
        ]
    )


def curl(mail: Submitting) -> None:
    """curl uploads a file; it needs CRLF line ends itself (``--crlf``)."""
    path = mail.folder / "curl.eml"
    path.write_text(mail.text)
    scheme = "smtps" if mail.implicit_tls else "smtp"
    _run(
        [
            *("curl", "--silent", "--show-error", "--crlf", "--ssl-reqd"),
            *("--url", f"{scheme}://localhost:{mail.port}/client.example.jp"),
            *("--cacert", str(mail.certificates.authority)),
            *("--user", f"{mail.account.address}:{mail.account.password}"),
            *("--mail-from", mail.account.address, "--mail-rcpt", mail.recipient, "--upload-file", str(path)),
        ]
    )


def msmtp(mail: Submitting) -> None:
    """msmtp reads the mail on standard input, as sendmail does."""
    config = mail.folder / "msmtprc"
    config.write_text(
        "defaults\nauth plain\ntls on\n"
        f"tls_starttls {'off' if mail.implicit_tls else 'on'}\n"
        f"tls_trust_file {mail.certificates.authority}\n"
        f"account office\nhost localhost\nport {mail.port}\nfrom {mail.account.address}\n"
        f"user {mail.account.address}\npassword {mail.account.password}\naccount default : office\n"
    )
    config.chmod(0o600)
    _run(["msmtp", "-C", str(config), mail.recipient], given=mail.text)


def s_nail(mail: Submitting) -> None:
    """s-nail composes the mail itself from a body on standard input."""
    scheme = "smtps" if mail.implicit_tls else "smtp"
    user, password = (quote(word, safe="") for word in (mail.account.address, mail.account.password))
    config = mail.folder / "nailrc"
    config.write_text(
        "set v15-compat\nset sendwait\n"
        f"set mta={scheme}://{user}:{password}@localhost:{mail.port} nosave\n"
        "set smtp-auth=plain tls-verify=strict\n"
        + ("" if mail.implicit_tls else "set smtp-use-starttls\n")
        + f"set tls-ca-file={mail.certificates.authority} tls-ca-no-defaults\n"
        f"set from={mail.account.address} hostname=client.example.jp\n"
    )
    environment = {
        "MAILRC": str(config),
        "HOME": str(mail.folder),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(mail.folder),
    }
    _run(
        ["s-nail", "-:u", "-s", "from a mail program", mail.recipient], given=f"{mail.mark}\n", environment=environment
    )


def python_smtplib(mail: Submitting) -> None:
    """Python's own client, which business systems use."""
    context = ssl.create_default_context(cafile=str(mail.certificates.authority))
    if mail.implicit_tls:
        client: smtplib.SMTP = smtplib.SMTP_SSL("localhost", mail.port, context=context, timeout=PROGRAM_SECONDS)
    else:
        client = smtplib.SMTP("localhost", mail.port, timeout=PROGRAM_SECONDS)
    with client:
        if not mail.implicit_tls:
            client.starttls(context=context)
        client.login(mail.account.address, mail.account.password)
        refused = client.sendmail(mail.account.address, [mail.recipient], mail.text)
        assert not refused


PROGRAMS = {"swaks": swaks, "curl": curl, "msmtp": msmtp, "s-nail": s_nail, "smtplib": python_smtplib}


def missing(program: str) -> str | None:
    """Why a program cannot be run here; None where it can."""
    if program == "smtplib":
        return None
    if not shutil.which(program):
        return f"{program} is not installed (apt-get install {program})"
    if program == "swaks":
        offered = subprocess.run(["swaks", "--support"], capture_output=True, text=True, timeout=20, check=False)
        if "=== TLS supported" not in offered.stdout:
            return "swaks cannot speak TLS here (apt-get install libnet-ssleay-perl)"
    return None
